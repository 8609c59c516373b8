"""Periods that indicators are published for: weeks, months, quarters, the edition to date.

Lives here: which periods hold a week, their days, and how a period is named, in tables and in file names.
Must not live here: figures, or which weeks have something new.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from schemas.contract import Edition
from schemas.fields import PeriodKind
from schemas.weeks import IsoWeek

TO_DATE = "-to-date"
"""What the part of an edition to date is called after its last week."""


@dataclass(frozen=True)
class Period:
    """A period: `name` is 2023-W42, 2023-10 or 2023-Q4; of an edition to date, its last week's.

    start, end: the Monday of its first and the Sunday of its last week, whether or not the edition (or
    what was received) reaches that far.
    """

    kind: PeriodKind
    name: str
    start: dt.date
    end: dt.date

    @property
    def part(self) -> str:
        """Its name among the parts of a table: unlike `name`, no other period has it."""
        return f"{self.name}{TO_DATE}" if self.kind == "edition_to_date" else self.name


def week_period(week: IsoWeek) -> Period:
    """The week itself."""
    return Period("week", str(week), week.monday, week.sunday)


def month_of(week: IsoWeek) -> Period:
    """The calendar month that holds the week's Thursday, from its first to its last whole week."""
    return _calendar("month", week.month, week.thursday.year, week.thursday.month, months=1)


def quarter_of(week: IsoWeek) -> Period:
    """The calendar quarter that holds the week's Thursday."""
    first_month = (week.thursday.month - 1) // 3 * 3 + 1
    return _calendar("quarter", week.quarter, week.thursday.year, first_month, months=3)


def to_date(edition: Edition, week: IsoWeek) -> Period:
    """From the edition's first week to this one, both included."""
    return Period("edition_to_date", str(week), edition.facts.first_week.monday, week.sunday)


@cache
def _calendar(kind: PeriodKind, name: str, year: int, first_month: int, months: int) -> Period:
    following = first_month + months
    after = dt.date(year + (following - 1) // 12, (following - 1) % 12 + 1, 1)
    first, last = _first_thursday(dt.date(year, first_month, 1)), _first_thursday(after)
    return Period(kind, name, first - dt.timedelta(days=3), last - dt.timedelta(days=4))


def _first_thursday(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=(3 - day.weekday()) % 7)


def touched_periods(edition: Edition, weeks: Collection[IsoWeek], horizon: IsoWeek) -> tuple[Period, ...]:
    """The periods whose figures depend on these weeks: the weeks, their months and quarters, and the
    editions to date from the first of them to `horizon` (or the last of them, where that lies beyond).
    """
    if not weeks:
        return ()
    chosen = sorted(set(weeks))
    periods = {week_period(week): None for week in chosen}
    periods |= {month_of(week): None for week in chosen}
    periods |= {quarter_of(week): None for week in chosen}
    last = max(chosen[-1], horizon)
    periods |= {to_date(edition, week): None for week in chosen[0].through(last)}
    return tuple(periods)
