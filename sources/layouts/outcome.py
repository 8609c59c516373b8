"""What reading a file by its layout gives: facts, cells, nil declarations, troubles, counts.

Lives here: the types, with the place where each thing stands in the file.
Must not live here: how they are found (`rows`, `facts`, `extract`), or what is made of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from schemas.contract import Flag
from schemas.details import Detail
from schemas.verdicts import CellCounts

if TYPE_CHECKING:
    from sources.layouts.repeated import RepeatedWeek


class Place(NamedTuple):
    """Where something stands; sheet and cell are None for the file as a whole."""

    file: str
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the cover as written."""

    text: str
    place: Place


Facts = Mapping[str, tuple[Fact, ...]]
"""The facts of a file by their name, each with every place where it is stated."""


class MappedCell(NamedTuple):
    """One cell that holds a figure. `day`, `part`: which of the cells that together make one figure."""

    service_point: str
    measure: str
    breakdown: str
    category: str
    value: Decimal | None
    flag: Flag
    day: dt.date | None
    part: str
    place: Place


@dataclass(frozen=True, slots=True)
class NilDeclaration:
    """A service point (or an area, with no service point) declared without activity."""

    service_point: str
    area: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be mapped. `kind` names the message; `details` fill it in."""

    kind: str
    place: Place
    details: Mapping[str, Detail] = field(default_factory=dict)
    cells: tuple[str, ...] = ()
    figure: tuple[str, str, str, str] | None = None
    """Service point, measure, breakdown and category of the figure it is about, where there is one."""


@dataclass(frozen=True)
class Reading:
    """What a file says, before anything is judged."""

    facts: Facts
    """Every place where the file states a fact about itself."""
    cells: tuple[MappedCell, ...]
    nils: tuple[NilDeclaration, ...]
    troubles: tuple[Trouble, ...]
    counts: CellCounts
    data_rows: int
    """Rows that hold figures."""
    unplaced: frozenset[tuple[str, str]] = frozenset()
    """Service point and measure of cells refused because their category is not known."""
    other_weeks: tuple[RepeatedWeek, ...] = ()
    """The weeks that the file repeats in columns of their own."""
