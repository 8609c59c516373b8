"""One defect of a rule, sown into a return that a city really sent, in the city's own layout.

Lives here: for each rule the mistakes that people make, and where in the return the rule must tell them.
Must not live here: judging, counting what is found (`tests.bench.rules`); any city's name.

A figure that is changed takes its categories along, so that a total that is to break one rule does not
break the sums of its breakdowns too.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import accumulate, pairwise
from random import Random
from statistics import median

from pipelines.judging.context import AcceptedReturn, Claim, FigureKey, PastValue
from schemas.addresses import column_index
from schemas.contract import TOTAL, Edition
from schemas.weeks import IsoWeek
from sources.cells import Sheet, Workbook
from sources.layouts.combine import Figure
from sources.layouts.library import KnownLayout
from sources.layouts.model import Table, is_letters
from sources.layouts.outcome import Fact, Place, Reading
from sources.layouts.rows import HeaderSeen, assigned_sheets, captured, find_headers
from sources.layouts.texts import folded
from tests.making.books import Book, Change, get, open_book, put, split_address
from tests.making.containers import (
    encrypted_ods,
    encrypted_xls,
    encrypted_xlsx,
    encrypted_zip,
    html_called_xls,
    with_entry,
)
from tests.making.deadlines import due_at
from tests.making.declarations import DECLARATIONS
from tests.making.drifts import sheet_renamed, swapped, with_text
from tests.making.identifiers import with_parts
from tests.making.pasts import SamplePast, accepted_return
from tests.making.samples import Sample

Values = Mapping[FigureKey, Decimal]


@dataclass(frozen=True, eq=False)
class Clean:
    """A return as it was sent, as its layout reads it, and what its city had sent before."""

    given: Sample
    week: IsoWeek
    edition: Edition
    known: KnownLayout
    reading: Reading
    figures: Mapping[FigureKey, Figure]
    past: SamplePast

    @property
    def city(self) -> str:
        return self.given.city

    @property
    def received_at(self) -> dt.datetime:
        """The Tuesday after the week: in time, whenever it really came."""
        return due_at(self.week) - dt.timedelta(days=1)

    @cached_property
    def book(self) -> Book:
        """The file's cells, to look at."""
        return open_book(self.given)

    @cached_property
    def rows(self) -> dict[str, list[list[object]]]:
        return {sheet: self.book.rows(sheet) for sheet in self.book.sheets}

    @cached_property
    def totals(self) -> dict[tuple[str, str], Decimal]:
        """Service point and measure -> the total, where it holds a value."""
        return {
            (key[0], key[1]): figure.value
            for key, figure in self.figures.items()
            if key[2] == TOTAL and figure.value is not None
        }

    def value(self, key: FigureKey) -> Decimal | None:
        """The value; None for ND, NA and not reported."""
        figure = self.figures.get(key)
        return None if figure is None else figure.value

    def points_with(self, *measures: str) -> list[str]:
        """The service points that give a value for all these totals."""
        return sorted({p for p, _ in self.totals if all((p, measure) in self.totals for measure in measures)})

    def past_totals(self, point: str, measure: str, weeks: int) -> list[Decimal]:
        """The totals of so many weeks before, the last one last; empty where one is missing or nil."""
        found = []
        area = self.edition.measures_by_code[measure].area
        for back in range(weeks, 0, -1):
            totals = self.past.totals(self.week.shifted(-back))
            value = None if totals is None or totals.is_nil(point, area) else totals.value(point, measure)
            if value is None:
                return []
            found.append(value)
        return found


@dataclass(frozen=True)
class Sown:
    """A return with a defect, and where the rule must tell it: at one of these cells, figures or sheets.

    With none of the three the rule speaks of the return as a whole. A figure: a service point and a measure.
    """

    what: str
    data: bytes
    cells: frozenset[tuple[str, str]] = frozenset()
    figures: frozenset[tuple[str, str]] = frozenset()
    sheets: frozenset[str] = frozenset()
    name: str | None = None
    received_at: dt.datetime | None = None
    claim: Claim = field(default_factory=Claim)
    past: SamplePast | None = None


Sow = Callable[[Clean, Random], Sown | None]
"""None where the return has nothing of the kind."""


# --- changing figures


def written(clean: Clean, values: Mapping[Place, Decimal | str]) -> Change:
    """Write numbers (or texts) into cells as the city writes numbers: as text where its cells are text."""
    is_text_file = clean.given.path.suffix in (".csv", ".zip")

    def change(book: Book) -> None:
        rows = {sheet: book.rows(sheet) for sheet in {place.sheet or "" for place in values}}
        for place, value in values.items():
            sheet, address = place.sheet or "", place.cell or ""
            if isinstance(value, str):
                put(book, sheet, address, value)
            elif is_text_file or _is_text(rows[sheet], address):
                mark = clean.known.layout.numbers.decimal_mark
                put(book, sheet, address, f"{value:f}".replace(".", mark))
            else:
                put(book, sheet, address, int(value) if value == int(value) else float(value))

    return change


def _is_text(rows: Sequence[Sequence[object]], address: str) -> bool:
    row, column = split_address(address)
    cells = rows[row - 1] if row <= len(rows) else ()
    return column <= len(cells) and isinstance(cells[column - 1], str) and cells[column - 1] != ""


def _cells_for(clean: Clean, key: FigureKey, value: Decimal) -> dict[Place, Decimal] | None:
    """What its cells must hold for a figure to have a value: one of several takes the difference."""
    figure = clean.figures[key]
    if figure.value is None:
        return None
    if len(figure.places) == 1:
        return {figure.places[0]: value}
    held = {cell.place: cell.value for cell in clean.reading.cells if cell.place in set(figure.places)}
    difference = value - figure.value
    for place, own in held.items():
        if own is not None and own + difference >= 0:
            return {place: own + difference}
    return {place: value if index == 0 else Decimal(0) for index, place in enumerate(figure.places)}


def with_values(clean: Clean, what: str, values: Values | None, **more: object) -> Sown | None:
    """The return with these values instead of its own, to be told at one of them."""
    if values is None or not values:
        return None
    places: dict[Place, Decimal] = {}
    for key, value in values.items():
        found = _cells_for(clean, key, value)
        if found is None or value < 0:
            return None
        places |= found
    return Sown(
        what,
        _saved(clean, written(clean, places)),
        cells=frozenset(
            (place.sheet or "", place.cell or "") for key in values for place in clean.figures[key].places
        ),
        figures=frozenset((point, measure) for point, measure, _, _ in values),
        **more,  # type: ignore[arg-type]
    )


def _saved(clean: Clean, *changes: Change) -> bytes:
    book = open_book(clean.given)
    for change in changes:
        change(book)
    return book.save()


def moved(
    clean: Clean, point: str, measure: str, by: Decimal | int, into: tuple[str, str] | None = None
) -> dict[FigureKey, Decimal] | None:
    """A total moved, with one category of each of its breakdowns (several, where it falls).

    `into`: breakdown and category that take the difference there. None where the figures do not allow it.
    """
    own = clean.value((point, measure, TOTAL, ""))
    if own is None or own + by < 0:
        return None
    values: dict[FigureKey, Decimal] = {(point, measure, TOTAL, ""): own + by}
    for breakdown in clean.edition.measures_by_code[measure].breakdowns:
        code_list = clean.edition.code_lists_by_code[breakdown]
        if not code_list.is_additive:
            continue
        held = _held(clean, point, measure, breakdown)
        if into is not None and into[0] == breakdown:
            values[point, measure, breakdown, into[1]] = held[into[1]] + by
            continue
        taken = _taken(held, Decimal(by))
        if taken is None:
            return None
        values |= {(point, measure, breakdown, code): value for code, value in taken.items()}
    return values


def _held(clean: Clean, point: str, measure: str, breakdown: str) -> dict[str, Decimal]:
    """The categories that hold a value; neither the unknown nor those that are never allowed first."""
    codes = clean.edition.code_lists_by_code[breakdown].codes
    found = {code: clean.value((point, measure, breakdown, code)) for code in codes}
    return {code: value for code, value in found.items() if value is not None}


def _taken(held: Mapping[str, Decimal], by: Decimal) -> dict[str, Decimal] | None:
    usual = {code: value for code, value in held.items() if code not in ("ND", "IRR")}
    if not usual:
        return {} if not held else None
    order = sorted(usual, key=lambda code: -usual[code])
    if by >= 0:
        return {order[0]: usual[order[0]] + by}
    left, taken = -by, {}
    for code in order:
        part = min(left, usual[code])
        taken[code], left = usual[code] - part, left - part
        if left == 0:
            return taken
    return None


# --- choosing


def _first(random: Random, candidates: Iterable[Callable[[], Sown | None]]) -> Sown | None:
    """The first of the candidates, in random order, that the return allows."""
    drawn = list(candidates)
    random.shuffle(drawn)
    return next((sown for candidate in drawn if (sown := candidate()) is not None), None)


def _whole(
    clean: Clean, random: Random, breakdowns_of: Collection[str] | None = None
) -> list[tuple[str, str, str]]:
    """Service point, measure, additive breakdown whose total and categories all hold a value."""
    found = []
    for point, measure in clean.totals:
        for breakdown in clean.edition.measures_by_code[measure].breakdowns:
            code_list = clean.edition.code_lists_by_code[breakdown]
            if (
                code_list.is_additive
                and (breakdowns_of is None or measure in breakdowns_of)
                and len(_held(clean, point, measure, breakdown)) == len(code_list.codes)
            ):
                found.append((point, measure, breakdown))
    random.shuffle(found)
    return found


# --- H00 to H04: the file, its cover, its words


def sow_h00(clean: Clean, random: Random) -> Sown | None:
    """Cut off on its way, emptied by it, locked, with macros, or something else under the same name."""
    data, suffix = clean.given.data, clean.given.path.suffix
    ways: dict[str, Callable[[], bytes]] = {
        "only zero bytes": lambda: b"\x00" * len(data),
        "a web page": html_called_xls,
    }
    if suffix == ".csv":
        ways["a quote that never ends"] = lambda: _quoted(data, random)
    else:
        ways["cut off"] = lambda: data[: random.randrange(len(data) // 10, len(data) * 9 // 10)]
        ways["a password"] = {
            ".xlsx": encrypted_xlsx,
            ".ods": encrypted_ods,
            ".xls": encrypted_xls,
            ".zip": encrypted_zip,
        }[suffix]
    if suffix in (".xlsx", ".ods"):
        entry = {".xlsx": "xl/vbaProject.bin", ".ods": "Basic/Standard/Module1.xml"}[suffix]
        ways["macros"] = lambda: with_entry(data, entry, b"Sub AutoOpen()")
    what = random.choice(sorted(ways))
    return Sown(what, ways[what]())


def _quoted(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    at = random.randrange(len(lines) // 2, len(lines))
    separator = b";" if lines[at].count(b";") > lines[at].count(b",") else b","
    head, mark, tail = lines[at].rpartition(separator)
    return b"".join([*lines[:at], head + mark + b'"' + tail, *lines[at + 1 :]])


_COVER_FACTS = (
    "entity",
    "city_name",
    "cadastral_code",
    "body",
    "edition",
    "week",
    "year",
    "first_day",
    "last_day",
)


def sow_h01(clean: Clean, random: Random) -> Sown | None:
    """A fact of the cover that is wrong, or that the sender contradicts; a week that has not ended."""
    other = random.choice([slug for slug in clean.edition.city_slugs if slug != clean.city])
    data = clean.given.data
    ways: list[Callable[[], Sown | None]] = [
        lambda: Sown("the sender says another city", data, claim=Claim(city=other)),
        lambda: Sown("the sender says another week", data, claim=Claim(week=clean.week.shifted(-1))),
        lambda: Sown("not ended", data, received_at=clean.week.ends_at - dt.timedelta(seconds=1)),
    ]
    stated = [name for name in _COVER_FACTS if name in clean.reading.facts]
    ways += [lambda name=name: _wrong_fact(clean, name, random) for name in stated]  # type: ignore[misc]
    return _first(random, ways)


def _wrong_fact(clean: Clean, name: str, random: Random) -> Sown | None:
    fact = random.choice(clean.reading.facts[name])
    sheet, address = fact.place.sheet or "", fact.place.cell or ""
    text = get(clean.book, sheet, address)
    wrong = _wrong(text, fact, name)
    if wrong is None:
        return None
    return Sown(f"{name}: {wrong}", _saved(clean, lambda book: put(book, sheet, address, wrong)))


def _wrong(text: object, fact: Fact, name: str) -> object | None:
    if isinstance(text, dt.datetime | dt.date):
        return text - dt.timedelta(days=7)
    if isinstance(text, int | float):
        return int(text) - 1
    assert isinstance(text, str)
    if fact.text not in text:
        return None
    if name in ("week", "year", "first_day", "last_day"):
        number = re.search(r"\d+", fact.text)
        if number is None:
            return None
        earlier = f"{int(number[0]) - 1:0{len(number[0])}d}"
        return text.replace(fact.text, fact.text.replace(number[0], earlier, 1))
    return text.replace(fact.text, fact.text[1:] + fact.text[:1])


def sow_h02(clean: Clean, random: Random) -> Sown | None:
    """Something in the cell of a figure that is no such number."""
    cells = [cell for cell in clean.reading.cells if cell.flag == "V"]
    cell = random.choice(cells)
    decimals = clean.edition.measures_by_code[cell.measure].decimals
    numbers = clean.known.layout.numbers
    ways: dict[str, Decimal | str] = {
        "no number": random.choice(["circa 5", "boh", "?", "5 + 2", "dodici"]),
        "below zero": Decimal(-random.randint(1, 9)),
        "too many decimals": random.randint(1, 99) + Decimal(5).scaleb(-decimals - 1),
        "an error of the spreadsheet": "#REF!",
    }
    if numbers.thousands_mark is None and numbers.decimal_mark == "," and decimals == 0:
        ways["two readings"] = f"{random.randint(2, 9)}.{random.randint(100, 999)}"
    what = random.choice(sorted(ways))
    return Sown(
        f"{what}: {ways[what]}",
        _saved(clean, written(clean, {cell.place: ways[what]})),
        cells=frozenset({(cell.place.sheet or "", cell.place.cell or "")}),
    )


def _label_cell(clean: Clean, place: Place, label: str) -> tuple[str, int, int] | None:
    """The cell in the row of a figure, or above it, whose text is a label or ends with it."""
    sheet = place.sheet or ""
    rows = clean.rows[sheet]
    row, column = split_address(place.cell or "")
    ends = re.compile(rf"(?:^|.*[^\w]|.*_){re.escape(label)}\s*$", re.DOTALL)
    beside = [(row, number) for number in range(1, column)]
    above = [(number, column) for number in range(row - 1, 0, -1)]
    for at in (*beside, *above):
        cells = rows[at[0] - 1]
        text = cells[at[1] - 1] if at[1] <= len(cells) else ""
        if isinstance(text, str) and ends.match(text):
            return sheet, *at
    return None


def _misspelt(clean: Clean, what: str, label: str, at: tuple[str, int, int], figure: Place) -> Sown:
    sheet, row, column = at
    text = str(clean.rows[sheet][row - 1][column - 1])
    start = text.rindex(label)
    wrong = f"{text[:start]}{label}zz{text[start + len(label) :]}"
    return Sown(
        f"{what}: {wrong}",
        _saved(clean, lambda book: book.write(sheet, row, column, wrong)),
        cells=frozenset({(sheet, figure.cell or "")}),
        sheets=frozenset({sheet}),
    )


def sow_h03(clean: Clean, random: Random) -> Sown | None:
    """The word, or the code, of a category is misspelt."""
    fixed = {
        column.set.get("breakdown")
        for table in clean.known.layout.tables.values()
        for column in table.columns
        if column.set
    }
    cells = [cell for cell in clean.reading.cells if cell.breakdown not in (TOTAL, *fixed)]
    random.shuffle(cells)
    for cell in cells:
        kind = clean.edition.measures_by_code[cell.measure].service_kind
        own = clean.known.words.label(kind, cell.measure, cell.breakdown, cell.category)
        measure = clean.known.words.label(kind, cell.measure, TOTAL, "")
        for label in dict.fromkeys((own.removeprefix(f"{measure}, "), cell.category)):
            at = _label_cell(clean, cell.place, label) if label else None
            if at is not None:
                return _misspelt(clean, "category", label, at, cell.place)
    return None


_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _tax_code(random: Random) -> str:
    consonants = "BCDFGLMNPRSTVZ"
    body = "".join(random.choices(consonants, k=6))
    body += f"{random.randint(40, 99)}{random.choice('ABCDEHLMPRST')}{random.randint(1, 28):02d}"
    body += f"{random.choice('ABCDFGHLZ')}{random.randint(100, 999)}"
    values = [int(sign) if sign.isdigit() else _LETTERS.index(sign) for sign in body]
    total = sum(_ODD[value] if index % 2 == 0 else value for index, value in enumerate(values))
    return body + _LETTERS[total % 26]


def _iban(random: Random) -> str:
    bank = f"{random.choice(_LETTERS)}{random.randrange(10**10):010d}{random.randrange(10**12):012d}"
    number = "".join(str(int(sign, 36)) for sign in f"{bank}IT00")
    return f"IT{98 - int(number) % 97:02d}{bank}"


def _identifier(random: Random) -> str:
    digits = random.randrange(10**7)
    return random.choice(
        [
            _tax_code(random),
            _iban(random),
            f"I{random.randrange(10**8):08d}",
            f"{random.choice(['STP', 'ENI'])}{random.randrange(10**13):013d}",
            f"cell. 347 {digits:07d}",
            f"{random.choice(['fatou.diallo', 'amadou.bah', 'olena.koval'])}{digits % 90}@esempio.it",
        ]
    )


def sow_h04(clean: Clean, random: Random) -> Sown | None:
    """Who a person is stands in a cell, a comment, the name of a sheet or entry, or that of the file."""
    secret, suffix = _identifier(random), clean.given.path.suffix
    place = random.choice(["cell", "cell", "file", *(["sheet"] if suffix != ".csv" else ["cell"]), "comment"])
    if place == "file":
        return Sown(f"file name: {secret}", clean.given.data, name=f"scheda {secret}{suffix}")
    if place == "sheet":
        name = secret[:31] if suffix != ".zip" else f"{secret}.csv"
        return Sown(f"sheet name: {name}", _saved(clean, lambda book: book.add_sheet(name, [["x", 1]])))
    if place == "comment" and suffix == ".xlsx":
        part = "xl/threadedComments/threadedComment1.xml"
        text = f'<ThreadedComments><threadedComment ref="C5"><text>{secret}</text></threadedComment>'
        text += "</ThreadedComments>"
        return Sown(f"comment: {secret}", with_parts(clean.given.data, {part: text}))
    texts = [
        (sheet, number, column)
        for sheet, rows in clean.rows.items()
        for number, cells in enumerate(rows, start=1)
        for column, text in enumerate(cells, start=1)
        if isinstance(text, str) and len(text.strip()) > 3
    ]
    sheet, row, column = random.choice(texts)
    text = f"{clean.rows[sheet][row - 1][column - 1]} {secret}"
    return Sown(f"cell: {secret}", _saved(clean, lambda book: book.write(sheet, row, column, text)))


# --- H05 to H14: figures among each other


def sow_h05(clean: Clean, random: Random) -> Sown | None:
    """A category, of a breakdown that is complete, is some more or less than it was."""

    def one(point: str, measure: str, breakdown: str) -> Sown | None:
        held = _held(clean, point, measure, breakdown)
        usual = sorted(code for code in held if code != "IRR")
        code = random.choice(usual)
        by = random.choice([-1, 1]) * random.randint(1, 5)
        value = held[code] + (by if held[code] + by >= 0 else abs(by))
        return with_values(clean, f"{measure} {code} {value}", {(point, measure, breakdown, code): value})

    return _first(random, [lambda of=of: one(*of) for of in _whole(clean, random)])  # type: ignore[misc]


def sow_h06(clean: Clean, random: Random) -> Sown | None:
    """Entries, exits or guests by some more or less than they were."""
    parts = ("guests_start", "guests_in", "guests_out", "guests_end")

    def one(point: str, measure: str) -> Sown | None:
        by = random.choice([-1, 1]) * random.randint(1, 4)
        values = moved(clean, point, measure, by) or moved(clean, point, measure, abs(by))
        return with_values(clean, f"{measure} {by}", values)

    return _first(
        random,
        [lambda of=(p, m): one(*of) for p in clean.points_with(*parts) for m in parts],  # type: ignore[misc]
    )


def _above(
    clean: Clean, random: Random, measure: str, limit: str, times: int = 1
) -> list[Callable[[], Sown | None]]:
    """A total that is some more than another one allows, at each service point that has both."""

    def one(point: str) -> Sown | None:
        value = times * clean.totals[point, limit] + random.randint(1, 9)
        values = moved(clean, point, measure, value - clean.totals[point, measure])
        return with_values(clean, f"{point} {measure} {value}", values)

    return [lambda point=point: one(point) for point in clean.points_with(measure, limit)]  # type: ignore[misc]


def sow_h07(clean: Clean, random: Random) -> Sown | None:
    """More nights than beds allow, more beds out of use than there are, more guests than beds."""

    def too_many_nights(point: str) -> Sown | None:
        before = clean.past.totals(clean.week.shifted(-1))
        last = before.value(point, "beds_active") if before else None
        figure = clean.figures[point, "beds_active", TOTAL, ""]
        beds = max(figure.highest or Decimal(0), figure.value or Decimal(0), last or Decimal(0))
        key = (point, "nights_available", TOTAL, "")
        return with_values(clean, f"{point} nights_available", {key: 7 * beds + random.randint(1, 9)})

    return _first(
        random,
        [
            *_above(clean, random, "nights_occupied", "nights_available"),
            *_above(clean, random, "beds_unavailable", "beds_active"),
            *_above(clean, random, "guests_end", "beds_active"),
            *(
                lambda point=point: too_many_nights(point)  # type: ignore[misc]
                for point in clean.points_with("nights_available", "beds_active")
            ),
        ],
    )


def sow_h08(clean: Clean, random: Random) -> Sown | None:
    """A vulnerability, or the vulnerable, above the persons; persons served above services."""

    def above(key: FigureKey, limit: FigureKey) -> Sown | None:
        most = clean.value(limit)
        if most is None or clean.value(key) is None:
            return None
        return with_values(clean, f"{key}", {key: most + random.randint(1, 5)})

    ways: list[Callable[[], Sown | None]] = [
        *_above(clean, random, "cases_opened_vulnerable", "cases_opened"),
        *_above(clean, random, "persons_served", "services_delivered"),
    ]
    for (point, measure, breakdown, code), figure in clean.figures.items():
        key = (point, measure, breakdown, code)
        if figure.value is not None and breakdown == "vulnerability":
            ways.append(lambda key=key: above(key, (key[0], key[1], TOTAL, "")))  # type: ignore[misc]
        elif figure.value is not None and measure == "persons_served" and breakdown == "service":
            ways.append(
                lambda key=key: above(key, (key[0], "services_delivered", *key[2:]))  # type: ignore[misc]
            )
    return _first(random, ways)


def sow_h09(clean: Clean, random: Random) -> Sown | None:
    """Persons without a permit among cases, guests or participants, taken from another permit."""

    def one(point: str, measure: str) -> Sown | None:
        held = _held(clean, point, measure, "legal_status")
        if "IRR" not in held:
            return None
        count = random.randint(1, 3)
        others = {code: value for code, value in held.items() if code != "IRR" and value >= count}
        values = {(point, measure, "legal_status", "IRR"): held["IRR"] + count}
        if others:
            code = random.choice(sorted(others))
            values[point, measure, "legal_status", code] = others[code] - count
        elif measure == "new_guests":  # one more of them may be more than came in, which is another rule
            return None
        else:
            more = moved(clean, point, measure, count, into=("legal_status", "IRR"))
            if more is None:
                return None
            values = more
        return with_values(clean, f"{point} {measure}", values)

    measures = ("cases_opened", "new_guests", "civic_new_participants")
    return _first(
        random,
        [lambda of=(p, m): one(*of) for p, m in clean.totals if m in measures],  # type: ignore[misc]
    )


def sow_h10(clean: Clean, random: Random) -> Sown | None:
    """The version of an accepted return, or of an earlier one, once more; or one that is no version."""
    number = int(clean.reading.facts["version"][0].text)
    way = DECLARATIONS.get(clean.city, DECLARATIONS["taranto"])

    def again(accepted: int) -> Sown:
        values = {figure.key: (figure.value, figure.flag) for figure in clean.figures.values()}
        other = accepted_return(clean.week, values, accepted, "f" * 64)
        return Sown(f"{accepted} is accepted", clean.given.data, past=clean.past.also(other))

    return _first(
        random,
        [
            lambda: again(number),
            lambda: again(number + random.randint(1, 3)),
            lambda: Sown("version 0", _saved(clean, way.version(0))),
        ],
    )


def sow_h11(clean: Clean, random: Random) -> Sown | None:
    """More new persons than visits, contacts or entries; more households than persons."""
    return _first(
        random,
        [
            *_above(clean, random, "desk_new_persons", "desk_visits"),
            *_above(clean, random, "outreach_new_persons", "outreach_contacts"),
            *_above(clean, random, "new_households", "new_guests"),
            *_above(clean, random, "new_guests", "guests_in"),
        ],
    )


def sow_h12(clean: Clean, random: Random) -> Sown | None:
    """A measure or service point misspelt, a note beside the table, a sheet that nobody knows."""

    def stray() -> Sown:
        sheet = random.choice(sorted({cell.place.sheet or "" for cell in clean.reading.cells}))
        rows = clean.rows[sheet]
        row = max(number for number, cells in enumerate(rows, start=1) if any(cell != "" for cell in cells))
        row, column = row + random.randint(1, 4), random.randint(1, 6)
        text = random.choice(["nota a margine", "da verificare", "7"])
        return Sown(
            f"stray in row {row}: {text}",
            _saved(clean, lambda book: book.write(sheet, row, column, text)),
            sheets=frozenset({sheet}),
        )

    def sheet() -> Sown:
        name = "Foglio99" if clean.given.path.suffix != ".zip" else "altro.csv"
        return Sown(
            "unknown sheet",
            _saved(clean, lambda book: book.add_sheet(name, [["x", 1]])),
            sheets=frozenset({name}),
        )

    def measure() -> Sown | None:
        cells = [cell for cell in clean.reading.cells if cell.breakdown == TOTAL]
        random.shuffle(cells)
        for cell in cells:
            kind = clean.edition.measures_by_code[cell.measure].service_kind
            own = clean.known.words.label(kind, cell.measure, TOTAL, "")
            for label in (own, f"{cell.measure}|total|"):
                at = _label_cell(clean, cell.place, label) if label else None
                if at is not None:
                    if label == own:
                        return _misspelt(clean, "measure", label, at, cell.place)
                    return _misspelt(clean, "measure", cell.measure, at, cell.place)
        return None

    def point() -> Sown | None:
        cells = [cell for cell in clean.reading.cells if cell.service_point]
        random.shuffle(cells)
        for cell in cells[:50]:
            short = cell.service_point.split("-", 1)[1].replace("-", "/")
            for label in (cell.service_point, short):
                at = _label_cell(clean, cell.place, label)
                if at is not None:
                    sown = _misspelt(clean, "service point", label, at, cell.place)
                    of_point = frozenset(total for total in clean.totals if total[0] == cell.service_point)
                    return replace(sown, figures=of_point)
        return None

    has_sheets = clean.given.path.suffix != ".csv"
    return _first(random, [stray, measure, point, *([sheet] if has_sheets else [])])


RUNNING = ("cases_opened", "new_guests", "civic_new_participants")


def is_h13_judged(clean_past: SamplePast, edition: Edition, city: str, week: IsoWeek) -> bool:
    """Whether none of the four totals is ND or not reported in a week (nil counts 0)."""
    totals = clean_past.totals(week)
    if totals is None:
        return False
    due = [
        (point.code, edition.measures_by_code[measure])
        for point in edition.roster(city, week)
        for measure in RUNNING
        if edition.measures_by_code[measure].service_kind == point.kind
    ]
    due.append(("", edition.measures_by_code["beneficiaries_new"]))
    return all(
        totals.is_nil(point, measure.area)
        or totals.values.get((point, measure.code), (None, "ND"))[1] != "ND"
        for point, measure in due
    )


def sow_h13(clean: Clean, random: Random) -> Sown | None:
    """So many or so few people reached that the edition so far does not allow it."""
    names = (*RUNNING, "beneficiaries_new")
    so_far = dict.fromkeys(names, Decimal(0))
    for (_, measure), value in clean.totals.items():
        if measure in so_far:
            so_far[measure] += value
    for accepted in clean.past.returns.values():
        for name, (total, _) in accepted.totals.by_measure.items():
            if name in so_far:
                so_far[name] += total
    parts = [so_far[name] for name in RUNNING]
    extra = random.randint(1, 9)
    more = sum(parts) - so_far["beneficiaries_new"] + extra
    fewer = max(parts) - so_far["beneficiaries_new"] - extra

    def one(by: Decimal) -> Sown | None:
        return with_values(clean, f"by {by}", moved(clean, "", "beneficiaries_new", by))

    return _first(random, [lambda: one(more), lambda: one(fewer)])


def sow_h14(clean: Clean, random: Random) -> Sown | None:
    """What has figures is declared without activity; or what has none is, without a reason."""
    way = DECLARATIONS.get(clean.city, DECLARATIONS["taranto"])
    houses = {
        point
        for point, measure in clean.totals
        if clean.edition.measures_by_code[measure].area == "hou" and point
    }
    if not houses:
        return None
    reason = random.choice(["Chiuso per lavori", "Sospeso", ""])
    house = way.point
    if clean.city not in DECLARATIONS:
        house = random.choice(sorted(houses))
    change = random.choice([lambda: way.nil_area(way.housing, reason), lambda: way.nil_point(house, reason)])
    return Sown(f"nil housing: {reason!r}", _saved(clean, change()))


# --- S01 to S09


def sow_s01(clean: Clean, random: Random) -> Sown | None:
    """A digit too many, or the last one missing, in a total of five (twenty) or more, as in weeks before."""

    def one(point: str, measure: str) -> Sown | None:
        recent, own = clean.past_totals(point, measure, 8), clean.totals[point, measure]
        least = min(own, median(recent)) if recent else 0
        if least < 5:
            return None
        wrong = own * 10 if least < 20 or random.random() < 0.75 else own // 10
        return with_values(
            clean, f"{point} {measure} {own} {wrong}", moved(clean, point, measure, wrong - own)
        )

    return _first(random, [lambda of=of: one(*of) for of in clean.totals])  # type: ignore[misc]


_UNRELATED = (
    "outreach_sessions",
    "outreach_hours",
    "outreach_referrals",
    "waiting_days",
    "households_end",
    "leaver_nights",
    "civic_hours",
    "civic_completed",
    "civic_dropped",
    "staff_fte",
)


def sow_s02(clean: Clean, random: Random) -> Sown | None:
    """Last week's figures under this week's cover, but for a few that were brought up to date.

    Those are of measures that nothing else is held against, so that only the repetition is wrong.
    """
    last = clean.past.valid(clean.week.shifted(-1))
    if last is None:
        return None
    places: dict[Place, Decimal | str] = {}
    for key, figure in clean.figures.items():
        old, flag = last.values.get(key, (None, "ND"))
        if figure.value is None or (key[1] in _UNRELATED and random.random() < 0.5):
            continue
        if old is None:
            places |= dict.fromkeys(figure.places, "") if flag == "V" or key not in last.values else {}
            continue
        places |= _cells_for(clean, key, old) or {}
    return Sown("last week's figures", _saved(clean, written(clean, places)))


def sow_s03(clean: Clean, random: Random) -> Sown | None:
    """A quarter or more of a total is not recorded."""

    def one(point: str, measure: str, breakdown: str) -> Sown | None:
        held, total = _held(clean, point, measure, breakdown), clean.totals[point, measure]
        if "ND" not in held or total < 20:
            return None
        wanted = Decimal(math.ceil(float(total) * random.uniform(0.25, 0.4)))
        taken = _taken({k: v for k, v in held.items() if k != "ND"}, held["ND"] - wanted)
        if wanted <= held["ND"] or taken is None:
            return None
        values = {(point, measure, breakdown, code): value for code, value in taken.items()}
        values[point, measure, breakdown, "ND"] = wanted
        return with_values(clean, f"{point} {measure} {breakdown} {wanted} of {total}", values)

    return _first(random, [lambda of=of: one(*of) for of in _whole(clean, random)])  # type: ignore[misc]


def sow_s04(clean: Clean, random: Random) -> Sown | None:
    """A house nearly empty, or full to the last night, for the fourth week."""
    share = random.choice([1, random.uniform(0.05, 0.28)])

    def nights(available: Decimal) -> Decimal:
        return Decimal(math.floor(float(available) * share)) if share < 1 else available

    def one(point: str) -> Sown | None:
        available = clean.totals[point, "nights_available"]
        before = clean.past_totals(point, "nights_available", 3)
        if not before or min(*before, available) <= 0 or not clean.past_totals(point, "nights_occupied", 3):
            return None
        past = clean.past
        for back, of_week in zip((3, 2, 1), before, strict=True):
            past = _overwritten(
                past, clean.week.shifted(-back), {(point, "nights_occupied", TOTAL, ""): nights(of_week)}
            )
        values = {(point, "nights_occupied", TOTAL, ""): nights(available)}
        return with_values(clean, f"{point} {share:.2f}", values, past=past)

    return _first(
        random,
        [
            lambda point=point: one(point)  # type: ignore[misc]
            for point in clean.points_with("nights_occupied", "nights_available")
        ],
    )


def _overwritten(past: SamplePast, week: IsoWeek, values: Values) -> SamplePast:
    """The past as if a week had been sent with these values."""
    old = past.returns[week]
    changed: dict[FigureKey, PastValue] = {
        **old.values,
        **{key: (value, "V") for key, value in values.items()},
    }
    others = {name: held for name, held in vars(old).items() if name in AcceptedReturn.__dataclass_fields__}
    return past.also(AcceptedReturn(**{**others, "values": changed}))


def sow_s05(clean: Clean, random: Random) -> Sown | None:
    """An opening stock that is not last week's closing one, in a week that agrees with itself."""

    def guests(point: str) -> Sown | None:
        by = random.randint(1, 5)
        leavers = moved(clean, point, "guests_out", by)
        if leavers is None or not clean.past_totals(point, "guests_end", 1):
            return None
        start = {(point, "guests_start", TOTAL, ""): clean.totals[point, "guests_start"] + by}
        return with_values(clean, f"{point} guests_start +{by}", {**leavers, **start})

    def cases(point: str) -> Sown | None:
        if not clean.past_totals(point, "cases_open", 1):
            return None
        by = random.choice([-1, 1]) * random.randint(1, 9)
        return with_values(clean, f"{point} cases_open {by}", moved(clean, point, "cases_open", by))

    return _first(
        random,
        [
            *(
                lambda p=p: guests(p)  # type: ignore[misc]
                for p in clean.points_with("guests_start", "guests_in", "guests_out", "guests_end")
            ),
            *(
                lambda p=p: cases(p)  # type: ignore[misc]
                for p in clean.points_with("cases_open", "cases_opened", "cases_closed")
            ),
        ],
    )


def sow_s06(clean: Clean, random: Random) -> Sown | None:
    """A service that is open says nothing but zeros, for the third week."""

    def one(point: str) -> Sown | None:
        past = clean.past
        for back in (1, 2):
            week = clean.week.shifted(-back)
            accepted = past.valid(week)
            if accepted is None or accepted.totals.is_nil(point):
                return None
            own = {
                key: Decimal(0)
                for key, (value, _) in accepted.values.items()
                if key[0] == point and value is not None
            }
            if not own:
                return None
            past = _overwritten(past, week, own)
        zeros = {
            key: Decimal(0)
            for key, figure in clean.figures.items()
            if key[0] == point and figure.value is not None
        }
        return with_values(clean, point, zeros, past=past)

    points = sorted({point for point, _ in clean.totals if point})
    return _first(random, [lambda point=point: one(point) for point in points])  # type: ignore[misc]


def sow_s07(clean: Clean, random: Random) -> Sown | None:
    """A total that is the sum of its last weeks, for the sixth week."""

    def one(point: str, measure: str) -> Sown | None:
        if clean.edition.measures_by_code[measure].kind == "stock":
            return None
        earlier = clean.past_totals(point, measure, 13)
        if not earlier:
            return None
        own = clean.totals[point, measure]
        usual, cumulated = median(earlier[:8]), list(accumulate([*earlier[8:], own]))
        rises = sum(later > value for value, later in pairwise(cumulated))
        if usual <= 0 or rises < 4 or cumulated[-1] < 3 * usual:
            return None
        past = clean.past
        for back, value in zip((5, 4, 3, 2, 1), cumulated, strict=False):
            past = _overwritten(past, clean.week.shifted(-back), {(point, measure, TOTAL, ""): value})
        sown = with_values(
            clean, f"{point} {measure} {cumulated[-1]}", moved(clean, point, measure, cumulated[-1] - own)
        )
        return None if sown is None else replace(sown, past=past)

    return _first(random, [lambda of=of: one(*of) for of in clean.totals if of[0]])  # type: ignore[misc]


def sow_s08(clean: Clean, random: Random) -> Sown | None:
    """The sum of all the others typed in a category, and counted in the total once more."""

    def one(point: str, measure: str, breakdown: str) -> Sown | None:
        held = _held(clean, point, measure, breakdown)
        codes = [code for code in held if code not in ("IRR", "ND")]
        random.shuffle(codes)
        for code in codes:
            others = sum(held.values()) - held[code]
            above_zero = sum(value > 0 for other, value in held.items() if other != code)
            by = others - held[code]
            if (
                others < 10
                or above_zero < 3
                or by < 1
                or not _is_seldom(clean, (point, measure, breakdown, code))
            ):
                continue
            return with_values(
                clean,
                f"{point} {measure} {breakdown} {code} {others}",
                moved(clean, point, measure, by, into=(breakdown, code)),
            )
        return None

    return _first(random, [lambda of=of: one(*of) for of in _whole(clean, random)])  # type: ignore[misc]


def _is_seldom(clean: Clean, key: FigureKey) -> bool:
    """Whether a category was a quarter at most of all in the last eight weeks."""
    part = whole = Decimal(0)
    for week in sorted(clean.past.returns)[-8:]:
        values = clean.past.returns[week].values
        own = values.get(key, (None, "ND"))[0]
        if own is not None:
            part += own
            codes = clean.edition.code_lists_by_code[key[2]].codes
            whole += sum(values.get((*key[:3], code), (None, "ND"))[0] or 0 for code in codes)
    return whole > 0 and part / whole <= Decimal("0.25")


def sow_s09(clean: Clean, random: Random) -> Sown | None:
    """The first return of the week comes after Wednesday noon."""
    late = dt.timedelta(seconds=random.choice([1, 60, 3600, 86_400, 10 * 86_400]))
    return Sown(f"late by {late}", clean.given.data, received_at=due_at(clean.week) + late)


def sow_s10(clean: Clean, random: Random) -> Sown | None:
    """A heading or the name of a sheet with a letter too many, columns in another order, a new empty one."""
    sheets = [Sheet("", name, tuple(rows)) for name, rows in clean.rows.items()]  # type: ignore[arg-type]
    layout = clean.known.layout
    headers: list[tuple[str, Table, HeaderSeen]] = []
    named: list[str] = []
    for sheet, spec, _ in assigned_sheets(Workbook("", tuple(sheets)), clean.known):
        if spec is not None and spec.table is not None:
            table = layout.tables[spec.table]
            headers += [(sheet.name, table, seen) for seen in find_headers(sheet, table, {})]
            named += [sheet.name] if spec.names and sheet.name else []
    random.shuffle(headers)
    random.shuffle(named)

    def heading() -> Sown | None:
        for sheet, table, seen in headers:
            known = {folded(text) for text in table.headings}
            cells = [(line, column) for line in range(len(seen.lines)) for column in range(len(seen.texts))]
            random.shuffle(cells)
            for line, column in cells:
                row, number = seen.lines[line], seen.frame.columns[column].number
                text = _text_at(clean.rows[sheet], row, column)
                wrong = _with_a_letter_too_many(text, random)
                if wrong is None or folded(text) not in known or number < 0:
                    continue
                if captured(table.columns[number].heads[line], wrong) is None:  # else it may be written so
                    return Sown(
                        f"heading {wrong}",
                        _saved(clean, with_text(sheet, row + 1, column + 1, wrong)),
                        cells=frozenset({(sheet, _address(clean, row, column))}),
                    )
        return None

    def name() -> Sown | None:
        for sheet in named:
            wrong = _with_a_letter_too_many(sheet, random)
            if wrong is not None:
                changed = _saved(clean, sheet_renamed(sheet, wrong))
                return Sown(f"sheet {wrong}", changed, sheets=frozenset({wrong}))
        return None

    def empty() -> Sown | None:
        for sheet, _, seen in headers:
            row, column = seen.anchor_row, len(seen.texts)
            return Sown(
                "a new empty column",
                _saved(clean, with_text(sheet, row + 1, column + 1, "Osservazioni")),
                cells=frozenset({(sheet, _address(clean, row, column))}),
            )
        return None

    def order() -> Sown | None:
        for sheet, table, seen in headers:
            lettered = {column_index(key) for rule in table.rows for key in rule.when if is_letters(key)}
            fixed = [
                index
                for index, column in enumerate(seen.frame.columns)
                if column.number >= 0 and not table.columns[column.number].captures and index not in lettered
            ]
            columns = seen.frame.columns
            pairs = [
                (one, other)
                for one, other in pairwise(fixed)
                if other == one + 1 and columns[one].number != columns[other].number
            ]
            if pairs:
                one, other = random.choice(pairs)
                return Sown(
                    f"columns {one + 1} and {other + 1} in each other's place",
                    _saved(clean, swapped(sheet, min(seen.lines) + 1, one + 1, other + 1)),
                    sheets=frozenset({sheet}),
                )
        return None

    return _first(random, [heading, name, empty, order])


def _text_at(rows: Sequence[Sequence[object]], row: int, column: int) -> str:
    cells = rows[row] if row < len(rows) else ()
    return str(cells[column]) if column < len(cells) else ""


def _address(clean: Clean, row: int, column: int) -> str:
    return Sheet("", "", (), is_csv=clean.given.path.suffix in (".csv", ".zip")).address(row, column)


def _with_a_letter_too_many(text: str, random: Random) -> str | None:
    """The text with a letter of a long word twice."""
    letters = [match.start() + 2 for match in re.finditer(r"[^\W\d_]{5,}", text)]
    if not letters:
        return None
    at = random.choice(letters)
    return text[:at] + text[at] + text[at:]


SOWERS: Mapping[str, Sow] = {
    "H00": sow_h00,
    "H01": sow_h01,
    "H02": sow_h02,
    "H03": sow_h03,
    "H04": sow_h04,
    "H05": sow_h05,
    "H06": sow_h06,
    "H07": sow_h07,
    "H08": sow_h08,
    "H09": sow_h09,
    "H10": sow_h10,
    "H11": sow_h11,
    "H12": sow_h12,
    "H13": sow_h13,
    "H14": sow_h14,
    "S01": sow_s01,
    "S02": sow_s02,
    "S03": sow_s03,
    "S04": sow_s04,
    "S05": sow_s05,
    "S06": sow_s06,
    "S07": sow_s07,
    "S08": sow_s08,
    "S09": sow_s09,
    "S10": sow_s10,
}
"""Rule -> how its defect is sown."""
