"""The key of an installation: HOME/portal.key, 32 random bytes that only its owner reads.

Lives here: making and reading it, and what is derived from it.
Must not live here: anything that stands in the database; who has only that lacks the key.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.refusals import WrongUsageError

_BYTES = 32


@dataclass(frozen=True)
class PortalKey:
    """What second factors and the traces of attempts are derived with."""

    secret: bytes = field(repr=False)

    def derive(self, purpose: str, of: bytes) -> bytes:
        """32 bytes that follow from the key, a purpose and something public; they tell nothing of the key."""
        return hmac.digest(self.secret, purpose.encode() + b"\0" + of, "sha256")


def load_key(path: Path) -> PortalKey:
    """The key in that file, made where there is none. WrongUsageError if the file is no key; OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    secret = path.read_bytes()
    if len(secret) != _BYTES:
        raise WrongUsageError(f"La chiave del portale in {path} è danneggiata: la ripristini da una copia.")
    return PortalKey(secret)


def _make(path: Path) -> None:
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:  # another process made it meanwhile: that one holds
            return
    finally:
        unfinished.unlink(missing_ok=True)
