"""Asking the published file a question in SQL, without being able to change it.

Lives here: the read-only connection that analysts' queries run on, "as known on", and answers as files.
Must not live here: queries of the product itself (`warehouse.sql`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from schemas.fields import CONTRACT_TABLES, PUBLISHED_MACROS, PUBLISHED_TABLES, PUBLISHED_VIEWS
from warehouse.ddl import create_known, literal, name_known
from warehouse.files import SILENTLY
from warehouse.making import MACHINERY
from warehouse.queries import query


class QueryError(Exception):
    """The query cannot be run; the message says why, in DuckDB's words."""


class UnknownNameError(QueryError):
    """It names a table or a column that is not there."""


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

    With `as_of`, every table and view holds what was known at that instant, with the definitions of today;
    one that cannot tell is refused by its name. The connection reads the published file and nothing else: no
    other file, no network; it writes nothing but `target`, a file that is not there yet.
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
                _know_only_what_was_known(connection, question, as_of)
            _refuse_several(connection, question)
            relation = connection.sql(question)
            if relation is None:
                raise QueryError("non dà righe: chieda con SELECT, FROM, DESCRIBE o SHOW")
            yield Answer(relation)
        except duckdb.CatalogException as error:
            raise UnknownNameError(str(error)) from error
        except duckdb.BinderException as error:
            names_nothing = "not found in FROM clause" in str(error)
            raise (UnknownNameError if names_nothing else QueryError)(str(error)) from error
        except duckdb.Error as error:
            raise QueryError(str(error)) from error


def _refuse_several(connection: duckdb.DuckDBPyConnection, question: str) -> None:
    """DuckDB would answer the last one alone, without a word. Of a PIVOT's statements one asks."""
    asking = [
        one for one in connection.extract_statements(question) if one.type == duckdb.StatementType.SELECT
    ]
    if len(asking) > 1:
        raise QueryError(f"sono {len(asking)} domande: ne faccia una alla volta")


_BY_INSTANT = {macro.of.name: macro for macro in PUBLISHED_MACROS}
_ALWAYS = {table.name for table in CONTRACT_TABLES}
_OF_TODAY = {table.name for table in PUBLISHED_TABLES} - _ALWAYS - _BY_INSTANT.keys()
"""What says only what is known now."""

_VIEWS = {view.name for view in PUBLISHED_VIEWS}
_NAMES = {table.name for table in PUBLISHED_TABLES} | _VIEWS
_ASKS_OF_AN_INSTANT = re.compile(r"_as_of\s*\(", re.IGNORECASE)
_PASSES_BY = re.compile(rf'\b(published|{MACHINERY})"?\s*\.', re.IGNORECASE)
"""The file's own name, or the machinery's, before a table: that would be the table of today."""


def _know_only_what_was_known(
    connection: duckdb.DuckDBPyConnection, question: str, as_of: dt.datetime
) -> None:
    """Have the tables that the question names hold what was known then, in this connection alone."""
    if _ASKS_OF_AN_INSTANT.search(question):
        raise QueryError("the question names an instant itself (..._as_of): ask it without --as-of")
    if passing := _PASSES_BY.search(question):
        raise QueryError(f"{passing[1]}: name the table alone, as in FROM observations")
    asked = _tables_named(question)
    if asked & _OF_TODAY:
        raise QueryError(f"{', '.join(sorted(asked & _OF_TODAY))}: only as known today")
    # All are made before the first takes its name: each is made from what the file holds.
    macros = [_BY_INSTANT[name] for name in sorted(asked & _BY_INSTANT.keys())]
    for macro in macros:
        connection.execute(create_known(macro), {"ts": as_of})
    for macro in macros:
        connection.execute(name_known(macro))


def _tables_named(question: str) -> set[str]:
    """The tables and views whose names stand in a question, and the tables behind these views.

    By their words: DuckDB's own answer (get_table_names) fails for a join with USING.
    """
    named: set[str] = set()
    texts = [question]
    while texts:
        found = set(re.findall(r"\w+", texts.pop().lower())) & _NAMES - named
        named |= found
        texts += [query(view) for view in found & _VIEWS]
    return named
