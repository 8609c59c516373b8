"""A sheet as rows with their meaning: headers found, columns placed, each row under the rule that fits it.

Lives here: walking a sheet by its table's rules, and which sheet falls under which part of a layout.
Must not live here: turning labels into codes or values into figures (`extract`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import Literal

from schemas.addresses import column_index
from sources.cells import Sheet, Value, Workbook, is_blank
from sources.layouts.library import KnownLayout
from sources.layouts.model import Column, Header, RowRule, Sheets, Table, is_letters
from sources.layouts.texts import compiled, folded, folded_names, text_of


@lru_cache(maxsize=262144)
def captured(pattern: str, text: str) -> Mapping[str, str] | None:
    """The named groups of a pattern that matches the whole text, else None."""
    match = compiled(pattern).fullmatch(text)
    if match is None:
        return None
    return {name: value.strip() for name, value in match.groupdict().items() if value is not None}


_Role = Literal["values", "label", "ignored", "refused", "unnamed"]


@dataclass(frozen=True, slots=True)
class PlacedColumn:
    """A column as found in a table: its role and what its heading says. `unnamed`: no heading at all."""

    role: _Role
    says: Mapping[str, str]
    fills_down: bool = False
    gives: frozenset[str] = frozenset()
    """Which of a figure's places the heading says."""
    number: int = -1
    """Which of the layout's columns it is, where its heading says so; of a refused one: which it is again."""


def _placed(rule: Column, says: Mapping[str, str], number: int = -1) -> PlacedColumn:
    role: _Role = "values" if rule.values else "label" if rule.label else "ignored"
    return PlacedColumn(role, says, rule.fill_down, FIGURE_PLACES.intersection(says), number)


FIGURE_PLACES = frozenset({"measure", "breakdown", "category", "service_point"})


@dataclass(frozen=True)
class Frame:
    """The table's columns from some row on, and which column a key of `when` means."""

    table: Table
    columns: tuple[PlacedColumn, ...]
    keys: Mapping[str, int]

    def column(self, index: int) -> PlacedColumn:
        return self.columns[index] if index < len(self.columns) else NO_COLUMN

    def index_of(self, key: str) -> int | None:
        """The column that a key means: a letter, or a heading (None: there is no such heading here)."""
        if is_letters(key):
            return column_index(key)
        return min((self.keys[name] for name in folded_names(key) if name in self.keys), default=None)

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
    def moved(self) -> tuple[int, ...]:
        """The columns that stand elsewhere than the layout has them, as few as there can be.

        Those of several kinds, as service points or weeks, have no order among themselves; what belongs to
        one of them has.
        """
        groups: dict[frozenset[tuple[str, str]], int] = {}
        indices, keys = [], []
        seen = set()
        for index, column in enumerate(self.columns):
            says = (column.number, frozenset(column.says.items()))
            if column.number < 0 or says in seen:
                continue
            seen.add(says)
            fixed = self.table.columns[column.number].set
            of = frozenset((place, text) for place, text in column.says.items() if place not in fixed)
            indices.append(index)
            keys.append(
                (
                    self.table.blocks[column.number],
                    groups.setdefault(of, len(groups)) if of else -1,
                    column.number,
                )
            )
        return tuple(indices[position] for position in _out_of_order(keys))

    @cached_property
    def memory(self) -> dict[tuple[object, ...], _RuleFound]:
        """Which rule rows of these labels fell under: the same labels come again every week."""
        return {}


def _out_of_order(keys: Sequence[tuple[int, ...]]) -> list[int]:
    """The positions of the fewest keys without which the others never fall."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for position, key in enumerate(keys):
        length = bisect_right(ends, key, key=lambda end: keys[end])
        before[position] = ends[length - 1] if length else None
        ends[length : length + 1] = [position]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return [position for position in range(len(keys)) if position not in kept]


_RuleFound = tuple[RowRule | None, Mapping[str, str], frozenset[int]]
_REMEMBERED_ROWS = 20_000

NO_COLUMN = PlacedColumn("unnamed", {})


@dataclass(frozen=True)
class HeaderSeen:
    """An event of the walk: a header, its frame, and the row numbers of its lines."""

    anchor_row: int
    lines: tuple[int, ...]
    frame: Frame
    texts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class RowSeen:
    """An event of the walk: a filled row, its rule (None: no rule fits) and all that places it."""

    row: int
    cells: list[Value]
    rule: RowRule | None
    says: Mapping[str, str]
    """What sheet, headings and row capture."""
    captured_here: Mapping[str, str]
    used: frozenset[int]
    """The columns that the rule looked at."""
    frame: Frame

    def column_of(self, place: str) -> int:
        """The column whose text says a place or a fact; the row's first label where a heading said it."""
        for key, pattern in self.rule.when.items() if self.rule is not None else ():
            if f"(?P<{place}>" in pattern:
                return self.frame.index_of(key) or 0
        return min(self.used, default=0)


Frames = dict[tuple[int, tuple[tuple[str, ...], ...]], Frame]
"""The columns under headings seen before, by table and headings."""


def walk_rows(
    sheet: Sheet,
    table: Table,
    says: Mapping[str, str],
    frames: Frames,
    headers: tuple[HeaderSeen, ...] | None = None,
) -> Iterator[HeaderSeen | RowSeen]:
    """The headers and filled rows of a sheet from top to bottom, each row with its rule and what it says.

    `says`: what the sheet's name says. `frames`: the columns under headings seen in other sheets.
    `headers`: those of the sheet, where they were looked for already.
    """
    if headers is None:
        headers = find_headers(sheet, table, frames)
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
        if number in header_rows or cells.count("") == len(cells) or all(is_blank(value) for value in cells):
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
        yield RowSeen(number, cells, rule, {**says, **context, **captures}, captures, used, frame)


def _rule_for(frame: Frame, labels: list[Value], section: str | None) -> _RuleFound:
    width = len(labels)
    texts = [text_of(labels[index]) if index < width else "" for index in frame.tested]
    key = (section, *texts)
    found = frame.memory.get(key)
    if found is None:
        if len(frame.memory) >= _REMEMBERED_ROWS:
            frame.memory.clear()
        found = frame.memory[key] = _first_rule(frame, dict(zip(frame.tested, texts, strict=True)), section)
    return found


def _first_rule(frame: Frame, texts: Mapping[int, str], section: str | None) -> _RuleFound:
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
    columns: tuple[PlacedColumn, ...],
    keys: Mapping[str, int],
) -> Frame:
    """The frame of these headings: the same one for every sheet and week that has them."""
    return frames.setdefault((id(table), heading), Frame(table, columns, keys))


def _lettered(table: Table) -> tuple[PlacedColumn, ...]:
    found = {column_index(column.at): _placed(column, {}) for column in table.columns if column.at}
    return tuple(found.get(index, NO_COLUMN) for index in range(max(found, default=-1) + 1))


def find_headers(sheet: Sheet, table: Table, frames: Frames) -> tuple[HeaderSeen, ...]:
    """The headers of a sheet's tables, by the texts of their anchor, on whatever row they stand."""
    if table.header is None:
        return ()
    header = table.header
    rows = [n for n, cells in enumerate(sheet.rows) if holds_anchor(cells, header)]
    return tuple(header_at(sheet, table, header, row, frames) for row in rows)


def holds_anchor(cells: list[Value], header: Header) -> bool:
    """Whether all texts of the anchor stand in a row (its first one is looked for first)."""
    first = folded_names(header.anchor[0])
    if not any(value.__class__ is str and value and folded(value) in first for value in cells):
        return False
    texts = {folded(value) for value in cells if isinstance(value, str)}
    return not any(texts.isdisjoint(folded_names(text)) for text in header.anchor)


def header_at(sheet: Sheet, table: Table, header: Header, anchor_row: int, frames: Frames) -> HeaderSeen:
    """The header whose anchor stands, or should stand, in a row."""
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
    return HeaderSeen(anchor_row, lines, frame, stacked)


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


def _columns(table: Table, headings: tuple[tuple[str, ...], ...]) -> tuple[PlacedColumn, ...]:
    lettered = _lettered(table)
    found = [_column_for(table, heading) for heading in headings]
    labels: set[int] = set()
    for index, column in enumerate(found):
        if column.role == "label" and column.number in labels:
            found[index] = PlacedColumn("refused", {}, number=column.number)
        elif column.role == "label":
            labels.add(column.number)
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


def _column_for(table: Table, heading: tuple[str, ...]) -> PlacedColumn:
    if not any(heading):
        return NO_COLUMN
    for number, column in table.headed:
        says: dict[str, str] = {}
        for pattern, text in zip(column.heads, heading, strict=True):
            groups = captured(pattern, text)
            if groups is None:
                break
            says.update(groups)
        else:
            return _placed(column, {**says, **{key: f"={code}" for key, code in column.set.items()}}, number)
    return PlacedColumn("refused", {})


AssignedSheet = tuple[Sheet, Sheets | None, Mapping[str, str]]


def assigned_sheets(workbook: Workbook, known: KnownLayout) -> Iterator[AssignedSheet]:
    """Each sheet with the part of the layout it falls under (None: none) and what its name says.

    One that has a name of a sheet read before is none: which of the two holds, nobody knows.
    """
    taken: set[str] = set()
    for sheet in workbook:
        name = known_name(sheet)
        for spec in known.layout.sheets:
            given = next((given for given in spec.names if folded(name) in folded_names(given)), None)
            if given is not None:
                is_first = spec.table is None or given not in taken
                taken.add(given)
                yield sheet, spec if is_first else None, {}
                break
            groups = captured(spec.matching, text_of(name)) if spec.matching else None
            if groups is not None:
                yield sheet, spec, groups
                break
        else:
            # A single CSV has no sheet name: it is the layout's only sheet.
            only = known.layout.sheets[0] if name == "" and len(known.layout.sheets) == 1 else None
            yield sheet, only, {}


def known_name(sheet: Sheet) -> str:
    """The name by which the layout knows the sheet."""
    return sheet.name if sheet.read_as is None else sheet.read_as


def sheet_name(sheet: Sheet) -> str | None:
    """The sheet's name; None for a file that is one sheet without a name."""
    return sheet.name or None
