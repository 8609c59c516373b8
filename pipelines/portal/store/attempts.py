"""How often something may be tried.

Lives here: what was tried and when, the waits that follow from failures, allowances.
Must not live here: what is tried; who is told.

Of a name or an address only a digest under the installation's key is kept: people type passwords into the
field of the name.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.portal.access.key import PortalKey
from pipelines.portal.access.refusals import TooManyAttemptsError
from pipelines.portal.store import instants
from pipelines.portal.store.accounts import in_one_form
from pipelines.portal.store.database import Database

Kind = Literal["password", "code"]

REMEMBERED = dt.timedelta(days=1)


@dataclass(frozen=True)
class FailureLimits:
    """So many failures within `window`: a wait, each next one of the same day twice as long."""

    most: int
    window: dt.timedelta = dt.timedelta(minutes=15)
    first_wait: dt.timedelta = dt.timedelta(minutes=15)
    longest_wait: dt.timedelta = dt.timedelta(hours=4)

    def wait_after(self, failures: Sequence[dt.datetime]) -> dt.datetime | None:
        """Until when to wait after these failures, the oldest first. None: they never filled a window."""
        until: dt.datetime | None = None
        wait = self.first_wait
        recent: list[dt.datetime] = []
        for at in failures:
            recent = [*(one for one in recent if at - one < self.window), at]
            if len(recent) >= self.most:
                until, recent = at + wait, []
                wait = min(2 * wait, self.longest_wait)
        return until


OF_NAME = FailureLimits(most=5)
OF_ADDRESS = FailureLimits(most=30)


@dataclass(frozen=True)
class Allowance:
    """What an account may do so many times within so long, for instance send files."""

    what: str
    most: int
    window: dt.timedelta


@dataclass(frozen=True)
class Attempt:
    """Something being tried; it stays a failure unless it is told to have succeeded."""

    of_name: int
    of_address: int
    name_subject: bytes


@dataclass(frozen=True)
class Attempts:
    """What was tried, in one database."""

    database: Database
    key: PortalKey
    of_name: FailureLimits = OF_NAME
    of_address: FailureLimits = OF_ADDRESS

    def begin(self, kind: Kind, name: str, address: str, at: dt.datetime) -> Attempt:
        """Before a password or a code is looked at: count the attempt, as a failure until `succeeded`.

        Names that do not exist count alike, so that nobody learns which do; those who try at the same moment
        cannot get ahead of the count. Raises TooManyAttemptsError with the end of the wait; what is refused
        so does not count.
        """
        of_name = self._digest(kind, in_one_form(name))
        of_address = self._digest("address", one_line_of(address))
        with self.database.transaction() as connection:
            waits = (
                self.of_name.wait_after(_failures(connection, of_name, at)),
                self.of_address.wait_after(_failures(connection, of_address, at)),
            )
            until = max((wait for wait in waits if wait is not None), default=at)
            if until > at:
                raise TooManyAttemptsError(until)
            return Attempt(_note(connection, of_name, at), _note(connection, of_address, at), of_name)

    def succeeded(self, attempt: Attempt) -> None:
        """It was right: the name's failures are forgotten; of the address, this attempt alone."""
        with self.database.transaction() as connection:
            connection.execute("DELETE FROM attempts WHERE subject = ?", (attempt.name_subject,))
            connection.execute("DELETE FROM attempts WHERE id = ?", (attempt.of_address,))

    def forget(self, name: str) -> None:
        """An administrator lifts the waits of a name (an invitation was given again)."""
        with self.database.transaction() as connection:
            for kind in ("password", "code"):
                connection.execute(
                    "DELETE FROM attempts WHERE subject = ?", (self._digest(kind, in_one_form(name)),)
                )

    def spend(self, allowance: Allowance, who: str, at: dt.datetime) -> None:
        """Count one use. Raises TooManyAttemptsError, which tells when the next one is possible."""
        subject = self._digest("allowance " + allowance.what, who)
        since = instants.written(at - allowance.window)
        with self.database.transaction() as connection:
            uses = connection.execute(
                "SELECT at FROM attempts WHERE subject = ? AND at > ? ORDER BY at DESC", (subject, since)
            ).fetchall()
            if len(uses) >= allowance.most:
                raise TooManyAttemptsError(instants.read(uses[allowance.most - 1]["at"]) + allowance.window)
            _note(connection, subject, at)

    def sweep(self, at: dt.datetime) -> int:
        """Delete what is older than a day; how many."""
        with self.database.transaction() as connection:
            return connection.execute(
                "DELETE FROM attempts WHERE at <= ?", (instants.written(at - REMEMBERED),)
            ).rowcount

    def _digest(self, kind: str, who: str) -> bytes:
        return self.key.derive(kind, who.encode("utf-8", "surrogatepass"))


def one_line_of(address: str) -> str:
    """What stands for the line that an address belongs to: an IPv6 line has a whole /64 of addresses."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))


def _failures(connection: sqlite3.Connection, subject: bytes, at: dt.datetime) -> list[dt.datetime]:
    rows = connection.execute(
        "SELECT at FROM attempts WHERE subject = ? AND at > ? ORDER BY at, id",
        (subject, instants.written(at - REMEMBERED)),
    ).fetchall()
    return [instants.read(row["at"]) for row in rows]


def _note(connection: sqlite3.Connection, subject: bytes, at: dt.datetime) -> int:
    noted = connection.execute(
        "INSERT INTO attempts (subject, at) VALUES (?, ?)", (subject, instants.written(at))
    ).lastrowid
    assert noted is not None
    return noted
