"""What Dagster loads: the assets of an edition and the weekly job.

Lives here: putting the parts together by argument, and choosing them for `dagster dev`.
Must not live here: the assets (`pipelines.orchestration.assets`), running (`pipelines.orchestration.runs`).
"""

from __future__ import annotations

import os
import warnings

import dagster as dg

from pipelines.consolidating import OnProgress, no_progress
from pipelines.home import Home
from pipelines.orchestration.assets import Gate, build_assets
from schemas.contract import Edition
from schemas.editions import DEFAULT_EDITION, find_edition, load_edition

WEEKLY_CONSOLIDATION = "weekly_consolidation"


def build_defs(
    home: Home, edition: Edition, gate: Gate | None = None, on_progress: OnProgress = no_progress
) -> dg.Definitions:
    """The definitions of one edition in one home.

    gate: what a step holds while it works; the home's lock if none is given.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # BackfillPolicy, by which one run takes many weeks
        assets = build_assets(home, edition, gate or home.consolidating, on_progress)
    return dg.Definitions(
        assets=assets,
        jobs=[dg.define_asset_job(WEEKLY_CONSOLIDATION, selection=dg.AssetSelection.groups(edition.slug))],
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """For `dagster dev`: the home and edition that `$REGIA_HOME` and `$REGIA_EDITION` name."""
    slug = os.environ.get("REGIA_EDITION") or DEFAULT_EDITION
    return build_defs(Home.find(None), load_edition(find_edition(slug)))
