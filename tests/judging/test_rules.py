"""Each enforced rule between figures: what it lets pass and what it finds, on a few figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pytest

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules import CHECKED_WHILE_READING, DRIFT, RULE_FUNCTIONS
from schemas.contract import Edition, Rule
from schemas.details import Listed, SumOf
from schemas.weeks import IsoWeek
from sources.layouts.outcome import NilDeclaration, Place
from tests.making.pasts import KnownPast, accepted_return
from tests.making.returns import DESK, HOUSE, PROJECT, Written, made_return, values_of

W42 = IsoWeek(2023, 42)
EXACT = {"desk_visits|channel|UM": 1, "desk_visits|channel|SOC": 2, "desk_visits|channel|TER": 3}
CHANNELS = {**EXACT, "desk_visits|channel|SPO": 4, "desk_visits|channel|ALT": 0}


def rule_of(edition: Edition, code: str) -> Rule:
    return next(rule for rule in edition.rules if rule.id == code)


def found(given: ReadReturn, code: str) -> list[Remark]:
    rule = rule_of(given.edition, code)
    assert rule.check is not None
    remarks = list(RULE_FUNCTIONS[rule.check](given, rule))
    assert all(remark.rule == code for remark in remarks)
    return remarks


def measures(remarks: Iterable[Remark]) -> list[str]:
    """`measure`, or `measure|breakdown|category`, of each remark."""
    return [
        "|".join(part for part in (remark.figure or ())[1:] if part and part != "total") for remark in remarks
    ]


def past_of(edition: Edition, weeks: dict[str, Written], nil_points: Iterable[str] = ()) -> KnownPast:
    return KnownPast(
        tuple(
            accepted_return(IsoWeek.parse(week), values_of(edition, written), nil_points=nil_points)
            for week, written in weeks.items()
        )
    )


# H05


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        pytest.param({"desk_visits": 10, **CHANNELS}, [], id="the-sum-is-the-total"),
        pytest.param({"desk_visits": 11, **CHANNELS}, ["breakdown_sum"], id="less"),
        pytest.param({"desk_visits": 9, **CHANNELS}, ["breakdown_sum"], id="more"),
        pytest.param({"desk_visits": 0, **dict.fromkeys(CHANNELS, 0)}, [], id="all-zero"),
        pytest.param({"desk_visits": 10, **CHANNELS, "desk_visits|channel|ALT": "NA"}, [], id="na-counts-0"),
        pytest.param(
            {"desk_visits": 11, **CHANNELS, "desk_visits|channel|ALT": "NA"}, ["breakdown_sum"], id="na-less"
        ),
        pytest.param(
            {"desk_visits": 11, **CHANNELS, "desk_visits|channel|ALT": "ND"}, [], id="nd-may-be-the-rest"
        ),
        pytest.param(
            {"desk_visits": 10, **CHANNELS, "desk_visits|channel|ALT": "ND"}, [], id="nd-may-be-zero"
        ),
        pytest.param(
            {"desk_visits": 9, **CHANNELS, "desk_visits|channel|ALT": "ND"},
            ["breakdown_exceeds"],
            id="nd-exceeds",
        ),
        pytest.param({"desk_visits": 10, **EXACT}, [], id="missing-may-be-the-rest"),
        pytest.param({"desk_visits": 5, **EXACT}, ["breakdown_exceeds"], id="missing-exceeds"),
        pytest.param({"desk_visits": 10}, [], id="no-category-reported"),
        pytest.param({"desk_visits": "ND", **CHANNELS}, [], id="total-nd"),
        pytest.param(CHANNELS, [], id="total-not-reported"),
        pytest.param({"desk_visits": "NA", **dict.fromkeys(CHANNELS, "NA")}, [], id="total-and-all-na"),
        pytest.param({"desk_visits": "NA", **CHANNELS}, ["breakdown_sum"], id="total-na-counts-0"),
        pytest.param(
            {
                "civic_jobs": 5,
                "civic_jobs|sex|F": 1,
                "civic_jobs|sex|M": 2,
                "civic_jobs|sex|X": 0,
                "civic_jobs|sex|ND": 2,
            },
            [],
            id="the-category-of-the-unknown-counts",
        ),
        pytest.param(
            {
                "expenditure": 0.3,
                "expenditure|area|pic": 0.1,
                "expenditure|area|hou": 0.2,
                "expenditure|area|civ": 0,
                "expenditure|area|net": 0,
            },
            [],
            id="cents-are-exact",
        ),
        pytest.param(
            {
                "expenditure": 0.31,
                "expenditure|area|pic": 0.1,
                "expenditure|area|hou": 0.2,
                "expenditure|area|civ": 0,
                "expenditure|area|net": 0,
            },
            ["breakdown_sum"],
            id="one-cent-less",
        ),
        pytest.param(
            {
                "services_delivered": 1,
                "services_delivered|service|LEG": 5,
                "services_delivered|service|SAN": 5,
            },
            [],
            id="a-list-of-several-answers-does-not-sum",
        ),
    ],
)
def test_h05_the_categories_sum_to_the_total(written: Written, kinds: list[str], edition: Edition) -> None:
    remarks = found(made_return(edition, written), "H05")
    assert [remark.kind for remark in remarks] == kinds


def test_h05_is_told_at_the_total_with_all_its_cells(edition: Edition) -> None:
    (remark,) = found(made_return(edition, {"desk_visits": 11, **CHANNELS}), "H05")
    assert remark.place.cell == "A1"
    assert remark.cells == ("A2", "A3", "A4", "A5", "A6")
    assert (remark.details["found"], remark.details["expected"]) == (11, 10)
    assert remark.figure == (DESK, "desk_visits", "channel", "")


def test_h05_is_judged_at_each_service_point_by_itself(edition: Edition) -> None:
    second = {f"TO-OSS-02:{item}": value for item, value in CHANNELS.items()}
    written = {"desk_visits": 10, **CHANNELS, "TO-OSS-02:desk_visits": 12, **second}
    (remark,) = found(made_return(edition, written), "H05")
    assert remark.figure is not None
    assert remark.figure[0] == "TO-OSS-02"


# H06 to H08, H11, S05: comparisons

GUESTS = {"guests_start": 10, "guests_in": 3, "guests_out": 2, "guests_end": 11}
NIGHTS = {"nights_occupied": 60, "nights_available": 70, "beds_active": 10, "beds_unavailable": 0}
LAST = {"2023-W41": {"guests_end": 10, "beds_active": 9, "cases_open": 50}}

COMPARISONS = [
    # rule, figures, past weeks, what is found
    ("H06", GUESTS, {}, []),
    ("H06", {**GUESTS, "guests_end": 12}, {}, ["guests_end"]),
    ("H06", {**GUESTS, "guests_in": "ND"}, {}, []),
    ("H06", {name: value for name, value in GUESTS.items() if name != "guests_in"}, {}, []),
    ("H06", {**GUESTS, "guests_end": "ND"}, {}, []),
    ("H06", {**GUESTS, "guests_in": "NA"}, {}, ["guests_end"]),
    ("H06", {**GUESTS, "guests_in": "NA", "guests_end": 8}, {}, []),
    ("H07", NIGHTS, {}, []),
    ("H07", {**NIGHTS, "nights_occupied": 70}, {}, []),
    ("H07", {**NIGHTS, "nights_occupied": 71}, {}, ["nights_occupied"]),
    ("H07", {**NIGHTS, "nights_available": 71}, {}, ["nights_available"]),
    ("H07", {**NIGHTS, "nights_available": 77}, {"2023-W41": {"beds_active": 11}}, []),
    ("H07", {**NIGHTS, "nights_available": 78}, {"2023-W41": {"beds_active": 11}}, ["nights_available"]),
    ("H07", {**NIGHTS, "nights_available": 77}, {"2023-W40": {"beds_active": 11}}, ["nights_available"]),
    ("H07", {**NIGHTS, "nights_available": 71}, {"2023-W41": {"beds_active": "ND"}}, ["nights_available"]),
    ("H07", {**NIGHTS, "nights_available": 71, "beds_active": "ND"}, {"2023-W41": {"beds_active": 9}}, []),
    ("H07", {**NIGHTS, "beds_unavailable": 10}, {}, []),
    ("H07", {**NIGHTS, "beds_unavailable": 11}, {}, ["beds_unavailable"]),
    ("H07", {"beds_active": 10, "guests_end": 10}, {}, []),
    ("H07", {"beds_active": 10, "guests_end": 11}, {"2023-W41": {"beds_active": 20}}, ["guests_end"]),
    ("H08", {"cases_opened": 5, "cases_opened|vulnerability|MIN": 5}, {}, []),
    ("H08", {"cases_opened": 5, "cases_opened|vulnerability|MIN": 6}, {}, ["cases_opened|vulnerability|MIN"]),
    (
        "H08",
        {"cases_opened": 5, "cases_opened|vulnerability|MIN": 3, "cases_opened|vulnerability|DIS": 3},
        {},
        [],
    ),
    ("H08", {"cases_opened": "ND", "cases_opened|vulnerability|MIN": 6}, {}, []),
    ("H08", {"new_guests": 2, "new_guests|vulnerability|TRA": 3}, {}, ["new_guests|vulnerability|TRA"]),
    ("H08", {"new_guests": 3, "new_guests|vulnerability|TRA": 3, "new_guests|vulnerability|MGF": 3}, {}, []),
    ("H08", {"cases_opened_vulnerable": 3, "cases_opened|vulnerability|PSI": 3}, {}, []),
    (
        "H08",
        {"cases_opened_vulnerable": 2, "cases_opened|vulnerability|PSI": 3},
        {},
        ["cases_opened|vulnerability|PSI"],
    ),
    ("H08", {"cases_opened_vulnerable": 5, "cases_opened": 5}, {}, []),
    ("H08", {"cases_opened_vulnerable": 6, "cases_opened": 5}, {}, ["cases_opened_vulnerable"]),
    ("H08", {"persons_served": 5, "services_delivered": 5}, {}, []),
    ("H08", {"persons_served": 6, "services_delivered": 5}, {}, ["persons_served"]),
    ("H08", {"persons_served|service|LEG": 2, "services_delivered|service|LEG": 2}, {}, []),
    (
        "H08",
        {"persons_served|service|LEG": 3, "services_delivered|service|LEG": 2, "services_delivered": 9},
        {},
        ["persons_served|service|LEG"],
    ),
    ("H08", {"persons_served|service|LEG": 3, "services_delivered|service|SAN": 2}, {}, []),
    ("H11", {"desk_new_persons": 5, "desk_visits": 5}, {}, []),
    ("H11", {"desk_new_persons": 6, "desk_visits": 5}, {}, ["desk_new_persons"]),
    ("H11", {"outreach_new_persons": 5, "outreach_contacts": 5}, {}, []),
    ("H11", {"outreach_new_persons": 6, "outreach_contacts": 5}, {}, ["outreach_new_persons"]),
    ("H11", {"new_households": 2, "new_guests": 2}, {}, []),
    ("H11", {"new_households": 3, "new_guests": 2}, {}, ["new_households"]),
    ("H11", {"new_households": 3, "new_guests": "ND"}, {}, []),
    ("S05", {"guests_start": 10}, LAST, []),
    ("S05", {"guests_start": 11}, LAST, ["guests_start"]),
    ("S05", {"guests_start": 9}, LAST, ["guests_start"]),
    ("S05", {"guests_start": 11}, {}, []),
    ("S05", {"guests_start": 11}, {"2023-W40": {"guests_end": 10}}, []),
    ("S05", {"guests_start": 11}, {"2023-W41": {}}, []),
    ("S05", {"guests_start": 11}, {"2023-W41": {"guests_end": "ND"}}, []),
    ("S05", {"guests_start": "ND"}, LAST, []),
    ("S05", {"cases_open": 52, "cases_opened": 5, "cases_closed": 3}, LAST, []),
    ("S05", {"cases_open": 53, "cases_opened": 5, "cases_closed": 3}, LAST, ["cases_open"]),
    ("S05", {"cases_open": 53, "cases_opened": "ND", "cases_closed": 3}, LAST, []),
    ("S05", {"cases_open": 47, "cases_opened": "NA", "cases_closed": 3}, LAST, []),
]


@pytest.mark.parametrize(("code", "written", "weeks", "expected"), COMPARISONS)
def test_comparisons_between_figures(
    code: str, written: Written, weeks: dict[str, Written], expected: list[str], edition: Edition
) -> None:
    assert measures(found(made_return(edition, written, past=past_of(edition, weeks)), code)) == expected


def test_each_comparison_of_a_rule_has_a_case_that_fails(edition: Edition) -> None:
    failing = {(code, item.split("|")[0]) for code, _, _, expected in COMPARISONS for item in expected}
    failing.add(("H11", "new_guests"))
    for rule in edition.rules:
        for comparison in rule.comparisons:
            assert (rule.id, comparison.left.split(" ")[0]) in failing


def test_h07_takes_the_highest_of_daily_beds(edition: Edition) -> None:
    written = {"nights_available": 77, "beds_active": 10}
    assert found(made_return(edition, written, highest={"beds_active": 11}), "H07") == []
    assert len(found(made_return(edition, written, highest={"beds_active": 10}), "H07")) == 1
    # How many guests there are on Sunday is held against Sunday's beds alone.
    over = made_return(edition, {"guests_end": 11, "beds_active": 10}, highest={"beds_active": 11})
    assert measures(found(over, "H07")) == ["guests_end"]


def test_a_comparison_is_told_at_its_left_hand_cell_with_the_others(edition: Edition) -> None:
    (remark,) = found(made_return(edition, {**GUESTS, "guests_end": 12}), "H06")
    assert remark.place.cell == "A4"
    assert remark.cells == ("A4", "A1", "A2", "A3")
    assert (remark.details["found"], remark.details["expected"]) == (12, 11)
    assert remark.details["right"] == SumOf(expression="guests_start + guests_in - guests_out")


def test_service_points_are_compared_each_with_itself(edition: Edition) -> None:
    elsewhere = {f"TO-ACC-02:{name}": value for name, value in GUESTS.items()}
    assert found(made_return(edition, {**GUESTS, **elsewhere}), "H06") == []
    (remark,) = found(made_return(edition, {**GUESTS, **elsewhere, "TO-ACC-02:guests_end": 99}), "H06")
    assert remark.figure == ("TO-ACC-02", "guests_end", "total", "")


# H11: new guests

NEW_GUESTS = {"guests_start": 8, "guests_in": 2, "new_guests": 9}
REPORTED: Written = {"guests_end": 8}
NIL: Written = {"guests_end": 0}


def weeks_before(last: int, written: Written, without: tuple[int, ...] = ()) -> dict[str, Written]:
    return {f"2023-W{week:02d}": written for week in range(1, last) if week not in without}


@pytest.mark.parametrize(
    ("week", "weeks", "nil_points", "limit"),
    [
        pytest.param("2023-W01", {}, (), 10, id="first-week-of-the-edition"),
        pytest.param("2023-W04", weeks_before(4, REPORTED), (), 2, id="reported-before"),
        pytest.param(
            "2023-W04", weeks_before(4, REPORTED, without=(2,)), (), 10, id="an-earlier-week-is-missing"
        ),
        pytest.param(
            "2023-W04", weeks_before(4, {"cases_open": 5}), (), 10, id="first-week-of-this-service-point"
        ),
        pytest.param("2023-W04", weeks_before(4, NIL), (HOUSE,), 10, id="nil-until-now"),
        pytest.param(
            "2023-W04", weeks_before(4, {"guests_end": "ND"}), (), 10, id="nothing-available-until-now"
        ),
        pytest.param("2023-W04", weeks_before(4, NIL), (), 2, id="reported-zero-before"),
    ],
)
def test_h11_new_guests_are_among_those_who_came(
    week: str, weeks: dict[str, Written], nil_points: tuple[str, ...], limit: int, edition: Edition
) -> None:
    past = past_of(edition, weeks, nil_points)
    for new, expected in ((limit, []), (limit + 1, ["new_guests"])):
        given = made_return(edition, {**NEW_GUESTS, "new_guests": new}, week=IsoWeek.parse(week), past=past)
        assert measures(found(given, "H11")) == expected


def test_h11_a_service_point_whose_area_was_nil_has_not_reported(edition: Edition) -> None:
    weeks = past_of(edition, weeks_before(4, NIL)).returns
    past = KnownPast(tuple(replace(accepted, nil_areas=frozenset({"hou"})) for accepted in weeks))
    given = made_return(edition, {**NEW_GUESTS, "new_guests": 10}, week=IsoWeek(2023, 4), past=past)
    assert found(given, "H11") == []


# H09


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"outreach_contacts|legal_status|IRR": 5, "desk_new_persons|legal_status|IRR": 5}, []),
        ({"cases_opened|legal_status|IRR": 1}, ["cases_opened|legal_status|IRR"]),
        ({"new_guests|legal_status|IRR": 1}, ["new_guests|legal_status|IRR"]),
        ({"civic_new_participants|legal_status|IRR": 1}, ["civic_new_participants|legal_status|IRR"]),
        ({"cases_opened|legal_status|IRR": 0, "new_guests|legal_status|IRR": "ND"}, []),
        ({"civic_new_participants|legal_status|IRR": "NA"}, []),
        ({"cases_opened|legal_status|RIC": 9}, []),
    ],
)
def test_h09_people_without_a_permit_stand_only_among_contacts_and_first_visits(
    written: Written, expected: list[str], edition: Edition
) -> None:
    remarks = found(made_return(edition, written), "H09")
    assert measures(remarks) == expected
    allowed = Listed(what="measure", codes=("outreach_contacts", "desk_new_persons"))
    assert all(remark.details["expected"] == allowed for remark in remarks)


# H10


@pytest.mark.parametrize(
    ("accepted", "version", "kinds"),
    [
        pytest.param([], 1, [], id="the-first"),
        pytest.param([], 7, [], id="the-first-need-not-be-1"),
        pytest.param([1], 2, [], id="higher"),
        pytest.param([1], 9, [], id="gaps-are-allowed"),
        pytest.param([1], 1, ["version_not_higher"], id="equal"),
        pytest.param([1, 3], 2, ["version_not_higher"], id="lower-than-the-last"),
        pytest.param([1, 3], 4, [], id="higher-than-the-last"),
        pytest.param([], None, ["version_missing"], id="none"),
        pytest.param([1], None, ["version_missing"], id="none-after-one"),
    ],
)
def test_h10_a_later_return_has_a_higher_version(
    accepted: list[int], version: int | None, kinds: list[str], edition: Edition
) -> None:
    past = KnownPast(tuple(accepted_return(W42, version=number) for number in accepted))
    remarks = found(made_return(edition, version=version, past=past), "H10")
    assert [remark.kind for remark in remarks] == kinds


def test_h10_versions_of_other_weeks_do_not_count(edition: Edition) -> None:
    past = KnownPast((accepted_return(IsoWeek(2023, 41), version=5),))
    assert found(made_return(edition, version=1, past=past), "H10") == []


def test_h10_the_same_bytes_are_no_other_content(edition: Edition) -> None:
    past = KnownPast((accepted_return(W42, version=1, sha256="a" * 64),))
    assert found(made_return(edition, version=1, sha256="a" * 64, past=past), "H10") == []


@pytest.mark.parametrize(
    ("closed", "kinds"),
    [({"2023-Q3", "2024-Q4"}, []), ({"2023-Q4"}, ["quarter_frozen"])],
    ids=["other", "its"],
)
def test_h10_no_return_is_for_a_frozen_quarter(closed: set[str], kinds: list[str], edition: Edition) -> None:
    given = replace(made_return(edition), closed_quarters=frozenset(closed))
    remarks = found(given, "H10")
    assert [remark.kind for remark in remarks] == kinds
    assert all(remark.details == {"week": W42, "quarter": "2023-Q4"} for remark in remarks)


# H14

AT = Place("f", "Copertina", "A17")
NO_HOUSING = NilDeclaration("", "hou", "Casa chiusa", AT)
NO_PROJECT = NilDeclaration(PROJECT, "civ", "Sospeso", AT)
NO_NETWORK = NilDeclaration("", "net", "Nessuna riunione", AT)


@pytest.mark.parametrize(
    ("nil", "written", "expected"),
    [
        (NO_HOUSING, {"guests_end": 0, "beds_active": 0}, []),
        (NO_HOUSING, {}, []),
        (NO_HOUSING, {"guests_end": 1, "TO-ACC-02:beds_active": 2}, ["guests_end", "beds_active"]),
        (NO_HOUSING, {"guests_end": "ND"}, ["guests_end"]),
        (NO_HOUSING, {"guests_end": "NA"}, ["guests_end"]),
        (NO_HOUSING, {"guests_end|sex|F": 1}, ["guests_end|sex|F"]),
        (NO_HOUSING, {"cases_open": 5, "beneficiaries_new": 3}, []),
        (NO_HOUSING, {"expenditure": 9, "expenditure|area|hou": 9}, []),
        (NO_PROJECT, {"civic_hours": 0}, []),
        (NO_PROJECT, {"civic_hours": 0.5}, ["civic_hours"]),
        (NO_PROJECT, {"TO-CIV-02:civic_hours": 5}, []),
        (NO_NETWORK, {"beneficiaries_new": 0, "cases_open": 5}, []),
        (
            NO_NETWORK,
            {"beneficiaries_new": 1, "expenditure|area|hou": 9},
            ["beneficiaries_new", "expenditure|area|hou"],
        ),
    ],
)
def test_h14_what_is_nil_holds_zeros_or_blanks(
    nil: NilDeclaration, written: Written, expected: list[str], edition: Edition
) -> None:
    remarks = found(made_return(edition, written, nils=(nil,)), "H14")
    assert {remark.kind for remark in remarks} <= {"nil_with_value"}
    assert sorted(measures(remarks)) == sorted(expected)


@pytest.mark.parametrize("nil", [NO_HOUSING, NO_PROJECT])
def test_h14_a_nil_has_a_reason(nil: NilDeclaration, edition: Edition) -> None:
    (remark,) = found(made_return(edition, nils=(replace(nil, reason=""),)), "H14")
    assert (remark.kind, remark.place) == ("nil_without_reason", AT)


# S09


@pytest.mark.parametrize(
    ("week", "received_at", "is_late"),
    [
        ("2023-W42", "2023-10-25T11:59:59+02:00", False),
        ("2023-W42", "2023-10-25T12:00:00+02:00", False),
        ("2023-W42", "2023-10-25T12:00:00.000001+02:00", True),
        ("2023-W42", "2023-10-25T12:00:01+02:00", True),
        ("2023-W42", "2023-10-25T10:00:00+00:00", False),
        ("2023-W42", "2023-10-25T10:00:01+00:00", True),
        ("2023-W43", "2023-11-01T12:00:00+01:00", False),  # winter time began on the week's Sunday
        ("2023-W43", "2023-11-01T11:00:01+00:00", True),
        ("2023-W43", "2023-11-01T10:30:00+00:00", False),
        ("2023-W12", "2023-03-29T12:00:00+02:00", False),  # summer time began on the week's Sunday
        ("2023-W12", "2023-03-29T10:00:01+00:00", True),
        ("2023-W12", "2023-03-29T10:30:00+00:00", True),
    ],
)
def test_s09_wednesday_noon_in_rome_is_on_time(
    week: str, received_at: str, is_late: bool, edition: Edition
) -> None:
    given = made_return(edition, week=IsoWeek.parse(week), received_at=dt.datetime.fromisoformat(received_at))
    assert bool(found(given, "S09")) == is_late


def test_s09_a_revision_is_not_late(edition: Edition) -> None:
    late = dt.datetime.fromisoformat("2023-11-15T09:00:00+01:00")
    past = KnownPast((accepted_return(W42, version=1),))
    assert found(made_return(edition, version=2, received_at=late, past=past), "S09") == []


def test_s09_the_first_return_after_a_rejected_one_is_late_too(edition: Edition) -> None:
    late = dt.datetime.fromisoformat("2023-11-15T09:00:00+01:00")
    past = KnownPast((accepted_return(IsoWeek(2023, 41)),))
    assert len(found(made_return(edition, version=2, received_at=late, past=past), "S09")) == 1


# all of them


def test_the_rules_of_the_contract_are_listed_whether_enforced_or_not(edition: Edition) -> None:
    enforced = {rule.id for rule in edition.rules if rule.check}
    assert enforced >= {
        "H00",
        "H01",
        "H02",
        "H03",
        "H05",
        "H06",
        "H07",
        "H08",
        "H09",
        "H10",
        "H11",
        "H12",
        "H13",
        "H14",
        *(f"S{number:02d}" for number in range(1, 10)),
    }
    assert {rule.id for rule in edition.rules} == {
        *(f"H{number:02d}" for number in range(15)),
        *(f"S{number:02d}" for number in range(1, 11)),
    }


def test_every_function_of_a_rule_is_used_by_one(edition: Edition) -> None:
    checks = {*RULE_FUNCTIONS, *CHECKED_WHILE_READING, DRIFT}
    assert {rule.check for rule in edition.rules if rule.check} == checks


def test_hard_rules_are_errors_and_soft_rules_warnings(edition: Edition) -> None:
    assert {(rule.id[0], rule.severity) for rule in edition.rules} == {("H", "error"), ("S", "warning")}


def test_a_rule_is_in_force_from_its_day_to_its_last(edition: Edition) -> None:
    rule = rule_of(edition, "H06").model_copy(
        update={"valid_from": dt.date(2023, 3, 1), "valid_to": dt.date(2023, 3, 31)}
    )
    noon = dt.time(12, tzinfo=dt.UTC)
    days = [dt.date(2023, 2, 28), dt.date(2023, 3, 1), dt.date(2023, 3, 31), dt.date(2023, 4, 1)]
    assert [rule.is_in_force(dt.datetime.combine(day, noon)) for day in days] == [False, True, True, False]
    assert not rule.model_copy(update={"check": None}).is_in_force(dt.datetime.combine(days[1], noon))
