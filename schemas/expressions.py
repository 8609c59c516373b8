"""The small arithmetic of rules: sums and differences of measures, each times a number.

Lives here: reading `last_week.cases_open + cases_opened - cases_closed` into terms.
Must not live here: the formulas of indicators (another grammar), or the values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

Scope = Literal["this_week", "last_week", "highest"]

_TERM = re.compile(
    r"\s*(?P<sign>[+-])?\s*(?:(?P<factor>\d+(?:\.\d+)?)\s*\*\s*)?"
    r"(?:(?P<scope>last_week|highest)\.)?(?P<measure>[a-z][a-z0-9_]*)\s*"
)


_SCOPES: dict[str | None, Scope] = {None: "this_week", "last_week": "last_week", "highest": "highest"}


@dataclass(frozen=True, slots=True)
class Term:
    """`factor` times a measure: of this week, of last week, or the highest value it had in the week."""

    factor: Decimal
    scope: Scope
    measure: str


@cache
def terms_of(expression: str) -> tuple[Term, ...]:
    """The terms of an expression in their order. ValueError where it cannot be read."""
    terms: list[Term] = []
    position = 0
    while position < len(expression):
        match = _TERM.match(expression, position)
        if match is None or (terms and not match["sign"]):
            raise ValueError(f"cannot read {expression!r} from {expression[position:]!r} on")
        factor = Decimal(match["factor"] or 1) * (-1 if match["sign"] == "-" else 1)
        scope: Scope = _SCOPES[match["scope"]]
        terms.append(Term(factor, scope, match["measure"]))
        position = match.end()
    if not terms:
        raise ValueError("an expression names at least one measure")
    return tuple(terms)


def measures_in(expression: str) -> tuple[str, ...]:
    """The measures that an expression names."""
    return tuple(term.measure for term in terms_of(expression))
