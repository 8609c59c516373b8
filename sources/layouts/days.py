"""Dates as the cities write them.

Lives here: reading a day from text.
Must not live here: which day is meant; that is for the layout and the cover.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from schemas.weeks import month_number_it

_DAY_FORMS = (
    re.compile(r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})$"),
    re.compile(r"^(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})$"),
)
_NUMBERS_ONLY = re.compile(r"^(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})(?:[/.-](?P<y>\d{4}|\d{2}))?$")
_DAY_IN_WORDS = re.compile(r"^(?P<d>\d{1,2})°? +(?P<month>[a-z]+)\.? +(?P<y>\d{4})$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def parse_day(text: str) -> dt.date | None:
    """A date as the cities write it: `2023-10-16`, `16/10/2023`, `16.10.2023`, `16 ottobre 2023`."""
    for form in _DAY_FORMS:
        if match := form.match(text):
            return _date(int(match["y"]), int(match["m"]), int(match["d"]))
    if match := _DAY_IN_WORDS.match(text):
        month = month_number_it(match["month"])
        return None if month is None else _date(int(match["y"]), month, int(match["d"]))
    return None


def day_readings(text: str, year: int) -> tuple[dt.date, ...]:
    """The days that a date in figures can stand for: day before month, then month before day.

    `03/04` is 3 April or 4 March; `16/10/2023` can only be one. Without a year it is of the `year` given.
    Empty for a text in any other form: `2023-04-03` and `3 aprile 2023` leave no doubt.
    """
    match = _NUMBERS_ONLY.match(text)
    if match is None:
        return ()
    written = match["y"]
    of_year = year if written is None else int(written) + (2000 if len(written) == 2 else 0)
    first, second = int(match["a"]), int(match["b"])
    found = (_date(of_year, second, first), _date(of_year, first, second))
    return tuple(dict.fromkeys(day for day in found if day is not None))


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
