"""Rule S06: a service point that is open reports nothing but zeros for weeks on end.

Lives here: finding service points whose values are all zero in consecutive weeks.
Must not live here: how many weeks; the rule's entry says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from pipelines.judging.context import ReadReturn, Remark, WeekTotals
from pipelines.judging.rules.weeks_before import run_of_weeks
from pipelines.judging.rules.words import addresses
from schemas.contract import TOTAL, Rule
from schemas.details import Bounds
from schemas.weeks import IsoWeek


def judge_all_zero(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for each service point that is on the roster, not nil, and all zero in every week of a run.

    A week without a value, or without an accepted return, breaks the run.
    """
    limits = rule.all_zero
    assert limits is not None
    run = run_of_weeks(given, limits.weeks)
    for point in given.service_points if run else ():
        if not point or not all(_is_idle(given, week, point) for week in reversed(run)):
            continue
        of_point = [figure for figure in given.figures.values() if figure.service_point == point]
        totals = [figure for figure in of_point if figure.breakdown == TOTAL]
        places = [figure.places[0] for figure in totals or of_point]
        yield Remark(
            "all_zero",
            places[0],
            {"service_point": point, "weeks": str(limits.weeks)},
            rule=rule.id,
            figure=(point, "", "", ""),
            cells=addresses(places, places[0]),
            found=Decimal(0),
            expected=Bounds(low=Decimal(0), is_strict=True),
        )


def _is_idle(given: ReadReturn, totals: WeekTotals, point: str) -> bool:
    areas = given.edition.areas_by_kind[given.kind_of(point)]
    if not given.edition.service_points_by_code[point].is_on_roster(totals.week):
        return False
    if totals.is_nil(point, *areas):
        return False
    if any(value for (of, _), (value, _) in totals.values.items() if of == point):
        return False  # seen without reading all its figures
    values = [value for value in _values(given, totals.week, point) if value is not None]
    return bool(values) and not any(values)


def _values(given: ReadReturn, week: IsoWeek, point: str) -> Iterable[Decimal | None]:
    """All values of a service point in a week, breakdowns too."""
    if week == given.week:
        return [figure.value for key, figure in given.figures.items() if key[0] == point]
    accepted = given.past.valid(week)
    assert accepted is not None, "a run is of accepted weeks"
    return [value for key, (value, _) in accepted.values.items() if key[0] == point]
