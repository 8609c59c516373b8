"""The facts that a file states about itself, wherever its layout says that they stand.

Lives here: finding them, with their place.
Must not live here: judging them (`pipelines.judging.cover`).
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.cells import Sheet, Workbook
from sources.layouts.library import KnownLayout
from sources.layouts.model import FACTS
from sources.layouts.outcome import Fact, Facts, Place
from sources.layouts.rows import RowSeen, assigned_sheets, sheet_name, walk_rows


def read_facts(workbook: Workbook, known: KnownLayout) -> Facts:
    """The facts that the file states about itself, as far as it takes to find each of them once."""
    facts: dict[str, list[Fact]] = {}
    for sheet, spec, says in assigned_sheets(workbook, known):
        if spec is None or spec.table is None:
            continue
        table = known.layout.tables[spec.table]
        if not any(rule.groups & FACTS for rule in table.rows):
            continue
        for seen in walk_rows(sheet, table, says, known.frames):
            if isinstance(seen, RowSeen):
                collect_facts(sheet, seen, facts)
            if known.layout.stated_facts <= facts.keys():
                return frozen_facts(facts)
    return frozen_facts(facts)


def collect_facts(sheet: Sheet, seen: RowSeen, facts: dict[str, list[Fact]]) -> None:
    """Add the facts that a row states to those found so far."""
    if seen.rule is None or not seen.rule.groups & FACTS:
        return
    for name, text in seen.captured_here.items():
        if name in FACTS and text:
            column = seen.column_of(name)
            place = Place(sheet.file, sheet_name(sheet), sheet.address(seen.row, column))
            facts.setdefault(name, []).append(Fact(text, place))


def frozen_facts(facts: Mapping[str, list[Fact]]) -> Facts:
    """The facts found, not to be added to."""
    return {name: tuple(found) for name, found in facts.items()}
