"""New passwords as forms ask for them: twice, and what is wrong with them in words.

Lives here: both fields, and the sentence of each refusal.
Must not live here: the rules (`pipelines.portal.access.passwords`).
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.portal.access.passwords import LONGEST, SHORTEST
from pipelines.portal.access.refusals import AccessCode, AccessError
from pipelines.portal.visits import Visit

_PROBLEMS: Mapping[AccessCode, tuple[str, dict[str, int]]] = {
    "password_wrong": ("problems.wrong_password", {}),
    "password_too_short": ("problems.short_password", {"n": SHORTEST}),
    "password_too_long": ("problems.long_password", {"n": LONGEST}),
    "password_common": ("problems.common_password", {}),
    "password_has_name": ("problems.named_password", {}),
}


def two_passwords(visit: Visit, first: str, again: str) -> tuple[str, dict[str, str]]:
    """The password chosen; field -> what is wrong, where it was not typed twice alike."""
    password = visit.fields.secret(first)
    if not password:
        return password, {first: visit.texts.problems.no_password}
    if password != visit.fields.secret(again):
        return password, {again: visit.texts.problems.passwords_differ}
    return password, {}


def password_problem(visit: Visit, error: AccessError) -> str:
    """Why a password was refused. Raises the error itself where it is about something else."""
    if error.code not in _PROBLEMS:
        raise error
    key, wanted = _PROBLEMS[error.code]
    return visit.texts.say(key, **wanted)
