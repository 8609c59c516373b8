"""What time it is, for those few who may ask: arrivals, `check`, and what is said about today.

Lives here: the clock, and how tests and demonstrations set it (`$REGIA_NOW`).
Must not live here: anything published; that depends on the landing alone.
"""

from __future__ import annotations

import datetime as dt
import os

from pipelines.refusals import WrongUsageError
from schemas.weeks import ROME


class _Demonstration:
    """What a demonstration has set; ahead: by how much its time differs from that of the machine."""

    ahead = dt.timedelta(0)


def now() -> dt.datetime:
    """This instant, Europe/Rome. WrongUsageError if `$REGIA_NOW` is no ISO instant.

    `$REGIA_NOW` stands still; a clock that `begin_at` has set runs on, where that is not given.
    """
    return _given() or (dt.datetime.now(dt.UTC) + _Demonstration.ahead).astimezone(ROME)


def of_this_machine() -> dt.datetime:
    """This instant for what has nothing to do with returns: who is signed in, codes. Raises as `now`.

    The clock of a demonstration does not touch it: a telephone shows the codes of today.
    """
    return _given() or dt.datetime.now(ROME)


def _given() -> dt.datetime | None:
    given = os.environ.get("REGIA_NOW")
    try:
        return in_rome(given) if given else None
    except ValueError as error:
        raise WrongUsageError(f"$REGIA_NOW non è un istante: «{given}».") from error


def begin_at(instant: dt.datetime | None) -> None:
    """Let it be this instant now in this process, and time pass from there; None: the machine's time again.

    For a demonstration over returns of another year; nothing that is taken in then is to be relied on.
    """
    _Demonstration.ahead = dt.timedelta(0) if instant is None else instant - dt.datetime.now(dt.UTC)


def is_plausible(instant: dt.datetime) -> bool:
    """Whether something can have arrived at that instant: not in the future, nor before computers."""
    return dt.datetime(1990, 1, 1, tzinfo=ROME) <= instant <= now()


def in_rome(text: str) -> dt.datetime:
    """An ISO instant; one without a zone is meant in Europe/Rome. ValueError if it is none."""
    instant = dt.datetime.fromisoformat(text)
    return instant.replace(tzinfo=ROME) if instant.tzinfo is None else instant.astimezone(ROME)
