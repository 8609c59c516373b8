"""The bulletin's Italian: every text that stands in it, and how figures are put into a text.

Lives here: the model of `it.yaml`, the choice between none, one and many, lists of names.
Must not live here: the texts themselves, or which of them is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from markupsafe import Markup, escape
from pydantic import Field

from schemas.contract import Text
from schemas.tables import Entry, read_document

Gender = Literal["m", "f"]


class Counted(Entry):
    """A text for no, for one and for many of what it is about."""

    none: str
    one: str
    many: str

    def of(self, number: float) -> str:
        if number == 0:
            return self.none
        return self.one if number == 1 else self.many


class Unit(Entry):
    """How figures of a unit are written. `sign` follows the figure, `change_sign` a difference of two.

    gender: of the noun that a figure counts, for «una in più».
    is_share: a difference is told in points, not in things counted.
    """

    label: str
    gender: Gender
    decimals: int = Field(ge=0, le=3)
    sign: str = ""
    change_sign: str = ""
    is_share: bool = False


class Lacking(Entry):
    """Cities without a valid return, by the state of their week."""

    missing: Counted
    rejected: Counted
    awaited: Counted


class PageWords(Entry):
    """The head of the page."""

    title: Text
    use: Text
    known: Text
    nothing_known: Text
    provisional: Text
    final: Text
    complete: Text
    incomplete: Text
    totals: Counted
    lacking: Lacking
    and_: str = Field(alias="and")
    and_before_e: str


class SectionWords(Entry):
    """Headings."""

    in_short: Text
    indicators: Text
    cities: Text
    board: Text
    missing: Text
    corrections: Text
    targets: Text
    notes: Text


class SentenceWords(Entry):
    """How sentences open, what is said of an incomplete figure, and what stands in for chosen clauses."""

    all_returned: Counted
    some_returned: Counted
    scope: Counted
    generic: Text
    generic_unknown: Text
    incomplete: Text
    incomplete_widely: Text
    incomplete_to_date: Text


class ChangeWords(Entry):
    """A change in a sentence. `one`: of a thing counted, by its gender."""

    more: Text
    less: Text
    than: Text
    as_before: Text
    as_before_again: Text
    alike: Text
    unknown: Text
    all_unknown: Text
    one: dict[Gender, Text]
    points: Counted


class IndicatorWords(Entry):
    """The table of indicators."""

    caption: Text
    caption_first: Text
    indicator: Text
    this_week: Text
    last_week: Text
    change: Text
    to_date: Text
    trend: Text
    coverage: Text
    trend_label: Text
    trend_none: Text


class CityWords(Entry):
    """The table of cities."""

    caption: Text
    city: Text
    network: Text


class StateWords(Entry):
    """How a state is shown: in a letter where there is little room, in a word, and what it means."""

    letter: Text
    word: Text
    meaning: Text


class BoardWords(Entry):
    """The table of returns."""

    caption: Text
    city: Text
    week: Text
    states: dict[Literal["on_time", "late", "missing", "rejected", "awaited", "not_due"], StateWords]
    version: Text
    version_meaning: Text
    warnings: Text
    warnings_meaning: Text


class MissingWords(Entry):
    """What is missing. Of a city, by for how many weeks in a row."""

    nothing: Text
    returns: Text
    returns_none: Text
    missing: Counted
    missing_at_start: Text
    rejected: Counted
    rejected_at_start: Text
    awaited: Text
    errors: Counted
    earlier: Text
    earlier_city: Counted
    and_more: Counted
    cells: Text
    cells_none: Text
    city_level: Text
    not_available: Counted
    not_reported: Counted
    nils: Text
    nils_none: Text
    whole_area: Text
    indicators: Text
    indicators_none: Text
    indicators_returns: Counted
    indicators_cells: Text
    indicators_only_cells: Text


class CorrectionWords(Entry):
    """Returns that took the place of others."""

    since: Text
    since_start: Text
    none: Text
    none_at_start: Text
    caption: Text
    city: Text
    week: Text
    valid: Text
    superseded: Text
    received: Text
    reason: Text
    no_reason: Text
    reasons: dict[str, Text]


class TargetWords(Entry):
    """Targets and budgets."""

    target: Text
    budget: Text


class MarkWords(Entry):
    """The marks that stand beside a figure, and what each means; those in its place: `schemas.nothing`."""

    incomplete: Text
    incomplete_meaning: Text
    alike: Text
    alike_meaning: Text
    hollow_meaning: Text


class OtherUnits(Entry):
    """How figures are written whose unit has no entry of its own."""

    count: Unit
    ratio: Unit


class Words(Entry):
    """The file `it.yaml`."""

    page: PageWords
    sections: SectionWords
    sentences: SentenceWords
    changes: ChangeWords
    indicators: IndicatorWords
    cities: CityWords
    board: BoardWords
    missing: MissingWords
    corrections: CorrectionWords
    targets: TargetWords
    marks: MarkWords
    notes: tuple[Text, ...]
    units: dict[str, Unit]
    other_units: OtherUnits

    def unit(self, name: str, kind: str) -> Unit:
        """How figures of this unit are written; for an unknown one, by the indicator's kind."""
        known = self.units.get(name)
        if known is not None:
            return known
        return self.other_units.ratio if kind == "ratio" else self.other_units.count

    def listed(self, names: Sequence[Markup | str]) -> Markup:
        """`Roma, Sassari e Taranto`; `Roma ed Empoli`."""
        shown = [escape(name) for name in names]
        if len(shown) < 2:
            return Markup("").join(shown)
        joint = self.page.and_before_e if shown[-1].striptags()[:1] in "EÈeè" else self.page.and_
        return Markup(", ").join(shown[:-1]) + escape(joint) + shown[-1]


def filled(text: str, /, **details: Markup | str) -> Markup:
    """A text with its details put in, safe to stand in a page."""
    return escape(text).format(**details)


def capitalised(text: Markup) -> Markup:
    """The text with its first letter large, whether or not it opens with an element."""
    inside = False
    for index, letter in enumerate(text):
        if letter == "<":
            inside = True
        elif letter == ">":
            inside = False
        elif not inside:
            return Markup(text[:index] + letter.upper() + text[index + 1 :])  # noqa: S704 - it was safe
    return text


@cache
def words() -> Words:
    """The texts, read once."""
    return read_document(Path(__file__).with_name("it.yaml"), Words)
