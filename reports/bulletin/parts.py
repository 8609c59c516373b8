"""The parts of the bulletin that are tables of figures: indicators, cities, the board, corrections.

Lives here: the rows and columns of each table for a week.
Must not live here: how a table is laid out (`tables`), or the sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from reports.bulletin import figures as shape
from reports.bulletin.choosing import Shown
from reports.bulletin.reading import Correction, Figure
from reports.bulletin.tables import Group, Row, Table
from reports.bulletin.trends import trend
from reports.bulletin.week import Week
from reports.bulletin.wording import CorrectionWords, StateWords, filled
from schemas.contract import NETWORK
from schemas.weeks import IsoWeek


def indicator_table(week: Week) -> Table:
    """The network's indicators, area by area."""
    words = week.words.indicators
    areas = {
        c.code: c.label_it for c in week.edition.code_lists_by_code[week.edition.facts.area_list].categories
    }
    of_areas = ((area, [i for i in week.indicators if i.indicator.area == area]) for area in areas)
    columns = (words.this_week, words.last_week, words.change, words.to_date, words.trend, words.coverage)
    return Table(
        key="indicators",
        caption=filled(
            words.caption_first if week.is_first else words.caption, week=shape.week_in_full(week.week)
        ),
        headings=(escape(words.indicator), *map(escape, columns)),
        groups=tuple(
            Group(escape(areas[area]), tuple(_indicator_row(week, shown, columns) for shown in chosen))
            for area, chosen in of_areas
            if chosen
        ),
    )


def _indicator_row(week: Week, shown: Shown, columns: tuple[str, ...]) -> Row:
    weeks = week.back(week.choices.trend_weeks)
    now = week.this_week(shown.code)
    cells = (
        Markup('<span class="now">{}</span>').format(_cell(week, shown, now)),
        _cell(week, shown, week.last_week(shown.code)),
        shape.change_cell(week.change(shown.code), shown.unit, week.words),
        _cell(week, shown, week.to_date(shown.code)),
        trend(shown, weeks, [week.readings.of_week(shown.code, w) for w in weeks], week.words),
        shape.coverage_of(now) if now and shown.has_gaps and not now.is_complete else Markup(""),
    )
    return Row(
        shape.unit_words(shown.indicator, shown.unit),
        tuple(_with_heading(heading, cell) for heading, cell in zip(columns, cells, strict=True)),
    )


def _cell(week: Week, shown: Shown, figure: Figure | None) -> Markup:
    return shape.figure_cell(figure, shown.unit, week.words, has_gaps=shown.has_gaps)


def _with_heading(heading: str, cell: Markup) -> Markup:
    """The cell with its column's heading, for narrow screens, where a row becomes a block."""
    return (
        Markup('<span class="heading" aria-hidden="true">{}</span><span class="value">{}</span>').format(
            heading, cell
        )
        if cell
        else cell
    )


def city_table(week: Week) -> Table:
    """The chosen indicators city by city, the network last."""
    words = week.words.cities
    columns = [(week.shown(column.indicator), column.heading) for column in week.choices.city_columns]

    def row(name: str, city: str) -> Row:
        is_missing = week.is_missing(city)
        return Row(
            escape(name),
            tuple(
                shape.figure_cell(
                    week.of_city(shown.code, city), shown.unit, week.words,
                    is_missing=is_missing, has_gaps=shown.has_gaps,
                )
                for shown, _ in columns
            ),
        )  # fmt: skip

    rows = [row(week.city_name(arrival.city), arrival.city) for arrival in week.due]
    return Table(
        key="cities",
        caption=filled(words.caption, week=shape.week_in_full(week.week)),
        headings=(escape(words.city), *(shape.named(heading) for _, heading in columns)),
        groups=(Group(None, (*rows, row(words.network, NETWORK))),),
    )


def board_table(week: Week) -> Table:
    """The state of every city in the last weeks."""
    words = week.words.board
    weeks = week.back(week.choices.board_weeks)
    cities = [
        city
        for city in week.edition.city_slugs
        if any(week.arrival(city, shown) is not None for shown in weeks)
    ]
    return Table(
        key="board",
        caption=filled(words.caption, week=shape.week_in_full(week.week)),
        headings=(escape(words.city), *(shape.week_in_columns(shown) for shown in weeks)),
        groups=(
            Group(
                None,
                tuple(
                    Row(
                        escape(week.city_name(city)),
                        tuple(_state(week, city, shown) for shown in weeks),
                    )
                    for city in cities
                ),
            ),
        ),
        align="center",
    )


def _state(week: Week, city: str, shown: IsoWeek) -> Markup:
    words = week.words.board
    arrival = week.arrival(city, shown)
    if arrival is None:
        return _state_word("not_due", words.states["not_due"])
    cell = _state_word(arrival.state, words.states[arrival.state])
    if arrival.version is not None and arrival.version > 1 and arrival.submission_id is not None:
        number = shape.version(arrival.version, arrival.submission_id, words.version)
        cell += Markup(' <span class="version">{}</span>').format(number)
    if arrival.is_valid and arrival.warnings:
        cell += Markup(' <abbr class="warned" title="{}">{}</abbr>').format(
            words.warnings_meaning, words.warnings
        )
    return cell


def _state_word(state: str, words: StateWords) -> Markup:
    return Markup(
        '<span class="state {}"><abbr class="letter" title="{}" aria-hidden="true">{}</abbr>'
        '<span class="word">{}</span></span>'
    ).format(state.replace("_", "-"), words.word, words.letter, words.word)


def corrections_of(week: Week) -> tuple[Correction, ...]:
    """Returns for this week or earlier ones that took the place of another since the last deadline."""
    since = week.readings.deadlines[week.before] if week.before is not None else None
    return tuple(
        correction
        for correction in week.readings.corrections
        if correction.week <= week.week and (since is None or correction.received_at > since)
    )


def correction_table(week: Week) -> Table | None:
    """The corrections; None where there are none."""
    words = week.words.corrections
    rows = tuple(_correction_row(week, correction) for correction in corrections_of(week))
    if not rows:
        return None
    headings = (words.city, words.week, words.valid, words.superseded, words.received, words.reason)
    return Table(
        key="corrections",
        caption=escape(words.caption),
        headings=tuple(map(escape, headings)),
        groups=(Group(None, rows),),
        align="left",
    )


def _correction_row(week: Week, correction: Correction) -> Row:
    words = week.words
    version = words.board.version
    return Row(
        escape(week.city_name(correction.city)),
        (
            shape.week_in_short(correction.week),
            shape.version(correction.version, correction.submission_id, version),
            shape.version(correction.superseded_version, correction.superseded, version),
            shape.instant(correction.received_at),
            _reason(correction, words.corrections),
        ),
    )


def _reason(correction: Correction, said: CorrectionWords) -> Markup:
    return shape.named(said.reasons.get(correction.reason or "", correction.reason or said.no_reason))


def correction_sentence(week: Week) -> Markup:
    """Since when corrections are told, or that there are none."""
    words = week.words.corrections
    has_some = bool(corrections_of(week))
    if week.before is None:
        return filled(words.since_start if has_some else words.none_at_start)
    since = shape.instant(week.readings.deadlines[week.before])
    return filled(words.since if has_some else words.none, instant=since)


def target_lines(week: Week) -> Iterator[Markup]:
    """Targets and budgets that the coordination gave; none is invented."""
    words = week.words.targets
    names = {NETWORK: week.words.cities.network, NETWORK.lower(): week.words.cities.network}
    for target in week.edition.targets:
        shown = week.shown(target.indicator)
        figure = shape.written(shape.rounded(float(target.value), shown.unit.decimals), shown.unit.decimals)
        yield filled(
            words.target,
            city=names.get(target.city) or week.city_name(target.city),
            indicator=shape.named(shown.indicator.label_it),
            figure=Markup('<data value="{}" data-target="{} {} {}">{}</data>').format(
                target.value, target.city, target.indicator, target.period, figure + shown.unit.sign
            ),
            period=shape.named(target.period),
            source=shape.named(target.source),
        )
    areas = {
        c.code: c.label_it for c in week.edition.code_lists_by_code[week.edition.facts.area_list].categories
    }
    for budget in week.edition.budgets:
        yield filled(
            words.budget,
            city=names.get(budget.city) or week.city_name(budget.city),
            area=areas[budget.area],
            figure=Markup('<data value="{}" data-budget="{} {}">{} €</data>').format(
                budget.eur, budget.city, budget.area, shape.written(shape.rounded(float(budget.eur), 2), 2)
            ),
            source=shape.named(budget.source),
        )
