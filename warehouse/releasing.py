"""The tables of a release: a quarter's published rows, as a warehouse has them, as Parquet.

Lives here: which rows of which tables belong to a quarter, their check as they leave, what is said of them.
Must not live here: what the warehouse held at another instant, manifests, acts (`pipelines.releases`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from schemas.contract import Edition
from schemas.fields import INDICATORS, OBSERVATIONS, RELEASED_TABLES, REVISIONS, Table
from schemas.periods import touched_periods
from schemas.releases import ReleasedFile
from schemas.weeks import IsoWeek
from warehouse import frames
from warehouse.ddl import copy_to_parquet, names, rows_of
from warehouse.files import make_lasting
from warehouse.parts import of_parts
from warehouse.queries import query

CATALOG = "warehouse"
"""What queries call the warehouse; a file has it for its catalogue's name when it is `warehouse.duckdb`."""

_QUERIES = {OBSERVATIONS: "observations", REVISIONS: "revisions"}
"""How tables are filled that the warehouse does not keep."""

_OF_WEEKS = "edition = $edition AND list_contains($parts, iso_week)"


@dataclass(frozen=True)
class Answered:
    """The city-weeks of a quarter by what became of them, and the values of their returns."""

    due: int
    valid: int
    values: int
    nil_declarations: int
    lacking: tuple[tuple[str, str, str], ...]
    """city, week, status of those without an accepted return."""


@dataclass(frozen=True)
class Corrected:
    """Values of a city-week that an accepted return changed."""

    city: str
    iso_week: str
    reason_code: str | None
    values_changed: int


def write_tables(
    connection: duckdb.DuckDBPyConnection, edition: Edition, weeks: Sequence[IsoWeek], folder: Path
) -> tuple[ReleasedFile, ...]:
    """Write the tables of these weeks and of their periods into `folder`, ordered by their keys.

    connection: to a warehouse. Afterwards it has them as temporary tables of their names, for
    `answered`, `corrected_since` and `arrived_since`. Raises UnfitRowsError.
    """
    files = []
    for table in RELEASED_TABLES:
        rows, values = _rows(table, edition, weeks)
        relation = f"released_{table.name}"
        connection.execute(
            f"CREATE TEMP TABLE {relation} AS "  # noqa: S608 -- the catalogue's own names
            f"SELECT {names(table.columns)} FROM ({rows}) ORDER BY {names(table.key)}",
            {**values, "edition": edition.slug},
        )
        columns = connection.execute(f"FROM {relation}").fetchnumpy()
        count = len(columns[table.key[0]])
        frames.check_leaving(table, columns, [weeks[0].quarter] * count)
        path = folder / f"{table.name}.parquet"
        connection.execute(copy_to_parquet(table, relation, "true", path))
        files.append(released_file(path, table.name, count))
    return tuple(files)


def released_file(path: Path, table: str | None = None, rows: int | None = None) -> ReleasedFile:
    """What the manifest says of a file that was written, which from now on nobody changes."""
    content = path.read_bytes()
    path.chmod(0o444)
    make_lasting(path)
    sha256 = hashlib.sha256(content).hexdigest()
    return ReleasedFile(name=path.name, table=table, rows=rows, size=len(content), sha256=sha256)


def answered(connection: duckdb.DuckDBPyConnection) -> Answered:
    """How far the released weeks were answered."""
    ((due, valid, values, nils),) = connection.execute(query("released_counts")).fetchall()
    lacking = connection.execute(query("released_lacking")).fetchall()
    return Answered(due, valid, values, nils, tuple(lacking))


def corrected_since(
    connection: duckdb.DuckDBPyConnection, since: dt.datetime | None
) -> tuple[Corrected, ...]:
    """What accepted returns changed since an instant; without one, ever."""
    rows = connection.execute(query("released_corrections"), {"since": since}).fetchall()
    return tuple(Corrected(*row) for row in rows)


def arrived_since(connection: duckdb.DuckDBPyConnection, since: dt.datetime) -> tuple[tuple[str, str], ...]:
    """The city-weeks whose first accepted return came since an instant."""
    return tuple(connection.execute(query("released_arrivals"), {"since": since}).fetchall())


def _rows(table: Table, edition: Edition, weeks: Sequence[IsoWeek]) -> tuple[str, dict[str, object]]:
    """The query for the rows that belong to these weeks, and its values."""
    if table is INDICATORS:
        periods = touched_periods(edition, weeks, weeks[-1])
        condition, values = of_parts(table, [period.part for period in periods])
        return rows_of(table, f"edition = $edition AND {condition}", catalog=CATALOG), values
    parts = [str(week) for week in weeks]
    if table in _QUERIES:
        return query(_QUERIES[table]), {"parts": parts, "first": parts[0], "last": parts[-1]}
    return rows_of(table, _OF_WEEKS, catalog=CATALOG), {"parts": parts}
