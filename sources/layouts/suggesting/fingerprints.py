"""The texts by which files of a new layout are to be recognised.

Lives here: choosing them from the cover, the first table or the first rows.
Must not live here: recognising a file by them (`sources.layouts.recognise`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sources.layouts.recognise import FIRST_ROWS
from sources.layouts.suggesting.evidence import Entries
from sources.layouts.suggesting.sheetscan import Scan, is_figure
from sources.layouts.texts import is_one_name, text_of

_TELLING = 2
"""From so many texts on a file is known by them."""


def fingerprint_of(cover: Scan | None, scans: Sequence[Scan]) -> Entries | None:
    """The fingerprint of a file: its cover's labels, else those of its sheets; None where it has too few."""
    if cover is not None:
        rows = [cover.filled(row) for row in range(len(cover.sheet.rows))]
        texts = _names_among(cover.text(n, row[0]) for n, row in enumerate(rows) if len(row) >= 2)
        if len(texts) >= _TELLING:
            name = text_of(cover.sheet.name)
            return {**({"sheet": name} if is_one_name(name) else {}), "texts": texts[:8]}
    found = next((texts for texts in _labels_of(scans) if len(texts) >= _TELLING), None)
    return None if found is None else {"texts": found[:12]}


def _labels_of(scans: Sequence[Scan]) -> Iterator[list[str]]:
    """The headings of each sheet's table; at last all labels in the first rows of the file."""
    filled = [scan for scan in scans if scan.sheet.filled_cells]
    for scan in filled:
        row = scan.anchor or 0
        yield _names_among(scan.text(row, column) for column in scan.filled(row))
    yield _names_among(
        scan.text(row, column)
        for scan in filled
        for row in range(min(FIRST_ROWS, len(scan.sheet.rows)))
        for column in scan.filled(row)
        if not is_figure(scan.sheet.value(row, column))
    )


def _names_among(texts: Iterable[str]) -> list[str]:
    """Those that can stand in a layout as the name that they are, each once."""
    return list(dict.fromkeys(filter(is_one_name, texts)))
