"""What is missing, by name: returns, values that returns do not give, indicators that are incomplete.

Lives here: finding what is missing in a week, and saying since when.
Must not live here: what counts as due or answered; the published file says that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from reports.bulletin.figures import count, coverage_of, instant, named, week_in_short
from reports.bulletin.reading import Arrival, Unanswered
from reports.bulletin.week import Week
from reports.bulletin.wording import filled
from schemas.weeks import IsoWeek

_EARLIER_NAMED = 6
"""So many earlier weeks without a return are named for a city; of the others, how many they are."""


@dataclass(frozen=True)
class Missing:
    """What is missing, one line each. An empty part: nothing is."""

    returns: tuple[Markup, ...]
    earlier: tuple[Markup, ...]
    cells: tuple[Markup, ...]
    nils: tuple[Markup, ...]
    indicators: tuple[Markup, ...]

    @property
    def is_nothing(self) -> bool:
        return not (self.returns or self.earlier or self.cells or self.indicators)


def missing_of(week: Week) -> Missing:
    """What is missing in the week, and in those before."""
    return Missing(
        returns=tuple(_return(week, arrival) for arrival in week.lacking),
        earlier=tuple(_earlier(week)),
        cells=tuple(_cells(week)),
        nils=tuple(_nils(week)),
        indicators=tuple(_indicators(week)),
    )


def lacking_weeks(week: Week, city: str) -> tuple[IsoWeek, ...]:
    """The unbroken run of weeks up to this one for which the city has no valid return."""
    run: list[IsoWeek] = []
    expected = week.week
    for lacking in reversed(week.weeks_lacking(city)):
        if lacking != expected:
            break
        run.append(lacking)
        expected = lacking.shifted(-1)
    return tuple(reversed(run))


def _return(week: Week, arrival: Arrival) -> Markup:
    words = week.words.missing
    city = _city(week, arrival.city)
    if arrival.state == "awaited":
        return filled(words.awaited, city=city, instant=instant(arrival.due_at))
    run = lacking_weeks(week, arrival.city)
    is_at_start = len(run) == 1 and week.arrival(arrival.city, week.week.shifted(-1)) is None
    details: dict[str, Markup | str] = {
        "city": city,
        "n": count(len(run), "weeks-lacking", arrival.city, week.week),
        "since": week_in_short(run[0]),
    }
    if arrival.state == "rejected":
        assert arrival.received_at is not None
        details["instant"] = instant(arrival.received_at)
        errors = count(arrival.errors, "errors", arrival.submission_id)
        details["errors"] = filled(words.errors.of(arrival.errors), n=errors)
        return filled(words.rejected_at_start if is_at_start else words.rejected.of(len(run)), **details)
    return filled(words.missing_at_start if is_at_start else words.missing.of(len(run)), **details)


def _earlier(week: Week) -> Iterator[Markup]:
    """Cities that lack returns of earlier weeks, those of the run up to this week left out."""
    words = week.words.missing
    for city in week.edition.city_slugs:
        told = lacking_weeks(week, city)
        open_weeks = [earlier for earlier in week.weeks_lacking(city) if earlier not in told]
        if not open_weeks:
            continue
        last = open_weeks[-_EARLIER_NAMED:]
        others = len(open_weeks) - len(last)
        weeks = Markup(", ").join(map(week_in_short, last))
        if others:
            weeks += filled(
                words.and_more.of(others), n=count(others, "earlier-weeks-unnamed", city, week.week)
            )
        yield filled(
            words.earlier_city.of(len(open_weeks)),
            city=_city(week, city),
            n=count(len(open_weeks), "earlier-weeks-lacking", city, week.week),
            weeks=weeks,
        )


def _cells(week: Week) -> Iterator[Markup]:
    """A line for each service point whose return leaves cells without a value."""
    words = week.words.missing
    order = {city: n for n, city in enumerate(week.edition.city_slugs)}
    found = sorted(
        week.readings.unanswered.get(week.week, ()), key=lambda u: (order.get(u.city, 0), u.service_point)
    )
    for (city, point), cells in groupby(found, key=lambda u: (u.city, u.service_point)):
        said = [_measure(week, cell) for cell in cells]
        yield Markup("{}, {}: {}.").format(
            _city(week, city),
            _point(week, point) if point else words.city_level,
            Markup("; ").join(said),
        )


def _city(week: Week, city: str) -> Markup:
    return Markup("<b>{}</b>").format(named(week.city_name(city)))


def _point(week: Week, code: str) -> Markup:
    known = week.edition.service_points_by_code.get(code)
    name = named(known.name) if known is not None else Markup("")
    return Markup("{} ({})").format(name, named(code)) if name else named(code)


def _measure(week: Week, cell: Unanswered) -> Markup:
    words = week.words.missing
    about = (week.week, cell.city, cell.service_point or "-", cell.measure)
    parts = [
        filled(
            words.not_available.of(cell.not_available), n=count(cell.not_available, "not-available", *about)
        ),
        filled(words.not_reported.of(cell.not_reported), n=count(cell.not_reported, "not-reported", *about)),
    ]
    label = named(week.edition.measures_by_code[cell.measure].label_it)
    return Markup("{} ({})").format(label, Markup(", ").join(part for part in parts if part))


def _nils(week: Week) -> Iterator[Markup]:
    words = week.words.missing
    areas = {
        c.code: c.label_it for c in week.edition.code_lists_by_code[week.edition.facts.area_list].categories
    }
    order = {city: n for n, city in enumerate(week.edition.city_slugs)}
    declared = week.readings.nils.get(week.week, ())
    for nil in sorted(declared, key=lambda n: (order.get(n.city, 0), n.area, n.service_point)):
        what = (
            _point(week, nil.service_point)
            if nil.service_point
            else Markup("{}, {}").format(areas[nil.area], words.whole_area)
        )
        yield Markup("{}, {}: {}.").format(_city(week, nil.city), what, named(nil.reason.rstrip(".")))


def _indicators(week: Week) -> Iterator[Markup]:
    """Which of the network's indicators are incomplete: for missing returns alone, or for more than that."""
    words = week.words.missing
    figures = [(shown, week.this_week(shown.code)) for shown in week.indicators if shown.has_gaps]
    incomplete = [
        (shown, figure) for shown, figure in figures if figure is not None and not figure.is_complete
    ]
    for_cells = [(shown, figure) for shown, figure in incomplete if week.cities_with_gaps(shown.code)]
    for_returns = len(incomplete) - len(for_cells)
    if for_returns:
        yield filled(
            words.indicators_returns.of(for_returns),
            n=count(for_returns, "indicators-lacking-returns", week.week),
            all=count(len(week.indicators), "indicators"),
        )
    if for_cells:
        told = [
            Markup("{} ({})").format(named(shown.indicator.label_it), coverage_of(figure))
            for shown, figure in for_cells
        ]
        start = words.indicators_cells if for_returns else words.indicators_only_cells
        yield escape(start) + " " + Markup("; ").join(told) + "."
