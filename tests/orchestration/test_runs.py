"""What a run leaves in Dagster's record: the returns, the checks, the rows."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from pipelines.home import Home
from pipelines.orchestration.arrivals import unbroken_ranges
from pipelines.orchestration.runs import run_consolidation
from schemas.verdicts import Finding
from schemas.weeks import IsoWeek
from tests.orchestration.conftest import AFTER_W41, EDITION, Record, told
from tests.warehouse.judged_folders import at, figures, put_judged, week

pytestmark = pytest.mark.whole

ERROR = Finding(
    rule="H05",
    severity="error",
    file="scheda.xlsx",
    sheet="Dati",
    cell="C4",
    cells=("C4", "C5"),
    found="12",
    expected="14",
    message="Il totale | non è la somma",
    action="Corregga il totale",
)
WARNING = Finding(rule="H05", severity="warning", cell="D7", message="Il doppio di prima", action="Confermi")
OTHER_WARNING = WARNING.model_copy(update={"message": "La metà di prima"})


@pytest.fixture(autouse=True)
def _thursday_after_w41(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("REGIA_NOW", AFTER_W41.isoformat())
    yield
    assert os.environ["REGIA_NOW"] == AFTER_W41.isoformat()


def refused_then_accepted(home: Home, number: int = 40) -> None:
    """Ancona's first version is refused, its second accepted; Napoli sends one; Como nothing."""
    put_judged(home, "ancona", number, at(number, 1), status="rejected", findings=[ERROR])
    put_judged(home, "ancona", number, at(number, 2), figures("AN-OSS-01", "3"), version=2)
    put_judged(home, "napoli", number, at(number, 4), figures("NA-OSS-01", "1"))


def test_weeks_are_run_in_unbroken_ranges() -> None:
    weeks = [week(number) for number in (46, 40, 41, 43, 40)]
    assert unbroken_ranges(weeks) == ((week(40), week(41)), (week(43), week(43)), (week(46), week(46)))
    assert unbroken_ranges([]) == ()
    assert unbroken_ranges([IsoWeek(2026, 53), IsoWeek(2027, 1)]) == ((IsoWeek(2026, 53), IsoWeek(2027, 1)),)


def test_a_run_is_quiet(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    refused_then_accepted(home)
    assert run_consolidation(home, EDITION).is_published
    assert not run_consolidation(home, EDITION).is_published
    assert capfd.readouterr() == ("", "")


def test_accepted_and_refused_returns_stand_in_their_partitions(home: Home, record: Record) -> None:
    refused_then_accepted(home)
    run_consolidation(home, EDITION)
    assert [event.partition for event in record.materialized()] == ["ancona|2023-W40", "napoli|2023-W40"]
    assert [event.partition for event in record.observed()] == ["ancona|2023-W40"]
    first, second = record.materialized()
    assert first.description == "Version 2 accepted, arrived on time: 4 values."
    assert second.description == "Version 1 accepted, arrived late: 4 values."
    assert {
        name: told(first)[name] for name in ("version", "arrived", "files", "layout", "values now valid")
    } == {
        "version": 2,
        "arrived": "on time",
        "files": "scheda.xlsx",
        "layout": "standard 2023-W01",
        "values now valid": 4,
    }
    assert told(first)["received at"] == at(40, 2).timestamp()


def test_a_refused_return_says_why_and_where(home: Home, record: Record) -> None:
    refused_then_accepted(home)
    run_consolidation(home, EDITION)
    (refused,) = record.observed()
    assert refused.description == "Version 1 refused, arrived on time: 1 error."
    assert {name: told(refused)[name] for name in ("refused because", "rule", "cell")} == {
        "refused because": ERROR.message,
        "rule": "H05",
        "cell": "Dati C4",
    }
    assert told(refused)["findings"] == (
        "| message | what to do | where | rule |\n"
        "| --- | --- | --- | --- |\n"
        "| Il totale \\| non è la somma | Corregga il totale | Dati C4 | H05 error |"
    )
    assert "12" not in str(told(refused)["findings"])


def test_the_events_stand_in_order_of_arrival_whatever_the_names_of_the_folders(
    home: Home, record: Record
) -> None:
    for name, day in (("zz", 1), ("mm", 2), ("aa", 3)):
        put_judged(home, "ancona", 40, at(40, day), figures("AN-OSS-01", str(day)), submission_id=name)
    run_consolidation(home, EDITION)
    assert [told(event)["submission"] for event in record.materialized()] == ["zz", "mm", "aa"]
    assert [event.description for event in record.materialized()] == [
        "Version 1 accepted, arrived on time: replaced by a later one.",
        "Version 1 accepted, arrived on time: replaced by a later one.",
        "Version 1 accepted, arrived on time: 4 values.",
    ]


def test_a_city_that_sent_nothing_stays_empty(home: Home, record: Record) -> None:
    for number in (40, 41, 42):
        refused_then_accepted(home, number)
    run_consolidation(home, EDITION)
    events = [*record.materialized(), *record.observed()]
    assert {str(event.partition).split("|")[0] for event in events} == {"ancona", "napoli"}
    assert len(events) == 9


def test_a_file_of_nobody_knows_which_city_stops_nothing(home: Home, record: Record) -> None:
    refused_then_accepted(home)
    put_judged(home, None, None, at(40, 3), status="rejected", findings=[ERROR])
    put_judged(home, None, 40, at(40, 3), status="rejected", findings=[ERROR])
    run_consolidation(home, EDITION)
    assert record.statuses() == ["SUCCESS"]
    assert len(record.observed()) == 1


def test_a_week_says_how_many_rows_it_has(home: Home, record: Record) -> None:
    refused_then_accepted(home, 40)
    refused_then_accepted(home, 41)
    run_consolidation(home, EDITION)
    told_of = {event.partition: told(event) for event in record.materialized("prova/week_observations")}
    assert told_of == {
        f"2023-W{number}": {"returns": 3, "cities with a valid return": 2, "dagster/partition_row_count": 8}
        for number in (40, 41)
    }
    published = [told(event) for event in record.materialized("prova/published")]
    assert [entry["dagster/row_count"] for entry in published] == [16, 16]
    assert "| observations | 16 |" in str(published[0]["rows"])


# The checks: one a city.


def test_a_quiet_week_passes_and_a_city_not_due_yet_too(home: Home, record: Record) -> None:
    refused_then_accepted(home, 41)
    run_consolidation(home, EDITION)
    checks = record.checks()
    assert {city: check.passed for city, check in checks.items()} == dict.fromkeys(EDITION.city_slugs, True)
    assert checks["napoli"].description == "Nothing to call about: 1 late."
    assert checks["como"].description == "Nothing to call about: no return was due."


@pytest.mark.parametrize(
    ("returns", "passed", "severity", "sentence"),
    [
        (
            [("rejected", [ERROR])],
            False,
            "ERROR",
            "2023-W40: refused, and none counts. Il totale | non è la somma",
        ),
        ([("rejected", [ERROR]), ("accepted", [])], True, "WARN", "Nothing to call about: 1 on time."),
        (
            [("accepted", []), ("rejected", [ERROR])],
            False,
            "WARN",
            "2023-W40: a later return was refused; version 1 still counts. Il totale | non è la somma",
        ),
        (
            [("accepted_with_warnings", [WARNING])],
            False,
            "WARN",
            "2023-W40: accepted with warnings. Il doppio di prima",
        ),
        ([], False, "WARN", "2023-W40: nothing came by the deadline (11/10/2023 12:00)."),
    ],
)
def test_what_a_check_says_of_a_week(
    home: Home,
    record: Record,
    returns: list[tuple[str, list[Finding]]],
    passed: bool,
    severity: str,
    sentence: str,
) -> None:
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "1"))
    for version, (status, findings) in enumerate(returns, start=1):
        put_judged(
            home,
            "ancona",
            40,
            at(40, 1, 10 + version),
            figures("AN-OSS-01", str(version)) if status != "rejected" else {},
            status=status,  # type: ignore[arg-type]
            version=version,
            findings=findings,
        )
    run_consolidation(home, EDITION)
    check = record.checks()["ancona"]
    assert (check.passed, check.severity.value, check.description) == (passed, severity, sentence)
    assert check.metadata.keys() == (set() if passed else {"weeks", "findings"} if returns else {"weeks"})
    assert record.statuses() == ["SUCCESS"]


def test_over_several_weeks_a_check_fails_if_one_does_and_groups_what_was_said_again(
    home: Home, record: Record
) -> None:
    for number in range(40, 46):
        put_judged(home, "napoli", number, at(number, 1), figures("NA-OSS-01", "1"))
        findings = {41: [WARNING], 43: [OTHER_WARNING, WARNING], 44: [ERROR]}.get(number, [])
        put_judged(
            home,
            "ancona",
            number,
            at(number, 1),
            figures("AN-OSS-01", "1") if number != 44 else {},
            status="rejected" if number == 44 else "accepted_with_warnings" if findings else "accepted",
            findings=findings,
        )
    run_consolidation(home, EDITION)
    checks = record.checks()
    assert checks["napoli"].passed
    assert not checks["ancona"].passed
    assert checks["ancona"].severity.value == "ERROR"
    assert checks["ancona"].description == (
        "2023-W41: accepted with warnings. Il doppio di prima\n\n"
        "2023-W43: accepted with warnings. La metà di prima (and 1 more)\n\n"
        "2023-W44: refused, and none counts. Il totale | non è la somma"
    )
    assert told(checks["ancona"]) == {
        "weeks": "2023-W41, 2023-W43, 2023-W44",
        "findings": (
            "| message | what to do | weeks | times | rule |\n"
            "| --- | --- | --- | --- | --- |\n"
            "| Il totale \\| non è la somma | Corregga il totale | 2023-W44 | 1 | H05 error |\n"
            "| Il doppio di prima | Confermi | 2023-W41, 2023-W43 | 2 | H05 warning |\n"
            "| La metà di prima | Confermi | 2023-W43 | 1 | H05 warning |"
        ),
    }


def test_very_many_findings_are_counted_and_not_all_listed(home: Home, record: Record) -> None:
    many = [ERROR.model_copy(update={"message": f"Errore {number}"}) for number in range(100)]
    put_judged(home, "ancona", 40, at(40, 1), status="rejected", findings=many)
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "1"))
    run_consolidation(home, EDITION)
    table = str(told(record.checks()["ancona"])["findings"]).splitlines()
    assert len(table) == 2 + 40 + 1
    assert table[-1].startswith("| and 60 more |")
