"""Rule H10: a later return for a week states a higher version than the last accepted one; none comes for a
frozen quarter that is not reopened.

Lives here: the comparison of versions, and what a frozen quarter refuses.
Must not live here: recognising the same bytes (the landing does), which quarters are frozen (the acts say).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.judging.context import ReadReturn, Remark
from schemas.contract import Rule
from schemas.details import Bounds


def judge_versions(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """A remark when the quarter is closed; when the version is missing, no number, or not above that of
    the week's valid return.
    """
    if given.week.quarter in given.closed_quarters:
        yield Remark(
            "quarter_frozen",
            given.file,
            {"week": given.week, "quarter": given.week.quarter},
            rule=rule.id,
        )
    place = given.version_place or given.file
    if given.version is None:
        written = given.version_text
        if written:
            yield Remark("version_badly_written", place, {"found": written}, rule=rule.id, found=written)
        else:
            yield Remark("version_missing", place, {}, rule=rule.id, found=written)
        return
    valid = given.past.valid(given.week)
    if valid is not None and valid.sha256 != given.sha256 and given.version <= valid.version:
        yield Remark(
            "version_not_higher",
            place,
            {"week": given.week, "expected": str(valid.version), "found": str(given.version)},
            rule=rule.id,
            found=Decimal(given.version),
            expected=Bounds(low=Decimal(valid.version), is_strict=True),
        )
