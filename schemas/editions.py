"""Finding and loading an edition: a pair of data folders, held together and checked.

Lives here: where an edition's files stand, and the checks between them.
Must not live here: anything that differs between editions; that is data.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

from schemas.contract import (
    CITY_LEVEL,
    Budget,
    Category,
    City,
    CodeList,
    Edition,
    EditionFacts,
    ForeignResidents,
    Indicator,
    Measure,
    Rule,
    Rules,
    ServicePoint,
    Target,
)
from schemas.expressions import measures_in
from schemas.formulas import FormulaError, figures_of
from schemas.tables import (
    ContractError,
    Entry,
    Row,
    did_you_mean,
    line_of,
    read_document,
    read_table,
    record_line,
)

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_EDITION = "lgnet2"


@dataclass(frozen=True)
class EditionFolders:
    """Where an edition's two folders stand: who sends and how (`sources`), what is counted (`schemas`)."""

    sources: Path
    schemas: Path


class UnknownEditionError(Exception):
    """No such edition; `known` are those that there are."""

    def __init__(self, slug: str, known: Sequence[str]) -> None:
        super().__init__(f"no edition {slug!r}. {did_you_mean(slug, known)}")
        self.slug, self.known = slug, tuple(known)


def find_edition(slug: str) -> EditionFolders:
    """The folders of an edition: one of `$REGIA_EDITIONS` before a built-in one.

    Raises UnknownEditionError that names the editions there are.
    """
    for name, folders in _editions():
        if name == slug:
            return folders
    known = sorted({name for name, _ in _editions()})
    raise UnknownEditionError(slug, known)


def _editions() -> Iterable[tuple[str, EditionFolders]]:
    extra = os.environ.get("REGIA_EDITIONS")
    if extra:
        for folder in sorted(Path(extra).glob("*/schemas/edition.yaml")):
            root = folder.parent.parent
            yield root.name, EditionFolders(root / "sources", root / "schemas")
    for file in sorted((PROJECT / "schemas").glob("*/edition.yaml")):
        slug = file.parent.name
        yield slug, EditionFolders(PROJECT / "sources" / slug, file.parent)


def load_edition(folders: EditionFolders) -> Edition:
    """The edition in these folders, every entry and every cross-reference checked.

    Raises ContractError (file, line, what to do) for the first mistake found.
    """
    facts = read_document(folders.schemas / "edition.yaml", EditionFacts)
    edition = Edition(
        facts=facts,
        cities=read_table(folders.sources / "cities.csv", City),
        service_points=read_table(folders.sources / "service_points.csv", ServicePoint),
        measures=read_table(folders.schemas / "measures.csv", Measure),
        code_lists=_code_lists(folders.schemas / "code_lists.csv"),
        indicators=read_table(folders.schemas / "indicators.csv", Indicator),
        rules=read_document(folders.schemas / "rules.yaml", Rules).rules,
        targets=_optional(folders.schemas / "targets.csv", Target),
        budgets=_optional(folders.schemas / "budgets.csv", Budget),
        foreign_residents=_optional(folders.schemas / "foreign_residents.csv", ForeignResidents),
    )
    _check(edition, folders)
    return edition


def _optional(path: Path, model: type[Row]) -> tuple[Row, ...]:
    return read_table(path, model) if path.exists() else ()


def _code_lists(path: Path) -> tuple[CodeList, ...]:
    rows = read_table(path, Category)
    lists: list[CodeList] = []
    for code, group in groupby(rows, key=lambda row: row.list):
        categories = tuple(group)
        additive = {category.additive for category in categories}
        if len(additive) > 1 or any(known.code == code for known in lists):
            line = record_line(path, rows.index(categories[0]))
            raise ContractError(
                path,
                line,
                f"list {code!r} is split or both additive and not",
                "Keep its rows together and alike.",
            )
        lists.append(CodeList(code=code, is_additive=additive.pop(), categories=categories))
    return tuple(lists)


@dataclass(frozen=True)
class _Reference:
    """Words of a table's column that another table must know."""

    path: Path
    column: str
    words: Sequence[tuple[int, str]]
    """Each with the index of its row."""
    known: Iterable[str]


def _check(edition: Edition, folders: EditionFolders) -> None:
    facts = edition.facts
    measures = folders.schemas / "measures.csv"
    points = folders.sources / "service_points.csv"
    indicators = folders.schemas / "indicators.csv"
    kinds = {*facts.service_kinds, CITY_LEVEL}
    lists = set(edition.code_lists_by_code)

    for path, key, rows in (
        (measures, _by("code"), edition.measures),
        (indicators, _by("code"), edition.indicators),
        (points, _by("code"), edition.service_points),
        (folders.sources / "cities.csv", _by("slug", "istat_valid_from"), edition.cities),
        (
            folders.schemas / "code_lists.csv",
            _by("list", "code"),
            [category for code_list in edition.code_lists for category in code_list.categories],
        ),
    ):
        _each_once(path, key, rows)

    edition_yaml = folders.schemas / "edition.yaml"
    if facts.area_list not in lists:
        raise ContractError(
            edition_yaml, line_of(edition_yaml, ["area_list"]), f"no code list {facts.area_list!r}",
            did_you_mean(facts.area_list, lists),
        )  # fmt: skip

    for reference in (
        _Reference(measures, "area", _words(edition.measures, "area"), facts.areas),
        _Reference(measures, "service_kind", _words(edition.measures, "service_kind"), kinds),
        _Reference(measures, "breakdowns", _words(edition.measures, "breakdowns"), lists),
        _Reference(indicators, "area", _words(edition.indicators, "area"), facts.areas),
        _Reference(indicators, "breakdowns", _words(edition.indicators, "breakdowns"), lists),
        _Reference(points, "city", _words(edition.service_points, "city"), edition.city_slugs),
        _Reference(points, "kind", _words(edition.service_points, "kind"), facts.service_kinds),
        _Reference(edition_yaml, "areas", _words([facts], "areas"),
                   edition.code_lists_by_code[facts.area_list].codes),
    ):  # fmt: skip
        known = set(reference.known)
        for index, word in reference.words:
            if word not in known:
                is_table = reference.path.suffix == ".csv"
                line = record_line(reference.path, index) if is_table else line_of(reference.path, ["areas"])
                raise ContractError(
                    reference.path, line, f"column {reference.column!r}: {word!r} is not known",
                    did_you_mean(word, known),
                )  # fmt: skip
    _check_edition_words(edition, edition_yaml)
    _check_formulas(edition, indicators)
    _check_rules(edition, edition.rules, folders.schemas / "rules.yaml")


def _check_edition_words(edition: Edition, path: Path) -> None:
    """What `edition.yaml` names is in the contract."""
    facts = edition.facts
    lists = edition.code_lists_by_code
    named: tuple[tuple[str, Iterable[str], Collection[str]], ...] = (
        ("list_names_it", facts.list_names_it, lists),
        ("list_names_en", facts.list_names_en, lists),
        ("list_names_de", facts.list_names_de, lists),
        ("service_kinds_en", facts.service_kinds_en, facts.service_kinds),
        ("service_kinds_de", facts.service_kinds_de, facts.service_kinds),
        ("languages", facts.languages, edition.city_slugs),
        ("key_measures", facts.key_measures, edition.measures_by_code),
    )
    for key, words, known in named:
        for word in words:
            if word not in known:
                raise ContractError(
                    path,
                    line_of(path, [key, word]),
                    f"{key}: {word!r} is not known",
                    did_you_mean(word, known),
                )


def _check_formulas(edition: Edition, path: Path) -> None:
    for index, indicator in enumerate(edition.indicators):
        try:
            figures_of(edition, indicator)
        except FormulaError as error:
            line = record_line(path, index)
            raise ContractError(path, line, f"{indicator.code}: {error.problem}", error.remedy) from error


def read_rules(path: Path, edition: Edition) -> tuple[Rule, ...]:
    """The entries of a file in the form of `rules.yaml` that speaks of an edition's measures and rules.

    Raises ContractError.
    """
    rules = read_document(path, Rules).rules
    _check_rules(edition, rules, path)
    return rules


def _check_rules(edition: Edition, rules: Sequence[Rule], path: Path) -> None:
    """The entries of a file agree with the edition, each other, and those of the edition's other rules."""
    theirs = {rule.id for rule in rules}
    beside = (*rules, *(rule for rule in edition.rules if rule.id not in theirs))
    for index, rule in enumerate(rules):
        problems = chain(_validity_problems(rule, rules[:index]), _rule_problems(edition, rule, beside))
        for problem, remedy in problems:
            raise ContractError(path, line_of(path, ["rules", index]), problem, remedy)


def _validity_problems(rule: Rule, before: Sequence[Rule]) -> Iterable[tuple[str, str]]:
    """What is wrong with when an entry holds. `before`: the entries that stand above it."""
    older = [one for one in before if one.id == rule.id]
    if not older:
        return
    last = older[-1]
    if last is not before[-1]:
        yield f"the entries of {rule.id} do not stand together", "Put them one below the other."
    elif rule.valid_from <= last.valid_from:
        yield (
            f"{rule.id}: the entry from {rule.valid_from} stands below the one from {last.valid_from}",
            "Put the older one first; two that begin on one day cannot both hold: keep one.",
        )
    elif last.holds_between(rule.valid_from, dt.date.max):
        yield (
            f"{rule.id}: on {rule.valid_from} two entries hold, this one and that from {last.valid_from}",
            f"End the older one the day before: valid_to: {rule.valid_from - dt.timedelta(days=1)}.",
        )


def _rule_problems(edition: Edition, rule: Rule, beside: Sequence[Rule]) -> Iterable[tuple[str, str]]:
    """What is wrong with a rule's entry, and what to do. `beside`: every entry that there is."""
    for kind, word, known in _rule_words(edition, rule, {one.id for one in beside}):
        if word not in known:
            yield f"{rule.id}: no {kind} {word!r}", did_you_mean(word, known)
    errors = {
        one.id
        for one in beside
        if one.severity == "error" and one.holds_between(rule.valid_from, rule.valid_to or dt.date.max)
    }
    for silenced in (word for silence in rule.silences for word in silence.rules):
        if rule.severity == "warning" and silenced in errors:
            yield (
                f"{rule.id}: the warning silences the error {silenced}",
                "A return that has to be refused would be accepted: let the error speak.",
            )


def _rule_words(
    edition: Edition, rule: Rule, rule_ids: Collection[str]
) -> Iterable[tuple[str, str, Collection[str]]]:
    """The words of a rule's entry that the contract must know, with what they are."""
    measures, lists = edition.measures_by_code, edition.code_lists_by_code
    for measure in rule.measures:
        yield "measure", measure, measures
    for comparison in rule.comparisons:
        sides = (comparison.left, comparison.right, comparison.right_in_first_week)
        for measure in (word for side in sides if side for word in measures_in(side)):
            yield "measure", measure, measures
        if comparison.each is not None:
            yield "breakdown", comparison.each, lists
    if rule.breakdown is not None:
        yield "breakdown", rule.breakdown, lists
        if rule.category is not None:
            yield "category", rule.category, lists[rule.breakdown].codes
    for measure in _measures_in_thresholds(rule):
        yield "measure", measure, measures
    if rule.not_recorded is not None:
        codes = {code for code_list in edition.code_lists for code in code_list.codes}
        yield "category", rule.not_recorded.category, codes
    for silenced in (word for silence in rule.silences for word in silence.rules):
        yield "rule", silenced, rule_ids


def _measures_in_thresholds(rule: Rule) -> Iterable[str]:
    if rule.running_totals is not None:
        yield from (rule.running_totals.measure, *rule.running_totals.parts)
    if rule.unlike_recent_weeks is not None:
        yield from rule.unlike_recent_weeks.comes_in
    if rule.ratio_over_weeks is not None:
        yield from (rule.ratio_over_weeks.part, rule.ratio_over_weeks.whole)


def _by(*fields: str) -> Callable[[Entry], tuple[object, ...]]:
    return lambda row: tuple(getattr(row, field) for field in fields)


def _words(rows: Sequence[Entry], field: str) -> list[tuple[int, str]]:
    words = []
    for index, row in enumerate(rows):
        value = getattr(row, field)
        words += [(index, word) for word in ([value] if isinstance(value, str) else value)]
    return words


def _each_once(path: Path, key: Callable[[Entry], tuple[object, ...]], rows: Sequence[Entry]) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for index, row in enumerate(rows):
        if key(row) in seen:
            words = " ".join(str(part) for part in key(row) if part is not None)
            problem = f"{words} stands already on line {record_line(path, seen[key(row)])}"
            raise ContractError(path, record_line(path, index), problem, "Keep one of them.")
        seen[key(row)] = index
