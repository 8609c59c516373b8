"""What the assets do, as functions that are handed to them.

Lives here: the steps of a consolidation bound to a home and an edition, each holding the home's lock.
Must not live here: dagster; what a step does (`pipelines.consolidating`, `pipelines.weekly`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.acts import Acts, read_acts
from pipelines.consolidating import (
    OnProgress,
    compute_indicators,
    load_weeks,
    no_progress,
    publish_weeks,
    write_bulletins,
)
from pipelines.home import Home
from schemas.contract import Edition
from schemas.weeks import IsoWeek
from warehouse.indicators import IndicatorsComputed
from warehouse.judged import LookedThrough
from warehouse.loading import WeekLoaded
from warehouse.publishing import Publication

Weeks = tuple[IsoWeek, ...]


@dataclass(frozen=True)
class Steps:
    """The steps of a consolidation, in their order; each is safe to run again. acts: what people decided."""

    acts: Callable[[], Acts]
    load: Callable[[Weeks], Sequence[WeekLoaded]]
    compute: Callable[[Weeks], IndicatorsComputed]
    publish: Callable[[Weeks], Publication]
    report: Callable[[Weeks], Sequence[Path]]


def steps_within(
    home: Home,
    edition: Edition,
    on_progress: OnProgress = no_progress,
    judged: LookedThrough | None = None,
) -> Steps:
    """The steps for a caller that holds `home.consolidating()` and has judged what was landed.

    judged: as the caller looked it through since.
    """
    return Steps(
        acts=lambda: read_acts(home.acts),
        load=lambda weeks: load_weeks(home, edition, weeks, on_progress, judged),
        compute=lambda weeks: compute_indicators(home, edition, weeks, on_progress),
        publish=lambda weeks: publish_weeks(home, edition, weeks, on_progress),
        report=lambda weeks: write_bulletins(home, edition, weeks, on_progress),
    )


def steps_alone(home: Home, edition: Edition, judge: Callable[[], object]) -> Steps:
    """The steps for runs that Dagster starts by itself.

    First of all comes `judge`: what was landed by a `regia receive` that was killed is judged. Each step
    holds the home's lock while it works.
    """
    inside = steps_within(home, edition)

    def load(weeks: Weeks) -> Sequence[WeekLoaded]:
        with home.consolidating():
            judge()
            return inside.load(weeks)

    def compute(weeks: Weeks) -> IndicatorsComputed:
        with home.consolidating():
            return inside.compute(weeks)

    def publish(weeks: Weeks) -> Publication:
        with home.consolidating():
            return inside.publish(weeks)

    def report(weeks: Weeks) -> Sequence[Path]:
        with home.consolidating():
            return inside.report(weeks)

    return Steps(inside.acts, load, compute, publish, report)
