"""The rules between figures, one function each; what differs is in the edition's `rules.yaml`.

Lives here: the functions that a rule's `check` names, and the table of them.
Must not live here: messages, measure names or thresholds; those are data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from pipelines.judging.context import ReadReturn, Remark
from pipelines.judging.rules.breakdown_sums import judge_breakdown_sums
from pipelines.judging.rules.category_confined import judge_category_confined
from pipelines.judging.rules.comparisons import judge_comparisons
from pipelines.judging.rules.deadline import judge_deadline
from pipelines.judging.rules.nil_is_nil import judge_nil_is_nil
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
    }
)
"""What a rule's `check` names; the checks on file, persons, cover and cells are made while a file is read."""

CHECKED_WHILE_READING = frozenset(
    {"openable", "personal_data", "cover", "numbers", "categories", "every_cell"}
)
