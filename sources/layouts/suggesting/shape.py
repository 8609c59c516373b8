"""The shape of sheets that are alike: what runs along their columns, rows, headings and names.

Lives here: the roles of label columns, what the header's lines say, which headings open sections.
Must not live here: codes for the labels (`naming`), the rows around a table (`drafting`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from schemas.addresses import column_letters
from sources.layouts.days import parse_day
from sources.layouts.model import is_letters
from sources.layouts.suggesting.knowledge import Knowledge
from sources.layouts.suggesting.likeness import plain
from sources.layouts.suggesting.points import Points
from sources.layouts.suggesting.sheetscan import Scan, is_figure
from sources.layouts.texts import folded, text_of

_PAIR = re.compile(r"^([^:]+): (.+)$")
_WEEK_HEAD = re.compile(r"^(?P<before>\D*)(?P<week>\d{1,2})\b(?P<after>.*)$")
_PER = re.compile(r"(per|nach|by|di cui per) ")
_CODED = re.compile(r"^[^|]+\|[^|]*\|[^|]*$")
_COMPOUND = re.compile(r"^(.+?)(__|\||/|::|\.)(.+)$")

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


@dataclass(frozen=True)
class Shape:
    """A table as drafted: its entries in the layout language, and what in it is to be confirmed."""

    table: Entries
    notes: tuple[str, ...]
    city_level: frozenset[str]
    written: tuple[str, str] | None
    has_days: bool
    has_weeks: bool
    is_placed: bool
    """Whether it says of which service point and which measure a figure is."""


class Shaper:
    """Finds the shape of one group of sheets."""

    def __init__(self, group: Group, knowledge: Knowledge, points: Points, listed: Mapping[str, str]) -> None:
        self._group, self._knowledge, self._points, self._listed = group, knowledge, points, listed
        self._terms = knowledge.terms
        self._notes: list[str] = []
        self._city_level: set[str] = set()
        self._written: tuple[str, str] | None = None
        self._places: set[str] = {"service_point"} if group.by_name else set()
        self._has_days = self._has_weeks = False

    # where things are

    @cached_property
    def _anchors(self) -> dict[int, list[int]]:
        """Scan's number -> the rows of its headers."""
        if not self._group.anchor:
            return {}
        return {n: scan.rows_with(self._group.anchor) for n, scan in enumerate(self._group.scans)}

    @cached_property
    def _data(self) -> list[tuple[Scan, int]]:
        """The value rows below a header."""
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

    # label columns

    @cached_property
    def roles(self) -> dict[int, str]:
        """Column -> its role; value columns are not among them."""
        labels = [c for c in range(self._width) if self._is_label(c)]
        if not self._group.anchor:
            first_values = next((c for c in range(self._width) if self._is_value(c)), self._width)
            roles = {c: "other" for c in labels if c > first_values}
            labels = [c for c in labels if c < first_values]
        else:
            roles = {}
        roles.update(self._roles_by_content(labels))
        for column in range(self._width):
            if column not in roles and plain(self._head(column)) in (
                *self._terms.active,
                *self._terms.reasons,
            ):
                roles[column] = self._by_head(column)
        last = max((c for c, role in roles.items() if role not in ("other", "name")), default=-1)
        beyond = [c for c in labels if c > last and roles.get(c) == "other" and self._is_value_head(c)]
        for column in beyond:
            del roles[column]
        for column in range(last + 1):
            if column not in roles and (self._head(column) or any(self._texts(column))):
                fact = self._terms.fact(self._head(column))
                roles[column] = (
                    f"fact:{fact}" if fact and self._is_constant(column) else self._by_head(column)
                )
        return roles

    def _is_value(self, column: int) -> bool:
        return sum(scan.counts(column)[0] for scan in self._group.scans) > 0 and not self._is_label(column)

    def _is_value_head(self, column: int) -> bool:
        head = self._head(column)
        return self._points.holding(head) is not None

    def _by_head(self, column: int) -> str:
        head = self._head(column)
        if self._terms.has_any(head, self._terms.active):
            return "active"
        if self._terms.has_any(head, self._terms.reasons):
            return "reason"
        return "other"

    def _is_constant(self, column: int) -> bool:
        by_sheet: dict[int, set[str]] = {}
        rows: Counter[int] = Counter()
        for scan, row in self._data:
            by_sheet.setdefault(id(scan), set()).add(scan.text(row, column))
            rows[id(scan)] += 1
        return all(len(texts) == 1 for texts in by_sheet.values()) and max(rows.values(), default=0) > 1

    def _roles_by_content(self, labels: Sequence[int]) -> dict[int, str]:
        roles: dict[int, str] = {}
        for column in labels:
            texts = self._texts(column)
            said = {text for text in texts if text}
            fact = self._terms.fact(self._head(column))
            if said and fact and self._is_constant(column):
                roles[column] = f"fact:{fact}"
            elif "service_point" not in roles.values() and self._are_points(said):
                roles[column] = "service_point"
                self._note_points(said)
            elif said and sum(parse_day(text) is not None for text in said) >= 0.8 * len(said):
                roles[column] = "day"
                self._has_days = True
            elif self._by_head(column) in ("active", "reason") and len(said) <= 2:
                roles[column] = self._by_head(column)
            elif said and all(_CODED.match(text) for text in said):
                roles[column] = "coded"
        rest = [c for c in labels if c not in roles]
        if "coded" in roles.values():
            roles |= dict.fromkeys(rest, "name")
            rest = []
        point = next((c for c, role in roles.items() if role == "service_point"), None)
        if point is not None:
            codes = self._texts(point)
            for column in list(rest):
                if len(set(codes)) > 1 and _is_function(codes, self._texts(column)):
                    roles[column] = "name"
                    rest.remove(column)
        roles.update(self._figure_roles(rest))
        names_measure = {"measure", "measure_down", "item", "coded"} & set(roles.values())
        self._places |= {"measure"} if names_measure else set()
        self._places |= {"service_point"} if "service_point" in roles.values() else set()
        return roles

    def _are_points(self, said: Iterable[str]) -> bool:
        texts = [text for text in said if not self._terms.is_sum(text)]
        known = [t for t in texts if self._points.exact(t) or self._points.rewritten(t)]
        return bool(known) and all(t in known or self._points.is_city(t) or len(t) <= 6 for t in texts)

    def _note_points(self, said: Iterable[str]) -> None:
        for text in said:
            if self._points.exact(text):
                continue
            rewriting = self._points.rewriting(text)
            if rewriting is not None:
                self._written = rewriting
            elif self._points.is_city(text) and not self._terms.is_sum(text):
                self._city_level.add(text)

    def _figure_roles(self, rest: Sequence[int]) -> dict[int, str]:
        """Which label columns name measure, breakdown and category: by where totals are marked."""
        texts = {c: self._texts(c) for c in rest}
        marked = [c for c in rest if any(t and self._terms.is_total(t) for t in texts[c])]
        if len(rest) == 1 and self._sections:
            return {rest[0]: "item"}
        blank = [c for c in rest if c not in marked and any(not t for t in texts[c])]
        full = [c for c in rest if c not in marked and c not in blank]
        numbering = [c for c in full if self._is_numbering(c)]
        if len(numbering) < len(full):
            full = [c for c in full if c not in numbering]
        roles: dict[int, str] = {}
        if marked:
            roles, details = self._told_by_totals(texts, marked, () if full else blank)
            details += [c for c in blank if c not in roles and self._is_blank_in_totals(texts, marked, c)]
        elif full:
            details = list(blank)
        else:
            full, details = list(blank), []
        has_measure = "measure_down" in roles.values()
        if full and not has_measure:
            best = max(full, key=lambda c: (len(set(texts[c])), -c))
            roles[best] = "measure"
            has_measure = True
        if not has_measure and not self._group.by_name and not self._sections:
            return {**dict.fromkeys(rest, "other"), **roles}
        details = sorted(set(details))
        if len(details) > 2:
            self._notes.append("più colonne di dettaglio del previsto: sono usate le ultime due")
            details = details[-2:]
        if len(details) == 2:
            roles[details[0]], roles[details[1]] = "breakdown", "category"
            if all(not t or self._terms.is_total(t) for t in texts[details[0]]):
                roles[details[0]] = "mark"
        elif details:
            told = [
                t
                for t in texts[details[0]]
                if t and not self._terms.is_total(t) and not self._terms.is_sum(t)
            ]
            pairs = sum(_PAIR.match(t) is not None for t in told)
            roles[details[0]] = "pair" if told and pairs >= 0.8 * len(told) else "category"
        return {**dict.fromkeys(rest, "other"), **roles}

    def _is_numbering(self, column: int) -> bool:
        """Whether every row of a sheet has another text: a number or code of the row, not a measure."""
        said = Counter((id(scan), scan.text(row, column)) for scan, row in self._data)
        return max(said.values(), default=0) == 1 and len(said) > len(self._group.scans) * 2

    def _total_rows(self, texts: Mapping[int, Sequence[str]], marked: Sequence[int]) -> set[int]:
        """The value rows, by number, that a total's mark stands in."""
        return {n for n in range(len(self._data)) if any(self._terms.is_total(texts[c][n]) for c in marked)}

    def _told_by_totals(
        self, texts: Mapping[int, Sequence[str]], marked: Sequence[int], blank: Sequence[int]
    ) -> tuple[dict[int, str], list[int]]:
        """A measure that is written beside its total only, and the columns of details."""
        totals = self._total_rows(texts, marked)
        roles = {}
        for column in blank:
            filled = {n for n, text in enumerate(texts[column]) if text}
            if filled and len(filled & totals) >= 0.9 * len(filled):
                roles[column] = "measure_down"
        return roles, list(marked)

    def _is_blank_in_totals(
        self, texts: Mapping[int, Sequence[str]], marked: Sequence[int], column: int
    ) -> bool:
        filled = {n for n, text in enumerate(texts[column]) if text}
        return bool(filled) and not filled & self._total_rows(texts, marked)

    # headings of sections

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
    def _sections(self) -> tuple[Entries, ...]:
        """The heading rules without which a figure would have no measure or service point."""
        singles = list(dict.fromkeys(self._single_texts))
        for finder in (self._blocks_of_breakdowns, self._tables_of_points, self._measures_as_headings):
            found = finder(singles)
            if found:
                return found
        return ()

    def _blocks_of_breakdowns(self, singles: Sequence[str]) -> tuple[Entries, ...]:
        """`<measure> - per <breakdown>` above the categories, where the same column names measures."""
        labels = [c for c in range(self._width) if self._is_label(c)]
        if len(labels) != 1:
            return ()
        named = {folded(text) for text in self._texts(labels[0])}
        forms: Counter[tuple[str, str]] = Counter()
        for text in singles:
            for mark in (" – ", " - ", ": "):
                measure, found, breakdown = text.partition(mark)
                if found and folded(measure) in named:
                    before = _PER.match(breakdown)
                    forms[mark, before.group() if before else ""] += 1
        if not forms:
            return ()
        (mark, word), _ = forms.most_common(1)[0]
        pattern = f"(?P<measure>.+){literal(mark)}{literal(word)}(?P<breakdown>.+)"
        return ({"when": {labels[0]: pattern}, "heading": "blocco"},)

    def _tables_of_points(self, singles: Sequence[str]) -> tuple[Entries, ...]:
        """`1 - Unità mobile Centro` above each service point's table."""
        if not self._group.anchor:
            return ()
        listed = [t for t in singles if (m := re.match(r"(\d+)\b", t)) and m.group(1) in self._listed]
        column = 0
        if len(listed) >= 1:
            marks = Counter(re.match(r"\d+(\W*)", t).group(1) for t in listed)  # type: ignore[union-attr]
            mark = marks.most_common(1)[0][0]
            for text in singles:
                number = re.match(rf"(\d+){re.escape(mark)}", text)
                if number and number.group(1) not in self._listed and self._points.is_city(text):
                    self._city_level.add(number.group(1))
            self._places.add("service_point")
            pattern = rf"(?P<service_point>\d+){literal(mark)}.*"
            return ({"when": {column: pattern}, "heading": "servizio"},)
        if len([t for t in singles if self._points.holding(t)]) >= 1 and not self._header_points:
            self._places.add("service_point")
            pattern = rf".*\b(?P<service_point>{self._points.code_pattern})\b.*"
            return ({"when": {column: pattern}, "heading": "servizio"},)
        return ()

    def _measures_as_headings(self, singles: Sequence[str]) -> tuple[Entries, ...]:
        """`1) Contatti`, and `per sesso` below it, where no column names measures."""
        if self._group.anchor:
            return ()
        numbered = [t for t in singles if re.match(r"\d+[.)] ?", t)]
        per = [t for t in singles if _PER.match(t)]
        if not numbered and not per:
            return ()
        rules: list[Entries] = []
        if numbered:
            mark = re.match(r"\d+([.)] ?)", numbered[0]).group(1)  # type: ignore[union-attr]
            rules.append({"when": {0: rf"\d+{literal(mark)}(?P<measure>.+)"}, "heading": "misura"})
        if per:
            word = _PER.match(per[0]).group()  # type: ignore[union-attr]
            within = {"within": ["misura", "ripartizione"]} if numbered else {}
            rules.append({"when": {0: f"{word}(?P<breakdown>.+)"}, **within, "heading": "ripartizione"})
        if not numbered:
            plain_rule = {"when": {0: "(?P<measure>.+)"}, "heading": "misura"}
            rules = [*({**r, "within": ["misura", "ripartizione"]} for r in rules), plain_rule]
        self._places.add("measure")
        return tuple(rules)

    # the header

    @cached_property
    def _header_points(self) -> bool:
        return any(
            self._points.holding(scan.text(row + offset, column))
            for n, scan in enumerate(self._group.scans)
            for row in self._anchors.get(n, [])
            for offset in (-1, 0)
            for column in range(scan.width)
        )

    @cached_property
    def _lines(self) -> tuple[int, ...]:
        """The header's lines, by their distance from the anchor."""
        if not self._group.anchor:
            return ()
        votes: Counter[int] = Counter()
        for n, rows in self._anchors.items():
            scan = self._group.scans[n]
            for row in rows:
                for offset in (-1, 1):
                    if not 0 <= row + offset < len(scan.sheet.rows):
                        continue
                    filled = set(scan.filled(row + offset))
                    if not filled or filled & set(self._group_label_columns):
                        continue
                    texts = [scan.text(row + offset, c) for c in filled]
                    goes_on = len(filled) > len(set(scan.filled(row)) & filled)
                    if offset == -1 or goes_on or any(self._is_below_header(t) for t in texts):
                        votes[offset] += 1
        return tuple(sorted({0, *(offset for offset, count in votes.items() if count)}))

    def _is_below_header(self, text: str) -> bool:
        return self._terms.is_total(text) or parse_day(text) is not None

    @cached_property
    def _group_label_columns(self) -> tuple[int, ...]:
        heads = {folded(text) for text in self._group.anchor}
        return tuple(c for c in range(self._width) if folded(self._head(c)) in heads and self._is_label(c))

    def _line(self, scan: Scan, row: int, offset: int, first: int) -> list[str]:
        line = [scan.text(row + offset, c) for c in range(self._width)]
        if offset not in self._fills(first):
            return line
        filled: list[str] = []
        reach = 0
        for index, text in enumerate(line):
            most = self._merged(first, offset)
            if text or index <= first or (most is not None and reach >= most):
                filled.append(text)
                reach = 1
            else:
                filled.append(filled[-1])
                reach += 1
        return filled

    def _gaps(self, first: int, offset: int) -> list[int]:
        gaps = []
        for n, rows in self._anchors.items():
            scan = self._group.scans[n]
            for row in rows:
                filled = [c for c in range(first, scan.width) if scan.text(row + offset, c)]
                gaps += [after - before for before, after in pairwise(filled)]
        return gaps

    def _reaches(self, first: int, offset: int) -> bool:
        """Whether a line's texts hold for the blank columns to their right, too."""
        ends = any(
            scan.filled(row + offset)[-1] + 1 < scan.width
            for n, scan in enumerate(self._group.scans)
            for row in self._anchors.get(n, [])
            if 0 <= row + offset < len(scan.sheet.rows) and scan.filled(row + offset)
        )
        return any(gap > 1 for gap in self._gaps(first, offset)) or (ends and offset < 0)

    def _fills(self, first: int) -> tuple[int, ...]:
        return tuple(o for o in self._lines if len(self._lines) > 1 and self._reaches(first, o))

    def _merged(self, first: int, offset: int) -> int | None:
        """Over how many columns a heading reaches, where several show the same."""
        gaps = self._gaps(first, offset)
        return gaps[0] if len(gaps) > 1 and len(set(gaps)) == 1 and offset < 0 else None

    def _value_heads(self, first: int) -> list[tuple[int, tuple[str, ...]]]:
        """The stacked headings of the value columns, over all sheets."""
        found: dict[tuple[int, tuple[str, ...]], None] = {}
        for n, rows in self._anchors.items():
            scan = self._group.scans[n]
            for row in rows:
                lines = [self._line(scan, row, offset, first) for offset in self._lines]
                for column in range(first, scan.width):
                    stacked = tuple(line[column] for line in lines)
                    if any(stacked):
                        found[column, stacked] = None
        return list(found)

    def _line_says(self, texts: Sequence[str], values_elsewhere: bool) -> str:
        """What a header line is about: service_point, day, weekday, week, year, measure, category, ..."""
        said = [t for t in dict.fromkeys(texts) if t]
        own = [t for t in said if not self._terms.is_sum(t)] or said
        if not said:
            return "blank"
        if sum(self._points.holding(t) is not None for t in own) >= 0.5 * len(own):
            return "service_point"
        if all(parse_day(t) for t in own):
            return "day"
        if sum(self._terms.is_weekday(t) for t in own) >= 0.7 * len(own):
            return "weekday"
        if all(re.fullmatch(r"(19|20)\d\d", t) for t in own):
            return "year"
        if len(own) > 2 and sum(_WEEK_HEAD.match(t) is not None for t in own) >= 0.8 * len(own):
            starts = Counter(_WEEK_HEAD.match(t)["before"] for t in own if _WEEK_HEAD.match(t))  # type: ignore[index]
            if starts.most_common(1)[0][1] >= 0.8 * len(own) and starts.most_common(1)[0][0].strip():
                return "week"
        if "service_point" not in self._places and all(self._points.is_city(t) for t in own):
            return "service_point"
        if "measure" in self._places:
            return "category" if values_elsewhere else "plain"
        return "item"

    # the table

    def shape(self) -> Shape:
        """The table's entries."""
        roles = self.roles
        table: Entries = {}
        if self._group.anchor:
            last = max((c for c, role in roles.items() if role != "other"), default=-1)
            columns, anchor_more = self._header_columns(last + 1)
            table["header"] = {"anchor": [*self._group.anchor, *anchor_more]}
            if self._lines != (0,):
                table["header"]["lines"] = list(self._lines)
                fills = self._fills(last + 1)
                if fills:
                    table["header"]["fill_right"] = list(fills)
                    merged = next(
                        (self._merged(last + 1, o) for o in fills if self._merged(last + 1, o)), None
                    )
                    if merged:
                        table["header"]["merged_columns"] = merged
        else:
            columns = self._lettered_columns()
        table["columns"] = columns
        table["rows"] = self._row_rules()
        return Shape(
            table,
            tuple(self._notes),
            frozenset(self._city_level),
            self._written,
            self._has_days,
            self._has_weeks,
            {"service_point", "measure"} <= self._places,
        )

    def key(self, column: int) -> str:
        """How row rules name a column: its heading, or its letter where that says nothing else."""
        head = self._head(column)
        heads = [folded(self._head(c)) for c in range(self._width)]
        if not head or is_letters(head) or heads.count(folded(head)) > 1:
            return column_letters(column)
        return head

    _IGNORED = {"other": "da confermare: non serve a collocare le cifre", "name": "nome per chi legge"}

    def _column(self, column: int, found: Entries) -> Entries:
        role = self.roles[column]
        if role in self._IGNORED:
            return {**found, "ignore": self._IGNORED[role]}
        return {**found, "label": True, **({"fill_down": True} if role == "measure_down" else {})}

    def _lettered_columns(self) -> list[Entries]:
        columns = []
        values = [c for c in range(self._width) if c not in self.roles and self._is_value(c)]
        for column in range(self._width):
            at = {"at": column_letters(column)}
            if column in self.roles:
                columns.append(self._column(column, at))
            elif column in values[:1]:
                columns.append({**at, "values": True})
            else:
                columns.append({**at, "ignore": "da confermare"})
        return columns

    def _header_columns(self, first: int) -> tuple[list[Entries], list[str]]:
        heads = self._value_heads(first)
        number = len(self._lines)
        kinds = [
            self._line_says([stacked[index] for _, stacked in heads], values_elsewhere=number > 1)
            for index in range(number)
        ]
        if kinds.count("item") == 2:
            kinds[kinds.index("item")] = "measure"
            kinds[kinds.index("item")] = "category"
            self._places.add("measure")
        columns = [self._column(c, self._found_by(c)) for c in sorted(self.roles)]
        columns += self._ignored_columns(heads, kinds)
        if "plain" in kinds:
            columns += self._plain_columns(heads, kinds)
            return columns, []
        if "item" in kinds:
            columns += self._compound_columns([stacked[kinds.index("item")] for _, stacked in heads], kinds)
            return columns, []
        constant: list[str] = []
        if "category" in kinds and "measure" not in kinds:
            line = kinds.index("category")
            texts = list(dict.fromkeys(stacked[line] for _, stacked in heads))
            for text in texts:
                said = literal(text) if self._terms.is_total(text) else f"(?P<category>{literal(text)})"
                patterns = [self._head_pattern(kind, heads, i) for i, kind in enumerate(kinds)]
                patterns[line] = said
                columns.append({"head": _one_or_all(patterns), "values": True})
            constant = texts[:2]
        else:
            if "category" in kinds:
                line = kinds.index("category")
                totals = {s[line] for _, s in heads if self._terms.is_total(s[line])}
                for text in sorted(totals):
                    patterns = [self._head_pattern(kind, heads, i) for i, kind in enumerate(kinds)]
                    patterns[line] = literal(text)
                    columns.append({"head": _one_or_all(patterns), "values": True})
            patterns = [self._head_pattern(kind, heads, i) for i, kind in enumerate(kinds)]
            columns.append({"head": _one_or_all(patterns), "values": True})
        return columns, constant

    def _found_by(self, column: int) -> Entries:
        head = self._head(column)
        if not head:
            return {"at": column_letters(column)}
        patterns = ["" if offset else literal(head) for offset in self._lines]
        return {"head": _one_or_all(patterns)}

    def _ignored_columns(
        self, heads: Sequence[tuple[int, tuple[str, ...]]], kinds: Sequence[str]
    ) -> list[Entries]:
        """Totals that the city makes across columns."""
        found: dict[tuple[str, ...], None] = {}
        for _, stacked in heads:
            for index, (kind, text) in enumerate(zip(kinds, stacked, strict=True)):
                is_along = kind in ("service_point", "weekday", "week", "measure")
                if is_along and self._terms.is_sum(text) and self._points.holding(text) is None:
                    found[tuple(literal(text) if i == index else ".*" for i in range(len(kinds)))] = None
        return [
            {"head": _one_or_all(list(patterns)), "ignore": "totale fatto dalla città, da confermare"}
            for patterns in found
        ]

    def _plain_columns(
        self, heads: Sequence[tuple[int, tuple[str, ...]]], kinds: Sequence[str]
    ) -> list[Entries]:
        """One column of figures; others beside it are last week's, or the city's own sums."""
        index = kinds.index("plain")
        texts = list(dict.fromkeys(stacked[index] for _, stacked in heads))
        kept = [
            t for t in texts if not self._terms.is_sum(t) and not self._terms.has_any(t, self._terms.previous)
        ]
        columns = []
        for text in texts:
            patterns = _one_or_all([literal(text) if kind == "plain" else ".*" for kind in kinds])
            if text in kept[-1:]:
                columns.append({"head": patterns, "values": True})
            else:
                columns.append({"head": patterns, "ignore": "da confermare: non è della settimana"})
                self._notes.append(f"la colonna «{text}» è ignorata")
        if len(kept) > 1:
            self._notes.append(f"più colonne di cifre ({', '.join(kept)}): è letta solo «{kept[-1]}»")
        return columns

    def _compound_columns(self, texts: Sequence[str], kinds: Sequence[str]) -> list[Entries]:
        """Headings that say measure, breakdown and category at once, `acc__sesso__f`."""
        marks = Counter(m.group(2) for t in texts if (m := _COMPOUND.match(t)))
        if not marks:
            return [{"head": _one_or_all(["(?P<measure>.+)" for _ in kinds]), "values": True}]
        mark = literal(marks.most_common(1)[0][0])
        ends = Counter(t.rsplit(marks.most_common(1)[0][0], 1)[-1] for t in texts)
        total = next((end for end in ends if self._terms.is_total(end)), None)
        longest = max(len(t.split(marks.most_common(1)[0][0])) for t in texts)
        columns: list[Entries] = []
        if total is not None:
            columns.append({"head": f"(?P<measure>.+?){mark}{literal(total)}", "values": True})
        else:
            columns.append({"head": f"(?P<measure>((?!{mark}).)+)", "values": True})
        if longest >= 3:
            columns.append(
                {"head": f"(?P<measure>.+?){mark}(?P<breakdown>.+?){mark}(?P<category>.+)", "values": True}
            )
        else:
            columns.append({"head": f"(?P<measure>.+?){mark}(?P<category>.+)", "values": True})
        self._places.add("measure")
        return columns

    def _head_pattern(self, kind: str, heads: Sequence[tuple[int, tuple[str, ...]]], line: int) -> str:
        texts = [t for t in dict.fromkeys(stacked[line] for _, stacked in heads) if t]
        if kind == "service_point":
            self._places.add("service_point")
            named = [t for t in texts if self._points.holding(t)]
            other = [t for t in texts if t not in named and not self._terms.is_sum(t)]
            self._city_level.update(t for t in other if self._points.is_city(t))
            if all(self._points.exact(t) for t in named):
                return "(?P<service_point>.+)"
            cities = "".join(f"|{literal(t)}" for t in other if self._points.is_city(t))
            if not cities:
                return rf".*?(?P<service_point>{self._points.code_pattern})\b.*"
            return rf"(.*\W)?(?P<service_point>{self._points.code_pattern}{cities})(\W.*)?"
        if kind == "week":
            self._has_weeks = True
            before = Counter(_WEEK_HEAD.match(t)["before"] for t in texts).most_common(1)[0][0]  # type: ignore[index]
            return literal(before) + r"(?P<week>\d{1,2})\b.*"
        if kind == "day":
            self._has_days = True
            return "(?P<day>.+)"
        return {
            "year": r"(?P<year>\d{4})",
            "measure": "(?P<measure>.+)",
            "category": "(?P<category>.+)",
        }.get(kind, ".*")

    # rows

    def _row_rules(self) -> list[Entries]:
        roles = self.roles
        by_role = {role: column for column, role in roles.items()}
        base: dict[str, str] = {
            self.key(c): f"(?P<{role.partition(':')[2]}>.*)"
            for c, role in roles.items()
            if role.startswith("fact:")
        }
        if "day" in by_role:
            base[self.key(by_role["day"])] = "(?P<day>.+)"
        if "service_point" in by_role:
            base[self.key(by_role["service_point"])] = "(?P<service_point>.+)"
        measure = by_role.get("measure", by_role.get("measure_down"))
        if measure is not None:
            base[self.key(measure)] = "(?P<measure>.+)"
        rules: list[Entries] = []
        rules += self._sum_rules()
        sections = (
            [
                {**rule, "when": {column_letters(c): pattern for c, pattern in rule["when"].items()}}
                for rule in self._sections
            ]
            if self._sections_needed()
            else []
        )
        rules += sections
        if "coded" in by_role:
            key = self.key(by_role["coded"])
            return [*rules, *self._coded_rules(base, key, self._texts(by_role["coded"]))]
        if "item" in by_role:
            key = self.key(by_role["item"])
            return [
                *rules,
                {"when": {**base, key: "(?P<category>.+)"}, "within": ["blocco"], "values": True},
                {"when": {**base, key: "(?P<measure>.+)"}, "values": True},
            ]
        within = {"within": ["servizio"]} if any(r["heading"] == "servizio" for r in sections) else {}
        if any(r["heading"] == "misura" for r in sections):
            return rules + self._rules_below_headings(base, by_role)
        detail_rules = self._detail_rules(base, by_role)
        detail_rules = [{**rule, **within} if within else rule for rule in detail_rules]
        return rules + self._active_rules(detail_rules, by_role)

    def _coded_rules(self, base: Mapping[str, str], key: str, texts: Sequence[str]) -> list[Entries]:
        """Rows that a code `measure|breakdown|category` names."""
        totals = dict.fromkeys(
            breakdown for breakdown, category in (t.split("|")[1:] for t in texts if t) if not category
        )
        return [
            *(
                {"when": {**base, key: rf"(?P<measure>[^|]+)\|{literal(total)}\|"}, "values": True}
                for total in totals
            ),
            {
                "when": {**base, key: r"(?P<measure>[^|]+)\|(?P<breakdown>[^|]+)\|(?P<category>[^|]+)"},
                "values": True,
            },
        ]

    def _sections_needed(self) -> bool:
        has_points = "service_point" in self.roles.values() or self._header_points or self._group.by_name
        has_measure = {"measure", "measure_down"} & set(self.roles.values())
        return not has_points or not has_measure

    def _rules_below_headings(self, base: Mapping[str, str], by_role: Mapping[str, int]) -> list[Entries]:
        sections = (
            ["ripartizione"] if any(r["heading"] == "ripartizione" for r in self._sections) else ["misura"]
        )
        if "mark" in by_role:
            mark, category = self.key(by_role["mark"]), self.key(by_role["category"])
            totals = sorted({t for t in self._texts(by_role["mark"]) if t})
            return [
                *(
                    {"when": {**base, mark: literal(t), category: ""}, "within": ["misura"], "values": True}
                    for t in totals
                ),
                {
                    "when": {**base, mark: "", category: "(?P<category>.+)"},
                    "within": sections,
                    "values": True,
                },
            ]
        if "category" not in by_role:
            return []
        column = by_role["category"]
        totals = sorted({t for t in self._texts(column) if self._terms.is_total(t)})
        key = self.key(column)
        return [
            *({"when": {**base, key: literal(t)}, "within": ["misura"], "values": True} for t in totals),
            {"when": {**base, key: "(?P<category>.+)"}, "within": sections, "values": True},
        ]

    def _detail_rules(self, base: Mapping[str, str], by_role: Mapping[str, int]) -> list[Entries]:
        details = [c for c, role in sorted(self.roles.items()) if role in ("breakdown", "category", "pair")]
        if not details:
            return [{"when": dict(base), "values": True}]
        marks: dict[tuple[str, ...], None] = {}
        for scan, row in self._data:
            said = tuple(scan.text(row, c) for c in details)
            if all(not t or self._terms.is_total(t) for t in said):
                marks[said] = None
        rules: list[Entries] = [
            {
                "when": {**base, **{self.key(c): literal(t) for c, t in zip(details, said, strict=True)}},
                "values": True,
            }
            for said in marks
        ]
        places = {
            "breakdown": "(?P<breakdown>.+)",
            "category": "(?P<category>.+)",
            "pair": "(?P<breakdown>[^:]+): (?P<category>.+)",
        }
        captured = {self.key(c): places[self.roles[c]] for c in details}
        rules.append({"when": {**base, **captured}, "values": True})
        return rules

    def _sum_rules(self) -> list[Entries]:
        """Rows that the city adds up by itself."""
        rules: list[Entries] = []
        for column, role in sorted(self.roles.items()):
            if role not in (
                "breakdown",
                "category",
                "pair",
                "item",
                "service_point",
                "measure",
                "measure_down",
            ):
                continue
            texts = list(dict.fromkeys(t for t in self._texts(column) if t))
            is_mark = role in ("breakdown", "category", "pair")
            sums = [t for t in texts if self._terms.is_sum(t) and not (is_mark and self._terms.is_total(t))]
            if role == "service_point":
                sums = [t for t in sums if self._points.exact(t) is None]
            if role in ("measure", "measure_down", "category", "pair"):
                sums = [
                    t for t in sums if t.startswith("%") or folded(t).startswith(("total", "somma", "sub"))
                ]
            if sums:
                starts = list(dict.fromkeys(literal(re.split(r"[ /]", t)[0]) for t in sums))
                kept = [t for t in texts if t not in sums]
                pattern = f"({'|'.join(starts)}).*"
                clash = any(re.fullmatch(pattern, t, re.IGNORECASE) for t in kept)
                if len(sums) <= 3 or clash:
                    pattern = "|".join(literal(t) for t in sums)
                rules.append(
                    {"when": {self.key(column): pattern}, "ignore": "somme della città, da confermare"}
                )
        return rules

    def _active_rules(self, rules: list[Entries], by_role: Mapping[str, int]) -> list[Entries]:
        """Where a column says whether the service was active, what is not declares a nil."""
        if "active" not in by_role:
            return rules
        column = by_role["active"]
        key = self.key(column)
        said = {t for t in (text_of(scan.sheet.value(row, column)) for scan, row in self._data) if t}
        yes = [t for t in said if folded(t) in self._terms.affirmed]
        if len(yes) != 1:
            self._notes.append(f"la colonna «{key}» non dice chiaramente se il servizio è attivo")
            return rules
        opposite = {"1": "0"}.get(yes[0], "NO|N")
        reason = {self.key(by_role["reason"]): "(?P<reason>.*)"} if "reason" in by_role else {}
        return [
            changed
            for rule in rules
            for changed in (
                {**rule, "when": {**rule["when"], key: literal(yes[0])}},
                {**rule, "when": {**rule["when"], key: opposite, **reason}, "nil": True},
            )
        ]


def _one_or_all(patterns: Sequence[str]) -> str | list[str]:
    return patterns[0] if len(patterns) == 1 else list(patterns)


def _is_function(of: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether each value of one column always has the same text beside it."""
    pairs = {(key, text) for key, text in zip(of, texts, strict=True)}
    return len(pairs) == len({key for key, _ in pairs})
