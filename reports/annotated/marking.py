"""Which cells are marked, how, and what their comments say.

Lives here: from findings to marks on cells; the gravest mark of a cell is the one that it gets.
Must not live here: colours (`workbook`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reports.annotated.wording import Words
from reports.findings.lines import PlacedSpot, other_spots, own_spots
from schemas.verdicts import Finding

MarkKind = Literal["error", "warning", "beside"]

_GRAVEST_FIRST: tuple[MarkKind, ...] = ("error", "warning", "beside")
_MOST_NOTES = 5


@dataclass(frozen=True)
class CellMark:
    """How a cell is marked, and its comment."""

    kind: MarkKind
    comment: str


def marks_of(findings: Sequence[Finding], words: Words) -> dict[PlacedSpot, CellMark]:
    """The marked cells, the gravest first, each once."""
    notes: dict[PlacedSpot, list[tuple[MarkKind, str]]] = {}
    for finding in findings:
        for spot, kind, text in _notes_of(finding, words):
            notes.setdefault(spot, []).append((kind, text))
    marks = {spot: _mark(said, words) for spot, said in notes.items()}
    return dict(sorted(marks.items(), key=lambda entry: _GRAVEST_FIRST.index(entry[1].kind)))


def _notes_of(finding: Finding, words: Words) -> Iterator[tuple[PlacedSpot, MarkKind, str]]:
    own = own_spots(finding)
    text = words.notes.own.format(message=finding.message, action=finding.action)
    for spot in own:
        yield spot, finding.counts_as, f"{text} [{finding.rule}]"
    at = own[0].spot.a1 if own else ""
    for spot in other_spots(finding):
        name = at if spot.sheet == own[0].sheet else f"{own[0].sheet[1]}!{at}"
        text = words.notes.beside.format(cell=name, message=finding.message)
        yield spot, "beside", f"{text} [{finding.rule}]"


def _mark(said: Sequence[tuple[MarkKind, str]], words: Words) -> CellMark:
    ordered = sorted(dict.fromkeys(said), key=lambda note: _GRAVEST_FIRST.index(note[0]))
    shown = [text for _, text in ordered[:_MOST_NOTES]]
    if len(ordered) > _MOST_NOTES:
        shown.append(words.notes.more.format(n=len(ordered) - _MOST_NOTES, sheet=words.sheet.name))
    return CellMark(ordered[0][0], "\n\n".join(shown))
