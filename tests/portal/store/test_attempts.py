"""How often something may be tried: waits that grow, by name and by address, and allowances."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.portal.access.key import PortalKey
from pipelines.portal.access.refusals import TooManyAttemptsError
from pipelines.portal.store.attempts import OF_NAME, Allowance, Attempts, Kind, one_line_of
from pipelines.portal.store.database import Database
from tests.portal.store.conftest import NOON

MINUTE = dt.timedelta(minutes=1)
INSTANT = dt.timedelta(microseconds=1)
QUARTER = 15 * MINUTE


@pytest.fixture
def attempts(database: Database, key: PortalKey) -> Attempts:
    return Attempts(database, key)


def _fail(
    attempts: Attempts,
    times: int,
    at: dt.datetime = NOON,
    name: str = "ada",
    kind: Kind = "password",
    address: str = "192.0.2.1",
) -> None:
    for _ in range(times):
        attempts.begin(kind, name, address, at)


def _wait(
    attempts: Attempts, at: dt.datetime = NOON, name: str = "ada", address: str = "198.51.100.9"
) -> object:
    with pytest.raises(TooManyAttemptsError) as caught:
        attempts.begin("password", name, address, at)
    return caught.value.until - NOON


def test_after_five_failures_a_name_waits_from_every_address(attempts: Attempts) -> None:
    _fail(attempts, 5)
    assert _wait(attempts) == QUARTER
    assert _wait(attempts, NOON + QUARTER - INSTANT, name=" ADA ") == QUARTER
    _fail(attempts, 1, NOON, name="bea")
    _fail(attempts, 1, NOON + QUARTER)


def test_failures_further_apart_than_the_window_lead_to_no_wait(attempts: Attempts) -> None:
    for number in range(20):
        _fail(attempts, 1, NOON + number * QUARTER / 4)
    _fail(attempts, 1, NOON + 19 * QUARTER / 4 + INSTANT)
    with pytest.raises(TooManyAttemptsError):
        _fail(attempts, 1, NOON + 5 * QUARTER - INSTANT)


def test_each_wait_of_a_day_is_twice_as_long_up_to_four_hours() -> None:
    failures: list[dt.datetime] = []
    waits, at = [], NOON
    for _ in range(6):
        failures += [at] * 5
        until = OF_NAME.wait_after(failures)
        assert until
        waits.append(until - at)
        at = until
    assert waits == [QUARTER, 2 * QUARTER, 4 * QUARTER, 8 * QUARTER, 16 * QUARTER, 16 * QUARTER]


def test_a_day_later_the_waits_begin_anew(attempts: Attempts) -> None:
    _fail(attempts, 5)
    _fail(attempts, 5, NOON + QUARTER)
    assert _wait(attempts, NOON + QUARTER) == 3 * QUARTER
    tomorrow = NOON + dt.timedelta(days=1) + QUARTER
    _fail(attempts, 5, tomorrow)
    assert _wait(attempts, tomorrow) == tomorrow - NOON + QUARTER


def test_the_right_password_forgets_the_failures_of_that_name(attempts: Attempts) -> None:
    _fail(attempts, 4)
    attempts.succeeded(attempts.begin("password", "ada", "192.0.2.1", NOON))
    _fail(attempts, 5)
    assert _wait(attempts) == QUARTER
    attempts.forget("Ada")
    _fail(attempts, 1)


def test_the_right_password_does_not_forget_failures_of_the_code(attempts: Attempts) -> None:
    for _ in range(5):
        attempts.succeeded(attempts.begin("password", "ada", "192.0.2.1", NOON))
        _fail(attempts, 1, kind="code")
    with pytest.raises(TooManyAttemptsError):
        attempts.begin("code", "ada", "192.0.2.1", NOON)
    _fail(attempts, 1, kind="password")


def test_after_thirty_failures_an_address_waits_whatever_the_name(attempts: Attempts) -> None:
    for number in range(29):
        _fail(attempts, 1, name=f"name{number}")
    attempts.succeeded(attempts.begin("password", "someone", "192.0.2.1", NOON))
    _fail(attempts, 1, name="name29")
    assert _wait(attempts, name="never-tried", address="192.0.2.1") == QUARTER
    _fail(attempts, 1, name="never-tried", address="192.0.2.2")


def test_people_who_succeed_behind_one_address_do_not_wait(attempts: Attempts) -> None:
    for number in range(60):
        attempts.succeeded(attempts.begin("password", f"name{number}", "192.0.2.1", NOON))


def test_many_who_guess_at_the_same_moment_get_five_guesses(attempts: Attempts) -> None:
    def guess(number: int) -> bool:
        try:
            attempts.begin("password", "ada", f"192.0.2.{number}", NOON)
        except TooManyAttemptsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(guess, range(40))).count(True) == 5


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_line_has_many_addresses(address: str, line: str) -> None:
    assert one_line_of(address) == line


def test_an_allowance_is_spent_and_comes_back(attempts: Attempts) -> None:
    uploads = Allowance("upload", 3, 10 * MINUTE)
    for minute in range(3):
        attempts.spend(uploads, "torino1", NOON + minute * MINUTE)
    with pytest.raises(TooManyAttemptsError) as caught:
        attempts.spend(uploads, "torino1", NOON + 10 * MINUTE - INSTANT)
    assert caught.value.until == NOON + 10 * MINUTE
    attempts.spend(uploads, "bolzano1", NOON + 3 * MINUTE)
    attempts.spend(Allowance("download", 3, 10 * MINUTE), "torino1", NOON + 3 * MINUTE)
    attempts.spend(uploads, "torino1", NOON + 10 * MINUTE)


def test_of_what_was_tried_no_name_is_kept_and_nothing_after_a_day(
    attempts: Attempts, tmp_path: Path
) -> None:
    _fail(attempts, 1, name="miapasswordnelcampodelnome", address="192.0.2.77")
    written = b"".join(path.read_bytes() for path in tmp_path.glob("portal.sqlite*"))
    assert b"miapasswordnelcampo" not in written and b"192.0.2.77" not in written
    day = dt.timedelta(days=1)
    assert [attempts.sweep(NOON + day - INSTANT), attempts.sweep(NOON + day)] == [0, 2]
