"""The list of what was found: one line for what is the same, with all the cells that it is about.

Lives here: which cells a finding is about, and which findings share a line.
Must not live here: how a line looks, or where it stands in words (`where`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from schemas.addresses import Spot, spot_of
from schemas.contract import Severity
from schemas.verdicts import Finding

MOST_LINES = 300
"""More than that nobody reads: findings that are alike then share a line, though each was found apart."""

_SEVERITIES: tuple[Severity, ...] = ("error", "warning")

SheetKey = tuple[str, str]
"""File and sheet; the sheet is empty for a file that is one sheet."""


@dataclass(frozen=True)
class PlacedSpot:
    """A cell of one of the return's sheets."""

    sheet: SheetKey
    spot: Spot


@dataclass(frozen=True)
class Line:
    """One line of the list, made of one or more findings that share their rule and their sheet."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def is_about_one_thing(self) -> bool:
        return len({finding.message for finding in self.findings}) == 1

    @property
    def sheet(self) -> SheetKey | None:
        return sheet_of(self.first)

    @property
    def is_of_csv(self) -> bool:
        """Whether its cells are called by row and column."""
        return any(":" in cell for one in self.findings for cell in (one.cell or "", *one.cells))

    @property
    def own_spots(self) -> tuple[PlacedSpot, ...]:
        return tuple(dict.fromkeys(spot for one in self.findings for spot in own_spots(one)))

    @property
    def other_spots(self) -> tuple[PlacedSpot, ...]:
        own = set(self.own_spots)
        others = dict.fromkeys(spot for one in self.findings for spot in other_spots(one))
        return tuple(spot for spot in others if spot not in own)

    def shared(self, of: Callable[[Finding], str | None]) -> str | None:
        """What all findings of the line have in common; None where they differ."""
        said = {of(finding) for finding in self.findings}
        return said.pop() if len(said) == 1 else None


def are_explained(findings: Sequence[Finding]) -> bool:
    """Whether of each finding, and of one at least, somebody has said why it may stay."""
    return bool(findings) and all(one.disposition != "open" for one in findings)


def sheet_of(finding: Finding) -> SheetKey | None:
    """The sheet that a finding is about; None for the return as a whole."""
    if finding.sheet is None and finding.cell is None:
        return None
    return finding.file or "", finding.sheet or ""


def own_spots(finding: Finding) -> tuple[PlacedSpot, ...]:
    """The cell that a finding stands at; all its cells, where it stands at none of them."""
    sheet = sheet_of(finding)
    if sheet is None:
        return ()
    return tuple(_placed((finding.cell,) if finding.cell else finding.cells, sheet))


def other_spots(finding: Finding) -> tuple[PlacedSpot, ...]:
    """The cells that a finding is about besides its own."""
    sheet = sheet_of(finding)
    if sheet is None:
        return ()
    own = set(own_spots(finding))
    return tuple(spot for spot in dict.fromkeys(_placed(finding.cells, sheet)) if spot not in own)


def _placed(addresses: Sequence[str], beside: SheetKey) -> Iterator[PlacedSpot]:
    for address in addresses:
        sheet, _, cell = address.rpartition("!")
        spot = spot_of(cell)
        if spot is not None:
            yield PlacedSpot((beside[0], sheet) if sheet else beside, spot)


def lines_of(findings: Sequence[Finding]) -> tuple[Line, ...]:
    """The findings as lines, errors first; at most as many as a person reads, where grouping can do it."""
    lines: tuple[Line, ...] = ()
    for likeness in _LIKENESSES:
        lines = _grouped(findings, likeness)
        if len(lines) <= MOST_LINES:
            break
    return lines


def _grouped(findings: Sequence[Finding], likeness: Callable[[Finding], Hashable]) -> tuple[Line, ...]:
    groups: dict[Hashable, list[Finding]] = {}
    for severity in _SEVERITIES:
        for finding in findings:
            if finding.counts_as == severity:
                groups.setdefault((severity, likeness(finding)), []).append(finding)
    return tuple(Line(tuple(group)) for group in groups.values())


def _said_alike(finding: Finding) -> Hashable:
    return (
        finding.rule, finding.file, finding.sheet, finding.message, finding.action, finding.found,
        finding.expected, finding.disposition, finding.note,
    )  # fmt: skip


def _to_be_done_alike(finding: Finding) -> Hashable:
    return finding.rule, finding.file, finding.sheet, finding.action


def _of_one_rule(finding: Finding) -> Hashable:
    return finding.rule, finding.file, finding.sheet


_LIKENESSES: tuple[Callable[[Finding], Hashable], ...] = (_said_alike, _to_be_done_alike, _of_one_rule)
"""From the narrowest to the widest."""
