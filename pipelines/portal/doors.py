"""Every way into the portal: its address, who may take it, and what it opens.

Lives here: the list of doors, and what a door checks before its page is made.
Must not live here: what a page shows.

A door is looked for first, then the session, the role, the size of what is sent, the form's token. Nothing of
a body is read before the role is known to be let in.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, compile_path

from pipelines.clock import of_this_machine
from pipelines.portal import cookies
from pipelines.portal.pacing import Pace
from pipelines.portal.portal import Portal
from pipelines.portal.settings import FORM_BYTES
from pipelines.portal.store.accounts import Role
from pipelines.portal.uploads import UploadError, files_of
from pipelines.portal.visits import Fields, NotAllowedError, Visit
from sources.reading.reader import SourceFile

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 1000
_SECONDS_FOR_A_FORM = 20

AFTERWARDS, ENDED = "poi", "fine"
"""What the page for signing in is asked with: where one wanted to go; what ended, a session or a form."""

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


class RowNumber(IntegerConvertor):
    """A number in an address, no larger than a database counts."""

    regex = "[0-9]{1,18}"


register_url_convertor("row", RowNumber())

Handler = Callable[[Visit], Response]
Stage = Literal["open", "password", "full"]
"""How far somebody must have signed in: not at all, by password alone, wholly."""


@dataclass(frozen=True)
class Door:
    """One way in.

    roles: who may take it; None: everybody, once at its stage. checks_password: whether it hashes one, which
    takes a processor's time. Of a number in an address, `{number:row}` takes as many digits as rows have.
    """

    method: Literal["GET", "POST"]
    path: str
    handler: Handler
    roles: frozenset[Role] | None = None
    stage: Stage = "full"
    takes_files: bool = False
    checks_password: bool = False

    def route(self, portal: Portal, passwords: Pace) -> Route:
        """As Starlette takes it."""

        async def endpoint(request: Request) -> Response:
            return await self._open(portal, passwords, request)

        return Route(self.path, endpoint, methods=[self.method], name=f"{self.method} {self.path}")

    @property
    def name(self) -> str:
        """As the audit log calls it: without what somebody asked for, which may be a token."""
        return _PARAMETER.sub(r":\1", self.path)

    def shows(self, path: str, role: Role) -> bool:
        """Whether a path is a page behind this door that a role opens, once signed in."""
        is_page = self.method == "GET" and self.stage == "full"
        is_theirs = self.roles is None or role in self.roles
        return is_page and is_theirs and compile_path(self.path)[0].match(path) is not None

    def _lead_to_sign_in(self, visit: Visit) -> Response:
        """To what is owed of signing in, and from there to the page that was asked for or held the form."""
        request, is_form = visit.request, self.method == "POST"
        page = visit.asked(AFTERWARDS)
        if self.stage == "full":
            page = visit.page_open()
        token = cookies.session_token(request, visit.portal.settings)
        ended = "sessione" if token and visit.session is None else ""
        if is_form and self.stage == "full":
            ended = "modulo"
        told = {AFTERWARDS: page, ENDED: ended}
        step = "/accesso" if visit.session is None else "/accesso/codice"
        return visit.go(step, **{name: value for name, value in told.items() if value})

    async def _open(self, portal: Portal, passwords: Pace, request: Request) -> Response:
        request.state.door = self.name
        visit = await run_in_threadpool(visit_of, portal, request)
        if self.stage != "open":
            stage = visit.session.stage if visit.session is not None else None
            if stage is None or (self.stage == "full" and stage != "full"):
                return self._lead_to_sign_in(visit)
            if self.roles is not None and visit.signed_in.role not in self.roles:
                raise NotAllowedError("role")
        if self.method == "POST":
            _refuse_other_sites(request, portal)
            form, files = await (_with_files(request) if self.takes_files else _without_files(request))
            if not hmac.compare_digest(form.secret("csrf").encode(), visit.csrf.encode()):
                raise NotAllowedError("csrf")
            visit = visit.with_form(form, files)
        work = partial(self.handler, visit)
        response = await (passwords.run(work) if self.checks_password else run_in_threadpool(work))
        cookies.keep_form_token(response, visit)
        return response


async def _with_files(request: Request) -> tuple[Fields, tuple[SourceFile, ...]]:
    fields, files = await files_of(request)
    return Fields({name: (value,) for name, value in fields.items()}), files


async def _without_files(request: Request) -> tuple[Fields, tuple[SourceFile, ...]]:
    kind, _, _ = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != _FORM:
        raise UploadError("not_a_form")
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_FORM):
            async for chunk in request.stream():
                body += chunk
                if len(body) > FORM_BYTES:
                    raise UploadError("text_too_long", FORM_BYTES)
    except TimeoutError as error:
        raise UploadError("too_slow") from error
    except ClientDisconnect as error:
        raise UploadError("cut_off") from error
    try:
        sent = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise UploadError("too_many_fields", _MOST_FIELDS) from error
    return Fields(sent), ()


def visit_of(portal: Portal, request: Request) -> Visit:
    """The request with its account and session, if it has any that still hold."""
    token = cookies.session_token(request, portal.settings)
    session = portal.sessions.session_of(token, of_this_machine()) if token else None
    account = portal.accounts.of_id(session.account_id) if session else None
    return Visit(
        portal=portal,
        request=request,
        language=account.language if account else cookies.language(request),
        csrf=session.csrf if session else cookies.form_token(request, portal.settings),
        address=_address(request, portal),
        account=account,
        session=session,
    )


def _address(request: Request, portal: Portal) -> str:
    """The caller's address; behind a proxy, the one that the proxy itself saw."""
    seen = request.client.host if request.client else ""
    if not portal.settings.behind_proxy:
        return seen
    # The caller may send lines of that name, too: the proxy's own entry stands last in the last one.
    told = ",".join(request.headers.getlist("x-forwarded-for")).rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return seen


def _refuse_other_sites(request: Request, portal: Portal) -> None:
    """A form is sent from a page of ours: browsers say from where, and a request that does not is refused."""
    if not portal.settings.is_own(request.headers.get("origin")):
        raise NotAllowedError("origin")
