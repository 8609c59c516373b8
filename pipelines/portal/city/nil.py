"""Telling that service points or areas had no activity in a week, without a file.

Lives here: the page `/settimane/WEEK/nulla`.
Must not live here: what may be declared (`pipelines.declaring_nil`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from pipelines import declaring_nil
from pipelines.portal.city.week import entry_of, week_asked
from pipelines.portal.shown.crumbs import crumbs_to_week
from pipelines.portal.shown.weeks import box_of
from pipelines.portal.visits import NotFoundError, Visit
from pipelines.refusals import RefusedError
from schemas.details import NilOf
from schemas.weeks import IsoWeek


def show(visit: Visit) -> Response:
    """`/settimane/WEEK/nulla`."""
    return nil_page(visit, visit.city, week_asked(visit), {})


def declare(visit: Visit) -> Response:
    """What was ticked: recorded all together, or nothing of it."""
    return declare_of(visit, visit.city, week_asked(visit))


def declare_of(visit: Visit, city: str, week: IsoWeek) -> Response:
    """Record what was ticked for a city, and go back to its week. Raises RefusedError where no field of the
    form is to blame.
    """
    texts, portal = visit.texts, visit.portal
    points, areas = visit.fields.all("points"), visit.fields.all("areas")
    reason, errors = visit.fields.one("reason"), {}
    if not points and not areas:
        errors["points"] = texts.problems.no_nil
    if not reason:
        errors["reason"] = texts.problems.no_nil_reason
    if errors:
        return nil_page(visit, city, week, errors)
    edition = portal.contract.edition
    try:
        places = [declaring_nil.nil_place(edition, city, point, None) for point in points]
        places += [declaring_nil.nil_place(edition, city, None, area) for area in areas]
        declaring_nil.declare_nils(
            portal.home, portal.contract, city, week, places, reason, visit.signed_in.name
        )
    except RefusedError as error:
        return nil_page(visit, city, week, {_field_of(error, points): visit.refused(error)})
    visit.record("nil_declared", f"{city}/{week}")
    return visit.go(crumbs_to_week(visit, city, week)[-1][1], "nil_declared")


def _field_of(error: RefusedError, points: Sequence[str]) -> str:
    """The field of the form that a refusal is about. Raises the refusal where it is about none."""
    if error.code in ("personal_text", "text_too_long"):
        return "reason"
    if "place" not in error.details:
        raise error
    place = error.details["place"]
    return "points" if (place.service_point if isinstance(place, NilOf) else place) in points else "areas"


def nil_page(visit: Visit, city: str, week: IsoWeek, errors: dict[str, str]) -> Response:
    """The form, with what was ticked and typed so far. Raises NotFoundError where the city owes nothing."""
    edition, texts = visit.portal.contract.edition, visit.texts
    if not edition.is_due(city, week):
        raise NotFoundError("week")
    entry, way = entry_of(visit, city, week), crumbs_to_week(visit, city, week)
    back = way[-1][1]
    action = f"{back}/nulla"
    is_for_city = visit.signed_in.city is None
    areas = [edition.areas_by_code[place.area] for place in declaring_nil.areas_due(edition, city, week)]
    choices = {
        "points": _choices(
            visit, "points", {one.code: visit.service_name(one.code) for one in edition.roster(city, week)}
        ),
        "areas": _choices(visit, "areas", {one.code: visit.label(one) for one in areas}),
    }
    ticked = [(name, code) for name, rows in choices.items() for code, _, is_ticked in rows if is_ticked]
    return visit.page(
        "city/nil.html",
        422 if errors else 200,
        week_name=texts.receipt.week(week),
        href=f"{action}?{urlencode(ticked)}" if ticked else action,
        action=action,
        back_href=back,
        crumbs=(*way, (texts.nil.title, "")),
        as_city=texts.say("nil.for_city", city=visit.city_name(city)) if is_for_city else "",
        deadline=box_of(entry, visit.at, texts),
        reason=visit.fields.one("reason"),
        is_valid_return=entry.state in ("on_time", "late"),
        errors=errors,
        **choices,
    )


def _choices(visit: Visit, field: str, names: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """What may be ticked, and what is: in the form or, once the language was switched, in the address."""
    ticked = {*visit.fields.all(field), *visit.request.query_params.getlist(field)}
    return [(code, name, code in ticked) for code, name in names.items()]
