"""Small homes for tests of the portal, made by what the command line calls.

Lives here: taking sample returns in.
Must not live here: checks.
"""

from __future__ import annotations

from pipelines.home import Home
from pipelines.judging.context import Claim, Contract
from pipelines.receiving import Arrival, Outcome, receive
from sources.reading.reader import SourceFile
from tests.making.samples import Sample, sample


def file_of(city: str, week: str = "2023-W42", version: int = 1) -> SourceFile:
    given = sample(city, week, version)
    return SourceFile(given.name, given.data)


def take_in(home: Home, contract: Contract, *chosen: Sample) -> list[Outcome]:
    """Receive sample returns, each at the instant at which it came."""
    arrivals = [
        Arrival((SourceFile(one.name, one.data),), one.received_at, Claim(one.city)) for one in chosen
    ]
    return receive(home, contract, arrivals)
