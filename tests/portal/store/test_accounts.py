"""Who may sign in: names, roles, invitations, passwords; nothing secret stands in the file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from pipelines.portal.access.key import PortalKey
from pipelines.portal.access.refusals import AccessCode, AccessError
from pipelines.portal.access.totp import new_salt
from pipelines.portal.store.accounts import Account, Accounts, Role
from pipelines.portal.store.database import Database
from pipelines.portal.store.second_factors import SecondFactors
from pipelines.portal.store.sessions import Sessions
from tests.portal.store.conftest import NOON, PASSWORD

WEEK = dt.timedelta(days=7)
INSTANT = dt.timedelta(microseconds=1)
ANOTHER = "quattro barche in un porto"


def _refused(call: object, *arguments: object, **named: object) -> AccessCode:
    assert callable(call)
    with pytest.raises(AccessError) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_an_account_signs_in_once_its_invitation_is_taken_up(accounts: Accounts) -> None:
    invitation = accounts.create(
        " Ada.Bianchi@Comune.Example ", "analyst", NOON, language="de", shown_name="Ada Bianchi"
    )
    assert invitation.path == f"/invito/{invitation.token}"
    assert not invitation.account.has_password
    assert accounts.authenticate("ada.bianchi@comune.example", PASSWORD) is None
    accepted = accounts.accept_invitation(invitation.token, PASSWORD, NOON)
    assert accepted == accounts.authenticate("ADA.bianchi@comune.example", PASSWORD)
    assert (accepted.name, accepted.shown_name, accepted.language, accepted.role, accepted.city) == (
        "ada.bianchi@comune.example",
        "Ada Bianchi",
        "de",
        "analyst",
        None,
    )
    assert accepted.created_at == NOON
    assert accounts.authenticate(accepted.name, PASSWORD + "!") is None


@pytest.mark.parametrize(
    "name",
    ["", "ab", "a" * 65, "àda", "ada bianchi", "ada@", "@comune.it", "ada@comune", "a@b@c.it", "ada/1"],
)
def test_a_name_that_nobody_could_type_again_is_refused(accounts: Accounts, name: str) -> None:
    assert _refused(accounts.create, name, "analyst", NOON) == "name_malformed"


@pytest.mark.parametrize("name", ["abc", "a" * 64, "ada.b-c_1", "a.b@c-d.comune.it"])
def test_a_name_that_may_be_is_taken_once(accounts: Accounts, name: str) -> None:
    accounts.create(name, "analyst", NOON)
    assert _refused(accounts.create, name.upper(), "analyst", NOON) == "name_taken"


@pytest.mark.parametrize("shown_name", ["  ", "x" * 101, "Ada\nBianchi", "Ada\u202eBianchi"])
def test_a_shown_name_is_one_readable_line(accounts: Accounts, shown_name: str) -> None:
    code = _refused(accounts.create, "ada", "analyst", NOON, shown_name=shown_name)
    assert code == "shown_name_malformed"


@pytest.mark.parametrize(
    ("role", "city", "code"),
    [
        ("city", None, "city_missing"),
        ("coordinator", "torino", "city_not_for_role"),
        ("analyst", "torino", "city_not_for_role"),
        ("administrator", "torino", "city_not_for_role"),
    ],
)
def test_a_city_stands_exactly_for_the_role_of_a_city(
    accounts: Accounts, role: Role, city: str | None, code: AccessCode
) -> None:
    assert _refused(accounts.create, "torino1", role, NOON, city=city) == code
    assert accounts.all() == ()


def test_an_invitation_lasts_a_week_to_the_instant(accounts: Accounts) -> None:
    invitation = accounts.create("ada", "analyst", NOON)
    assert invitation.expires_at == NOON + WEEK
    assert _refused(accounts.invited, invitation.token, NOON + WEEK) == "invitation_expired"
    assert _refused(accounts.accept_invitation, invitation.token, PASSWORD, NOON + WEEK) == (
        "invitation_expired"
    )
    assert accounts.invited(invitation.token, NOON + WEEK - INSTANT).account.name == "ada"
    assert accounts.accept_invitation(invitation.token, PASSWORD, NOON + WEEK - INSTANT).has_password


def test_an_invitation_is_good_once(accounts: Accounts) -> None:
    invitation = accounts.create("ada", "analyst", NOON)
    accounts.accept_invitation(invitation.token, PASSWORD, NOON)
    assert _refused(accounts.accept_invitation, invitation.token, ANOTHER, NOON) == "invitation_unknown"
    assert _refused(accounts.invited, "guessed", NOON) == "invitation_unknown"
    assert accounts.authenticate("ada", PASSWORD)


def test_a_refused_password_leaves_the_invitation(accounts: Accounts) -> None:
    invitation = accounts.create("ada.bianchi", "analyst", NOON)
    refused = {
        password: _refused(accounts.accept_invitation, invitation.token, password, NOON)
        for password in ("corta", "Password-2026!", "sono ada.bianchi qui", "x" * 129)
    }
    assert list(refused.values()) == [
        "password_too_short",
        "password_common",
        "password_has_name",
        "password_too_long",
    ]
    assert accounts.accept_invitation(invitation.token, PASSWORD, NOON).has_password


def test_inviting_again_ends_all_that_was_before(
    accounts: Accounts, ada: Account, database: Database, key: PortalKey
) -> None:
    factors, sessions, salt = SecondFactors(database, key), Sessions(database), new_salt()
    assert factors.confirm(ada.id, salt, pyotp.TOTP(factors.offered(ada.id, salt)).at(NOON), NOON)
    token = sessions.begin(ada, NOON, "192.0.2.1")
    first = accounts.invite_again(ada.id, NOON)
    second = accounts.invite_again(ada.id, NOON)
    assert accounts.authenticate(ada.name, PASSWORD) is None
    assert sessions.session_of(token, NOON) is None
    assert _refused(factors.is_right, ada.id, "000000", NOON) == "second_factor_missing"
    assert _refused(accounts.invited, first.token, NOON) == "invitation_unknown"
    assert accounts.accept_invitation(second.token, ANOTHER, NOON).has_password
    assert accounts.authenticate(ada.name, ANOTHER)


def test_a_disabled_account_has_no_way_in_until_it_is_enabled(
    accounts: Accounts, torino: Account, database: Database
) -> None:
    token = Sessions(database).begin(torino, NOON, "192.0.2.1")
    other = accounts.create("bolzano1", "city", NOON, city="bolzano")
    accounts.deactivate(torino.id)
    accounts.deactivate(other.account.id)
    assert accounts.authenticate(torino.name, PASSWORD) is None
    assert Sessions(database).session_of(token, NOON) is None
    assert _refused(accounts.invited, other.token, NOON) == "invitation_unknown"
    assert _refused(accounts.invite_again, torino.id, NOON) == "account_disabled"
    assert _refused(accounts.change_password, torino.id, PASSWORD, ANOTHER) == "account_disabled"
    begun_meanwhile = Sessions(database).begin(torino, NOON, "192.0.2.1")
    assert Sessions(database).session_of(begun_meanwhile, NOON) is None
    accounts.activate(torino.id)
    assert accounts.authenticate(torino.name, PASSWORD)
    assert Sessions(database).session_of(token, NOON) is None


def test_another_password_needs_the_old_one_and_ends_the_sessions(
    accounts: Accounts, torino: Account, database: Database
) -> None:
    token = Sessions(database).begin(torino, NOON, "192.0.2.1")
    assert _refused(accounts.change_password, torino.id, ANOTHER, ANOTHER) == "password_wrong"
    assert _refused(accounts.change_password, torino.id, PASSWORD, "corta") == "password_too_short"
    assert Sessions(database).session_of(token, NOON)
    accounts.change_password(torino.id, PASSWORD, ANOTHER)
    assert Sessions(database).session_of(token, NOON) is None
    assert accounts.authenticate(torino.name, PASSWORD) is None
    assert accounts.authenticate(torino.name, ANOTHER)


def test_what_is_remembered_of_an_account(accounts: Accounts, torino: Account) -> None:
    assert torino.last_signed_in_at is None
    accounts.signed_in(torino.id, NOON)
    accounts.set_language(torino.id, "en")
    assert (accounts.of_id(torino.id).last_signed_in_at, accounts.of_name("Torino1").language) == (NOON, "en")
    assert [account.name for account in accounts.all()] == ["torino1"]
    for unknown in (accounts.activate, accounts.deactivate, accounts.of_id):
        assert _refused(unknown, 999) == "account_unknown"


def test_a_hash_of_older_parameters_is_made_anew(
    accounts: Accounts, torino: Account, database: Database
) -> None:
    older = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with database.transaction() as connection:
        connection.execute("UPDATE accounts SET password_hash = ?", (older,))
    assert accounts.authenticate(torino.name, PASSWORD + "x") is None
    for _ in range(2):
        assert accounts.authenticate(torino.name, PASSWORD)
        with database.reading() as connection:
            (kept,) = connection.execute("SELECT password_hash FROM accounts").fetchone()
        assert "m=19456,t=2,p=1" in kept


def test_no_secret_stands_in_the_files(
    accounts: Accounts, ada: Account, database: Database, key: PortalKey, tmp_path: Path
) -> None:
    factors, sessions = SecondFactors(database, key), Sessions(database)
    salt = new_salt()
    secret = factors.offered(ada.id, salt)
    codes = factors.confirm(ada.id, salt, pyotp.TOTP(secret).at(NOON), NOON)
    assert codes
    half = sessions.begin(ada, NOON, "192.0.2.1")
    full = sessions.complete(half, NOON)
    assert full
    session = sessions.session_of(full, NOON)
    assert session
    invited = accounts.create("later", "analyst", NOON)
    secrets = [PASSWORD, secret, *codes, *(code.replace("-", "") for code in codes)]
    secrets += [half, full, session.csrf, invited.token]
    written = b"".join(path.read_bytes() for path in tmp_path.glob("portal.sqlite*"))
    assert ada.name.encode() in written
    assert not [told for told in secrets if told.encode() in written]
    assert key.secret not in written
    assert key.secret.hex() not in repr(key) and invited.token not in repr(invited)
    assert repr(key.secret) not in repr(key) and session.csrf not in repr(session)
