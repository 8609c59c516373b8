"""The second factor of an account: set up, asked for, recovered.

Lives here: which salt and which codes an account has, and which were used.
Must not live here: how codes are computed (`pipelines.portal.access.totp`).
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass

from pipelines.portal.access import totp
from pipelines.portal.access.key import PortalKey
from pipelines.portal.access.refusals import AccessError
from pipelines.portal.store.database import Database


@dataclass(frozen=True)
class SecondFactors:
    """The second factors of one database's accounts."""

    database: Database
    key: PortalKey

    def offered(self, account_id: int, salt: bytes) -> str:
        """The secret to set up that a salt gives; the factor in use holds until it is confirmed."""
        return totp.secret_of(self.key, account_id, salt)

    def confirm(self, account_id: int, salt: bytes, code: str, at: dt.datetime) -> tuple[str, ...] | None:
        """Set up what a salt gives, if the code is right: ten recovery codes to show once. None if it is not.

        It ends all sessions of the account: begin a new one for who set it up. Raises AccessError:
        account_unknown.
        """
        step = totp.step_of(self.offered(account_id, salt), code, at)
        if step is None:
            return None
        with self.database.transaction() as connection:
            _row(connection, account_id)
            connection.execute(
                "UPDATE accounts SET totp_salt = ?, totp_last_step = ? WHERE id = ?", (salt, step, account_id)
            )
            connection.execute("DELETE FROM sessions WHERE account_id = ?", (account_id,))
            return self.renew_recovery_codes(account_id)

    def is_right(self, account_id: int, code: str, at: dt.datetime) -> bool:
        """Whether a code of the app is right. A step is good once: neither it nor an earlier one is again.

        Raises AccessError: account_unknown, second_factor_missing.
        """
        with self.database.transaction() as connection:
            row = _row(connection, account_id)
            if row["totp_salt"] is None:
                raise AccessError("second_factor_missing")
            step = totp.step_of(totp.secret_of(self.key, account_id, row["totp_salt"]), code, at)
            if step is None or step <= row["totp_last_step"]:
                return False
            connection.execute("UPDATE accounts SET totp_last_step = ? WHERE id = ?", (step, account_id))
            return True

    def use_recovery_code(self, account_id: int, code: str) -> bool:
        """Whether a recovery code is one of the account's, and use it up."""
        with self.database.transaction() as connection:
            used = connection.execute(
                "DELETE FROM recovery_codes WHERE account_id = ? AND code_hash = ?",
                (account_id, totp.kept_recovery_code(code)),
            )
            return used.rowcount == 1

    def renew_recovery_codes(self, account_id: int) -> tuple[str, ...]:
        """Ten new recovery codes in place of those before, to show once.

        Raises AccessError: account_unknown, second_factor_missing.
        """
        codes = totp.new_recovery_codes()
        with self.database.transaction() as connection:
            if _row(connection, account_id)["totp_salt"] is None:
                raise AccessError("second_factor_missing")
            connection.execute("DELETE FROM recovery_codes WHERE account_id = ?", (account_id,))
            connection.executemany(
                "INSERT INTO recovery_codes (account_id, code_hash) VALUES (?, ?)",
                [(account_id, totp.kept_recovery_code(code)) for code in codes],
            )
        return codes

    def recovery_codes_left(self, account_id: int) -> int:
        """How many recovery codes were not used yet."""
        with self.database.reading() as connection:
            (left,) = connection.execute(
                "SELECT count(*) FROM recovery_codes WHERE account_id = ?", (account_id,)
            ).fetchone()
        assert isinstance(left, int)
        return left

    def remove(self, account_id: int) -> None:
        """The account has no second factor any more; one that needs it sets up another at its next sign-in.

        Raises AccessError: account_unknown.
        """
        with self.database.transaction() as connection:
            _row(connection, account_id)
            connection.execute("UPDATE accounts SET totp_salt = NULL WHERE id = ?", (account_id,))
            connection.execute("DELETE FROM recovery_codes WHERE account_id = ?", (account_id,))


def _row(connection: sqlite3.Connection, account_id: int) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT totp_salt, totp_last_step FROM accounts WHERE id = ?", (account_id,)
    ).fetchone()
    if row is None:
        raise AccessError("account_unknown")
    return row
