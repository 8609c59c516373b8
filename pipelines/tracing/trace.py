"""A figure with everything that it is made of.

Lives here: bringing together what is published and the sums behind it, and holding one against the other.
Must not live here: how it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import duckdb

from pipelines.home import Home
from pipelines.refusals import NothingPublishedError, WrongUsageError
from pipelines.tracing.adding import AddedValue, CityPart, Nils, PartAdded, city_parts
from pipelines.tracing.asked import Asked, weeks_of
from pipelines.tracing.published import DueReturn, PublishedFigure, PublishedFile, Return, opened
from schemas.contract import NETWORK, Edition
from schemas.formulas import BUILT_IN, Part
from schemas.weeks import IsoWeek

WhyEmpty = Literal[
    "no_service_point",
    "not_applicable",
    "no_return",
    "not_answered",
    "numerator_not_answered",
    "denominator_not_answered",
    "denominator_zero",
]
"""Why there is no figure."""

_CLOSE = 1e-12
"""A figure is published as the nearest DOUBLE of an exact sum; a ratio is one division of two of them."""


@dataclass(frozen=True)
class Sum:
    """What the values behind a figure come to."""

    value: float | None
    numerator: float | None
    denominator: float | None
    cells_answered: int
    cells_due: int

    def is_published_as(self, figure: PublishedFigure) -> bool:
        """Whether it is the published figure, to the last digit that a DOUBLE holds."""
        return (
            _is_same(self.value, figure.value)
            and _is_same(self.numerator, figure.numerator)
            and _is_same(self.denominator, figure.denominator)
            and (self.cells_answered, self.cells_due) == (figure.cells_answered, figure.cells_due)
        )


def _is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=_CLOSE)


@dataclass(frozen=True)
class Trace:
    """A published figure and what it is made of.

    figures: as published, by city; of the network, each city's too. due: the city-weeks of the period.
    weeks: of the period, up to the horizon.
    """

    asked: Asked
    figures: Mapping[str, PublishedFigure]
    weeks: tuple[IsoWeek, ...]
    horizon: IsoWeek
    due: tuple[DueReturn, ...]
    parts: tuple[PartAdded, ...]

    @property
    def city(self) -> str:
        """Whose figure it is; `IT` for the network."""
        return self.asked.city or NETWORK

    @property
    def published(self) -> PublishedFigure:
        return self.figures[self.city]

    @property
    def is_ratio(self) -> bool:
        return any(one.part.side != "value" for one in self.parts)

    @cached_property
    def cities(self) -> tuple[str, ...]:
        return tuple(part.city for part in self.parts[0].cities)

    @cached_property
    def returns(self) -> dict[str, Return]:
        """The valid returns of the period by submission."""
        return {due.valid.submission_id: due.valid for due in self.due if due.valid is not None}

    @property
    def layouts(self) -> dict[str, str | None]:
        """By which layout each of those returns was read."""
        return {name: valid.layout for name, valid in self.returns.items()}

    @property
    def added_values(self) -> Iterator[AddedValue]:
        """Every value that the figure is made of."""
        for part in self.parts:
            for city in part.cities:
                yield from values_of(city)

    @cached_property
    def mismatches(self) -> tuple[str, ...]:
        """The cities (or `IT`) of which the values do not come to what is published."""
        return tuple(
            city
            for city, figure in self.figures.items()
            if not self.sum_of(None if city == NETWORK else city).is_published_as(figure)
        )

    @property
    def why_empty(self) -> WhyEmpty | None:
        """Why there is no figure; None where there is one."""
        if self.published.value is not None:
            return None
        points = [
            point for one in self.parts for city in one.cities for week in city.weeks for point in week.points
        ]
        if not any(one.part.fold in BUILT_IN for one in self.parts):
            if not points:
                return "no_service_point"
            if all(point.due == 0 for point in points):
                return "not_applicable"
        if not self.returns and not any(point.answered for point in points):
            return "no_return"
        empty = {one.part.side for one in self.parts if one.value is None}
        if empty >= {"numerator", "denominator"} or "value" in empty:
            return "not_answered"
        if "numerator" in empty:
            return "numerator_not_answered"
        return "denominator_not_answered" if "denominator" in empty else "denominator_zero"

    def sum_of(self, city: str | None) -> Sum:
        """What the values behind the figure come to, in a city or (None) in all of them."""
        parts = [
            PartAdded(one.part, tuple(part for part in one.cities if city in (None, part.city)))
            for one in self.parts
        ]
        sides = {one.part.side: None if one.value is None else float(one.value) for one in parts}
        scale = float(self.asked.figure.scale)
        plain, above, below = (sides.get(side) for side in ("value", "numerator", "denominator"))
        if self.is_ratio:
            value = None if above is None or below is None or below == 0 else scale * above / below
        else:
            value = None if plain is None else scale * plain
        answered = sum(one.cells_answered for one in parts)
        return Sum(value, above, below, answered, sum(one.cells_due for one in parts))


def values_of(city: CityPart) -> Iterator[AddedValue]:
    """The values that a part is made of in a city."""
    for week in city.weeks:
        for point in week.points:
            yield from point.values


def trace_figure(home: Home, edition: Edition, asked: Asked) -> Trace:
    """The published figure and what it is made of.

    Raises WrongUsageError where nothing is published, or not of this period or city.
    """
    path = home.published(edition.slug)
    if not path.exists():
        raise NothingPublishedError(home.root)
    try:
        with opened(path, edition, asked.as_of) as published:
            return traced(published, edition, asked)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise WrongUsageError(
            "Il file pubblicato è stato fatto da una versione precedente: prima esegua «regia consolidate»."
        ) from error


def traced(published: PublishedFile, edition: Edition, asked: Asked) -> Trace:
    """The same from an open file. Raises WrongUsageError."""
    horizon = published.horizon()
    weeks = () if horizon is None else weeks_of(asked.period, horizon)
    if horizon is None or not weeks or (asked.period.kind == "edition_to_date" and weeks[-1] != _last(asked)):
        raise _NotPublishedError(asked, horizon)
    figures = published.figures(asked.figure, asked.period, asked.city)
    cities = edition.city_slugs if asked.city is None else (asked.city,)
    if not {asked.city or NETWORK, *cities} <= figures.keys():
        raise WrongUsageError(
            f"{asked.indicator.code} non è pubblicato per {asked.period.name}: il contratto è forse cambiato "
            "dopo la pubblicazione. Esegua «regia consolidate» e riprovi."
        )
    due = published.due_returns(weeks, asked.city)
    nils = published.nils(weeks, asked.city)
    by_city: dict[str, list[DueReturn]] = {city: [] for city in cities}
    for one in due:
        if one.city in by_city:
            by_city[one.city].append(one)
    parts = _added(published, edition, asked, weeks, by_city, nils)
    return Trace(asked, figures, weeks, horizon, due, parts)


def _added(
    published: PublishedFile,
    edition: Edition,
    asked: Asked,
    weeks: Sequence[IsoWeek],
    due: Mapping[str, Sequence[DueReturn]],
    nils: Nils,
) -> tuple[PartAdded, ...]:
    """The parts of the figure in every city. One city after the other where all their cells are counted."""
    wanted = asked.figure.parts
    counts_all = any(part.fold in BUILT_IN for part in wanted)
    made: list[tuple[CityPart, ...]] = []
    for cities in [[city] for city in due] if counts_all else [list(due)]:
        observations = published.observations(weeks, cities, *_summed(wanted))
        made += [city_parts(edition, wanted, city, due[city], observations, nils) for city in cities]
    return tuple(
        PartAdded(part, tuple(of_city[number] for of_city in made)) for number, part in enumerate(wanted)
    )


class _NotPublishedError(WrongUsageError):
    """Nothing of the period is published, or was known then: how far what is goes."""

    def __init__(self, asked: Asked, horizon: IsoWeek | None) -> None:
        known = "pubblicato" if asked.as_of is None else "a quell'istante si sapeva"
        until = "ancora nulla" if horizon is None else f"fino alla {horizon.in_italian()}"
        super().__init__(
            f"Per {asked.period.name} non c'è nulla: {known} {until}. "
            "Le settimane dopo l'ultima con una scheda accettata non sono ancora dovute."
        )


def _last(asked: Asked) -> IsoWeek:
    return IsoWeek.of(asked.period.end)


def _summed(parts: Iterable[Part]) -> tuple[frozenset[str], frozenset[str] | None]:
    """The measures and breakdowns that parts sum; None for all breakdowns."""
    summed = list(parts)
    measures = frozenset(cell.measure for part in summed for cell in part.cells)
    if any(part.fold in (*BUILT_IN, "points") for part in summed):
        return measures, None
    return measures, frozenset(cell.breakdown for part in summed for cell in part.cells)
