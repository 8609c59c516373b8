"""What is published is checked as it leaves: one row that is not what it should be stops everything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from pipelines.consolidating import consolidate_weeks, publish_weeks
from pipelines.home import Home
from schemas.fields import EXPECTED_RETURNS, INDICATORS, OBSERVATIONS, PUBLISHED_TABLES, Table
from tests.warehouse.judged_folders import (
    all_parts,
    all_rows,
    at,
    figures,
    invented_edition,
    put_judged,
    week,
)
from warehouse.frames import UnfitRowsError, check_leaving
from warehouse.loading import GrainError

pytestmark = pytest.mark.whole

EDITION = invented_edition()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("home"))
    fill(home)
    return home.published("prova")


def fill(home: Home) -> None:
    for number in (40, 41):
        put_judged(home, "napoli", number, at(number, 1), figures("NA-OSS-01", "12.5"))
        put_judged(home, "ancona", number, at(number, 1), figures("AN-OSS-01", "1"))
    consolidate_weeks(home, EDITION, [week(40), week(41)])


def rows_of(published: Path, table: Table) -> dict[str, Any]:
    with duckdb.connect(str(published), read_only=True) as connection:
        return dict(connection.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}").fetchnumpy())


@pytest.mark.parametrize("table", PUBLISHED_TABLES, ids=lambda table: table.name)
def test_every_table_passes_as_it_is_published(published: Path, table: Table) -> None:
    rows = rows_of(published, table)
    check_leaving(table, rows, ["part"] * len(rows[table.columns[0]]))


def _first(column: str, value: object) -> Any:
    def spoil(rows: Mapping[str, Any]) -> dict[str, Any]:
        spoilt = np.ma.array(rows[column])
        spoilt[0] = value
        return {**rows, column: spoilt}

    return spoil


def _without_a_column(rows: Mapping[str, Any]) -> dict[str, Any]:
    return {name: column for name, column in rows.items() if name != "city"}


def _in_another_order(rows: Mapping[str, Any]) -> dict[str, Any]:
    return dict(reversed(rows.items()))


def _as_text(column: str) -> Any:
    return lambda rows: {**rows, column: np.array([str(value) for value in rows[column]], dtype=object)}


def _first_row_twice(rows: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.ma.concatenate([column[:1], column]) for name, column in rows.items()}


@pytest.mark.parametrize(
    ("table", "spoil", "said"),
    [
        (OBSERVATIONS, _first("city", None), "part p0: city .* fails not_nullable"),
        (OBSERVATIONS, _first("flag", "n.d."), "part p0: flag 'n.d.' fails isin"),
        (
            OBSERVATIONS,
            _first("value", np.ma.masked),
            r"part p0: a row fails \(flag = 'V'\) = \(value IS NOT NULL\)",
        ),
        (OBSERVATIONS, _first("value", np.nan), "part p0: value inf fails"),
        (OBSERVATIONS, _without_a_column, "^observations: 'city' fails column_in_dataframe"),
        (OBSERVATIONS, _in_another_order, "'edition' fails column_ordered"),
        (OBSERVATIONS, _as_text("version"), "fails dtype"),
        (OBSERVATIONS, _as_text("week_start"), "fails dtype"),
        (OBSERVATIONS, _first_row_twice, "part p0: a row fails multiple_fields_uniqueness"),
        (EXPECTED_RETURNS, _first("status", "forse"), "part p0: status 'forse' fails isin"),
        (INDICATORS, _first("denominator", np.inf), "part p0: denominator inf fails DOUBLE"),
        (INDICATORS, _first("cells_answered", 10**6), "cells_answered BETWEEN 0 AND cells_due"),
    ],
)
def test_a_row_that_is_not_what_the_catalogue_says_is_told_with_its_part(
    published: Path, table: Table, spoil: Any, said: str
) -> None:
    rows = spoil(rows_of(published, table))
    count = len(next(iter(rows.values())))
    with pytest.raises(UnfitRowsError, match=f"^{table.name}: ") as refused:
        check_leaving(table, rows, [f"p{number}" for number in range(count)])
    assert refused.match(said)


@pytest.mark.parametrize(
    ("damage", "error", "said"),
    [
        (
            "UPDATE indicators SET value = 'inf' WHERE period = '2023-W41' AND period_kind = 'week'",
            UnfitRowsError,
            "indicators: part 2023-W41: value inf fails DOUBLE",
        ),
        (
            "UPDATE indicators SET value = 'nan' WHERE period_kind = 'edition_to_date'",
            UnfitRowsError,
            "indicators: part 2023-W41-to-date: value inf fails DOUBLE",
        ),
        (
            "INSERT INTO observations_history SELECT * FROM observations_history WHERE iso_week = '2023-W41'",
            GrainError,
            "observations_history: 2 rows for",
        ),
        ("UPDATE indicators SET city = 'IT' WHERE period = '2023-11'", None, ""),
    ],
)
def test_a_damaged_warehouse_is_not_published(
    home: Home, damage: str, error: type[Exception] | None, said: str
) -> None:
    fill(home)
    before = all_rows(home.published("prova")), all_parts(home)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(damage)
    if error is None:
        publish_weeks(home, EDITION, [week(41)])
    else:
        with pytest.raises(error, match=said):
            publish_weeks(home, EDITION, [week(41)])
    assert (all_rows(home.published("prova")), all_parts(home)) == before
    assert sorted(path.name for path in home.published("prova").parent.iterdir()) == ["prova", "prova.duckdb"]
