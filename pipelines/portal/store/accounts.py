"""Who may sign in, and as what.

Lives here: accounts, their invitations and passwords.
Must not live here: second factors, sessions and the audit log (modules of their own); what a role may see.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from dataclasses import dataclass, field
from typing import Literal

from pipelines.portal.access import passwords
from pipelines.portal.access.refusals import AccessError
from pipelines.portal.access.tokens import kept, new_token
from pipelines.portal.store import instants
from pipelines.portal.store.database import Database
from schemas.contract import Language

Role = Literal["city", "coordinator", "analyst", "administrator"]
ROLES: tuple[Role, ...] = ("city", "coordinator", "analyst", "administrator")
WITH_SECOND_FACTOR: frozenset[Role] = frozenset({"coordinator", "administrator"})

INVITATION_DAYS = 7

_NAME = re.compile(r"(?=.{3,64}\Z)[a-z0-9._-]+(@[a-z0-9-]+(\.[a-z0-9-]+)+)?")
_LONGEST_SHOWN_NAME = 100


@dataclass(frozen=True)
class Account:
    """A person who may sign in, as the database has it now."""

    id: int
    name: str
    shown_name: str
    role: Role
    city: str | None
    language: Language
    is_active: bool
    has_password: bool
    has_totp: bool
    created_at: dt.datetime
    last_signed_in_at: dt.datetime | None

    @property
    def needs_totp(self) -> bool:
        return self.role in WITH_SECOND_FACTOR


@dataclass(frozen=True)
class Invitation:
    """What an account's person is given once, to choose a password; the database holds no token."""

    account: Account
    token: str = field(repr=False)
    expires_at: dt.datetime

    @property
    def path(self) -> str:
        """Where it is taken up, on whatever host the portal has."""
        return f"/invito/{self.token}"


@dataclass(frozen=True)
class Accounts:
    """The accounts of one database."""

    database: Database

    def create(
        self,
        name: str,
        role: Role,
        at: dt.datetime,
        *,
        city: str | None = None,
        language: Language = "it",
        shown_name: str | None = None,
    ) -> Invitation:
        """Make an account, which can do nothing until its invitation is taken up.

        The city is the caller's to know; here it stands exactly for the role "city". Raises AccessError:
        name_malformed, name_taken, shown_name_malformed, city_missing, city_not_for_role.
        """
        chosen = in_one_form(name)
        shown = (shown_name or chosen).strip()
        if not _NAME.fullmatch(chosen):
            raise AccessError("name_malformed")
        if not shown or len(shown) > _LONGEST_SHOWN_NAME or not shown.isprintable():
            raise AccessError("shown_name_malformed")
        if (role == "city") != (city is not None):
            raise AccessError("city_missing" if city is None else "city_not_for_role")
        with self.database.transaction() as connection:
            if connection.execute("SELECT 1 FROM accounts WHERE name = ?", (chosen,)).fetchone():
                raise AccessError("name_taken")
            made = connection.execute(
                "INSERT INTO accounts (name, shown_name, role, city, language, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (chosen, shown, role, city, language, instants.written(at)),
            )
            assert made.lastrowid is not None
            return self._invite(connection, made.lastrowid, at)

    def invite_again(self, account_id: int, at: dt.datetime) -> Invitation:
        """A new invitation. It ends the password, the second factor, the sessions and the one before.

        Raises AccessError: account_unknown, account_disabled.
        """
        with self.database.transaction() as connection:
            if not self.of_id(account_id).is_active:
                raise AccessError("account_disabled")
            connection.execute(
                "UPDATE accounts SET password_hash = NULL, totp_salt = NULL, totp_last_step = 0 WHERE id = ?",
                (account_id,),
            )
            connection.execute("DELETE FROM recovery_codes WHERE account_id = ?", (account_id,))
            connection.execute("DELETE FROM sessions WHERE account_id = ?", (account_id,))
            return self._invite(connection, account_id, at)

    def _invite(self, connection: sqlite3.Connection, account_id: int, at: dt.datetime) -> Invitation:
        token, expires_at = new_token(), at + dt.timedelta(days=INVITATION_DAYS)
        connection.execute(
            "INSERT OR REPLACE INTO invitations (account_id, token_hash, expires_at) VALUES (?, ?, ?)",
            (account_id, kept(token), instants.written(expires_at)),
        )
        return Invitation(self.of_id(account_id), token, expires_at)

    def invited(self, token: str, at: dt.datetime) -> Invitation:
        """The invitation of that token: whose it is, until when it holds.

        Raises AccessError: invitation_unknown, invitation_expired, account_disabled.
        """
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT account_id, expires_at FROM invitations WHERE token_hash = ?", (kept(token),)
            ).fetchone()
            if found is None:
                raise AccessError("invitation_unknown")
            if instants.written(at) >= found["expires_at"]:
                raise AccessError("invitation_expired")
            account = self.of_id(found["account_id"])
        if not account.is_active:
            raise AccessError("account_disabled")
        return Invitation(account, token, instants.read(found["expires_at"]))

    def accept_invitation(self, token: str, password: str, at: dt.datetime) -> Account:
        """Choose the password and use the invitation up; the account can sign in from now on.

        Raises AccessError: as `invited`, and password_too_short, password_too_long, password_common,
        password_has_name (the invitation then stays).
        """
        hashed = passwords.hash_password(
            passwords.check_new_password(password, self.invited(token, at).account.name)
        )
        with self.database.transaction() as connection:
            account = self.invited(token, at).account
            connection.execute("DELETE FROM invitations WHERE account_id = ?", (account.id,))
            connection.execute("UPDATE accounts SET password_hash = ? WHERE id = ?", (hashed, account.id))
            return self.of_id(account.id)

    def authenticate(self, name: str, password: str) -> Account | None:
        """The active account that has this name and password; None takes as long, whatever was wrong.

        A password hashed with older parameters is hashed anew.
        """
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT id, is_active, password_hash FROM accounts WHERE name = ?", (in_one_form(name),)
            ).fetchone()
        hashed: str | None = found["password_hash"] if found else None
        if not passwords.is_right(hashed, password) or not found["is_active"]:
            return None
        assert hashed is not None
        if passwords.needs_rehash(hashed):
            with self.database.transaction() as connection:
                connection.execute(
                    "UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?",
                    (passwords.hash_password(password), found["id"], hashed),
                )
        return self.of_id(found["id"])

    def change_password(self, account_id: int, old: str, new: str) -> None:
        """Another password. It ends all sessions of the account: begin a new one for who changed it.

        Raises AccessError: account_unknown, account_disabled, password_wrong, and as `accept_invitation` for
        the new one.
        """
        account = self.of_id(account_id)
        if not account.is_active:
            raise AccessError("account_disabled")
        if self.authenticate(account.name, old) is None:
            raise AccessError("password_wrong")
        hashed = passwords.hash_password(passwords.check_new_password(new, account.name))
        with self.database.transaction() as connection:
            connection.execute("UPDATE accounts SET password_hash = ? WHERE id = ?", (hashed, account_id))
            connection.execute("DELETE FROM sessions WHERE account_id = ?", (account_id,))

    def signed_in(self, account_id: int, at: dt.datetime) -> None:
        """Remember when the person signed in last."""
        self._set("UPDATE accounts SET last_signed_in_at = ? WHERE id = ?", instants.written(at), account_id)

    def set_language(self, account_id: int, language: Language) -> None:
        """The language in which the person reads. Raises AccessError: account_unknown."""
        self._set("UPDATE accounts SET language = ? WHERE id = ?", language, account_id)

    def deactivate(self, account_id: int) -> None:
        """The account can no longer sign in; its sessions and invitation end.

        Raises AccessError: account_unknown.
        """
        with self.database.transaction() as connection:
            self._set("UPDATE accounts SET is_active = ? WHERE id = ?", 0, account_id)
            connection.execute("DELETE FROM sessions WHERE account_id = ?", (account_id,))
            connection.execute("DELETE FROM invitations WHERE account_id = ?", (account_id,))

    def activate(self, account_id: int) -> None:
        """The account can sign in again, with what it had. Raises AccessError: account_unknown."""
        self._set("UPDATE accounts SET is_active = ? WHERE id = ?", 1, account_id)

    def _set(self, statement: str, value: str | int, account_id: int) -> None:
        with self.database.transaction() as connection:
            if connection.execute(statement, (value, account_id)).rowcount != 1:
                raise AccessError("account_unknown")

    def of_id(self, account_id: int) -> Account:
        """The account of that number. Raises AccessError: account_unknown."""
        with self.database.reading() as connection:
            row = connection.execute("SELECT * FROM accounts WHERE id = ?", (account_id,)).fetchone()
        return _account(row)

    def of_name(self, name: str) -> Account:
        """The account that signs in with that name. Raises AccessError: account_unknown."""
        with self.database.reading() as connection:
            row = connection.execute("SELECT * FROM accounts WHERE name = ?", (in_one_form(name),)).fetchone()
        return _account(row)

    def all(self) -> tuple[Account, ...]:
        """Every account, in the order of their names."""
        with self.database.reading() as connection:
            rows = connection.execute("SELECT * FROM accounts ORDER BY name").fetchall()
        return tuple(_account(row) for row in rows)


def in_one_form(name: str) -> str:
    """A name as it is kept, however it was typed."""
    return name.strip().lower()


def _account(row: sqlite3.Row | None) -> Account:
    if row is None:
        raise AccessError("account_unknown")
    return Account(
        id=row["id"],
        name=row["name"],
        shown_name=row["shown_name"],
        role=row["role"],
        city=row["city"],
        language=row["language"],
        is_active=bool(row["is_active"]),
        has_password=row["password_hash"] is not None,
        has_totp=row["totp_salt"] is not None,
        created_at=instants.read(row["created_at"]),
        last_signed_in_at=instants.read_if_any(row["last_signed_in_at"]),
    )
