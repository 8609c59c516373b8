"""The second step of signing in: a code, or setting codes up the first time.

Lives here: the pages of codes, of the picture to scan, of recovery codes.
Must not live here: how codes are computed (`pipelines.portal.access.totp`).
"""

from __future__ import annotations

from starlette.responses import Response

from pipelines.portal import cookies
from pipelines.portal.access import totp
from pipelines.portal.access.refusals import TooManyAttemptsError
from pipelines.portal.signing_in.afterwards import page_after, step, why_ended
from pipelines.portal.signing_in.sign_in import locked
from pipelines.portal.visits import Visit

_GROUP = 4


def show(visit: Visit) -> Response:
    """`/accesso/codice`."""
    if not visit.signed_in.has_totp:
        return visit.go(step(visit, "/accesso/secondo-fattore"))
    return _code_page(visit, {})


def check(visit: Visit) -> Response:
    """The code typed: of the app, or a recovery code, which is then used up."""
    code, account, portal = visit.fields.one("code"), visit.signed_in, visit.portal
    if not account.has_totp:
        return visit.go(step(visit, "/accesso/secondo-fattore"))
    if not code:
        return _code_page(visit, {"code": visit.texts.problems.no_code}, 422)
    try:
        attempt = portal.attempts.begin("code", account.name, visit.address, visit.real_at)
    except TooManyAttemptsError as error:
        visit.record_refusal("sign_in_delayed")
        return _code_page(visit, {"code": locked(visit, error.until)}, 429)
    if not portal.second_factors.is_right(account.id, code, visit.real_at):
        if not portal.second_factors.use_recovery_code(account.id, code):
            visit.record("second_factor_failed")
            return _code_page(visit, {"code": visit.texts.problems.wrong_code}, 422)
        visit.record("recovery_code_used")
    portal.attempts.succeeded(attempt)
    begun = cookies.session_token(visit.request, portal.settings)
    return _complete(visit, visit.go(page_after(visit, account)), begun)


def show_enrolment(visit: Visit) -> Response:
    """`/accesso/secondo-fattore`."""
    if visit.signed_in.has_totp:
        return visit.go(step(visit, "/accesso/codice"))
    return _enrolment_page(visit, {})


def enrol(visit: Visit) -> Response:
    """The first code typed: the app holds the secret, and recovery codes are shown, once."""
    account, portal = visit.signed_in, visit.portal
    if account.has_totp:
        return visit.go(step(visit, "/accesso/codice"))
    try:
        attempt = portal.attempts.begin("code", account.name, visit.address, visit.real_at)
    except TooManyAttemptsError as error:
        return _enrolment_page(visit, {"code": locked(visit, error.until)}, 429)
    salt, code = totp.salt_of(visit.csrf), visit.fields.one("code")
    codes = portal.second_factors.confirm(account.id, salt, code, visit.real_at)
    if codes is None:
        visit.record("second_factor_failed")
        return _enrolment_page(visit, {"code": visit.texts.problems.wrong_code}, 422)
    portal.attempts.succeeded(attempt)
    visit.record("second_factor_set_up")
    page = visit.page("signing_in/recovery_codes.html", codes=codes, next_href=page_after(visit, account))
    return _complete(visit, page, portal.sessions.begin(account, visit.real_at, visit.address))


def _complete(visit: Visit, response: Response, begun: str) -> Response:
    """The session begun is whole, under a new token; who set codes up by choice was signed in already."""
    portal = visit.portal
    token = portal.sessions.complete(begun, visit.real_at)
    if token is None:
        return visit.go("/accesso")
    if visit.session is not None and visit.session.stage != "full":
        portal.accounts.signed_in(visit.signed_in.id, visit.real_at)
        visit.record("signed_in")
    cookies.keep_session(response, token, portal.settings)
    return response


def _code_page(visit: Visit, errors: dict[str, str], status: int = 200) -> Response:
    return visit.page(
        "signing_in/code.html",
        status,
        errors=errors,
        action=step(visit, "/accesso/codice"),
        ended=why_ended(visit),
    )


def _enrolment_page(visit: Visit, errors: dict[str, str], status: int = 200) -> Response:
    account = visit.signed_in
    secret = visit.portal.second_factors.offered(account.id, totp.salt_of(visit.csrf))
    return visit.page(
        "signing_in/enrol.html",
        status,
        errors=errors,
        action=step(visit, "/accesso/secondo-fattore"),
        is_owed=account.needs_totp,
        qr=totp.qr_picture(totp.provisioning_uri(secret, account.name)),
        secret=" ".join(secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)),
        account_name=account.name,
    )
