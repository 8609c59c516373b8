"""Carrying out a layout: from a file's cells to facts, figures, nil declarations and troubles.

Lives here: walking sheets row by row, placing each cell, counting every one of them.
Must not live here: verdicts and messages (`pipelines.judging`), how several cells become one (`combine`).

Every filled cell of a file ends in exactly one of three counts: mapped (it gives a figure, a fact, or
their place), ignored (the layout says why), refused (a trouble says why).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import Literal, NamedTuple

from schemas.contract import CITY_LEVEL, Edition, Flag, ServicePoint
from schemas.tables import nearest
from schemas.verdicts import CellCounts
from schemas.weeks import IsoWeek, month_number_it
from sources.cells import Sheet, Value, Workbook, column_index, is_blank
from sources.layouts.library import KnownLayout
from sources.layouts.model import FACTS, Column, Header, RowRule, Sheets, Table, is_letters
from sources.layouts.numbers import Figure, NotAFigure
from sources.layouts.texts import compiled, folded, text_of
from sources.layouts.words import Item, Unknown


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
    details: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[str, ...] = ()


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


@lru_cache(maxsize=262144)
def captured(pattern: str, text: str) -> Mapping[str, str] | None:
    """The named groups of a pattern that matches the whole text, else None."""
    match = compiled(pattern).fullmatch(text)
    if match is None:
        return None
    return {name: value.strip() for name, value in match.groupdict().items() if value is not None}


# --- a sheet as rows with their meaning


_Role = Literal["values", "label", "ignored", "refused", "unnamed"]


@dataclass(frozen=True, slots=True)
class _PlacedColumn:
    """A column as found in a table: its role and what its heading says. `unnamed`: no heading at all."""

    role: _Role
    says: Mapping[str, str]
    fills_down: bool = False
    gives: frozenset[str] = frozenset()
    """Which of a figure's places the heading says."""


def _placed(rule: Column, says: Mapping[str, str]) -> _PlacedColumn:
    role: _Role = "values" if rule.values else "label" if rule.label else "ignored"
    return _PlacedColumn(role, says, rule.fill_down, _FIGURE_PLACES.intersection(says))


_FIGURE_PLACES = frozenset({"measure", "breakdown", "category", "service_point"})


@dataclass(frozen=True)
class _Frame:
    """The table's columns from some row on, and which column a key of `when` means."""

    table: Table
    columns: tuple[_PlacedColumn, ...]
    keys: Mapping[str, int]

    def column(self, index: int) -> _PlacedColumn:
        return self.columns[index] if index < len(self.columns) else _NO_COLUMN

    def index_of(self, key: str) -> int | None:
        """The column that a key means: a letter, or a heading (None: there is no such heading here)."""
        return column_index(key) if is_letters(key) else self.keys.get(folded(key))

    @cached_property
    def rules(self) -> tuple[tuple[RowRule, tuple[tuple[int, str], ...], frozenset[int]], ...]:
        """The row rules that can apply below this header: their columns and patterns."""
        found = []
        for rule in self.table.rows:
            tests = [(self.index_of(key), pattern) for key, pattern in rule.when.items()]
            if all(index is not None for index, _ in tests):
                placed = tuple((index, pattern) for index, pattern in tests if index is not None)
                found.append((rule, placed, frozenset(index for index, _ in placed)))
        return tuple(found)

    @cached_property
    def filled_down(self) -> tuple[int, ...]:
        return tuple(i for i, column in enumerate(self.columns) if column.fills_down)

    @cached_property
    def tested(self) -> tuple[int, ...]:
        """The columns that some rule looks at."""
        return tuple(sorted(frozenset().union(*(used for _, _, used in self.rules))))

    @cached_property
    def memory(self) -> dict[tuple[object, ...], _RuleFound]:
        """Which rule rows of these labels fell under: the same labels come again every week."""
        return {}


_RuleFound = tuple[RowRule | None, Mapping[str, str], frozenset[int]]
_REMEMBERED_ROWS = 20_000

_NO_COLUMN = _PlacedColumn("unnamed", {})


@dataclass(frozen=True)
class _HeaderSeen:
    """An event of the walk: a header, its frame, and the row numbers of its lines."""

    anchor_row: int
    lines: tuple[int, ...]
    frame: _Frame
    texts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _RowSeen:
    """An event of the walk: a filled row, its rule (None: no rule fits) and all that places it."""

    row: int
    cells: list[Value]
    rule: RowRule | None
    says: Mapping[str, str]
    """What sheet, headings and row capture."""
    captured_here: Mapping[str, str]
    used: frozenset[int]
    """The columns that the rule looked at."""
    frame: _Frame

    def column_of(self, place: str) -> int:
        """The column whose text says a place or a fact; the row's first label where a heading said it."""
        for key, pattern in self.rule.when.items() if self.rule is not None else ():
            if f"(?P<{place}>" in pattern:
                return self.frame.index_of(key) or 0
        return min(self.used, default=0)


Frames = dict[tuple[int, tuple[tuple[str, ...], ...]], _Frame]
"""The columns under headings seen before, by table and headings."""


def _walk(
    sheet: Sheet, table: Table, says: Mapping[str, str], frames: Frames
) -> Iterator[_HeaderSeen | _RowSeen]:
    headers = _headers(sheet, table, frames)
    by_anchor = {header.anchor_row: header for header in headers}
    header_rows = {row for header in headers for row in header.lines}
    frame = _framed(frames, table, (), _lettered(table), {})
    context: dict[str, str] = {}
    section: str | None = None
    above: dict[int, Value] = {}
    for number, cells in enumerate(sheet.rows):
        if number in by_anchor:
            frame, above = by_anchor[number].frame, {}
            yield by_anchor[number]
            continue
        if number in header_rows or not any(cells) or all(is_blank(value) for value in cells):
            continue
        labels = cells
        if frame.filled_down:
            labels = [*cells, *[""] * (len(frame.columns) - len(cells))]
            for index in frame.filled_down:
                if is_blank(labels[index]):
                    labels[index] = above.get(index, "")
        rule, captures, used = _rule_for(frame, labels, section)
        if rule is not None and rule.heading is not None:
            context = {**context, **captures} if rule.within is not None else dict(captures)
            section, above = rule.heading, {}
        elif rule is not None and rule.values:
            above = {index: labels[index] for index in frame.filled_down}
        yield _RowSeen(number, cells, rule, {**says, **context, **captures}, captures, used, frame)


def _rule_for(frame: _Frame, labels: list[Value], section: str | None) -> _RuleFound:
    width = len(labels)
    texts = [text_of(labels[index]) if index < width else "" for index in frame.tested]
    key = (section, *texts)
    found = frame.memory.get(key)
    if found is None:
        if len(frame.memory) >= _REMEMBERED_ROWS:
            frame.memory.clear()
        found = frame.memory[key] = _first_rule(frame, dict(zip(frame.tested, texts, strict=True)), section)
    return found


def _first_rule(frame: _Frame, texts: Mapping[int, str], section: str | None) -> _RuleFound:
    for rule, tests, used in frame.rules:
        if rule.within is not None and section not in rule.within:
            continue
        captures: dict[str, str] = {}
        for index, pattern in tests:
            groups = captured(pattern, texts[index])
            if groups is None:
                break
            captures.update(groups)
        else:
            return rule, captures, used
    return None, {}, frozenset()


def _framed(
    frames: Frames,
    table: Table,
    heading: tuple[tuple[str, ...], ...],
    columns: tuple[_PlacedColumn, ...],
    keys: Mapping[str, int],
) -> _Frame:
    """The frame of these headings: the same one for every sheet and week that has them."""
    return frames.setdefault((id(table), heading), _Frame(table, columns, keys))


def _lettered(table: Table) -> tuple[_PlacedColumn, ...]:
    found = {column_index(column.at): _placed(column, {}) for column in table.columns if column.at}
    return tuple(found.get(index, _NO_COLUMN) for index in range(max(found, default=-1) + 1))


def _headers(sheet: Sheet, table: Table, frames: Frames) -> tuple[_HeaderSeen, ...]:
    if table.header is None:
        return ()
    header = table.header
    rows = [n for n, cells in enumerate(sheet.rows) if _holds(cells, header)]
    return tuple(_header_at(sheet, table, header, row, frames) for row in rows)


def _holds(cells: list[Value], header: Header) -> bool:
    """Whether all texts of the anchor stand in a row (its first one is looked for first)."""
    first = folded(header.anchor[0])
    if not any(value.__class__ is str and value and folded(value) == first for value in cells):
        return False
    texts = {folded(value) for value in cells if isinstance(value, str)}
    return all(folded(text) in texts for text in header.anchor)


def _header_at(sheet: Sheet, table: Table, header: Header, anchor_row: int, frames: Frames) -> _HeaderSeen:
    lines = tuple(anchor_row + offset for offset in header.lines)
    width = max((len(sheet.rows[row]) for row in lines if 0 <= row < len(sheet.rows)), default=0)
    texts = []
    for offset, row in zip(header.lines, lines, strict=True):
        cells = sheet.rows[row] if 0 <= row < len(sheet.rows) else []
        line = [text_of(value) for value in cells] + [""] * (width - len(cells))
        if offset in header.fill_right:
            line = _filled_right(line, header.merged_columns)
        texts.append(line)
    stacked = tuple(zip_longest(*texts, fillvalue=""))
    frame = frames.get((id(table), stacked))
    if frame is None:
        frame = _framed(frames, table, stacked, _columns(table, stacked), _keys(header, stacked))
    return _HeaderSeen(anchor_row, lines, frame, stacked)


def _filled_right(line: list[str], at_most: int | None) -> list[str]:
    """The line with the text of a merged cell in each of its columns."""
    filled: list[str] = []
    reach = 0
    for index, text in enumerate(line):
        if text or not index or (at_most is not None and reach >= at_most):
            filled.append(text)
            reach = 1
        else:
            filled.append(filled[-1])
            reach += 1
    return filled


def _columns(table: Table, headings: tuple[tuple[str, ...], ...]) -> tuple[_PlacedColumn, ...]:
    lettered = _lettered(table)
    found = [_column_for(table, heading) for heading in headings]
    for index, column in enumerate(lettered[: len(found)]):
        if column.role != "unnamed":
            found[index] = column
    return tuple(found)


def _keys(header: Header, headings: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    """Which column a heading means: that of the anchor's line, the first of its name."""
    anchor_line = header.lines.index(0) if 0 in header.lines else 0
    keys: dict[str, int] = {}
    for index, heading in enumerate(headings):
        if heading[anchor_line]:
            keys.setdefault(folded(heading[anchor_line]), index)
    return keys


def _column_for(table: Table, heading: tuple[str, ...]) -> _PlacedColumn:
    if not any(heading):
        return _NO_COLUMN
    for column in table.columns:
        if column.head is None:
            continue
        says: dict[str, str] = {}
        for pattern, text in zip(column.heads, heading, strict=True):
            groups = captured(pattern, text)
            if groups is None:
                break
            says.update(groups)
        else:
            return _placed(column, {**says, **{key: f"={code}" for key, code in column.set.items()}})
    return _PlacedColumn("refused", {})


# --- which rule of the layout a sheet falls under


_Assigned = tuple[Sheet, Sheets | None, Mapping[str, str]]


def _assigned(workbook: Workbook, known: KnownLayout) -> Iterator[_Assigned]:
    for sheet in workbook:
        name = sheet.name
        for spec in known.layout.sheets:
            if any(folded(name) == folded(given) for given in spec.names):
                yield sheet, spec, {}
                break
            groups = captured(spec.matching, text_of(name)) if spec.matching else None
            if groups is not None:
                yield sheet, spec, groups
                break
        else:
            # A single CSV has no sheet name: it is the layout's only sheet.
            only = known.layout.sheets[0] if name == "" and len(known.layout.sheets) == 1 else None
            yield sheet, only, {}


Facts = Mapping[str, tuple[Fact, ...]]


def read_facts(workbook: Workbook, known: KnownLayout) -> Facts:
    """The facts that the file states about itself, as far as it takes to find each of them once."""
    facts: dict[str, list[Fact]] = {}
    for sheet, spec, says in _assigned(workbook, known):
        if spec is None or spec.table is None:
            continue
        table = known.layout.tables[spec.table]
        if not any(rule.groups & FACTS for rule in table.rows):
            continue
        for seen in _walk(sheet, table, says, known.frames):
            if isinstance(seen, _RowSeen):
                _collect_facts(sheet, seen, facts)
            if known.layout.stated_facts <= facts.keys():
                return _frozen(facts)
    return _frozen(facts)


def _collect_facts(sheet: Sheet, seen: _RowSeen, facts: dict[str, list[Fact]]) -> None:
    if seen.rule is None or not seen.rule.groups & FACTS:
        return
    for name, text in seen.captured_here.items():
        if name in FACTS and text:
            column = seen.column_of(name)
            place = Place(sheet.file, _sheet_name(sheet), sheet.address(seen.row, column))
            facts.setdefault(name, []).append(Fact(text, place))


def _frozen(facts: Mapping[str, list[Fact]]) -> Facts:
    return {name: tuple(found) for name, found in facts.items()}


def _sheet_name(sheet: Sheet) -> str | None:
    return sheet.name or None


# --- the figures


_At = tuple[Sheet, int, int]
"""A cell by sheet, row and column, as long as nobody needs its address."""


@dataclass(frozen=True, slots=True)
class _Point:
    """A service point as named in the file: its code ('' for the city as a whole) and kind."""

    code: str
    kind: str


_LINE_BREAK = re.compile(r"[\r\n]")
_WHOLE_CITY = _Point("", CITY_LEVEL)
_OTHER_WEEK = _PlacedColumn("ignored", {})


def read_return(
    workbook: Workbook, known: KnownLayout, edition: Edition, city: str, week: IsoWeek
) -> Reading:
    """Everything that the file says for the city and week, with every filled cell counted.

    The cells come in the order of the file. Raises AssertionError if the counts do not add up.
    """
    reading = _Reader(workbook, known, edition, city, week).run()
    counts = reading.counts
    assert counts.read == counts.mapped + counts.ignored + counts.refused, counts
    return reading


class _Reader:
    """One pass over a workbook; its lists are filled while it runs and frozen at the end."""

    def __init__(
        self, workbook: Workbook, known: KnownLayout, edition: Edition, city: str, week: IsoWeek
    ) -> None:
        self._workbook, self._known, self._edition, self._week = workbook, known, edition, week
        self._layout = known.layout
        self._roster = {point.code.casefold(): point for point in edition.roster(city, week)}
        self._other_points = {p.code.casefold(): p for p in edition.service_points if p.city == city}
        self._cells: list[MappedCell] = []
        self._nils: list[NilDeclaration] = []
        self._troubles: list[Trouble] = []
        self._facts: dict[str, list[Fact]] = {}
        self._mapped = self._ignored = self._refused = self._data_rows = 0
        self._listed: dict[str, str] = {}
        self._points: dict[str, _Point | None] = {}
        self._told: set[tuple[str, str, str]] = set()
        self._known_labels: set[tuple[str, str, str]] = set()
        self._adds_rows = self._layout.combine is not None and self._layout.combine.adds_rows
        self._kinds = (*edition.facts.service_kinds, CITY_LEVEL)
        self._city_level = {folded(text) for text in self._layout.service_points.city_level}

    def run(self) -> Reading:
        seen_sheets = set()
        for sheet, spec, says in self._lists_first():
            if spec is None:
                self._unknown_sheet(sheet)
                continue
            seen_sheets.add(folded(sheet.name))
            if spec.table is None:
                self._ignored += sheet.filled_cells
            else:
                self._read_sheet(sheet, spec, self._layout.tables[spec.table], says)
        self._missing_sheets(seen_sheets)
        counts = CellCounts(
            read=self._workbook.filled_cells,
            mapped=self._mapped,
            ignored=self._ignored,
            refused=self._refused,
        )
        return Reading(
            _frozen(self._facts),
            tuple(self._cells),
            tuple(self._nils),
            tuple(self._troubles),
            counts,
            self._data_rows,
        )

    # sheets

    def _lists_first(self) -> list[_Assigned]:
        """The sheets in the order of the file, but those first that list service points."""

        def lists(assigned: _Assigned) -> bool:
            spec = assigned[1]
            table = self._layout.tables.get(spec.table or "") if spec is not None else None
            return table is not None and any(rule.lists_service_points for rule in table.rows)

        return sorted(_assigned(self._workbook, self._known), key=lambda assigned: not lists(assigned))

    def _unknown_sheet(self, sheet: Sheet) -> None:
        if sheet.filled_cells == 0:
            return
        self._refused += sheet.filled_cells
        names = [name for spec in self._layout.sheets for name in spec.names]
        names += self._roster_codes() if any(spec.matching for spec in self._layout.sheets) else []
        self._trouble(
            "unknown_sheet",
            Place(sheet.file, _sheet_name(sheet)),
            found=sheet.name,
            nearest=nearest(sheet.name, names),
        )

    def _missing_sheets(self, seen: set[str]) -> None:
        if self._layout.formats == ("csv",):
            return
        for spec in self._layout.sheets:
            for name in spec.names:
                if folded(name) not in seen and not spec.optional and spec.ignore is None:
                    self._trouble("missing_sheet", Place(self._workbook.sheets[0].file), expected=name)

    def _read_sheet(self, sheet: Sheet, spec: Sheets, table: Table, says: Mapping[str, str]) -> None:
        if table.header is not None and sheet.filled_cells and not _headers(sheet, table, self._known.frames):
            self._refused += sheet.filled_cells
            self._trouble(
                "no_header",
                Place(sheet.file, _sheet_name(sheet)),
                found=sheet.name,
                expected=", ".join(table.header.anchor),
            )
            return
        frame: _Frame | None = None
        for seen in _walk(sheet, table, says, self._known.frames):
            if isinstance(seen, _HeaderSeen):
                frame = self._read_header(sheet, seen)
            else:
                _collect_facts(sheet, seen, self._facts)
                self._read_row(sheet, spec, seen, frame or seen.frame)

    # headers

    def _read_header(self, sheet: Sheet, seen: _HeaderSeen) -> _Frame:
        """Count the header's cells; mark columns refused that name what is not known."""
        columns = list(seen.frame.columns)
        for index, column in enumerate(columns):
            filled = [row for row in seen.lines if not is_blank(sheet.value(row, index))]
            where = max(filled, default=seen.anchor_row)
            place = self._place(sheet, where, index)
            at = (sheet, where, index)
            if not filled and column.role == "refused":
                columns[index] = _NO_COLUMN
            elif column.role == "refused":
                text = " / ".join(text for text in seen.texts[index] if text)
                self._trouble("unknown_column", place, found=text, nearest=self._nearest_heading(seen, text))
                self._refused += len(filled)
            elif column.role == "unnamed":
                self._refused += len(filled)
            elif column.role == "ignored":
                self._ignored += len(filled)
            elif not self._is_own_week(column.says):
                columns[index] = _OTHER_WEEK
                self._ignored += len(filled)
            elif column.role == "values" and not self._heading_known(column.says, at):
                columns[index] = _PlacedColumn("refused", column.says)
                self._refused += len(filled)
            else:
                self._mapped += len(filled)
        if self._layout.other_weeks is not None:
            self._one_column_for_the_week(sheet, seen, columns)
        return replace(seen.frame, columns=tuple(columns))

    def _nearest_heading(self, seen: _HeaderSeen, text: str) -> str | None:
        points = list(self._roster_codes())
        return nearest(text, [*points, *self._layout.service_points.city_level])

    def _heading_known(self, says: Mapping[str, str], at: _At) -> bool:
        if "service_point" in says and self._point(says["service_point"], at) is None:
            return False
        return "measure" not in says or self._labels_known(says, lambda _: at)

    def _one_column_for_the_week(self, sheet: Sheet, seen: _HeaderSeen, columns: list[_PlacedColumn]) -> None:
        own = [i for i, c in enumerate(columns) if c.role == "values" and self._is_own_week(c.says)]
        if not own:
            self._trouble("week_column", self._place(sheet, seen.anchor_row, 0), expected=str(self._week))
        for index in own[1:]:
            place = self._place(sheet, seen.anchor_row, index)
            self._trouble("week_column_twice", place, expected=str(self._week))
            columns[index] = _PlacedColumn("refused", columns[index].says)

    def _is_own_week(self, says: Mapping[str, str]) -> bool:
        if "week" not in says:
            return True
        return says["week"].lstrip("0") == str(self._week.number) and (
            "year" not in says or says["year"] == str(self._week.year)
        )

    # rows

    def _read_row(self, sheet: Sheet, spec: Sheets, seen: _RowSeen, frame: _Frame) -> None:
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

    def _refuse_row(self, sheet: Sheet, seen: _RowSeen, filled: list[int]) -> None:
        self._refused += len(filled)
        label = text_of(seen.cells[filled[0]])
        self._trouble(
            "unknown_row",
            self._place(sheet, seen.row, filled[0]),
            found=label,
            nearest=nearest(label, self._known.words.all_measure_labels()),
        )

    def _ignore_row(
        self, sheet: Sheet, seen: _RowSeen, frame: _Frame, filled: list[int], rule: RowRule
    ) -> None:
        for index in filled:
            if rule.texts_only and self._is_number_in_values(seen, frame, index):
                self._out_of_place(sheet, seen, index)
            else:
                self._ignored += 1

    def _read_labels(
        self, sheet: Sheet, spec: Sheets, seen: _RowSeen, frame: _Frame, filled: list[int], rule: RowRule
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
            elif role == "values" and rule.nil_values is not None:
                self._read_nil_cell(spec, seen, (sheet, seen.row, index))
            else:
                self._out_of_place(sheet, seen, index)

    def _is_number_in_values(self, seen: _RowSeen, frame: _Frame, index: int) -> bool:
        value = seen.cells[index]
        is_value_column = frame.column(index).role == "values"
        return is_value_column and isinstance(self._known.figures.read(value), Figure)

    def _read_nil_cell(self, spec: Sheets, seen: _RowSeen, at: _At) -> None:
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
                close = nearest(label or "", [*names, *self._roster_codes()])
                self._trouble("unknown_area", place, found=label or "", nearest=close)
            else:
                self._nils.append(NilDeclaration("", area, reason, place))
            return
        point = self._point(point_label, at)
        if point is None:
            return
        if not point.code:
            areas = {m.area for m in self._edition.measures_of(CITY_LEVEL)}
            self._nils.extend(NilDeclaration("", area, reason, place) for area in sorted(areas))
            return
        area_of_kind = next(m.area for m in self._edition.measures_of(point.kind))
        self._nils.append(NilDeclaration(point.code, area_of_kind, reason, place))

    def _area(self, label: str) -> str | None:
        for name, area in self._layout.nil_areas.items():
            if folded(name) == folded(label):
                return area
        if self._layout.nil_areas:
            return None
        return self._known.words.area(label, self._edition.facts.area_list)

    def _read_values(
        self, sheet: Sheet, spec: Sheets, seen: _RowSeen, frame: _Frame, filled: Iterable[int]
    ) -> None:
        says = seen.says
        self._data_rows += 1

        def at(place: str) -> _At:
            return (sheet, seen.row, seen.column_of(place))

        row_known = "measure" not in says or self._labels_known(says, at)
        if row_known and "service_point" in says:
            row_known = self._point(says["service_point"], at("service_point")) is not None
        part = sheet.name if spec.parts else ""
        given = _FIGURE_PLACES.intersection(says)
        columns, width = frame.columns, len(frame.columns)
        for index in filled:
            column = columns[index] if index < width else _NO_COLUMN
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
            elif column.gives & given:
                self._out_of_place(sheet, seen, index)
            else:
                self._read_figure((sheet, seen.row, index), part, seen.cells[index], says, column.says)

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
            details = {
                "found": text_of(value),
                "service_point": point.code,
                "measure": item.measure,
                "breakdown": item.breakdown,
                "category": item.category,
                **dict(zip(("first", "second"), figure.readings, strict=False)),
            }
            self._troubles.append(Trouble(f"figure_{figure.reason}", place, details))
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

    # labels

    def _labels_known(self, says: Mapping[str, str], at: Callable[[str], _At]) -> bool:
        """Whether measure, breakdown and category are known for some kind of service point."""
        labels = (says.get("measure", ""), says.get("breakdown", ""), says.get("category", ""))
        if labels in self._known_labels:
            return True
        unknown: Unknown | None = None
        for kind in self._kinds:
            item = self._item((kind, *labels))
            if isinstance(item, Item):
                self._known_labels.add(labels)
                return True
            if item.what != "of_other_kind" and (unknown is None or unknown.what == "measure"):
                unknown = item
        assert unknown is not None
        if unknown.what == "measure":
            unknown = Unknown("measure", unknown.label, self._known.words.all_measure_labels())
        self._tell_unknown(unknown, at("breakdown" if unknown.what == "not_of_measure" else unknown.what))
        return False

    def _item(self, key: tuple[str, str, str, str]) -> Item | Unknown:
        """What kind of service point, measure, breakdown and category labels mean together."""
        memory = self._known.items
        item = memory.get(key)
        if item is None:
            item = memory[key] = self._known.words.item(*key)
        return item

    def _tell_unknown(self, unknown: Unknown, at: _At) -> None:
        is_unknown = unknown.what in ("measure", "breakdown", "category")
        kind = f"unknown_{unknown.what}" if is_unknown else unknown.what
        # In the contract's own words a measure's label is its code: show its name.
        measure = self._edition.measures_by_code.get(unknown.label)
        found = measure.label_it if measure is not None else unknown.label
        self._trouble(kind, self._place(*at), found=found, nearest=nearest(unknown.label, unknown.known))

    def _point(self, label: str, at: _At) -> _Point | None:
        """The service point that a label names; told once when there is none on the roster."""
        if label not in self._points:
            self._points[label] = self._find_point(label)
        point = self._points[label]
        if point is None and ("service_point", label, at[0].name) not in self._told:
            self._told.add(("service_point", label, at[0].name))
            code = self._code_of(label)
            elsewhen = self._other_points.get(code.casefold())
            self._trouble(
                "service_point_not_on_roster" if elsewhen is not None else "unknown_service_point",
                self._place(*at),
                found=label,
                nearest=nearest(code, self._roster_codes()),
            )
        return point

    def _find_point(self, label: str) -> _Point | None:
        if folded(label.removeprefix("=")) in self._city_level:
            return _WHOLE_CITY
        found: ServicePoint | None = self._roster.get(self._code_of(label).casefold())
        return None if found is None else _Point(found.code, found.kind)

    def _code_of(self, label: str) -> str:
        named = self._layout.service_points
        if named.listed:
            return self._listed.get(folded(label), "")
        if named.written is not None and named.becomes is not None:
            return re.sub(named.written, named.becomes, label)
        return label

    def _roster_codes(self) -> list[str]:
        return [point.code for point in self._roster.values()]

    def _day(self, text: str, at: _At) -> dt.date | None:
        day = parse_day(text)
        if day is not None and self._week.monday <= day <= self._week.sunday:
            return day
        if ("day", text, at[0].name) not in self._told:
            self._told.add(("day", text, at[0].name))
            self._trouble("day_outside_week", self._place(*at), found=text, expected=str(self._week))
        return None

    # places and troubles

    def _place(self, sheet: Sheet, row: int, column: int) -> Place:
        return Place(sheet.file, _sheet_name(sheet), sheet.address(row, column))

    def _out_of_place(self, sheet: Sheet, seen: _RowSeen, index: int) -> None:
        self._refused += 1
        self._trouble("out_of_place", self._place(sheet, seen.row, index), found=text_of(seen.cells[index]))

    def _trouble(self, kind: str, place: Place, **details: str | None) -> None:
        self._troubles.append(Trouble(kind, place, {k: v for k, v in details.items() if v is not None}))


_DAY_FORMS = (
    re.compile(r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})$"),
    re.compile(r"^(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})$"),
)
_DAY_IN_WORDS = re.compile(r"^(?P<d>\d{1,2})°? +(?P<month>[a-z]+)\.? +(?P<y>\d{4})$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def parse_day(text: str) -> dt.date | None:
    """A date as the cities write it: `2023-10-16`, `16/10/2023`, `16.10.2023`, `16 ottobre 2023`."""
    for form in _DAY_FORMS:
        if match := form.match(text):
            return _date(int(match["y"]), int(match["m"]), int(match["d"]))
    if match := _DAY_IN_WORDS.match(text):
        month = month_number_it(match["month"])
        return None if month is None else _date(int(match["y"]), month, int(match["d"]))
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
