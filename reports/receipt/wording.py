"""The texts of a receipt, by language; its findings bring their own words.

Lives here: the model of `it.yaml` and of the other languages beside it; instants, weeks and numbers in words.
Must not live here: the texts themselves, or which of them is said.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from reports.findings.wording import FindingWords, finding_words
from reports.receipt.data import DecisionKind
from schemas.contract import Language, Text
from schemas.tables import Entry, read_document
from schemas.verdicts import Status
from schemas.weeks import ROME, IsoWeek


class Headings(Entry):
    """The title and the headings of the parts."""

    title: Text
    page: Text
    verdict: Text
    submission: Text
    files: Text
    cells: Text
    findings: Text
    nils: Text
    decisions: Text
    next: Text
    item: Text
    value: Text


class FactNames(Entry):
    """What the facts of a submission are called."""

    submission_id: Text
    city: Text
    body: Text
    week: Text
    version: Text
    received_at: Text
    received_by: Text
    instant: Text
    late: Text
    reason: Text
    claimed: Text
    supersedes: Text
    layout: Text
    status_on_arrival: Text
    sha256: Text
    size: Text
    edition: Text
    code_version: Text


class Unknown(Entry):
    """What stands where nothing is known."""

    city: Text
    week: Text
    version: Text
    received_by: Text
    layout: Text
    file_name: Text


class FileColumns(Entry):
    """The table of files."""

    name: Text
    size: Text
    sha256: Text


class CellNames(Entry):
    """How the cells of the file are counted."""

    sentence: Text
    nothing_read: Text
    read: Text
    mapped: Text
    ignored: Text
    refused: Text


class NilColumns(Entry):
    """The table of what is declared nil."""

    what: Text
    reason: Text
    none: Text
    area: Text


class DecisionWords(Entry):
    """The table of what people decided, and what each kind of decision is called."""

    at: Text
    by: Text
    what: Text
    note: Text
    about_rule: Text
    about_nil: Text
    about_deadline: Text
    acts: dict[DecisionKind, Text]


class Lateness(Entry):
    """Whether it came in time."""

    on_time: Text
    correction: Text
    late: Text
    unknown: Text


class Next(Entry):
    """What happens next, and what there is to do."""

    consolidated: Text
    supersedes: Text
    late: Text
    late_no_more: Text
    warnings: Text
    correct: Text
    due: Text
    overdue: Text
    overdue_and_late: Text
    due_unknown: Text
    other_stays: Text
    other_may_stay: Text
    nothing_kept: Text


class Forms(Entry):
    """How instants, weeks and sizes are written; in the signs of CLDR date patterns."""

    instant: Text
    deadline: Text
    day_of_week: Text
    hour: Text
    week: Text
    day_and_month: Text
    day_of_span: Text
    span_in_month: Text
    span: Text
    bytes: Text
    of_return: Text


class Words(Entry):
    """All texts of a receipt in one language. `locale`: how numbers and dates are written."""

    language: Language
    locale: Text
    headings: Headings
    status: dict[Status, Text]
    verdict: dict[Status, Text]
    settled: Text
    """The verdict where every warning is explained."""
    facts: FactNames
    unknown: Unknown
    files: FileColumns
    cells: CellNames
    nils: NilColumns
    decisions: DecisionWords
    lateness: Lateness
    next: Next
    reasons: dict[str, Text]
    forms: Forms
    nothing_found: Text
    nothing_kept: Text
    how_to_verify: Text

    @property
    def findings(self) -> FindingWords:
        return finding_words(self.language)

    def instant(self, at: dt.datetime) -> str:
        """`mercoledì 25 ottobre 2023, ore 10:03:12 (ora di Roma, UTC+02:00)`."""
        return format_datetime(at.astimezone(ROME), self.forms.instant, tzinfo=ROME, locale=self.locale)

    def deadline(self, at: dt.datetime) -> str:
        """`mercoledì 25 ottobre 2023, ore 12:00`."""
        return format_datetime(at.astimezone(ROME), self.forms.deadline, tzinfo=ROME, locale=self.locale)

    def day_of_week(self, at: dt.datetime) -> str:
        """`mercoledì`."""
        return format_datetime(at, self.forms.day_of_week, locale=self.locale)

    def hour(self, at: dt.datetime) -> str:
        """`12:00`."""
        return format_datetime(at, self.forms.hour, locale=self.locale)

    def week(self, week: IsoWeek) -> str:
        """`settimana 42/2023 (16-22 ottobre)`."""
        return self.forms.week.format(number=week.number, year=week.year, days=self.days(week))

    def numbered(self, week: IsoWeek) -> str:
        """`42/2023 (16-22 ottobre)`, where what stands before it says that it is a week."""
        return f"{week.number}/{week.year} ({self.days(week)})"

    def days(self, week: IsoWeek) -> str:
        """`16-22 ottobre`."""
        forms = self.forms
        first, last = week.monday, week.sunday
        span = forms.span_in_month if first.month == last.month else forms.span
        return span.format(
            first=self._day(first, forms.day_of_span if first.month == last.month else forms.day_and_month),
            last=self._day(last, forms.day_and_month),
        )

    def _day(self, day: dt.date, pattern: str) -> str:
        return format_date(day, pattern, locale=self.locale)

    def number(self, number: int) -> str:
        """`1.234`."""
        return format_decimal(number, locale=self.locale)

    def size(self, size: int) -> str:
        """A number of bytes, as `8.942 byte`."""
        return self.forms.bytes.format(n=self.number(size))


@cache
def words(language: Language = "it") -> Words:
    """The texts in a language."""
    return read_document(Path(__file__).with_name(f"{language}.yaml"), Words)
