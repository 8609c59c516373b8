"""Asking the published file a question in SQL, without being able to change it.

Lives here: the read-only connection that analysts' queries run on, and "as known on".
Must not live here: queries of the product itself (`warehouse.sql`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from schemas.fields import (
    CITIES_NOW,
    CONTRACT_TABLES,
    DEADLINES,
    OBSERVATIONS,
    OBSERVATIONS_HISTORY,
    OBSERVATIONS_LABELLED,
    PUBLISHED_TABLES,
    PUBLISHED_VIEWS,
    WEEKS,
)
from warehouse.files import SILENTLY
from warehouse.queries import query


class QueryError(Exception):
    """The query cannot be run; the message says why, in DuckDB's words."""


@dataclass(frozen=True)
class Answer:
    """The rows of a query."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def ask(path: Path, question: str, as_of: dt.datetime | None = None) -> Answer:
    """Run one query on a published file. Raises QueryError.

    With `as_of`, `observations` and `observations_labelled` hold what was valid at that instant; a table
    that cannot tell what was known then is refused. The connection reads the published file and nothing
    else: no other file, no network, no writing.
    """
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Europe/Rome'")
        connection.execute(SILENTLY)
        name = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{name}' AS published (READ_ONLY)")
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        connection.execute("USE published")
        try:
            if as_of is not None:
                _refuse_what_is_of_today(connection, question)
                connection.execute(query("observations_as_of"), {"as_of": as_of})
            connection.execute(question)
            columns = tuple(column[0] for column in connection.description or ())
            return Answer(columns, tuple(connection.fetchall()) if columns else ())
        except duckdb.Error as error:
            raise QueryError(str(error)) from error


_OF_TODAY = {
    table.name
    for table in (*PUBLISHED_TABLES, *PUBLISHED_VIEWS)
    if table
    not in (
        *(*CONTRACT_TABLES, WEEKS, DEADLINES, CITIES_NOW),
        *(OBSERVATIONS, OBSERVATIONS_HISTORY, OBSERVATIONS_LABELLED),
    )
}
"""What says only what is known now."""


def _refuse_what_is_of_today(connection: duckdb.DuckDBPyConnection, question: str) -> None:
    names = {name.rpartition(".")[2].strip('"') for name in connection.get_table_names(question)}
    asked = sorted(names & _OF_TODAY)
    if asked:
        raise QueryError(f"{', '.join(asked)}: only as known today; as of an instant there are observations")
