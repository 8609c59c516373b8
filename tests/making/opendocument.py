"""OpenDocument spreadsheets: read into grids of values, and written as LibreOffice would write them.

Lives here: `content.xml` to values and back, repeats and padding included.
Must not live here: other formats, or what a value means.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from tests.making.formulas import FormulaError, UncomputedFormula

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
LAST_ROW = 1_048_576
LAST_COLUMN = 1024

_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
_OFFICE, _TABLE, _TEXT = (f"{{{_NAMES[name]}}}" for name in ("office", "table", "text"))

_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIMETYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


@dataclass(frozen=True)
class Merged:
    """The text of a cell merged with those to its right; they follow as blanks."""

    text: str
    columns: int

    def __str__(self) -> str:
        return self.text


Cell = str | float | int | bool | dt.date | UncomputedFormula | FormulaError | Merged
Grid = list[list[Cell]]


def read_ods(data: bytes) -> dict[str, Grid]:
    """The sheets' values, without the padding that repeats empty rows and cells to the sheet's end."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = ET.fromstring(archive.read("content.xml"))
    return {table.get(f"{_TABLE}name", ""): _grid(table) for table in root.iter(f"{_TABLE}table")}


def _grid(table: ET.Element) -> Grid:
    grid: Grid = []
    for row in table.iter(f"{_TABLE}table-row"):
        cells: list[Cell] = []
        for cell in row:
            repeat = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            cells += [_value(cell)] * min(repeat, LAST_COLUMN - len(cells))
        while cells and cells[-1] == "":
            cells.pop()
        times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        grid += [list(cells) for _ in range(times if cells else min(times, 50))]
    while grid and not grid[-1]:
        grid.pop()
    return grid


def _value(cell: ET.Element) -> Cell:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind == "date":
        return dt.date.fromisoformat(cell.get(f"{_OFFICE}date-value", "")[:10])
    if kind in ("float", "currency", "percentage"):
        return float(cell.get(f"{_OFFICE}value", ""))
    text = "\n".join("".join(line.itertext()) for line in cell.findall(f"{_TEXT}p"))
    columns = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
    return Merged(text, columns) if columns > 1 else text


def write_ods(sheets: Mapping[str, Sequence[Sequence[Cell]]], doctype: str = "") -> bytes:
    """A spreadsheet file: equal neighbours stored as repeats, each sheet padded to its last row."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{''.join(_rows(rows))}</table:table>"
        for name, rows in sheets.items()
    )
    names = " ".join(f'xmlns:{short}="{long}"' for short, long in _NAMES.items())
    return package_ods(
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}'
        f'<office:document-content {names} office:version="1.2">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )


def package_ods(content: str, manifest: str = _MANIFEST, extra: Iterable[tuple[str, str]] = ()) -> bytes:
    """`content.xml` with what belongs around it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
        for name, text in extra:
            archive.writestr(name, text)
    return packed.getvalue()


def _rows(rows: Sequence[Sequence[Cell]]) -> Iterable[str]:
    for cells, same in groupby([*rows], key=lambda row: [(type(cell), cell) for cell in row]):
        times = len(list(same))
        yield _row([cell for _, cell in cells], times)
    if len(rows) < LAST_ROW:
        yield _row([], LAST_ROW - len(rows))


def _row(cells: Sequence[Cell], times: int) -> str:
    width = len(cells)
    cells = [cell for column, cell in enumerate(cells) if not _is_covered(cells, column)]
    runs = [(cell, len(list(same))) for (_, cell), same in groupby((type(cell), cell) for cell in cells)]
    runs.append(("", LAST_COLUMN - width))
    inside = "".join(_cell(cell, repeat) for cell, repeat in runs)
    return f'<table:table-row table:number-rows-repeated="{times}">{inside}</table:table-row>'


def _is_covered(cells: Sequence[Cell], column: int) -> bool:
    before = ((at, cell) for at, cell in enumerate(cells[:column]) if isinstance(cell, Merged))
    return any(column < at + cell.columns for at, cell in before)


def _cell(cell: Cell, repeat: int) -> str:
    tag = f'<table:table-cell table:number-columns-repeated="{repeat}"'
    if isinstance(cell, Merged):
        covered = f'<table:covered-table-cell table:number-columns-repeated="{cell.columns - 1}"/>'
        return (
            f'<table:table-cell table:number-columns-spanned="{cell.columns}" table:number-rows-spanned="1"'
            f' office:value-type="string"><text:p>{escape(cell.text)}</text:p></table:table-cell>{covered}'
        )
    if isinstance(cell, UncomputedFormula):
        return f'{tag} table:formula="of:=SUM([.A1:.A1])"/>'
    if isinstance(cell, FormulaError):
        return (
            f'{tag} table:formula="of:=1/0" office:value-type="string" office:string-value=""'
            f' calcext:value-type="error"><text:p>{escape(cell.shown)}</text:p></table:table-cell>'
        )
    if isinstance(cell, bool):
        shown, value = ("VERO", "true") if cell else ("FALSO", "false")
        return (
            f'{tag} office:value-type="boolean" office:boolean-value="{value}">'
            f"<text:p>{shown}</text:p></table:table-cell>"
        )
    if isinstance(cell, float | int):
        # What is shown has a thousands mark; what counts is the value.
        shown = f"{cell:,.10g}".translate(str.maketrans(",.", ".,"))
        stored = f'office:value-type="float" office:value="{cell!r}"'
        return f"{tag} {stored}><text:p>{shown}</text:p></table:table-cell>"
    if isinstance(cell, dt.date):
        return (
            f'{tag} office:value-type="date" office:date-value="{cell.isoformat()}">'
            f"<text:p>{cell:%d/%m/%Y}</text:p></table:table-cell>"
        )
    if cell == "":
        return f"{tag}/>"
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
    return f'{tag} office:value-type="string">{lines}</table:table-cell>'
