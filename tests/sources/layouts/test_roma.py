"""Roma: street and desk figures are the sums of the fifteen municipi, exact to the decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.conftest import ReadBytes
from tests.making.books import Book, Change, altered_sample, put

HOURS = ("RM-UM-02", "outreach_hours")
"""D8 on every municipio; in the sample 4.9 in I, 1.1 in VII and 5.5 in XI."""


def write_hours(**cells: object) -> Change:
    def change(book: Book) -> None:
        for municipio, value in cells.items():
            put(book, f"Municipio {municipio}", "D8", value)

    return change


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ({}, Decimal("11.5")),
        ({"XV": 0.1, "XIV": 0.2}, Decimal("11.8")),
        ({"II": 0}, Decimal("11.5")),
        ({"II": "n.d."}, "ND"),
        ({"II": "n.a."}, "NA"),
        ({"II": "n.a.", "IX": "n.d."}, "ND"),
        ({"I": "", "VII": "", "XI": ""}, None),
        ({"I": "", "VII": "", "XI": 0}, Decimal(0)),
        ({"II": "1,5"}, Decimal("13.0")),
    ],
)
def test_a_figure_is_the_sum_over_the_municipi(
    cells: dict[str, object], value: object, read_bytes: ReadBytes
) -> None:
    read = read_bytes(altered_sample("roma", write_hours(**cells)), "roma")
    assert read.troubles == ()
    assert read.value(*HOURS) == value


def test_the_evidence_of_a_sum_names_sheet_and_cell(read_bytes: ReadBytes) -> None:
    places = read_bytes(altered_sample("roma"), "roma").figures[(*HOURS, "total", "")].places
    assert [f"{p.sheet}!{p.cell}" for p in places] == [
        "Municipio I!D8",
        "Municipio VII!D8",
        "Municipio XI!D8",
    ]


def test_stocks_are_summed_too(read_bytes: ReadBytes) -> None:
    read = read_bytes(altered_sample("roma"), "roma")
    cells = [
        c.value
        for c in read.reading.cells
        if (c.service_point, c.measure, c.breakdown) == ("RM-OSS-01", "cases_open", "total")
    ]
    assert len(cells) > 1
    assert read.value("RM-OSS-01", "cases_open") == sum(value for value in cells if value is not None)


def test_totals_and_percentages_of_the_city_are_ignored(read_bytes: ReadBytes) -> None:
    def change(book: Book) -> None:
        put(book, "Municipio XI", "F7", 999)  # Totale Municipio
        put(book, "Municipio XI", "C14", 999)  # Totale per genere
        put(book, "Municipio XI", "C15", 0.999)  # % genere F

    plain, changed = (read_bytes(altered_sample("roma", *changes), "roma") for changes in ((), (change,)))
    assert changed.troubles == ()
    assert {k: f.value for k, f in changed.figures.items()} == {k: f.value for k, f in plain.figures.items()}


def test_a_municipio_left_out_is_missed(read_bytes: ReadBytes) -> None:
    read = read_bytes(altered_sample("roma", lambda book: book.remove_sheet("Municipio XIII")), "roma")
    assert [(t.kind, t.details["expected"]) for t in read.troubles] == [("missing_sheet", "Municipio XIII")]
