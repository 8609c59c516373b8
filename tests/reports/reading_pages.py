"""A bulletin's page, read back: its elements, and every number in it held against the published file.

Lives here: parsing the page, and what each marked number must be, computed by SQL of its own.
Must not live here: tests, or anything of `reports`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb

from schemas.contract import Edition
from schemas.weeks import ROME, IsoWeek

VOID = {"meta", "br", "circle", "polyline", "link", "img"}
MARKS = (
    "data-figure",
    "data-change",
    "data-coverage",
    "data-count",
    "data-version",
    "data-name",
    "data-target",
    "data-budget",
    "datetime",
)
MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip
NUMBER = re.compile(r"[+−]?\d{1,3}(?:\.\d{3})*(?:,\d+)?")


@dataclass
class Element:
    """An element of the page, its attributes and what stands in it."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def words(self) -> str:
        """Its text with single spaces."""
        return " ".join(self.text.split())

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        """Elements below this one; `class_="x"` finds those that have the class."""
        wanted_class = attributes.pop("class_", None)
        return [
            element
            for element in self.below()
            if (tag is None or element.tag == tag)
            and (wanted_class is None or wanted_class in element.attributes.get("class", "").split())
            and all(element.attributes.get(name) == value for name, value in attributes.items())
        ]

    def below(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.below()

    def mark(self) -> tuple[str, Element] | None:
        """The nearest mark of what stands here, and the element that has it."""
        element: Element | None = self
        while element is not None:
            for name in MARKS:
                if name in element.attributes:
                    return name, element
            element = element.parent
        return None


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.open = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.open))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.tag == tag, f"</{tag}> closes <{self.open.tag}>"
        assert self.open.parent is not None
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


def read_page(html: str) -> Element:
    """The page as a tree; elements are closed in order."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.open is builder.root
    return builder.root


@dataclass
class Checked:
    """What was found when every number of a page was held against the published file."""

    problems: list[str]
    kinds: Counter[str]


def check_page(html: str, published: Path, edition: Edition) -> Checked:
    """Every text of the body with a digit must be marked, and be what the published file says it is."""
    (body,) = read_page(html).all("body")
    with duckdb.connect(str(published), read_only=True) as connection:
        connection.execute("SET TimeZone = 'Europe/Rome'")
        checker = _Checker(connection, edition)
        for element in [body, *body.below()]:
            for child in element.children:
                if isinstance(child, str) and any(letter.isdigit() for letter in child):
                    checker.check_text(element, child)
            if "aria-label" in element.attributes:
                checker.check_trend(element)
            elif "data-nothing" in element.attributes:
                checker.check_nothing(element)
            for name in ("title", "alt"):
                if any(letter.isdigit() for letter in element.attributes.get(name, "")):
                    checker.problems.append(f"a number in {name}={element.attributes[name]!r}")
    return Checked(checker.problems, checker.kinds)


def number_of(text: str) -> Decimal:
    """1.234,5 as a number."""
    match = NUMBER.search(text)
    assert match is not None, text
    return Decimal(match[0].replace(".", "").replace(",", ".").replace("−", "-"))


def decimals_of(text: str) -> int:
    match = NUMBER.search(text)
    assert match is not None, text
    return len(match[0].partition(",")[2])


class _Checker:
    def __init__(self, connection: duckdb.DuckDBPyConnection, edition: Edition) -> None:
        self.connection = connection
        self.edition = edition
        self.problems: list[str] = []
        self.kinds: Counter[str] = Counter()
        self.names = self._names()
        self.figures = {
            " ".join(key): figure
            for *key, value, numerator, denominator, answered, due in self.rows(
                "SELECT indicator, period_kind, period, city, value, numerator, denominator, cells_answered,"
                " cells_due FROM indicators WHERE breakdown = 'total'"
            )
            for figure in [(value, numerator, denominator, answered, due)]
        }

    def _names(self) -> set[str]:
        columns = (
            "name_it FROM cities", "name FROM service_points", "code FROM service_points",
            "label_it FROM measures", "label_it FROM indicator_catalogue", "label_it FROM areas",
            "reason FROM nil_returns", "reason_code FROM submissions",
        )  # fmt: skip
        found = {str(row[0]).rstrip(".") for column in columns for row in self.rows(f"SELECT {column}")}
        texts = (self.edition.facts.name_it, *(t.source for t in self.edition.targets))
        return found | set(texts) | {t.period for t in self.edition.targets}

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(query, values).fetchall()

    def one(self, query: str, *values: object) -> Any:
        ((value,),) = self.rows(query, *values)
        return value

    def say(self, problem: str) -> None:
        self.problems.append(problem)

    def check_text(self, element: Element, text: str) -> None:
        marked = element.mark()
        if marked is None:
            if element.mark() is None and element.words == "0" and element.tag == "dt":
                return  # the legend's own zero
            self.say(f"a number that nothing marks: {text.strip()!r} in <{element.tag}>")
            return
        mark, holder = marked
        self.kinds[mark] += 1
        {
            "data-figure": self.check_figure,
            "data-change": self.check_change,
            "data-coverage": self.check_coverage,
            "data-count": self.check_count,
            "data-version": self.check_version,
            "data-name": self.check_name,
            "data-target": self.check_target,
            "data-budget": self.check_budget,
            "datetime": self.check_time,
        }[mark](holder)

    # Figures

    def figure(self, name: str) -> tuple[Any, ...]:
        return self.figures[name]

    def counts_answers(self, code: str) -> bool:
        formula = self.one("SELECT formula FROM indicator_catalogue WHERE code = ?", code)
        return bool(re.search(r"returns_|cells_", formula))

    def expect(self, holder: Element, value: float, rounding: str = ROUND_HALF_UP) -> None:
        """The text shows the value at its own decimals."""
        decimals = decimals_of(holder.text)
        wanted = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding)
        if number_of(holder.text) != wanted:
            self.say(f"{holder.attributes}: {holder.text!r} is not {wanted}")

    def check_figure(self, holder: Element) -> None:
        name = holder.attributes["data-figure"]
        value, _, _, answered, due = self.figure(name)
        if value is None:
            self.say(f"{name} has no value, the page says {holder.text!r}")
            return
        if holder.attributes["value"] != repr(value):
            self.say(f"{name}: value={holder.attributes['value']} is not {value!r}")
        self.expect(holder, value)
        assert holder.parent is not None
        cell: Element | None = holder.parent
        while cell is not None and cell.tag not in ("td", "p"):
            cell = cell.parent
        assert cell is not None
        if cell.tag == "td":
            is_marked = any(mark.text == "*" for mark in cell.all("sup"))
            if is_marked != (answered < due and not self.counts_answers(name.split()[0])):
                self.say(f"{name}: {answered} of {due} cells, marked: {is_marked}")

    def check_nothing(self, holder: Element) -> None:
        """s.r., n.a., n.c., a dash and `manca` each stand where they must."""
        kind, name = holder.attributes["data-nothing"], holder.attributes["data-figure"]
        self.kinds[f"nothing {kind}"] += 1
        if not name:
            return
        _, period_kind, period, city = name.split()
        value, _, denominator, answered, due = self.figure(name)
        is_missing = period_kind == "week" and bool(
            self.rows(
                "FROM expected_returns WHERE city = ? AND iso_week = ? AND known_to IS NULL"
                " AND status NOT IN ('on_time', 'late')",
                city, period,
            )
        )  # fmt: skip
        if due == 0:
            not_applicable = self.rows(
                "FROM cells_expected, indicator_catalogue WHERE cells_not_applicable > 0 AND code = ?"
                " AND regexp_matches(formula, '\\b' || measure || '\\b')"
                " AND city IN (?, if(? = 'IT', city, '')) AND iso_week = ?",
                name.split()[0], city, city, period,
            )  # fmt: skip
            wanted = "not-applicable" if not_applicable else "not-due"
        elif is_missing and (value is None or answered == 0):
            wanted = "missing"
        elif value is not None:
            wanted = f"the value {value}"
        elif answered == due or denominator == 0:
            wanted = "not-computable"
        else:
            wanted = "not-answered"
        if kind != wanted:
            self.say(f"{name} is shown as {kind}, it is {wanted}")

    def check_change(self, holder: Element) -> None:
        code, _, period, city, kind = holder.attributes["data-change"].split()
        before = str(IsoWeek.parse(period).shifted(-1))
        if kind == "plain":
            wanted = (
                self.figure(f"{code} week {period} {city}")[0]
                - self.figure(f"{code} week {before} {city}")[0]
            )
        else:
            wanted = self._alike(code, period) - self._alike(code, before, period)
        shown = float(holder.attributes["value"])
        if abs(shown - wanted) > 1e-9 * max(1, abs(wanted)):
            self.say(f"{holder.attributes}: the change is {wanted}")
        if any(letter.isdigit() for letter in holder.text):
            is_in_words = holder.parent is not None and not any(sign in holder.text for sign in "+−")
            self.expect(holder, abs(shown) if is_in_words else shown)

    def _alike(self, code: str, period: str, other: str | None = None) -> float:
        """The figure over the cities that answered all that was due in both weeks."""
        other = other or str(IsoWeek.parse(period).shifted(-1))
        rows = self.rows(
            "SELECT value, numerator, denominator FROM indicators AS i WHERE indicator = ? AND period = ?"
            " AND period_kind = 'week' AND breakdown = 'total' AND city <> 'IT' AND cells_due > 0"
            " AND cells_answered = cells_due AND EXISTS (FROM indicators AS o WHERE o.indicator = i.indicator"
            " AND o.city = i.city AND o.period = ? AND o.period_kind = 'week' AND o.breakdown = 'total'"
            " AND o.cells_answered = o.cells_due)",
            code, period, other,
        )  # fmt: skip
        kind, formula = self.rows("SELECT kind, formula FROM indicator_catalogue WHERE code = ?", code)[0]
        if kind != "ratio":
            return float(sum(row[0] for row in rows))
        scale = 100 if formula.startswith("100 *") else 1
        return float(scale * sum(row[1] for row in rows) / sum(row[2] for row in rows))

    def check_coverage(self, holder: Element) -> None:
        *_, answered, due = self.figure(holder.attributes["data-coverage"])
        if holder.attributes["value"] != f"{answered}/{due}":
            self.say(f"{holder.attributes}: {answered} of {due}")
        self.expect(holder, 100 * answered / due, ROUND_FLOOR)

    def check_trend(self, element: Element) -> None:
        code, first, last = element.attributes["data-trend"].split()
        self.kinds["data-trend"] += 1
        rows = self.rows(
            "SELECT value FROM indicators WHERE indicator = ? AND period BETWEEN ? AND ? AND city = 'IT'"
            " AND period_kind = 'week' AND breakdown = 'total' ORDER BY period",
            code, first, last,
        )  # fmt: skip
        values = [value for (value,) in rows if value is not None]
        found = NUMBER.findall(re.sub(r"\d+/\d+", "", element.attributes["aria-label"]))
        if len(found) != (2 if values else 0):
            self.say(f"{element.attributes}")
            return
        for text, value in zip(found, (min(values), max(values)) if values else (), strict=True):
            self.expect(Element("svg", element.attributes, None, [text]), value)
        weeks = [IsoWeek.parse(week) for week in (first, last)]
        if values and re.findall(r"\d+/\d+", element.attributes["aria-label"]) != [
            f"{week.number}/{week.year}" for week in weeks
        ]:
            self.say(f"other weeks: {element.attributes}")
        points = {
            point for line in element.all("polyline") for point in line.attributes["points"].split()
        } | {f"{dot.attributes['cx']},{dot.attributes['cy']}" for dot in element.all("circle")}
        if len(points) != len(values):
            self.say(f"{element.attributes}: {len(points)} points for {len(values)} values")

    # What is no figure

    def check_time(self, holder: Element) -> None:
        stamp, text = holder.attributes["datetime"], holder.words
        if "-W" in stamp:
            week = IsoWeek.parse(stamp)
            if text not in (week.in_italian(), f"{week.number}/{week.year}"):
                self.say(f"{stamp} is written {text!r}")
            return
        at = dt.datetime.fromisoformat(stamp).astimezone(ROME)
        if text != f"{at.day} {MONTHS[at.month - 1]} {at.year}, ore {at.hour}:{at.minute:02d}":
            self.say(f"{stamp} is written {text!r}")
        known = (
            "SELECT received_at AS moment FROM submissions UNION SELECT due_at FROM expected_returns"
            " UNION SELECT due_at FROM weeks"
        )
        if not self.rows(f"FROM ({known}) WHERE moment = CAST(? AS TIMESTAMPTZ)", at.isoformat()):
            self.say(f"nothing happened at {stamp}")

    def check_version(self, holder: Element) -> None:
        number = self.one(
            "SELECT version FROM submissions WHERE submission_id = ?", holder.attributes["data-version"]
        )
        if holder.words != f"v{number}":
            self.say(f"{holder.attributes} is version {number}")

    def check_name(self, holder: Element) -> None:
        if holder.text not in self.names:
            self.say(f"nothing is called {holder.text!r}")

    def check_target(self, holder: Element) -> None:
        city, indicator, period = holder.attributes["data-target"].split()
        (target,) = (
            t for t in self.edition.targets if (t.city, t.indicator, t.period) == (city, indicator, period)
        )
        self.expect(holder, float(target.value))

    def check_budget(self, holder: Element) -> None:
        city, area = holder.attributes["data-budget"].split()
        (budget,) = (b for b in self.edition.budgets if (b.city, b.area) == (city, area))
        self.expect(holder, float(budget.eur))

    def check_count(self, holder: Element) -> None:
        name, *about = holder.attributes["data-count"].split()
        wanted = getattr(self, f"count_{name.replace('-', '_')}")(*about)
        if holder.attributes["value"] != str(wanted) or number_of(holder.text) != wanted:
            self.say(f"{holder.attributes['data-count']}: {wanted}, not {holder.text!r}")

    _now = "FROM expected_returns WHERE known_to IS NULL"
    _valid = "status IN ('on_time', 'late')"

    def count_due(self, week: str) -> int:
        return int(self.one(f"SELECT count(*) {self._now} AND iso_week = ?", week))

    def count_returned(self, week: str) -> int:
        return int(self.one(f"SELECT count(*) {self._now} AND {self._valid} AND iso_week = ?", week))

    def count_weeks_lacking(self, city: str, week: str) -> int:
        last = self.one(
            f"SELECT max(iso_week) {self._now} AND {self._valid} AND city = ? AND iso_week < ?", city, week
        )
        return int(
            self.one(
                f"SELECT count(*) {self._now} AND city = ? AND iso_week <= ? AND iso_week > coalesce(?, '')",
                city, week, last,
            )
        )  # fmt: skip

    def count_earlier_weeks_lacking(self, city: str, week: str) -> int:
        lacking = int(
            self.one(
                f"SELECT count(*) {self._now} AND NOT {self._valid} AND city = ? AND iso_week <= ?",
                city,
                week,
            )
        )
        is_lacking_now = self.rows(
            f"{self._now} AND NOT {self._valid} AND city = ? AND iso_week = ?", city, week
        )
        return lacking - (self.count_weeks_lacking(city, week) if is_lacking_now else 0)

    def count_earlier_weeks_unnamed(self, city: str, week: str) -> int:
        return self.count_earlier_weeks_lacking(city, week) - 6

    def count_errors(self, submission_id: str) -> int:
        return int(self.one("SELECT errors FROM submissions WHERE submission_id = ?", submission_id))

    def count_cities_with_gaps(self, code: str, week: str) -> int:
        return int(
            self.one(
                "SELECT count(*) FROM indicators JOIN expected_returns USING (city) WHERE indicator = ?"
                " AND period = ?"
                " AND period_kind = 'week' AND breakdown = 'total' AND cells_answered < cells_due"
                f" AND known_to IS NULL AND iso_week = period AND {self._valid}",
                code, week,
            )
        )  # fmt: skip

    def count_indicators(self) -> int:
        return int(self.one("SELECT count(*) FROM indicator_catalogue"))

    def count_indicators_lacking_returns(self, week: str) -> int:
        rows = self.rows(
            "SELECT indicator FROM indicators WHERE period = ? AND period_kind = 'week' AND city = 'IT'"
            " AND breakdown = 'total' AND cells_answered < cells_due",
            week,
        )
        codes = [code for (code,) in rows if not self.counts_answers(code)]
        return sum(self.count_cities_with_gaps(code, week) == 0 for code in codes)

    def count_not_available(self, week: str, city: str, point: str, measure: str) -> int:
        return int(
            self.one(
                "SELECT count(*) FROM observations WHERE iso_week = ? AND city = ? AND service_point = ?"
                " AND measure = ? AND flag = 'ND'",
                week, city, "" if point == "-" else point, measure,
            )
        )  # fmt: skip

    def count_not_reported(self, week: str, city: str, point: str, measure: str) -> int:
        known = self.edition.measures_by_code[measure]
        due = 1 + sum(len(self.edition.code_lists_by_code[code].codes) for code in known.breakdowns)
        given = self.one(
            "SELECT count(*) FROM observations WHERE iso_week = ? AND city = ? AND service_point = ?"
            " AND measure = ?",
            week, city, "" if point == "-" else point, measure,
        )  # fmt: skip
        return due - int(given)
