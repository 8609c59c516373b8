"""What is said of a return: its receipt, its verdict, its findings, what it declares nil.

Lives here: the models that landing and `judged/` store as data.
Must not live here: how a verdict is reached, or where it is kept.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.contract import Severity, Slug, Week
from schemas.details import Details
from schemas.tables import Entry
from schemas.weeks import IsoWeek

Status = Literal["accepted", "accepted_with_warnings", "rejected"]
Disposition = Literal["open", "confirmed", "waived"]

"""open: nobody has said anything of it; confirmed: odd but true; waived: by the coordination, beforehand."""


class Reason(StrEnum):
    """Why a return is sent again."""

    late_data = "late_data"
    correction = "correction"
    reclassification = "reclassification"
    duplicate = "duplicate"
    not_stated = "not_stated"


NOT_STATED = Reason.not_stated.value
"""The reason of a version that takes another's place, where its sender gave none."""

OBSERVATION_COLUMNS = (
    "service_point",
    "measure",
    "breakdown",
    "category",
    "value",
    "flag",
    "source_file",
    "source_sheet",
    "source_cell",
)
"""The columns of `judged/<submission_id>/observations.csv`, in this order; ordered by the first four."""


class CellCounts(Entry):
    """The non-blank cells of a return: read = mapped + ignored + refused."""

    read: int = 0
    mapped: int = 0
    ignored: int = 0
    refused: int = 0


class Finding(Entry):
    """Something that a rule found. `cell`: A1, or `row:column` for CSV; `cells`: all it concerns.

    `message` and `action` are in Italian.
    """

    rule: str
    severity: Severity
    kind: str | None = None
    """Which message of the catalogue it says; None for one that was not made by the judge."""
    details: Details = ()
    """What fills that message in, in no language (`schemas.messages.saying` says it in any)."""
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    cells: tuple[str, ...] = ()
    service_point: str | None = None
    measure: str | None = None
    breakdown: str | None = None
    category: str | None = None
    found: str | None = None
    expected: str | None = None
    values: Details = ()
    """What was found and what was expected, in no language, where they are no texts of the file."""
    message: str
    action: str
    disposition: Disposition = "open"
    note: str | None = None
    """What who confirmed or waived it said."""

    @property
    def counts_as(self) -> Severity:
        """error, warning; a waived error counts as a warning."""
        return "error" if self.rejects else "warning"

    @property
    def rejects(self) -> bool:
        """Whether a return with it is refused: a waived error counts as a warning."""
        return self.severity == "error" and self.disposition != "waived"


class NilReturn(Entry):
    """An area (service point empty) or a service point declared without activity, with its reason."""

    service_point: str = ""
    area: Slug
    reason: str


class Verdict(Entry):
    """What became of a submission; status never changes once recorded."""

    submission_id: str
    edition: Slug
    city: Slug | None = None
    iso_week: Week | None = None
    version: int | None = Field(default=None, ge=0)
    received_at: dt.datetime
    received_by: str | None = None
    is_late: bool | None = None
    sha256: str
    size: int = Field(ge=0)
    file_names: tuple[str, ...]
    layout: str | None = None
    status: Status
    errors: int = 0
    warnings: int = 0
    supersedes: str | None = None
    reason_code: str | None = None
    cells: CellCounts = CellCounts()
    acts: tuple[str, ...] = ()
    """What people decided about it, in order: the names of the acts in the landing."""
    counts_from: dt.datetime | None = None
    """Where it was accepted later than it arrived, by being judged again: when."""

    @property
    def known_from(self) -> dt.datetime:
        """Since when it counts, if it is accepted."""
        return self.counts_from or self.received_at

    @property
    def is_accepted(self) -> bool:
        return self.status != "rejected"

    @property
    def city_week(self) -> tuple[str, IsoWeek] | None:
        return (self.city, self.iso_week) if self.city and self.iso_week else None
