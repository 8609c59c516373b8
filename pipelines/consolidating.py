"""The consolidation: from judged returns to the warehouse, from the warehouse to the published file.

Lives here: which weeks have something new, and the steps in their order, each safe to run again.
Must not live here: SQL and tables (`warehouse`), dagster (`pipelines.orchestration`), the clock.

Whoever calls these functions holds `home.consolidating()`, but for `unpublished_weeks`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from pipelines import bulletins
from pipelines.acts import Acts, read_acts
from pipelines.home import BusyError, Home
from schemas.contract import Edition
from schemas.weeks import IsoWeek
from warehouse import indicators, loading, publishing
from warehouse.files import read_database, write_database
from warehouse.indicators import IndicatorsComputed
from warehouse.judged import Decided, LookedThrough, look_through, read_return
from warehouse.loading import Batch, Loaded, WeekLoaded
from warehouse.making import of_edition, weeks_that_differ
from warehouse.publishing import ActInTables, Publication, fingerprint_of_acts

Step = Literal["loading", "computing", "publishing", "reporting"]
"""The steps of a consolidation, in their order."""


@dataclass(frozen=True)
class Progress:
    """A step that begins, for so many weeks; or, with a week, what was loaded of it."""

    step: Step
    weeks: int
    loaded: IsoWeek | None = None
    values: int = 0
    """loaded: the values of the week that are now valid."""
    accepted: tuple[str, ...] = ()
    """loaded: the cities with an accepted return."""
    refused: tuple[str, ...] = ()
    """loaded: the cities whose returns were all rejected."""


OnProgress = Callable[[Progress], None]


def no_progress(progress: Progress) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class News:
    """What a consolidation has to do.

    weeks: those with something new.
    is_elsewhere: something changed that no week of the edition holds: a return whose week could not
    be told, a waiver, a release, or a bulletin or Parquet file that is not there.
    """

    weeks: tuple[IsoWeek, ...]
    is_elsewhere: bool

    def __bool__(self) -> bool:
        return bool(self.weeks) or self.is_elsewhere


def decided_of(acts: Acts) -> Decided:
    """What people decided that is published in rows of its own."""
    return Decided(nils=acts.nils, moved=acts.moved)


def decided_in(home: Home) -> Decided:
    """All of it, as it is now."""
    return decided_of(read_acts(home.acts))


def look_through_home(home: Home) -> LookedThrough:
    """What was judged and decided, as it lies there now."""
    return look_through(home.judged, decided_in(home))


def find_news(home: Home, edition: Edition, judged: LookedThrough | None = None) -> News:
    """Hold what was judged and decided against what the warehouse and the published file hold.

    The comparison is by verdict and act, so that a run that died anywhere is taken up where it stopped, and a
    return that was judged again counts as new. judged: as its caller, who holds the lock, looked it through.
    """
    with _telling_busy():
        loaded = loading.read_loaded(home.warehouse, edition)
        published = publishing.read_published(home.published(edition.slug), edition)
    held = of_edition((judged or look_through_home(home)).held(loaded.held), edition.slug)
    differing = weeks_that_differ(held, loaded.of(edition))
    # A file that was made with other tables, code or another contract holds no verdict of today's.
    differing |= weeks_that_differ(held, published.held if published.is_current else {})
    weeks = tuple(week for week in edition.weeks if str(week) in differing)
    is_behind = not published.is_settled or bulletins.are_behind(home, edition)
    is_behind |= published.acts != fingerprint_of_acts(_acts_in_tables(home, edition))
    return News(weeks, is_elsewhere=is_behind or len(weeks) < len(differing))


def unpublished_weeks(home: Home, edition: Edition) -> tuple[IsoWeek, ...]:
    """The weeks whose returns and acts are not all in the published file yet; needs no lock."""
    held = publishing.read_published(home.published(edition.slug), edition).held
    judged = of_edition(look_through_home(home).held(held), edition.slug)
    differing = weeks_that_differ(judged, held)
    return tuple(week for week in edition.weeks if str(week) in differing)


def load_weeks(
    home: Home,
    edition: Edition,
    weeks: Sequence[IsoWeek],
    on_progress: OnProgress = no_progress,
    judged: LookedThrough | None = None,
) -> tuple[WeekLoaded, ...]:
    """Replace these weeks in the warehouse by what was judged; all weeks, if it was not whole.

    judged: as its caller, who holds the lock, looked it through.
    """
    with _telling_busy():
        before = loading.make_warehouse(home.warehouse, edition)
        is_whole = before.is_whole
        looked = judged or look_through_home(home)
        batches = _batches(looked, edition, before, weeks)
        loaded = []
        count = len(batches.keys() - {None})
        on_progress(Progress("loading", count))
        with write_database(home.warehouse) as connection:
            for week in loading.load_weeks(connection, edition, batches, looked.decided):
                loaded.append(week)
                if week.week is not None:
                    on_progress(_progress_of(week, count))
            if not is_whole:
                loading.remember_whole(connection, edition)
    return tuple(loaded)


def compute_indicators(
    home: Home, edition: Edition, weeks: Sequence[IsoWeek], on_progress: OnProgress = no_progress
) -> IndicatorsComputed:
    """Compute the indicators that depend on these weeks, and any that are behind the warehouse's returns."""
    if not loading.is_whole(home.warehouse, edition):
        load_weeks(home, edition, weeks)
    on_progress(Progress("computing", len(set(weeks))))
    with _telling_busy(), write_database(home.warehouse) as connection:
        frozen = read_acts(home.acts).frozen_quarters(edition.slug)
        return indicators.compute_indicators(connection, edition, weeks, frozen)


def publish_weeks(
    home: Home, edition: Edition, weeks: Sequence[IsoWeek], on_progress: OnProgress = no_progress
) -> Publication:
    """Bring the published file up to the warehouse: these weeks, and any other that differs."""
    if _is_behind(home, edition):
        compute_indicators(home, edition, ())
    on_progress(Progress("publishing", len(set(weeks))))
    with _telling_busy():
        return publishing.publish(
            home.published(edition.slug), home.warehouse, edition, weeks, _acts_in_tables(home, edition)
        )


def write_bulletins(
    home: Home, edition: Edition, weeks: Sequence[IsoWeek], on_progress: OnProgress = no_progress
) -> tuple[Path, ...]:
    """Write the bulletins of these weeks, and any other that what is published has moved away from."""
    on_progress(Progress("reporting", len(set(weeks))))
    return bulletins.write_bulletins(home, edition, weeks)


def consolidate_weeks(
    home: Home, edition: Edition, weeks: Sequence[IsoWeek], on_progress: OnProgress = no_progress
) -> Publication:
    """Every step for these weeks, and for the returns that no week of the edition holds."""
    load_weeks(home, edition, weeks, on_progress)
    compute_indicators(home, edition, weeks, on_progress)
    publication = publish_weeks(home, edition, weeks, on_progress)
    write_bulletins(home, edition, weeks, on_progress)
    return publication


def _acts_in_tables(home: Home, edition: Edition) -> tuple[ActInTables, ...]:
    acts, slug = read_acts(home.acts), edition.slug
    return (*acts.waivers_of(slug), *acts.deadlines_moved(slug), *acts.freezes_of(slug))


def _is_behind(home: Home, edition: Edition) -> bool:
    """Whether the warehouse lacks returns, or indicators of those it holds."""
    if not loading.is_whole(home.warehouse, edition):
        return True
    with _telling_busy(), read_database(home.warehouse) as connection:
        frozen = read_acts(home.acts).frozen_quarters(edition.slug)
        return indicators.has_stale_indicators(connection, edition, frozen)


def _batches(looked: LookedThrough, edition: Edition, before: Loaded, weeks: Sequence[IsoWeek]) -> Batch:
    """The judged returns of these weeks, and of no week of the edition where something is new there; of
    every week that has any, or an act, if the warehouse is not whole.
    """
    standing = of_edition(looked.held(before.held), edition.slug)
    known = {str(week): week for week in edition.weeks}
    by_week: dict[IsoWeek | None, list[str]] = defaultdict(list)
    for name, held in standing.items():
        returns = by_week[known.get(held.iso_week or "")]
        if name in looked.digests:
            returns.append(name)
    wanted: set[IsoWeek | None] = set(weeks)
    if not before.is_whole:
        stale = of_edition(before.held, edition.slug).values()
        wanted |= {None, *by_week, *(known.get(held.iso_week or "") for held in stale)}
    elif weeks_that_differ(standing, before.of(edition)) - known.keys():
        wanted.add(None)
    ordered = [*sorted(week for week in wanted if week is not None), *([None] if None in wanted else [])]
    return {week: [read_return(looked.folder / key) for key in by_week[week]] for week in ordered}


def _progress_of(loaded: WeekLoaded, weeks: int) -> Progress:
    accepted = {entry.verdict.city for entry in loaded.returns if entry.verdict.is_accepted}
    came = {entry.verdict.city for entry in loaded.returns}
    return Progress(
        "loading",
        weeks,
        loaded.week,
        sum(loaded.values_by_city.values()),
        tuple(sorted(city for city in accepted if city is not None)),
        tuple(sorted(city for city in came - accepted if city is not None)),
    )


@contextmanager
def _telling_busy() -> Iterator[None]:
    """A warehouse that another program has open is told as BusyError."""
    try:
        yield
    except duckdb.IOException as error:
        if "Could not set lock on file" not in str(error):
            raise
        raise BusyError("warehouse.duckdb is open in another program") from error
