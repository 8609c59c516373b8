"""Which cells of a trace are told, and how where they stand and what is written there is said.

Lives here: how many of the cells fit, places and contents of cells as texts.
Must not live here: the lines of the answer (`trace_words`), reading files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.cli.findings_words import cells_in_words as blocks_in_words
from pipelines.cli.findings_words import number_it
from pipelines.tracing.adding import AddedValue, PartAdded, PointWeek
from pipelines.tracing.published import DueReturn
from pipelines.tracing.rereading import Reread
from pipelines.tracing.trace import Trace
from schemas.addresses import Block, blocks_of, is_csv
from schemas.messages.saying import visible
from schemas.weeks import IsoWeek
from sources.cells import Formula, Instant, Value

_MOST_CELL_LINES = 40
_MOST_VALUES = 8
"""Of a service point, one by one; the others as blocks of cells."""
_MOST_SHEETS, _MOST_BLOCKS = 2, 5


@dataclass(frozen=True)
class ShownPoint:
    """A service point's values that are told one by one, and those that are told as blocks of cells."""

    side: str
    point: PointWeek
    told: tuple[AddedValue, ...]
    others: tuple[AddedValue, ...]

    @property
    def lines(self) -> int:
        return 1 + (len(self.told) if len(self.told) > 1 else 0) + bool(self.others)


@dataclass(frozen=True)
class ShownWeek:
    """A city's week with the service points that gave something to the figure."""

    city: str
    due: DueReturn
    points: tuple[ShownPoint, ...]

    @property
    def lines(self) -> int:
        return 2 + sum(point.lines for point in self.points)


@dataclass(frozen=True)
class ShownCells:
    """The weeks whose cells are told, and how many city-weeks are not."""

    weeks: tuple[ShownWeek, ...]
    left_out: int

    @property
    def values(self) -> tuple[AddedValue, ...]:
        """The values that are told one by one: only these need to be read again."""
        return tuple(value for week in self.weeks for point in week.points for value in point.told)


def shown_cells(trace: Trace) -> ShownCells:
    """As many of the last weeks as fit. Of the network: all its cities' or none."""
    by_place: dict[tuple[IsoWeek, str], list[tuple[DueReturn, ShownPoint]]] = {}
    for added in parts_with_own_cells(trace):
        for city in added.cities:
            for week in city.weeks:
                for point in week.points:
                    if week.is_counted and (point.values or point.answered_in):
                        shown = _shown_point(added.part.side, point, added.part.threshold)
                        by_place.setdefault((week.week, city.city), []).append((week.due_return, shown))
    order = {city: number for number, city in enumerate(trace.cities)}
    weeks = [
        ShownWeek(city, found[0][0], tuple(point for _, point in found))
        for (_, city), found in sorted(by_place.items(), key=lambda item: (item[0][0], order[item[0][1]]))
    ]
    if trace.asked.city is None and sum(week.lines for week in weeks) > _MOST_CELL_LINES:
        return ShownCells((), len(weeks))
    room = _MOST_CELL_LINES
    fitting: list[ShownWeek] = []
    for one in reversed(weeks):
        if fitting and one.lines > room:
            break
        room -= one.lines
        fitting.append(one)
    return ShownCells(tuple(reversed(fitting)), len(weeks) - len(fitting))


def parts_with_own_cells(trace: Trace) -> tuple[PartAdded, ...]:
    """The parts, without one that counts the very cells that another counts."""
    is_counting = any(one.part.fold == "cells_due" for one in trace.parts)
    return trace.parts[:1] if is_counting else trace.parts


def _shown_point(side: str, point: PointWeek, threshold: Decimal) -> ShownPoint:
    if len(point.values) <= _MOST_VALUES:
        return ShownPoint(side, point, point.values, ())
    first = sorted(point.values, key=lambda value: value.value <= threshold)
    told = first[: _MOST_VALUES // 2]
    return ShownPoint(side, point, tuple(told), tuple(value for value in point.values if value not in told))


def source_in_words(value: AddedValue, read: Reread) -> str:
    """Where a value stands, and what is written there, cell by cell."""
    by_sheet: dict[str, list[tuple[str, Value | None]]] = {}
    for (sheet, address), text in zip(value.places, read.written(value), strict=True):
        by_sheet.setdefault(sheet, []).append((address, text))
    return "; ".join(
        _place(sheet, _cells_as_written([address for address, _ in cells], [text for _, text in cells]))
        for sheet, cells in by_sheet.items()
    )


def where_in_words(values: Iterable[AddedValue]) -> str:
    """Where values stand, as blocks of cells."""
    return places_in_words(place for value in values for place in value.places)


def places_in_words(places: Iterable[tuple[str, str]]) -> str:
    """Cells by sheet and address, as blocks."""
    by_sheet: dict[str, list[str]] = {}
    for sheet, address in places:
        by_sheet.setdefault(sheet, []).append(address)
    return folded({sheet: blocks_of(addresses) for sheet, addresses in by_sheet.items()})


def folded(sheets: Mapping[str, Sequence[Block]]) -> str:
    """The first blocks of the first sheets, and how many more cells and sheets there are."""
    told = []
    for sheet, blocks in list(sheets.items())[:_MOST_SHEETS]:
        rest = sum(block.cells for block in blocks[_MOST_BLOCKS:])
        more = f" e altre {number_it(rest)}" if rest else ""
        told.append(_place(sheet, f"{blocks_in_words(blocks[:_MOST_BLOCKS])}{more}"))
    left = len(sheets) - _MOST_SHEETS
    if left > 0:
        told.append("e un altro foglio" if left == 1 else f"e altri {number_it(left)} fogli")
    return "; ".join(told)


def _cells_as_written(addresses: Sequence[str], texts: Sequence[Value | None]) -> str:
    """`E12: 7`, `F35-L35: 0 + 1 + 2`, `colonna 8, riga 26: «2» + riga 63: «1»`."""
    told = ["(non riletta)" if text is None else written_in_words(text) for text in texts]
    blocks = blocks_of(addresses)
    if len(blocks) == 1:
        return f"{blocks_in_words(blocks)}: {' + '.join(told)}"
    if all(is_csv(address) for address in addresses):
        rows, columns = zip(*(address.split(":") for address in addresses), strict=True)
        if len(set(columns)) == 1:
            cells = [f"riga {row}: {text}" for row, text in zip(rows, told, strict=True)]
            return f"colonna {columns[0]}, {' + '.join(cells)}"
    return " + ".join(f"{address}: {text}" for address, text in zip(addresses, told, strict=True))


def written_in_words(value: Value) -> str:
    """What stands in a cell: a text in quotes as it is, a number as Italian writes it."""
    if isinstance(value, str):
        return f"«{visible(value)}»"
    if isinstance(value, Instant):
        return f"«{visible(value.text)}»"
    if isinstance(value, Formula):
        return "una formula senza valore"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return number_it(Decimal(f"{value:.15g}"))


def _place(sheet: str, cells: str) -> str:
    return f"foglio «{visible(sheet.strip())}», {cells}" if sheet else cells
