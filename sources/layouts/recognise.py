"""Whose layout a file is written in, told by the texts of its first rows.

Lives here: comparing a file with the layouts' fingerprints.
Must not live here: the file's name (it is not judged), or a city's name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sources.cells import Sheet, Workbook
from sources.layouts.library import KnownLayout
from sources.layouts.texts import folded, folded_names, text_of

FIRST_ROWS = 40
ENOUGH = 0.5
"""From this share of a fingerprint's texts on, a file is read with that layout and told what it lacks."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of a layout's fingerprint a file shows: 1 is all of it."""

    known: KnownLayout
    share: float


def most_alike(
    workbook: Workbook, layouts: Sequence[KnownLayout], preferred: Sequence[KnownLayout] = ()
) -> Likeness | None:
    """The layout that the file looks most like; None when it looks like none of them."""
    return next(iter(alike(workbook, layouts, preferred)), None)


def alike(
    workbook: Workbook, layouts: Sequence[KnownLayout], preferred: Sequence[KnownLayout] = ()
) -> tuple[Likeness, ...]:
    """The layouts that the file looks like, the most alike first.

    Among equals: one of the `preferred` (those that the claimed city sends in), then the latest. Where the
    sheets that fingerprints name are all called otherwise, the texts are looked for in every sheet.
    """
    texts = _FirstTexts(workbook)
    return _alike(workbook, layouts, preferred, texts.of) or _alike(
        workbook, layouts, preferred, lambda _: texts.of(None)
    )


def _alike(
    workbook: Workbook,
    layouts: Sequence[KnownLayout],
    preferred: Sequence[KnownLayout],
    texts_of: Callable[[str | None], frozenset[str]],
) -> tuple[Likeness, ...]:
    liked = {known.name for known in preferred}
    found = []
    for known in layouts:
        if workbook.format not in known.layout.formats:
            continue
        fingerprint = known.layout.fingerprint
        there = texts_of(fingerprint.sheet)
        share = sum(not there.isdisjoint(folded_names(text)) for text in fingerprint.texts) / len(
            fingerprint.texts
        )
        if share >= ENOUGH:
            found.append(Likeness(known, share))
    found.sort(
        key=lambda like: (like.share, like.known.name in liked, like.known.layout.valid_from), reverse=True
    )
    return tuple(found)


class _FirstTexts:
    """The texts in the first rows of a file's sheets, looked up when a layout asks for them."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._found: dict[str | None, frozenset[str]] = {}

    def of(self, name: str | None) -> frozenset[str]:
        """Those of a sheet; of all sheets without a name."""
        if name not in self._found:
            asked = [s for s in self._workbook if name is None or folded(s.name) in folded_names(name)]
            self._found[name] = frozenset().union(*(_texts(sheet) for sheet in asked))
        return self._found[name]


def _texts(sheet: Sheet) -> frozenset[str]:
    return frozenset(
        folded(text_of(value)) for row in sheet.rows[:FIRST_ROWS] for value in row if value != ""
    )
