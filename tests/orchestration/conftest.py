"""What tests of the orchestration share: three cities' judged returns, and Dagster's record of their runs.

Lives here: a home with the invented edition, and reading what a run left in Dagster's record.
Must not live here: checks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dagster as dg
import pytest

from pipelines.home import Home
from pipelines.orchestration.definitions import build_defs
from pipelines.orchestration.records import dagster_instance
from pipelines.orchestration.steps import steps_within
from schemas.contract import Edition
from tests.warehouse.judged_folders import invented_edition

EDITION = invented_edition()
AFTER_W41 = dt.datetime.fromisoformat("2023-10-19T06:00:00+02:00")
"""The Thursday after 2023-W41: its deadline has passed."""


@dataclass(frozen=True)
class Record:
    """What Dagster holds of a home's runs, as its page shows it."""

    instance: dg.DagsterInstance

    def materialized(self, asset: str = "prova/returns") -> list[dg.AssetMaterialization]:
        """The materializations of an asset, in the order in which they were logged."""
        records = self.instance.fetch_materializations(
            dg.AssetKey(asset.split("/")), limit=2000, ascending=True
        )
        return [record.asset_materialization for record in records.records if record.asset_materialization]

    def observed(self, asset: str = "prova/returns") -> list[dg.AssetObservation]:
        """The observations of an asset, in the order in which they were logged."""
        records = self.instance.fetch_observations(dg.AssetKey(asset.split("/")), limit=2000, ascending=True)
        return [record.asset_observation for record in records.records if record.asset_observation]

    def checks(self) -> dict[str, dg.AssetCheckEvaluation]:
        """City -> the last result of its check."""
        found: dict[str, dg.AssetCheckEvaluation] = {}
        for run in reversed(self.instance.get_runs()):
            for entry in self.instance.all_logs(
                run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
            ):
                assert entry.dagster_event
                evaluation = entry.dagster_event.asset_check_evaluation_data
                found[evaluation.check_name] = evaluation
        return found

    def statuses(self) -> list[str]:
        """Of all runs, the first one first."""
        return [run.status.value for run in reversed(self.instance.get_runs())]


def told(event: dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckEvaluation) -> dict[str, object]:
    """The metadata of an event as plain values."""
    return {name: value.value for name, value in event.metadata.items()}


@pytest.fixture
def record(home: Home) -> Iterator[Record]:
    """The record of the test's home."""
    with dagster_instance(home) as instance:
        yield Record(instance)


BuildDefs = Callable[..., dg.Definitions]


@pytest.fixture
def definitions(home: Home) -> BuildDefs:
    """The definitions of the test's home, that judge nothing and take no lock."""

    def build(edition: Edition = EDITION) -> dg.Definitions:
        return build_defs(home, edition, steps_within(home, edition))

    return build
