"""Loading judged returns into the warehouse, a week whole in one transaction.

Lives here: making the warehouse, replacing a week, and the states of the returns that are due.
Must not live here: which weeks have something new, locks, progress (`pipelines.consolidating`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from schemas.contract import Edition
from schemas.deadlines import Deadlines
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
from warehouse.batches import batches_of
from warehouse.ddl import delete_from, delete_other_than, insert_into, insert_missing, repeated_keys
from warehouse.files import building_of, handed_in, put_in_place, remove_database, transaction, write_database
from warehouse.judged import NOTHING_DECIDED, Decided, Held, JudgedError, JudgedReturn, for_duckdb
from warehouse.making import (
    HELD,
    MACHINERY,
    TABLES,
    fingerprints_of,
    made_with,
    of_edition,
    read_making,
    remember_making,
    warehouse_fingerprints,
    warehouse_statements,
)
from warehouse.queries import query

_OF_INCOMING = "list_contains($incoming, submission_id)"
_OF_REPLACED = "list_contains($replaced, submission_id)"
_HELD_OF_INCOMING = "list_contains($incoming, name)"
_HELD_OF_REPLACED = "list_contains($replaced, name)"
_WITHOUT_FILE = "edition = $edition AND submission_id IS NULL AND list_contains($weeks, iso_week)"
"""What is declared nil by an act: rows of the week, of no return."""

_OF_WEEKS = "edition = $edition AND list_contains($weeks, iso_week)"
_OF_STRETCH = f"{_OF_WEEKS} AND iso_week BETWEEN $first AND $last"
"""BETWEEN lets DuckDB skip the stretches of a table in which none of the weeks stands."""

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


@dataclass(frozen=True)
class Loaded:
    """What a warehouse holds. held: of whatever edition; what an older contract gave is not current."""

    is_whole: bool
    held: Mapping[str, Held]

    def of(self, edition: Edition) -> dict[str, Held]:
        """What the edition's rows stand for, as far as these are what they should be."""
        return of_edition(self.held, edition.slug) if self.is_whole else {}


def read_loaded(path: Path, edition: Edition) -> Loaded:
    """What is loaded of an edition."""
    making = read_making(path)
    return Loaded(making.is_of(warehouse_fingerprints(edition)), making.held)


def make_warehouse(path: Path, edition: Edition) -> Loaded:
    """See that there is a warehouse with today's tables; one with other tables is thrown away.

    What it holds.
    """
    making = read_making(path)
    fingerprint = {TABLES: warehouse_fingerprints(edition)[TABLES]}
    if making.is_of(fingerprint):
        return Loaded(making.is_of(warehouse_fingerprints(edition)), making.held)
    path.parent.mkdir(parents=True, exist_ok=True)
    building = building_of(path)
    remove_database(building)
    with write_database(building) as connection, transaction(connection):
        for statement in warehouse_statements():
            connection.execute(statement)
        remember_making(connection, fingerprint)
    put_in_place(building, path)
    return Loaded(is_whole=False, held={})


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
    decided: Decided = NOTHING_DECIDED,
) -> Iterator[WeekLoaded]:
    """Replace all that the warehouse holds of these weeks, some at a time, each whole in one transaction.

    decided: all that was decided; what is about other weeks is left where it is. Raises JudgedError,
    pandera's SchemaErrors or GrainError; the weeks of that transaction then stay as they were.
    """
    returns = [entry for week in weeks.values() for entry in week]
    accepted = [entry for entry in returns if entry.verdict.is_accepted]
    for entry in weeks.get(None, ()):
        if entry.verdict.is_accepted:
            raise JudgedError(entry.folder, "accepted for no week of the edition")
    about_weeks = _decided_about(weeks, edition, decided)
    incoming = {
        "incoming_submissions": frames.submissions(returns),
        "incoming_findings": frames.findings(returns),
        "incoming_nil_returns": frames.nil_returns(accepted, about_weeks),
        "incoming_held": frames.held(returns, about_weeks),
        "accepted_returns": frames.accepted_returns(accepted),
        "counted_measures": frames.counted_measures(edition),
    }
    with handed_in(connection, incoming):
        for batch in _batches(weeks):
            with transaction(connection):
                about_batch = _decided_about(batch, edition, about_weeks)
                touched = _remove_replaced(connection, edition, batch, about_batch)
                _insert_returns(connection, edition, batch, about_batch)
                _insert_observations(connection, edition, batch)
                _replace_expected_returns(connection, edition, touched, decided)
            values = _values_by_city(connection, edition, batch)
            for week, of_week in batch.items():
                yield WeekLoaded(week, tuple(of_week), values.get(str(week), {}))


def _batches(weeks: Batch) -> Iterator[Batch]:
    entries = list(weeks.items())
    if not entries:
        # The roster, or the last arrival, may still have made another state of a return that is due.
        yield {}
    for several in batches_of(entries, _WEEKS_AT_ONCE):
        yield dict(several)


def _weeks(batch: Batch) -> list[str]:
    return [str(week) for week in batch if week is not None]


def _decided_about(batch: Batch, edition: Edition, decided: Decided) -> Decided:
    return decided.of(edition.slug, [None if week is None else str(week) for week in batch])


def _names(batch: Batch, decided: Decided) -> list[str]:
    returns = [entry.verdict.submission_id for returns in batch.values() for entry in returns]
    return [*returns, *decided.held]


def _remove_replaced(
    connection: duckdb.DuckDBPyConnection, edition: Edition, batch: Batch, decided: Decided
) -> frozenset[str]:
    """Make room for the batch; the weeks whose returns change, be it that one goes to another week."""
    rows = connection.execute(
        query("replaced"),
        {
            "edition": edition.slug,
            "incoming": _names(batch, decided),
            "weeks": _weeks(batch),
            "is_unplaced": None in batch,
            "edition_weeks": [str(known) for known in edition.weeks],
        },
    ).fetchall()
    replaced = {"replaced": [name for name, _ in rows]}
    weeks = {iso_week for _, iso_week in rows if iso_week is not None}
    for iso_week in sorted(weeks):
        connection.execute(
            delete_from(OBSERVATIONS_HISTORY, f"iso_week = $iso_week AND {_OF_REPLACED}"),
            {**replaced, "iso_week": iso_week},
        )
    for table in (NIL_RETURNS, FINDINGS, SUBMISSIONS):
        connection.execute(delete_from(table, _OF_REPLACED), replaced)
    connection.execute(
        delete_from(NIL_RETURNS, _WITHOUT_FILE), {"edition": edition.slug, "weeks": _weeks(batch)}
    )
    connection.execute(delete_from(HELD, _HELD_OF_REPLACED, schema=MACHINERY), replaced)
    return frozenset(weeks.union(_weeks(batch)))


def _insert_returns(
    connection: duckdb.DuckDBPyConnection, edition: Edition, batch: Batch, decided: Decided
) -> None:
    incoming = {"incoming": _names(batch, decided)}
    of_weeks = {"edition": edition.slug, "weeks": _weeks(batch)}
    for table, relation, schema, condition, values in (
        (SUBMISSIONS, "incoming_submissions", "main", _OF_INCOMING, incoming),
        (FINDINGS, "incoming_findings", "main", _OF_INCOMING, incoming),
        (NIL_RETURNS, "incoming_nil_returns", "main", _OF_INCOMING, incoming),
        (NIL_RETURNS, "incoming_nil_returns", "main", _WITHOUT_FILE, of_weeks),
        (HELD, "incoming_held", MACHINERY, _HELD_OF_INCOMING, incoming),
    ):
        rows = f"FROM {relation} WHERE {condition}"
        connection.execute(insert_into(table, rows, schema=schema), values)


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
        repeated_keys(OBSERVATIONS_HISTORY, _OF_STRETCH), _stretch_of(edition, batch)
    ).fetchall()
    if repeated:
        raise GrainError(f"observations_history: {repeated[0][-1]} rows for {repeated[0][:-1]}")


def _values_by_city(
    connection: duckdb.DuckDBPyConnection, edition: Edition, batch: Batch
) -> dict[str, dict[str, int]]:
    values: dict[str, dict[str, int]] = defaultdict(dict)
    rows = connection.execute(query("values_by_city"), _stretch_of(edition, batch)).fetchall()
    for iso_week, city, count in rows:
        values[iso_week][city] = count
    return values


def _stretch_of(edition: Edition, batch: Batch) -> dict[str, object]:
    weeks = _weeks(batch)
    bounds = {"first": min(weeks, default=""), "last": max(weeks, default="")}
    return {"edition": edition.slug, "weeks": weeks, **bounds}


def _replace_expected_returns(
    connection: duckdb.DuckDBPyConnection, edition: Edition, touched: frozenset[str], decided: Decided
) -> None:
    """Bring the states of the city-weeks that are due up to the returns that the warehouse now holds.

    Looked at are the weeks whose returns changed, those between the horizon that was and the one that is,
    and those of which the last arrival tells another way whether their deadline has passed; all after a
    change of the roster. No other week's states can have changed.
    """
    of_edition: dict[str, object] = {"edition": edition.slug}
    roster = {f"due returns of {edition.slug}": _roster_fingerprint(edition)}
    ((horizon, known_horizon),) = connection.execute(query("known_horizon"), of_edition).fetchall()
    bounds = sorted((horizon or "", known_horizon or ""))
    weeks = {str(week) for week in edition.weeks if bounds[0] < str(week) <= bounds[1]} | touched
    if roster.items() <= fingerprints_of(connection).items():
        passed = connection.execute(query("passed_deadlines"), of_edition).fetchall()
        weeks |= {iso_week for (iso_week,) in passed}
    else:
        weeks |= {str(week) for week in edition.weeks}
        connection.execute(delete_from(EXPECTED_RETURNS, _OF_EDITION), of_edition)
        remember_making(connection, roster)
    if not weeks:
        return
    of_weeks = {**of_edition, "weeks": sorted(weeks)}
    deadlines = Deadlines(edition, tuple(decided.moved.values()))
    due = frames.due_returns(deadlines, [week for week in edition.weeks if str(week) in weeks])
    with handed_in(connection, {"due_returns": due}):
        connection.execute(
            f"CREATE TEMP TABLE arrivals AS FROM ({query('arrivals')}) WHERE {_OF_EDITION}", of_edition
        )
        connection.execute(f"CREATE TEMP TABLE wanted_returns AS {query('expected_returns')}")
        connection.execute(delete_other_than(EXPECTED_RETURNS, "wanted_returns", _OF_WEEKS), of_weeks)
        connection.execute(insert_missing(EXPECTED_RETURNS, "wanted_returns", _OF_WEEKS), of_weeks)
        connection.execute("DROP TABLE wanted_returns")
        connection.execute("DROP TABLE arrivals")


def _roster_fingerprint(edition: Edition) -> str:
    roster = [(point.city, point.roster_from, point.roster_to) for point in edition.service_points]
    facts = (edition.facts.first_week, edition.facts.last_week, edition.facts.deadline, edition.city_slugs)
    return hashlib.sha256(f"{facts} {roster}".encode()).hexdigest()
