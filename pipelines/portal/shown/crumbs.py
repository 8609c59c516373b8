"""Where a page stands: the pages above it.

Lives here: the way down to a week of a city, as each role walks it.
Must not live here: a page's own name.
"""

from __future__ import annotations

from pipelines.portal.navigation import START
from pipelines.portal.shown.weeks import week_name
from pipelines.portal.visits import Visit
from schemas.weeks import IsoWeek

Crumb = tuple[str, str]
"""What a page is called, and its address."""


def crumbs_to_week(visit: Visit, city: str, week: IsoWeek) -> tuple[Crumb, ...]:
    """From where the role comes in down to the page of a city's week."""
    start, name = (visit.start_name, START[visit.signed_in.role]), week_name(week, visit.texts)
    if visit.signed_in.city is not None:
        return start, (name, f"/settimane/{week}")
    return start, (visit.city_name(city), f"/citta/{city}"), (name, f"/citta/{city}/{week}")
