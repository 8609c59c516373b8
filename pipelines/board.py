"""The board: city by week, what arrived and what did not, as it stands today.

Lives here: the state of each city-week, from what was judged and the clock; how far what is published goes.
Must not live here: how it is shown, or published tables (they never ask the clock).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.acts import Acts
from pipelines.consolidating import unpublished_weeks
from pipelines.home import Home
from schemas.acts import DeadlineMoved, NilWithoutFile
from schemas.contract import Edition
from schemas.deadlines import Deadlines
from schemas.verdicts import Finding, Verdict
from schemas.weeks import IsoWeek
from warehouse.files import read_database
from warehouse.queries import query

State = Literal["on_time", "late", "awaited", "missing", "rejected"]

SHOWN_WEEKS = 6


def _none_told(submission_id: str) -> Sequence[Finding]:
    return ()


@dataclass(frozen=True)
class CityWeek:
    """A city-week that is due or was answered.

    submission_id, version, received_at, errors, warnings: of the return now valid; where none is, of the
    last one that came. refused_since: a later version that was rejected, so that the one before still counts.
    confirmed, waived: of its warnings, those that somebody decided about. sent_back: what the city was asked
    to look at again in the return now valid. nils: what was declared without activity by an act, and still
    holds. due_at: the deadline that now holds; moved: the act that set it.
    """

    city: str
    week: IsoWeek
    due_at: dt.datetime
    state: State
    submission_id: str | None = None
    version: int | None = None
    received_at: dt.datetime | None = None
    errors: int = 0
    warnings: int = 0
    confirmed: int = 0
    waived: int = 0
    is_revised: bool = False
    refused_since: int | None = None
    sent_back: str | None = None
    nils: tuple[NilWithoutFile, ...] = ()
    moved: DeadlineMoved | None = None

    @property
    def is_missing(self) -> bool:
        """Whether no figure of it counts although its deadline has passed."""
        return self.state in ("missing", "rejected")


@dataclass(frozen=True)
class Published:
    """How far the published file goes. horizon: the last week in it that somebody's accepted return is for;
    known_at: the last arrival that it knows of; to_consolidate: weeks with something that is not in it yet.
    """

    horizon: IsoWeek | None
    known_at: dt.datetime | None
    to_consolidate: tuple[IsoWeek, ...]


def published_so_far(home: Home, edition: Edition) -> Published:
    """What the published file holds, beside what was received; needs no lock."""
    waiting = unpublished_weeks(home, edition)
    path = home.published(edition.slug)
    if not path.exists():
        return Published(None, None, waiting)
    with read_database(path) as connection:
        ((_, horizon, known_at),) = connection.execute(
            query("published_until"), {"edition": edition.slug}
        ).fetchall()
    return Published(IsoWeek.parse(horizon) if horizon else None, known_at, waiting)


def city_weeks(
    edition: Edition,
    verdicts: Iterable[Verdict],
    weeks: Sequence[IsoWeek],
    at: dt.datetime,
    acts: Acts | None = None,
    findings_of: Callable[[str], Sequence[Finding]] = _none_told,
    cities: Sequence[str] | None = None,
) -> tuple[CityWeek, ...]:
    """The state of every city (of these, where some are named) in these weeks, by week and city.

    on_time, late: by the arrival of the first accepted version. rejected: something came, nothing is
    accepted. awaited, missing: nothing came, before and after the deadline. A city that owes no return for a
    week is not among them, unless it sent one. findings_of: what was found in a submission, where it is to
    be told what of it was decided about.
    """
    by_city_week: dict[tuple[str, IsoWeek], list[Verdict]] = {}
    for verdict in sorted(verdicts, key=lambda v: (v.received_at, v.submission_id)):
        if verdict.city_week is not None:
            by_city_week.setdefault(verdict.city_week, []).append(verdict)
    return tuple(
        _city_week(edition, city, week, by_city_week.get((city, week), []), at, acts or Acts(), findings_of)
        for week in weeks
        for city in (edition.city_slugs if cities is None else cities)
        if (city, week) in by_city_week or edition.is_due(city, week)
    )


def _city_week(
    edition: Edition,
    city: str,
    week: IsoWeek,
    verdicts: Sequence[Verdict],
    at: dt.datetime,
    acts: Acts,
    findings_of: Callable[[str], Sequence[Finding]],
) -> CityWeek:
    since = [verdict.known_from for verdict in verdicts if verdict.is_accepted]
    nils = tuple(
        nil.declared for nil in acts.nils_of(edition.slug, city, week) if nil.ended_at(since) is None
    )
    deadline = Deadlines(edition, acts.deadlines_moved(edition.slug)).known(week, city)[-1]
    due_at = deadline.due_at
    if not verdicts:
        waited: State = "awaited" if at <= due_at else "missing"
        return CityWeek(city, week, due_at, waited, nils=nils, moved=deadline.moved)
    accepted = sorted(
        (verdict for verdict in verdicts if verdict.is_accepted), key=lambda verdict: verdict.known_from
    )
    sent_back = acts.sent_back(accepted[-1].submission_id) if accepted else None
    last = verdicts[-1]
    shown = accepted[-1] if accepted else last
    warned = findings_of(shown.submission_id) if shown.warnings else ()
    decided = Counter(finding.disposition for finding in warned)
    state: State = "rejected"
    if accepted:
        state = "on_time" if min(one.received_at for one in accepted) <= due_at else "late"
    return CityWeek(
        city,
        week,
        due_at,
        state,
        shown.submission_id,
        shown.version,
        shown.received_at,
        shown.errors,
        shown.warnings,
        decided["confirmed"],
        decided["waived"],
        is_revised=len(accepted) > 1,
        refused_since=last.version if accepted and not last.is_accepted else None,
        sent_back=sent_back.note if sent_back else None,
        nils=nils,
        moved=deadline.moved,
    )


def weeks_to_show(edition: Edition, verdicts: Iterable[Verdict], at: dt.datetime) -> tuple[IsoWeek, ...]:
    """The last weeks worth a look: up to the last one that ended, but not long after the last return."""
    ended = [week for week in edition.weeks if week.ends_at <= at]
    if not ended:
        return edition.weeks[:1]
    with_returns = [v.iso_week for v in verdicts if v.iso_week is not None and v.iso_week in edition.weeks]
    last = ended[-1]
    if with_returns:
        last = min(last, max(with_returns).shifted(1))
    first = max(edition.facts.first_week, last.shifted(1 - SHOWN_WEEKS))
    return first.through(last)
