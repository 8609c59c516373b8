"""The notes of a release: what a reader of its figures has to know, under the headings of the CHANGELOG.

Lives here: the facts that notes are made from, and putting them into Italian.
Must not live here: finding the facts out, or the texts (`it.yaml`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.numbers import format_decimal

from reports.bulletin.wording import words as bulletin_words
from schemas.acts import Reopening, Waiver
from schemas.contract import Edition, Text
from schemas.tables import Entry, read_document
from schemas.verdicts import NOT_STATED
from schemas.weeks import ROME, IsoWeek
from warehouse.releasing import Answered, Corrected


@dataclass(frozen=True)
class Former:
    """The release whose place is taken. arrived: city-weeks whose first accepted return came since."""

    release: int
    frozen_at: dt.datetime
    has_other_contract: bool
    has_other_rules: bool
    arrived: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReleaseFacts:
    """What is to be told of a release. former: None for the quarter's first."""

    quarter: str
    release: int
    frozen_at: dt.datetime
    frozen_by: str
    note: str
    weeks: tuple[IsoWeek, ...]
    tables: int
    contract: str
    rules: str
    made_with: str
    answered: Answered
    corrected: tuple[Corrected, ...]
    reopenings: tuple[Reopening, ...]
    waivers: tuple[Waiver, ...]
    former: Former | None = None


class _Headings(Entry):
    new_data: Text
    definitions: Text
    corrections: Text
    problems: Text
    machinery: Text


class _NewData(Entry):
    returns: Text
    arrived: Text


class _Definitions(Entry):
    first: Text
    contract: Text
    rules: Text


class _Counted(Entry):
    one: Text
    many: Text


class _Corrections(Entry):
    revised: _Counted
    reopened: Text


class _Problems(Entry):
    lacking: Text
    waived: Text


class _Machinery(Entry):
    files: Text
    made_with: Text


class NoteWords(Entry):
    """The texts of `it.yaml`."""

    title: Text
    opening: Text
    supersedes: Text
    headings: _Headings
    nothing: Text
    new_data: _NewData
    definitions: _Definitions
    corrections: _Corrections
    problems: _Problems
    machinery: _Machinery


@cache
def note_words() -> NoteWords:
    """The texts. Raises ContractError."""
    return read_document(Path(__file__).with_name("it.yaml"), NoteWords)


def release_notes(edition: Edition, facts: ReleaseFacts) -> str:
    """The notes, as Markdown."""
    words = note_words()
    head = words.title.format(edition=edition.facts.name_it, quarter=facts.quarter, release=facts.release)
    at = facts.frozen_at.astimezone(ROME)
    opening = words.opening.format(
        day=_day(at), hour=f"{at:%H:%M}", by=facts.frozen_by, first=facts.weeks[0], last=facts.weeks[-1]
    )
    lines = [f"# {head}", "", opening]
    if facts.former is not None:
        day = _day(facts.former.frozen_at)
        lines += ["", words.supersedes.format(former=facts.former.release, day=day)]
    if facts.note:
        lines += ["", facts.note]
    for heading, told in (
        (words.headings.new_data, _new_data(edition, facts)),
        (words.headings.definitions, _definitions(facts)),
        (words.headings.corrections, _corrections(edition, facts)),
        (words.headings.problems, _problems(edition, facts)),
        (words.headings.machinery, _machinery(facts)),
    ):
        lines += ["", f"## {heading}", *(f"- {line}" for line in (list(told) or [words.nothing]))]
    return "\n".join(lines) + "\n"


def _new_data(edition: Edition, facts: ReleaseFacts) -> Iterator[str]:
    words, answered = note_words().new_data, facts.answered
    yield words.returns.format(
        valid=_number(answered.valid),
        due=_number(answered.due),
        values=_number(answered.values),
        nils=_number(answered.nil_declarations),
    )
    arrived = facts.former.arrived if facts.former else ()
    for city, weeks in _by_city(arrived).items():
        yield words.arrived.format(city=_name(edition, city), weeks=_weeks(weeks))


def _definitions(facts: ReleaseFacts) -> Iterator[str]:
    words, former = note_words().definitions, facts.former
    if former is None:
        yield words.first
        return
    if former.has_other_contract:
        yield words.contract.format(former=former.release)
    if former.has_other_rules:
        yield words.rules.format(former=former.release)


def _corrections(edition: Edition, facts: ReleaseFacts) -> Iterator[str]:
    words, reasons = note_words().corrections, bulletin_words().corrections.reasons
    for one in facts.corrected:
        said = words.revised.one if one.values_changed == 1 else words.revised.many
        reason = one.reason_code or NOT_STATED
        yield said.format(
            city=_name(edition, one.city),
            week=one.iso_week,
            n=_number(one.values_changed),
            reason=reasons.get(reason, reason),
        )
    for reopening in facts.reopenings:
        yield words.reopened.format(
            city=_name(edition, reopening.city),
            day=_day(reopening.at),
            until=f"{reopening.until:%d/%m/%Y}",
            by=reopening.by,
            reason=reopening.reason.rstrip("."),
        )


def _problems(edition: Edition, facts: ReleaseFacts) -> Iterator[str]:
    words = note_words().problems
    lacking = ((city, week) for city, week, _ in facts.answered.lacking)
    for city, weeks in _by_city(lacking).items():
        yield words.lacking.format(city=_name(edition, city), weeks=_weeks(weeks))
    for waiver in facts.waivers:
        yield words.waived.format(
            city=_name(edition, waiver.city),
            rule=waiver.rule,
            until=f"{waiver.until:%d/%m/%Y}",
            scope=waiver.scope,
            reason=waiver.reason.rstrip("."),
        )


def _machinery(facts: ReleaseFacts) -> Iterator[str]:
    words = note_words().machinery
    yield words.files.format(n=facts.tables)
    yield words.made_with.format(
        programs=facts.made_with, contract=facts.contract[:12], rules=facts.rules[:12]
    )


def _by_city(city_weeks: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for city, week in city_weeks:
        found.setdefault(city, []).append(week)
    return found


def _weeks(weeks: Sequence[str]) -> str:
    """2023-W27, 2023-W30; an unbroken range of three or more: 2023-W27 - 2023-W39."""
    first, last = IsoWeek.parse(weeks[0]), IsoWeek.parse(weeks[-1])
    is_unbroken = len(weeks) > 2 and [str(week) for week in first.through(last)] == list(weeks)
    return f"{first} - {last}" if is_unbroken else ", ".join(weeks)


def _name(edition: Edition, city: str) -> str:
    return edition.city(city).name_it


def _day(instant: dt.datetime) -> str:
    return f"{instant.astimezone(ROME):%d/%m/%Y}"


def _number(count: int) -> str:
    return format_decimal(count, locale="it")
