"""The catalogue of what people read, by language: Italian is written here, the others translate it.

Lives here: the texts, and filling them in.
Must not live here: when a message is said (that is for the rules), or how a detail is put into words
(`schemas.messages.saying`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from pathlib import Path
from string import Formatter

from schemas.contract import Language, Text
from schemas.tables import Entry, read_document

Translate = Callable[[str, str], str]
"""What a text is in another language: its context (`week_not_ended message`) and itself in Italian."""


def places_of(text: str) -> frozenset[str]:
    """The names of the places that a text leaves to be filled in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


class Message(Entry):
    """What is said of one kind of finding."""

    check: Text
    """The check of the rule that the finding is of."""
    message: Text
    action: Text


class Phrases(Entry):
    """What details are put together with."""

    quoted: Text
    category_of: Text
    figure_in_file: Text
    term_in_file: Text
    several_figures: Text
    last_week: Text
    nil_service_point: Text
    nil_area: Text
    part_in_cells: Text
    row_and_column: Text
    one_more_cell: Text
    more_cells: Text
    not_available: Text
    not_applicable: Text
    not_reported: Text
    week: Text
    instant: Text
    between: Text
    at_least: Text
    at_most: Text
    more_than: Text
    less_than: Text


class Statuses(Entry):
    """What a verdict is called."""

    accepted: Text
    accepted_with_warnings: Text
    rejected: Text


class NextSteps(Entry):
    """What happens after a verdict, and what the sender does; `checked`: nothing was sent."""

    checked_rejected: Text
    checked_unreadable: Text
    checked_unrecognised: Text
    checked_personal: Text
    checked_accepted: Text
    checked_with_warnings: Text
    known: Text
    rejected: Text
    replaces: Text
    accepted: Text


class Catalogue(Entry):
    """All texts of one language.

    After what to do comes `suggestion`, where there is a nearest known word; else `choices`, where they are
    few enough to be named.
    """

    messages: dict[str, Message]
    suggestion: Text
    choices: Text
    phrases: Phrases
    facts: dict[str, Text]
    """What the facts of a cover are called."""
    parts: dict[str, Text]
    """What the parts of a file are called in which something may stand."""
    properties: dict[str, Text]
    """What the properties of a document are called."""
    statuses: Statuses
    next_steps: NextSteps

    def said(self, kind: str, details: Mapping[str, str]) -> tuple[str, str]:
        """The message and what to do, filled in. KeyError for an unknown kind or a missing detail."""
        text = self.messages[kind]
        action = text.action.format_map(details)
        if details.get("nearest"):
            action = f"{action} {self.suggestion.format_map(details)}"
        elif details.get("choices"):
            action = f"{action} {self.choices.format_map(details)}"
        return text.message.format_map(details), action

    def places_in(self, kind: str) -> frozenset[str]:
        """The names of the details that a kind of message speaks of, and those used wherever given."""
        return self._places[kind]

    @cached_property
    def _places(self) -> dict[str, frozenset[str]]:
        return {
            kind: places_of(text.message) | places_of(text.action) | {"nearest", "choices"}
            for kind, text in self.messages.items()
        }

    def translated(self, translate: Translate) -> Catalogue:
        """The same catalogue with each of its texts translated."""

        def each(section: str, texts: Mapping[str, str]) -> dict[str, str]:
            return {name: translate(f"{section} {name}", text) for name, text in texts.items()}

        return Catalogue(
            messages={
                kind: Message(
                    check=text.check,
                    message=translate(f"{kind} message", text.message),
                    action=translate(f"{kind} action", text.action),
                )
                for kind, text in self.messages.items()
            },
            suggestion=translate("suggestion", self.suggestion),
            choices=translate("choices", self.choices),
            phrases=Phrases(**each("phrase", self.phrases.model_dump())),
            facts=each("fact", self.facts),
            parts=each("part", self.parts),
            properties=each("property", self.properties),
            statuses=Statuses(**each("status", self.statuses.model_dump())),
            next_steps=NextSteps(**each("next step", self.next_steps.model_dump())),
        )


@cache
def catalogue(language: Language = "it") -> Catalogue:
    """The texts in a language. UntranslatedError where one of them has no translation."""
    if language == "it":
        return read_document(Path(__file__).with_name("it.yaml"), Catalogue)
    from schemas.messages.translations import read_translations

    return catalogue().translated(read_translations(language).of)
