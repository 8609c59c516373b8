"""Whatever happens to a return: it is judged, or refused for a known reason. Nothing falls over."""

from __future__ import annotations

import collections
import time
from collections.abc import Iterator

import pytest

from pipelines.judging.context import Contract, NoPasts
from pipelines.judging.judge import judge_return
from schemas.messages import catalogue
from sources.reading.reader import ChildReader, SourceFile, Unreadable
from tests.conftest import TUESDAY_AFTER_W42, Judge, JudgedSample
from tests.making.books import Book, altered_sample, split_address
from tests.making.mutations import Mutation, mutation
from tests.making.samples import ONE_CITY_A_LAYOUT, sample

pytestmark = pytest.mark.whole

FEW, MANY = range(25), range(25, 860)
"""Of each of the twelve layouts: three hundred, and with the others more than ten thousand."""
SECONDS = 30
"""Of the parent's processor for one damaged return; nearly all take a tenth."""

ENDS_THE_CHILD = {"too_large", "too_long"}

PERSONAL = {"H04"}
REFUSED = {"H00"}


@pytest.fixture(scope="module")
def watchful(contract: Contract) -> Iterator[ChildReader]:
    """A reader that looks for persons too, and is kept from return to return."""
    with ChildReader(words=contract.vocabulary) as reader:
        yield reader


def outcome_of(damaged: Mutation, contract: Contract, reader: ChildReader) -> str:
    """What the damaged return came to: the reason why it is not opened, or the judge's status."""
    started = time.process_time()
    read = reader.read([SourceFile("scheda", damaged.data)])
    judgement = judge_return(
        read, contract, file="scheda", sha256="a" * 64, received_at=TUESDAY_AFTER_W42, pasts=NoPasts()
    )
    assert time.process_time() - started < SECONDS, str(damaged)
    rules = {finding.rule for finding in judgement.findings}
    counts = judgement.counts
    assert counts.read == counts.mapped + counts.ignored + counts.refused, str(damaged)
    assert (judgement.status == "rejected") == bool(judgement.errors), str(damaged)
    if judgement.is_withheld:
        assert rules == PERSONAL, str(damaged)
        return "withheld"
    if isinstance(read, Unreadable):
        assert rules == REFUSED, str(damaged)
        assert f"file_{read.reason}" in catalogue().messages, str(damaged)
        return read.reason
    assert counts.read == read.filled_cells, str(damaged)
    return judgement.status


def check_damaged(city: str, numbers: range, contract: Contract, reader: ChildReader) -> str:
    """Judge these damaged returns of a city; what they came to, and how often the reader began anew."""
    started = reader.children_started
    outcomes = collections.Counter(
        outcome_of(mutation(sample(city), number), contract, reader) for number in numbers
    )
    restarted = reader.children_started - started
    assert restarted <= 1 + sum(outcomes[reason] for reason in ENDS_THE_CHILD)
    assert "accepted" in outcomes and len(outcomes) >= 3, "damage that is always or never seen tests nothing"
    return f"{city}: {len(numbers)} damaged returns, {restarted} readers started, {dict(outcomes)}"


@pytest.mark.parametrize("city", ["bologna", "roma", "torino", "taranto"])
def test_a_row_of_nothing_but_zeros_is_counted_and_refused(
    city: str, judge: Judge, judged_sample: JudgedSample
) -> None:
    before = judged_sample(city)
    place = next(figure.places[0] for figure in before.figures if figure.places)

    def add_zeros(book: Book) -> None:
        row, column = split_address(place.cell or "")
        book.insert_row(place.sheet or "", row, [""] * (column - 1) + [0, 0])

    after = judge(altered_sample(city, add_zeros))
    assert after.counts.read == before.counts.read + 2
    assert after.counts.refused >= 1
    assert after.status == "rejected"


@pytest.mark.parametrize("city", ONE_CITY_A_LAYOUT)
def test_a_damaged_return_is_judged_or_refused(
    city: str, contract: Contract, watchful: ChildReader, capsys: pytest.CaptureFixture[str]
) -> None:
    told = check_damaged(city, FEW, contract, watchful)
    with capsys.disabled():
        print(f"\n{told}")


@pytest.mark.long
@pytest.mark.parametrize("city", ONE_CITY_A_LAYOUT)
def test_ten_thousand_damaged_returns_are_judged_or_refused(
    city: str, contract: Contract, watchful: ChildReader, capsys: pytest.CaptureFixture[str]
) -> None:
    told = check_damaged(city, MANY, contract, watchful)
    with capsys.disabled():
        print(f"\n{told}")
