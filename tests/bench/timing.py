"""Timing of whole processes: seconds from start to exit, processor seconds, peak memory of the tree.

Lives here: running a command under the clock, and how repeated runs are summed up and printed.
Must not live here: what is measured.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.editions import PROJECT

REGIA = (sys.executable, "-m", "pipelines.cli")

_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True)
class Timed:
    """A process from start to exit. processor: its own seconds and those of its children."""

    began_at: float
    seconds: float
    processor: float
    megabytes: float


@dataclass(frozen=True)
class Rounds:
    """The same command several times, other commands between."""

    runs: Sequence[Timed]

    @property
    def least(self) -> float:
        return min(run.seconds for run in self.runs)

    @property
    def median(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def processor(self) -> float:
        return min(run.processor for run in self.runs)

    @property
    def megabytes(self) -> float:
        return max(run.megabytes for run in self.runs)

    def __str__(self) -> str:
        return f"{self.least:6.2f} {self.median:6.2f} {self.processor:9.2f} s {self.megabytes:6.0f} MB"


HEADING = "   min median processor    memory"
"""Over what `str(Rounds)` says."""


def timed(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Timed:
    """Run a command to its end; it says nothing, and what it does must be done."""
    # What was written before is on the disk before the clock starts: no run pays for another.
    os.sync()
    with tempfile.TemporaryFile() as told:
        began_at, began = time.time(), time.perf_counter()
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=told,
            cwd=PROJECT,
            env={**os.environ, **(environment or {})},
        )
        peak = [0.0]
        watching = threading.Thread(target=_watch, args=(process, peak), daemon=True)
        watching.start()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        watching.join()
        if process.returncode:
            told.seek(0)
            sys.stderr.write(told.read().decode(errors="replace")[-2000:])
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Timed(began_at, seconds, used.ru_utime + used.ru_stime, peak[0])


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    while process.returncode is None:
        peak[0] = max(peak[0], _resident(process.pid))
        time.sleep(_BETWEEN_LOOKS)


def _resident(pid: int) -> float:
    """MB that a process and all below it hold now."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            pages = Path(f"/proc/{one}/statm").read_text().split()[1]
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except (FileNotFoundError, ProcessLookupError, IndexError):
            continue  # it ended while it was looked at
        total += int(pages) * resource.getpagesize()
    return total / 1e6
