"""ISO weeks: the only clock of the contract.

Lives here: a week's days, month and quarter, when it ends, and how it is written.
Must not live here: deadlines (`schemas.deadlines`), today's date; callers say at what instant they ask.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")

_FORM = re.compile(r"^(\d{4})-W(\d{2})$")
MONTHS_IT = (
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
)


@dataclass(frozen=True, order=True, slots=True)
class IsoWeek:
    """A week from Monday to Sunday, written `2023-W42`."""

    year: int
    number: int

    def __post_init__(self) -> None:
        try:
            dt.date.fromisocalendar(self.year, self.number, 1)
        except ValueError as error:
            raise ValueError(f"{self.year} has no ISO week {self.number}") from error

    @classmethod
    def parse(cls, text: str) -> IsoWeek:
        """Read `2023-W42`; ValueError for any other form or a week that the year lacks."""
        match = _FORM.match(text)
        if match is None:
            raise ValueError(f"{text!r} is not an ISO week such as 2023-W42")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: dt.date) -> IsoWeek:
        """The week that holds `day`."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"

    @property
    def monday(self) -> dt.date:
        return dt.date.fromisocalendar(self.year, self.number, 1)

    @property
    def thursday(self) -> dt.date:
        return dt.date.fromisocalendar(self.year, self.number, 4)

    @property
    def sunday(self) -> dt.date:
        return dt.date.fromisocalendar(self.year, self.number, 7)

    @property
    def month(self) -> str:
        """The calendar month of the week's Thursday, `2023-10`."""
        return f"{self.thursday:%Y-%m}"

    @property
    def quarter(self) -> str:
        """The calendar quarter of the week's Thursday, `2023-Q4`."""
        return f"{self.thursday.year}-Q{(self.thursday.month - 1) // 3 + 1}"

    @property
    def starts_at(self) -> dt.datetime:
        """Monday 00:00 Europe/Rome."""
        return dt.datetime.combine(self.monday, dt.time(), ROME)

    @property
    def ends_at(self) -> dt.datetime:
        """Sunday 24:00 Europe/Rome: from this instant on a return may be sent."""
        return dt.datetime.combine(self.sunday + dt.timedelta(days=1), dt.time(), ROME)

    def shifted(self, weeks: int) -> IsoWeek:
        return IsoWeek.of(self.monday + dt.timedelta(weeks=weeks))

    def through(self, last: IsoWeek) -> tuple[IsoWeek, ...]:
        """Every week from this one to `last`, both included."""
        count = (last.monday - self.monday).days // 7 + 1
        return tuple(self.shifted(step) for step in range(count))

    def in_italian(self) -> str:
        """`settimana 42/2023 (16-22 ottobre)`, as city staff write it."""
        first, last = self.monday, self.sunday
        start = f"{first.day}" if first.month == last.month else f"{first.day} {MONTHS_IT[first.month - 1]}"
        joint = "-" if first.month == last.month else " - "
        return f"settimana {self.number}/{self.year} ({start}{joint}{last.day} {MONTHS_IT[last.month - 1]})"


def month_number_it(name: str) -> int | None:
    """1 to 12 for an Italian month's name or its first three letters, else None."""
    key = name.strip().casefold()
    for number, month in enumerate(MONTHS_IT, start=1):
        if key in (month, month[:3]):
            return number
    return None
