"""One cause gives one finding: which findings leave others out, and which never do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pytest

from pipelines.judging.causes import without_repeated_causes
from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules import RULE_FUNCTIONS
from schemas.acts import Scope, Waiver
from schemas.contract import Edition
from schemas.details import Detail, Listed
from schemas.messages import catalogue
from schemas.weeks import IsoWeek
from sources.layouts.outcome import Place
from tests.making.pasts import KnownPast, accepted_return
from tests.making.returns import Written, made_return, values_of

W20 = IsoWeek(2023, 20)
SEXES = {"F": 4, "M": 5, "X": 0, "ND": 1}
AGES = {"00-05": 1, "06-13": 2, "14-17": 3, "18-25": 4, "26-40": 0, "41-60": 0, "61+": 0, "ND": 0}


def told(
    given: ReadReturn, without: Iterable[str] = (), waivers: Iterable[Waiver] = ()
) -> list[tuple[str, str]]:
    """Rule and message kind of what is said of a return; `without`: rules that are not in force."""
    rules = {rule.id: rule for rule in given.edition.rules if rule.check and rule.id not in without}
    judged = (rule for rule in rules.values() if rule.check in RULE_FUNCTIONS)
    remarks = [one for rule in judged for one in RULE_FUNCTIONS[rule.check or ""](given, rule)]
    return sorted(
        (one.rule or "", one.kind) for one in without_repeated_causes(given, remarks, rules, waivers)
    )


def week_20(edition: Edition, written: Written, *earlier: Written) -> ReadReturn:
    """A return whose last weeks were these, the last one last."""
    past = KnownPast(
        tuple(
            accepted_return(W20.shifted(-back), values_of(edition, one))
            for back, one in enumerate(reversed(earlier), start=1)
        )
    )
    return made_return(edition, written, week=W20, past=past, received_at=W20.ends_at)


def cut(measure: str, breakdown: str, values: dict[str, int]) -> dict[str, int]:
    return {f"{measure}|{breakdown}|{code}": value for code, value in values.items()}


GUESTS = {**cut("guests_end", "sex", SEXES), **cut("guests_end", "age", AGES)}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param({"guests_end": 10, **GUESTS}, [], id="right"),
        pytest.param(
            {"guests_end": 11, **GUESTS}, [("H05", "total_unlike_categories")], id="the-total-is-wrong"
        ),
        pytest.param(
            {"guests_end": 10, **GUESTS, "guests_end|sex|F": 5}, [("H05", "breakdown_sum")], id="a-category"
        ),
        pytest.param(
            {"guests_end": 10, **GUESTS, "guests_end|sex|F": 5, "guests_end|age|ND": 2},
            [("H05", "breakdown_sum"), ("H05", "breakdown_sum")],
            id="two-categories-by-different-amounts",
        ),
        pytest.param(
            {item: value for item, value in {"guests_end": 8, **GUESTS}.items() if not item.endswith("61+")},
            [("H05", "breakdown_exceeds"), ("H05", "breakdown_sum")],
            id="one-breakdown-is-not-complete",
        ),
    ],
)
def test_a_total_that_all_breakdowns_disagree_with_is_one_finding(
    written: Written, expected: list[tuple[str, str]], edition: Edition
) -> None:
    assert told(made_return(edition, written)) == expected


def test_a_wrong_total_is_told_with_the_cells_of_all_its_breakdowns(edition: Edition) -> None:
    rule = next(rule for rule in edition.rules if rule.id == "H05")
    (remark,) = RULE_FUNCTIONS["additive_breakdowns"](
        made_return(edition, {"guests_end": 11, **GUESTS}), rule
    )
    assert (remark.details["found"], remark.details["expected"]) == (11, 10)
    assert remark.details["lists"] == Listed(what="list", codes=("sex", "age"))
    assert len(remark.cells) == len(GUESTS)
    assert remark.figure is not None and remark.figure[1:] == ("guests_end", "total", "")


CASES_OPENED = {
    **cut("cases_opened", "sex", SEXES),
    **cut("cases_opened", "age", AGES),
    **cut("cases_opened", "vulnerability", {"MIN": 6, "DIS": 7}),
}


def test_a_total_too_small_for_its_breakdowns_is_not_told_again_by_its_vulnerabilities(
    edition: Edition,
) -> None:
    given = made_return(edition, {"cases_opened": 1, **CASES_OPENED})
    assert told(given) == [("H05", "total_unlike_categories")]
    # A rule that is not in force is silent itself and silences nobody.
    assert told(given, without=["H05"]) == [("H08", "more_than"), ("H08", "more_than")]


def test_open_cases_do_not_tell_a_wrong_total_of_cases_opened_again(edition: Edition) -> None:
    last_week: Written = {"cases_open": 50}
    week = {"cases_open": 51, "cases_closed": 9, "cases_opened": 10, **CASES_OPENED}
    assert told(week_20(edition, week, last_week)) == []
    given = week_20(edition, {**week, "cases_opened": 12}, last_week)
    assert told(given) == [("H05", "total_unlike_categories")]
    given = week_20(edition, {**week, "cases_open": 52}, last_week)
    assert told(given) == [("S05", "differs_from_last_week")]


PEOPLE_OF_A_WEEK: Written = {
    "beneficiaries_new": 10,
    "cases_opened": 10,
    "TO-OSS-02:cases_opened": 0,
    **dict.fromkeys(("new_guests", "TO-ACC-02:new_guests", "TO-ACC-03:new_guests"), 0),
    **dict.fromkeys(("civic_new_participants", "TO-CIV-02:civic_new_participants"), 0),
}


def test_running_totals_do_not_tell_a_wrong_total_again_that_puts_them_right(edition: Edition) -> None:
    past = KnownPast((accepted_return(IsoWeek(2023, 1), values_of(edition, PEOPLE_OF_A_WEEK)),))

    def given(**changed: int) -> ReadReturn:
        written = {**PEOPLE_OF_A_WEEK, **CASES_OPENED, **changed}
        week = IsoWeek(2023, 2)
        return made_return(edition, written, week=week, past=past, received_at=week.ends_at)

    assert told(given()) == []
    assert told(given(cases_opened=9), without=["H05"]) == [("H13", "running_total_more")]
    assert told(given(cases_opened=9)) == [("H05", "total_unlike_categories")]
    # What putting the total right does not mend has a cause of its own.
    assert told(given(cases_opened=9, beneficiaries_new=11)) == [
        ("H05", "total_unlike_categories"),
        ("H13", "running_total_more"),
    ]


def test_a_wrong_total_is_not_told_again_as_unlike_the_weeks_before(edition: Edition) -> None:
    usual = {"cases_opened": 10, **CASES_OPENED}
    given = week_20(edition, {**usual, "cases_opened": 100}, *[usual] * 12)
    assert told(given, without=["H05"]) == [("S01", "unlike_recent_weeks")]
    assert told(given) == [("H05", "total_unlike_categories")]


def test_what_is_waived_speaks_for_no_other(edition: Edition) -> None:
    given = made_return(edition, {"cases_opened": 1, **CASES_OPENED})
    assert told(given, waivers=[waiver("desk_visits")]) == [("H05", "total_unlike_categories")]
    assert told(given, waivers=[waiver("cases_opened")]) == [
        ("H05", "total_unlike_categories"),
        ("H08", "more_than"),
        ("H08", "more_than"),
    ]


def waiver(measure: str) -> Waiver:
    at = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
    scope = Scope(measure=measure)
    return Waiver(
        edition="lgnet2", city="torino", rule="H05", scope=scope, reason="x", until=at.date(), at=at, by="x"
    )


def test_what_a_total_is_held_against_is_not_told_again_where_its_correction_mends_it(
    edition: Edition,
) -> None:
    newly = {**cut("desk_new_persons", "sex", SEXES), **cut("desk_new_persons", "age", AGES)}
    given = made_return(edition, {"desk_visits": 12, "desk_new_persons": 13, **newly})
    assert told(given) == [("H05", "total_unlike_categories")]
    assert told(given, without=["H05"]) == [("H11", "more_than")]
    given = made_return(edition, {"desk_visits": 9, "desk_new_persons": 13, **newly})
    assert told(given) == [("H05", "total_unlike_categories"), ("H11", "more_than")]
    house = {"guests_start": 8, "guests_in": 4, "guests_out": 2, "beds_active": 12, **GUESTS}
    assert told(made_return(edition, {**house, "guests_end": 13})) == [("H05", "total_unlike_categories")]


def test_a_wrong_vulnerability_is_told_beside_a_wrong_category(edition: Edition) -> None:
    written = {
        "cases_opened": 10,
        **CASES_OPENED,
        "cases_opened|sex|F": 9,
        "cases_opened|vulnerability|MIN": 11,
    }
    assert told(made_return(edition, written)) == [("H05", "breakdown_sum"), ("H08", "more_than")]


def test_an_opening_stock_that_breaks_the_week_itself_is_told_once(edition: Edition) -> None:
    last_week: Written = {"guests_end": 10}
    week = {"guests_start": 11, "guests_in": 3, "guests_out": 2, "guests_end": 11}
    assert told(week_20(edition, week, last_week)) == [("H06", "not_equal")]
    # Where the week agrees with itself, last week's end speaks; elsewhere both do.
    assert told(week_20(edition, {**week, "guests_end": 12}, last_week)) == [
        ("S05", "differs_from_last_week")
    ]
    elsewhere = {"TO-ACC-02:guests_start": 5, "TO-ACC-02:guests_end": 5}
    second = {**week, **elsewhere, "TO-ACC-02:guests_in": 0, "TO-ACC-02:guests_out": 0}
    given = week_20(edition, second, {**last_week, "TO-ACC-02:guests_end": 6})
    assert told(given) == [("H06", "not_equal"), ("S05", "differs_from_last_week")]


def test_impossible_nights_are_no_occupancy(edition: Edition) -> None:
    low = {"nights_occupied": 20, "nights_available": 70, "beds_active": 10, "guests_end": 1}
    given = week_20(edition, {**low, "nights_available": 71}, low, low, low)
    assert told(given) == [("H07", "more_than")]
    assert told(given, without=["H07"]) == [("S04", "ratio_low")]


def test_a_cumulative_figure_is_not_told_as_an_odd_one_too(edition: Edition) -> None:
    weeks = [{"desk_visits": value} for value in (*[10] * 8, 10, 12, 15, 18, 20)]
    given = week_20(edition, {"desk_visits": 90, "cases_opened": 3}, *weeks)
    assert told(given) == [("S07", "cumulative_typed")]
    assert told(given, without=["S07"]) == [("S01", "unlike_recent_weeks")]


def test_a_total_among_the_categories_is_not_told_as_an_odd_total_too(edition: Edition) -> None:
    usual = {
        "desk_visits": 16,
        **cut("desk_visits", "channel", {"UM": 4, "SOC": 4, "TER": 4, "SPO": 4, "ALT": 0}),
    }
    given = week_20(
        edition,
        {
            "desk_visits": 128,
            **cut("desk_visits", "channel", {"UM": 24, "SOC": 20, "TER": 20, "SPO": 64, "ALT": 0}),
        },
        *[usual] * 8,
    )
    assert told(given) == [("S08", "total_as_category")]
    assert told(given, without=["S08"]) == [("S01", "unlike_recent_weeks")]


def test_a_column_of_totals_is_told_once_and_not_row_by_row(edition: Edition) -> None:
    ages = {"00-05": 5, "06-13": 1, "14-17": 2, "18-25": 2, "26-40": 0, "41-60": 0, "61+": 0, "ND": 0}
    house: dict[str, int] = {}
    for measure in ("guests_end", "new_guests"):
        house |= {measure: 10, **cut(measure, "age", ages)}
    column = {f"TO-ACC-03:{item}": 2 * value for item, value in house.items()}
    usual = {
        f"TO-ACC-03:{item}": value
        for item, value in {"new_guests": 4, **cut("new_guests", "age", AGES)}.items()
    }
    week = {**house, **{f"TO-ACC-02:{item}": value for item, value in house.items()}, **column}
    weeks: list[Written] = [{**usual, "TO-ACC-03:guests_end": 4, "TO-ACC-03:guests_end|age|ND": 4}] * 8
    assert told(week_20(edition, week, *weeks)) == [("S08", "column_is_total")]
    alone = week_20(edition, column, *weeks)
    assert told(alone, without=["S01"]) == [("S08", "total_as_category")]
    assert told(alone, without=["S08"]) == [("S01", "unlike_recent_weeks")] * 2


OF_OTHER_WEEKS = ("H10", "H13", "S01", "S02", "S04", "S05", "S06", "S07", "S08", "S09")


@pytest.mark.parametrize("rule", [*OF_OTHER_WEEKS, "H02", "H05", "S03"])
def test_beside_a_week_not_its_own_nothing_is_said_of_others(rule: str, edition: Edition) -> None:
    rules = {rule.id: rule for rule in edition.rules}
    cell = Place("scheda", "Copertina", "B8")
    kind = "version_not_higher" if rule == "H10" else "any"
    other = Remark(kind, Place("scheda", "2 Housing", "D8"), rule=rule)
    week, day = Remark("days_of_other_week", cell), Remark("days_disagree", cell)
    given = made_return(edition, {})
    told = without_repeated_causes(given, [week, other], rules)
    assert told == ([week] if rule in OF_OTHER_WEEKS else [week, other])
    assert without_repeated_causes(given, [day, other], rules) == [day, other]


def test_what_silences_is_a_message_of_its_rule(edition: Edition) -> None:
    for rule in edition.rules:
        for silence in rule.silences:
            assert silence.kind is None or catalogue().messages[silence.kind].check == rule.check


def test_no_warning_silences_an_error_and_every_silence_has_its_case_here(edition: Edition) -> None:
    severities = {rule.id: rule.severity for rule in edition.rules}
    pairs = {(rule.id, other) for rule in edition.rules for one in rule.silences for other in one.rules}
    assert all(severities[by] == "error" or severities[other] == "warning" for by, other in pairs)
    assert pairs == {
        *(("H01", rule) for rule in OF_OTHER_WEEKS),
        *(("H05", rule) for rule in ("H06", "H07", "H08", "H11", "H13", "S01", "S04", "S05")),
        ("H06", "S05"),
        ("H07", "S04"),
        ("S07", "S01"),
        ("S08", "S01"),
        ("S08", "S08"),
    }


def test_what_stays_beside_a_wrong_total_is_told_as_it_is_once_that_is_right(edition: Edition) -> None:
    """A limit that the wrong total sets is a wrong limit: nobody is asked to keep it."""
    past = KnownPast((accepted_return(IsoWeek(2023, 1), values_of(edition, PEOPLE_OF_A_WEEK)),))
    week = IsoWeek(2023, 2)

    def remarks(**changed: int) -> dict[str, Detail | None]:
        written = {**PEOPLE_OF_A_WEEK, **CASES_OPENED, **changed}
        given = made_return(edition, written, week=week, past=past, received_at=week.ends_at)
        rules = {rule.id: rule for rule in edition.rules if rule.check in RULE_FUNCTIONS}
        found = [one for rule in rules.values() for one in RULE_FUNCTIONS[rule.check or ""](given, rule)]
        return {one.kind: one.details.get("expected") for one in without_repeated_causes(given, found, rules)}

    assert remarks(cases_opened=1, cases_opened_vulnerable=12) == {
        "total_unlike_categories": 10,
        "more_than": 10,
    }
    # Too few people for the wrong total, too many for the right one.
    told = remarks(cases_opened=100, beneficiaries_new=40)
    assert set(told) == {"total_unlike_categories", "running_total_more"}


def test_a_missing_version_is_told_beside_a_week_not_its_own(edition: Edition) -> None:
    rules = {rule.id: rule for rule in edition.rules}
    cell = Place("scheda", "Copertina", "B8")
    week, version = Remark("days_of_other_week", cell), Remark("version_missing", cell, rule="H10")
    assert without_repeated_causes(made_return(edition, {}), [week, version], rules) == [week, version]
