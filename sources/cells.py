"""What the reader gives: sheets of values that know their address.

Lives here: the value types of a cell, a file's sheets and the address of each of their cells.
Must not live here: how files are opened, or what a value means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from schemas.addresses import column_letters
from sources.personal.traces import Trace


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was saved without its value."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A time or a date with a time of day: never a figure, kept to be named in a refusal."""

    text: str


Value = str | float | int | bool | dt.date | Formula | Instant
"""`""` is an empty cell."""


def is_blank(value: Value) -> bool:
    """Empty, or nothing but blanks (no-break ones included)."""
    return isinstance(value, str) and (value == "" or value.isspace())


@dataclass(frozen=True)
class Sheet:
    """A sheet (or a CSV file) as rows from its first cell on; rows may differ in length."""

    file: str
    name: str
    rows: tuple[list[Value], ...]
    is_visible: bool = True
    is_csv: bool = False
    read_as: str | None = None
    """The name by which the layout knows it, where its own is only near that."""

    def address(self, row: int, column: int) -> str:
        """A1 for a spreadsheet, `row:column` (from 1) for a CSV."""
        if self.is_csv:
            return f"{row + 1}:{column + 1}"
        return f"{column_letters(column)}{row + 1}"

    def value(self, row: int, column: int) -> Value:
        cells = self.rows[row] if row < len(self.rows) else ()
        return cells[column] if column < len(cells) else ""

    @cached_property
    def filled_cells(self) -> int:
        """How many cells are not blank."""
        return sum(
            1
            for row in self.rows
            for value in row
            if not isinstance(value, str) or (value and not value.isspace())
        )


@dataclass(frozen=True)
class Workbook:
    """What one return holds: the sheets of its file or files."""

    format: str
    sheets: tuple[Sheet, ...]
    personal: tuple[Trace, ...] = ()
    """Where something in it tells who a person is: such a return is refused and not kept."""

    @cached_property
    def filled_cells(self) -> int:
        return sum(sheet.filled_cells for sheet in self.sheets)

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self.sheets)
