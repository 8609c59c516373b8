"""`make bench`, subject `as_of`: every indicator as known at an instant, beside reading those of now.

Lives here: the questions that are compared, on the published file of the whole sample.
Must not live here: what a consolidation takes (`tests.bench.sample`).
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import duckdb

from schemas.editions import DEFAULT_EDITION
from tests.bench.homes import copy_of, megabytes, received_sample
from tests.bench.timing import REGIA, timed

ROUNDS = 5
TARGET = 3.0

_LAST = "(SELECT max(received_at) FROM submissions)"
_PEER = "all indicators, read as they now are"
QUESTIONS = {
    _PEER: "CREATE OR REPLACE TEMP TABLE answer AS FROM indicators",
    "all indicators, as of the last receipt": (
        f"SET VARIABLE ts = {_LAST}; "
        "CREATE OR REPLACE TEMP TABLE answer AS FROM indicators_as_of(getvariable('ts'))"
    ),
    "all indicators, as of 2023-06-15": (
        "CREATE OR REPLACE TEMP TABLE answer AS FROM indicators_as_of('2023-06-15 12:00')"
    ),
    "one of them, all quarters, as of 2023-06-15": (
        "CREATE OR REPLACE TEMP TABLE answer AS FROM indicators_as_of('2023-06-15 12:00') "
        "WHERE indicator = 'HOU02' AND period_kind = 'quarter' AND breakdown = 'total'"
    ),
    "all observations, as of the last receipt": (
        f"SET VARIABLE ts = {_LAST}; "
        "CREATE OR REPLACE TEMP TABLE answer AS FROM observations_as_of(getvariable('ts'))"
    ),
}


def measure() -> None:
    """Print what each question takes, and how often the time of the peer that is."""
    sample, _ = received_sample()
    with copy_of(sample) as home:
        timed([*REGIA, "--home", str(home), "consolidate", "--all"])
        published = home / "published" / f"{DEFAULT_EDITION}.duckdb"
        taken = _taken(published)
        print(f"as known at an instant: a published file of 42 weeks, {megabytes(published):.0f} MB")
    print(f"  {'':<46}    min median processor   of the peer's")
    peer = min(processor for _, processor in taken[_PEER])
    for question, runs in taken.items():
        seconds = [run for run, _ in runs]
        processor = min(run for _, run in runs)
        print(
            f"  {question:<46} {min(seconds):6.2f} {statistics.median(seconds):6.2f} {processor:7.2f} s "
            f"{processor / peer:9.1f} times"
        )
    print(f"  target: all indicators in {TARGET:.0f} s")


def _taken(published: Path) -> dict[str, list[tuple[float, float]]]:
    """Seconds of the wall and of the processor, round by round; every round asks every question."""
    taken: dict[str, list[tuple[float, float]]] = {question: [] for question in QUESTIONS}
    with duckdb.connect(str(published), read_only=True) as connection:
        connection.execute("SET enable_progress_bar = false")
        for _ in range(ROUNDS):
            for question, statement in QUESTIONS.items():
                began, used = time.perf_counter(), time.process_time()
                connection.execute(statement)
                taken[question].append((time.perf_counter() - began, time.process_time() - used))
    return taken
