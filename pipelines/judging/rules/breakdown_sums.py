"""Rule H05: the categories of an additive breakdown sum to the total.

Lives here: when such a sum can be judged, and by how much it fails.
Must not live here: which breakdowns are additive; the code lists say it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules.words import addresses
from schemas.contract import Rule
from schemas.details import Named


def judge_breakdown_sums(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for each total that its categories do not sum to.

    Judged when the total and every category hold a value or NA (NA counts 0); with a category flagged ND
    or not reported, only if the answered ones already exceed the total.
    """
    edition = given.edition
    for point in given.service_points:
        for measure in edition.measures_of(given.kind_of(point)):
            total = given.figure(point, measure.code)
            if total is None or total.flag == "ND":
                continue
            expected = total.value or Decimal(0)
            for breakdown in measure.breakdowns:
                code_list = edition.code_lists_by_code[breakdown]
                if not code_list.is_additive:
                    continue
                parts = [given.figure(point, measure.code, breakdown, code) for code in code_list.codes]
                answered = [part for part in parts if part is not None and part.flag != "ND"]
                found = sum((part.value or Decimal(0) for part in answered), Decimal(0))
                is_complete = len(answered) == len(parts)
                if found == expected or (not is_complete and found < expected):
                    continue
                yield Remark(
                    "breakdown_sum" if is_complete else "breakdown_exceeds",
                    total.places[0],
                    {
                        "list": Named(what="list", code=breakdown),
                        "found": found,
                        "expected": expected,
                        "difference": found - expected,
                    },
                    rule=rule.id,
                    figure=(point, measure.code, breakdown, ""),
                    cells=addresses([place for part in answered for place in part.places], total.places[0]),
                    found=f"{found:f}",
                    expected=f"{expected:f}",
                )
