"""One's own account: language, password, second factor, open sessions.

Lives here: the page `/account` and its forms; the language of who has not signed in.
Must not live here: other people's accounts (`pipelines.portal.administration`).
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from pipelines.portal import cookies
from pipelines.portal.access.refusals import AccessError, TooManyAttemptsError
from pipelines.portal.signing_in.passwords import password_problem, two_passwords
from pipelines.portal.signing_in.sign_in import locked
from pipelines.portal.visits import NotFoundError, Visit
from schemas.contract import LANGUAGES, Language

LANGUAGE_NAMES: dict[Language, str] = {"it": "Italiano", "en": "English", "de": "Deutsch"}


@dataclass(frozen=True)
class SessionRow:
    """One of the person's sessions, as the page shows it."""

    id: int
    address: str
    began: str
    last_seen: str
    is_this: bool


def show(visit: Visit) -> Response:
    """`/account`."""
    return _page(visit, {})


def change_password(visit: Visit) -> Response:
    """Another password; every other session ends."""
    new, errors = two_passwords(visit, "new_password", "new_password_again")
    if errors:
        return _page(visit, errors, 422)
    account, portal = visit.signed_in, visit.portal
    try:
        attempt = portal.attempts.begin("password", account.name, visit.address, visit.real_at)
    except TooManyAttemptsError as error:
        visit.record_refusal("sign_in_delayed")
        return _page(visit, {"password": locked(visit, error.until)}, 429)
    try:
        portal.accounts.change_password(account.id, visit.fields.secret("password"), new)
    except AccessError as error:
        field = "password" if error.code == "password_wrong" else "new_password"
        if error.code != "password_wrong":
            portal.attempts.succeeded(attempt)
        return _page(visit, {field: password_problem(visit, error)}, 422)
    portal.attempts.succeeded(attempt)
    visit.record("password_changed")
    token = portal.sessions.begin(account, visit.real_at, visit.address)
    if account.has_totp:
        token = portal.sessions.complete(token, visit.real_at) or token
    response = visit.go("/account", "password_changed")
    cookies.keep_session(response, token, portal.settings)
    return response


def remove_second_factor(visit: Visit) -> Response:
    """The password alone opens again; it is asked for first."""
    account, portal = visit.signed_in, visit.portal
    if not account.has_totp:
        return visit.go("/account")
    try:
        attempt = portal.attempts.begin("password", account.name, visit.address, visit.real_at)
    except TooManyAttemptsError as error:
        visit.record_refusal("sign_in_delayed")
        return _page(visit, {"factor_password": locked(visit, error.until)}, 429)
    if portal.accounts.authenticate(account.name, visit.fields.secret("password")) is None:
        return _page(visit, {"factor_password": visit.texts.problems.wrong_password}, 422)
    portal.attempts.succeeded(attempt)
    portal.second_factors.remove(account.id)
    visit.record("second_factor_removed")
    return visit.go("/account", "second_factor_removed")


def change_language(visit: Visit) -> Response:
    """The language of the account from now on."""
    visit.portal.accounts.set_language(visit.signed_in.id, _language_asked(visit))
    visit.record("language_changed")
    return visit.go("/account", "language_changed")


def switch_language(visit: Visit) -> Response:
    """`/lingua`, from the head of any page: of the account, or of this browser where nobody is signed in."""
    chosen, back = _language_asked(visit), visit.fields.one("back")
    # Only a path of ours: `//elsewhere` and `/\elsewhere` lead out.
    response = visit.go(back if back.startswith("/") and back[1:2] not in ("/", "\\") else "/")
    if visit.account is not None:
        visit.portal.accounts.set_language(visit.account.id, chosen)
    cookies.keep_language(response, chosen, visit.portal.settings)
    return response


def end_session(visit: Visit) -> Response:
    """End another one of the person's sessions."""
    number = visit.named("number")
    if not visit.portal.sessions.end_one_of(visit.signed_in.id, int(number)):
        raise NotFoundError("session")
    visit.record("sessions_ended")
    return visit.go("/account", "session_ended")


def _language_asked(visit: Visit) -> Language:
    asked = visit.fields.one("language")
    chosen = next((language for language in LANGUAGES if language == asked), None)
    if chosen is None:
        raise NotFoundError("language")
    return chosen


def _page(visit: Visit, errors: dict[str, str], status: int = 200) -> Response:
    account, texts = visit.signed_in, visit.texts
    assert visit.session is not None
    sessions = [
        SessionRow(
            id=one.id,
            address=one.address,
            began=texts.receipt.deadline(one.began_at),
            last_seen=texts.receipt.deadline(one.seen_at),
            is_this=one.id == visit.session.id,
        )
        for one in visit.portal.sessions.of_account(account.id, visit.real_at)
    ]
    return visit.page(
        "account.html",
        status,
        errors=errors,
        account_name=account.name,
        role_word=visit.role_word(account),
        languages=[(code, LANGUAGE_NAMES[code], code == account.language) for code in LANGUAGES],
        has_second_factor=account.has_totp,
        needs_second_factor=account.needs_totp,
        sessions=sessions,
    )
