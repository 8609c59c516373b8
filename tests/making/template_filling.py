"""A blank workbook filled in as a person does it: by what stands visibly in it, and nowhere else.

Lives here: reading labels, writing into open cells.
Must not live here: the hidden codes; whoever fills the workbook in never sees them.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from schemas.contract import Edition
from tests.making.samples import Truth

COVER, LEGEND = "Copertina", "Legenda"
_TOKENS = {"ND": "n.d.", "NA": "n.a."}


@dataclass(frozen=True)
class InputCell:
    """A cell to be filled in, by what a person reads beside and above it."""

    page: Worksheet
    cell: Cell
    service_point: str
    measure: str
    detail: str


def open_cells(page: Worksheet) -> list[Cell]:
    """The cells of a sheet that can be changed."""
    assert page.protection.sheet, f"{page.title}: anybody may change anything"
    return [cell for cells in page.iter_rows() for cell in cells if not cell.protection.locked]


def input_cells(page: Worksheet) -> Iterator[InputCell]:
    """The open cells of a data sheet, with the labels of their row and column."""
    header = next(
        cells[0].row for cells in page.iter_rows() if {"Voce", "Dettaglio"} <= {c.value for c in cells}
    )
    columns = {
        cell.value: cell.column
        for cell in page[header]
        if cell.value and not page.column_dimensions[get_column_letter(cell.column)].hidden
    }
    headings = {column: text for text, column in columns.items()}
    for cell in open_cells(page):
        texts = [page.cell(cell.row, columns[label]).value for label in ("Voce", "Dettaglio")]
        yield InputCell(page, cell, headings[cell.column], *(text.split(" / ")[0] for text in texts))


def figures_by_label(edition: Edition) -> Mapping[tuple[str, str], list[tuple[str, str, str]]]:
    """Measure and detail, as an Italian reads them -> the figures that this may mean."""
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for measure in edition.measures:
        found.setdefault((measure.label_it, "Totale"), []).append((measure.code, "total", ""))
        for name in measure.breakdowns:
            for one in edition.code_lists_by_code[name].categories:
                for text in (one.label_it, f"{one.label_it} ({edition.list_name_it(name)})"):
                    found.setdefault((measure.label_it, text), []).append((measure.code, name, one.code))
    return found


def filled_template(
    data: bytes, edition: Edition, truth: Truth, nils: Mapping[str, str], compiled: dt.date
) -> bytes:
    """The workbook with the figures of a return and its nil declarations.

    Raises LookupError for a figure that has no open cell.
    """
    book = load_workbook(io.BytesIO(data))
    _fill_cover(book[COVER], _nil_choices(book[LEGEND], edition), nils, compiled)
    by_label = figures_by_label(edition)
    left = dict(truth)
    for page in book.worksheets:
        if page.title in (COVER, LEGEND):
            continue
        for entry in input_cells(page):
            (figure,) = by_label[entry.measure, entry.detail]
            point = "" if entry.service_point == "Comune" else entry.service_point
            value, flag = left.pop((point, *figure), (None, ""))
            entry.cell.value = _TOKENS.get(flag, value)
    if left:
        raise LookupError(f"no open cell for {sorted(left)[:3]}")
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def _nil_choices(legend: Worksheet, edition: Edition) -> Mapping[str, str]:
    """Service point or area -> how the legend says that it is written."""
    written = {cells[0].value for cells in legend.iter_rows()}
    areas = {
        one.code: one.label_it
        for one in edition.code_lists_by_code[edition.facts.area_list].categories
        if one.label_it in written
    }
    return {**{point: point for point in edition.service_points_by_code if point in written}, **areas}


def _fill_cover(
    cover: Worksheet, choices: Mapping[str, str], nils: Mapping[str, str], compiled: dt.date
) -> None:
    """What stands beside a label that asks for it, and the nil declarations below their heading."""
    labels = {cells[0].value: cells[0].row for cells in cover.iter_rows() if cells[0].value}
    asked: dict[str, object] = {"Compilata il": compiled, "Ufficio referente": "Ufficio Politiche sociali"}
    below = labels["Area o servizio"] + 1
    entries = {f"B{labels[label]}": value for label, value in asked.items()}
    for row, (what, why) in enumerate(nils.items(), start=below):
        entries |= {f"A{row}": choices[what], f"B{row}": why}
    for address, value in entries.items():
        assert not cover[address].protection.locked, address
        cover[address].value = value
