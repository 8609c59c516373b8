"""What was accepted before a return arrives, as plain data.

Lives here: a past made of judgements or of small figures.
Must not live here: where the product keeps the past.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipelines.judging.context import AcceptedReturn, FigureKey, Past, Pasts, WeekTotals
from pipelines.judging.judge import Judgement
from schemas.contract import Flag
from schemas.weeks import IsoWeek


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
