"""A city as the coordination sees it: the history that the city sees, and acting for it.

Lives here: the pages under `/citta`.
Must not live here: what a city's own pages share with these (`pipelines.portal.city`), deciding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.responses import Response

from pipelines import deciding
from pipelines.board import CityWeek
from pipelines.portal.city import nil, week
from pipelines.portal.city.draft import some_withheld
from pipelines.portal.coordinator.board import week_href
from pipelines.portal.drafts import Draft
from pipelines.portal.shown.crumbs import crumbs_to_week
from pipelines.portal.shown.paging import page_of
from pipelines.portal.shown.weeks import (
    VersionRow,
    WeekRow,
    state_word,
    states_of,
    version_rows,
    week_row,
    weeks_ended,
)
from pipelines.portal.uploading import Upload, UploadRefusedError, keep_returns, upload_to
from pipelines.portal.visits import NotFoundError, Visit
from pipelines.refusals import RefusedError
from reports.receipt.content import Fact
from schemas.weeks import IsoWeek

_WEEKS_A_PAGE = 8


@dataclass(frozen=True)
class CityHead:
    """A city, and the facts about it."""

    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class WeekWithVersions(WeekRow):
    """A week of the city, and all that came for it."""

    versions: tuple[VersionRow, ...] = ()


def show(visit: Visit) -> Response:
    """`/citta/SLUG`."""
    return _city_page(visit, {})


def upload(visit: Visit) -> Response:
    """Files that the city sent some other way: drafts that are said to be the city's."""
    city = _city(visit)
    try:
        kept = keep_returns(visit, city)
    except UploadRefusedError as error:
        withheld = some_withheld(visit, error.kept, upload_to(visit, visit.request.url.path), error.errors)
        return withheld or _city_page(visit, error.errors, 422)
    page = some_withheld(visit, kept, upload_to(visit, visit.request.url.path))
    if page is not None:
        return page
    drafts = [one for _, one in kept if isinstance(one, Draft)]
    return visit.go(f"/bozze/{drafts[0].id}" if len(drafts) == 1 else "/cartella")


def show_week(visit: Visit) -> Response:
    """`/citta/SLUG/WEEK`."""
    return _week_page(visit, {})


def template(visit: Visit) -> Response:
    """`/citta/SLUG/WEEK/modulo.xlsx`."""
    return week.template_of(visit, _city(visit), week.week_asked(visit))


def send_back(visit: Visit) -> Response:
    """Ask the city to look at the version that counts now again, with a note."""
    city, asked, portal = _city(visit), week.week_asked(visit), visit.portal
    valid = portal.desk.returns().valid(city, asked)
    if valid is None or valid.submission_id != visit.fields.one("submission"):
        return _week_page(visit, {"note": visit.texts.city_week.no_longer_valid}, 409)
    note = visit.fields.one("note")
    if not note:
        return _week_page(visit, {"note": visit.texts.city_week.no_note}, 422)
    try:
        deciding.send_back(portal.home, portal.contract, valid.submission_id, note, visit.signed_in.name)
    except RefusedError as error:
        return _week_page(visit, {"note": visit.refused(error)}, 422)
    visit.record("return_sent_back", valid.submission_id)
    return visit.go(week_href(city, asked), "sent_back")


def show_nil(visit: Visit) -> Response:
    """`/citta/SLUG/WEEK/nulla`."""
    city, asked = _city(visit), week.week_asked(visit)
    return nil.nil_page(visit, city, asked, {})


def declare_nil(visit: Visit) -> Response:
    """What the city told: recorded all together, or nothing of it."""
    city, asked = _city(visit), week.week_asked(visit)
    return nil.declare_of(visit, city, asked)


def _city(visit: Visit) -> str:
    """The city in the address. Raises NotFoundError."""
    slug = visit.named("city")
    if slug not in visit.portal.contract.edition.city_slugs:
        raise NotFoundError("city")
    return slug


def _may_act(visit: Visit) -> bool:
    """Whether the account acts for cities; analysts only look."""
    return visit.signed_in.role == "coordinator"


def _upload(visit: Visit, city: str) -> Upload | None:
    return upload_to(visit, f"/citta/{city}") if _may_act(visit) else None


def _versions(visit: Visit, city: str, asked: IsoWeek) -> tuple[VersionRow, ...]:
    rows = version_rows(visit.portal, city, asked, visit.texts)
    return rows if _may_act(visit) else tuple(replace(row, href="") for row in rows)


def _city_page(visit: Visit, errors: dict[str, str], status: int = 200) -> Response:
    city, portal, at = _city(visit), visit.portal, visit.at
    entries = states_of(portal, weeks_ended(portal, at), at, city)
    shown, paging = page_of(entries, visit, _WEEKS_A_PAGE)
    return visit.page(
        "coordinator/city.html",
        status,
        city=CityHead(visit.city_name(city), _facts(visit, city)),
        crumbs=((visit.texts.board.title, "/quadro"), (visit.city_name(city), "")),
        upload=_upload(visit, city),
        weeks=[_week_with_versions(visit, entry) for entry in shown],
        paging=paging,
        errors=errors,
    )


def _week_with_versions(visit: Visit, entry: CityWeek) -> WeekWithVersions:
    row = week_row(entry, week_href(entry.city, entry.week), visit.at, visit.texts)
    return WeekWithVersions(**vars(row), versions=_versions(visit, entry.city, entry.week))


def _facts(visit: Visit, city: str) -> tuple[Fact, ...]:
    edition, texts = visit.portal.contract.edition, visit.texts
    last = max(weeks_ended(visit.portal, visit.at), default=edition.weeks[0])
    points = edition.roster(city, last)
    return (
        Fact(texts.receipt.facts.body, edition.city(city).reporting_body, language="it"),
        Fact(texts.coordinator_city.points, texts.receipt.number(len(points))),
    )


def _week_page(visit: Visit, errors: dict[str, str], status: int = 200) -> Response:
    city, asked, texts = _city(visit), week.week_asked(visit), visit.texts
    entry = week.entry_of(visit, city, asked)
    here, edition = week_href(city, asked), visit.portal.contract.edition
    valid = visit.portal.desk.returns().valid(city, asked)
    is_due = edition.is_due(city, asked)
    return visit.page(
        "coordinator/week.html",
        status,
        week=week.week_page(visit, entry, here),
        city_name=visit.city_name(city),
        state_word=state_word(entry, texts),
        crumbs=crumbs_to_week(visit, city, asked),
        upload=_upload(visit, city),
        is_due=is_due,
        nil_href=f"{here}/nulla",
        versions=_versions(visit, city, asked),
        nils=week.nil_rows(visit, entry.nils),
        valid=valid.submission_id if valid is not None and _may_act(visit) else "",
        send_back_action=f"{here}/rimanda",
        note=visit.fields.one("note"),
        errors=errors,
    )
