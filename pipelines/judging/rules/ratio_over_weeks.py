"""Rule S04: a part of a whole stays too small, or is exactly the whole, for weeks on end.

Lives here: following the ratio of two totals of a service point over consecutive weeks.
Must not live here: which totals, how small, how many weeks; the rule's entry says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.judging.context import ReadReturn, Remark, WeekTotals
from pipelines.judging.rules.weeks_before import run_of_weeks
from pipelines.judging.rules.words import addresses
from schemas.contract import TOTAL, Measure, Rule
from schemas.details import Bounds, Named, Share


def judge_ratio_over_weeks(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for each service point whose ratio is under the share, or exactly 1, in every week of a run.

    A nil week, one without an accepted return, or one without both totals breaks the run.
    """
    limits = rule.ratio_over_weeks
    assert limits is not None
    run = run_of_weeks(given, limits.weeks)
    part, whole = (given.edition.measures_by_code[code] for code in (limits.part, limits.whole))
    for point in given.service_points if run else ():
        ratios = [_ratio(totals, point, part, whole) for totals in run]
        known = [ratio for ratio in ratios if ratio is not None]
        if len(known) < len(run):
            continue
        is_low = all(ratio < limits.under for ratio in known)
        if not is_low and any(ratio != 1 for ratio in known):
            continue
        own = given.figures[point, part.code, TOTAL, ""]
        places = (*own.places, *given.figures[point, whole.code, TOTAL, ""].places)
        yield Remark(
            "ratio_low" if is_low else "ratio_full",
            own.places[0],
            {
                "part": Named(what="measure", code=part.code),
                "whole": Named(what="measure", code=whole.code),
                "found": Share(share=known[-1]),
                "limit": Share(share=limits.under),
                "weeks": str(limits.weeks),
            },
            rule=rule.id,
            figure=(point, part.code, TOTAL, ""),
            cells=addresses(places, own.places[0]),
            found=Share(share=round(known[-1], 4)),
            expected=(
                Bounds(low=Share(share=limits.under))
                if is_low
                else Bounds(high=Share(share=Decimal(1)), is_strict=True)
            ),
        )


def _ratio(totals: WeekTotals, point: str, part: Measure, whole: Measure) -> Decimal | None:
    above, below = totals.value(point, part.code), totals.value(point, whole.code)
    if above is None or not below or totals.is_nil(point, part.area, whole.area):
        return None
    return above / below
