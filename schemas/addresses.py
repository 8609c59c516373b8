"""Addresses of cells, and several cells said as few blocks: `E12, E14, F20-F31`.

Lives here: A1 and `row:column` addresses, and covering a set of cells with rectangles.
Must not live here: what stands in a cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

_A1 = re.compile(r"^([A-Z]+)([1-9]\d*)$")
_ROW_COLUMN = re.compile(r"^([1-9]\d*):([1-9]\d*)$")


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


@dataclass(frozen=True, order=True, slots=True)
class Block:
    """A rectangle of cells, rows and columns from 1, both ends included; `is_csv`: not in A1 form."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int
    is_csv: bool = False

    @property
    def cells(self) -> int:
        return (self.last_row - self.first_row + 1) * (self.last_column - self.first_column + 1)

    def __str__(self) -> str:
        first = self._address(self.first_row, self.first_column)
        last = self._address(self.last_row, self.last_column)
        return first if first == last else f"{first}-{last}"

    def _address(self, row: int, column: int) -> str:
        return f"{row}:{column}" if self.is_csv else f"{column_letters(column - 1)}{row}"


def block_of(address: str) -> Block:
    """The one cell at an address, `E12` or `12:5`. ValueError for any other form."""
    if match := _A1.match(address):
        column = column_index(match[1]) + 1
        return Block(int(match[2]), column, int(match[2]), column)
    if match := _ROW_COLUMN.match(address):
        row, column = int(match[1]), int(match[2])
        return Block(row, column, row, column, is_csv=True)
    raise ValueError(f"{address!r} is no address of a cell")


def blocks_of(addresses: Iterable[str]) -> tuple[Block, ...]:
    """As few rectangles as easily found that hold these cells and no other, from the top left on.

    The cells are of one sheet. ValueError where an address is in neither form.
    """
    cells = {block_of(address) for address in addresses}
    is_csv = any(cell.is_csv for cell in cells)
    places = {(cell.first_row, cell.first_column) for cell in cells}
    by_column = [
        Block(top, left, bottom, right, is_csv) for left, right, top, bottom in _rectangles(places, by=1)
    ]
    by_row = [
        Block(top, left, bottom, right, is_csv) for top, bottom, left, right in _rectangles(places, by=0)
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
