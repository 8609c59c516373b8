"""The deadline of the invented editions: Wednesday noon after the week, by the clock of Rome."""

from __future__ import annotations

import datetime as dt

from schemas.contract import DeadlineRule
from schemas.weeks import IsoWeek

WEDNESDAY_NOON = DeadlineRule(
    weekday="wednesday", time=dt.time(12), time_zone="Europe/Rome", moves_at_most_days=28
)


def due_at(week: IsoWeek) -> dt.datetime:
    """When a week is due that nobody moved."""
    return WEDNESDAY_NOON.due_at(week)
