"""The revision triangle of a city as a static SVG: a panel a measure, a row a week, a column a week of age.

Lives here: which rows are worth showing, how far a figure has moved in words and in shade, the drawing.
Must not live here: the triangle's rows, the texts (`it.yaml`), files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal

from schemas.contract import Edition, Text
from schemas.tables import Entry, read_document

_STEPS = (Decimal(1), Decimal(5), Decimal(20))
"""Percent: where one shade ends and the next begins."""
_SHADES = ("#ffffff", "#dbe3ea", "#a7b8c8", "#62798f", "#24384b")
"""From none to much; in grey they stay as far apart."""
_DARK = 3
"""From this shade on, figures are written in white."""

_ABOVE = {"titleAngle": 0, "titleAlign": "right", "titleBaseline": "bottom", "titleX": -8, "titleY": -6}
"""Where the title of the weeks stands: beside few rows it would not fit."""

_CELL_WIDTH, _ROW_HEIGHT = 84, 24


@dataclass(frozen=True)
class AgedFigure:
    """A total of a city's week as it was known so many weeks after the week's first valid return."""

    measure: str
    iso_week: str
    weeks_since: int
    value: Decimal | None
    first_published: Decimal | None
    """None: no value."""

    @property
    def is_moved(self) -> bool:
        return self.value != self.first_published


class ChartWords(Entry):
    """The texts of `it.yaml`."""

    title: Text
    subtitle: Text
    weeks_since: Text
    week: Text
    change: Text
    unchanged: Text
    up_to: Text
    over: Text
    no_value: Text


@cache
def chart_words() -> ChartWords:
    """The texts. Raises ContractError."""
    return read_document(Path(__file__).with_name("it.yaml"), ChartWords)


def revised_rows(figures: Iterable[AgedFigure]) -> dict[str, tuple[AgedFigure, ...]]:
    """The rows of the triangle in which a figure ever moved, by measure; up to the age of the last move."""
    rows: dict[tuple[str, str], list[AgedFigure]] = defaultdict(list)
    for figure in figures:
        rows[figure.measure, figure.iso_week].append(figure)
    moved = {key: row for key, row in rows.items() if any(figure.is_moved for figure in row)}
    last = max((_last_move(row) for row in moved.values()), default=0)
    by_measure: dict[str, list[AgedFigure]] = defaultdict(list)
    for (measure, _), row in moved.items():
        by_measure[measure] += [figure for figure in row if figure.weeks_since <= last]
    return {measure: tuple(shown) for measure, shown in by_measure.items()}


def _last_move(row: Sequence[AgedFigure]) -> int:
    moves = (later.weeks_since for earlier, later in pairwise(row) if earlier.value != later.value)
    return max(moves, default=0)


def draw_triangle(edition: Edition, city: str, rows: Mapping[str, Sequence[AgedFigure]]) -> str:
    """The chart as SVG; the same rows give the same bytes. rows: as `revised_rows` gives them, not none."""
    # Both take a second to load: only who draws pays for it.
    import altair as alt
    import vl_convert

    words = chart_words()
    shades = _shade_names()
    order = [measure.code for measure in edition.measures if measure.code in rows]
    panels = [
        _panel(alt, edition.measures_by_code[measure].label_it, rows[measure], shades) for measure in order
    ]
    name = edition.city(city).name_it
    chart = (
        alt.vconcat(*panels, spacing=18)
        .properties(title={"text": words.title.format(city=name), "subtitle": words.subtitle})
        .configure(background="white", font="Arial, sans-serif")
        .configure_title(anchor="start", fontSize=15, subtitleFontSize=11, offset=14)
        .configure_axis(labelFontSize=11, titleFontSize=11, titleFontWeight="normal", domain=False)
        .configure_legend(labelFontSize=11, titleFontSize=11, symbolStrokeColor="#24384b", symbolSize=160)
        .configure_view(stroke=None)
    )
    version, _, _ = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")
    return vl_convert.vegalite_to_svg(chart.to_json(), vl_version=version)


def _panel(alt: Any, label: str, row: Sequence[AgedFigure], shades: Sequence[str]) -> Any:
    words = chart_words()
    data = alt.Data(
        values=[
            {
                "week": figure.iso_week,
                "age": figure.weeks_since,
                "shade": shades[_shade(figure)],
                "figure": _in_words(figure),
                "is_dark": _shade(figure) >= _DARK,
            }
            for figure in row
        ]
    )
    ages = max(figure.weeks_since for figure in row) + 1
    weeks = len({figure.iso_week for figure in row})
    base = alt.Chart(data).encode(
        x=alt.X("age:O", title=words.weeks_since, axis=alt.Axis(orient="bottom", labelAngle=0)),
        y=alt.Y("week:O", title=words.week, axis=alt.Axis(**_ABOVE)),
    )
    cells = base.mark_rect(stroke="#24384b", strokeWidth=0.6).encode(
        color=alt.Color(
            "shade:N",
            title=words.change,
            scale=alt.Scale(domain=list(shades), range=list(_SHADES)),
            legend=alt.Legend(orient="right"),
        )
    )
    figures = base.mark_text(fontSize=11).encode(
        text="figure:N",
        color=alt.condition("datum.is_dark", alt.value("white"), alt.value("#1a1a1a")),
    )
    return (cells + figures).properties(
        title=alt.TitleParams(label, fontSize=12, offset=6),
        width=ages * _CELL_WIDTH,
        height=weeks * _ROW_HEIGHT,
    )


def _shade(figure: AgedFigure) -> int:
    """0 where it is as first published; from nothing, or to no value, any change is much."""
    if not figure.is_moved:
        return 0
    if figure.value is None or not figure.first_published:
        return len(_SHADES) - 1
    percent = abs(figure.value - figure.first_published) / abs(figure.first_published) * 100
    return 1 + sum(percent > step for step in _STEPS)


def _shade_names() -> tuple[str, ...]:
    words = chart_words()
    up_to = (words.up_to.format(high=_number(step)) for step in _STEPS)
    return (words.unchanged, *up_to, words.over.format(low=_number(_STEPS[-1])))


def _in_words(figure: AgedFigure) -> str:
    """`233`; `235 (+2)`."""
    if figure.value is None:
        return chart_words().no_value
    if not figure.is_moved or figure.first_published is None:
        return _number(figure.value)
    change = figure.value - figure.first_published
    return f"{_number(figure.value)} ({'+' if change > 0 else '−'}{_number(abs(change))})"


def _number(value: Decimal) -> str:
    return format_decimal(value, locale="it")
