"""Addresses of cells: read from findings, put together into blocks, written for people.

Lives here: `E12` and `12:5` as a row and a column, and `E12, E14, F20-F31` for many of them.
Must not live here: which cells a finding is about (`lines`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from openpyxl.utils import column_index_from_string, get_column_letter

_A1 = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ROW_AND_COLUMN = re.compile(r"([1-9]\d*):([1-9]\d*)")


class Spot(NamedTuple):
    """A cell of a sheet; row and column count from 1."""

    row: int
    column: int

    @property
    def a1(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}"


class Block(NamedTuple):
    """Neighbouring cells from the upper left to the lower right one."""

    first: Spot
    last: Spot

    @property
    def a1(self) -> str:
        return self.first.a1 if self.first == self.last else f"{self.first.a1}-{self.last.a1}"

    @property
    def size(self) -> int:
        return (self.last.row - self.first.row + 1) * (self.last.column - self.first.column + 1)


def spot_of(address: str) -> Spot | None:
    """The cell of an A1 address or of a CSV's `row:column`; None for anything else."""
    spreadsheet = _A1.fullmatch(address)
    if spreadsheet:
        return Spot(int(spreadsheet[2]), column_index_from_string(spreadsheet[1]))
    text_file = _ROW_AND_COLUMN.fullmatch(address)
    return Spot(int(text_file[1]), int(text_file[2])) if text_file else None


def blocks_of(spots: Iterable[Spot]) -> tuple[Block, ...]:
    """The cells as few blocks: runs down a column, then equal runs side by side; by column, then row."""
    runs: list[Block] = []
    for spot in sorted(set(spots), key=lambda one: (one.column, one.row)):
        if runs and runs[-1].last == (spot.row - 1, spot.column):
            runs[-1] = Block(runs[-1].first, spot)
        else:
            runs.append(Block(spot, spot))
    blocks: list[Block] = []
    for run in sorted(runs, key=lambda run: (run.first.row, run.last.row, run.first.column)):
        if blocks and blocks[-1].first.row == run.first.row and _is_left_of(blocks[-1], run):
            blocks[-1] = Block(blocks[-1].first, run.last)
        else:
            blocks.append(run)
    return tuple(sorted(blocks, key=lambda block: (block.first.column, block.first.row)))


def _is_left_of(block: Block, run: Block) -> bool:
    return block.last == (run.last.row, run.last.column - 1)
