"""The published file offers what other people's scripts rely on: names, keys, descriptions."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.consolidating import consolidate_weeks
from pipelines.home import Home
from schemas.fields import PUBLISHED_TABLES, PUBLISHED_VIEWS, Table, View
from tests.warehouse.judged_folders import ask, at, figures, invented_edition, put_judged, week
from warehouse.making import published_statements

_OBSERVATION = (
    "edition, iso_week, week_start, city, service_point, service_kind, area, measure, breakdown, category, "
    "value, flag, submission_id, version, source_file, source_sheet, source_cell"
)
INTERFACE = {
    "observations": _OBSERVATION,
    "observations_history": f"{_OBSERVATION}, known_from, known_to",
    "submissions": "submission_id, edition, city, iso_week, version, received_at, received_by, is_late, "
    "sha256, file_names, layout, status, errors, warnings, supersedes, reason_code",
    # `finding` numbers the findings of a return: without it a row has no key.
    "findings": "submission_id, finding, rule, severity, file, sheet, cell, cells, service_point, "
    "measure, breakdown, category, found, expected, message, action, disposition, note",
    "expected_returns": "edition, city, iso_week, due_at, status, submission_id, known_from, known_to",
    "nil_returns": "edition, iso_week, city, service_point, area, reason, submission_id, known_from, "
    "known_to",
}
"""What the public interface says. It changes only with a line in the CHANGELOG."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("home"))
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "12.5"))
    put_judged(home, "ancona", 40, at(40, 2), figures("AN-OSS-01", "7"))
    consolidate_weeks(home, invented_edition(), [week(40)])
    return home.published("prova")


@pytest.mark.parametrize("table", INTERFACE)
def test_the_columns_are_those_of_the_interface(published: Path, table: str) -> None:
    found = ask(published, f"SELECT column_name FROM (DESCRIBE {table})")
    assert ", ".join(str(name) for (name,) in found) == INTERFACE[table]


def test_the_contract_is_published_beside_the_returns(published: Path) -> None:
    names = {name for (name,) in ask(published, "SHOW TABLES")}
    assert names >= {
        *INTERFACE,
        *("cities", "service_points", "weeks", "measures", "code_lists", "indicator_catalogue"),
        *("rules", "waivers", "cities_now", "observations_labelled"),
    }


def test_every_table_and_column_carries_its_description(published: Path) -> None:
    tables = ask(published, "SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'main'")
    views = ask(published, "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal")
    assert {name for name, _ in tables} == {table.name for table in PUBLISHED_TABLES}
    assert {name for name, _ in views} == {view.name for view in PUBLISHED_VIEWS}
    assert all(str(comment).startswith("One row is ") for _, comment in (*tables, *views))
    bare = ask(
        published,
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL",
    )
    assert bare == []


@pytest.mark.parametrize("table", [t for t in PUBLISHED_TABLES if not t.is_bulk], ids=lambda t: t.name)
def test_the_key_is_enforced_by_the_file(published: Path, table: Table) -> None:
    found = ask(
        published,
        f"SELECT constraint_column_names FROM duckdb_constraints() "
        f"WHERE schema_name = 'main' AND table_name = '{table.name}' AND constraint_type = 'PRIMARY KEY'",
    )
    assert found == [(list(table.key),)]


def test_foreign_keys_stand_in_the_file(published: Path) -> None:
    found = ask(
        published,
        "SELECT table_name, referenced_table FROM duckdb_constraints() "
        "WHERE constraint_type = 'FOREIGN KEY' AND database_name = current_database() ORDER BY ALL",
    )
    assert found == [
        ("budgets", "areas"),
        ("expected_returns", "submissions"),
        ("findings", "submissions"),
        ("indicator_catalogue", "areas"),
        ("measures", "areas"),
        ("nil_returns", "areas"),
        ("nil_returns", "submissions"),
        ("service_points", "service_kinds"),
        ("targets", "indicator_catalogue"),
    ]


@pytest.mark.parametrize("view", PUBLISHED_VIEWS, ids=lambda view: view.name)
def test_a_view_has_the_columns_of_the_catalogue(published: Path, view: View) -> None:
    found = ask(published, f"SELECT column_name, column_type FROM (DESCRIBE {view.name})")
    assert found == [(field.name, field.sql_type) for field in view.fields]


def test_labels_are_italian_and_cities_stand_once(published: Path) -> None:
    labelled = ask(
        published,
        "SELECT city_name, service_point_name, service_kind_label, area_label, measure_label, "
        "breakdown_label, category_label FROM observations_labelled "
        "WHERE service_point = 'NA-OSS-01' AND category = 'F'",
    )
    assert labelled == [
        ("Napoli", "Sportello NA-OSS-01", "sportello", "Presa in carico", "visits (it)", "sex", "Femmine")
    ]
    assert ask(published, "SELECT count(*) FROM observations_labelled") == ask(
        published, "SELECT count(*) FROM observations"
    )
    assert ask(published, "SELECT slug, istat_code, province FROM cities_now ORDER BY slug") == [
        ("ancona", "999001", "AN"),
        ("como", "013075", "CO"),
        ("napoli", "063049", "NA"),
    ]


def test_the_contract_keeps_its_meaning(published: Path) -> None:
    assert ask(
        published, "SELECT due_at, month, quarter, week_end FROM weeks WHERE iso_week = '2023-W52'"
    ) == ask(
        published, "SELECT TIMESTAMPTZ '2024-01-03 11:00:00+00', '2023-12', '2023-Q4', DATE '2023-12-31'"
    )
    assert ask(published, "SELECT id, is_enforced, is_waivable FROM rules") == [("H05", True, False)]
    assert ask(published, "SELECT code, breakdowns FROM measures ORDER BY code") == [
        ("staff", []),
        ("visits", ["sex"]),
    ]
    assert ask(published, "SELECT count(*) FROM cities") == [(4,)]


def test_the_schema_is_the_one_reviewed() -> None:
    """The snapshot is rewritten with `python -m tests.warehouse.published_schema` and read in review."""
    snapshot = Path(__file__).with_name("published_schema.sql").read_text(encoding="utf-8")
    assert ";\n".join(published_statements()) + ";\n" == snapshot
