"""A city's words for measures, breakdowns and categories, turned into the contract's codes.

Lives here: the vocabulary of a layout and its check against the contract.
Must not live here: where a label stands in a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from schemas.contract import CITY_LEVEL, TOTAL, Edition
from schemas.tables import ContractError, did_you_mean, record_line
from sources.layouts.model import Word
from sources.layouts.texts import folded


@dataclass(frozen=True, slots=True)
class Item:
    """What a label pair says: a measure, and its total or one category of a breakdown."""

    measure: str
    breakdown: str
    category: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A label that the vocabulary does not know here. `what`: measure, breakdown, category, or
    `of_other_kind` / `not_of_measure` where the word is known but has no place here.
    """

    what: str
    label: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """Folded labels to codes. A category's label is looked up within its breakdown."""

    measures: Mapping[str, Mapping[str, str]]
    breakdowns: Mapping[str, str]
    categories: Mapping[str, Mapping[str, str]]
    measure_breakdowns: Mapping[str, tuple[str, ...]]
    spellings: Mapping[str, str] = field(default_factory=dict)

    def item(self, kind: str, measure: str, breakdown: str, category: str) -> Item | Unknown:
        """What these labels mean for a kind of service point. A label `=code` is a code already."""
        code = self._code(self.measures.get(kind, {}), measure)
        if code is None:
            if any(self._code(words, measure) for words in self.measures.values()):
                return Unknown("of_other_kind", measure)
            return Unknown(
                "measure", measure, self._shown(self.measures[kind]) if kind in self.measures else ()
            )
        if not breakdown and not category:
            return Item(code, TOTAL, "")
        lists = self.measure_breakdowns[code]
        if breakdown:
            list_code = self._code(self.breakdowns, breakdown)
            if list_code is None:
                return Unknown("breakdown", breakdown, self._shown(self.breakdowns))
            if list_code == TOTAL and not category:
                return Item(code, TOTAL, "")
            if list_code not in lists:
                return Unknown("not_of_measure", breakdown)
            found = self._code(self.categories[list_code], category)
            if found is None:
                return Unknown("category", category, self._shown(self.categories[list_code]))
            return Item(code, list_code, found)
        among = [(name, self._code(self.categories[name], category)) for name in lists]
        fitting = [(name, found) for name, found in among if found is not None]
        if len(fitting) == 1:
            return Item(code, fitting[0][0], fitting[0][1])
        known = tuple(label for name in lists for label in self._shown(self.categories[name]))
        return Unknown("category", category, known)

    def area(self, label: str, area_list: str) -> str | None:
        """The area that a label names, or None."""
        return self._code(self.categories[area_list], label)

    def area_labels(self, area_list: str) -> tuple[str, ...]:
        """The names of the areas."""
        return self._shown(self.categories[area_list])

    @cached_property
    def all_measure_labels(self) -> tuple[str, ...]:
        """The names of the measures of every kind."""
        return tuple(label for words in self.measures.values() for label in self._shown(words))

    def label(self, kind: str, measure: str, breakdown: str, category: str) -> str:
        """What the city's file calls a figure, `Contatti in strada, F`; '' where its words do not say it."""
        name = self._labels.get((kind, measure), "")
        if breakdown == TOTAL or not name:
            return name
        detail = self._labels.get((breakdown, category), "")
        return f"{name}, {detail}" if detail else ""

    @cached_property
    def _labels(self) -> dict[tuple[str, str], str]:
        """The first label of each code, by kind of service point or by code list."""
        found: dict[tuple[str, str], str] = {}
        for group, words in (*self.measures.items(), *self.categories.items()):
            for label, code in words.items():
                found.setdefault((group, code), self.spellings.get(label, label))
        return found

    def _code(self, words: Mapping[str, str], label: str) -> str | None:
        if label.startswith("="):
            return label[1:] if label[1:] in words.values() else None
        return words.get(folded(label))

    def _shown(self, words: Mapping[str, str]) -> tuple[str, ...]:
        """The labels as the city writes them: one tuple for all that is unknown among them."""
        shown = self._shown_before.get(id(words))
        if shown is None:
            shown = self._shown_before[id(words)] = tuple(self.spellings.get(label, label) for label in words)
        return shown

    @cached_property
    def _shown_before(self) -> dict[int, tuple[str, ...]]:
        return {}


def vocabulary_of_contract(edition: Edition) -> Vocabulary:
    """The contract's own words: codes everywhere, and the Italian labels of the area list too."""
    areas = edition.code_lists_by_code[edition.facts.area_list]
    words = [
        *(Word(what="measure", list=m.service_kind, code=m.code, label=m.code) for m in edition.measures),
        *(Word(what="breakdown", code=name, label=name) for name in (*edition.code_lists_by_code, TOTAL)),
        *(
            Word(what="category", list=code_list.code, code=code, label=code)
            for code_list in edition.code_lists
            for code in code_list.codes
        ),
    ]
    spoken = {folded(word.label) for word in words if word.what == "category" and word.list == areas.code}
    words += [
        Word(what="category", list=areas.code, code=category.code, label=category.label_it)
        for category in areas.categories
        if folded(category.label_it) not in spoken
    ]
    return build_vocabulary(edition, words, None)


def build_vocabulary(edition: Edition, words: Sequence[Word], path: Path | None) -> Vocabulary:
    """Words as a vocabulary. ContractError for an unknown code, or a label that says two things."""
    origin = path or Path("contract")
    kinds = (*edition.facts.service_kinds, CITY_LEVEL)
    measures: dict[str, dict[str, str]] = {kind: {} for kind in kinds}
    breakdowns: dict[str, str] = {}
    categories: dict[str, dict[str, str]] = {name: {} for name in edition.code_lists_by_code}
    spellings: dict[str, str] = {}
    for index, word in enumerate(words):
        line = _Line(path, index)
        if word.what == "measure":
            known = [m.code for m in edition.measures_of(word.list)]
            _known(origin, line, word.list, kinds)
            place = measures[word.list]
        elif word.what == "breakdown":
            known = [*edition.code_lists_by_code, TOTAL]
            place = breakdowns
        else:
            _known(origin, line, word.list, categories)
            known = list(edition.code_lists_by_code[word.list].codes)
            place = categories[word.list]
        _known(origin, line, word.code, known)
        label = folded(word.label)
        if place.get(label, word.code) != word.code:
            problem = f"{word.label!r} already means {place[label]!r} here"
            raise ContractError(origin, line.number, problem, "Make the labels differ.")
        place[label] = word.code
        spellings.setdefault(label, word.label)
    return Vocabulary(
        measures,
        breakdowns,
        categories,
        {measure.code: measure.breakdowns for measure in edition.measures},
        spellings,
    )


def check_completeness(vocabulary: Vocabulary, edition: Edition, path: Path) -> None:
    """A list that has words has one for each of its categories (a city may well count fewer measures).

    ContractError for the first category that has none.
    """
    for code_list in edition.code_lists:
        known = set(vocabulary.categories[code_list.code].values())
        missing = next((code for code in code_list.codes if known and code not in known), None)
        if missing is not None:
            problem = f"no word for the category {missing!r} of {code_list.code!r}"
            raise ContractError(path, None, problem, "Add its row.")


@dataclass(frozen=True)
class _Line:
    """A row of a words table; its line is looked up when it has to be told."""

    path: Path | None
    index: int

    @property
    def number(self) -> int | None:
        return None if self.path is None else record_line(self.path, self.index)


def _known(path: Path, line: _Line, word: str, known: Mapping[str, object] | Sequence[str]) -> None:
    if word not in known:
        raise ContractError(
            path, line.number, f"{word!r} is not in the contract here", did_you_mean(word, known)
        )
