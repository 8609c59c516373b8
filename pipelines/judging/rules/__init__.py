"""The rules between figures, one function each; what differs is in the edition's `rules.yaml`.

Lives here: the functions that a rule's `check` names, and the table of them.
Must not live here: messages, measure names or thresholds; those are data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules.all_zero import judge_all_zero
from pipelines.judging.rules.breakdown_sums import judge_breakdown_sums
from pipelines.judging.rules.category_confined import judge_category_confined
from pipelines.judging.rules.comparisons import judge_comparisons
from pipelines.judging.rules.cumulative_typed import judge_cumulative_typed
from pipelines.judging.rules.deadline import judge_deadline
from pipelines.judging.rules.nil_is_nil import judge_nil_is_nil
from pipelines.judging.rules.not_recorded import judge_not_recorded
from pipelines.judging.rules.ratio_over_weeks import judge_ratio_over_weeks
from pipelines.judging.rules.repeated_weeks import judge_repeated_weeks
from pipelines.judging.rules.running_totals import judge_running_totals
from pipelines.judging.rules.same_as_last_week import judge_same_as_last_week
from pipelines.judging.rules.total_as_category import judge_total_as_category
from pipelines.judging.rules.unlike_recent_weeks import judge_unlike_recent_weeks
from pipelines.judging.rules.versions import judge_versions
from schemas.contract import Rule

RuleFunction = Callable[[ReadReturn, Rule], Iterable[Remark]]

RULE_FUNCTIONS: Mapping[str, RuleFunction] = MappingProxyType(
    {
        "additive_breakdowns": judge_breakdown_sums,
        "comparisons": judge_comparisons,
        "category_confined": judge_category_confined,
        "versions": judge_versions,
        "nil_is_nil": judge_nil_is_nil,
        "deadline": judge_deadline,
        "running_totals": judge_running_totals,
        "unlike_recent_weeks": judge_unlike_recent_weeks,
        "same_as_last_week": judge_same_as_last_week,
        "not_recorded": judge_not_recorded,
        "ratio_over_weeks": judge_ratio_over_weeks,
        "all_zero": judge_all_zero,
        "cumulative_typed": judge_cumulative_typed,
        "total_as_category": judge_total_as_category,
        "drift": judge_repeated_weeks,
    }
)
"""What a rule's `check` names; the checks on file, persons, cover and cells are made while a file is read."""

PERSONAL_DATA = "personal_data"
"""The check after which nothing else is said of a return, and nothing of it kept."""

COVER = "cover"
"""The check of what a return says that it is for."""

CHECKED_WHILE_READING = frozenset({"openable", PERSONAL_DATA, COVER, "numbers", "categories", "every_cell"})

DRIFT = "drift"
"""What lets a file that has drifted be read; made while reading too, but only where its rule is in force."""
