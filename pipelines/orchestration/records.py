"""Dagster's record of runs in HOME/dagster, the same that `regia dev` shows.

Lives here: opening it, the words that runs are tagged with, and what becomes of runs whose process died.
Must not live here: running (`pipelines.orchestration.runs`), or Dagster's page (`.page`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from pipelines.home import BusyError, Home
from pipelines.orchestration.event_log import event_log_in

FIRST_WEEK = "dagster/asset_partition_range_start"
LAST_WEEK = "dagster/asset_partition_range_end"
STARTED_BY = "regia/started_by"
BY_COMMAND = "regia consolidate"

_CONFIG = Path(__file__).with_name("dagster.yaml")
_WORKING = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_DIED = "the process ended before the run did"


def prepare_dagster_home(home: Home) -> Path:
    """The folder for `$DAGSTER_HOME`, with the project's settings in it."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_CONFIG, home.dagster / _CONFIG.name)
    return home.dagster


def dagster_instance(home: Home) -> dg.DagsterInstance:
    """Dagster's record of runs: the files that it keeps by itself, written to by way of `EventLog`."""
    folder = prepare_dagster_home(home)
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(folder), overrides=event_log_in(folder)))


def is_running(instance: dg.DagsterInstance) -> bool:
    """Whether a run waits or works."""
    waiting = [dg.DagsterRunStatus.QUEUED, *_WORKING]
    return bool(instance.get_run_records(dg.RunsFilter(statuses=waiting), limit=1))


def close_dead_runs(home: Home, instance: dg.DagsterInstance) -> None:
    """Record as failed what a `regia consolidate` left running when it was killed.

    Such a run holds the home's lock from beginning to end: when the lock is free, it is dead.
    """
    if not _runs_of_command(instance):
        return
    try:
        with home.consolidating(0):
            close_runs_of_command(instance)
    except BusyError:
        return


def close_runs_of_command(instance: dg.DagsterInstance) -> None:
    """The same, for a caller that holds the home's lock."""
    for record in _runs_of_command(instance):
        instance.report_run_failed(record.dagster_run, _DIED)


def _runs_of_command(instance: dg.DagsterInstance) -> list[dg.RunRecord]:
    of_command = dg.RunsFilter(statuses=_WORKING, tags={STARTED_BY: BY_COMMAND})
    return list(instance.get_run_records(of_command))


def close_runs_of_page(instance: dg.DagsterInstance) -> None:
    """Record as failed what Dagster itself left running, for a caller that knows that it has ended."""
    for record in instance.get_run_records(dg.RunsFilter(statuses=_WORKING)):
        if record.dagster_run.tags.get(STARTED_BY) != BY_COMMAND:
            instance.report_run_failed(record.dagster_run, _DIED)
