"""Who is signed in: how long a session lasts, what ends it, and that no token outlives a change of stage."""

from __future__ import annotations

import datetime as dt

import pytest

from pipelines.portal.store.accounts import Account
from pipelines.portal.store.database import Database
from pipelines.portal.store.sessions import SessionLimits, Sessions
from tests.portal.store.conftest import NOON

HOUR = dt.timedelta(hours=1)
HALF_AN_HOUR = HOUR / 2
MINUTE = dt.timedelta(minutes=1)
INSTANT = dt.timedelta(microseconds=1)
ADDRESS = "192.0.2.1"


@pytest.fixture
def sessions(database: Database) -> Sessions:
    return Sessions(database)


def test_an_idle_session_ends_after_half_an_hour_to_the_instant(sessions: Sessions, torino: Account) -> None:
    token = sessions.begin(torino, NOON, ADDRESS)
    assert sessions.session_of(token, NOON + HALF_AN_HOUR) is None
    session = sessions.session_of(token, NOON + HALF_AN_HOUR - INSTANT)
    assert session and (session.account_id, session.stage, session.address) == (torino.id, "full", ADDRESS)
    assert sessions.session_of(token, NOON + 2 * HALF_AN_HOUR - 2 * INSTANT)


def test_a_busy_session_ends_after_twelve_hours_to_the_instant(sessions: Sessions, torino: Account) -> None:
    token = sessions.begin(torino, NOON, ADDRESS)
    for quarters in range(48):
        assert sessions.session_of(token, NOON + quarters * HALF_AN_HOUR / 2)
    assert sessions.session_of(token, NOON + 12 * HOUR - INSTANT)
    assert sessions.session_of(token, NOON + 12 * HOUR) is None


def test_a_request_within_the_same_minute_writes_nothing(sessions: Sessions, torino: Account) -> None:
    token = sessions.begin(torino, NOON, ADDRESS)
    sessions.session_of(token, NOON + MINUTE - INSTANT)
    assert sessions.of_account(torino.id, NOON)[0].seen_at == NOON
    sessions.session_of(token, NOON + MINUTE)
    assert sessions.of_account(torino.id, NOON)[0].seen_at == NOON + MINUTE


def test_the_second_factor_changes_the_token_and_the_forms_mark(sessions: Sessions, ada: Account) -> None:
    half = sessions.begin(ada, NOON, ADDRESS)
    before = sessions.session_of(half, NOON)
    assert before and before.stage == "password"
    full = sessions.complete(half, NOON)
    assert full and full != half
    after = sessions.session_of(full, NOON)
    assert after and after.stage == "full" and after.began_at == NOON
    assert sessions.session_of(half, NOON) is None
    assert sessions.complete(half, NOON) is None
    assert after.csrf and after.csrf != before.csrf


def test_half_way_a_session_lasts_a_quarter_of_an_hour(sessions: Sessions, ada: Account) -> None:
    token = sessions.begin(ada, NOON, ADDRESS)
    assert sessions.session_of(token, NOON + 15 * MINUTE - INSTANT)
    assert sessions.session_of(token, NOON + 15 * MINUTE) is None
    assert sessions.complete(token, NOON + 15 * MINUTE) is None


def test_two_sessions_have_nothing_in_common(sessions: Sessions, torino: Account) -> None:
    first, second = (sessions.begin(torino, NOON, ADDRESS) for _ in range(2))
    one, two = sessions.session_of(first, NOON), sessions.session_of(second, NOON)
    assert one and two and one.csrf != two.csrf and len(first) == len(second) == 43
    sessions.end(first)
    assert sessions.session_of(first, NOON) is None
    assert sessions.session_of(second, NOON)


def test_a_person_sees_and_ends_their_own_sessions_alone(
    sessions: Sessions, torino: Account, ada: Account
) -> None:
    kept, ended, late = (sessions.begin(torino, NOON + n * MINUTE, ADDRESS) for n in range(3))
    others = sessions.begin(ada, NOON, ADDRESS)
    later = NOON + 2 * MINUTE
    numbers = [session.id for session in sessions.of_account(torino.id, later)]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) == 3
    assert not sessions.end_one_of(ada.id, numbers[1])
    assert sessions.end_one_of(torino.id, numbers[1])
    assert sessions.session_of(ended, later) is None
    assert all(sessions.session_of(token, later) for token in (kept, late, others))


def test_sweeping_takes_what_is_over_and_nothing_else(sessions: Sessions, torino: Account) -> None:
    sessions.begin(torino, NOON - HALF_AN_HOUR, ADDRESS)
    token = sessions.begin(torino, NOON - HALF_AN_HOUR + INSTANT, ADDRESS)
    assert len(sessions.of_account(torino.id, NOON)) == 1
    assert (sessions.sweep(NOON), sessions.sweep(NOON)) == (1, 0)
    assert sessions.session_of(token, NOON)


def test_the_limits_are_the_installations(database: Database, torino: Account) -> None:
    sessions = Sessions(database, SessionLimits(idle=2 * MINUTE))
    token = sessions.begin(torino, NOON, ADDRESS)
    assert sessions.session_of(token, NOON + 2 * MINUTE) is None
