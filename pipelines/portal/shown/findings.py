"""Findings as pages list them: as receipts do.

Lives here: rows of findings, and the warnings that can be said to be odd but true.
Must not live here: the rows' own form (`reports.receipt.content`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.portal.words.wording import Texts
from reports.findings.lines import Line
from reports.findings.where import message_in_words, where_in_words
from reports.receipt.content import FindingRow, finding_row
from schemas.verdicts import Finding, Status

NOTE = "note-"
"""What the field of a question is called, before the question's key."""


@dataclass(frozen=True)
class Question:
    """The warnings of one rule, which one note can say to be odd but true. note: as typed so far."""

    key: str
    message: str
    where: str
    note: str


def draft_word(status: Status, texts: Texts) -> str:
    """What a draft is, in a word or two: it was not sent, so it was not accepted or rejected either."""
    return texts.say(f"draft.status_{status}")


def has_cells(findings: Iterable[Finding]) -> bool:
    """Whether any is about a place in a sheet, which an annotated copy can mark."""
    return any(finding.sheet or finding.cell for finding in findings)


def finding_rows(lines: Iterable[Line], texts: Texts) -> tuple[FindingRow, ...]:
    """The lines of a list of findings, numbered."""
    return tuple(finding_row(number, line, texts.receipt) for number, line in enumerate(lines, start=1))


def questions(
    lines: Sequence[Line], rules: Iterable[str], texts: Texts, notes: Mapping[str, str]
) -> tuple[Question, ...]:
    """One question a rule: what it warns of first, and how many more of its warnings there are."""
    return tuple(_question(rule, lines, texts, notes.get(rule, "")) for rule in rules)


def _question(rule: str, lines: Sequence[Line], texts: Texts, note: str) -> Question:
    warned = [line for line in lines if line.first.rule == rule and line.first.severity == "warning"]
    words = texts.receipt.findings
    message = message_in_words(warned[0], words)
    if len(warned) > 1:
        message = f"{message} {texts.say('draft.more_of_rule', n=len(warned) - 1)}"
    return Question(rule, message, where_in_words(warned[0], words), note)
