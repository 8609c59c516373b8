"""Periods: the contract's months and quarters go by Thursdays, and every period has one name."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.editions import find_edition, load_edition
from schemas.periods import month_of, quarter_of, to_date, touched_periods, week_period
from schemas.weeks import IsoWeek

LGNET2 = load_edition(find_edition("lgnet2"))


def week(text: str) -> IsoWeek:
    return IsoWeek.parse(text)


@pytest.mark.parametrize(
    ("text", "month", "start", "end"),
    [
        ("2023-W42", "2023-10", dt.date(2023, 10, 2), dt.date(2023, 10, 29)),
        ("2023-W05", "2023-02", dt.date(2023, 1, 30), dt.date(2023, 2, 26)),
        ("2023-W44", "2023-11", dt.date(2023, 10, 30), dt.date(2023, 12, 3)),
        ("2026-W53", "2026-12", dt.date(2026, 11, 30), dt.date(2027, 1, 3)),
    ],
)
def test_a_month_goes_from_its_first_to_its_last_thursday_s_week(
    text: str, month: str, start: dt.date, end: dt.date
) -> None:
    period = month_of(week(text))
    assert (period.name, period.start, period.end) == (month, start, end)


@pytest.mark.parametrize(
    ("text", "quarter", "start", "end"),
    [
        ("2023-W42", "2023-Q4", dt.date(2023, 10, 2), dt.date(2023, 12, 31)),
        ("2023-W01", "2023-Q1", dt.date(2023, 1, 2), dt.date(2023, 4, 2)),
        ("2026-W53", "2026-Q4", dt.date(2026, 9, 28), dt.date(2027, 1, 3)),
    ],
)
def test_a_quarter_goes_by_thursdays_too(text: str, quarter: str, start: dt.date, end: dt.date) -> None:
    period = quarter_of(week(text))
    assert (period.name, period.start, period.end) == (quarter, start, end)


def test_every_week_of_an_edition_lies_in_its_month_and_quarter_once() -> None:
    for one in (*LGNET2.weeks, *week("2026-W50").through(week("2027-W04"))):
        for period in (month_of(one), quarter_of(one)):
            assert period.start <= one.monday < one.sunday <= period.end
            assert (period.end - period.start).days % 7 == 6


def test_the_edition_to_date_begins_with_its_first_week_and_has_a_part_of_its_own() -> None:
    period = to_date(LGNET2, week("2023-W42"))
    assert (period.name, period.start, period.end) == ("2023-W42", dt.date(2023, 1, 2), dt.date(2023, 10, 22))
    assert period.part != week_period(week("2023-W42")).part


def test_a_week_touches_itself_its_month_its_quarter_and_the_editions_to_date_from_it_on() -> None:
    touched = touched_periods(LGNET2, [week("2023-W40")], horizon=week("2023-W42"))
    assert [(period.kind, period.name) for period in touched] == [
        ("week", "2023-W40"),
        ("month", "2023-10"),
        ("quarter", "2023-Q4"),
        ("edition_to_date", "2023-W40"),
        ("edition_to_date", "2023-W41"),
        ("edition_to_date", "2023-W42"),
    ]


def test_weeks_beyond_the_horizon_are_touched_too() -> None:
    touched = touched_periods(LGNET2, [week("2023-W42")], horizon=week("2023-W41"))
    assert ("edition_to_date", "2023-W42") in [(period.kind, period.name) for period in touched]


def test_no_week_touches_nothing() -> None:
    assert touched_periods(LGNET2, [], horizon=week("2023-W42")) == ()
