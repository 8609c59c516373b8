"""Telling that service points or areas had no activity in a week, without a file.

Lives here: the page `/settimane/WEEK/nulla`.
Must not live here: what may be declared (`pipelines.declaring_nil`).
"""

from __future__ import annotations

from starlette.responses import Response

from pipelines import declaring_nil
from pipelines.portal.city.week import entry_of, week_asked
from pipelines.portal.city.weeks import week_href
from pipelines.portal.shown.weeks import box_of, week_name
from pipelines.portal.visits import NotFoundError, Visit
from pipelines.refusals import WrongUsageError
from schemas.weeks import IsoWeek


def show(visit: Visit) -> Response:
    """`/settimane/WEEK/nulla`."""
    week = week_asked(visit)
    return nil_page(visit, visit.city, week, week_href(week), {})


def declare(visit: Visit) -> Response:
    """What was ticked: recorded all together, or nothing of it."""
    week = week_asked(visit)
    return declare_of(visit, visit.city, week, week_href(week))


def declare_of(visit: Visit, city: str, week: IsoWeek, back: str) -> Response:
    """Record what was ticked for a city, and go back to its week."""
    texts, portal = visit.texts, visit.portal
    points, areas = visit.fields.all("points"), visit.fields.all("areas")
    reason, errors = visit.fields.one("reason"), {}
    if not points and not areas:
        errors["points"] = texts.problems.no_nil
    if not reason:
        errors["reason"] = texts.problems.no_nil_reason
    if errors:
        return nil_page(visit, city, week, back, errors)
    edition = portal.contract.edition
    try:
        places = [declaring_nil.nil_place(edition, city, point, None) for point in points]
        places += [declaring_nil.nil_place(edition, city, None, area) for area in areas]
        declaring_nil.declare_nils(
            portal.home, portal.contract, city, week, places, reason, visit.signed_in.name
        )
    except WrongUsageError as error:
        return nil_page(visit, city, week, back, {"points": str(error)})
    visit.record("nil_declared", f"{city}/{week}")
    return visit.go(back, "nil_declared")


def nil_page(visit: Visit, city: str, week: IsoWeek, back: str, errors: dict[str, str]) -> Response:
    """The form, with what was ticked and typed so far. Raises NotFoundError where the city owes nothing."""
    edition, texts = visit.portal.contract.edition, visit.texts
    if not edition.is_due(city, week):
        raise NotFoundError("week")
    entry = entry_of(visit, city, week)
    ticked = {*visit.fields.all("points"), *visit.fields.all("areas")}
    areas = [place.area for place in declaring_nil.areas_due(edition, city, week)]
    return visit.page(
        "city/nil.html",
        422 if errors else 200,
        week_name=texts.receipt.week(week),
        action=f"{back}/nulla",
        back_href=back,
        crumbs=((texts.weeks.title, "/"), (week_name(week, texts), back), (texts.nil.title, "")),
        deadline=box_of(entry, visit.at, texts),
        points=[
            (point.code, visit.service_name(point.code), point.code in ticked)
            for point in edition.roster(city, week)
        ],
        areas=[(code, visit.label(edition.areas_by_code[code]), code in ticked) for code in areas],
        reason=visit.fields.one("reason"),
        is_valid_return=entry.state in ("on_time", "late"),
        errors=errors,
    )
