"""`regia rules`: every rule, how often it fired; `rules try`: what one would have found, changing nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from schemas.editions import find_edition, load_edition
from tests.cli.conftest import Regia
from tests.cli.reading_homes import folder_contents
from tests.making.editions import alter, change_rule, copy_built_in, rule_entry
from tests.making.samples import LATE_BEGINNING, sample

pytestmark = pytest.mark.whole

FIRST = sample("taranto", "2023-W38")
RIGHT = sample("taranto", "2023-W39")
WRONG_SUM = sample("taranto", "2023-W40")  # H05
CORRECTED = sample("taranto", "2023-W40", 2)
LATE = sample("potenza", "2023-W42")  # S09


@pytest.fixture
def own_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The `rules.yaml` of a copy of the built-in edition that takes its place, to be changed."""
    monkeypatch.setenv("REGIA_EDITIONS", str(tmp_path / "editions"))
    return copy_built_in(tmp_path / "editions", first_week=LATE_BEGINNING).schemas / "rules.yaml"


def entries_of(regia: Regia, rule: str) -> list[dict[str, Any]]:
    return [entry for entry in regia("rules", "--json").document if entry["id"] == rule]


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
    regia: Regia, tmp_path: Path, own_rules: Path
) -> None:
    """A rule that comes into force in 2099 rejects nothing; on trial it tells what it would have rejected."""
    alter(own_rules, rule_entry(own_rules, "H05"), rule_entry(own_rules, "H05", valid_from="2099-01-01"))
    receive(regia)
    (listed,) = entries_of(regia, "H05")
    assert (listed["returns"], listed["state"]) == (0, "not_yet")
    assert "entrerà in vigore dal 01/01/2099" in regia("rules").out
    before = folder_contents(tmp_path / "home")
    trial = regia("rules", "try", "h05", "--json")
    assert trial.status == 0
    (found,) = trial.document["concerned"]
    assert (trial.document["returns"], found["city"], found["iso_week"], found["version"]) == (
        4, "taranto", "2023-W40", 1,
    )  # fmt: skip
    assert (found["is_valid"], found["status"], found["would_be"]) == (False, "accepted", "rejected")
    assert {finding["measure"] for finding in found["findings"]} == {"desk_new_persons"}
    assert folder_contents(tmp_path / "home") == before


def test_a_return_refused_by_a_rule_is_told_apart_from_the_valid_ones(regia: Regia) -> None:
    receive(regia)
    told = regia("rules", "try", "H05").out
    assert "Provata su 4 schede" in told
    assert "Nessuna scheda che oggi conta ne avrebbe risentito." in told
    assert "Inoltre troverebbe qualcosa in 1 scheda che oggi non conta." in told
    assert "Nessun verdetto sarebbe diverso." in told
    told = regia("rules", "try", "S09").out
    assert "2023-W42  Potenza, versione 1" in told


def test_a_rule_that_is_not_there_is_refused_with_the_nearest(regia: Regia) -> None:
    said = regia("rules", "try", "H99")
    assert said.status == 2 and "Intendeva «H09»?" in said.err
    for nonsense in ("trie", "H05"):
        said = regia("rules", nonsense)
        assert said.status == 2 and "regia rules --help" in said.err


def test_without_any_return_the_rules_are_still_listed(regia: Regia) -> None:
    assert "mai scattata" in regia("rules").out
    assert "Non c'è ancora nessuna scheda su cui provarla." in regia("rules", "try", "H05").out
    assert regia("rules", "try", "H05", "--json").document["concerned"] == []


RULES_OF_FINDINGS = """
    SELECT DISTINCT found.rule, rules.severity, rules.valid_from
    FROM findings AS found
    JOIN submissions USING (submission_id)
    JOIN rules ON rules.id = found.rule
        AND CAST(received_at AT TIME ZONE 'Europe/Rome' AS DATE)
            BETWEEN rules.valid_from AND coalesce(rules.valid_to, DATE '9999-12-31')
    ORDER BY ALL
"""
DAY = dt.date(2023, 10, 5)  # a Thursday: the return of 2023-W39 has come, that of 2023-W40 has not


def test_a_changed_rule_judges_what_comes_from_its_day_on_and_leaves_the_rest_as_it_is(
    regia: Regia, tmp_path: Path, own_rules: Path
) -> None:
    """A threshold, a severity and whether a rule is on at all change; a rebuild gives the same bytes."""
    home = tmp_path / "home"
    for one in (FIRST, RIGHT):
        regia("receive", one.path, "--received-at", one.received_at.isoformat())
    assert regia("consolidate").status == 0
    judged, parts = folder_contents(home / "judged"), parts_of_weeks(home, "2023-W38", "2023-W39")
    change_rule(own_rules, "S03", DAY, more_than="0.001", at_least="1")
    change_rule(own_rules, "H05", DAY, severity="warning")
    changed = rule_entry(own_rules, "H05")
    alter(own_rules, changed, changed.partition("    # A total that several")[0])
    for one in (WRONG_SUM, LATE):
        said = regia("receive", one.path, "--received-at", one.received_at.isoformat())
        assert said.status == 0, said.out
    assert regia("consolidate").status == 0
    assert [entry["returns"] for entry in entries_of(regia, "S03")] == [0, 2]
    assert [entry["findings"] for entry in entries_of(regia, "H05")] == [0, 1]
    before = folder_contents(home / "judged"), parts_of_weeks(home)
    assert regia("rebuild").status == 0
    after = folder_contents(home / "judged"), parts_of_weeks(home)
    assert after == before
    assert {name: after[0][name] for name in judged} == judged
    assert {name: after[1][name] for name in parts} == parts
    assert regia("sql", RULES_OF_FINDINGS, "--json").document["rows"] == [
        ["H05", "warning", "2023-10-05"],
        ["S03", "warning", "2023-10-05"],
        ["S09", "warning", "2023-01-01"],
    ]


def parts_of_weeks(home: Path, *weeks: str) -> dict[str, bytes]:
    """What is published of returns, and what was found in them; of some weeks, or of all."""
    return {
        name: content
        for name, content in folder_contents(home / "published").items()
        if Path(name).parent.name in ("observations", "observations_history", "submissions", "findings")
        and (not weeks or Path(name).stem in weeks)
    }


def test_a_draft_tells_which_verdicts_would_be_others_and_changes_nothing(
    regia: Regia, tmp_path: Path
) -> None:
    receive(regia)
    rules = find_edition("lgnet2").schemas / "rules.yaml"
    lenient = tmp_path / "h05.yaml"
    entry = rule_entry(rules, "H05", severity="warning", valid_from="2099-01-01")
    lenient.write_text(f"rules:\n{entry.partition('    # A total that several')[0]}", encoding="utf-8")
    before = folder_contents(tmp_path / "home")
    tried = regia("rules", "try", "H05", "--draft", lenient, "--json").document
    (would_pass,) = tried["concerned"]
    assert (tried["is_draft"], tried["state"], tried["failing"]) == (True, "not_yet", [])
    assert (would_pass["status"], would_pass["would_be"]) == ("rejected", "accepted_with_warnings")
    told = regia("rules", "try", "H05", "--draft", lenient).out
    assert "2023-W40  Taranto, versione 1: respinta, sarebbe accettata con avvisi" in told
    strict = tmp_path / "s03.yaml"
    strict.write_text(
        f"rules:\n{rule_entry(rules, 'S03', more_than='0.001', at_least='1')}", encoding="utf-8"
    )
    told = regia("rules", "try", "S03", "--draft", strict).out
    assert "che oggi contano, dove all'arrivo non ha trovato nulla" in told
    assert "accettata, sarebbe accettata con avvisi" in told
    assert "giorno già passato" in told
    assert folder_contents(tmp_path / "home") == before


def test_a_draft_with_a_mistake_is_told_by_its_line(regia: Regia, tmp_path: Path) -> None:
    rules = find_edition("lgnet2").schemas / "rules.yaml"
    draft = tmp_path / "draft.yaml"
    for rule, changes, told in (
        ("S03", {"category": '"NX"'}, f"{draft}:2: S03: no category 'NX'"),
        ("S09", {"check": "deadlines"}, "no check 'deadlines'. Did you mean 'deadline'?"),
    ):
        draft.write_text(f"rules:\n{rule_entry(rules, rule, **changes)}", encoding="utf-8")
        said = regia("rules", "try", rule, "--draft", draft)
        assert said.status == 2 and told in said.err
    draft.write_text(f"rules:\n{rule_entry(rules, 'S04')}", encoding="utf-8")
    assert "Ci sono: S04" in regia("rules", "try", "S03", "--draft", draft).err
    assert regia("rules", "try", "S03", "--draft", tmp_path / "none.yaml").status == 2


def test_the_next_entry_is_tried_unless_another_one_is_asked_for(regia: Regia, own_rules: Path) -> None:
    change_rule(own_rules, "S03", dt.date(2099, 1, 1), more_than="0.1")
    assert "entrerà in vigore dal 01/01/2099" in regia("rules", "try", "S03").out
    assert (
        "in vigore dal 01/01/2023 al 31/12/2098"
        in regia("rules", "try", "S03", "--valid-from", "2023-01-01").out
    )
    said = regia("rules", "try", "S03", "--valid-from", "2024-01-01")
    assert said.status == 2 and "01/01/2023, 01/01/2099" in said.err


def test_a_rule_is_waived_by_the_entry_of_the_days_it_is_waived_for(regia: Regia, own_rules: Path) -> None:
    """H06 may be waived until 2098, no longer from 2099 on."""
    change_rule(own_rules, "H06", dt.date(2099, 1, 1), waivable="false")
    words = ("--scope", "all", "--reason", "prova")
    assert regia("waive", "taranto", "H06", *words, "--until", "2098-12-31").status == 0
    alter(own_rules, "valid_to: 2098-12-31", "valid_to: 2023-12-31")
    said = regia("waive", "taranto", "H06", *words, "--until", "2098-12-31")
    assert said.status == 2 and "non è in vigore" in said.err
    said = regia("waive", "taranto", "H06", *words, "--until", "2099-12-31")
    assert said.status == 2 and "non ammette deroghe" in said.err
