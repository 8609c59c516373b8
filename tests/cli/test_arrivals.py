"""Arrivals one beside another, and a disk that refuses: the order holds, and nothing is half-written."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, Regia, samples_of
from tests.making.samples import sample


def test_returns_sent_at_the_same_time_are_all_taken_in_and_in_order(tmp_path: Path) -> None:
    home = tmp_path / "home"
    chosen = samples_of("torino", "palermo", "taranto", "perugia", weeks=["2023-W42"])
    processes = [
        subprocess.Popen(
            [*COMMAND, "receive", str(one.path), "--home", str(home)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for one in chosen
    ]
    assert [process.wait() for process in processes] == [0] * len(chosen)
    verdicts = [json.loads(path.read_bytes()) for path in home.glob("judged/*/verdict.json")]
    assert {verdict["city"] for verdict in verdicts} == {one.city for one in chosen}
    instants = [verdict["received_at"] for verdict in verdicts]
    assert len(set(instants)) == len(instants)


def test_an_arrival_never_comes_before_the_last_one(regia: Regia, monkeypatch: pytest.MonkeyPatch) -> None:
    first = regia("receive", sample("torino").path, "--received-at", "2023-10-24T10:00", "--json").document
    monkeypatch.setenv("REGIA_NOW", "2023-10-24T09:00")
    second = regia("receive", sample("palermo").path, "--json").document
    assert second["received_at"] > first["received_at"]


def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path: Path) -> None:
    home = tmp_path / "home"

    def files_stay_small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    done = subprocess.run(
        [*COMMAND, "receive", str(sample("torino").path), "--home", str(home)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=files_stay_small,
    )
    assert done.returncode == 3
    assert done.stderr.strip() == "Il disco è pieno: l'operazione non è stata fatta. Liberi spazio e riprovi."
    assert [path for path in home.rglob("*") if path.is_file() and path.name != ".receiving"] == []
