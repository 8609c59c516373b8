"""One week of a city: its deadline, its form, every version that came, what was declared without activity.

Lives here: the page `/settimane/WEEK` and its blank form.
Must not live here: declaring (`city.nil`), uploads (`city.draft`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from pipelines import templating
from pipelines.board import CityWeek
from pipelines.portal.city.weeks import week_href
from pipelines.portal.shown.crumbs import crumbs_to_week
from pipelines.portal.shown.deadlines import DeadlineBox
from pipelines.portal.shown.weeks import box_of, state_word, states_of, version_rows, week_name
from pipelines.portal.uploading import upload_to
from pipelines.portal.visits import NotFoundError, Visit
from reports.template import template_workbook
from schemas.acts import NilWithoutFile
from schemas.weeks import IsoWeek

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class WeekPage:
    """A week as its page heads it."""

    name: str
    href: str
    state: str
    state_word: str
    template_href: str
    deadline: DeadlineBox
    moved: str
    sent_back: str
    refused_since: str


@dataclass(frozen=True)
class NilRow:
    """Something declared without activity by an act that still holds."""

    what: str
    reason: str
    since: str
    by: str


def show(visit: Visit) -> Response:
    """`/settimane/WEEK`."""
    week = week_asked(visit)
    entry = entry_of(visit, visit.city, week)
    texts, href = visit.texts, week_href(week)
    return visit.page(
        "city/week.html",
        week=week_page(visit, entry, href),
        crumbs=crumbs_to_week(visit, visit.city, week),
        upload=upload_to(visit, "/bozze"),
        errors={},
        nil_href=f"{href}/nulla",
        versions=version_rows(visit.portal, visit.city, week, texts),
        nils=nil_rows(visit, entry.nils),
    )


def week_page(visit: Visit, entry: CityWeek, href: str) -> WeekPage:
    """The head of a week's page, wherever it stands."""
    texts = visit.texts
    return WeekPage(
        name=week_name(entry.week, texts),
        href=href,
        state=entry.state,
        state_word=state_word(entry, texts),
        template_href=f"{href}/modulo.xlsx",
        deadline=box_of(entry, visit.at, texts),
        moved=texts.say("deadlines.moved", reason=entry.moved.reason) if entry.moved else "",
        sent_back=entry.sent_back or "",
        refused_since=(
            texts.say("city_week.refused", n=entry.refused_since, valid=entry.version or "")
            if entry.refused_since is not None
            else ""
        ),
    )


def template(visit: Visit) -> Response:
    """`/settimane/WEEK/modulo.xlsx`."""
    return template_of(visit, visit.city, week_asked(visit))


def template_of(visit: Visit, city: str, week: IsoWeek) -> Response:
    """The blank form of a city's week. Raises RefusedError where the city owes none, or there is no form."""
    portal = visit.portal
    blank = templating.template_for(portal.home, portal.contract, city, week)
    visit.record("downloaded", f"{city}/{week}/modulo")
    return visit.download(template_workbook(blank.content), blank.usual_name(portal.contract.edition), XLSX)


def week_asked(visit: Visit) -> IsoWeek:
    """The week in the address. Raises NotFoundError for one that the edition has not, or not yet."""
    try:
        week = IsoWeek.parse(visit.named("week"))
    except ValueError as error:
        raise NotFoundError("week") from error
    if week not in visit.portal.contract.edition.weeks or week.ends_at > visit.at:
        raise NotFoundError("week")
    return week


def entry_of(visit: Visit, city: str, week: IsoWeek) -> CityWeek:
    """The state of a city's week. Raises NotFoundError where nothing is due and nothing came."""
    found = states_of(visit.portal, (week,), visit.at, city)
    if not found:
        raise NotFoundError("week")
    return found[0]


def nil_rows(visit: Visit, nils: Sequence[NilWithoutFile]) -> tuple[NilRow, ...]:
    """What was declared without activity, as a table shows it."""
    edition, texts = visit.portal.contract.edition, visit.texts
    return tuple(
        NilRow(
            what=visit.service_name(nil.service_point)
            if nil.service_point
            else visit.label(edition.areas_by_code[nil.area]),
            reason=nil.reason,
            since=texts.receipt.deadline(nil.at),
            by=nil.by,
        )
        for nil in nils
    )
