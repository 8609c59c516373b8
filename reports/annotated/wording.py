"""The frame texts of an annotated workbook, by language; the findings bring their own words.

Lives here: the model of `it.yaml` and of the other languages beside it.
Must not live here: the texts themselves.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from reports.findings.wording import FindingWords, finding_words
from schemas.contract import Language, Text
from schemas.tables import Entry, read_document
from schemas.verdicts import Status


class SheetWords(Entry):
    """The head of the list: what this file is, and what to do with it."""

    name: Text
    title: Text
    about: Text
    what_to_do: dict[Status, Text]
    settled: Text
    """Instead, where every warning is explained."""
    not_copied: dict[Literal["unreadable", "personal_data", "too_large"], Text]
    hidden: Text
    nothing_found: Text
    continued: Text


class NoteWords(Entry):
    """What the comment of a cell says."""

    own: Text
    beside: Text
    more: Text


class Words(Entry):
    """All frame texts of one language."""

    language: Language
    sheet: SheetWords
    status: dict[Status, Text]
    legend: dict[Literal["error", "warning", "beside"], Text]
    notes: NoteWords
    formula: Text

    @property
    def findings(self) -> FindingWords:
        return finding_words(self.language)


@cache
def words(language: Language = "it") -> Words:
    """The texts in a language."""
    return read_document(Path(__file__).with_name(f"{language}.yaml"), Words)
