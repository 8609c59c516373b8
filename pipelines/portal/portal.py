"""What all requests of a portal share.

Lives here: the home, the contract, the store, the desk and the drafts, put together once.
Must not live here: anything of one request (`visits`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.desk import Desk
from pipelines.portal.drafts import Drafts
from pipelines.portal.settings import Settings
from pipelines.portal.store.database import Database


@dataclass(frozen=True, eq=False)
class Portal:
    """One portal over one home. Close it when the server ends."""

    home: Home
    contract: Contract
    settings: Settings
    database: Database
    desk: Desk
    drafts: Drafts

    @classmethod
    def over(cls, home: Home, contract: Contract, settings: Settings) -> Portal:
        """The portal of a home; its database and folders are made where they are missing. Raises OSError."""
        home.root.mkdir(parents=True, exist_ok=True)
        desk = Desk(home, contract)
        return cls(
            home,
            contract,
            settings,
            Database(home.portal),
            desk,
            Drafts(home, desk),
        )

    def close(self) -> None:
        """Let go of reader processes and the database."""
        self.desk.close()
        self.database.close()
