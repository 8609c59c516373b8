"""One request: who asks, in which language, what they sent, and what a page may be told of it.

Lives here: the account and session of a request, its fields and files, its answer as a page or a way on.
Must not live here: which page it is for (`doors`), or what that page shows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from babel.numbers import format_decimal
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pipelines.annotating import said_in
from pipelines.clock import now, of_this_machine
from pipelines.portal.access.refusals import TooManyAttemptsError
from pipelines.portal.navigation import START, Link, links_of, title_of
from pipelines.portal.pages import render
from pipelines.portal.portal import Portal
from pipelines.portal.store.accounts import Account
from pipelines.portal.store.attempts import Allowance, one_line_of
from pipelines.portal.store.audit import UNKNOWN, Event
from pipelines.portal.store.sessions import OpenSession
from pipelines.portal.words.wording import Texts, texts_in
from pipelines.refusals import RefusedError
from schemas.contract import Language
from schemas.messages.saying import Speech
from schemas.verdicts import Finding
from schemas.weeks import IsoWeek
from sources.reading.reader import SourceFile


class Labelled(Protocol):
    """Something of the contract with a name in every language."""

    @property
    def label_it(self) -> str: ...
    @property
    def label_en(self) -> str: ...
    @property
    def label_de(self) -> str: ...


class NotFoundError(Exception):
    """There is no such thing, or it is not for this account: both look the same."""


class NoInvitationError(NotFoundError):
    """No invitation that still holds: whether there ever was one is not told."""


class NotAllowedError(Exception):
    """The account's `role` does not open this door, or a form did not come from a page of ours."""

    def __init__(self, why: Literal["role", "origin", "csrf"]) -> None:
        super().__init__(why)
        self.why = why


_UNTYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")

_REFUSALS = Allowance("refusal", most=60, window=dt.timedelta(hours=1))
"""So many refusals an hour of one account or address are recorded: nobody fills the audit log."""


@dataclass(frozen=True)
class Fields:
    """The fields of a form, each with all its values, in the order sent."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The first value, without spaces around and signs that nobody types; empty where there is none."""
        return _UNTYPED.sub("", (self.values.get(name) or ("",))[0]).strip()

    def secret(self, name: str) -> str:
        """The first value as it was typed."""
        return (self.values.get(name) or ("",))[0]

    def all(self, name: str) -> tuple[str, ...]:
        """Every value that was sent under a name."""
        return tuple(self.values.get(name, ()))

    def starting(self, prefix: str) -> dict[str, str]:
        """What follows the prefix -> the value, for names that begin with it."""
        return {name.removeprefix(prefix): self.one(name) for name in self.values if name.startswith(prefix)}


@dataclass(frozen=True)
class ShownAccount:
    """What a page is told of who is signed in."""

    shown_name: str
    role: str
    city_name: str


@dataclass(frozen=True)
class ShownVisit:
    """What every page is told of the request."""

    account: ShownAccount | None
    language: Language
    csrf: str
    path: str
    back: str
    navigation: tuple[Link, ...]
    contact: str
    is_demo: bool


@dataclass(frozen=True)
class Visit:
    """One request, after its door let it in.

    csrf: what every form of the answer carries. address: of the caller, for limits and the audit log.
    """

    portal: Portal
    request: Request
    language: Language
    csrf: str
    address: str
    account: Account | None = None
    session: OpenSession | None = None
    fields: Fields = Fields()
    files: tuple[SourceFile, ...] = ()

    @property
    def signed_in(self) -> Account:
        """Who is signed in; only behind a door that asks for it."""
        assert self.account is not None, "an open door"
        return self.account

    @property
    def city(self) -> str:
        """The one city whose returns the account sends and sees."""
        city = self.signed_in.city
        assert city is not None, "a door for cities"
        return city

    @property
    def texts(self) -> Texts:
        return texts_in(self.language)

    @property
    def at(self) -> dt.datetime:
        """Now, for returns and deadlines."""
        return now()

    @property
    def real_at(self) -> dt.datetime:
        """Now, for sessions, codes, limits and the audit log."""
        return of_this_machine()

    def named(self, parameter: str) -> str:
        """A part of the address, such as the week in `/settimane/2023-W42`."""
        value: str = self.request.path_params[parameter]
        return value

    def asked(self, parameter: str) -> str:
        """What follows `?` in the address; empty where it is not there."""
        return self.request.query_params.get(parameter, "")

    def page(self, template: str, status: int = 200, /, **content: Any) -> Response:
        """The page of a template, told of the request and given its words."""
        notice = self._notice() if status < 400 else ""
        text = render(template, visit=self.shown(), t=self.texts, notice=notice, **content)
        return HTMLResponse(text, status)

    def go(self, path: str, notice: str = "", **asked: str) -> Response:
        """On to another page. notice: the key of a sentence that it begins with."""
        query = {**({"esito": notice} if notice else {}), **asked}
        return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303)

    def download(self, data: bytes, name: str, media_type: str) -> Response:
        """A file to keep. name: ASCII letters, digits, `-_.`, as regia's own names are; never a sender's."""
        assert _FILE_NAME.fullmatch(name), "a file name that a header cannot hold"
        return Response(
            data, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    def record(self, event: Event, subject: str = "", who: str = "") -> None:
        """Write into the audit log what was done; never a value, a file's name or free text.

        who: where nobody is signed in yet, the name of the account that it is about.
        """
        name = who or (self.account.name if self.account is not None else UNKNOWN)
        self.portal.audit.record(self.real_at, name, event, subject, self.address)

    def record_refusal(self, event: Event, subject: str = "", who: str = "") -> None:
        """Write into the audit log that something was refused, unless that happens all the time."""
        with suppress(TooManyAttemptsError):
            name = self.account.name if self.account is not None else one_line_of(self.address)
            self.portal.attempts.spend(_REFUSALS, name, self.real_at)
            self.record(event, subject, who)

    def with_form(self, fields: Fields, files: tuple[SourceFile, ...]) -> Visit:
        return replace(self, fields=fields, files=files)

    def shown(self) -> ShownVisit:
        """What every page is told."""
        settings = self.portal.settings
        path = self.request.url.path
        is_inside = self.account is not None and self.session is not None and self.session.stage == "full"
        return ShownVisit(
            account=self._shown_account() if is_inside else None,
            language=self.language,
            csrf=self.csrf,
            path=path,
            back=self.page_open(),
            navigation=links_of(self.account.role, path, self.texts) if self.account and is_inside else (),
            contact=settings.contact,
            is_demo=settings.is_demo,
        )

    def page_open(self) -> str:
        """The address of the page that is open in the browser; after a form, of the page that it stood on."""
        url = self.request.url
        if self.request.method == "POST":
            try:
                url = URL(self.request.headers.get("referer", ""))
                is_own = self.portal.settings.is_own(f"{url.scheme}://{url.netloc}")
            except ValueError:  # no address at all
                is_own = False
            if not is_own:
                return "/"
        url = url.remove_query_params("esito")
        return f"{url.path}?{url.query}" if url.query else url.path

    def _shown_account(self) -> ShownAccount:
        account = self.signed_in
        return ShownAccount(account.shown_name, account.role, self.city_name(account.city))

    def city_name(self, slug: str | None) -> str:
        """A city as its staff call it in the language of the page; empty for none."""
        if slug is None:
            return ""
        city = self.portal.contract.edition.city(slug)
        return (city.name_de or city.name_it) if self.language == "de" else city.name_it

    def about(self, city: str | None, week: IsoWeek | None) -> str:
        """A return in words: `Bolzano, settimana 42/2023 (16-22 ottobre)`."""
        words = self.texts.receipt
        return words.forms.of_return.format(
            city=self.city_name(city) or self.texts.draft.unknown_city,
            week=words.week(week) if week is not None else self.texts.draft.unknown_week,
        )

    def service_name(self, code: str) -> str:
        """A service point as a city knows it: its code and its name."""
        point = self.portal.contract.edition.service_points_by_code.get(code)
        return f"{code} {point.name}" if point is not None else code

    def label(self, labelled: Labelled) -> str:
        """The name of an area, measure, category or indicator in the language of the page."""
        name: str = getattr(labelled, f"label_{self.language}")
        return name

    def number(self, number: Decimal) -> str:
        """A number as the language of the page writes it: `1.234,5`."""
        return format_decimal(number.normalize(), format="#,##0.###", locale=self.texts.receipt.locale)

    def said(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Findings in the language of the page."""
        return said_in(findings, self.portal.contract.edition, (self.language,))

    def refused(self, error: RefusedError) -> str:
        """Why something cannot be and what to do, in the language of the page."""
        speech = Speech(self.portal.contract.edition, self.language)
        details = {name: speech.shown(detail) for name, detail in error.details.items()}
        return self.texts.say(f"refusals.{error.code}", **details)

    @property
    def start_name(self) -> str:
        """What the page is called where the role comes in."""
        return title_of(START[self.signed_in.role], self.texts)

    def role_word(self, account: Account) -> str:
        """What an account is, in words: `Città di Bolzano`, `Coordinamento`."""
        if account.city is not None:
            return self.texts.say("roles.city_of", city=self.city_name(account.city))
        return self.texts.say(f"roles.{account.role}")

    def _notice(self) -> str:
        """The sentence that a page begins with after something was done; only keys that there are."""
        key = self.asked("esito")
        return self.texts.say(f"notices.{key}") if key in self.texts.keys_of("notices") else ""
