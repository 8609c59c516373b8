"""What a command refuses to begin with, told to the person in one sentence.

Lives here: the error that ends a command with status 2.
Must not live here: verdicts on returns; those are results, not errors.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemas.tables import nearest


class WrongUsageError(Exception):
    """The command was asked for something that cannot be: what, and what to do (in Italian)."""


class UnknownSubmissionError(WrongUsageError):
    """No submission has this name; the nearest one is named."""

    def __init__(self, submission_id: str, known: Iterable[str]) -> None:
        close = nearest(submission_id, known)
        super().__init__(f"L'invio «{submission_id}» non c'è." + (f" Intendeva «{close}»?" if close else ""))


class UnknownRuleError(WrongUsageError):
    """No rule has this name; the nearest one is named."""

    def __init__(self, rule_id: str, known: Iterable[str]) -> None:
        close = nearest(rule_id, known)
        meant = f" Intendeva «{close}»?" if close else ""
        super().__init__(f"La regola «{rule_id}» non c'è.{meant} L'elenco: regia rules")
