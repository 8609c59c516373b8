"""What the sheets of one table show, before anything is made of it.

Lives here: headers, value rows, label columns and lone texts of a group of sheets; what was found of them.
Must not live here: what labels and headings mean (`headings`, `labels`, `header`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sources.layouts.suggesting.knowledge import Knowledge
from sources.layouts.suggesting.points import Points
from sources.layouts.suggesting.sheetscan import Scan, is_figure

Entries = dict[str, Any]
"""An entry of the layout file, before it is held against the model."""


def literal(text: str) -> str:
    """A pattern that this text alone fits."""
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)


@dataclass(frozen=True)
class Group:
    """Sheets with the same header (or, without one, of the same kind): they are read by one table."""

    scans: tuple[Scan, ...]
    anchor: tuple[str, ...]
    by_name: bool
    """Each sheet is one service point, named by the sheet's name."""


class Evidence:
    """One group of sheets; what is found of its table is gathered here by the steps that follow.

    `_anchors`: scan's number -> the rows of its headers. `_data`: value rows below a header.
    """

    def __init__(self, group: Group, knowledge: Knowledge, points: Points, listed: Mapping[str, str]) -> None:
        self._group, self._knowledge, self._points, self._listed = group, knowledge, points, listed
        self._terms = knowledge.terms
        self._notes: list[str] = []
        self._city_level: set[str] = set()
        self._written: tuple[str, str] | None = None
        self._places: set[str] = {"service_point"} if group.by_name else set()
        self._has_days = self._has_weeks = False

    @cached_property
    def _anchors(self) -> dict[int, list[int]]:
        if not self._group.anchor:
            return {}
        return {n: scan.rows_with(self._group.anchor) for n, scan in enumerate(self._group.scans)}

    @cached_property
    def _data(self) -> list[tuple[Scan, int]]:
        return [
            (scan, row)
            for n, scan in enumerate(self._group.scans)
            for row in scan.value_rows
            if not self._group.anchor or (self._anchors[n] and row > self._anchors[n][0])
        ]

    def _texts(self, column: int) -> list[str]:
        """The column's texts in the rows with figures."""
        return [scan.text(row, column) for scan, row in self._data]

    def _is_label(self, column: int) -> bool:
        figures = texts = 0
        for scan in self._group.scans:
            more = scan.counts(column)
            figures, texts = figures + more[0], texts + more[1]
        return texts > figures

    def _head(self, column: int) -> str:
        for n, rows in self._anchors.items():
            if rows:
                return self._group.scans[n].text(rows[0], column)
        return ""

    @cached_property
    def _width(self) -> int:
        return max((scan.width for scan in self._group.scans), default=0)

    def _is_value(self, column: int) -> bool:
        return sum(scan.counts(column)[0] for scan in self._group.scans) > 0 and not self._is_label(column)

    def _is_value_head(self, column: int) -> bool:
        head = self._head(column)
        return self._points.holding(head) is not None

    def _is_constant(self, column: int) -> bool:
        by_sheet: dict[int, set[str]] = {}
        rows: Counter[int] = Counter()
        for scan, row in self._data:
            by_sheet.setdefault(id(scan), set()).add(scan.text(row, column))
            rows[id(scan)] += 1
        return all(len(texts) == 1 for texts in by_sheet.values()) and max(rows.values(), default=0) > 1

    @cached_property
    def _single_texts(self) -> list[str]:
        """Texts that stand alone in their row, among the figures."""
        found = []
        for scan in self._group.scans:
            if not scan.value_rows:
                continue
            for number in range(scan.value_rows[-1]):
                filled = scan.filled(number)
                if len(filled) == 1 and not is_figure(scan.sheet.value(number, filled[0])):
                    found.append(scan.text(number, filled[0]))
        return found

    @cached_property
    def _header_points(self) -> bool:
        return any(
            self._points.holding(scan.text(row + offset, column))
            for n, scan in enumerate(self._group.scans)
            for row in self._anchors.get(n, [])
            for offset in (-1, 0)
            for column in range(scan.width)
        )
