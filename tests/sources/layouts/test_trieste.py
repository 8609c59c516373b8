"""Trieste: a week made from days; stocks stand on Sunday; sums are exact."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests.conftest import ReadBytes
from tests.making.books import Book, Change, altered_sample, put
from tests.making.formulas import UncomputedFormula

HOURS_ROW = "Unità mobili", 5
BEDS_ROW = "Accoglienza", 4
DAYS = "FGHIJKL"


def write_days(place: tuple[str, int], *values: object) -> Change:
    """The seven days of a row."""
    sheet, row = place

    def change(book: Book) -> None:
        for letter, value in zip(DAYS, values, strict=True):
            put(book, sheet, f"{letter}{row}", value)

    return change


@pytest.mark.parametrize(
    ("days", "week"),
    [
        ((0.1, 0.2, "", "", "", "", ""), Decimal("0.3")),
        ((1.1, 2.2, 3.3, 0.1, 0.1, 0.1, 0.1), Decimal("7.0")),
        ((0, "", "", "", "", "", ""), Decimal(0)),
        (("", "", "", "", "", "", ""), None),
        (("", "", "", "", "", "", "N/D"), "ND"),
        (("", "", "", "", "", "", "N/A"), "NA"),
        (("2,5", "1", "", "", "", "", ""), Decimal("3.5")),
    ],
)
def test_a_flow_is_the_exact_sum_of_its_days(
    days: tuple[object, ...], week: object, read_bytes: ReadBytes
) -> None:
    read = read_bytes(altered_sample("trieste", write_days(HOURS_ROW, *days)), "trieste")
    assert read.troubles == ()
    assert read.value("TS-UM-01", "outreach_hours") == week


def test_the_cells_of_all_days_are_the_evidence_of_a_sum(read_bytes: ReadBytes) -> None:
    read = read_bytes(altered_sample("trieste", write_days(HOURS_ROW, 1, "", 2, "", "", "", 3)), "trieste")
    places = read.figures["TS-UM-01", "outreach_hours", "total", ""].places
    assert [(place.sheet, place.cell) for place in places] == [
        ("Unità mobili", c) for c in ("F5", "H5", "L5")
    ]


@pytest.mark.parametrize(
    ("place", "days", "trouble", "cell"),
    [
        pytest.param(
            BEDS_ROW, (13, "", "", "", "", "", 13), "stock_on_other_day", "F4", id="a-stock-on-monday-too"
        ),
        pytest.param(
            BEDS_ROW, ("", "", 13, "", "", "", ""), "stock_on_other_day", "H4", id="a-stock-on-wednesday-only"
        ),
        pytest.param(
            HOURS_ROW, (1, "", "", "", "", "", "N/D"), "token_among_numbers", "L5", id="nd-among-numbers"
        ),
        pytest.param(
            HOURS_ROW, ("N/A", "", "", "", "", "", 2), "token_among_numbers", "F5", id="na-among-numbers"
        ),
        pytest.param(
            HOURS_ROW,
            (1, UncomputedFormula(), "", "", "", "", ""),
            "figure_formula_without_value",
            "G5",
            id="a-day-computed-by-a-formula-without-value",
        ),
    ],
)
def test_what_makes_no_week_is_refused(
    place: tuple[str, int], days: tuple[object, ...], trouble: str, cell: str, read_bytes: ReadBytes
) -> None:
    read = read_bytes(altered_sample("trieste", write_days(place, *days)), "trieste")
    assert [(t.kind, t.place.sheet, t.place.cell) for t in read.troubles] == [(trouble, place[0], cell)]


def test_a_total_saved_without_its_value_is_ignored_by_name(read_bytes: ReadBytes) -> None:
    read = read_bytes(
        altered_sample("trieste", lambda b: put(b, "Comune", "M4", UncomputedFormula())), "trieste"
    )
    assert read.troubles == ()
    assert read.value("", "beneficiaries_new") == 3


def test_a_day_outside_the_week_is_refused_once_with_its_cells(read_bytes: ReadBytes) -> None:
    other = altered_sample("trieste", lambda book: put(book, "Unità mobili", "F3", dt.date(2023, 10, 9)))
    read = read_bytes(other, "trieste")
    (trouble,) = read.troubles
    assert (trouble.kind, trouble.details["found"]) == ("day_outside_week", "2023-10-09")
    assert trouble.place.sheet == "Unità mobili"
    assert read.reading.counts.refused > 0
    # The other days of these rows stand.
    assert read.value("TS-UM-01", "outreach_contacts") == 17


def test_a_sheet_called_otherwise_is_told_once_with_the_name_that_it_lacks(
    read_bytes: ReadBytes,
) -> None:
    read = read_bytes(
        altered_sample("trieste", lambda b: b.rename_sheet("Accoglienza", "Acoglienza")), "trieste"
    )
    assert [(t.kind, t.place.sheet, t.details["expected"]) for t in read.troubles] == [
        ("renamed_sheet", "Acoglienza", "Accoglienza")
    ]


def test_several_sheets_called_otherwise_are_told_one_by_one(read_bytes: ReadBytes) -> None:
    def rename(book: Book) -> None:
        book.rename_sheet("Accoglienza", "Acoglienza")
        book.rename_sheet("Sportelli", "Sportello")

    read = read_bytes(altered_sample("trieste", rename), "trieste")
    assert sorted((t.kind, str(t.details.get("nearest"))) for t in read.troubles) == [
        ("missing_sheet", "None"),
        ("missing_sheet", "None"),
        ("unknown_sheet", "Accoglienza"),
        ("unknown_sheet", "Sportelli"),
    ]
