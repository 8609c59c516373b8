"""The texts of a blank workbook that are not its layout's own: hints, what a cell refuses, the legend.

Lives here: the model of `it.yaml` and of the other languages beside it, and saying two languages at once.
Must not live here: the texts themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from schemas.contract import Language, Text
from schemas.tables import Entry, read_document


class TitleWords(Entry):
    """What stands above a hint or a refusal; a spreadsheet shows as many languages as 32 characters hold."""

    refused: Text
    carried: Text
    office: Text
    nil: Text
    version: Text


class CellWords(Entry):
    """What a cell asks for, and what it says to a value that it does not take.

    `{not_available}` and `{not_applicable}` are the tokens, `{decimals}` a number, `{rule}` a rule of the
    legend. A spreadsheet shows as many languages as 225 characters hold.
    """

    whole: Text
    one_decimal: Text
    decimals: Text
    only_zero: Text
    version: Text
    day: Text
    nil: Text
    carried: Text
    office: Text
    nil_hint: Text
    version_hint: Text


class LegendWords(Entry):
    """The headings and labels of the sheet that explains the others."""

    how_title: Text
    colours_title: Text
    to_fill: Text
    carried: Text
    not_asked: Text
    locked: Text
    nil_title: Text
    nil_written: Text
    nil_name: Text
    rules_title: Text
    rule: Text
    statement: Text
    error: Text
    warning: Text
    lists_title: Text
    list: Text
    code: Text
    category: Text


class HowWords(Entry):
    """How the workbook is filled in; `{cover}` is the name of the sheet."""

    light_cells: Text
    blank: Text
    nil: Text
    persons: Text
    check: Text


class Words(Entry):
    """All frame texts of one language, or of several at once."""

    titles: TitleWords
    cells: CellWords
    how: HowWords
    legend: LegendWords


@cache
def words(language: Language = "it") -> Words:
    """The texts in a language."""
    return read_document(Path(__file__).with_name(f"{language}.yaml"), Words)


def words_beside(languages: Sequence[Language]) -> Words:
    """The texts in these languages at once: sentences on lines of their own, names with a stroke between."""
    texts = [words(language) for language in languages]
    return Words(
        titles=TitleWords(**_joined([text.titles for text in texts], " / ")),
        cells=CellWords(**_joined([text.cells for text in texts], "\n")),
        how=HowWords(**_joined([text.how for text in texts], "\n")),
        legend=LegendWords(**_joined([text.legend for text in texts], " / ")),
    )


def _joined(parts: Sequence[Entry], between: str) -> dict[str, Any]:
    names = type(parts[0]).model_fields
    return {name: between.join(dict.fromkeys(getattr(part, name) for part in parts)) for name in names}
