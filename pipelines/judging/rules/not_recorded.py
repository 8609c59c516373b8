"""Rule S03: too many of a total were not recorded.

Lives here: comparing the category of what was not recorded with its total.
Must not live here: which category, and how many are too many; the rule's entry says it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules.words import addresses
from schemas.contract import TOTAL, Rule
from schemas.details import Bounds, Share


def judge_not_recorded(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for each breakdown in which the category is more than its share of a total large enough."""
    limits = rule.not_recorded
    assert limits is not None
    for (point, measure, breakdown, category), figure in given.figures.items():
        if breakdown == TOTAL or category != limits.category or not figure.value:
            continue
        total = given.figure(point, measure)
        if total is None or total.value is None or total.value < limits.at_least:
            continue
        if figure.value > limits.more_than * total.value:
            allowed = (limits.more_than * total.value).to_integral_value(rounding="ROUND_FLOOR")
            yield Remark(
                "not_recorded",
                figure.places[0],
                {
                    "found": figure.value,
                    "total": total.value,
                    "share": Share(share=figure.value / total.value),
                    "limit": Share(share=limits.more_than),
                },
                rule=rule.id,
                figure=(point, measure, breakdown, category),
                cells=addresses((*figure.places, *total.places), figure.places[0]),
                expected=Bounds(high=allowed),
            )
