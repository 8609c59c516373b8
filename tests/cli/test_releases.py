"""A quarter is frozen, corrected under a reopening and frozen again; every release can be made again."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.cli import run
from tests.cli.conftest import COMMAND, Regia, Said
from tests.cli.reading_homes import folder_contents, published_rows
from tests.making.editions import MINIMAL, alter, copy_minimal
from tests.making.minimal import MINIMAL_RETURNS

pytestmark = pytest.mark.whole

QUARTER = "2025-Q1"
FROZEN_AT = "2025-04-19T10:00"
"""2025-Q1 ends on Sunday 30 March; twenty days later it may be frozen."""


OTHER_FORMULA = ("loans,sum", "loans + loans,sum")


@pytest.fixture(autouse=True)
def _minimal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGIA_EDITIONS", str(MINIMAL.parent))
    monkeypatch.setenv("REGIA_EDITION", "minimal")
    monkeypatch.setenv("REGIA_NOW", FROZEN_AT)


@dataclass(frozen=True)
class Office:
    """A home in which somebody works, at instants that the test says."""

    home: Path
    regia: Regia
    set_now: Callable[[str], None]
    folder: Path

    def does(self, *words: str | Path, at: str | None = None) -> Said:
        if at is not None:
            self.set_now(at)
        return self.regia(*words, "--home", self.home)

    def done(self, *words: str | Path, at: str | None = None) -> Said:
        said = self.does(*words, at=at)
        assert said.status == 0, (said.out, said.err)
        return said

    def receives(self, city: str, week: int, version: int, loans: object, at: str, *more: str) -> Said:
        path = self.folder / f"{city}-{week}-{version}-{loans}.bin"
        path.write_bytes(MINIMAL_RETURNS[city](week=week, version=version, loans=loans))
        self.set_now(at)
        return self.does("receive", path, "--city", city, "--received-at", at, "--json", *more)

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.done("sql", question, "--json").document["rows"]]

    @property
    def releases(self) -> Path:
        return self.home / "published" / "releases" / "minimal"

    @property
    def acts(self) -> list[str]:
        return sorted(path.name for path in (self.home / "landing" / "acts").glob("*"))

    def freezes(self, at: str = FROZEN_AT, *more: str) -> Any:
        return self.done("freeze", QUARTER, "--by", "ada", "--json", *more, at=at).document


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the last two weeks of a quarter and the first of the next; copy it before changing it."""
    base = tmp_path_factory.mktemp("quarter")
    home = base / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGIA_EDITIONS", str(MINIMAL.parent))
        patch.setenv("REGIA_EDITION", "minimal")
        for city, week in (
            ("borgo_alto", 12),
            ("valle_chiara", 12),
            ("borgo_alto", 13),
            ("valle_chiara", 14),
        ):
            path = base / f"{city}-{week}.bin"
            path.write_bytes(MINIMAL_RETURNS[city](week=week))
            day = {12: "25", 13: "31"}.get(week)
            at = f"2025-03-{day}T09:00" if day else "2025-04-08T09:00"
            words = ["receive", str(path), "--city", city, "--received-at", at, "--home", str(home)]
            assert run(words) == 0
        assert run(["consolidate", "--home", str(home)]) == 0
    return home


@pytest.fixture
def office(published: Path, regia: Regia, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Office:
    home = Path(shutil.copytree(published, tmp_path / "home"))
    return Office(home, regia, lambda now: monkeypatch.setenv("REGIA_NOW", now), tmp_path)


def table(folder: Path, question: str) -> list[tuple[Any, ...]]:
    """What a release's Parquet says, read without the product. {}: the folder."""
    with duckdb.connect() as connection:
        return connection.execute(question.format(folder)).fetchall()


def test_a_quarter_is_frozen_from_the_twentieth_day_after_its_last_sunday(office: Office) -> None:
    early = office.does("freeze", QUARTER, at="2025-04-18T23:59:59")
    assert early.status == 2 and "19/04/2025" in early.err
    assert not (office.home / "published" / "releases").exists() and office.acts == []

    assert "«regia freeze»" not in office.done("status").out
    office.set_now("2025-04-19T00:00")
    assert (
        f"Da congelare («regia freeze»), quando le correzioni sono finite: {QUARTER}."
        in office.done("status").out
    )
    told = office.done("freeze", QUARTER, "--by", "ada")
    assert "rilascio 1" in told.out and "Ponte Vecchio: manca da 2025-W01 a 2025-W13" in told.out
    folder = office.releases / QUARTER / "1"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["quarter"], manifest["release"], manifest["frozen_by"]) == (QUARTER, 1, "ada")
    assert {file["name"]: file["rows"] for file in manifest["files"] if file["table"]} == {
        f"{name}.parquet": table(folder, f"SELECT count(*) FROM '{{}}/{name}.parquet'")[0][0]
        for name in (
            "observations",
            "indicators",
            "submissions",
            "nil_returns",
            "expected_returns",
            "revisions",
        )
    }
    assert all(path.stat().st_mode & 0o222 == 0 for path in folder.iterdir())
    assert "Ponte Vecchio" in (folder / "NOTE.md").read_text()
    assert office.rows("SELECT quarter, release, frozen_by FROM releases") == [(QUARTER, 1, "ada")]
    assert office.done("releases", "verify").out == "I rilasci sono intatti.\n"
    status = office.done("status").out
    assert (
        f"Trimestri congelati: {QUARTER} (rilascio 1, 19/04/2025)." in status and "Da congelare" not in status
    )
    assert str(folder) in office.done("releases").out


def test_only_what_holds_unfrozen_weeks_stays_provisional(office: Office) -> None:
    office.freezes()
    provisional = "SELECT period_kind, period FROM indicators WHERE is_provisional GROUP BY ALL ORDER BY ALL"
    wanted = [
        *(
            ("edition_to_date", "2025-W14"),
            ("month", "2025-04"),
            ("quarter", "2025-Q2"),
            ("week", "2025-W14"),
        ),
    ]
    assert office.rows(provisional) == wanted
    final = f"SELECT count(*) FROM '{{}}/{QUARTER}/1/indicators.parquet' WHERE is_provisional"
    assert table(office.releases, final) == [(0,)]
    periods = f"SELECT DISTINCT period FROM '{{}}/{QUARTER}/1/indicators.parquet' WHERE period_kind <> 'week'"
    assert {name for (name,) in table(office.releases, periods)} == {
        *(QUARTER, "2025-01", "2025-02", "2025-03"),
        *(f"2025-W{number:02d}" for number in range(1, 14)),
    }


def test_what_is_not_published_yet_is_not_frozen(office: Office) -> None:
    said = office.does("freeze", "2025-Q2", at="2025-08-01T10:00")
    assert said.status == 2 and "2025-W15" in said.err and "2025-W26" in said.err
    assert office.receives("borgo_alto", 13, 2, 125, "2025-04-18T09:00").status == 0
    said = office.does("freeze", QUARTER, at=FROZEN_AT)
    assert said.status == 2 and "consolidate" in said.err
    assert office.acts == []
    for wrong in ("2025-Q5", "2030-Q1", "marzo"):
        assert office.does("freeze", wrong).status == 2


def test_frozen_twice_without_a_change_is_refused(office: Office) -> None:
    office.freezes()
    again = office.does("freeze", QUARTER, at="2025-05-02T10:00")
    assert again.status == 2 and "non è cambiato nessun dato" in again.err
    assert len(office.acts) == 1 and not (office.home / ".releasing").exists()
    assert [path.name for path in (office.releases / QUARTER).iterdir()] == ["1"]


def test_a_correction_waits_for_a_reopening_and_shows_in_the_next_release(office: Office) -> None:
    office.freezes()
    first = folder_contents(office.releases)
    refused = office.receives("borgo_alto", 13, 2, 125, "2025-04-22T09:00", "--reason", "correction")
    assert refused.status == 1
    (finding,) = refused.document["findings"]
    assert finding["rule"] == "H10" and QUARTER in finding["message"] and "riaprire" in finding["action"]
    submission = refused.document["submission_id"]
    assert office.does("rejudge", submission, at="2025-04-22T10:00").status == 1, "nobody has reopened it"

    until = ("--until", "2025-05-10", "--reason", "errore di somma")
    assert office.does("reopen", "2025-Q2", "--city", "borgo_alto", *until).status == 2, "it is not frozen"
    office.done("reopen", QUARTER, "--city", "borgo_alto", *until, at="2025-04-23T09:00")
    assert office.receives("valle_chiara", 12, 2, 61, "2025-04-23T10:00").status == 1, "another city"
    assert f"Riaperto {QUARTER} per Borgo Alto fino al 10/05/2025" in office.done("status").out
    office.done("rejudge", submission, at="2025-04-24T09:00")
    office.done("consolidate")
    assert office.rows(
        "SELECT city, iso_week, old_value, new_value, known_from, reason_code FROM revisions"
    ) == [("borgo_alto", "2025-W13", "120.000", "125.000", "2025-04-24 09:00:00+02:00", "correction")]
    loans = (
        "SELECT value, is_provisional FROM {} WHERE indicator = 'BOO01' AND city = 'borgo_alto' "
        "AND period = '2025-W13' AND period_kind = 'week' AND breakdown = 'total'"
    )
    released = f"'{office.releases / QUARTER}/{{}}/indicators.parquet'"
    assert office.rows(loans.format("indicators")) == [(125.0, False)]
    assert table(office.home, loans.format(released.format(1))) == [(120.0, False)]

    office.freezes("2025-04-25T09:00")
    assert {name: folder_contents(office.releases)[name] for name in first} == first
    assert table(office.home, loans.format(released.format(2))) == [(125.0, False)]
    notes = (office.releases / QUARTER / "2" / "NOTE.md").read_text()
    assert "Borgo Alto, 2025-W13: 1 valore cambiato; motivo: correzione." in notes
    assert "errore di somma" in notes and "rilascio 1" in notes
    assert office.rows("SELECT release FROM releases ORDER BY ALL") == [(1,), (2,)]

    last = office.receives("borgo_alto", 13, 3, 126, "2025-05-10T23:59:59+02:00")
    assert last.status == 0, last.out
    assert office.receives("borgo_alto", 13, 4, 127, "2025-05-11T00:00:00+02:00").status == 1
    office.done("consolidate")
    before, releases = published_rows(office.home, "minimal"), folder_contents(office.releases)
    keep_landing_alone(office.home)
    office.done("rebuild")
    assert published_rows(office.home, "minimal") == before
    assert folder_contents(office.releases) == releases
    assert office.done("releases", "verify").status == 0


def test_a_release_keeps_saying_what_was_said_of_a_return_that_was_judged_again_since(office: Office) -> None:
    refused = office.receives("borgo_alto", 13, 2, 5000, "2025-04-10T09:00")
    assert refused.status == 1, "more loans than ten a reader"
    office.done("consolidate")
    office.freezes()
    until = ("--until", "2025-05-10", "--reason", "la biblioteca ha contato i rinnovi")
    office.done("reopen", QUARTER, "--city", "borgo_alto", *until, at="2025-04-22T09:00")
    office.done("waive", "borgo_alto", "H31", "--scope", "all", *until, at="2025-04-22T09:01")
    office.done("rejudge", refused.document["submission_id"], at="2025-04-22T09:02")
    office.done("consolidate")
    office.freezes("2025-04-22T10:00")
    told = "SELECT version, status FROM '{}/submissions.parquet' WHERE iso_week = '2025-W13' ORDER BY ALL"
    first, second = office.releases / QUARTER / "1", office.releases / QUARTER / "2"
    assert table(first, told) == [(1, "accepted"), (2, "rejected")]
    assert table(second, told) == [(1, "accepted"), (2, "accepted_with_warnings")]
    releases = folder_contents(office.releases)
    keep_landing_alone(office.home)
    office.done("rebuild")
    assert folder_contents(office.releases) == releases


def keep_landing_alone(home: Path) -> None:
    for path in home.iterdir():
        if path.is_dir() and path.name != "landing":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()


def test_nothing_can_have_come_before_a_freeze_any_more(office: Office) -> None:
    office.freezes()
    said = office.receives("borgo_alto", 13, 2, 125, "2025-04-18T09:00")
    assert said.status == 2 and "2025-Q1 è stato congelato" in said.err
    assert office.receives("borgo_alto", 14, 1, 125, "2025-04-18T10:00").status == 0, "a later quarter's week"


def test_decisions_about_a_frozen_week_wait_for_a_reopening_too(office: Office) -> None:
    office.freezes()
    nil = ("nil", "ponte_vecchio", "--week", "2025-W13", "--service-point", "PV-LIB-1", "--reason", "chiusa")
    submissions = office.rows("SELECT submission_id FROM submissions WHERE iso_week = '2025-W13'")
    adopt = ("rebuild", "--adopt", submissions[0][0], "--by", "ada")
    for words in (nil, (*nil, "--withdraw"), adopt):
        said = office.does(*words, at="2025-04-22T09:00")
        assert said.status == 2 and "regia reopen 2025-Q1" in said.err, said.err
    assert len(office.acts) == 1
    reopened = ("--until", "2025-04-30", "--reason", "lo ha detto per telefono")
    office.done("reopen", QUARTER, "--city", "ponte_vecchio", *reopened)
    office.done(*nil, at="2025-04-23T09:00")
    office.done("consolidate")
    assert office.freezes("2025-04-24T09:00")["release"] == 2
    declared = "SELECT service_point FROM '{}/nil_returns.parquet' WHERE submission_id IS NULL"
    assert table(office.releases / QUARTER / "2", declared) == [("PV-LIB-1",)]
    assert table(office.releases / QUARTER / "1", declared) == []


def test_verify_tells_what_is_not_as_it_was_and_rebuild_mends_it(office: Office) -> None:
    office.freezes()
    whole = folder_contents(office.releases)
    folder = office.releases / QUARTER / "1"
    changed, gone, added = (
        folder / "indicators.parquet",
        folder / "observations.parquet",
        folder / "conti.csv",
    )
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.chmod(0o644)
    changed.write_bytes(content)
    gone.unlink()
    added.write_text("mio")
    (office.releases / "2024-Q4").mkdir()
    said = office.does("releases", "verify", "--json")
    assert said.status == 1
    assert {(one["kind"], one["place"]) for one in said.document} == {
        ("changed", f"{QUARTER}/1/indicators.parquet"),
        ("missing", f"{QUARTER}/1/observations.parquet"),
        ("added", f"{QUARTER}/1/conti.csv"),
        ("unknown", "2024-Q4"),
    }
    (office.releases / "2024-Q4").rmdir()
    office.done("rebuild")
    assert folder_contents(office.releases) == whole
    manifest = folder / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_bytes(manifest.read_bytes().replace(b'"ada"', b'"eva"'))
    assert office.does("releases", "verify").status == 1
    shutil.rmtree(folder)
    lost = office.does("releases", "verify", "--json")
    assert (lost.status, lost.document) == (1, [{"kind": "lost", "place": f"{QUARTER}/1"}])


def test_other_definitions_neither_replace_a_release_nor_make_a_lost_one_again(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.freezes()
    whole = folder_contents(office.releases)
    edition = copy_minimal(tmp_path / "editions")
    alter(edition.schemas / "indicators.csv", *OTHER_FORMULA)
    monkeypatch.setenv("REGIA_EDITIONS", str(tmp_path / "editions"))
    office.done("rebuild")
    assert folder_contents(office.releases) == whole
    shutil.rmtree(office.releases)
    said = office.does("rebuild")
    assert said.status == 1 and "ATTENZIONE" in said.err and "definizioni" in said.err
    assert not office.releases.exists()
    again = office.freezes("2025-05-02T09:00")
    assert again["release"] == 2 and "Il contratto" in again["notes"]


def test_a_freeze_killed_on_the_way_leaves_nothing_or_all_of_a_release(office: Office) -> None:
    untouched = Path(shutil.copytree(office.home, office.folder / "untouched"))
    office.freezes()
    wanted = folder_contents(office.releases)
    for moment in (
        lambda home: (home / ".releasing").exists(),
        lambda home: any((home / ".releasing" / "release").glob("*.parquet")),
        lambda home: any((home / "landing").glob("acts/2*-freeze-*")),
    ):
        shutil.rmtree(office.home)
        shutil.copytree(untouched, office.home)
        kill_freeze(office.home, moment)
        is_frozen = bool(office.acts)
        for folder in office.releases.glob("*/*"):
            assert is_frozen and folder_contents(office.releases) == wanted, folder
        if is_frozen:
            office.done("consolidate")
        else:
            office.freezes()
        assert folder_contents(office.releases) == wanted
        assert office.done("releases", "verify").status == 0
        assert not (office.home / ".releasing").exists()


def kill_freeze(home: Path, moment: Callable[[Path], bool]) -> None:
    process = subprocess.Popen(
        [*COMMAND, "freeze", QUARTER, "--by", "ada", "--home", str(home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None:
        if moment(home):
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.0005)
    assert process.wait() == -signal.SIGKILL, "the run ended before it was killed"


def test_an_act_whose_release_was_not_placed_is_made_good_by_the_next_consolidation(office: Office) -> None:
    office.freezes()
    wanted = folder_contents(office.releases)
    shutil.rmtree(office.releases)
    assert office.does("releases", "verify").status == 1
    office.done("consolidate")
    assert folder_contents(office.releases) == wanted


def test_what_is_said_of_a_freeze_tells_no_person(office: Office) -> None:
    said = office.does("freeze", QUARTER, "--note", "chiamare RSSMRA80A01H501U")
    assert said.status == 2 and "codice fiscale" in said.err
    assert office.acts == [] and not office.releases.exists()
