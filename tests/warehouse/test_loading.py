"""Judged returns become the warehouse's rows: what counts, from when to when, and nothing in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from pandera.errors import SchemaErrors

from pipelines.consolidating import load_weeks
from pipelines.home import Home
from schemas.contract import Edition
from schemas.verdicts import Finding, NilReturn
from schemas.weeks import IsoWeek
from tests.warehouse.judged_folders import (
    Rows,
    all_rows,
    ask,
    at,
    figures,
    invented_edition,
    put_judged,
    week,
)
from warehouse.files import write_database
from warehouse.judged import JudgedError
from warehouse.loading import GrainError

EDITION = invented_edition()


def load(home: Home, *weeks: int, edition: Edition = EDITION) -> None:
    chosen: Sequence[IsoWeek] = [week(number) for number in weeks]
    load_weeks(home, edition, chosen)


def history(home: Home, columns: str, where: str = "true") -> Rows:
    return ask(
        home.warehouse, f"SELECT {columns} FROM observations_history WHERE {where} ORDER BY ALL NULLS LAST"
    )


def test_every_kind_of_value_arrives_as_it_was_judged(home: Home) -> None:
    submission_id = put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "12.345"))
    load(home, 40)
    of_city = history(home, "* EXCLUDE (known_from, known_to)", "service_point = ''")
    assert of_city == [
        (
            *("prova", "2023-W40", dt.date(2023, 10, 2), "napoli", "", "city", "pic", "staff", "total", ""),
            *(Decimal("2.500"), "V", submission_id, 1, "scheda.xlsx", "", "C1"),
        )
    ]
    of_desk = history(home, "breakdown, category, value, flag, service_kind", "service_point <> ''")
    assert of_desk == [
        ("sex", "F", None, "ND", "desk"),
        ("sex", "NA", None, "NA", "desk"),
        ("total", "", Decimal("12.345"), "V", "desk"),
    ]


def test_text_with_commas_quotes_and_line_breaks_survives(home: Home) -> None:
    submission_id = put_judged(home, "napoli", 40, at(40, 1), {("", "staff", "total", ""): "1"})
    (home.judged / submission_id / "observations.csv").write_text(
        "service_point,measure,breakdown,category,value,flag,source_file,source_sheet,source_cell\n"
        ',staff,total,,1,V,"a, ""b""\nc.xlsx","NA","Foglio 1!D8;Foglio 2!D8"\n',
        encoding="utf-8",
    )
    load(home, 40)
    assert history(home, "source_file, source_sheet, source_cell") == [
        ('a, "b"\nc.xlsx', "NA", "Foglio 1!D8;Foglio 2!D8")
    ]


def test_a_home_whose_path_reads_like_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "dati 1").mkdir()
    home = Home(tmp_path / "dati [12]* '23")
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "1"))
    load(home, 40)
    assert len(history(home, "value")) == 4


def test_a_later_accepted_return_supersedes_and_keeps_what_was_known(home: Home) -> None:
    first = put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "10"))
    load(home, 40)
    second = put_judged(home, "napoli", 40, at(40, 5), figures("NA-OSS-01", "11"), version=2)
    load(home, 40)
    assert history(
        home,
        "value, submission_id, version, known_from, known_to",
        "flag = 'V' AND category = '' AND measure = 'visits'",
    ) == [
        (Decimal("10.000"), first, 1, at(40, 1), at(40, 5)),
        (Decimal("11.000"), second, 2, at(40, 5), None),
    ]


def test_a_rejected_return_leaves_the_accepted_one_valid(home: Home) -> None:
    accepted = put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "10"))
    rejected = put_judged(
        home, "napoli", 40, at(40, 2), figures("NA-OSS-01", "99"), version=2, status="rejected"
    )
    load(home, 40)
    assert history(home, "DISTINCT submission_id, known_to") == [(accepted, None)]
    assert ask(home.warehouse, "SELECT submission_id, status FROM submissions ORDER BY received_at") == [
        (accepted, "accepted"),
        (rejected, "rejected"),
    ]


def test_a_nil_declaration_is_valid_as_long_as_its_return(home: Home) -> None:
    nil = NilReturn(service_point="AN-OSS-02", area="pic", reason="chiuso per lavori")
    area = NilReturn(area="pic", reason="NA")
    first = put_judged(home, "ancona", 40, at(40, 1), figures("AN-OSS-01", "1"), nils=[nil, area])
    second = put_judged(home, "ancona", 40, at(40, 2), figures("AN-OSS-01", "1"), nils=[area], version=2)
    put_judged(home, "ancona", 40, at(40, 3), {}, nils=[nil], version=3, status="rejected")
    load(home, 40)
    found = ask(
        home.warehouse,
        "SELECT * EXCLUDE (edition, iso_week, city) FROM nil_returns ORDER BY known_from, service_point",
    )
    assert found == [
        ("", "pic", "NA", first, at(40, 1), at(40, 2)),
        ("AN-OSS-02", "pic", "chiuso per lavori", first, at(40, 1), at(40, 2)),
        ("", "pic", "NA", second, at(40, 2), None),
    ]


def test_findings_are_numbered_and_keep_their_cells(home: Home) -> None:
    plain = Finding(rule="H05", severity="error", message="La somma non torna", action="Correggere")
    placed = plain.model_copy(
        update={"cell": "C12", "cells": ("C12", "D12"), "service_point": "", "found": "NA", "sheet": "1"}
    )
    submission_id = put_judged(home, "napoli", 40, at(40, 1), {}, findings=[plain, placed], status="rejected")
    load(home, 40)
    found = ask(
        home.warehouse,
        "SELECT submission_id, finding, cell, cells, service_point, found, disposition, note "
        "FROM findings ORDER BY ALL",
    )
    assert found == [
        (submission_id, 1, None, [], None, None, "open", None),
        (submission_id, 2, "C12", ["C12", "D12"], "", "NA", "open", None),
    ]


def test_a_return_that_nobody_could_place_is_recorded(home: Home) -> None:
    unreadable = put_judged(home, None, None, at(40, 1), status="rejected")
    of_another_year = put_judged(home, "napoli", 20, at(40, 1), status="rejected")
    load(home)
    found = ask(home.warehouse, "SELECT submission_id, city, iso_week FROM submissions ORDER BY city")
    assert found == [(of_another_year, "napoli", "2023-W20"), (unreadable, None, None)]


def test_a_week_is_replaced_whole_and_the_others_stay(home: Home) -> None:
    for number in (40, 41):
        put_judged(home, "ancona", number, at(number, 1), figures("AN-OSS-01", "1"))
        put_judged(
            home, "napoli", number, at(number, 1), figures("NA-OSS-01", "1"), submission_id=f"na{number}"
        )
    load(home, 40, 41)
    before = all_rows(home.warehouse)
    gone = home.judged / "na40"
    gone.rename(home.root / "na40")
    load(home, 40)
    assert history(home, "iso_week, city, count(*)", "true GROUP BY ALL") == [
        ("2023-W40", "ancona", 4),
        ("2023-W41", "ancona", 4),
        ("2023-W41", "napoli", 4),
    ]
    (home.root / "na40").rename(gone)
    load(home, 40)
    assert all_rows(home.warehouse) == before


@pytest.mark.parametrize(("old", "new"), [(40, 41), (41, 40)])
def test_a_return_judged_again_for_another_week_stands_once(home: Home, old: int, new: int) -> None:
    other = put_judged(home, "ancona", 40, at(40, 1), figures("AN-OSS-01", "1"))
    put_judged(home, "napoli", old, at(42, 1), figures("NA-OSS-01", "1"), submission_id="moved")
    load(home, 40, 41)
    put_judged(home, "napoli", new, at(42, 1), figures("NA-OSS-01", "1"), submission_id="moved")
    load(home, 40, 41)
    assert history(home, "DISTINCT submission_id, iso_week") == [
        (other, "2023-W40"),
        ("moved", str(week(new))),
    ]


def test_another_edition_in_the_same_home_is_left_alone(home: Home) -> None:
    other = invented_edition("altra")
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "1"), edition="altra")
    load(home, 40, edition=other)
    before = history(home, "*")
    mine = put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "2"))
    put_judged(home, "como", 41, at(41, 1), {}, status="rejected")
    load(home, 40, 41)
    assert history(home, "*", "edition = 'altra'") == before
    assert history(home, "DISTINCT submission_id", "edition = 'prova'") == [(mine,)]
    assert ask(home.warehouse, "SELECT DISTINCT edition FROM expected_returns ORDER BY ALL") == [
        ("altra",),
        ("prova",),
    ]


def _twice(home: Home) -> None:
    path = home.judged / "bad" / "observations.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.splitlines(keepends=True)[1], encoding="utf-8")


def _more_decimals(home: Home) -> None:
    _rewrite(home, ",9,V,", ",9.0001,V,")


def _unknown_measure(home: Home) -> None:
    _rewrite(home, "visits", "visite")


def _value_beside_nd(home: Home) -> None:
    _rewrite(home, ",,ND,", ",3,ND,")


def _unknown_flag(home: Home) -> None:
    _rewrite(home, ",,ND,", ",,n.d.,")


def _other_columns(home: Home) -> None:
    _rewrite(home, "service_point,measure", "measure,service_point")


def _no_observations(home: Home) -> None:
    (home.judged / "bad" / "observations.csv").unlink()


def _no_findings(home: Home) -> None:
    (home.judged / "bad" / "findings.json").unlink()


def _rewrite(home: Home, old: str, new: str) -> None:
    path = home.judged / "bad" / "observations.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        (_twice, GrainError, "2 rows for"),
        (_more_decimals, JudgedError, "more than three decimals in 9.0001"),
        (_unknown_measure, JudgedError, "the contract has no measure visite"),
        (_value_beside_nd, JudgedError, "CHECK constraint failed"),
        (_unknown_flag, JudgedError, "CHECK constraint failed"),
        (_other_columns, JudgedError, "the header is not"),
        (_no_observations, JudgedError, "the file is missing"),
        (_no_findings, JudgedError, "the file is missing"),
    ],
)
def test_what_was_judged_wrongly_stops_the_run_and_changes_nothing(
    home: Home, spoil: object, error: type[Exception], said: str
) -> None:
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "1"))
    load(home, 40)
    before = all_rows(home.warehouse)
    put_judged(home, "napoli", 40, at(40, 2), figures("NA-OSS-01", "9"), version=2, submission_id="bad")
    assert callable(spoil)
    spoil(home)
    with pytest.raises(error, match=said):
        load(home, 40)
    assert all_rows(home.warehouse) == before


def test_a_frame_that_breaks_the_catalogue_is_refused_with_all_its_failures(home: Home) -> None:
    nil = NilReturn(service_point="AN-OSS-02", area="pic", reason="chiuso")
    put_judged(home, "ancona", 40, at(40, 1), {}, nils=[nil, nil])
    put_judged(home, "napoli", 40, at(40, 1), {}, nils=[nil, nil])
    with pytest.raises(SchemaErrors) as failures:
        load(home, 40)
    assert set(failures.value.failure_cases["column"]) >= {"known_from", "service_point"}
    assert set(failures.value.failure_cases["index"]) == {0, 1, 2, 3}


def test_an_accepted_return_without_a_place_is_refused(home: Home) -> None:
    put_judged(home, "napoli", 20, at(40, 1), figures("NA-OSS-01", "1"))
    with pytest.raises(JudgedError, match="accepted for no week of the edition"):
        load(home)


def test_verdicts_must_be_whole_and_in_their_place(home: Home) -> None:
    submission_id = put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "1"))
    (home.judged / ".judging-x").mkdir()
    load(home, 40)
    (home.judged / submission_id).rename(home.judged / "renamed")
    with pytest.raises(JudgedError, match=f"it is the verdict of {submission_id}"):
        load(home, 40)
    (home.judged / "renamed" / "verdict.json").write_text("{", encoding="utf-8")
    with pytest.raises(JudgedError, match="not a verdict"):
        load(home, 40)


def test_a_warehouse_made_with_other_measures_is_filled_again_whole(home: Home) -> None:
    for number in (40, 41):
        put_judged(home, "napoli", number, at(number, 1), figures("NA-OSS-01", "1"))
    load(home, 40, 41)
    measures = tuple(measure.model_copy(update={"area": "pic2"}) for measure in EDITION.measures)
    moved = EDITION.model_copy(update={"measures": measures})
    load(home, 41, edition=moved)
    assert history(home, "DISTINCT iso_week, area") == [("2023-W40", "pic2"), ("2023-W41", "pic2")]


def test_a_warehouse_with_other_tables_is_made_anew(home: Home) -> None:
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "1"))
    load(home, 40)
    with write_database(home.warehouse) as connection:
        connection.execute("UPDATE consolidation.made_with SET fingerprint = 'old' WHERE part = 'tables'")
        connection.execute("CREATE TABLE of_old (x INTEGER)")
    load(home)
    assert len(history(home, "value")) == 4
    assert ("of_old",) not in ask(home.warehouse, "SHOW TABLES")


def test_no_log_or_half_built_file_stays_behind(home: Home) -> None:
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "1"))
    home.root.joinpath(".warehouse.duckdb.building").write_bytes(b"left by a run that died")
    home.root.joinpath("warehouse.duckdb.wal").write_bytes(b"the log of a warehouse that is gone")
    load(home, 40)
    assert sorted(path.name for path in home.root.iterdir()) == ["judged", "warehouse.duckdb"]
