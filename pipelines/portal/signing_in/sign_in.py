"""Signing in by name and password, and out.

Lives here: the page, the limit on attempts, where each role comes in.
Must not live here: the second factor (`second_factor`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from starlette.responses import Response

from pipelines.portal import cookies
from pipelines.portal.access.refusals import AccessError, TooManyAttemptsError
from pipelines.portal.signing_in.afterwards import page_after, step, why_ended
from pipelines.portal.store.accounts import Account
from pipelines.portal.visits import Visit


def start(visit: Visit) -> Response:
    """`/`: where the role comes in, or where one signs in."""
    if visit.account is None:
        return visit.go("/accesso")
    return visit.go(next_of(visit))


def show(visit: Visit) -> Response:
    """`/accesso`."""
    if visit.account is not None:
        return visit.go(next_of(visit))
    return _page(visit)


def sign_in(visit: Visit) -> Response:
    """What was typed: a session, or what to mend, which never says whether it was the name."""
    name, password = visit.fields.one("name"), visit.fields.secret("password")
    errors = {}
    if not name:
        errors["name"] = visit.texts.problems.no_name
    if not password:
        errors["password"] = visit.texts.problems.no_password
    if errors:
        return _page(visit, 422, errors, name)
    portal = visit.portal
    try:
        attempt = portal.attempts.begin("password", name, visit.address, visit.real_at)
    except TooManyAttemptsError as error:
        visit.record_refusal("sign_in_delayed", who=_known(visit, name))
        return _page(visit, 429, {}, name, locked(visit, error.until))
    account = portal.accounts.authenticate(name, password)
    if account is None:
        visit.record("sign_in_failed", who=_known(visit, name))
        wrong = {"password": visit.texts.problems.wrong_sign_in}
        return _page(visit, 422, wrong, name)
    portal.attempts.succeeded(attempt)
    return begin_session(visit, account)


def _page(
    visit: Visit,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    name: str = "",
    is_locked: str = "",
) -> Response:
    return visit.page(
        "signing_in/sign_in.html",
        status,
        action=step(visit, "/accesso"),
        ended=why_ended(visit),
        errors=errors or {},
        name=name,
        is_locked=is_locked,
    )


def _known(visit: Visit, name: str) -> str:
    """The name typed, where an account has it; else nothing, for it may be a password."""
    try:
        return visit.portal.accounts.of_name(name).name
    except AccessError:
        return ""


def begin_session(visit: Visit, account: Account) -> Response:
    """A session for who gave the right password, and on to what is still owed; the one before ends."""
    portal = visit.portal
    portal.sessions.end(cookies.session_token(visit.request, portal.settings))
    token = portal.sessions.begin(account, visit.real_at, visit.address)
    session = portal.sessions.session_of(token, visit.real_at)
    assert session is not None
    if session.stage == "full":
        portal.accounts.signed_in(account.id, visit.real_at)
        visit.record("signed_in", who=account.name)
        response = visit.go(page_after(visit, account))
    else:
        response = visit.go(_second_step(visit, account))
    cookies.keep_session(response, token, portal.settings)
    # So that the page speaks to them in their language after they left, too.
    cookies.keep_language(response, account.language, portal.settings)
    return response


def sign_out(visit: Visit) -> Response:
    """End the session."""
    visit.portal.sessions.end(cookies.session_token(visit.request, visit.portal.settings))
    visit.record("signed_out")
    response = visit.go("/accesso", "signed_out")
    cookies.drop_session(response, visit.portal.settings)
    return response


def next_of(visit: Visit) -> str:
    """Where who is signed in goes on: the second step while it is owed, then the page that was asked for."""
    assert visit.session is not None
    if visit.session.stage == "full":
        return page_after(visit, visit.signed_in)
    return _second_step(visit, visit.signed_in)


def _second_step(visit: Visit, account: Account) -> str:
    return step(visit, "/accesso/codice" if account.has_totp else "/accesso/secondo-fattore")


def locked(visit: Visit, until: dt.datetime) -> str:
    """The sentence on a wait."""
    return visit.texts.say("problems.locked", at=visit.texts.receipt.hour(until))
