"""The formulas of indicators: read once, and turned into parts that one query sums.

Lives here: the grammar of the contract ("How an indicator is computed") and what a formula means: which
cells are summed, on which side of a ratio, and how weeks make a longer period.
Must not live here: an indicator's code, values, or SQL.

    formula   = sum
    sum       = product { ("+" | "-") product }
    product   = operand { ("*" | "/") operand }
    operand   = NUMBER | "(" sum ")" | reference
    reference = MEASURE                                             its total
              | MEASURE "[" LIST ":" CODE { "," CODE } "]"          some of its categories (or a note)
              | "weekly_mean" "(" reference ")"                     mean over the weeks that answered it
              | "count_points" "(" KIND "where any >" NUMBER ")"    service points with any cell above it
              | "returns_on_time" | "returns_due" | "cells_answered" | "cells_due"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from schemas.contract import TOTAL, CodeList, Edition, Indicator, Measure
from schemas.tables import did_you_mean

Side = Literal["value", "numerator", "denominator"]
OverWeeks = Literal["sum", "last", "mean"]
Fold = Literal["sum", "points", "returns_on_time", "returns_due", "cells_answered", "cells_due"]
"""How the cells of a city's week make a part's figure: their sum, the service points with any above a
threshold, or one of the built-in counts."""

BUILT_IN: tuple[Fold, ...] = ("returns_on_time", "returns_due", "cells_answered", "cells_due")
_OVER_TIME: Mapping[OverWeeks, str] = {"sum": "sum", "last": "last"}
_RATIO = "ratio of sums"


class FormulaError(ValueError):
    """A formula that cannot be read, or that the contract gives no meaning; `remedy` says what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}. {remedy}")
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of every service point of the measure's kind, times a factor.

    A negative factor: the cell is subtracted, but only where the cells that are added of the same service
    point are all answered.
    """

    measure: str
    breakdown: str
    category: str
    factor: Decimal = Decimal(1)


@dataclass(frozen=True)
class Part:
    """One sum of an indicator. No cells: a built-in count of returns."""

    side: Side
    fold: Fold
    over_weeks: OverWeeks
    cells: tuple[Cell, ...]
    threshold: Decimal = Decimal(0)
    """fold `points`: a service point counts if any of its cells is above this."""


@dataclass(frozen=True)
class IndicatorFigure:
    """An indicator's total or one category of a breakdown: a part, or a ratio of two, times `scale`."""

    indicator: str
    breakdown: str
    category: str
    scale: Fraction
    parts: tuple[Part, ...]


def figures_of(edition: Edition, indicator: Indicator) -> tuple[IndicatorFigure, ...]:
    """The indicator's total, then every category of its breakdowns. Raises FormulaError."""
    reader = _Reader(indicator.formula, edition)
    ratio = reader.read()
    total = IndicatorFigure(indicator.code, TOTAL, "", ratio.scale, tuple(_parts(edition, indicator, ratio)))
    if indicator.breakdowns:
        _check_breakdowns(edition, indicator, total)
    return (
        total,
        *(
            replace(
                total,
                breakdown=breakdown,
                category=category,
                parts=tuple(_of_category(part, breakdown, category) for part in total.parts),
            )
            for breakdown in indicator.breakdowns
            for category in edition.code_lists_by_code[breakdown].codes
        ),
    )


def _of_category(part: Part, breakdown: str, category: str) -> Part:
    cells = tuple(Cell(cell.measure, breakdown, category, cell.factor) for cell in part.cells)
    return replace(part, cells=cells)


def _check_breakdowns(edition: Edition, indicator: Indicator, total: IndicatorFigure) -> None:
    """Only what is made of totals of measures that have the breakdown can be broken down."""
    for part in total.parts:
        if part.fold != "sum" or any(cell.breakdown != TOTAL for cell in part.cells):
            raise FormulaError(
                f"{indicator.formula!r} cannot be broken down",
                "Leave the breakdowns empty, or write the formula with totals of measures only.",
            )
        for cell in part.cells:
            known = edition.measures_by_code[cell.measure].breakdowns
            for breakdown in indicator.breakdowns:
                if breakdown not in known:
                    raise FormulaError(
                        f"measure {cell.measure!r} has no breakdown {breakdown!r}",
                        did_you_mean(breakdown, known),
                    )


# --- from a normal form to parts


@dataclass(frozen=True)
class _Operand:
    """What stands in one place of a formula: cells that are summed, or a count."""

    fold: Fold
    cells: tuple[Cell, ...] = ()
    is_weekly_mean: bool = False
    threshold: Decimal = Decimal(0)


@dataclass(frozen=True)
class _Ratio:
    """scale * numerator / denominator; where both are absent, a number."""

    scale: Fraction
    numerator: _Operand | None = None
    denominator: _Operand | None = None


def _parts(edition: Edition, indicator: Indicator, ratio: _Ratio) -> Iterator[Part]:
    if ratio.numerator is None:
        raise FormulaError(
            f"{indicator.formula!r} names nothing that is counted", "Name at least one measure."
        )
    is_ratio = ratio.denominator is not None
    if is_ratio != (indicator.kind == "ratio") or is_ratio != (indicator.over_time == _RATIO):
        raise FormulaError(
            f"{indicator.formula!r} is {'a' if is_ratio else 'no'} ratio, but kind is {indicator.kind!r} "
            f"and over_time {indicator.over_time!r}",
            f"A formula that divides has kind 'ratio' and over_time {_RATIO!r}; no other has.",
        )
    operands: tuple[tuple[Side, _Operand | None], ...] = (
        (("numerator", ratio.numerator), ("denominator", ratio.denominator))
        if is_ratio
        else (("value", ratio.numerator),)
    )
    for side, operand in operands:
        assert operand is not None
        if not operand.cells and not operand.fold.startswith("returns_"):
            raise FormulaError(f"{indicator.formula!r} sums no cell", "Name what is to be counted.")
        _check_subtraction(edition, indicator, operand)
        over_weeks = _over_weeks(edition, indicator, operand)
        if not is_ratio and over_weeks != "mean" and _OVER_TIME[over_weeks] != indicator.over_time:
            raise FormulaError(
                f"over_time is {indicator.over_time!r}, but weeks of {indicator.formula!r} make a period "
                f"by {over_weeks!r}",
                "A stock takes the last week, flows and unique counts the sum.",
            )
        yield Part(side, operand.fold, over_weeks, operand.cells, operand.threshold)


def _over_weeks(edition: Edition, indicator: Indicator, operand: _Operand) -> OverWeeks:
    """How weeks make a period: what the kind of the measures says, unless the formula asks for the mean."""
    if operand.is_weekly_mean:
        return "mean"
    if operand.fold == "points":
        return "sum" if indicator.over_time == "sum" else "last"
    if operand.fold in BUILT_IN:
        return "sum"
    stocks = {edition.measures_by_code[cell.measure].kind == "stock" for cell in operand.cells}
    if len(stocks) > 1:
        raise FormulaError(
            f"{indicator.formula!r} adds a stock to what is no stock",
            "Sum stocks only with stocks: their weeks make a period in another way.",
        )
    return "last" if stocks == {True} else "sum"


def _check_subtraction(edition: Edition, indicator: Indicator, operand: _Operand) -> None:
    kinds = {
        is_added: {
            edition.measures_by_code[cell.measure].service_kind
            for cell in operand.cells
            if (cell.factor > 0) == is_added
        }
        for is_added in (True, False)
    }
    if not kinds[False] <= kinds[True]:
        raise FormulaError(
            f"{indicator.formula!r} subtracts what its service points do not add",
            "Subtract only from measures of the same kind of service point.",
        )


# --- reading


_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+*/()\[\]:,>]))")
_CODES = re.compile(r"\s*([A-Za-z0-9+_-]+)\s*")
_MOST_DECIMALS = 3


class _Reader:
    """Reads one formula from left to right."""

    def __init__(self, text: str, edition: Edition) -> None:
        self.text = text
        self.position = 0
        self.measures: Mapping[str, Measure] = edition.measures_by_code
        self.lists: Mapping[str, CodeList] = edition.code_lists_by_code
        self.kinds: Sequence[str] = tuple(edition.facts.service_kinds)

    def read(self) -> _Ratio:
        ratio = self._sum()
        if self._rest():
            raise self._unreadable()
        return ratio

    # Signs and words

    def _rest(self) -> str:
        return self.text[self.position :].strip()

    def _unreadable(self) -> FormulaError:
        rest = self._rest()
        where = f"from {rest!r} on" if rest else "beyond its end"
        return FormulaError(
            f"{self.text!r} cannot be read {where}", "See the grammar in schemas/formulas.py."
        )

    def _take(self, group: str, wanted: Callable[[str], bool] = lambda word: True) -> str | None:
        match = _TOKEN.match(self.text, self.position)
        if match is None or match[group] is None or not wanted(match[group]):
            return None
        self.position = match.end()
        return match[group]

    def _sign(self, *signs: str) -> str | None:
        return self._take("sign", lambda word: word in signs)

    def _need(self, group: str, *words: str) -> str:
        word = self._take(group, lambda found: not words or found in words)
        if word is None:
            raise self._unreadable()
        return word

    # The grammar

    def _sum(self) -> _Ratio:
        total = self._product()
        while sign := self._sign("+", "-"):
            total = self._added(total, self._product(), Fraction(1 if sign == "+" else -1))
        return total

    def _product(self) -> _Ratio:
        product = self._operand()
        while sign := self._sign("*", "/"):
            other = self._operand()
            product = self._multiplied(product, other) if sign == "*" else self._divided(product, other)
        return product

    def _operand(self) -> _Ratio:
        if self._sign("("):
            inner = self._sum()
            self._need("sign", ")")
            return inner
        number = self._take("number")
        if number is not None:
            return _Ratio(Fraction(number))
        return _Ratio(Fraction(1), self._reference())

    def _reference(self) -> _Operand:
        name = self._need("name")
        if name == "weekly_mean":
            self._need("sign", "(")
            inner = self._reference()
            self._need("sign", ")")
            if inner.fold != "sum" or inner.is_weekly_mean:
                raise FormulaError(
                    f"{self.text!r} takes the weekly mean of no measure", "Write weekly_mean(measure)."
                )
            return replace(inner, is_weekly_mean=True)
        if name == "count_points":
            return self._points()
        if name in BUILT_IN:
            return _Operand(BUILT_IN[BUILT_IN.index(name)], self._every_cell(name))
        if name not in self.measures:
            known = [*self.measures, *BUILT_IN, "weekly_mean", "count_points"]
            raise FormulaError(f"no measure {name!r}", did_you_mean(name, known))
        return _Operand("sum", tuple(self._categories(name)))

    def _categories(self, measure: str) -> Iterator[Cell]:
        if not self._sign("["):
            yield Cell(measure, TOTAL, "")
            return
        breakdown = self._need("name")
        known = self.measures[measure].breakdowns
        if breakdown not in known:
            raise FormulaError(
                f"measure {measure!r} has no breakdown {breakdown!r}", did_you_mean(breakdown, known)
            )
        self._need("sign", ":")
        codes: dict[str, None] = {}
        while True:
            match = _CODES.match(self.text, self.position)
            if match is None:
                raise self._unreadable()
            self.position = match.end()
            codes |= dict.fromkeys(self._codes_named(breakdown, match[1]))
            if self._need("sign", ",", "]") == "]":
                break
        yield from (Cell(measure, breakdown, code) for code in codes)

    def _codes_named(self, breakdown: str, word: str) -> tuple[str, ...]:
        """The code itself, or the codes that carry the word as their note."""
        categories = self.lists[breakdown].categories
        if word in self.lists[breakdown].codes:
            return (word,)
        noted = tuple(category.code for category in categories if category.note == word)
        if not noted:
            known = [*self.lists[breakdown].codes, *(c.note for c in categories if c.note)]
            raise FormulaError(f"list {breakdown!r} has no category {word!r}", did_you_mean(word, known))
        return noted

    def _points(self) -> _Operand:
        self._need("sign", "(")
        kind = self._need("name")
        if kind not in self.kinds:
            raise FormulaError(f"no kind of service point {kind!r}", did_you_mean(kind, self.kinds))
        self._need("name", "where")
        self._need("name", "any")
        self._need("sign", ">")
        threshold = Decimal(self._need("number"))
        self._need("sign", ")")
        return _Operand("points", self._cells_of(kind), threshold=threshold)

    def _cells_of(self, kind: str) -> tuple[Cell, ...]:
        return tuple(cell for m in self.measures.values() if m.service_kind == kind for cell in self._all(m))

    def _every_cell(self, built_in: str) -> tuple[Cell, ...]:
        if built_in.startswith("returns_"):
            return ()
        return tuple(cell for measure in self.measures.values() for cell in self._all(measure))

    def _all(self, measure: Measure) -> Iterator[Cell]:
        yield Cell(measure.code, TOTAL, "")
        for breakdown in measure.breakdowns:
            yield from (Cell(measure.code, breakdown, code) for code in self.lists[breakdown].codes)

    # Arithmetic on normal forms

    def _added(self, one: _Ratio, other: _Ratio, sign: Fraction) -> _Ratio:
        if one.numerator is None and other.numerator is None:
            return _Ratio(one.scale + sign * other.scale)
        if one.numerator is None or other.numerator is None or one.denominator or other.denominator:
            raise FormulaError(
                f"{self.text!r} adds what cannot be added",
                "Add sums of measures only; a ratio is a number times a sum, divided by a sum.",
            )
        for operand in (one.numerator, other.numerator):
            if operand.fold != "sum" or operand.is_weekly_mean:
                raise FormulaError(f"{self.text!r} adds a count or a mean", "Let it stand alone on its side.")
        factors: dict[tuple[str, str, str], Decimal] = {}
        for operand, scale in ((one.numerator, one.scale), (other.numerator, sign * other.scale)):
            for cell in operand.cells:
                key = (cell.measure, cell.breakdown, cell.category)
                factors[key] = factors.get(key, Decimal(0)) + cell.factor * self._decimal(scale)
        return _Ratio(
            Fraction(1),
            _Operand("sum", tuple(Cell(*key, factor) for key, factor in factors.items() if factor)),
        )

    def _decimal(self, scale: Fraction) -> Decimal:
        value = Decimal(scale.numerator) / Decimal(scale.denominator)
        if value != round(value, _MOST_DECIMALS):
            raise FormulaError(f"{self.text!r} has a factor of more than three decimals", "Round it.")
        return value

    def _multiplied(self, one: _Ratio, other: _Ratio) -> _Ratio:
        if one.numerator is not None and other.numerator is not None:
            raise FormulaError(f"{self.text!r} multiplies two sums", "Multiply a sum by a number only.")
        return _Ratio(
            one.scale * other.scale,
            one.numerator or other.numerator,
            one.denominator or other.denominator,
        )

    def _divided(self, one: _Ratio, other: _Ratio) -> _Ratio:
        if other.denominator is not None or (one.denominator is not None and other.numerator is not None):
            raise FormulaError(f"{self.text!r} divides a ratio", "Divide one sum by one sum.")
        if other.scale == 0:
            raise FormulaError(f"{self.text!r} divides by zero", "Write another number.")
        if other.numerator is not None and one.numerator is None:
            raise FormulaError(f"{self.text!r} divides a number by a sum", "Divide a sum by a sum.")
        return _Ratio(one.scale / other.scale, one.numerator, other.numerator or one.denominator)
