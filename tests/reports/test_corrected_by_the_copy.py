"""From rejected to accepted with nothing but the copy: its cells, changed to what it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from pipelines.judging.context import Pasts
from pipelines.judging.judge import Judgement
from schemas.contract import Edition
from sources.cells import Workbook
from sources.layouts.outcome import Place
from tests.conftest import W42, JudgedSample
from tests.making.books import Book, Change, altered_sample, put
from tests.making.pasts import SamplePast, sample_pasts
from tests.making.samples import sample
from tests.reports.annotated_copies import HEADER_ROW, Copy, MakeCopy

FIVE_CITIES = ("latina", "torino", "genova", "palermo", "bolzano")
MOST_ROUNDS = 2


@dataclass(frozen=True)
class Breach:
    """A figure set to more than another one allows: `measure` becomes `than` + 1.

    is_bare: its categories are left blank; with them, the total would be told by what they sum to.
    """

    rule: str
    measure: str
    than: str
    is_bare: bool = False


BREACHES = (
    Breach("H05", "new_guests", "new_guests"),
    Breach("H06", "guests_end", "guests_end", is_bare=True),
    Breach("H07", "nights_occupied", "nights_available"),
    Breach("H08", "cases_opened_vulnerable", "cases_opened"),
    Breach("H11", "desk_new_persons", "desk_visits", is_bare=True),
)
REACHED = "beneficiaries_new"
"""The city-level measure that H13 holds against the running totals of others."""


def value_in(city: str, number: int | float) -> object:
    """The number as the city's file holds it."""
    return str(number) if sample(city).path.suffix == ".csv" else number


def breaking(city: str, judgement: Judgement, breach: Breach) -> Change:
    """A change by which the return breaks the rule at the first service point that has both figures."""
    totals = {
        (figure.service_point, figure.measure): figure
        for figure in judgement.figures
        if figure.breakdown == "total" and figure.value is not None
    }
    points = [point for point, measure in totals if measure == breach.measure]
    point = next(point for point in points if (point, breach.than) in totals)
    (place,) = totals[point, breach.measure].places
    limit = totals[point, breach.than].value
    assert limit is not None
    return lambda book: put(book, place.sheet or "", place.cell or "", value_in(city, int(limit) + 1))


def without_categories(judgement: Judgement, measure: str) -> Change:
    """A change by which the categories of a measure are not reported: nothing sums to it."""
    places = [
        place
        for figure in judgement.figures
        if figure.measure == measure and figure.breakdown != "total"
        for place in figure.places
    ]

    def change(book: Book) -> None:
        for place in places:
            put(book, place.sheet or "", place.cell or "", "")

    return change


LINK = re.compile(r"'(?P<title>.*)'!(?P<cell>[A-Z]+[0-9]+)")


def corrections_of(copy: Copy) -> dict[Place, int | float]:
    """: the sum of categories for their total; else the expected."""
    assert isinstance(copy.given, Workbook)
    sheets = dict(zip(copy.book.sheetnames[1:], copy.given, strict=True))
    asked: dict[Place, int | float] = {}
    listed = copy.listed.iter_rows(min_row=HEADER_ROW + 1, max_col=8)
    rows = [cells for cells in listed if "Errore" in str(cells[6].value)]
    for row in sorted(rows, key=lambda cells: str(cells[7].value)):
        link = LINK.fullmatch(row[3].hyperlink.location) or re.fullmatch(
            r"(?P<title>.*)!(?P<cell>[A-Z]+[0-9]+)", row[3].hyperlink.location
        )
        assert link is not None
        place = Place("", sheets[link["title"]].name, link["cell"])
        makes_a_total = "fanno" in row[0].value and "fanno ogni volta" not in row[0].value
        number = row[4].value if makes_a_total else row[5].value
        assert isinstance(number, int | float), row[0].value
        asked.setdefault(place, number)
    return asked


def correcting(city: str, asked: dict[Place, int | float]) -> Change:
    def change(book: Book) -> None:
        for place, number in asked.items():
            put(book, place.sheet or "", place.cell or "", value_in(city, number))

    return change


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.rule)
@pytest.mark.parametrize("city", FIVE_CITIES)
def test_what_the_copy_asks_for_makes_the_return_acceptable(
    city: str, breach: Breach, judged_sample: JudgedSample, make_copy: MakeCopy
) -> None:
    clean = judged_sample(city)
    bare = [without_categories(clean, breach.measure)] if breach.is_bare else []
    changes = [*bare, breaking(city, clean, breach)]
    copy = make_copy(altered_sample(city, *changes))
    assert breach.rule in {finding.rule for finding in copy.judgement.findings}
    assert corrected(city, changes, copy, make_copy).judgement.status == "accepted"


@pytest.fixture(scope="module")
def pasts(edition: Edition) -> dict[str, SamplePast]:
    return sample_pasts(edition)


@pytest.mark.parametrize("city", FIVE_CITIES)
def test_a_running_total_is_put_right_by_the_figure_that_the_copy_asks_for(
    city: str, judged_sample: JudgedSample, make_copy: MakeCopy, pasts: dict[str, SamplePast]
) -> None:
    before = pasts[city].before(W42)
    clean = judged_sample(city)
    (place,) = next(figure for figure in clean.figures if figure.key == ("", REACHED, "total", "")).places
    changes = [
        without_categories(clean, REACHED),
        lambda book: put(book, place.sheet or "", place.cell or "", value_in(city, 99_999)),
    ]
    copy = make_copy(altered_sample(city, *changes), pasts=before)
    assert {finding.rule for finding in copy.judgement.findings if finding.rejects} == {"H13"}
    assert len(corrections_of(copy)) == 1
    assert corrected(city, changes, copy, make_copy, before).judgement.status != "rejected"


def test_every_error_that_can_be_waived_is_corrected_by_the_copy(edition: Edition) -> None:
    waivable = {rule.id for rule in edition.rules if rule.severity == "error" and rule.waivable}
    assert waivable == {breach.rule for breach in BREACHES} | {"H13"}


def corrected(
    city: str, changes: list[Change], copy: Copy, make_copy: MakeCopy, pasts: Pasts | None = None
) -> Copy:
    """The copy of the return after what the copies asked for was changed, as often as a clerk would."""
    assert copy.judgement.status == "rejected"
    for _ in range(MOST_ROUNDS):
        changes = [*changes, correcting(city, corrections_of(copy))]
        copy = make_copy(altered_sample(city, *changes), pasts=pasts)
        if copy.judgement.status != "rejected":
            break
    return copy
