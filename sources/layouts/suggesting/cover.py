"""What a new file states about itself: week, edition, reporting body, version, days.

Lives here: finding the week, and rules for the rows and cells that state facts.
Must not live here: tables of figures (`shape`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from schemas.addresses import column_letters
from schemas.contract import City
from schemas.weeks import MONTHS_IT, IsoWeek
from sources.cells import Sheet, Workbook
from sources.layouts.days import parse_day
from sources.layouts.suggesting.evidence import Entries, literal
from sources.layouts.suggesting.knowledge import Terms
from sources.layouts.suggesting.likeness import plain
from sources.layouts.suggesting.sheetscan import Scan
from sources.layouts.texts import text_of

_FIRST_ROWS = 15
_DAY_INSIDE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{1,2} [a-z]+ \d{4}", re.IGNORECASE)
_VERSION_INSIDE = re.compile(
    r"^((?:invio|versione|version|vers\.?|rev\.?|v)(?: n\.?)? ?)(\d+)$", re.IGNORECASE
)
_WEEK_WORDS, _YEAR_WORDS = ("settimana", "woche", "week"), ("anno", "jahr", "year")
_WEEK_AND_YEAR = re.compile(r"(\d{4})\D{1,5}(\d{1,2})(?!\d)|(?<!\d)(\d{1,2})\D{1,5}(\d{4})")
_VALUE_FORMS: Mapping[str, str] = {
    "year": r"(?P<year>\d{4})",
    "version": r"(v|rev)?\.? ?(?P<version>\d+)",
    "first_day": r"(?P<first_day>.*\d.*)",
    "last_day": r"(?P<last_day>.*\d.*)",
    "compiled": r"(?P<compiled>.*\d.*)",
    "data_rows": r"(?P<data_rows>\d+)",
}


def week_stated(workbook: Workbook) -> IsoWeek | None:
    """The week from whose Monday to whose Sunday the file's first rows speak; None where they do not."""
    votes: Counter[dt.date] = Counter()
    for sheet in workbook:
        days = set(_days(sheet))
        votes.update(day for day in days if day.isoweekday() == 1 and day + dt.timedelta(days=6) in days)
    if not votes:
        return next((week for sheet in workbook if (week := _week_named(sheet)) is not None), None)
    monday = votes.most_common(1)[0][0].isocalendar()
    return IsoWeek(monday.year, monday.week)


def _week_named(sheet: Sheet) -> IsoWeek | None:
    """The week that the first rows name by its number and year, in one text or beside `Anno`."""
    year: int | None = None
    number: int | None = None
    for row in sheet.rows[:_FIRST_ROWS]:
        texts = [text_of(value) for value in row if text_of(value)]
        for label, text in pairwise(texts):
            word = plain(label).split(" ")[0]
            if word in _YEAR_WORDS and re.fullmatch(r"\d{4}", text):
                year = int(text)
            elif word in _WEEK_WORDS and (both := _WEEK_AND_YEAR.search(text)):
                found = [int(part) for part in both.groups() if part]
                year, number = max(found), min(found)
            elif word in _WEEK_WORDS and re.fullmatch(r"\d{1,2}", text):
                number = int(text)
    try:
        return IsoWeek(year, number) if year is not None and number is not None else None
    except ValueError:
        return None


def _days(sheet: Sheet) -> Iterator[dt.date]:
    for row in sheet.rows[:_FIRST_ROWS]:
        for value in row:
            for text in _DAY_INSIDE.findall(text_of(value)):
                day = parse_day(text)
                if day is not None:
                    yield day


def week_pattern(text: str, week: IsoWeek) -> str | None:
    """A pattern that captures the week (and the year) from texts like this one; None if it names no week."""
    found = re.search(rf"(?<!\d)0?{week.number}(?!\d)", re.sub(rf"{week.year}", "####", text))
    if found is None:
        return None
    year = text.find(str(week.year))
    marks = [(found.start(), found.end(), r"(?P<week>\d{1,2})")]
    if year >= 0:
        marks.append((year, year + 4, r"(?P<year>\d{4})"))
    marks.sort()
    pattern, end = "", 0
    for start, stop, group in marks:
        pattern += _general_piece(text[end:start]) + group
        end = stop
    return pattern + _general_piece(text[end:])


def _general_piece(text: str) -> str:
    """The text as a pattern, with anything in place of what holds digits between brackets or around them."""
    pieces = re.split(r"([()\[\]])", text)
    return "".join(".*" if re.search(r"\d", piece) else literal(piece) for piece in pieces)


class CoverDraft:
    """Rules for what the file states, made once for a city and week."""

    def __init__(self, terms: Terms, city: City, edition_code: str, week: IsoWeek) -> None:
        self._terms, self._city, self._edition, self._week = terms, city, edition_code, week
        self.entities: set[str] = set()

    def is_cover(self, scan: Scan) -> bool:
        """Whether most of a sheet's rows name a fact and give it."""
        found = {self._terms.fact(scan.text(row, label)) for row, label, _ in _pairs(scan)} - {None}
        return len(found) >= 4 and bool(found & {"edition", "week"})

    def rules(self, scan: Scan) -> list[Entries]:
        """A rule for each row of a sheet that names a fact and gives it; nil declarations below."""
        rules: list[Entries] = []
        stated: set[str] = set()
        for row, label, value in _pairs(scan):
            name, text = self._terms.fact(scan.text(row, label)), scan.text(row, value)
            if name is None or name in stated:
                continue
            pattern = self.value_pattern(name, text)
            if pattern is None:
                continue
            stated.add(name)
            when = {column_letters(label): literal(scan.text(row, label)), column_letters(value): pattern}
            rules.append({"when": when, "facts": True})
        return rules

    def value_pattern(self, name: str, text: str) -> str | None:
        """A pattern that captures a fact from texts like this one; None where it cannot be that fact."""
        if name == "week":
            return week_pattern(text, self._week)
        if name == "entity":
            self.entities.add(text)
        form = _VALUE_FORMS.get(name, f"(?P<{name}>.*)")
        return form if re.fullmatch(form, text, re.IGNORECASE) else None

    def inline(self, scan: Scan, row: int) -> Entries | None:
        """A rule for a row whose cells each say what they are, `Settimana 42/2023`, `dal 16/10/2023`."""
        when: dict[str, str] = {}
        stated: set[str] = set()
        for column in scan.filled(row):
            text = scan.text(row, column)
            name, pattern = self._inline(text, stated)
            if name is not None:
                stated.add(name)
            when[column_letters(column)] = pattern
        return {"when": when, "facts": True} if stated else None

    def _inline(self, text: str, stated: set[str]) -> tuple[str | None, str]:
        if plain(text) == plain(self._city.reporting_body) and "body" not in stated:
            return "body", "(?P<body>.*)"
        if plain(text) == plain(self._edition) and "edition" not in stated:
            return "edition", "(?P<edition>.*)"
        if version := _VERSION_INSIDE.match(text):
            return "version", f"{literal(version[1])}(?P<version>.*)"
        day = next((parse_day(found) for found in _DAY_INSIDE.findall(text)), None)
        if day is not None and len(_DAY_INSIDE.findall(text)) == 1:
            name = {self._week.monday: "first_day", self._week.sunday: "last_day"}.get(day, "compiled")
            before = _DAY_INSIDE.split(text)[0]
            if name not in stated and text.endswith(_DAY_INSIDE.findall(text)[-1]):
                return name, f"{literal(before)}(?P<{name}>.*)"
        if self._terms.fact(re.split(r"\W", text)[0]) == "week" and "week" not in stated:
            pattern = week_pattern(text, self._week)
            if pattern is not None:
                return "week", pattern
        return None, general(text)

    def nil_rules(self, scan: Scan, code_pattern: str) -> list[Entries]:
        """Below a heading that speaks of no activity: the areas and service points without any."""
        for number in range(len(scan.sheet.rows)):
            filled = scan.filled(number)
            if len(filled) == 1 and self._terms.has_any(scan.text(number, filled[0]), self._terms.nil):
                label, reason = column_letters(filled[0]), column_letters(filled[0] + 1)
                within = {"within": ["nulla"]}
                heading = literal(scan.text(number, filled[0]))
                reasons = "|".join(self._terms.reasons)
                return [
                    {"when": {label: heading}, "heading": "nulla"},
                    {"when": {label: ".*", reason: reasons}, **within, "ignore": "intestazione"},
                    {
                        "when": {label: "nessun[ao]|-", reason: ""},
                        **within,
                        "ignore": "nessuna attività nulla",
                    },
                    {
                        "when": {
                            label: rf"(.*\W)?(?P<service_point>{code_pattern})\W?",
                            reason: "(?P<reason>.*)",
                        },
                        **within,
                        "nil": True,
                    },
                    {
                        "when": {label: r"((area|bereich)[ /:]*)*(?P<area>.+)", reason: "(?P<reason>.*)"},
                        **within,
                        "nil": True,
                    },
                ]
        return []


def general(text: str) -> str:
    """A pattern for texts like this one of any week: numbers and months may be others."""
    head = text if len(text) <= 48 else text[:48]
    pattern = re.sub(r"\d+", r"\\d+", literal(head))
    pattern = re.sub("|".join(MONTHS_IT), r"\\w+", pattern, flags=re.IGNORECASE)
    return pattern if head == text else f"{pattern}.*"


def _pairs(scan: Scan) -> Iterator[tuple[int, int, int]]:
    """Rows that begin with a text and have something beside it: row, column of the text, of the other."""
    for number in range(len(scan.sheet.rows)):
        filled = scan.filled(number)
        if len(filled) >= 2 and isinstance(scan.sheet.value(number, filled[0]), str):
            yield number, filled[0], filled[1]
