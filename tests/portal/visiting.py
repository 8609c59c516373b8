"""Who comes to a portal in tests: one of each role, half signed in, disabled, expired, nobody.

Lives here: a portal over a home, its accounts and sessions; what a browser does between a page and its forms.
Must not live here: checks; a server's process, and browsers that reach it over the network (`serving`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pyotp
from starlette.testclient import TestClient

from pipelines.clock import now
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.access.tokens import csrf_of
from pipelines.portal.access.totp import new_salt
from pipelines.portal.app import make_app
from pipelines.portal.doors import Door
from pipelines.portal.plan import DOORS
from pipelines.portal.portal import Portal
from pipelines.portal.settings import Settings
from pipelines.portal.store.accounts import Account, Role
from schemas.contract import Language

ORIGIN = "http://127.0.0.1:8000"
HTTPS = "https://regia.example.it"
PASSWORD = "quattro mele verdi al sole"
FORM = "application/x-www-form-urlencoded"
CITY, OTHER_CITY = "taranto", "potenza"

HERE = Settings(ORIGIN, "scrivere@regia.example.it")
OUTSIDE = Settings(HTTPS, "scrivere@regia.example.it", behind_proxy=True)


@contextmanager
def opened(
    home: Home, contract: Contract, settings: Settings = HERE, *more: Door
) -> Iterator[tuple[Portal, TestClient]]:
    """A portal, and a browser before it. more: doors that no portal has."""
    portal = Portal.over(home, contract, settings)
    with TestClient(
        make_app(portal, (*DOORS, *more)), base_url=settings.origin, follow_redirects=False
    ) as browser:
        yield portal, browser


# --- accounts


def account_of(
    portal: Portal, name: str, role: Role, city: str | None = None, language: Language = "it"
) -> Account:
    """An account with a password."""
    invitation = portal.accounts.create(
        name, role, now(), city=city, language=language, shown_name=f"Prova {role}"
    )
    return portal.accounts.accept_invitation(invitation.token, PASSWORD, now())


def secret_of(portal: Portal, account: Account) -> str:
    """The secret of an account's codes, set up now."""
    salt = new_salt()
    secret = portal.second_factors.offered(account.id, salt)
    assert portal.second_factors.confirm(account.id, salt, pyotp.TOTP(secret).at(now()), now())
    return secret


# --- somebody with a browser of their own


class Visitor:
    """Somebody who opens pages and sends the forms that stand on them."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.client = TestClient(make_app(portal), base_url=ORIGIN, follow_redirects=False)
        self.csrf = ""

    def get(self, path: str) -> httpx2.Response:
        """Open a page; its form's token is remembered."""
        answer = self.client.get(path)
        found = _CSRF.search(answer.text)
        if found:
            self.csrf = found[1]
        return answer

    def post(
        self,
        path: str,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        files: Sequence[tuple[str, bytes]] | None = None,
    ) -> httpx2.Response:
        """Send a form as the page that was open last would."""
        data = {"csrf": self.csrf, **(fields or {})}
        sent = None if files is None else [("files", (name, content)) for name, content in files]
        return self.client.post(path, data=data, files=sent, headers={"Origin": ORIGIN})

    def sign_in(self, name: str, role: Role, city: str | None = None, language: Language = "it") -> Visitor:
        """An account of that role, made now, with its second factor where it needs one; signed in."""
        portal = self.portal
        account = account_of(portal, name, role, city, language)
        if account.needs_totp:
            secret_of(portal, account)
        self.get("/accesso")
        assert self.post("/accesso", {"name": name, "password": PASSWORD}).status_code == 303
        if account.needs_totp:
            self.get("/accesso/codice")
            (code, *_) = portal.second_factors.renew_recovery_codes(account.id)
            assert self.post("/accesso/codice", {"code": code}).status_code == 303
        self.get("/account")
        return self


# --- somebody by their token alone, for requests that no page of ours would send


@dataclass(frozen=True)
class Bearer:
    """Somebody, by the token that their browser has; empty: nobody."""

    token: str = ""
    account: Account | None = None

    @property
    def csrf(self) -> str:
        return csrf_of(self.token) if self.token else "nobodys"

    def headers(self, **others: str) -> dict[str, str]:
        """Those of a browser on a page of ours."""
        cookie = f"sessione={self.token}" if self.token else f"modulo={self.csrf}"
        return {"cookie": cookie, "origin": ORIGIN, **others}


def signed_in(portal: Portal, account: Account, at: dt.datetime | None = None) -> Bearer:
    """The account with a whole session that began now, or at an instant."""
    begun = portal.sessions.begin(account, at or now(), "192.0.2.7")
    token = portal.sessions.complete(begun, at or now())
    assert token is not None
    return Bearer(token, account)


def half_signed_in(portal: Portal, account: Account) -> Bearer:
    """The account after its password, before its code."""
    return Bearer(portal.sessions.begin(account, now(), "192.0.2.7"), account)


@dataclass(frozen=True)
class Sent:
    """A form as it is sent; by default as our pages send it."""

    fields: Mapping[str, str] = field(default_factory=dict)
    is_multipart: bool = False
    files: tuple[tuple[str, tuple[str, bytes]], ...] = ()

    def as_arguments(self) -> dict[str, Any]:
        if not self.is_multipart:
            return {"data": dict(self.fields)}
        parts = [(name, (None, value)) for name, value in self.fields.items()]
        return {"files": [*parts, *self.files]}


# --- what a page holds

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_SECRET = re.compile(r'class="secret">([A-Z2-7 ]+)<')


def csrf_in(page: str) -> str:
    """What the forms of a page carry."""
    found = _CSRF.search(page)
    assert found is not None
    return found[1]


def secret_in(page: str) -> str:
    """What the page for setting codes up offers, as an app takes it."""
    found = _SECRET.search(page)
    assert found is not None
    return found[1].replace(" ", "")


def without_tokens(answer: httpx2.Response) -> str:
    """A page but for what differs from one request to the next, and the address that it repeats."""
    return re.sub(r'name="back" value="[^"]+"', "", _CSRF.sub("", answer.text))
