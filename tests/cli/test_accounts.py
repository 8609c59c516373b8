"""`regia accounts`: the first administrator, inviting, disabling, and a log that tells if it was changed."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from pipelines.home import Home
from pipelines.portal.store.accounts import Accounts
from pipelines.portal.store.database import Database
from tests.cli.conftest import Regia

PASSWORD = "mare calmo e vento da est"


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGIA_NOW", "2023-10-24T12:00")


@pytest.fixture
def root(tmp_path: Path) -> Home:
    """The home in which the command runs."""
    return Home(tmp_path / "home")


def _take_up(home: Home, path: str) -> None:
    with contextlib.closing(Database(home.portal_database)) as database:
        at = dt.datetime.fromisoformat("2023-10-24T12:00:00+02:00")
        Accounts(database).accept_invitation(path.removeprefix("/invito/"), PASSWORD, at)


def test_the_first_administrator_is_invited(regia: Regia, root: Home) -> None:
    said = regia("accounts", "add", "Ada@Comune.example", "--role", "administrator")
    assert said.status == 0
    assert "ada@comune.example: amministrazione." in said.out
    assert "fino a martedì 31/10/2023 alle 12:00" in said.out and "secondo fattore" in said.out
    (path,) = (word for word in said.out.split() if word.startswith("/invito/"))
    _take_up(root, path)
    assert "non è ancora entrato" in regia("accounts", "list").out
    assert root.portal_database.stat().st_mode & 0o777 == 0o600


def test_a_citys_account_speaks_the_citys_language(regia: Regia) -> None:
    added = regia("accounts", "add", "bz1", "--role", "city", "--city", "Bolzano", "--json").document
    assert added.pop("invitation").startswith("/invito/")
    assert added == {
        "name": "bz1",
        "shown_name": "bz1",
        "role": "city",
        "city": "bolzano",
        "language": "it",
        "is_active": True,
        "has_password": False,
        "has_second_factor": False,
        "created_at": "2023-10-24T12:00:00+02:00",
        "last_signed_in_at": None,
        "expires_at": "2023-10-31T12:00:00+01:00",
    }
    german = regia(
        "accounts", "add", "bz2", "--role", "city", "--city", "bolzano", "--language", "de", "--json"
    )
    assert german.document["language"] == "de"
    assert [account["name"] for account in regia("accounts", "list", "--json").document["accounts"]] == [
        "bz1",
        "bz2",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "x", "--role", "analyst"), "da 3 a 64 lettere"),
        (("add", "ada", "--role", "analyst"), "C'è già un account"),
        (("add", "bea", "--role", "capo"), "city, coordinator, analyst, administrator"),
        (("add", "bea", "--role", "city"), "aggiunga --city"),
        (("add", "bea", "--role", "city", "--city", "turino"), "torino"),
        (("add", "bea", "--role", "analyst", "--city", "torino"), "tolga --city"),
        (("add", "bea", "--role", "analyst", "--language", "fr"), "it, en, de"),
        (("add", "bea", "--role", "analyst", "--shown-name", "a\nb"), "--shown-name"),
        (("invite", "bea"), "regia accounts list"),
        (("disable", "bea"), "regia accounts list"),
        (("audit", "--day", "ieri"), "non è un giorno"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence_and_leaves_no_trace(
    regia: Regia, arguments: tuple[str, ...], told: str
) -> None:
    regia("accounts", "add", "ada", "--role", "analyst")
    said = regia("accounts", *arguments)
    assert (said.status, said.out) == (2, "")
    assert told in said.err and said.err.count("\n") == 1
    assert len(regia("accounts", "list", "--json").document["accounts"]) == 1
    assert len(regia("accounts", "audit", "--json").document["entries"]) == 1


@pytest.mark.parametrize("arguments", [("list",), ("invite", "ada"), ("disable", "ada"), ("audit",)])
def test_a_home_without_accounts_is_told_and_nothing_is_made_in_it(
    regia: Regia, root: Home, arguments: tuple[str, ...]
) -> None:
    said = regia("accounts", *arguments)
    assert said.status == 2 and "crei il primo" in said.err
    assert not root.root.exists()


def test_who_is_invited_again_or_disabled_cannot_come_in(regia: Regia, root: Home) -> None:
    _take_up(root, regia("accounts", "add", "ada", "--role", "analyst", "--json").document["invitation"])
    assert regia("accounts", "disable", "ADA").out == "ada: disabilitato, e le sue sessioni finite.\n"
    with contextlib.closing(Database(root.portal_database)) as database:
        accounts = Accounts(database)
        assert accounts.authenticate("ada", PASSWORD) is None
        assert "regia accounts enable" in regia("accounts", "invite", "ada").err
        assert regia("accounts", "enable", "ada", "--json").document["is_active"]
        assert accounts.authenticate("ada", PASSWORD)
        assert regia("accounts", "invite", "ada").status == 0
        assert accounts.authenticate("ada", PASSWORD) is None


def test_the_log_tells_what_was_done_and_whether_it_was_changed(regia: Regia, root: Home) -> None:
    regia("accounts", "add", "ada", "--role", "analyst")
    regia("accounts", "add", "bea", "--role", "analyst")
    regia("accounts", "disable", "ada")
    newest = "2023-10-24 12:00:00  riga di comando  account_disabled  ada"
    told = regia("accounts", "audit").out.splitlines()
    assert told[0] == newest and len(told) == 3
    assert regia("accounts", "audit", "--limit", "1").out == newest + "\n"
    assert "nulla" in regia("accounts", "audit", "--account", "ada").out
    assert regia("accounts", "audit", "--day", "2023-10-23", "--json").document == {"entries": []}
    whole = regia("accounts", "audit", "--verify")
    assert whole.status == 0 and "3 righe" in whole.out
    other = sqlite3.connect(root.portal_database)
    with other:
        other.execute("DROP TRIGGER audit_is_never_changed")
        other.execute("UPDATE audit SET subject = 'carla' WHERE id = 2")
    other.close()
    assert regia("accounts", "audit", "--verify").status == 1
    broken = regia("accounts", "audit", "--verify", "--json").document
    assert broken["first_broken"] == 2
