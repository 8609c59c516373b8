"""What Dagster loads: the graph, its partitions, checks, schedule and sensor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.home import Home
from pipelines.orchestration.definitions import build_defs, defs
from pipelines.orchestration.steps import steps_within
from schemas.contract import Edition
from schemas.editions import PROJECT, find_edition, load_edition
from schemas.fields import PUBLISHED_TABLES
from tests.making.editions import MINIMAL
from tests.orchestration.conftest import EDITION

WEEKS = [f"2023-W{number}" for number in range(40, 53)]
CITIES = ["ancona", "napoli", "como"]


def built(edition: Edition) -> dg.Definitions:
    home = Home(Path("nowhere"))
    return build_defs(home, edition, steps_within(home, edition))


def snapshot_of(definitions: dg.Definitions) -> dict[str, Any]:
    """What a change of the graph shows in."""
    graph = definitions.resolve_asset_graph()
    repository = definitions.get_repository_def()
    return {
        "assets": {
            node.key.to_user_string(): {
                "after": sorted(key.to_user_string() for key in node.parent_keys),
                "made by a step": node.is_materializable,
                "group": node.group_name,
                "kinds": sorted(node.kinds),
                "one run for many weeks": node.backfill_policy == dg.BackfillPolicy.single_run(),
                "partitions": _partitions(node.partitions_def),
            }
            for node in graph.asset_nodes
        },
        "checks": sorted(f"{key.asset_key.to_user_string()}: {key.name}" for key in graph.asset_check_keys),
        "blocking checks": [key.name for key in graph.asset_check_keys if graph.get(key).blocking],
        "jobs": {
            job.name: sorted(key.to_user_string() for key in job.asset_layer.selected_asset_keys)
            for job in repository.get_all_jobs()
            if not job.name.startswith("__")
        },
        "schedules": [
            (one.name, one.cron_schedule, one.execution_timezone, one.default_status.value, one.job_name)
            for one in repository.schedule_defs
        ],
        "sensors": [
            (one.name, one.minimum_interval_seconds, one.default_status.value, one.job_name)
            for one in repository.sensor_defs
        ],
        "executor": definitions.executor,
    }


def _partitions(definition: dg.PartitionsDefinition[Any] | None) -> object:
    if isinstance(definition, dg.MultiPartitionsDefinition):
        return {
            dimension.name: list(dimension.partitions_def.get_partition_keys())
            for dimension in definition.partitions_defs
        }
    return list(definition.get_partition_keys()) if definition else None


def of_each_week(*after: str, kind: str = "duckdb") -> dict[str, object]:
    return {
        "after": list(after),
        "made by a step": True,
        "group": "prova",
        "kinds": [kind],
        "one run for many weeks": True,
        "partitions": WEEKS,
    }


def test_the_graph_is_what_we_think() -> None:
    assert snapshot_of(built(EDITION)) == {
        "assets": {
            "prova/returns": {
                "after": [],
                "made by a step": False,
                "group": "prova",
                "kinds": ["csv", "excel"],
                "one run for many weeks": False,
                "partitions": {"city": CITIES, "week": WEEKS},
            },
            "prova/week_observations": of_each_week("prova/returns"),
            "prova/indicators": of_each_week("prova/week_observations"),
            "prova/published": of_each_week("prova/indicators"),
            "prova/bulletin": of_each_week("prova/published", kind="html"),
        },
        "checks": sorted(f"prova/week_observations: {city}" for city in CITIES),
        "blocking checks": [],
        "jobs": {
            "weekly_consolidation": [
                "prova/bulletin",
                "prova/indicators",
                "prova/published",
                "prova/week_observations",
            ],
        },
        "schedules": [
            ("thursday_at_six", "0 6 * * 4", "Europe/Rome", "RUNNING", "weekly_consolidation"),
        ],
        "sensors": [("landing", 10, "RUNNING", "weekly_consolidation")],
        "executor": dg.in_process_executor,
    }


def test_a_week_of_observations_depends_on_that_week_of_every_city() -> None:
    graph = built(EDITION).resolve_asset_graph()
    week, returns = dg.AssetKey(["prova", "week_observations"]), dg.AssetKey(["prova", "returns"])
    mapping = graph.get_partition_mapping(week, returns)
    upstream = mapping.get_upstream_mapped_partitions_result_for_partitions(
        graph.get(week).partitions_def.subset_with_partition_keys(["2023-W42"]),
        graph.get(week).partitions_def,
        graph.get(returns).partitions_def,
    )
    keys = set(upstream.partitions_subset.get_partition_keys())
    assert keys == {f"{city}|2023-W42" for city in CITIES}


def test_every_asset_says_what_one_row_is_and_has_columns_with_descriptions() -> None:
    for node in built(EDITION).resolve_asset_graph().asset_nodes:
        assert node.description is not None
        if node.key.path[-1] == "bulletin":
            assert node.description.startswith("One page is ")
            continue
        assert node.description.startswith("One row is "), node.key
        schemas = [value for value in node.metadata.values() if isinstance(value, dg.TableSchema)]
        assert schemas and "dagster/column_schema" in node.metadata, node.key
        assert all(column.description for schema in schemas for column in schema.columns), node.key


def test_the_published_asset_shows_every_published_table() -> None:
    node = built(EDITION).resolve_asset_graph().get(dg.AssetKey(["prova", "published"]))
    shown = {name.removeprefix("columns of ") for name in node.metadata} - {"dagster/column_schema"}
    assert shown == {table.name for table in PUBLISHED_TABLES} - {"observations"}
    names = [column.name for column in node.metadata["columns of findings"].columns]
    assert names[:3] == ["submission_id", "finding", "rule"]


def test_dagster_finds_the_built_in_edition(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REGIA_HOME", str(tmp_path))
    graph = defs().resolve_asset_graph()
    assert {key.to_user_string() for key in graph.get_all_asset_keys()} == {
        f"lgnet2/{name}" for name in ("returns", "week_observations", "indicators", "published", "bulletin")
    }
    assert len(graph.asset_check_keys) == 16
    assert list(tmp_path.iterdir()) == []


def test_dagster_finds_an_edition_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REGIA_HOME", str(tmp_path))
    monkeypatch.setenv("REGIA_EDITIONS", str(MINIMAL.parent))
    monkeypatch.setenv("REGIA_EDITION", "minimal")
    snapshot = snapshot_of(defs())
    slugs = load_edition(find_edition("minimal")).city_slugs
    assert snapshot["checks"] == sorted(f"minimal/week_observations: {slug}" for slug in slugs)
    assert all(name.startswith("minimal/") for name in snapshot["assets"])


def test_the_settings_at_the_root_are_those_that_are_used() -> None:
    root, used = PROJECT / "dagster.yaml", PROJECT / "pipelines" / "orchestration" / "dagster.yaml"
    assert root.read_bytes() == used.read_bytes()
