"""The change of a figure from one week to the next, where the two weeks can be compared.

Lives here: which cities answered in full in both weeks, and the difference over them.
Must not live here: how a change is written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports.bulletin.reading import Figure

Weekly = Callable[[str], Figure | None]
"""A city's figure of one week."""


@dataclass(frozen=True, slots=True)
class Change:
    """This week's `figure` less the week before's. No value: the two cannot be compared.

    is_alike: over the cities alone that answered in full in both weeks, because not all did.
    """

    figure: Figure
    value: float | None
    is_alike: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """How an indicator is compared. scale: a ratio's factor, None for what is no ratio.

    least_share: part of the cities due that both weeks must hold in full; below it nothing is said.
    """

    scale: Fraction | None
    counts_answers: bool
    least_share: float


def change_of(
    how: Compared,
    now: Figure | None,
    before: Figure | None,
    cities: Sequence[str],
    this: Weekly,
    last: Weekly,
) -> Change | None:
    """The network's change. None where there is no week before, or nothing was due this week."""
    if now is None or before is None or now.due == 0:
        return None
    if now.value is None or before.value is None:
        return Change(now, None)
    plain = Change(now, now.value - before.value)
    if how.counts_answers:
        return plain
    pairs = [(this(city), last(city)) for city in cities]
    due = [(one, other) for one, other in pairs if _is_due(one) or _is_due(other)]
    alike = [
        (one, other)
        for one, other in due
        if one is not None and other is not None and one.is_complete and other.is_complete
    ]
    if len(alike) == len(due):
        return plain
    if len(alike) < how.least_share * len(due):
        return Change(now, None, is_alike=True)
    later, earlier = _together(how, (one for one, _ in alike)), _together(how, (other for _, other in alike))
    if later is None or earlier is None:
        return Change(now, None, is_alike=True)
    return Change(now, later - earlier, is_alike=True)


def _is_due(figure: Figure | None) -> bool:
    return figure is not None and figure.due > 0


def _together(how: Compared, figures: Iterable[Figure]) -> float | None:
    """The figure of several cities: sums, or one division of two sums."""
    chosen = [figure for figure in figures if figure.due > 0]
    if how.scale is None:
        return _sum(figure.value for figure in chosen)
    numerator = _sum(figure.numerator for figure in chosen)
    denominator = _sum(figure.denominator for figure in chosen)
    if numerator is None or not denominator:
        return None
    return float(how.scale) * numerator / denominator


def _sum(values: Iterable[float | None]) -> float | None:
    known = list(values)
    if not known or any(value is None for value in known):
        return None
    return math.fsum(value for value in known if value is not None)
