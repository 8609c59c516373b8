"""The board: city by week, what arrived and what did not, as it stands today.

Lives here: the state of each city-week, from what was judged and the clock.
Must not live here: how it is shown, or published tables (they never ask the clock).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.contract import Edition
from schemas.verdicts import Verdict
from schemas.weeks import IsoWeek

State = Literal["on_time", "late", "awaited", "missing", "rejected"]

SHOWN_WEEKS = 6


@dataclass(frozen=True)
class CityWeek:
    """A city-week that is due or was answered. `version`: of the return now valid."""

    city: str
    week: IsoWeek
    due_at: dt.datetime
    state: State
    submission_id: str | None = None
    version: int | None = None
    warnings: int = 0
    is_revised: bool = False


def city_weeks(
    edition: Edition, verdicts: Iterable[Verdict], weeks: Sequence[IsoWeek], at: dt.datetime
) -> tuple[CityWeek, ...]:
    """The state of every city in these weeks, by week and city.

    on_time, late: by the arrival of the first accepted version. rejected: something came, nothing is
    accepted. awaited, missing: nothing came, before and after the deadline. A city is not among them before
    its first service point is on the roster.
    """
    by_city_week: dict[tuple[str, IsoWeek], list[Verdict]] = {}
    for verdict in sorted(verdicts, key=lambda v: (v.received_at, v.submission_id)):
        if verdict.city_week is not None:
            by_city_week.setdefault(verdict.city_week, []).append(verdict)
    return tuple(
        _city_week(city, week, by_city_week.get((city, week), []), at)
        for week in weeks
        for city in edition.city_slugs
        if (city, week) in by_city_week or _is_due(edition, city, week)
    )


def _is_due(edition: Edition, city: str, week: IsoWeek) -> bool:
    starts = [point.roster_from for point in edition.service_points if point.city == city]
    return not starts or min(starts) <= week


def _city_week(city: str, week: IsoWeek, verdicts: Sequence[Verdict], at: dt.datetime) -> CityWeek:
    accepted = [verdict for verdict in verdicts if verdict.is_accepted]
    if accepted:
        valid = accepted[-1]
        return CityWeek(
            city,
            week,
            week.due_at,
            "on_time" if accepted[0].received_at <= week.due_at else "late",
            valid.submission_id,
            valid.version,
            valid.warnings,
            is_revised=len(accepted) > 1,
        )
    if verdicts:
        return CityWeek(city, week, week.due_at, "rejected", verdicts[-1].submission_id, verdicts[-1].version)
    return CityWeek(city, week, week.due_at, "awaited" if at <= week.due_at else "missing")


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
