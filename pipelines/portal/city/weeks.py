"""All weeks of a city, the one to do now on top.

Lives here: the page `/settimane`.
Must not live here: one week (`city.week`), one draft (`city.draft`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from pipelines.board import CityWeek
from pipelines.portal.shown.deadlines import DeadlineBox
from pipelines.portal.shown.drafts import draft_row, views_of
from pipelines.portal.shown.paging import page_of
from pipelines.portal.shown.weeks import (
    WeekRow,
    box_of,
    state_word,
    states_of,
    to_look_at,
    week_name,
    week_row,
    weeks_ended,
)
from pipelines.portal.uploading import sender_of, upload_to
from pipelines.portal.visits import Visit

_WEEKS_A_PAGE = 13
_OPEN = ("awaited", "missing", "rejected")


@dataclass(frozen=True)
class WeekNow:
    """The week to do now."""

    name: str
    href: str
    state: str
    state_word: str
    template_href: str
    deadline: DeadlineBox


def show(visit: Visit, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """`/settimane`; errors: of files that could not be taken."""
    at, texts = visit.at, visit.texts
    own = states_of(visit.portal, weeks_ended(visit.portal, at), at, visit.city)
    shown, paging = page_of(own, visit, _WEEKS_A_PAGE)
    now = _to_do_now(own)
    views, removed = views_of(visit, visit.portal.drafts.of(sender_of(visit)))
    return visit.page(
        "city/weeks.html",
        status,
        now=_week_now(visit, now) if now is not None else None,
        upload=upload_to(visit, "/bozze"),
        errors=errors or {},
        drafts=tuple(draft_row(visit, view) for view in views),
        removed=removed,
        asked=_rows(visit, [entry for entry in own if any(to_look_at(entry, texts))]),
        weeks=_rows(visit, shown),
        paging=paging,
    )


def _rows(visit: Visit, entries: Iterable[CityWeek]) -> tuple[WeekRow, ...]:
    return tuple(week_row(entry, week_href(entry.week), visit.at, visit.texts) for entry in entries)


def week_href(week: object) -> str:
    """Where a week of the city stands."""
    return f"/settimane/{week}"


def _to_do_now(entries: Sequence[CityWeek]) -> CityWeek | None:
    """The week whose deadline comes first; with none to come, the last one that lacks."""
    open_ones = [entry for entry in entries if entry.state in _OPEN]
    awaited = [entry for entry in open_ones if entry.state == "awaited"]
    if awaited:
        return min(awaited, key=lambda entry: entry.due_at)
    return max(open_ones, key=lambda entry: entry.due_at, default=None)


def _week_now(visit: Visit, entry: CityWeek) -> WeekNow:
    href = week_href(entry.week)
    return WeekNow(
        name=week_name(entry.week, visit.texts),
        href=href,
        state=entry.state,
        state_word=state_word(entry, visit.texts),
        template_href=f"{href}/modulo.xlsx",
        deadline=box_of(entry, visit.at, visit.texts),
    )
