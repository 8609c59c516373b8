"""What starts the weekly job by itself: Thursday's schedule, and a sensor on the landing.

Lives here: when they look, what they ask for, and why they do not.
Must not live here: what is new (`pipelines.orchestration.arrivals`), or the job.
"""

# No `from __future__ import annotations` here: Dagster reads the type of `context` as it stands.

from typing import Any

import dagster as dg

from pipelines.home import Home
from pipelines.orchestration.arrivals import Batch, landing_signature, unpublished_batches
from pipelines.orchestration.records import FIRST_WEEK, LAST_WEEK, close_dead_runs, is_running
from schemas.contract import Edition

THURSDAY_AT_SIX = "0 6 * * 4"
SECONDS_BETWEEN_LOOKS = 10

_NOTHING_NEW = "Nothing was received that is not published."


def thursday_schedule(home: Home, edition: Edition, job: Any) -> dg.ScheduleDefinition:
    """Every Thursday at six, a run for each unbroken range of weeks with something new.

    It also takes up what a failed run left: its run keys hold for one Thursday only.
    """

    @dg.schedule(
        name="thursday_at_six",
        description=(
            "Thursday 06:00 Europe/Rome: consolidates every week with something new, also what an "
            "earlier run could not do."
        ),
        job=job,
        cron_schedule=THURSDAY_AT_SIX,
        execution_timezone="Europe/Rome",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def thursday_at_six(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        close_dead_runs(home, context.instance)
        batches = unpublished_batches(home, edition)
        return [_request(batch) for batch in batches] or dg.SkipReason(_NOTHING_NEW)

    return thursday_at_six


def landing_sensor(home: Home, edition: Edition, job: Any) -> dg.SensorDefinition:
    """A run for each unbroken range of weeks with something new, once for the same content."""

    @dg.sensor(
        name="landing",
        description=(
            "Looks at the landing: what was received is published at once. The same content never "
            "starts two runs; what a run could not do, Thursday's schedule takes up."
        ),
        job=job,
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def landing(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        signature = landing_signature(home, edition)
        if context.cursor == signature:
            return dg.SkipReason("Nothing arrived since the last look.")
        close_dead_runs(home, context.instance)
        if is_running(context.instance):
            # What arrives meanwhile is asked for when the run has ended, all of it in one run.
            return dg.SkipReason("A consolidation is running.")
        requests = [_request(batch) for batch in unpublished_batches(home, edition)]
        return dg.SensorResult(
            run_requests=requests, cursor=signature, skip_reason=None if requests else _NOTHING_NEW
        )

    return landing


def _request(batch: Batch) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=batch.content, tags={FIRST_WEEK: str(batch.first), LAST_WEEK: str(batch.last)}
    )
