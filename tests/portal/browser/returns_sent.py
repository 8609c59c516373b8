"""The files that a city's week takes: its template filled in, with mistakes and without.

Lives here: writing figures into the template, reading the annotated copy, mending a file as a person does.
Must not live here: sending them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal

from openpyxl import load_workbook

from schemas.contract import Edition
from schemas.weeks import IsoWeek
from tests.making.samples import Truth, true_nils, true_observations
from tests.making.template_filling import filled_template

WEEK = IsoWeek(2023, 42)

Total = tuple[str, str]
"""service point, measure"""


def true_total(city: str, total: Total) -> Decimal:
    """What a city's total of the week is."""
    value, _ = true_observations(str(WEEK))[city][*total, "total", ""]
    assert value is not None
    return value


def filled(blank: bytes, edition: Edition, city: str, instead: Mapping[Total, Decimal]) -> bytes:
    """The template with the city's figures of the week, other totals instead of some of them."""
    truth: Truth = dict(true_observations(str(WEEK))[city])
    for total, value in instead.items():
        truth[*total, "total", ""] = value, "V"
    nils = true_nils().get((str(WEEK), city), {})
    return filled_template(blank, edition, truth, nils, WEEK.sunday)


def marked_cells(annotated: bytes) -> dict[tuple[str, str], str]:
    """Sheet and cell -> what the annotated copy says there."""
    book = load_workbook(io.BytesIO(annotated))
    return {
        (page.title, cell.coordinate): cell.comment.text
        for page in book.worksheets
        for cells in page.iter_rows()
        for cell in cells
        if cell.comment is not None
    }


def mended(sent: bytes, values: Mapping[tuple[str, str], Decimal]) -> bytes:
    """The city's own file, with other values in some cells (sheet and cell -> value)."""
    book = load_workbook(io.BytesIO(sent))
    for (sheet, address), value in values.items():
        book[sheet][address].value = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
