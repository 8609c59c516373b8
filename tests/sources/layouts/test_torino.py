"""Torino: numbers typed as text, where the dot is always the thousands mark and the comma the decimal one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.conftest import ReadBytes
from tests.making.books import altered_sample, put

HOURS = ("Unità mobili ", "B8")
OPEN_CASES = ("Sportelli ", "G14")
SPENDING = ("Città ", "B9")


@pytest.mark.parametrize(
    ("place", "written", "read_as"),
    [
        (OPEN_CASES, "1.234", "1234"),
        (OPEN_CASES, 1234, "1234"),
        (OPEN_CASES, "1.234.567", "1234567"),
        (HOURS, "12,5", "12.5"),
        (HOURS, 12.5, "12.5"),
        (SPENDING, "22.792,78", "22792.78"),
        (SPENDING, "1.234", "1234"),
    ],
)
def test_a_text_number_is_read_by_torinos_marks(
    place: tuple[str, str], written: object, read_as: str, read_bytes: ReadBytes
) -> None:
    read = read_bytes(altered_sample("torino", lambda book: put(book, *place, written)), "torino")
    assert read.troubles == ()
    cell = next(c for c in read.reading.cells if (c.place.sheet, c.place.cell) == place)
    assert cell.value == Decimal(read_as)


@pytest.mark.parametrize("written", ["12.5", "1.23", "1.2345", "1,234.5", "12.34,5"])
def test_what_torinos_marks_do_not_allow_is_refused_and_not_bent(written: str, read_bytes: ReadBytes) -> None:
    read = read_bytes(altered_sample("torino", lambda book: put(book, *HOURS, written)), "torino")
    (trouble,) = read.troubles
    assert (trouble.kind, trouble.place.cell, trouble.details["found"]) == (
        "figure_badly_written",
        "B8",
        written,
    )


def test_the_hidden_sheet_and_the_blocks_of_totals_do_not_count(read_bytes: ReadBytes) -> None:
    def change(book):  # type: ignore[no-untyped-def]
        put(book, "appunti", "A2", "qualsiasi cosa")
        put(book, "appunti", "B9", 12345)
        put(book, "Unità mobili ", "L8", 99999)

    plain, changed = (read_bytes(altered_sample("torino", *changes), "torino") for changes in ((), (change,)))
    assert changed.troubles == ()
    assert {k: f.value for k, f in changed.figures.items()} == {k: f.value for k, f in plain.figures.items()}
