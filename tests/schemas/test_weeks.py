"""ISO weeks: their days, months and quarters by the Thursday, their end on Rome's clock."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.weeks import IsoWeek, month_number_it

days = st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 31))
weeks = days.map(IsoWeek.of)


@given(days)
def test_a_day_lies_in_its_week(day: dt.date) -> None:
    week = IsoWeek.of(day)
    assert week.monday <= day <= week.sunday
    assert (week.monday.isoweekday(), week.thursday.isoweekday(), week.sunday.isoweekday()) == (1, 4, 7)


@given(weeks)
def test_a_week_is_read_as_it_is_written(week: IsoWeek) -> None:
    assert IsoWeek.parse(str(week)) == week


@given(weeks)
def test_month_and_quarter_are_those_of_the_thursday(week: IsoWeek) -> None:
    assert week.month == week.thursday.strftime("%Y-%m")
    assert week.quarter == f"{week.thursday.year}-Q{-(-week.thursday.month // 3)}"


@given(weeks, weeks)
def test_weeks_are_ordered_as_their_days(one: IsoWeek, other: IsoWeek) -> None:
    assert (one < other) == (one.monday < other.monday)
    assert min(one, other).monday == min(one.monday, other.monday)


@given(weeks, st.integers(-600, 600))
def test_shifting_there_and_back_comes_home(week: IsoWeek, by: int) -> None:
    assert week.shifted(by).shifted(-by) == week
    assert (week.shifted(by).monday - week.monday).days == 7 * by


@given(weeks, st.integers(0, 120))
def test_the_weeks_through_another_are_all_between_and_none_twice(first: IsoWeek, count: int) -> None:
    through = first.through(first.shifted(count))
    assert (through[0], through[-1], len(through)) == (first, first.shifted(count), count + 1)
    assert all(later == earlier.shifted(1) for earlier, later in pairwise(through))


def test_through_an_earlier_week_there_is_none() -> None:
    assert IsoWeek(2023, 42).through(IsoWeek(2023, 41)) == ()


@pytest.mark.parametrize(
    ("week", "month", "quarter"),
    [
        ("2023-W01", "2023-01", "2023-Q1"),
        ("2023-W05", "2023-02", "2023-Q1"),  # Monday 30 January, Thursday 2 February
        ("2023-W39", "2023-09", "2023-Q3"),
        ("2023-W40", "2023-10", "2023-Q4"),
        ("2024-W01", "2024-01", "2024-Q1"),
        ("2025-W01", "2025-01", "2025-Q1"),  # Monday 30 December 2024
        ("2020-W53", "2020-12", "2020-Q4"),  # Sunday 3 January 2021
        ("2026-W53", "2026-12", "2026-Q4"),
    ],
)
def test_a_week_between_two_months_belongs_to_its_thursdays(week: str, month: str, quarter: str) -> None:
    assert (IsoWeek.parse(week).month, IsoWeek.parse(week).quarter) == (month, quarter)


@pytest.mark.parametrize(
    ("year", "weeks_in_it"), [(2020, 53), (2021, 52), (2023, 52), (2024, 52), (2026, 53), (2027, 52)]
)
def test_a_year_has_52_or_53_weeks(year: int, weeks_in_it: int) -> None:
    assert IsoWeek(year, 1).through(IsoWeek(year + 1, 1).shifted(-1))[-1] == IsoWeek(year, weeks_in_it)
    with pytest.raises(ValueError, match="no ISO week"):
        IsoWeek(year, weeks_in_it + 1)


@pytest.mark.parametrize(
    "text", ["2023-W00", "2023-W54", "2023-W53", "2023-42", "2023-W5", "W42-2023", "", "2023-W42 "]
)
def test_what_is_no_week_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="week"):
        IsoWeek.parse(text)


@pytest.mark.parametrize(
    ("week", "ends_at"),
    [
        ("2023-W42", "2023-10-23T00:00:00+02:00"),
        ("2023-W43", "2023-10-30T00:00:00+01:00"),  # winter time from that Sunday
        ("2023-W12", "2023-03-27T00:00:00+02:00"),  # summer time from that Sunday
        ("2023-W52", "2024-01-01T00:00:00+01:00"),
    ],
)
def test_a_week_ends_by_romes_clock(week: str, ends_at: str) -> None:
    assert IsoWeek.parse(week).ends_at.isoformat() == ends_at


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ("2023-W42", "settimana 42/2023 (16-22 ottobre)"),
        ("2023-W44", "settimana 44/2023 (30 ottobre - 5 novembre)"),
        ("2025-W01", "settimana 1/2025 (30 dicembre - 5 gennaio)"),
    ],
)
def test_a_week_in_italian_words(week: str, words: str) -> None:
    assert IsoWeek.parse(week).in_italian() == words


@pytest.mark.parametrize(
    ("name", "number"), [("gennaio", 1), ("OTTOBRE", 10), ("dic", 12), (" mag ", 5), ("octobre", None)]
)
def test_months_by_their_italian_names(name: str, number: int | None) -> None:
    assert month_number_it(name) == number
