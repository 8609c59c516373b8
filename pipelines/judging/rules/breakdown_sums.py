"""Rule H05: the categories of an additive breakdown sum to the total.

Lives here: when such a sum can be judged, by how much it fails, and whether it is the total that is wrong.
Must not live here: which breakdowns are additive; the code lists say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules.words import addresses
from schemas.contract import TOTAL, Rule
from schemas.details import Listed, Named
from sources.layouts.combine import Figure
from sources.layouts.outcome import Place


@dataclass(frozen=True)
class _Sum:
    """The answered categories of a breakdown, and what they come to."""

    breakdown: str
    value: Decimal
    places: tuple[Place, ...]
    is_complete: bool


def judge_breakdown_sums(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for each total that its categories do not sum to.

    Judged when the total and every category hold a value or NA (NA counts 0); with a category flagged ND
    or not reported, only if the answered ones already exceed the total. Where several breakdowns come to
    the same sum and none to the total, it is the total that is wrong: one remark on it says so for all.
    """
    for point in given.service_points:
        for measure in given.edition.measures_of(given.kind_of(point)):
            total = given.figure(point, measure.code)
            if total is None or total.flag == "ND":
                continue
            stated = total.value or Decimal(0)
            sums = [_sum_of(given, point, measure.code, breakdown) for breakdown in measure.breakdowns]
            judged = [one for one in sums if one is not None and (one.is_complete or one.value > stated)]
            wrong = [one for one in judged if one.value != stated]
            complete = [one for one in judged if one.is_complete]
            agreed = {one.value for one in complete}
            if len(complete) > 1 and len(agreed) == 1 and stated not in agreed:
                yield _total_is_wrong(given, rule, total, complete)
                wrong = [one for one in wrong if not one.is_complete and one.value > complete[0].value]
            for one in wrong:
                yield _sum_is_wrong(given, rule, total, one)


def _sum_of(given: ReadReturn, point: str, measure: str, breakdown: str) -> _Sum | None:
    """What the categories come to; None where they are not to be summed."""
    code_list = given.edition.code_lists_by_code[breakdown]
    if not code_list.is_additive:
        return None
    parts = [given.figure(point, measure, breakdown, code) for code in code_list.codes]
    answered = [part for part in parts if part is not None and part.flag != "ND"]
    value = sum((part.value or Decimal(0) for part in answered), Decimal(0))
    places = tuple(place for part in answered for place in part.places)
    return _Sum(breakdown, value, places, is_complete=len(answered) == len(parts))


def _total_is_wrong(given: ReadReturn, rule: Rule, total: Figure, sums: Sequence[_Sum]) -> Remark:
    found, expected = total.value or Decimal(0), sums[0].value
    return Remark(
        "total_unlike_categories",
        total.places[0],
        {
            "lists": Listed(what="list", codes=tuple(one.breakdown for one in sums)),
            "found": found,
            "expected": expected,
            "difference": found - expected,
        },
        rule=rule.id,
        figure=(total.service_point, total.measure, TOTAL, ""),
        cells=addresses([place for one in sums for place in one.places], total.places[0]),
    )


def _sum_is_wrong(given: ReadReturn, rule: Rule, total: Figure, one: _Sum) -> Remark:
    found = total.value or Decimal(0)
    return Remark(
        "breakdown_sum" if one.is_complete else "breakdown_exceeds",
        total.places[0],
        {
            "list": Named(what="list", code=one.breakdown),
            "found": found,
            "expected": one.value,
            "difference": found - one.value,
        },
        rule=rule.id,
        figure=(total.service_point, total.measure, one.breakdown, ""),
        cells=addresses(one.places, total.places[0]),
    )
