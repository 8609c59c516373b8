"""A city's weeks as pages list them, and the versions that came for one.

Lives here: rows of weeks and versions.
Must not live here: the state of a week (`pipelines.board`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from pipelines.board import CityWeek, city_weeks
from pipelines.judged import read_findings
from pipelines.portal.portal import Portal
from pipelines.portal.shown.deadlines import DeadlineBox, deadline_box
from pipelines.portal.words.wording import Texts
from schemas.verdicts import Verdict
from schemas.weeks import IsoWeek


@dataclass(frozen=True)
class WeekRow:
    """A week of a city in a list. detail: its deadline, or when it came. told: what is to be looked at."""

    name: str
    href: str
    state: str
    state_word: str
    detail: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class VersionRow:
    """A version that came.

    is_valid: the one that counts now. sent_back: what the city was asked to look at.
    """

    number: str
    href: str
    received_at: str
    by: str
    status: str
    word: str
    counts: str
    is_valid: bool
    sent_back: str


def states_of(
    portal: Portal, weeks: Sequence[IsoWeek], at: dt.datetime, city: str | None = None
) -> tuple[CityWeek, ...]:
    """The state of every city (of one, where it is named) in these weeks."""
    returns, home = portal.desk.returns(), portal.home
    findings_of = partial(read_findings, home.judged)
    verdicts = returns.verdicts.values()
    edition, cities = portal.contract.edition, None if city is None else (city,)
    return city_weeks(edition, verdicts, weeks, at, portal.desk.acts(), findings_of, cities)


def weeks_ended(portal: Portal, at: dt.datetime) -> tuple[IsoWeek, ...]:
    """The edition's weeks that have ended by an instant, the newest first: for these a return can be sent."""
    return tuple(week for week in reversed(portal.contract.edition.weeks) if week.ends_at <= at)


def week_row(entry: CityWeek, href: str, at: dt.datetime, texts: Texts) -> WeekRow:
    """A week in a list."""
    if entry.submission_id is not None and entry.version is not None and entry.received_at is not None:
        detail = texts.say("weeks.received", n=entry.version, at=texts.receipt.deadline(entry.received_at))
    else:
        box = box_of(entry, at, texts)
        detail = f"{box.left} · {box.sentence}"
    name = week_name(entry.week, texts)
    return WeekRow(name, href, entry.state, state_word(entry, texts), detail, tuple(to_look_at(entry, texts)))


def to_look_at(entry: CityWeek, texts: Texts) -> Iterator[str]:
    """What happened to the version that counts, in a few words each: rejected since, sent back."""
    if entry.refused_since is not None:
        yield texts.say("board.refused", n=entry.refused_since)
    if entry.sent_back is not None:
        yield texts.board.sent_back


def week_name(week: IsoWeek, texts: Texts) -> str:
    """A week as a heading or a list names it: `Settimana 42/2023 (16-22 ottobre)`."""
    name = texts.receipt.week(week)
    return f"{name[0].upper()}{name[1:]}"


def state_word(entry: CityWeek, texts: Texts) -> str:
    """The state of a week in a word or two."""
    return texts.say(f"states.{entry.state}")


def box_of(entry: CityWeek, at: dt.datetime, texts: Texts) -> DeadlineBox:
    """The deadline of a week."""
    return deadline_box(entry.due_at, at, texts, is_done=entry.state in ("on_time", "late"))


def version_rows(portal: Portal, city: str, week: IsoWeek, texts: Texts) -> tuple[VersionRow, ...]:
    """The versions that came for a week, the newest first."""
    returns, acts = portal.desk.returns(), portal.desk.acts()
    valid = returns.valid(city, week)
    came = sorted(
        (one for one in returns.verdicts.values() if one.city_week == (city, week)),
        key=lambda one: (one.received_at, one.submission_id),
        reverse=True,
    )
    return tuple(
        _version_row(
            one,
            one == valid,
            (back.note if (back := acts.sent_back(one.submission_id)) else ""),
            texts,
        )
        for one in came
    )


def _version_row(verdict: Verdict, is_valid: bool, sent_back: str, texts: Texts) -> VersionRow:
    receipt = texts.receipt
    return VersionRow(
        number=receipt.unknown.version if verdict.version is None else str(verdict.version),
        href=f"/invii/{verdict.submission_id}",
        received_at=receipt.deadline(verdict.received_at),
        by=verdict.received_by or receipt.unknown.received_by,
        status=verdict.status,
        word=receipt.status[verdict.status],
        counts=receipt.findings.counts.said(verdict.errors, verdict.warnings),
        is_valid=is_valid,
        sent_back=sent_back,
    )
