"""What was understood of a return, to be shown to whoever sent it.

Lives here: whose return it is and of which week, in words; the service points read, and the totals of the
measures that the edition calls key.
Must not live here: which measures those are (the edition's data), or how totals are printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.judging.context import FigureKey
from schemas.contract import TOTAL, Edition, Flag
from schemas.verdicts import NilReturn
from schemas.weeks import IsoWeek


@dataclass(frozen=True)
class KeyTotal:
    """A measure's total over the service points of a return.

    `value`: None where none of them gave one. `unavailable`: how many said that they have none (ND); where
    nobody did and there is no value, it is not applicable (NA).
    """

    measure: str
    value: Decimal | None
    unavailable: int


@dataclass(frozen=True)
class Understood:
    """What was read of a return: its service points in order, its key totals in the edition's order.

    silent: the service points on the roster of which it says nothing, not even that they had no activity.
    """

    service_points: tuple[str, ...]
    totals: tuple[KeyTotal, ...]
    silent: tuple[str, ...] = ()


def return_in_words(city: str | None, week: IsoWeek | None, version: int | None, edition: Edition) -> str:
    """`Torino, settimana 42/2023 (16-22 ottobre), versione 1`, as far as the file tells."""
    parts = [edition.city(city).name_it if city else "Città non riconosciuta"]
    parts.append(week.in_italian() if week else "settimana non riconosciuta")
    if version is not None:
        parts.append(f"versione {version}")
    return ", ".join(parts)


def understood(
    values: Mapping[FigureKey, tuple[Decimal | None, Flag]],
    edition: Edition,
    city: str | None,
    week: IsoWeek | None,
    nils: Iterable[NilReturn],
) -> Understood:
    """What was read, from the figures of a return; a measure that it does not speak of is left out."""
    given: dict[str, list[tuple[Decimal | None, Flag]]] = {code: [] for code in edition.facts.key_measures}
    for (_, measure, breakdown, _), figure in values.items():
        if breakdown == TOTAL and measure in given:
            given[measure].append(figure)
    totals = tuple(_total(measure, figures) for measure, figures in given.items() if figures)
    points = tuple(sorted({point for point, *_ in values if point}))
    return Understood(points, totals, _silent(points, edition, city, week, nils))


def _silent(
    points: Sequence[str],
    edition: Edition,
    city: str | None,
    week: IsoWeek | None,
    nils: Iterable[NilReturn],
) -> tuple[str, ...]:
    if city is None or week is None:
        return ()
    declared = tuple(nils)
    nil_points = {nil.service_point for nil in declared if nil.service_point}
    nil_areas = {nil.area for nil in declared if not nil.service_point}
    return tuple(
        point.code
        for point in edition.roster(city, week)
        if point.code not in points
        and point.code not in nil_points
        and not edition.areas_by_kind[point.kind] <= nil_areas
    )


def _total(measure: str, figures: Sequence[tuple[Decimal | None, Flag]]) -> KeyTotal:
    answered = [value for value, _ in figures if value is not None]
    total = sum(answered, Decimal(0)) if answered else None
    return KeyTotal(measure, total, sum(flag == "ND" for _, flag in figures))
