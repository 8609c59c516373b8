"""The cookies of the portal: session, form token before there is a session, language.

Lives here: their names and properties.
Must not live here: what they stand for (`store.sessions`).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from pipelines.portal.settings import Settings
from schemas.contract import LANGUAGES, Language

if TYPE_CHECKING:
    from pipelines.portal.visits import Visit

_LANGUAGE = "lingua"
_YEAR = 365 * 24 * 3600


def _name(name: str, settings: Settings) -> str:
    """With encryption, a name that browsers take from this very host only."""
    return f"__Host-{name}" if settings.is_encrypted else name


def session_token(request: Request, settings: Settings) -> str:
    """The token of the session; empty where there is none."""
    return request.cookies.get(_name("sessione", settings), "")


def keep_session(response: Response, token: str, settings: Settings) -> None:
    """Have the browser keep a session's token until it is closed; scripts never see it."""
    response.set_cookie(
        _name("sessione", settings),
        token,
        secure=settings.is_encrypted,
        httponly=True,
        samesite="lax",
        path="/",
    )


def drop_session(response: Response, settings: Settings) -> None:
    """Have the browser forget the session."""
    response.delete_cookie(
        _name("sessione", settings), secure=settings.is_encrypted, httponly=True, samesite="lax", path="/"
    )


def form_token(request: Request, settings: Settings) -> str:
    """What forms carry before somebody has signed in: the browser's own, else a new one."""
    return request.cookies.get(_name("modulo", settings)) or secrets.token_urlsafe(32)


def keep_form_token(response: Response, visit: Visit) -> None:
    """Have the browser send back what its forms carry, where there is no session that knows it."""
    settings = visit.portal.settings
    if visit.session is None and visit.request.cookies.get(_name("modulo", settings)) != visit.csrf:
        response.set_cookie(
            _name("modulo", settings),
            visit.csrf,
            secure=settings.is_encrypted,
            httponly=True,
            samesite="strict",
            path="/",
        )


def language(request: Request, otherwise: Language = "it") -> Language:
    """The language chosen in this browser, if any was."""
    chosen = request.cookies.get(_LANGUAGE)
    return next((one for one in LANGUAGES if one == chosen), otherwise)


def keep_language(response: Response, chosen: Language, settings: Settings) -> None:
    """Have the browser remember a language."""
    response.set_cookie(
        _LANGUAGE,
        chosen,
        max_age=_YEAR,
        secure=settings.is_encrypted,
        httponly=True,
        samesite="lax",
        path="/",
    )
