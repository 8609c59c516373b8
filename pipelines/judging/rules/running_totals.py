"""Rule H13: over the edition so far, one measure lies between the largest of others and their sum.

Lives here: the running totals of a city, when they can be judged, and by how much they fail.
Must not live here: which measures are summed; the rule's entry says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from pipelines.judging.context import ReadReturn, Remark, WeekTotals
from pipelines.judging.rules.words import addresses
from schemas.contract import CITY_LEVEL, TOTAL, Measure, Rule, ServicePoint
from schemas.details import Listed, Named
from sources.layouts.outcome import Place


def judge_running_totals(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """A remark where the running total is less than the largest of its parts, or more than their sum.

    It tells the week's own figure, and the least or the most that it can be; where not even zero would do,
    an earlier week is wrong.
    Judged only where every week so far has an accepted return and holds all these totals at every service
    point on the roster; NA and nil count 0, with ND or not reported nothing is judged.
    """
    limits = rule.running_totals
    assert limits is not None
    measures = [given.edition.measures_by_code[code] for code in (limits.measure, *limits.parts)]
    reached = _running(given, measures)
    if reached is None:
        return
    found, parts = reached[limits.measure], [reached[code] for code in limits.parts]
    if found < max(parts):
        largest = limits.parts[parts.index(max(parts))]
        kind, expected, right = "running_total_less", max(parts), [largest]
    elif found > sum(parts):
        kind, expected, right = "running_total_more", sum(parts, Decimal(0)), list(limits.parts)
    else:
        return
    own = given.figure("", limits.measure)
    place = own.places[0] if own is not None else given.file
    this_week = Decimal(0) if own is None or own.value is None else own.value
    allowed = this_week - (found - expected)
    if allowed < 0:
        kind = "running_total_before"
    yield Remark(
        kind,
        place,
        {
            "measure": Named(what="measure", code=limits.measure),
            "right": Listed(what="measure", codes=tuple(right)),
            "so_far": found,
            "limit": expected,
            "difference": found - expected,
            "found": this_week,
            "expected": allowed,
        },
        rule=rule.id,
        figure=("", limits.measure, TOTAL, ""),
        cells=addresses(_places(given, right), place),
        expected=max(allowed, Decimal(0)),
    )


def _running(given: ReadReturn, measures: Iterable[Measure]) -> dict[str, Decimal] | None:
    """The sums of these totals from the edition's first week to the return's; None with a part missing."""
    points = {
        measure: [
            point
            for point in given.edition.service_points
            if point.city == given.city and point.kind == measure.service_kind
        ]
        for measure in measures
    }
    sums = {measure.code: Decimal(0) for measure in points}
    for totals in _weeks_so_far(given):
        if totals is None:
            return None
        for measure, of_kind in points.items():
            value = _of_city(totals, measure, of_kind)
            if value is None:
                return None
            sums[measure.code] += value
    return sums


def _weeks_so_far(given: ReadReturn) -> Iterator[WeekTotals | None]:
    for week in given.earlier_weeks:
        yield given.past.totals(week)
    yield given.totals


def _of_city(totals: WeekTotals, measure: Measure, points: Iterable[ServicePoint]) -> Decimal | None:
    """A week's total over the service points; None where one on the roster is neither in it nor nil."""
    total, answered = totals.by_measure.get(measure.code, (Decimal(0), frozenset()))
    due = (
        [""]
        if measure.service_kind == CITY_LEVEL
        else [point.code for point in points if point.is_on_roster(totals.week)]
    )
    if all(point in answered or totals.is_nil(point, measure.area) for point in due):
        return total
    return None


def _places(given: ReadReturn, measures: Iterable[str]) -> list[Place]:
    wanted = set(measures)
    return [
        place
        for figure in given.figures.values()
        if figure.measure in wanted and figure.breakdown == TOTAL
        for place in figure.places
    ]
