"""The catalogue of what people read, by language.

Lives here: the texts, and filling them in.
Must not live here: when a message is said; that is for the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from schemas.contract import Text
from schemas.tables import Entry, read_document


class Message(Entry):
    """What is said of one kind of finding."""

    check: Text
    """The check of the rule that the finding is of."""
    message: Text
    action: Text


class Catalogue(Entry):
    """All messages of one language; `suggestion` follows where a nearest known word exists."""

    messages: dict[str, Message]
    suggestion: Text

    def said(self, kind: str, details: Mapping[str, str]) -> tuple[str, str]:
        """The message and what to do, filled in. KeyError for an unknown kind or a missing detail."""
        text = self.messages[kind]
        action = text.action.format_map(details)
        if details.get("nearest"):
            action = f"{action} {self.suggestion.format_map(details)}"
        return text.message.format_map(details), action


@cache
def catalogue(language: str = "it") -> Catalogue:
    """The messages in a language."""
    return read_document(Path(__file__).with_name(f"{language}.yaml"), Catalogue)
