"""What analysts begin with: the example queries and the notebook run; the dictionary is that of the file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from reports.dictionary import Example, examples
from schemas.editions import PROJECT, find_edition, load_edition
from tests.cli.conftest import Regia

pytestmark = pytest.mark.whole

EXAMPLES = examples(load_edition(find_edition("lgnet2")))
MAY_BE_EMPTY = {"what_was_corrected", "as_known_on_a_day"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_runs_as_it_stands(example: Example, six_weeks: Path, regia: Regia) -> None:
    answer = regia("sql", example.sql, "--home", six_weeks, "--json").document
    assert answer["columns"]
    assert answer["rows"] or example.name in MAY_BE_EMPTY


def _answer(name: str, home: Path, regia: Regia) -> list[dict[str, object]]:
    (example,) = (one for one in EXAMPLES if one.name == name)
    answer = regia("sql", example.sql, "--home", home, "--json").document
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


def test_a_rate_divides_persons_by_the_residents_of_that_year(six_weeks: Path, regia: Regia) -> None:
    rows = _answer("persons_hosted_per_1000_foreign_residents", six_weeks, regia)
    network = next(row for row in rows if row["city"] == "IT")
    cities = [row for row in rows if row["city"] != "IT"]
    assert network["foreign_residents"] == sum(int(row["foreign_residents"]) for row in cities)
    assert network["persons"] == sum(row["persons"] for row in cities if row["persons"] is not None)
    assert network["per_1000_foreign_residents"] == pytest.approx(
        1000 * network["persons"] / network["foreign_residents"]
    )


def test_shares_of_the_known_sum_to_a_hundred(six_weeks: Path, regia: Regia) -> None:
    rows = _answer("persons_hosted_by_citizenship", six_weeks, regia)
    assert sum(row["percent_of_known"] for row in rows if row["country"] != "ND") == pytest.approx(100)


def test_what_became_of_the_cells_adds_up_to_what_was_due(six_weeks: Path, regia: Regia) -> None:
    rows = _answer("kinds_of_nothing", six_weeks, regia)
    parts = ("answered", "not_available", "left_blank", "without_a_return")
    assert rows and all(row["due"] == sum(row[part] for part in parts) for row in rows)
    for part in (*parts, "of_which_declared_nil", "not_applicable"):
        assert any(row[part] for row in rows), part


def test_the_notebook_runs_from_top_to_bottom(six_weeks: Path) -> None:
    notebook = PROJECT / "docs" / "notebooks" / "first_look.py"
    environment = {**os.environ, "REGIA_HOME": str(six_weeks)}
    subprocess.run([sys.executable, notebook], env=environment, check=True, timeout=120)


def test_the_dictionary_is_written_again_only_when_it_is_not_that_of_the_file(
    six_weeks: Path, regia: Regia
) -> None:
    page = six_weeks / "reports" / "lgnet2" / "dictionary.html"
    before = page.read_text(encoding="utf-8")
    page.write_text(re.sub("made from [0-9a-f]+", "made from something else", before), encoding="utf-8")
    assert regia("consolidate", "--home", six_weeks).status == 0
    assert page.read_text(encoding="utf-8") == before
    with duckdb.connect(str(six_weeks / "published" / "lgnet2.duckdb"), read_only=True) as connection:
        tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
    assert tables == set(re.findall(r'<h3 id="([^"]+)"', before))
