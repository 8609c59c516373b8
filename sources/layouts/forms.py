"""The blank form of a layout: its patterns turned around, from what is read to what is to be written.

Lives here: which text a layout demands in which sheet, row and column of its own form.
Must not live here: what is entered in it (`pipelines.templating`), how it looks (`reports.template`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sources.layouts.model import FACTS, Column, Layout, RowRule, Sheets, Table
from sources.layouts.texts import compiled, names_in

_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")
_ESCAPED = re.compile(r"\\(.)")
_MEANS_SOMETHING = re.compile(r"[.*+?\[\](){}|^$\\]")


class NotAFormError(ValueError):
    """The layout has patterns that no single text answers: what is in the way."""


@dataclass(frozen=True)
class CoverRow:
    """A row of the cover: its label, and the pattern of the cell beside it.

    holds: the `title`; `facts`, which the pattern captures; an `entry`, which is the city's own; the
    `heading` of the nil declarations; the `headings` of their columns, of which the pattern is the second.
    """

    holds: Literal["title", "facts", "entry", "heading", "headings"]
    label: str
    beside: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        return groups_of(self.beside) if self.holds == "facts" else ()


@dataclass(frozen=True)
class FormTable:
    """The table of the data sheets: its headings from the left, before those of the service points.

    code: the heading of the column with the stable ids, which are written in the form `code_pattern`.
    names: the label of the row with the service points' names; None where the form has no such row.
    """

    headings: tuple[str, ...]
    code: str
    code_pattern: str
    names: str | None


@dataclass(frozen=True)
class FormSheet:
    """A data sheet. area: whose figures stand in it; None for those of all areas."""

    name: str
    area: str | None


@dataclass(frozen=True)
class Form:
    """The blank form of a layout. legend: the sheet for the reader, which the layout ignores."""

    cover: str
    cover_rows: tuple[CoverRow, ...]
    table: FormTable
    sheets: tuple[FormSheet, ...]
    city_column: str
    legend: str

    @property
    def labels(self) -> frozenset[str]:
        """The words of the form that a person reads, in the language of its patterns."""
        return frozenset(self._labels())

    def _labels(self) -> Iterator[str]:
        for row in self.cover_rows:
            if row.holds != "title":
                yield row.label
            if row.holds == "headings":
                yield row.beside
        yield from (sheet.name for sheet in self.sheets)
        yield from (heading for heading in self.table.headings if heading != self.table.code)
        yield from (self.city_column, self.legend)
        if self.table.names is not None:
            yield self.table.names


def groups_of(pattern: str) -> tuple[str, ...]:
    """The names that a pattern captures."""
    return tuple(re.compile(pattern).groupindex)


def written(pattern: str, says: Mapping[str, str]) -> str:
    """The text from which the pattern captures just this. Raises NotAFormError if there is none."""
    parts, end = [], 0
    for group in _GROUP.finditer(pattern):
        parts += [_ESCAPED.sub(r"\1", pattern[end : group.start()]), says[group[1]]]
        end = group.end()
    text = "".join((*parts, _ESCAPED.sub(r"\1", pattern[end:])))
    found = compiled(pattern).fullmatch(text)
    if found is None or any(says[name] != value for name, value in found.groupdict().items()):
        raise NotAFormError(f"the pattern {pattern!r} does not say how {dict(says)} is written")
    return text


def form_of(layout: Layout) -> Form:
    """The blank form of a layout. Raises NotAFormError for one that can be read but not written."""
    covers = [sheets for sheets in layout.sheets if _states_facts(layout, sheets)]
    if len(covers) != 1 or len(covers[0].names) != 1 or covers[0].table is None:
        raise NotAFormError("one sheet, named, must state all facts of the cover")
    data = [sheets for sheets in layout.sheets if sheets.table and sheets is not covers[0]]
    tables = {sheets.table for sheets in data if sheets.table}
    if len(tables) != 1 or not all(sheets.names for sheets in data):
        raise NotAFormError("the data sheets must have names, and one table for all of them")
    legends = [names_in(sheets.names[0])[0] for sheets in layout.sheets if sheets.ignore and sheets.names]
    if len(legends) != 1:
        raise NotAFormError("one sheet, named and ignored, must be left to explain the others")
    return Form(
        cover=names_in(covers[0].names[0])[0],
        cover_rows=tuple(_cover_row(rule) for rule in layout.tables[covers[0].table].rows if not rule.nil),
        table=_table(layout.tables[tables.pop()]),
        sheets=tuple(FormSheet(names_in(name)[0], sheets.area) for sheets in data for name in sheets.names),
        city_column=layout.service_points.city_level[0],
        legend=legends[0],
    )


def _states_facts(layout: Layout, sheets: Sheets) -> bool:
    return sheets.table is not None and any(rule.groups & FACTS for rule in layout.tables[sheets.table].rows)


def _cover_row(rule: RowRule) -> CoverRow:
    label, beside = rule.when.get("A"), rule.when.get("B", "")
    if label is None or set(rule.when) - {"A", "B"}:
        raise NotAFormError(f"the cover's rows must be known by columns A and B, not {list(rule.when)}")
    if rule.facts:
        if "data_rows" in groups_of(beside):
            raise NotAFormError("how many rows are filled in cannot be known beforehand")
        return CoverRow("facts", _text(label), _answerable(beside))
    if rule.heading is not None:
        return CoverRow("heading", _text(label))
    if not beside:
        return CoverRow("title", label)
    return CoverRow("headings" if _is_text(beside) else "entry", _text(label), beside)


def _table(table: Table) -> FormTable:
    values = next((rule for rule in table.rows if rule.values), None)
    if table.header is None or table.header.lines != (0,) or values is None or len(values.when) != 1:
        raise NotAFormError("the data sheets need one line of headings, and rows known by one column")
    ((code, code_pattern),) = values.when.items()
    headings = tuple(_heading(column) for column in table.columns if not column.values)
    points = [column for column in table.columns if column.values]
    if len(points) != 1 or groups_of(points[0].heads[0]) != ("service_point",) or code not in headings:
        raise NotAFormError("the columns of figures must be headed by their service points alone")
    if len(headings) != 3:
        raise NotAFormError("the labels must stand in three columns: code, measure, category")
    names = next((rule for rule in table.rows if rule.texts_only), None)
    label = None if names is None else next(text for text in names.when.values() if text)
    return FormTable(headings, code, _answerable(code_pattern), None if label is None else _text(label))


def _heading(column: Column) -> str:
    if len(column.heads) != 1:
        raise NotAFormError("each column must be known by one heading")
    return _text(column.heads[0])


def _is_text(pattern: str) -> bool:
    return _MEANS_SOMETHING.search(pattern) is None


def _answerable(pattern: str) -> str:
    """The pattern, if all of it is text but what it captures."""
    if not _is_text(_ESCAPED.sub("", _GROUP.sub("", pattern))):
        raise NotAFormError(f"{pattern!r} leaves open more than it captures")
    return pattern


def _text(pattern: str) -> str:
    if not _is_text(pattern):
        raise NotAFormError(f"{pattern!r} is not one text alone")
    return pattern
