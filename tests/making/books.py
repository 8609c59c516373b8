"""A return file taken apart: its cells can be read, changed, and saved again in the file's own format.

Lives here: one way of altering xlsx, xls, ods, csv and zip of csv.
Must not live here: what a city writes where; that stands in the tests.

Rows count from 1 and cells are called A1, in CSV too. The file of a single CSV has one sheet, called ''.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Protocol

import python_calamine
import xlwt
from openpyxl.utils import column_index_from_string

from tests.making.officexml import XlsxBook
from tests.making.opendocument import read_ods, write_ods
from tests.making.samples import Sample, sample


class Book(Protocol):
    """What every format can do."""

    @property
    def sheets(self) -> list[str]: ...

    def rows(self, sheet: str) -> list[list[Any]]:
        """The sheet's values; changing the lists changes nothing."""

    def write(self, sheet: str, row: int, column: int, value: Any) -> None: ...
    def insert_row(self, sheet: str, at: int, values: Sequence[Any]) -> None: ...
    def remove_row(self, sheet: str, at: int) -> None: ...
    def add_sheet(self, sheet: str, rows: Sequence[Sequence[Any]]) -> None: ...
    def remove_sheet(self, sheet: str) -> None: ...
    def rename_sheet(self, sheet: str, name: str) -> None: ...
    def save(self) -> bytes: ...


Change = Callable[[Book], None]


def split_address(address: str) -> tuple[int, int]:
    """`B11` -> (11, 2); `11:2`, as cells of a CSV are called, too."""
    if ":" in address:
        row, column = address.split(":")
        return int(row), int(column)
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :]), column_index_from_string(letters)


def get(book: Book, sheet: str, address: str) -> Any:
    """The value of a cell; blank is ''."""
    row, column = split_address(address)
    cells = book.rows(sheet)[row - 1]
    return cells[column - 1] if column <= len(cells) else ""


def put(book: Book, sheet: str, address: str, value: Any) -> None:
    """Write a cell."""
    book.write(sheet, *split_address(address), value)


def row_of(book: Book, sheet: str, *texts: str, after: int = 0) -> int:
    """The first row below `after` whose cells hold all these texts."""
    for number, cells in enumerate(book.rows(sheet), start=1):
        shown = [str(cell).strip() for cell in cells]
        if number > after and all(text in shown for text in texts):
            return number
    raise LookupError(f"{sheet}: no row with {texts}")


def column_of(book: Book, sheet: str, row: int, text: str) -> int:
    """The column in which the text stands in a row."""
    return [str(cell).strip() for cell in book.rows(sheet)[row - 1]].index(text) + 1


def add_row(book: Book, sheet: str, *values: Any) -> None:
    """Write a row below the last filled one."""
    filled = [n for n, cells in enumerate(book.rows(sheet), start=1) if any(cell != "" for cell in cells)]
    at = max(filled, default=0) + 1
    for column, value in enumerate(values, start=1):
        if value != "":
            book.write(sheet, at, column, value)


class GridBook:
    """Sheets as lists of lists, with the function that makes a file of them."""

    def __init__(
        self, sheets: dict[str, list[list[Any]]], pack: Callable[[dict[str, list[list[Any]]]], bytes]
    ) -> None:
        self._sheets, self._pack = sheets, pack

    @property
    def sheets(self) -> list[str]:
        return list(self._sheets)

    def rows(self, sheet: str) -> list[list[Any]]:
        return [list(cells) for cells in self._sheets[sheet]]

    def write(self, sheet: str, row: int, column: int, value: Any) -> None:
        rows = self._sheets[sheet]
        while len(rows) < row:
            rows.append([])
        cells = rows[row - 1]
        cells.extend([""] * (column - len(cells)))
        cells[column - 1] = value

    def insert_row(self, sheet: str, at: int, values: Sequence[Any]) -> None:
        self._sheets[sheet].insert(at - 1, list(values))

    def remove_row(self, sheet: str, at: int) -> None:
        del self._sheets[sheet][at - 1]

    def add_sheet(self, sheet: str, rows: Sequence[Sequence[Any]]) -> None:
        self._sheets[sheet] = [list(cells) for cells in rows]

    def remove_sheet(self, sheet: str) -> None:
        del self._sheets[sheet]

    def rename_sheet(self, sheet: str, name: str) -> None:
        self._sheets = {name if old == sheet else old: rows for old, rows in self._sheets.items()}

    def save(self) -> bytes:
        return self._pack(self._sheets)


def open_book(given: Sample) -> Book:
    """A sample return taken apart, to be saved in the form in which its city sends."""
    suffix = given.path.suffix
    if suffix == ".xlsx":
        return XlsxBook(given.data)
    if suffix == ".ods":
        return GridBook(
            {name: [list(cells) for cells in rows] for name, rows in _sample_ods(given).items()}, write_ods
        )
    if suffix == ".xls":
        return GridBook(_read_xls(given.data), write_xls)
    if suffix == ".zip":
        return GridBook(_read_zip(given.data), write_zip)
    if given.city == "genova":
        rows = list(csv.reader(io.StringIO(given.data.decode("cp1252"), newline=""), delimiter=";"))
        return GridBook({"": rows}, lambda sheets: write_csv(sheets[""], "cp1252", ";", "\r\n"))
    rows = list(csv.reader(io.StringIO(given.data.decode("utf-8-sig"), newline="")))
    return GridBook({"": rows}, lambda sheets: write_csv(sheets[""], "utf-8-sig", ",", "\n"))


@cache
def _sample_ods(given: Sample) -> dict[str, list[list[Any]]]:
    return dict(read_ods(given.data))


def altered(given: Sample, *changes: Change) -> bytes:
    """The bytes of a sample return after these changes."""
    book = open_book(given)
    for change in changes:
        change(book)
    return book.save()


def altered_sample(city: str, *changes: Change, week: str = "2023-W42") -> bytes:
    """The bytes of what a city sent for a week, after these changes."""
    return altered(sample(city, week), *changes)


# --- formats that are read and written as values


def _read_xls(data: bytes) -> dict[str, list[list[Any]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def write_xls(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A legacy Excel file; dates are date cells."""
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if isinstance(value, dt.date):
                    sheet.write(row, column, value, day)
                elif value != "":
                    sheet.write(row, column, value)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _read_zip(data: bytes) -> dict[str, list[list[Any]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    return {name: list(csv.reader(io.StringIO(text, newline=""))) for name, text in texts.items()}


def write_zip(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A zip of CSV files as Milano sends it: BOM, comma, all quoted."""
    return zip_of(
        (name, write_csv(rows, "utf-8-sig", ",", "\r\n", csv.QUOTE_ALL)) for name, rows in sheets.items()
    )


def zip_of(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of these entries."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return packed.getvalue()


def write_csv(
    rows: Iterable[Sequence[Any]],
    encoding: str,
    separator: str,
    line_end: str,
    quoting: Any = csv.QUOTE_MINIMAL,
) -> bytes:
    """A CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=quoting).writerows(rows)
    return text.getvalue().encode(encoding)
