"""Loading what returns are judged against: an edition, its layouts, rules whose checks exist.

Lives here: the checks between the contract's data and the functions that it names.
Must not live here: judging; `regia status` and `regia sql` load a contract too, and must start fast.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from pipelines.judging.context import Contract
from pipelines.judging.rules import CHECKED_WHILE_READING, DRIFT, RULE_FUNCTIONS
from schemas.contract import Rule
from schemas.editions import EditionFolders, load_edition
from schemas.tables import ContractError, did_you_mean, line_of
from sources.layouts.library import load_layouts
from sources.personal.data import read_vocabulary


def load_contract(folders: EditionFolders) -> Contract:
    """An edition with its layouts, still to be read; every rule names a check that exists.

    Raises ContractError.
    """
    edition = load_edition(folders)
    path = folders.schemas / "rules.yaml"
    check_functions(edition.rules, path)
    _check_reading(edition.rules, path)
    return Contract(
        edition,
        lambda: load_layouts(folders.sources / "layouts", edition),
        lambda: read_vocabulary(folders.sources),
    )


def check_functions(rules: Sequence[Rule], path: Path) -> None:
    """The checks of a file's entries exist, and what they leave unread is refused. Raises ContractError."""
    known = {*RULE_FUNCTIONS, *CHECKED_WHILE_READING, DRIFT}
    for index, rule in enumerate(rules):
        if rule.check is not None and rule.check not in known:
            line = line_of(path, ["rules", index, "check"])
            raise ContractError(path, line, f"no check {rule.check!r}", did_you_mean(rule.check, known))
        if rule.check in CHECKED_WHILE_READING and (rule.severity == "warning" or rule.waivable):
            raise ContractError(
                path,
                line_of(path, ["rules", index]),
                f"{rule.id}: what the check {rule.check!r} finds cannot be accepted",
                "Nothing is read from there: it stays severity: error, waivable: false.",
            )


def _check_reading(rules: Sequence[Rule], path: Path) -> None:
    """No day is without the checks that make a file readable, once they have begun; each has one rule."""
    for check in sorted(CHECKED_WHILE_READING):
        entries = sorted(
            ((rule.valid_from, index, rule) for index, rule in enumerate(rules) if rule.check == check),
            key=lambda entry: entry[:2],
        )
        if not entries:
            raise ContractError(path, None, f"no rule has the check {check!r}", "Add the rule.")
        following: list[dt.date | None] = [*(begins for begins, _, _ in entries[1:]), None]
        for (_, index, rule), next_begins in zip(entries, following, strict=True):
            ends = None if next_begins is None else next_begins - dt.timedelta(days=1)
            if rule.valid_to != ends:
                raise ContractError(
                    path,
                    line_of(path, ["rules", index]),
                    f"{rule.id}: exactly one entry has the check {check!r} on every day",
                    "Without it no file can be read. "
                    + ("Leave valid_to out." if ends is None else f"Write valid_to: {ends}."),
                )
