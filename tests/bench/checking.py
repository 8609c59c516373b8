"""`regia check` with 41 weeks in place: as a command, in a warm process, and of files that are all wrong.

Lives here: what the answer to one return takes on five layouts, beside its targets.
Must not live here: receiving, or reading and judging alone (`tests.bench.layouts`).
"""

from __future__ import annotations

import datetime as dt
import functools
import gc
import re
import subprocess
import sys
import time
from pathlib import Path

from pipelines.acts import Acts
from pipelines.home import Home
from pipelines.judged import JudgedReturns
from pipelines.judging.context import Contract
from pipelines.judging.contract import load_contract
from pipelines.judging.judge import judge_return
from pipelines.resubmission import resubmission_of
from schemas.editions import DEFAULT_EDITION, PROJECT, find_edition
from sources.landing import sha256_of
from sources.reading.reader import ChildReader, SourceFile
from tests.bench.homes import LAST_WEEK, add_returns, received_sample, returns_of
from tests.bench.timing import REGIA, Rounds, Timed, timed
from tests.making.breaking import broken_everywhere
from tests.making.samples import Sample, sample

CITIES = ("latina", "torino", "genova", "palermo", "bolzano")
ROUNDS = 5
WARM_ROUNDS = 15


def measure() -> None:
    """Print what a check takes on each layout."""
    home = _before_the_last_week()
    imports = home.parent / "imports.py"
    imports.write_text(_imports_of(home))
    _measure_command(home, imports)
    with ChildReader() as reader:
        contract = load_contract(find_edition(DEFAULT_EDITION))
        _measure_warm(home, contract, reader)
        _measure_all_wrong(home, imports, contract, reader)


@functools.cache
def _before_the_last_week() -> Path:
    received, _ = received_sample()
    home = received.with_name("before-the-last-week")
    weeks = returns_of(received)
    add_returns(received, home, [submission for submission, week in weeks.items() if week != LAST_WEEK])
    return home


def _check(home: Path, file: Path, *more: str) -> list[str]:
    return [*REGIA, "--home", str(home), "check", str(file), *more]


def _imports_of(home: Path) -> str:
    """A script that imports, one after the other, what a check imports."""
    command = [sys.executable, "-X", "importtime", *_check(home, sample(CITIES[0]).path)[1:]]
    told = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True, text=True).stderr
    names = re.findall(r"(?m)^import time: +\d+ \| +\d+ \| +(\S+)$", told)
    modules = [name for name in names if all(part.isidentifier() for part in name.split("."))]
    return "import importlib, contextlib\n" + "".join(
        f"with contextlib.suppress(ImportError): importlib.import_module({name!r})\n" for name in modules
    )


def _measure_command(home: Path, imports: Path) -> None:
    floor: list[Timed] = []
    runs: dict[str, list[Timed]] = {city: [] for city in CITIES}
    for _ in range(ROUNDS):
        floor.append(timed([sys.executable, str(imports)], {"PYTHONPATH": str(PROJECT)}))
        for city in CITIES:
            runs[city].append(timed(_check(home, sample(city).path)))
    least = Rounds(floor).least
    print(f"one return checked by a command, {ROUNDS} rounds   (target: 1 s beyond the imports)")
    print(f"  {'the interpreter and the same imports':<40} {least:6.2f} s")
    for city, of_city in runs.items():
        rounds = Rounds(of_city)
        print(f"  {city:<40} {rounds.least:6.2f} s   beyond the imports {rounds.least - least:5.2f} s")


def _measure_warm(home: Path, contract: Contract, reader: ChildReader) -> None:
    gc.set_threshold(100_000, 20, 20)  # as the command has it
    returns = JudgedReturns.load(Home(home).judged, contract.edition)
    print(f"\none return checked in a warm process, the least of {WARM_ROUNDS}   (target 150 ms)")
    for city in CITIES:
        least = min(_warm(sample(city), contract, reader, returns) for _ in range(WARM_ROUNDS + 1))
        print(f"  {city:<40} {least * 1000:6.0f} ms")


def _warm(given: Sample, contract: Contract, reader: ChildReader, returns: JudgedReturns) -> float:
    file = SourceFile(given.name, given.data)
    began = time.perf_counter()
    sha256 = sha256_of((file,))
    judgement = judge_return(
        reader.read([file]),
        contract,
        file=given.name,
        sha256=sha256,
        received_at=given.received_at,
        pasts=returns.before(given.received_at, "-"),
    )
    resubmission_of(judgement, sha256, returns, Acts(), contract.edition)
    seconds = time.perf_counter() - began
    assert judgement.status != "rejected", judgement.findings
    return seconds


def _measure_all_wrong(home: Path, imports: Path, contract: Contract, reader: ChildReader) -> None:
    returns = JudgedReturns.load(Home(home).judged, contract.edition)
    print("\na file in which every cell is wrong, checked by a command   (target 3 s, report under 2 MB)")
    for city in CITIES:
        given = sample(city)
        judgement = judge_return(
            reader.read([SourceFile(given.name, given.data)]),
            contract,
            file=given.name,
            sha256=given.sha256,
            received_at=given.received_at,
            pasts=returns.before(given.received_at + dt.timedelta(seconds=1), "-"),
        )
        path = imports.with_name(f"wrong-{given.name}")
        path.write_bytes(broken_everywhere(city, judgement))
        copy = path.with_suffix(".checked.xlsx")
        began = time.perf_counter()
        said = subprocess.run(
            _check(home, path, "--annotated", str(copy)), cwd=PROJECT, capture_output=True, check=False
        )
        seconds = time.perf_counter() - began
        assert said.returncode == 1, said.stderr
        lines, size = len(said.stdout.splitlines()), copy.stat().st_size
        print(f"  {city:<40} {seconds:6.2f} s   {lines} lines on the terminal, its copy {size / 1e3:.0f} kB")
