"""What a return is for: stated in the file, known, and agreeing with the sender and with itself."""

from __future__ import annotations

import datetime as dt

import pytest

from pipelines.judging.context import Claim
from schemas.weeks import IsoWeek
from tests.conftest import Judge, JudgedSample
from tests.making.books import Book, Change, altered_sample, put, row_of
from tests.making.samples import ONE_CITY_A_LAYOUT, sample

W42 = IsoWeek(2023, 42)

EDITION_PLACES: dict[str, tuple[str, str]] = {
    "bologna": ("Leggimi", "Edizione"),
    "bolzano": ("Frontespizio - Deckblatt", "Edizione / Ausgabe"),
    "firenze": ("Riepilogo", "Edizione"),
    "milano": ("export_info.csv", "edizione"),
    "napoli": ("FRONTESPIZIO", "EDIZIONE"),
    "palermo": ("Frontespizio", "Edizione"),
    "taranto": ("Copertina", "Edizione"),
    "torino": ("Frontespizio ", "Edizione"),
    "trieste": ("Intestazione", "Edizione"),
}


def in_cover(**cells: object) -> Change:
    def change(book: Book) -> None:
        for address, value in cells.items():
            put(book, "Copertina", address, value)

    return change


@pytest.mark.parametrize("city", ONE_CITY_A_LAYOUT)
def test_every_layout_says_whose_return_it_is_and_of_which_week(city: str, judge: Judge) -> None:
    judged = judge(sample(city).data, name="senza nome.tmp", claim=Claim(city=city, week=W42))
    assert (judged.city, judged.week, judged.version, judged.findings) == (city, W42, 1, ())


@pytest.mark.parametrize("city", ONE_CITY_A_LAYOUT)
def test_a_return_sent_for_another_city_or_week_is_told_so(city: str, judge: Judge) -> None:
    other = "genova" if city != "genova" else "roma"
    judged = judge(sample(city).data, claim=Claim(city=other, week=IsoWeek(2023, 41)))
    assert judged.status == "rejected"
    assert {finding.rule for finding in judged.findings} == {"H01"}
    assert len(judged.findings) == 2
    assert (judged.city, judged.week) == (city, W42)


@pytest.mark.parametrize("written", ["lgnet2", "LGNET2", "LgNet2"])
@pytest.mark.parametrize("city", EDITION_PLACES)
def test_the_edition_is_compared_without_case(city: str, written: str, judge: Judge) -> None:
    sheet, label = EDITION_PLACES[city]
    judged = judge(
        altered_sample(city, lambda book: book.write(sheet, row_of(book, sheet, label), 2, written))
    )
    assert judged.findings == ()


@pytest.mark.parametrize("city", EDITION_PLACES)
def test_another_edition_is_refused_in_its_cell(city: str, judge: Judge) -> None:
    sheet, label = EDITION_PLACES[city]
    judged = judge(
        altered_sample(city, lambda book: book.write(sheet, row_of(book, sheet, label), 2, "LGNET3"))
    )
    (finding,) = judged.findings
    assert (finding.rule, finding.sheet, finding.found, finding.expected) == (
        "H01",
        sheet,
        "LGNET3",
        "LGNET2",
    )
    assert finding.cell is not None


@pytest.mark.parametrize(
    ("received_at", "status"),
    [
        ("2023-10-22T23:59:59.999999+02:00", "rejected"),
        ("2023-10-22T21:59:59+00:00", "rejected"),
        ("2023-10-23T00:00:00+02:00", "accepted"),
        ("2023-10-22T22:00:00+00:00", "accepted"),
        ("2023-10-20T09:00:00+02:00", "rejected"),
    ],
)
def test_a_week_has_ended_on_sunday_at_midnight_in_rome(received_at: str, status: str, judge: Judge) -> None:
    judged = judge(sample("taranto").data, received_at=dt.datetime.fromisoformat(received_at))
    assert judged.status == status
    assert [finding.rule for finding in judged.findings] == ["H01"] * (status == "rejected")


@pytest.mark.parametrize(
    "written", [dt.date(2023, 10, 16), "16/10/2023", "16.10.2023", "2023-10-16", "16 ottobre 2023"]
)
def test_a_day_is_read_in_the_forms_in_which_cities_write_it(written: object, judge: Judge) -> None:
    assert judge(altered_sample("taranto", in_cover(B9=written))).findings == ()


@pytest.mark.parametrize("written", ["2023-10-17", "16/10/2022", "domani", 45216])
def test_a_day_that_is_not_the_weeks_first_is_told(written: object, judge: Judge) -> None:
    (finding,) = judge(altered_sample("taranto", in_cover(B9=written))).findings
    assert (finding.rule, finding.cell, finding.expected) == ("H01", "B9", "16/10/2023")


@pytest.mark.parametrize(
    ("cells", "city"),
    [
        ({"B5": "TARANTO", "B6": "l049"}, "taranto"),
        ({"B5": "Taranto", "B6": ""}, "taranto"),
        ({"B5": "", "B6": "L049"}, "taranto"),
        ({"B5": "Taranto", "B6": "L219"}, None),
        ({"B5": "Taranto", "B6": "Z999"}, "taranto"),
        ({"B5": "Atlantide", "B6": "L049"}, "taranto"),
        ({"B5": "Atlantide", "B6": "Z999"}, None),
        ({"B5": "", "B6": ""}, None),
    ],
)
def test_the_standard_workbooks_city_is_the_one_of_name_and_code(
    cells: dict[str, object], city: str | None, judge: Judge
) -> None:
    judged = judge(altered_sample("taranto", in_cover(**cells)))
    assert judged.city == city
    assert (judged.findings == ()) == (cells == {"B5": "TARANTO", "B6": "l049"})


def test_with_the_city_told_by_its_name_or_by_its_code_all_the_rest_is_told_too(judge: Judge) -> None:
    def change(book: Book) -> None:
        in_cover(B5="Tarento")(book)
        put(book, "2 Housing", "D8", "otto")

    assert {finding.rule for finding in judge(altered_sample("taranto", change)).findings} >= {"H01", "H02"}


def test_several_mistakes_are_all_told_at_once(judge: Judge) -> None:
    judged = judge(
        altered_sample("taranto", in_cover(B3="X", B7="Y", B9="domani", B11="bozza")),
        claim=Claim(city="latina"),
    )
    assert {finding.cell for finding in judged.findings if finding.rule == "H01"} == {"B3", "B5", "B7", "B9"}
    assert [finding.cell for finding in judged.findings if finding.rule == "H10"] == ["B11"]


def test_a_return_of_a_week_outside_the_edition_is_still_read_for_the_week_it_was_sent_for(
    judge: Judge, judged_sample: JudgedSample
) -> None:
    judged = judge(altered_sample("taranto", in_cover(B8="2026-W42")), claim=Claim(week=W42))
    assert judged.status == "rejected"
    assert judged.week == IsoWeek(2026, 42)
    assert len(judged.figures) == len(judged_sample("taranto").figures)


def test_the_same_bytes_are_judged_the_same(judge: Judge) -> None:
    data = altered_sample("taranto", in_cover(B3="X"))
    assert judge(data) == judge(data)
