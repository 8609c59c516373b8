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

from sources.personal.vocabulary import Vocabulary

_LONGEST_HEADING = 60
_MOST_ROWS_BELOW = 200


def heading_form(text: str) -> str:
    """A heading without case, accents, points, colons and needless blanks."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    ).casefold()
    return " ".join(re.sub(r"[.:*_]", " ", plain).split())


@lru_cache(maxsize=20_000)
def is_person_heading(text: str, words: Vocabulary) -> bool:
    """Whether a cell's text may head persons, alone or as one of `Cognome / Nachname`."""
    return _is_one_of(text, words.person_headings) or _is_one_of(text, words.doubtful_headings)


def _is_one_of(text: str, headings: frozenset[str]) -> bool:
    if len(text) > _LONGEST_HEADING:
        return False
    form = heading_form(text)
    return form in headings or ("/" in form and any(part.strip() in headings for part in form.split("/")))


def person_columns(rows: Sequence[Sequence[Any]], words: Vocabulary) -> Iterator[tuple[int, int]]:
    """Row and column (from 0) of each heading under which a text or a date stands."""
    for row, cells in enumerate(rows):
        texts = {column: value for column, value in enumerate(cells) if isinstance(value, str)}
        sure = [column for column, text in texts.items() if _is_one_of(text, words.person_headings)]
        doubtful = [column for column, text in texts.items() if _is_one_of(text, words.doubtful_headings)]
        below = rows[row + 1 : row + 1 + _MOST_ROWS_BELOW]
        for column in sorted({*sure, *doubtful}):
            values = [value for value in _values(below, column) if _is_content(value, words)]
            if values and (sure or all(_may_be_name(value, words) for value in values)):
                yield row, column


def _values(rows: Sequence[Sequence[Any]], column: int) -> Iterator[Any]:
    return (cells[column] for cells in rows if column < len(cells))


def _is_content(value: Any, words: Vocabulary) -> bool:
    if not isinstance(value, str):
        return isinstance(value, dt.date)
    has_sign = any(sign.isalnum() for sign in value)
    return has_sign and not is_person_heading(value, words) and not _is_number(value)


def _may_be_name(value: Any, words: Vocabulary) -> bool:
    parts = value.replace("'", " ").replace("-", " ").split() if isinstance(value, str) else []
    return (
        2 <= len(parts) <= 4
        and all(part.isalpha() and part[0].isupper() for part in parts)
        and words.service_words.isdisjoint(heading_form(part) for part in parts)
    )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[\d\s.,%+\-]+", text) is not None and not re.search(r"\d+[./\-]\d+[./\-]\d+", text)
