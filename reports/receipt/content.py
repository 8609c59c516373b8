"""What stands in a receipt, as texts in their order: laid out alike as HTML and as PDF.

Lives here: which facts, tables and sentences a receipt has.
Must not live here: how they look (`page.html`, `page.typ`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from reports.findings.lines import Line, are_explained, lines_of
from reports.findings.where import message_in_words, where_in_words
from reports.receipt.data import Decision, ReceiptData
from reports.receipt.wording import Words
from schemas.contract import Edition, Language
from schemas.deadlines import Deadlines
from schemas.verdicts import NilReturn, Verdict
from schemas.weeks import ROME, IsoWeek

_THURSDAY, _CONSOLIDATED_AT = 3, dt.time(6)


@dataclass(frozen=True)
class Fact:
    """A named fact; `is_code`: a text to be compared letter by letter; `language`: of an official name, which
    is not translated.
    """

    name: str
    value: str
    is_code: bool = False
    language: Language | None = None


@dataclass(frozen=True)
class FileRow:
    """A file received."""

    name: str
    size: str
    sha256: str


@dataclass(frozen=True)
class CellCount:
    """A count of cells."""

    name: str
    number: int
    written: str


@dataclass(frozen=True)
class FindingRow:
    """A line of the findings."""

    number: int
    is_error: bool
    severity: str
    rule: str
    where: str
    message: str
    action: str
    found: str
    expected: str


@dataclass(frozen=True)
class NilRow:
    """Something declared without activity."""

    what: str
    reason: str


@dataclass(frozen=True)
class DecisionRow:
    """Something that a person decided."""

    at: str
    by: str
    what: str
    note: str


@dataclass(frozen=True)
class Content:
    """A whole receipt. `verdict`: its kind, in a word, in a sentence, and how many findings. `edition`: its
    official name, which is Italian.
    """

    language: str
    submission_id: str
    received_at: dt.datetime
    edition: str
    about: str
    status: str
    status_word: str
    verdict: str
    counts: str
    kept_nothing: str
    facts: tuple[Fact, ...]
    files: tuple[FileRow, ...]
    cells: tuple[CellCount, ...]
    findings: tuple[FindingRow, ...]
    nils: tuple[NilRow, ...]
    decisions: tuple[DecisionRow, ...]
    next: tuple[str, ...]


def content_of(data: ReceiptData, edition: Edition, words: Words) -> Content:
    """The receipt of a submission in the words of a language."""
    verdict = data.verdict
    return Content(
        language=words.language,
        submission_id=verdict.submission_id,
        received_at=verdict.received_at,
        edition=edition.facts.name_it,
        about=_return(verdict.city, verdict.iso_week, edition, words),
        status=verdict.status,
        status_word=words.status[verdict.status],
        verdict=words.settled if _is_settled(data) else words.verdict[verdict.status],
        counts=words.findings.counts.said(verdict.errors, verdict.warnings),
        kept_nothing=words.nothing_kept if data.is_nothing_kept else "",
        facts=tuple(_facts(data, edition, words)),
        files=tuple(
            FileRow(file.name or words.unknown.file_name, words.size(file.size), file.sha256)
            for file in data.files
        ),
        cells=_cells(verdict, words),
        findings=tuple(
            finding_row(number, line, words) for number, line in enumerate(lines_of(data.findings), start=1)
        ),
        nils=tuple(_nil(nil, edition, words) for nil in data.nils),
        decisions=tuple(_decision(decision, edition, words) for decision in data.decisions),
        next=tuple(_next(data, edition, words)),
    )


def _return(city: str | None, week: IsoWeek | None, edition: Edition, words: Words) -> str:
    return words.forms.of_return.format(
        city=_city(city, edition, words), week=words.week(week) if week else words.unknown.week
    )


def _city(slug: str | None, edition: Edition, words: Words) -> str:
    if slug is None:
        return words.unknown.city
    city = edition.city(slug)
    return city.name_de or city.name_it if words.language == "de" else city.name_it


def _facts(data: ReceiptData, edition: Edition, words: Words) -> Iterator[Fact]:
    verdict, names, unknown = data.verdict, words.facts, words.unknown
    yield Fact(names.submission_id, verdict.submission_id, is_code=True)
    yield Fact(names.city, _city(verdict.city, edition, words))
    if verdict.city is not None:
        yield Fact(names.body, edition.city(verdict.city).reporting_body, language="it")
    yield Fact(names.week, words.numbered(verdict.iso_week) if verdict.iso_week else unknown.week)
    yield Fact(names.version, unknown.version if verdict.version is None else str(verdict.version))
    yield Fact(names.received_at, words.instant(verdict.received_at))
    yield Fact(names.instant, verdict.received_at.astimezone(ROME).isoformat(), is_code=True)
    yield Fact(names.late, _lateness(data, edition, words))
    yield Fact(names.received_by, verdict.received_by or unknown.received_by)
    claimed = _claimed(data, edition, words)
    if claimed:
        yield Fact(names.claimed, claimed)
    if verdict.reason_code is not None:
        yield Fact(names.reason, words.reasons.get(verdict.reason_code, verdict.reason_code))
    if verdict.supersedes is not None:
        yield Fact(names.supersedes, verdict.supersedes, is_code=True)
    if data.status_on_arrival != verdict.status:
        yield Fact(names.status_on_arrival, words.status[data.status_on_arrival])
    yield Fact(names.sha256, verdict.sha256, is_code=True)
    yield Fact(names.size, words.size(verdict.size))
    yield Fact(names.layout, verdict.layout or unknown.layout)
    yield Fact(names.edition, edition.facts.code)
    yield Fact(names.code_version, data.code_version)


def _claimed(data: ReceiptData, edition: Edition, words: Words) -> str:
    parts = []
    if data.claimed_city is not None:
        parts.append(_city(data.claimed_city, edition, words))
    if data.claimed_week is not None:
        parts.append(words.week(data.claimed_week))
    return ", ".join(parts)


def _lateness(data: ReceiptData, edition: Edition, words: Words) -> str:
    verdict = data.verdict
    if verdict.is_late is None or verdict.iso_week is None:
        return words.lateness.unknown
    known = Deadlines(edition, [one for one in data.moved if one.at <= verdict.received_at])
    due_at = known.due_at(verdict.iso_week, verdict.city)
    if verdict.is_late:
        said = words.lateness.late
    else:
        said = words.lateness.on_time if verdict.received_at <= due_at else words.lateness.correction
    return said.format(due=words.deadline(due_at))


def _cells(verdict: Verdict, words: Words) -> tuple[CellCount, ...]:
    counts = verdict.cells
    if counts.read == 0:
        return ()
    named = (
        (words.cells.read, counts.read),
        (words.cells.mapped, counts.mapped),
        (words.cells.ignored, counts.ignored),
        (words.cells.refused, counts.refused),
    )
    return tuple(CellCount(name, number, words.number(number)) for name, number in named)


def finding_row(number: int, line: Line, words: Words) -> FindingRow:
    """A line of findings in the words of a language."""
    first = line.first
    return FindingRow(
        number=number,
        is_error=first.counts_as == "error",
        severity=words.findings.severities[first.counts_as],
        rule=first.rule,
        where=where_in_words(line, words.findings),
        message=message_in_words(line, words.findings),
        action=line.shared(lambda one: one.action) or first.action,
        found=line.shared(lambda one: one.found) or "",
        expected=line.shared(lambda one: one.expected) or "",
    )


def _nil(nil: NilReturn, edition: Edition, words: Words) -> NilRow:
    if nil.service_point:
        point = edition.service_points_by_code.get(nil.service_point)
        return NilRow(f"{nil.service_point} {point.name}" if point else nil.service_point, nil.reason)
    areas = edition.code_lists_by_code[edition.facts.area_list].categories
    label = {area.code: getattr(area, f"label_{words.language}") for area in areas}.get(nil.area, nil.area)
    return NilRow(words.nils.area.format(area=label), nil.reason)


def _decision(decision: Decision, edition: Edition, words: Words) -> DecisionRow:
    what = words.decisions.acts[decision.act]
    if decision.rule is not None:
        what = words.decisions.about_rule.format(what=what, rule=decision.rule)
    if decision.nil is not None:
        what = words.decisions.about_nil.format(what=what, nil=_nil(decision.nil, edition, words).what)
    if decision.due_at is not None:
        what = words.decisions.about_deadline.format(what=what, due=words.deadline(decision.due_at))
    return DecisionRow(words.instant(decision.at), decision.by, what, decision.note)


def _next(data: ReceiptData, edition: Edition, words: Words) -> Iterator[str]:
    verdict, said = data.verdict, words.next
    due_at = _due_now(data, edition)
    if verdict.is_accepted:
        yield said.consolidated.format(instant=words.deadline(next_consolidation(verdict.known_from)))
        if verdict.supersedes is not None:
            yield said.supersedes
        if verdict.is_late and due_at is not None and verdict.received_at <= due_at:
            yield said.late_no_more.format(due=words.deadline(due_at))
        elif verdict.is_late:
            yield said.late
        if verdict.warnings and not _is_settled(data):
            yield said.warnings
        return
    if data.is_nothing_kept:
        yield said.nothing_kept
    yield said.correct
    yield _due(verdict, due_at, edition, words)
    if verdict.is_late is False and due_at is not None and due_at < verdict.received_at:
        yield said.other_stays
    elif not verdict.is_late:
        yield said.other_may_stay


def _is_settled(data: ReceiptData) -> bool:
    """Whether nothing is left to check: every warning is explained, and nobody has asked to look again."""
    is_sent_back = any(one.act == "send-back" for one in data.decisions)
    found = data.verdict.is_accepted and data.verdict.warnings > 0
    return found and not is_sent_back and are_explained(data.findings)


def _due_now(data: ReceiptData, edition: Edition) -> dt.datetime | None:
    """The deadline that now holds for its city and week; None where its week could not be told."""
    if data.verdict.iso_week is None:
        return None
    return Deadlines(edition, data.moved).due_at(data.verdict.iso_week, data.verdict.city)


def _due(verdict: Verdict, due_at: dt.datetime | None, edition: Edition, words: Words) -> str:
    if due_at is None:
        usual = edition.facts.deadline.due_at(edition.facts.first_week)
        return words.next.due_unknown.format(day=words.day_of_week(usual), hour=words.hour(usual))
    if verdict.received_at <= due_at:
        said = words.next.due
    else:
        said = words.next.overdue if verdict.is_late is False else words.next.overdue_and_late
    return said.format(due=words.deadline(due_at))


def next_consolidation(after: dt.datetime) -> dt.datetime:
    """The first Thursday 06:00, Europe/Rome, after an instant."""
    local = after.astimezone(ROME)
    day = local.date() + dt.timedelta(days=(_THURSDAY - local.weekday()) % 7)
    instant = dt.datetime.combine(day, _CONSOLIDATED_AT, ROME)
    if instant > local:
        return instant
    return dt.datetime.combine(day + dt.timedelta(days=7), _CONSOLIDATED_AT, ROME)
