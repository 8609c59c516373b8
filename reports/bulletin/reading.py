"""What a bulletin is made from, as the published file tells it.

Lives here: reading the published file for some weeks at once, and asking what was read.
Must not live here: Italian, HTML, or which figures are worth showing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import duckdb

from schemas.contract import NETWORK, Edition
from schemas.fields import PeriodKind, ReturnState
from schemas.weeks import IsoWeek

_QUERIES = Path(__file__).resolve().parents[1] / "sql"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of `indicators`: the total of an indicator in a week, or from the edition's first week on."""

    indicator: str
    period_kind: PeriodKind
    period: str
    city: str
    value: float | None
    numerator: float | None
    denominator: float | None
    answered: int
    due: int
    is_provisional: bool

    @property
    def name(self) -> str:
        return f"{self.indicator} {self.period_kind} {self.period} {self.city}"

    @property
    def is_complete(self) -> bool:
        return self.answered == self.due

    @property
    def is_undefined(self) -> bool:
        """No value though all was answered, or because the denominator is zero."""
        return self.value is None and (self.denominator == 0 or (self.is_complete and self.due > 0))


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a city-week that is due, and of the return that made it so."""

    week: IsoWeek
    city: str
    state: ReturnState
    due_at: dt.datetime
    submission_id: str | None
    version: int | None
    errors: int
    warnings: int
    received_at: dt.datetime | None

    @property
    def is_valid(self) -> bool:
        return self.state in ("on_time", "late")


@dataclass(frozen=True, slots=True)
class Correction:
    """An accepted return that took the place of another."""

    week: IsoWeek
    city: str
    received_at: dt.datetime
    submission_id: str
    version: int
    superseded: str
    superseded_version: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Nil:
    """A service point, or with '' the whole area, that a city declared without activity."""

    city: str
    service_point: str
    area: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Cells of a measure that an accepted return left without a value."""

    city: str
    service_point: str
    measure: str
    not_available: int
    not_reported: int


@dataclass(frozen=True)
class Readings:
    """What was read of the published file: all that the bulletins of some weeks need.

    arrivals: of the weeks that a bulletin shows; of every other week, those that are not valid.
    """

    figures: Mapping[tuple[str, PeriodKind, str, str], Figure]
    arrivals: Mapping[tuple[str, IsoWeek], Arrival]
    deadlines: Mapping[IsoWeek, dt.datetime]
    """Of every week, the one that now holds for the network."""
    corrections: tuple[Correction, ...]
    last_arrivals: Mapping[IsoWeek, dt.datetime]
    nils: Mapping[IsoWeek, tuple[Nil, ...]]
    unanswered: Mapping[IsoWeek, tuple[Unanswered, ...]]

    @cached_property
    def weeks_lacking(self) -> Mapping[str, tuple[IsoWeek, ...]]:
        """The weeks that are due from each city and without a valid return."""
        found: dict[str, list[IsoWeek]] = defaultdict(list)
        for (city, week), arrival in sorted(self.arrivals.items()):
            if not arrival.is_valid:
                found[city].append(week)
        return {city: tuple(weeks) for city, weeks in found.items()}

    def of_week(self, indicator: str, week: IsoWeek, city: str = NETWORK) -> Figure | None:
        return self.figures.get((indicator, "week", str(week), city))

    def to_date(self, indicator: str, week: IsoWeek) -> Figure | None:
        return self.figures.get((indicator, "edition_to_date", str(week), NETWORK))

    def known_at(self, week: IsoWeek) -> dt.datetime | None:
        """When the last return for this week or an earlier one arrived."""
        return max((at for known, at in self.last_arrivals.items() if known <= week), default=None)


def read_published(
    connection: duckdb.DuckDBPyConnection, edition: Edition, weeks: Sequence[IsoWeek], history: int
) -> Readings:
    """What the bulletins of these weeks need; figures and returns of `history` weeks before each, too."""
    first = edition.facts.first_week
    of_edition = {"edition": edition.slug}

    def named(back: int) -> list[str]:
        chosen = {week.shifted(-step) for week in weeks for step in range(back + 1)}
        return [str(week) for week in sorted(chosen) if week >= first]

    of_weeks = {**of_edition, "weeks": named(0)}
    with_history = {**of_edition, "weeks": named(history), "compared": named(1), "network": NETWORK}

    figures = [Figure(*row) for row in _rows(connection, "bulletin_figures", with_history)]
    arrivals = [
        Arrival(
            IsoWeek.parse(week), city, state, _at(due), key, version, errors or 0, warnings or 0,
            _at(received) if received is not None else None,
        )
        for week, city, state, due, key, version, errors, warnings, received in _rows(
            connection, "bulletin_returns", {**of_edition, "weeks": named(history)}
        )
    ]  # fmt: skip
    return Readings(
        figures={(f.indicator, f.period_kind, f.period, f.city): f for f in figures},
        arrivals={(arrival.city, arrival.week): arrival for arrival in arrivals},
        deadlines={
            IsoWeek.parse(week): _at(due) for week, due in _rows(connection, "bulletin_deadlines", {})
        },
        corrections=tuple(
            Correction(IsoWeek.parse(week), city, _at(received), *rest)
            for week, city, received, *rest in _rows(connection, "bulletin_corrections", of_edition)
        ),
        last_arrivals={
            IsoWeek.parse(week): _at(received)
            for week, received in _rows(connection, "bulletin_arrivals", of_edition)
        },
        nils=_by_week(Nil, _rows(connection, "bulletin_nil_returns", of_weeks)),
        unanswered=_by_week(Unanswered, _rows(connection, "bulletin_unanswered", of_weeks)),
    )


def _rows(
    connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    return connection.execute(_query(name), values).fetchall()


@cache
def _query(name: str) -> str:
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def _at(microseconds: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=microseconds)


def _by_week(kind: Any, rows: Iterable[tuple[Any, ...]]) -> Mapping[IsoWeek, tuple[Any, ...]]:
    grouped: dict[IsoWeek, list[Any]] = defaultdict(list)
    for week, *rest in rows:
        grouped[IsoWeek.parse(week)].append(kind(*rest))
    return {week: tuple(found) for week, found in grouped.items()}
