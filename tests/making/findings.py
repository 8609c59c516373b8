"""Which message of the catalogue a finding says.

Lives here: matching a finding's words with the catalogue's.
Must not live here: what ought to be found.
"""

from __future__ import annotations

import re
from functools import cache

from schemas.messages import catalogue
from schemas.verdicts import Finding


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {kind: _pattern(message.message) for kind, message in catalogue().messages.items()}


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", text)
    return re.compile(".*".join(re.escape(part) for part in parts), re.DOTALL)


def kinds_of(finding: Finding) -> set[str]:
    """The kinds of message that the finding may be (two kinds may say the same words)."""
    return {kind for kind, pattern in _patterns().items() if pattern.fullmatch(finding.message)}
