"""`regia rules`: every rule, how often it fired; `rules try`: what one would have found, changing nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemas.editions import find_edition, load_edition
from tests.cli.conftest import Regia
from tests.cli.reading_homes import folder_contents
from tests.making.samples import sample

pytestmark = pytest.mark.whole

RIGHT = sample("taranto", "2023-W39")
WRONG_SUM = sample("taranto", "2023-W40")  # H05
CORRECTED = sample("taranto", "2023-W40", 2)
LATE = sample("potenza", "2023-W42")  # S09


def receive(regia: Regia, *arguments: str | Path) -> None:
    for one in (RIGHT, WRONG_SUM, CORRECTED, LATE):
        regia("receive", one.path, "--received-at", one.received_at.isoformat(), *arguments)


def test_every_rule_is_listed_with_how_often_it_fired(regia: Regia) -> None:
    receive(regia)
    listed = {entry["id"]: entry for entry in regia("rules", "--json").document}
    assert list(listed) == [rule.id for rule in load_edition(find_edition("lgnet2")).rules]
    assert (listed["H05"]["returns"], listed["H05"]["findings"], listed["H05"]["last_week"]) == (
        1, 1, "2023-W40",
    )  # fmt: skip
    assert (listed["S09"]["returns"], listed["H07"]["returns"]) == (1, 0)
    told = regia("rules").out
    assert "4 schede giudicate finora" in told
    assert all(f"{rule}  " in told for rule in listed)
    assert "scattata 1 volta in 1 scheda; l'ultima per la settimana 2023-W40" in told


def test_confirmed_and_waived_findings_are_counted(regia: Regia) -> None:
    receive(regia)
    (late,) = [
        entry["submission_id"]
        for entry in regia("status", "--week", "2023-W42", "--json").document
        if entry["city"] == "potenza"
    ]
    regia("confirm", late, "S09", "--note", "sciopero della posta")
    listed = {entry["id"]: entry for entry in regia("rules", "--json").document}
    assert (listed["S09"]["confirmed"], listed["S09"]["waived"]) == (1, 0)
    assert "(1 confermata)" in regia("rules").out


def test_a_rule_on_trial_tells_the_city_weeks_that_would_fail_and_changes_nothing(
    regia: Regia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that comes into force in 2099 rejects nothing; on trial it tells what it would have rejected."""
    monkeypatch.setenv("REGIA_EDITIONS", str(with_rule_from_2099(tmp_path)))
    receive(regia, "--edition", "later")
    listed = {entry["id"]: entry for entry in regia("rules", "--edition", "later", "--json").document}
    assert listed["H05"]["returns"] == 0
    before = folder_contents(tmp_path / "home")
    trial = regia("rules", "try", "h05", "--edition", "later", "--json")
    assert trial.status == 0
    (found,) = trial.document["found"]
    assert (trial.document["returns"], found["city"], found["iso_week"], found["version"]) == (
        4, "taranto", "2023-W40", 1,
    )  # fmt: skip
    assert (found["is_valid"], found["would_reject"]) == (False, True)
    assert {finding["measure"] for finding in found["findings"]} == {"desk_new_persons"}
    assert folder_contents(tmp_path / "home") == before


def with_rule_from_2099(folder: Path) -> Path:
    """The edition with H05 coming into force in 2099."""
    there = find_edition("lgnet2")
    shutil.copytree(there.schemas, folder / "editions" / "later" / "schemas")
    shutil.copytree(there.sources, folder / "editions" / "later" / "sources")
    rules = folder / "editions" / "later" / "schemas" / "rules.yaml"
    head, entry = rules.read_text(encoding="utf-8").split("  - id: H05\n")
    changed = entry.replace("valid_from: 2023-01-01", "valid_from: 2099-01-01", 1)
    rules.write_text(f"{head}  - id: H05\n{changed}", encoding="utf-8")
    return folder / "editions"


def test_a_return_refused_by_a_rule_is_told_apart_from_the_valid_ones(regia: Regia) -> None:
    receive(regia)
    told = regia("rules", "try", "H05").out
    assert "Provata su 4 schede" in told
    assert "Nessuna scheda valida oggi ne avrebbe risentito." in told
    assert "Inoltre in 1 scheda" in told
    told = regia("rules", "try", "S09").out
    assert "2023-W42  Potenza, versione 1" in told


def test_a_rule_that_is_not_there_is_refused_with_the_nearest(regia: Regia) -> None:
    said = regia("rules", "try", "H99")
    assert said.status == 2 and "Intendeva" in said.err
    assert regia("rules", "trie").status == 2


def test_without_any_return_the_rules_are_still_listed(regia: Regia) -> None:
    assert "mai scattata" in regia("rules").out
    assert "Provata su 0 schede" in regia("rules", "try", "H05").out
