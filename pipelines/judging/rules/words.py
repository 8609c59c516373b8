"""How rules put figures and sums into Italian.

Lives here: numbers and expressions as city staff write them.
Must not live here: whole messages; those stand in the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from babel.numbers import format_decimal

from schemas.contract import Edition
from schemas.expressions import terms_of
from sources.layouts.combine import address_beside
from sources.layouts.outcome import Place


def addresses(places: Iterable[Place], beside: Place) -> tuple[str, ...]:
    """The cells that a finding lists; with their sheet where it is not that of the finding's own cell."""
    return tuple(address_beside(place, beside) for place in places)


_SCOPES = {"this_week": "", "last_week": " della settimana scorsa", "highest": ""}


def in_italian(number: Decimal) -> str:
    """A number as `1.234,5`."""
    return format_decimal(number.normalize(), format="#,##0.###", locale="it_IT")


def expression_in_italian(expression: str, edition: Edition) -> str:
    """An expression as `«Ospiti a inizio settimana» + «Ingressi» - «Uscite»`."""
    words = []
    for index, term in enumerate(terms_of(expression)):
        sign = "- " if term.factor < 0 else ("+ " if index else "")
        factor = abs(term.factor)
        times = "" if factor == 1 else f"{in_italian(factor)} x "
        label = edition.measures_by_code[term.measure].label_it
        words.append(f"{sign}{times}«{label}»{_SCOPES[term.scope]}")
    return " ".join(words)


def percent_in_italian(share: Decimal) -> str:
    """A part of a whole as `12,5 %`; one decimal at most, and never rounded up to the whole."""
    shown = (100 * share).quantize(Decimal("0.1"))
    if share != 1 and shown == 100:
        shown = Decimal("99.9") if share < 1 else Decimal("100.1")
    return f"{in_italian(shown)} %"
