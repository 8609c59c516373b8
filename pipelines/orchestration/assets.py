"""The assets, one partition a week: what was judged, the warehouse, the published file.

Lives here: how a step of the consolidation is put to Dagster, and what it says of its result.
Must not live here: the step itself (`pipelines.consolidating`).
"""

# No `from __future__ import annotations` here: Dagster reads the type of `context` as it stands.

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import dagster as dg

from pipelines.consolidating import OnProgress, load_weeks, publish_weeks
from pipelines.home import Home
from schemas.contract import Edition
from schemas.fields import OBSERVATIONS_HISTORY, PUBLISHED_TABLES
from schemas.weeks import IsoWeek

Gate = Callable[[], AbstractContextManager[None]]
"""What a step holds while it works: the home's lock, or nothing where the caller holds it."""

JUDGED_RETURNS = "judged_returns"
WEEK_OBSERVATIONS = "week_observations"
PUBLISHED = "published"


def week_partitions(edition: Edition) -> dg.StaticPartitionsDefinition:
    """One partition a week of the edition, written 2023-W42."""
    return dg.StaticPartitionsDefinition([str(week) for week in edition.weeks])


def build_assets(
    home: Home, edition: Edition, gate: Gate, on_progress: OnProgress
) -> Sequence[dg.AssetSpec | dg.AssetsDefinition]:
    """The assets of one edition; their keys begin with its name, so that editions stand side by side."""
    weeks = week_partitions(edition)

    judged_returns = dg.AssetSpec(
        [edition.slug, JUDGED_RETURNS],
        description="The returns of a week with their verdicts, in `judged/`: made on arrival, not by a run.",
        partitions_def=weeks,
        group_name=edition.slug,
    )

    @dg.asset(
        name=WEEK_OBSERVATIONS,
        key_prefix=edition.slug,
        deps=[judged_returns],
        partitions_def=weeks,
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name=edition.slug,
        kinds={"duckdb"},
        description=f"The accepted returns of a week in `warehouse.duckdb`. {OBSERVATIONS_HISTORY.comment}",
    )
    def week_observations(context: dg.AssetExecutionContext) -> None:
        with gate():
            loaded = load_weeks(home, edition, _weeks_of(context), on_progress)
        for week in loaded:
            if str(week.week) in context.partition_keys:
                context.add_asset_metadata(
                    {
                        "returns": len(week.returns),
                        "cities": len(week.values_by_city),
                        "dagster/partition_row_count": sum(week.values_by_city.values()),
                    },
                    partition_key=str(week.week),
                )

    @dg.asset(
        name=PUBLISHED,
        key_prefix=edition.slug,
        deps=[week_observations],
        partitions_def=weeks,
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name=edition.slug,
        kinds={"duckdb"},
        description=(
            f"A week in `published/{edition.slug}.duckdb`, which holds "
            f"{', '.join(table.name for table in PUBLISHED_TABLES)}."
        ),
    )
    def published(context: dg.AssetExecutionContext) -> None:
        with gate():
            publication = publish_weeks(home, edition, _weeks_of(context), on_progress)
        context.add_asset_metadata({f"rows of {table}": rows for table, rows in publication.rows.items()})

    return (judged_returns, week_observations, published)


def _weeks_of(context: dg.AssetExecutionContext) -> tuple[IsoWeek, ...]:
    return tuple(IsoWeek.parse(key) for key in context.partition_keys)
