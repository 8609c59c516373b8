"""The portal as one application: its doors, its static files, what every answer carries.

Lives here: putting together, and the page that is shown where something cannot be done.
Must not live here: any other page.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import anyio
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.clock import now, of_this_machine
from pipelines.home import BusyError
from pipelines.portal.access.refusals import TooManyAttemptsError
from pipelines.portal.doors import visit_of
from pipelines.portal.drafts import UnknownDraftError
from pipelines.portal.headers import OwnHeaders
from pipelines.portal.pages import STATIC, STATIC_URL
from pipelines.portal.plan import DOORS
from pipelines.portal.portal import Portal
from pipelines.portal.uploads import UploadError
from pipelines.portal.visits import NotAllowedError, NotFoundError
from pipelines.refusals import WrongUsageError

Cannot = Callable[[Request, Exception], Awaitable[Response]]
"""From a request and what went wrong to the page that says so."""

_LOG = logging.getLogger("regia.portal")

_SWEEP_SECONDS = 60
"""How often what has expired is removed."""


def make_app(portal: Portal) -> Starlette:
    """The portal as an ASGI application. It closes the portal when the server ends."""

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_sweep, portal)
            yield
            tasks.cancel_scope.cancel()
        portal.close()

    async def cannot(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(_cannot, portal, request, error)

    return Starlette(
        routes=[
            *(door.route(portal) for door in DOORS),
            Mount(STATIC_URL, StaticFiles(directory=STATIC), name="static"),
        ],
        middleware=[Middleware(OwnHeaders, settings=portal.settings), Middleware(LastResort, cannot=cannot)],
        exception_handlers=dict.fromkeys((HTTPException, UploadError, OSError, *_STATUS), cannot),
        lifespan=life,
    )


class LastResort:
    """Middleware: whatever else goes wrong is a page, too, and its text, which may hold what somebody sent,
    goes nowhere.
    """

    def __init__(self, app: ASGIApp, cannot: Cannot) -> None:
        self._app = app
        self._cannot = cannot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def send_on(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception as error:  # noqa: BLE001 - told, counted, and nobody else is told its text
            response = await self._cannot(Request(scope), error)
            if not has_begun:
                await response(scope, receive, send)


async def _sweep(portal: Portal) -> None:
    """Remove drafts and sessions that have expired, as long as the server lives."""
    while True:
        await run_in_threadpool(portal.drafts.sweep, now())
        await run_in_threadpool(portal.sessions.sweep, of_this_machine())
        await run_in_threadpool(portal.attempts.sweep, of_this_machine())
        await anyio.sleep(_SWEEP_SECONDS)


_STATUS: Mapping[type[Exception], int] = {
    NotFoundError: 404,
    UnknownDraftError: 404,
    NotAllowedError: 403,
    BusyError: 503,
    WrongUsageError: 409,
    TooManyAttemptsError: 429,
}

_STATUS_OF_UPLOADS: Mapping[str, int] = {"not_a_form": 400, "cut_off": 400, "too_slow": 400}
"""Whatever else is wrong with a form is too much of something."""


def _cannot(portal: Portal, request: Request, error: Exception) -> Response:
    """The page that says what cannot be done, why, and what to do."""
    status = _status(error)
    reference = ""
    if status == 500:
        reference = secrets.token_hex(4)
        # The kind of error and where it arose; its text may hold what somebody sent.
        _LOG.error("%s: %s", reference, type(error).__name__, exc_info=_without_text(error))
    visit = visit_of(portal, request)
    if isinstance(error, NotAllowedError):
        visit.record(
            "form_refused" if request.method == "POST" else "access_denied", _named(request.url.path)
        )
    detail = str(error) if isinstance(error, WrongUsageError) else ""
    return visit.page("error.html", status, status=status, detail=detail, reference=reference)


def _named(path: str) -> str:
    """An address as the audit log takes it."""
    return re.sub(r"[^\w@.:/+-]", "_", path)[:200]


def _status(error: Exception) -> int:
    """The HTTP status by which the error page says what happened."""
    if isinstance(error, HTTPException):
        return 404 if error.status_code == 405 else error.status_code
    if isinstance(error, UploadError):
        return _STATUS_OF_UPLOADS.get(error.code, 413)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return 507
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def _without_text(error: Exception) -> Exception:
    """The same kind of error at the same place, saying nothing."""
    return Exception(type(error).__name__).with_traceback(error.__traceback__)
