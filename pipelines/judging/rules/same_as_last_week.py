"""Rule S02: nearly all values are those of the week before, as if last week's file had been sent again.

Lives here: counting the values that stand unchanged.
Must not live here: how many are too many; the rule's entry says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.judging.context import ReadReturn, Remark
from schemas.contract import Rule
from schemas.details import Bounds, Share


def judge_same_as_last_week(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """A remark where more than a share of the non-zero values equal the same cells of the week before."""
    limits = rule.same_as_last_week
    assert limits is not None
    values = {key: figure.value for key, figure in given.figures.items() if figure.value}
    last_week = given.past.valid(given.week.shifted(-1))
    if last_week is None or len(values) < limits.at_least:
        return
    same = sum(value == last_week.values.get(key, (None, "ND"))[0] for key, value in values.items())
    share = Decimal(same) / len(values)
    if share > limits.more_than:
        allowed = (limits.more_than * len(values)).to_integral_value(rounding="ROUND_FLOOR")
        yield Remark(
            "same_as_last_week",
            given.file,
            {
                "found": Decimal(same),
                "total": Decimal(len(values)),
                "share": Share(share=share),
                "limit": Share(share=limits.more_than),
                "before": last_week.week,
            },
            rule=rule.id,
            expected=Bounds(high=allowed),
        )
