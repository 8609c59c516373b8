"""What can be read in two ways is a question with both readings, never a guess."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.verdicts import Finding
from sources.layouts.days import day_readings
from tests.conftest import Judge
from tests.making.books import Change, altered_sample, put
from tests.making.findings import kinds_of

TUESDAY_AFTER_W40 = dt.datetime.fromisoformat("2023-10-10T10:00:00+02:00")
OCTOBER, FEBRUARY = dt.date(2023, 10, 2), dt.date(2023, 2, 10)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("03/04", (dt.date(2023, 4, 3), dt.date(2023, 3, 4))),
        ("3.4.", ()),
        ("03/04/2024", (dt.date(2024, 4, 3), dt.date(2024, 3, 4))),
        ("03-04-24", (dt.date(2024, 4, 3), dt.date(2024, 3, 4))),
        ("04/04/2023", (dt.date(2023, 4, 4),)),
        ("16/10/2023", (dt.date(2023, 10, 16),)),
        ("10/16/2023", (dt.date(2023, 10, 16),)),
        ("31/31", ()),
        ("2023-04-03", ()),
        ("3 aprile 2023", ()),
        ("", ()),
    ],
)
def test_a_date_in_figures_has_one_reading_or_two(text: str, readings: tuple[dt.date, ...]) -> None:
    assert day_readings(text, 2023) == readings


def first_day(text: object) -> Change:
    return lambda book: put(book, "Copertina", "B9", text)


def findings_of(judge: Judge, city: str, *changes: Change) -> tuple[Finding, ...]:
    data = altered_sample(city, *changes, week="2023-W40")
    return judge(data, received_at=TUESDAY_AFTER_W40).findings


@pytest.mark.parametrize("text", ["10/02/2023", "02/10", "10/02", "10-02-23", "02.10.23"])
def test_a_first_day_that_may_be_another_is_asked_about_with_both_readings(text: str, judge: Judge) -> None:
    (finding,) = findings_of(judge, "sassari", first_day(text))
    assert kinds_of(finding) == {"day_two_readings"}
    assert (finding.rule, finding.cell, finding.found) == ("H01", "B9", text)
    assert "02/10/2023" in finding.message and "10/02/2023" in finding.message
    assert {detail for _, detail in finding.details} == {text, OCTOBER, FEBRUARY}


@pytest.mark.parametrize("text", ["02/10/2023", "2.10.2023", "2023-10-02", "2 ottobre 2023", OCTOBER])
def test_a_first_day_that_the_week_confirms_is_no_question(text: object, judge: Judge) -> None:
    assert findings_of(judge, "sassari", first_day(text)) == ()


@pytest.mark.parametrize("text", ["03/10/2023", "05/06/2023", "2023-10-03"])
def test_a_first_day_that_is_wrong_in_either_reading_is_told_as_wrong(text: str, judge: Judge) -> None:
    (finding,) = findings_of(judge, "sassari", first_day(text))
    assert kinds_of(finding) == {"days_disagree"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [("10/04/2023", "day_two_readings"), ("04/10", "day_two_readings"), ("09/10/2023", "day_outside_week")],
)
def test_a_day_of_the_data_is_asked_about_where_another_reading_is_of_the_week(
    text: str, kind: str, judge: Judge
) -> None:
    findings = findings_of(judge, "milano", lambda book: put(book, "accessi.csv", "B2", text))
    (told,) = [finding for finding in findings if kinds_of(finding) == {kind}]
    assert (told.rule, told.sheet, told.found) == ("H01", "accessi.csv", text)
    assert told.cell is not None and told.cell.startswith("2:")


def test_a_number_that_can_be_read_in_two_ways_gives_both_as_they_are_to_be_typed(judge: Judge) -> None:
    data = altered_sample("taranto", lambda book: put(book, "1 Presa in carico", "E234", "7.801"))
    (finding,) = judge(data).findings
    assert "«7.801» si può leggere in due modi: 7801 oppure 7,801" in finding.message
