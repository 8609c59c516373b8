"""The standard workbook: known by its hidden ids, whoever sends it and however its columns stand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from pipelines.judging.context import Claim
from tests.conftest import Judge, JudgedSample, ReadBytes
from tests.making.books import Book, altered_sample, put, row_of
from tests.making.samples import RETURNS

WAITING = ("1 Presa in carico", "E234")
HOURS = ("1 Presa in carico", "D7")
SPENDING = ("4 Coordinamento", "D20")
DATA_SHEETS = ("1 Presa in carico", "2 Housing", "3 Impegno civico", "4 Coordinamento")


def as_torino(book: Book) -> None:
    """Taranto's workbook, filled in for services of Torino."""
    for address, text in (("B5", "Torino"), ("B6", "L219"), ("B7", "Comune di Torino")):
        put(book, "Copertina", address, text)
    for sheet in DATA_SHEETS:
        header = row_of(book, sheet, "Codice")
        for column, text in enumerate(book.rows(sheet)[header - 1], start=1):
            book.write(sheet, header, column, text.replace("TA-", "TO-"))
            if text.startswith("TA-"):
                book.write(sheet, header + 1, column, f"Servizio {text}")
    put(book, "4 Coordinamento", "D5", "Torino")


def test_any_city_may_send_it(judge: Judge, judged_sample: JudgedSample) -> None:
    judged = judge(altered_sample("taranto", as_torino), claim=Claim(city="torino"))
    assert (judged.status, judged.findings) == ("accepted", ())
    assert (judged.city, judged.layout) == ("torino", "standard.2023-W01")
    moved = {
        (f.service_point.replace("TA-", "TO-"), *f.key[1:]): f.value for f in judged_sample("taranto").figures
    }
    assert {figure.key: figure.value for figure in judged.figures} == moved


def test_it_is_torinos_by_what_it_says_without_a_claim(judge: Judge) -> None:
    assert judge(altered_sample("taranto", as_torino)).city == "torino"


@pytest.mark.parametrize("city", ["caserta", "latina", "potenza", "sassari", "taranto"])
def test_the_blank_form_as_it_was_given_out_is_known_and_holds_nothing(
    city: str, read_bytes: ReadBytes
) -> None:
    read = read_bytes((RETURNS / "blank" / f"{city}.xlsx").read_bytes(), city)
    assert read.known.layout.layout == "standard"
    assert (read.figures, read.troubles) == ({}, ())


def reorder(order: Callable[[list[object]], list[object]]) -> Callable[[Book], None]:
    """Every row of the data tables with its cells in another order."""

    def change(book: Book) -> None:
        for sheet in DATA_SHEETS:
            width = max(len(cells) for cells in book.rows(sheet)[3:])
            for number, cells in enumerate(book.rows(sheet)[3:], start=4):
                padded = [*cells, *[""] * (width - len(cells))]
                for column, value in enumerate(order(padded), start=1):
                    book.write(sheet, number, column, value)

    return change


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(lambda cells: [*cells[3:], *cells[:3]], id="service-points-first"),
        pytest.param(lambda cells: [*cells[:3], *reversed(cells[3:])], id="service-points-reversed"),
        pytest.param(lambda cells: [cells[2], cells[0], cells[1], *cells[3:]], id="labels-turned"),
    ],
)
def test_columns_are_found_by_their_headings_in_any_order(
    order: Callable[[list[object]], list[object]], read_bytes: ReadBytes, judged_sample: JudgedSample
) -> None:
    read = read_bytes(altered_sample("taranto", reorder(order)), "taranto")
    assert read.troubles == ()
    assert {key: f.value for key, f in read.figures.items()} == {
        f.key: f.value for f in judged_sample("taranto").figures
    }


def test_rows_pushed_down_are_found_too(read_bytes: ReadBytes, judged_sample: JudgedSample) -> None:
    def push_down(book: Book) -> None:
        for _ in range(3):
            book.insert_row("2 Housing", 3, [])

    read = read_bytes(altered_sample("taranto", push_down), "taranto")
    assert read.troubles == ()
    assert read.value("TA-ACC-01", "beds_active") == 13
    assert len(read.figures) == len(judged_sample("taranto").figures)


@pytest.mark.parametrize(
    ("place", "written", "read_as"),
    [
        (WAITING, " 12 ", "12"),
        (WAITING, "12\u00a0", "12"),
        (WAITING, "1234", "1234"),
        (WAITING, "7,0", "7"),
        (HOURS, "12,5", "12.5"),
        (HOURS, "12.5", "12.5"),
        (SPENDING, "1.234,56", "1234.56"),
        (SPENDING, "12.345.678,9", "12345678.9"),
        (SPENDING, "1234.56", "1234.56"),
        (HOURS, 12.5, "12.5"),
        (WAITING, 7.0, "7"),
        (SPENDING, 0.1 + 0.2, "0.3"),
    ],
)
def test_a_number_that_can_be_read_one_way_is_read(
    place: tuple[str, str], written: object, read_as: str, read_bytes: ReadBytes
) -> None:
    read = read_bytes(altered_sample("taranto", lambda book: put(book, *place, written)), "taranto")
    assert read.troubles == ()
    cell = next(c for c in read.reading.cells if (c.place.sheet, c.place.cell) == place)
    assert cell.value == Decimal(read_as)


@pytest.mark.parametrize(("token", "flag"), [("n.d.", "ND"), (" N.D. ", "ND"), ("n.a.", "NA")])
def test_the_tokens_of_no_number_are_flags(token: str, flag: str, read_bytes: ReadBytes) -> None:
    read = read_bytes(altered_sample("taranto", lambda book: put(book, *WAITING, token)), "taranto")
    assert read.value("TA-OSS-01", "waiting_days") == flag


def put_text(book: Book, text: str) -> None:
    put(book, *WAITING, text)


def test_blanks_are_not_reported_and_never_zero(read_bytes: ReadBytes) -> None:
    for blank in ("", "  ", "\u00a0"):
        read = read_bytes(altered_sample("taranto", partial(put_text, text=blank)), "taranto")
        assert read.value("TA-OSS-01", "waiting_days") is None
        assert read.troubles == ()


def test_without_the_row_of_names_the_first_row_of_figures_is_not_lost(read_bytes: ReadBytes) -> None:
    read = read_bytes(altered_sample("taranto", lambda book: book.remove_row("2 Housing", 5)), "taranto")
    assert read.value("TA-ACC-01", "beds_active") == 13 or read.troubles
