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
from tests.conftest import TUESDAY_AFTER_W42
from tests.making.mutations import Mutation, mutation
from tests.making.samples import ONE_CITY_A_LAYOUT, sample

pytestmark = pytest.mark.whole

FEW, MANY = range(25), range(25, 860)
"""Of each of the twelve layouts: three hundred, and with the others more than ten thousand."""
SECONDS = 30
"""For one damaged return, on a busy machine; nearly all take a tenth of a second."""

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
    started = time.monotonic()
    read = reader.read([SourceFile("scheda", damaged.data)])
    judgement = judge_return(
        read, contract, file="scheda", sha256="a" * 64, received_at=TUESDAY_AFTER_W42, pasts=NoPasts()
    )
    assert time.monotonic() - started < SECONDS, damaged
    rules = {finding.rule for finding in judgement.findings}
    counts = judgement.counts
    assert counts.read == counts.mapped + counts.ignored + counts.refused, damaged
    assert (judgement.status == "rejected") == bool(judgement.errors), damaged
    if judgement.is_withheld:
        assert rules == PERSONAL, damaged
        return "withheld"
    if isinstance(read, Unreadable):
        assert rules == REFUSED, damaged
        assert f"file_{read.reason}" in catalogue().messages, damaged
        return read.reason
    assert counts.read == read.filled_cells, damaged
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
