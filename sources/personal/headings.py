"""Columns that list persons: headed name, surname, date of birth, and holding texts or dates.

Lives here: comparing headings, and telling a column with content from a heading that stands alone.
Must not live here: the headings themselves (`words.yaml`), files.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

_LONGEST_HEADING = 60
_MOST_ROWS_BELOW = 200


def heading_form(text: str) -> str:
    """A heading without case, accents, points, colons and needless blanks."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    ).casefold()
    return " ".join(re.sub(r"[.:*_]", " ", plain).split())


@lru_cache(maxsize=20_000)
def is_person_heading(text: str, headings: frozenset[str]) -> bool:
    """Whether a cell's text heads persons, alone or as one of `Cognome / Nachname`."""
    if len(text) > _LONGEST_HEADING:
        return False
    form = heading_form(text)
    return form in headings or ("/" in form and any(part.strip() in headings for part in form.split("/")))


def person_columns(rows: Sequence[Sequence[Any]], headings: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Row and column (from 0) of each heading under which a text or a date stands."""
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if (
                isinstance(value, str)
                and is_person_heading(value, headings)
                and _holds_persons(rows[row + 1 : row + 1 + _MOST_ROWS_BELOW], column, headings)
            ):
                yield row, column


def _holds_persons(rows: Sequence[Sequence[Any]], column: int, headings: frozenset[str]) -> bool:
    below = (cells[column] for cells in rows if column < len(cells))
    return any(
        isinstance(value, dt.date)
        or (
            isinstance(value, str)
            and any(sign.isalnum() for sign in value)
            and not is_person_heading(value, headings)
            and not _is_number(value)
        )
        for value in below
    )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[\d\s.,%+\-]+", text) is not None and not re.search(r"\d+[./\-]\d+[./\-]\d+", text)
