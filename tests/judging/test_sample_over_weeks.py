"""What the rules over weeks say of the sample: next to nothing as it came, and of most wrong digits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from statistics import median

import pytest

from pipelines.judging.context import ReadReturn
from pipelines.judging.rules import RULE_FUNCTIONS
from schemas.contract import CHECKS_WITH_THRESHOLDS, TOTAL, Edition
from schemas.weeks import IsoWeek
from sources.layouts.combine import Figure
from sources.layouts.outcome import NilDeclaration, Place
from tests.making.deadlines import due_at
from tests.making.pasts import SamplePast, sample_pasts

pytestmark = pytest.mark.long

PLACE = Place("f", "Foglio", "A1")
Change = Callable[[Decimal], Decimal]


@pytest.fixture(scope="module")
def cities(edition: Edition) -> dict[str, SamplePast]:
    return sample_pasts(edition)


def as_sent(
    edition: Edition, city: str, past: SamplePast, week: IsoWeek, change: Change | None = None
) -> ReadReturn:
    """A city's return of a week; with a change, its totals alone, each of them changed."""
    accepted = past.returns[week]
    figures = {
        key: Figure(*key, value if change is None or value is None else change(value), flag, (PLACE,), None)
        for key, (value, flag) in accepted.values.items()
        if change is None or key[2] == TOTAL
    }
    area = next(iter(edition.facts.areas))
    nils = (
        *(NilDeclaration(point, area, "Chiuso", PLACE) for point in accepted.nil_points),
        *(NilDeclaration("", area, "Chiusa", PLACE) for area in accepted.nil_areas),
    )
    return ReadReturn(
        edition=edition,
        city=city,
        week=week,
        version=1,
        received_at=due_at(week),
        due_at=due_at(week),
        sha256="a" * 64,
        figures=figures,
        nils=nils,
        past=past,
        file=Place("f"),
    )


def every_return(cities: Mapping[str, SamplePast]) -> Iterator[tuple[str, SamplePast, IsoWeek]]:
    for city, past in cities.items():
        for week in sorted(past.returns):
            yield city, past, week


def test_the_sample_as_it_came_is_told_little(cities: Mapping[str, SamplePast], edition: Edition) -> None:
    told: Counter[str] = Counter()
    for city, past, week in every_return(cities):
        given = as_sent(edition, city, past, week)
        for rule in edition.rules:
            if rule.check in CHECKS_WITH_THRESHOLDS:
                told[rule.id] += any(True for _ in RULE_FUNCTIONS[rule.check](given, rule))
    count = sum(len(past.returns) for past in cities.values())
    assert count == 671
    assert 0 < told["S01"] <= count / 10
    assert told["S07"] <= count / 50
    assert told["S08"] <= count / 50
    assert [told[rule] for rule in ("H13", "S02", "S03", "S04", "S06")] == [0] * 5


def test_running_totals_are_judged_in_the_sample(cities: Mapping[str, SamplePast], edition: Edition) -> None:
    """A city is judged until the first week in which it lacks one of the four totals."""
    rule = next(rule for rule in edition.rules if rule.id == "H13")
    judged = 0
    for city, past, week in every_return(cities):
        given = as_sent(edition, city, past, week, change=lambda value: value + 100_000)
        judged += any(True for _ in RULE_FUNCTIONS["running_totals"](given, rule))
    assert judged > 100


@pytest.mark.parametrize(
    ("change", "of", "at_least"),
    [
        pytest.param(lambda value: value * 10, 5, 0.97, id="a-digit-too-many"),
        pytest.param(lambda value: value // 10, 10, 0.75, id="the-last-digit-missing"),
        pytest.param(lambda value: value // 10, 20, 0.85, id="the-last-digit-of-larger-ones-missing"),
    ],
)
def test_s01_finds_wrong_digits_in_the_sample(
    change: Change, of: int, at_least: float, cities: Mapping[str, SamplePast], edition: Edition
) -> None:
    """Of totals of a size (usually, and that week), in weeks before which eight were accepted."""
    rule = next(rule for rule in edition.rules if rule.id == "S01")
    hits = count = 0
    for city, past, week in every_return(cities):
        earlier = [past.returns[one] for one in sorted(past.returns) if one < week][-8:]
        if len(earlier) < 8:
            continue
        remarks = RULE_FUNCTIONS["unlike_recent_weeks"](as_sent(edition, city, past, week, change), rule)
        told = {remark.figure for remark in remarks}
        for key, (value, _) in past.returns[week].values.items():
            recent = [found for one in earlier if (found := one.values.get(key, (None, "ND"))[0]) is not None]
            if (
                key[2] == TOTAL
                and value is not None
                and value >= of
                and len(recent) == 8
                and median(recent) >= of
            ):
                count += 1
                hits += key in told
    assert count > 5_000
    assert hits / count >= at_least, f"{hits} of {count}"
