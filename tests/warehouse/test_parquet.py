"""The published tables as Parquet: the same rows, a part a week or period, and the same bytes every time."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.consolidating import consolidate_weeks, find_news
from pipelines.home import Home
from schemas.fields import PUBLISHED_TABLES, Table
from schemas.periods import month_of, quarter_of, to_date, week_period
from schemas.verdicts import Finding, NilReturn
from tests.warehouse.judged_folders import (
    Rows,
    all_parts,
    all_rows,
    ask,
    at,
    figures,
    invented_edition,
    put_judged,
    week,
)
from warehouse.parquet import PartFiles
from warehouse.parts import Part

pytestmark = pytest.mark.whole

EDITION = invented_edition()
WARNING = Finding(rule="H05", severity="warning", message="Da verificare", action="Confermare")
NIL = NilReturn(service_point="AN-OSS-02", area="pic", reason="chiuso")


def put_first(home: Home) -> None:
    for number in range(40, 46):
        put_judged(home, "ancona", number, at(number, 1), figures("AN-OSS-01", f"{number}"), nils=[NIL])
        put_judged(home, "napoli", number, at(number, 2), figures("NA-OSS-01", "1"), findings=[WARNING])
    put_judged(home, None, None, at(41, 2), status="rejected", findings=[WARNING])


def put_later(home: Home) -> None:
    """A correction, a week that somebody skips, a file that nobody could place."""
    put_judged(home, "napoli", 41, at(46, 1), figures("NA-OSS-01", "7"), version=2, reason_code="error")
    put_judged(home, "ancona", 47, at(47, 2), figures("AN-OSS-01", "47"))
    put_judged(home, None, None, at(47, 3), status="rejected")


def consolidate_news(home: Home) -> None:
    consolidate_weeks(home, EDITION, find_news(home, EDITION).weeks)


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """All returns, consolidated in two runs; tests take copies."""
    home = Home(tmp_path_factory.mktemp("consolidated"))
    put_first(home)
    consolidate_news(home)
    put_later(home)
    consolidate_news(home)
    return home


@pytest.fixture
def filled(consolidated: Home, home: Home) -> Home:
    shutil.copytree(consolidated.root, home.root)
    return home


def parts_of(home: Home, table: str) -> list[str]:
    folder = home.published_parts("prova") / table
    return sorted(path.stem for path in folder.glob("*.parquet")) if folder.exists() else []


def rows_in(*paths: Path) -> Rows:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute("FROM read_parquet($paths)", {"paths": list(map(str, paths))}).fetchall()


@pytest.mark.parametrize("table", PUBLISHED_TABLES, ids=lambda table: table.name)
def test_the_parts_hold_the_rows_of_the_table_in_the_order_of_its_key(filled: Home, table: Table) -> None:
    columns = ", ".join(table.columns)
    order = ", ".join(table.key)
    stands = ask(filled.published("prova"), f"SELECT {columns} FROM {table.name} ORDER BY {order}")
    paths = sorted((filled.published_parts("prova") / table.name).glob("*.parquet"))
    rows = rows_in(*paths) if paths else []
    assert sorted(map(repr, rows)) == sorted(map(repr, stands))
    ordered = [repr(row) for row in stands]
    for path in paths:
        of_part = {repr(row) for row in rows_in(path)}
        assert [repr(row) for row in rows_in(path)] == [row for row in ordered if row in of_part]


def test_parts_are_weeks_periods_or_all(filled: Home) -> None:
    weeks = [f"2023-W{number}" for number in (40, 41, 42, 43, 44, 45)]
    assert parts_of(filled, "measures") == ["all"]
    assert parts_of(filled, "waivers") == []
    assert parts_of(filled, "observations") == [*weeks, "2023-W47"]
    assert parts_of(filled, "submissions") == [*weeks, "2023-W47", "no-week"]
    assert parts_of(filled, "findings") == [*weeks, "no-week"]
    assert parts_of(filled, "nil_returns") == weeks
    assert parts_of(filled, "expected_returns") == [*weeks, "2023-W46", "2023-W47"]
    assert parts_of(filled, "revisions") == ["2023-W41"]
    due = [week(number) for number in range(40, 48)]
    assert parts_of(filled, "indicators") == sorted(
        {
            period.part
            for one in due
            for period in (week_period(one), month_of(one), quarter_of(one), to_date(EDITION, one))
        }
    )


def test_a_part_says_what_its_rows_are_and_nothing_of_its_making(filled: Home) -> None:
    path = filled.published_parts("prova") / "revisions" / "2023-W41.parquet"
    with duckdb.connect() as connection:
        told = connection.execute(
            "SELECT decode(key), decode(value) FROM parquet_kv_metadata($path)", {"path": str(path)}
        ).fetchall()
    assert [(key, str(value)[:36]) for key, value in told] == [
        ("comment", "One row is a published value that a ")
    ]


def stamps(home: Home) -> dict[str, int]:
    folder = home.published_parts("prova")
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_second_run_changes_no_byte_and_touches_no_file(filled: Home) -> None:
    before = all_parts(filled), stamps(filled)
    consolidate_weeks(filled, EDITION, EDITION.weeks)
    consolidate_weeks(filled, EDITION, [week(42)])
    assert (all_parts(filled), stamps(filled)) == before


def test_only_touched_parts_are_rewritten(consolidated: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    put_first(home)
    consolidate_news(home)
    before = stamps(home)
    put_judged(home, "napoli", 44, at(46, 1), figures("NA-OSS-01", "7"), version=2)
    consolidate_news(home)
    changed = {path for path, stamp in stamps(home).items() if before.get(path) != stamp}
    assert {str(Path(path).relative_to(home.published_parts("prova"))) for path in changed} == {
        *(f"{table}/2023-W44.parquet" for table in ("submissions", "expected_returns")),
        *(f"{table}/2023-W44.parquet" for table in ("observations", "observations_history", "revisions")),
        # A deadline has passed by this arrival.
        "expected_returns/2023-W45.parquet",
        *(f"indicators/{name}.parquet" for name in ("2023-W44", "2023-11", "2023-Q4")),
        *(f"indicators/2023-W{number}-to-date.parquet" for number in (44, 45)),
    }


@pytest.mark.long
def test_week_by_week_at_once_and_two_rebuilds_give_the_same_bytes(
    consolidated: Home, tmp_path: Path
) -> None:
    expected = all_parts(consolidated)
    at_once = Home(tmp_path / "at once")
    put_first(at_once)
    put_later(at_once)
    consolidate_news(at_once)
    assert all_parts(at_once) == expected
    for _ in range(2):
        at_once.warehouse.unlink()
        shutil.rmtree(at_once.published("prova").parent)
        consolidate_news(at_once)
        assert all_parts(at_once) == expected
    one_by_one = Home(tmp_path / "one by one")
    put_first(one_by_one)
    put_later(one_by_one)
    arrived = Home(tmp_path / "arrived")
    for folder in sorted(one_by_one.judged.iterdir(), key=_received_at):
        shutil.copytree(folder, arrived.judged / folder.name)
        consolidate_news(arrived)
    assert all_parts(arrived) == expected
    assert all_rows(arrived.published("prova")) == all_rows(consolidated.published("prova"))


def _received_at(folder: Path) -> str:
    from schemas.verdicts import Verdict

    verdict = Verdict.model_validate_json((folder / "verdict.json").read_bytes())
    return f"{verdict.received_at.timestamp():020.3f} {folder.name}"


def _delete_a_part(parts: Path) -> None:
    (parts / "observations" / "2023-W42.parquet").unlink()


def _delete_a_table(parts: Path) -> None:
    shutil.rmtree(parts / "indicators")


def _delete_all(parts: Path) -> None:
    shutil.rmtree(parts)


def _cut_a_part_short(parts: Path) -> None:
    path = parts / "submissions" / "no-week.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def _add_a_part(parts: Path) -> None:
    shutil.copyfile(
        parts / "observations" / "2023-W42.parquet", parts / "observations" / "2023-W42 (copia).parquet"
    )


@pytest.mark.parametrize(
    "spoil",
    [
        _delete_a_part,
        _delete_a_table,
        _delete_all,
        _cut_a_part_short,
        _add_a_part,
    ],
)
def test_what_somebody_did_to_the_folder_is_put_right_by_the_next_run(filled: Home, spoil: object) -> None:
    before = all_parts(filled)
    assert callable(spoil)
    spoil(filled.published_parts("prova"))
    assert find_news(filled, EDITION).is_elsewhere
    consolidate_news(filled)
    assert all_parts(filled) == before
    assert not find_news(filled, EDITION)


def test_files_that_are_no_parts_are_left_alone(filled: Home) -> None:
    folder = filled.published_parts("prova")
    of_an_analyst = {
        folder / "leggimi.txt": b"note",
        folder / "observations" / "note.txt": b"note",
        folder / "analisi.parquet": b"mine",
        folder / "mie" / "analisi.parquet": b"mine",
        folder / "mie" / ".bozza.parquet.building": b"mine",
        folder / "observations" / "2023" / "2023-W42.parquet": b"mine",
    }
    for path, content in of_an_analyst.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    assert not find_news(filled, EDITION)
    consolidate_weeks(filled, EDITION, [week(42)])
    put_judged(filled, "como", 49, at(49, 1), figures("CO-OSS-01", "1"))
    consolidate_news(filled)
    assert "2023-W49" in parts_of(filled, "observations")
    assert {path: path.read_bytes() for path in of_an_analyst} == of_an_analyst


def test_a_part_whose_rows_are_gone_goes_too(filled: Home) -> None:
    key = put_judged(filled, "como", 49, at(49, 1), figures("CO-OSS-01", "1"))
    before = all_parts(filled)
    consolidate_news(filled)
    assert "2023-W49" in parts_of(filled, "observations")
    assert "2023-W48-to-date" in parts_of(filled, "indicators")
    shutil.rmtree(filled.judged / key)
    consolidate_news(filled)
    assert all_parts(filled) == before


def test_a_run_that_died_while_parts_changed_is_put_right_though_nothing_is_new(filled: Home) -> None:
    """Its parts were in place, the file was not; then the return that it was for went away."""
    before = all_parts(filled)
    files = PartFiles.beside(filled.published("prova"))
    part = Part("observations", "2023-W42")
    files.building(part).write_bytes(files.place(part).read_bytes()[::-1])
    held = files.sizes()
    files.change([part], held)
    assert files.sizes() == held
    assert all_parts(filled) != before
    assert find_news(filled, EDITION).is_elsewhere
    consolidate_news(filled)
    assert all_parts(filled) == before
    assert not find_news(filled, EDITION)
