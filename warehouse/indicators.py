"""Computing indicators: from the values now valid to what the network publishes, period by period.

Lives here: what the formulas become as relations, and the steps by which a few weeks' indicators are
replaced: the parts of each week, what they have come to since the edition began, the indicators.
Must not live here: the grammar of formulas (`schemas.formulas`), SQL text, which weeks were received.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from schemas.contract import CITY_LEVEL, Edition
from schemas.deadlines import Deadlines
from schemas.fields import INDICATORS, Table
from schemas.formulas import figures_of
from schemas.periods import Period, touched_periods, week_period
from schemas.weeks import IsoWeek
from warehouse import frames
from warehouse.batches import batches_of
from warehouse.ddl import delete_from, insert_into, repeated_keys
from warehouse.files import handed_in, transaction
from warehouse.loading import GrainError
from warehouse.making import (
    COMPUTED_WEEKS,
    DUE_WEEKS,
    INDICATOR_PARTS,
    INDICATOR_SCALES,
    KNOWN_STATES,
    MACHINERY,
    PARTS_TO_DATE,
    PERIODS,
    WEEKLY_PARTS,
    code_fingerprint,
    remember_making,
)
from warehouse.queries import query

_OF_EDITION = "edition = $edition"
_OF_WEEKS = f"{_OF_EDITION} AND iso_week BETWEEN $first AND $last AND list_contains($weeks, iso_week)"
_FROM_WEEK = f"{_OF_EDITION} AND iso_week >= $first"
_OF_PERIODS = (
    f"{_OF_EDITION} AND period BETWEEN $first AND $last "
    "AND list_contains($periods, period_kind || ' ' || period)"
)

_WEEKS_AT_ONCE = 8
_PERIODS_AT_ONCE = 8
"""More need more memory; fewer read the same part of a table again and again."""

_QUERIES = (
    "known_states",
    "known_observations",
    "known_nil_returns",
    "weekly_parts",
    "current_returns",
    "current_weekly_parts",
    "current_parts_to_date",
    "parts_before",
    "parts_to_date",
    "period_parts",
    "indicators",
)


@dataclass(frozen=True)
class IndicatorsComputed:
    """The weeks that were computed anew, the periods that depend on them, and the rows these now have."""

    weeks: tuple[IsoWeek, ...]
    periods: tuple[Period, ...]
    rows: int


def compute_indicators(
    connection: duckdb.DuckDBPyConnection,
    edition: Edition,
    weeks: Collection[IsoWeek] = (),
    frozen_quarters: Collection[str] = (),
) -> IndicatorsComputed:
    """Bring the indicators up to the returns that the warehouse holds, in one transaction.

    Computed anew are these weeks, any whose returns are not those that it was computed from, those between
    the old and the new horizon, and those of a quarter that was frozen since; all of them after a change of
    the contract or of a query. frozen_quarters: those whose weeks are not provisional any more.
    Raises GrainError, and DuckDB's errors; the indicators then stay as they were.
    """
    relations = _contract_relations(edition)
    fingerprint = {_made_of(edition): _fingerprint(relations, edition)}
    of_edition = {"edition": edition.slug}
    with transaction(connection):
        horizon = _horizon(connection, edition)
        if not fingerprint.items() <= dict(connection.execute(query("made_with")).fetchall()).items():
            for table, schema in _ALL:
                connection.execute(delete_from(table, _OF_EDITION, schema=schema), of_edition)
            remember_making(connection, fingerprint)
        digests = _digests(connection, edition, horizon)
        refrozen = _weeks_frozen_since(connection, edition, frozen_quarters)
        remember_making(connection, _frozen(edition, frozen_quarters))
        touched = _touched(connection, edition, digests, {*weeks, *refrozen})
        if not touched:
            return IndicatorsComputed((), (), 0)
        last = horizon or touched[-1]
        periods = touched_periods(edition, touched, last)
        with handed_in(connection, relations):
            _replace_parts(connection, edition, touched, digests)
            rows = _replace_indicators(connection, edition, periods, last, frozenset(frozen_quarters))
    return IndicatorsComputed(touched, periods, rows)


def has_stale_indicators(
    connection: duckdb.DuckDBPyConnection, edition: Edition, frozen_quarters: Collection[str] = ()
) -> bool:
    """Whether the indicators are not those of the returns, the releases and the contract that there are."""
    fingerprint = {
        _made_of(edition): _fingerprint(_contract_relations(edition), edition),
        **_frozen(edition, frozen_quarters),
    }
    made_with = dict(connection.execute(query("made_with")).fetchall())
    digests = _digests(connection, edition, _horizon(connection, edition))
    return not fingerprint.items() <= made_with.items() or bool(_touched(connection, edition, digests, ()))


_ALL = (
    (KNOWN_STATES, MACHINERY),
    (WEEKLY_PARTS, MACHINERY),
    (PARTS_TO_DATE, MACHINERY),
    (COMPUTED_WEEKS, MACHINERY),
    (INDICATORS, "main"),
)


# --- what the contract says, as relations


def _contract_relations(edition: Edition) -> dict[str, pd.DataFrame]:
    parts: list[tuple[object, ...]] = []
    cells: list[tuple[object, ...]] = []
    scales: list[tuple[object, ...]] = []
    for indicator in edition.indicators:
        figures = figures_of(edition, indicator)
        is_ratio = any(part.side != "value" for part in figures[0].parts)
        scales.append((indicator.code, float(figures[0].scale), is_ratio))
        for figure in figures:
            for part in figure.parts:
                key = (len(parts), figure.indicator, figure.breakdown, figure.category)
                parts.append((*key, part.side, part.fold, part.over_weeks, float(part.threshold)))
                cells += [
                    (key[0], cell.measure, cell.breakdown, cell.category, float(cell.factor))
                    for cell in part.cells
                ]
    points: list[tuple[object, ...]] = [
        (point.city, point.code, point.kind, str(point.roster_from), point.roster_to and str(point.roster_to))
        for point in edition.service_points
    ]
    points += [(city, "", CITY_LEVEL, str(edition.facts.first_week), None) for city in edition.city_slugs]
    return {
        "indicator_parts": _frame(
            parts,
            {
                "part": "int64",
                "indicator": "str",
                "breakdown": "str",
                "category": "str",
                "side": "str",
                "fold": "str",
                "over_weeks": "str",
                "threshold": "float64",
            },
        ),
        "part_cells": _frame(
            cells,
            {"part": "int64", "measure": "str", "breakdown": "str", "category": "str", "factor": "float64"},
        ),
        "indicator_scales": _frame(scales, {"indicator": "str", "scale": "float64", "is_ratio": "bool"}),
        "roster_points": _frame(
            points,
            {
                "city": "str",
                "service_point": "str",
                "service_kind": "str",
                "roster_from": "str",
                "roster_to": "str",
            },
        ),
        "counted_measures": frames.counted_measures(edition),
        "edition_cities": _frame([(city,) for city in edition.city_slugs], {"city": "str"}),
    }


def machinery_frames(edition: Edition) -> dict[Table, pd.DataFrame]:
    """What the contract says, as a published file needs it to answer as of any instant."""
    relations = _contract_relations(edition)
    opening: dict[Period, IsoWeek] = {}
    for week in edition.weeks:
        for period in touched_periods(edition, (week,), week):
            opening.setdefault(period, week)
    periods = _frame(
        [(*_dated(edition, period), str(week)) for period, week in opening.items()],
        {**_DATED, "opening_week": "str"},
    )
    return {
        INDICATOR_PARTS: relations["indicator_parts"],
        INDICATOR_SCALES: relations["indicator_scales"],
        PERIODS: periods,
        DUE_WEEKS: frames.due_returns(Deadlines(edition), edition.weeks),
    }


def _frame(rows: Sequence[tuple[object, ...]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame.from_records(rows, columns=list(columns)).astype(dict(columns))


def _made_of(edition: Edition) -> str:
    return f"indicators of {edition.slug}"


def _fingerprint(relations: Mapping[str, pd.DataFrame], edition: Edition) -> str:
    digest = hashlib.sha256(code_fingerprint().encode())
    for name in _QUERIES:
        digest.update(query(name).encode())
    for frame in relations.values():
        digest.update(frame.to_csv(index=False).encode())
    digest.update(f"{edition.facts.first_week} {edition.facts.last_week} {edition.facts.deadline}".encode())
    return digest.hexdigest()


def _frozen(edition: Edition, frozen_quarters: Collection[str]) -> dict[str, str]:
    """What the indicators remember of the quarters that were frozen when they were computed."""
    return {f"frozen quarters of {edition.slug}": " ".join(sorted(frozen_quarters))}


# --- which weeks


def _weeks_frozen_since(
    connection: duckdb.DuckDBPyConnection, edition: Edition, frozen_quarters: Collection[str]
) -> set[IsoWeek]:
    """The weeks whose quarter is frozen, and was not when they were computed, or the other way round."""
    made_with = dict(connection.execute(query("made_with")).fetchall())
    before = {quarter for name in _frozen(edition, ()) for quarter in made_with.get(name, "").split()}
    return {week for week in edition.weeks if week.quarter in before.symmetric_difference(frozen_quarters)}


def _horizon(connection: duckdb.DuckDBPyConnection, edition: Edition) -> IsoWeek | None:
    """The last week with an accepted return: weeks up to it are due."""
    ((week,),) = connection.execute(query("horizon"), {"edition": edition.slug}).fetchall()
    return None if week is None else IsoWeek.parse(week)


def _digests(
    connection: duckdb.DuckDBPyConnection, edition: Edition, horizon: IsoWeek | None
) -> dict[IsoWeek, str]:
    """What each week up to the horizon is to be computed from."""
    if horizon is None:
        return {}
    found = dict(connection.execute(query("week_digests"), {"edition": edition.slug}).fetchall())
    return {week: found.get(str(week), "") for week in edition.facts.first_week.through(horizon)}


def _touched(
    connection: duckdb.DuckDBPyConnection,
    edition: Edition,
    digests: Mapping[IsoWeek, str],
    weeks: Collection[IsoWeek],
) -> tuple[IsoWeek, ...]:
    rows = connection.execute(query("computed_weeks"), {"edition": edition.slug}).fetchall()
    computed = {IsoWeek.parse(week): digest for week, digest in rows}
    differing = {week for week in digests.keys() | computed.keys() if digests.get(week) != computed.get(week)}
    return tuple(sorted(differing | (set(weeks) & digests.keys())))


# --- the parts of weeks


def _replace_parts(
    connection: duckdb.DuckDBPyConnection,
    edition: Edition,
    touched: Sequence[IsoWeek],
    digests: Mapping[IsoWeek, str],
) -> None:
    """The weekly parts of the touched weeks, and what parts have come to from the first of them on."""
    of_edition = {"edition": edition.slug}
    for batch in batches_of(touched, _WEEKS_AT_ONCE):
        names = [str(week) for week in batch]
        of_weeks = {**of_edition, "first": names[0], "last": names[-1], "weeks": names}
        for table in (KNOWN_STATES, WEEKLY_PARTS, COMPUTED_WEEKS):
            connection.execute(delete_from(table, _OF_WEEKS, schema=MACHINERY), of_weeks)
        known = [week for week in batch if week in digests]
        if not known:
            continue
        wanted = _frame([(str(week),) for week in known], {"iso_week": "str"})
        computed = _frame(
            [(edition.slug, str(week), digests[week]) for week in known],
            {"edition": "str", "iso_week": "str", "digest": "str"},
        )
        with handed_in(connection, {"wanted_weeks": wanted, "newly_computed": computed}):
            _relate(connection, "wanted_states", "known_states", of_weeks)
            _relate(connection, "known_observations", "known_observations", of_weeks)
            _relate(connection, "known_nil_returns", "known_nil_returns")
            connection.execute(insert_into(KNOWN_STATES, "FROM wanted_states", schema=MACHINERY))
            connection.execute(insert_into(WEEKLY_PARTS, query("weekly_parts"), schema=MACHINERY))
            connection.execute(insert_into(COMPUTED_WEEKS, "FROM newly_computed", schema=MACHINERY))
    _forget(connection, "wanted_states", "known_observations", "known_nil_returns")
    _replace_parts_to_date(connection, edition, touched[0])


def _replace_parts_to_date(connection: duckdb.DuckDBPyConnection, edition: Edition, first: IsoWeek) -> None:
    of_edition = {"edition": edition.slug}
    before = str(first.shifted(-1))
    _relate(connection, "parts_before", "parts_before", {**of_edition, "week": before})
    from_first = {**of_edition, "first": str(first), "last": str(edition.facts.last_week)}
    _relate(connection, "weekly_parts_then", "current_weekly_parts", from_first)
    connection.execute(
        delete_from(PARTS_TO_DATE, _FROM_WEEK, schema=MACHINERY), {**of_edition, "first": str(first)}
    )
    connection.execute(insert_into(PARTS_TO_DATE, query("parts_to_date"), schema=MACHINERY))
    _forget(connection, "parts_before", "weekly_parts_then")


def _relate(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    name: str,
    values: Mapping[str, object] | None = None,
) -> None:
    """Hold the rows of a query under the name by which the next ones know them."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {relation} AS {query(name)}", values)


def _forget(connection: duckdb.DuckDBPyConnection, *relations: str) -> None:
    for relation in relations:
        connection.execute(f"DROP TABLE IF EXISTS {relation}")


# --- the indicators of periods


def _replace_indicators(
    connection: duckdb.DuckDBPyConnection,
    edition: Edition,
    periods: Sequence[Period],
    horizon: IsoWeek,
    frozen_quarters: frozenset[str],
) -> int:
    of_edition = {"edition": edition.slug}
    of_all = {**of_edition, "first": str(edition.facts.first_week), "last": str(edition.facts.last_week)}
    _relate(connection, "returns_then", "current_returns", of_all)
    rows = 0
    for batch in batches_of(periods, _PERIODS_AT_ONCE):
        of_periods = {
            **of_edition,
            "first": min(period.name for period in batch),
            "last": max(period.name for period in batch),
            "periods": [f"{period.kind} {period.name}" for period in batch],
        }
        connection.execute(delete_from(INDICATORS, _OF_PERIODS), of_periods)
        spans = [period for period in batch if period.kind != "edition_to_date"]
        to_date = [period for period in batch if period.kind == "edition_to_date"]
        _relate(connection, "weekly_parts_then", "current_weekly_parts", {**of_edition, **_bounds(spans)})
        ends = [week_period(IsoWeek.of(period.end)) for period in to_date]
        _relate(connection, "parts_to_date_then", "current_parts_to_date", {**of_edition, **_bounds(ends)})
        wanted = _wanted_periods(edition, batch, horizon, frozen_quarters)
        with handed_in(connection, {"wanted_periods": wanted}):
            _relate(connection, "period_parts", "period_parts")
            ((inserted,),) = connection.execute(insert_into(INDICATORS, query("indicators"))).fetchall()
            rows += inserted
        repeated = connection.execute(repeated_keys(INDICATORS, _OF_PERIODS), of_periods).fetchall()
        if repeated:
            raise GrainError(f"indicators: {repeated[0][-1]} rows for {repeated[0][:-1]}")
    _forget(connection, "returns_then", "weekly_parts_then", "parts_to_date_then", "period_parts")
    return rows


def _bounds(periods: Sequence[Period]) -> dict[str, str]:
    """The first and the last week that lie in any of them; '' where there is none."""
    return {
        "first": min((str(IsoWeek.of(period.start)) for period in periods), default=""),
        "last": max((str(IsoWeek.of(period.end)) for period in periods), default=""),
    }


def _wanted_periods(
    edition: Edition, periods: Sequence[Period], horizon: IsoWeek, frozen_quarters: frozenset[str]
) -> pd.DataFrame:
    rows = [
        (
            *_dated(edition, period),
            period.end > horizon.sunday,
            _is_provisional(period, horizon, frozen_quarters),
        )
        for period in periods
    ]
    return _frame(rows, {**_DATED, "runs_past_horizon": "bool", "is_provisional": "bool"})


_DATED = {
    "edition": "str",
    "period_kind": "str",
    "period": "str",
    "period_start": "object",
    "period_end": "object",
    "first_week": "str",
    "last_week": "str",
}


def _dated(edition: Edition, period: Period) -> tuple[object, ...]:
    """A period with its days and weeks, in the columns of `_DATED`."""
    weeks = str(IsoWeek.of(period.start)), str(IsoWeek.of(period.end))
    return (edition.slug, period.kind, period.name, period.start, period.end, *weeks)


def _is_provisional(period: Period, horizon: IsoWeek, frozen_quarters: frozenset[str]) -> bool:
    """Whether any of its weeks up to the horizon lies in a quarter that is not frozen."""
    end = min(period.end, horizon.sunday)
    days: Iterator[dt.date] = (
        period.start + dt.timedelta(weeks=step) for step in range((end - period.start).days // 7 + 1)
    )
    return any(IsoWeek.of(day).quarter not in frozen_quarters for day in days)
