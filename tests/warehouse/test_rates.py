"""What is expected is told by the roster and the deadlines: no rate passes 100 %, whatever arrives.

Returns come too early, for weeks that the city owes nothing, from service points that are closed, twice,
rejected and judged again; cells are NA, ND, blank or nil, by a file or by an act; deadlines move.
"""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from pipelines.acts import read_acts, write_act
from pipelines.consolidating import consolidate_weeks
from pipelines.home import Home
from schemas.acts import DeadlineMoved, NilWithoutFile
from schemas.contract import Edition, Indicator
from schemas.deadlines import Deadlines
from schemas.verdicts import NilReturn, Verdict
from schemas.weeks import IsoWeek
from tests.warehouse.judged_folders import Key, Rows, ask, at, invented_edition, known, put_judged, week

pytestmark = pytest.mark.whole

WEEKS = (40, 41, 42, 43, 44)
SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 16))]


def edition_with_rates() -> Edition:
    """Ancona closes a desk after W41, Napoli leaves after W42, Como joins in W42."""
    made = invented_edition()
    ends = {"AN-OSS-02": week(41), "NA-OSS-01": week(42)}
    return made.model_copy(
        update={
            "indicators": (
                *made.indicators,
                _rate("NET04", "100 * returns_on_time / returns_due"),
                _rate("NET05", "100 * cells_answered / cells_due"),
                _rate("SHARE", "100 * visits[sex: F] / visits"),
            ),
            "service_points": tuple(
                point.model_copy(update={"roster_to": ends.get(point.code)}) for point in made.service_points
            ),
        }
    )


def _rate(code: str, formula: str) -> Indicator:
    return Indicator(
        code=code, area="pic", kind="ratio", unit="percent", label_it=code, label_en=code, label_de=code,
        formula=formula, over_time="ratio of sums",
    )  # fmt: skip


EDITION = edition_with_rates()


def _values(chance: random.Random, city: str) -> dict[Key, str]:
    cells: list[Key] = [("", "staff", "total", "")]
    for point in EDITION.service_points:
        if point.city == city:
            cells.append((point.code, "visits", "total", ""))
            cells += [(point.code, "visits", "sex", code) for code in ("F", "NA")]
    kinds = {cell: chance.choice(["V", "V", "ND", "NA", "blank"]) for cell in cells}
    given = {cell: str(chance.randint(0, 9)) if kind == "V" else kind for cell, kind in kinds.items()}
    return {cell: value for cell, value in given.items() if value != "blank"}


def put_anything(home: Home, chance: random.Random) -> None:
    """Thirty returns and acts, in order of time."""
    instant = at(39, 1)
    for version in range(1, 31):
        instant += dt.timedelta(hours=chance.choice([1, 9, 30, 60]), microseconds=version)
        city, number = chance.choice(EDITION.city_slugs), chance.choice(WEEKS)
        if chance.random() < 0.1:
            _move_a_deadline(home, chance, number, city, instant)
        elif chance.random() < 0.1:
            _declare_nil(home, chance, number, city, instant)
        else:
            _put_a_return(home, chance, number, city, instant, version)


def _move_a_deadline(home: Home, chance: random.Random, number: int, city: str, instant: dt.datetime) -> None:
    due_at = at(number, 3, 12) + dt.timedelta(hours=chance.randint(1, 200))
    whom = chance.choice([city, None])
    act = DeadlineMoved(
        edition="prova", iso_week=week(number), city=whom, due_at=due_at, reason="festa", at=instant, by="x"
    )
    write_act(home.acts, act)


def _declare_nil(home: Home, chance: random.Random, number: int, city: str, instant: dt.datetime) -> None:
    point = chance.choice([point.code for point in EDITION.service_points if point.city == city] + [""])
    act = NilWithoutFile(
        edition="prova", iso_week=week(number), city=city, service_point=point, area="pic", reason="chiuso",
        at=instant, by="x",
    )  # fmt: skip
    write_act(home.acts, act)


def _put_a_return(
    home: Home, chance: random.Random, number: int, city: str, instant: dt.datetime, version: int
) -> None:
    nils = [NilReturn(area="pic", reason="chiuso")] if chance.random() < 0.15 else []
    values = {} if nils else _values(chance, city)
    status = "rejected" if chance.random() < 0.25 else "accepted"
    name = put_judged(
        home, city, number, instant, values if status == "accepted" else {},
        status=status, version=version, nils=nils if status == "accepted" else [],
    )  # type: ignore[arg-type]  # fmt: skip
    if status == "accepted" and chance.random() < 0.2:
        path = home.judged / name / "verdict.json"
        verdict = Verdict.model_validate_json(path.read_bytes())
        later = verdict.model_copy(
            update={"counts_from": instant + dt.timedelta(hours=chance.randint(1, 90))}
        )
        path.write_text(later.model_dump_json(), encoding="utf-8")


@pytest.fixture(params=SEEDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    made = Home(tmp_path)
    put_anything(made, random.Random(request.param))
    consolidate_weeks(made, EDITION, EDITION.weeks)
    return made


def asked(home: Home, query: str) -> Rows:
    return ask(home.published("prova"), query)


def test_no_rate_passes_one_hundred(home: Home) -> None:
    assert asked(home, "SELECT count(*) > 100 FROM indicators") == [(True,)]
    assert asked(home, "FROM indicators WHERE cells_answered > cells_due OR cells_answered < 0") == []
    assert asked(home, "FROM indicators_labelled WHERE coverage > 1") == []
    rates = "indicator IN ('NET04', 'NET05')"
    assert asked(home, f"FROM indicators WHERE {rates} AND NOT coalesce(value BETWEEN 0 AND 100, true)") == []
    assert asked(home, f"FROM indicators WHERE {rates} AND numerator > denominator") == []


def test_timeliness_is_counted_on_the_roster_and_the_deadlines(home: Home) -> None:
    verdicts = [
        Verdict.model_validate_json((folder / "verdict.json").read_bytes())
        for folder in home.judged.iterdir()
    ]
    accepted = [one for one in verdicts if one.is_accepted]
    horizon = max(one.iso_week for one in accepted if one.iso_week is not None)
    deadlines = Deadlines(EDITION, read_acts(home.acts).deadlines_moved("prova"))

    def counts(iso_week: IsoWeek, city: str) -> tuple[int, int]:
        came = [one.received_at for one in accepted if one.city_week == (city, iso_week)]
        return (int(bool(came) and min(came) <= deadlines.due_at(iso_week, city)), 1)

    for iso_week in EDITION.facts.first_week.through(horizon):
        due = [city for city in EDITION.city_slugs if EDITION.roster(city, iso_week)]
        found = asked(
            home,
            "SELECT city, CAST(numerator AS INTEGER), CAST(denominator AS INTEGER) FROM indicators WHERE "
            f"indicator = 'NET04' AND period_kind = 'week' AND period = '{iso_week}' AND cells_due > 0",
        )
        wanted = {city: counts(iso_week, city) for city in due}
        wanted["IT"] = (sum(on_time for on_time, _ in wanted.values()), len(due))
        assert {city: (on_time, of) for city, on_time, of in found} == wanted


def test_every_cell_that_is_due_is_answered_not_available_or_not_reported(home: Home) -> None:
    assert asked(home, "SELECT count(*) > 20 FROM cells_expected") == [(True,)]
    broken = (
        "FROM cells_expected WHERE cells_due <> cells_answered + cells_not_available + cells_not_reported "
        "OR least(cells_due, cells_answered, cells_not_available, cells_not_reported) < 0 "
        "OR (return_status NOT IN ('on_time', 'late') AND NOT is_nil AND cells_not_reported <> cells_due)"
    )
    assert asked(home, broken) == []


def test_the_cells_expected_are_those_of_completeness(home: Home) -> None:
    of_weeks = (
        "SELECT iso_week, city, CAST(sum(cells_answered) AS INTEGER), CAST(sum(cells_due) AS INTEGER) "
        "FROM cells_expected GROUP BY ALL HAVING sum(cells_due) > 0 ORDER BY ALL"
    )
    completeness = (
        "SELECT period, city, cells_answered, cells_due FROM indicators WHERE indicator = 'NET05' "
        "AND period_kind = 'week' AND city <> 'IT' AND cells_due > 0 ORDER BY ALL"
    )
    assert asked(home, of_weeks) == asked(home, completeness)


def test_why_a_figure_is_empty_is_told(home: Home) -> None:
    told = asked(home, "SELECT DISTINCT empty_because FROM indicators_labelled WHERE value IS NULL")
    assert {why for (why,) in told} <= {"not_due", "not_answered", "not_computable"}
    assert {("not_due",), ("not_answered",)} <= set(told)
    assert asked(home, "FROM indicators_labelled WHERE value IS NOT NULL AND empty_because IS NOT NULL") == []
    undefined = (
        "empty_because = 'not_computable' AND denominator IS DISTINCT FROM 0 AND cells_answered < cells_due"
    )
    assert asked(home, f"FROM indicators_labelled WHERE {undefined}") == []


def test_the_cells_expected_as_known_at_an_instant(tmp_path: Path) -> None:
    made = Home(tmp_path)
    put_judged(made, "ancona", 41, at(41, 1), {("", "staff", "total", ""): "1"})
    put_judged(made, "napoli", 41, at(41, 5), {("", "staff", "total", ""): "2"})
    consolidate_weeks(made, EDITION, EDITION.weeks)
    question = (
        "SELECT city, return_status, cells_answered, cells_not_reported FROM cells_expected "
        "WHERE iso_week = '2023-W41' AND measure = 'staff' ORDER BY city"
    )
    path = made.published("prova")
    assert known(path, question, at(41, 2)) == (
        ("ancona", "on_time", 1, 0),
        ("napoli", "awaited", 0, 1),
    )
    assert known(path, question) == (("ancona", "on_time", 1, 0), ("napoli", "late", 1, 0))
