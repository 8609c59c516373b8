"""Bologna's cumulative workbook: the return is the column of the reference week, wherever it stands."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from schemas.weeks import IsoWeek
from tests.conftest import Judge, JudgedSample, ReadBytes
from tests.making.bologna import add_weeks, refer_to, week_label
from tests.making.books import Book, altered_sample, column_of, put, row_of
from tests.making.declarations import DECLARATIONS
from tests.making.pasts import KnownPast, accepted_return
from tests.making.samples import true_observations

INTO_2024 = (add_weeks(2023, range(43, 53)), add_weeks(2024, [1, 2, 3]))


def test_a_workbook_over_two_years_gives_the_week_of_the_stated_year(
    judge: Judge, judged_sample: JudgedSample
) -> None:
    data = altered_sample("bologna", *INTO_2024, refer_to(2024, 3))
    judged = judge(data, received_at=dt.datetime.fromisoformat("2024-01-22T10:00:00+01:00"))
    assert (judged.status, judged.findings, judged.week) == ("accepted", (), IsoWeek(2024, 3))
    # The new columns repeat week 42 of 2023; week 3 of 2023 says something else.
    assert {f.key: f.value for f in judged.figures} == {
        f.key: f.value for f in judged_sample("bologna").figures
    }
    assert {place.cell.rstrip("0123456789") for f in judged.figures for place in f.places if place.cell} == {
        "BG"
    }


def test_the_same_week_number_of_the_year_before_is_another_week(read_bytes: ReadBytes) -> None:
    read = read_bytes(altered_sample("bologna", *INTO_2024, refer_to(2023, 3)), "bologna", IsoWeek(2023, 3))
    assert read.troubles == ()
    truth = true_observations("2023-W03")["bologna"]
    assert {key: (f.value, f.flag) for key, f in read.figures.items()} == truth


def test_a_correction_of_a_past_week_is_read_from_its_column_and_supersedes_it(judge: Judge) -> None:
    truth = true_observations("2023-W40")["bologna"]
    key = ("BO-OSS-01", "waiting_days", "total", "")
    past = KnownPast((accepted_return(IsoWeek(2023, 40), truth, version=1),))  # type: ignore[arg-type]

    def correct(book: Book) -> None:
        sheet = "Presa in carico"
        row = row_of(book, sheet, "BO-OSS-01", "Giorni di attesa totali")
        book.write(sheet, row, column_of(book, sheet, 3, week_label(2023, 40)), 77)

    changes = (refer_to(2023, 40), DECLARATIONS["bologna"].version(2), correct)
    judged = judge(altered_sample("bologna", *changes), pasts=past)
    assert (judged.status, judged.findings) == ("accepted", ())
    assert (judged.week, judged.version) == (IsoWeek(2023, 40), 2)
    assert {f.key: (f.value, f.flag) for f in judged.figures} == {**truth, key: (Decimal(77), "V")}


def test_a_nil_of_another_week_is_none_of_this_one(read_bytes: ReadBytes) -> None:
    def other_week(book: Book) -> None:
        row = row_of(book, "Housing", "AREA")
        book.write("Housing", row, column_of(book, "Housing", 3, week_label(2023, 41)), "NO: chiuso")

    read = read_bytes(altered_sample("bologna", other_week), "bologna")
    assert (read.reading.nils, read.troubles) == ((), ())


@pytest.mark.parametrize(
    ("label", "trouble"), [(week_label(2023, 43), "week_column"), (week_label(2023, 42), "week_column_twice")]
)
def test_each_sheet_has_the_column_of_the_week_once(label: str, trouble: str, read_bytes: ReadBytes) -> None:
    def change(book: Book) -> None:
        # Week 42 is called 43, or week 41 is called 42 too.
        column = column_of(book, "Housing", 3, week_label(2023, 42)) - (trouble == "week_column_twice")
        book.write("Housing", 3, column, label)

    read = read_bytes(altered_sample("bologna", change), "bologna")
    assert [(t.kind, t.place.sheet) for t in read.troubles] == [(trouble, "Housing")]


def test_what_is_shown_with_a_thousands_mark_is_read_by_its_value(read_bytes: ReadBytes) -> None:
    spend = "AT19"  # Spesa in euro, week 42: shown as 123.456,78
    read = read_bytes(
        altered_sample("bologna", lambda b: put(b, "Coordinamento", spend, 123456.78)), "bologna"
    )
    assert read.value("", "expenditure") == Decimal("123456.78")
