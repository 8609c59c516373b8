"""Which entry of each rule is in force at an arrival, and what it lets a file be.

Lives here: choosing among a rule's dated entries.
Must not live here: judging by them (`judge`), what an entry may say (`schemas.contract`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from pipelines.judging.rules import CHECKED_WHILE_READING
from schemas.contract import Edition, Rule
from schemas.thresholds import Drift


def rules_in_force(edition: Edition, at: dt.datetime) -> dict[str, Rule]:
    """The entry of each rule that returns arriving at that instant are held against, by the rule's id.

    What makes a file readable at all holds before its first day, too.
    """
    rules: dict[str, Rule] = {}
    for rule in edition.rules:
        if rule.is_in_force(at) or (rule.check in CHECKED_WHILE_READING and rule.id not in rules):
            rules[rule.id] = rule
    return rules


def drift_tolerance(rules: Mapping[str, Rule]) -> Drift | None:
    """How far a file may have drifted; None where none of the rules lets it."""
    return next((rule.drift for rule in rules.values() if rule.drift is not None), None)
