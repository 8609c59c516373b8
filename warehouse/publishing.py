"""Publishing an edition: from the warehouse to the file that people open.

Lives here: what the published file holds, and its replacement in one step.
Must not live here: judged returns (the warehouse is the only source), indicators, open data.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from schemas.contract import Edition
from schemas.fields import (
    EXPECTED_RETURNS,
    FINDINGS,
    NIL_RETURNS,
    OBSERVATIONS,
    OBSERVATIONS_HISTORY,
    PUBLISHED_TABLES,
    RETURN_TABLES,
    SUBMISSIONS,
)
from schemas.weeks import IsoWeek
from warehouse.ddl import count_rows, create_table, delete_from, drop_table, insert_into, literal, rows_of
from warehouse.files import (
    building_of,
    handed_in,
    put_in_place,
    read_database,
    remove_database,
    transaction,
    write_database,
)
from warehouse.frames import contract_frames
from warehouse.making import (
    MACHINERY,
    VERDICTS_HELD,
    Held,
    held_verdicts,
    made_with,
    published_fingerprints,
    published_statements,
    remember_making,
    weeks_that_differ,
)
from warehouse.queries import query

_OF_EDITION = "edition = $edition"
_OF_WEEKS = "edition = $edition AND iso_week BETWEEN $first AND $last AND list_contains($weeks, iso_week)"
"""BETWEEN lets DuckDB skip the parts of a table where none of the weeks stands."""

_WEEKS_AT_ONCE = 8
"""Fewer: the same part of a table is read several times. More: the sorting needs more memory."""

_OF_SUBMISSIONS = (
    "submission_id IN (SELECT submission_id FROM warehouse.submissions WHERE edition = $edition)"
)
_ROWS_OF_EDITION = {
    SUBMISSIONS: _OF_EDITION,
    FINDINGS: _OF_SUBMISSIONS,
    NIL_RETURNS: _OF_EDITION,
    EXPECTED_RETURNS: _OF_EDITION,
    VERDICTS_HELD: _OF_SUBMISSIONS,
}
_SMALL_TABLES = (*((table, "main") for table in RETURN_TABLES), (VERDICTS_HELD, MACHINERY))


@dataclass(frozen=True)
class Publication:
    """The weeks that were replaced in the published file, and the rows that its tables now have."""

    weeks: tuple[str, ...]
    rows: Mapping[str, int]


def is_current(published: Path, edition: Edition) -> bool:
    """Whether there is a published file, made with today's tables and contract."""
    return published_fingerprints(edition).items() <= made_with(published).items()


def publish(published: Path, warehouse: Path, edition: Edition, weeks: Sequence[IsoWeek]) -> Publication:
    """Make the published file say what the warehouse says.

    These weeks are replaced in a copy of it, and any other in which it differs from the warehouse; the
    copy then takes its place: a reader keeps what it has open, and a run that dies leaves what was
    there. The file is built new when it is missing, when it was made with other tables or another
    contract, or when most of it is replaced anyway.
    """
    published.parent.mkdir(parents=True, exist_ok=True)
    building = building_of(published)
    remove_database(building)

    wanted = _held(warehouse, edition)
    all_weeks = _weeks(held.iso_week for held in wanted.values())
    touched = all_weeks
    is_new = True
    if is_current(published, edition):
        differing = weeks_that_differ(_held(published, edition), wanted)
        touched = _weeks([*map(str, weeks), *differing])
        is_new = 2 * len(touched) > len(all_weeks)
    if is_new:
        _build_new(building, edition)
        touched = all_weeks
    else:
        shutil.copyfile(published, building)
    rows = _bring_up_to_date(building, warehouse, edition, touched)
    put_in_place(building, published)
    return Publication(touched, rows)


def _held(path: Path, edition: Edition) -> dict[str, Held]:
    with read_database(path) as connection:
        return held_verdicts(connection, edition.slug)


def _weeks(weeks: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({week for week in weeks if week is not None}))


def _build_new(building: Path, edition: Edition) -> None:
    """An empty published file that holds the contract."""
    with write_database(building) as connection, transaction(connection):
        for statement in published_statements():
            connection.execute(statement)
        remember_making(connection, published_fingerprints(edition))
        for table, frame in contract_frames(edition).items():
            with handed_in(connection, {"contract_rows": frame}):
                connection.execute(insert_into(table, "FROM contract_rows"))


def _bring_up_to_date(
    building: Path, warehouse: Path, edition: Edition, weeks: tuple[str, ...]
) -> dict[str, int]:
    """Take these weeks' values, and all else that came of the returns, from the warehouse."""
    of_edition = {"edition": edition.slug}
    with write_database(building) as connection:
        connection.execute(f"ATTACH {literal(str(warehouse))} AS warehouse (READ_ONLY)")
        # Small tables are made anew: their keys are indexed, and such a table keeps the room of deleted rows.
        for table, schema in reversed(_SMALL_TABLES):
            connection.execute(drop_table(table, schema=schema))
        with transaction(connection):
            for table, schema in _SMALL_TABLES:
                for statement in create_table(table, schema=schema):
                    connection.execute(statement)
                rows = rows_of(table, _ROWS_OF_EDITION[table], catalog="warehouse", schema=schema)
                connection.execute(insert_into(table, rows, schema=schema), of_edition)
            for start in range(0, len(weeks), _WEEKS_AT_ONCE):
                _replace_weeks(connection, edition, weeks[start : start + _WEEKS_AT_ONCE])
        connection.execute("DETACH warehouse")
        connection.execute("CHECKPOINT")
        return {
            table.name: connection.execute(count_rows(table)).fetchall()[0][0] for table in PUBLISHED_TABLES
        }


def _replace_weeks(connection: duckdb.DuckDBPyConnection, edition: Edition, weeks: tuple[str, ...]) -> None:
    of_weeks = {"edition": edition.slug, "first": weeks[0], "last": weeks[-1], "weeks": list(weeks)}
    for table in (OBSERVATIONS, OBSERVATIONS_HISTORY):
        connection.execute(delete_from(table, _OF_WEEKS), of_weeks)
    known = rows_of(OBSERVATIONS_HISTORY, _OF_WEEKS, catalog="warehouse")
    connection.execute(insert_into(OBSERVATIONS_HISTORY, known), of_weeks)
    connection.execute(insert_into(OBSERVATIONS, query("observations")), of_weeks)
