"""Running the weekly job in this process, as `regia consolidate` does.

Lives here: one run for each unbroken range of weeks.
Must not live here: which weeks have something new, or what a step does (`pipelines.consolidating`).
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg
from sqlalchemy.exc import OperationalError

from pipelines.consolidating import (
    OnProgress,
    consolidate_weeks,
    find_news,
    look_through_home,
    no_progress,
)
from pipelines.home import Home
from pipelines.orchestration.arrivals import unbroken_ranges
from pipelines.orchestration.definitions import WEEKLY_CONSOLIDATION, build_defs
from pipelines.orchestration.records import (
    BY_COMMAND,
    FIRST_WEEK,
    LAST_WEEK,
    STARTED_BY,
    close_runs_of_command,
    dagster_instance,
)
from pipelines.orchestration.steps import steps_within
from schemas.contract import Edition
from schemas.weeks import IsoWeek
from warehouse.judged import LookedThrough

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""What stops a step is raised; the command tells it, not Dagster."""

_DISK_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
"""What SQLite says when the disk has no room: for a page, or for the index of its log."""


@dataclass(frozen=True)
class Consolidation:
    """What a consolidation did. Not published: there was nothing new."""

    weeks: tuple[IsoWeek, ...]
    is_published: bool


def run_consolidation(
    home: Home,
    edition: Edition,
    weeks: Sequence[IsoWeek] | None = None,
    on_progress: OnProgress = no_progress,
    judged: LookedThrough | None = None,
) -> Consolidation:
    """Consolidate these weeks; without any given, every week with something new.

    Whoever calls this holds `home.consolidating()`. judged: as the caller looked it through since. Raises
    OSError when the disk refuses the record of runs; what a step raises comes out as it is, and what was
    published before still stands.
    """
    judged = judged or look_through_home(home)
    news = find_news(home, edition, judged)
    chosen = tuple(sorted(news.weeks if weeks is None else set(weeks)))
    if not chosen and not news:
        return Consolidation((), is_published=False)
    if not chosen:
        consolidate_weeks(home, edition, (), on_progress)
        return Consolidation((), is_published=True)
    steps = steps_within(home, edition, on_progress, judged)
    job = build_defs(home, edition, steps).resolve_job_def(WEEKLY_CONSOLIDATION)
    with _telling_disk(), dagster_instance(home) as instance:
        close_runs_of_command(instance)
        for first, last in unbroken_ranges(chosen):
            job.execute_in_process(
                instance=instance,
                run_config=_QUIET,
                tags={STARTED_BY: BY_COMMAND, FIRST_WEEK: str(first), LAST_WEEK: str(last)},
            )
    return Consolidation(chosen, is_published=True)


@contextmanager
def _telling_disk() -> Iterator[None]:
    """What the disk refuses to Dagster's record of runs is raised as OSError, as for any other file."""
    try:
        yield
    except (OperationalError, dg.DagsterError) as error:
        for cause in _causes(error):
            if isinstance(cause, sqlite3.OperationalError):
                code = cause.sqlite_errorcode
                if code in _DISK_FULL:
                    raise OSError(errno.ENOSPC, str(cause)) from error
                if code & 0xFF == sqlite3.SQLITE_IOERR:
                    raise OSError(errno.EIO, str(cause)) from error
        raise


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
