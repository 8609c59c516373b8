"""Work that costs a processor much, a little at a time: passwords are hashed slowly on purpose.

Lives here: how many are looked at in the same moment, and how many may wait for their turn.
Must not live here: who may try how often (`store.attempts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import anyio

from pipelines.clock import now
from pipelines.portal.access.refusals import TooManyAttemptsError

Answer = TypeVar("Answer")

_PAUSE = dt.timedelta(minutes=1)


class Pace:
    """Threads of their own for what is slow, so that who waits for one keeps nobody else from theirs."""

    def __init__(self, at_once: int = 2, waiting: int = 60) -> None:
        self._limiter = anyio.CapacityLimiter(at_once)
        self._most = at_once + waiting
        self._there = 0

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Do it when its turn comes. Raises TooManyAttemptsError where too many wait already."""
        if self._there >= self._most:
            raise TooManyAttemptsError(now() + _PAUSE)
        self._there += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._there -= 1
