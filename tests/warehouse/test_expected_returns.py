"""The states of a city-week that is due, each from the event that made it to the one that ended it."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from pathlib import Path

import pytest

from pipelines.acts import read_acts, write_act
from pipelines.consolidating import find_news, load_weeks
from pipelines.home import Home
from schemas.acts import DeadlineMoved
from schemas.verdicts import Verdict
from schemas.weeks import IsoWeek
from tests.making.deadlines import due_at
from tests.warehouse.judged_folders import Rows, ask, at, figures, invented_edition, put_judged, week

EDITION = invented_edition()
OPENS = week(41).ends_at
DUE = due_at(week(41))


@pytest.fixture
def horizon(home: Home) -> Home:
    """Another city's accepted return makes W41 due; it came on the first Monday, before every deadline."""
    put_judged(home, "ancona", 41, at(41, 1), figures("AN-OSS-01", "1"))
    return home


def states(home: Home, city: str = "napoli", number: int = 41) -> Rows:
    load_weeks(home, EDITION, [week(40), week(41), week(42)])
    return ask(
        home.warehouse,
        f"SELECT status, submission_id, known_from, known_to FROM expected_returns "
        f"WHERE city = '{city}' AND iso_week = '{week(number)}' ORDER BY known_from",
    )


def later(home: Home, received_at: dt.datetime) -> None:
    """Time goes on: another city's return arrives."""
    put_judged(home, "ancona", 41, received_at, figures("AN-OSS-01", "2"), version=2)


def test_nothing_came_and_the_deadline_is_still_ahead(horizon: Home) -> None:
    assert states(horizon) == [("awaited", None, OPENS, None)]


def test_nothing_came_by_the_deadline(horizon: Home) -> None:
    later(horizon, DUE)
    assert states(horizon) == [("awaited", None, OPENS, DUE), ("missing", None, DUE, None)]


def test_the_instant_of_the_deadline_is_on_time(horizon: Home) -> None:
    came = put_judged(horizon, "napoli", 41, DUE, figures("NA-OSS-01", "1"))
    assert states(horizon) == [("awaited", None, OPENS, DUE), ("on_time", came, DUE, None)]


def test_a_return_after_the_deadline_is_late(horizon: Home) -> None:
    friday = at(41, 5)
    came = put_judged(horizon, "napoli", 41, friday, figures("NA-OSS-01", "1"))
    assert states(horizon) == [
        ("awaited", None, OPENS, DUE),
        ("missing", None, DUE, friday),
        ("late", came, friday, None),
    ]


def test_a_rejected_return_stands_until_one_is_accepted(horizon: Home) -> None:
    first = put_judged(horizon, "napoli", 41, at(41, 1), status="rejected")
    second = put_judged(horizon, "napoli", 41, at(41, 2), status="rejected", version=2)
    accepted = put_judged(horizon, "napoli", 41, at(41, 3), figures("NA-OSS-01", "1"), version=3)
    assert states(horizon) == [
        ("awaited", None, OPENS, at(41, 1)),
        ("rejected", first, at(41, 1), at(41, 2)),
        ("rejected", second, at(41, 2), at(41, 3)),
        ("on_time", accepted, at(41, 3), None),
    ]


def test_a_rejected_return_is_not_missing_when_the_deadline_passes(horizon: Home) -> None:
    rejected = put_judged(horizon, "napoli", 41, at(41, 2), status="rejected")
    later(horizon, at(41, 5))
    assert states(horizon)[-1] == ("rejected", rejected, at(41, 2), None)


def test_a_city_stays_on_time_through_later_versions(horizon: Home) -> None:
    first = put_judged(horizon, "napoli", 41, at(41, 1), figures("NA-OSS-01", "1"))
    put_judged(horizon, "napoli", 41, at(41, 2), status="rejected", version=2)
    second = put_judged(horizon, "napoli", 41, at(41, 5), figures("NA-OSS-01", "2"), version=3)
    assert states(horizon) == [
        ("awaited", None, OPENS, at(41, 1)),
        ("on_time", first, at(41, 1), at(41, 5)),
        ("on_time", second, at(41, 5), None),
    ]


def test_a_return_sent_before_its_week_ended_counts_from_its_end(horizon: Home) -> None:
    early = put_judged(horizon, "napoli", 41, OPENS - dt.timedelta(days=2), status="rejected")
    assert states(horizon) == [("rejected", early, OPENS, None)]


def test_weeks_are_due_up_to_the_last_accepted_return(horizon: Home) -> None:
    put_judged(horizon, "napoli", 42, at(42, 1), status="rejected")
    assert states(horizon, number=40)[-1] == ("missing", None, due_at(week(40)), None)
    assert states(horizon, number=42) == []


def test_nothing_is_due_before_anything_was_accepted(home: Home) -> None:
    put_judged(home, "napoli", 41, at(41, 1), status="rejected")
    assert states(home) == []


def test_a_city_is_due_once_its_roster_lists_a_service_point(horizon: Home) -> None:
    put_judged(horizon, "napoli", 42, at(42, 1), figures("NA-OSS-01", "1"))
    assert states(horizon, "como", 41) == []
    assert states(horizon, "como", 42) == [("awaited", None, week(42).ends_at, None)]


def test_a_city_without_any_service_point_is_due_in_every_week(horizon: Home) -> None:
    points = tuple(point for point in EDITION.service_points if point.city != "como")
    load_weeks(horizon, EDITION.model_copy(update={"service_points": points}), [week(41)])
    found = ask(
        horizon.warehouse, "SELECT DISTINCT iso_week FROM expected_returns WHERE city = 'como' ORDER BY ALL"
    )
    assert found == [("2023-W40",), ("2023-W41",)]


def test_summer_and_winter_time_are_told_apart() -> None:
    """The deadline is noon in Rome: 10:00 UTC in week 42, 11:00 UTC after the clocks went back."""
    assert [due_at(IsoWeek(2023, n)).astimezone(dt.UTC).hour for n in (41, 42, 43)] == [10, 10, 11]


def move(home: Home, due_at: dt.datetime, made_at: dt.datetime, city: str | None = "napoli") -> None:
    """The deadline of W41 is moved."""
    act = DeadlineMoved(
        edition=EDITION.slug,
        iso_week=week(41),
        city=city,
        due_at=due_at,
        reason="festa",
        at=made_at,
        by="prova",
    )
    write_act(home.acts, act)


def deadlines_of(home: Home, city: str = "napoli") -> Rows:
    load_weeks(home, EDITION, [week(41)])
    return ask(
        home.warehouse,
        "SELECT status, due_at, known_from, known_to FROM expected_returns "
        f"WHERE city = '{city}' AND iso_week = '{week(41)}' ORDER BY known_from",
    )


def test_a_return_by_a_deadline_that_was_moved_in_time_is_on_time(horizon: Home) -> None:
    move(horizon, at(41, 5, 12), made_at=at(41, 1))
    put_judged(horizon, "napoli", 41, at(41, 5, 12), figures("NA-OSS-01", "1"))
    assert deadlines_of(horizon) == [
        ("awaited", DUE, OPENS, at(41, 1)),
        ("awaited", at(41, 5, 12), at(41, 1), at(41, 5, 12)),
        ("on_time", at(41, 5, 12), at(41, 5, 12), None),
    ]
    assert deadlines_of(horizon, "ancona")[-1][:2] == ("on_time", DUE)


def test_a_late_return_is_on_time_from_the_act_that_moves_its_deadline_behind_it(horizon: Home) -> None:
    put_judged(horizon, "napoli", 41, at(41, 5), figures("NA-OSS-01", "1"))
    move(horizon, at(41, 6), made_at=at(41, 7))
    assert deadlines_of(horizon) == [
        ("awaited", DUE, OPENS, DUE),
        ("missing", DUE, DUE, at(41, 5)),
        ("late", DUE, at(41, 5), at(41, 7)),
        ("on_time", at(41, 6), at(41, 7), None),
    ]


def test_what_was_missing_is_awaited_again_until_the_new_deadline(horizon: Home) -> None:
    move(horizon, at(41, 6), made_at=at(41, 4), city=None)
    later(horizon, at(41, 5))
    awaited = [
        ("awaited", DUE, OPENS, DUE),
        ("missing", DUE, DUE, at(41, 4)),
        ("awaited", at(41, 6), at(41, 4), None),
    ]
    assert deadlines_of(horizon) == awaited
    put_judged(horizon, "ancona", 41, at(41, 7), figures("AN-OSS-01", "3"), version=3)
    assert deadlines_of(horizon) == [
        *awaited[:2],
        ("awaited", at(41, 6), at(41, 4), at(41, 6)),
        ("missing", at(41, 6), at(41, 6), None),
    ]


def test_a_deadline_moved_before_its_week_opened_holds_from_the_beginning(horizon: Home) -> None:
    move(horizon, at(41, 6), made_at=OPENS - dt.timedelta(days=9))
    assert deadlines_of(horizon) == [("awaited", at(41, 6), OPENS, None)]


def test_a_return_that_was_judged_again_counts_by_its_arrival_from_then_on(horizon: Home) -> None:
    first = put_judged(horizon, "napoli", 41, at(41, 2), figures("NA-OSS-01", "1"))
    path = horizon.judged / first / "verdict.json"
    verdict = Verdict.model_validate_json(path.read_bytes())
    again = verdict.model_copy(update={"counts_from": at(41, 5)})
    path.write_text(again.model_dump_json(), encoding="utf-8")
    assert states(horizon) == [
        ("awaited", None, OPENS, at(41, 2)),
        ("rejected", first, at(41, 2), at(41, 5)),
        ("on_time", first, at(41, 5), None),
    ]


def test_another_rule_of_the_edition_changes_every_deadline(horizon: Home) -> None:
    load_weeks(horizon, EDITION, [week(41)])
    rule = EDITION.facts.deadline.model_copy(update={"weekday": "thursday"})
    facts = EDITION.facts.model_copy(update={"deadline": rule})
    load_weeks(horizon, EDITION.model_copy(update={"facts": facts}), ())
    found = ask(horizon.warehouse, "SELECT DISTINCT due_at FROM expected_returns WHERE iso_week = '2023-W41'")
    assert found == [(at(41, 4, 12),)]


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 12))])
def test_every_state_is_the_one_that_was_known_then(tmp_path: Path, seed: int) -> None:
    """At each instant the states are those of a home that holds only what had come and been decided by then.

    W44, which makes W41 due, stands in all of them.
    """
    chance = random.Random(seed)
    home = Home(tmp_path / "all")
    put_judged(home, "ancona", 44, at(44, 1, 0), figures("AN-OSS-01", "1"))
    instants: list[dt.datetime] = []
    due = DUE
    for step in range(12):
        instant = at(41, chance.randint(1, 13), chance.randint(0, 23)) + dt.timedelta(microseconds=step)
        if chance.random() < 0.4:
            due = max(due, at(41, chance.randint(3, 13), chance.randint(0, 23)))
            move(home, due + dt.timedelta(minutes=step), instant, chance.choice(["napoli", "ancona", None]))
        else:
            status = chance.choice(["accepted", "rejected"])
            city = chance.choice(["napoli", "ancona"])
            put_judged(home, city, 41, instant, {}, status=status, version=step)  # type: ignore[arg-type]
        instants.append(instant)
    load_weeks(home, EDITION, ())
    for number, instant in enumerate(sorted(instants)):
        then = Home(tmp_path / f"then {number}")
        for folder in home.judged.iterdir():
            verdict = Verdict.model_validate_json((folder / "verdict.json").read_bytes())
            if verdict.received_at <= instant or verdict.iso_week == week(44):
                shutil.copytree(folder, then.judged / folder.name)
        for made in read_acts(home.acts).made:
            if made.act.at <= instant:
                write_act(then.acts, made.act)
        load_weeks(then, EDITION, ())
        of_week = "iso_week = '2023-W41' AND city IN ('ancona', 'napoli') ORDER BY ALL"
        columns = "city, due_at, submission_id, status"
        known = f"known_from <= '{instant}' AND coalesce('{instant}' < known_to, true)"
        told = f"SELECT {columns} FROM expected_returns WHERE {known} AND {of_week}"
        assert ask(home.warehouse, told) == ask(then.warehouse, told)


def test_one_state_at_a_time(horizon: Home) -> None:
    for day, status in ((1, "rejected"), (2, "accepted"), (4, "accepted")):
        put_judged(horizon, "napoli", 41, at(41, day), {}, status=status, version=day)  # type: ignore[arg-type]
    load_weeks(horizon, EDITION, [week(41)])
    overlaps = ask(
        horizon.warehouse,
        "SELECT * FROM expected_returns a JOIN expected_returns b USING (edition, city, iso_week) "
        "WHERE a.known_from < b.known_from AND (a.known_to IS NULL OR a.known_to > b.known_from)",
    )
    now = ask(horizon.warehouse, "SELECT count(*) FROM expected_returns WHERE known_to IS NULL")
    assert (overlaps, now) == ([], [(4,)])


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 8))])
def test_states_brought_up_bit_by_bit_are_those_computed_at_once(tmp_path: Path, seed: int) -> None:
    """Returns come late, early, twice, rejected, not at all; some go away; deadlines move."""
    chance = random.Random(seed)
    home = Home(tmp_path / "bit by bit")
    stand: list[str] = []
    instant, due = at(39, 1), DUE
    for step in range(25):
        instant += dt.timedelta(hours=chance.choice([5, 30, 80, 200]))
        if chance.random() < 0.2:
            due += dt.timedelta(hours=chance.choice([7, 40]))
            move(home, due, instant, chance.choice(["napoli", "ancona", None]))
        elif stand and chance.random() < 0.2:
            shutil.rmtree(home.judged / stand.pop(chance.randrange(len(stand))))
        else:
            city = chance.choice(EDITION.city_slugs)
            key = f"{step:02d}"
            put_judged(
                home,
                city,
                chance.choice([40, 41, 42, 43, 44]),
                instant,
                figures("AN-OSS-01", "1"),
                version=step + 1,
                status=chance.choice(["accepted", "accepted", "rejected"]),
                submission_id=chance.choice([key, *stand[-1:]]),
            )
            stand = sorted({path.name for path in home.judged.iterdir()})
        load_weeks(home, EDITION, find_news(home, EDITION).weeks)
        if step % 4:
            continue
        at_once = Home(tmp_path / f"at once {step}")
        for told, copied in ((home.judged, at_once.judged), (home.acts, at_once.acts)):
            if told.exists():
                shutil.copytree(told, copied)
        load_weeks(at_once, EDITION, ())
        query = "FROM expected_returns ORDER BY ALL"
        assert ask(home.warehouse, query) == ask(at_once.warehouse, query)


def test_a_changed_roster_changes_what_is_due(horizon: Home) -> None:
    load_weeks(horizon, EDITION, [week(41)])
    points = tuple(
        point.model_copy(update={"roster_from": week(41)}) if point.city == "napoli" else point
        for point in EDITION.service_points
    )
    load_weeks(horizon, EDITION.model_copy(update={"service_points": points}), ())
    found = ask(
        horizon.warehouse, "SELECT DISTINCT iso_week FROM expected_returns WHERE city = 'napoli' ORDER BY ALL"
    )
    assert found == [("2023-W41",)]
