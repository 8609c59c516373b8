"""What is known before a new file is opened: the contract's labels, other cities' words, office terms.

Lives here: gathering the phrases of measures, breakdowns, categories and cover facts; reading `terms.yaml`.
Must not live here: the new file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from schemas.contract import CITY_LEVEL, TOTAL, Edition
from schemas.tables import Entry, read_document
from sources.layouts.library import KnownLayout
from sources.layouts.suggesting.likeness import Lexicon, parts_of, plain

_TOLD_BY_START = ("week", "version", "edition")
_TERMS = Path(__file__).with_name("terms.yaml")


class Terms(Entry):
    """The file `terms.yaml`."""

    totals: tuple[str, ...]
    sums: tuple[str, ...]
    previous: tuple[str, ...]
    names: tuple[str, ...]
    whole_city: tuple[str, ...]
    not_available: tuple[str, ...]
    not_applicable: tuple[str, ...]
    active: tuple[str, ...]
    affirmed: tuple[str, ...]
    denied: tuple[str, ...]
    reasons: tuple[str, ...]
    weekdays: tuple[tuple[str, ...], ...]
    nil: tuple[str, ...]
    facts: dict[str, tuple[str, ...]]

    def is_total(self, text: str) -> bool:
        """Whether a label says: all categories together."""
        return any(plain(part) in self.totals for part in parts_of(text))

    def is_sum(self, text: str) -> bool:
        """Whether a label says: a sum or share made by the city for checking."""
        return text.startswith("%") or any(
            word in self.sums for part in parts_of(text) for word in plain(part).split()
        )

    def is_weekday(self, text: str) -> bool:
        """Whether a label is the name of a day of the week."""
        return any(plain(text) in names for names in self.weekdays)

    def has_any(self, text: str, words: Iterable[str]) -> bool:
        """Whether one of the terms stands in the text, as whole words."""
        padded = f" {plain(text)} "
        return any(f" {word} " in padded for word in words)

    def fact(self, label: str) -> str | None:
        """The fact of a cover that a label names."""
        said = [plain(part) for part in parts_of(label)]
        for name, words in self.facts.items():
            if any(part in words for part in said):
                return name
        starts = {part.split(" ")[0] for part in said}
        return next((name for name in _TOLD_BY_START if starts & set(self.facts[name])), None)


@dataclass(frozen=True)
class Knowledge:
    """The edition, and by which phrases its measures, breakdowns and categories are known."""

    edition: Edition
    terms: Terms
    measures: Lexicon
    breakdowns: Lexicon
    categories: Mapping[str, Lexicon]
    """Code list -> its categories."""
    not_available: frozenset[str]
    not_applicable: frozenset[str]

    @staticmethod
    def gather(edition: Edition, others: Iterable[KnownLayout]) -> Knowledge:
        """From the contract in its three languages, and from the layouts of other cities."""
        layouts = [known for known in others if known.layout.words == "table"]
        terms = read_document(_TERMS, Terms)
        facts = edition.facts
        measures = {m.code: [m.code, m.label_it, m.label_en, m.label_de] for m in edition.measures}
        breakdowns = {
            code: [code]
            + [
                names[code]
                for names in (facts.list_names_it, facts.list_names_en, facts.list_names_de)
                if code in names
            ]
            for code in edition.code_lists_by_code
        }
        categories = {
            code_list.code: {
                c.code: [c.code, c.label_it, c.label_en, c.label_de, c.note or ""]
                for c in code_list.categories
            }
            for code_list in edition.code_lists
        }
        for known in layouts:
            for words in known.words.measures.values():
                for label, code in words.items():
                    measures[code].append(label)
            for label, code in known.words.breakdowns.items():
                if code != TOTAL:
                    breakdowns[code].append(label)
            for name, by_label in known.words.categories.items():
                for label, code in by_label.items():
                    categories[name][code].append(label)
        return Knowledge(
            edition,
            terms,
            Lexicon.of(measures),
            Lexicon.of(breakdowns),
            {name: Lexicon.of(by_code) for name, by_code in categories.items()},
            _tokens(terms.not_available, (known.layout.tokens.not_available for known in layouts)),
            _tokens(terms.not_applicable, (known.layout.tokens.not_applicable for known in layouts)),
        )

    @cached_property
    def measures_of_kind(self) -> Mapping[str, tuple[str, ...]]:
        """Kind of service point -> its measures, in the contract's order."""
        kinds = (*self.edition.facts.service_kinds, CITY_LEVEL)
        return {kind: tuple(m.code for m in self.edition.measures_of(kind)) for kind in kinds}

    def nothing(self, text: str) -> str | None:
        """`ND` or `NA` where a text stands for no figure, as far as is known."""
        said = plain(text)
        if said in self.not_available:
            return "ND"
        return "NA" if said in self.not_applicable else None


def _tokens(terms: Iterable[str], layouts: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset((*terms, *(plain(token) for tokens in layouts for token in tokens)))
