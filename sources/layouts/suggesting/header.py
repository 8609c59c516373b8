"""The header: its lines, what each says, and the columns of figures below it.

Lives here: lines above and below the anchor, merged headings, columns and their patterns.
Must not live here: rows (`shape`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

from schemas.addresses import column_letters
from sources.layouts.days import parse_day
from sources.layouts.suggesting.evidence import Entries, literal
from sources.layouts.suggesting.labels import LabelColumns
from sources.layouts.suggesting.sheetscan import Scan
from sources.layouts.texts import folded

_WEEK_HEAD = re.compile(r"^(?P<before>\D*)(?P<week>\d{1,2})\b(?P<after>.*)$")
_COMPOUND = re.compile(r"^(.+?)(__|\||/|::|\.)(.+)$")


class HeaderColumns(LabelColumns):
    """The header and the columns of figures."""

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
            before, times = _before_weeks(own).most_common(1)[0]
            if times >= 0.8 * len(own) and before.strip():
                return "week"
        if "service_point" not in self._places and all(self._points.is_city(t) for t in own):
            return "service_point"
        if "measure" in self._places:
            return "category" if values_elsewhere else "plain"
        return "item"

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
        if found:
            self._notes.append("le colonne di totali sono ignorate")
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
            before, _ = _before_weeks(texts).most_common(1)[0]
            return literal(before) + r"(?P<week>\d{1,2})\b.*"
        if kind == "day":
            self._has_days = True
            return "(?P<day>.+)"
        return {
            "year": r"(?P<year>\d{4})",
            "measure": "(?P<measure>.+)",
            "category": "(?P<category>.+)",
        }.get(kind, ".*")


def _before_weeks(texts: Iterable[str]) -> Counter[str]:
    """What stands before the number of the week, and how often; texts that name no week do not count."""
    return Counter(found["before"] for text in texts if (found := _WEEK_HEAD.match(text)))


def _one_or_all(patterns: Sequence[str]) -> str | list[str]:
    return patterns[0] if len(patterns) == 1 else list(patterns)
