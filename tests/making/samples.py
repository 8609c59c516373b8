"""The carried sample returns and the truth that a correct consolidation of them gives.

Lives here: finding a sample by city and week, its truth, its manifest line.
Must not live here: altering a file (`books`).
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

RETURNS = Path(__file__).resolve().parent.parent / "returns"

STANDARD_CITIES = ("caserta", "latina", "potenza", "sassari", "taranto")
OWN_LAYOUT_CITIES = (
    "bologna",
    "bolzano",
    "firenze",
    "genova",
    "milano",
    "napoli",
    "palermo",
    "perugia",
    "roma",
    "torino",
    "trieste",
)
ONE_CITY_A_LAYOUT = (*OWN_LAYOUT_CITIES, "taranto")
"""A city for each of the twelve layouts."""

LAST_SIX_WEEKS = ("2023-W37", "2023-W38", "2023-W39", "2023-W40", "2023-W41", "2023-W42")
LATE_BEGINNING = "2023-W36"
"""The week before those. An edition that begins with it, of which nothing has come, judges no sum since the
beginning, as the whole edition does not where it lacks the weeks before."""

NOT_VALID_IN_THE_END = frozenset(
    {("2023-W39", "caserta", 1), ("2023-W40", "taranto", 1), ("2023-W41", "latina", 1)}
)
"""Versions that a later one replaced, or that were rejected: the truth holds the later one."""

Truth = dict[tuple[str, str, str, str], tuple[Decimal | None, str]]
"""service point, measure, breakdown, category -> value, flag"""


@dataclass(frozen=True)
class Sample:
    """A return of the sample: its file and its line in the manifest."""

    city: str
    iso_week: str
    version: int
    path: Path
    sha256: str
    received_at: dt.datetime
    expect: str

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    def __str__(self) -> str:
        return f"{self.iso_week}-{self.city}-v{self.version}"


@cache
def samples() -> tuple[Sample, ...]:
    """All sample returns, in order of arrival."""
    with (RETURNS / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Sample(
                row["city"],
                row["iso_week"],
                int(row["version"]),
                RETURNS / row["files"],
                row["sha256"],
                dt.datetime.fromisoformat(row["received_at"]),
                row["expect"],
            )
            for row in csv.DictReader(lines)
        )


def sample(city: str, iso_week: str = "2023-W42", version: int = 1) -> Sample:
    """What a city sent for a week."""
    return next(s for s in samples() if (s.city, s.iso_week, s.version) == (city, iso_week, version))


def valid_samples(weeks: tuple[str, ...] | None = None) -> list[Sample]:
    """The samples that the truth is made of, of these weeks (of all, without any)."""
    return [
        s
        for s in samples()
        if (weeks is None or s.iso_week in weeks)
        and (s.iso_week, s.city, s.version) not in NOT_VALID_IN_THE_END
    ]


@cache
def true_observations(iso_week: str) -> dict[str, Truth]:
    """City -> what its return of the week says."""
    truth: dict[str, Truth] = {}
    with gzip.open(RETURNS / "truth" / "observations.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        header = next(lines)
        for row in csv.DictReader((header, *(line for line in lines if line.startswith(iso_week)))):
            key = (row["service_point"], row["measure"], row["breakdown"], row["category"])
            value = Decimal(row["value"]) if row["value"] else None
            truth.setdefault(row["city"], {})[key] = (value, row["flag"])
    return truth


@cache
def true_nils() -> dict[tuple[str, str], dict[str, str]]:
    """Week and city -> service point or area -> the reason why it had no activity."""
    nils: dict[tuple[str, str], dict[str, str]] = {}
    with (RETURNS / "truth" / "nil.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            nils.setdefault((row["iso_week"], row["city"]), {})[row["what"]] = row["reason"]
    return nils
