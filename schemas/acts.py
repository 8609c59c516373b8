"""What people decide about returns: each act is kept for good, with who, when and why.

Lives here: the models that `landing/acts/` stores as data, what a waiver covers, how long a nil holds.
Must not live here: what an act does to a verdict (`pipelines.judging`), files, the clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.contract import Quarter, Slug, Text, Week
from schemas.tables import Entry
from schemas.verdicts import Verdict
from schemas.weeks import ROME, IsoWeek

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Adoption(Entry):
    """The verdict that the rules of today give a submission takes the place of the recorded one."""

    act: Literal["adopt"] = "adopt"
    submission_id: Text
    at: AwareDatetime
    by: Text
    note: str = ""


class Confirmation(Entry):
    """What a rule warned of in a submission is odd but true."""

    act: Literal["confirm"] = "confirm"
    submission_id: Text
    rule: Text
    note: Text
    at: AwareDatetime
    by: Text


class SendBack(Entry):
    """A city is asked to look at an accepted return again; until a new version comes, it counts as it is."""

    act: Literal["send-back"] = "send-back"
    submission_id: Text
    note: Text
    at: AwareDatetime
    by: Text


class Rejudgement(Entry):
    """A rejected submission was judged again, against what changed since: from `at` on it counts."""

    act: Literal["rejudge"] = "rejudge"
    submission_id: Text
    verdict: Verdict
    """As it was given then; it stands like one that was given on arrival."""
    note: str = ""
    at: AwareDatetime
    by: Text


class Scope(Entry):
    """What a waiver covers within its city: all that is not narrowed down here."""

    service_point: str | None = None
    measure: str | None = None
    breakdown: str | None = None

    def covers(self, service_point: str | None, measure: str | None, breakdown: str | None) -> bool:
        """Whether what is said of this, in the waiver's city, lies within it."""
        return all(
            wanted is None or wanted == found
            for wanted, found in (
                (self.service_point, service_point),
                (self.measure, measure),
                (self.breakdown, breakdown),
            )
        )

    def __str__(self) -> str:
        """`service_point=MI-OSS-01,measure=guests_end`; `all` for the whole city."""
        named = self.model_dump(exclude_none=True)
        return ",".join(f"{name}={value}" for name, value in named.items()) or "all"


class Waiver(Entry):
    """A rule's errors count as warnings in a city's returns that arrive from `at` to the end of `until`."""

    act: Literal["waive"] = "waive"
    edition: Slug
    city: Slug
    rule: Text
    scope: Scope = Scope()
    reason: Text
    until: dt.date
    at: AwareDatetime
    by: Text

    def is_in_force(self, instant: dt.datetime) -> bool:
        return self.at <= instant and instant.astimezone(ROME).date() <= self.until

    def covers(
        self,
        city: str,
        rule: str | None,
        service_point: str | None,
        measure: str | None,
        breakdown: str | None,
    ) -> bool:
        """Whether it holds for what a rule found in a city's return."""
        is_its_own = self.city == city and self.rule == rule
        return is_its_own and self.scope.covers(service_point, measure, breakdown)


class NilWithoutFile(Entry):
    """A city told without a file that a service point, or a whole area, had no activity in a week.

    service_point: empty where the whole area had none. after: since when the return counted that was valid
    for the week then; None where none was.
    """

    act: Literal["nil"] = "nil"
    edition: Slug
    city: Slug
    iso_week: Week
    service_point: str = ""
    area: Slug
    reason: Text
    after: AwareDatetime | None = None
    at: AwareDatetime
    by: Text


class NilWithdrawal(Entry):
    """A nil that was declared without a file was declared wrongly: it holds no more. declared: that act."""

    act: Literal["withdraw-nil"] = "withdraw-nil"
    declared: Text
    reason: Text
    at: AwareDatetime
    by: Text


class Freeze(Entry):
    """A quarter became a release: from `at` on its returns need a reopening.

    release: 1 for the quarter's first, one more for each that takes its place. manifest: the SHA-256 of its
    `manifest.json`, which names every file of it. contract, rules: the SHA-256 of those it was made with;
    made_with: the programs. notes: what was announced with it, word by word.
    """

    act: Literal["freeze"] = "freeze"
    edition: Slug
    quarter: Quarter
    release: int = Field(ge=1)
    manifest: Sha256
    contract: Sha256
    rules: Sha256
    made_with: Text
    notes: str
    note: str = ""
    at: AwareDatetime
    by: Text


class Reopening(Entry):
    """A city may correct its weeks of a frozen quarter with returns that arrive from `at` to the end of
    `until`.
    """

    act: Literal["reopen"] = "reopen"
    edition: Slug
    quarter: Quarter
    city: Slug
    reason: Text
    until: dt.date
    at: AwareDatetime
    by: Text

    def is_in_force(self, instant: dt.datetime) -> bool:
        return self.at <= instant and instant.astimezone(ROME).date() <= self.until


class DeadlineMoved(Entry):
    """The returns of a week are due later than the edition says: of a city, or (None) of every city.

    due_at: the last instant that is on time.
    """

    act: Literal["deadline"] = "deadline"
    edition: Slug
    iso_week: Week
    city: Slug | None = None
    due_at: AwareDatetime
    reason: Text
    at: AwareDatetime
    by: Text

    @property
    def digest(self) -> str:
        """SHA-256 of all that is said of it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def concerns(self, week: IsoWeek, city: str | None) -> bool:
        """Whether it moves the deadline of a city's week; None: that of the network."""
        return self.iso_week == week and self.city in (None, city)


OfSubmission = Adoption | Confirmation | SendBack | Rejudgement
"""What is decided about one submission by itself."""

Act = Annotated[
    OfSubmission | Waiver | NilWithoutFile | NilWithdrawal | DeadlineMoved | Freeze | Reopening,
    Field(discriminator="act"),
]


class DeclaredNil(Entry):
    """A nil that was declared without a file, and its withdrawal, if there was one. name: of the act."""

    name: Text
    declared: NilWithoutFile
    withdrawal: NilWithdrawal | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of all that is said of it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def withdrawn_at(self) -> dt.datetime | None:
        return self.withdrawal.at if self.withdrawal else None

    def ended_at(self, accepted: Iterable[dt.datetime]) -> dt.datetime | None:
        """When it ceased to hold; None while it holds. accepted: since when each accepted return of its city
        and week counts.

        A return that did not count yet when it was declared says everything anew, and ends it.
        """
        after, at = self.declared.after, self.declared.at
        ends = [max(at, since) for since in accepted if after is None or since > after]
        if self.withdrawn_at is not None:
            ends.append(self.withdrawn_at)
        return min(ends, default=None)

    def holds(self, instant: dt.datetime, accepted: Iterable[dt.datetime]) -> bool:
        """Whether it holds at an instant. accepted: since when each return accepted by then counts."""
        ended_at = self.ended_at(accepted)
        return self.declared.at <= instant and (ended_at is None or instant < ended_at)
