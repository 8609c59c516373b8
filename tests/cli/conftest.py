"""What tests of the command share: running it, and a home with six weeks in it.

Lives here: fixtures for the command.
Must not live here: checks.
"""

from __future__ import annotations

import csv
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import run
from tests.making.samples import LAST_SIX_WEEKS, Sample, samples

COMMAND = [sys.executable, "-m", "pipelines.cli"]


@dataclass(frozen=True)
class Said:
    """What a run of the command ended with."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Regia = Callable[..., Said]


@pytest.fixture
def regia(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Regia:
    """Run the command in this process, in a home of the test's own unless `--home` is given."""

    def run_command(*arguments: str | Path) -> Said:
        words = [str(argument) for argument in arguments]
        if "--home" not in words:
            words += ["--home", str(tmp_path / "home")]
        capfd.readouterr()
        status = run(words)
        out, err = capfd.readouterr()
        return Said(status, out, err)

    return run_command


def run_apart(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [*COMMAND, *(str(argument) for argument in arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **settings},
    )


def write_manifest(path: Path, chosen: Iterable[Sample]) -> Path:
    """A manifest of some sample returns, beside which no file needs to stand."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["iso_week", "city", "files", "received_at"])
        for one in chosen:
            writer.writerow([one.iso_week, one.city, one.path, one.received_at.isoformat()])
    return path


def samples_of(*cities: str, weeks: Iterable[str] = ("2023-W40",)) -> list[Sample]:
    chosen = set(weeks)
    return [one for one in samples() if one.iso_week in chosen and (not cities or one.city in cities)]


@pytest.fixture(autouse=True, scope="module")
def begun_late(late_editions: Path) -> Iterator[None]:
    """The network began a week before the last six of the sample, for every test of the command.

    A consolidation computes each week since the beginning, whether anything came or not: this one takes a
    quarter of the time. Tests about the weeks before ask for `begun_as_it_did`.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("REGIA_EDITIONS", str(late_editions))
        yield


@pytest.fixture
def begun_as_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network began with the first week of the sample."""
    monkeypatch.delenv("REGIA_EDITIONS")


@pytest.fixture(scope="session")
def six_weeks(late_editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that took in the last six weeks and consolidated them; copy it before changing it."""
    # Tests run in several processes: the first makes the home, the others wait for it.
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home = shared / "six-weeks"
    with (shared / "six-weeks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            manifest = write_manifest(shared / "six-weeks.csv", samples_of(weeks=LAST_SIX_WEEKS))
            unfinished = tmp_path_factory.mktemp("six-weeks") / "home"
            for arguments in (["receive", "--manifest", manifest], ["consolidate"]):
                done = run_apart(*arguments, "--home", unfinished, REGIA_EDITIONS=str(late_editions))
                assert done.returncode == 0, done.stderr
            unfinished.rename(home)
    return home


@pytest.fixture
def six_weeks_copy(six_weeks: Path, tmp_path: Path) -> Path:
    """The home of six weeks, to be changed."""
    return Path(shutil.copytree(six_weeks, tmp_path / "six-weeks"))
