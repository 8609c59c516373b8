"""Tables as pandas frames, checked against the catalogue: on the way in, and on the way out.

Lives here: verdicts, findings, nil declarations, acts and the edition's entries, row by row, as they come in;
what a frame of a table must be. Observations come in from CSV directly: they are too many.
Must not live here: queries, which rows leave (`warehouse.publishing`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pandera.pandas as pa

from schemas.acts import DeclaredNil, Freeze, Waiver
from schemas.contract import NETWORK, Edition
from schemas.deadlines import Deadlines
from schemas.fields import (
    AREAS,
    CITIES,
    CODE_LISTS,
    CONTRACT_TABLES,
    DEADLINES,
    FINDINGS,
    INDICATOR_CATALOGUE,
    MEASURES,
    NIL_RETURNS,
    RELEASES,
    RULES,
    SERVICE_KINDS,
    SERVICE_POINTS,
    SUBMISSIONS,
    WAIVERS,
    WEEKS,
    Field,
    SqlType,
    Table,
)
from schemas.weeks import ROME, IsoWeek
from warehouse.ddl import where_holds
from warehouse.judged import NOTHING_DECIDED, Decided, JudgedError, JudgedReturn
from warehouse.making import HELD

Row = Mapping[str, object]

_DTYPES: dict[SqlType, Any] = {
    "VARCHAR": "str",
    "VARCHAR[]": "object",
    "INTEGER": "Int64",
    "BOOLEAN": "boolean",
    "DATE": "datetime64[us]",
    "TIMESTAMPTZ": pd.DatetimeTZDtype("us", "UTC"),
    "DECIMAL(18,3)": "float64",
    "DOUBLE": "float64",
}


def _are_lists_of_text(values: pd.Series[Any]) -> pd.Series[bool]:
    return values.map(
        lambda value: isinstance(value, list) and all(isinstance(part, str) for part in value)
    ).astype(bool)


def _are_days(values: pd.Series[Any]) -> pd.Series[bool]:
    return pd.Series(values.dt.normalize() == values)


def _are_finite(values: pd.Series[Any]) -> pd.Series[bool]:
    return pd.Series(np.isfinite(values.to_numpy()), index=values.index)


_SHAPES: dict[SqlType, Callable[[pd.Series[Any]], pd.Series[bool]]] = {
    "VARCHAR[]": _are_lists_of_text,
    "DATE": _are_days,
    "DECIMAL(18,3)": _are_finite,
    "DOUBLE": _are_finite,
}


@cache
def frame_schema(table: Table, *, coerce: bool) -> pa.DataFrameSchema:
    """What a frame of this table must be: its columns in order, types, NULLs, values, key and checks.

    coerce: values that can be of the column's type are made so; else they must be already.
    """
    return pa.DataFrameSchema(
        {field.name: _column(field) for field in table.fields},
        checks=[pa.Check(partial(_hold, condition), name=condition) for condition in table.checks],
        unique=list(table.key),
        strict=True,
        ordered=True,
        coerce=coerce,
        name=table.name,
    )


def _column(field: Field) -> pa.Column:
    checks = [pa.Check.isin(field.values)] if field.values else []
    if field.sql_type in _SHAPES:
        checks.append(pa.Check(_SHAPES[field.sql_type], name=field.sql_type))
    return pa.Column(_DTYPES[field.sql_type], checks=checks, nullable=field.is_nullable)


def _hold(condition: str, frame: pd.DataFrame) -> pd.Series[bool]:
    """In which rows a condition of the catalogue holds; as in SQL, one that is unknown does."""
    columns = [name for name in frame.columns if re.search(rf"\b{name}\b", condition)]
    connection = _scratch().cursor()
    connection.register("frame", frame[columns])
    rows = connection.execute(where_holds(condition, "frame")).fetchnumpy()
    connection.close()
    return pd.Series(rows["holds"], index=frame.index, dtype=bool)


@cache
def _scratch() -> duckdb.DuckDBPyConnection:
    """A database without tables: conditions on frames are said in SQL."""
    return duckdb.connect(config={"threads": 1, "python_enable_replacements": False})


def checked_frame(table: Table, rows: Iterable[Row]) -> pd.DataFrame:
    """The rows as a frame of this table. Raises SchemaErrors that lists every failure."""
    records = [tuple(row[name] for name in table.columns) for row in rows]
    frame = pd.DataFrame.from_records(records, columns=list(table.columns))
    return frame_schema(table, coerce=True).validate(frame, lazy=True)


class UnfitRowsError(Exception):
    """Rows that were about to be published are not what the catalogue says: nothing was replaced."""


_SHOWN_FAILURES = 5


def check_leaving(table: Table, rows: Mapping[str, Any], parts: Any) -> None:
    """Check rows as they leave: columns of NumPy as DuckDB gives them, and each row's part.

    Raises UnfitRowsError that names the table, the part and the first failures.
    """
    frame = pd.DataFrame(
        {name: _leaving_column(table, name, column) for name, column in rows.items()}, copy=False
    )
    try:
        frame_schema(table, coerce=False).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        told = sorted({_told(failure, parts) for failure in errors.failure_cases.to_dict("records")})
        shown = [text for _, text in told[:_SHOWN_FAILURES]]
        raise UnfitRowsError(f"{table.name}: {'; '.join(shown)}") from errors


def _told(failure: Mapping[Hashable, Any], parts: Any) -> tuple[int, str]:
    """A failure in words; before it, its turn: what ails the whole table, a value, a row."""
    index, found = failure["index"], f"{failure['failure_case']!r} fails {failure['check']}"
    if pd.isna(index):
        return 0, found
    place = f"part {parts[int(index)]}"
    if failure["schema_context"] == "Column":
        return 1, f"{place}: {failure['column']} {found}"
    return 2, f"{place}: a row fails {failure['check']}"


def _leaving_column(table: Table, name: str, column: Any) -> Any:
    types = {field.name: field.sql_type for field in table.fields}
    masked = np.ma.asarray(column)
    missing = np.ma.getmaskarray(masked)
    values: Any = masked.data
    match types.get(name):
        case "VARCHAR" if values.dtype.kind == "O":
            return pd.Series(np.where(missing, None, values), dtype="str")
        case "VARCHAR[]":
            return pd.Series([value.tolist() for value in values], dtype="object")
        case "INTEGER" if values.dtype.kind == "i":
            return pd.arrays.IntegerArray(values.astype("int64"), missing)
        case "BOOLEAN" if values.dtype.kind == "b":
            return pd.arrays.BooleanArray(values, missing)
        case "DATE" | "TIMESTAMPTZ" as kind if values.dtype.kind == "M":
            instants = pd.DatetimeIndex(np.where(missing, np.datetime64("NaT", "us"), values))
            return instants.tz_localize("UTC") if kind == "TIMESTAMPTZ" else instants
        case "DOUBLE" | "DECIMAL(18,3)" if values.dtype.kind == "f":
            # Not a number is a failure, not a NULL.
            return np.where(missing, np.nan, np.where(np.isnan(values), np.inf, values))
        case _:
            return pd.Series(np.where(missing, None, values))


# What became of the returns.


def submissions(returns: Iterable[JudgedReturn]) -> pd.DataFrame:
    """Every return with its verdict, accepted or not."""
    return checked_frame(
        SUBMISSIONS,
        (
            {
                "submission_id": verdict.submission_id,
                "edition": verdict.edition,
                "city": verdict.city,
                "iso_week": entry.iso_week,
                "version": verdict.version,
                "received_at": verdict.received_at.astimezone(dt.UTC),
                "received_by": verdict.received_by,
                "is_late": verdict.is_late,
                "sha256": verdict.sha256,
                "file_names": list(verdict.file_names),
                "layout": verdict.layout,
                "status": verdict.status,
                "errors": verdict.errors,
                "warnings": verdict.warnings,
                "supersedes": verdict.supersedes,
                "reason_code": verdict.reason_code,
            }
            for entry in returns
            for verdict in [entry.verdict]
        ),
    )


def findings(returns: Iterable[JudgedReturn]) -> pd.DataFrame:
    """What the rules found in these returns, numbered within each."""
    return checked_frame(
        FINDINGS,
        (
            {
                **finding.model_dump(exclude={"cells", "kind", "details"}),
                "submission_id": entry.verdict.submission_id,
                "finding": number,
                "cells": list(finding.cells),
            }
            for entry in returns
            for number, finding in enumerate(entry.findings(), start=1)
        ),
    )


def accepted_returns(accepted: Iterable[JudgedReturn]) -> pd.DataFrame:
    """Each accepted return and the instants between which it was the valid one of its city-week."""
    rows = []
    for (city, week), versions in _by_city_week(accepted).items():
        since = [entry.verdict.known_from.astimezone(dt.UTC) for entry in versions]
        for entry, known_from, known_to in zip(versions, since, [*since[1:], None], strict=True):
            rows.append(
                (
                    entry.verdict.submission_id,
                    city,
                    str(week),
                    week.monday,
                    _version(entry),
                    known_from,
                    known_to,
                )
            )
    frame = pd.DataFrame.from_records(
        rows,
        columns=["submission_id", "city", "iso_week", "week_start", "version", "known_from", "known_to"],
    )
    return frame.astype(
        {
            "submission_id": "str",
            "city": "str",
            "iso_week": "str",
            "version": "int64",
            "known_from": _DTYPES["TIMESTAMPTZ"],
            "known_to": _DTYPES["TIMESTAMPTZ"],
        }
    )


def _by_city_week(returns: Iterable[JudgedReturn]) -> Mapping[tuple[str, IsoWeek], Sequence[JudgedReturn]]:
    groups: dict[tuple[str, IsoWeek], list[JudgedReturn]] = defaultdict(list)
    for entry in returns:
        if entry.verdict.city_week is None:
            raise JudgedError(entry.folder, "accepted without a city and a week")
        groups[entry.verdict.city_week].append(entry)
    return {
        city_week: sorted(
            group, key=lambda entry: (entry.verdict.known_from, _version(entry), entry.verdict.submission_id)
        )
        for city_week, group in groups.items()
    }


def _version(entry: JudgedReturn) -> int:
    if entry.verdict.version is None:
        raise JudgedError(entry.folder, "accepted without a version")
    return entry.verdict.version


def held(returns: Iterable[JudgedReturn], decided: Decided) -> pd.DataFrame:
    """Which verdicts and acts the rows stand for, for the next run to compare."""
    held = {entry.verdict.submission_id: entry.held for entry in returns} | decided.held
    return checked_frame(HELD, ({"name": name, **one._asdict()} for name, one in held.items()))


def nil_returns(accepted: Sequence[JudgedReturn], decided: Decided = NOTHING_DECIDED) -> pd.DataFrame:
    """What accepted returns declare nil, valid as long as they are; and what was declared without a file."""
    validity = {row["submission_id"]: row for row in accepted_returns(accepted).to_dict("records")}
    declared = (
        {
            "edition": entry.verdict.edition,
            "iso_week": entry.iso_week,
            "city": entry.verdict.city,
            **nil.model_dump(),
            "submission_id": entry.verdict.submission_id,
            "known_from": validity[entry.verdict.submission_id]["known_from"],
            "known_to": validity[entry.verdict.submission_id]["known_to"],
        }
        for entry in accepted
        for nil in entry.nil_returns()
    )
    by_city_week = _by_city_week(accepted)
    without_file = (
        _nil_without_file(nil, by_city_week.get((nil.declared.city, nil.declared.iso_week), ()))
        for nil in decided.nils
    )
    return checked_frame(NIL_RETURNS, (*declared, *without_file))


def _nil_without_file(nil: DeclaredNil, accepted: Iterable[JudgedReturn]) -> Row:
    ended_at = nil.ended_at(entry.verdict.known_from for entry in accepted)
    return {
        **nil.declared.model_dump(include={"edition", "city", "service_point", "area", "reason"}),
        "iso_week": str(nil.declared.iso_week),
        "submission_id": None,
        "known_from": nil.declared.at.astimezone(dt.UTC),
        "known_to": _in_utc(ended_at),
    }


# What people decided.


def waivers(given: Iterable[Waiver]) -> pd.DataFrame:
    """The waivers of an edition, those included that have ended."""
    return checked_frame(
        WAIVERS,
        (
            {
                "city": waiver.city,
                "rule": waiver.rule,
                "scope": str(waiver.scope),
                "reason": waiver.reason,
                "decided_by": waiver.by,
                "decided_at": waiver.at.astimezone(dt.UTC),
                "valid_from": waiver.at.astimezone(ROME).date(),
                "valid_to": waiver.until,
            }
            for waiver in given
        ),
    )


def releases(given: Iterable[Freeze]) -> pd.DataFrame:
    """The releases of an edition's quarters."""
    return checked_frame(
        RELEASES,
        (
            {
                "edition": freeze.edition,
                "quarter": freeze.quarter,
                "release": freeze.release,
                "frozen_at": freeze.at.astimezone(dt.UTC),
                "frozen_by": freeze.by,
                "note": freeze.note or None,
                "manifest_sha256": freeze.manifest,
                "contract_sha256": freeze.contract,
                "rules_sha256": freeze.rules,
            }
            for freeze in given
        ),
    )


# What the edition says.


def due_returns(deadlines: Deadlines, weeks: Iterable[IsoWeek]) -> pd.DataFrame:
    """Every city-week of these weeks that is due, with the Monday it opens, in each deadline it ever had."""
    edition = deadlines.edition
    rows = [
        (
            edition.slug,
            city,
            str(week),
            *map(_in_utc, (week.ends_at, known.due_at, known.known_from, known.known_to)),
        )
        for week in weeks
        for city in edition.city_slugs
        if edition.is_due(city, week)
        for known in deadlines.known(week, city)
    ]
    instants = ("opens_at", "due_at", "due_known_from", "due_known_to")
    frame = pd.DataFrame.from_records(rows, columns=["edition", "city", "iso_week", *instants])
    return frame.astype(
        {
            "edition": "str",
            "city": "str",
            "iso_week": "str",
            **dict.fromkeys(instants, _DTYPES["TIMESTAMPTZ"]),
        }
    )


def _in_utc(instant: dt.datetime | None) -> dt.datetime | None:
    return None if instant is None else instant.astimezone(dt.UTC)


def weeks(deadlines: Deadlines) -> pd.DataFrame:
    """The weeks of an edition, each with the deadline that now holds for the network."""
    return checked_frame(
        WEEKS,
        (
            {
                "iso_week": str(week),
                "week_start": week.monday,
                "week_end": week.sunday,
                "due_at": _in_utc(deadlines.due_at(week)),
                "month": week.month,
                "quarter": week.quarter,
            }
            for week in deadlines.edition.weeks
        ),
    )


def deadlines(given: Deadlines) -> pd.DataFrame:
    """Every deadline that was ever known: of each week, and of the city-weeks that got one of their own."""
    places = (
        (week, city)
        for week in given.edition.weeks
        for city in (None, *given.edition.city_slugs)
        if city is None or given.has_own(week, city)
    )
    return checked_frame(
        DEADLINES,
        (
            {
                "edition": given.edition.slug,
                "iso_week": str(week),
                "city": city or NETWORK,
                "due_at": _in_utc(known.due_at),
                "reason": known.moved.reason if known.moved else None,
                "decided_by": known.moved.by if known.moved else None,
                "known_from": _in_utc(known.known_from),
                "known_to": _in_utc(known.known_to),
            }
            for week, city in places
            for known in given.known(week, city)
        ),
    )


def counted_measures(edition: Edition) -> pd.DataFrame:
    """Each measure's kind of service point and area, which its observations carry."""
    rows = [(measure.code, measure.service_kind, measure.area) for measure in edition.measures]
    return pd.DataFrame.from_records(rows, columns=["code", "service_kind", "area"]).astype("str")


def contract_frames(edition: Edition) -> dict[Table, pd.DataFrame]:
    """The contract's tables, whole, each after those it refers to."""
    areas = edition.code_lists_by_code[edition.facts.area_list].categories
    rows: dict[Table, Iterable[Row]] = {
        CITIES: (city.model_dump() for city in edition.cities),
        SERVICE_POINTS: (
            {
                **point.model_dump(),
                "roster_from": str(point.roster_from),
                "roster_to": str(point.roster_to) if point.roster_to else None,
            }
            for point in edition.service_points
        ),
        AREAS: (area.model_dump() for area in areas if area.code in edition.facts.areas),
        SERVICE_KINDS: (
            {"code": code, "label_it": label} for code, label in edition.facts.service_kinds.items()
        ),
        MEASURES: (
            {**measure.model_dump(), "breakdowns": list(measure.breakdowns)} for measure in edition.measures
        ),
        CODE_LISTS: (
            {
                **category.model_dump(),
                "list_label_it": edition.list_name_it(code_list.code),
                "is_additive": code_list.is_additive,
                "note": category.note or None,
            }
            for code_list in edition.code_lists
            for category in code_list.categories
        ),
        INDICATOR_CATALOGUE: (
            {
                **indicator.model_dump(),
                "breakdowns": list(indicator.breakdowns),
                "eu_mapping": indicator.eu_mapping or None,
                "better": indicator.better or None,
            }
            for indicator in edition.indicators
        ),
        RULES: (
            {**rule.model_dump(), "is_waivable": rule.waivable, "is_enforced": rule.check is not None}
            for rule in edition.rules
        ),
    }
    return {table: checked_frame(table, rows[table]) for table in CONTRACT_TABLES}
