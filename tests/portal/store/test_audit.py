"""The audit log: only ever added to; what was changed behind its back shows; read in parts."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from typing import Any, cast

import pytest

from pipelines.portal.store.audit import COMMAND_LINE, EVENTS, SYSTEM, AuditLog
from pipelines.portal.store.database import Database
from tests.portal.store.conftest import NOON

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def log(database: Database) -> AuditLog:
    audit = AuditLog(database)
    audit.record(NOON, COMMAND_LINE, "account_created", "torino1")
    audit.record(NOON + HOUR, "torino1", "signed_in", address="192.0.2.1")
    audit.record(NOON + 2 * HOUR, "torino1", "return_received", "torino/2023-W42/2023-W42-torino-1a2b")
    audit.record(NOON + 24 * HOUR, SYSTEM, "draft_expired", "torino/2023-W43")
    return audit


def _change(log: AuditLog, *statements: str) -> None:
    """What someone does who has the file and another program."""
    other = sqlite3.connect(log.database.path, isolation_level=None)
    for name in ("changed", "deleted", "replaced"):
        other.execute(f"DROP TRIGGER audit_is_never_{name}")
    for statement in statements:
        other.execute(statement)
    other.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'nobody'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT 2, at, who, event, '', '', '', digest FROM audit WHERE id = 1",
    ],
)
def test_a_row_is_never_changed_nor_deleted(log: AuditLog, statement: str) -> None:
    before = log.events()
    with pytest.raises(sqlite3.IntegrityError, match="never"), log.database.transaction() as connection:
        connection.execute(statement)
    assert log.events() == before


def test_an_untouched_log_is_whole(log: AuditLog, database: Database) -> None:
    found = log.verify()
    assert (found.entries, found.first_broken, len(found.last_digest)) == (4, None, 64)
    with database.reading() as connection:
        (last,) = connection.execute("SELECT digest FROM audit WHERE id = 4").fetchone()
    assert found.last_digest == last


@pytest.mark.parametrize(
    ("statement", "first_broken"),
    [
        ("UPDATE audit SET who = 'bolzano1' WHERE id = 3", 3),
        ("UPDATE audit SET at = '2023-10-24T10:00:00.000001+00:00' WHERE id = 1", 1),
        ("UPDATE audit SET address = '192.0.2.2' WHERE id = 2", 2),
        ("UPDATE audit SET subject = '' WHERE id = 4", 4),
        ("DELETE FROM audit WHERE id = 1", 1),
        ("DELETE FROM audit WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 4", 4),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET id = 9 WHERE id = 4", 4),
    ],
)
def test_what_was_changed_behind_its_back_shows(log: AuditLog, statement: str, first_broken: int) -> None:
    _change(log, statement)
    assert log.verify().first_broken == first_broken


def test_a_row_rewritten_with_its_own_digest_shows_in_the_next(log: AuditLog, database: Database) -> None:
    with database.reading() as connection:
        *content, _ = connection.execute("SELECT * FROM audit WHERE id = 2").fetchone()
    content[2] = "bolzano1"
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
    _change(log, f"UPDATE audit SET who = 'bolzano1', digest = '{digest}' WHERE id = 2")
    assert log.verify().first_broken == 3


def test_what_was_written_anew_whole_shows_in_the_last_digest(log: AuditLog, database: Database) -> None:
    before = log.verify().last_digest
    _change(log, "DELETE FROM audit", "DELETE FROM sqlite_sequence")
    for number in range(4):
        log.record(NOON + number * HOUR, SYSTEM, "downloaded")
    after = log.verify()
    assert (after.entries, after.first_broken) == (4, None)
    assert after.last_digest != before


def test_the_newest_stands_first_and_pages_follow_each_other(log: AuditLog) -> None:
    assert [entry.id for entry in log.events()] == [4, 3, 2, 1]
    first = log.events(limit=3)
    assert [entry.id for entry in log.events(limit=3, before=first[-1].id)] == [1]
    newest = log.events(limit=1)[0]
    assert (newest.at, newest.who, newest.event, newest.subject, newest.address) == (
        NOON + 24 * HOUR,
        SYSTEM,
        "draft_expired",
        "torino/2023-W43",
        "",
    )


def test_it_is_read_by_account_event_and_day(log: AuditLog) -> None:
    log.record(dt.datetime(2023, 10, 24, 22, tzinfo=dt.UTC), "torino1", "signed_out")  # midnight in Rome
    log.record(dt.datetime(2023, 10, 24, 21, 59, tzinfo=dt.UTC), "bolzano1", "signed_out")
    assert [entry.event for entry in log.events(account="torino1")] == [
        "signed_out",
        "return_received",
        "signed_in",
    ]
    assert [entry.who for entry in log.events(event="signed_out")] == ["bolzano1", "torino1"]
    assert [entry.id for entry in log.events(day=dt.date(2023, 10, 24))] == [6, 3, 2, 1]
    assert [entry.id for entry in log.events(day=dt.date(2023, 10, 25))] == [5, 4]
    assert log.events(account="torino1", event="signed_in", day=dt.date(2023, 10, 25)) == ()


@pytest.mark.parametrize("subject", ["una frase", "scheda finale.xlsx", "a\nb", "x" * 201, "totale=12"])
def test_a_text_is_no_subject(log: AuditLog, subject: str) -> None:
    with pytest.raises(ValueError, match="subject"):
        log.record(NOON, SYSTEM, "downloaded", subject)
    assert len(log.events()) == 4


def test_only_known_events_are_recorded(log: AuditLog) -> None:
    with pytest.raises(ValueError, match="no event"):
        log.record(NOON, SYSTEM, cast(Any, "looked_around"))
    for event in EVENTS:
        log.record(NOON, SYSTEM, event)
    assert log.verify().entries == 4 + len(EVENTS)
