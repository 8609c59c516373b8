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


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
