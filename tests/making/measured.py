"""Reading hostile files, each in a process of its own with its own child: what each cost.

Lives here: the processes that read them, and what they say of each.
Must not live here: the files (`hostile`), or how much they may cost.

Run as a process: the names of hostile files as arguments; one JSON line for each, in their order.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sources.cells import Workbook
from sources.personal.data import usual_vocabulary
from sources.reading.reader import ChildReader, Limits, SourceFile, Unreadable
from tests.making.hostile import HOSTILE

LITTLE_TIME = Limits(cpu_seconds=2)
"""Of the twenty seconds that a file may take, so that the tests end."""


@dataclass(frozen=True)
class Measured:
    """What became of a file: `reason` is None where it was read; `next_is_read`: the same reader goes on."""

    name: str
    reason: str | None
    seconds: float
    processor: float
    """Seconds of its children, the start of one or two included."""
    peak: int
    """The most memory of any of its children, in bytes, as the system counts it."""
    next_is_read: bool


def measure(names: Iterable[str]) -> list[Measured]:
    """Read these files, in this order, in a process started for it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.making.measured", *names], capture_output=True, text=True, check=True
    )
    return [Measured(**json.loads(line)) for line in done.stdout.splitlines()]


def _measured(name: str) -> Measured:
    reason, make = HOSTILE[name]
    small = SourceFile("piccolo.csv", b"a;b\n1;2\n")
    with ChildReader(LITTLE_TIME if reason == "too_long" else None, usual_vocabulary()) as reader:
        reader.read([small])  # a child is charged with what this process holds when it starts it
        files = [SourceFile("ostile", make())]
        started = time.monotonic()
        read = reader.read(files)
        seconds = time.monotonic() - started
        files.clear()
        after = reader.read([small])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = read.reason if isinstance(read, Unreadable) else None
    processor, peak = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
    return Measured(name, found, seconds, processor, peak, isinstance(after, Workbook))


if __name__ == "__main__":
    for given in sys.argv[1:]:
        # Of a process of its own the system tells the peak of its children alone.
        process = os.fork()
        if not process:
            print(json.dumps(asdict(_measured(given))), flush=True)
            os._exit(0)
        os.waitpid(process, 0)
