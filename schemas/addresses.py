"""Addresses of cells, and several cells said as few blocks: `E12, E14, F20-F31`.

Lives here: A1 and `row:column` addresses, and covering a set of cells with rectangles.
Must not live here: what stands in a cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

_A1 = re.compile(r"^([A-Z]+)([1-9]\d*)$")
_ROW_COLUMN = re.compile(r"^([1-9]\d*):([1-9]\d*)$")
_LISTED = re.compile(
    r"(?:(?P<sheet>.+?)!)?(?P<first>[A-Z]+[1-9]\d*|[1-9]\d*:[1-9]\d*)(?::(?P<last>[A-Z]+[1-9]\d*))?(?:;|$)",
    re.DOTALL,
)


def column_letters(index: int) -> str:
    """0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A -> 0, AA -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


class Spot(NamedTuple):
    """A cell of a sheet; row and column count from 1."""

    row: int
    column: int

    @property
    def a1(self) -> str:
        return f"{column_letters(self.column - 1)}{self.row}"


@dataclass(frozen=True, order=True, slots=True)
class Block:
    """A rectangle of cells, from its first to its last; `is_csv`: not in A1 form."""

    first: Spot
    last: Spot
    is_csv: bool = False

    @property
    def cells(self) -> int:
        return (self.last.row - self.first.row + 1) * (self.last.column - self.first.column + 1)

    @property
    def a1(self) -> str:
        return self.first.a1 if self.first == self.last else f"{self.first.a1}-{self.last.a1}"

    def __str__(self) -> str:
        if not self.is_csv:
            return self.a1
        first, last = (f"{spot.row}:{spot.column}" for spot in (self.first, self.last))
        return first if first == last else f"{first}-{last}"


def is_csv(address: str) -> bool:
    """Whether an address is in the form `row:column`."""
    return _ROW_COLUMN.match(address) is not None


def spot_of(address: str) -> Spot | None:
    """The cell at an address, `E12` or `12:5`; None for any other form."""
    if match := _A1.match(address):
        return Spot(int(match[2]), column_index(match[1]) + 1)
    if match := _ROW_COLUMN.match(address):
        return Spot(int(match[1]), int(match[2]))
    return None


def listed_cells(sheet: str, cells: str) -> tuple[tuple[str, str], ...]:
    """Sheet and address of every cell that a published `source_sheet` and `source_cell` list, in order.

    `C12`, `C12:I12`, `26:8;63:8`, `Municipio I!D8;Municipio IV!D8`. ValueError for any other form.
    """
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(cells):
        match = _LISTED.match(cells, at)
        if match is None:
            raise ValueError(f"{cells!r} is no list of cells")
        own, at = match["sheet"] or sheet, match.end()
        first, last = spot_of(match["first"]), spot_of(match["last"] or match["first"])
        if last is None or first is None or match["last"] is None:
            found.append((own, match["first"]))
        else:
            columns = range(first.column, last.column + 1)
            found += [(own, Spot(first.row, column).a1) for column in columns]
    return tuple(found)


def blocks_of(addresses: Iterable[str]) -> tuple[Block, ...]:
    """As few rectangles as easily found that hold these cells and no other, from the top left on.

    The cells are of one sheet. ValueError where an address is in neither form.
    """
    listed = list(addresses)
    spots = [spot_of(address) for address in listed]
    if None in spots:
        raise ValueError(f"{listed[spots.index(None)]!r} is no address of a cell")
    return blocks_around((spot for spot in spots if spot is not None), is_csv=any(map(is_csv, listed)))


def blocks_around(spots: Iterable[Spot], *, is_csv: bool = False) -> tuple[Block, ...]:
    """The same for cells whose row and column are known."""
    places = set(spots)
    by_column = [
        Block(Spot(top, left), Spot(bottom, right), is_csv)
        for left, right, top, bottom in _rectangles(places, by=1)
    ]
    by_row = [
        Block(Spot(top, left), Spot(bottom, right), is_csv)
        for top, bottom, left, right in _rectangles(places, by=0)
    ]
    return tuple(sorted(by_column if len(by_column) <= len(by_row) else by_row))


def _rectangles(places: Collection[tuple[int, int]], by: int) -> list[tuple[int, int, int, int]]:
    """Runs along each row (`by` 0) or column (1), joined where the next one has the same run.

    First and last line, first and last place in it.
    """
    runs: dict[tuple[int, int], list[int]] = {}
    for line, group in groupby(sorted((place[by], place[1 - by]) for place in places), lambda pair: pair[0]):
        for run in _runs([at for _, at in group]):
            runs.setdefault(run, []).append(line)
    return [(*lines, *run) for run, found in runs.items() for lines in _runs(found)]


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Ascending numbers as runs of neighbours, first and last."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
