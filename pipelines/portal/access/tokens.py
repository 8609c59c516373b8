"""Tokens that open something: of a session, of an invitation.

Lives here: making one, what is kept of it, and what else is derived from it.
Must not live here: what a token opens (`pipelines.portal.store`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> str:
    """32 random bytes, as text that stands in an address or a cookie."""
    return secrets.token_urlsafe(32)


def kept(token: str) -> bytes:
    """What the database holds of a token: enough to know it again, not to use it."""
    return hashlib.sha256(_bytes(token)).digest()


def csrf_of(token: str) -> str:
    """What the forms of a session carry: it follows from the token, and changes with it."""
    return hmac.digest(_bytes(token), b"csrf", "sha256").hex()


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")
