"""Headings that open sections: without them a figure would lack its measure or service point.

Lives here: recognising the three kinds of headings, and the patterns that capture what they say.
Must not live here: columns (`labels`, `header`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from sources.layouts.suggesting.evidence import Entries, Evidence, literal
from sources.layouts.texts import folded

_NUMBER = re.compile(r"(?P<number>\d+)\b(?P<mark>\W*)")
_NUMBERED = re.compile(r"\d+(?P<mark>[.)] ?)")
_PER = re.compile(r"(per|nach|by|di cui per) ")


class Headings(Evidence):
    """The headings among the figures."""

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
        numbers = [(text, found) for text in singles if (found := _NUMBER.match(text))]
        marks = Counter(found["mark"] for _, found in numbers if found["number"] in self._listed)
        column = 0
        if marks:
            mark = marks.most_common(1)[0][0]
            for text, found in numbers:
                is_so_written = found["mark"].startswith(mark)
                if is_so_written and found["number"] not in self._listed and self._points.is_city(text):
                    self._city_level.add(found["number"])
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
        numbered = [found["mark"] for text in singles if (found := _NUMBERED.match(text))]
        per = [found.group() for text in singles if (found := _PER.match(text))]
        if not numbered and not per:
            return ()
        rules: list[Entries] = []
        if numbered:
            rules.append({"when": {0: rf"\d+{literal(numbered[0])}(?P<measure>.+)"}, "heading": "misura"})
        if per:
            within = {"within": ["misura", "ripartizione"]} if numbered else {}
            rules.append({"when": {0: f"{per[0]}(?P<breakdown>.+)"}, **within, "heading": "ripartizione"})
        if not numbered:
            plain_rule = {"when": {0: "(?P<measure>.+)"}, "heading": "misura"}
            rules = [*({**r, "within": ["misura", "ripartizione"]} for r in rules), plain_rule]
        self._places.add("measure")
        return tuple(rules)
