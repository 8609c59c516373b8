"""Columns that repeat other weeks: which cells of a file say again what was sent for another week.

Lives here: collecting such columns while a file is read, and their cells as figures of their week.
Must not live here: what was accepted for those weeks, and what it means that a cell differs from it.

Nothing is said of how such a cell is written: one that cannot be read is left out. Thousands of cells come
again every week and differ nearly never, so that a week is read into figures only where its digest differs.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from schemas.contract import Flag
from schemas.digests import digest_of, line_end, line_start
from schemas.weeks import IsoWeek
from sources.cells import Sheet, Value
from sources.layouts.numbers import Figure, FigureReader, NotAFigure
from sources.layouts.outcome import NilDeclaration, Place

_NOWHERE = sys.maxsize
_Key = tuple[str, str, str, str]
"""Service point, measure, breakdown, category."""


class RepeatedCell(NamedTuple):
    """A cell that repeats a figure of another week. `reported`: value and flag; None for a blank."""

    key: _Key
    reported: tuple[Decimal | None, Flag] | None
    sheet: Sheet
    row: int
    column: int

    @property
    def place(self) -> Place:
        return Place(self.sheet.file, self.sheet.name or None, self.sheet.address(self.row, self.column))


class _Row(NamedTuple):
    """A row of figures that columns of other weeks run through. `number`: its place in the file."""

    key: _Key
    number: int
    start: str
    block: int
    sheet: Sheet
    row: int
    cells: Sequence[Value]


class Block(NamedTuple):
    """Columns under one header that differ by their week alone. `says`: what their headings say besides."""

    number: int
    says: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class RepeatedWeek:
    """Another week as a file repeats it."""

    week: IsoWeek
    _rows: Sequence[_Row]
    """Ordered by figure; the same ones for every week."""
    _columns: Mapping[int, int]
    """The week's column in each block."""
    _figures: FigureReader
    _ends: _LineEnds
    nils: tuple[NilDeclaration, ...] = ()
    """What the week's columns declare without activity."""

    @cached_property
    def digest(self) -> str:
        """The digest of the figures that the cells give (`schemas.digests`)."""
        columns = self._columns
        values = [
            cells[column] if (column := columns.get(block, _NOWHERE)) < len(cells) else ""
            for _, _, _, block, _, _, cells in self._rows
        ]
        ends = self._ends.of(values)
        return digest_of([row[2] + end for row, end in zip(self._rows, ends, strict=True) if end])

    def cells(self) -> tuple[RepeatedCell, ...]:
        """The cells of the week's columns that can be read, blank ones too, in the order of the file."""
        found = []
        for row in sorted(self._rows, key=lambda row: row.number):
            column = self._columns.get(row.block)
            if column is None:
                continue
            figure = self._figures.read(row.sheet.value(row.row, column))
            if isinstance(figure, NotAFigure):
                continue
            reported = None if figure is None else (figure.value, figure.flag)
            found.append(RepeatedCell(row.key, reported, row.sheet, row.row, column))
        return tuple(found)


class _LineEnds(dict[Value, str]):
    """How the line ends that a cell gives: the same few hundred values stand in all the weeks of a file."""

    def __init__(self, figures: FigureReader) -> None:
        super().__init__()
        self._figures = figures

    def of(self, values: Sequence[Value]) -> list[str]:
        """The ends of the cells' lines; '' for a blank and for what cannot be read."""
        if bool in set(map(type, values)):  # True equals 1.0, and is no figure
            return [self.__missing__(value) for value in values]
        return list(map(self.__getitem__, values))

    def __missing__(self, value: Value) -> str:
        figure = self._figures.read(value)
        end = line_end(figure.value, figure.flag) if isinstance(figure, Figure) else ""
        if value.__class__ is not bool:
            self[value] = end
        return end


class OtherWeeksSeen:
    """What is collected of other weeks while a file is read; its lists are filled while that goes on."""

    def __init__(self, own: IsoWeek, figures: FigureReader) -> None:
        self._own, self._figures = own, figures
        self._rows: list[_Row] = []
        self._columns: dict[IsoWeek, dict[int, int]] = {}
        self._weeks: dict[int, IsoWeek] = {}
        self._nils: dict[IsoWeek, list[NilDeclaration]] = {}
        self._blocks = 0

    def see_header(self, columns: Sequence[tuple[int, Mapping[str, str]]]) -> tuple[Block, ...]:
        """The blocks that a header's columns of other weeks make. `columns`: where, what the heading says."""
        self._weeks, blocks = {}, list[Block]()
        for index, says in columns:
            week = self._week_of(says)
            if week is None:
                continue
            rest = {name: text for name, text in says.items() if name not in ("week", "year")}
            taken = self._columns.setdefault(week, {})
            block = next((b for b in blocks if b.says == rest and b.number not in taken), None)
            if block is None:
                block = Block(self._blocks, rest)
                self._blocks += 1
                blocks.append(block)
            taken[block.number] = index
            self._weeks[index] = week
        return tuple(blocks)

    def _week_of(self, says: Mapping[str, str]) -> IsoWeek | None:
        """The week of a heading, of the return's own year where it says none; None where there is no such."""
        try:
            week = IsoWeek(int(says.get("year", self._own.year)), int(says["week"]))
        except ValueError:
            return None
        return None if week == self._own else week

    def see_row(self, block: Block, key: _Key, sheet: Sheet, row: int, cells: Sequence[Value]) -> None:
        """Note whose figures the cells of a block's columns are in a row."""
        self._rows.append(_Row(key, len(self._rows), line_start(*key), block.number, sheet, row, cells))

    def week_at(self, column: int) -> IsoWeek | None:
        """The other week that a column is of, under the header seen last."""
        return self._weeks.get(column)

    def see_nil(self, week: IsoWeek, nil: NilDeclaration) -> None:
        """Note what a column of another week declares without activity."""
        self._nils.setdefault(week, []).append(nil)

    def weeks(self) -> tuple[RepeatedWeek, ...]:
        """The other weeks of the file, the first one first."""
        rows, ends = sorted(self._rows), _LineEnds(self._figures)
        return tuple(
            RepeatedWeek(
                week, rows, self._columns[week], self._figures, ends, tuple(self._nils.get(week, ()))
            )
            for week in sorted(self._columns)
        )
