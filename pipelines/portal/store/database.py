"""The portal's database: HOME/portal.sqlite, written by many threads and processes at once.

Lives here: opening it, bringing it up to date, transactions.
Must not live here: what its tables mean (the other modules of this package).

A connection is lent for the time of one transaction and kept for the next: server threads come and go, and
one connection behind a lock would let readers wait for the disk. Writers of one process wait for each other
(SQLite would let them try again at random); those of other processes (the command line) by SQLite's own lock,
for half a minute.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from queue import Empty, LifoQueue

from pipelines.home import BusyError
from pipelines.refusals import WrongUsageError

# The files that bring a database up to date, in order; its `user_version` is how many it has seen. A released
# one is never changed: a new one is added.
STEPS = tuple(files(__package__).joinpath(name).read_text(encoding="utf-8") for name in ("schema.sql",))

_WAIT_SECONDS = 30.0


class Database:
    """One file of SQLite in WAL mode, readable by its owner alone; safe for any number of threads.

    Raises WrongUsageError if the file is no database, or one of a newer program; OSError; BusyError.
    """

    def __init__(self, path: Path, steps: Sequence[str] = STEPS) -> None:
        self.path = path
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._writing = threading.Lock()
        self._of_this_thread = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(path.parent), _told_as_ours(path):
            _make_private(path)
            self._bring_up_to_date(steps)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write: all of it lasts when the block ends, nothing of it if it raises.

        Within another one of the same thread it is a part of that one (and undone alone if it raises), so
        that what is done and its line in the audit log stand or fall together. No `await` within.
        """
        around: sqlite3.Connection | None = getattr(self._of_this_thread, "connection", None)
        if around is not None:
            with _part(around):
                yield around
            return
        with self._writing, self._lent() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._of_this_thread.connection = connection
                yield connection
                connection.execute("COMMIT")
            finally:
                self._of_this_thread.connection = None
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one state of the database, whatever is written meanwhile; it never waits for a writer.

        Within a transaction of the same thread it sees what that one wrote.
        """
        around: sqlite3.Connection | None = getattr(self._of_this_thread, "connection", None)
        if around is not None:
            yield around
            return
        with self._lent() as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")
                connection.execute("PRAGMA query_only = OFF")

    def close(self) -> None:
        """Close what is not in use."""
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        with _told_as_ours(self.path):
            try:
                connection = self._idle.get_nowait()
            except Empty:
                connection = _connect(self.path)
            try:
                yield connection
            finally:
                self._idle.put(connection)

    def _bring_up_to_date(self, steps: Sequence[str]) -> None:
        with self._lent() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            (seen,) = connection.execute("PRAGMA user_version").fetchone()
        if seen > len(steps):
            raise WrongUsageError(
                f"{self.path} è di una versione più nuova di regia: aggiorni regia, oppure indichi un'altra "
                "cartella con --home."
            )
        for number, step in enumerate(steps[seen:], seen + 1):
            with self.transaction() as connection:
                for statement in _statements(step):
                    connection.execute(statement)
                connection.execute("PRAGMA user_version = " + str(number))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    for setting in ("foreign_keys = ON", "secure_delete = ON", "synchronous = FULL"):
        connection.execute("PRAGMA " + setting)
    return connection


@contextmanager
def _part(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK TO part")
        raise
    finally:
        connection.execute("RELEASE part")


def _make_private(path: Path) -> None:
    """SQLite gives the files beside it the same mode."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    path.chmod(0o600)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder while the database is made: processes that start together make it once."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _told_as_ours(path: Path) -> Iterator[None]:
    """What SQLite cannot do, as the errors that the rest of the program knows."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BusyError(str(path)) from error
        if code == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise WrongUsageError(f"{path} è danneggiato: lo ripristini da una copia.") from error
        raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one, so that all of them stand in one transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    assert not statement.strip(), f"not a whole statement: {statement}"
