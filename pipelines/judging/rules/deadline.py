"""Rule S09: the first accepted return of a week is on time.

Lives here: whether an arrival is late.
Must not live here: when a week is due (`schemas.deadlines`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.judging.context import ReadReturn, Remark
from schemas.contract import Rule


def judge_deadline(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """A remark when no return of the week is accepted yet and this one arrives after the deadline."""
    if given.past.valid(given.week) is None and given.received_at > given.due_at:
        yield Remark(
            "after_deadline",
            given.file,
            {"found": given.received_at, "expected": given.due_at},
            rule=rule.id,
        )
