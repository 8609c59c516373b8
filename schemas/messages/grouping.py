"""Findings that say the same of many cells, told once: `E12, E14, F20-F31`.

Lives here: which findings are the same but for their cell, their cells as blocks, one message for them all.
Must not live here: how a report is laid out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from schemas.addresses import Block, blocks_of
from schemas.contract import Edition, Language
from schemas.details import Detail, FigureName, FigureNames
from schemas.messages.saying import Speech
from schemas.verdicts import Finding

_OF_ITS_CELL = {
    "file", "sheet", "cell", "cells", "service_point", "measure", "breakdown", "category",
    "found", "expected", "values",
}  # fmt: skip
"""What differs from cell to cell where the same is found; what is found stands in the message too."""


@dataclass(frozen=True)
class PlacedCells:
    """Cells of one sheet (None: the file has no sheets, or the finding is of the file as a whole)."""

    file: str | None
    sheet: str | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Group:
    """Findings of one rule and one kind that say the same but for their cell, in their order."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @cached_property
    def places(self) -> tuple[PlacedCells, ...]:
        """The cells by file and sheet, as few blocks as easily found."""
        by_sheet: dict[tuple[str | None, str | None], list[str]] = {}
        for finding in self.findings:
            cells = by_sheet.setdefault((finding.file, finding.sheet), [])
            if finding.cell is not None:
                cells.append(finding.cell)
        return tuple(PlacedCells(file, sheet, blocks_of(cells)) for (file, sheet), cells in by_sheet.items())

    @property
    def cells(self) -> int:
        """How many cells it is found in."""
        return sum(block.cells for place in self.places for block in place.blocks)

    @property
    def service_points(self) -> tuple[str, ...]:
        """The service points it is found at, each once."""
        return tuple(dict.fromkeys(f.service_point for f in self.findings if f.service_point is not None))

    def said(self, edition: Edition, language: Language) -> tuple[str, str]:
        """One message for them all, and what to do."""
        kind = self.first.kind
        if kind is None:
            return self.first.message, self.first.action
        details: dict[str, Detail] = dict(self.first.details)
        figures = list(dict.fromkeys(_figure(finding) for finding in self.findings))
        if figures[0] is not None and len(figures) > 1:
            details["figure"] = FigureNames(first=figures[0], others=len(figures) - 1)
        return Speech(edition, language).say(kind, details)


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """The findings in groups that say the same, in the order of the first of each."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_sameness(finding), []).append(finding)
    return tuple(Group(tuple(same)) for same in groups.values())


def _sameness(finding: Finding) -> object:
    """What two findings have in common that are told as one."""
    given = finding.model_dump(exclude=_OF_ITS_CELL | {"details"} | ({"message"} if finding.kind else set()))
    details = tuple(pair for pair in finding.details if pair[0] != "figure")
    return (*given.values(), details)


def _figure(finding: Finding) -> FigureName | None:
    found = dict(finding.details).get("figure")
    return found if isinstance(found, FigureName) else None
