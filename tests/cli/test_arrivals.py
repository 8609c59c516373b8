"""Arrivals one beside another, and a disk that refuses: the order holds, and nothing is half-written."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import COMMAND, Regia, samples_of
from tests.making.samples import sample

pytestmark = pytest.mark.whole


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


def test_two_versions_at_one_instant_count_in_the_order_given(tmp_path: Path, regia: Regia) -> None:
    first, second = (one.path for one in samples_of("caserta", weeks=["2023-W39"]))
    said = regia("receive", first, second, "--received-at", "2023-10-18T10:00", "--json").document
    assert "rejected" not in [entry["status"] for entry in said]
    assert said[1]["supersedes"] == said[0]["submission_id"]
    assert said[0]["received_at"] < said[1]["received_at"]


def test_a_version_cannot_arrive_before_one_that_is_valid(tmp_path: Path, regia: Regia) -> None:
    first, second = (one.path for one in samples_of("caserta", weeks=["2023-W39"]))
    assert regia("receive", first, "--received-at", "2023-10-18T10:00").status == 0
    said = regia("receive", second, "--received-at", "2023-10-18T09:00")
    assert said.status == 2 and "dopo la data di arrivo indicata" in said.err
    assert len(list((tmp_path / "home" / "landing" / "returns").iterdir())) == 1


def test_an_arrival_of_another_century_does_not_slip_past_the_rules(tmp_path: Path, regia: Regia) -> None:
    wrong = tmp_path / "scheda.xlsx"
    workbook = openpyxl.load_workbook(sample("caserta").path)
    workbook["2 Housing"]["D6"] = "pippo"
    workbook.save(wrong)
    said = regia("receive", wrong, "--received-at", "2022-10-24", "--json")
    assert said.status == 1
    assert {"H01", "H02"} <= {finding["rule"] for finding in said.document["findings"]}


def test_accepted_bytes_sent_for_another_city_are_refused(regia: Regia) -> None:
    path = sample("torino").path
    at = ["--received-at", "2023-10-24T10:00"]
    assert regia("receive", path, *at).status == 0
    for command in (["check"], ["receive"], ["receive", *at]):
        said = regia(*command, path, "--city", "genova")
        assert said.status == 1 and "l'invio è per Genova" in said.out
    assert regia("check", path).status == 0


def test_a_name_that_is_no_utf8_is_taken_in(tmp_path: Path, regia: Regia) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"scheda_citt\xe0.xlsx")  # noqa: PTH118 - bytes
    shutil.copy(sample("torino").path, path)
    said = regia("receive", os.fsdecode(path), "--json")
    assert said.status == 0
    assert said.document["file_names"] == ["scheda_citt\ufffd.xlsx"]


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
