"""The published file says what the warehouse says, at once or not at all, whoever is reading."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.consolidating import consolidate_weeks, load_weeks, publish_weeks
from pipelines.home import Home
from schemas.contract import Edition
from schemas.verdicts import Finding, NilReturn
from tests.warehouse.judged_folders import all_rows, ask, at, figures, invented_edition, put_judged, week

pytestmark = pytest.mark.whole

EDITION = invented_edition()
WEEKS = [week(number) for number in range(40, 46)]
WARNING = Finding(rule="H05", severity="warning", message="Da verificare", action="Confermare")


def put_weeks(home: Home) -> None:
    for number in range(40, 46):
        nils = [NilReturn(service_point="AN-OSS-02", area="pic", reason="chiuso")]
        put_judged(home, "ancona", number, at(number, 1), figures("AN-OSS-01", f"{number}"), nils=nils)
        put_judged(home, "napoli", number, at(number, 2), figures("NA-OSS-01", "1"), findings=[WARNING])
    put_judged(home, None, None, at(45, 2), status="rejected", findings=[WARNING])


@pytest.fixture
def filled(home: Home) -> Home:
    """Six weeks of two cities, published."""
    put_weeks(home)
    consolidate_weeks(home, EDITION, WEEKS)
    return home


def put_correction(home: Home) -> None:
    """A correction of week 41, received a month later."""
    put_judged(home, "napoli", 41, at(45, 3), figures("NA-OSS-01", "7"), version=2)


def published(home: Home) -> Path:
    return home.published("prova")


def test_a_corrected_week_is_replaced_in_a_copy_of_what_stood_there(filled: Home) -> None:
    put_correction(filled)
    load_weeks(filled, EDITION, [week(41)])
    publication = publish_weeks(filled, EDITION, [week(41)])
    assert publication.weeks == ("2023-W41",)
    corrected = "iso_week = '2023-W41' AND service_point = 'NA-OSS-01' AND breakdown = 'total'"
    assert ask(published(filled), f"SELECT value FROM observations WHERE {corrected}") == [(Decimal(7),)]
    rebuilt = Home(filled.root.with_name("rebuilt"))
    put_weeks(rebuilt)
    put_correction(rebuilt)
    consolidate_weeks(rebuilt, EDITION, WEEKS)
    assert all_rows(published(filled)) == all_rows(published(rebuilt))


def test_observations_are_the_history_that_is_still_valid(filled: Home) -> None:
    put_correction(filled)
    consolidate_weeks(filled, EDITION, [week(41)])
    valid = "SELECT * EXCLUDE (known_from, known_to) FROM observations_history WHERE known_to IS NULL"
    assert ask(published(filled), f"{valid} ORDER BY ALL") == ask(
        published(filled), "FROM observations ORDER BY ALL"
    )
    assert ask(published(filled), "SELECT count(*) FROM observations_history") == [(4 * 13,)]


def test_rows_of_a_new_file_stand_in_the_order_of_their_key(filled: Home) -> None:
    for table, key in (
        ("observations", "iso_week, city, service_point, measure, breakdown, category"),
        ("submissions", "submission_id"),
    ):
        assert ask(published(filled), f"SELECT {key} FROM {table}") == ask(
            published(filled), f"SELECT {key} FROM {table} ORDER BY {key}"
        )


def test_a_reader_keeps_what_it_has_open_and_does_not_stop_the_run(filled: Home) -> None:
    count = "SELECT count(*) FROM observations_history"
    with duckdb.connect(str(published(filled)), read_only=True) as reader:
        assert reader.execute(count).fetchall() == [(48,)]
        put_correction(filled)
        consolidate_weeks(filled, EDITION, [week(41)])
        assert reader.execute(count).fetchall() == [(48,)]
    assert ask(published(filled), count) == [(52,)]


def test_nothing_half_built_stays_beside_the_published_file(filled: Home) -> None:
    folder = published(filled).parent
    (folder / ".prova.duckdb.building").write_bytes(b"left by a run that died")
    (folder / ".prova.duckdb.building.wal").write_bytes(b"and its log")
    (folder / ".prova.duckdb.building.tmp").mkdir()
    (folder / "prova.duckdb.wal").write_bytes(b"written by a reader that was none")
    put_correction(filled)
    consolidate_weeks(filled, EDITION, [week(41)])
    assert sorted(path.name for path in folder.iterdir()) == ["prova", "prova.duckdb"]


def test_a_changed_contract_is_published_with_everything_else(filled: Home) -> None:
    facts = EDITION.facts.model_copy(update={"service_kinds": {"desk": "punto di accesso"}})
    renamed = EDITION.model_copy(update={"facts": facts})
    publication = publish_weeks(filled, renamed, ())
    assert len(publication.weeks) == 6
    assert ask(published(filled), "SELECT label_it FROM service_kinds") == [("punto di accesso",)]
    assert ask(published(filled), "SELECT count(*) FROM observations") == [(48,)]


def test_what_the_warehouse_holds_and_the_file_does_not_is_published_too(filled: Home) -> None:
    put_correction(filled)
    load_weeks(filled, EDITION, [week(41)])
    assert publish_weeks(filled, EDITION, [week(44)]).weeks == ("2023-W41", "2023-W44")


def test_publishing_alone_fills_a_warehouse_that_is_gone(filled: Home) -> None:
    before = all_rows(published(filled))
    filled.warehouse.unlink()
    published(filled).unlink()
    publish_weeks(filled, EDITION, ())
    assert all_rows(published(filled)) == before


def test_an_edition_without_any_return_is_published_with_its_contract(home: Home) -> None:
    consolidate_weeks(home, EDITION, ())
    assert ask(published(home), "SELECT count(*) FROM measures") == [(2,)]
    assert ask(published(home), "SELECT count(*) FROM submissions") == [(0,)]


def test_another_edition_is_not_in_the_file(filled: Home) -> None:
    other: Edition = invented_edition("altra")
    put_judged(
        filled, "napoli", 41, at(45, 3), figures("NA-OSS-01", "8"), edition="altra", findings=[WARNING]
    )
    before = all_rows(published(filled))
    consolidate_weeks(filled, other, [week(41)])
    consolidate_weeks(filled, EDITION, [week(41)])
    assert all_rows(published(filled)) == before
    assert ask(filled.published("altra"), "SELECT DISTINCT edition FROM submissions") == [("altra",)]
    assert ask(filled.published("altra"), "SELECT count(*) FROM findings") == [(1,)]


def test_instants_are_published_as_instants(filled: Home) -> None:
    assert ask(published(filled), "SELECT min(received_at) FROM submissions") == [
        (dt.datetime(2023, 10, 9, 8, tzinfo=dt.UTC),)
    ]
