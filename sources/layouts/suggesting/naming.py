"""The labels of a new file as words: which measure, breakdown and category each is taken for.

Lives here: gathering the labels that place figures, and assigning them by likeness, order and structure.
Must not live here: the shape of tables (`shape`); a table of words as a file (`writing`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sources.layouts.model import Word
from sources.layouts.suggesting.assigning import Match, assign
from sources.layouts.suggesting.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Seen:
    """A value cell by its labels, and the kinds of service point that it may be of."""

    kinds: frozenset[str]
    measure: str
    breakdown: str
    category: str
    is_filled: bool


@dataclass(frozen=True)
class Naming:
    """The words found, and the labels for which there is none: (what, label, why)."""

    words: tuple[Word, ...]
    unplaced: tuple[tuple[str, str, str], ...]


@dataclass
class _Block:
    """The labels of one measure label, in the order of the file."""

    details: dict[tuple[str, str], None] = field(default_factory=dict)


def name_labels(seen: Iterable[Seen], knowledge: Knowledge) -> Naming:
    """Words for every label of these cells that some code comes near to."""
    return _Namer(list(seen), knowledge).run()


_OPAQUE = re.compile(r"^([A-Z]{1,2})(\d{1,4}|Z)$")


class _Namer:
    """One pass over the labels of a file."""

    def __init__(self, seen: Sequence[Seen], knowledge: Knowledge) -> None:
        self._seen, self._knowledge = seen, knowledge
        self._lists = knowledge.edition.code_lists_by_code
        self._measures = knowledge.edition.measures_by_code
        self._words: dict[tuple[str, str, str], Word] = {}
        self._unplaced: dict[tuple[str, str], str] = {}
        self._blocks = self._gather()
        self._families = self._gather_families()
        self._list_of: dict[str, str] = {}
        """Family (a breakdown's label, or what stands for one) -> its code list."""
        self._is_sure_list: dict[str, bool] = {}

    def _gather(self) -> dict[str, dict[str, _Block]]:
        """Kind -> measure label -> its details, in the order of the file."""
        filled: dict[str, set[str]] = {}
        for one in self._seen:
            if one.is_filled:
                filled.setdefault(one.measure, set()).update(one.kinds)
        blocks: dict[str, dict[str, _Block]] = {}
        for one in self._seen:
            kinds = filled.get(one.measure) or one.kinds
            for kind in sorted(kinds & one.kinds):
                block = blocks.setdefault(kind, {}).setdefault(one.measure, _Block())
                is_empty_column = not one.is_filled and one.breakdown == ""
                if one.category and not is_empty_column:
                    block.details[one.breakdown, one.category] = None
        for one in self._seen:
            # What nobody reported has its column all the same.
            if one.category and one.breakdown == "":
                for kind in one.kinds:
                    found = blocks.get(kind, {}).get(one.measure)
                    if found is not None and self._has_own_columns:
                        found.details[one.breakdown, one.category] = None
        return blocks

    @cached_property
    def _has_own_columns(self) -> bool:
        """Whether each measure has details of its own: not the same few beside every one of them."""
        plain_details: dict[str, set[str]] = {}
        for one in self._seen:
            if one.breakdown == "" and one.category:
                plain_details.setdefault(one.measure, set()).add(one.category)
        measures = {one.measure for one in self._seen}
        return len(plain_details) < len(measures)

    def _gather_families(self) -> dict[str, dict[str, None]]:
        """Family -> its category labels in the order of the file."""
        families: dict[str, dict[str, None]] = {}
        for blocks in self._blocks.values():
            for block in blocks.values():
                for breakdown, category in block.details:
                    families.setdefault(self._family(breakdown, category), {})[category] = None
        for name, labels in families.items():
            if name.startswith("\0"):
                families[name] = dict.fromkeys(sorted(labels))
        return families

    def _family(self, breakdown: str, category: str) -> str:
        if breakdown:
            return breakdown
        if self._is_opaque:
            code = _OPAQUE.match(category)
            return f"\0{code[1]}" if code else "\0"
        return ""

    @cached_property
    def _is_opaque(self) -> bool:
        """Whether categories are codes, `E1` to `E7`, which say nothing of what they stand for."""
        plain_details = {s.category for s in self._seen if s.category and not s.breakdown}
        coded = sum(_OPAQUE.match(label) is not None for label in plain_details)
        return bool(plain_details) and coded >= 0.7 * len(plain_details)

    def run(self) -> Naming:
        """Lists first, then measures (told by their lists too), then what has no list of its own."""
        self._name_families()
        matches = {kind: self._name_measures(kind, blocks) for kind, blocks in self._blocks.items()}
        if "" in self._families and "" not in self._list_of:
            self._name_segments(matches)
        return Naming(
            tuple(self._words.values()),
            tuple((what, label, why) for (what, label), why in self._unplaced.items()),
        )

    # lists

    def _name_families(self) -> None:
        names = [name for name in self._families if name]
        if "" in self._families and self._is_one_list(list(self._families[""])):
            names.append("")
        codes = list(self._lists)
        likeness = {(name, code): self._family_likeness(name, code) for name in names for code in codes}
        for match in assign(names, codes, lambda name, code: likeness[name, code]):
            name, code = match.label, match.code
            if match.likeness <= 0:
                self._unplaced["breakdown", name] = "nessuna lista le somiglia"
                continue
            rival = max(likeness[name, other] for other in codes if other != code)
            is_sure = match.is_sure or (match.likeness >= 0.6 and match.likeness - rival >= 0.15)
            self._list_of[name] = code
            self._is_sure_list[name] = is_sure
            if name and not name.startswith("\0"):
                self._add("breakdown", "", code, name, is_sure)
            self._name_categories(code, list(self._families[name]), is_sure)

    def _is_one_list(self, labels: Sequence[str]) -> bool:
        """Whether details without a breakdown's name are those of a single list."""
        sizes = {len(code_list.codes) for code_list in self._lists.values()}
        best = max(self._mean_likeness(labels, code) for code in self._lists)
        return len(labels) in sizes and best >= 0.4 and len(labels) <= min(sizes, default=0) + 4

    def _family_likeness(self, name: str, code: str) -> float:
        labels = list(self._families[name])
        size = len(self._lists[code].codes)
        if len(labels) > size:
            return 0.0
        own = self._mean_likeness(labels, code)
        if not name or name.startswith("\0"):
            return 0.5 * own + 0.2 * len(labels) / size + 0.3 * self._use_likeness(name, code)
        return 0.35 * self._knowledge.breakdowns.likeness(name, code) + 0.5 * own + 0.15 * len(labels) / size

    def _use_likeness(self, name: str, code: str) -> float:
        """How far a family stands under as many measures of each kind as the list does in the contract."""
        fewer = more = 0
        for kind, blocks in self._blocks.items():
            seen = sum(any(self._family(*d) == name for d in block.details) for block in blocks.values())
            expected = sum(code in m.breakdowns for m in self._knowledge.edition.measures_of(kind))
            fewer, more = fewer + min(seen, expected), more + max(seen, expected)
        return fewer / more if more else 0.0

    def _category_likeness(self, code: str) -> Callable[[str, str], float]:
        """How labels are like the list's categories; of a code only an official number says anything."""
        lexicon = self._knowledge.categories[code]

        def likeness(label: str, category: str) -> float:
            is_short_code = self._is_opaque and re.search(r"\d{3}|^[FM]$", label) is None
            return 0.0 if is_short_code else lexicon.likeness(label, category)

        return likeness

    def _mean_likeness(self, labels: Sequence[str], code: str) -> float:
        matches = assign(labels, self._lists[code].codes, self._category_likeness(code))
        return sum(match.likeness for match in matches) / len(labels) if labels else 0.0

    def _name_categories(self, code: str, labels: Sequence[str], list_is_sure: bool) -> None:
        matches = assign(labels, self._lists[code].codes, self._category_likeness(code))
        for match in matches:
            self._add("category", code, match.code, match.label, match.is_sure and list_is_sure)
        for label in labels:
            if label not in {match.label for match in matches}:
                self._unplaced["category", label] = "la lista non ha tante categorie"

    # measures

    def _name_measures(self, kind: str, blocks: Mapping[str, _Block]) -> tuple[Match, ...]:
        codes = self._knowledge.measures_of_kind.get(kind, ())
        labels = sorted(blocks) if self._is_opaque else list(blocks)
        lexicon = self._knowledge.measures.limited(codes)
        support = {(label, code): self._support(blocks[label], code) for label in labels for code in codes}
        matches = assign(labels, codes, lexicon.likeness, lambda label, code: support[label, code])
        placed = set()
        for match in matches:
            placed.add(match.label)
            told = support[match.label, match.code]
            fitting = [code for code in codes if support[match.label, code] >= told]
            alone = told >= _FITS and len(fitting) == 1 and match.likeness >= 0.35
            is_sure = told >= 0 and (match.is_sure or alone)
            if match.likeness < 0.2 and told < 0 and not self._is_opaque:
                self._unplaced["measure", match.label] = "non somiglia a nessuna misura"
                continue
            self._add("measure", kind, match.code, match.label, is_sure)
        for label in labels:
            if label not in placed:
                self._unplaced["measure", label] = "ci sono più voci che misure"
        return matches

    def _support(self, block: _Block, code: str) -> float:
        """What the breakdowns seen under a label say for a measure: for it above, against it below zero."""
        expected = set(self._measures[code].breakdowns)
        named = {self._family(*detail) for detail in block.details} - {""}
        lists = {self._list_of[name] for name in named if name in self._list_of}
        if "" in self._list_of and any(not breakdown for breakdown, _ in block.details):
            lists.add(self._list_of[""])
            plain_details = 0
        else:
            plain_details = sum(self._family(*detail) == "" for detail in block.details)
        if lists - expected:
            return -0.4
        rest = sum(len(self._lists[name].codes) for name in expected - lists)
        if plain_details:
            return _FITS if plain_details == rest else -0.4
        if not expected:
            return 0.1
        return _FITS if not rest else -0.1

    # details without the name of their list

    def _name_segments(self, matches: Mapping[str, Sequence[Match]]) -> None:
        """A measure's details in the order of its lists, each list's categories together."""
        found: dict[str, dict[str, None]] = {}
        for kind, of_kind in matches.items():
            for match in of_kind:
                details = [c for b, c in self._blocks[kind][match.label].details if not b]
                lists = self._measures[match.code].breakdowns
                if not details or len(details) != sum(len(self._lists[name].codes) for name in lists):
                    if details:
                        self._unplaced["category", match.label] = (
                            "le righe non sono tante quante le categorie"
                        )
                    continue
                start = 0
                for name in lists:
                    size = len(self._lists[name].codes)
                    for label in details[start : start + size]:
                        found.setdefault(name, {})[label] = None
                    start += size
        for name, labels in found.items():
            self._name_categories(name, list(labels), list_is_sure=True)

    def _add(self, what: str, of_list: str, code: str, label: str, is_sure: bool) -> None:
        if not label:
            return
        self._words.setdefault(
            (what, of_list, label),
            Word.model_validate(
                {"what": what, "list": of_list, "code": code, "label": label, "to_confirm": not is_sure}
            ),
        )


_FITS = 0.25
"""Support of a measure whose breakdowns are just those seen."""
