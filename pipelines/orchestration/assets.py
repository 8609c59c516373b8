"""The assets, one partition a week: what came, the warehouse, the published file, the bulletin.

Lives here: how a step of the consolidation is put to Dagster, and what it says of its result.
Must not live here: the step itself (`pipelines.consolidating`); a step is load, one function, metadata.
"""

# No `from __future__ import annotations` here: Dagster reads the type of `context` as it stands.

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg

from pipelines.clock import now
from pipelines.orchestration.checks import check_results, city_checks
from pipelines.orchestration.columns import column_metadata
from pipelines.orchestration.markdown import counts_table
from pipelines.orchestration.returns import RETURNS, events_of, return_partitions
from pipelines.orchestration.steps import Steps, Weeks
from schemas.contract import Edition
from schemas.fields import (
    INDICATORS,
    OBSERVATIONS,
    OBSERVATIONS_HISTORY,
    PUBLISHED_TABLES,
    SUBMISSIONS,
    Table,
)
from schemas.weeks import IsoWeek

WEEK_OBSERVATIONS = "week_observations"
INDICATORS_OF_WEEKS = "indicators"
PUBLISHED = "published"
BULLETIN = "bulletin"
STEPS = (WEEK_OBSERVATIONS, INDICATORS_OF_WEEKS, PUBLISHED, BULLETIN)
"""What a run makes, in this order."""

WeekAsset = Callable[[Callable[..., Any]], dg.AssetsDefinition]


def week_partitions(edition: Edition) -> dg.StaticPartitionsDefinition:
    """One partition a week of the edition, written 2023-W42."""
    return dg.StaticPartitionsDefinition([str(week) for week in edition.weeks])


def build_assets(edition: Edition, steps: Steps) -> Sequence[dg.AssetSpec | dg.AssetsDefinition]:
    """The assets of one edition; their keys begin with its name, so that editions stand side by side."""
    weeks = week_partitions(edition)

    def of_each_week(
        name: str,
        description: str,
        tables: Sequence[Table],
        kinds: set[str],
        deps: Sequence[dg.AssetDep | dg.AssetsDefinition],
        check_specs: Sequence[dg.AssetCheckSpec] = (),
    ) -> WeekAsset:
        """What holds for every asset that runs: a partition a week, and one run for many weeks."""
        return dg.asset(
            name=name,
            key_prefix=edition.slug,
            group_name=edition.slug,
            description=description,
            metadata=column_metadata(*tables) if tables else {},
            kinds=kinds,
            deps=deps,
            check_specs=check_specs,
            partitions_def=weeks,
            backfill_policy=dg.BackfillPolicy.single_run(),
        )

    returns = dg.AssetSpec(
        [edition.slug, RETURNS],
        description=(
            f"{SUBMISSIONS.comment}\n\nWho sent what, city by week: a materialization is a return that was "
            "accepted, an observation one that was refused, an empty partition a city that sent nothing. "
            "Returns are judged on arrival, not by a run."
        ),
        metadata=column_metadata(SUBMISSIONS),
        kinds={"excel", "csv"},
        partitions_def=return_partitions(edition, weeks),
        group_name=edition.slug,
    )
    checked = dg.AssetKey([edition.slug, WEEK_OBSERVATIONS])

    @of_each_week(
        WEEK_OBSERVATIONS,
        f"{OBSERVATIONS_HISTORY.comment}\n\n"
        "The accepted returns of a week, harmonised, in `warehouse.duckdb`. Each city has a check: what to "
        "call it about.",
        tables=(OBSERVATIONS_HISTORY,),
        kinds={"duckdb"},
        deps=[dg.AssetDep(returns, partition_mapping=dg.MultiToSingleDimensionPartitionMapping("week"))],
        check_specs=city_checks(edition, checked),
    )
    def week_observations(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        chosen = _weeks_of(context)
        loaded = [week for week in steps.load(chosen) if week.week in chosen]
        for week in loaded:
            for event in events_of(week, edition):
                context.log_event(event)
            context.add_asset_metadata(
                {
                    "returns": len(week.returns),
                    "cities with a valid return": len(week.values_by_city),
                    "dagster/partition_row_count": sum(week.values_by_city.values()),
                },
                partition_key=str(week.week),
            )
        results = check_results(edition, loaded, steps.acts(), checked, now())
        yield dg.MaterializeResult(check_results=list(results))

    @of_each_week(
        INDICATORS_OF_WEEKS,
        f"{INDICATORS.comment}\n\n"
        "A run computes those of the week, its month, its quarter and the edition to date; the formulas are "
        "data of the edition.",
        tables=(INDICATORS,),
        kinds={"duckdb"},
        deps=[week_observations],
    )
    def indicators(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        computed = steps.compute(_weeks_of(context))
        return dg.MaterializeResult(
            metadata={
                "weeks computed": len(computed.weeks),
                "periods computed": len(computed.periods),
                "rows computed": computed.rows,
            }
        )

    @of_each_week(
        PUBLISHED,
        f"{OBSERVATIONS.comment}\n\n"
        f"A week in `published/{edition.slug}.duckdb`, the file that analysts open. Its tables: "
        f"{', '.join(table.name for table in PUBLISHED_TABLES)}.",
        tables=(OBSERVATIONS, *(table for table in PUBLISHED_TABLES if table is not OBSERVATIONS)),
        kinds={"duckdb"},
        deps=[indicators],
    )
    def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        publication = steps.publish(_weeks_of(context))
        return dg.MaterializeResult(
            metadata={
                "weeks replaced": len(publication.weeks),
                "dagster/row_count": publication.rows[OBSERVATIONS.name],
                "rows": dg.MetadataValue.md(counts_table(("table", "rows"), publication.rows)),
            }
        )

    @of_each_week(
        BULLETIN,
        "One page is the national bulletin of a week.\n\n"
        f"In `reports/{edition.slug}/`, made from the published file: what happened, the indicators beside "
        "those of the week before, the board city by week. A week that moved makes its own bulletin and all "
        "later ones anew.",
        tables=(),
        kinds={"html"},
        deps=[published],
    )
    def bulletin(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        written = steps.report(_weeks_of(context))
        for path in written:
            for week in context.partition_keys:
                if week in path.stem:
                    context.add_asset_metadata({"page": dg.MetadataValue.path(path)}, partition_key=week)
        return dg.MaterializeResult(metadata={"pages written": len(written)})

    return (returns, week_observations, indicators, published, bulletin)


def _weeks_of(context: dg.AssetExecutionContext) -> Weeks:
    return tuple(IsoWeek.parse(key) for key in context.partition_keys)
