"""What tests of the store share: a database of their own, its key, an account that can sign in.

Lives here: fixtures for the store.
Must not live here: checks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.portal.access.key import PortalKey, load_key
from pipelines.portal.store.accounts import Account, Accounts
from pipelines.portal.store.database import Database

NOON = dt.datetime.fromisoformat("2023-10-24T12:00:00+02:00")
PASSWORD = "mare calmo e vento da est"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "portal.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def key(tmp_path: Path) -> PortalKey:
    return load_key(tmp_path / "portal.key")


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(database)


@pytest.fixture
def ada(accounts: Accounts) -> Account:
    """A coordinator with a password and no second factor yet."""
    invitation = accounts.create("ada@comune.example", "coordinator", NOON)
    return accounts.accept_invitation(invitation.token, PASSWORD, NOON)


@pytest.fixture
def torino(accounts: Accounts) -> Account:
    """Someone of a city, with a password."""
    invitation = accounts.create("torino1", "city", NOON, city="torino")
    return accounts.accept_invitation(invitation.token, PASSWORD, NOON)
