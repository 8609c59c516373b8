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
    CITY,
    EDITION,
    ISO_WEEK,
    PUBLISHED_TABLES,
    PUBLISHED_VIEWS,
    WAREHOUSE_TABLES,
    Field,
    Table,
)
from warehouse.ddl import create_table, create_view
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

_PART_OF_A_WEEK = (
    EDITION,
    ISO_WEEK,
    CITY,
    Field("part", "INTEGER", "Number of the part among those of the edition's indicators."),
)
_CELLS = (
    Field("cells_answered", "INTEGER", "Cells behind it that hold a value, or are declared nil."),
    Field("cells_due", "INTEGER", "Cells behind it that were due."),
)
WEEKLY_PARTS = Table(
    "weekly_parts",
    "a part of an indicator (one sum of its formula) in a city's week",
    (
        *_PART_OF_A_WEEK,
        Field("value", "DECIMAL(38,6)", "The sum; NULL where no cell was answered.", is_nullable=True),
        *_CELLS,
    ),
    key=("edition", "iso_week", "city", "part"),
    is_bulk=True,
)
PARTS_TO_DATE = Table(
    "parts_to_date",
    "what a part of an indicator has come to in a city, from the edition's first week to this one",
    (
        *_PART_OF_A_WEEK,
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
COMPUTING_TABLES = (WEEKLY_PARTS, PARTS_TO_DATE, COMPUTED_WEEKS)
"""What the warehouse keeps so that a week's indicators cost the same however long the edition is."""

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
        *create_table(PARQUET_PARTS, schema=MACHINERY),
        *(line for table in PUBLISHED_TABLES for line in create_table(table)),
        *(line for view in PUBLISHED_VIEWS for line in create_view(view, query(view.name))),
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
    except duckdb.CatalogException:
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
