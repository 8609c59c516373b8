"""The page: head, sentences, tables, what is missing, notes, in one file that needs nothing else.

Lives here: putting the parts together for a week.
Must not live here: what the parts say.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from reports.bulletin.figures import instant, named, week_in_full
from reports.bulletin.missing import missing_of
from reports.bulletin.parts import (
    board_table,
    city_table,
    correction_sentence,
    correction_table,
    indicator_table,
    target_lines,
)
from reports.bulletin.sentences import sentences
from reports.bulletin.tables import table
from reports.bulletin.week import Week
from reports.bulletin.wording import MarkWords, filled
from reports.pages import page_template
from schemas.nothing import Kind, kinds_of_nothing

_FOLDER = Path(__file__).resolve().parent


def page(week: Week) -> str:
    """The bulletin of a week as HTML."""
    words = week.words
    known_at = week.readings.known_at(week.week)
    corrections = correction_table(week)
    return page_template(_FOLDER).render(
        words=words,
        style=_style(),
        edition=named(week.edition.facts.name_it),
        title=filled(words.page.title, week=week_in_full(week.week)),
        plain_title=words.page.title.format(week=week.week.in_italian()),
        known=filled(words.page.known, instant=instant(known_at)) if known_at else words.page.nothing_known,
        is_complete=not week.lacking,
        lacking=tuple(_lacking(week)),
        totals=words.page.totals.of(len(week.lacking)),
        is_provisional=week.is_provisional,
        sentences=tuple(sentences(week)),
        indicators=table(indicator_table(week)),
        cities=table(city_table(week)),
        board=table(board_table(week)),
        missing=missing_of(week),
        correction_sentence=correction_sentence(week),
        corrections=table(corrections) if corrections else None,
        targets=tuple(target_lines(week)),
        indicator_marks=(*_marks(words.marks, "incomplete", "alike"), *_nothings(*_OF_FIGURES)),
        city_marks=(*_marks(words.marks, "incomplete"), *_nothings("missing", *_OF_FIGURES)),
        notes=words.notes,
    )


def _lacking(week: Week) -> Iterator[Markup]:
    """The cities without a valid return, by the state of their week."""
    texts = week.words.page.lacking
    for state, text in (("missing", texts.missing), ("rejected", texts.rejected), ("awaited", texts.awaited)):
        cities = [week.city_name(arrival.city) for arrival in week.lacking if arrival.state == state]
        if cities:
            names = week.words.listed([Markup("<strong>{}</strong>").format(city) for city in cities])
            yield filled(text.of(len(cities)), cities=names)


def _marks(marks: MarkWords, *names: str) -> tuple[tuple[Markup, Markup], ...]:
    """Marks with what they mean."""
    return tuple((escape(getattr(marks, name)), escape(getattr(marks, f"{name}_meaning"))) for name in names)


_OF_FIGURES: tuple[Kind, ...] = ("zero", "not_answered", "not_applicable", "not_computable", "not_due")


def _nothings(*kinds: Kind) -> tuple[tuple[Markup, Markup], ...]:
    """What stands in the place of a figure, with what it means."""
    said = kinds_of_nothing()
    return tuple((escape(said[kind].sign), escape(said[kind].meaning_it)) for kind in kinds)


@cache
def _style() -> Markup:
    return Markup((_FOLDER / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - the project's own file
