"""The words around a finding, by language; its message and what to do are its own.

Lives here: the model of `it.yaml` and of the other languages beside it.
Must not live here: the texts themselves.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from schemas.contract import Language, Severity, Text
from schemas.tables import Entry, read_document
from schemas.verdicts import Disposition


class Columns(Entry):
    """The headings of a list of findings."""

    message: Text
    action: Text
    where: Text
    go: Text
    found: Text
    expected: Text
    severity: Text
    rule: Text


class WhereWords(Entry):
    """How a place is written. CSV files have no cell names of their own: row and column come first."""

    sheet: Text
    cell: Text
    cells: Text
    csv_cell: Text
    csv_cells: Text
    beside: Text
    more_cells: Text
    whole: Text


class Counts(Entry):
    """How many errors and warnings."""

    no_errors: Text
    one_error: Text
    errors: Text
    one_warning: Text
    warnings: Text

    def said(self, errors: int, warnings: int) -> str:
        """`3 errori, 1 avviso`; `nessun errore`."""
        parts = []
        if errors == 0 and warnings == 0:
            parts.append(self.no_errors)
        if errors:
            parts.append(self.one_error if errors == 1 else self.errors.format(n=errors))
        if warnings:
            parts.append(self.one_warning if warnings == 1 else self.warnings.format(n=warnings))
        return ", ".join(parts)


class FindingWords(Entry):
    """All words around findings in one language."""

    columns: Columns
    severities: dict[Severity, Text]
    counts: Counts
    where: WhereWords
    dispositions: dict[Disposition, Text]
    """Beside what somebody decided about; an open finding has nothing beside it."""
    like_it: Text


@cache
def finding_words(language: Language = "it") -> FindingWords:
    """The texts in a language."""
    return read_document(Path(__file__).with_name(f"{language}.yaml"), FindingWords)
