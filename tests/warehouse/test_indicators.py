"""Indicators, held against a second way of computing them, and against themselves after any detour."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from random import Random

import duckdb
import pytest

from pipelines.consolidating import compute_indicators, load_weeks
from pipelines.home import Home
from schemas.contract import Edition
from schemas.verdicts import NilReturn
from schemas.weeks import IsoWeek
from tests.making.weeks_of_figures import (
    POINTS,
    Sent,
    Story,
    edition_of_every_kind,
    expected_figures,
    random_story,
    week_numbers,
)
from tests.warehouse.judged_folders import ask, at, put_judged, week
from warehouse import indicators
from warehouse.files import write_database

EDITION = edition_of_every_kind()
COLUMNS = (
    "indicator, period_kind, period, period_start, period_end, city, breakdown, category, value, "
    "numerator, denominator, cells_answered, cells_due, is_partial, is_provisional"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def put_return(home: Home, number: int, city: str, sent: Sent, *, version: int = 1) -> None:
    nils = [
        NilReturn(service_point=point, area="pic", reason="chiuso") for point in sorted(sent.nil_points)
    ] + [NilReturn(area=area, reason="chiuso") for area in sorted(sent.nil_areas)]
    values = {(point, *key): value for (point, key), value in sent.cells.items()}
    weekday, hour = (4, 8 + version) if sent.is_late else (2, 8 + version)
    put_judged(home, city, number, at(number, weekday, hour), values, nils=nils, version=version)


def consolidate(home: Home, numbers: Collection[int], edition: Edition = EDITION) -> None:
    weeks = [week(number) for number in numbers]
    load_weeks(home, edition, weeks)
    compute_indicators(home, edition, weeks)


def wrong_figures(home: Home, story: Story, horizon: int) -> list[object]:
    """The published figures that the second way finds otherwise, and those that one side lacks."""
    wrong: list[object] = []
    rows = ask(home.warehouse, f"SELECT {COLUMNS} FROM indicators")
    assert rows
    found = {
        (row[1], row[2], row[5], (row[0], row[6], row[7])): (row[3], row[4], row[8], *row[11:14])
        for row in rows
    }
    for kind, period, city in {key[:3] for key in found}:
        of_period = {key[3]: value for key, value in found.items() if key[:3] == (kind, period, city)}
        start, end = (
            IsoWeek.of(next(iter(of_period.values()))[0]),
            IsoWeek.of(next(iter(of_period.values()))[1]),
        )
        numbers = week_numbers(start, end, horizon)
        expected = expected_figures(story, numbers, str(city))
        assert of_period.keys() == expected.keys()
        cities = list(POINTS) if city == "IT" else [city]
        is_partial = end > week(horizon) or any(
            (number, one) not in story.sent
            for number in numbers
            for one in cities
            if one != "como" or number >= 42
        )
        for row, figure in expected.items():
            value, answered, due, partial = of_period[row][2:]
            is_near = (
                value is None
                if figure.value is None
                else value is not None and abs(value - float(figure.value)) <= 1e-12 * max(1, abs(value))
            )
            if not is_near or (answered, due, partial) != (figure.answered, figure.due, is_partial):
                wrong.append((kind, period, city, row, of_period[row], figure, is_partial))
    return wrong


@pytest.mark.parametrize("seed", [1, 2, 3, *(pytest.param(n, marks=pytest.mark.long) for n in range(4, 60))])
def test_every_figure_is_what_a_second_way_of_computing_finds(home: Home, seed: int) -> None:
    random = Random(seed)
    horizon = random.choice([41, 44, 47])
    story = random_story(random, horizon)
    for (number, city), sent in story.sent.items():
        put_return(home, number, city, sent)
    consolidate(home, range(40, horizon + 1))
    assert wrong_figures(home, story, horizon) == []


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 30))])
def test_week_by_week_in_any_order_gives_the_same_as_all_at_once(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    story = random_story(random, 46)
    step_by_step, at_once = Home(tmp_path / "steps"), Home(tmp_path / "once")
    arrivals = list(story.sent.items())
    random.shuffle(arrivals)
    corrected: dict[tuple[int, str], Sent] = {}
    for start in range(0, len(arrivals), 5):
        chunk = arrivals[start : start + 5]
        for (number, city), sent in chunk:
            put_return(step_by_step, number, city, sent)
        touched = {number for (number, _), _ in chunk}
        if start % 2:
            number, city = random.choice(chunk)[0]
            corrected[number, city] = replace(
                random_story(random, number).sent.get((number, city), story.sent[number, city]), is_late=True
            )
            put_return(step_by_step, number, city, corrected[number, city], version=2)
        consolidate(step_by_step, touched)
    for (number, city), sent in story.sent.items():
        put_return(at_once, number, city, sent)
    for (number, city), sent in corrected.items():
        put_return(at_once, number, city, sent, version=2)
    consolidate(at_once, range(40, 47))
    query = f"SELECT {COLUMNS} FROM indicators ORDER BY ALL"
    assert ask(step_by_step.warehouse, query) == ask(at_once.warehouse, query)


def filled(home: Home, horizon: int = 44) -> Story:
    story = random_story(Random(7), horizon)
    for (number, city), sent in story.sent.items():
        put_return(home, number, city, sent)
    consolidate(home, range(40, horizon + 1))
    return story


def indicator_rows(home: Home, condition: str = "true") -> list[tuple[object, ...]]:
    return ask(home.warehouse, f"SELECT {COLUMNS} FROM indicators WHERE {condition} ORDER BY ALL")


def test_a_week_that_nobody_answered_is_there_and_empty(home: Home) -> None:
    put_return(home, 42, "napoli", Sent({("NA-D-01", ("visits", "total", "")): "5"}))
    consolidate(home, [42])
    rows = ask(
        home.warehouse,
        "SELECT period, city, value, cells_answered, cells_due, is_partial FROM indicators "
        "WHERE indicator = 'A01' AND breakdown = 'total' AND period_kind = 'week' ORDER BY ALL",
    )
    assert ("2023-W40", "ancona", None, 0, 1, True) in rows
    assert ("2023-W40", "como", None, 0, 0, False) in rows
    assert ("2023-W42", "napoli", 5.0, 1, 1, False) in rows
    assert ("2023-W42", "como", None, 0, 0, True) in rows
    assert ("2023-W42", "IT", 5.0, 1, 3, True) in rows
    assert not [row for row in rows if str(row[0]) > "2023-W42"]


def test_only_the_week_its_periods_and_the_editions_to_date_from_it_on_are_written_again(home: Home) -> None:
    filled(home)
    with write_database(home.warehouse) as connection:
        done = indicators.compute_indicators(connection, EDITION, [week(43)])
        again = indicators.compute_indicators(connection, EDITION)
    assert [(period.kind, period.name) for period in done.periods] == [
        ("week", "2023-W43"),
        ("month", "2023-10"),
        ("quarter", "2023-Q4"),
        ("edition_to_date", "2023-W43"),
        ("edition_to_date", "2023-W44"),
    ]
    assert done.rows == 5 * 4 * 12
    assert (again.weeks, again.periods, again.rows) == ((), (), 0)


def test_computing_again_changes_nothing(home: Home) -> None:
    filled(home)
    before = indicator_rows(home)
    compute_indicators(home, EDITION, [week(number) for number in range(40, 45)])
    assert indicator_rows(home) == before


def test_a_horizon_that_moves_on_brings_the_weeks_between_too(home: Home) -> None:
    filled(home, 41)
    put_return(home, 45, "napoli", Sent({("NA-D-01", ("visits", "total", "")): "1"}))
    consolidate(home, [45])
    weeks = {
        period
        for (period,) in ask(home.warehouse, "SELECT period FROM indicators WHERE period_kind = 'week'")
    }
    assert weeks == {f"2023-W{number}" for number in range(40, 46)}
    assert ask(home.warehouse, "SELECT DISTINCT is_partial FROM indicators WHERE period = '2023-W43'") == [
        (True,)
    ]


def test_a_horizon_that_moves_back_takes_its_weeks_away(home: Home) -> None:
    filled(home, 44)
    before = indicator_rows(home)
    put_return(home, 47, "napoli", Sent({("NA-D-01", ("visits", "total", "")): "1"}))
    consolidate(home, [47])
    assert indicator_rows(home) != before
    taken_back = next(
        path for path in home.judged.iterdir() if '"2023-W47"' in (path / "verdict.json").read_text()
    )
    text = (taken_back / "verdict.json").read_text().replace('"accepted"', '"rejected"')
    (taken_back / "verdict.json").write_text(text)
    consolidate(home, [47])
    assert indicator_rows(home) == before


def test_a_frozen_quarter_is_not_provisional_any_more(home: Home) -> None:
    filled(home)
    with write_database(home.warehouse) as connection:
        for frozen, expected in ((["2023-Q4"], [(False,)]), ([], [(True,)])):
            indicators.compute_indicators(connection, EDITION, week(40).through(week(44)), frozen)
            found = connection.execute("SELECT DISTINCT is_provisional FROM indicators").fetchall()
            assert found == expected


def test_another_formula_is_computed_for_all_weeks_at_the_next_run(home: Home) -> None:
    filled(home)
    first, *others = EDITION.indicators
    other = EDITION.model_copy(
        update={"indicators": (first.model_copy(update={"formula": "2 * visits"}), *others)}
    )
    before = ask(home.warehouse, "SELECT 2 * value FROM indicators WHERE indicator = 'A01' ORDER BY ALL")
    compute_indicators(home, other, ())
    assert ask(home.warehouse, "SELECT value FROM indicators WHERE indicator = 'A01' ORDER BY ALL") == before


def test_a_run_that_dies_leaves_the_indicators_as_they_were(home: Home) -> None:
    filled(home)
    before = indicator_rows(home)
    with write_database(home.warehouse) as connection:
        connection.execute("ALTER TABLE indicators ADD COLUMN spoilt INTEGER DEFAULT 1")
        connection.execute("ALTER TABLE indicators ALTER COLUMN spoilt SET NOT NULL")
        connection.execute("ALTER TABLE indicators ALTER COLUMN spoilt DROP DEFAULT")
        with pytest.raises(duckdb.Error):
            indicators.compute_indicators(connection, EDITION, [week(42)])
    assert indicator_rows(home) == before


def test_sums_of_many_cells_are_exact(home: Home) -> None:
    """In binary fractions, twice 0.1 and another 0.1 are not 0.3."""
    cells = {
        ("NA-D-01", ("visits", "total", "")): "0.1",
        ("NA-D-01", ("exits", "outcome", "HOME")): "0.1",
    }
    put_return(home, 40, "napoli", Sent(cells))
    consolidate(home, [40])
    found = ask(
        home.warehouse,
        "SELECT DISTINCT value FROM indicators WHERE indicator = 'A09' AND city IN ('IT', 'napoli')",
    )
    assert found == [(0.3,)] and 2 * 0.1 + 0.1 != 0.3


def test_sums_are_exact_however_often_they_are_made(home: Home) -> None:
    for number in range(40, 48):
        put_return(home, number, "napoli", Sent({("NA-D-01", ("visits", "total", "")): "0.1"}))
    consolidate(home, range(40, 48))
    assert ask(
        home.warehouse,
        "SELECT value FROM indicators WHERE indicator = 'A01' AND breakdown = 'total' AND city = 'IT' "
        "AND period_kind = 'edition_to_date' ORDER BY period",
    ) == [(0.1,), (0.2,), (0.3,), (0.4,), (0.5,), (0.6,), (0.7,), (0.8,)]
