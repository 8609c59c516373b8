"""The small arithmetic in which rules are written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from schemas.expressions import Term, measures_in, terms_of


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        ("guests_end", [Term(Decimal(1), "this_week", "guests_end")]),
        (
            "guests_start + guests_in - guests_out",
            [
                Term(Decimal(1), "this_week", "guests_start"),
                Term(Decimal(1), "this_week", "guests_in"),
                Term(Decimal(-1), "this_week", "guests_out"),
            ],
        ),
        ("7 * highest.beds_active", [Term(Decimal(7), "highest", "beds_active")]),
        (
            "0.5*a - 2.5 * last_week.b",
            [Term(Decimal("0.5"), "this_week", "a"), Term(Decimal("-2.5"), "last_week", "b")],
        ),
        ("-a", [Term(Decimal(-1), "this_week", "a")]),
    ],
)
def test_an_expression_is_its_terms(expression: str, terms: list[Term]) -> None:
    assert list(terms_of(expression)) == terms


@pytest.mark.parametrize(
    "expression", ["", "7", "a b", "a * b", "a / 2", "a +", "(a)", "next_week.a", "a.b", "A", "a = b"]
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"read|measure"):
        terms_of(expression)


def test_the_measures_of_an_expression_in_their_order() -> None:
    assert measures_in("last_week.cases_open + cases_opened - 2 * cases_closed") == (
        "cases_open",
        "cases_opened",
        "cases_closed",
    )
