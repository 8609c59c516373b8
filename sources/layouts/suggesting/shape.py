"""The shape of sheets that are alike: a whole table of the layout, with the rules for its rows.

Lives here: putting header, columns and row rules together.
Must not live here: codes for the labels (`naming`), the rows around a table (`drafting`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.addresses import column_letters
from sources.layouts.suggesting.evidence import Entries, literal
from sources.layouts.suggesting.header import HeaderColumns
from sources.layouts.texts import folded, text_of


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


class Shaper(HeaderColumns):
    """Finds the shape of one group of sheets."""

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
                more = f" e altre {len(sums) - 1}" if len(sums) > 1 else ""
                self._notes.append(f"le righe «{sums[0]}»{more} sono ignorate: sono somme della città")
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
