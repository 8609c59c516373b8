"""The words and numbers that recognising a person's identifier depends on, as plain values.

Lives here: the type that travels to the child process with each file.
Must not live here: reading it from the project's data (`sources.personal.data`); the child loads no YAML.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """What is allowed, and what a column of persons is called. One for many files: it is known by identity.

    own_numbers: codes and telephones of reporting bodies and their offices, as they are written.
    office_words: capitals; an e-mail address with one of them before the @ is an office's.
    person_headings: folded (`heading_form`); a column so headed lists persons. doubtful_headings: folded; one
    so headed does beside such a column, or if it holds nothing but what could be names of persons.
    service_words: folded; with one of them a text is the name of a service.
    """

    own_numbers: tuple[str, ...] = ()
    office_words: frozenset[str] = frozenset()
    person_headings: frozenset[str] = frozenset()
    doubtful_headings: frozenset[str] = frozenset()
    service_words: frozenset[str] = frozenset()


NO_WORDS = Vocabulary()
