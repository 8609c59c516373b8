"""Work that is slow on purpose has threads of its own, and a line that is not endless."""

from __future__ import annotations

import threading

import anyio
import pytest
from starlette.concurrency import run_in_threadpool

from pipelines.portal.access.refusals import TooManyAttemptsError
from pipelines.portal.pacing import Pace


def test_some_work_some_wait_others_are_told_to_come_back_and_nobody_else_notices() -> None:
    doors = threading.Event()
    inside = 0
    most_inside = 0
    counting = threading.Lock()

    def slow() -> str:
        nonlocal inside, most_inside
        with counting:
            inside += 1
            most_inside = max(most_inside, inside)
        assert doors.wait(10)
        with counting:
            inside -= 1
        return "done"

    async def come() -> list[str]:
        pace = Pace(at_once=2, waiting=50)
        said: list[str] = []

        async def ask() -> None:
            try:
                said.append(await pace.run(slow))
            except TooManyAttemptsError:
                said.append("later")

        async with anyio.create_task_group() as tasks:
            for _ in range(60):
                tasks.start_soon(ask)
            with anyio.fail_after(5):
                while len(said) < 8:
                    await anyio.sleep(0.01)
            with anyio.fail_after(5):  # more wait than there are threads: who wants another one has it
                assert await run_in_threadpool(lambda: "at once") == "at once"
            doors.set()
        return said

    said = anyio.run(come)
    assert sorted(said) == ["done"] * 52 + ["later"] * 8
    assert most_inside == 2


def test_what_goes_wrong_within_is_told_outside() -> None:
    with pytest.raises(ZeroDivisionError):
        anyio.run(Pace().run, lambda: 1 / 0)
