"""The board: the state of a city-week from what was judged and the clock, and how far the figures go."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipelines.board import CityWeek, city_weeks, published_so_far
from pipelines.consolidating import consolidate_weeks
from pipelines.home import Home
from pipelines.judged import JudgedReturns
from tests.warehouse.judged_folders import at, figures, invented_edition, put_judged, week

EDITION = invented_edition()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def entry_of(home: Home, city: str, number: int, now: dt.datetime) -> CityWeek:
    verdicts = JudgedReturns.load(home.judged, EDITION).verdicts.values()
    (entry,) = [one for one in city_weeks(EDITION, verdicts, [week(number)], now) if one.city == city]
    return entry


def test_the_deadline_parts_awaited_from_missing(home: Home) -> None:
    assert entry_of(home, "ancona", 40, at(40, 3, 12)).state == "awaited"
    assert entry_of(home, "ancona", 40, at(40, 3, 13)).state == "missing"


def test_the_first_accepted_version_tells_whether_it_was_on_time(home: Home) -> None:
    put_judged(home, "ancona", 40, at(40, 1), status="rejected")
    assert entry_of(home, "ancona", 40, at(40, 2)).state == "rejected"
    put_judged(home, "ancona", 40, at(40, 4), figures("AN-OSS-01", "1"), version=2)
    late = entry_of(home, "ancona", 40, at(40, 5))
    assert (late.state, late.version, late.received_at, late.is_revised) == ("late", 2, at(40, 4), False)


def test_a_version_that_is_refused_later_leaves_the_valid_one_and_is_told(home: Home) -> None:
    valid = put_judged(home, "ancona", 40, at(40, 1), figures("AN-OSS-01", "1"))
    put_judged(home, "ancona", 40, at(40, 2), status="rejected", version=2)
    entry = entry_of(home, "ancona", 40, at(40, 5))
    assert (entry.state, entry.submission_id, entry.version, entry.refused_since) == ("on_time", valid, 1, 2)


def test_how_far_the_published_figures_go(home: Home) -> None:
    nothing = published_so_far(home, EDITION)
    assert (nothing.horizon, nothing.known_at, nothing.to_consolidate) == (None, None, ())
    put_judged(home, "ancona", 40, at(40, 1), figures("AN-OSS-01", "1"))
    assert published_so_far(home, EDITION).to_consolidate == (week(40),)
    consolidate_weeks(home, EDITION, [week(40)])
    put_judged(home, "ancona", 41, at(41, 1), figures("AN-OSS-01", "1"))
    published = published_so_far(home, EDITION)
    assert (published.horizon, published.known_at) == (week(40), at(40, 1))
    assert published.to_consolidate == (week(41),)


def test_a_city_whose_roster_has_ended_is_not_reminded_any_more(home: Home) -> None:
    points = tuple(
        point.model_copy(update={"roster_to": week(42)}) if point.city == "como" else point
        for point in EDITION.service_points
    )
    edition = EDITION.model_copy(update={"service_points": points})
    board = city_weeks(edition, [], [week(42), week(43)], at(50, 1))
    assert [entry.week for entry in board if entry.city == "como"] == [week(42)]
