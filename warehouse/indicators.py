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

from schemas.contract import CITY_LEVEL, NETWORK, Edition
from schemas.fields import INDICATORS
from schemas.formulas import figures_of
from schemas.periods import Period, touched_periods
from schemas.weeks import IsoWeek
from warehouse import frames
from warehouse.batches import batches_of
from warehouse.ddl import delete_from, insert_into, repeated_keys
from warehouse.files import handed_in, transaction
from warehouse.loading import GrainError
from warehouse.making import (
    COMPUTED_WEEKS,
    MACHINERY,
    PARTS_TO_DATE,
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
    "current_observations",
    "current_nil_returns",
    "current_returns",
    "weekly_parts",
    "weekly_parts_from",
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

    Computed anew are these weeks, any whose returns are not those that it was computed from, and those
    between the old and the new horizon; all of them after a change of the contract or of a query.
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
        touched = _touched(connection, edition, digests, weeks)
        if not touched:
            return IndicatorsComputed((), (), 0)
        last = horizon or touched[-1]
        periods = touched_periods(edition, touched, last)
        with handed_in(connection, relations):
            _replace_parts(connection, edition, touched, digests)
            rows = _replace_indicators(connection, edition, periods, last, frozenset(frozen_quarters))
    return IndicatorsComputed(touched, periods, rows)


def has_stale_indicators(connection: duckdb.DuckDBPyConnection, edition: Edition) -> bool:
    """Whether the indicators are not those of the returns and the contract that there are."""
    fingerprint = {_made_of(edition): _fingerprint(_contract_relations(edition), edition)}
    made_with = dict(connection.execute(query("made_with")).fetchall())
    digests = _digests(connection, edition, _horizon(connection, edition))
    return not fingerprint.items() <= made_with.items() or bool(_touched(connection, edition, digests, ()))


_ALL = (
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


# --- which weeks


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
    first, last = str(edition.facts.first_week), str(max((*digests, *touched)))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE current_returns AS {query('current_returns')}",
        {**of_edition, "first": first, "last": last},
    )
    for batch in batches_of(touched, _WEEKS_AT_ONCE):
        names = [str(week) for week in batch]
        of_weeks = {**of_edition, "first": names[0], "last": names[-1], "weeks": names}
        for table in (WEEKLY_PARTS, COMPUTED_WEEKS):
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
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE current_observations AS {query('current_observations')}",
                of_weeks,
            )
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE current_nil_returns AS {query('current_nil_returns')}",
                {**of_edition, "weeks": names},
            )
            connection.execute(insert_into(WEEKLY_PARTS, query("weekly_parts"), schema=MACHINERY), of_edition)
            connection.execute(insert_into(COMPUTED_WEEKS, "FROM newly_computed", schema=MACHINERY))
    _replace_parts_to_date(connection, edition, touched[0])
    connection.execute("DROP TABLE IF EXISTS current_observations")
    connection.execute("DROP TABLE IF EXISTS current_nil_returns")


def _replace_parts_to_date(connection: duckdb.DuckDBPyConnection, edition: Edition, first: IsoWeek) -> None:
    of_edition = {"edition": edition.slug}
    from_week = {**of_edition, "first": str(first)}
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE parts_before AS {query('parts_before')}",
        {**of_edition, "week": str(first.shifted(-1))},
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE weekly_parts_from AS {query('weekly_parts_from')}", from_week
    )
    connection.execute(delete_from(PARTS_TO_DATE, _FROM_WEEK, schema=MACHINERY), from_week)
    connection.execute(insert_into(PARTS_TO_DATE, query("parts_to_date"), schema=MACHINERY), of_edition)
    connection.execute("DROP TABLE parts_before")
    connection.execute("DROP TABLE weekly_parts_from")


# --- the indicators of periods


def _replace_indicators(
    connection: duckdb.DuckDBPyConnection,
    edition: Edition,
    periods: Sequence[Period],
    horizon: IsoWeek,
    frozen_quarters: frozenset[str],
) -> int:
    of_edition = {"edition": edition.slug}
    rows = 0
    for batch in batches_of(periods, _PERIODS_AT_ONCE):
        of_periods = {
            **of_edition,
            "first": min(period.name for period in batch),
            "last": max(period.name for period in batch),
            "periods": [f"{period.kind} {period.name}" for period in batch],
        }
        connection.execute(delete_from(INDICATORS, _OF_PERIODS), of_periods)
        wanted = _wanted_periods(batch, horizon, frozen_quarters)
        with handed_in(connection, {"wanted_periods": wanted}):
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE period_parts AS {query('period_parts')}",
                {
                    **of_edition,
                    "first": str(min(IsoWeek.of(period.start) for period in batch)),
                    "last": str(max(IsoWeek.of(period.end) for period in batch)),
                },
            )
            ((inserted,),) = connection.execute(
                insert_into(INDICATORS, query("indicators")), {**of_edition, "network": NETWORK}
            ).fetchall()
            rows += inserted
        repeated = connection.execute(repeated_keys(INDICATORS, _OF_PERIODS), of_periods).fetchall()
        if repeated:
            raise GrainError(f"indicators: {repeated[0][-1]} rows for {repeated[0][:-1]}")
    connection.execute("DROP TABLE IF EXISTS period_parts")
    connection.execute("DROP TABLE current_returns")
    return rows


def _wanted_periods(
    periods: Sequence[Period], horizon: IsoWeek, frozen_quarters: frozenset[str]
) -> pd.DataFrame:
    rows = [
        (
            period.kind,
            period.name,
            period.start,
            period.end,
            str(IsoWeek.of(period.start)),
            str(IsoWeek.of(period.end)),
            period.end > horizon.sunday,
            _is_provisional(period, horizon, frozen_quarters),
        )
        for period in periods
    ]
    columns = {
        "period_kind": "str",
        "period": "str",
        "period_start": "object",
        "period_end": "object",
        "first_week": "str",
        "last_week": "str",
        "runs_past_horizon": "bool",
        "is_provisional": "bool",
    }
    return _frame(rows, columns)


def _is_provisional(period: Period, horizon: IsoWeek, frozen_quarters: frozenset[str]) -> bool:
    """Whether any of its weeks up to the horizon lies in a quarter that is not frozen."""
    end = min(period.end, horizon.sunday)
    days: Iterator[dt.date] = (
        period.start + dt.timedelta(weeks=step) for step in range((end - period.start).days // 7 + 1)
    )
    return any(IsoWeek.of(day).quarter not in frozen_quarters for day in days)
