"""Every sample return, read through its city's layout, says what the truth says, cell by cell."""

from __future__ import annotations

import pytest

from schemas.weeks import IsoWeek
from tests.conftest import ReadBytes
from tests.making.filled_cells import count_filled_cells
from tests.making.samples import (
    LAST_SIX_WEEKS,
    STANDARD_CITIES,
    Sample,
    true_nils,
    true_observations,
    valid_samples,
)


def assert_true(given: Sample, read_bytes: ReadBytes) -> None:
    read = read_bytes(given.data, given.city, IsoWeek.parse(given.iso_week))
    layout = "standard" if given.city in STANDARD_CITIES else given.city
    assert read.known.layout.layout == layout

    found = {key: (figure.value, figure.flag) for key, figure in read.figures.items()}
    truth = true_observations(given.iso_week)[given.city]
    assert {key: found.get(key) for key in truth} == truth
    assert not found.keys() - truth.keys()

    nils = {nil.service_point or nil.area: nil.reason for nil in read.reading.nils}
    assert nils == true_nils().get((given.iso_week, given.city), {})

    counts = read.reading.counts
    assert read.troubles == ()
    assert counts.refused == 0
    assert counts.read == counts.mapped + counts.ignored == count_filled_cells(given)


@pytest.mark.parametrize("given", valid_samples(LAST_SIX_WEEKS), ids=str)
def test_a_return_of_the_last_six_weeks_says_what_the_truth_says(
    given: Sample, read_bytes: ReadBytes
) -> None:
    assert_true(given, read_bytes)


@pytest.mark.long
@pytest.mark.parametrize("week", sorted({s.iso_week for s in valid_samples()}))
def test_all_returns_of_a_week_say_what_the_truth_says(week: str, read_bytes: ReadBytes) -> None:
    given = valid_samples((week,))
    assert {s.city for s in given} == true_observations(week).keys()
    for one in given:
        assert_true(one, read_bytes)
