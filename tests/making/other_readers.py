"""The files of returns, opened by other readers than the product's: openpyxl, xlrd, csv, the XML of ODF.

Lives here: a file's sheets as grids of what their cells hold.
Must not live here: any import of the product.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from decimal import Decimal

import openpyxl
import xlrd

from tests.making.opendocument import read_ods

Grid = list[list[object]]


def sheets_of(data: bytes) -> dict[str, Grid]:
    """Sheet -> its rows from A1 on; a CSV is one sheet named ''."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        book = xlrd.open_workbook(file_contents=data)
        return {sheet.name: [sheet.row_values(row) for row in range(sheet.nrows)] for sheet in book.sheets()}
    if not data.startswith(b"PK"):
        return {"": _rows(data)}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            return _workbook(data)
        if "content.xml" in names:
            return {name: [list(row) for row in grid] for name, grid in read_ods(data).items()}
        return {name.rsplit("/", 1)[-1]: _rows(archive.read(name)) for name in names}


def _workbook(data: bytes) -> dict[str, Grid]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, read_only=True)
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets
    }


def _rows(data: bytes) -> Grid:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    separator = max(";,", key=text.count)
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]


def at(grid: Grid, address: str) -> object:
    """What stands at `AB12`, or at `12:28` (row and column)."""
    row, column = _place(address)
    cells = grid[row] if row < len(grid) else []
    return cells[column] if column < len(cells) else None


def addresses_of(blocks: Iterable[str]) -> list[str]:
    """Every cell of `C7-C13` or `12:5-20:5`."""
    found = []
    for block in blocks:
        first, last = (block.split("-") * 2)[:2]
        (top, left), (bottom, right) = _place(first), _place(last)
        found += [
            f"{row + 1}:{column + 1}" for row in range(top, bottom + 1) for column in range(left, right + 1)
        ]
    return found


def _place(address: str) -> tuple[int, int]:
    if ":" in address:
        row, column = address.split(":")
        return int(row) - 1, int(column) - 1
    match = re.fullmatch(r"([A-Z]+)(\d+)", address)
    assert match is not None, address
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - 64
    return int(match[2]) - 1, number - 1


def number_in(value: object, *, has_decimal_point: bool) -> Decimal:
    """A number as a city writes it: a text with dots for thousands and a decimal comma, unless told."""
    if isinstance(value, int | float):
        return Decimal(str(round(value, 6)))
    text = str(value).replace("\xa0", " ").strip()
    return Decimal(text if has_decimal_point else text.replace(".", "").replace(",", "."))
