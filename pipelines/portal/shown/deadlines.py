"""A deadline, and how much time there is.

Lives here: the box that says so.
Must not live here: which deadline holds (`schemas.deadlines`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from pipelines.portal.words.wording import Texts

NEAR = dt.timedelta(hours=24)
"""From then on a page says that the moment of confirming is what counts."""

_DAY, _HOUR, _MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)


@dataclass(frozen=True)
class DeadlineBox:
    """How much time there is, and until when."""

    tone: Literal["calm", "near", "past"]
    left: str
    sentence: str


def deadline_box(due_at: dt.datetime, at: dt.datetime, texts: Texts, *, is_done: bool) -> DeadlineBox:
    """The box of a deadline as it stands at an instant; is_done: something valid came already."""
    written = texts.receipt.deadline(due_at)
    due, was_due = texts.say("deadlines.due", at=written), texts.say("deadlines.was_due", at=written)
    if is_done:
        return DeadlineBox("calm", texts.deadlines.done, due if at <= due_at else was_due)
    if at > due_at:
        days = (at - due_at) // _DAY
        late = texts.say("deadlines.days_past", n=days) if days else texts.deadlines.past
        return DeadlineBox("past", late, was_due)
    left = due_at - at
    return DeadlineBox("near" if left <= NEAR else "calm", time_left(left, texts), due)


def time_left(left: dt.timedelta, texts: Texts) -> str:
    """`Mancano 2 giorni`; hours in the last two days, minutes in the last hour. Never more than there is."""
    if left >= 2 * _DAY:
        return texts.say("deadlines.days_left", n=left // _DAY)
    if left >= _HOUR:
        return texts.say("deadlines.hours_left", n=left // _HOUR)
    return texts.say("deadlines.minutes_left", n=left // _MINUTE)
