"""Many threads and processes write at once and nothing is lost; it is brought up to date, or refused."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.home import BusyError
from pipelines.portal.store.audit import AuditLog
from pipelines.portal.store.database import STEPS, Database
from pipelines.refusals import WrongUsageError
from tests.portal.store.conftest import NOON

THREADS, EACH = 8, 25

WRITE_APART = """
import datetime as dt, sys
from pathlib import Path
from pipelines.portal.store.audit import AuditLog
from pipelines.portal.store.database import Database

log = AuditLog(Database(Path(sys.argv[1])))
for number in range(int(sys.argv[2])):
    log.record(dt.datetime.now(dt.UTC), "sistema", "downloaded", f"{sys.argv[3]}/{number}")
"""


def _subjects(database: Database) -> list[str]:
    return [entry.subject for entry in AuditLog(database).events(limit=10_000)]


def test_threads_that_write_at_once_lose_nothing_while_others_read(database: Database) -> None:
    log = AuditLog(database)

    def write(thread: int) -> None:
        for number in range(EACH):
            log.record(NOON, "sistema", "downloaded", f"{thread}/{number}")
            assert f"{thread}/{number}" in _subjects(database)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(write, range(THREADS)))
    assert sorted(_subjects(database)) == sorted(f"{t}/{n}" for t in range(THREADS) for n in range(EACH))
    assert log.verify().first_broken is None


@pytest.mark.whole
def test_processes_that_begin_at_once_make_one_database_and_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "home" / "portal.sqlite"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE_APART, path, "40", str(number)], stderr=subprocess.PIPE)
        for number in range(4)
    ]
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [(b"", 0)] * 4
    with contextlib.closing(Database(path)) as database:
        assert sorted(_subjects(database)) == sorted(f"{w}/{n}" for w in range(4) for n in range(40))
        assert AuditLog(database).verify().first_broken is None


def test_a_reader_does_not_wait_for_a_writer_and_sees_one_state(database: Database) -> None:
    log = AuditLog(database)
    log.record(NOON, "sistema", "downloaded", "before")
    is_written, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with database.transaction():
            log.record(NOON, "sistema", "downloaded", "meanwhile")
            is_written.set()
            assert may_end.wait(10)

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write)
        assert is_written.wait(10)
        with database.reading():
            assert _subjects(database) == ["before"]
        may_end.set()
        writing.result()
    assert _subjects(database) == ["meanwhile", "before"]


def test_what_raises_leaves_nothing_and_the_next_one_writes(database: Database) -> None:
    log = AuditLog(database)

    def fail() -> None:
        with database.transaction():
            log.record(NOON, "sistema", "downloaded", "lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    log.record(NOON, "sistema", "downloaded", "kept")
    assert _subjects(database) == ["kept"]
    assert log.verify().first_broken is None


def test_a_part_that_raises_is_undone_alone(database: Database) -> None:
    log = AuditLog(database)

    def fail() -> None:
        with database.transaction():
            log.record(NOON, "sistema", "downloaded", "part")
            raise RuntimeError

    with database.transaction():
        log.record(NOON, "sistema", "downloaded", "whole")
        with pytest.raises(RuntimeError):
            fail()
    assert _subjects(database) == ["whole"]


def test_nothing_is_written_while_reading(database: Database) -> None:
    with database.reading() as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM sessions")


def test_only_its_owner_reads_it_whatever_it_was_before(tmp_path: Path) -> None:
    path = tmp_path / "portal.sqlite"
    path.touch()
    path.chmod(0o644)
    database = Database(path)
    AuditLog(database).record(NOON, "sistema", "downloaded")
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("portal.sqlite", "portal.sqlite-wal", "portal.sqlite-shm"), 0o600)
    database.close()


def test_what_must_last_is_on_the_disk(database: Database) -> None:
    with database.transaction() as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_later_step_brings_it_up_to_date_and_keeps_what_it_held(tmp_path: Path) -> None:
    path = tmp_path / "portal.sqlite"
    with contextlib.closing(Database(path)) as first:
        AuditLog(first).record(NOON, "sistema", "downloaded", "kept")
    later = (
        *STEPS,
        "-- a note; of the time\nCREATE TABLE notes (id INTEGER);\nINSERT INTO notes VALUES (7);\n",
    )
    for _ in range(2):
        with contextlib.closing(Database(path, later)) as second, second.reading() as connection:
            assert connection.execute("SELECT id FROM notes").fetchall()[0]["id"] == 7
            assert _subjects(second) == ["kept"]
    with pytest.raises(WrongUsageError, match="più nuova"):
        Database(path)


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "portal.sqlite"
    Database(path).close()
    with pytest.raises(sqlite3.OperationalError):
        Database(path, (*STEPS, "CREATE TABLE notes (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n"))
    with contextlib.closing(Database(path)) as database, database.reading() as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'notes'").fetchall()


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "portal.sqlite"
    path.write_bytes(b"no database, " * 1000)
    with pytest.raises(WrongUsageError, match=r"portal\.sqlite è danneggiato"):
        Database(path)


def test_a_writer_that_never_ends_is_told_as_busy(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError):
        AuditLog(database).record(NOON, "sistema", "downloaded")
    other.execute("ROLLBACK")
    other.close()
    AuditLog(database).record(NOON, "sistema", "downloaded")


def test_no_file_stays_open_once_it_is_closed(tmp_path: Path) -> None:
    database = Database(tmp_path / "portal.sqlite")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: _subjects(database), range(20)))
    database.close()
    opened = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
    assert not [name for name in opened if name.startswith(str(database.path))]
