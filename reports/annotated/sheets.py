"""What is to be shown: a return's sheets as plain values, and what is said of the return as a whole.

Lives here: the value types, and how much of them one workbook holds.
Must not live here: cells' looks (`workbook`), addresses (`schemas.addresses`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.verdicts import Status

ShownValue = str | float | int | bool | dt.date
"""`""` is an empty cell."""

CopyKind = Literal["whole", "unreadable", "personal_data", "too_large"]
"""Whether the city's sheets stand in the workbook, or why they do not."""

_MOST_CELLS = 250_000
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


@dataclass(frozen=True)
class ShownSheet:
    """A sheet (or a CSV file) from its first cell on; `name` is empty for a file that is one sheet."""

    file: str
    name: str
    rows: tuple[tuple[ShownValue, ...], ...]
    is_csv: bool = False
    is_visible: bool = True


@dataclass(frozen=True)
class Head:
    """What is said of the return as a whole. `label`: whose, of which week; in words."""

    file: str
    label: str
    status: Status
    errors: int
    warnings: int
    copy: CopyKind = "whole"


def fits_in_a_workbook(sheets: Sequence[ShownSheet]) -> bool:
    """Whether a person could open a copy of these sheets."""
    return (
        sum(len(row) for sheet in sheets for row in sheet.rows) <= _MOST_CELLS
        and all(len(sheet.rows) <= _MOST_ROWS for sheet in sheets)
        and all(len(row) <= _MOST_COLUMNS for sheet in sheets for row in sheet.rows)
    )
