"""Rule S07: a figure of the year so far, typed as that of the week.

Lives here: recognising a total that only grows, and how far it has come from what was usual.
Must not live here: over how many weeks, and how far is too far; the rule's entry says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from statistics import median

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules.weeks_before import run_of_weeks, values_in, weeks_before_run
from pipelines.judging.rules.words import addresses
from schemas.contract import TOTAL, Rule


def judge_cumulative_typed(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for each flow or unique total that never falls, rises often enough, and ends far up.

    Every week of the run must hold a value (a nil week holds none); what was usual is the median of the
    values of the weeks before it, where enough of them hold one.
    """
    limits = rule.cumulative_typed
    assert limits is not None
    run = run_of_weeks(given, limits.weeks)
    before = weeks_before_run(given, limits.usual_over, limits.weeks) if run else ()
    for (point, code), (value, _) in given.totals.values.items() if before else ():
        measure = given.edition.measures_by_code[code]
        if measure.kind == "stock" or not value:
            continue
        values = values_in(run, point, measure)
        if len(values) < limits.weeks or not _only_grows(values, limits.rises):
            continue
        earlier = values_in(before, point, measure)
        if len(earlier) < limits.at_least or value < limits.times * median(earlier):
            continue
        usual = Decimal(median(earlier))
        figure = given.figures[point, code, TOTAL, ""]
        yield Remark(
            "cumulative_typed",
            figure.places[0],
            {
                "found": value,
                "weeks": str(limits.weeks),
                "before": str(limits.usual_over),
                "expected": usual,
            },
            rule=rule.id,
            figure=figure.key,
            cells=addresses(figure.places, figure.places[0]),
        )


def _only_grows(values: tuple[Decimal, ...], rises: int) -> bool:
    steps = [after - before for before, after in pairwise(values)]
    return min(steps) >= 0 and sum(step > 0 for step in steps) >= rises
