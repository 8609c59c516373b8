"""Rule H10: a later return for a week states a higher version than the last accepted one; none comes for a
frozen quarter that is not reopened.

Lives here: the comparison of versions, and what a frozen quarter refuses.
Must not live here: recognising the same bytes (the landing does), which quarters are frozen (the acts say).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.judging.context import ReadReturn, Remark
from schemas.contract import Rule


def judge_versions(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """A remark when the week's quarter is closed; when the version is missing, or not above that of the
    return now valid for the week.
    """
    if given.week.quarter in given.closed_quarters:
        yield Remark("quarter_frozen", given.file, {"week": given.week, "quarter": given.week.quarter})
    place = given.version_place or given.file
    if given.version is None:
        yield Remark(
            "version_missing", place, {"found": given.version_text}, rule=rule.id, found=given.version_text
        )
        return
    valid = given.past.valid(given.week)
    if valid is not None and valid.sha256 != given.sha256 and given.version <= valid.version:
        yield Remark(
            "version_not_higher",
            place,
            {"week": given.week, "expected": str(valid.version), "found": str(given.version)},
            rule=rule.id,
            found=str(given.version),
            expected=f"> {valid.version}",
        )
