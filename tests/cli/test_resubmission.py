"""What a new version would change is told before it is sent, and is then what happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Regia
from tests.making.books import Book, altered_sample, put
from tests.making.samples import sample

pytestmark = pytest.mark.whole

FIRST = sample("caserta", "2023-W39")
SECOND = sample("caserta", "2023-W39", 2)


def indicators(regia: Regia) -> dict[str, float | None]:
    answer = regia(
        "sql",
        "SELECT indicator, value FROM indicators WHERE city = 'caserta' AND period = '2023-W39' "
        "AND period_kind = 'week' AND breakdown = 'total'",
        "--json",
    ).document
    return dict(answer["rows"])


def send(regia: Regia, path: Path, received_at: str, *more: str) -> dict[str, Any]:
    document: dict[str, Any] = regia("receive", path, "--received-at", received_at, "--json", *more).document
    return document


def test_what_check_tells_of_a_new_version_is_what_sending_it_does(regia: Regia) -> None:
    first = send(regia, FIRST.path, FIRST.received_at.isoformat())
    assert regia("consolidate").status == 0
    before = indicators(regia)

    told = regia("check", SECOND.path, "--json").document["resubmission"]
    assert (told["replaces"], told["version"]) == (first["submission_id"], 1)
    values = "SELECT service_point, measure, breakdown, category, value, flag FROM observations ORDER BY ALL"
    rows = {tuple(row[:4]): row[4:] for row in regia("sql", values, "--json").document["rows"]}

    send(regia, SECOND.path, SECOND.received_at.isoformat(), "--reason", "correction")
    assert regia("consolidate").status == 0
    rows_after = {tuple(row[:4]): row[4:] for row in regia("sql", values, "--json").document["rows"]}
    moved = {key for key in rows.keys() | rows_after.keys() if rows.get(key) != rows_after.get(key)}
    assert moved == {
        (figure["service_point"], figure["measure"], figure["breakdown"], figure["category"])
        for figure in told["figures"]
    }
    assert moved
    after = indicators(regia)
    assert {i["indicator"]: (i["before"], i["after"]) for i in told["indicators"]} == {
        code: (before[code], after[code]) for code in before if before[code] != after[code]
    }


def test_a_clerk_reads_what_changes_and_that_a_reason_is_owed(regia: Regia) -> None:
    send(regia, FIRST.path, FIRST.received_at.isoformat())
    said = regia("check", SECOND.path)
    assert said.status == 0
    assert "Rispetto alla versione 1, arrivata il" in said.out and "→" in said.out and "--reason" in said.out


def test_the_first_return_and_the_very_same_file_change_nothing(regia: Regia) -> None:
    assert regia("check", FIRST.path, "--json").document["resubmission"] is None
    send(regia, FIRST.path, FIRST.received_at.isoformat())
    assert regia("check", FIRST.path, "--json").document["resubmission"] is None


def test_nothing_is_kept_of_what_was_only_checked(regia: Regia, tmp_path: Path) -> None:
    send(regia, FIRST.path, FIRST.received_at.isoformat())
    before = sorted(path for path in (tmp_path / "home").rglob("*"))
    regia("check", SECOND.path)
    assert sorted(path for path in (tmp_path / "home").rglob("*")) == before


def test_a_version_sent_without_a_reason_is_not_stated_and_the_sender_is_asked_for_it(regia: Regia) -> None:
    send(regia, FIRST.path, FIRST.received_at.isoformat())
    said = regia("receive", SECOND.path, "--received-at", SECOND.received_at.isoformat())
    assert "Il motivo del nuovo invio non è indicato." in said.out and "--reason" in said.out
    assert regia("consolidate").status == 0
    reasons = regia("sql", "SELECT version, reason_code FROM submissions ORDER BY version", "--json").document
    assert reasons["rows"] == [[1, None], [2, "not_stated"]]


def test_a_version_sent_with_a_reason_is_not_asked_for_it(regia: Regia) -> None:
    send(regia, FIRST.path, FIRST.received_at.isoformat())
    at = SECOND.received_at.isoformat()
    said = regia("receive", SECOND.path, "--received-at", at, "--reason", "late_data")
    assert said.status == 0
    assert "--reason" not in said.out


def test_a_file_that_was_received_before_is_known_again(regia: Regia) -> None:
    send(regia, FIRST.path, FIRST.received_at.isoformat())
    for said in (regia("check", FIRST.path), regia("receive", FIRST.path)):
        assert said.status == 0
        assert "inviarlo di nuovo non cambia nulla" in " ".join(said.out.split())


def test_a_return_of_a_doubtful_week_is_held_against_no_other_version(regia: Regia, tmp_path: Path) -> None:
    send(regia, FIRST.path, FIRST.received_at.isoformat())

    def last_week(book: Book) -> None:
        put(book, "Copertina", "B8", "2023-W39")

    other_week = tmp_path / "scheda.xlsx"
    other_week.write_bytes(altered_sample("caserta", last_week, week="2023-W40"))
    document = regia("check", other_week, "--json").document
    assert document["status"] == "rejected"
    assert document["resubmission"] is None
    assert {finding["rule"] for finding in document["findings"]} == {"H01"}


def test_totals_are_told_before_their_categories(regia: Regia) -> None:
    send(regia, FIRST.path, FIRST.received_at.isoformat())
    figures = regia("check", SECOND.path, "--json").document["resubmission"]["figures"]
    are_totals = [figure["breakdown"] == "total" for figure in figures]
    assert are_totals == sorted(are_totals, reverse=True)
    assert any(are_totals)
