"""What a command refuses to begin with, told to the person in one sentence.

Lives here: the error that ends a command with status 2.
Must not live here: verdicts on returns; those are results, not errors.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from schemas.tables import nearest


class WrongUsageError(Exception):
    """The command was asked for something that cannot be: what, and what to do (in Italian)."""


class NothingPublishedError(WrongUsageError):
    """In this home nothing is published: another one may be meant."""

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"Non è ancora stato pubblicato nulla in {home}: prima esegua «regia consolidate», oppure "
            "indichi con --home (o REGIA_HOME) la cartella giusta; quella di «make demo» è data/demo."
        )


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
