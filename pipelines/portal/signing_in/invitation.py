"""Taking an invitation up: choosing a password.

Lives here: the page behind `/invito/TOKEN`.
Must not live here: giving invitations (`pipelines.portal.administration`).
"""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from pipelines.portal import cookies
from pipelines.portal.access.refusals import AccessError
from pipelines.portal.signing_in.passwords import password_problem, two_passwords
from pipelines.portal.signing_in.sign_in import begin_session
from pipelines.portal.store.accounts import Invitation
from pipelines.portal.visits import NoInvitationError, Visit


def show(visit: Visit) -> Response:
    """`/invito/TOKEN`."""
    invited = _invited(visit)
    return _page(_spoken_to(visit, invited), invited, {})


def accept(visit: Visit) -> Response:
    """The password chosen: the account can sign in, and does."""
    invited = _invited(visit)
    visit = _spoken_to(visit, invited)
    password, errors = two_passwords(visit, "password", "password_again")
    if errors:
        return _page(visit, invited, errors, 422)
    try:
        account = visit.portal.accounts.accept_invitation(visit.named("token"), password, visit.real_at)
    except AccessError as error:
        return _page(visit, invited, {"password": password_problem(visit, error)}, 422)
    visit.record("invitation_accepted", who=account.name)
    return begin_session(visit, account)


def _invited(visit: Visit) -> Invitation:
    try:
        return visit.portal.accounts.invited(visit.named("token"), visit.real_at)
    except AccessError as error:
        visit.record_refusal("invitation_refused")
        raise NoInvitationError("invitation") from error


def _spoken_to(visit: Visit, invited: Invitation) -> Visit:
    """In the language in which the person was invited, unless the browser was told another one."""
    return replace(visit, language=cookies.language(visit.request, invited.account.language))


def _page(visit: Visit, invited: Invitation, errors: dict[str, str], status: int = 200) -> Response:
    account = invited.account
    return visit.page(
        "signing_in/invitation.html",
        status,
        errors=errors,
        action=visit.request.url.path,
        account_name=account.name,
        shown_name=account.shown_name,
        role_word=visit.role_word(account),
        expires=visit.texts.say("invitation.expires", at=visit.texts.receipt.deadline(invited.expires_at)),
    )
