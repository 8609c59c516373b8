"""Publishing an edition: from the warehouse to the file that people open, and to Parquet beside it.

Lives here: which parts of the published tables have something new, and their replacement in one step.
Must not live here: judged returns (the warehouse is the only source), how indicators are computed, open data.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pandas as pd

from schemas.acts import DeadlineMoved, Freeze, Waiver
from schemas.contract import Edition
from schemas.deadlines import Deadlines
from schemas.fields import (
    DEADLINES,
    EXPECTED_RETURNS,
    FINDINGS,
    INDICATORS,
    NIL_RETURNS,
    OBSERVATIONS,
    OBSERVATIONS_HISTORY,
    PUBLISHED_TABLES,
    RELEASES,
    REVISIONS,
    SUBMISSIONS,
    WAIVERS,
    WEEKS,
    Table,
)
from schemas.periods import touched_periods
from schemas.weeks import IsoWeek
from warehouse import frames
from warehouse.batches import batches_of
from warehouse.ddl import (
    copy_to_parquet,
    count_rows,
    delete_from,
    delete_other_than,
    insert_into,
    insert_missing,
    literal,
    repeated_keys,
    rows_of,
)
from warehouse.files import (
    building_of,
    handed_in,
    made_lasting_meanwhile,
    make_lasting,
    put_in_place,
    remove_database,
    transaction,
    write_database,
)
from warehouse.indicators import machinery_frames
from warehouse.judged import Held
from warehouse.loading import GrainError
from warehouse.making import (
    COMPUTED_WEEKS,
    HELD,
    HISTORY_MACHINERY,
    MACHINERY,
    PARQUET_PARTS,
    fingerprints_of,
    made_with,
    making_of,
    of_edition,
    published_fingerprints,
    published_statements,
    read_ours,
    remember_making,
)
from warehouse.parquet import PartFiles
from warehouse.parts import NO_WEEK, PART, WHOLE, Part, of_parts, period_part, rows_leaving, week_part
from warehouse.queries import query

_OF_EDITION = "edition = $edition"

_PARTS_AT_ONCE = 4
"""Of a bulk table. Fewer: the same stretch of it is read several times. More: sorting needs more memory."""

_MEMORY = "256MB"
"""Rows that leave are in Python's memory too."""

_OF_TOUCHED = "submission_id IN (SELECT submission_id FROM touched_returns)"
_OF_LOADED = "submission_id IN (SELECT submission_id FROM touched_returns WHERE is_loaded)"
_OF_STALE = "submission_id IN (SELECT submission_id FROM stale_returns)"
_OF_WEEKS = f"{_OF_EDITION} AND list_contains($weeks, coalesce(iso_week, '{NO_WEEK}'))"


@dataclass(frozen=True)
class Publication:
    """The weeks that were replaced in the published file, and the rows that its tables now have."""

    weeks: tuple[str, ...]
    rows: Mapping[str, int]


@dataclass(frozen=True)
class Published:
    """What a published file holds, as far as the next run needs to know.

    is_settled: its Parquet files lie beside it, as far as their names and sizes tell.
    acts: which acts its tables hold, as `fingerprint_of_acts` tells.
    """

    is_current: bool
    is_settled: bool
    acts: str
    held: Mapping[str, Held]


_NOTHING = Published(is_current=False, is_settled=False, acts="", held={})


@dataclass(frozen=True)
class _Touched:
    """The parts that have something new, by the parting of tables.

    weeks: of returns; due_weeks: of the states of returns that are due; tables: replaced whole.
    """

    weeks: frozenset[str]
    due_weeks: frozenset[str]
    periods: frozenset[str]
    tables: frozenset[Table]

    def of(self, table: Table) -> frozenset[str]:
        match table.parting:
            case "whole":
                return frozenset({WHOLE} if table in self.tables else ())
            case "by_period":
                return self.periods
            case "by_week" | "by_week_of_return":
                return self.due_weeks if table is EXPECTED_RETURNS else self.weeks


def read_published(published: Path, edition: Edition) -> Published:
    """What is published of an edition."""
    files = PartFiles.beside(published)

    def read(connection: duckdb.DuckDBPyConnection) -> Published:
        making = making_of(connection)
        if _doubts(published).exists() or not making.is_of(published_fingerprints(edition)):
            return _NOTHING
        is_settled = _parts_held(connection) == files.sizes() and not files.unsettled()
        acts = making.fingerprints.get(_acts_part(edition), "")
        return Published(True, is_settled, acts, of_edition(making.held, edition.slug))

    return read_ours(published, read) or _NOTHING


ActInTables = Waiver | DeadlineMoved | Freeze
"""An act that tables of the contract tell: `DECIDED_TABLES`."""


def fingerprint_of_acts(acts: Sequence[ActInTables]) -> str:
    """By which a published file knows the acts that its tables hold; '' for none."""
    told = "\n".join(act.model_dump_json() for act in acts)
    return hashlib.sha256(told.encode()).hexdigest() if acts else ""


def _acts_part(edition: Edition) -> str:
    return f"acts of {edition.slug}"


def doubt(published: Path) -> None:
    """Say, before all is derived again, that what is published may differ from it; until it is published.

    It stays open to readers. Whatever publishes next makes every part anew, should this run die before.
    """
    published.parent.mkdir(parents=True, exist_ok=True)
    note = _doubts(published)
    note.touch()
    make_lasting(note)
    make_lasting(note.parent)


def _doubts(published: Path) -> Path:
    return published.with_name(f".{published.stem}.doubted")


def is_current(published: Path, edition: Edition) -> bool:
    """Whether there is a published file, made with today's tables, code and contract, and not in doubt."""
    if _doubts(published).exists():
        return False
    return published_fingerprints(edition).items() <= made_with(published).items()


def publish(
    published: Path,
    warehouse: Path,
    edition: Edition,
    weeks: Sequence[IsoWeek],
    acts: Sequence[ActInTables] = (),
) -> Publication:
    """Make the published file, and the Parquet files beside it, say what the warehouse says.

    acts: those of the edition, of each kind in the order in which they were made.

    Replaced are these weeks, any other in which the file differs from the warehouse, and what depends on
    them: in a copy, checked as it leaves, that takes the place of the file. A reader keeps what it has
    open; a run that dies leaves what was there, or what the next run puts right. The file is built new
    when it is missing, when it was made with other tables or another contract, or when most of it is
    replaced anyway. Raises UnfitRowsError or GrainError before anything is replaced.
    """
    published.parent.mkdir(parents=True, exist_ok=True)
    building, files = building_of(published), PartFiles.beside(published)
    remove_database(building)
    files.remove_unfinished()
    try:
        done = _build(building, published, warehouse, edition, weeks, acts, files)
    except BaseException:
        remove_database(building)
        files.remove_unfinished()
        raise
    files.change(done.built, done.wanted)
    put_in_place(building, published)
    files.settle()
    _doubts(published).unlink(missing_ok=True)
    return done.publication


@dataclass(frozen=True)
class _Built:
    """A finished file that waits to take its place; the parts written beside theirs, and all that belong."""

    publication: Publication
    built: frozenset[Part]
    wanted: Mapping[Part, int]


def _build(
    building: Path,
    published: Path,
    warehouse: Path,
    edition: Edition,
    weeks: Sequence[IsoWeek],
    acts: Sequence[ActInTables],
    files: PartFiles,
) -> _Built:
    if is_current(published, edition):
        shutil.copyfile(published, building)
        with made_lasting_meanwhile(building), _open(building, warehouse) as connection:
            touched = _find_touched(connection, edition, weeks, acts)
            if touched is not None:
                touched = replace(touched, tables=_replace_decided(connection, edition, acts))
                return _bring_up_to_date(connection, edition, touched, files)
        remove_database(building)
    _build_empty(building, edition)
    with _open(building, warehouse) as connection:
        _replace_decided(connection, edition, acts)
        return _bring_up_to_date(connection, edition, _everything(connection, edition), files)


@contextmanager
def _open(building: Path, warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with write_database(building, memory=_MEMORY) as connection:
        connection.execute(f"ATTACH {literal(str(warehouse))} AS warehouse (READ_ONLY)")
        yield connection


def _build_empty(building: Path, edition: Edition) -> None:
    """A published file that holds the contract alone."""
    with write_database(building) as connection, transaction(connection):
        for statement in published_statements():
            connection.execute(statement)
        remember_making(connection, published_fingerprints(edition))
        for table, frame in frames.contract_frames(edition).items():
            with handed_in(connection, {"contract_rows": frame}):
                connection.execute(insert_into(table, "FROM contract_rows"))
        for table, frame in machinery_frames(edition).items():
            with handed_in(connection, {"contract_rows": frame}):
                connection.execute(insert_into(table, "FROM contract_rows", schema=MACHINERY))


# --- what is new


def _find_touched(
    connection: duckdb.DuckDBPyConnection,
    edition: Edition,
    weeks: Sequence[IsoWeek],
    acts: Sequence[ActInTables],
) -> _Touched | None:
    """The parts that have something new; None when that is most of them."""
    differing = _weeks_found(connection, "differing_weeks", edition)
    touched = {*map(str, weeks), *differing}
    if 2 * len(touched) > len(_weeks_found(connection, "loaded_weeks", edition)):
        return None
    due_weeks = touched | _weeks_found(connection, "differing_expected_returns", edition)
    before, horizon = _horizons(connection, edition)
    known = {str(week): week for week in edition.weeks}
    figures = {known[week] for week in touched if week in known}
    figures |= {week for week in edition.weeks if _lies_between(str(week), before, horizon)}
    figures |= _weeks_frozen_since(connection, edition, acts)
    last = known.get(horizon, edition.facts.first_week)
    periods = touched_periods(edition, figures, last)
    return _Touched(
        weeks=frozenset(touched),
        due_weeks=frozenset(due_weeks),
        periods=frozenset(period.part for period in periods),
        tables=frozenset(),
    )


def _lies_between(week: str, one: str, other: str) -> bool:
    return min(one, other) < week <= max(one, other)


def _weeks_frozen_since(
    connection: duckdb.DuckDBPyConnection, edition: Edition, acts: Sequence[ActInTables]
) -> set[IsoWeek]:
    """The weeks whose indicators are provisional in the file, and no longer, or the other way round."""
    rows = connection.execute(query("frozen_quarters"), {"edition": edition.slug}).fetchall()
    differing = {quarter for (quarter,) in rows} ^ {act.quarter for act in acts if isinstance(act, Freeze)}
    return {week for week in edition.weeks if week.quarter in differing}


def _everything(connection: duckdb.DuckDBPyConnection, edition: Edition) -> _Touched:
    """Every part that the warehouse has rows for."""
    computed = connection.execute(query("computed_periods"), {"edition": edition.slug}).fetchall()
    return _Touched(
        weeks=frozenset(_weeks_found(connection, "loaded_weeks", edition)),
        due_weeks=frozenset(_weeks_found(connection, "differing_expected_returns", edition)),
        periods=frozenset(period_part(kind, name) for kind, name in computed),
        tables=frozenset(PUBLISHED_TABLES),
    )


def _weeks_found(connection: duckdb.DuckDBPyConnection, name: str, edition: Edition) -> set[str]:
    rows = connection.execute(query(name), {"edition": edition.slug}).fetchall()
    return {week_part(iso_week) for (iso_week,) in rows}


def _horizons(connection: duckdb.DuckDBPyConnection, edition: Edition) -> tuple[str, str]:
    """The last week due, as published and as the warehouse has it; '' where none is."""
    ((before, after),) = connection.execute(query("horizons"), {"edition": edition.slug}).fetchall()
    return before or "", after or ""


# --- replacing it


def _bring_up_to_date(
    connection: duckdb.DuckDBPyConnection, edition: Edition, touched: _Touched, files: PartFiles
) -> _Built:
    """Take what is new from the warehouse, check it as it leaves, and write it beside its place."""
    _replace_returns(connection, edition, touched)
    weeks = touched.weeks - {NO_WEEK}
    _replace_parts(connection, edition, OBSERVATIONS_HISTORY, weeks)
    _replace_parts(connection, edition, OBSERVATIONS, weeks)
    _replace_parts(connection, edition, REVISIONS, weeks)
    _replace_parts(connection, edition, INDICATORS, touched.periods)
    _replace_history(connection, edition, weeks)
    connection.execute("DETACH warehouse")

    held = _parts_held(connection)
    leaving = _parts_leaving(touched, held, files)
    built: dict[Part, int] = {}
    for table in PUBLISHED_TABLES:
        built |= _write_parts(connection, table, leaving[table.name], files)
    asked = {Part(table, name) for table, parts in leaving.items() for name in parts}
    wanted = {part: size for part, size in held.items() if part not in asked} | built
    _remember_parts(connection, wanted)
    connection.execute("CHECKPOINT")
    rows = {table.name: connection.execute(count_rows(table)).fetchall()[0][0] for table in PUBLISHED_TABLES}
    return _Built(Publication(tuple(sorted(weeks)), rows), frozenset(built), wanted)


def _replace_decided(
    connection: duckdb.DuckDBPyConnection, edition: Edition, acts: Sequence[ActInTables]
) -> frozenset[Table]:
    """Take in these acts if they are other than those held; the tables that this replaces."""
    wanted = {_acts_part(edition): fingerprint_of_acts(acts)}
    if wanted.items() <= fingerprints_of(connection).items():
        return frozenset()
    deadlines = Deadlines(edition, tuple(act for act in acts if isinstance(act, DeadlineMoved)))
    given = {
        WEEKS: frames.weeks(deadlines),
        DEADLINES: frames.deadlines(deadlines),
        WAIVERS: frames.waivers(act for act in acts if isinstance(act, Waiver)),
        RELEASES: frames.releases(act for act in acts if isinstance(act, Freeze)),
    }
    with handed_in(connection, {f"{table.name}_given": frame for table, frame in given.items()}):
        with transaction(connection):
            for table in given:
                connection.execute(delete_other_than(table, f"{table.name}_given", "true"))
        with transaction(connection):
            for table in given:
                connection.execute(insert_missing(table, f"{table.name}_given", "true"))
            remember_making(connection, wanted)
    return frozenset(given)


def _replace_returns(connection: duckdb.DuckDBPyConnection, edition: Edition, touched: _Touched) -> None:
    """Bring the returns, and what was said of them, up to the warehouse: only rows that differ.

    These tables are indexed, and such a table keeps the room of deleted rows. Three transactions: DuckDB
    refuses to delete a row, or to insert its key again, in the one that deleted what refers to it.
    """
    of_edition = {"edition": edition.slug}
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE touched_returns AS {query('touched_returns')}",
        {**of_edition, "parts": sorted(touched.weeks)},
    )
    of_weeks: dict[str, object] = {**of_edition, "weeks": sorted(touched.weeks)}
    of_due_weeks: dict[str, object] = {**of_edition, "weeks": sorted(touched.due_weeks)}
    tables: tuple[tuple[Table, str, str, str, dict[str, object]], ...] = (
        (SUBMISSIONS, "main", _OF_TOUCHED, _OF_LOADED, {}),
        (HELD, MACHINERY, _OF_WEEKS, _OF_WEEKS, of_weeks),
        (FINDINGS, "main", _OF_TOUCHED, _OF_LOADED, {}),
        (NIL_RETURNS, "main", _OF_WEEKS, _OF_WEEKS, of_weeks),
        (EXPECTED_RETURNS, "main", _OF_WEEKS, _OF_WEEKS, of_due_weeks),
    )
    for table, schema, _, wanted, values in tables:
        rows = rows_of(table, wanted, catalog="warehouse", schema=schema)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE wanted_{table.name} AS {rows}", values)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE stale_returns AS {query('stale_returns')}")
    with transaction(connection):
        for table in (FINDINGS, NIL_RETURNS, EXPECTED_RETURNS):
            connection.execute(delete_from(table, _OF_STALE))
        for table, schema, held, _, values in tables:
            if table is not SUBMISSIONS:
                connection.execute(
                    delete_other_than(table, f"wanted_{table.name}", held, schema=schema), values
                )
    with transaction(connection):
        connection.execute(delete_from(SUBMISSIONS, _OF_STALE))
    with transaction(connection):
        for table, schema, held, _, values in tables:
            connection.execute(insert_missing(table, f"wanted_{table.name}", held, schema=schema), values)


_NEW_ROWS: Mapping[Table, str] = {
    OBSERVATIONS: query("observations"),
    REVISIONS: query("revisions"),
}
"""How bulk tables are filled; all others are the warehouse's as they stand there."""


def _replace_parts(
    connection: duckdb.DuckDBPyConnection, edition: Edition, table: Table, parts: Collection[str]
) -> None:
    """Replace these parts of a bulk table, and see that no key stands twice in them."""
    for batch in batches_of(sorted(parts), _PARTS_AT_ONCE):
        condition, values = of_parts(table, batch)
        of_edition = {**values, "edition": edition.slug}
        condition = f"{_OF_EDITION} AND {condition}"
        rows = _NEW_ROWS.get(table) or rows_of(table, condition, catalog="warehouse")
        with transaction(connection):
            connection.execute(delete_from(table, condition), of_edition)
            connection.execute(insert_into(table, rows), of_edition)
            repeated = connection.execute(repeated_keys(table, condition), of_edition).fetchall()
            if repeated:
                raise GrainError(f"{table.name}: {repeated[0][-1]} rows for {repeated[0][:-1]}")


def _replace_history(connection: duckdb.DuckDBPyConnection, edition: Edition, weeks: frozenset[str]) -> None:
    """Replace what was known in its time of these weeks, and of those that were computed anew since."""
    computed = weeks | _weeks_found(connection, "differing_computed_weeks", edition)
    for batch in batches_of(sorted(computed), _PARTS_AT_ONCE):
        with transaction(connection):
            for table in (*HISTORY_MACHINERY, COMPUTED_WEEKS):
                condition, values = of_parts(table, batch)
                condition, values = f"{_OF_EDITION} AND {condition}", {**values, "edition": edition.slug}
                rows = rows_of(table, condition, catalog="warehouse", schema=MACHINERY)
                connection.execute(delete_from(table, condition, schema=MACHINERY), values)
                connection.execute(insert_into(table, rows, schema=MACHINERY), values)


# --- as Parquet


def _parts_held(connection: duckdb.DuckDBPyConnection) -> dict[Part, int]:
    rows = connection.execute(query("parquet_parts")).fetchall()
    return {Part(table, name): size for table, name, size in rows}


def _parts_leaving(
    touched: _Touched, held: Mapping[Part, int], files: PartFiles
) -> Mapping[str, frozenset[str]]:
    """What has something new, and what does not lie there as it should."""
    there = files.sizes()
    amiss = {part for part in held if there.get(part) != held[part]} | files.unsettled()
    by_table: dict[str, set[str]] = defaultdict(set)
    for part in amiss:
        by_table[part.table].add(part.name)
    return {table.name: touched.of(table) | by_table[table.name] for table in PUBLISHED_TABLES}


def _write_parts(
    connection: duckdb.DuckDBPyConnection, table: Table, parts: Collection[str], files: PartFiles
) -> dict[Part, int]:
    """Check the rows of these parts as they leave and write them beside their places; the sizes."""
    built = {}
    for batch in batches_of(sorted(parts), _PARTS_AT_ONCE if table.is_bulk else len(parts) or 1):
        rows, values = rows_leaving(table, batch)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE leaving AS {rows}", values)
        columns = connection.execute("FROM leaving").fetchnumpy()
        names_of_parts = columns.pop(PART)
        frames.check_leaving(table, columns, names_of_parts)
        for name in sorted(set(names_of_parts)):
            part = Part(table.name, name)
            building = files.building(part)
            building.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(copy_to_parquet(table, "leaving", f"{PART} = $part", building), {"part": name})
            built[part] = files.size_built(part)
    connection.execute("DROP TABLE IF EXISTS leaving")
    return built


def _remember_parts(connection: duckdb.DuckDBPyConnection, wanted: Mapping[Part, int]) -> None:
    rows = [(part.table, part.name, size) for part, size in sorted(wanted.items())]
    frame = pd.DataFrame.from_records(rows, columns=list(PARQUET_PARTS.columns))
    with transaction(connection), handed_in(connection, {"wanted_parts": frame}):
        connection.execute(delete_other_than(PARQUET_PARTS, "wanted_parts", "true", schema=MACHINERY))
        connection.execute(insert_missing(PARQUET_PARTS, "wanted_parts", "true", schema=MACHINERY))
