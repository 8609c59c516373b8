"""Rules that hold sums of measures against each other (H06, H07, H08, H11, S05).

Lives here: evaluating the comparisons that a rule's entry lists, per service point.
Must not live here: which measures are compared; the rule's entry says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipelines.judging.context import AcceptedReturn, ReadReturn, Remark
from pipelines.judging.rules.words import addresses
from schemas.contract import TOTAL, Comparison, Flag, Rule
from schemas.details import SumOf
from schemas.expressions import Term, terms_of
from sources.layouts.outcome import Place


@dataclass(frozen=True)
class _Side:
    """One side of a comparison with its value and the cells it comes from."""

    value: Decimal
    places: tuple[Place, ...]


def judge_comparisons(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for each comparison that fails at a service point (for each category, where so asked).

    A comparison with a part that is ND or not reported is not judged; NA counts 0.
    """
    last_week = given.past.valid(given.week.shifted(-1))
    for comparison in rule.comparisons:
        left_measure = terms_of(comparison.left)[0].measure
        kind = given.edition.measures_by_code[left_measure].service_kind
        for point in given.service_points:
            if given.kind_of(point) != kind:
                continue
            for breakdown, category in _cuts(given, comparison):
                remark = _compare(given, rule, comparison, last_week, point, breakdown, category)
                if remark is not None:
                    yield remark


def _cuts(given: ReadReturn, comparison: Comparison) -> list[tuple[str, str]]:
    if comparison.each is None:
        return [(TOTAL, "")]
    return [(comparison.each, code) for code in given.edition.code_lists_by_code[comparison.each].codes]


def _compare(
    given: ReadReturn,
    rule: Rule,
    comparison: Comparison,
    last_week: AcceptedReturn | None,
    point: str,
    breakdown: str,
    category: str,
) -> Remark | None:
    right_cut = (TOTAL, "") if comparison.against_total else (breakdown, category)
    left = _side(given, last_week, comparison.left, point, (breakdown, category))
    right_expression = comparison.right
    right = _side(given, last_week, right_expression, point, right_cut)
    if left is None or right is None or _holds(comparison, left, right):
        return None
    if comparison.right_in_first_week is not None and _is_first_week(given, point):
        right_expression = comparison.right_in_first_week
        right = _side(given, last_week, right_expression, point, right_cut)
        if right is None or _holds(comparison, left, right):
            return None
    against_past = any(term.scope == "last_week" for term in terms_of(right_expression))
    kind = {"equals": "differs_from_last_week" if against_past else "not_equal", "at_most": "more_than"}
    return Remark(
        kind[comparison.relation],
        left.places[0],
        {
            "left": SumOf(expression=comparison.left, breakdown=breakdown, category=category),
            "right": SumOf(expression=right_expression, breakdown=right_cut[0], category=right_cut[1]),
            "found": left.value,
            "expected": right.value,
            "difference": left.value - right.value,
        },
        rule=rule.id,
        figure=(point, terms_of(comparison.left)[0].measure, breakdown, category),
        cells=addresses((*left.places, *right.places), left.places[0]),
    )


def _holds(comparison: Comparison, left: _Side, right: _Side) -> bool:
    return left.value == right.value if comparison.relation == "equals" else left.value <= right.value


def _side(
    given: ReadReturn, last_week: AcceptedReturn | None, expression: str, point: str, cut: tuple[str, str]
) -> _Side | None:
    """The value of one side; None when a part of it is ND or not reported."""
    value = Decimal(0)
    places: list[Place] = []
    for term in terms_of(expression):
        part = _term(given, last_week, term, point, cut)
        if part is None:
            return None
        value += term.factor * part.value
        places += part.places
    return _Side(value, tuple(places))


def _term(
    given: ReadReturn, last_week: AcceptedReturn | None, term: Term, point: str, cut: tuple[str, str]
) -> _Side | None:
    key = (point, term.measure, *cut)
    before = last_week.values.get(key) if last_week is not None else None
    if term.scope == "last_week":
        return None if before is None else _answered(before[0], before[1])
    figure = given.figures.get(key)
    if figure is None:
        return None
    side = _answered(figure.value, figure.flag, figure.places)
    if side is None or term.scope == "this_week":
        return side
    known = [side.value, figure.highest or Decimal(0)]
    if before is not None and before[0] is not None:
        known.append(before[0])
    return _Side(max(known), side.places)


def _answered(value: Decimal | None, flag: Flag, places: tuple[Place, ...] = ()) -> _Side | None:
    """A value, or 0 for NA; None for ND."""
    return None if flag == "ND" else _Side(value or Decimal(0), places)


def _is_first_week(given: ReadReturn, point: str) -> bool:
    """Whether the service point reports for the first time in the edition, or an earlier week is missing."""
    earlier = given.edition.facts.first_week.through(given.week)[:-1]
    accepted = given.past.accepted_weeks()
    if any(week not in accepted for week in earlier):
        return True
    for week in reversed(earlier):
        before = given.past.valid(week)
        if before is not None and _reports(given, before, point):
            return False
    return True


def _reports(given: ReadReturn, before: AcceptedReturn, point: str) -> bool:
    """Whether a service point is not nil (nor its area) and has a value in a return."""
    areas = {measure.area for measure in given.edition.measures_of(given.kind_of(point))}
    is_open = point not in before.nil_points and not areas & before.nil_areas
    return is_open and any(key[0] == point and value is not None for key, (value, _) in before.values.items())
