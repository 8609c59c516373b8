"""What the published file says behind a figure.

Lives here: the figure, the returns that were due, the values of the valid ones, what is declared nil.
Must not live here: sums, or the files received.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from schemas.contract import Edition, Flag
from schemas.fields import ReturnState
from schemas.formulas import IndicatorFigure
from schemas.periods import Period
from schemas.weeks import IsoWeek
from warehouse.files import read_database

_QUERIES = Path(__file__).resolve().parent / "sql"

CellKey = tuple[str, str, str]
"""Measure, breakdown and category."""


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A row of `indicators`."""

    city: str
    value: float | None
    numerator: float | None
    denominator: float | None
    cells_answered: int
    cells_due: int
    is_partial: bool
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Return:
    """A return that is valid for a city and week."""

    submission_id: str
    version: int | None
    received_at: dt.datetime
    file_names: Sequence[str]
    layout: str | None


@dataclass(frozen=True, slots=True)
class DueReturn:
    """A city-week that is due. `first_received_at`: when its first accepted version came."""

    city: str
    week: IsoWeek
    status: ReturnState
    due_at: dt.datetime
    first_received_at: dt.datetime | None
    valid: Return | None


class Observation(NamedTuple):
    """A value, or why there is none, and where it stands: as published."""

    value: Decimal | None
    flag: Flag
    submission_id: str
    file: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Nil:
    """A service point, or a whole area (service point ''), without activity; told by the file or an act."""

    service_point: str
    area: str
    reason: str
    is_by_act: bool


Observations = Mapping[tuple[str, IsoWeek, str], Mapping[CellKey, Observation]]
"""City, week and service point -> its cells."""


class PublishedFile:
    """A published file, open for reading: what is known now, or what was known at an instant."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, edition: Edition, as_of: dt.datetime | None = None
    ) -> None:
        self.as_of = as_of
        self._connection = connection
        self._edition = edition
        self._last_read: tuple[object, Observations] | None = None

    def _rows(self, name: str, **bound: object) -> list[tuple[Any, ...]]:
        values = {"edition": self._edition.slug, **bound}
        if self.as_of is None:
            return self._connection.execute(_query(name), values).fetchall()
        return self._connection.execute(_query_as_of(name), {**values, "as_of": self.as_of}).fetchall()

    def horizon(self) -> IsoWeek | None:
        """The last week whose returns are due; None where nothing is."""
        ((week,),) = self._rows("horizon")
        return None if week is None else IsoWeek.parse(week)

    def figures(
        self, figure: IndicatorFigure, period: Period, city: str | None
    ) -> dict[str, PublishedFigure]:
        """The figure of one city, or of the network and of every city, by city."""
        rows = self._rows(
            "figures",
            indicator=figure.indicator,
            breakdown=figure.breakdown,
            category=figure.category,
            period_kind=period.kind,
            period=period.name,
            city=city,
        )
        return {row[0]: PublishedFigure(*row) for row in rows}

    def due_returns(self, weeks: Sequence[IsoWeek], city: str | None) -> tuple[DueReturn, ...]:
        """The city-weeks that are due, by city and week."""
        rows = self._rows("returns", city=city, **_span(weeks))
        found = (
            DueReturn(
                city=name,
                week=IsoWeek.parse(week),
                status=status,
                due_at=due_at,
                first_received_at=first,
                valid=None if valid[0] is None else Return(*valid),
            )
            for name, week, status, due_at, first, *valid in rows
        )
        order = {slug: number for number, slug in enumerate(self._edition.city_slugs)}
        return tuple(sorted(found, key=lambda due: (order.get(due.city, len(order)), due.week)))

    def observations(
        self,
        weeks: Sequence[IsoWeek],
        cities: Sequence[str],
        measures: Iterable[str],
        breakdowns: Iterable[str] | None = None,
    ) -> Observations:
        """What valid returns of cities say of these measures (and breakdowns: of all, without any).

        Asked the same again, it is not read again: so are all categories of a list.
        """
        bound = {
            "cities": list(cities),
            "measures": sorted(measures),
            "breakdowns": None if breakdowns is None else sorted(breakdowns),
            **_span(weeks),
        }
        if self._last_read is not None and self._last_read[0] == bound:
            return self._last_read[1]
        found: dict[tuple[str, IsoWeek, str], dict[CellKey, Observation]] = {}
        parsed = {str(week): week for week in weeks}
        rows = self._rows("observations", **bound)
        for city, week, point, measure, breakdown, category, *observation in rows:
            cells = found.setdefault((city, parsed[week], point), {})
            cells[measure, breakdown, category] = Observation(*observation)
        self._last_read = (bound, found)
        return found

    def nils(self, weeks: Sequence[IsoWeek], city: str | None) -> dict[tuple[str, IsoWeek], tuple[Nil, ...]]:
        """What is declared without activity, by city and week."""
        found: dict[tuple[str, IsoWeek], list[Nil]] = {}
        rows = self._rows("nil_returns", city=city, **_span(weeks))
        for week, name, point, area, reason, submission in rows:
            nil = Nil(point, area, reason, is_by_act=submission is None)
            found.setdefault((name, IsoWeek.parse(week)), []).append(nil)
        return {place: tuple(nils) for place, nils in found.items()}


@contextmanager
def opened(path: Path, edition: Edition, as_of: dt.datetime | None = None) -> Iterator[PublishedFile]:
    """The published file, for reading. as_of: as known on; today's definitions. Raises DuckDB's errors."""
    with read_database(path) as connection:
        yield PublishedFile(connection, edition, as_of)


def _span(weeks: Sequence[IsoWeek]) -> dict[str, str]:
    return {"first": str(weeks[0]), "last": str(weeks[-1])}


@cache
def _query(name: str) -> str:
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8").strip()


_KNOWN_IN: Mapping[str, str] = {
    "figures": "indicators",
    "horizon": "expected_returns",
    "returns": "expected_returns",
    "observations": "observations_history",
    "nil_returns": "nil_returns",
}
"""The table of each query that changes with time."""


def _query_as_of(name: str) -> str:
    """The same query of what its table held at an instant."""
    table = _KNOWN_IN[name]
    return f"WITH {table} AS (FROM {table}_as_of($as_of))\nFROM (\n{_query(name)}\n)"
