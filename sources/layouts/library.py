"""All layouts of an edition: which file is whose, and from which week on.

Lives here: loading and checking the layout files, choosing the one for a city and week.
Must not live here: recognising a file (`recognise`) or reading one (`extract`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from schemas.contract import LANGUAGES, TOTAL, Edition
from schemas.tables import ContractError, did_you_mean, line_of, read_document, read_table, record_line
from schemas.weeks import IsoWeek
from sources.layouts.forms import NotAFormError, form_of
from sources.layouts.model import Layout, LayoutInUse, Word
from sources.layouts.numbers import FigureReader
from sources.layouts.texts import folded
from sources.layouts.words import (
    Item,
    Unknown,
    Vocabulary,
    build_vocabulary,
    check_completeness,
    vocabulary_of_contract,
)


@dataclass(frozen=True)
class KnownLayout:
    """A layout with its words: all that is needed to read a file of it."""

    layout: Layout
    words: Vocabulary

    @cached_property
    def figures(self) -> FigureReader:
        return FigureReader(self.layout.numbers, self.layout.tokens)

    @cached_property
    def items(self) -> dict[tuple[str, str, str, str], Item | Unknown]:
        """What label combinations mean, remembered from file to file (the words never change)."""
        return {}

    @cached_property
    def frames(self) -> dict[Any, Any]:
        """The tables' columns under headings seen before (`rows.Frames`)."""
        return {}

    @property
    def name(self) -> str:
        """`torino.2023-W01`: what receipts call it."""
        return f"{self.layout.layout}.{self.layout.valid_from}"

    def own_name(self, edition: Edition, measure: str, breakdown: str, category: str) -> str:
        """What the city's file calls a figure; '' where it has no name of its own for it.

        A name in two languages, `Ingressi / Eintritte`, is the contract's where one of them is.
        """
        if self.layout.words == "contract":
            return ""
        entry = edition.measures_by_code[measure]
        label = self.words.label(entry.service_kind, measure, breakdown, category)
        ours = folded(entry.label_it)
        is_ours = breakdown == TOTAL and ours in (folded(part) for part in (label, *label.split(" / ")))
        return "" if is_ours else label

    def is_valid_in(self, week: IsoWeek) -> bool:
        return self.layout.valid_from <= week and (
            self.layout.valid_to is None or week <= self.layout.valid_to
        )


@dataclass(frozen=True)
class LayoutLibrary:
    """The layouts of an edition."""

    layouts: tuple[KnownLayout, ...]
    in_use: tuple[LayoutInUse, ...]

    def valid_in(self, week: IsoWeek) -> tuple[KnownLayout, ...]:
        return tuple(known for known in self.layouts if known.is_valid_in(week))

    def usual_for(self, city: str) -> tuple[KnownLayout, ...]:
        """The layouts that a city has said it sends in."""
        shared = {use.uses for use in self.in_use if use.city == city}
        return tuple(k for k in self.layouts if k.layout.city == city or k.layout.layout in shared)


def load_layouts(folder: Path, edition: Edition) -> LayoutLibrary:
    """All layouts under `folder` (`<name>/<first week>.yaml`, words in `.words.csv` beside).

    Raises ContractError (file, line, what to do) for the first mistake found.
    """
    layouts, in_use = [], []
    for path in sorted(folder.glob("*/*.yaml")):
        if _is_reference(path):
            in_use.append((path, read_document(path, LayoutInUse)))
        else:
            layout = read_document(path, Layout)
            _check(path, layout, edition)
            layouts.append(KnownLayout(layout, _words(path, layout, edition)))
    if not layouts:
        raise ContractError(folder, None, "the edition has no layout", "Add <name>/<first week>.yaml.")
    names = {known.layout.layout for known in layouts}
    for path, use in in_use:
        if use.uses not in names:
            raise ContractError(
                path, line_of(path, ["uses"]), f"no layout {use.uses!r}", did_you_mean(use.uses, names)
            )
        if use.city not in edition.city_slugs:
            raise _unknown_city(path, use.city, edition)
    return LayoutLibrary(_each_until_the_next(folder, layouts), tuple(use for _, use in in_use))


def _each_until_the_next(folder: Path, layouts: list[KnownLayout]) -> tuple[KnownLayout, ...]:
    """Layouts of one name follow each other: without an end of its own, one holds until the next begins."""
    ended = []
    for known in layouts:
        layout = known.layout
        later = [k.layout.valid_from for k in layouts if k.layout.layout == layout.layout]
        following = min((week for week in later if week > layout.valid_from), default=None)
        if following is not None and layout.valid_to is not None and layout.valid_to >= following:
            path = folder / layout.layout / f"{layout.valid_from}.yaml"
            raise ContractError(
                path,
                line_of(path, ["valid_to"]),
                f"another layout holds from {following} on",
                "End this one before.",
            )
        end = layout.valid_to if following is None or layout.valid_to else following.shifted(-1)
        ended.append(replace(known, layout=layout.model_copy(update={"valid_to": end})))
    return tuple(ended)


def _is_reference(path: Path) -> bool:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return False  # told, with its line, when the file is read as a layout
    return isinstance(content, dict) and "uses" in content


def _words(path: Path, layout: Layout, edition: Edition) -> Vocabulary:
    if layout.words == "contract":
        return vocabulary_of_contract(edition)
    table = path.with_name(f"{path.stem}.words.csv")
    words = read_table(table, Word)
    doubtful = next((index for index, word in enumerate(words) if word.to_confirm), None)
    if doubtful is not None:
        problem = f"what {words[doubtful].label!r} stands for is to be confirmed"
        raise ContractError(
            table, record_line(table, doubtful), problem, "Correct its code; empty `to_confirm`."
        )
    vocabulary = build_vocabulary(edition, words, table)
    check_completeness(vocabulary, edition, table)
    return vocabulary


def _check(path: Path, layout: Layout, edition: Edition) -> None:
    if path.parent.name != layout.layout:
        raise ContractError(
            path, line_of(path, ["layout"]), "the folder has another name", "Name both alike."
        )
    if path.stem != str(layout.valid_from):
        raise ContractError(
            path, line_of(path, ["valid_from"]), "the file is named for another week", "Name both alike."
        )
    if layout.to_confirm:
        line = line_of(path, ["to_confirm"])
        raise ContractError(path, line, "a draft that is to be confirmed", "Confirm and remove `to_confirm`.")
    if layout.city is not None and layout.city not in edition.city_slugs:
        raise _unknown_city(path, layout.city, edition)
    for name, area in layout.nil_areas.items():
        if area not in edition.facts.areas:
            raise ContractError(
                path,
                line_of(path, ["nil_areas", name]),
                f"no area {area!r}",
                did_you_mean(area, edition.facts.areas),
            )
    for index, sheets in enumerate(layout.sheets):
        if sheets.area is not None and sheets.area not in edition.facts.areas:
            raise ContractError(
                path,
                line_of(path, ["sheets", index, "area"]),
                f"no area {sheets.area!r}",
                did_you_mean(sheets.area, edition.facts.areas),
            )
    required = {"body", "edition", "week", "version"}
    missing = required - layout.stated_facts
    if missing:
        raise ContractError(
            path,
            None,
            f"no row states {', '.join(sorted(missing))}",
            "Add rows that capture what the cover states.",
        )
    if layout.template:
        _check_template(path, layout, edition)


def _check_template(path: Path, layout: Layout, edition: Edition) -> None:
    """A layout with a template can be written, in every language that a city of the edition reads."""
    line = line_of(path, ["template"])
    try:
        labels = form_of(layout).labels
    except NotAFormError as error:
        remedy = "Change that, or leave `template` out."
        raise ContractError(path, line, f"no blank form of it can be written: {error}", remedy) from error
    wanted = {language for city in edition.city_slugs for language in edition.languages_of(city)}
    for language in sorted({LANGUAGES[0], *wanted}):
        texts = layout.template.get(language)
        if texts is None:
            raise ContractError(path, line, f"no template texts in {language!r}", "Add them.")
        missing = labels - texts.labels.keys() if language != LANGUAGES[0] else frozenset()
        if missing:
            line = line_of(path, ["template", language])
            raise ContractError(path, line, f"labels: no word for {min(missing)!r}", "Add its line.")


def _unknown_city(path: Path, city: str, edition: Edition) -> ContractError:
    return ContractError(
        path, line_of(path, ["city"]), f"no city {city!r}", did_you_mean(city, edition.city_slugs)
    )
