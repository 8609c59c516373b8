"""Who did what, and when: the audit log.

Lives here: recording, reading, and proving that nothing in it was changed.
Must not live here: values of a return, file names, or sentences that someone typed.

Each row carries the SHA-256 of its content and of the digest before: a row changed, taken out or put in
breaks the chain from there on. Rows cut off at the end show in the counter that SQLite keeps of the last
number given. Who may write the file can also compute a new chain; the last digest, written down elsewhere
(`regia accounts audit --verify` prints it), tells even that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import sqlite3
from dataclasses import dataclass
from typing import Literal, get_args

from pipelines.portal.store import instants
from pipelines.portal.store.database import Database
from schemas.weeks import ROME

Event = Literal[
    # accounts
    "account_created",
    "account_invited_again",
    "account_disabled",
    "account_enabled",
    "invitation_accepted",
    "invitation_refused",
    "password_changed",
    "language_changed",
    # signing in
    "signed_in",
    "signed_out",
    "sign_in_failed",
    "sign_in_delayed",  # too many failures: not even looked at
    "second_factor_set_up",
    "second_factor_failed",
    "second_factor_removed",
    "recovery_code_used",
    "sessions_ended",
    # what is asked for
    "access_denied",
    "form_refused",  # a form without the session's own mark
    "audit_read",
    "downloaded",
    # drafts
    "draft_uploaded",
    "draft_withheld",  # it told who a person is: nothing of it was kept
    "draft_discarded",
    "draft_expired",
    # returns, and what is decided of them
    "return_received",
    "warning_confirmed",
    "nil_declared",
    "return_sent_back",
]
EVENTS: tuple[Event, ...] = get_args(Event)

SYSTEM = "sistema"
COMMAND_LINE = "riga di comando"
UNKNOWN = "sconosciuto"
"""Who tried a name that no account has: the name typed is not recorded, it may be a password."""

_SUBJECT = re.compile(r"[\w@.:/+-]{0,200}")
_FIRST_PREVIOUS = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One thing that someone did."""

    id: int
    at: dt.datetime
    who: str
    event: Event
    subject: str
    address: str


@dataclass(frozen=True)
class Verified:
    """What a check of the whole log found: `first_broken` is the first row that is not as it was."""

    entries: int
    first_broken: int | None
    last_digest: str


@dataclass(frozen=True)
class AuditLog:
    """The audit log of one database."""

    database: Database

    def record(self, at: dt.datetime, who: str, event: Event, subject: str = "", address: str = "") -> None:
        """Add what was done, by an account's name, SYSTEM, COMMAND_LINE or UNKNOWN.

        The subject names what it was done to: a city, week, submission, draft, account, joined by `/`; never
        more than such names (ValueError for anything with spaces). Within a `transaction` it lasts only if
        that does.
        """
        if event not in EVENTS:
            raise ValueError(f"no event of the audit log: {event}")
        if not _SUBJECT.fullmatch(subject):
            raise ValueError("the subject of an audit entry is a name, not a text")
        with self.database.transaction() as connection:
            last = connection.execute("SELECT digest FROM audit ORDER BY id DESC LIMIT 1").fetchone()
            previous = last["digest"] if last else _FIRST_PREVIOUS
            number = _last_number_given(connection) + 1
            content = (number, instants.written(at), who, event, subject, address, previous)
            connection.execute(
                "INSERT INTO audit (id, at, who, event, subject, address, previous_digest, digest) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*content, _digest(content)),
            )

    def verify(self) -> Verified:
        """Whether every row is as it was recorded, and none is missing."""
        previous, entries = _FIRST_PREVIOUS, 0
        with self.database.reading() as connection:
            for row in connection.execute("SELECT * FROM audit ORDER BY id"):
                entries += 1
                *content, digest = tuple(row)
                if (
                    row["id"] != entries
                    or row["previous_digest"] != previous
                    or _digest(tuple(content)) != digest
                ):
                    return Verified(entries, min(entries, row["id"]), previous)
                previous = digest
            given = _last_number_given(connection)
        return Verified(entries, None if given == entries else entries + 1, previous)

    def events(
        self,
        *,
        account: str | None = None,
        about: str | None = None,
        event: Event | None = None,
        day: dt.date | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> tuple[Entry, ...]:
        """What was done, the newest first: by one account, of one kind, on one day in Rome.

        about: by that account or to it.

        The next page is what comes `before` the last entry's id.
        """
        midnight = None if day is None else dt.datetime.combine(day, dt.time(), ROME)
        next_midnight = (
            None if day is None else dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ROME)
        )
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT id, at, who, event, subject, address FROM audit "
                "WHERE (:who IS NULL OR who = :who) "
                "AND (:about IS NULL OR who = :about OR subject = :about) "
                "AND (:event IS NULL OR event = :event) "
                "AND (:since IS NULL OR at >= :since) AND (:until IS NULL OR at < :until) "
                "AND (:before IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit",
                {
                    "who": account,
                    "about": about,
                    "event": event,
                    "since": midnight and instants.written(midnight),
                    "until": next_midnight and instants.written(next_midnight),
                    "before": before,
                    "limit": limit,
                },
            ).fetchall()
        return tuple(
            Entry(
                row["id"], instants.read(row["at"]), row["who"], row["event"], row["subject"], row["address"]
            )
            for row in rows
        )


def _digest(content: tuple[object, ...]) -> str:
    return hashlib.sha256(
        json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).hexdigest()


def _last_number_given(connection: sqlite3.Connection) -> int:
    """SQLite remembers it even where the row is gone."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
    return row["seq"] if row else 0
