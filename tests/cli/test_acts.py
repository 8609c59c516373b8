"""What coordinators decide after a return came: it is recorded, it shows, and a rebuild gives it again."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipelines.acts import write_act
from pipelines.clock import now
from schemas.acts import Confirmation
from tests.cli.conftest import COMMAND, Regia, Said
from tests.cli.reading_homes import folder_contents, published_rows
from tests.making.samples import Sample, sample

pytestmark = pytest.mark.whole

LATE = sample("potenza", "2023-W42")  # S09
WRONG_SUM = sample("taranto", "2023-W40")  # H05 on desk_new_persons by sex
CORRECTED = sample("taranto", "2023-W40", 2)
DEROGATION = ("--reason", "emergenza sbarchi", "--until", "2099-12-31", "--by", "coordinamento")


def receive(regia: Regia, one: Sample) -> tuple[Said, str]:
    said = regia("receive", one.path, "--received-at", one.received_at.isoformat(), "--json")
    return said, said.document["submission_id"]


def findings(home: Path, submission: str) -> list[dict[str, Any]]:
    text = (home / "judged" / submission / "findings.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def acts(home: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted((home / "landing" / "acts").glob("*.json"))]


def asked(regia: Regia, query: str) -> list[dict[str, Any]]:
    answer = regia("sql", query, "--json").document
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


def published_findings(regia: Regia) -> list[dict[str, Any]]:
    return asked(regia, "SELECT rule, disposition, note FROM findings ORDER BY ALL")


def board(regia: Regia, week: str, city: str) -> dict[str, Any]:
    entries = regia("status", "--week", week, "--json").document
    return next(entry for entry in entries if entry["city"] == city)


def test_a_confirmed_warning_is_published_with_its_note_and_rebuilt(regia: Regia, tmp_path: Path) -> None:
    _, submission = receive(regia, LATE)
    assert regia("consolidate").status == 0
    said = regia("confirm", submission, "s09", "--note", "posta in ritardo", "--by", "ufficio")
    assert said.status == 0 and "S09" in said.out
    assert [f["disposition"] for f in findings(tmp_path / "home", submission)] == ["confirmed"]
    (act,) = acts(tmp_path / "home")
    assert (act["act"], act["rule"], act["note"], act["by"]) == (
        "confirm", "S09", "posta in ritardo", "ufficio",
    )  # fmt: skip
    assert published_findings(regia)[0]["disposition"] == "open"
    assert regia("consolidate").status == 0
    assert published_findings(regia) == [
        {"rule": "S09", "disposition": "confirmed", "note": "posta in ritardo"}
    ]
    shown = board(regia, "2023-W42", "potenza")
    assert (shown["warnings"], shown["confirmed"], shown["waived"]) == (1, 1, 0)
    assert "1 (1 confermato)" in regia("status", "--week", "2023-W42").out
    before = published_rows(tmp_path / "home")
    assert regia("rebuild").status == 0
    assert published_rows(tmp_path / "home") == before


def test_only_a_warning_that_was_given_can_be_confirmed(regia: Regia, tmp_path: Path) -> None:
    _, submission = receive(regia, LATE)
    wrong_rule = regia("confirm", submission, "S05", "--note", "va bene")
    assert wrong_rule.status == 2 and "S09" in wrong_rule.err
    unknown = regia("confirm", submission[:-1] + "x", "S09", "--note", "va bene")
    assert unknown.status == 2 and submission in unknown.err
    assert regia("confirm", submission, "S09", "--note", "  ").status == 2
    assert not (tmp_path / "home" / "landing" / "acts").exists()


def test_an_error_cannot_be_confirmed(regia: Regia) -> None:
    _, submission = receive(regia, WRONG_SUM)
    assert regia("confirm", submission, "H05", "--note", "è giusto").status == 2


def test_a_waived_error_counts_as_a_warning_once_the_return_is_judged_again(
    regia: Regia, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    said, submission = receive(regia, WRONG_SUM)
    assert said.status == 1
    assert regia("rejudge", submission).status == 1
    assert not (home / "landing" / "acts").exists(), "nothing changed, nothing is recorded"

    assert regia("waive", "taranto", "h05", "--scope", "measure=desk_new_persons", *DEROGATION).status == 0
    again = regia("rejudge", submission, "--by", "coordinamento", "--json")
    assert (again.status, again.document["status"]) == (0, "accepted_with_warnings")
    assert again.document["received_at"] == said.document["received_at"], "receipt times never move"
    assert {(f["rule"], f["disposition"]) for f in findings(home, submission)} == {("H05", "waived")}
    assert "1 avviso (1 in deroga)" in regia("status").out

    assert regia("consolidate").status == 0
    (row,) = asked(
        regia,
        "SELECT DISTINCT s.status, s.errors, s.warnings, e.status AS due, "
        "h.known_from > s.received_at + INTERVAL 1 DAY AS later FROM submissions s "
        "JOIN observations_history h USING (submission_id) JOIN expected_returns e USING (submission_id) "
        "WHERE e.known_to IS NULL",
    )
    assert row == {
        "status": "accepted_with_warnings", "errors": 0, "warnings": 1, "later": True, "due": "on_time",
    }  # fmt: skip
    assert published_findings(regia) == [
        {"rule": "H05", "disposition": "waived", "note": "emergenza sbarchi"}
    ]
    decisions = regia("receipt", submission, "--json").document["decisions"]
    assert [(one["act"], one["rule"], one["note"]) for one in decisions] == [
        ("waive", "H05", "emergenza sbarchi"),
        ("rejudge", None, ""),
    ]
    before = published_rows(home)
    assert regia("rebuild").status == 0
    assert published_rows(home) == before
    assert regia("rejudge", submission).status == 2, "it is accepted already"


@pytest.mark.parametrize(
    ("scope", "is_accepted"),
    [
        ("all", True),
        ("measure=desk_new_persons", True),
        ("measure=desk_new_persons,breakdown=sex", True),
        ("measure=desk_visits", False),
        ("breakdown=age", False),
    ],
)
def test_a_waiver_covers_its_scope_and_no_more(regia: Regia, scope: str, is_accepted: bool) -> None:
    assert regia("waive", "taranto", "H05", "--scope", scope, *DEROGATION).status == 0
    assert (regia("receive", WRONG_SUM.path).status == 0) is is_accepted


@pytest.mark.long
def test_waivers_are_published_with_who_why_and_until_when(regia: Regia, tmp_path: Path) -> None:
    receive(regia, LATE)
    assert regia("consolidate").status == 0
    whole_city = ("waive", "taranto", "H05", "--scope", "all")
    assert regia(*whole_city, *DEROGATION).status == 0
    assert regia(*whole_city, "--reason", "ancora", "--until", "2099-01-31", "--by", "anci").status == 0
    assert regia("consolidate", "--json").document == {"weeks": [], "is_published": True}
    told = "SELECT * EXCLUDE (decided_at, valid_from), decided_at::DATE - valid_from AS days FROM"
    rows = asked(regia, f"{told} waivers ORDER BY decided_at")
    assert [(row["scope"], row["reason"], row["decided_by"], row["valid_to"]) for row in rows] == [
        ("all", "emergenza sbarchi", "coordinamento", "2099-12-31"),
        ("all", "ancora", "anci", "2099-01-31"),
    ]
    assert {(row["city"], row["rule"]) for row in rows} == {("taranto", "H05")}
    assert all(row["days"] in (0, -1) for row in rows), "the day in Rome, of an instant in UTC"
    home = tmp_path / "home"
    (part,) = (home / "published" / "lgnet2" / "waivers").iterdir()
    as_published, as_parquet = published_rows(home), part.read_bytes()
    assert part.name == "all.parquet"
    assert regia("consolidate", "--json").document == {"weeks": [], "is_published": False}
    assert regia("rebuild").status == 0
    assert published_rows(home) == as_published
    assert part.read_bytes() == as_parquet


def test_a_waiver_given_before_anything_came_is_published_too(regia: Regia) -> None:
    assert regia("waive", "taranto", "H05", "--scope", "all", *DEROGATION).status == 0
    assert regia("consolidate").status == 0
    assert asked(regia, "SELECT count(*) AS waivers FROM waivers") == [{"waivers": 1}]


def test_a_waiver_of_another_city_or_rule_helps_nobody(regia: Regia) -> None:
    assert regia("waive", "latina", "H05", "--scope", "all", *DEROGATION).status == 0
    assert regia("waive", "taranto", "H06", "--scope", "all", *DEROGATION).status == 0
    assert regia("receive", WRONG_SUM.path).status == 1


def test_a_return_that_came_before_its_waiver_stays_rejected_on_rebuild(regia: Regia, tmp_path: Path) -> None:
    _, submission = receive(regia, WRONG_SUM)
    assert regia("waive", "taranto", "H05", "--scope", "all", *DEROGATION).status == 0
    rebuilt = regia("rebuild", "--json")
    assert rebuilt.document["changed_verdicts"] == []
    assert {f["disposition"] for f in findings(tmp_path / "home", submission)} == {"open"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("taranto", "H09", "--scope", "all"), "non ammette deroghe"),
        (("taranto", "H55", "--scope", "all"), "Intendeva"),
        (("tarnto", "H05", "--scope", "all"), "taranto"),
        (("taranto", "H05", "--scope", "service_point=MI-OSS-01"), "MI-OSS-01"),
        (("taranto", "H05", "--scope", "desk"), "all"),
        (("taranto", "H05", "--scope", "measure=desk_visit"), "desk_visits"),
    ],
)
def test_a_waiver_that_cannot_be_is_refused(
    regia: Regia, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    said = regia("waive", *arguments, *DEROGATION)
    assert said.status == 2 and told in said.err
    assert not (tmp_path / "home" / "landing" / "acts").exists()


def test_a_waiver_until_a_day_that_has_passed_is_refused(regia: Regia) -> None:
    said = regia("waive", "taranto", "H05", "--scope", "all", "--reason", "x", "--until", "2023-01-31")
    assert said.status == 2 and "31/01/2023" in said.err
    assert regia("waive", "taranto", "H05", "--scope", "all", "--reason", "x", "--until", "ieri").status == 2


def test_a_rejected_version_is_not_taken_in_after_a_later_one(regia: Regia, tmp_path: Path) -> None:
    """Waived or not, version 1 cannot take the place of the accepted version 2."""
    _, first = receive(regia, WRONG_SUM)
    _, second = receive(regia, CORRECTED)
    assert regia("waive", "taranto", "H05", "--scope", "all", *DEROGATION).status == 0
    again = regia("rejudge", first, "--json")
    assert again.status == 1
    assert "H10" in {finding["rule"] for finding in again.document["findings"]}
    assert board(regia, "2023-W40", "taranto")["submission_id"] == second
    assert [act["act"] for act in acts(tmp_path / "home")] == ["waive"]


def test_a_return_sent_back_counts_until_a_new_version_comes(regia: Regia, tmp_path: Path) -> None:
    one = sample("caserta", "2023-W39")
    _, submission = receive(regia, one)
    assert regia("consolidate").status == 0
    figures = asked(regia, "SELECT * FROM observations ORDER BY ALL")
    assert regia("send-back", submission, "--note", "controllate i posti", "--by", "anci").status == 0
    assert board(regia, "2023-W39", "caserta")["sent_back"] == "controllate i posti"
    assert "controllate i posti" in regia("status", "--week", "2023-W39").out
    assert regia("consolidate").status == 0
    assert asked(regia, "SELECT * FROM observations ORDER BY ALL") == figures
    receive(regia, sample("caserta", "2023-W39", 2))
    assert board(regia, "2023-W39", "caserta")["sent_back"] is None


def test_a_rejected_return_is_not_sent_back(regia: Regia) -> None:
    _, submission = receive(regia, WRONG_SUM)
    assert regia("send-back", submission, "--note", "x").status == 2


@pytest.mark.long
def test_an_act_whose_command_was_killed_is_heeded_by_the_next_run(regia: Regia, tmp_path: Path) -> None:
    _, submission = receive(regia, LATE)
    assert regia("consolidate").status == 0
    act = Confirmation(submission_id=submission, rule="S09", note="vero", at=now(), by="ufficio")
    write_act(tmp_path / "home" / "landing" / "acts", act)
    assert regia("consolidate").status == 0
    assert published_findings(regia) == [{"rule": "S09", "disposition": "confirmed", "note": "vero"}]
    before = folder_contents(tmp_path / "home" / "judged")
    assert regia("consolidate").status == 0
    assert folder_contents(tmp_path / "home" / "judged") == before


@pytest.mark.long
def test_a_judging_again_that_was_killed_ends_as_a_rebuild_would(regia: Regia, tmp_path: Path) -> None:
    home = tmp_path / "home"
    _, submission = receive(regia, WRONG_SUM)
    regia("waive", "taranto", "H05", "--scope", "all", *DEROGATION)
    process = subprocess.Popen(
        [*COMMAND, "rejudge", submission, "--home", str(home), "--by", "coordinamento"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and not list((home / "landing" / "acts").glob("[!.]*-rejudge-*.json")):
        pass
    process.kill()
    process.wait()
    assert regia("consolidate").status == 0
    assert board(regia, "2023-W40", "taranto")["status"] == "on_time"
    before = published_rows(home)
    assert regia("rebuild").status == 0
    assert published_rows(home) == before


@pytest.mark.parametrize(
    "act",
    [
        ("waive", "taranto", "H05", "--scope", "all", "--reason", "x", "--until", "2099-12-31"),
        ("nil", "taranto", "--week", "2023-W40", "--area", "civ", "--reason", "chiuso"),
    ],
)
def test_who_decides_is_told_by_a_name_or_an_address_and_no_tax_code(
    regia: Regia, tmp_path: Path, act: tuple[str, ...]
) -> None:
    refused = regia(*act, "--by", "RSSMRA80A01H501U")
    assert refused.status == 2 and "RSSMRA80A01H501U" not in refused.err
    assert not list((tmp_path / "home").rglob("acts/*.json"))
    assert regia(*act, "--by", "mario.rossi@comune.taranto.it").status == 0
