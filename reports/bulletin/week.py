"""A week as the bulletin sees it: who was due, who answered, its figures and those before.

Lives here: the questions that every part of the bulletin asks of what was read.
Must not live here: words or HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from reports.bulletin.choosing import Choices, Shown
from reports.bulletin.comparing import Change, change_of
from reports.bulletin.reading import Arrival, Figure, Readings
from reports.bulletin.wording import Words
from schemas.contract import CITY_LEVEL, Edition
from schemas.weeks import IsoWeek


@dataclass(frozen=True)
class Week:
    """One week of an edition, with what was read of the published file."""

    week: IsoWeek
    edition: Edition
    readings: Readings
    choices: Choices
    words: Words
    indicators: tuple[Shown, ...]

    @property
    def is_first(self) -> bool:
        return self.week == self.edition.facts.first_week

    @property
    def before(self) -> IsoWeek | None:
        """The week before, if the edition has it."""
        return None if self.is_first else self.week.shifted(-1)

    def back(self, number: int) -> tuple[IsoWeek, ...]:
        """The last weeks up to this one, as many as the edition has."""
        first = max(self.edition.facts.first_week, self.week.shifted(1 - number))
        return first.through(self.week)

    # Returns

    def arrival(self, city: str, week: IsoWeek | None = None) -> Arrival | None:
        return self.readings.arrivals.get((city, week or self.week))

    @cached_property
    def due(self) -> tuple[Arrival, ...]:
        """The week's city-weeks that are due, in the order of the roster."""
        found = (self.arrival(city) for city in self.edition.city_slugs)
        return tuple(arrival for arrival in found if arrival is not None)

    @cached_property
    def returned(self) -> tuple[str, ...]:
        return tuple(arrival.city for arrival in self.due if arrival.is_valid)

    @cached_property
    def lacking(self) -> tuple[Arrival, ...]:
        return tuple(arrival for arrival in self.due if not arrival.is_valid)

    def weeks_lacking(self, city: str) -> tuple[IsoWeek, ...]:
        """The weeks up to this one that are due from the city and without a valid return."""
        return tuple(known for known in self.readings.weeks_lacking.get(city, ()) if known <= self.week)

    def is_missing(self, city: str) -> bool:
        return any(arrival.city == city for arrival in self.lacking)

    def city_name(self, city: str) -> str:
        return self.edition.city(city, self.week.sunday).name_it

    def is_rostered(self, shown: Shown, week: IsoWeek, city: str | None = None) -> bool:
        """Whether the roster lists who owes cells of an indicator in a week: in a city, or in any."""
        return any(
            shown.service_kinds & {CITY_LEVEL, *(point.kind for point in self.edition.roster(one, week))}
            for one in (self.edition.city_slugs if city is None else (city,))
            if self.edition.is_due(one, week)
        )

    # Figures

    @cached_property
    def _by_code(self) -> dict[str, Shown]:
        return {shown.code: shown for shown in self.indicators}

    def shown(self, indicator: str) -> Shown:
        return self._by_code[indicator]

    def this_week(self, indicator: str) -> Figure | None:
        return self.readings.of_week(indicator, self.week)

    def last_week(self, indicator: str) -> Figure | None:
        return None if self.before is None else self.readings.of_week(indicator, self.before)

    def to_date(self, indicator: str) -> Figure | None:
        return self.readings.to_date(indicator, self.week)

    def of_city(self, indicator: str, city: str) -> Figure | None:
        return self.readings.of_week(indicator, self.week, city)

    def change(self, indicator: str) -> Change | None:
        before = self.before
        if before is None:
            return None
        return change_of(
            self.shown(indicator).how,
            self.this_week(indicator),
            self.last_week(indicator),
            self.edition.city_slugs,
            lambda city: self.readings.of_week(indicator, self.week, city),
            lambda city: self.readings.of_week(indicator, before, city),
        )

    def cities_with_gaps(self, indicator: str) -> tuple[str, ...]:
        """The cities that sent a return and still left cells of the indicator unanswered."""
        figures = ((city, self.of_city(indicator, city)) for city in self.returned)
        return tuple(city for city, figure in figures if figure is not None and not figure.is_complete)

    @property
    def is_provisional(self) -> bool:
        figures = (self.this_week(shown.code) for shown in self.indicators)
        return any(figure.is_provisional for figure in figures if figure is not None)
