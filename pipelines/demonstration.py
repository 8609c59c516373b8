"""The demonstration's portal: accounts of its own, and a clock that runs from the last sample return on.

Lives here: making them in the home of `regia demo`, and finding them there again.
Must not live here: how returns get into that home (`pipelines.cli.commands.consolidation`).
"""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines import clock
from pipelines.home import Home
from pipelines.portal.access import totp
from pipelines.portal.store import accounts
from pipelines.portal.store.accounts import Role
from pipelines.portal.store.database import Database
from pipelines.writing import write_whole
from schemas.contract import Edition, Language
from schemas.weeks import ROME

_NAME = "demo.json"


class DemoAccount(BaseModel):
    """An account of a demonstration, with what signs it in. secret: of its codes, where it needs them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    password: str
    role: Role
    secret: str | None = None


class Demonstration(BaseModel):
    """What a demonstration's home holds beside returns. begins_at: what the clock says when it is opened."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    begins_at: dt.datetime
    accounts: tuple[DemoAccount, ...]


def begin(home: Home) -> Demonstration | None:
    """The demonstration of a home, its clock set going; None for a home that is none."""
    found = find(home)
    if found is not None:
        clock.begin_at(found.begins_at)
    return found


def find(home: Home) -> Demonstration | None:
    """The demonstration of a home; None for a home that is none."""
    path = home.root / _NAME
    return Demonstration.model_validate_json(path.read_bytes()) if path.exists() else None
