"""The parts that published tables come in: what is replaced, checked and written as Parquet at a time.

Lives here: how a part is named, and the SQL, derived from the catalogue, that finds its rows.
Must not live here: which parts have something new (`warehouse.publishing`), files (`warehouse.parquet`).
"""

# ruff: noqa: S608 -- the only text put into SQL here is the catalogue's own.

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from schemas.fields import Table
from schemas.periods import TO_DATE
from warehouse.ddl import names

WHOLE = "all"
"""The one part of a table that is not taken apart."""

NO_WEEK = "no-week"
"""The part of the returns whose week could not be told."""

PART = "part"
"""The column that says to which part a row that leaves belongs."""

_PERIOD_PART = f"period || CASE WHEN period_kind = 'edition_to_date' THEN '{TO_DATE}' ELSE '' END"
"""As `schemas.periods.Period.part` names it."""


@dataclass(frozen=True, order=True)
class Part:
    """A part of a published table: `published/<edition>/<table>/<name>.parquet`."""

    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.table}/{self.name}"


def week_part(iso_week: str | None) -> str:
    """The part of a week; of the returns without one."""
    return NO_WEEK if iso_week is None else iso_week


def period_part(kind: str, name: str) -> str:
    """The part of a period."""
    return f"{name}{TO_DATE}" if kind == "edition_to_date" else name


def of_parts(table: Table, parts: Collection[str]) -> tuple[str, dict[str, object]]:
    """The condition that a bulk table's rows of these parts meet, and its values.

    BETWEEN and IN let DuckDB skip the stretches of a table in which none of the parts stands.
    """
    values: dict[str, object] = {"parts": sorted(parts)}
    if table.parting == "by_period":
        # Months, quarters and weeks of one year lie far apart in the order of their names.
        periods = sorted({part.removesuffix(TO_DATE) for part in parts})
        bound = {f"period_{number}": period for number, period in enumerate(periods)}
        among = ", ".join(f"${name}" for name in bound)
        return f"period IN ({among}) AND list_contains($parts, {_PERIOD_PART})", {**values, **bound}
    condition = "iso_week BETWEEN $first AND $last AND list_contains($parts, iso_week)"
    return condition, {**values, "first": min(parts), "last": max(parts)}


def rows_leaving(table: Table, parts: Collection[str]) -> tuple[str, dict[str, object]]:
    """The query for the rows of these parts, in the order of the table's key, and its values."""
    columns = names(table.columns)
    order = f"ORDER BY {names(table.key)}"
    if table.parting == "whole":
        return f"SELECT '{WHOLE}' AS {PART}, {columns} FROM \"{table.name}\" {order}", {}
    if table.parting == "by_week_of_return":
        weeks = f"SELECT submission_id, coalesce(iso_week, '{NO_WEEK}') AS {PART} FROM submissions"
        joined = f'"{table.name}" JOIN ({weeks}) USING (submission_id)'
        return (
            f"SELECT {PART}, {columns} FROM {joined} WHERE list_contains($parts, {PART}) {order}",
            {"parts": sorted(parts)},
        )
    name = _PERIOD_PART if table.parting == "by_period" else f"coalesce(iso_week, '{NO_WEEK}')"
    condition = f"list_contains($parts, {name})"
    values: dict[str, object] = {"parts": sorted(parts)}
    if table.is_bulk:
        condition, values = of_parts(table, parts)
    return (
        f'SELECT {name} AS {PART}, {columns} FROM "{table.name}" WHERE {condition} {order}',
        values,
    )
