"""Adding a figure up again from the values behind it, with what each service point gave in each week.

Lives here: which values a part sums, which weeks count, what every due cell was answered with.
Must not live here: what a formula means (`schemas.formulas`), reading files, words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, NamedTuple, assert_never

from pipelines.tracing.published import CellKey, DueReturn, Nil, Observation, Observations
from schemas.addresses import Block, blocks_of, listed_cells
from schemas.contract import CITY_LEVEL, Edition
from schemas.formulas import Cell, Part
from schemas.weeks import IsoWeek

Unanswered = Literal["not_available", "not_applicable", "not_reported"]
"""ND, NA and a blank cell. NA is not due; the other two are due and lower the coverage."""

_COUNTING = ("cells_answered", "cells_due")
_FIFTEEN_PLACES = Decimal(10) ** -15


class AddedValue(NamedTuple):
    """A value that a figure is made of: what it counts, its factor, and where it stands."""

    measure: str
    breakdown: str
    category: str
    factor: Decimal
    value: Decimal
    submission_id: str
    file: str
    places: tuple[tuple[str, str], ...]
    """Sheet and address of its cells, whose sum it is."""

    @property
    def key(self) -> CellKey:
        return (self.measure, self.breakdown, self.category)


class UnansweredCell(NamedTuple):
    """A cell without a value, and where that is said (nowhere, for a blank one)."""

    measure: str
    breakdown: str
    category: str
    why: Unanswered
    file: str = ""
    places: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AnsweredBlocks:
    """Where counted cells stand: `values` of them, in the blocks of one sheet."""

    file: str
    sheet: str
    values: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class PointWeek:
    """What a service point ('' for the city as a whole) gives to a part in a week.

    added: its share of the week's figure. values: what adds up to that (empty where the week does not
    count). answered: cells with a value, or nil. due: without those that are not applicable.
    """

    service_point: str
    added: Decimal
    values: tuple[AddedValue, ...]
    answered_in: tuple[AnsweredBlocks, ...]
    unanswered: tuple[UnansweredCell, ...]
    nils: tuple[Nil, ...]
    answered: int
    nil: int
    due: int


@dataclass(frozen=True, slots=True)
class CityWeek:
    """A city's week in a part. `is_counted`: whether the period's figure rests on it."""

    due_return: DueReturn
    value: Decimal | None
    is_counted: bool
    points: tuple[PointWeek, ...]
    cells_answered: int
    cells_due: int

    @property
    def week(self) -> IsoWeek:
        return self.due_return.week


@dataclass(frozen=True, slots=True)
class CityPart:
    """What a part comes to in a city; None where no cell was answered."""

    city: str
    value: Decimal | None
    weeks: tuple[CityWeek, ...]


@dataclass(frozen=True, slots=True)
class PartAdded:
    """What a part comes to, over its cities."""

    part: Part
    cities: tuple[CityPart, ...]

    @property
    def value(self) -> Decimal | None:
        known = [city.value for city in self.cities if city.value is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def cells_answered(self) -> int:
        return sum(week.cells_answered for city in self.cities for week in city.weeks)

    @property
    def cells_due(self) -> int:
        return sum(week.cells_due for city in self.cities for week in city.weeks)


Nils = Mapping[tuple[str, IsoWeek], tuple[Nil, ...]]


def city_parts(
    edition: Edition,
    parts: Iterable[Part],
    city: str,
    due_returns: Sequence[DueReturn],
    observations: Observations,
    nils: Nils,
) -> tuple[CityPart, ...]:
    """The parts of a figure in a city, week by week. due_returns: the city's, in the order of weeks."""
    made: list[CityPart] = []
    counted: list[tuple[PointWeek, ...]] | None = None  # answered or due: the same cells, looked at once
    for part in parts:
        adder = _Adder(edition, part)
        if part.fold not in _COUNTING or counted is None:
            points = [adder.points(due, observations, nils.get((city, due.week), ())) for due in due_returns]
            counted = points if part.fold in _COUNTING else counted
        else:
            points = counted
        weeks = [adder.city_week(due, its) for due, its in zip(due_returns, points, strict=True)]
        made.append(_city_part(part, city, weeks))
    return tuple(made)


def _city_part(part: Part, city: str, weeks: Sequence[CityWeek]) -> CityPart:
    answered = [week for week in weeks if week.value is not None]
    counting = answered[-1:] if part.over_weeks == "last" else answered
    counted = {week.week for week in counting}
    return CityPart(
        city,
        _over_weeks(part, [week.value for week in counting if week.value is not None]),
        tuple(_settled(week, is_counted=week.week in counted) for week in weeks),
    )


def _settled(week: CityWeek, *, is_counted: bool) -> CityWeek:
    """The week, once it is known whether the period's figure rests on it."""
    if is_counted:
        return replace(week, is_counted=True)
    return replace(week, points=tuple(replace(point, values=()) for point in week.points))


def _over_weeks(part: Part, values: Sequence[Decimal]) -> Decimal | None:
    if not values:
        return None
    match part.over_weeks:
        case "sum" | "last":
            return sum(values, Decimal(0))
        case "mean":
            return (sum(values, Decimal(0)) / len(values)).quantize(_FIFTEEN_PLACES)
        case _:
            assert_never(part.over_weeks)


class _Adder:
    """Adds one part up."""

    def __init__(self, edition: Edition, part: Part) -> None:
        self._edition = edition
        self._part = part
        self._cells: dict[str, list[tuple[CellKey, Cell]]] = {}
        for cell in part.cells:
            kind = edition.measures_by_code[cell.measure].service_kind
            self._cells.setdefault(kind, []).append(((cell.measure, cell.breakdown, cell.category), cell))
        self._areas = {cell.measure: edition.measures_by_code[cell.measure].area for cell in part.cells}

    def points(
        self, due: DueReturn, observations: Observations, nils: Sequence[Nil]
    ) -> tuple[PointWeek, ...]:
        roster = [(point.code, point.kind) for point in self._edition.roster(due.city, due.week)]
        return tuple(
            self._point(due, code, self._cells[kind], observations.get((due.city, due.week, code), {}), nils)
            for code, kind in (*roster, ("", CITY_LEVEL))
            if kind in self._cells
        )

    def city_week(self, due: DueReturn, points: tuple[PointWeek, ...]) -> CityWeek:
        answered = sum(point.answered for point in points)
        due_cells = sum(point.due for point in points)
        value, counts = self._of_week(due, points, answered, due_cells)
        return CityWeek(due, value, False, points, *counts)

    def _of_week(
        self, due: DueReturn, points: Sequence[PointWeek], answered: int, due_cells: int
    ) -> tuple[Decimal | None, tuple[int, int]]:
        """The week's figure, and the cells that it rests on: answered, due."""
        match self._part.fold:
            case "returns_on_time":
                is_on_time = int(due.status == "on_time")
                return Decimal(is_on_time), (is_on_time, 0)
            case "returns_due":
                return Decimal(1), (0, 1)
            case "cells_answered":
                return Decimal(answered), (answered, 0)
            case "cells_due":
                return Decimal(due_cells), (0, due_cells)
            case "sum" | "points":
                added = sum((point.added for point in points), Decimal(0))
                return (added if answered else None), (answered, due_cells)
            case _:
                assert_never(self._part.fold)

    def _point(
        self,
        due: DueReturn,
        code: str,
        cells: Sequence[tuple[CellKey, Cell]],
        observed: Mapping[CellKey, Observation],
        nils: Sequence[Nil],
    ) -> PointWeek:
        own_nils = [nil for nil in nils if nil.service_point in ("", code)]
        nil_of = self._nils_of(code, cells, own_nils) if own_nils else {}
        values: list[tuple[Cell, Observation]] = []
        counted: list[Observation] = []
        unanswered: list[UnansweredCell] = []
        nil_cells = 0
        for key, cell in cells:
            found = observed.get(key)
            if found is not None and found.flag == "V":
                values.append((cell, found))
            if key[0] in nil_of:
                nil_cells += 1
            elif found is None:
                unanswered.append(UnansweredCell(*key, "not_reported"))
            elif found.flag == "V":
                counted.append(found)
            else:
                unanswered.append(_told(key, found))
        is_counting = self._part.fold in _COUNTING
        adding = [] if is_counting else self._adding(cells, values)
        return PointWeek(
            service_point=code,
            added=self._added(adding),
            values=tuple(_added_value(cell, found) for cell, found in adding),
            answered_in=_blocks(counted) if is_counting else (),
            unanswered=tuple(unanswered) if due.valid is not None else (),
            nils=tuple(dict.fromkeys(nil_of.values())),
            answered=len(counted) + nil_cells,
            nil=nil_cells,
            due=len(cells) - sum(cell.why == "not_applicable" for cell in unanswered),
        )

    def _nils_of(
        self, point: str, cells: Sequence[tuple[CellKey, Cell]], nils: Sequence[Nil]
    ) -> dict[str, Nil]:
        """Measure -> by what it is declared nil at the service point."""
        found: dict[str, Nil] = {}
        for (measure, _, _), _ in cells:
            for nil in nils:
                if nil.service_point == point if nil.service_point else nil.area == self._areas[measure]:
                    found.setdefault(measure, nil)
        return found

    def _adding(
        self, cells: Sequence[tuple[CellKey, Cell]], values: Sequence[tuple[Cell, Observation]]
    ) -> list[tuple[Cell, Observation]]:
        """What is subtracted adds only where all that it is subtracted from holds a value."""
        to_add = sum(cell.factor > 0 for _, cell in cells)
        has_all = sum(cell.factor > 0 for cell, _ in values) == to_add
        return [(cell, found) for cell, found in values if cell.factor > 0 or has_all]

    def _added(self, values: Sequence[tuple[Cell, Observation]]) -> Decimal:
        if self._part.fold == "points":
            threshold = self._part.threshold
            return Decimal(any(found.value is not None and found.value > threshold for _, found in values))
        return sum((cell.factor * (found.value or 0) for cell, found in values), Decimal(0))


def _added_value(cell: Cell, found: Observation) -> AddedValue:
    assert found.value is not None
    return AddedValue(
        cell.measure,
        cell.breakdown,
        cell.category,
        cell.factor,
        found.value,
        found.submission_id,
        found.file,
        listed_cells(found.sheet, found.cell),
    )


def _told(key: CellKey, found: Observation) -> UnansweredCell:
    why: Unanswered = "not_available" if found.flag == "ND" else "not_applicable"
    return UnansweredCell(*key, why, found.file, listed_cells(found.sheet, found.cell))


def _blocks(observations: Iterable[Observation]) -> tuple[AnsweredBlocks, ...]:
    """The cells of values, sheet by sheet; a value of several sheets is counted in the first one."""
    cells: dict[tuple[str, str], list[str]] = {}
    values: dict[tuple[str, str], int] = {}
    for found in observations:
        places = listed_cells(found.sheet, found.cell)
        values[found.file, places[0][0]] = values.get((found.file, places[0][0]), 0) + 1
        for sheet, address in places:
            cells.setdefault((found.file, sheet), []).append(address)
    return tuple(
        AnsweredBlocks(file, sheet, values.get((file, sheet), 0), blocks_of(addresses))
        for (file, sheet), addresses in cells.items()
    )
