"""Deadlines: the edition's rule, weeks with one of their own, and what acts move, for all or for one city."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.acts import DeadlineMoved
from schemas.contract import DeadlineRule, WeekWithOwnDeadline
from schemas.deadlines import Deadlines
from schemas.weeks import ROME, IsoWeek
from tests.making.deadlines import WEDNESDAY_NOON
from tests.warehouse.judged_folders import at, invented_edition, week

EDITION = invented_edition()
USUAL = at(41, 3, 12)
weeks = st.dates(dt.date(2023, 1, 2), dt.date(2030, 12, 31)).map(IsoWeek.of)


def moved(
    due_at: dt.datetime, made_at: dt.datetime, city: str | None = None, edition: str = "prova"
) -> DeadlineMoved:
    return DeadlineMoved(
        edition=edition, iso_week=week(41), city=city, due_at=due_at, reason="festa", at=made_at, by="prova"
    )


@pytest.mark.parametrize(
    ("iso_week", "due_at"),
    [
        ("2023-W42", "2023-10-25T12:00:00+02:00"),
        ("2023-W43", "2023-11-01T12:00:00+01:00"),  # winter time from that Sunday
        ("2023-W12", "2023-03-29T12:00:00+02:00"),  # summer time from that Sunday
        ("2023-W52", "2024-01-03T12:00:00+01:00"),
    ],
)
def test_the_built_in_deadline_is_wednesday_noon_in_rome(iso_week: str, due_at: str) -> None:
    assert WEDNESDAY_NOON.due_at(IsoWeek.parse(iso_week)).isoformat() == due_at


@given(weeks)
def test_the_clock_of_the_zone_holds_whatever_the_season(iso_week: IsoWeek) -> None:
    due = WEDNESDAY_NOON.due_at(iso_week).astimezone(dt.UTC).astimezone(ROME)
    assert (due.isoweekday(), due.time()) == (3, dt.time(12))
    assert dt.timedelta(days=2, hours=11) <= due - iso_week.ends_at.astimezone(dt.UTC)


def test_another_day_hour_and_zone_are_data() -> None:
    rule = WEDNESDAY_NOON.model_copy(
        update={"weekday": "monday", "time": dt.time(23, 30), "time_zone": "Europe/Lisbon"}
    )
    assert rule.due_at(week(41)).isoformat() == "2023-10-16T23:30:00+01:00"


def test_a_week_may_have_a_deadline_of_its_own() -> None:
    own = WeekWithOwnDeadline(week=week(41), until=dt.datetime.fromisoformat("2023-10-20T09:00"))
    rule = DeadlineRule.model_validate({**WEDNESDAY_NOON.model_dump(), "weeks": (own,)})
    assert rule.due_at(week(41)) == at(41, 5, 9)
    assert rule.due_at(week(42)) == at(42, 3, 12)


def test_nothing_moved() -> None:
    (known,) = Deadlines(EDITION).known(week(41), "napoli")
    assert (known.due_at, known.known_to, known.moved) == (USUAL, None, None)
    assert known.known_from == week(40).starts_at


def test_a_deadline_moved_for_one_city_is_nobody_elses() -> None:
    deadlines = Deadlines(EDITION, [moved(at(41, 5), at(41, 1), "napoli")])
    assert deadlines.due_at(week(41), "napoli") == at(41, 5)
    assert {deadlines.due_at(week(41), city) for city in ("ancona", None)} == {USUAL}
    assert deadlines.due_at(week(42), "napoli") == at(42, 3, 12)
    assert deadlines.has_own(week(41), "napoli") and not deadlines.has_own(week(41), "ancona")


def test_a_deadline_moved_for_all_is_every_citys_and_never_shortens_a_later_one() -> None:
    first, second = moved(at(41, 6), at(41, 1), "napoli"), moved(at(41, 4), at(41, 2))
    deadlines = Deadlines(EDITION, [first, second])
    assert (deadlines.due_at(week(41), "napoli"), deadlines.due_at(week(41))) == (at(41, 6), at(41, 4))
    assert [known.due_at for known in deadlines.known(week(41), "ancona")] == [USUAL, at(41, 4)]


def test_each_deadline_was_known_until_the_next_act() -> None:
    acts = [
        moved(at(41, 4), at(41, 1)),
        moved(at(41, 5), at(41, 3)),
        moved(at(41, 7), at(41, 2), edition="x"),
    ]
    known = Deadlines(EDITION, acts).known(week(41))
    assert [(one.due_at, one.known_from, one.known_to) for one in known] == [
        (USUAL, week(40).starts_at, at(41, 1)),
        (at(41, 4), at(41, 1), at(41, 3)),
        (at(41, 5), at(41, 3), None),
    ]
    assert [one.moved for one in known] == [None, acts[0], acts[1]]
