"""A demonstration's home: accounts that sign in, a clock at which a week is due, the same when made again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import clock, demonstration
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.store.accounts import Accounts
from pipelines.portal.store.database import Database
from pipelines.refusals import WrongUsageError

FRIDAY = dt.datetime.fromisoformat("2023-10-27T10:30:00+02:00")


@pytest.fixture
def accounts(home: Home) -> Iterator[Accounts]:
    database = Database(home.portal_database)
    yield Accounts(database)
    database.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    yield Home(tmp_path)
    clock.begin_at(None)


def test_it_begins_when_a_week_has_just_ended(home: Home, contract: Contract) -> None:
    demonstration.make(home, contract.edition, FRIDAY)
    assert demonstration.begin(home) is not None
    assert clock.now().date() == dt.date(2023, 10, 30)
    assert clock.of_this_machine().year > 2023


def test_its_accounts_sign_in_and_no_one_else_reads_them(
    home: Home, contract: Contract, accounts: Accounts
) -> None:
    made = demonstration.make(home, contract.edition, FRIDAY)
    assert demonstration.make(home, contract.edition, FRIDAY) == made
    for one in made.accounts:
        found = accounts.authenticate(one.name, one.password)
        assert found is not None and found.needs_totp == (one.secret is not None)
    assert {one.role for one in made.accounts} == {"city", "coordinator", "analyst", "administrator"}
    assert (home.root / "demo.json").stat().st_mode & 0o077 == 0


def test_one_that_was_killed_while_it_was_made_is_made_again(
    home: Home, contract: Contract, accounts: Accounts
) -> None:
    first = demonstration.make(home, contract.edition, FRIDAY)
    unfinished = first.model_copy(update={"accounts": (), "is_made": False})
    (home.root / "demo.json").write_text(unfinished.model_dump_json())
    assert demonstration.begin(home) is None
    again = demonstration.make(home, contract.edition, FRIDAY)
    assert [one.name for one in again.accounts] == [one.name for one in first.accounts]
    assert all(accounts.authenticate(one.name, one.password) for one in again.accounts)


def test_accounts_of_people_are_not_taken_over(home: Home, contract: Contract, accounts: Accounts) -> None:
    invited = accounts.create("bologna", "coordinator", FRIDAY)
    accounts.accept_invitation(invited.token, "quattro mele verdi al sole", FRIDAY)
    with pytest.raises(WrongUsageError, match="ha già utenti del portale"):
        demonstration.make(home, contract.edition, FRIDAY)
    assert accounts.authenticate("bologna", "quattro mele verdi al sole")
    assert len(accounts.all()) == 1
    assert not (home.root / "demo.json").exists()


def test_codes_are_told_in_a_demonstration_only(home: Home, contract: Contract) -> None:
    with pytest.raises(WrongUsageError, match="solo in una prova"):
        demonstration.code_of(home, "coordinamento")
    demonstration.make(home, contract.edition, FRIDAY)
    assert demonstration.code_of(home, "coordinamento").isdigit()
    with pytest.raises(WrongUsageError, match="non ha bisogno di un codice"):
        demonstration.code_of(home, "bologna")
