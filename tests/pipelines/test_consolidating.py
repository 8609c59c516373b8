"""The weekly run: what is new is found and published, however the run before it ended."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import multiprocessing
import os
import shutil
import signal
import sys
import warnings
from collections import defaultdict
from decimal import Decimal
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

import duckdb
import pytest

from pipelines import bulletins
from pipelines.consolidating import (
    News,
    Progress,
    consolidate_weeks,
    find_news,
    load_weeks,
    unpublished_weeks,
)
from pipelines.home import BusyError, Home
from pipelines.orchestration.records import dagster_instance
from pipelines.orchestration.runs import run_consolidation
from schemas.contract import Edition
from schemas.editions import PROJECT
from schemas.verdicts import Finding
from tests.warehouse.judged_folders import (
    Key,
    all_parts,
    all_rows,
    ask,
    at,
    figures,
    invented_edition,
    put_judged,
    week,
)
from warehouse import publishing

pytestmark = pytest.mark.whole

EDITION = invented_edition()
WARNING = Finding(rule="H05", severity="warning", message="Da verificare", action="Confermare")


def put_first_returns(home: Home) -> None:
    """Six weeks of two cities, and a file that nobody could read."""
    for number in range(40, 46):
        put_judged(home, "ancona", number, at(number, 1), figures("AN-OSS-01", f"{number}"))
        put_judged(home, "napoli", number, at(number, 2), figures("NA-OSS-01", "1"), findings=[WARNING])
    put_judged(home, None, None, at(41, 2), status="rejected", findings=[WARNING])


def put_later_returns(home: Home) -> None:
    """A correction of week 41, the first return of week 46, and another unreadable file."""
    put_judged(home, "napoli", 41, at(46, 1), figures("NA-OSS-01", "7"), version=2)
    put_judged(home, "ancona", 46, at(46, 2), figures("AN-OSS-01", "46"))
    put_judged(home, None, None, at(46, 3), status="rejected")


def consolidate_news(home: Home, edition: Edition = EDITION) -> News:
    with home.consolidating(0):
        news = find_news(home, edition)
        if news:
            consolidate_weeks(home, edition, news.weeks)
    return news


def everything(home: Home) -> dict[str, object]:
    return {
        "warehouse": all_rows(home.warehouse),
        "published": all_rows(home.published("prova")),
        "parquet": all_parts(home),
    }


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def weeks_of(*numbers: int) -> tuple[object, ...]:
    return tuple(week(number) for number in numbers)


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The first returns, consolidated; tests take copies."""
    home = Home(tmp_path_factory.mktemp("consolidated"))
    put_first_returns(home)
    consolidate_news(home)
    return home


@pytest.fixture
def filled(consolidated: Home, home: Home) -> Home:
    """A copy of the first returns, consolidated."""
    shutil.copytree(consolidated.root, home.root)
    return home


# What is new.


def test_the_first_run_takes_every_week_and_the_second_finds_nothing(home: Home) -> None:
    put_first_returns(home)
    assert unpublished_weeks(home, EDITION) == weeks_of(40, 41, 42, 43, 44, 45)
    assert consolidate_news(home) == News(weeks_of(40, 41, 42, 43, 44, 45), is_elsewhere=True)
    assert find_news(home, EDITION) == News((), is_elsewhere=False)
    assert unpublished_weeks(home, EDITION) == ()


def test_only_weeks_with_something_new_are_taken(filled: Home) -> None:
    put_later_returns(filled)
    assert find_news(filled, EDITION).weeks == weeks_of(41, 46)
    consolidate_news(filled)
    assert not find_news(filled, EDITION)


def test_a_second_run_over_everything_changes_no_row(filled: Home) -> None:
    before = everything(filled)
    consolidate_weeks(filled, EDITION, EDITION.weeks)
    assert everything(filled) == before
    consolidate_weeks(filled, EDITION, [week(43)])
    assert everything(filled) == before


def test_week_by_week_gives_what_one_run_gives(filled: Home, tmp_path: Path) -> None:
    put_later_returns(filled)
    consolidate_news(filled)
    at_once = Home(tmp_path / "at once")
    put_first_returns(at_once)
    put_later_returns(at_once)
    consolidate_news(at_once)
    assert everything(filled) == everything(at_once)


def test_a_return_judged_again_is_news_when_its_verdict_changed(filled: Home) -> None:
    key = put_judged(filled, "napoli", 46, at(46, 1), figures("NA-OSS-01", "3"), submission_id="again")
    consolidate_news(filled)
    put_judged(filled, "napoli", 46, at(46, 1), figures("NA-OSS-01", "3"), submission_id=key)
    assert not find_news(filled, EDITION)
    put_judged(
        filled, "napoli", 46, at(46, 1), figures("NA-OSS-01", "3"), submission_id=key, status="rejected"
    )
    assert consolidate_news(filled).weeks == weeks_of(46)
    assert ask(filled.published("prova"), "FROM observations WHERE iso_week = '2023-W46'") == []


def test_a_return_that_is_gone_is_news(filled: Home) -> None:
    key = put_judged(filled, "como", 42, at(46, 1), figures("CO-OSS-01", "1"))
    before = everything(filled)
    consolidate_news(filled)
    shutil.rmtree(filled.judged / key)
    assert consolidate_news(filled).weeks == weeks_of(42)
    assert everything(filled) == before


def test_files_nobody_could_place_are_published_without_any_week(filled: Home) -> None:
    key = put_judged(filled, None, None, at(47, 1), status="rejected", findings=[WARNING])
    assert find_news(filled, EDITION) == News((), is_elsewhere=True)
    consolidate_news(filled)
    found = ask(filled.published("prova"), f"SELECT count(*) FROM findings WHERE submission_id = '{key}'")
    assert found == [(1,)]
    assert not find_news(filled, EDITION)


def test_a_changed_contract_is_news(filled: Home) -> None:
    facts = EDITION.facts.model_copy(update={"service_kinds": {"desk": "punto di accesso"}})
    renamed = EDITION.model_copy(update={"facts": facts})
    of_a_week = "SELECT DISTINCT iso_week FROM submissions WHERE iso_week IS NOT NULL"
    received = {week for (week,) in ask(filled.published("prova"), of_a_week)}
    assert {str(week) for week in consolidate_news(filled, renamed).weeks} == received
    assert ask(filled.published("prova"), "SELECT label_it FROM service_kinds") == [("punto di accesso",)]


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000], ids=["empty", "damaged"])
def test_a_damaged_derived_file_is_made_again(filled: Home, content: bytes) -> None:
    before = everything(filled)
    filled.warehouse.write_bytes(content)
    filled.published("prova").write_bytes(content)
    consolidate_news(filled)
    assert everything(filled) == before


def test_a_database_of_somebody_else_is_replaced(filled: Home) -> None:
    before = everything(filled)
    for path in (filled.warehouse, filled.published("prova")):
        path.unlink()
        duckdb.connect(str(path)).close()
    consolidate_news(filled)
    assert everything(filled) == before


def test_a_database_of_an_earlier_version_is_replaced(filled: Home) -> None:
    before = everything(filled)
    for path in (filled.warehouse, filled.published("prova")):
        with duckdb.connect(str(path)) as connection:
            connection.execute("ALTER TABLE consolidation.held RENAME COLUMN digest TO sha256")
            connection.execute("UPDATE consolidation.made_with SET fingerprint = 'of that version'")
    consolidate_news(filled)
    assert everything(filled) == before


@pytest.mark.parametrize("lost", ["warehouse", "published", "both"])
def test_derived_files_are_made_again_from_what_was_judged(filled: Home, lost: str) -> None:
    before = everything(filled)
    if lost != "published":
        filled.warehouse.unlink()
    if lost != "warehouse":
        shutil.rmtree(filled.published("prova").parent)
    consolidate_news(filled)
    assert everything(filled) == before


def test_progress_tells_each_step_and_what_was_loaded_of_each_week(home: Home) -> None:
    put_judged(home, "ancona", 40, at(40, 1), figures("AN-OSS-01", "1"))
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "1"), status="accepted_with_warnings")
    put_judged(home, "napoli", 40, at(40, 2), {}, status="rejected", version=2)
    put_judged(home, "como", 40, at(40, 2), {}, status="rejected")
    told: list[Progress] = []
    consolidate_weeks(home, EDITION, [week(40)], told.append)
    assert told == [
        Progress("loading", 1),
        Progress("loading", 1, week(40), 8, ("ancona", "napoli"), ("como",)),
        Progress("computing", 1),
        Progress("publishing", 1),
        Progress("reporting", 1),
    ]


def test_the_truth_of_the_sample_comes_out_as_it_went_in(home: Home, edition: Edition) -> None:
    """Two weeks of the real size: 16 cities, 11,000 values a week; Potenza is late, Sassari missing."""
    truth: dict[tuple[str, str], dict[Key, str]] = defaultdict(dict)
    with gzip.open(PROJECT / "tests/returns/truth/observations.csv.gz", "rt", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if row["iso_week"] in ("2023-W41", "2023-W42"):
                key = (row["service_point"], row["measure"], row["breakdown"], row["category"])
                truth[row["iso_week"], row["city"]][key] = row["value"] if row["flag"] == "V" else row["flag"]
    manifest = (PROJECT / "tests/returns/manifest.csv").read_text(encoding="utf-8")
    for line in csv.DictReader(io.StringIO(manifest)):
        if (figures_of := truth.get((line["iso_week"], line["city"]))) and line["expect"] != "rejected":
            put_judged(
                home,
                line["city"],
                int(line["iso_week"][-2:]),
                dt.datetime.fromisoformat(line["received_at"]),
                figures_of,
                version=int(line["version"]),
                edition="lgnet2",
            )
    consolidate_news(home, edition)
    found = ask(
        home.published("lgnet2"),
        "SELECT iso_week, city, service_point, measure, breakdown, category, value, flag FROM observations",
    )
    assert len(found) == sum(len(values) for values in truth.values()) > 20_000
    for iso_week, city, *key, value, flag in found:
        expected = truth[str(iso_week), str(city)][tuple(key)]  # type: ignore[index]
        assert (value, flag) == ((None, expected) if expected in ("ND", "NA") else (Decimal(expected), "V"))
    states = ask(
        home.published("lgnet2"),
        "SELECT city, status FROM expected_returns WHERE iso_week = '2023-W42' AND known_to IS NULL "
        "AND status <> 'on_time' ORDER BY ALL",
    )
    assert states == [("potenza", "late"), ("sassari", "missing")]


# Killed at any instant.

_WATCHED = frozenset(
    {
        "execute",
        "executemany",
        "begin",
        "commit",
        "connect",
        "register",
        "fsync",
        "replace",
        "rename",
        "unlink",
    }
)


def die_at(root: str, call: int, counted: str) -> None:
    """Consolidate, and be killed just before the n-th call to the database or the file system."""
    calls = 0

    def count(frame: FrameType, event: str, called: object) -> None:
        nonlocal calls
        of_text = isinstance(getattr(called, "__self__", None), str | dt.date)
        if event == "c_call" and getattr(called, "__name__", "") in _WATCHED and not of_text:
            calls += 1
            if calls == call:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    consolidate_news(Home(Path(root)))
    sys.setprofile(None)
    Path(counted).write_text(str(calls), encoding="utf-8")


def die_after_loading(root: str) -> None:
    """Run the job, and be killed when the first week of the second range is loaded."""

    def die(progress: Progress) -> None:
        if progress.loaded == week(46):
            os.kill(os.getpid(), signal.SIGKILL)

    run_consolidation(Home(Path(root)), EDITION, on_progress=die)


FORK = multiprocessing.get_context("fork")
"""A fork has all modules loaded already: dying costs no more than the run itself."""


def _started(target: object, *arguments: object) -> BaseProcess:
    process = FORK.Process(target=target, args=arguments)  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the runner of the tests has a thread of its own
        process.start()
    return process


def _exit_of(process: BaseProcess) -> int | None:
    process.join(60)
    return process.exitcode


@pytest.fixture(scope="module")
def undisturbed(
    consolidated: Home, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, dict[str, object], int]:
    """A home with something new, what an undisturbed run makes of it, and how many calls that takes."""
    base = Home(tmp_path_factory.mktemp("base") / "home")
    shutil.copytree(consolidated.root, base.root)
    put_later_returns(base)
    done = Home(tmp_path_factory.mktemp("done") / "home")
    shutil.copytree(base.root, done.root)
    counted = done.root.with_name("calls")
    assert _exit_of(_started(die_at, str(done.root), 0, str(counted))) == 0
    return base, everything(done), int(counted.read_text(encoding="utf-8"))


POINTS = 36
FEW = range(3, POINTS, 8)


@pytest.mark.parametrize(
    "point",
    [point if point in FEW else pytest.param(point, marks=pytest.mark.long) for point in range(POINTS)],
)
def test_a_run_killed_anywhere_is_taken_up_by_the_next(
    undisturbed: tuple[Home, dict[str, object], int], tmp_path: Path, point: int
) -> None:
    base, expected, calls = undisturbed
    home = Home(tmp_path / "home")
    shutil.copytree(base.root, home.root)
    before = all_rows(home.published("prova"))
    call = 1 + (calls - 1) * point // (POINTS - 1)
    killed = _started(die_at, str(home.root), call, str(tmp_path / "calls"))
    assert _exit_of(killed) == -signal.SIGKILL
    assert all_rows(home.published("prova")) in (before, expected["published"])
    consolidate_news(home)
    assert everything(home) == expected
    assert left_in(home.published("prova").parent) == ["prova", "prova.duckdb"]


def test_what_a_rebuild_doubts_is_all_published_anew_even_if_it_dies(filled: Home) -> None:
    """A verdict says nothing of the values: after a mended reader they may differ under the same verdict."""
    expected = everything(filled)
    stale = next(
        path for path in sorted(filled.judged.glob("*/observations.csv")) if ",42,V," in path.read_text()
    )
    right = stale.read_text(encoding="utf-8")
    stale.write_text(right.replace(",42,V,", ",99,V,"), encoding="utf-8")
    consolidate_weeks(filled, EDITION, EDITION.weeks)
    assert everything(filled) != expected
    # As `rebuild` does, until it is killed: doubts, no warehouse, judged again.
    publishing.doubt(filled.published("prova"))
    bulletins.doubt(filled, EDITION)
    filled.warehouse.unlink()
    stale.write_text(right, encoding="utf-8")
    assert find_news(filled, EDITION)
    consolidate_news(filled)
    assert everything(filled) == expected
    assert not find_news(filled, EDITION)


def test_a_file_that_other_code_made_is_made_anew(filled: Home) -> None:
    before = everything(filled)
    for path in (filled.published("prova"), filled.warehouse):
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE consolidation.made_with SET fingerprint = 'of other code'")
            connection.execute("UPDATE indicators SET value = 1e6 WHERE value IS NOT NULL")
    assert find_news(filled, EDITION).weeks
    consolidate_news(filled)
    assert everything(filled) == before


def test_loaded_but_not_published_is_still_news(filled: Home) -> None:
    put_later_returns(filled)
    load_weeks(filled, EDITION, [week(41), week(46)])
    assert find_news(filled, EDITION) == News(weeks_of(41, 46), is_elsewhere=True)
    consolidate_news(filled)
    assert len(ask(filled.published("prova"), "FROM observations WHERE iso_week = '2023-W46'")) == 4


# The job.


def test_a_job_killed_between_two_ranges_is_taken_up_and_closed(
    undisturbed: tuple[Home, dict[str, object], int], home: Home
) -> None:
    base, expected, _ = undisturbed
    shutil.copytree(base.root, home.root)
    assert _exit_of(_started(die_after_loading, str(home.root))) == -signal.SIGKILL
    assert ask(home.published("prova"), "SELECT DISTINCT iso_week FROM observations WHERE version = 2") == [
        ("2023-W41",)
    ]
    run_consolidation(home, EDITION)
    assert everything(home) == expected
    with dagster_instance(home) as instance:
        statuses = [run.status for run in instance.get_runs()]
    assert sorted(status.value for status in statuses) == ["FAILURE", "SUCCESS", "SUCCESS"]


def test_what_stops_a_step_comes_out_as_it_is(filled: Home, capfd: pytest.CaptureFixture[str]) -> None:
    from warehouse.judged import JudgedError

    before = all_rows(filled.published("prova"))
    key = put_judged(filled, "napoli", 46, at(46, 1), figures("NA-OSS-01", "1"))
    (filled.judged / key / "observations.csv").unlink()
    with pytest.raises(JudgedError, match="the file is missing"):
        run_consolidation(filled, EDITION)
    assert all_rows(filled.published("prova")) == before
    assert capfd.readouterr() == ("", "")


def test_what_belongs_to_no_week_needs_no_job(filled: Home) -> None:
    put_judged(filled, None, None, at(47, 1), status="rejected")
    done = run_consolidation(filled, EDITION)
    assert (done.weeks, done.is_published) == ((), True)
    assert not find_news(filled, EDITION)


def _hold_open(path: str, is_open: object, may_close: object) -> None:
    with duckdb.connect(path):
        is_open.set()  # type: ignore[attr-defined]
        may_close.wait(60)  # type: ignore[attr-defined]


def _read_twice(path: str, is_open: object, may_go_on: object, read: str) -> None:
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("BEGIN TRANSACTION READ ONLY")
        count = "SELECT count(*) FROM observations_history"
        before = connection.execute(count).fetchall()
        is_open.set()  # type: ignore[attr-defined]
        may_go_on.wait(60)  # type: ignore[attr-defined]
        after = connection.execute(count).fetchall()
    Path(read).write_text(f"{before[0][0]} {after[0][0]}", encoding="utf-8")


def test_a_reader_in_another_program_and_a_run_do_not_stop_each_other(filled: Home, tmp_path: Path) -> None:
    is_open, may_go_on = FORK.Event(), FORK.Event()
    read = tmp_path / "read"
    path = str(filled.published("prova"))
    reader = _started(_read_twice, path, is_open, may_go_on, str(read))
    try:
        assert is_open.wait(60)
        put_later_returns(filled)
        consolidate_news(filled)
    finally:
        may_go_on.set()
        assert _exit_of(reader) == 0
    assert read.read_text(encoding="utf-8") == "48 48"
    assert ask(filled.published("prova"), "SELECT count(*) FROM observations_history") == [(56,)]


def test_a_warehouse_open_in_another_program_is_busy(filled: Home) -> None:
    is_open, may_close = FORK.Event(), FORK.Event()
    other = _started(_hold_open, str(filled.warehouse), is_open, may_close)
    try:
        assert is_open.wait(60)
        with pytest.raises(BusyError, match="open in another program"):
            run_consolidation(filled, EDITION)
    finally:
        may_close.set()
        other.join(60)
