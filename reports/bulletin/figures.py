"""A figure as it stands in the page: written in the Italian way, and marked with where it comes from.

Lives here: numbers, shares, changes, dates, and the marks of what is no number.
Must not live here: which figures are shown, or the words around them.

Every number of the page stands in an element that says what it is (`data-figure`, `data-change`,
`data-count`, `datetime`, ...), so that each can be held against the published file.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache

from babel.dates import format_datetime
from babel.numbers import NumberPattern, parse_pattern
from markupsafe import Markup, escape

from reports.bulletin.comparing import Change
from reports.bulletin.reading import Figure
from reports.bulletin.wording import Unit, Words
from schemas.contract import Indicator
from schemas.nothing import Kind, kinds_of_nothing
from schemas.weeks import ROME, IsoWeek

LOCALE = "it_IT"
_MINUS = "−"
_VOWEL_AT_START = (1, 11)


@cache
def _pattern(decimals: int) -> NumberPattern:
    places = f".{'0' * decimals}" if decimals else ""
    return parse_pattern(f"#,##0{places}")


def rounded(value: float, decimals: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The value at these decimals, from the shortest decimal number that it is."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding)


def written(value: Decimal, decimals: int) -> str:
    """1.234,5 with a true minus sign."""
    text = _pattern(decimals).apply(abs(value), LOCALE)
    return f"{_MINUS}{text}" if value < 0 else text


def of_the(text: str) -> str:
    """A written number after «di» and its article, by how it is read: del 76, dell'80, dell'11, dello 0."""
    groups = text.split(",", maxsplit=1)[0].split(".")
    first = groups[0].rstrip("% €")
    opens_with_vowel = first.startswith("8") or first == "11" or (first == "1" and len(groups) != 2)
    if opens_with_vowel:
        return "dell'"
    return "dello " if first == "0" else "del "


def count(number: int, name: str, *about: object) -> Markup:
    """A count that is told, with what was counted: `returned 2023-W42`."""
    text = written(Decimal(number), 0)
    return Markup('<data value="{}" data-count="{}">{}</data>').format(
        number, " ".join([name, *map(str, about)]), text
    )


def named(text: str) -> Markup:
    """A name of the contract, or words that a city wrote; marked where it holds a digit."""
    if any(letter.isdigit() for letter in text):
        return Markup("<span data-name>{}</span>").format(text)
    return escape(text)


def instant(at: dt.datetime) -> Markup:
    """27 ottobre 2023, ore 10:30 (Rome)."""
    local = at.astimezone(ROME)
    text = format_datetime(local, "d MMMM y, 'ore' H:mm", tzinfo=ROME, locale=LOCALE)
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), text)


def week_in_full(week: IsoWeek) -> Markup:
    """The week as `settimana 42/2023 (16-22 ottobre)`."""
    return Markup('<time datetime="{}">{}</time>').format(str(week), week.in_italian())


def week_in_short(week: IsoWeek) -> Markup:
    """42/2023."""
    return Markup('<time datetime="{}">{}/{}</time>').format(str(week), week.number, week.year)


def week_in_columns(week: IsoWeek) -> Markup:
    """42/2023, the year where there is room for it."""
    return Markup('<time datetime="{}">{}<span class="year">/{}</span></time>').format(
        str(week), week.number, week.year
    )


def version(number: int, submission_id: str, text: str) -> Markup:
    """The number of a return among those of its city and week."""
    return Markup('<data value="{}" data-version="{}">{}</data>').format(
        number, submission_id, text.format(n=number)
    )


def bare_figure(figure: Figure, unit: Unit, *, has_sign: bool = True) -> Markup:
    """The number alone, without a mark. The figure has a value."""
    assert figure.value is not None
    text = written(rounded(figure.value, unit.decimals), unit.decimals) + (unit.sign if has_sign else "")
    return Markup('<data value="{}" data-figure="{}">{}</data>').format(repr(figure.value), figure.name, text)


def figure_cell(
    figure: Figure | None,
    unit: Unit,
    words: Words,
    *,
    is_rostered: bool,
    is_missing: bool = False,
    has_gaps: bool = True,
) -> Markup:
    """A figure of a table, or which kind of nothing stands in its place.

    is_rostered: the roster lists a service point that owes cells of it. is_missing: it is a city's, and its
    return is missing. has_gaps: an unanswered cell is a gap in the figure (not so where the figure counts
    the answers themselves).
    """
    if figure is None or figure.due == 0:
        return _nothing(figure, "not_applicable" if figure is not None and is_rostered else "not_due")
    if is_missing and (figure.value is None or figure.answered == 0):
        return _nothing(figure, "missing")
    if figure.value is None:
        return _nothing(figure, "not_computable" if figure.is_undefined else "not_answered")
    shown = bare_figure(figure, unit)
    marks = words.marks
    if has_gaps and not figure.is_complete:
        return shown + mark(marks.incomplete, marks.incomplete_meaning)
    return shown


def mark(sign: str, meaning: str) -> Markup:
    """A sign beside a figure; its meaning is read out, and stands in the legend."""
    return Markup('<sup class="mark"><abbr title="{}">{}</abbr></sup>').format(meaning, sign)


def _nothing(figure: Figure | None, kind: Kind) -> Markup:
    said, name = kinds_of_nothing()[kind], kind.replace("_", "-")
    return Markup(
        '<span class="nothing {0}" data-nothing="{0}" data-figure="{1}" title="{2}">{3}</span>'
    ).format(name, figure.name if figure is not None else "", said.meaning_it, said.sign)


def change_cell(change: Change | None, unit: Unit, words: Words) -> Markup:
    """The change from the week before: +12, −1,2 p.p., 0."""
    marks = words.marks
    if change is None:
        return _nothing(None, "not_due")
    if change.value is None:
        return _nothing(None, "not_computable")
    difference = rounded(change.value, unit.decimals)
    text = ("+" if difference > 0 else "") + written(difference, unit.decimals)
    shown = change_marked(change, text + (unit.change_sign if difference else ""))
    return shown + mark(marks.alike, marks.alike_meaning) if change.is_alike else shown


def change_marked(change: Change, text: str) -> Markup:
    """The text of a change, marked with which change it tells."""
    kind = "alike" if change.is_alike else "plain"
    return Markup('<data value="{}" data-change="{} {}">{}</data>').format(
        repr(change.value), change.figure.name, kind, text
    )


def coverage_of(figure: Figure | None) -> Markup:
    """Answered / due in percent, rounded down, so that what is not complete never reads 100."""
    if figure is None or figure.due == 0:
        return _nothing(None, "not_due")
    share = rounded(100 * figure.answered / figure.due, 1, ROUND_FLOOR)
    return Markup('<data value="{}/{}" data-coverage="{}">{}%</data>').format(
        figure.answered, figure.due, figure.name, written(share, 1)
    )


def unit_words(indicator: Indicator, unit: Unit) -> Markup:
    """An indicator's name with its unit, quietly, where the name does not say it already."""
    label = named(indicator.label_it)
    if not unit.label or unit.label in indicator.label_it.casefold():
        return label
    return label + Markup(' <span class="unit">{}</span>').format(unit.label)
