# Every command of the project. `make demo` and `make test` need git, make and Python 3.11 to 3.13, nothing else:
# uv is fetched into .tools/, the locked dependencies go to .venv/. REGIA_HOME (else ./data) holds what regia keeps.

PYTHON := python3
UV := .tools/uv
VENV := .venv
RUN := $(VENV)/bin/python -m
PYTEST := $(RUN) pytest -n 2
STAMP := $(VENV)/.in-step-with-lock
PACKAGES := schemas sources pipelines warehouse reports

# The environment is ours alone, made from a Python of this machine, and trusts what this machine trusts.
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
# Compiled once here, every command starts in half the time.
export UV_COMPILE_BYTECODE := 1
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

# uv.lock names the public index. On a machine that has a mirror of it, the same files come from there.
MIRROR := $(or $(UV_DEFAULT_INDEX),$(PIP_INDEX_URL))
unexport UV_DEFAULT_INDEX UV_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS

# The one dependency that would report its use.
export DAGSTER_DISABLE_TELEMETRY := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
.PHONY: help setup demo quick test test-long check lint types imports yaml format messages docs bench bench-rules bench-portal lock clean

help: ## Say what can be asked for
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make the environment from the lock (the other commands do it by themselves)

demo: $(STAMP) ## Take the sample returns through everything, and say what to open
	$(VENV)/bin/regia demo --home $${REGIA_HOME:-data/demo}

quick: $(STAMP) ## Run the tests of a minute, while you work: none that runs a whole consolidation
	$(PYTEST) -m "not long and not whole"

test: $(STAMP) ## Run the fast tests
	$(PYTEST)

test-long: $(STAMP) ## Run all tests, the long ones too
	$(PYTEST) -m ""

check: lint types imports yaml ## Check style, types, import contracts and YAML

lint: $(STAMP)
	$(RUN) ruff check
	$(RUN) ruff format --check

types: $(STAMP)
	$(RUN) mypy

imports: $(STAMP)
	$(VENV)/bin/python $(VENV)/bin/lint-imports --no-logo

yaml: $(STAMP)
	$(RUN) yamllint --strict .

format: $(STAMP) ## Lay the code out, and mend what can be mended by itself
	$(RUN) ruff check --fix
	$(RUN) ruff format

messages: $(STAMP) ## Bring the English and German messages in step with the Italian ones
	$(RUN) schemas.messages.translations

docs: $(STAMP) ## Write the pages of rules and of the portal's security anew
	$(RUN) reports.rules_page
	$(RUN) reports.security_page

bench: $(STAMP) ## Measure
	$(RUN) tests.bench

bench-rules: $(STAMP) ## Sow mistakes into every city's return, and count which of them the rules find
	$(RUN) tests.bench.rules

bench-portal: $(STAMP) ## Send to a running portal from sixteen cities at once, and measure its answers
	$(RUN) tests.bench.portal

lock: $(filter .tools/uv,$(UV)) ## Lock again after a change of the dependencies in pyproject.toml
	$(UV) lock

clean: ## Remove what set-up and tools made; never the home with the returns
	rm -rf $(VENV) .tools build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .artefacts
	find $(PACKAGES) tests deploy -name __pycache__ -type d -prune -exec rm -rf {} +

.tools/uv: deploy/bootstrap_uv.py
	@UV_DEFAULT_INDEX='$(MIRROR)' $(PYTHON) $< $@
	@touch $@

# make UV=uv takes a uv of your own.
$(STAMP): $(filter .tools/uv,$(UV)) pyproject.toml uv.lock
ifeq ($(MIRROR),)
	$(UV) sync --locked
else
	$(UV) export --quiet --frozen --no-emit-project --output-file .tools/locked.txt
	$(UV) venv --quiet --allow-existing $(VENV)
	@echo "$(UV) pip sync --require-hashes .tools/locked.txt (from a mirror)"
	@$(UV) pip sync --python $(VENV) --default-index '$(MIRROR)' --require-hashes .tools/locked.txt
	$(UV) pip install --quiet --python $(VENV) --no-deps --editable .
endif
	@printf '%s' '$(CURDIR)' > $@

# An environment copied along with the checkout still runs the code of the place it came from.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
$(STAMP): moved
moved:
.PHONY: moved
endif
