"""How texts in files are compared: blanks, quotes and letter case do not count.

Lives here: normalising a label, the names that a layout has for it, matching a pattern on it, a cell as text.
Must not live here: numbers (`numbers`), dates (`days`).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache

from sources.cells import Formula, Instant, Value

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"'})


@lru_cache(maxsize=65536)
def tidy(text: str) -> str:
    """The text with its blanks collapsed and plain quotes: for matching and for showing."""
    plain = unicodedata.normalize("NFC", text).translate(_QUOTES)
    return " ".join(plain.split())


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """The form in which two labels are the same label."""
    return tidy(text).casefold()


def names_in(text: str) -> tuple[str, ...]:
    """The names that a text of a layout gives for one thing: `one|other` gives two, the first one first."""
    return tuple(text.split("|"))


def is_one_name(text: str) -> bool:
    """Whether a text of a file can stand in a layout as the name that it is."""
    return bool(text) and "|" not in text


@lru_cache(maxsize=4096)
def folded_names(text: str) -> frozenset[str]:
    """The same, as they are compared."""
    return frozenset(map(folded, names_in(text)))


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, case not counting."""
    return re.compile(pattern, re.IGNORECASE)


def text_of(value: Value) -> str:
    """A cell as text: 1.0 is `1`, a date is ISO."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, bool):
        return "VERO" if value else "FALSO"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Formula):
        return ""
    if isinstance(value, Instant):
        return value.text
    return str(value)
