"""DuckDB files: opening, removing, putting in place.

Lives here: connections, transactions, and what makes a finished file replace another at once.
Must not live here: what the files hold.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import pandas as pd

from warehouse.ddl import literal

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "512MB",
    "threads": 1,
    "python_enable_replacements": False,
}
"""One thread: pieces as small as a week's returns take two threads twice the processor time. No
replacements: a table that is not there is an error, never a variable that has its name."""

SILENTLY = "SET enable_progress_bar = false"
"""Where DuckDB takes a program for a person at a prompt, it draws a bar on standard output, amid our JSON."""

_LOG_LIMIT = "256MB"
"""At every checkpoint DuckDB compresses the end of a table anew; by default that is every 16 MB of log,
which makes loading many weeks three times as long."""


@contextmanager
def write_database(path: Path, *, memory: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file at `path`, open for writing; it is made when it is not there.

    memory: how much of it DuckDB may use, where its caller needs some too.
    """
    settings = _SETTINGS if memory is None else {**_SETTINGS, "memory_limit": memory}
    with duckdb.connect(str(path), config=settings) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(SILENTLY)
        connection.execute(f"SET checkpoint_threshold = {literal(_LOG_LIMIT)}")
        yield connection


@contextmanager
def read_database(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file at `path`, for reading, whoever else has it open for reading."""
    with duckdb.connect(":memory:", config=_SETTINGS) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(SILENTLY)
        connection.execute(f"ATTACH {literal(str(path))} AS held (READ_ONLY)")
        connection.execute("USE held")
        yield connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@contextmanager
def handed_in(connection: duckdb.DuckDBPyConnection, relations: Mapping[str, pd.DataFrame]) -> Iterator[None]:
    """Frames that queries may name while this lasts."""
    with ExitStack() as stack:
        for name, frame in relations.items():
            connection.register(name, frame)
            stack.callback(connection.unregister, name)
        yield


def building_of(final: Path) -> Path:
    """Where a file is built before it becomes `final`: beside it, under one fixed name."""
    return final.with_name(f".{final.name}.building")


def remove_database(path: Path) -> None:
    """Remove a DuckDB file with its log and spilled rows, as far as they are there."""
    path.unlink(missing_ok=True)
    _log_of(path).unlink(missing_ok=True)
    spilled = path.with_name(f"{path.name}.tmp")
    if spilled.exists():
        shutil.rmtree(spilled)


def put_in_place(building: Path, final: Path) -> None:
    """Make the closed file `building` the file `final`, in one step and for good.

    A log beside `final` belongs to the file that goes: it would be applied to the new one.
    """
    make_lasting(building)
    _log_of(final).unlink(missing_ok=True)
    building.replace(final)
    make_lasting(final.parent)


def make_lasting(path: Path) -> None:
    """See that a file's bytes, or a folder's entries, outlast a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def made_lasting_meanwhile(path: Path) -> Iterator[None]:
    """What a file holds now goes to the disk while the work inside goes on: a long file takes a while."""
    with ThreadPoolExecutor(1) as beside:
        going = beside.submit(make_lasting, path)
        yield
        going.result()


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")
