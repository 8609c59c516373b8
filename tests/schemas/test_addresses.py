"""Several cells said as few blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.addresses import (
    Block,
    Spot,
    blocks_around,
    blocks_of,
    column_letters,
    listed_cells,
    spot_of,
)


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
        (["F21", "E12", "F20", "E14", "F22"], "E12, E14, F20-F22"),
        (["B2", "B3", "C2"], "B2-B3, C2"),
        (["12:6", "13:6", "14:6", "20:6"], "12:6-14:6, 20:6"),
        ([], ""),
    ],
)
def test_neighbouring_cells_are_one_block(addresses: list[str], blocks: str) -> None:
    assert shown(*addresses) == blocks


@given(st.sets(st.tuples(st.integers(1, 12), st.integers(1, 30)), max_size=60))
def test_blocks_hold_each_cell_once_and_no_other(cells: set[tuple[int, int]]) -> None:
    blocks = blocks_around(Spot(*cell) for cell in cells)
    held = [
        (row, column)
        for block in blocks
        for row in range(block.first.row, block.last.row + 1)
        for column in range(block.first.column, block.last.column + 1)
    ]
    assert sorted(held) == sorted(cells)
    assert sum(block.cells for block in blocks) == len(cells)


def test_a_filled_rectangle_is_one_block() -> None:
    addresses = [f"{column}{row}" for column in "CDEFG" for row in range(5, 300)]
    assert blocks_of(addresses) == (Block(Spot(5, 3), Spot(299, 7)),)


@pytest.mark.parametrize("address", ["", "E", "12", "E0", "e12", "Foglio!E12", "E12:E14"])
def test_what_is_no_address_of_a_cell_is_refused(address: str) -> None:
    assert spot_of(address) is None
    with pytest.raises(ValueError, match="no address"):
        blocks_of([address])


def test_an_address_is_read_in_both_forms() -> None:
    assert spot_of("E12") == spot_of("12:5") == Spot(12, 5)
    assert (Spot(12, 5).a1, column_letters(26)) == ("E12", "AA")


@pytest.mark.parametrize(
    ("sheet", "cells", "listed"),
    [
        ("Housing", "C12", [("Housing", "C12")]),
        ("", "26:8;63:8", [("", "26:8"), ("", "63:8")]),
        ("Foglio", "Y35:AB35;AD35", [("Foglio", f"{c}35") for c in ("Y", "Z", "AA", "AB", "AD")]),
        ("Municipio I;Comune", "Municipio I!D8;Comune!D9", [("Municipio I", "D8"), ("Comune", "D9")]),
        ("A!B;C;D", "A!B!D8:E8;C;D!F9", [("A!B", "D8"), ("A!B", "E8"), ("C;D", "F9")]),
    ],
)
def test_a_published_list_of_cells_is_taken_apart(
    sheet: str, cells: str, listed: list[tuple[str, str]]
) -> None:
    assert listed_cells(sheet, cells) == tuple(listed)


@pytest.mark.parametrize("cells", ["12", "C12,D12", "Foglio!", "C12:3"])
def test_what_is_no_list_of_cells_is_refused(cells: str) -> None:
    with pytest.raises(ValueError, match="is no list of cells"):
        listed_cells("", cells)
