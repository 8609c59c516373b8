"""The weeks that rules over weeks look back on.

Lives here: consecutive weeks that end with a return, the last accepted weeks before it, a total in them.
Must not live here: what is made of them (the rules), where they are kept (`pipelines.judged`).

Weeks before are the versions valid when the return arrived; a return is never held against its own
earlier version.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from pipelines.judging.context import ReadReturn, WeekTotals
from schemas.contract import Measure


def run_of_weeks(given: ReadReturn, weeks: int) -> tuple[WeekTotals, ...]:
    """So many consecutive weeks, this return's last; empty where one of them has no accepted return."""
    earlier = given.earlier_weeks[-(weeks - 1) :]
    found = [totals for week in earlier if (totals := given.past.totals(week)) is not None]
    return (*found, given.totals) if len(found) == weeks - 1 else ()


def weeks_before_run(given: ReadReturn, weeks: int, run: int) -> tuple[WeekTotals, ...]:
    """The accepted ones of so many calendar weeks before a run that ends with this return.

    Empty where the edition has not so many.
    """
    earlier = given.earlier_weeks[: -(run - 1)][-weeks:]
    if len(earlier) < weeks:
        return ()
    return tuple(totals for week in earlier if (totals := given.past.totals(week)) is not None)


def last_accepted(given: ReadReturn, weeks: int) -> tuple[WeekTotals, ...]:
    """The last accepted weeks before this return's, however far apart; the first one first."""
    found: list[WeekTotals] = []
    for week in reversed(given.earlier_weeks):
        totals = given.past.totals(week)
        if totals is not None:
            found.append(totals)
            if len(found) == weeks:
                break
    return tuple(reversed(found))


def values_in(weeks: Iterable[WeekTotals], point: str, measure: Measure) -> tuple[Decimal, ...]:
    """The values of a total in the weeks that hold one; a nil week holds none, whatever stands in it."""
    return tuple(
        value
        for totals in weeks
        if (value := totals.value(point, measure.code)) is not None and not totals.is_nil(point, measure.area)
    )
