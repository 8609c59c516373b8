"""Who is signed in.

Lives here: sessions, their stages and their ends.
Must not live here: cookies and pages; who may sign in (`pipelines.portal.store.accounts`).
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass, field
from typing import Literal

from pipelines.portal.access.tokens import csrf_of, kept, new_token
from pipelines.portal.store import instants
from pipelines.portal.store.accounts import Account
from pipelines.portal.store.database import Database

Stage = Literal["password", "full"]


@dataclass(frozen=True)
class SessionLimits:
    """How long a session lasts."""

    idle: dt.timedelta = dt.timedelta(minutes=30)
    """Without a request."""
    longest: dt.timedelta = dt.timedelta(hours=12)
    """However busy."""
    half_way: dt.timedelta = dt.timedelta(minutes=15)
    """Between the password and the second factor, or its setting up."""
    seen_every: dt.timedelta = dt.timedelta(minutes=1)
    """How often a request is noted: an idle session may end so much earlier; pages seldom write."""


@dataclass(frozen=True)
class Session:
    """A person who is signed in (`full`), or still owes the second factor (`password`)."""

    id: int
    account_id: int
    stage: Stage
    address: str
    began_at: dt.datetime
    seen_at: dt.datetime


@dataclass(frozen=True)
class OpenSession(Session):
    """A session whose token the request carried."""

    csrf: str = field(repr=False)


@dataclass(frozen=True)
class Sessions:
    """The sessions of one database."""

    database: Database
    limits: SessionLimits = SessionLimits()

    def begin(self, account: Account, at: dt.datetime, address: str) -> str:
        """A session for who gave the right password; its token, told once.

        Its stage is `full` where no second factor is needed or set up, else `password`.
        """
        token = new_token()
        stage: Stage = "password" if account.needs_totp or account.has_totp else "full"
        moment = instants.written(at)
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT INTO sessions (token_hash, account_id, stage, address, began_at, seen_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (kept(token), account.id, stage, address, moment, moment),
            )
        return token

    def complete(self, token: str, at: dt.datetime) -> str | None:
        """The second factor was right: the session is `full`, under a new token; None if it ended."""
        following = new_token()
        with self.database.transaction() as connection:
            session = self.session_of(token, at)
            if session is None:
                return None
            connection.execute(
                "UPDATE sessions SET token_hash = ?, stage = 'full', seen_at = ? WHERE id = ?",
                (kept(following), instants.written(at), session.id),
            )
        return following

    def session_of(self, token: str, at: dt.datetime) -> OpenSession | None:
        """The session of that token, if it lasts and its account is active; this request counts as seen."""
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT sessions.* FROM sessions JOIN accounts ON accounts.id = sessions.account_id "
                "WHERE token_hash = ? AND accounts.is_active",
                (kept(token),),
            ).fetchone()
        if row is None or self._is_over(_session(row), at):
            return None
        session = _session(row)
        if at - session.seen_at >= self.limits.seen_every:
            with self.database.transaction() as connection:
                connection.execute(
                    "UPDATE sessions SET seen_at = max(seen_at, ?) WHERE id = ?",
                    (instants.written(at), session.id),
                )
        return OpenSession(**vars(session), csrf=csrf_of(token))

    def of_account(self, account_id: int, at: dt.datetime) -> tuple[Session, ...]:
        """An account's sessions that last, the latest seen first."""
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM sessions WHERE account_id = ? ORDER BY seen_at DESC, id DESC", (account_id,)
            ).fetchall()
        return tuple(session for session in map(_session, rows) if not self._is_over(session, at))

    def end(self, token: str) -> None:
        """End the session of that token, if there is one."""
        with self.database.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE token_hash = ?", (kept(token),))

    def end_one_of(self, account_id: int, session_id: int) -> bool:
        """End one session of an account's own list; False if it is not the account's."""
        with self.database.transaction() as connection:
            ended = connection.execute(
                "DELETE FROM sessions WHERE id = ? AND account_id = ?", (session_id, account_id)
            )
            return ended.rowcount == 1

    def sweep(self, at: dt.datetime) -> int:
        """Delete the sessions that are over; how many."""
        with self.database.transaction() as connection:
            sessions = map(_session, connection.execute("SELECT * FROM sessions").fetchall())
            over = [(session.id,) for session in sessions if self._is_over(session, at)]
            connection.executemany("DELETE FROM sessions WHERE id = ?", over)
        return len(over)

    def _is_over(self, session: Session, at: dt.datetime) -> bool:
        longest = self.limits.longest if session.stage == "full" else self.limits.half_way
        return at - session.seen_at >= self.limits.idle or at - session.began_at >= longest


def _session(row: sqlite3.Row) -> Session:
    return Session(
        id=row["id"],
        account_id=row["account_id"],
        stage=row["stage"],
        address=row["address"],
        began_at=instants.read(row["began_at"]),
        seen_at=instants.read(row["seen_at"]),
    )
