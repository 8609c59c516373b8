"""`regia dev` as a process: it opens, consolidates by itself what arrives, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.home import Home
from pipelines.orchestration.records import dagster_instance
from tests.making.editions import MINIMAL
from tests.making.minimal import borgo_alto

pytestmark = pytest.mark.whole

COMMAND = [sys.executable, "-m", "pipelines.cli"]
IN_BACKGROUND = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
"""As a script starts it with `&`: SIGINT is ignored from the beginning."""


@dataclass
class Page:
    """A `regia dev` under way."""

    process: subprocess.Popen[str]
    home: Home
    port: int

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Its exit status and last words."""
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=90)
        return self.process.returncode, out


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def processes_of(home: Home) -> list[str]:
    """The command lines of all processes that were started for this home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"REGIA_HOME={home.root}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def until(happened: Callable[[], bool], seconds: float) -> None:
    give_up_at = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < give_up_at, "it did not happen"
        time.sleep(0.2)


@pytest.fixture
def settings(home: Home) -> dict[str, str]:
    return {
        **os.environ,
        "REGIA_HOME": str(home.root),
        "REGIA_EDITION": "minimal",
        "REGIA_EDITIONS": str(MINIMAL.parent),
    }


@pytest.fixture
def opened(home: Home, settings: dict[str, str]) -> Iterator[Callable[..., Page]]:
    """Opens pages; ends those that a test did not."""
    pages: list[Page] = []

    def start(*before: str) -> Page:
        port = free_port()
        process = subprocess.Popen(
            [*before, *COMMAND, "dev", "--port", str(port)],
            env=settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        pages.append(Page(process, home, port))
        assert pages[-1].line() == f"Dagster è aperto: http://127.0.0.1:{port}\n"
        return pages[-1]

    yield start
    for page in pages:
        if page.process.poll() is None:
            page.end(signal.SIGTERM)


def published_cities(home: Home) -> list[str]:
    path = home.published("minimal")
    if not path.exists():
        return []
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "SELECT DISTINCT city FROM observations WHERE iso_week = '2025-W10'"
        ).fetchall()
    return [city for (city,) in rows]


@pytest.mark.long
def test_what_arrives_is_published_and_nothing_is_left_behind(
    home: Home, settings: dict[str, str], opened: Callable[..., Page], tmp_path: Path
) -> None:
    page = opened(*IN_BACKGROUND)
    with urllib.request.urlopen(f"http://127.0.0.1:{page.port}/server_info", timeout=10) as answer:
        assert b"dagster_webserver_version" in answer.read()

    file = tmp_path / "ritorno.csv"
    file.write_bytes(borgo_alto())
    received = subprocess.run(
        [*COMMAND, "receive", str(file)], env=settings, capture_output=True, check=False
    )
    assert received.returncode == 0, received.stdout
    until(lambda: published_cities(home) == ["borgo_alto"], 120)

    assert len(processes_of(home)) > 3
    status, said = page.end(signal.SIGTERM)
    assert status == 0
    assert said.endswith("Dagster è chiuso.\n")
    assert processes_of(home) == []
    with dagster_instance(home) as instance:
        runs = instance.get_runs()
    assert [run.tags["dagster/sensor_name"] for run in runs] == ["landing"]


@pytest.mark.long
def test_one_page_a_home_and_ctrl_c_ends_it(
    home: Home, settings: dict[str, str], opened: Callable[..., Page]
) -> None:
    page = opened()
    again = subprocess.run(
        [*COMMAND, "dev", "--port", str(free_port())],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (again.returncode, again.stderr) == (
        3,
        "Dagster è già aperto su questa cartella: chiuda l'altro, o usi quello.\n",
    )

    assert page.end(signal.SIGINT)[0] == 0
    assert processes_of(home) == []


@pytest.mark.long
def test_a_return_landed_and_not_judged_is_judged_and_published(
    home: Home, settings: dict[str, str], opened: Callable[..., Page], tmp_path: Path
) -> None:
    file = tmp_path / "ritorno.csv"
    file.write_bytes(borgo_alto())
    subprocess.run([*COMMAND, "receive", str(file)], env=settings, capture_output=True, check=True)
    shutil.rmtree(home.judged)
    opened()
    until(lambda: published_cities(home) == ["borgo_alto"], 120)


def test_a_taken_port_is_told_in_one_sentence(home: Home, settings: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = subprocess.run(
            [*COMMAND, "dev", "--port", str(port)], env=settings, capture_output=True, text=True, check=False
        )
    assert (said.returncode, said.stdout) == (3, "")
    assert said.stderr == f"La porta {port} è occupata, o non si può usare: ne scelga un'altra con --port.\n"
    assert not home.dagster.exists()
