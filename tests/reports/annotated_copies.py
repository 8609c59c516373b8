"""Annotated copies of returns, made and read back with two libraries.

Lives here: from the bytes of a return to its annotated copy, and what stands in the copy.
Must not live here: tests.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import openpyxl
import python_calamine
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.annotating import annotated_bytes
from pipelines.judging.judge import Judgement
from schemas.editions import DEFAULT_EDITION, find_edition, load_edition
from sources.cells import Formula, Workbook
from sources.reading.reader import Unreadable

HEADER_ROW = 5
ERROR, WARNING, BESIDE = "FFA61C1C", "FFFFD966", "FFDDEBF7"
"""The colours of the legend, as files store them."""


@dataclass(frozen=True)
class Copy:
    """A return with its annotated copy."""

    judgement: Judgement
    given: Workbook | Unreadable
    data: bytes

    @cached_property
    def book(self) -> openpyxl.Workbook:
        return openpyxl.load_workbook(io.BytesIO(self.data))

    @cached_property
    def calamine(self) -> python_calamine.CalamineWorkbook:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.data))

    @cached_property
    def parts(self) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def listed(self) -> Worksheet:
        """The list of what was found."""
        return self.book.worksheets[0]

    @property
    def lines(self) -> list[list[Any]]:
        """The values of the list's lines."""
        return [
            [cell.value for cell in row] for row in self.listed.iter_rows(min_row=HEADER_ROW + 1, max_col=8)
        ]

    @property
    def links(self) -> set[str]:
        """Where the list's lines lead, as `'Foglio'!E12`."""
        return {
            str(row[3].hyperlink.location)
            for row in self.listed.iter_rows(min_row=HEADER_ROW + 1, max_col=8)
            if row[3].hyperlink is not None
        }

    def sheet(self, number: int) -> Worksheet:
        """The copy of the return's n-th sheet, from 0."""
        return self.book.worksheets[number + 1]

    def values(self, number: int) -> list[list[Any]]:
        """What the other library reads there."""
        names = self.calamine.sheet_names
        return self.calamine.get_sheet_by_name(names[number + 1]).to_python(skip_empty_area=False)


MakeCopy = Callable[..., Copy]


def copy_of(judgement: Judgement, given: Workbook | Unreadable, name: str = "scheda.xlsx") -> Copy:
    """The annotated copy of a return that was judged."""
    edition = load_edition(find_edition(DEFAULT_EDITION))
    label = "Taranto, settimana 42/2023"
    return Copy(judgement, given, annotated_bytes(name, judgement, given, label, edition))


def plain(value: Any) -> Any:
    """A value as both libraries give it."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, bool):
        return value
    if isinstance(value, Formula):
        return "(formula senza risultato)"
    return float(value) if isinstance(value, int) else value
