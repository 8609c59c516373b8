"""Milano: a zip of daily rows; flows are summed, of a stock the latest day counts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.conftest import ReadBytes
from tests.making.books import Book, Change, add_row, altered_sample, put, row_of

HOUSING, DESKS, CITY = "accoglienza.csv", "accessi.csv", "coordinamento.csv"
BEDS_ON_SUNDAY = (HOUSING, "H143")
BEDS_ON_WEDNESDAY = (HOUSING, "H23")


def rows_in_all(by: int) -> Change:
    """The announced number of rows, corrected by so many."""

    def change(book: Book) -> None:
        row = row_of(book, "export_info.csv", "righe")
        announced = int(book.rows("export_info.csv")[row - 1][1])
        book.write("export_info.csv", row, 2, str(announced + by))

    return change


def one_more(sheet: str, *cells: str) -> Change:
    """One more row of data, announced as such."""

    def change(book: Book) -> None:
        add_row(book, sheet, "99999", *cells)
        rows_in_all(1)(book)

    return change


def waiting(day: str, number: str) -> Change:
    return one_more(DESKS, day, "MI-OSS-01", "Centro Sammartini", "giorni attesa", "", "", number)


def test_of_a_stock_the_latest_day_counts_and_the_highest_is_known(read_bytes: ReadBytes) -> None:
    def change(book: Book) -> None:
        put(book, *BEDS_ON_WEDNESDAY, "81")
        put(book, *BEDS_ON_SUNDAY, "62")

    read = read_bytes(altered_sample("milano", change), "milano")
    beds = read.figures["MI-ACC-01", "beds_active", "total", ""]
    assert [beds.value, beds.highest] == [Decimal(62), Decimal(81)]
    assert [(place.sheet, place.cell) for place in beds.places] == [(HOUSING, "143:8")]


def test_a_stock_given_on_monday_only_is_that_of_monday(read_bytes: ReadBytes) -> None:
    assert read_bytes(altered_sample("milano"), "milano").value("MI-ACC-01", "guests_start") == 54


def test_decimals_of_days_are_summed_exactly(read_bytes: ReadBytes) -> None:
    plain = read_bytes(altered_sample("milano"), "milano").value("MI-UM-01", "outreach_hours")

    def change(book: Book) -> None:
        put(book, "unita_mobile.csv", "H3", "3,3")  # was 3,2

    read = read_bytes(altered_sample("milano", change), "milano")
    assert isinstance(plain, Decimal)
    assert read.value("MI-UM-01", "outreach_hours") == plain + Decimal("0.1")


@pytest.mark.parametrize(
    ("changes", "trouble", "found"),
    [
        pytest.param([waiting("22/10/2023", "n.d.")], "token_among_numbers", None, id="nd-among-numbers"),
        pytest.param([waiting("23/10/2023", "1")], "day_outside_week", "23/10/2023", id="monday-after"),
        pytest.param([waiting("15.10.2023", "1")], "day_outside_week", "15.10.2023", id="sunday-before"),
        pytest.param([waiting("un giorno", "1")], "day_outside_week", "un giorno", id="no-date"),
        pytest.param(
            [lambda b: put(b, DESKS, "H2", "1.234")], "figure_two_readings", "1.234", id="two-readings"
        ),
        pytest.param([lambda b: put(b, DESKS, "E2", "accesi")], "unknown_measure", "accesi", id="measure"),
        pytest.param(
            [lambda b: put(b, DESKS, "G3", "unita mobil")], "unknown_category", "unita mobil", id="category"
        ),
        pytest.param(
            [lambda b: put(b, DESKS, "F3", "canali")], "unknown_breakdown", "canali", id="breakdown"
        ),
        pytest.param(
            [lambda b: put(b, DESKS, "C2", "MI-OSS-09")], "unknown_service_point", "MI-OSS-09", id="point"
        ),
        pytest.param(
            [lambda b: b.rename_sheet(DESKS, "accesso.csv")], "renamed_sheet", "accesso.csv", id="entry"
        ),
    ],
)
def test_what_cannot_be_placed_is_told(
    changes: list[Change], trouble: str, found: str | None, read_bytes: ReadBytes
) -> None:
    read = read_bytes(altered_sample("milano", *changes), "milano")
    (told,) = read.troubles
    assert told.kind == trouble
    assert found in (None, told.details["found"])
    counts = read.reading.counts
    assert counts.read == counts.mapped + counts.ignored + counts.refused


@pytest.mark.parametrize(("token", "flag"), [("n.d.", "ND"), ("n.a.", "NA")])
def test_one_token_alone_is_the_flag_of_the_week(token: str, flag: str, read_bytes: ReadBytes) -> None:
    def only_the_token(book: Book) -> None:
        rows = [n for n, cells in enumerate(book.rows(CITY), start=1) if "operatori FTE" in cells]
        put(book, CITY, f"H{rows[-1]}", token)
        for row in reversed(rows[:-1]):
            book.remove_row(CITY, row)
        rows_in_all(1 - len(rows))(book)

    read = read_bytes(altered_sample("milano", only_the_token), "milano")
    assert read.troubles == ()
    assert read.value("", "staff_fte") == flag


def test_a_zip_with_other_entries_of_the_system_is_read_without_them(read_bytes: ReadBytes) -> None:
    def change(book: Book) -> None:
        book.add_sheet("__MACOSX/._accessi.csv", [["x", "y"], ["1", "2"]])

    read = read_bytes(altered_sample("milano", change), "milano")
    assert read.troubles == ()
    assert all("MACOSX" not in sheet.name for sheet in read.workbook)
