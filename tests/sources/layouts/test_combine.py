"""Several cells of one figure: sums over districts and days, the last value of a stock, tokens."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contract import Edition, Flag
from sources.layouts.combine import combine_cells
from sources.layouts.model import Combine
from sources.layouts.outcome import MappedCell, Place

MONDAY = dt.date(2023, 10, 16)
DISTRICTS = Combine(over="parts", stocks="sum", tokens="any")
DAYS = Combine(over="days", stocks="latest", tokens="alone")
SUNDAYS = Combine(over="days", stocks="last_day_only", tokens="alone")


def cells(measure: str, *values: object) -> list[MappedCell]:
    """A cell for each value, on the days from Monday on; None is a blank day."""
    made = []
    for day, value in enumerate(values):
        if value is not None:
            flag: Flag = "V" if value not in ("ND", "NA") else value
            number = Decimal(str(value)) if flag == "V" else None
            place = Place("f", f"Foglio {day}", f"A{day + 1}")
            date = MONDAY + dt.timedelta(days=day)
            made.append(
                MappedCell("TO-ACC-01", measure, "total", "", number, flag, date, f"parte {day}", place)
            )
    return made


@pytest.mark.parametrize(
    ("combine", "measure", "values", "value", "flag"),
    [
        (DISTRICTS, "guests_in", (1, 2, 3), 6, "V"),
        (DISTRICTS, "guests_end", (1, 2, 3), 6, "V"),
        (DISTRICTS, "civic_hours", (0.1, 0.2), Decimal("0.3"), "V"),
        (DISTRICTS, "guests_in", (1, "ND", 3), None, "ND"),
        (DISTRICTS, "guests_in", (1, "NA", 3), None, "NA"),
        (DISTRICTS, "guests_in", ("NA", "ND", 3), None, "ND"),
        (DAYS, "guests_in", (1, None, 3), 4, "V"),
        (DAYS, "new_guests", (1, 1, 1, 1), 4, "V"),
        (DAYS, "guests_end", (9, 7, None, 8), 8, "V"),
        (DAYS, "guests_end", (9, 7), 7, "V"),
        (DAYS, "guests_end", ("ND",), None, "ND"),
        (SUNDAYS, "guests_end", (None,) * 6 + (5,), 5, "V"),
        (SUNDAYS, "guests_in", (1, 2, 3, 4, 5, 6, 7), 28, "V"),
        (None, "guests_end", (5,), 5, "V"),
        (None, "guests_end", ("NA",), None, "NA"),
    ],
)  # fmt: skip
def test_a_figure_is_made_of_its_cells(
    combine: Combine | None,
    measure: str,
    values: tuple[object, ...],
    value: object,
    flag: str,
    edition: Edition,
) -> None:
    (figure,), troubles = combine_cells(cells(measure, *values), combine, edition)
    assert (figure.value, figure.flag, troubles) == (value, flag, ())


@pytest.mark.parametrize(
    ("combine", "measure", "values", "trouble", "cell"),
    [
        (DAYS, "guests_in", (1, "ND"), "token_among_numbers", "A2"),
        (DAYS, "guests_end", ("NA", 3), "token_among_numbers", "A1"),
        (DAYS, "guests_in", ("ND", "ND"), "token_among_numbers", "A1"),
        (SUNDAYS, "guests_end", (None, 3, None, None, None, None, 5), "stock_on_other_day", "A2"),
    ],
)
def test_cells_that_make_no_figure_are_told(
    combine: Combine, measure: str, values: tuple[object, ...], trouble: str, cell: str, edition: Edition
) -> None:
    figures, (told,) = combine_cells(cells(measure, *values), combine, edition)
    assert figures == ()
    assert (told.kind, told.place.cell) == (trouble, cell)


def test_the_highest_of_a_stocks_days_is_kept(edition: Edition) -> None:
    (figure,), _ = combine_cells(cells("beds_active", 9, 12, 10), DAYS, edition)
    assert [figure.value, figure.highest] == [Decimal(10), Decimal(12)]
    assert [place.cell for place in figure.places] == ["A3"]


def test_the_evidence_of_a_flag_is_the_cells_that_say_so(edition: Edition) -> None:
    (figure,), _ = combine_cells(cells("guests_in", 1, "ND", 3, "ND"), DISTRICTS, edition)
    assert [place.cell for place in figure.places] == ["A2", "A4"]


@given(st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=7), st.randoms())
def test_the_order_of_cells_does_not_matter_and_sums_are_exact(
    edition: Edition, values: list[Decimal], chance: object
) -> None:
    made = cells("expenditure", *values)
    shuffled = list(made)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    (figure,), _ = combine_cells(shuffled, DAYS, edition)
    assert figure.value == sum(values, Decimal(0))
