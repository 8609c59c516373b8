"""The clock stands still, runs on from another year, or is the machine's."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest

from pipelines.clock import begin_at, in_rome, now
from schemas.weeks import ROME

AUTUMN = in_rome("2023-10-29T02:59:59.9+02:00")


@pytest.fixture(autouse=True)
def _the_machines_time_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("REGIA_NOW", raising=False)
    yield
    begin_at(None)


def test_a_demonstration_begins_at_its_instant_and_time_passes() -> None:
    """In that second the clocks are set back; time passes all the same."""
    begin_at(AUTUMN)
    first = now()
    time.sleep(0.15)
    second = now()
    passed = second.astimezone(dt.UTC) - first.astimezone(dt.UTC)
    assert dt.timedelta(0) <= first - AUTUMN < dt.timedelta(seconds=0.09)
    assert dt.timedelta(seconds=0.15) <= passed < dt.timedelta(seconds=5)
    assert second.utcoffset() == dt.timedelta(hours=1)


def test_the_machines_time_comes_back() -> None:
    begin_at(AUTUMN)
    begin_at(None)
    assert abs(now() - dt.datetime.now(ROME)) < dt.timedelta(seconds=5)


def test_a_clock_that_stands_still_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    begin_at(AUTUMN)
    monkeypatch.setenv("REGIA_NOW", "2023-01-23T09:00")
    assert now() == now() == in_rome("2023-01-23T09:00+01:00")
