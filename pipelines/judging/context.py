"""What a return is judged against: the contract, what the sender claims, what was accepted before.

Lives here: the question put to the judge, and the form in which the past is asked for.
Must not live here: where the past is kept (`pipelines.judged`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from schemas.contract import Edition, Flag
from schemas.details import Detail
from schemas.weeks import IsoWeek
from sources.layouts.combine import Figure
from sources.layouts.library import LayoutLibrary
from sources.layouts.outcome import NilDeclaration, Place
from sources.personal.data import usual_vocabulary
from sources.personal.vocabulary import Vocabulary

FigureKey = tuple[str, str, str, str]
"""service point, measure, breakdown, category"""


@dataclass(frozen=True)
class AcceptedReturn:
    """A return accepted earlier, valid when another one arrives."""

    submission_id: str
    week: IsoWeek
    version: int
    sha256: str
    received_at: dt.datetime
    values: Mapping[FigureKey, tuple[Decimal | None, Flag]]
    nil_points: frozenset[str]
    nil_areas: frozenset[str]


class Past(Protocol):
    """The accepted returns of one city, as they were at the arrival that is being judged."""

    def accepted_weeks(self) -> frozenset[IsoWeek]:
        """The weeks that have an accepted return."""

    def valid(self, week: IsoWeek) -> AcceptedReturn | None:
        """The return valid for a week: its last accepted version."""


class NoPast:
    """A city that has sent nothing yet."""

    def accepted_weeks(self) -> frozenset[IsoWeek]:
        return frozenset()

    def valid(self, week: IsoWeek) -> AcceptedReturn | None:
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
    sha256: str
    figures: Mapping[FigureKey, Figure]
    nils: tuple[NilDeclaration, ...]
    past: Past
    file: Place
    version_place: Place | None = None
    version_text: str = ""

    @cached_property
    def service_points(self) -> tuple[str, ...]:
        """The service points with a figure, the city as a whole ('') included."""
        return tuple(sorted({key[0] for key in self.figures}))

    def figure(self, point: str, measure: str, breakdown: str = "total", category: str = "") -> Figure | None:
        return self.figures.get((point, measure, breakdown, category))

    def kind_of(self, point: str) -> str:
        return self.edition.service_points_by_code[point].kind if point else "city"


@dataclass(frozen=True)
class Remark:
    """A finding before it is put into words: the message's kind, where, and what fills it in."""

    kind: str
    place: Place
    details: Mapping[str, Detail] = field(default_factory=dict)
    rule: str | None = None
    """The rule, where the message's own is not the one (messages shared by several rules)."""
    figure: FigureKey | None = None
    cells: tuple[str, ...] = ()
    found: str | None = None
    expected: str | None = None
    """As the finding keeps them, where that is not what `details` has."""
