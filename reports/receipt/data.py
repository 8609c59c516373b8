"""What a receipt is made of.

Lives here: the data of one submission, as the landing and `judged/` hold them.
Must not live here: where they are read from, or how they are put into words.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from schemas.acts import DeadlineMoved
from schemas.contract import Slug, Week
from schemas.tables import Entry
from schemas.verdicts import Finding, NilReturn, Status, Verdict

DecisionKind = Literal["adopt", "confirm", "waive", "send-back", "rejudge", "nil", "withdraw-nil", "deadline"]


class SentFile(Entry):
    """A file of the submission; without a name where none may be kept."""

    name: str | None
    sha256: str
    size: int
    """Bytes."""


class Decision(Entry):
    """What a person decided about the submission after it came.

    rule: the one that it is about, if any. nil: what was declared without activity, if anything was.
    due_at: the deadline that was set, if one was.
    """

    act: DecisionKind
    at: dt.datetime
    by: str
    note: str = ""
    rule: str | None = None
    nil: NilReturn | None = None
    due_at: dt.datetime | None = None


class ReceiptData(Entry):
    """One submission: what arrived, what was said of it, what it declares nil.

    verdict: the one that holds. status_on_arrival: the one first given, which an adoption may have replaced.
    moved: what moved the deadline of its city's week. is_nothing_kept: the file held personal data; nothing
    of it was kept but this.
    """

    verdict: Verdict
    status_on_arrival: Status
    files: tuple[SentFile, ...]
    claimed_city: Slug | None = None
    claimed_week: Week | None = None
    code_version: str
    findings: tuple[Finding, ...]
    nils: tuple[NilReturn, ...]
    decisions: tuple[Decision, ...] = ()
    moved: tuple[DeadlineMoved, ...] = ()
    is_nothing_kept: bool = False
