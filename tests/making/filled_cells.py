"""How many cells of a file are filled, counted without the product.

Lives here: counting with the formats' own libraries.
Must not live here: any import of the product.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree as ET

import python_calamine

from tests.making.opendocument import read_ods
from tests.making.samples import Sample


def count_filled_cells(given: Sample) -> int:
    """The cells of all sheets that hold more than blanks; a formula without a value is filled too."""
    return sum(_is_filled(cell) for row in _rows(given) for cell in row)


def _is_filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _rows(given: Sample) -> Iterable[Iterable[Any]]:
    if given.path.suffix == ".xlsx":
        yield from _xlsx_rows(given.data)
    elif given.path.suffix == ".ods":
        for rows in read_ods(given.data).values():
            yield from rows
    elif given.path.suffix == ".xls":
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(given.data))
        for name in book.sheet_names:
            yield from book.get_sheet_by_name(name).to_python()
    elif given.path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(given.data)) as archive:
            for name in archive.namelist():
                yield from csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline=""))
    else:
        encoding, separator = ("cp1252", ";") if given.city == "genova" else ("utf-8-sig", ",")
        yield from csv.reader(io.StringIO(given.data.decode(encoding), newline=""), delimiter=separator)


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _xlsx_rows(data: bytes) -> Iterable[Iterable[str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        strings: list[str] = []
        if "xl/sharedStrings.xml" in archive.namelist():
            table = ET.fromstring(archive.read("xl/sharedStrings.xml"))
            strings = ["".join(item.itertext()) for item in table.iter(f"{_MAIN}si")]
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                for cell in ET.fromstring(archive.read(name)).iter(f"{_MAIN}c"):
                    text = "".join(cell.itertext())
                    yield [strings[int(text)] if cell.get("t") == "s" else text]
