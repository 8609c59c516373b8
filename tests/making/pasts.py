"""What was accepted before a return arrives, as plain data.

Lives here: a past made of judgements, of small figures, or of the sample's truth.
Must not live here: where the product keeps the past.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipelines.judging.context import AcceptedReturn, FigureKey, Past, Pasts, PastValue, WeekTotals
from pipelines.judging.judge import Judgement
from schemas.contract import Edition, Flag
from schemas.weeks import IsoWeek
from tests.making.samples import RETURNS, true_nils


@dataclass(frozen=True)
class KnownPast(Past, Pasts):
    """The same accepted returns for whatever city is asked for."""

    returns: tuple[AcceptedReturn, ...] = ()

    def of(self, city: str) -> Past:
        return self

    def accepted_weeks(self) -> frozenset[IsoWeek]:
        return frozenset(accepted.week for accepted in self.returns)

    def valid(self, week: IsoWeek) -> AcceptedReturn | None:
        of_week = [accepted for accepted in self.returns if accepted.week == week]
        return max(of_week, key=lambda accepted: accepted.version, default=None)

    def totals(self, week: IsoWeek) -> WeekTotals | None:
        accepted = self.valid(week)
        return None if accepted is None else accepted.totals


def accepted_return(
    week: IsoWeek,
    values: Mapping[FigureKey, tuple[Decimal | None, Flag]] | None = None,
    version: int = 1,
    sha256: str = "0" * 64,
    nil_points: Iterable[str] = (),
    nil_areas: Iterable[str] = (),
) -> AcceptedReturn:
    """A return accepted on the Monday after its week."""
    arrival = week.ends_at + dt.timedelta(hours=9)
    return AcceptedReturn(
        f"s-{week}-{version}",
        week,
        version,
        sha256,
        arrival,
        values or {},
        frozenset(nil_points),
        frozenset(nil_areas),
    )


def past_of(judgement: Judgement, sha256: str = "0" * 64) -> KnownPast:
    """The past after this return was accepted."""
    assert judgement.week is not None
    assert judgement.version is not None
    values = {figure.key: (figure.value, figure.flag) for figure in judgement.figures}
    return KnownPast((accepted_return(judgement.week, values, judgement.version, sha256),))


@dataclass(frozen=True)
class SamplePast(Past, Pasts):
    """What a city has sent, by week."""

    returns: Mapping[IsoWeek, AcceptedReturn]

    def of(self, city: str) -> Past:
        return self

    def accepted_weeks(self) -> frozenset[IsoWeek]:
        return frozenset(self.returns)

    def valid(self, week: IsoWeek) -> AcceptedReturn | None:
        return self.returns.get(week)

    def totals(self, week: IsoWeek) -> WeekTotals | None:
        accepted = self.returns.get(week)
        return None if accepted is None else accepted.totals

    def before(self, week: IsoWeek) -> SamplePast:
        """The weeks before this one alone."""
        return SamplePast({one: accepted for one, accepted in self.returns.items() if one < week})

    def also(self, *others: AcceptedReturn) -> SamplePast:
        """These returns too, instead of those of their weeks."""
        return SamplePast({**self.returns, **{other.week: other for other in others}})


def sample_past(edition: Edition, city: str) -> SamplePast:
    """A city's returns of all weeks, as the truth has them."""
    return sample_pasts(edition, city)[city]


def sample_pasts(edition: Edition, only: str = "") -> dict[str, SamplePast]:
    """City -> its returns of all weeks, as the truth has them; of one city `only`."""
    values: dict[tuple[str, IsoWeek], dict[FigureKey, PastValue]] = {}
    weeks = {str(week): week for week in edition.weeks}
    with gzip.open(RETURNS / "truth" / "observations.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        next(lines)
        rows = csv.reader(line for line in lines if f",{only}," in line or not only)
        for iso_week, city, point, measure, breakdown, category, value, flag in rows:
            of_return = values.setdefault((city, weeks[iso_week]), {})
            of_return[point, measure, breakdown, category] = (
                Decimal(value) if value else None,
                flag,  # type: ignore[assignment]
            )
    returns: dict[str, dict[IsoWeek, AcceptedReturn]] = {}
    for (city, week), of_return in values.items():
        nil = frozenset(true_nils().get((str(week), city), {}))
        areas = nil & set(edition.facts.areas)
        made = accepted_return(week, of_return, nil_points=nil - areas, nil_areas=areas)
        returns.setdefault(city, {})[week] = made
    return {city: SamplePast(of_city) for city, of_city in returns.items()}
