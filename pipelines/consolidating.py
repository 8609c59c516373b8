"""The consolidation: from judged returns to the warehouse, from the warehouse to the published file.

Lives here: which weeks have something new, and the steps in their order, each safe to run again.
Must not live here: SQL and tables (`warehouse`), dagster (`pipelines.orchestration`), the clock.

Whoever calls these functions holds `home.consolidating()`, but for `unpublished_weeks`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import duckdb

from pipelines.home import BusyError, Home
from schemas.contract import Edition
from schemas.verdicts import Status
from schemas.weeks import IsoWeek
from warehouse import indicators, loading, publishing
from warehouse.files import read_database, write_database
from warehouse.indicators import IndicatorsComputed
from warehouse.judged import JudgedReturn, read_judged
from warehouse.loading import WeekLoaded
from warehouse.making import Held, held_verdicts, verdicts_of, weeks_that_differ
from warehouse.publishing import Publication


@dataclass(frozen=True)
class Progress:
    """A city-week that was loaded, a week whose indicators were computed, or a week that was published."""

    what: Literal["loaded", "computed", "published"]
    week: IsoWeek
    city: str | None = None
    status: Status | None = None
    """loaded: of the return that counts; of the last one when none does."""
    values: int = 0
    """loaded: the values of the city-week that are now valid."""


OnProgress = Callable[[Progress], None]


def no_progress(progress: Progress) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class News:
    """What a consolidation has to do.

    weeks: those with something new.
    is_elsewhere: something changed that no week of the edition holds: a return whose week could not
    be told, or the contract.
    """

    weeks: tuple[IsoWeek, ...]
    is_elsewhere: bool

    def __bool__(self) -> bool:
        return bool(self.weeks) or self.is_elsewhere


def find_news(home: Home, edition: Edition) -> News:
    """Hold what was judged against what the warehouse and the published file hold.

    The comparison is by verdict, so that a run that died anywhere is taken up where it stopped, and a
    return that was judged again counts as new.
    """
    with _telling_busy():
        judged = verdicts_of(read_judged(home.judged, edition.slug))
        published = home.published(edition.slug)
        is_current = publishing.is_current(published, edition)
        loaded = _held(home, edition) if loading.is_whole(home.warehouse, edition) else {}
        differing = weeks_that_differ(judged, loaded)
        if is_current:
            with read_database(published) as connection:
                differing |= weeks_that_differ(judged, held_verdicts(connection, edition.slug))
    weeks = tuple(week for week in edition.weeks if str(week) in differing)
    return News(weeks, is_elsewhere=not is_current or len(weeks) < len(differing))


def weeks_with_news(home: Home, edition: Edition) -> tuple[IsoWeek, ...]:
    """The weeks of the edition that a consolidation has to do."""
    return find_news(home, edition).weeks


def unpublished_weeks(home: Home, edition: Edition) -> tuple[IsoWeek, ...]:
    """The weeks whose returns are not all in the published file yet; needs no lock."""
    judged = verdicts_of(read_judged(home.judged, edition.slug))
    published = home.published(edition.slug)
    held: Mapping[str, Held] = {}
    if publishing.is_current(published, edition):
        with read_database(published) as connection:
            held = held_verdicts(connection, edition.slug)
    differing = weeks_that_differ(judged, held)
    return tuple(week for week in edition.weeks if str(week) in differing)


def load_weeks(
    home: Home, edition: Edition, weeks: Sequence[IsoWeek], on_progress: OnProgress = no_progress
) -> tuple[WeekLoaded, ...]:
    """Replace these weeks in the warehouse by what was judged; all weeks, if it was not whole."""
    with _telling_busy():
        loading.make_warehouse(home.warehouse, edition)
        is_whole = loading.is_whole(home.warehouse, edition)
        judged = read_judged(home.judged, edition.slug)
        returns = _by_week(edition, judged)
        if not is_whole:
            held = {entry.iso_week for entry in _held(home, edition).values()}
            weeks = [week for week in edition.weeks if week in returns or str(week) in held or week in weeks]
        batches = {week: returns.get(week, ()) for week in (*sorted(set(weeks)), None)}
        loaded = []
        with write_database(home.warehouse) as connection:
            for week in loading.load_weeks(connection, edition, batches):
                loaded.append(week)
                for progress in _cities_of(week):
                    on_progress(progress)
            loading.replace_expected_returns(connection, edition)
            if not is_whole:
                loading.remember_whole(connection, edition)
    return tuple(loaded)


def compute_indicators(
    home: Home, edition: Edition, weeks: Sequence[IsoWeek], on_progress: OnProgress = no_progress
) -> IndicatorsComputed:
    """Compute the indicators that depend on these weeks, and any that are behind the warehouse's returns."""
    if not loading.is_whole(home.warehouse, edition):
        load_weeks(home, edition, weeks)
    with _telling_busy(), write_database(home.warehouse) as connection:
        computed = indicators.compute_indicators(connection, edition, weeks)
    for week in sorted(set(weeks) & set(computed.weeks)):
        on_progress(Progress("computed", week))
    return computed


def publish_weeks(
    home: Home, edition: Edition, weeks: Sequence[IsoWeek], on_progress: OnProgress = no_progress
) -> Publication:
    """Bring the published file up to the warehouse: these weeks, and any other that differs."""
    if _is_behind(home, edition):
        compute_indicators(home, edition, ())
    with _telling_busy():
        publication = publishing.publish(home.published(edition.slug), home.warehouse, edition, weeks)
    for week in edition.weeks:
        if str(week) in publication.weeks:
            on_progress(Progress("published", week))
    return publication


def consolidate_weeks(
    home: Home, edition: Edition, weeks: Sequence[IsoWeek], on_progress: OnProgress = no_progress
) -> Publication:
    """Load, compute and publish these weeks, and the returns that no week of the edition holds."""
    load_weeks(home, edition, weeks, on_progress)
    compute_indicators(home, edition, weeks, on_progress)
    return publish_weeks(home, edition, weeks, on_progress)


def _is_behind(home: Home, edition: Edition) -> bool:
    """Whether the warehouse lacks returns, or indicators of those it holds."""
    if not loading.is_whole(home.warehouse, edition):
        return True
    with _telling_busy(), read_database(home.warehouse) as connection:
        return indicators.has_stale_indicators(connection, edition)


def _held(home: Home, edition: Edition) -> dict[str, Held]:
    with read_database(home.warehouse) as connection:
        return held_verdicts(connection, edition.slug)


def _by_week(
    edition: Edition, judged: Sequence[JudgedReturn]
) -> dict[IsoWeek | None, tuple[JudgedReturn, ...]]:
    known = set(edition.weeks)
    groups: dict[IsoWeek | None, list[JudgedReturn]] = defaultdict(list)
    for entry in judged:
        week = entry.verdict.iso_week
        groups[week if week in known else None].append(entry)
    return {week: tuple(group) for week, group in groups.items()}


def _cities_of(loaded: WeekLoaded) -> Iterator[Progress]:
    if loaded.week is None:
        return
    last: dict[str, Status] = {}
    for entry in sorted(
        loaded.returns, key=lambda entry: (entry.verdict.is_accepted, entry.verdict.received_at)
    ):
        if entry.verdict.city is not None:
            last[entry.verdict.city] = entry.verdict.status
    for city, status in sorted(last.items()):
        yield Progress("loaded", loaded.week, city, status, loaded.values_by_city.get(city, 0))


@contextmanager
def _telling_busy() -> Iterator[None]:
    """A warehouse that another program has open is told as BusyError."""
    try:
        yield
    except duckdb.IOException as error:
        if "Could not set lock on file" not in str(error):
            raise
        raise BusyError("warehouse.duckdb is open in another program") from error
