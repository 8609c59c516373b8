"""A correction of every layout: a higher version, stated where the city states it, with a changed value."""

from __future__ import annotations

import pytest

from tests.conftest import Judge, JudgedSample, ReadBytes
from tests.making.books import Book, altered, get, put
from tests.making.declarations import DECLARATIONS
from tests.making.pasts import past_of
from tests.making.samples import ONE_CITY_A_LAYOUT, sample

UNBOUND = "waiting_days"
"""A measure without breakdowns that no rule compares with another."""


def one_more(book: Book, sheet: str, address: str) -> None:
    """Add 1 to a cell, which may be text."""
    value = get(book, sheet, address)
    put(book, sheet, address, str(int(value.replace(".", "")) + 1) if isinstance(value, str) else value + 1)


@pytest.mark.parametrize("city", ONE_CITY_A_LAYOUT)
def test_a_second_version_replaces_the_value_that_it_corrects(
    city: str, judge: Judge, judged_sample: JudgedSample, read_bytes: ReadBytes
) -> None:
    given = sample(city)
    first = judged_sample(city)
    cell = next(c for c in read_bytes(given.data, city).reading.cells if c.measure == UNBOUND and c.value)
    second = judge(
        altered(
            given,
            lambda book: one_more(book, cell.place.sheet or "", cell.place.cell or ""),
            DECLARATIONS[city].version(2),
        ),
        pasts=past_of(first),
    )
    assert (second.status, second.findings) == ("accepted", ())
    assert (second.city, second.week, second.version) == (city, first.week, 2)
    before = {figure.key: (figure.value, figure.flag) for figure in first.figures}
    after = {figure.key: (figure.value, figure.flag) for figure in second.figures}
    key = (cell.service_point, UNBOUND, "total", "")
    corrected = before[key][0]
    assert corrected is not None
    assert after == {**before, key: (corrected + 1, "V")}


@pytest.mark.parametrize("city", ONE_CITY_A_LAYOUT)
def test_another_content_under_an_accepted_version_is_refused_where_the_version_stands(
    city: str, judge: Judge, judged_sample: JudgedSample
) -> None:
    given = sample(city)
    first = judged_sample(city)
    second = judge(altered(given), pasts=past_of(first))
    (finding,) = second.findings
    assert (second.status, finding.rule) == ("rejected", "H10")
    assert finding.cell is not None
    assert (finding.found, finding.expected) == ("1", "> 1")
    assert "settimana 42/2023 (16-22 ottobre)" in finding.message
