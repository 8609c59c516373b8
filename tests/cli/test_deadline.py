"""A deadline is moved: who is late follows it everywhere, what was judged stays, a rebuild gives the same."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.acts import write_act
from pipelines.home import Home
from schemas.acts import Freeze, Reopening
from schemas.weeks import ROME
from tests.cli.conftest import Regia, samples_of, write_manifest
from tests.cli.reading_homes import published_rows
from tests.making.samples import sample

pytestmark = pytest.mark.whole

LATE = sample("potenza", "2023-W42")
"""It came on Friday 27 October at 10:30."""
MOVE = ("deadline", "2023-W42", "--until", "2023-10-27T12:00", "--reason", "San Gerardo", "--by", "ufficio")
FOR_POTENZA = (*MOVE, "--city", "potenza")


@pytest.fixture(autouse=True)
def _saturday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGIA_NOW", "2023-10-28T09:00")


def asked(home: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(Home(home).published("lgnet2")), read_only=True) as connection:
        connection.execute("SET TimeZone = 'Europe/Rome'")
        return connection.execute(query).fetchall()


def take_in(regia: Regia, tmp_path: Path) -> Path:
    manifest = write_manifest(tmp_path / "m.csv", samples_of("potenza", "taranto", weeks=["2023-W42"]))
    assert regia("receive", "--manifest", manifest).status == 0
    return tmp_path / "home"


ON_TIME = (
    "SELECT city, numerator FROM indicators WHERE indicator = 'NET04' AND period = '2023-W42' "
    "AND period_kind = 'week' AND city IN ('potenza', 'taranto') ORDER BY city"
)


@pytest.mark.long
def test_a_deadline_moved_for_a_city_after_its_return_came(regia: Regia, tmp_path: Path) -> None:
    home = take_in(regia, tmp_path)
    assert regia("consolidate").status == 0
    assert asked(home, ON_TIME) == [("potenza", 0), ("taranto", 1)]

    said = regia(*FOR_POTENZA)
    assert said.status == 0
    assert "Scadenza spostata: Potenza, settimana 42/2023" in said.out
    assert "venerdì 27/10/2023 alle 12:00 compreso" in said.out
    assert "Da consolidare («regia consolidate»): 2023-W42." in regia("status").out
    assert regia("consolidate").status == 0

    assert asked(home, ON_TIME) == [("potenza", 1), ("taranto", 1)]
    states = "SELECT status, strftime(due_at, '%a %H') FROM expected_returns WHERE iso_week = '2023-W42'"
    assert asked(home, f"{states} AND city = 'potenza' ORDER BY known_from") == [
        ("awaited", "Wed 12"),
        ("missing", "Wed 12"),
        ("late", "Wed 12"),
        ("on_time", "Fri 12"),
    ]
    assert asked(home, f"{states} AND city = 'taranto' AND known_to IS NULL") == [("on_time", "Wed 12")]
    assert asked(home, "SELECT is_late FROM submissions WHERE city = 'potenza'") == [(True,)]
    assert asked(home, "SELECT count(*) FROM findings WHERE rule = 'S09'") == [(1,)]
    assert asked(home, "SELECT strftime(due_at, '%a') FROM weeks WHERE iso_week = '2023-W42'") == [("Wed",)]
    deadlines = (
        "SELECT city, strftime(due_at, '%a'), reason, known_to IS NULL FROM deadlines WHERE iso_week = "
    )
    assert asked(home, f"{deadlines} '2023-W42' ORDER BY ALL") == [
        ("IT", "Wed", None, True),
        ("potenza", "Fri", "San Gerardo", True),
        ("potenza", "Wed", None, False),
    ]

    before = published_rows(home)
    for derived in ("judged", "published", "reports", "dagster"):
        shutil.rmtree(home / derived, ignore_errors=True)
    (home / "warehouse.duckdb").unlink()
    assert regia("rebuild").status == 0
    assert published_rows(home) == before


@pytest.mark.long
def test_a_return_by_a_deadline_that_was_moved_before_it_came_is_not_late(
    regia: Regia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIA_NOW", "2023-10-24T09:00")
    assert regia(*MOVE).status == 0
    monkeypatch.setenv("REGIA_NOW", "2023-10-28T09:00")
    home = take_in(regia, tmp_path)
    assert regia("consolidate").status == 0
    assert asked(home, "SELECT is_late, warnings FROM submissions WHERE city = 'potenza'") == [(False, 0)]
    assert asked(home, "SELECT strftime(due_at, '%a %H') FROM weeks WHERE iso_week = '2023-W42'") == [
        ("Fri 12",)
    ]
    assert asked(home, ON_TIME) == [("potenza", 1), ("taranto", 1)]
    board = regia("status", "--week", "2023-W42")
    assert "scadenza venerdì 27/10/2023 alle 12:00" in board.out
    assert "tutte le città: 2023-W42 fino a venerdì 27/10/2023 alle 12:00: San Gerardo (ufficio)" in board.out
    form = regia("template", "potenza", "--week", "2023-W42", "--out", tmp_path / "s.xlsx")
    assert "entro il 27/10/2023 alle 12:00" in form.out


def test_the_receipt_tells_the_deadline_of_the_arrival_and_the_one_that_holds(
    regia: Regia, tmp_path: Path
) -> None:
    home = take_in(regia, tmp_path)
    (submission,) = [
        path.name
        for path in (home / "judged").iterdir()
        if '"potenza"' in (path / "verdict.json").read_text()
    ]
    assert regia(*FOR_POTENZA).status == 0
    assert regia("receipt", submission, "--out", tmp_path / "r.html").status == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "dopo la scadenza di mercoledì 25 ottobre 2023, ore 12:00" in page
    assert "spostata a venerdì 27 ottobre 2023, ore 12:00: conta come puntuale" in page
    assert "Scadenza della settimana spostata: venerdì 27 ottobre 2023, ore 12:00" in page


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("2023-W42", "--until", "2023-10-25T12:00"), "scade già 25/10/2023 alle 12:00"),
        (("2023-W42", "--until", "2023-10-22T12:00"), "si può spostare solo più avanti"),
        (("2023-W42", "--until", "2024-10-27T12:00"), "al più tardi a 22/11/2023 alle 12:00 (28 giorni)"),
        (("2023-W42", "--until", "2023-10-27"), "Indichi anche l'ora"),
        (("2023-W42", "--until", "venerdì"), "non è un istante"),
        (("2022-W52", "--until", "2023-01-06T12:00"), "fuori dall'edizione"),
        (("2023-W42", "--until", "2023-10-27T12:00", "--city", "milan"), "Intendeva «milano»?"),
    ],
)
def test_what_moves_no_deadline_is_refused(
    regia: Regia, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    said = regia("deadline", *arguments, "--reason", "festa")
    assert said.status == 2
    assert sentence in said.err
    assert not Home(tmp_path / "home").acts.exists()


def test_a_deadline_moves_further_but_never_back(regia: Regia) -> None:
    assert regia(*FOR_POTENZA).status == 0
    again = regia(*FOR_POTENZA)
    assert (again.status, "scade già 27/10/2023 alle 12:00" in again.err) == (2, True)
    further = ("deadline", "2023-W42", "--city", "potenza", "--reason", "neve", "--until", "2023-10-30T12:00")
    assert regia(*further).status == 0
    assert regia(*MOVE).status == 0, "the network's own is still Wednesday's"


def test_a_reason_that_tells_who_a_person_is_is_not_recorded(regia: Regia, tmp_path: Path) -> None:
    said = regia(
        "deadline", "2023-W42", "--until", "2023-10-27T12:00", "--reason", "RSSMRA80A01H501U assente"
    )
    assert said.status == 2
    assert "codice fiscale" in said.err
    assert not Home(tmp_path / "home").acts.exists()


def test_the_deadline_of_a_frozen_quarter_stays_until_it_is_reopened(regia: Regia, tmp_path: Path) -> None:
    sha256 = "0" * 64
    freeze = Freeze(
        edition="lgnet2", quarter="2023-Q4", release=1, manifest=sha256, contract=sha256, rules=sha256,
        made_with="x", notes="x", at=dt.datetime(2023, 10, 27, tzinfo=ROME), by="x",
    )  # fmt: skip
    write_act(Home(tmp_path / "home").acts, freeze)
    said = regia(*FOR_POTENZA)
    assert (said.status, "regia reopen 2023-Q4 --city potenza" in said.err) == (2, True)
    assert regia(*MOVE).status == 2
    reopening = Reopening(
        edition="lgnet2", quarter="2023-Q4", city="potenza", reason="x", until=dt.date(2023, 10, 30),
        at=dt.datetime(2023, 10, 28, tzinfo=ROME), by="x",
    )  # fmt: skip
    write_act(Home(tmp_path / "home").acts, reopening)
    assert regia(*FOR_POTENZA).status == 0
