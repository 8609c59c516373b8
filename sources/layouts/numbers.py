"""A cell as a figure: a number, ND, NA, nothing, or a trouble that is told and never guessed away.

Lives here: numbers typed as numbers or as text, and the tokens that stand for no number.
Must not live here: whether the figure is plausible; that is for the rules.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from schemas.contract import Flag
from sources.cells import Formula, Instant, Value
from sources.layouts.model import Numbers, Tokens
from sources.layouts.texts import folded, tidy

LARGEST = Decimal(10) ** 12
"""From here on a number is a typing error, whatever it counts."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it stands in one cell; `value` is None for ND and NA."""

    value: Decimal | None
    flag: Flag


@dataclass(frozen=True, slots=True)
class NotAFigure:
    """A cell that cannot be read as a figure. `readings`: the two ways in which it could be read."""

    reason: str
    readings: tuple[Decimal, ...] = ()


NOT_AVAILABLE = Figure(None, "ND")
NOT_APPLICABLE = Figure(None, "NA")

_DIGITS = re.compile(r"^[+-]?\d+$")
_MARKED = re.compile(r"^[+-]?\d+([.,' ]\d+)+$")


@dataclass(frozen=True)
class FigureReader:
    """Reads cells by a layout's conventions."""

    numbers: Numbers
    tokens: Tokens

    def read(self, value: Value) -> Figure | NotAFigure | None:
        """The cell's figure; None when the cell is blank."""
        if isinstance(value, bool):
            return NotAFigure("not_a_number")
        if isinstance(value, float | int):
            return _number(value)
        if isinstance(value, str):
            return _text(tidy(value), self.numbers, self.tokens) if value else None
        if isinstance(value, Formula):
            return NotAFigure("formula_without_value")
        if isinstance(value, dt.date | Instant):
            return NotAFigure("date")
        raise TypeError(type(value))


@lru_cache(maxsize=65536)
def _number(value: float) -> Figure | NotAFigure:
    if not math.isfinite(value):
        return NotAFigure("not_a_number")
    # A spreadsheet keeps 15 significant digits: 0.1 + 0.2 is 0.3 there, and so it is here.
    return _sized(Decimal(f"{value:.15g}"))


@lru_cache(maxsize=65536)
def _text(text: str, numbers: Numbers, tokens: Tokens) -> Figure | NotAFigure | None:
    if not text:
        return None
    if folded(text) in {folded(token) for token in tokens.not_available}:
        return NOT_AVAILABLE
    if folded(text) in {folded(token) for token in tokens.not_applicable}:
        return NOT_APPLICABLE
    if text.startswith("#"):
        return NotAFigure("formula_error")
    if _DIGITS.match(text):
        return _sized(Decimal(text))
    if not _MARKED.match(text):
        return NotAFigure("not_a_number")
    readings = _readings(text, numbers)
    if not readings:
        return NotAFigure("badly_written")
    if len(readings) > 1:
        return NotAFigure("two_readings", readings)
    return _sized(readings[0])


def _sized(number: Decimal) -> Figure | NotAFigure:
    return Figure(number, "V") if abs(number) < LARGEST else NotAFigure("too_large")


def _readings(text: str, numbers: Numbers) -> tuple[Decimal, ...]:
    """Every number that the text can stand for under the layout's conventions, without repeats.

    The decimal mark is the layout's. A declared thousands mark is always that; where none is declared,
    the other mark may be either, and what fits only one way is read.
    """
    other = "." if numbers.decimal_mark == "," else ","
    ways: list[tuple[str | None, str]]
    if numbers.thousands_mark is not None:
        ways = [(numbers.thousands_mark, numbers.decimal_mark)]
    elif numbers.decimal_mark == ".":
        ways = [(",", "."), (None, ",")]
    else:
        ways = [(other, ","), (",", other), ("'", ","), (" ", ",")]
    found = []
    for thousands, decimal in ways:
        number = _read_as(text, thousands, decimal)
        if number is not None and number not in found:
            found.append(number)
    return tuple(found)


def _read_as(text: str, thousands: str | None, decimal: str) -> Decimal | None:
    sign, digits = (text[0], text[1:]) if text[0] in "+-" else ("", text)
    whole, mark, fraction = digits.partition(decimal)
    if mark and not fraction.isdigit():
        return None
    if thousands is not None and thousands in whole:
        groups = whole.split(thousands)
        if not (
            1 <= len(groups[0]) <= 3 and groups[0] != "0" and all(len(group) == 3 for group in groups[1:])
        ):
            return None
        whole = "".join(groups)
    if not whole.isdigit():
        return None
    return Decimal(f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}")
