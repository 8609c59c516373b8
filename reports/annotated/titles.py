"""The names of the sheets in the workbook that comes back.

Lives here: making each a name that spreadsheets allow, and that no other has.
Must not live here: what stands in the sheets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reports.annotated.sheets import ShownSheet
from reports.findings.lines import SheetKey

_LONGEST = 31
_NOT_ALLOWED = re.compile("[\\[\\]:*?/\\\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_RESERVED = "history"
"""A name that Excel keeps for itself."""


def sheet_titles(sheets: Sequence[ShownSheet], taken: str) -> dict[SheetKey, str]:
    """A title for each sheet: its own name where it may have it; `taken` is given away already."""
    used = {taken.casefold(), _RESERVED}
    titles: dict[SheetKey, str] = {}
    for sheet in sheets:
        title = _free(_allowed(sheet.name or sheet.file), used)
        used.add(title.casefold())
        titles[sheet.file, sheet.name] = title
    return titles


def _allowed(name: str) -> str:
    plain = _NOT_ALLOWED.sub("_", name)[:_LONGEST]
    return re.sub("^'|'$", "_", plain) or "_"


def _free(name: str, used: set[str]) -> str:
    number, title = 2, name
    while title.casefold() in used:
        ending = f" ({number})"
        title = name[: _LONGEST - len(ending)] + ending
        number += 1
    return title
