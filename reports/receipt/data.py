"""What a receipt is made of.

Lives here: the data of one submission, as the landing and `judged/` hold them.
Must not live here: where they are read from, or how they are put into words.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from schemas.contract import Slug, Week
from schemas.tables import Entry
from schemas.verdicts import Finding, NilReturn, Status, Verdict

DecisionKind = Literal["adopt", "confirm", "waive", "send-back", "rejudge", "nil", "withdraw-nil"]


class SentFile(Entry):
    """A file of the submission; without a name where none may be kept."""

    name: str | None
    sha256: str
    size: int
    """Bytes."""


class Decision(Entry):
    """What a person decided about the submission after it came.

    rule: the one that it is about, if any. nil: what was declared without activity, if anything was.
    """

    act: DecisionKind
    at: dt.datetime
    by: str
    note: str = ""
    rule: str | None = None
    nil: NilReturn | None = None


class ReceiptData(Entry):
    """One submission: what arrived, what was said of it, what it declares nil.

    verdict: the one that holds. status_on_arrival: the one first given, which an adoption may have replaced.
    is_nothing_kept: the file held personal data; nothing of it was kept but this.
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
    is_nothing_kept: bool = False
