"""Running the weekly job in this process, and keeping the record of it in HOME/dagster.

Lives here: one run for each unbroken range of weeks, Dagster's instance, and what became of dead runs.
Must not live here: which weeks have something new, or what a step does (`pipelines.consolidating`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from pipelines.consolidating import OnProgress, consolidate_weeks, find_news, no_progress
from pipelines.home import Home
from pipelines.orchestration.definitions import WEEKLY_CONSOLIDATION, build_defs
from schemas.contract import Edition
from schemas.weeks import IsoWeek

_FIRST_WEEK = "dagster/asset_partition_range_start"
_LAST_WEEK = "dagster/asset_partition_range_end"
_CONFIG = Path(__file__).with_name("dagster.yaml")
_STARTED_BY = {"regia/started_by": "regia consolidate"}
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


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
    wait_seconds: float = 60,
) -> Consolidation:
    """Consolidate these weeks; without any given, every week with something new.

    Raises BusyError when another consolidation holds the home for longer than the wait; what a step
    raises comes out as it is, and what was published before still stands.
    """
    with home.consolidating(wait_seconds):
        news = find_news(home, edition)
        chosen = tuple(sorted(news.weeks if weeks is None else set(weeks)))
        if not chosen and not news:
            return Consolidation((), is_published=False)
        if not chosen:
            consolidate_weeks(home, edition, (), on_progress)
            return Consolidation((), is_published=True)
        job = build_defs(home, edition, nullcontext, on_progress).resolve_job_def(WEEKLY_CONSOLIDATION)
        with dagster_instance(home) as instance:
            _close_dead_runs(instance)
            for first, last in unbroken_ranges(chosen):
                job.execute_in_process(
                    instance=instance,
                    run_config=_QUIET,
                    tags={
                        **_STARTED_BY,
                        _FIRST_WEEK: str(first),
                        _LAST_WEEK: str(last),
                    },
                )
    return Consolidation(chosen, is_published=True)


def unbroken_ranges(weeks: Iterable[IsoWeek]) -> tuple[tuple[IsoWeek, IsoWeek], ...]:
    """The weeks in as few ranges (first, last) as hold no other week."""
    ranges: list[tuple[IsoWeek, IsoWeek]] = []
    for week in sorted(set(weeks)):
        if ranges and ranges[-1][1].shifted(1) == week:
            ranges[-1] = (ranges[-1][0], week)
        else:
            ranges.append((week, week))
    return tuple(ranges)


def prepare_dagster_home(home: Home) -> Path:
    """The folder for `$DAGSTER_HOME`, with the project's settings in it."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_CONFIG, home.dagster / _CONFIG.name)
    return home.dagster


def dagster_instance(home: Home) -> dg.DagsterInstance:
    """Dagster's record of runs, the same that `regia dev` shows."""
    return dg.DagsterInstance.from_config(str(prepare_dagster_home(home)))


def _close_dead_runs(instance: dg.DagsterInstance) -> None:
    """Record as failed what an earlier process of ours left running: we hold the lock, so it is dead."""
    unfinished = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    for record in instance.get_run_records(dg.RunsFilter(statuses=unfinished, tags=_STARTED_BY)):
        instance.report_run_failed(record.dagster_run, "the process ended before the run did")
