"""What a return is judged against: the contract, what the sender claims, what was accepted before.

Lives here: the question put to the judge, and the form in which the past is asked for.
Must not live here: where the past is kept (`pipelines.judged`).
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from schemas.contract import CITY_LEVEL, TOTAL, Edition, Flag
from schemas.details import Detail
from schemas.digests import digest_of, line_end, line_start
from schemas.weeks import IsoWeek
from sources.layouts.combine import Figure
from sources.layouts.library import LayoutLibrary
from sources.layouts.outcome import NilDeclaration, Place
from sources.layouts.repeated import RepeatedWeek
from sources.personal.data import usual_vocabulary
from sources.personal.vocabulary import Vocabulary

FigureKey = tuple[str, str, str, str]
"""service point, measure, breakdown, category"""

PastValue = tuple[Decimal | None, Flag]
"""The value of a figure accepted earlier, None for ND and NA."""


@dataclass(frozen=True, eq=False)
class WeekTotals:
    """The totals of one return: a value a service point and measure; what it declares nil."""

    week: IsoWeek
    values: Mapping[tuple[str, str], PastValue]
    nil_points: frozenset[str]
    nil_areas: frozenset[str]

    def value(self, point: str, measure: str) -> Decimal | None:
        """The value; None for ND, NA and not reported."""
        found = self.values.get((point, measure))
        return None if found is None else found[0]

    def is_nil(self, point: str, *areas: str) -> bool:
        """Whether a service point, or one of the areas, is declared without activity."""
        return point in self.nil_points or any(area in self.nil_areas for area in areas)

    @cached_property
    def by_measure(self) -> Mapping[str, tuple[Decimal, frozenset[str]]]:
        """Measure -> its sum over the service points (NA counts 0), and those that are in the sum."""
        sums: dict[str, Decimal] = {}
        points: dict[str, set[str]] = {}
        for (point, measure), (value, flag) in self.values.items():
            if flag != "ND":
                sums[measure] = sums.get(measure, Decimal(0)) + (value or Decimal(0))
                points.setdefault(measure, set()).add(point)
        return {measure: (total, frozenset(points[measure])) for measure, total in sums.items()}


@dataclass(frozen=True)
class AcceptedReturn:
    """A return accepted earlier, valid when another one arrives."""

    submission_id: str
    week: IsoWeek
    version: int
    sha256: str
    received_at: dt.datetime
    values: Mapping[FigureKey, PastValue]
    nil_points: frozenset[str]
    nil_areas: frozenset[str]

    @cached_property
    def totals(self) -> WeekTotals:
        """Its totals alone."""
        totals = {(key[0], key[1]): value for key, value in self.values.items() if key[2] == TOTAL}
        return WeekTotals(self.week, totals, self.nil_points, self.nil_areas)

    @cached_property
    def digest(self) -> str:
        """The digest of its figures (`schemas.digests`)."""
        return digest_of(line_start(*key) + line_end(*value) for key, value in sorted(self.values.items()))


class Past(Protocol):
    """The accepted returns of one city, as they were at the arrival that is being judged."""

    def accepted_weeks(self) -> frozenset[IsoWeek]:
        """The weeks that have an accepted return."""

    def valid(self, week: IsoWeek) -> AcceptedReturn | None:
        """The return valid for a week: its last accepted version."""

    def totals(self, week: IsoWeek) -> WeekTotals | None:
        """The totals of the return valid for a week: read much faster than all its figures."""

    def digest(self, week: IsoWeek) -> str | None:
        """The digest of the figures of the return valid for a week: kept where the figures are not."""
        accepted = self.valid(week)
        return None if accepted is None else accepted.digest


class NoPast:
    """A city that has sent nothing yet."""

    def accepted_weeks(self) -> frozenset[IsoWeek]:
        return frozenset()

    def valid(self, week: IsoWeek) -> AcceptedReturn | None:
        return None

    def totals(self, week: IsoWeek) -> WeekTotals | None:
        return None

    def digest(self, week: IsoWeek) -> str | None:
        return None


class Pasts(Protocol):
    """The past of every city, at one instant."""

    def of(self, city: str) -> Past:
        """The accepted returns of a city."""


class NoPasts:
    """A network that has sent nothing yet."""

    def of(self, city: str) -> Past:
        return NoPast()


@dataclass(frozen=True)
class Contract:
    """An edition with the layouts its cities send in, which are read when the first return is judged."""

    edition: Edition
    read_layouts: Callable[[], LayoutLibrary]
    """Raises ContractError."""
    read_vocabulary: Callable[[], Vocabulary] = usual_vocabulary
    """What tells a person's identifier from an office's. Raises ContractError."""

    @cached_property
    def layouts(self) -> LayoutLibrary:
        return self.read_layouts()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return self.read_vocabulary()


ClosedQuarters = Callable[[str], frozenset[str]]
"""City -> the quarters that it may not correct at the arrival: frozen, and not reopened for it."""


def none_closed(city: str) -> frozenset[str]:
    """Nothing was ever frozen."""
    return frozenset()


@dataclass(frozen=True)
class Claim:
    """What the sender says the file is for, where anything is said."""

    city: str | None = None
    week: IsoWeek | None = None


@dataclass(frozen=True)
class ReadReturn:
    """A return whose cover is known, with its figures: what the rules look at."""

    edition: Edition
    city: str
    week: IsoWeek
    version: int | None
    received_at: dt.datetime
    due_at: dt.datetime
    """The deadline of its week, as it was known at its arrival."""
    sha256: str
    figures: Mapping[FigureKey, Figure]
    nils: tuple[NilDeclaration, ...]
    past: Past
    file: Place
    version_place: Place | None = None
    version_text: str = ""
    other_weeks: tuple[RepeatedWeek, ...] = ()
    """The weeks that the file repeats beside its own."""
    closed_quarters: frozenset[str] = frozenset()
    """The quarters that the city may not correct now: frozen, and not reopened for it."""

    @cached_property
    def service_points(self) -> tuple[str, ...]:
        """The service points with a figure, the city as a whole ('') included."""
        return tuple(sorted({key[0] for key in self.figures}))

    def figure(self, point: str, measure: str, breakdown: str = "total", category: str = "") -> Figure | None:
        return self.figures.get((point, measure, breakdown, category))

    def kind_of(self, point: str) -> str:
        return self.edition.service_points_by_code[point].kind if point else CITY_LEVEL

    @cached_property
    def totals(self) -> WeekTotals:
        """The totals of this return, in the form in which those of earlier weeks come."""
        return WeekTotals(
            self.week,
            {
                (f.service_point, f.measure): (f.value, f.flag)
                for f in self.figures.values()
                if f.breakdown == TOTAL
            },
            frozenset(nil.service_point for nil in self.nils if nil.service_point),
            frozenset(nil.area for nil in self.nils if not nil.service_point),
        )

    @cached_property
    def earlier_weeks(self) -> tuple[IsoWeek, ...]:
        """The weeks of the edition before this one, the first one first."""
        return self.edition.weeks[: bisect_left(self.edition.weeks, self.week)]


@dataclass(frozen=True)
class Remark:
    """A finding before it is put into words: the message's kind, where, and what fills it in."""

    kind: str
    place: Place
    details: Mapping[str, Detail] = field(default_factory=dict)
    rule: str | None = None
    """The rule, where the message's own is not the one (messages shared by several rules)."""
    figure: FigureKey | None = None
    """What it is about; measure and the rest are empty where it is about a service point as a whole."""
    cells: tuple[str, ...] = ()
    found: Detail | None = None
    expected: Detail | None = None
    """As the finding keeps them, where that is not what `details` has; '' for nothing."""
