"""The rules that look at the weeks before, or at a whole column: what they let pass and what they find.

The sample as a whole stands in `test_sample_over_weeks`; what one cause silences in `test_causes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules import RULE_FUNCTIONS
from pipelines.judging.rules.unlike_recent_weeks import band_of
from schemas.contract import Edition, Rule
from schemas.details import Share
from schemas.messages import catalogue
from schemas.thresholds import UnlikeRecentWeeks
from schemas.weeks import IsoWeek
from sources.layouts.outcome import NilDeclaration, Place
from tests.making.pasts import KnownPast, accepted_return
from tests.making.returns import DESK, HOUSE, Written, made_return, values_of

OWN = IsoWeek(2023, 20)
AT = Place("f", "Foglio", "Z1")
LIMITS_OF_S01 = UnlikeRecentWeeks(weeks=8, at_least=6, odd=1, deviations=3.75, spread=0.15)
NOWHERE: Written = {"staff_fte": 9}
"""An accepted return that says nothing of what is judged."""


def rule_of(edition: Edition, code: str) -> Rule:
    return next(rule for rule in edition.rules if rule.id == code)


def found(given: ReadReturn, code: str) -> list[Remark]:
    rule = rule_of(given.edition, code)
    assert rule.check is not None
    remarks = list(RULE_FUNCTIONS[rule.check](given, rule))
    for remark in remarks:
        assert remark.rule == code
        words = {"figure": "Voce", **remark.details}
        assert "{" not in "".join(catalogue().said(remark.kind, words))
    return remarks


def kinds(remarks: Iterable[Remark]) -> list[str]:
    return [remark.kind for remark in remarks]


def before(
    edition: Edition, weeks: Mapping[int, Written], nil: Iterable[int] = (), nil_area: Iterable[int] = ()
) -> KnownPast:
    """What was accepted so many weeks before the own one; in `nil` weeks every service point is nil."""
    points = [point.code for point in edition.service_points if point.city == "torino"]
    return KnownPast(
        tuple(
            accepted_return(
                OWN.shifted(-back),
                values_of(edition, written),
                nil_points=points if back in set(nil) else (),
                nil_areas=edition.facts.areas if back in set(nil_area) else (),
            )
            for back, written in weeks.items()
        )
    )


def series(measure: str, *values: float | str | None) -> dict[int, Written]:
    """The weeks before the own one, the last one last; None: an accepted return without the figure."""
    return {
        len(values) - index: NOWHERE if value is None else {measure: value}
        for index, value in enumerate(values)
    }


def own(
    edition: Edition, written: Written, past: KnownPast, nils: tuple[NilDeclaration, ...] = ()
) -> ReadReturn:
    return made_return(edition, written, week=OWN, past=past, nils=nils)


# H13: running totals

W01, W02, W03 = (IsoWeek(2023, number) for number in (1, 2, 3))
ZERO = dict.fromkeys(
    (
        "TO-OSS-02:cases_opened",
        "TO-ACC-02:new_guests",
        "TO-ACC-03:new_guests",
        "TO-CIV-02:civic_new_participants",
    ),
    0,
)


def people(reached: int | str, cases: int = 0, guests: int = 0, joined: int = 0) -> dict[str, int | str]:
    """What Torino says of a week: all four totals, at each of its service points."""
    own = {"cases_opened": cases, "new_guests": guests, "civic_new_participants": joined}
    return {"beneficiaries_new": reached, **own, **ZERO}


def without(written: Mapping[str, int | str], *items: str) -> dict[str, int | str]:
    return {item: value for item, value in written.items() if item not in items}


TEN = people(10, cases=6, guests=3, joined=1)


def third_week(
    edition: Edition,
    written: Written,
    earlier: Mapping[IsoWeek, Written],
    nils: tuple[NilDeclaration, ...] = (),
) -> ReadReturn:
    past = KnownPast(tuple(accepted_return(week, values_of(edition, one)) for week, one in earlier.items()))
    return made_return(edition, written, week=W03, past=past, nils=nils)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        # So far: 20 people; 12 cases, 6 guests, 2 participants.
        pytest.param(people(10, 6, 3, 1), [], id="their-sum"),
        pytest.param(people(11, 6, 3, 1), ["running_total_more"], id="one-more-than-their-sum"),
        pytest.param(people(0, cases=6), [], id="what-earlier-weeks-had-more-counts"),
        pytest.param(people(0, cases=8, guests=14, joined=18), [], id="as-many-as-the-largest"),
        pytest.param(people(0, cases=9), ["running_total_less"], id="fewer-than-the-cases"),
        pytest.param(people(0, guests=15), ["running_total_less"], id="fewer-than-the-guests"),
        pytest.param(people(0, joined=19), ["running_total_less"], id="fewer-than-the-participants"),
        pytest.param(people("NA"), [], id="na-counts-0"),
        pytest.param(people("NA", cases=9), ["running_total_less"], id="na-is-judged"),
        pytest.param(people("ND", cases=99), [], id="nd"),
        pytest.param(without(people(99), "beneficiaries_new"), [], id="not-reported"),
        pytest.param({**people(99), "TO-ACC-03:new_guests": "ND"}, [], id="a-part-is-nd"),
        pytest.param(without(people(99), "TO-ACC-03:new_guests"), [], id="a-part-is-not-reported"),
        pytest.param({**people(99), "TO-ACC-03:new_guests": "NA"}, ["running_total_more"], id="a-part-is-na"),
    ],
)
def test_h13_running_totals_of_a_city(written: Written, expected: list[str], edition: Edition) -> None:
    assert kinds(found(third_week(edition, written, {W01: TEN, W02: TEN}), "H13")) == expected


@pytest.mark.parametrize(
    "earlier",
    [
        pytest.param({W02: TEN}, id="the-first-week-is-missing"),
        pytest.param({W01: TEN}, id="a-week-is-missing"),
        pytest.param({W01: TEN, W02: {**TEN, "cases_opened": "ND"}}, id="a-total-was-nd"),
        pytest.param(
            {W01: without(TEN, "TO-CIV-02:civic_new_participants"), W02: TEN}, id="one-was-not-reported"
        ),
    ],
)
def test_h13_needs_every_total_of_every_week_so_far(
    earlier: dict[IsoWeek, Written], edition: Edition
) -> None:
    assert found(third_week(edition, people(99), earlier), "H13") == []


def test_h13_is_told_at_the_people_reached_with_its_parts(edition: Edition) -> None:
    (remark,) = found(third_week(edition, people(11, 6, 3, 1), {W01: TEN, W02: TEN}), "H13")
    assert [remark.details[name] for name in ("found", "difference")] == [11, 1]
    assert remark.expected == 10
    assert (remark.details["so_far"], remark.details["limit"]) == (31, 30)
    assert (remark.place.cell, len(remark.cells)) == ("A1", 7)
    assert remark.figure == ("", "beneficiaries_new", "total", "")


def test_h13_a_past_week_is_named_where_no_figure_of_this_week_would_do(edition: Edition) -> None:
    too_many = {**TEN, "beneficiaries_new": 30}
    (remark,) = found(third_week(edition, people(1), {W01: too_many, W02: TEN}), "H13")
    assert (remark.kind, remark.details["found"], remark.expected) == ("running_total_before", 1, 0)


def test_h13_what_is_nil_counts_0(edition: Edition) -> None:
    housing = ("new_guests", "TO-ACC-02:new_guests", "TO-ACC-03:new_guests")
    closed = NilDeclaration("", "hou", "Chiuso", Place("f", "Foglio", "Z1"))
    for reached, expected in ((7, []), (8, ["running_total_more"])):
        written = without(people(reached, cases=6, joined=1), *housing)
        assert found(third_week(edition, written, {W01: TEN, W02: TEN}), "H13") == []
        given = third_week(edition, written, {W01: TEN, W02: TEN}, nils=(closed,))
        assert kinds(found(given, "H13")) == expected


def test_h13_a_revision_takes_the_place_of_its_earlier_version(edition: Edition) -> None:
    past = {W01: TEN, W02: TEN, W03: people(999), IsoWeek(2023, 4): people(999)}
    assert found(third_week(edition, people(10, 6, 3, 1), past), "H13") == []


# S01: unlike the weeks before


@pytest.mark.parametrize(
    ("values", "value", "is_told"),
    [
        pytest.param((30, 41, 35, 28, 33, 38, 30, 36), 340, True, id="a-digit-too-many"),
        pytest.param((30, 41, 35, 28, 33, 38, 30, 36), 3, True, id="a-digit-too-few"),
        pytest.param((30, 41, 35, 28, 33, 38, 30, 36), 50, False, id="a-busy-week"),
        pytest.param((30, 41, 35, 28, 33, 38, 30, 36), "ND", False, id="nd"),
        pytest.param((5, 6, 4, 5, 7, 5, 6, 5), 50, True, id="small-and-ten-times-too-many"),
        pytest.param((5, 6, 4, 5, 7, 5, 6, 5), 0, False, id="small-and-none-at-all"),
        pytest.param((0, 0, 0, 0, 0, 0, 0, 0), 5, False, id="zeros-and-a-few"),
        pytest.param((0, 0, 0, 0, 0, 0, 0, 0), 30, True, id="zeros-and-many"),
        pytest.param((0, 0, 9, 0, 0, 12, 0, 0), 15, False, id="bursts-between-zeros"),
        pytest.param((30, 41, 35, 340, 33, 340, 30, 36), 340, False, id="never-between-what-there-was"),
        pytest.param(
            (30, 41, 35, 340, 33, 38, 30, 36), 340, True, id="one-wrong-week-does-not-widen-the-band"
        ),
        pytest.param((30, 41, "ND", 28, None, 38, 30, 36), 340, True, id="six-weeks-hold-a-value"),
        pytest.param((30, "ND", "NA", 28, None, 38, 30, 36), 340, False, id="five-weeks-hold-a-value"),
        pytest.param((30, 41, 35, 28, 33), 340, False, id="five-weeks-at-all"),
    ],
)
def test_s01_a_total_unlike_the_weeks_before(
    values: tuple[float | str | None, ...], value: float | str, is_told: bool, edition: Edition
) -> None:
    past = before(edition, series("desk_visits", *values))
    remarks = found(own(edition, {"desk_visits": value}, past), "S01")
    assert kinds(remarks) == (["unlike_recent_weeks"] if is_told else [])


def test_s01_counts_accepted_weeks_and_leaves_nil_ones_out(edition: Edition) -> None:
    usual: Written = {"desk_visits": 30}
    apart = before(edition, dict.fromkeys((1, 2, 4, 5, 7, 12, 15, 17), usual))
    assert len(found(own(edition, {"desk_visits": 340}, apart), "S01")) == 1
    weeks = dict.fromkeys(range(1, 9), usual)
    assert len(found(own(edition, {"desk_visits": 340}, before(edition, weeks, nil=[1, 2])), "S01")) == 1
    assert found(own(edition, {"desk_visits": 340}, before(edition, weeks, nil=[1, 2, 3])), "S01") == []
    assert found(own(edition, {"desk_visits": 340}, before(edition, weeks, nil_area=[1, 2, 3])), "S01") == []


def test_s01_judges_totals_and_each_service_point_by_itself(edition: Edition) -> None:
    usual: Written = {"desk_visits": 30, "TO-OSS-02:desk_visits": 300, "desk_visits|channel|UM": 3}
    past = before(edition, dict.fromkeys(range(1, 9), usual))
    written: Written = {"desk_visits": 300, "TO-OSS-02:desk_visits": 300, "desk_visits|channel|UM": 300}
    (remark,) = found(own(edition, written, past), "S01")
    assert remark.figure == (DESK, "desk_visits", "total", "")


def test_s01_what_comes_many_at_a_time_is_given_room(edition: Edition) -> None:
    for usual in (0, 100):
        past = before(edition, series("leaver_nights", *[usual] * 8))
        assert found(own(edition, {"leaver_nights": 700}, past), "S01") == []
        assert len(found(own(edition, {"leaver_nights": 7000}, past), "S01")) == 1


counts = st.lists(st.integers(0, 500), min_size=6, max_size=8)


@for_all(counts, st.randoms(use_true_random=False))
def test_s01_the_band_holds_its_middle_whatever_the_order_of_the_weeks(
    recent: list[int], order: Random
) -> None:
    band = band_of(recent, LIMITS_OF_S01)
    assert 0 <= band.low <= band.typical <= band.high
    order.shuffle(recent)
    assert band_of(recent, LIMITS_OF_S01) == band


@for_all(counts, st.integers(2000, 9000), st.integers(10_000, 10**7))
def test_s01_how_wrong_one_figure_of_the_past_is_does_not_matter(
    recent: list[int], wrong: int, more: int
) -> None:
    assert band_of([*recent, wrong], LIMITS_OF_S01) == band_of([*recent, more], LIMITS_OF_S01)


@for_all(st.integers(5, 5000))
def test_s01_a_steady_total_ten_times_too_large_is_always_outside(usual: int) -> None:
    assert not band_of([usual] * 8, LIMITS_OF_S01).high >= 10 * usual


# S02: the same as last week


@pytest.mark.parametrize(
    ("count", "same", "is_told"),
    [
        pytest.param(20, 19, True, id="95-percent-of-twenty"),
        pytest.param(20, 18, False, id="exactly-90-percent"),
        pytest.param(19, 19, False, id="too-few-values"),
        pytest.param(30, 28, True, id="over-90-percent"),
        pytest.param(30, 27, False, id="90-percent-of-thirty"),
    ],
)
def test_s02_nearly_all_is_what_it_was_last_week(
    count: int, same: int, is_told: bool, edition: Edition
) -> None:
    items = [
        f"{measure}|citizenship|{code}"
        for measure in ("cases_opened", "desk_new_persons")
        for code in edition.code_lists_by_code["citizenship"].codes
    ][:count]
    written = dict.fromkeys(items, 3)
    last_week = {item: 3 if index < same else 4 for index, item in enumerate(items)}
    # Zeros count on neither side.
    zeros = {"guests_in": 0, "guests_out": 0}
    for back, expected in ((1, is_told), (2, False)):
        past = before(edition, {back: {**last_week, **zeros}})
        remarks = found(own(edition, {**written, **zeros}, past), "S02")
        assert kinds(remarks) == (["same_as_last_week"] if expected else [])


def test_s02_a_revision_is_not_held_against_its_own_earlier_version(edition: Edition) -> None:
    written = {
        f"cases_opened|citizenship|{code}": 3 for code in edition.code_lists_by_code["citizenship"].codes
    }
    assert found(own(edition, written, before(edition, {0: written})), "S02") == []
    assert len(found(own(edition, written, before(edition, {0: written, 1: written})), "S02")) == 1


# S03, what was not recorded


@pytest.mark.parametrize(
    ("total", "unknown", "is_told"),
    [
        pytest.param(20, 5, True, id="a-quarter"),
        pytest.param(20, 4, False, id="exactly-a-fifth"),
        pytest.param(19, 19, False, id="a-small-total"),
        pytest.param(100, 21, True, id="just-over-a-fifth"),
        pytest.param(100, "ND", False, id="nd"),
        pytest.param("ND", 50, False, id="total-nd"),
    ],
)
def test_s03_too_many_not_recorded(
    total: int | str, unknown: int | str, is_told: bool, edition: Edition
) -> None:
    written: Written = {"guests_end": total, "guests_end|sex|ND": unknown, "guests_end|sex|F": 90}
    remarks = found(own(edition, written, before(edition, {})), "S03")
    assert [remark.figure for remark in remarks] == ([(HOUSE, "guests_end", "sex", "ND")] if is_told else [])


def test_s03_is_told_at_the_category_with_its_total(edition: Edition) -> None:
    written: Written = {"guests_end": 100, "guests_end|sex|ND": 21}
    (remark,) = found(own(edition, written, before(edition, {})), "S03")
    assert (remark.place.cell, remark.cells) == ("A2", ("A2", "A1"))
    assert remark.details["share"] == Share(share=Decimal("0.21"))


# S04, how full houses are


def nights(occupied: float | str, available: float | str = 100) -> Written:
    return {"nights_occupied": occupied, "nights_available": available}


@pytest.mark.parametrize(
    ("earlier", "written", "expected"),
    [
        pytest.param([nights(29)] * 3, nights(29), ["ratio_low"], id="under-for-four-weeks"),
        pytest.param([nights(29)] * 2, nights(29), [], id="only-three-weeks"),
        pytest.param([nights(29)] * 5, nights(29), ["ratio_low"], id="and-in-the-fifth-too"),
        pytest.param([nights(30)] + [nights(29)] * 2, nights(29), [], id="once-exactly-30-percent"),
        pytest.param([nights(0)] * 3, nights(0), ["ratio_low"], id="empty"),
        pytest.param([nights(100)] * 3, nights(100), ["ratio_full"], id="full-for-four-weeks"),
        pytest.param([nights(100), nights(99), nights(100)], nights(100), [], id="once-not-quite-full"),
        pytest.param([nights(100), nights(29), nights(100)], nights(29), [], id="now-full-now-empty"),
        pytest.param([nights(29), nights("ND"), nights(29)], nights(29), [], id="nd"),
        pytest.param([nights(29), nights(29, "NA"), nights(29)], nights(29), [], id="na"),
        pytest.param([nights(29), NOWHERE, nights(29)], nights(29), [], id="not-reported"),
        pytest.param([nights(29), nights(0, 0), nights(29)], nights(29), [], id="nothing-available"),
        pytest.param([nights(29)] * 3, nights(30), [], id="this-week-it-is-enough"),
        pytest.param([nights(29)] * 3, nights("ND"), [], id="this-week-it-is-nd"),
    ],
)
def test_s04_occupancy_over_four_weeks(
    earlier: list[Written], written: Written, expected: list[str], edition: Edition
) -> None:
    weeks = {len(earlier) - index: one for index, one in enumerate(earlier)}
    assert kinds(found(own(edition, written, before(edition, weeks)), "S04")) == expected


def test_s04_a_week_without_a_return_or_nil_breaks_the_run(edition: Edition) -> None:
    low = nights(29)
    assert found(own(edition, low, before(edition, {1: low, 3: low, 4: low})), "S04") == []
    whole = {1: low, 2: low, 3: low}
    assert found(own(edition, low, before(edition, whole, nil=[2])), "S04") == []
    assert found(own(edition, low, before(edition, whole, nil_area=[2])), "S04") == []
    closed = NilDeclaration(HOUSE, "hou", "Chiusa", Place("f", "Foglio", "Z1"))
    assert found(own(edition, low, before(edition, whole), nils=(closed,)), "S04") == []


# S06: nothing but zeros

IDLE: Written = {"desk_visits": 0, "desk_visits|channel|UM": 0, "cases_open": 0}


@pytest.mark.parametrize(
    ("earlier", "written", "is_told"),
    [
        pytest.param([IDLE, IDLE], IDLE, True, id="three-weeks"),
        pytest.param([IDLE], IDLE, False, id="two-weeks"),
        pytest.param([IDLE, {**IDLE, "cases_open": 1}], IDLE, False, id="something-in-between"),
        pytest.param([{**IDLE, "desk_visits|channel|UM": 1}, IDLE], IDLE, False, id="a-category-counts"),
        pytest.param([IDLE, IDLE], {**IDLE, "cases_open": 1}, False, id="something-now"),
        pytest.param([IDLE, {"desk_visits": "ND"}], IDLE, False, id="nothing-held-in-between"),
        pytest.param([IDLE, NOWHERE], IDLE, False, id="nothing-reported-in-between"),
        pytest.param(
            [IDLE, IDLE], {"desk_visits": "NA", "cases_open": 0}, True, id="what-does-not-apply-is-no-value"
        ),
        pytest.param([IDLE, IDLE], {"desk_visits": "NA"}, False, id="no-value-now"),
    ],
)
def test_s06_an_open_service_with_nothing_but_zeros(
    earlier: list[Written], written: Written, is_told: bool, edition: Edition
) -> None:
    weeks = {len(earlier) - index: one for index, one in enumerate(earlier)}
    remarks = found(own(edition, written, before(edition, weeks)), "S06")
    assert [remark.figure for remark in remarks] == ([(DESK, "", "", "")] if is_told else [])


def test_s06_is_of_service_points_that_are_open_in_weeks_that_were_accepted(edition: Edition) -> None:
    whole = {1: IDLE, 2: IDLE}
    assert found(own(edition, IDLE, before(edition, {1: IDLE, 3: IDLE})), "S06") == []
    assert found(own(edition, IDLE, before(edition, whole, nil=[1])), "S06") == []
    assert found(own(edition, IDLE, before(edition, whole, nil_area=[2])), "S06") == []
    for nil in (NilDeclaration(DESK, "pic", "Chiuso", AT), NilDeclaration("", "pic", "Chiuso", AT)):
        assert found(own(edition, IDLE, before(edition, whole), nils=(nil,)), "S06") == []
    city: Written = {"staff_fte": 0, "expenditure": 0}
    assert found(own(edition, city, before(edition, {1: city, 2: city})), "S06") == []
    later = [
        point.model_copy(update={"roster_from": OWN.shifted(-1)}) if point.code == DESK else point
        for point in edition.service_points
    ]
    opened = edition.model_copy(update={"service_points": tuple(later)})
    assert found(own(opened, IDLE, before(opened, whole)), "S06") == []


# S07: cumulative figures

FLAT = (10, 12, 8, 10, 11, 9, 10, 10)


@pytest.mark.parametrize(
    ("values", "is_told"),
    [
        pytest.param((*FLAT, 10, 15, 20, 25, 28, 30), True, id="three-times-the-median"),
        pytest.param((*FLAT, 10, 15, 20, 25, 28, 29), False, id="not-quite-three-times"),
        pytest.param((*FLAT, 10, 10, 20, 25, 28, 30), True, id="four-rises"),
        pytest.param((*FLAT, 10, 10, 20, 25, 25, 30), False, id="three-rises"),
        pytest.param((*FLAT, 10, 15, 20, 19, 28, 30), False, id="it-falls-once"),
        pytest.param((*FLAT, 10, 15, "ND", 25, 28, 30), False, id="nd-in-the-run"),
        pytest.param((*FLAT, 10, 15, None, 25, 28, 30), False, id="not-reported-in-the-run"),
        pytest.param(
            (10, "ND", 8, None, 11, 9, 10, 10, 10, 15, 20, 25, 28, 30), True, id="six-of-the-weeks-before"
        ),
        pytest.param((10, "ND", 8, None, 11, "ND", 10, 10, 10, 15, 20, 25, 28, 30), False, id="five-of-them"),
        pytest.param((0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 4), True, id="nothing-before"),
        pytest.param((0,) * 14, False, id="nothing-ever"),
    ],
)
def test_s07_a_cumulative_figure_typed_as_weekly(
    values: tuple[float | str | None, ...], is_told: bool, edition: Edition
) -> None:
    for measure, expected in (("desk_visits", is_told), ("cases_opened", is_told), ("cases_open", False)):
        past = before(edition, series(measure, *values[:-1]))
        remarks = found(own(edition, {measure: values[-1]}, past), "S07")  # type: ignore[dict-item]
        assert kinds(remarks) == (["cumulative_typed"] if expected else [])


def test_s07_every_week_of_the_run_counts_and_only_those_of_the_edition_come_before(edition: Edition) -> None:
    weeks = series("desk_visits", *FLAT, 10, 15, 20, 25, 28)
    last: Written = {"desk_visits": 30}
    assert len(found(own(edition, last, before(edition, weeks)), "S07")) == 1
    missing = {back: one for back, one in weeks.items() if back != 3}
    assert found(own(edition, last, before(edition, missing)), "S07") == []
    assert found(own(edition, last, before(edition, weeks, nil=[3])), "S07") == []
    assert found(own(edition, last, before(edition, weeks, nil=[7, 8, 9])), "S07") == []
    # Of the city as a whole too, and not where the edition is younger than the eight weeks before.
    spent = before(edition, series("expenditure", *FLAT, 10, 15, 20, 25, 28))
    assert len(found(own(edition, {"expenditure": 30}, spent), "S07")) == 1
    first_week = OWN.shifted(-12)
    young = edition.model_copy(update={"facts": edition.facts.model_copy(update={"first_week": first_week})})
    assert found(own(young, last, before(young, weeks)), "S07") == []


# S08: a total among categories, a column of totals


def channels(
    um: int, soc: int, ter: int, spo: int, alt: int | str, total: int | str | None = None
) -> Written:
    parts = {"UM": um, "SOC": soc, "TER": ter, "SPO": spo, "ALT": alt}
    whole = sum(value for value in parts.values() if isinstance(value, int)) if total is None else total
    return {"desk_visits": whole, **{f"desk_visits|channel|{code}": value for code, value in parts.items()}}


USUAL = channels(4, 5, 3, 4, 0)


@pytest.mark.parametrize(
    ("written", "earlier", "is_told"),
    [
        pytest.param(channels(4, 3, 3, 10, 0), USUAL, True, id="the-sum-of-the-others"),
        pytest.param(channels(4, 3, 3, 11, 0), USUAL, False, id="one-more"),
        pytest.param(channels(4, 3, 2, 9, 0), USUAL, False, id="a-total-under-20"),
        pytest.param(channels(5, 5, 0, 10, 0), USUAL, False, id="only-two-others"),
        pytest.param(channels(4, 3, 3, 10, "ND", 20), USUAL, False, id="nd-among-them"),
        pytest.param(channels(4, 3, 3, 10, "NA", 20), USUAL, True, id="na-counts-0"),
        pytest.param(channels(4, 3, 3, 10, 0, "ND"), USUAL, False, id="total-nd"),
        pytest.param(channels(4, 3, 3, 10, 0), channels(4, 4, 4, 4, 0), True, id="exactly-twice-its-share"),
        pytest.param(
            channels(4, 3, 3, 10, 0), channels(4, 4, 3, 4, 0), False, id="not-quite-twice-its-share"
        ),
        pytest.param(
            channels(4, 3, 3, 10, 0), channels(4, 4, 4, 0, 0), True, id="a-category-that-was-always-0"
        ),
        pytest.param(channels(4, 3, 3, 10, 0), NOWHERE, False, id="no-share-before"),
    ],
)
def test_s08_a_total_taken_in_as_a_category(
    written: Written, earlier: Written, is_told: bool, edition: Edition
) -> None:
    remarks = found(own(edition, written, before(edition, {1: earlier, 5: earlier})), "S08")
    expected = [(DESK, "desk_visits", "channel", "SPO")] if is_told else []
    assert [remark.figure for remark in remarks] == expected


def houses(rows: int, first: int, wrong: int = 0) -> Written:
    """Rows of three houses: the third holds the sum of the others, but in `wrong` of them."""
    items = [f"guests_end|age|{code}" for code in ("00-05", "06-13", "14-17", "18-25", "26-40", "41-60")]
    items += [f"new_guests|age|{code}" for code in ("00-05", "06-13", "14-17", "18-25", "26-40", "41-60")]
    written: dict[str, int | float | str] = {}
    for index, item in enumerate(items[:rows]):
        written |= {item: first, f"TO-ACC-02:{item}": 2, f"TO-ACC-03:{item}": first + 2 + (index < wrong)}
    return written


def entries(first: int, second: int, third: int | str) -> Written:
    return {"guests_in": first, "TO-ACC-02:guests_in": second, "TO-ACC-03:guests_in": third}


@pytest.mark.parametrize(
    ("written", "is_told"),
    [
        pytest.param(houses(10, 1), True, id="ten-rows"),
        pytest.param(houses(9, 1), False, id="nine-rows"),
        pytest.param(houses(12, 1, wrong=1), False, id="but-in-one-row"),
        pytest.param(houses(12, 0), False, id="rows-with-one-other-above-zero"),
        pytest.param({**houses(10, 1), **entries(0, 5, 1)}, True, id="one-other-above-zero-may-differ"),
        pytest.param({**houses(10, 1), **entries(4, 5, "ND")}, True, id="a-row-with-nd-is-not-judged"),
        pytest.param({**houses(10, 1), **entries(4, 5, "NA")}, False, id="na-counts-0"),
    ],
)
def test_s08_a_column_of_totals(written: Written, is_told: bool, edition: Edition) -> None:
    remarks = found(own(edition, written, before(edition, {})), "S08")
    assert [remark.figure for remark in remarks] == ([("TO-ACC-03", "", "", "")] if is_told else [])
    assert all(len(remark.cells) == 10 for remark in remarks)


def test_s08_a_column_needs_two_others(edition: Edition) -> None:
    items = [
        f"desk_new_persons|citizenship|{code}" for code in edition.code_lists_by_code["citizenship"].codes
    ]
    written = {**dict.fromkeys(items, 3), **{f"TO-OSS-02:{item}": 3 for item in items}}
    assert found(own(edition, written, before(edition, {})), "S08") == []
    nil = NilDeclaration("TO-ACC-01", "hou", "Chiusa", AT)
    assert found(own(edition, houses(10, 1), before(edition, {}), nils=(nil,)), "S08") == []
