"""What a command refuses to begin with, told to the person in one sentence.

Lives here: the error that ends a command with status 2, and its codes where people meet it on a page, too.
Must not live here: verdicts on returns; those are results, not errors. Sentences of pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from schemas.tables import nearest

if TYPE_CHECKING:
    from schemas.details import Detail

RefusalCode = Literal[
    "personal_text",  # a note or reason tells who a person is
    "personal_note",  # the note on the warnings of a rule does
    "text_too_long",  # a note or reason, with the rule that a note is about
    "rule_does_not_warn",  # a note on a rule that did not warn of anything in the submission
    "not_accepted",  # a rejected submission cannot be sent back
    "frozen",  # the week's quarter is a release, not reopened for the city
    "week_not_over",  # nothing can be declared of a week that goes on
    "place_unknown",  # the city has no such service point, the edition no such area
    "place_not_due",  # the service point or area owes nothing in that week
    "place_active",  # the valid return holds a value above zero there
    "place_declared",  # it is declared without activity already
    "nothing_due",  # the city has no service point in that week
    "no_form",  # the edition has no standard workbook for that week
    "not_judged",  # of a submission only what was received is there
    "later_version",  # a version that came later is valid already
    "before_freeze",  # it would have come before the freeze of its quarter
]


class WrongUsageError(Exception):
    """The command was asked for something that cannot be: what, and what to do (in Italian)."""


class RefusedError(WrongUsageError):
    """What cannot be, wherever it is asked for: the command line says `told`, pages put code and details into
    the words of whoever reads them.
    """

    def __init__(self, code: RefusalCode, told: str, **details: Detail) -> None:
        super().__init__(told)
        self.code, self.details = code, details


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
