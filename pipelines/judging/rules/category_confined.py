"""Rule H09: a category that may be counted in some measures only.

Lives here: finding values above zero for it elsewhere.
Must not live here: which category and which measures; the rule's entry says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules.words import addresses
from schemas.contract import Rule
from schemas.details import Listed


def judge_category_confined(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for each value above zero of the rule's category outside the measures it names."""
    allowed = Listed(what="measure", codes=rule.measures)
    for (point, measure, breakdown, category), figure in given.figures.items():
        is_kept_out = rule.confines(measure, breakdown, category)
        if is_kept_out and figure.value is not None and figure.value > 0:
            yield Remark(
                "category_confined",
                figure.places[0],
                {"found": figure.value, "expected": allowed},
                rule=rule.id,
                figure=(point, measure, breakdown, category),
                cells=addresses(figure.places, figure.places[0]),
                expected=Decimal(0),
            )
