"""The small line beside an indicator: its last weeks.

Lives here: drawing the line as SVG that needs no script and prints in black.
Must not live here: which weeks are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from reports.bulletin.choosing import Shown
from reports.bulletin.figures import rounded, written
from reports.bulletin.reading import Figure
from reports.bulletin.wording import Words
from schemas.weeks import IsoWeek

_WIDTH, _HEIGHT, _MARGIN = 104.0, 20.0, 3.5
_STEP_AT_MOST = 8.0
_DOT, _LAST_DOT = 1.7, 2.4


def trend(shown: Shown, weeks: Sequence[IsoWeek], figures: Sequence[Figure | None], words: Words) -> Markup:
    """The figures of these weeks, the last one at the right edge. A week without a value is a gap."""
    values = [figure.value if figure is not None else None for figure in figures]
    known = [value for value in values if value is not None]
    name = f"{shown.code} {weeks[0]} {weeks[-1]}"
    if not known:
        label = words.indicators.trend_none
    else:
        low, high = (_text(shown, value) for value in (min(known), max(known)))
        first, last = (f"{week.number}/{week.year}" for week in (weeks[0], weeks[-1]))
        label = words.indicators.trend_label.format(first=first, last=last, low=low, high=high)
    points = _points(values)
    return Markup(
        '<svg class="trend" data-trend="{}" role="img" aria-label="{}" viewBox="0 0 {} {}" '
        'width="{}" height="{}">{}{}</svg>'
    ).format(
        name, label, _number(_WIDTH), _number(_HEIGHT), _number(_WIDTH), _number(_HEIGHT),
        _lines(points), _dots(shown, points, figures),
    )  # fmt: skip


def _text(shown: Shown, value: float) -> str:
    return written(rounded(value, shown.unit.decimals), shown.unit.decimals) + shown.unit.sign


_Point = tuple[float, float] | None


def _points(values: Sequence[float | None]) -> list[_Point]:
    known = [value for value in values if value is not None]
    if not known:
        return [None] * len(values)
    low, high = min(known), max(known)
    width, height = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
    step = min(width / max(len(values) - 1, 1), _STEP_AT_MOST)
    points: list[_Point] = []
    for index, value in enumerate(values):
        if value is None:
            points.append(None)
            continue
        share = (value - low) / (high - low) if high > low else 0.5
        points.append(
            (_WIDTH - _MARGIN - step * (len(values) - 1 - index), _HEIGHT - _MARGIN - share * height)
        )
    return points


def _lines(points: Sequence[_Point]) -> Markup:
    lines = Markup("")
    for is_known, run in groupby(points, key=lambda point: point is not None):
        joined = " ".join(f"{_number(point[0])},{_number(point[1])}" for point in run if point is not None)
        if is_known and " " in joined:
            lines += Markup('<polyline points="{}"/>').format(joined)
    return lines


def _dots(shown: Shown, points: Sequence[_Point], figures: Sequence[Figure | None]) -> Markup:
    """The last week, weeks whose figure is incomplete (hollow), and weeks alone between two gaps."""
    dots = Markup("")
    for index, (point, figure) in enumerate(zip(points, figures, strict=True)):
        if point is None or figure is None:
            continue
        is_last = index == len(points) - 1
        is_hollow = shown.has_gaps and not figure.is_complete
        beside = [points[other] for other in (index - 1, index + 1) if 0 <= other < len(points)]
        if is_last or is_hollow or not any(beside):
            dots += Markup('<circle{} cx="{}" cy="{}" r="{}"/>').format(
                Markup(' class="hollow"') if is_hollow else "",
                _number(point[0]), _number(point[1]), _number(_LAST_DOT if is_last else _DOT),
            )  # fmt: skip
    return dots


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
