"""Second factors: set up with a right code, each step good once, recovery codes good once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyotp
import pytest

from pipelines.portal.access.key import PortalKey, load_key
from pipelines.portal.access.refusals import AccessError
from pipelines.portal.access.totp import new_salt
from pipelines.portal.store.accounts import Account, Accounts
from pipelines.portal.store.database import Database
from pipelines.portal.store.second_factors import SecondFactors
from pipelines.portal.store.sessions import Sessions
from tests.portal.store.conftest import NOON

STEP = dt.timedelta(seconds=30)


@pytest.fixture
def factors(database: Database, key: PortalKey) -> SecondFactors:
    return SecondFactors(database, key)


def _code(secret: str, at: dt.datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def _set_up(factors: SecondFactors, account: Account) -> tuple[str, tuple[str, ...]]:
    salt = new_salt()
    secret = factors.offered(account.id, salt)
    codes = factors.confirm(account.id, salt, _code(secret, NOON), NOON)
    assert codes is not None
    return secret, codes


def test_it_is_set_up_with_a_right_code_alone(
    factors: SecondFactors, ada: Account, torino: Account, accounts: Accounts
) -> None:
    salt = new_salt()
    secret = factors.offered(ada.id, salt)
    assert secret not in (factors.offered(ada.id, new_salt()), factors.offered(torino.id, salt))
    wrong = _code(secret, NOON + 10 * STEP)
    assert factors.confirm(ada.id, salt, wrong, NOON) is None
    assert not accounts.of_id(ada.id).has_totp
    with pytest.raises(AccessError, match="second_factor_missing"):
        factors.is_right(ada.id, _code(secret, NOON), NOON)
    assert factors.confirm(ada.id, salt, _code(secret, NOON), NOON)
    assert accounts.of_id(ada.id).has_totp


def test_it_ends_the_sessions_that_began_without_it(
    factors: SecondFactors, ada: Account, database: Database
) -> None:
    sessions = Sessions(database)
    before = sessions.begin(ada, NOON, "192.0.2.1")
    _set_up(factors, ada)
    assert sessions.session_of(before, NOON) is None


def test_a_step_is_good_once_the_one_of_the_setting_up_too(factors: SecondFactors, ada: Account) -> None:
    secret, _ = _set_up(factors, ada)
    assert not factors.is_right(ada.id, _code(secret, NOON), NOON)
    later = NOON + 4 * STEP
    assert factors.is_right(ada.id, _code(secret, later), later)
    assert not factors.is_right(ada.id, _code(secret, later), later)
    assert not factors.is_right(ada.id, _code(secret, later - STEP), later)
    assert factors.is_right(ada.id, _code(secret, later + STEP), later)
    assert not factors.is_right(ada.id, _code(secret, later + STEP), later + STEP)


def test_a_code_given_by_many_at_once_is_good_for_one(factors: SecondFactors, ada: Account) -> None:
    secret, codes = _set_up(factors, ada)
    later = NOON + 4 * STEP
    with ThreadPoolExecutor(8) as threads:
        right = list(threads.map(lambda _: factors.is_right(ada.id, _code(secret, later), later), range(16)))
        used = list(threads.map(lambda _: factors.use_recovery_code(ada.id, codes[0]), range(16)))
    assert (right.count(True), used.count(True)) == (1, 1)


def test_a_recovery_code_is_good_once_however_it_is_typed(
    factors: SecondFactors, ada: Account, torino: Account
) -> None:
    _, codes = _set_up(factors, ada)
    assert len(set(codes)) == 10 and factors.recovery_codes_left(ada.id) == 10
    assert not factors.use_recovery_code(torino.id, codes[0])
    assert factors.use_recovery_code(ada.id, f" {codes[0].upper().replace('-', ' ')} ")
    assert not factors.use_recovery_code(ada.id, codes[0])
    assert not factors.use_recovery_code(ada.id, "")
    assert factors.recovery_codes_left(ada.id) == 9
    renewed = factors.renew_recovery_codes(ada.id)
    assert not factors.use_recovery_code(ada.id, codes[1])
    assert factors.use_recovery_code(ada.id, renewed[1])
    with pytest.raises(AccessError, match="second_factor_missing"):
        factors.renew_recovery_codes(torino.id)


def test_the_one_in_use_holds_until_the_next_is_confirmed(factors: SecondFactors, ada: Account) -> None:
    first, _ = _set_up(factors, ada)
    salt = new_salt()
    second = factors.offered(ada.id, salt)
    assert first != second
    later = NOON + 4 * STEP
    assert not factors.is_right(ada.id, _code(second, later), later)
    assert factors.is_right(ada.id, _code(first, later), later)
    assert factors.confirm(ada.id, salt, _code(second, later), later)
    later += 4 * STEP
    assert not factors.is_right(ada.id, _code(first, later), later)
    assert factors.is_right(ada.id, _code(second, later), later)


def test_one_that_is_removed_is_asked_for_no_more(
    factors: SecondFactors, ada: Account, accounts: Accounts
) -> None:
    _, codes = _set_up(factors, ada)
    factors.remove(ada.id)
    assert not accounts.of_id(ada.id).has_totp
    assert not factors.use_recovery_code(ada.id, codes[0])


def test_the_database_alone_gives_no_code(database: Database, ada: Account, tmp_path: Path) -> None:
    secret, _ = _set_up(SecondFactors(database, load_key(tmp_path / "portal.key")), ada)
    elsewhere = SecondFactors(database, load_key(tmp_path / "another.key"))
    later = NOON + 4 * STEP
    assert not elsewhere.is_right(ada.id, _code(secret, later), later)
