"""Rule S01: a total that departs strongly from the same service point's last weeks.

Lives here: the band that those weeks lead to expect, and the totals outside it.
Must not live here: how many weeks, how wide a band; the rule's entry says it.

The band is made on the scale 2 * sqrt(x + 3/8), on which a Poisson count has a variance of about 1 however
small its mean (Anscombe 1948, Biometrika 35: 246-254): 0, 1, 0, 3 and 30, 41, 35, 28 are judged alike, and
no count divides by a standard deviation of zero. Around the median of the weeks the band reaches as many
deviations as the rule says, and a deviation is halfway between (eight weeks tell little of it themselves)

- that of a Poisson count, widened for what varies more to that of a negative binomial, with the variance
  mean + (spread * mean)^2 (overdispersed counts as in Farrington et al. 1996, J. R. Statist. Soc. A 159:
  547-563, and Noufaily et al. 2013, Statistics in Medicine 32: 1206-1222): never less than this, so that
  zeros without end still let a few through;
- that of the weeks: the largest of their distances from the median but for `odd` of them, so that one wrong
  figure of the past hardly moves the band and does not widen it, while bursts between zeros do. (The median
  of the distances would be 0 in a series that is zero more often than not.)

What comes many at a time (the nights of a guest's whole stay) is counted in that many (`comes_in`): its
variance is as many times that of a count. A value that lies between those of the weeks themselves, but for
`odd` of them at either end, is never told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from statistics import NormalDist, median

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules.weeks_before import last_accepted, values_in
from pipelines.judging.rules.words import addresses
from schemas.contract import TOTAL, Rule
from schemas.details import Bounds
from schemas.thresholds import UnlikeRecentWeeks

_ANSCOMBE = 3 / 8


@dataclass(frozen=True)
class Band:
    """What a total is expected to be, in the measure's unit."""

    typical: float
    low: float
    high: float


def judge_unlike_recent_weeks(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for each total outside the band of its last accepted weeks, where enough hold a value."""
    limits = rule.unlike_recent_weeks
    assert limits is not None
    weeks = last_accepted(given, limits.weeks)
    for (point, code), (value, _) in given.totals.values.items() if len(weeks) >= limits.at_least else ():
        measure = given.edition.measures_by_code[code]
        if value is None or given.totals.is_nil(point, measure.area):
            continue
        recent = sorted(values_in(weeks, point, measure))
        if len(recent) < limits.at_least or recent[limits.odd] <= value <= recent[-1 - limits.odd]:
            continue
        band = band_of([float(one) for one in recent], limits, limits.comes_in.get(code, 1.0))
        if band.low <= value <= band.high:
            continue
        figure = given.figures[point, code, TOTAL, ""]
        unit = Decimal(1).scaleb(-measure.decimals)
        low = Decimal(band.low).quantize(unit, ROUND_CEILING)
        high = Decimal(band.high).quantize(unit, ROUND_FLOOR)
        yield Remark(
            "unlike_recent_weeks",
            figure.places[0],
            {
                "found": value,
                "weeks": str(len(recent)),
                "typical": Decimal(median(recent)),
                "low": low,
                "high": high,
            },
            rule=rule.id,
            figure=figure.key,
            cells=addresses(figure.places, figure.places[0]),
            expected=Bounds(low=low, high=high),
        )


def band_of(recent: Sequence[float], limits: UnlikeRecentWeeks, comes_in: float = 1.0) -> Band:
    """The band that the values of the last weeks lead to expect. `comes_in`: units that come at once."""
    scaled = [_stabilised(value / comes_in) for value in recent]
    middle = median(scaled)
    distances = sorted(abs(one - middle) for one in scaled)
    varies = distances[-1 - limits.odd] / _usual_distance(len(distances), limits.odd)
    at_least = math.sqrt(1 + limits.spread**2 * _count(middle))
    reach = limits.deviations * (at_least + max(varies, at_least)) / 2
    lowest = max(middle - reach, _stabilised(0))
    return Band(*(_count(one) * comes_in for one in (middle, lowest, middle + reach)))


def _stabilised(count: float) -> float:
    return 2 * math.sqrt(count + _ANSCOMBE)


def _count(stabilised: float) -> float:
    return max(0.0, (stabilised / 2) ** 2 - _ANSCOMBE)


@lru_cache
def _usual_distance(count: int, odd: int) -> float:
    """How far from its middle the last but `odd` of so many normal values lies, in standard deviations."""
    below = (count - odd - 0.5) / count
    return NormalDist().inv_cdf((1 + below) / 2)
