"""A sheet of a new file before its shape is known: which cells are figures, where a header may be.

Lives here: figures and texts of a sheet, its value rows, label and value columns, its header's row.
Must not live here: what the labels mean (`shape`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sources.cells import Formula, Sheet, Value, is_blank
from sources.layouts.texts import folded, text_of

_NUMBER = re.compile(r"^[+-]?\d[\d.,' ]*$")
_HEADER_WITHIN = 12
_VALUE_ROWS_TRIED = 5


def is_figure(value: Value) -> bool:
    """Whether a cell holds a number, be it typed as text."""
    if isinstance(value, bool | dt.date):
        return False
    if isinstance(value, float | int):
        return True
    return isinstance(value, str) and _NUMBER.match(text_of(value)) is not None


@dataclass(frozen=True)
class Scan:
    """One sheet, looked at cell by cell. `is_nothing` knows texts that stand for no figure, like `n.d.`."""

    sheet: Sheet
    is_nothing: Callable[[str], bool]

    @cached_property
    def width(self) -> int:
        return max((len(row) for row in self.sheet.rows), default=0)

    def text(self, row: int, column: int) -> str:
        return text_of(self.sheet.value(row, column)) if row >= 0 else ""

    def filled(self, row: int) -> list[int]:
        return [i for i, value in enumerate(self.sheet.rows[row]) if not is_blank(value)]

    @cached_property
    def value_rows(self) -> tuple[int, ...]:
        """Rows with a figure and a text beside it."""
        return tuple(
            number
            for number, row in enumerate(self.sheet.rows)
            if any(is_figure(value) for value in row)
            and any(isinstance(value, str) and not is_blank(value) and not is_figure(value) for value in row)
        )

    def counts(self, column: int) -> tuple[int, int]:
        """Figures and texts of a column in the value rows."""
        return self._counts[column] if column < self.width else (0, 0)

    @cached_property
    def _counts(self) -> tuple[tuple[int, int], ...]:
        columns = ([self.sheet.value(row, c) for row in self.value_rows] for c in range(self.width))
        return tuple(
            (sum(is_figure(value) for value in values), sum(self._is_text(value) for value in values))
            for values in columns
        )

    def _is_text(self, value: Value) -> bool:
        if is_figure(value) or is_blank(value) or value == Formula():
            return False
        return not self.is_nothing(text_of(value))

    @cached_property
    def text_columns(self) -> tuple[int, ...]:
        """Columns that hold texts rather than figures where figures are."""
        return tuple(c for c in range(self.width) if self.counts(c)[1] > self.counts(c)[0])

    @cached_property
    def anchor(self) -> int | None:
        """The header's row above the first figures: texts over the label columns and over a figure."""
        labels = set(self.text_columns)
        above = -1
        for first in self.value_rows[:_VALUE_ROWS_TRIED]:
            for row in range(first - 1, max(above, first - 1 - _HEADER_WITHIN), -1):
                filled = set(self.filled(row))
                enough = len(labels & filled) * 2 >= len(labels) and labels & filled
                has_figures = any(is_figure(self.sheet.value(row, c)) for c in filled)
                if enough and filled - labels and not has_figures:
                    return row
            above = first
        return None

    def rows_with(self, texts: Sequence[str]) -> list[int]:
        """The rows in which all these texts stand."""
        wanted = {folded(text) for text in texts}
        return [
            number
            for number, row in enumerate(self.sheet.rows)
            if wanted <= {folded(value) for value in row if isinstance(value, str)}
        ]
