"""Loading judged returns into the warehouse, a week whole in one transaction.

Lives here: making the warehouse, replacing a week, and the states of the returns that are due.
Must not live here: which weeks have something new, locks, progress (`pipelines.consolidating`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from schemas.contract import Edition
from schemas.fields import (
    EXPECTED_RETURNS,
    FINDINGS,
    NIL_RETURNS,
    OBSERVATIONS_HISTORY,
    SUBMISSIONS,
)
from schemas.verdicts import OBSERVATION_COLUMNS
from schemas.weeks import IsoWeek
from warehouse import frames
from warehouse.ddl import delete_from, delete_other_than, insert_into, insert_missing, repeated_keys
from warehouse.files import building_of, handed_in, put_in_place, remove_database, transaction, write_database
from warehouse.judged import JudgedError, JudgedReturn, for_duckdb
from warehouse.making import (
    MACHINERY,
    TABLES,
    VERDICTS_HELD,
    made_with,
    remember_making,
    warehouse_fingerprints,
    warehouse_statements,
)
from warehouse.queries import query

_OF_INCOMING = "list_contains($incoming, submission_id)"
_OF_REPLACED = "list_contains($replaced, submission_id)"
_OF_WEEKS = "edition = $edition AND iso_week IN (SELECT unnest($weeks))"
_OF_EDITION = "edition = $edition"

_WEEKS_AT_ONCE = 8
"""In one transaction. Fewer: each costs as much again as its rows. More: progress is told late."""


Batch = Mapping[IsoWeek | None, Sequence[JudgedReturn]]
"""Returns by the week that they are for; under None those that no week of the edition holds."""


class GrainError(Exception):
    """Two rows of a table have the same key: nothing was written."""


@dataclass(frozen=True)
class WeekLoaded:
    """What the warehouse now holds of a week (None: of no week of the edition)."""

    week: IsoWeek | None
    returns: tuple[JudgedReturn, ...]
    values_by_city: Mapping[str, int]
    """Values now valid. A city without an accepted return is not among them."""


def make_warehouse(path: Path, edition: Edition) -> None:
    """See that there is a warehouse with today's tables; one with other tables is thrown away."""
    fingerprint = {TABLES: warehouse_fingerprints(edition)[TABLES]}
    if fingerprint.items() <= made_with(path).items():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    building = building_of(path)
    remove_database(building)
    with write_database(building) as connection, transaction(connection):
        for statement in warehouse_statements():
            connection.execute(statement)
        remember_making(connection, fingerprint)
    put_in_place(building, path)


def is_whole(path: Path, edition: Edition) -> bool:
    """Whether every return of the edition was loaded since the warehouse was made."""
    return warehouse_fingerprints(edition).items() <= made_with(path).items()


def remember_whole(connection: duckdb.DuckDBPyConnection, edition: Edition) -> None:
    """Record that every return of the edition is loaded."""
    remember_making(connection, warehouse_fingerprints(edition))


def load_weeks(
    connection: duckdb.DuckDBPyConnection,
    edition: Edition,
    weeks: Batch,
) -> Iterator[WeekLoaded]:
    """Replace all that the warehouse holds of these weeks, some at a time, each whole in one transaction.

    Raises JudgedError, pandera's SchemaErrors or GrainError; the weeks of that transaction then stay
    as they were.
    """
    returns = [entry for week in weeks.values() for entry in week]
    accepted = [entry for entry in returns if entry.verdict.is_accepted]
    for entry in weeks.get(None, ()):
        if entry.verdict.is_accepted:
            raise JudgedError(entry.folder, "accepted for no week of the edition")
    incoming = {
        "incoming_submissions": frames.submissions(returns),
        "incoming_findings": frames.findings(returns),
        "incoming_nil_returns": frames.nil_returns(accepted),
        "incoming_verdicts": frames.verdicts_held(returns),
        "accepted_returns": frames.accepted_returns(accepted),
        "counted_measures": frames.counted_measures(edition),
    }
    with handed_in(connection, incoming):
        for batch in _batches(weeks):
            with transaction(connection):
                _remove_replaced(connection, edition, batch)
                _insert_returns(connection, batch)
                _insert_observations(connection, edition, batch)
            values = _values_by_city(connection, edition, batch)
            for week, of_week in batch.items():
                yield WeekLoaded(week, tuple(of_week), values.get(str(week), {}))


def _batches(weeks: Batch) -> Iterator[Batch]:
    entries = list(weeks.items())
    for start in range(0, len(entries), _WEEKS_AT_ONCE):
        yield dict(entries[start : start + _WEEKS_AT_ONCE])


def _weeks(batch: Batch) -> list[str]:
    return [str(week) for week in batch if week is not None]


def _ids(batch: Batch) -> list[str]:
    return [entry.verdict.submission_id for returns in batch.values() for entry in returns]


def _remove_replaced(connection: duckdb.DuckDBPyConnection, edition: Edition, batch: Batch) -> None:
    rows = connection.execute(
        query("replaced_submissions"),
        {
            "edition": edition.slug,
            "incoming": _ids(batch),
            "weeks": _weeks(batch),
            "is_unplaced": None in batch,
            "edition_weeks": [str(known) for known in edition.weeks],
        },
    ).fetchall()
    replaced = {"replaced": [submission_id for submission_id, _ in rows]}
    for iso_week in sorted({iso_week for _, iso_week in rows if iso_week is not None}):
        connection.execute(
            delete_from(OBSERVATIONS_HISTORY, f"iso_week = $iso_week AND {_OF_REPLACED}"),
            {**replaced, "iso_week": iso_week},
        )
    for table in (NIL_RETURNS, FINDINGS, SUBMISSIONS):
        connection.execute(delete_from(table, _OF_REPLACED), replaced)
    connection.execute(delete_from(VERDICTS_HELD, _OF_REPLACED, schema=MACHINERY), replaced)


def _insert_returns(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    incoming = {"incoming": _ids(batch)}
    for table, relation, schema in (
        (SUBMISSIONS, "incoming_submissions", "main"),
        (FINDINGS, "incoming_findings", "main"),
        (NIL_RETURNS, "incoming_nil_returns", "main"),
        (VERDICTS_HELD, "incoming_verdicts", MACHINERY),
    ):
        rows = f"FROM {relation} WHERE {_OF_INCOMING}"
        connection.execute(insert_into(table, rows, schema=schema), incoming)


def _insert_observations(connection: duckdb.DuckDBPyConnection, edition: Edition, batch: Batch) -> None:
    files = [
        entry.observations() for returns in batch.values() for entry in returns if entry.verdict.is_accepted
    ]
    if not files:
        return
    try:
        connection.execute(
            insert_into(OBSERVATIONS_HISTORY, query("observations_history")),
            {
                "edition": edition.slug,
                "files": [for_duckdb(file) for file in files],
                "columns": dict.fromkeys(OBSERVATION_COLUMNS, "VARCHAR"),
            },
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.ConstraintException) as error:
        raise JudgedError(files[0].parent.parent, str(error)) from error
    repeated = connection.execute(
        repeated_keys(OBSERVATIONS_HISTORY, _OF_WEEKS), {"edition": edition.slug, "weeks": _weeks(batch)}
    ).fetchall()
    if repeated:
        raise GrainError(f"observations_history: {repeated[0][-1]} rows for {repeated[0][:-1]}")


def _values_by_city(
    connection: duckdb.DuckDBPyConnection, edition: Edition, batch: Batch
) -> dict[str, dict[str, int]]:
    of_weeks = {"edition": edition.slug, "weeks": _weeks(batch)}
    values: dict[str, dict[str, int]] = defaultdict(dict)
    for iso_week, city, count in connection.execute(query("values_by_city"), of_weeks).fetchall():
        values[iso_week][city] = count
    return values


def replace_expected_returns(connection: duckdb.DuckDBPyConnection, edition: Edition) -> None:
    """Bring the states of the city-weeks that are due up to the returns that the warehouse holds."""
    of_edition = {"edition": edition.slug}
    with transaction(connection), handed_in(connection, {"due_returns": frames.due_returns(edition)}):
        connection.execute(f"CREATE TEMP TABLE wanted_returns AS {query('expected_returns')}", of_edition)
        connection.execute(delete_other_than(EXPECTED_RETURNS, "wanted_returns", _OF_EDITION), of_edition)
        connection.execute(insert_missing(EXPECTED_RETURNS, "wanted_returns", _OF_EDITION), of_edition)
        connection.execute("DROP TABLE wanted_returns")
