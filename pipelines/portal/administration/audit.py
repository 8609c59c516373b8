"""The audit log, to be read: who did what and when, whether it is whole, and a copy to keep.

Lives here: the page `/registro` and its table as CSV.
Must not live here: the log itself (`pipelines.portal.store.audit`).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from pipelines.portal.store.audit import EVENTS, Entry, Event, Verified
from pipelines.portal.visits import Visit
from reports.neutral import neutral_text
from schemas.weeks import ROME

_ENTRIES_A_PAGE = 50
_MOST_EXPORTED = 1_000_000

_YEARS = range(2, 9999)
"""Of days that can be asked for: the midnight after the last one is beyond what a clock can say."""


@dataclass(frozen=True)
class EntryRow:
    """A line of the log in words."""

    at: str
    by: str
    event: str
    subject: str
    address: str


@dataclass(frozen=True)
class Filters:
    """What is asked for: one kind of event, what one account did, one day in Rome; problem: with the day."""

    event: Event | None
    by: str
    day: dt.date | None
    problem: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """As they stand in an address."""
        given = {"event": self.event or "", "by": self.by, "day": self.day.isoformat() if self.day else ""}
        return {name: value for name, value in given.items() if value}


def show(visit: Visit) -> Response:
    """`/registro`, with filters; `prima`: the entries before one."""
    filters, before = _filters(visit), visit.asked("prima")
    audit, texts = visit.portal.audit, visit.texts
    found = audit.events(
        account=filters.by or None,
        event=filters.event,
        day=filters.day,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None,
        limit=_ENTRIES_A_PAGE + 1,
    )
    shown = found[:_ENTRIES_A_PAGE]
    older = {**filters.asked, "prima": str(shown[-1].id)} if len(found) > len(shown) else {}
    verified = audit.verify()
    if not before:
        visit.record("audit_read")
    return visit.page(
        "administration/audit.html",
        422 if filters.problem else 200,
        rows=[entry_row(visit, one) for one in shown],
        events=[(one, texts.say(f"events.{one}"), one == filters.event) for one in EVENTS],
        by=filters.by,
        day=filters.day.isoformat() if filters.day else "",
        errors={"day": filters.problem} if filters.problem else {},
        older_href=f"/registro?{urlencode(older)}" if older else "",
        newest_href=_href("/registro", filters) if before else "",
        export_href=_href("/registro/registro.csv", filters),
        is_whole=verified.first_broken is None,
        verified=_verified_in_words(visit, verified),
        digest=verified.last_digest,
    )


def export(visit: Visit) -> Response:
    """`/registro/registro.csv`: every entry asked for, newest first; in columns for Italian spreadsheets.

    Instants are Rome's, with their offset. Nothing in it runs.
    """
    filters, texts = _filters(visit), visit.texts
    visit.record("downloaded", "registro")
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    what = (texts.audit.event, texts.audit.code)
    rows.writerow(
        (texts.audit.number, texts.audit.at, texts.audit.by, *what, texts.audit.subject, texts.audit.address)
    )
    for one in visit.portal.audit.events(
        account=filters.by or None, event=filters.event, day=filters.day, limit=_MOST_EXPORTED
    ):
        told = (one.who, texts.say(f"events.{one.event}"), one.event, one.subject, one.address)
        rows.writerow((one.id, one.at.astimezone(ROME).isoformat(), *map(neutral_text, told)))
    return visit.download(out.getvalue().encode("utf-8-sig"), "registro.csv", "text/csv; charset=utf-8")


def entry_row(visit: Visit, entry: Entry) -> EntryRow:
    """A line of the log."""
    return EntryRow(
        at=f"{entry.at.astimezone(ROME):%d/%m/%Y %H:%M:%S}",
        by=entry.who,
        event=visit.texts.say(f"events.{entry.event}"),
        subject=entry.subject,
        address=entry.address,
    )


def _filters(visit: Visit) -> Filters:
    event = next((one for one in EVENTS if one == visit.asked("event")), None)
    by, asked = visit.asked("by").strip(), visit.asked("day").strip()
    if not asked:
        return Filters(event, by, None)
    try:
        day = dt.date.fromisoformat(asked)
    except ValueError:
        day = dt.date.min
    if day.year not in _YEARS:
        return Filters(event, by, None, visit.texts.audit.no_day)
    return Filters(event, by, day)


def _href(path: str, filters: Filters) -> str:
    return f"{path}?{urlencode(filters.asked)}" if filters.asked else path


def _verified_in_words(visit: Visit, verified: Verified) -> str:
    if verified.first_broken is None:
        return visit.texts.say("audit.whole", n=verified.entries)
    return visit.texts.say("audit.broken", entry=verified.first_broken)
