"""What people decide about returns: each act is kept for good, with who, when and why.

Lives here: the models that `landing/acts/` stores as data, and what a waiver covers.
Must not live here: what an act does to a verdict (`pipelines.judging`), files, the clock.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from schemas.contract import Slug, Text
from schemas.tables import Entry
from schemas.verdicts import Verdict
from schemas.weeks import ROME


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


Act = Annotated[Adoption | Confirmation | SendBack | Rejudgement | Waiver, Field(discriminator="act")]
