"""A deadline that is moved is published like a return: at the next run, once, and as Parquet too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from pipelines.acts import write_act
from pipelines.consolidating import consolidate_weeks, find_news
from pipelines.home import Home
from schemas.acts import DeadlineMoved
from tests.warehouse.judged_folders import ask, at, figures, invented_edition, put_judged, week

pytestmark = pytest.mark.whole

EDITION = invented_edition()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def move(home: Home, number: int, due_at: dt.datetime, made_at: dt.datetime, city: str | None) -> None:
    act = DeadlineMoved(
        edition="prova",
        iso_week=week(number),
        city=city,
        due_at=due_at,
        reason="festa",
        at=made_at,
        by="ufficio",
    )
    write_act(home.acts, act)


def consolidate_news(home: Home) -> None:
    consolidate_weeks(home, EDITION, find_news(home, EDITION).weeks)
    assert not find_news(home, EDITION)


def deadlines(home: Home, number: int) -> list[tuple[object, ...]]:
    return ask(
        home.published("prova"),
        "SELECT city, due_at, reason, known_from, known_to FROM deadlines "
        f"WHERE iso_week = '{week(number)}' ORDER BY city, known_from",
    )


def due_at(home: Home, number: int) -> dt.datetime:
    ((found,),) = ask(home.published("prova"), f"SELECT due_at FROM weeks WHERE iso_week = '{week(number)}'")
    assert isinstance(found, dt.datetime)
    return found


def test_before_anything_came(home: Home) -> None:
    move(home, 41, at(41, 5, 12), at(40, 1), None)
    assert find_news(home, EDITION).weeks == (week(41),)
    consolidate_news(home)
    assert due_at(home, 41) == at(41, 5, 12)
    assert ask(home.published("prova"), "FROM expected_returns") == []


def test_of_a_week_to_come_and_then_once_more(home: Home) -> None:
    put_judged(home, "ancona", 40, at(40, 1), figures("AN-OSS-01", "1"))
    consolidate_news(home)
    begins = week(40).starts_at
    assert deadlines(home, 45) == [("IT", at(45, 3, 12), None, begins, None)]
    move(home, 45, at(45, 4, 12), at(40, 2), None)
    consolidate_news(home)
    move(home, 45, at(45, 6, 12), at(40, 3), "napoli")
    consolidate_news(home)
    assert due_at(home, 45) == at(45, 4, 12)
    network = [
        (at(45, 3, 12), None, begins, at(40, 2)),
        (at(45, 4, 12), "festa", at(40, 2), None),
    ]
    assert deadlines(home, 45) == [
        *(("IT", *known) for known in network),
        ("napoli", *network[0]),
        ("napoli", at(45, 4, 12), "festa", at(40, 2), at(40, 3)),
        ("napoli", at(45, 6, 12), "festa", at(40, 3), None),
    ]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for table in ("weeks", "deadlines"):
            folder = home.published("prova").with_suffix("") / table
            written = connection.execute(f"FROM '{folder}/*.parquet' ORDER BY ALL").fetchall()
            assert written == ask(home.published("prova"), f"FROM {table} ORDER BY ALL")
