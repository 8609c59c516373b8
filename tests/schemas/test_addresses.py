"""Several cells said as few blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.addresses import Block, blocks_of, column_letters


def shown(*addresses: str) -> str:
    return ", ".join(str(block) for block in blocks_of(addresses))


@pytest.mark.parametrize(
    ("addresses", "blocks"),
    [
        (["E12"], "E12"),
        (["E12", "E14", *(f"F{row}" for row in range(20, 32))], "E12, E14, F20-F31"),
        (["B2", "C2", "D2"], "B2-D2"),
        (["Z9", "AA9", "AB9"], "Z9-AB9"),
        (["B2", "C2", "B3", "C3"], "B2-C3"),
        (["B2", "C2", "B3", "C3", "C4"], "B2-B3, C2-C4"),
        (["E14", "E12", "E12", "E13"], "E12-E14"),
        (["12:6", "13:6", "14:6", "20:6"], "12:6-14:6, 20:6"),
        ([], ""),
    ],
)
def test_neighbouring_cells_are_one_block(addresses: list[str], blocks: str) -> None:
    assert shown(*addresses) == blocks


@given(st.sets(st.tuples(st.integers(1, 12), st.integers(1, 30)), max_size=60))
def test_blocks_hold_each_cell_once_and_no_other(cells: set[tuple[int, int]]) -> None:
    blocks = blocks_of(f"{column_letters(column - 1)}{row}" for row, column in cells)
    held = [
        (row, column)
        for block in blocks
        for row in range(block.first_row, block.last_row + 1)
        for column in range(block.first_column, block.last_column + 1)
    ]
    assert sorted(held) == sorted(cells)
    assert sum(block.cells for block in blocks) == len(cells)


def test_a_filled_rectangle_is_one_block() -> None:
    addresses = [f"{column}{row}" for column in "CDEFG" for row in range(5, 300)]
    assert blocks_of(addresses) == (Block(5, 3, 299, 7),)


@pytest.mark.parametrize("address", ["", "E", "12", "E0", "e12", "Foglio!E12", "E12:E14"])
def test_what_is_no_address_of_a_cell_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        blocks_of([address])
