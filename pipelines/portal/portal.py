"""What all requests of a portal share.

Lives here: the home, the contract, the store, the desk and the drafts, put together once.
Must not live here: anything of one request (`visits`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pipelines.clock import of_this_machine
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.access.key import load_key
from pipelines.portal.desk import Desk
from pipelines.portal.drafts import Drafts
from pipelines.portal.settings import Settings
from pipelines.portal.store.accounts import Accounts
from pipelines.portal.store.attempts import Attempts
from pipelines.portal.store.audit import SYSTEM, AuditLog
from pipelines.portal.store.database import Database
from pipelines.portal.store.second_factors import SecondFactors
from pipelines.portal.store.sessions import Sessions


@dataclass(frozen=True, eq=False)
class Portal:
    """One portal over one home. Close it when the server ends."""

    home: Home
    contract: Contract
    settings: Settings
    database: Database
    accounts: Accounts
    sessions: Sessions
    second_factors: SecondFactors
    attempts: Attempts
    audit: AuditLog
    desk: Desk
    drafts: Drafts

    @classmethod
    def over(cls, home: Home, contract: Contract, settings: Settings) -> Portal:
        """The portal of a home; its database and folders are made where they are missing. Raises OSError."""
        key, database = load_key(home.portal_key), Database(home.portal_database)
        desk = Desk(home, contract)
        return cls(
            home=home,
            contract=contract,
            settings=settings,
            database=database,
            accounts=Accounts(database),
            sessions=Sessions(database),
            second_factors=SecondFactors(database, key),
            attempts=Attempts(database, key),
            audit=AuditLog(database),
            desk=desk,
            drafts=Drafts(home, desk),
        )

    def sweep_drafts(self, at: dt.datetime) -> None:
        """Remove the drafts that have expired at an instant; the audit log says which."""
        self.drafts.sweep(
            at, lambda draft_id: self.audit.record(of_this_machine(), SYSTEM, "draft_expired", draft_id)
        )

    def close(self) -> None:
        """Let go of reader processes and the database."""
        self.desk.close()
        self.database.close()
