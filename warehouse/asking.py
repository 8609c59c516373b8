"""Asking the published file a question in SQL, without being able to change it.

Lives here: the read-only connection that analysts' queries run on, "as known on", and answers as files.
Must not live here: queries of the product itself (`warehouse.sql`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

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
from warehouse.ddl import literal
from warehouse.files import SILENTLY
from warehouse.queries import query


class QueryError(Exception):
    """The query cannot be run; the message says why, in DuckDB's words."""


FileForm = Literal["parquet", "json"]
"""A file that keeps types: Parquet, or JSON as a list of objects, one a row."""

_WRITTEN_AS: dict[FileForm, str] = {"parquet": "FORMAT parquet", "json": "FORMAT json, ARRAY true"}

_AT_A_TIME = 10_000
"""Rows that are in memory at once."""


@dataclass(frozen=True)
class Answer:
    """What a query gives, while the published file is open; fetched or written once."""

    relation: duckdb.DuckDBPyRelation

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.relation.columns)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows, in the order that the query gives them."""
        while rows := self.relation.fetchmany(_AT_A_TIME):
            yield from rows

    def write(self, target: Path, form: FileForm) -> None:
        """Write the rows into the file that `asked` was opened for."""
        self.relation.query("answer", f"COPY answer TO {literal(str(target))} ({_WRITTEN_AS[form]})")


@contextmanager
def asked(
    path: Path, question: str, as_of: dt.datetime | None = None, target: Path | None = None
) -> Iterator[Answer]:
    """One query on a published file. Raises QueryError, also while its rows are fetched.

    With `as_of`, `observations` and `observations_labelled` hold what was valid at that instant; a table
    that cannot tell what was known then is refused. The connection reads the published file and nothing
    else: no other file, no network; it writes nothing but `target`, a file that is not there yet.
    """
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Europe/Rome'")
        connection.execute(SILENTLY)
        connection.execute(f"ATTACH {literal(str(path))} AS published (READ_ONLY)")
        connection.execute("SET python_enable_replacements = false")
        if target is not None:
            connection.execute(f"SET allowed_paths = [{literal(str(target))}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        connection.execute("USE published")
        try:
            if as_of is not None:
                _refuse_what_is_of_today(connection, question)
                connection.execute(query("observations_as_of"), {"as_of": as_of})
            relation = connection.sql(question)
            if relation is None:
                raise QueryError("it gives no rows: ask with SELECT, FROM, DESCRIBE or SHOW")
            yield Answer(relation)
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
