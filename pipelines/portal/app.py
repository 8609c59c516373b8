"""The portal as one application: its doors, its static files, what every answer carries.

Lives here: putting together, and the page that is shown where something cannot be done.
Must not live here: any other page.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Literal

import anyio
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.clock import now, of_this_machine
from pipelines.home import BusyError
from pipelines.portal.access.refusals import TooManyAttemptsError
from pipelines.portal.doors import Door, visit_of
from pipelines.portal.drafts import UnknownDraftError
from pipelines.portal.headers import OwnHeaders
from pipelines.portal.pacing import Pace
from pipelines.portal.pages import STATIC, STATIC_URL
from pipelines.portal.plan import DOORS
from pipelines.portal.portal import Portal
from pipelines.portal.store.accounts import INVITATION_DAYS
from pipelines.portal.uploads import UploadError
from pipelines.portal.visits import NoInvitationError, NotAllowedError, NotFoundError, Visit
from pipelines.refusals import RefusedError

Cannot = Callable[[Request, Exception], Awaitable[Response]]
"""From a request and what went wrong to the page that says so."""

_LOG = logging.getLogger("regia.portal")

_SORRY = "Qualcosa non ha funzionato: riprovi fra qualche minuto. Riferimento:"

_SWEEP_SECONDS = 60
"""How often what has expired is removed."""


def make_app(portal: Portal, doors: Sequence[Door] = DOORS) -> Starlette:
    """The portal as an ASGI application. It closes the portal when the server ends."""

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_sweep, portal)
            tasks.start_soon(_warm, portal)
            yield
            tasks.cancel_scope.cancel()
        portal.close()

    async def cannot(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(_cannot, portal, request, error)

    passwords = Pace()
    app = Starlette(
        routes=[
            *(door.route(portal, passwords) for door in doors),
            Mount(STATIC_URL, StaticFiles(directory=STATIC), name="static"),
        ],
        middleware=[Middleware(OwnHeaders, settings=portal.settings), Middleware(LastResort, cannot=cannot)],
        exception_handlers=dict.fromkeys((UploadError, OSError, *_STATUS), cannot),
        lifespan=life,
    )
    app.state.doors = tuple(doors)
    app.router.redirect_slashes = False  # it would lead on by the scheme that a proxy speaks with us
    return app


class LastResort:
    """Middleware: whatever else goes wrong is a page, too, and its text, which may hold what somebody sent,
    goes nowhere. Where not even that page can be made, a sentence.
    """

    def __init__(self, app: ASGIApp, cannot: Cannot) -> None:
        self._app = app
        self._cannot = cannot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_on(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception as error:  # noqa: BLE001 - told, counted, and nobody else is told its text
            try:
                response = await self._cannot(Request(scope), error)
            except Exception as worse:  # noqa: BLE001 - the page needs the database, which may be what is broken
                response = PlainTextResponse(f"{_SORRY} {_reference_of(worse)}", _status(worse))
            if not has_begun:
                await response(scope, receive, send)


async def _warm(portal: Portal) -> None:
    """Get ready for each city's next return, one after the other, so that the server can end in between."""
    for city in portal.contract.edition.city_slugs:
        try:
            await run_in_threadpool(portal.desk.warm, city)
        except Exception as error:  # noqa: BLE001 - told; whoever needs what is broken is told by their own page
            _reference_of(error)


async def _sweep(portal: Portal) -> None:
    """Remove drafts and sessions that have expired, while the server lives; what cannot go now, later."""
    while True:
        for sweep, at in (
            (portal.sweep_drafts, now()),
            (portal.sessions.sweep, of_this_machine()),
            (portal.attempts.sweep, of_this_machine()),
        ):
            try:
                await run_in_threadpool(sweep, at)
            except (OSError, BusyError) as error:
                _reference_of(error)
        await anyio.sleep(_SWEEP_SECONDS)


ErrorStatus = Literal[400, 403, 404, 409, 413, 429, 500, 503, 507]
"""What the error page has a sentence for."""

_STATUS: Mapping[type[Exception], ErrorStatus] = {
    HTTPException: 404,  # of an address, a method or a static file that there is not
    NotFoundError: 404,
    UnknownDraftError: 404,
    NotAllowedError: 403,
    BusyError: 503,
    RefusedError: 409,
    TooManyAttemptsError: 429,
}

_STATUS_OF_UPLOADS: Mapping[str, ErrorStatus] = {"not_a_form": 400, "cut_off": 400, "too_slow": 400}
"""Whatever else is wrong with a form is too much of something."""


def _cannot(portal: Portal, request: Request, error: Exception) -> Response:
    """The page that says what cannot be done, why, and what to do."""
    status = _status(error)
    reference = _reference_of(error) if status == 500 else ""
    visit = visit_of(portal, request)
    door = getattr(request.state, "door", "")
    if isinstance(error, NotAllowedError):
        visit.record_refusal("access_denied" if error.why == "role" else "form_refused", door)
    elif isinstance(error, NotFoundError | UnknownDraftError) and visit.account is not None:
        visit.record_refusal("access_denied", door)
    kind = _kind(error, status)
    return visit.page("error.html", status, kind=kind, what=_what(visit, error, kind), reference=reference)


def _kind(error: Exception, status: int) -> str:
    """What the error page calls it: why a form or a page was refused, else its status."""
    if isinstance(error, NotAllowedError):
        return error.why
    if isinstance(error, UploadError):
        return error.code
    if isinstance(error, NoInvitationError):
        return "invitation"
    return "draft" if isinstance(error, UnknownDraftError) else str(status)


def _what(visit: Visit, error: Exception, kind: str) -> str:
    """The sentence on what happened, with the limit that it is about."""
    texts = visit.texts
    if isinstance(error, RefusedError):
        return visit.refused(error)
    if isinstance(error, TooManyAttemptsError):
        return texts.say("errors.again_at", at=texts.receipt.hour(error.until))
    if isinstance(error, NoInvitationError):
        return texts.say("errors.what_invitation", days=INVITATION_DAYS)
    if isinstance(error, UploadError) and error.most is not None:
        is_size = error.code in ("too_large", "file_too_large")
        return texts.say(f"errors.what_{kind}", most=f"{error.most >> 20} MB" if is_size else error.most)
    return texts.say(f"errors.what_{kind}")


def _status(error: Exception) -> ErrorStatus:
    """The HTTP status by which the error page says what happened."""
    if isinstance(error, UploadError):
        return _STATUS_OF_UPLOADS.get(error.code, 413)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return 507
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def _reference_of(error: Exception) -> str:
    """What leads from a page to the log: there stand the kind of error and where it arose, for its text may
    hold what somebody sent.
    """
    reference = secrets.token_hex(4)
    _LOG.error("%s: %s", reference, type(error).__name__, exc_info=_without_text(error))
    return reference


def _without_text(error: Exception) -> Exception:
    """The same kind of error at the same place, saying nothing."""
    return Exception(type(error).__name__).with_traceback(error.__traceback__)
