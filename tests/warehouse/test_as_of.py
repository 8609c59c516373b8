"""What the published file says of an instant is what was published when only that much had come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import duckdb
import pytest

from pipelines.acts import write_act
from pipelines.consolidating import compute_indicators, find_news, load_weeks, publish_weeks
from pipelines.home import Home
from schemas.acts import DeadlineMoved, Freeze, NilWithdrawal, NilWithoutFile, Waiver
from schemas.fields import PUBLISHED_MACROS, PUBLISHED_TABLES, Macro
from schemas.verdicts import NilReturn
from tests.making.weeks_of_figures import edition_of_every_kind, random_story
from tests.warehouse.judged_folders import Rows, at, known, put_judged, week
from warehouse.asking import QueryError

pytestmark = pytest.mark.whole

EDITION = edition_of_every_kind()
MOMENT = dt.timedelta(microseconds=1)
TABLES = tuple(macro.of.name for macro in PUBLISHED_MACROS)


@dataclass(frozen=True)
class Event:
    """Something that reached a home at an instant."""

    at: dt.datetime
    reach: Callable[[Home], object]


def arrives(
    city: str,
    number: int,
    instant: dt.datetime,
    version: int = 1,
    *,
    is_rejected: bool = False,
    nil_area: str = "",
) -> Event:
    """A return, filled in by chance, but for an area that it declares nil."""
    sent = random_story(Random(100 * number + 10 * version + len(city)), 52).sent.get((number, city))
    cells = sent.cells if sent else {("", ("staff", "total", "")): "2"}

    def reach(home: Home) -> None:
        put_judged(
            home,
            city,
            number,
            instant,
            {(point, *key): value for (point, key), value in cells.items()},
            status="rejected" if is_rejected else "accepted",
            version=version,
            nils=[NilReturn(area=nil_area, reason="chiuso")] if nil_area else (),
            reason_code="typing_error" if version > 1 else None,
            submission_id=f"{city}-{number}-{version}",
        )

    return Event(instant, reach)


def judged_again(instant: dt.datetime, city: str, number: int, version: int, rejected: Event) -> Event:
    """The rejected return is accepted after all, and counts from then on."""
    point = {"napoli": "NA-D-01", "ancona": "AN-D-01"}[city]
    values = {(point, "visits", "total", ""): "31", (point, "present", "total", ""): "4"}

    def reach(home: Home) -> None:
        put_judged(
            home,
            city,
            number,
            rejected.at,
            values,
            version=version,
            submission_id=f"{city}-{number}-{version}",
            counts_from=instant,
        )

    return Event(instant, reach)


def nil(city: str, number: int, area: str, instant: dt.datetime, after: dt.datetime | None = None) -> Event:
    act = NilWithoutFile(
        edition=EDITION.facts.slug,
        city=city,
        iso_week=week(number),
        area=area,
        reason="al telefono",
        after=after,
        at=instant,
        by="prova",
    )
    return Event(instant, lambda home: write_act(home.acts, act))


def nil_withdrawn(instant: dt.datetime) -> Event:
    """The last nil told before it was told wrongly."""

    def reach(home: Home) -> None:
        declared = max(path.stem for path in home.acts.glob("*-nil-*.json"))
        write_act(home.acts, NilWithdrawal(declared=declared, reason="sbagliato", at=instant, by="prova"))

    return Event(instant, reach)


def deadline(number: int, city: str | None, due_at: dt.datetime, instant: dt.datetime) -> Event:
    act = DeadlineMoved(
        edition=EDITION.facts.slug,
        iso_week=week(number),
        city=city,
        due_at=due_at,
        reason="patrono",
        at=instant,
        by="prova",
    )
    return Event(instant, lambda home: write_act(home.acts, act))


def freeze(quarter: str, instant: dt.datetime) -> Event:
    act = Freeze(
        edition=EDITION.facts.slug,
        quarter=quarter,
        release=1,
        manifest="0" * 64,
        contract="1" * 64,
        rules="2" * 64,
        made_with="prova",
        notes="",
        at=instant,
        by="prova",
    )
    return Event(instant, lambda home: write_act(home.acts, act))


def waiver(instant: dt.datetime) -> Event:
    act = Waiver(
        edition=EDITION.facts.slug,
        city="napoli",
        rule="H05",
        reason="prova",
        until=dt.date(2024, 1, 31),
        at=instant,
        by="prova",
    )
    return Event(instant, lambda home: write_act(home.acts, act))


REJECTED_AT_FIRST = arrives("napoli", 41, at(41, 1), is_rejected=True)
REJECTED_CORRECTION = arrives("ancona", 42, at(42, 5), 2, is_rejected=True)
EVENTS = (
    arrives("ancona", 40, at(40, 1)),
    arrives("napoli", 40, at(40, 2), nil_area="pic"),
    # A correction that is rejected, one that is not, and a correction of that.
    arrives("napoli", 40, at(40, 2, 15), 2, is_rejected=True),
    arrives("napoli", 40, at(40, 4), 3),
    arrives("napoli", 40, at(40, 5), 4),
    REJECTED_AT_FIRST,
    arrives("ancona", 41, at(41, 3, 12)),
    judged_again(at(41, 4), "napoli", 41, 1, REJECTED_AT_FIRST),
    # Nothing of Napoli's for W42, and Como's is late until its deadline moves.
    waiver(at(42, 1, 9)),
    nil("ancona", 42, "pic", at(42, 1)),
    arrives("ancona", 42, at(42, 2)),
    arrives("como", 42, at(42, 4)),
    deadline(42, "como", at(42, 5), at(42, 4, 11)),
    nil("napoli", 42, "hou", at(42, 4, 12)),
    # A week between its Sunday and its deadline.
    arrives("ancona", 43, at(43, 1)),
    nil("ancona", 43, "hou", at(43, 1, 11), at(43, 1)),
    nil_withdrawn(at(43, 2)),
    arrives("ancona", 41, at(43, 4), 2),
    REJECTED_CORRECTION,
    judged_again(at(43, 5), "ancona", 42, 2, REJECTED_CORRECTION),
    # Two of one instant, of which only the second was ever valid.
    arrives("como", 44, at(44, 2)),
    arrives("como", 44, at(44, 2), 2),
    deadline(45, None, at(45, 4), at(45, 2)),
    arrives("napoli", 46, at(46, 1), is_rejected=True),
    freeze("2023-Q4", at(46, 4)),
    arrives("napoli", 45, at(46, 5)),
)


def bring_up_to_date(home: Home) -> Path:
    weeks = find_news(home, EDITION).weeks
    load_weeks(home, EDITION, weeks)
    compute_indicators(home, EDITION, weeks)
    publish_weeks(home, EDITION, weeks)
    return home.published(EDITION.facts.slug)


def published_rows(path: Path) -> dict[str, Rows]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {name: connection.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in TABLES}


def known_rows(path: Path, instant: dt.datetime, tables: Sequence[str] = TABLES) -> dict[str, Rows]:
    """What the macros of the file tell an analyst who opens it with plain duckdb."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            name: connection.execute(f"FROM {name}_as_of($ts) ORDER BY ALL", {"ts": instant}).fetchall()
            for name in tables
        }


@dataclass(frozen=True)
class Replayed:
    """A home that received event by event; what it published after each, by the event's instant."""

    path: Path
    published: Mapping[dt.datetime, Mapping[str, Rows]]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    home = Home(tmp_path_factory.mktemp("replay"))
    published = {}
    instants = sorted({event.at for event in EVENTS})
    for instant in instants:
        for event in EVENTS:
            if event.at == instant:
                event.reach(home)
        published[instant] = published_rows(bring_up_to_date(home))
    return Replayed(home.published(EDITION.facts.slug), published)


def is_kept(instant: dt.datetime, table: str) -> bool:
    """Whether the table can tell: what was said of a return before it was judged again cannot."""
    is_told = instant < at(41, 1) or at(41, 4) <= instant < at(42, 5) or at(43, 5) <= instant
    return table != "submissions" or is_told


@pytest.mark.long
def test_every_instant_is_told_as_it_was_published_then(replayed: Replayed) -> None:
    instants = sorted(replayed.published)
    followed_by = [*instants[1:], instants[-1] + dt.timedelta(weeks=9)]
    for instant, following in zip(instants, followed_by, strict=True):
        for moment in (instant, following - MOMENT):
            tables = [name for name in TABLES if is_kept(moment, name)]
            known = known_rows(replayed.path, moment, tables)
            for name in tables:
                assert known[name] == replayed.published[instant][name], (moment, name)


def test_the_story_holds_every_edge(replayed: Replayed) -> None:
    """Else the test above could not fail for it."""
    stages = list(replayed.published.values())
    for name in ("observations", "indicators", "expected_returns", "nil_returns", "revisions", "releases"):
        assert len({str(stage[name]) for stage in stages}) > 1, name
    states = {row[4] for stage in stages for row in stage["expected_returns"]}
    assert states == {"awaited", "missing", "rejected", "late", "on_time"}
    assert [row[-1] is None for row in stages[-1]["nil_returns"] if row[-3] is None] == [False, True, False]


def test_before_the_first_arrival_nothing_was_known(replayed: Replayed) -> None:
    known = known_rows(replayed.path, min(replayed.published) - MOMENT)
    assert {name for name, rows in known.items() if rows} == {"weeks", "deadlines"}


def test_as_of_the_last_receipt_is_now(replayed: Replayed) -> None:
    known = known_rows(replayed.path, max(replayed.published))
    assert known == published_rows(replayed.path)
    assert known["indicators"] and known["observations"]


def test_an_instant_may_be_a_text_or_a_day(replayed: Replayed) -> None:
    with duckdb.connect(str(replayed.path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'Europe/Rome'")
        counts = {
            connection.execute(f"SELECT count(*) FROM observations_as_of({given})").fetchall()[0][0]
            for given in (
                "'2023-10-18'",
                "DATE '2023-10-18'",
                "'2023-10-17 22:00:00+00'",
                "TIMESTAMP '2023-10-18'",
            )
        }
    assert len(counts) == 1 and counts.pop() > 0


def test_the_file_works_attached_once_it_is_used(replayed: Replayed) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{replayed.path}' AS elsewhere (READ_ONLY)")
        connection.execute("USE elsewhere")
        assert connection.execute("FROM indicators_as_of('2023-11-15') LIMIT 1").fetchall()


@pytest.mark.parametrize("macro", PUBLISHED_MACROS, ids=lambda macro: macro.name)
def test_a_macro_has_the_columns_of_its_table_and_says_so(replayed: Replayed, macro: Macro) -> None:
    with duckdb.connect(str(replayed.path), read_only=True) as connection:
        described = [
            connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM {source})").fetchall()
            for source in (f"{macro.name}('2023-11-15')", macro.of.name)
        ]
        comment = connection.execute(
            "SELECT comment FROM duckdb_functions() WHERE function_name = $name", {"name": macro.name}
        ).fetchall()
    assert described[0] == described[1]
    assert comment == [(macro.comment,)]


def test_a_question_as_of_an_instant_finds_every_table_as_it_was(replayed: Replayed) -> None:
    instant = at(42, 2)
    for name in TABLES:
        wanted = replayed.published[instant][name]
        counted = known(replayed.path, f"SELECT count(*) FROM {name}", instant)
        assert counted == ((len(wanted),),), name
    joined = "FROM observations AS o JOIN main.expected_returns AS e USING (city, iso_week)"
    wanted_weeks = {row[1] for row in replayed.published[instant]["observations"]}
    weeks = known(replayed.path, f"SELECT DISTINCT iso_week {joined} ORDER BY ALL", instant)
    assert weeks == tuple((iso_week,) for iso_week in sorted(wanted_weeks))
    for name in ("indicators", "observations"):
        labelled = known(replayed.path, f"SELECT count(*) FROM {name}_labelled", instant)
        assert labelled == ((len(replayed.published[instant][name]),),)
    assert known(replayed.path, "FROM measures", instant) == known(replayed.path, "FROM measures")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("FROM findings", "findings: only as known today"),
        ("SELECT * FROM (FROM published.observations)", "name the table alone"),
        ('FROM "published"."main".indicators', "name the table alone"),
        ("FROM consolidation.weekly_parts", "name the table alone"),
        ("FROM observations_as_of('2023-11-15')", "without --as-of"),
    ],
)
def test_what_would_be_of_today_is_refused_by_its_name(replayed: Replayed, question: str, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        known(replayed.path, question, at(42, 2))


def test_what_was_said_of_a_return_before_it_was_judged_again_is_refused(replayed: Replayed) -> None:
    for instant in (REJECTED_AT_FIRST.at, at(41, 4) - MOMENT):
        with pytest.raises(QueryError, match="napoli-41-1 was judged again after that instant"):
            known(replayed.path, "SELECT count(status) FROM submissions", instant)


def test_every_published_table_is_told_as_of_an_instant_or_refused() -> None:
    """A new table stands in one of the lists: whoever adds it decides."""
    told = {macro.of.name for macro in PUBLISHED_MACROS}
    untold = {table.name for table in PUBLISHED_TABLES} - told
    assert untold == {
        *("areas", "cities", "code_lists", "indicator_catalogue", "measures", "rules"),
        *("service_kinds", "service_points", "findings"),
        *("kinds_of_nothing", "foreign_residents", "targets", "budgets"),
    }
