"""What a later return changed: the figure until then, the figure from then on, when, and why."""

from __future__ import annotations

from decimal import Decimal

from pipelines.consolidating import consolidate_weeks
from pipelines.home import Home
from tests.warehouse.judged_folders import Key, Rows, ask, at, figures, invented_edition, put_judged, week

EDITION = invented_edition()
TOTAL: Key = ("NA-OSS-01", "visits", "total", "")
FEMALE: Key = ("NA-OSS-01", "visits", "sex", "F")
STAFF: Key = ("", "staff", "total", "")


def revisions(home: Home, columns: str = "service_point, measure, category, old_value, new_value") -> Rows:
    consolidate_weeks(home, EDITION, [week(40), week(41)])
    order = "known_from, iso_week, service_point, measure, breakdown DESC, category"
    return ask(home.published("prova"), f"SELECT {columns} FROM revisions ORDER BY {order}")


def test_a_first_return_revises_nothing(home: Home) -> None:
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "10"))
    assert revisions(home) == []


def test_every_value_that_differs_is_told_with_when_and_why(home: Home) -> None:
    put_judged(home, "napoli", 40, at(40, 1), {TOTAL: "10", FEMALE: "4", STAFF: "2.5"})
    put_judged(
        home, "napoli", 40, at(40, 5), {TOTAL: "11", FEMALE: "4", STAFF: "2"}, version=2, reason_code="late"
    )
    assert revisions(home, "* EXCLUDE (edition)") == [
        ("2023-W40", "napoli", "", "staff", "total", "", Decimal("2.5"), Decimal(2), at(40, 5), "late"),
        (
            *("2023-W40", "napoli", "NA-OSS-01", "visits", "total", ""),
            *(Decimal(10), Decimal(11), at(40, 5), "late"),
        ),
    ]


def test_the_kinds_of_nothing_are_no_value(home: Home) -> None:
    put_judged(home, "napoli", 40, at(40, 1), {TOTAL: "10", FEMALE: "ND"})
    put_judged(home, "napoli", 40, at(40, 2), {TOTAL: "NA", FEMALE: "NA"}, version=2)
    put_judged(home, "napoli", 40, at(40, 3), {STAFF: "0"}, version=3)
    put_judged(home, "napoli", 40, at(40, 4), {FEMALE: "ND", STAFF: "0"}, version=4)
    put_judged(home, "napoli", 40, at(40, 5), {FEMALE: "0"}, version=5)
    assert revisions(home) == [
        ("NA-OSS-01", "visits", "", Decimal(10), None),
        ("", "staff", "", None, Decimal(0)),
        ("", "staff", "", Decimal(0), None),
        ("NA-OSS-01", "visits", "F", None, Decimal(0)),
    ]


def test_a_rejected_return_revises_nothing(home: Home) -> None:
    put_judged(home, "napoli", 40, at(40, 1), {TOTAL: "10"})
    put_judged(home, "napoli", 40, at(40, 2), {TOTAL: "99"}, version=2, status="rejected")
    put_judged(home, "napoli", 40, at(40, 3), {TOTAL: "12"}, version=3)
    assert revisions(home) == [("NA-OSS-01", "visits", "", Decimal(10), Decimal(12))]


def test_of_two_returns_in_one_instant_the_last_was_valid(home: Home) -> None:
    put_judged(home, "napoli", 40, at(40, 1), {TOTAL: "10"})
    put_judged(home, "napoli", 40, at(40, 2), {TOTAL: "11"}, version=2)
    put_judged(home, "napoli", 40, at(40, 2), {TOTAL: "12"}, version=3)
    assert revisions(home) == [("NA-OSS-01", "visits", "", Decimal(10), Decimal(12))]


def test_cities_and_weeks_are_kept_apart(home: Home) -> None:
    for number in (40, 41):
        put_judged(home, "napoli", number, at(number, 1), {TOTAL: "10"})
        put_judged(home, "ancona", number, at(number, 1), figures("AN-OSS-01", "10"))
    put_judged(home, "napoli", 41, at(42, 1), {TOTAL: "11"}, version=2)
    assert revisions(home, "iso_week, city, old_value, new_value") == [
        ("2023-W41", "napoli", Decimal(10), Decimal(11))
    ]
