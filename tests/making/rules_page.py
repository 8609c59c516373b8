"""The page of rules as a person reads it.

Lives here: finding a rule's statement and its messages on the page.
Must not live here: what they should be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PageOfRules:
    """Rule -> its Italian statement, whether it rejects, and its messages with what to do."""

    statements: Mapping[str, str]
    is_rejected_by: Mapping[str, bool]
    messages: Mapping[str, tuple[tuple[str, str], ...]]

    def tells(self, rule: str, message: str, action: str) -> bool:
        """Whether a message of the rule is this one, filled in; an action may go on with a suggestion."""
        return any(
            _filled(said).fullmatch(message) and _filled(done).match(action)
            for said, done in self.messages.get(rule, ())
        )


def _filled(text: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in text.split("…")), re.DOTALL)


def read_page(text: str) -> PageOfRules:
    """What stands on the page. Raises AttributeError for a section that says nothing of a rule."""
    rules, _, told = text.partition("\n## Che cosa si legge\n")
    sections = re.findall(r"^## ([HS]\d\d): (.*?)$(.*?)(?=^## |\Z)", rules, re.MULTILINE | re.DOTALL)
    statements = {rule: re.search(r"^- it: (.*)$", body, re.MULTILINE) for rule, _, body in sections}
    messages: dict[str, tuple[tuple[str, str], ...]] = {}
    for names, body in re.findall(r"^### (.*?)$(.*?)(?=^### |\Z)", told, re.MULTILINE | re.DOTALL):
        rows = re.findall(r"^\| (.*?) \| (.*) \|$", body, re.MULTILINE)
        messages |= dict.fromkeys(names.split(", "), tuple(rows[1:]))
    return PageOfRules(
        {rule: found[1] for rule, found in statements.items() if found},
        {rule: kinds.startswith("errore") for rule, kinds, _ in sections},
        messages,
    )
