"""From the cells of a return to its figures: several cells of one figure become one value.

Lives here: sums over districts and days, the last value of a stock, what ND and NA do to a sum.
Must not live here: finding the cells (`extract`), or holding the values against rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from schemas.contract import Edition, Flag
from sources.layouts.model import Combine
from sources.layouts.outcome import MappedCell, Place, Trouble


class Figure(NamedTuple):
    """A figure of a return: the observation, with the cells that it comes from.

    `highest`: the highest of the cells' values where the layout has daily ones.
    """

    service_point: str
    measure: str
    breakdown: str
    category: str
    value: Decimal | None
    flag: Flag
    places: tuple[Place, ...]
    highest: Decimal | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.service_point, self.measure, self.breakdown, self.category)


def combine_cells(
    cells: Iterable[MappedCell], combine: Combine | None, edition: Edition, last_day_number: int = 7
) -> tuple[tuple[Figure, ...], tuple[Trouble, ...]]:
    """One figure for each (service point, measure, breakdown, category), ordered by them, and what
    stands in the way of making one: a token among numbers, a stock on the wrong day.

    A figure is given once (or once a day, once a district): the cells' grain has been checked before.
    """
    if combine is None:
        plain = (_figure(cell, cell.value, cell.flag, [cell]) for cell in cells)
        return tuple(sorted(plain, key=lambda figure: figure.key)), ()

    def key(cell: MappedCell) -> tuple[str, str, str, str]:
        return (cell.service_point, cell.measure, cell.breakdown, cell.category)

    figures: list[Figure] = []
    troubles: list[Trouble] = []
    for _, group in groupby(sorted(cells, key=key), key=key):
        same = list(group)
        first = same[0]
        is_stock = edition.measures_by_code[first.measure].kind == "stock"
        tokens = [cell for cell in same if cell.flag != "V"]
        if tokens and combine.tokens == "any":
            flag: Flag = "ND" if any(cell.flag == "ND" for cell in tokens) else "NA"
            figures.append(_figure(first, None, flag, [cell for cell in tokens if cell.flag == flag]))
            continue
        if tokens and len(same) > 1:
            troubles.append(_trouble("token_among_numbers", tokens[0], same))
            continue
        if tokens:
            figures.append(_figure(first, None, first.flag, same))
            continue
        if is_stock and combine.stocks != "sum":
            early = [c for c in same if c.day is not None and c.day.isoweekday() != last_day_number]
            if combine.stocks == "last_day_only" and early:
                troubles.append(_trouble("stock_on_other_day", early[0], early))
                continue
            last = max(same, key=lambda cell: (cell.day is not None, cell.day))
            highest = max(cell.value for cell in same if cell.value is not None)
            figures.append(_figure(last, last.value, "V", [last], highest))
            continue
        total = sum((cell.value for cell in same if cell.value is not None), Decimal(0))
        figures.append(_figure(first, total, "V", same))
    return tuple(figures), tuple(troubles)


def _figure(
    cell: MappedCell,
    value: Decimal | None,
    flag: Flag,
    cells: list[MappedCell],
    highest: Decimal | None = None,
) -> Figure:
    places = tuple(one.place for one in cells)
    top = value if highest is None else highest
    return Figure(cell.service_point, cell.measure, cell.breakdown, cell.category, value, flag, places, top)


def _trouble(kind: str, cell: MappedCell, cells: list[MappedCell]) -> Trouble:
    return Trouble(
        kind,
        cell.place,
        {"found": "" if cell.value is None else f"{cell.value:f}"},
        tuple(address_beside(one.place, cell.place) for one in cells),
        (cell.service_point, cell.measure, cell.breakdown, cell.category),
    )


def address_beside(place: Place, beside: Place) -> str:
    """A cell's address; with its sheet where that differs from the one beside it."""
    if place.sheet == beside.sheet or place.sheet is None:
        return place.cell or ""
    return f"{place.sheet}!{place.cell}"
