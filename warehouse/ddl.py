"""Statements derived from the catalogue: tables, keys, comments, views, macros, and the check of a grain.

Lives here: the one place where a name of the catalogue becomes SQL text.
Must not live here: values (they are bound) and queries (they stand in `warehouse/sql/`).
"""

# ruff: noqa: S608 -- the only text put into SQL here is the catalogue's own.

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from schemas.fields import Field, Macro, Table, View

_ROWS_OF_A_GROUP = 122_880
"""What DuckDB reads at once; as text, so that another default does not change the bytes."""


def literal(text: str) -> str:
    """Text as an SQL literal, for the few statements that cannot bind one (COMMENT, CHECK, ATTACH)."""
    return "'" + text.replace("'", "''") + "'"


def names(columns: Iterable[str]) -> str:
    """Columns one after the other, as SQL writes them."""
    return ", ".join(f'"{column}"' for column in columns)


def create_table(table: Table, *, schema: str = "main", with_references: bool = True) -> tuple[str, ...]:
    """The statements that make a table: columns, keys, checks, then its comments.

    with_references: foreign keys too. DuckDB refuses to delete a row and the row it refers to in one
    transaction, so a database whose rows are replaced in one does without them.
    """
    lines = [_column(field) for field in table.fields]
    lines += [f"CHECK ({condition})" for condition in table.checks]
    if not table.is_bulk:
        lines.append(f"PRIMARY KEY ({names(table.key)})")
    if with_references:
        lines += [
            f'FOREIGN KEY ({names(reference.columns)}) REFERENCES "{reference.table}"'
            for reference in table.references
        ]
    body = ",\n  ".join(lines)
    place = f'"{schema}"."{table.name}"'
    return (
        f"CREATE TABLE {place} (\n  {body}\n)",
        f"COMMENT ON TABLE {place} IS {literal(table.comment)}",
        *_column_comments(place, table.fields),
    )


def create_view(view: View, query: str) -> tuple[str, ...]:
    """The statements that make a view of a query, then its comments."""
    return (
        f'CREATE VIEW "{view.name}" AS\n{query}',
        f'COMMENT ON VIEW "{view.name}" IS {literal(view.comment)}',
        *_column_comments(f'"{view.name}"', view.fields),
    )


def create_macro(macro: Macro, query: str) -> tuple[str, ...]:
    """The statements that make a macro of a query in which its parameters stand, then its comment."""
    place = f'"{macro.name}"'
    return (
        f"CREATE MACRO {place}({names(macro.parameters)}) AS TABLE\n{query}",
        f"COMMENT ON MACRO TABLE {place} IS {literal(macro.comment)}",
    )


def create_known(macro: Macro) -> str:
    """The making of a table of this connection alone: the macro's rows at $ts, in the order of the key."""
    return (
        f'CREATE TEMP TABLE "known_{macro.of.name}" AS '
        f'FROM "{macro.name}"($ts) ORDER BY {names(macro.of.key)}'
    )


def name_known(macro: Macro) -> str:
    """From now on that table stands for the published one."""
    return f'ALTER TABLE temp."known_{macro.of.name}" RENAME TO "{macro.of.name}"'


def _column(field: Field) -> str:
    words = [f'"{field.name}"', field.sql_type]
    if not field.is_nullable:
        words.append("NOT NULL")
    if field.values:
        words.append(f'CHECK ("{field.name}" IN ({", ".join(map(literal, field.values))}))')
    return " ".join(words)


def _column_comments(place: str, fields: Iterable[Field]) -> Iterable[str]:
    return (f'COMMENT ON COLUMN {place}."{field.name}" IS {literal(field.description)}' for field in fields)


def insert_into(table: Table, query: str, *, schema: str = "main") -> str:
    """The insertion of a query's rows, column by name, in the order of the table's key."""
    columns = names(table.columns)
    return (
        f'INSERT INTO "{schema}"."{table.name}" ({columns})\n'
        f"SELECT {columns} FROM (\n{query}\n) ORDER BY {names(table.key)}"
    )


def rows_of(table: Table, condition: str, *, catalog: str, schema: str = "main") -> str:
    """A query for a table's rows in an attached database."""
    return f'SELECT {names(table.columns)} FROM "{catalog}"."{schema}"."{table.name}" WHERE {condition}'


def delete_from(table: Table, condition: str, *, schema: str = "main") -> str:
    """The removal of the rows that meet the condition."""
    return f'DELETE FROM "{schema}"."{table.name}" WHERE {condition}'


def delete_other_than(table: Table, relation: str, condition: str, *, schema: str = "main") -> str:
    """The removal of the rows that meet the condition and do not stand in the relation."""
    same = " AND ".join(
        f'"{table.name}"."{name}" IS NOT DISTINCT FROM wanted."{name}"' for name in table.columns
    )
    absent = f"NOT EXISTS (FROM {relation} AS wanted WHERE {same})"
    return delete_from(table, f"({condition}) AND {absent}", schema=schema)


def insert_missing(table: Table, relation: str, condition: str, *, schema: str = "main") -> str:
    """The insertion of the relation's rows that do not stand in the table yet."""
    columns = names(table.columns)
    return insert_into(
        table,
        f"SELECT {columns} FROM {relation} WHERE {condition}\n"
        f'EXCEPT SELECT {columns} FROM "{schema}"."{table.name}" WHERE {condition}',
        schema=schema,
    )


def copy_to_parquet(table: Table, relation: str, condition: str, path: Path) -> str:
    """The writing of a relation's rows, in the order in which they stand there, as a Parquet file.

    The same rows give the same bytes: one thread, and nothing in the file that changes from run to run.
    """
    return (
        f"COPY (SELECT {names(table.columns)} FROM {relation} WHERE {condition}) TO {literal(str(path))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_OF_A_GROUP}, "
        f"KV_METADATA {{comment: {literal(table.comment)}}})"
    )


def count_rows(table: Table) -> str:
    """A query for the number of a table's rows."""
    return f'SELECT count(*) FROM "{table.name}"'


def where_holds(condition: str, relation: str) -> str:
    """A query that says of each row of a relation whether a condition holds; one that is unknown does."""
    return f"SELECT coalesce({condition}, true) AS holds FROM {relation}"


def repeated_keys(table: Table, condition: str) -> str:
    """A query for keys that stand more than once among the rows that meet the condition."""
    return (
        f'SELECT {names(table.key)}, count(*) FROM "{table.name}" WHERE {condition} '
        f"GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 5"
    )
