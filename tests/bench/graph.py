"""The product's Dagster graph as the benchmarks need it: its shape, its store, what its last run took.

Lives here: all that the benchmarks ask `pipelines.orchestration` for.
Must not live here: measuring; the graph with empty bodies (`tests.bench.floor`).

    python -m tests.bench.graph shape          the graph of $REGIA_HOME and $REGIA_EDITION
    python -m tests.bench.graph steps HOME     when the steps of the home's last run began and ended
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.home import Home
from pipelines.orchestration.records import dagster_instance


def open_instance(root: Path) -> dg.DagsterInstance:
    """Dagster's store in a home, with the project's settings."""
    return dagster_instance(Home(root))


def shape() -> dict[str, Any]:
    """Assets with what they depend on, how they are parted and checked."""
    from pipelines.orchestration.definitions import defs

    graph = defs().resolve_asset_graph()
    weeks: list[str] = []
    cities: list[str] = []
    assets = {}
    for key in graph.toposorted_asset_keys:
        node = graph.get(key)
        match node.partitions_def:
            case dg.MultiPartitionsDefinition() as parts:
                cities = list(parts.get_partitions_def_for_dimension("city").get_partition_keys())
                kind = "city and week"
            case dg.StaticPartitionsDefinition() as parts:
                weeks = list(parts.get_partition_keys())
                kind = "week"
            case None:
                kind = "none"
            case other:
                raise SystemExit(f"{key} is parted by {other}, which tests.bench.floor does not know")
        assets["/".join(key.path)] = {
            "is_made": node.is_executable,
            "deps": ["/".join(parent.path) for parent in sorted(node.parent_keys)],
            "parts": kind,
            "checks": sorted(check.name for check in node.check_keys),
        }
    return {"weeks": weeks, "cities": cities, "assets": assets}


def steps(root: Path) -> dict[str, Any]:
    """The last run: when it began and ended, and each of its steps, in seconds of the clock."""
    with open_instance(root) as instance:
        record = instance.get_run_records(limit=1)[0]
        of_steps = instance.get_run_step_stats(record.dagster_run.run_id)
    return {
        "run": [record.start_time, record.end_time],
        "steps": {
            step.step_key.split("__")[-1]: [step.start_time, step.end_time]
            for step in sorted(of_steps, key=lambda step: step.start_time)
        },
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["shape"]:
            print(json.dumps(shape()))
        case ["steps", home]:
            print(json.dumps(steps(Path(home))))
        case other:
            raise SystemExit(f"shape, or steps HOME; not {other}")
