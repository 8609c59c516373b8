"""What a file is made of and made with: its statements, fingerprints, the verdicts and acts it holds.

Lives here: telling whether a file still fits the contract, the code and the returns.
Must not live here: filling it (`warehouse.loading`, `warehouse.publishing`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import duckdb

import schemas
import warehouse
from schemas.contract import Edition
from schemas.fields import (
    BREAKDOWN,
    CATEGORY,
    CITY,
    EDITION,
    INDICATORS,
    ISO_WEEK,
    KNOWN_FROM,
    KNOWN_TO,
    PUBLISHED_MACROS,
    PUBLISHED_TABLES,
    PUBLISHED_VIEWS,
    SUBMISSION_ID,
    WAREHOUSE_TABLES,
    Field,
    Table,
)
from warehouse.as_of import answer_as_of
from warehouse.ddl import create_macro, create_table, create_view
from warehouse.files import read_database
from warehouse.judged import Held
from warehouse.queries import all_queries, query

Found = TypeVar("Found")

MACHINERY = "consolidation"
"""The schema of what a file remembers of its making; who reads figures needs nothing of it."""

MADE_WITH = Table(
    "made_with",
    "something that this file was made with",
    (
        Field("part", "VARCHAR", "`tables` (their statements and queries), or an edition."),
        Field("fingerprint", "VARCHAR", "SHA-256 of it."),
    ),
    key=("part",),
)
HELD = Table(
    "held",
    "a verdict, or an act with rows of its own, that this file's rows stand for",
    (
        Field("name", "VARCHAR", "The return's submission_id; the act's name in the landing."),
        EDITION,
        ISO_WEEK.nullable("Week that it is for; NULL where it is for none, or that could not be told."),
        Field("digest", "VARCHAR", "SHA-256 of the verdict's bytes, or of the act."),
        Field(
            "counts_from",
            "TIMESTAMPTZ",
            "When the return was accepted, where it was judged again after its arrival; else NULL.",
            is_nullable=True,
        ),
    ),
    key=("name",),
)
PARQUET_PARTS = Table(
    "parquet_parts",
    "a Parquet file that lies beside this file",
    (
        Field("table_name", "VARCHAR", "Table whose rows it holds."),
        Field("part", "VARCHAR", "Which of them: a week, a period, or all; the file's name."),
        Field("size", "INTEGER", "Its size in bytes."),
    ),
    key=("table_name", "part"),
    is_bulk=True,
)

_PART = Field("part", "INTEGER", "Number of the part among those of the edition's indicators.")
_STATE = Field(
    "state", "INTEGER", "Number of the state among those of the city's week, in time; 0: nothing came yet."
)
_CELLS = (
    Field("cells_answered", "INTEGER", "Cells behind it that hold a value, or are declared nil."),
    Field("cells_due", "INTEGER", "Cells behind it that were due."),
)
KNOWN_STATES = Table(
    "known_states",
    "what was known of a city's week between two instants at which its figures could change",
    (
        EDITION,
        ISO_WEEK,
        CITY,
        _STATE,
        Field("is_due", "BOOLEAN", "Whether the roster lists the city in that week."),
        Field(
            "accepted_as",
            "VARCHAR",
            "on_time or late, by the first accepted return; NULL while none is accepted.",
            is_nullable=True,
            values=("on_time", "late"),
        ),
        SUBMISSION_ID.nullable("The return that is valid; NULL while none is."),
        KNOWN_FROM.nullable("Instant from which this was known; NULL = from the beginning."),
        KNOWN_TO.nullable("Instant at which something else became known; NULL = still so."),
    ),
    key=("edition", "iso_week", "city", "state"),
    is_bulk=True,
    parting="by_week",
)
WEEKLY_PARTS = Table(
    "weekly_parts",
    "a part of an indicator (one sum of its formula) in a city's week, in a state that this was known in",
    (
        EDITION,
        ISO_WEEK,
        CITY,
        _STATE,
        _PART,
        Field("value", "DECIMAL(38,6)", "The sum; NULL where no cell was answered.", is_nullable=True),
        *_CELLS,
    ),
    key=("edition", "iso_week", "city", "state", "part"),
    is_bulk=True,
    parting="by_week",
)
PARTS_TO_DATE = Table(
    "parts_to_date",
    "what a part of an indicator has come to in a city, from the edition's first week to this one",
    (
        EDITION,
        ISO_WEEK,
        CITY,
        _PART,
        Field("total", "DECIMAL(38,6)", "Sum of the weeks; NULL where none was answered.", is_nullable=True),
        Field(
            "latest", "DECIMAL(38,6)", "The last week's that was answered; NULL for none.", is_nullable=True
        ),
        Field("weeks_answered", "INTEGER", "Weeks with an answered cell."),
        *_CELLS,
    ),
    key=("edition", "iso_week", "city", "part"),
    is_bulk=True,
)
COMPUTED_WEEKS = Table(
    "computed_weeks",
    "a week whose indicators are computed",
    (
        EDITION,
        ISO_WEEK,
        Field("digest", "VARCHAR", "SHA-256 of the verdicts and acts that they were computed from."),
    ),
    key=("edition", "iso_week"),
)
COMPUTING_TABLES = (KNOWN_STATES, WEEKLY_PARTS, PARTS_TO_DATE, COMPUTED_WEEKS)
"""What the warehouse keeps so that a week's indicators cost the same however long the edition is."""

_FIGURE = (
    _PART,
    Field("indicator", "VARCHAR", "The indicator, by its code in `indicator_catalogue`."),
    BREAKDOWN,
    CATEGORY,
)
INDICATOR_PARTS = Table(
    "indicator_parts",
    "a part of an indicator: one sum of its formula",
    (
        *_FIGURE,
        Field("side", "VARCHAR", "value, numerator or denominator."),
        Field("fold", "VARCHAR", "How the cells of a week become a figure."),
        Field("over_weeks", "VARCHAR", "How weeks become a longer period: sum, last or mean."),
        Field("threshold", "DOUBLE", "What a service point's cell is above where points are counted."),
    ),
    key=("part",),
)
INDICATOR_SCALES = Table(
    "indicator_scales",
    "an indicator, and what its figure is multiplied by",
    (
        Field("indicator", "VARCHAR", "The indicator, by its code in `indicator_catalogue`."),
        Field("scale", "DOUBLE", "The factor, such as 100."),
        Field("is_ratio", "BOOLEAN", "Whether it is one sum divided by another."),
    ),
    key=("indicator",),
)
PERIODS = Table(
    "periods",
    "a period that indicators are published for",
    (
        EDITION,
        *(field for field in INDICATORS.fields if field.name.startswith("period")),
        Field("first_week", "VARCHAR", "Its first week."),
        Field("last_week", "VARCHAR", "Its last week."),
        Field("opening_week", "VARCHAR", "The week of the edition with which it is published first."),
    ),
    key=("period_kind", "period"),
)
DUE_WEEKS = Table(
    "due_weeks",
    "a city-week for which the roster asks a return",
    (
        EDITION,
        CITY,
        ISO_WEEK,
        Field("opens_at", "TIMESTAMPTZ", "The Monday after the week, from which a return may come."),
    ),
    key=("city", "iso_week"),
)
CONTRACT_MACHINERY = (INDICATOR_PARTS, INDICATOR_SCALES, PERIODS, DUE_WEEKS)
"""What the contract says, as the questions "as known on" need it."""

HISTORY_MACHINERY = (KNOWN_STATES, WEEKLY_PARTS)
"""What was known in its time, for the same questions: rows of the warehouse, week by week."""

TABLES = "tables"


@dataclass(frozen=True)
class Making:
    """What a file of ours was made with, and what its rows stand for, of whatever edition."""

    fingerprints: Mapping[str, str]
    held: Mapping[str, Held]

    def is_of(self, fingerprints: Mapping[str, str]) -> bool:
        return fingerprints.items() <= self.fingerprints.items()


def warehouse_statements() -> tuple[str, ...]:
    """What makes an empty warehouse."""
    return (
        *_machinery_statements(),
        *(line for table in COMPUTING_TABLES for line in create_table(table, schema=MACHINERY)),
        *(line for table in WAREHOUSE_TABLES for line in create_table(table, with_references=False)),
    )


def published_statements() -> tuple[str, ...]:
    """What makes an empty published file."""
    return (
        *_machinery_statements(),
        *(
            line
            for table in (PARQUET_PARTS, COMPUTED_WEEKS, *HISTORY_MACHINERY, *CONTRACT_MACHINERY)
            for line in create_table(table, schema=MACHINERY)
        ),
        *(line for table in PUBLISHED_TABLES for line in create_table(table)),
        *(line for view in PUBLISHED_VIEWS for line in create_view(view, query(view.name))),
        *(line for macro in PUBLISHED_MACROS for line in create_macro(macro, answer_as_of(macro.name))),
    )


def _machinery_statements() -> tuple[str, ...]:
    tables = (MADE_WITH, HELD)
    made = (line for table in tables for line in create_table(table, schema=MACHINERY))
    return (f'CREATE SCHEMA "{MACHINERY}"', *made)


@cache
def code_fingerprint() -> str:
    """What the code that makes rows is: after a change of it, no file says what today's code would."""
    digest = hashlib.sha256()
    for package in (schemas, warehouse):
        for path in sorted(Path(package.__file__ or "").parent.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def warehouse_fingerprints(edition: Edition) -> dict[str, str]:
    """What a warehouse's rows depend on besides the returns: tables, code, and the edition's measures."""
    measures = (f"{measure.code} {measure.service_kind} {measure.area}" for measure in edition.measures)
    return {
        TABLES: _sha256(code_fingerprint(), *warehouse_statements(), *all_queries().values()),
        edition.slug: _sha256(*measures),
    }


def published_fingerprints(edition: Edition) -> dict[str, str]:
    """What a published file's rows depend on besides the returns: tables, code, and the whole edition."""
    return {
        TABLES: _sha256(code_fingerprint(), *published_statements(), *all_queries().values()),
        edition.slug: _sha256(edition.model_dump_json()),
    }


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def read_ours(path: Path, read: Callable[[duckdb.DuckDBPyConnection], Found]) -> Found | None:
    """What there is to read in a file of ours; None where there is no such file.

    It is derived: one that is damaged, or somebody else's, counts as none, and is made again.
    """
    if not path.exists():
        return None
    try:
        with read_database(path) as connection:
            return read(connection)
    except (duckdb.CatalogException, duckdb.BinderException):
        return None
    except duckdb.IOException as error:
        if "not a valid DuckDB database file" not in str(error):
            raise
        return None


def read_making(path: Path) -> Making:
    """What the file says of its making; nothing where there is no file of ours."""
    return read_ours(path, making_of) or Making({}, {})


def making_of(connection: duckdb.DuckDBPyConnection) -> Making:
    """What the open file says of its making."""
    fingerprints = fingerprints_of(connection)
    rows = connection.execute(query("held")).fetchall()
    return Making(fingerprints, {name: Held(*held) for name, *held in rows})


def fingerprints_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What the open file was made with."""
    return dict(connection.execute(query("made_with")).fetchall())


def remember_making(connection: duckdb.DuckDBPyConnection, fingerprints: Mapping[str, str]) -> None:
    """Write into the file what it was made with."""
    for part, fingerprint in fingerprints.items():
        connection.execute(query("remember_made_with"), {"part": part, "fingerprint": fingerprint})


def made_with(path: Path) -> Mapping[str, str]:
    """The fingerprints of what the file was made with; none where there is no file of ours."""
    return read_ours(path, fingerprints_of) or {}


def of_edition(held: Mapping[str, Held], edition: str) -> dict[str, Held]:
    """Those verdicts and acts that are of this edition."""
    return {name: one for name, one in held.items() if one.edition == edition}


def weeks_that_differ(one: Mapping[str, Held], other: Mapping[str, Held]) -> frozenset[str | None]:
    """The weeks of what is not the same on both sides; None for what is of no week."""
    return frozenset(held.iso_week for _, held in one.items() ^ other.items())
