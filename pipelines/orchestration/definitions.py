"""What Dagster loads: the assets of an edition, the weekly job, and what starts it.

Lives here: putting the parts together by argument, and choosing them for Dagster's page and daemon.
Must not live here: the parts (`.assets`, `.steps`, `.triggers`), running (`pipelines.orchestration.runs`).
"""

from __future__ import annotations

import os
import warnings

import dagster as dg

from pipelines.home import Home
from pipelines.orchestration.assets import STEPS, build_assets
from pipelines.orchestration.steps import Steps, steps_alone
from pipelines.orchestration.triggers import landing_sensor, thursday_schedule
from schemas.contract import Edition
from schemas.editions import DEFAULT_EDITION, EditionFolders, find_edition, load_edition

WEEKLY_CONSOLIDATION = "weekly_consolidation"


def build_defs(home: Home, edition: Edition, steps: Steps) -> dg.Definitions:
    """The definitions of one edition in one home, whose assets do these steps."""
    with warnings.catch_warnings():
        # BackfillPolicy, by which one run takes many weeks, and the mapping from city x week to week.
        warnings.simplefilter("ignore", dg.BetaWarning)
        assets = build_assets(edition, steps)
    job = dg.define_asset_job(
        WEEKLY_CONSOLIDATION,
        selection=dg.AssetSelection.assets(*([edition.slug, name] for name in STEPS)),
        description="Brings weeks up to what was received and judged, and publishes them.",
    )
    return dg.Definitions(
        assets=assets,
        jobs=[job],
        schedules=[thursday_schedule(home, edition, job)],
        sensors=[landing_sensor(home, edition, job)],
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """For Dagster's page and daemon: the home and edition that `$REGIA_HOME` and `$REGIA_EDITION` name."""
    folders = find_edition(os.environ.get("REGIA_EDITION") or DEFAULT_EDITION)
    home, edition = Home.find(None), load_edition(folders)
    return build_defs(home, edition, steps_alone(home, edition, lambda: _judge_landed(home, folders)))


def _judge_landed(home: Home, folders: EditionFolders) -> None:
    from pipelines.judging.contract import load_contract
    from pipelines.weekly import judge_what_is_missing

    judge_what_is_missing(home, load_contract(folders))
