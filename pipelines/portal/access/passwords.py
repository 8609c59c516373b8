"""Passwords: which may be chosen, and what is kept of them.

Lives here: the rules for a new password, argon2id.
Must not live here: whose a password is (`pipelines.portal.store.accounts`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from pipelines.portal.access.refusals import AccessError

SHORTEST, LONGEST = 12, 128
_FEWEST_DIFFERENT = 5
_SHORTEST_NAME = 4

# What OWASP's Password Storage Cheat Sheet asks for: 19 MiB, two passes, one lane. A check took 26 ms on the
# two-core machine of 2026 on which this was written; sixteen at once need 300 MiB.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# What is verified where there is no account; made at once, so that the first unknown name takes no longer.
_NOBODYS = HASHER.hash("")


def check_new_password(password: str, account_name: str) -> str:
    """A password that may be chosen, in the form in which it is hashed (NFC). AccessError says what is wrong.

    Length, not composition: any characters, spaces too, 12 to 128 of them. Refused are those that are tried
    first and those that hold the name one signs in with.
    """
    chosen = unicodedata.normalize("NFC", password)
    if len(chosen) < SHORTEST:
        raise AccessError("password_too_short")
    if len(chosen) > LONGEST:
        raise AccessError("password_too_long")
    if is_common(chosen):
        raise AccessError("password_common")
    local_part = account_name.partition("@")[0]
    if len(local_part) >= _SHORTEST_NAME and local_part.casefold() in chosen.casefold():
        raise AccessError("password_has_name")
    return chosen


def is_common(password: str) -> bool:
    """Whether a password is among those tried first.

    It is if it stands in the list; if its letters alone do, once or repeated ("Password-2026!",
    "ciaociaociao"); or if it is made of fewer than five different characters.
    """
    typed = password.casefold()
    letters = re.sub(r"[\W\d_]+", "", typed)
    return (
        len(set(typed)) < _FEWEST_DIFFERENT
        or typed in common_passwords()
        or any(letters == word * (len(letters) // len(word)) for word in common_passwords() if letters)
    )


@cache
def common_passwords() -> frozenset[str]:
    """The carried list, in lower case."""
    text = files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line.casefold() for line in lines if line and not line.startswith("#"))


def hash_password(password: str) -> str:
    """What is kept of a password: argon2id with its parameters and a salt of its own."""
    return HASHER.hash(_bytes(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether a password is the one kept. Where none is kept it takes as long, and is never right."""
    try:
        HASHER.verify(kept or _NOBODYS, _bytes(password))
    except VerifyMismatchError:
        return False
    return kept is not None


def needs_rehash(kept: str) -> bool:
    """Whether a password was hashed with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password[: LONGEST + 1]).encode("utf-8", "surrogatepass")
