"""What a figure is made of, over random weeks with gaps, ND, NA, nils and late returns: it adds up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from pipelines.home import Home
from pipelines.tracing.adding import city_parts
from pipelines.tracing.asked import Asked
from pipelines.tracing.published import DueReturn, Observation, PublishedFile, Return, opened
from pipelines.tracing.trace import Trace, traced
from schemas.contract import NETWORK
from schemas.formulas import figures_of
from schemas.periods import Period, month_of, quarter_of, to_date, week_period
from tests.making.weeks_of_figures import (
    POINTS,
    Story,
    edition_of_every_kind,
    expected_figures,
    random_story,
    week_numbers,
)
from tests.warehouse.judged_folders import at, week
from tests.warehouse.test_indicators import consolidate, put_return

pytestmark = pytest.mark.whole

EDITION = edition_of_every_kind()


def story_in(home: Home, seed: int) -> tuple[Story, int]:
    """Random returns, consolidated, and the last week with any."""
    random = Random(seed)
    horizon = random.choice([41, 44, 47])
    story = random_story(random, horizon)
    for (number, city), sent in story.sent.items():
        put_return(home, number, city, sent)
    consolidate(home, range(40, horizon + 1))
    return story, horizon


def periods_of(horizon: int) -> list[Period]:
    last = week(horizon)
    return [
        week_period(week(40)),
        week_period(last),
        month_of(last),
        quarter_of(last),
        to_date(EDITION, last),
    ]


def traces_of(file: PublishedFile, period: Period) -> list[Trace]:
    return [
        traced(file, EDITION, Asked(indicator, figure, period, city))
        for indicator in EDITION.indicators
        for figure in figures_of(EDITION, indicator)
        for city in (None, *POINTS)
    ]


RICH = (6, 16)
"""Stories of many returns, with everything in them."""


@pytest.mark.parametrize(
    "seed", [*RICH, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 40) if n not in RICH)]
)
def test_whatever_was_sent_the_values_behind_a_figure_come_to_it(tmp_path: Path, seed: int) -> None:
    """Held against what is published, and against a second way of computing, which counts cells too."""
    home = Home(tmp_path)
    story, horizon = story_in(home, seed)
    with opened(home.warehouse, EDITION) as file:
        for period in periods_of(horizon):
            for trace in traces_of(file, period):
                assert trace.mismatches == (), (trace.asked, trace.mismatches)
                numbers = [one.number for one in trace.weeks]
                assert numbers == week_numbers(trace.weeks[0], trace.weeks[-1], horizon)
                figure = trace.asked.figure
                row = (figure.indicator, figure.breakdown, figure.category)
                expected = expected_figures(story, numbers, trace.asked.city or NETWORK)[row]
                found = trace.sum_of(trace.asked.city)
                assert (found.cells_answered, found.cells_due) == (expected.answered, expected.due)
                value = None if expected.value is None else float(expected.value)
                assert found.value == (None if value is None else pytest.approx(value))


def test_every_due_cell_has_a_value_is_nil_or_says_why_not(tmp_path: Path) -> None:
    home = Home(tmp_path)
    story, horizon = story_in(home, 5)
    seen = set()
    with opened(home.warehouse, EDITION) as file:
        for trace in traces_of(file, to_date(EDITION, week(horizon))):
            for part in trace.parts:
                for city in part.cities:
                    for one in city.weeks:
                        for point in one.points:
                            open_cells = [cell for cell in point.unanswered if cell.why != "not_applicable"]
                            seen |= {cell.why for cell in point.unanswered}
                            is_sent = (one.week.number, city.city) in story.sent
                            assert is_sent == (one.due_return.valid is not None)
                            if is_sent:
                                assert point.answered + len(open_cells) == point.due
                            assert all(bool(c.places) == (c.why != "not_reported") for c in point.unanswered)
    assert seen == {"not_available", "not_applicable", "not_reported"}


@pytest.mark.parametrize(("visits", "counted"), [("0", 0), ("1", 1)])
def test_a_service_point_with_nothing_but_zeros_is_not_counted(visits: str, counted: int) -> None:
    (indicator,) = [one for one in EDITION.indicators if one.code == "A06"]
    came = at(40, 2)
    valid = Return("invio", 1, came, ("scheda.xlsx",), None)
    due = DueReturn("napoli", week(40), "on_time", came, came, valid)
    zero, given = (
        Observation(Decimal(number), "V", "invio", "scheda.xlsx", "Foglio", "C1") for number in ("0", visits)
    )
    cells = {("visits", "total", ""): given, ("present", "total", ""): zero}
    (part,) = city_parts(
        EDITION,
        figures_of(EDITION, indicator)[0].parts,
        "napoli",
        [due],
        {("napoli", week(40), "NA-D-01"): cells},
        {},
    )
    assert part.value == counted


def test_a_sum_that_differs_in_the_last_digit_is_not_the_published_figure(tmp_path: Path) -> None:
    home = Home(tmp_path)
    _, horizon = story_in(home, 1)
    with opened(home.warehouse, EDITION) as file:
        trace = next(one for one in traces_of(file, to_date(EDITION, week(horizon))) if one.published.value)
    figure = trace.published
    assert trace.sum_of(None).is_published_as(figure)
    for wrong in (
        replace(figure, value=figure.value and figure.value * (1 + 1e-9)),
        replace(figure, value=None),
        replace(figure, cells_due=figure.cells_due + 1),
        replace(figure, cells_answered=figure.cells_answered - 1),
    ):
        assert not trace.sum_of(None).is_published_as(wrong)
