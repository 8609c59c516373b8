"""The weekly work through the command: six weeks taken in, consolidated, asked, rebuilt."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Regia, run_apart, samples_of, write_manifest
from tests.cli.reading_homes import folder_contents, published_rows
from tests.making.samples import LAST_SIX_WEEKS, RETURNS

pytestmark = pytest.mark.whole


def differences(home: Path, weeks: Iterable[str] | None = None) -> list[tuple[object, ...]]:
    """Rows in which the published observations and the truth disagree."""
    chosen = None if weeks is None else sorted(weeks)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{home / 'published' / 'lgnet2.duckdb'}' AS pub (READ_ONLY)")
        connection.execute(
            "CREATE TABLE truth AS SELECT iso_week, city, coalesce(service_point, '') AS service_point, "
            "measure, breakdown, coalesce(category, '') AS category, "
            "CAST(nullif(value, '') AS DECIMAL(18, 3)) AS value, flag "
            "FROM read_csv($path, header = true, all_varchar = true)",
            {"path": str(RETURNS / "truth" / "observations.csv.gz")},
        )
        columns = "iso_week, city, service_point, measure, breakdown, category, value, flag"
        published = f"SELECT {columns} FROM pub.observations"
        truth = f"SELECT {columns} FROM truth WHERE $weeks IS NULL OR list_contains($weeks, iso_week)"
        return connection.execute(
            f"(({truth}) EXCEPT ({published})) UNION ALL (({published}) EXCEPT ({truth}))", {"weeks": chosen}
        ).fetchall()


def wrong_indicators(home: Path, periods: Iterable[str] | None = None) -> list[tuple[object, ...]]:
    """Rows of the truth's indicators that are not published so, within a part in 10^9."""
    chosen = None if periods is None else sorted(periods)
    key = "indicator, period_kind, period, city, breakdown, category"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{home / 'published' / 'lgnet2.duckdb'}' AS pub (READ_ONLY)")
        connection.execute(
            f"CREATE TABLE truth AS SELECT {key.replace('category', '')} coalesce(category, '') AS category, "
            "CAST(nullif(value, '') AS DOUBLE) AS value, CAST(cells_answered AS INTEGER) AS cells_answered, "
            "CAST(cells_due AS INTEGER) AS cells_due "
            "FROM read_csv($path, header = true, all_varchar = true) "
            "WHERE $periods IS NULL "
            "OR (period_kind <> 'edition_to_date' AND list_contains($periods, period))",
            {"path": str(RETURNS / "truth" / "indicators.csv.gz"), "periods": chosen},
        )
        assert connection.execute("SELECT count(*) > 0 FROM truth").fetchall() == [(True,)]
        return connection.execute(
            f"SELECT {key}, truth.value, found.value "
            f"FROM truth LEFT JOIN pub.indicators AS found USING ({key}) "
            "WHERE found.cells_answered IS DISTINCT FROM truth.cells_answered "
            "OR found.cells_due IS DISTINCT FROM truth.cells_due "
            "OR (found.value IS NULL) <> (truth.value IS NULL) "
            "OR abs(found.value - truth.value) > 1e-9 * greatest(1, abs(truth.value))"
        ).fetchall()


def test_the_indicators_of_the_last_six_weeks_are_those_of_the_truth(six_weeks: Path) -> None:
    assert wrong_indicators(six_weeks, [*LAST_SIX_WEEKS, "2023-10", "2023-Q4"]) == []


def test_the_last_six_weeks_are_published_equal_to_the_truth(six_weeks: Path) -> None:
    assert differences(six_weeks, LAST_SIX_WEEKS) == []


def test_every_return_gets_the_verdict_that_the_manifest_expects(six_weeks: Path) -> None:
    with (RETURNS / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        lines = [row for row in csv.DictReader(stream) if row["iso_week"] in LAST_SIX_WEEKS]
    verdicts = {
        (row["iso_week"], row["city"], row["version"]): row["status"]
        for row in (
            {key: str(value) for key, value in json.loads(path.read_bytes()).items()}
            for path in six_weeks.glob("judged/*/verdict.json")
        )
    }
    wrong = {
        key: (verdicts.get(key), row["expect"])
        for row in lines
        if (key := (row["iso_week"], row["city"], row["version"]))
        and verdicts.get(key) not in (row["expect"], *json.loads(row["may_be"]))
    }
    assert wrong == {}
    assert len(verdicts) == len(lines)


def test_nil_declarations_are_published(six_weeks: Path) -> None:
    with (RETURNS / "truth" / "nil.csv").open(encoding="utf-8", newline="") as stream:
        truth = {
            (row["iso_week"], row["city"], row["what"], row["reason"])
            for row in csv.DictReader(stream)
            if row["iso_week"] in LAST_SIX_WEEKS
        }
    with duckdb.connect(str(six_weeks / "published" / "lgnet2.duckdb"), read_only=True) as connection:
        published = connection.execute(
            "SELECT iso_week, city, coalesce(nullif(service_point, ''), area), reason FROM nil_returns "
            "WHERE known_to IS NULL"
        ).fetchall()
    assert set(published) == truth


def test_expected_returns_tell_who_is_late_and_who_is_missing(six_weeks: Path) -> None:
    with duckdb.connect(str(six_weeks / "published" / "lgnet2.duckdb"), read_only=True) as connection:
        states = dict(
            connection.execute(
                "SELECT city, status FROM expected_returns WHERE iso_week = '2023-W42' AND known_to IS NULL"
            ).fetchall()
        )
    assert states["potenza"] == "late"
    assert states["sassari"] == "missing"
    assert states["torino"] == "on_time"


@pytest.mark.long
def test_a_second_run_changes_no_row(six_weeks_copy: Path, regia: Regia) -> None:
    before = published_rows(six_weeks_copy)
    judged = folder_contents(six_weeks_copy / "judged")
    manifest = write_manifest(six_weeks_copy.parent / "m.csv", samples_of(weeks=LAST_SIX_WEEKS))
    again = regia("receive", "--manifest", manifest, "--home", six_weeks_copy, "--json")
    assert again.status == 0
    assert all(entry["is_known"] for entry in again.document)
    done = regia("consolidate", "--all", "--home", six_weeks_copy)
    assert done.status == 0, done.err
    assert folder_contents(six_weeks_copy / "judged") == judged
    assert published_rows(six_weeks_copy) == before


def test_landing_alone_rebuilds_everything(six_weeks_copy: Path, regia: Regia) -> None:
    before = published_rows(six_weeks_copy)
    judged = folder_contents(six_weeks_copy / "judged")
    for path in six_weeks_copy.iterdir():
        if path.name == "landing":
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    done = regia("rebuild", "--home", six_weeks_copy)
    assert done.status == 0, done.err
    assert folder_contents(six_weeks_copy / "judged") == judged
    assert published_rows(six_weeks_copy) == before


@pytest.mark.long
def test_rebuilding_in_place_gives_the_same(six_weeks_copy: Path, regia: Regia) -> None:
    before = published_rows(six_weeks_copy)
    assert regia("rebuild", "--home", six_weeks_copy).status == 0
    assert published_rows(six_weeks_copy) == before


def test_status_shows_city_by_week(six_weeks: Path, regia: Regia, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGIA_NOW", "2023-10-30T09:00")
    board = {(e["city"], e["iso_week"]): e for e in regia("status", "--home", six_weeks, "--json").document}
    assert board["potenza", "2023-W42"]["status"] == "late"
    assert board["sassari", "2023-W42"]["status"] == "missing"
    assert board["sassari", "2023-W43"]["status"] == "awaited"
    assert board["caserta", "2023-W39"]["is_revised"]
    assert board["caserta", "2023-W41"]["warnings"] == 1
    shown = regia("status", "--home", six_weeks).out
    assert "Potenza" in shown and "in ritardo" in shown and "attesa" in shown
    assert "Sassari: manca 2023-W42, scadenza passata da 4 giorni" in shown
    assert "Pubblicato fino alla settimana 42/2023 (16-22 ottobre).\n" in shown
    assert "Da consolidare: niente di nuovo." in shown
    assert "Prossima scadenza: mercoledì 01/11/2023 alle 12:00" in shown
    one = regia("status", "--home", six_weeks, "--week", "2023-W42").out
    assert "Settimana 42/2023 (16-22 ottobre), scadenza mercoledì 25/10/2023 alle 12:00" in one
    assert re.search(r"^Potenza +in ritardo +27/10 alle 10:30 +v1 +0 +1$", one, re.MULTILINE)


def test_status_of_an_empty_home_says_that_nothing_came(regia: Regia) -> None:
    said = regia("status")
    assert said.status == 0
    assert "Nessuna scheda è arrivata" in said.out and "Pubblicato: ancora nulla." in said.out


def test_a_question_in_sql_is_answered_read_only(six_weeks: Path, regia: Regia) -> None:
    question = (
        "SELECT value FROM observations WHERE city = 'caserta' AND iso_week = '2023-W39' "
        "AND measure = 'desk_visits' AND breakdown = 'total'"
    )
    now = regia("sql", question, "--home", six_weeks, "--json").document
    assert now == {"columns": ["value"], "rows": [["12.000"]]}
    then = regia("sql", question, "--as-of", "2023-10-17T00:00", "--home", six_weeks, "--json").document
    assert then["rows"] == [["10.000"]]
    for table in ("indicators_labelled", "main.submissions", "expected_returns", "revisions"):
        counted = ("sql", f"SELECT count(*) FROM {table}", "--home", six_weeks, "--json")
        known = regia(*counted, "--as-of", "2023-10-17T00:00").document["rows"][0][0]
        assert known < regia(*counted).document["rows"][0][0], table
    said = regia(
        "sql", "WITH a AS (FROM findings) FROM a", "--as-of", "2023-10-17T00:00", "--home", six_weeks
    )
    assert said.status == 2 and "findings: only as known today" in said.err
    assert regia("sql", "FROM measures", "--as-of", "2023-10-17T00:00", "--home", six_weeks).status == 0
    for forbidden in ("DELETE FROM observations", "SELECT * FROM read_csv('/etc/passwd')", "SELEC 1"):
        said = regia("sql", forbidden, "--home", six_weeks)
        assert said.status == 2 and "non si può eseguire" in said.err


def test_a_resubmission_supersedes_and_the_first_version_stays_in_history(six_weeks: Path) -> None:
    with duckdb.connect(str(six_weeks / "published" / "lgnet2.duckdb"), read_only=True) as connection:
        versions = connection.execute(
            "SELECT version, value, known_to IS NULL FROM observations_history WHERE city = 'caserta' AND "
            "iso_week = '2023-W39' AND measure = 'desk_visits' AND breakdown = 'total' ORDER BY version"
        ).fetchall()
    assert [(version, int(value), is_valid) for version, value, is_valid in versions] == [
        (1, 10, False),
        (2, 12, True),
    ]


def test_the_version_of_a_return_that_was_rejected_may_be_sent_again(tmp_path: Path, regia: Regia) -> None:
    chosen = samples_of("taranto", weeks=["2023-W40"])
    said = regia("receive", "--manifest", write_manifest(tmp_path / "m.csv", chosen), "--json")
    assert [entry["status"] for entry in said.document] == ["rejected", "accepted"]
    assert said.status == 0


@pytest.mark.long
@pytest.mark.usefixtures("begun_as_it_did")
def test_all_42_weeks_are_published_equal_to_the_truth(tmp_path: Path) -> None:
    """Long, because it takes in the whole sample: 674 returns."""
    home = tmp_path / "home"
    done = run_apart("demo", "--home", home)
    assert done.returncode == 0, done.stderr
    assert "Che cosa aprire" in done.stdout
    assert differences(home) == []
    assert wrong_indicators(home) == []
    with duckdb.connect(str(home / "published" / "lgnet2.duckdb"), read_only=True) as connection:
        milano = connection.execute(
            "SELECT indicator, value FROM indicators WHERE city = 'milano' AND period = '2023-W42' AND "
            "period_kind = 'edition_to_date' AND breakdown = 'total' AND "
            "list_contains(['HOU01', 'HOU02', 'HOU03'], indicator) ORDER BY indicator"
        ).fetchall()
    assert milano == [("HOU01", 70.0), ("HOU02", 233.0), ("HOU03", 104.0)]
    with gzip.open(RETURNS / "truth" / "observations.csv.gz", "rt") as stream:
        expected = sum(1 for _ in stream) - 1
    assert len(published_rows(home)["observations"]) == expected
