"""The board: every city in six weeks, and how far what is published goes.

Lives here: the page `/quadro`.
Must not live here: the state of a week (`pipelines.board`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from pipelines.board import SHOWN_WEEKS, CityWeek, Published, State, published_so_far, weeks_to_show
from pipelines.portal.shown.weeks import state_word, states_of, to_look_at, weeks_ended
from pipelines.portal.visits import NotFoundError, Visit
from pipelines.portal.words.wording import Texts
from schemas.weeks import IsoWeek

_STATES: tuple[State, ...] = ("on_time", "late", "awaited", "missing", "rejected")


@dataclass(frozen=True)
class WeekHead:
    """A column: `42/2023`, `16-22 ottobre`."""

    name: str
    days: str


@dataclass(frozen=True)
class Cell:
    """A city in a week; href: empty where nothing is due and nothing came."""

    state: str
    word: str
    detail: str
    href: str


@dataclass(frozen=True)
class Row:
    """A city in all weeks shown."""

    city: str
    href: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Turning:
    """The weeks before and after those shown; empty where there are none."""

    earlier_href: str
    later_href: str


def show(visit: Visit) -> Response:
    """`/quadro`, and `/quadro?fino=2023-W42`: the six weeks up to one."""
    portal, texts = visit.portal, visit.texts
    weeks, turning = _weeks(visit)
    entries = states_of(portal, weeks, visit.at)
    by_place = {(entry.city, entry.week): entry for entry in entries}
    counts = Counter(entry.state for entry in entries)
    edition = portal.contract.edition
    return visit.page(
        "coordinator/board.html",
        published=_published_in_words(published_so_far(portal.home, edition), texts),
        counts=[
            (state, texts.say(f"states.{state}"), texts.receipt.number(counts[state]))
            for state in _STATES
            if counts[state]
        ],
        weeks=[WeekHead(f"{week.number}/{week.year}", texts.receipt.days(week)) for week in weeks],
        rows=[_row(visit, city, weeks, by_place) for city in edition.city_slugs],
        turning=turning,
    )


def week_href(city: str, week: IsoWeek) -> str:
    """The page of a week of a city."""
    return f"/citta/{city}/{week}"


def _weeks(visit: Visit) -> tuple[tuple[IsoWeek, ...], Turning]:
    """The weeks to be shown, the newest first."""
    edition = visit.portal.contract.edition
    verdicts = visit.portal.desk.returns().verdicts.values()
    first, newest = edition.weeks[0], max(weeks_ended(visit.portal, visit.at), default=edition.weeks[0])
    asked = visit.asked("fino")
    if asked:
        try:
            last = IsoWeek.parse(asked)
        except ValueError as error:
            raise NotFoundError("week") from error
        if not first <= last <= newest:
            raise NotFoundError("week")
    else:
        last = weeks_to_show(edition, verdicts, visit.at)[-1]
    begins = max(first, last.shifted(1 - SHOWN_WEEKS))
    turning = Turning(
        _href(begins.shifted(-1)) if begins > first else "",
        _href(min(newest, last.shifted(SHOWN_WEEKS))) if last < newest else "",
    )
    return tuple(reversed(begins.through(last))), turning


def _href(last: IsoWeek) -> str:
    return f"/quadro?{urlencode({'fino': str(last)})}"


def _row(
    visit: Visit,
    city: str,
    weeks: Sequence[IsoWeek],
    by_place: Mapping[tuple[str, IsoWeek], CityWeek],
) -> Row:
    cells = tuple(_cell(by_place.get((city, week)), visit.texts) for week in weeks)
    return Row(visit.city_name(city), f"/citta/{city}", cells)


def _cell(entry: CityWeek | None, texts: Texts) -> Cell:
    if entry is None:
        return Cell("none", texts.states.none, "", "")
    detail = " · ".join(_details(entry, texts))
    return Cell(entry.state, state_word(entry, texts), detail, week_href(entry.city, entry.week))


def _details(entry: CityWeek, texts: Texts) -> Iterator[str]:
    """What is to be known beside the state: as `regia status` tells it."""
    if entry.is_revised and entry.version is not None:
        yield texts.say("board.version", n=entry.version)
    yield from to_look_at(entry, texts)
    if entry.nils:
        yield texts.board.nil
    if entry.warnings:
        yield texts.say("board.warnings", n=entry.warnings)
    if entry.moved is not None:
        yield texts.board.moved


def _published_in_words(published: Published, texts: Texts) -> str:
    if published.horizon is None:
        said = texts.board.nothing_published
    else:
        said = texts.say("board.published", week=texts.receipt.week(published.horizon))
    if not published.to_consolidate:
        return said
    return f"{said} {texts.say('board.to_consolidate', n=len(published.to_consolidate))}"
