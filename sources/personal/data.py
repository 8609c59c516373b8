"""Reading the words and numbers of the tripwire from the project's data.

Lives here: `words.yaml` (any edition) and an edition's `own_numbers.yaml`, made into plain values.
Must not live here: recognising anything; the child process does not import this.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from schemas.contract import Text
from schemas.tables import Entry, read_document
from sources.personal.headings import heading_form
from sources.personal.vocabulary import Vocabulary


class PersonWords(Entry):
    """What tells an office from a person, and a list of persons from a list of services."""

    office_words: tuple[Text, ...]
    person_headings: tuple[Text, ...]
    doubtful_headings: tuple[Text, ...]
    service_words: tuple[Text, ...]


class OwnNumbers(Entry):
    """The numbers of an edition's reporting bodies and offices: as written, and whose each is."""

    own_numbers: dict[Text, Text] = {}


@cache
def usual_vocabulary() -> Vocabulary:
    """The words that hold in every edition. Raises ContractError."""
    words = read_document(Path(__file__).with_name("words.yaml"), PersonWords)
    return Vocabulary(
        office_words=frozenset(word.upper() for word in words.office_words),
        person_headings=frozenset(heading_form(heading) for heading in words.person_headings),
        doubtful_headings=frozenset(heading_form(heading) for heading in words.doubtful_headings),
        service_words=frozenset(heading_form(word) for word in words.service_words),
    )


def read_vocabulary(edition_sources: Path) -> Vocabulary:
    """The words of every edition with the numbers of this one, if it names any. Raises ContractError."""
    usual = usual_vocabulary()
    path = edition_sources / "own_numbers.yaml"
    if not path.exists():
        return usual
    numbers = read_document(path, OwnNumbers).own_numbers
    return replace(usual, own_numbers=tuple(number.upper() for number in numbers))
