"""Who may come in: the list of accounts, inviting, closing and opening again.

Lives here: the pages under `/utenti`.
Must not live here: accounts themselves (`pipelines.portal.store.accounts`); one's own (`signing_in.account`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

from pipelines.portal.access.refusals import AccessCode, AccessError
from pipelines.portal.administration.audit import EntryRow, entry_row
from pipelines.portal.signing_in.account import LANGUAGE_NAMES
from pipelines.portal.store.accounts import ROLES, Account, Invitation
from pipelines.portal.visits import NotFoundError, Visit
from reports.receipt.content import Fact
from schemas.contract import LANGUAGES

_SHOWN_ENTRIES = 20

State = Literal["active", "invited", "closed"]
"""Of an account."""

_PROBLEMS: Mapping[AccessCode, tuple[str, str]] = {
    "name_malformed": ("name", "accounts.name_malformed"),
    "name_taken": ("name", "problems.name_taken"),
    "shown_name_malformed": ("shown_name", "problems.no_shown_name"),
    "city_missing": ("city", "problems.no_city"),
    "city_not_for_role": ("city", "accounts.city_not_for_role"),
}
"""What is wrong with a new account -> the field, and the sentence beside it."""


@dataclass(frozen=True)
class AccountRow:
    """An account in the list."""

    href: str
    name: str
    shown_name: str
    role_word: str
    state: str
    state_word: str
    last_seen: str


@dataclass(frozen=True)
class Typed:
    """What was typed into the form of a new account so far."""

    name: str
    shown_name: str


@dataclass(frozen=True)
class AccountPage:
    """An account as its page heads it."""

    name: str
    shown_name: str
    state: str
    state_word: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Action:
    """Something that can be done to an account: a form of one button, and what follows from it."""

    action: str
    text: str
    what: str
    is_grave: bool = False


def show(visit: Visit) -> Response:
    """`/utenti`."""
    return _list_page(visit, {})


def create(visit: Visit) -> Response:
    """A new account; its invitation is shown, once."""
    fields, portal, errors = visit.fields, visit.portal, {}
    role = next((one for one in ROLES if one == fields.one("role")), None)
    language = next((one for one in LANGUAGES if one == fields.one("language")), None)
    city = fields.one("city") or None
    if role is None or language is None or city not in (None, *portal.contract.edition.city_slugs):
        raise NotFoundError("choice")
    if not fields.one("name"):
        errors["name"] = visit.texts.problems.no_name
    if not fields.one("shown_name"):
        errors["shown_name"] = visit.texts.problems.no_shown_name
    if errors:
        return _list_page(visit, errors, 422)
    try:
        with portal.database.transaction():
            invitation = portal.accounts.create(
                fields.one("name"),
                role,
                visit.real_at,
                city=city,
                language=language,
                shown_name=fields.one("shown_name"),
            )
            visit.record("account_created", invitation.account.name)
    except AccessError as error:
        if error.code not in _PROBLEMS:
            raise
        field, key = _PROBLEMS[error.code]
        return _list_page(visit, {field: visit.texts.say(key)}, 422)
    return _account_page(visit, invitation.account, invitation=invitation)


def show_one(visit: Visit) -> Response:
    """`/utenti/NUMBER`."""
    return _account_page(visit, _account(visit))


def invite_again(visit: Visit) -> Response:
    """A new invitation; password, second factor and sessions are gone, and so is a lock-out."""
    account, portal = _account(visit), visit.portal
    if _is_own(visit, account):
        return _account_page(visit, account, problem=visit.texts.account_page.not_oneself)
    if not account.is_active:
        return _account_page(visit, account, problem=visit.texts.account_page.closed)
    with portal.database.transaction():
        invitation = portal.accounts.invite_again(account.id, visit.real_at)
        portal.attempts.forget(account.name)
        visit.record("account_invited_again", account.name)
    return _account_page(visit, invitation.account, invitation=invitation)


def disable(visit: Visit) -> Response:
    """The account cannot come in any more; its sessions end at once."""
    account, portal = _account(visit), visit.portal
    if _is_own(visit, account):
        return _account_page(visit, account, problem=visit.texts.account_page.not_oneself)
    with portal.database.transaction():
        is_last = _is_last_administrator(portal.accounts.all(), account)
        if not is_last:
            portal.accounts.deactivate(account.id)
            visit.record("account_disabled", account.name)
    if is_last:
        return _account_page(visit, account, problem=visit.texts.account_page.last_administrator)
    return visit.go(_href(account), "account_changed")


def enable(visit: Visit) -> Response:
    """The account can come in again, with what it had."""
    account, portal = _account(visit), visit.portal
    with portal.database.transaction():
        portal.accounts.activate(account.id)
        visit.record("account_enabled", account.name)
    return visit.go(_href(account), "account_changed")


def _account(visit: Visit) -> Account:
    """The account in the address. Raises NotFoundError."""
    try:
        return visit.portal.accounts.of_id(int(visit.named("number")))
    except AccessError as error:
        raise NotFoundError("account") from error


def _is_own(visit: Visit, account: Account) -> bool:
    return account.id == visit.signed_in.id


def _is_last_administrator(accounts: tuple[Account, ...], account: Account) -> bool:
    """Whether nobody else could let people in, if it were closed."""
    others = (
        one for one in accounts if one.id != account.id and one.role == "administrator" and one.is_active
    )
    return account.role == "administrator" and not any(one.has_password for one in others)


def _href(account: Account) -> str:
    return f"/utenti/{account.id}"


def _state(account: Account) -> State:
    if not account.is_active:
        return "closed"
    return "active" if account.has_password else "invited"


def _last_seen(visit: Visit, account: Account) -> str:
    at = account.last_signed_in_at
    return visit.texts.accounts.never if at is None else visit.texts.receipt.deadline(at)


def _list_page(visit: Visit, errors: dict[str, str], status: int = 200) -> Response:
    fields, texts = visit.fields, visit.texts
    cities = visit.portal.contract.edition.city_slugs
    chosen = fields.one("language") or visit.language
    return visit.page(
        "administration/accounts.html",
        status,
        accounts=[_row(visit, account) for account in visit.portal.accounts.all()],
        roles=[(one, texts.say(f"roles.{one}"), one == fields.one("role")) for one in ROLES],
        cities=[(one, visit.city_name(one), one == fields.one("city")) for one in cities],
        languages=[(one, LANGUAGE_NAMES[one], one == chosen) for one in LANGUAGES],
        typed=Typed(fields.one("name"), fields.one("shown_name")),
        errors=errors,
    )


def _row(visit: Visit, account: Account) -> AccountRow:
    state = _state(account)
    return AccountRow(
        href=_href(account),
        name=account.name,
        shown_name=account.shown_name,
        role_word=visit.role_word(account),
        state=state,
        state_word=visit.texts.say(f"states.{state}"),
        last_seen=_last_seen(visit, account),
    )


def _account_page(
    visit: Visit, account: Account, *, invitation: Invitation | None = None, problem: str = ""
) -> Response:
    texts, state = visit.texts, _state(account)
    return visit.page(
        "administration/account.html",
        409 if problem else 200,
        account=AccountPage(
            name=account.name,
            shown_name=account.shown_name,
            state=state,
            state_word=texts.say(f"states.{state}"),
            facts=_facts(visit, account),
        ),
        actions=() if _is_own(visit, account) else _actions(visit, account),
        is_own=_is_own(visit, account),
        problem=problem,
        invitation=f"{visit.portal.settings.origin}{invitation.path}" if invitation else "",
        expires=(
            texts.say("invitation.expires", at=texts.receipt.deadline(invitation.expires_at))
            if invitation
            else ""
        ),
        crumbs=((texts.accounts.title, "/utenti"), (account.shown_name, "")),
        log=_log(visit, account),
    )


def _facts(visit: Visit, account: Account) -> tuple[Fact, ...]:
    texts = visit.texts
    second_factor = {
        (True, True): texts.account.second_factor_on,
        (True, False): texts.account_page.second_factor_to_come,
    }.get((account.needs_totp, account.has_totp), texts.account.second_factor_off)
    return (
        Fact(texts.sign_in.name, account.name),
        Fact(texts.accounts.role, visit.role_word(account)),
        Fact(texts.account.language_title, LANGUAGE_NAMES[account.language]),
        Fact(texts.account.second_factor, second_factor),
        Fact(texts.account_page.created, texts.receipt.deadline(account.created_at)),
        Fact(texts.accounts.last_seen, _last_seen(visit, account)),
    )


def _actions(visit: Visit, account: Account) -> tuple[Action, ...]:
    texts, here = visit.texts, _href(account)
    if not account.is_active:
        return (Action(f"{here}/riapri", texts.account_page.reopen, texts.account_page.reopen_what),)
    again, what = texts.account_page.invite_again, texts.account_page.invite_again_what
    return (
        Action(f"{here}/invito", again, what),
        Action(f"{here}/chiudi", texts.account_page.close, texts.account_page.close_what, is_grave=True),
    )


def _log(visit: Visit, account: Account) -> list[EntryRow]:
    """What the account did, and what was done to it."""
    audit = visit.portal.audit
    return [entry_row(visit, one) for one in audit.events(about=account.name, limit=_SHOWN_ENTRIES)]
