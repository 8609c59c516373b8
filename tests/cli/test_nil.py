"""What a city tells without a file: figures move as if its file had said it, and a rebuild gives the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.acts import write_act
from pipelines.clock import now
from pipelines.consolidating import find_news, load_weeks
from pipelines.home import Home
from schemas.acts import NilWithoutFile
from schemas.contract import Edition
from schemas.weeks import IsoWeek
from tests.cli.conftest import Regia, Said
from tests.cli.reading_homes import published_rows
from tests.conftest import ReadBytes
from tests.making.books import altered
from tests.making.declarations import DECLARATIONS, write_all
from tests.making.editions import MINIMAL
from tests.making.samples import sample

pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("begun_as_it_did")]

GIVEN = sample("taranto", "2023-W02")
WEEK = GIVEN.iso_week
WAY = DECLARATIONS["taranto"]
REASON = "Case chiuse per lavori"
HOUSING = ("nil", "taranto", "--week", WEEK, "--area", "hou")
DECLARE = (*HOUSING, "--reason", REASON, "--by", "coordinamento")
WITHDRAW = (*HOUSING, "--withdraw", "--reason", "era un'altra città")
TAX_CODE = "RSSMRA80A01H501U"


@pytest.fixture(autouse=True)
def _monday_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGIA_NOW", "2023-01-23T09:00")


@pytest.fixture
def move_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Move the clock on by an hour; that instant."""

    def to_ten() -> str:
        monkeypatch.setenv("REGIA_NOW", "2023-01-23T10:00")
        return "2023-01-23T10:00:00+01:00"

    return to_ten


@pytest.fixture
def blank(read_bytes: ReadBytes, edition: Edition, tmp_path: Path) -> Path:
    """Taranto's return with nothing in the cells of its houses."""
    return _written(tmp_path / "senza-case.xlsx", read_bytes, edition)


@pytest.fixture
def declared(read_bytes: ReadBytes, edition: Edition, tmp_path: Path) -> Path:
    """The same, and it says itself that the area had no activity."""
    return _written(tmp_path / "case-chiuse.xlsx", read_bytes, edition, WAY.nil_area(WAY.housing, REASON))


@pytest.fixture
def second_version(read_bytes: ReadBytes, edition: Edition, tmp_path: Path) -> Path:
    """A second version without anything in the houses' cells, that does not say why."""
    return _written(tmp_path / "seconda.xlsx", read_bytes, edition, WAY.version(2))


def _written(path: Path, read_bytes: ReadBytes, edition: Edition, *changes: Any) -> Path:
    cells = [
        (cell.place.sheet, cell.place.cell)
        for cell in read_bytes(GIVEN.data, "taranto", IsoWeek.parse(WEEK)).reading.cells
        if edition.measures_by_code[cell.measure].area == "hou"
    ]
    path.write_bytes(altered(GIVEN, write_all(cells), *changes))
    return path


def receive(regia: Regia, path: Path, *home: str | Path, at: str = GIVEN.received_at.isoformat()) -> Said:
    said = regia("receive", path, "--received-at", at, "--json", *home)
    assert said.status == 0, said.out
    return said


def asked(regia: Regia, query: str, *home: str | Path) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in regia("sql", query, "--json", *home).document["rows"]]


def indicators(regia: Regia, *home: str | Path) -> list[tuple[Any, ...]]:
    return asked(regia, "FROM indicators ORDER BY ALL", *home)


def housing(regia: Regia) -> tuple[Any, ...]:
    """The week's beds in Taranto: the indicator and the cells that it rests on."""
    (row,) = asked(
        regia,
        "SELECT value, cells_answered, cells_due, is_partial FROM indicators WHERE indicator = 'HOU01' "
        f"AND city = 'taranto' AND period = '{WEEK}' AND period_kind = 'week' AND breakdown = 'total'",
    )
    return row


def nils(regia: Regia, *home: str | Path) -> list[tuple[Any, ...]]:
    return asked(
        regia,
        "SELECT service_point, area, reason, known_to FROM nil_returns "
        f"WHERE city = 'taranto' AND reason = '{REASON}' ORDER BY ALL",
        *home,
    )


def traced(regia: Regia, *home: str | Path) -> str:
    """Where the week's beds in Taranto come from, in words: they add up to zero."""
    said = regia("trace", "HOU01", "--period", WEEK, "--city", "taranto", *home)
    assert said.status == 0 and "\n  0 posti letto\n" in said.out and REASON in said.out
    return said.out


def on_the_board(regia: Regia) -> dict[str, Any]:
    entries = regia("status", "--week", WEEK, "--json").document
    return next(entry for entry in entries if entry["city"] == "taranto")


def check_rebuild(regia: Regia, home: Path) -> None:
    before = published_rows(home)
    assert regia("rebuild").status == 0
    assert published_rows(home) == before


def test_figures_move_as_if_the_file_itself_declared_it(
    regia: Regia, blank: Path, declared: Path, tmp_path: Path
) -> None:
    by_file, by_act = ("--home", tmp_path / "by-file"), ("--home", tmp_path / "home")
    for home, path in ((by_file, declared), (by_act, blank)):
        for other in (sample("taranto", "2023-W01"), sample("potenza", WEEK)):
            receive(regia, other.path, *home, at=other.received_at.isoformat())
        receive(regia, path, *home)
        assert regia("consolidate", *home).status == 0
    wanted = indicators(regia, *by_file)
    assert indicators(regia, *by_act) != wanted

    said = regia(*DECLARE)
    assert said.status == 0
    assert "Housing" in said.out and "consolidate" in said.out and "--withdraw" in said.out
    assert regia("consolidate").status == 0
    assert indicators(regia, *by_act) == wanted
    assert nils(regia, *by_act) == nils(regia, *by_file) == [("", "hou", REASON, None)]
    assert "dichiarata nella scheda" in traced(regia, *by_file)
    assert "dichiarata senza scheda" in traced(regia, *by_act)
    assert asked(
        regia, "SELECT count(*), any_value(known_from) FROM nil_returns WHERE submission_id IS NULL"
    ) == [(1, "2023-01-23 09:00:00+01:00")]
    assert asked(regia, "FROM revisions") == []
    assert (tmp_path / "home" / "reports" / "lgnet2" / f"bollettino-{WEEK}.html").read_text().count(
        REASON
    ) == 1
    check_rebuild(regia, tmp_path / "home")


def test_a_week_without_a_return_answers_that_area_alone_and_stays_due(
    regia: Regia, tmp_path: Path, blank: Path, move_on: Callable[[], str]
) -> None:
    other = sample("potenza", WEEK)
    receive(regia, other.path, at=other.received_at.isoformat())
    assert regia("consolidate").status == 0
    assert housing(regia)[:2] == (None, 0)
    assert regia(*DECLARE).status == 0
    assert regia(*WITHDRAW).status == 0
    assert regia(*DECLARE).status == 0
    assert regia("consolidate").status == 0
    value, answered, due, is_partial = housing(regia)
    assert (value, answered, is_partial) == (0, due, True) and due > 0
    shown = traced(regia)
    assert "dichiarata senza scheda" in shown and "la scheda è ancora attesa" in shown
    assert asked(
        regia,
        "SELECT sum(cells_answered) FROM indicators WHERE city = 'taranto' AND indicator LIKE 'PIC%'",
    ) == [(0,)]
    assert asked(
        regia,
        f"SELECT status FROM expected_returns WHERE city = 'taranto' AND iso_week = '{WEEK}' "
        "AND known_to IS NULL",
    ) == [("awaited",)]
    board = on_the_board(regia)
    assert (board["status"], board["submission_id"]) == ("missing", None)
    assert [(nil["area"], nil["reason"], nil["by"]) for nil in board["nils"]] == [
        ("hou", REASON, "coordinamento")
    ]
    assert f"{WEEK} Housing: {REASON}" in regia("status", "--week", WEEK).out

    # What the city then sends says everything anew.
    receive(regia, blank, at=move_on())
    assert on_the_board(regia)["nils"] == []
    assert regia("consolidate").status == 0
    assert nils(regia)[-1][-1] == "2023-01-23 10:00:00+01:00"
    assert housing(regia)[:2] == (None, 0)
    check_rebuild(regia, tmp_path / "home")


def test_a_new_version_ends_it_and_check_tells_so_before(
    regia: Regia, blank: Path, second_version: Path, move_on: Callable[[], str]
) -> None:
    receive(regia, blank)
    assert regia(*DECLARE).status == 0
    told = regia("check", second_version, "--json").document
    assert told["status"] == "accepted", told["findings"]
    moved = {one["indicator"]: (one["before"], one["after"]) for one in told["resubmission"]["indicators"]}
    assert moved["HOU01"] == (0, None)
    receive(regia, second_version, at=move_on())
    assert on_the_board(regia)["nils"] == []


def test_a_return_that_came_before_and_was_taken_in_after_counts_alone(regia: Regia) -> None:
    assert regia(*DECLARE).status == 0
    receive(regia, GIVEN.path)
    assert on_the_board(regia)["nils"] == []
    assert regia("consolidate").status == 0
    ((*_, known_to),) = nils(regia)
    assert known_to == "2023-01-23 09:00:00+01:00", "it never held"
    assert housing(regia)[0] > 0


@pytest.mark.long
def test_what_was_declared_wrongly_is_withdrawn_and_can_be_declared_again(regia: Regia, blank: Path) -> None:
    receive(regia, blank)
    assert regia("consolidate").status == 0
    before = indicators(regia)
    assert regia(*DECLARE).status == 0
    assert regia("consolidate").status == 0
    assert indicators(regia) != before
    said = regia(*WITHDRAW)
    assert said.status == 0 and "Ritirato" in said.out
    assert on_the_board(regia)["nils"] == []
    assert regia("consolidate").status == 0
    assert indicators(regia) == before
    assert [known_to is not None for *_, known_to in nils(regia)] == [True]
    assert regia(*WITHDRAW).status == 2, "nothing is left to withdraw"
    assert regia(*DECLARE).status == 0
    assert len(on_the_board(regia)["nils"]) == 1


def test_the_receipt_of_the_return_tells_what_was_declared_beside_it(
    regia: Regia, blank: Path, tmp_path: Path
) -> None:
    submission = receive(regia, blank).document["submission_id"]
    assert regia(*DECLARE).status == 0
    assert regia(*WITHDRAW).status == 0
    decisions = regia("receipt", submission, "--json").document["decisions"]
    assert [(made["act"], made["note"], made["nil"]["area"]) for made in decisions] == [
        ("nil", REASON, "hou"),
        ("withdraw-nil", "era un'altra città", "hou"),
    ]
    for language, words in (("it", "Tutta l&#39;area: Housing"), ("de", "Der ganze Bereich: Wohnen")):
        out = tmp_path / f"{language}.html"
        assert regia("receipt", submission, "--language", language, "--out", out).status == 0
        assert out.read_text(encoding="utf-8").count(words) == 2


def test_returns_of_later_weeks_are_judged_against_it(
    regia: Regia, read_bytes: ReadBytes, edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A house with nothing but zeros for three weeks is warned of, but not after a week without activity."""
    monkeypatch.setenv("REGIA_NOW", "2023-06-12T09:00")
    paths = []
    for week in ("2023-W20", "2023-W21", "2023-W22"):
        given = sample("taranto", week)
        cells = read_bytes(given.data, "taranto", IsoWeek.parse(week)).reading.cells
        house = [(c.place.sheet, c.place.cell) for c in cells if c.service_point == "TA-ACC-01"]
        paths.append(tmp_path / f"{week}.xlsx")
        paths[-1].write_bytes(altered(given, write_all(house, 0)))
    for path in paths[:2]:
        receive(regia, path, at="2023-06-05T09:00")

    def is_warned_of() -> bool:
        found = regia("check", paths[2], "--json").document["findings"]
        return ("S06", "TA-ACC-01") in {(finding["rule"], finding["service_point"]) for finding in found}

    assert is_warned_of()
    told = regia(
        "nil", "taranto", "--week", "2023-W21", "--service-point", "TA-ACC-01", "--reason", "Casa vuota"
    )
    assert told.status == 0, told.err
    assert not is_warned_of()


def test_an_act_whose_consolidation_died_after_loading_is_published_by_the_next(
    regia: Regia, blank: Path, edition: Edition, tmp_path: Path
) -> None:
    receive(regia, blank)
    assert regia("consolidate").status == 0
    home = Home(tmp_path / "home")
    act = NilWithoutFile(
        edition="lgnet2", city="taranto", iso_week=IsoWeek.parse(WEEK), area="hou", reason=REASON,
        after=GIVEN.received_at, at=now(), by="coordinamento",
    )  # fmt: skip
    write_act(home.acts, act)
    assert find_news(home, edition).weeks == (act.iso_week,)
    with home.consolidating():
        load_weeks(home, edition, [act.iso_week])
    assert nils(regia) == []
    assert regia("consolidate").status == 0
    assert len(nils(regia)) == 1
    assert housing(regia)[0] == 0
    assert not find_news(home, edition)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tarnto", "--week", WEEK, "--area", "hou"), "taranto"),
        (("taranto", "--week", "2023-W60", "--area", "hou"), "2023-W42"),
        (("taranto", "--week", "2019-W40", "--area", "hou"), "fuori dall'edizione"),
        (("taranto", "--week", "2023-W04", "--area", "hou"), "30/01/2023"),
        (("taranto", "--week", WEEK, "--area", "Houzing"), "hou"),
        (("taranto", "--week", WEEK, "--service-point", "TA-ACC-1"), "TA-ACC-01"),
        (("taranto", "--week", WEEK, "--service-point", "MI-ACC-01"), "TA-ACC-01"),
        (("taranto", "--week", WEEK), "--area"),
        (("taranto", "--week", WEEK, "--area", "hou", "--service-point", "TA-ACC-01"), "oppure"),
        (("potenza", "--week", WEEK, "--area", "hou"), "non ha servizi"),
        (("taranto", "--week", WEEK, "--area", "hou", "--withdraw"), "nulla da ritirare"),
    ],
)
def test_what_cannot_be_declared_is_refused(
    regia: Regia, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    said = regia("nil", *arguments, "--reason", REASON)
    assert said.status == 2 and told in said.err, said.err
    assert not (tmp_path / "home" / "landing" / "acts").exists()


@pytest.mark.parametrize("code", ["PV-LIB-2", "PV-KIT-1"])
def test_a_service_point_that_is_not_on_the_roster_that_week_is_refused(
    code: str, regia: Regia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one starts after the first week, the other ends before the last."""
    for name, value in (
        ("REGIA_EDITIONS", str(MINIMAL.parent)), ("REGIA_EDITION", "minimal"), ("REGIA_NOW", "2026-01-12"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    week = {"PV-LIB-2": "2025-W04", "PV-KIT-1": "2025-W21"}[code]
    said = regia("nil", "ponte_vecchio", "--week", week, "--service-point", code, "--reason", REASON)
    assert said.status == 2 and f"Il servizio {code} non è nell'elenco" in said.err, said.err
    assert "PV-LIB-1" in said.err


def test_activity_in_the_valid_return_is_for_the_city_to_correct(regia: Regia, tmp_path: Path) -> None:
    receive(regia, GIVEN.path)
    for what in (("--area", "Housing"), ("--service-point", "ta-acc-01")):
        said = regia("nil", "taranto", "--week", WEEK, *what, "--reason", REASON)
        assert said.status == 2 and "TA-ACC-01" in said.err and "correggere" in said.err, said.err
    assert not (tmp_path / "home" / "landing" / "acts").exists()


def test_what_is_declared_already_is_not_declared_twice(regia: Regia, blank: Path, declared: Path) -> None:
    receive(regia, declared)
    by_file = regia(*DECLARE)
    assert by_file.status == 2 and REASON in by_file.err
    desk = ("nil", "taranto", "--week", WEEK, "--service-point", "TA-ACC-01", "--reason", "una sola casa")
    assert regia(*desk).status == 0, "a house of the area is something else"
    assert regia(*desk).status == 2


def test_no_decision_keeps_what_tells_who_a_person_is(regia: Regia, blank: Path, tmp_path: Path) -> None:
    submission = receive(regia, blank).document["submission_id"]
    for command in (
        (*HOUSING, "--reason", f"chiamare {TAX_CODE}"),
        ("send-back", submission, "--note", f"manca {TAX_CODE}"),
        ("waive", "taranto", "H05", "--scope", "all", "--reason", f"per {TAX_CODE}", "--until", "2099-12-31"),
    ):
        said = regia(*command)
        assert said.status == 2 and "un codice fiscale" in said.err, said.err
        assert TAX_CODE not in said.err
    assert not (tmp_path / "home" / "landing" / "acts").exists()
    assert regia(*HOUSING, "--reason", "  ").status == 2
