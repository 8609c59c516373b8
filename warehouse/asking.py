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

    With `as_of`, `observations` and `observations_labelled` hold what was valid at that instant. The
    connection reads the published file and nothing else: no other file, no network, no writing.
    """
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Europe/Rome'")
        name = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{name}' AS published (READ_ONLY)")
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        connection.execute("USE published")
        if as_of is not None:
            connection.execute(query("observations_as_of"), {"as_of": as_of})
        try:
            connection.execute(question)
            columns = tuple(column[0] for column in connection.description or ())
            return Answer(columns, tuple(connection.fetchall()) if columns else ())
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
