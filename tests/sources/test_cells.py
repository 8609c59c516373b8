"""Addresses of cells, and what a blank is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string, get_column_letter

from schemas.addresses import column_index, column_letters
from sources.cells import Formula, Sheet, Workbook, is_blank

LAST_COLUMN = 16_383


@given(st.integers(0, LAST_COLUMN))
def test_a_columns_letters_and_number_say_the_same(index: int) -> None:
    assert column_index(column_letters(index)) == index


@given(st.integers(0, LAST_COLUMN))
def test_letters_are_those_of_the_spreadsheet(index: int) -> None:
    assert column_letters(index) == get_column_letter(index + 1)
    assert (
        column_index(get_column_letter(index + 1))
        == column_index_from_string(get_column_letter(index + 1)) - 1
    )


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_the_letters_turn_over_at_z(index: int, letters: str) -> None:
    assert column_letters(index) == letters


def test_a_spreadsheets_cell_is_called_a1_and_a_csvs_by_row_and_column() -> None:
    assert Sheet("f", "s", ()).address(10, 1) == "B11"
    assert Sheet("f", "s", (), is_csv=True).address(10, 1) == "11:2"


@pytest.mark.parametrize("value", ["", " ", "\u00a0", "\t\n", "\u2003"])
def test_nothing_but_blanks_is_blank(value: str) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, 0.0, False, "0", "-", Formula()])
def test_zero_and_false_are_not_blank(value: object) -> None:
    assert not is_blank(value)  # type: ignore[arg-type]


def test_cells_beyond_a_sheets_rows_are_blank() -> None:
    sheet = Sheet("f", "s", (["a"], []))
    assert [sheet.value(0, 0), sheet.value(0, 9), sheet.value(1, 0), sheet.value(9, 9)] == ["a", "", "", ""]


def test_filled_cells_are_those_that_hold_more_than_blanks() -> None:
    sheet = Sheet("f", "s", (["a", " ", 0], ["\u00a0", False, Formula()]))
    assert sheet.filled_cells == 4
    assert Workbook("xlsx", (sheet, sheet)).filled_cells == 8
