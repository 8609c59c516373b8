"""When the returns of an edition are due: by its own rule, and as far as acts moved a deadline.

Lives here: the deadline of a week and of a city's week, and since when each was known.
Must not live here: the rule itself (data, `schemas.contract.DeadlineRule`), who is late.

A deadline only ever moves later: of several acts that concern a city, the latest instant holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.acts import DeadlineMoved
from schemas.contract import Edition
from schemas.weeks import IsoWeek


@dataclass(frozen=True)
class KnownDeadline:
    """A deadline for as long as it was the one known. moved: the act that set it; None: the edition's own."""

    due_at: dt.datetime
    known_from: dt.datetime
    known_to: dt.datetime | None = None
    moved: DeadlineMoved | None = None


@dataclass(frozen=True)
class Deadlines:
    """The deadlines of an edition. moved: the acts that are known, in the order in which they were made."""

    edition: Edition
    moved: Sequence[DeadlineMoved] = ()

    def due_at(self, week: IsoWeek, city: str | None = None) -> dt.datetime:
        """The last instant at which a city's return for a week is on time; None: for the network."""
        return self.known(week, city)[-1].due_at

    def known(self, week: IsoWeek, city: str | None = None) -> tuple[KnownDeadline, ...]:
        """Every deadline that was ever known of a city's week, from the edition's first day on, in order."""
        rule = self.edition.facts.deadline
        stages = [KnownDeadline(rule.due_at(week), self.edition.facts.first_week.starts_at)]
        for one in self.moved:
            if (
                one.edition == self.edition.slug
                and one.concerns(week, city)
                and stages[-1].due_at < one.due_at
            ):
                stages[-1] = replace(stages[-1], known_to=one.at)
                stages.append(KnownDeadline(one.due_at, one.at, moved=one))
        return tuple(stages)

    def has_own(self, week: IsoWeek, city: str) -> bool:
        """Whether an act moved the deadline of this very city's week."""
        return any(one.city == city and one.iso_week == week for one in self.moved)
