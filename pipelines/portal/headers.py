"""What every answer tells the browser to allow.

Lives here: the content security policy and its like.
Must not live here: cookies (`cookies`).
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.portal.pages import STATIC_URL
from pipelines.portal.settings import Settings

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_YEAR = 365 * 24 * 3600

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class OwnHeaders:
    """Middleware: answers under our own names only, and our headers on every answer that brings no other.

    Pages are kept by no cache, static files for a year.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._always = dict(_ALWAYS)
        self._hosts = frozenset(settings.hosts)
        if settings.is_encrypted:
            self._always["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_static = scope["path"].startswith(f"{STATIC_URL}/")

        async def send_with_ours(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._always.items():
                    headers.setdefault(name, value)
                is_kept = is_static and message["status"] in (200, 304)
                headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if is_kept else "no-store"
            await send(message)

        await self._answerer(Headers(scope=scope))(scope, receive, send_with_ours)

    def _answerer(self, headers: Headers) -> ASGIApp:
        if _host(headers) not in self._hosts:
            return PlainTextResponse("421 Misdirected Request", 421)
        if "content-length" in headers and "transfer-encoding" in headers:
            # A server in front may see the end of the body elsewhere: nothing more is read of it.
            return PlainTextResponse("400 Bad Request", 400, {"Connection": "close"})
        return self._app


def _host(headers: Headers) -> str:
    """The one name under which a request asks; empty where it gives none, several, or no name at all."""
    given = headers.getlist("host")
    found = _HOST.fullmatch(given[0]) if len(given) == 1 else None
    return found["name"].strip("[]").lower() if found else ""
