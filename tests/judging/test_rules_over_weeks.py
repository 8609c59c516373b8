"""The rules that look at the weeks before, or at a whole column: what they let pass and what they find.

The sample as a whole stands in `test_sample_over_weeks`; what one cause silences in `test_causes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules import RULE_FUNCTIONS
from pipelines.judging.rules.unlike_recent_weeks import band_of
from schemas.contract import Edition, Rule
from schemas.messages import catalogue
from schemas.thresholds import UnlikeRecentWeeks
from schemas.weeks import IsoWeek
from sources.layouts.outcome import NilDeclaration, Place
from tests.making.pasts import KnownPast, accepted_return
from tests.making.returns import DESK, HOUSE, PROJECT, Written, made_return, values_of

OWN = IsoWeek(2023, 20)
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

PARTS = ("cases_opened", "new_guests", "civic_new_participants")
W01, W02, W03 = (IsoWeek(2023, number) for number in (1, 2, 3))


def everyone(
    people: float | str, cases: float = 0, guests: float = 0, joined: float = 0
) -> dict[str, object]:
    """What Torino's eight service points of three kinds and the city say of a week."""
    zero = {
        f"{point}:{measure}": 0
        for measure, points in (
            ("cases_opened", ("TO-OSS-02",)),
            ("new_guests", ("TO-ACC-02", "TO-ACC-03")),
            ("civic_new_participants", ("TO-CIV-02",)),
        )
        for point in points
    }
    own = {"cases_opened": cases, "new_guests": guests, "civic_new_participants": joined}
    return {"beneficiaries_new": people, **own, **zero}


def third_week(
    edition: Edition,
    written: Mapping[str, object],
    *earlier: Mapping[str, object],
    nil: Iterable[str] = (),
    nil_areas: Iterable[str] = (),
    weeks: tuple[IsoWeek, ...] = (W01, W02),
    nils: tuple[NilDeclaration, ...] = (),
) -> ReadReturn:
    past = KnownPast(
        tuple(
            accepted_return(week, values_of(edition, says), nil_points=nil, nil_areas=nil_areas)  # type: ignore[arg-type]
            for week, says in zip(weeks, earlier, strict=True)
        )
    )
    return made_return(edition, written, week=W03, past=past, nils=nils)  # type: ignore[arg-type]


TEN = everyone(10, cases=6, guests=3, joined=1)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(everyone(10, cases=6, guests=3, joined=1), [], id="their-sum"),
        pytest.param(everyone(11, cases=6, guests=3, joined=1), ["running_total_more"], id="one-more"),
        pytest.param(everyone(0, cases=6), [], id="earlier-weeks-make-up-for-it"),
        pytest.param(everyone(0, cases=8, guests=14, joined=20), [], id="the-largest"),
        pytest.param(everyone(0, cases=9), ["running_total_less"], id="one-less-than-the-largest"),
        pytest.param(everyone(0, joined=19), ["running_total_less"], id="whichever-is-the-largest"),
        pytest.param(everyone("ND", cases=99), [], id="nd"),
        pytest.param(everyone("NA"), [], id="na-counts-0"),
        pytest.param(everyone("NA", cases=9), ["running_total_less"], id="na-counts-0-and-is-judged"),
        pytest.param(
            {k: v for k, v in everyone(99).items() if k != "TO-ACC-03:new_guests"}, [], id="a-part-is-missing"
        ),
        pytest.param({**everyone(99), "TO-ACC-03:new_guests": "ND"}, [], id="a-part-is-nd"),
        pytest.param(
            {**everyone(99), "TO-ACC-03:new_guests": "NA"}, ["running_total_more"], id="a-part-is-na"
        ),
    ],
)
def test_h13_running_totals(written: dict[str, object], expected: list[str], edition: Edition) -> None:
    # So far: 20 people; 12 cases, 6 guests, 2 participants.
    remarks = found(third_week(edition, written, TEN, TEN), "H13")
    if expected == ["running_total_less"]:
        assert remarks[0].found is not None and remarks[0].expected is not None
    limits = {"the-largest": (20, 20)}
    assert limits
    assert kinds(remarks) == expected
