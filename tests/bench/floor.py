"""The floor: what a week's run cannot do without, and nothing else.

Lives here: the same Dagster graph with empty bodies, reading the week's files, inserting their rows as text.
Must not live here: reading, judging, loading or publishing as regia does them.

    python -m tests.bench.floor GRAPH.json FOLDER FILE...
"""

# No `from __future__ import annotations` here: Dagster reads the type of `context` as it stands.

import csv
import io
import json
import sys
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import python_calamine

from tests.bench.graph import open_instance

Rows = tuple[str, str, list[list[str]]]
"""File, sheet, rows."""

JOB = "floor"


def main(graph: Mapping[str, Any], folder: Path, files: list[Path]) -> None:
    """Run the graph for its week in Dagster's own store; read the files; insert what stands in them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        job = definitions(graph).resolve_job_def(JOB)
    week = graph["week"]
    with open_instance(folder) as instance:
        job.execute_in_process(
            instance=instance,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags={"dagster/asset_partition_range_start": week, "dagster/asset_partition_range_end": week},
        )
    database = folder / "floor.duckdb"
    database.unlink(missing_ok=True)
    insert_rows(database, [rows for file in files for rows in read_file(file.name, file.read_bytes())])


def definitions(graph: Mapping[str, Any]) -> dg.Definitions:
    """Assets, checks and partitions as in the product's graph; the bodies do nothing."""
    weeks = dg.StaticPartitionsDefinition(graph["weeks"])
    by_city = dg.MultiPartitionsDefinition(
        {"city": dg.StaticPartitionsDefinition(graph["cities"]), "week": weeks}
    )
    parts = {"week": weeks, "city and week": by_city, "none": None}
    assets = {
        name: dg.AssetSpec(name.split("/"), partitions_def=parts[asset["parts"]])
        for name, asset in graph["assets"].items()
    }
    made = [
        _empty(name, asset, assets, parts[asset["parts"]], graph)
        for name, asset in graph["assets"].items()
        if asset["is_made"]
    ]
    outside = [assets[name] for name, asset in graph["assets"].items() if not asset["is_made"]]
    job = dg.define_asset_job(JOB, selection=dg.AssetSelection.assets(*(one.key for one in made)))
    return dg.Definitions(assets=[*outside, *made], jobs=[job], executor=dg.in_process_executor)


def _empty(
    name: str,
    asset: Mapping[str, Any],
    assets: Mapping[str, dg.AssetSpec],
    parts: dg.PartitionsDefinition | None,
    graph: Mapping[str, Any],
) -> dg.AssetsDefinition:
    key = dg.AssetKey(name.split("/"))
    told = [one for one in asset["deps"] if not graph["assets"][one]["is_made"]]

    @dg.asset(
        key=key,
        deps=[_dependency(assets[one], graph["assets"][one]) for one in asset["deps"]],
        check_specs=[dg.AssetCheckSpec(check, asset=key) for check in asset["checks"]],
        partitions_def=parts,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def empty(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        for outside in told:
            for city in graph["events"]:
                partition = dg.MultiPartitionKey({"city": city, "week": graph["week"]})
                context.log_event(dg.AssetMaterialization(outside.split("/"), partition=partition))
        checks = [dg.AssetCheckResult(check_name=one, asset_key=key, passed=True) for one in asset["checks"]]
        yield dg.MaterializeResult(check_results=checks)

    return empty


def _dependency(on: dg.AssetSpec, asset: Mapping[str, Any]) -> dg.AssetDep:
    if asset["parts"] == "city and week":
        return dg.AssetDep(on, partition_mapping=dg.MultiToSingleDimensionPartitionMapping("week"))
    return dg.AssetDep(on)


def read_file(name: str, data: bytes) -> Iterator[Rows]:
    """All rows of all sheets; of a zip, of all files in it."""
    match Path(name).suffix.lower():
        case ".csv":
            text = data.decode("latin-1")
            yield name, "", list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text else ","))
        case ".zip":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for inside in archive.namelist():
                    yield from read_file(inside, archive.read(inside))
        case _:
            workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            for sheet in workbook.sheet_names:
                rows = workbook.get_sheet_by_name(sheet).to_python()
                yield name, sheet, [[str(cell) for cell in row] for row in rows]


def insert_rows(database: Path, sheets: list[Rows]) -> None:
    """Every row as text, in one table of a new file."""
    rows = [
        (name, sheet, number, "\t".join(row))
        for name, sheet, found in sheets
        for number, row in enumerate(found, start=1)
    ]
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE TABLE rows (file VARCHAR, sheet VARCHAR, number INTEGER, content VARCHAR)")
        connection.execute(
            "INSERT INTO rows SELECT unnest($1), unnest($2), unnest($3), unnest($4)",
            [list(column) for column in zip(*rows, strict=True)],
        )


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]), [Path(file) for file in sys.argv[3:]])
