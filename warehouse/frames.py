"""The small tables as pandas frames, checked against the catalogue before they are written.

Lives here: verdicts, findings, nil declarations and the edition's entries, row by row.
Must not live here: SQL; observations, which are too many and go from CSV to DuckDB directly.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd
import pandera.pandas as pa

from schemas.contract import Edition
from schemas.fields import (
    AREAS,
    CITIES,
    CODE_LISTS,
    FINDINGS,
    INDICATOR_CATALOGUE,
    MEASURES,
    NIL_RETURNS,
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
from schemas.weeks import IsoWeek
from warehouse.judged import JudgedError, JudgedReturn
from warehouse.making import VERDICTS_HELD

Row = Mapping[str, object]

_DTYPES: dict[SqlType, Any] = {
    "VARCHAR": "str",
    "VARCHAR[]": "object",
    "INTEGER": "Int64",
    "BOOLEAN": "boolean",
    "DATE": "object",
    "TIMESTAMPTZ": pd.DatetimeTZDtype("us", "UTC"),
}


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _is_day(value: object) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


_SHAPES: dict[SqlType, Callable[[object], bool]] = {"VARCHAR[]": _is_list_of_text, "DATE": _is_day}


@cache
def frame_schema(table: Table) -> pa.DataFrameSchema:
    """What a frame of this table must be: its columns in order, types, NULLs, values and key."""
    return pa.DataFrameSchema(
        {field.name: _column(field) for field in table.fields},
        unique=list(table.key),
        strict=True,
        ordered=True,
        coerce=True,
        name=table.name,
    )


def _column(field: Field) -> pa.Column:
    checks = [pa.Check.isin(field.values)] if field.values else []
    if field.sql_type in _SHAPES:
        checks.append(pa.Check(_SHAPES[field.sql_type], element_wise=True, name=field.sql_type))
    return pa.Column(_DTYPES[field.sql_type], checks=checks, nullable=field.is_nullable)


def checked_frame(table: Table, rows: Iterable[Row]) -> pd.DataFrame:
    """The rows as a frame of this table. Raises SchemaErrors that lists every failure."""
    records = [tuple(row[name] for name in table.columns) for row in rows]
    frame = pd.DataFrame.from_records(records, columns=list(table.columns))
    return frame_schema(table).validate(frame, lazy=True)


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
                **finding.model_dump(exclude={"cells"}),
                "submission_id": entry.verdict.submission_id,
                "finding": number,
                "cells": list(finding.cells),
                "disposition": "open",
                "note": None,
            }
            for entry in returns
            for number, finding in enumerate(entry.findings(), start=1)
        ),
    )


def accepted_returns(accepted: Iterable[JudgedReturn]) -> pd.DataFrame:
    """Each accepted return and the instants between which it was the valid one of its city-week."""
    rows = []
    for (city, week), versions in _by_city_week(accepted).items():
        received = [entry.verdict.received_at.astimezone(dt.UTC) for entry in versions]
        for entry, known_from, known_to in zip(versions, received, [*received[1:], None], strict=True):
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
            group, key=lambda entry: (entry.verdict.received_at, _version(entry), entry.verdict.submission_id)
        )
        for city_week, group in groups.items()
    }


def _version(entry: JudgedReturn) -> int:
    if entry.verdict.version is None:
        raise JudgedError(entry.folder, "accepted without a version")
    return entry.verdict.version


def verdicts_held(returns: Iterable[JudgedReturn]) -> pd.DataFrame:
    """Which verdicts the rows stand for, for the next run to compare."""
    return checked_frame(
        VERDICTS_HELD,
        ({"submission_id": entry.verdict.submission_id, "digest": entry.digest} for entry in returns),
    )


def nil_returns(accepted: Sequence[JudgedReturn]) -> pd.DataFrame:
    """What accepted returns declare nil, valid as long as they are."""
    validity = {row["submission_id"]: row for row in accepted_returns(accepted).to_dict("records")}
    return checked_frame(
        NIL_RETURNS,
        (
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
        ),
    )


# What the edition says.


def due_returns(edition: Edition) -> pd.DataFrame:
    """Every city-week of the edition that is due, with the Monday it opens and its deadline.

    A city is due in the weeks in which its roster lists a service point; in all weeks if it has none
    in any (it then reports city-level measures alone).
    """
    has_points = {point.city for point in edition.service_points}
    rows = [
        (city, str(week), week.ends_at.astimezone(dt.UTC), week.due_at.astimezone(dt.UTC))
        for week in edition.weeks
        for city in edition.city_slugs
        if city not in has_points or edition.roster(city, week)
    ]
    frame = pd.DataFrame.from_records(rows, columns=["city", "iso_week", "opens_at", "due_at"])
    return frame.astype(
        {
            "city": "str",
            "iso_week": "str",
            "opens_at": _DTYPES["TIMESTAMPTZ"],
            "due_at": _DTYPES["TIMESTAMPTZ"],
        }
    )


def counted_measures(edition: Edition) -> pd.DataFrame:
    """Each measure's kind of service point and area, which its observations carry."""
    rows = [(measure.code, measure.service_kind, measure.area) for measure in edition.measures]
    return pd.DataFrame.from_records(rows, columns=["code", "service_kind", "area"]).astype("str")


def contract_frames(edition: Edition) -> dict[Table, pd.DataFrame]:
    """The contract's tables, whole."""
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
        WEEKS: (
            {
                "iso_week": str(week),
                "week_start": week.monday,
                "week_end": week.sunday,
                "due_at": week.due_at.astimezone(dt.UTC),
                "month": week.month,
                "quarter": week.quarter,
            }
            for week in edition.weeks
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
        WAIVERS: (),
    }
    return {table: checked_frame(table, entries) for table, entries in rows.items()}
