"""Fifty moments of the sample, each told by the last file as it was published when only that had come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from random import Random

import duckdb
import pytest

from pipelines.consolidating import compute_indicators, find_news, load_weeks, publish_weeks
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.receiving import arrivals_of, receive
from tests.making.samples import RETURNS, samples

pytestmark = pytest.mark.long

MOMENTS = 50
TABLES = ("indicators", "observations", "expected_returns", "nil_returns", "submissions", "revisions")
Digests = dict[str, tuple[int, int]]
"""By table: its rows, and a number that any other row would change, whatever their order."""


def moments() -> list[dt.datetime]:
    """Instants between the first arrival and the last: by chance, but for a few arrivals themselves."""
    arrived = [sample.received_at for sample in samples()]
    random = Random(2023)
    first, last = min(arrived), max(arrived)
    chosen = {*random.sample(arrived, 10), last}
    chosen |= {instant - dt.timedelta(microseconds=1) for instant in random.sample(arrived, 10)}
    while len(chosen) < MOMENTS:
        chosen.add(first + random.random() * (last - first))
    return sorted(chosen)


def digests(connection: duckdb.DuckDBPyConnection, moment: dt.datetime | None = None) -> Digests:
    """Of every table as it stands there; or as the file knows it at a moment."""
    found = {}
    for name in TABLES:
        source, values = (name, {}) if moment is None else (f"{name}_as_of($ts)", {"ts": moment})
        ((rows, digest),) = connection.execute(
            f"SELECT count(*), coalesce(sum(hash(one)), 0) FROM {source} AS one", values
        ).fetchall()
        found[name] = (rows, digest)
    return found


def replay(home: Home, contract: Contract) -> Iterator[tuple[dt.datetime, Digests]]:
    """Receive the sample in order of arrival; at each moment publish what has come."""
    waiting = list(arrivals_of(RETURNS / "manifest.csv", contract, None))
    edition = contract.edition
    for moment in moments():
        arriving = [arrival for arrival in waiting if arrival.instant <= moment]
        waiting = waiting[len(arriving) :]
        receive(home, contract, arriving)
        weeks = find_news(home, edition).weeks
        load_weeks(home, edition, weeks)
        compute_indicators(home, edition, weeks)
        publish_weeks(home, edition, weeks)
        with duckdb.connect(str(home.published(edition.slug)), read_only=True) as connection:
            yield moment, digests(connection)
    assert not waiting


def test_every_moment_of_the_sample_is_told_as_it_was_published_then(
    tmp_path: Path, contract: Contract
) -> None:
    home = Home(tmp_path)
    published = dict(replay(home, contract))
    assert len(published) == MOMENTS
    assert len({then["observations"] for then in published.values()}) > MOMENTS // 2
    with duckdb.connect(str(home.published(contract.edition.slug)), read_only=True) as connection:
        for moment, then in published.items():
            assert digests(connection, moment) == then, moment
        assert digests(connection, max(published)) == digests(connection)
