"""The roles of label columns: service point, measure, breakdown, category, day, facts, or nothing of these.

Lives here: telling them by their contents, by where totals are marked, and by their heading.
Must not live here: columns of figures (`header`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from schemas.addresses import column_letters
from sources.layouts.days import parse_day
from sources.layouts.model import is_letters
from sources.layouts.suggesting.headings import Headings
from sources.layouts.suggesting.likeness import plain
from sources.layouts.texts import folded, is_one_name

_PAIR = re.compile(r"^([^:]+): (.+)$")
_CODED = re.compile(r"^[^|]+\|[^|]*\|[^|]*$")


class LabelColumns(Headings):
    """The columns left of the figures."""

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
        telling = (*self._terms.active, *self._terms.reasons)
        for column in range(self._width):
            if column not in roles and plain(self._head(column)) in telling:
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

    def _by_head(self, column: int) -> str:
        head = self._head(column)
        if self._terms.has_any(head, self._terms.active):
            return "active"
        if self._terms.has_any(head, self._terms.reasons):
            return "reason"
        return "other"

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
            roles = {} if full else self._measure_beside_totals(texts, marked, blank)
            details = [*marked]
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

    def _measure_beside_totals(
        self, texts: Mapping[int, Sequence[str]], marked: Sequence[int], blank: Sequence[int]
    ) -> dict[int, str]:
        """The column whose texts stand beside totals only: they hold for the details below, too."""
        totals = self._total_rows(texts, marked)
        roles = {}
        for column in blank:
            filled = {n for n, text in enumerate(texts[column]) if text}
            if filled and len(filled & totals) >= 0.9 * len(filled):
                roles[column] = "measure_down"
        return roles

    def _is_blank_in_totals(
        self, texts: Mapping[int, Sequence[str]], marked: Sequence[int], column: int
    ) -> bool:
        filled = {n for n, text in enumerate(texts[column]) if text}
        return bool(filled) and not filled & self._total_rows(texts, marked)

    def key(self, column: int) -> str:
        """How row rules name a column: its heading, or its letter where that says nothing else."""
        head = self._head(column)
        heads = [folded(self._head(c)) for c in range(self._width)]
        if not is_one_name(head) or is_letters(head) or heads.count(folded(head)) > 1:
            return column_letters(column)
        return head


def _is_function(of: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether each value of one column always has the same text beside it."""
    pairs = {(key, text) for key, text in zip(of, texts, strict=True)}
    return len(pairs) == len({key for key, _ in pairs})
