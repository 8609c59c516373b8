"""The last week alone with 41 weeks in place, from process start to published, beside its floor.

Lives here: the runs that are compared, and where their seconds go.
Must not live here: what the floor does (`tests.bench.floor`), longer histories (`tests.bench.growth`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from schemas.editions import PROJECT
from tests.bench.homes import LAST_WEEK, RETURNS, add_returns, copy_of, received_sample, returns_of
from tests.bench.timing import HEADING, REGIA, Rounds, Timed, timed

ROUNDS = 5
TARGET = 4.0

FLOOR = "the floor: empty graph, files read, rows inserted"
JUDGED = "the week was received and judged before"
LANDED = "the week was landed, not judged: read, judged too"


def measure() -> None:
    """Print the runs, each beside the floor, and their parts."""
    home, of_week = _prepared()
    graph = home.parent / "graph.json"
    graph.write_text(json.dumps(_graph(home, of_week)))
    files = [str(path) for path in sorted((RETURNS / LAST_WEEK).glob("*/v1/*"))]
    runs: dict[str, list[Timed]] = {FLOOR: [], JUDGED: [], LANDED: []}
    parts: dict[str, list[Mapping[str, float]]] = {JUDGED: [], LANDED: []}
    for _ in range(ROUNDS):
        runs[FLOOR].append(_floor(home, graph, files))
        for what in (JUDGED, LANDED):
            with copy_of(home) as copy:
                if what == LANDED:
                    for submission in of_week:
                        shutil.rmtree(copy / "judged" / submission)
                run = timed([*REGIA, "--home", str(copy), "consolidate"])
                runs[what].append(run)
                parts[what].append(_parts(run, copy))
    _print_runs({what: Rounds(of_what) for what, of_what in runs.items()}, len(files))
    _print_parts({what: _least(of_what) for what, of_what in parts.items()}, _import_seconds(home))


def _prepared() -> tuple[Path, list[str]]:
    """A home in which all weeks but the last are consolidated and all returns judged; the last week's."""
    sample, _ = received_sample()
    home = sample.with_name("all-but-the-last-week")
    weeks = returns_of(sample)
    of_week = [submission for submission, week in weeks.items() if week == LAST_WEEK]
    add_returns(sample, home, [submission for submission in weeks if submission not in of_week])
    timed([*REGIA, "--home", str(home), "consolidate", "--all"])
    add_returns(sample, home, of_week)
    return home, of_week


def _graph(home: Path, of_week: Sequence[str]) -> dict[str, Any]:
    """The product's graph, the week to run it for, and a city for every event of `returns`."""
    shape = _asked("shape", {"REGIA_HOME": str(home)})
    verdicts = [json.loads((home / "judged" / one / "verdict.json").read_bytes()) for one in of_week]
    return {**shape, "week": LAST_WEEK, "events": [verdict["city"] for verdict in verdicts]}


def _floor(home: Path, graph: Path, files: Sequence[str]) -> Timed:
    folder = home.with_name("floor")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(home / "dagster", folder / "dagster")
    return timed([sys.executable, "-m", "tests.bench.floor", str(graph), str(folder), *files])


def _print_runs(runs: Mapping[str, Rounds], files: int) -> None:
    floor = runs[FLOOR]
    print(f"the last week alone ({files} returns) with 41 weeks in place, process start to published")
    print(f"target {TARGET:.0f} s; {ROUNDS} rounds, one after the other in each")
    print(f"  {'':<50} {HEADING}   over the floor (least, median, processor)")
    for what, of_what in runs.items():
        times = (
            of_what.least / floor.least,
            of_what.median / floor.median,
            of_what.processor / floor.processor,
        )
        print(f"  {what:<50} {of_what}   " + " ".join(f"{ratio:6.2f}" for ratio in times))


# --- where the seconds go

BEFORE, BETWEEN, AFTER = "before Dagster's run", "Dagster's run but its steps", "after it, to exit"


def _parts(run: Timed, home: Path) -> Mapping[str, float]:
    """The seconds of a run as Dagster's own record tells them."""
    record = _asked("steps", {}, str(home))
    began, ended = record["run"]
    steps = {f"  step {name}": end - start for name, (start, end) in record["steps"].items()}
    return {
        BEFORE: began - run.began_at,
        **steps,
        BETWEEN: ended - began - sum(steps.values()),
        AFTER: run.began_at + run.seconds - ended,
    }


def _least(parts: Sequence[Mapping[str, float]]) -> Mapping[str, float]:
    by_name: dict[str, list[float]] = defaultdict(list)
    for of_run in parts:
        for name, seconds in of_run.items():
            by_name[name].append(seconds)
    return {name: min(seconds) for name, seconds in by_name.items()}


def _print_parts(parts: Mapping[str, Mapping[str, float]], imports: float) -> None:
    judged, landed = parts[JUDGED], parts[LANDED]
    print("\nwhere the seconds go, the least of each             judged before   landed only")
    for name in landed:
        print(f"  {name:<50} {judged.get(name, 0):8.2f} s    {landed[name]:8.2f} s")
    reading = landed[BEFORE] - judged[BEFORE]
    print(f"  of which reading and judging, by the difference    {'':>10}    {reading:8.2f} s")
    print(f"  of which imports, wherever they stand (once, -X importtime)   {imports:4.2f} s")


def _import_seconds(home: Path) -> float:
    """What all imports of a run take by themselves, told by the interpreter in a run of its own."""
    with copy_of(home) as copy:
        command = [sys.executable, "-X", "importtime", *REGIA[1:], "--home", str(copy), "consolidate"]
        told = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True, text=True).stderr
    return sum(int(own) for own in re.findall(r"(?m)^import time: +(\d+) \|", told)) / 1e6


def _asked(question: str, environment: Mapping[str, str], *words: str) -> Any:
    """What `tests.bench.graph` answers, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.graph", question, *words]
    answer = subprocess.run(
        command, cwd=PROJECT, capture_output=True, check=True, env={**os.environ, **environment}
    )
    return json.loads(answer.stdout)
