"""Carrying out a layout: from the rows of a file to figures, nil declarations and troubles.

Lives here: placing each cell, turning labels into codes, counting every cell of the file.
Must not live here: verdicts and messages (`pipelines.judging`), how several cells become one (`combine`).

Every filled cell of a file ends in exactly one of three counts: mapped (it gives a figure, a fact, or
their place), ignored (the layout says why), refused (a trouble says why).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from schemas.contract import CITY_LEVEL, Edition, ServicePoint
from schemas.details import AsTyped, Detail, Listed
from schemas.tables import nearest
from schemas.verdicts import CellCounts
from schemas.weeks import IsoWeek
from sources.cells import Sheet, Value, Workbook, is_blank
from sources.layouts.days import day_readings, parse_day
from sources.layouts.facts import collect_facts, frozen_facts
from sources.layouts.library import KnownLayout
from sources.layouts.model import Header, RowRule, Sheets, Table
from sources.layouts.numbers import Figure, NotAFigure
from sources.layouts.outcome import Fact, MappedCell, NilDeclaration, Place, Reading, Trouble
from sources.layouts.repeated import Block, OtherWeeksSeen
from sources.layouts.rows import (
    FIGURE_PLACES,
    NO_COLUMN,
    AssignedSheet,
    Frame,
    HeaderSeen,
    PlacedColumn,
    RowSeen,
    assigned_sheets,
    captured,
    find_headers,
    known_name,
    sheet_name,
    walk_rows,
)
from sources.layouts.texts import folded, folded_names, names_in, text_of
from sources.layouts.words import Item, Unknown

_At = tuple[Sheet, int, int]
"""A cell by sheet, row and column, as long as nobody needs its address."""


@dataclass(frozen=True, slots=True)
class _Point:
    """A service point as named in the file: its code ('' for the city as a whole) and kind."""

    code: str
    kind: str


MOST_CHOICES = 12
"""With more known words than these, an unknown one is not told beside them all."""

MOST_PROPOSALS = 200
"""For so many unknown names of a file the nearest known one is looked for: with more it is another file."""

_REMEMBERED_LABELS = 20_000

_LINE_BREAK = re.compile(r"[\r\n]")
_WHOLE_CITY = _Point("", CITY_LEVEL)
_OTHER_WEEK = PlacedColumn("ignored", {})


def read_return(
    workbook: Workbook,
    known: KnownLayout,
    edition: Edition,
    city: str,
    week: IsoWeek,
    *,
    tells_drift: bool = False,
) -> Reading:
    """Everything that the file says for the city and week, with every filled cell counted.

    The cells come in the order of the file. `tells_drift`: a new column that is empty is ignored and told,
    so is another order of the columns; else such a column is refused, and the order does not count.
    Raises AssertionError if the counts do not add up.
    """
    reading = _Reader(workbook, known, edition, city, week, tells_drift).run()
    counts = reading.counts
    assert counts.read == counts.mapped + counts.ignored + counts.refused, counts
    return reading


def missing_headers(workbook: Workbook, known: KnownLayout) -> tuple[Trouble, ...]:
    """The sheets in which no header of their table is found: all that is told where the week is not known."""
    return tuple(
        _no_header(sheet, header)
        for sheet, spec, _ in assigned_sheets(workbook, known)
        if spec is not None and spec.table is not None
        if (header := known.layout.tables[spec.table].header) is not None
        and sheet.filled_cells
        and not find_headers(sheet, known.layout.tables[spec.table], known.frames)
    )


def _no_header(sheet: Sheet, header: Header) -> Trouble:
    expected = ", ".join(names_in(text)[0] for text in header.anchor)
    details: dict[str, Detail] = {"found": sheet.name or sheet.file, "expected": expected}
    return Trouble("no_header", Place(sheet.file, sheet_name(sheet)), details)


class _Reader:
    """One pass over a workbook; its lists are filled while it runs and frozen at the end."""

    def __init__(
        self,
        workbook: Workbook,
        known: KnownLayout,
        edition: Edition,
        city: str,
        week: IsoWeek,
        tells_drift: bool,
    ) -> None:
        self._workbook, self._known, self._edition, self._week = workbook, known, edition, week
        self._layout, self._tells_drift = known.layout, tells_drift
        self._roster = {point.code.casefold(): point for point in edition.roster(city, week)}
        self._points_of_any_week = {p.code.casefold(): p for p in edition.service_points if p.city == city}
        self._cells: list[MappedCell] = []
        self._nils: list[NilDeclaration] = []
        self._troubles: list[Trouble] = []
        self._facts: dict[str, list[Fact]] = {}
        self._mapped = self._ignored = self._refused = self._data_rows = 0
        self._unplaced: set[tuple[str, str]] = set()
        self._listed: dict[str, str] = {}
        self._proposed: dict[tuple[str, tuple[str, ...]], str | None] = {}
        self._points: dict[str, _Point | None] = {}
        self._found_in_any_week: dict[str, _Point | None] = {}
        self._told: set[tuple[str, str, str]] = set()
        self._known_labels: set[tuple[str, str, str]] = set()
        self._other_weeks = OtherWeeksSeen(week, known.figures)
        self._blocks: tuple[Block, ...] = ()
        self._adds_rows = self._layout.combine is not None and self._layout.combine.adds_rows
        self._kinds = (*edition.facts.service_kinds, CITY_LEVEL)
        self._city_level = {folded(text) for text in self._layout.service_points.city_level}

    def run(self) -> Reading:
        seen_sheets: dict[str, Sheet] = {}
        unknown_sheets = []
        for sheet, spec, says in self._lists_first():
            if spec is None:
                unknown_sheets.append(sheet)
                continue
            seen_sheets.setdefault(folded(known_name(sheet)), sheet)
            if spec.table is None:
                self._ignored += sheet.filled_cells
            else:
                self._read_sheet(sheet, spec, self._layout.tables[spec.table], says)
        self._other_sheets([sheet for sheet in unknown_sheets if sheet.filled_cells], seen_sheets)
        counts = CellCounts(
            read=self._workbook.filled_cells,
            mapped=self._mapped,
            ignored=self._ignored,
            refused=self._refused,
        )
        return Reading(
            frozen_facts(self._facts),
            tuple(self._cells),
            tuple(self._nils),
            tuple(self._troubles),
            counts,
            self._data_rows,
            frozenset(self._unplaced),
            self._other_weeks.weeks(),
        )

    # sheets

    def _lists_first(self) -> list[AssignedSheet]:
        """The sheets in the order of the file, but those first that list service points."""

        def lists(assigned: AssignedSheet) -> bool:
            spec = assigned[1]
            table = self._layout.tables.get(spec.table or "") if spec is not None else None
            return table is not None and any(rule.lists_service_points for rule in table.rows)

        return sorted(assigned_sheets(self._workbook, self._known), key=lambda assigned: not lists(assigned))

    def _other_sheets(self, others: Sequence[Sheet], seen: Mapping[str, Sheet]) -> None:
        """The sheets that are not the layout's, and those it lacks; where it is one each, it was renamed."""
        missing = self._missing_sheets(seen.keys())
        self._refused += sum(sheet.filled_cells for sheet in others)
        unknown = []
        for sheet in others:
            same = next((seen[name] for name in self._names_of(sheet) if name in seen), None)
            if same is None:
                unknown.append(sheet)
            else:
                place = Place(sheet.file, sheet_name(sheet))
                self._trouble("sheet_twice", place, found=sheet.name, first=same.name)
        if len(unknown) == len(missing) == 1:
            place = Place(unknown[0].file, sheet_name(unknown[0]))
            self._trouble("renamed_sheet", place, found=unknown[0].name, expected=missing[0])
            return
        names = [name for given in self._layout.sheet_names for name in names_in(given)]
        names += self._roster_codes() if any(spec.matching for spec in self._layout.sheets) else []
        for sheet in unknown:
            place = Place(sheet.file, sheet_name(sheet))
            self._trouble("unknown_sheet", place, found=sheet.name, nearest=self._nearest(sheet.name, names))
        for name in missing:
            self._trouble("missing_sheet", Place(self._workbook.sheets[0].file), expected=name)

    def _names_of(self, sheet: Sheet) -> frozenset[str]:
        """All names of the layout's sheet that this one is by its name."""
        known = map(folded_names, self._layout.sheet_names)
        return next((names for names in known if folded(known_name(sheet)) in names), frozenset())

    def _missing_sheets(self, seen: Set[str]) -> list[str]:
        if self._layout.formats == ("csv",):
            return []
        return [
            names_in(name)[0]
            for spec in self._layout.sheets
            for name in spec.names
            if seen.isdisjoint(folded_names(name)) and not spec.optional and spec.ignore is None
        ]

    def _read_sheet(self, sheet: Sheet, spec: Sheets, table: Table, says: Mapping[str, str]) -> None:
        headers = find_headers(sheet, table, self._known.frames)
        if table.header is not None and sheet.filled_cells and not headers:
            self._refused += sheet.filled_cells
            self._troubles.append(_no_header(sheet, table.header))
            return
        frame: Frame | None = None
        self._blocks = self._other_weeks.see_header(())
        for seen in walk_rows(sheet, table, says, self._known.frames, headers):
            if isinstance(seen, HeaderSeen):
                following = (header.anchor_row for header in headers if header.anchor_row > seen.anchor_row)
                frame = self._read_header(sheet, seen, next(following, len(sheet.rows)))
            else:
                collect_facts(sheet, seen, self._facts)
                self._read_row(sheet, spec, seen, frame or seen.frame)

    # headers

    def _read_header(self, sheet: Sheet, seen: HeaderSeen, end: int) -> Frame:
        """Count the header's cells; mark columns refused that name what is not known.

        end: the row at which its table ends.
        """
        columns, headings = list(seen.frame.columns), seen.frame.table.headings
        of_other_weeks: list[tuple[int, Mapping[str, str]]] = []
        for index, column in enumerate(columns):
            filled = [row for row in seen.lines if not is_blank(sheet.value(row, index))]
            where = max(filled, default=seen.anchor_row)
            place = self._place(sheet, where, index)
            at = (sheet, where, index)
            if not filled and column.role == "refused":
                columns[index] = NO_COLUMN
            elif self._tells_drift and self._is_new(column) and _is_empty(sheet, seen, index, end):
                self._trouble("new_empty_column", place, found=_heading(seen, index))
                columns[index] = NO_COLUMN
                self._ignored += len(filled)
            elif column.role == "refused":
                self._tell_refused_column(seen, index, place)
                self._refused += len(filled)
            elif column.role == "unnamed":
                self._refused += len(filled)
            elif column.role == "ignored":
                self._ignored += len(filled)
            elif not self._is_own_week(column.says):
                columns[index] = _OTHER_WEEK
                self._ignored += len(filled)
                if column.role == "values":
                    of_other_weeks.append((index, column.says))
            elif column.role == "values" and not self._heading_known(column.says, at, headings):
                columns[index] = PlacedColumn("refused", column.says)
                self._refused += len(filled)
            else:
                self._mapped += len(filled)
        if self._layout.other_weeks is not None:
            self._one_column_for_the_week(sheet, seen, columns)
            self._blocks = self._other_weeks.see_header(of_other_weeks)
        frame = replace(seen.frame, columns=tuple(columns))
        if self._tells_drift and seen.frame.moved:
            self._tell_moved(sheet, seen, frame.moved)
        return frame

    def _tell_refused_column(self, seen: HeaderSeen, index: int, place: Place) -> None:
        text = _heading(seen, index)
        if seen.frame.columns[index].number >= 0:
            self._trouble("column_twice", place, found=text)
        else:
            self._trouble("unknown_column", place, found=text, nearest=self._nearest_heading(seen, index))

    def _tell_moved(self, sheet: Sheet, seen: HeaderSeen, moved: tuple[int, ...]) -> None:
        """Once a sheet, however many tables of it have their columns in another order."""
        names = ", ".join(f"«{_heading(seen, index)}»" for index in moved)
        if not moved or ("columns_moved", names, sheet.name) in self._told:
            return
        self._told.add(("columns_moved", names, sheet.name))
        places = [self._place(sheet, seen.anchor_row, index) for index in moved]
        cells = tuple(place.cell or "" for place in places)
        self._troubles.append(Trouble("columns_moved", places[0], {"found": names}, cells))

    def _nearest_heading(self, seen: HeaderSeen, index: int) -> str | None:
        """The nearest of the headings that the table may have, service points too; the last line first."""
        points = [*self._roster_codes(), *self._layout.service_points.city_level]
        known = [*seen.frame.table.headings, *points]
        close = (self._nearest(text, known) for text in reversed(seen.texts[index]) if text)
        return next((name for name in close if name is not None), None)

    def _is_new(self, column: PlacedColumn) -> bool:
        """Whether a heading is none of the layout's, or names a service point or label that is not known."""
        if column.role != "values":
            return column.role == "refused"
        says = column.says
        if "service_point" in says and self._find_point(says["service_point"]) is None:
            return True
        return "measure" in says and self._unknown_label(says) is not None

    def _heading_known(self, says: Mapping[str, str], at: _At, headings: Iterable[str]) -> bool:
        if "service_point" in says and self._point(says["service_point"], at, headings) is None:
            return False
        return "measure" not in says or self._labels_known(says, lambda _: at)

    def _one_column_for_the_week(self, sheet: Sheet, seen: HeaderSeen, columns: list[PlacedColumn]) -> None:
        own = [i for i, c in enumerate(columns) if c.role == "values" and self._is_own_week(c.says)]
        if not own:
            self._trouble("week_column", self._place(sheet, seen.anchor_row, 0), expected=self._week)
        for index in own[1:]:
            place = self._place(sheet, seen.anchor_row, index)
            self._trouble("week_column_twice", place, expected=self._week)
            columns[index] = PlacedColumn("refused", columns[index].says)

    def _is_own_week(self, says: Mapping[str, str]) -> bool:
        if "week" not in says:
            return True
        return says["week"].lstrip("0") == str(self._week.number) and (
            "year" not in says or says["year"] == str(self._week.year)
        )

    # rows

    def _read_row(self, sheet: Sheet, spec: Sheets, seen: RowSeen, frame: Frame) -> None:
        filled = [
            i for i, v in enumerate(seen.cells) if v != "" and (v.__class__ is float or not is_blank(v))
        ]
        rule = seen.rule
        if sheet.is_csv and any(_LINE_BREAK.search(str(seen.cells[index])) for index in filled):
            self._refused += len(filled)
            self._trouble("line_break", self._place(sheet, seen.row, filled[0]))
            return
        if rule is None:
            self._refuse_row(sheet, seen, filled)
            return
        if rule.ignore is not None:
            self._ignore_row(sheet, seen, frame, filled, rule)
        elif rule.values:
            self._read_values(sheet, spec, seen, frame, filled)
        else:
            self._read_labels(sheet, spec, seen, frame, filled, rule)
        if rule.nil:
            self._declare_nil(spec, seen.says, (sheet, seen.row, min(seen.used)))

    def _refuse_row(self, sheet: Sheet, seen: RowSeen, filled: list[int]) -> None:
        self._refused += len(filled)
        label = text_of(seen.cells[filled[0]])
        self._trouble(
            "unknown_row",
            self._place(sheet, seen.row, filled[0]),
            found=label,
            nearest=self._nearest(
                label, (*self._known.words.all_measure_labels, *seen.frame.table.row_labels)
            ),
        )

    def _ignore_row(
        self, sheet: Sheet, seen: RowSeen, frame: Frame, filled: list[int], rule: RowRule
    ) -> None:
        for index in filled:
            if rule.texts_only and self._is_number_in_values(seen, frame, index):
                self._out_of_place(sheet, seen, index)
            else:
                self._ignored += 1

    def _read_labels(
        self, sheet: Sheet, spec: Sheets, seen: RowSeen, frame: Frame, filled: list[int], rule: RowRule
    ) -> None:
        """A heading, a fact, a list's entry: its labels are mapped, and no figure may stand beside them."""
        if rule.lists_service_points:
            self._listed[folded(seen.says["service_point"])] = seen.says["category"]
        for index in filled:
            role = frame.column(index).role
            if index in seen.used or role == "label":
                self._mapped += 1
            elif role == "ignored":
                self._ignored += 1
                self._repeat_nil(spec, seen, (sheet, seen.row, index))
            elif role == "values" and rule.nil_values is not None:
                self._read_nil_cell(spec, seen, (sheet, seen.row, index))
            else:
                self._out_of_place(sheet, seen, index)

    def _is_number_in_values(self, seen: RowSeen, frame: Frame, index: int) -> bool:
        value = seen.cells[index]
        is_value_column = frame.column(index).role == "values"
        return is_value_column and isinstance(self._known.figures.read(value), Figure)

    def _read_nil_cell(self, spec: Sheets, seen: RowSeen, at: _At) -> None:
        assert seen.rule is not None and seen.rule.nil_values is not None
        text = text_of(seen.cells[at[2]])
        groups = captured(seen.rule.nil_values, text)
        if groups is None:
            self._refused += 1
            self._trouble("nil_form", self._place(*at), found=text)
            return
        self._mapped += 1
        self._declare_nil(spec, {**seen.says, **groups}, at)

    def _declare_nil(self, spec: Sheets, says: Mapping[str, str], at: _At) -> None:
        place = self._place(*at)
        reason = says.get("reason", "")
        label = says.get("area")
        point_label = says.get("service_point")
        if label is not None or point_label is None:
            area = spec.area if label is None else self._area(label)
            if area is None:
                names = [
                    *self._layout.nil_areas,
                    *self._known.words.area_labels(self._edition.facts.area_list),
                ]
                close = self._nearest(label or "", [*names, *self._roster_codes()])
                self._trouble("unknown_area", place, found=label or "", nearest=close)
            else:
                self._nils.append(NilDeclaration("", area, reason, place))
            return
        point = self._point(point_label, at)
        if point is not None:
            self._nils.extend(self._nils_of(point, reason, place))

    def _nils_of(self, point: _Point, reason: str, place: Place) -> tuple[NilDeclaration, ...]:
        """A service point without activity; of the city as a whole, all that is counted of it."""
        areas = sorted({measure.area for measure in self._edition.measures_of(point.kind)})
        if point.code:
            areas = areas[:1]
        return tuple(NilDeclaration(point.code, area, reason, place) for area in areas)

    def _repeat_nil(self, spec: Sheets, seen: RowSeen, at: _At) -> None:
        """Note a nil that a column of another week declares, where it tells of what."""
        week = self._other_weeks.week_at(at[2])
        form = None if seen.rule is None else seen.rule.nil_values
        groups = None if week is None or form is None else captured(form, text_of(seen.cells[at[2]]))
        if week is None or groups is None:
            return
        says = {**seen.says, **groups}
        reason, place = says.get("reason", ""), self._place(*at)
        nils: tuple[NilDeclaration, ...] = ()
        if "area" in says or "service_point" not in says:
            area = self._area(says["area"]) if "area" in says else spec.area
            if area is not None:
                nils = (NilDeclaration("", area, reason, place),)
        else:
            point = self._point_of_any_week(says["service_point"])
            if point is not None:
                nils = self._nils_of(point, reason, place)
        for nil in nils:
            self._other_weeks.see_nil(week, nil)

    def _area(self, label: str) -> str | None:
        for name, area in self._layout.nil_areas.items():
            if folded(name) == folded(label):
                return area
        if self._layout.nil_areas:
            return None
        return self._known.words.area(label, self._edition.facts.area_list)

    def _read_values(
        self, sheet: Sheet, spec: Sheets, seen: RowSeen, frame: Frame, filled: Iterable[int]
    ) -> None:
        says = seen.says
        self._data_rows += 1
        for block in self._blocks:
            self._repeat_row(block, sheet, seen)

        def at(place: str) -> _At:
            return (sheet, seen.row, seen.column_of(place))

        row_known = "measure" not in says or self._labels_known(says, at)
        if row_known and "service_point" in says:
            row_known = self._point(says["service_point"], at("service_point")) is not None
        part = sheet.name if spec.parts else ""
        given = FIGURE_PLACES.intersection(says)
        columns, width = frame.columns, len(frame.columns)
        for index in filled:
            column = columns[index] if index < width else NO_COLUMN
            role = column.role
            if role == "ignored":
                self._ignored += 1
            elif role == "label":
                self._mapped += 1
            elif role == "refused":
                self._refused += 1
            elif role == "unnamed":
                self._out_of_place(sheet, seen, index)
            elif not row_known:
                self._refused += 1
                self._remember_unplaced({**column.says, **says})
            elif column.gives & given:
                self._out_of_place(sheet, seen, index)
            else:
                self._read_figure((sheet, seen.row, index), part, seen.cells[index], says, column.says)

    def _repeat_row(self, block: Block, sheet: Sheet, seen: RowSeen) -> None:
        """Note what a row holds of other weeks, where its labels tell whose figures they are."""
        says = {**block.says, **seen.says} if block.says else seen.says
        point = self._point_of_any_week(says.get("service_point"))
        if point is None:
            return
        labels = (says.get("measure", ""), says.get("breakdown", ""), says.get("category", ""))
        item = self._item((point.kind, *labels))
        if isinstance(item, Item):
            key = (point.code, item.measure, item.breakdown, item.category)
            self._other_weeks.see_row(block, key, sheet, seen.row, seen.cells)

    def _read_figure(
        self, at: _At, part: str, value: Value, row: Mapping[str, str], column: Mapping[str, str]
    ) -> None:
        """Read one value cell, placed by what its row and its column say (never both the same)."""
        label = row.get("service_point") or column.get("service_point")
        point = _WHOLE_CITY if label is None else self._point(label, at)
        if point is None:
            self._refused += 1
            return
        key = (
            point.kind,
            row.get("measure") or column.get("measure", ""),
            row.get("breakdown") or column.get("breakdown", ""),
            row.get("category") or column.get("category", ""),
        )
        item = self._item(key)
        if isinstance(item, Unknown):
            self._refused += 1
            self._remember_unplaced({**column, **row})
            self._tell_unknown(item, at)
            return
        figure = self._known.figures.read(value)
        if figure is None:
            return
        day_text = row.get("day") or column.get("day")
        day = None if day_text is None else self._day(day_text, at)
        if day_text is not None and day is None:
            self._refused += 1
            return
        place = self._place(*at)
        if isinstance(figure, NotAFigure):
            self._refused += 1
            details: dict[str, Detail] = {
                "found": text_of(value),
                **{
                    name: AsTyped(number=reading)
                    for name, reading in zip(("first", "second"), figure.readings, strict=False)
                },
            }
            about = (point.code, item.measure, item.breakdown, item.category)
            self._troubles.append(Trouble(f"figure_{figure.reason}", place, details, figure=about))
            return
        self._mapped += 1
        if self._adds_rows and self._edition.measures_by_code[item.measure].kind != "stock":
            part = str(at[1])
        self._cells.append(
            MappedCell(
                point.code,
                item.measure,
                item.breakdown,
                item.category,
                figure.value,
                figure.flag,
                day,
                part,
                place,
            )
        )

    def _remember_unplaced(self, says: Mapping[str, str]) -> None:
        """The service point and measure of a refused cell, where its labels tell as much."""
        label = says.get("service_point")
        point = _WHOLE_CITY if label is None else self._find_point(label)
        item = None if point is None else self._item((point.kind, says.get("measure", ""), "", ""))
        if point is not None and isinstance(item, Item):
            self._unplaced.add((point.code, item.measure))

    # labels

    def _labels_known(self, says: Mapping[str, str], at: Callable[[str], _At]) -> bool:
        """Whether measure, breakdown and category are known; the one that is not is told."""
        unknown = self._unknown_label(says)
        if unknown is not None:
            self._tell_unknown(unknown, at("breakdown" if unknown.what == "not_of_measure" else unknown.what))
        return unknown is None

    def _unknown_label(self, says: Mapping[str, str]) -> Unknown | None:
        """The one of measure, breakdown and category that is known for no kind of service point."""
        labels = (says.get("measure", ""), says.get("breakdown", ""), says.get("category", ""))
        if labels in self._known_labels:
            return None
        unknown: Unknown | None = None
        for kind in self._kinds:
            item = self._item((kind, *labels))
            if isinstance(item, Item):
                self._known_labels.add(labels)
                return None
            if item.what != "of_other_kind" and (unknown is None or unknown.what == "measure"):
                unknown = item
        assert unknown is not None
        if unknown.what == "measure":
            unknown = Unknown("measure", unknown.label, self._known.words.all_measure_labels)
        return unknown

    def _item(self, key: tuple[str, str, str, str]) -> Item | Unknown:
        """What kind of service point, measure, breakdown and category labels mean together."""
        memory = self._known.items
        item = memory.get(key)
        if item is None:
            if len(memory) >= _REMEMBERED_LABELS:
                memory.clear()
            item = memory[key] = self._known.words.item(*key)
        return item

    def _tell_unknown(self, unknown: Unknown, at: _At) -> None:
        is_unknown = unknown.what in ("measure", "breakdown", "category")
        kind = f"unknown_{unknown.what}" if is_unknown else unknown.what
        # In the contract's own words a measure's label is its code: show its name.
        measure = self._edition.measures_by_code.get(unknown.label)
        found = measure.label_it if measure is not None else unknown.label
        few = dict.fromkeys(unknown.known)
        self._trouble(
            kind,
            self._place(*at),
            found=found,
            nearest=self._nearest(unknown.label, unknown.known),
            choices=Listed(what="word", codes=tuple(few)) if 0 < len(few) <= MOST_CHOICES else None,
        )

    def _nearest(self, text: str, known: Sequence[str]) -> str | None:
        """The known name that an unknown one of the file may have meant."""
        asked = (text, tuple(known))
        if asked not in self._proposed:
            if len(self._proposed) >= MOST_PROPOSALS:
                return None
            self._proposed[asked] = nearest(*asked)
        return self._proposed[asked]

    def _point(self, label: str, at: _At, headings: Iterable[str] = ()) -> _Point | None:
        """The service point that a label names; told once when there is none on the roster.

        headings: what else the label may have meant to say, where it is a column's.
        """
        if label not in self._points:
            self._points[label] = self._find_point(label)
        point = self._points[label]
        if point is None and ("service_point", label, at[0].name) not in self._told:
            self._told.add(("service_point", label, at[0].name))
            code = self._code_of(label)
            elsewhen = self._points_of_any_week.get(code.casefold())
            self._trouble(
                "service_point_not_on_roster" if elsewhen is not None else "unknown_service_point",
                self._place(*at),
                found=label,
                nearest=self._nearest(code, [*self._roster_codes(), *headings]),
            )
        return point

    def _find_point(self, label: str) -> _Point | None:
        return self._point_among(self._roster, label)

    def _point_of_any_week(self, label: str | None) -> _Point | None:
        """The service point that a label names, on the roster in whatever week."""
        if label is None:
            return _WHOLE_CITY
        if label not in self._found_in_any_week:
            self._found_in_any_week[label] = self._point_among(self._points_of_any_week, label)
        return self._found_in_any_week[label]

    def _point_among(self, points: Mapping[str, ServicePoint], label: str) -> _Point | None:
        if folded(label.removeprefix("=")) in self._city_level:
            return _WHOLE_CITY
        found = points.get(self._code_of(label).casefold())
        return None if found is None else _Point(found.code, found.kind)

    def _code_of(self, label: str) -> str:
        named = self._layout.service_points
        if named.listed:
            return self._listed.get(folded(label), "")
        return named.code_of(label)

    def _roster_codes(self) -> list[str]:
        return [point.code for point in self._roster.values()]

    def _day(self, text: str, at: _At) -> dt.date | None:
        day = parse_day(text)
        if day is not None and self._is_of_week(day):
            return day
        if ("day", text, at[0].name) not in self._told:
            self._told.add(("day", text, at[0].name))
            self._tell_other_day(text, self._place(*at))
        return None

    def _tell_other_day(self, text: str, place: Place) -> None:
        """A day outside the week; asked about where another way of reading it is a day of the week."""
        readings = day_readings(text, self._week.year)
        if len(readings) > 1 and any(self._is_of_week(day) for day in readings):
            first, second = readings
            self._trouble("day_two_readings", place, found=text, first=first, second=second)
        else:
            self._trouble("day_outside_week", place, found=text, expected=self._week)

    def _is_of_week(self, day: dt.date) -> bool:
        return self._week.monday <= day <= self._week.sunday

    # places and troubles

    def _place(self, sheet: Sheet, row: int, column: int) -> Place:
        return Place(sheet.file, sheet_name(sheet), sheet.address(row, column))

    def _out_of_place(self, sheet: Sheet, seen: RowSeen, index: int) -> None:
        self._refused += 1
        self._trouble("out_of_place", self._place(sheet, seen.row, index), found=text_of(seen.cells[index]))

    def _trouble(self, kind: str, place: Place, **details: Detail | None) -> None:
        self._troubles.append(Trouble(kind, place, {k: v for k, v in details.items() if v is not None}))


def _heading(seen: HeaderSeen, index: int) -> str:
    return " / ".join(text for text in seen.texts[index] if text)


def _is_empty(sheet: Sheet, seen: HeaderSeen, index: int, end: int) -> bool:
    """Whether nothing stands below a heading, down to where its table ends."""
    return all(is_blank(sheet.value(row, index)) for row in range(max(seen.lines) + 1, end))
