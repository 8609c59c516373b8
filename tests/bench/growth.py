"""How the run of the last week grows with the weeks of history before it.

Lives here: the homes that are compared, their runs, memory and sizes.
Must not live here: how a history is made (`tests.bench.history`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.editions import DEFAULT_EDITION
from schemas.weeks import IsoWeek
from tests.bench.history import write_edition, write_history, write_last_week
from tests.bench.homes import LAST_WEEK, copy_of, megabytes, received_sample
from tests.bench.timing import HEADING, REGIA, Rounds, Timed, timed

SHORT, LONG = 16, 520
ROUNDS = 5
TARGET = 1.2


@dataclass(frozen=True)
class _Prepared:
    """A home in which the history is published and the last week judged; its edition."""

    weeks: int
    returns: int
    home: Path
    environment: dict[str, str]
    consolidated: Timed


def measure() -> None:
    """Print both histories, and how much longer the run after the longer one takes."""
    last_week = IsoWeek.parse(LAST_WEEK)
    histories = [_prepared(weeks, last_week) for weeks in (SHORT, LONG)]
    _print_histories(histories)
    runs: dict[int, list[Timed]] = {SHORT: [], LONG: []}
    for _ in range(ROUNDS):
        for history in histories:
            with copy_of(history.home) as copy:
                run = timed([*REGIA, "--home", str(copy), "consolidate"], history.environment)
            runs[history.weeks].append(run)
    _print_runs({weeks: Rounds(of_weeks) for weeks, of_weeks in runs.items()})


def _prepared(weeks: int, last_week: IsoWeek) -> _Prepared:
    sample, _ = received_sample()
    folder = sample.with_name(f"{weeks}-weeks")
    home = folder / "home"
    editions = write_edition(folder / "editions", last_week.shifted(-weeks))
    environment = {"REGIA_EDITIONS": str(editions)}
    returns = write_history(sample, home, last_week, weeks)
    consolidated = timed([*REGIA, "--home", str(home), "consolidate", "--all"], environment)
    write_last_week(sample, home, last_week)
    return _Prepared(weeks, returns, home, environment, consolidated)


def _print_histories(histories: Sequence[_Prepared]) -> None:
    print("histories: the sample's weeks, over and over, then consolidated by regia itself")
    for history in histories:
        published = history.home / "published"
        sizes = {
            "warehouse": megabytes(history.home / "warehouse.duckdb"),
            "published": megabytes(published / f"{DEFAULT_EDITION}.duckdb"),
            "Parquet": megabytes(published / DEFAULT_EDITION),
            "Dagster's record": megabytes(history.home / "dagster"),
        }
        told = ", ".join(f"{what} {size:.0f} MB" for what, size in sizes.items())
        run = history.consolidated
        print(
            f"  {history.weeks:3d} weeks, {history.returns:5d} returns: consolidated in "
            f"{run.seconds:4.0f} s, {run.megabytes:.0f} MB; {told}"
        )


def _print_runs(runs: dict[int, Rounds]) -> None:
    short, long = runs[SHORT], runs[LONG]
    print(f"\nthe last week alone after them, received and judged before; {ROUNDS} rounds, in turn")
    print(f"  {'':<20} {HEADING}")
    for weeks, rounds in runs.items():
        print(f"  {f'after {weeks} weeks':<20} {rounds}")
    print(
        f"  {'grows':<20} {long.least / short.least:6.2f} {long.median / short.median:6.2f} "
        f"{long.processor / short.processor:9.2f}   {long.megabytes / short.megabytes:6.2f} times   "
        f"target {TARGET} times"
    )
