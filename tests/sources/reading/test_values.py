"""Cells come as numbers, text, days or what they are; nothing else ever passes for a number or a blank."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
import xlwt

from sources.cells import Formula, Instant, Value, Workbook
from sources.reading.reader import ChildReader, SourceFile
from tests.making.books import open_book
from tests.making.formulas import FormulaError, UncomputedFormula
from tests.making.officexml import XlsxBook
from tests.making.opendocument import write_ods
from tests.making.samples import sample


def xlsx_of(*cells: Any) -> bytes:
    """A workbook with these cells in its first row."""
    book = XlsxBook(sample("taranto").data)
    for name in book.sheets:
        book.remove_sheet(name)
    book.add_sheet("Foglio1", [cells])
    return book.save()


def xls_of(*cells: Any) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Foglio1")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for column, cell in enumerate(cells):
        if isinstance(cell, FormulaError):
            sheet.row(0).set_cell_error(column, cell.shown)
        elif isinstance(cell, UncomputedFormula):
            sheet.write(0, column, xlwt.Formula("1+1"))
        else:
            sheet.write(0, column, cell, day if isinstance(cell, dt.date) else xlwt.Style.default_style)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


FORMATS = {"xlsx": xlsx_of, "ods": lambda *cells: write_ods({"Foglio1": [cells]}), "xls": xls_of}
every_format = pytest.mark.parametrize("make", FORMATS.values(), ids=FORMATS)


def first_row(reader: ChildReader, data: bytes) -> list[Value]:
    read = reader.read([SourceFile("valori", data)])
    assert isinstance(read, Workbook), read
    return list(read.sheets[0].rows[0])


@every_format
def test_numbers_text_days_and_truths_keep_their_kind(make: Any, reader: ChildReader) -> None:
    cells = [7, 12.5, 0, "testo", "12,5", dt.date(2023, 10, 16), True]
    found = first_row(reader, make(*cells))
    assert found == cells
    assert [isinstance(value, bool) for value in found] == [False] * 6 + [True]


@every_format
def test_blank_cells_between_others_keep_their_place(make: Any, reader: ChildReader) -> None:
    assert first_row(reader, make("a", "", "", "b")) == ["a", "", "", "b"]


@pytest.mark.parametrize(
    "kind",
    [
        "xlsx",
        "ods",
        pytest.param(
            "xls",
            marks=pytest.mark.xfail(
                strict=True,
                raises=AssertionError,
                reason="in an xls a formula without a value comes as a blank",
            ),
        ),
    ],
)
def test_a_formula_without_a_value_is_told_from_a_blank(kind: str, reader: ChildReader) -> None:
    assert first_row(reader, FORMATS[kind](1, UncomputedFormula(), 2)) == [1, Formula(), 2]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("error", ["#DIV/0!", "#REF!"])
def test_an_error_in_a_cell_is_told_from_a_blank(kind: str, error: str, reader: ChildReader) -> None:
    assert first_row(reader, FORMATS[kind](1, FormulaError(error), 2)) == [1, error, 2]


@pytest.mark.parametrize("kind", FORMATS)
def test_an_error_in_a_cell_is_never_a_number(kind: str, reader: ChildReader) -> None:
    assert not isinstance(first_row(reader, FORMATS[kind](1, FormulaError(), 2))[1], int | float)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (dt.datetime(2023, 10, 16, 12, 30), "2023-10-16 12:30:00"),  # noqa: DTZ001
        (dt.time(12, 30), "12:30:00"),
        (dt.timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_times_are_never_numbers(cell: object, shown: str, reader: ChildReader) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = cell  # type: ignore[assignment]
    packed = io.BytesIO()
    book.save(packed)
    assert first_row(reader, packed.getvalue()) == [Instant(shown)]


def test_a_day_at_midnight_is_a_day(reader: ChildReader) -> None:
    assert first_row(reader, xlsx_of(dt.date(2023, 10, 16))) == [dt.date(2023, 10, 16)]


def test_rows_start_at_the_first_cell_of_the_sheet_even_where_it_is_blank(reader: ChildReader) -> None:
    read = reader.read([SourceFile("x", write_ods({"Foglio1": [[], [], ["", "qui"]]}))])
    assert isinstance(read, Workbook)
    assert read.sheets[0].value(2, 1) == "qui"
    assert read.sheets[0].address(2, 1) == "B3"


def test_a_million_padded_rows_cost_nothing(reader: ChildReader) -> None:
    read = reader.read([SourceFile("x", write_ods({"Foglio1": [["a"], ["b"]]}))])
    assert isinstance(read, Workbook)
    assert [list(row) for row in read.sheets[0].rows] == [["a"], ["b"]]


def test_hidden_sheets_are_read_and_known_as_hidden(reader: ChildReader) -> None:
    read = reader.read([SourceFile("x", sample("torino").data)])
    assert isinstance(read, Workbook)
    assert [sheet.name for sheet in read if not sheet.is_visible] == ["appunti"]


def test_several_files_of_one_return_are_its_sheets(reader: ChildReader) -> None:
    read = reader.read([SourceFile("uno.csv", b"a;b\n1;2\n"), SourceFile("due.csv", b"c;d\n3;4\n")])
    assert isinstance(read, Workbook)
    assert read.format == "zip"
    assert [(sheet.file, sheet.name) for sheet in read] == [("uno.csv", "uno.csv"), ("due.csv", "due.csv")]


@pytest.mark.parametrize("city", ["bologna", "genova", "palermo", "perugia", "trieste"])
def test_a_file_taken_apart_and_saved_again_holds_the_same(city: str, reader: ChildReader) -> None:
    before = reader.read([SourceFile("x", sample(city).data)])
    after = reader.read([SourceFile("x", open_book(sample(city)).save())])
    assert isinstance(before, Workbook)
    assert isinstance(after, Workbook)
    for old, new in zip(before, after, strict=True):
        assert old.name == new.name
        for row in range(max(len(old.rows), len(new.rows))):
            width = max(len(sheet.rows[row]) if row < len(sheet.rows) else 0 for sheet in (old, new))
            assert [old.value(row, c) for c in range(width)] == [new.value(row, c) for c in range(width)]
