"""What cities may have sent, week by week, and what the contract then says of each indicator.

Lives here: an edition with one indicator of every kind, random weeks for it, and a second, slow and plain
way to compute: cell by cell, in Python, straight from the contract's text, sharing nothing with the product.
Must not live here: tests; formulas or SQL of the product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from schemas.contract import Category, CodeList, Edition, Indicator, Measure, ServicePoint
from schemas.weeks import IsoWeek
from tests.warehouse.judged_folders import invented_edition, week

FIRST, LAST = 40, 52
Key = tuple[str, str, str]
"""measure, breakdown, category"""
Row = tuple[str, str, str]
"""indicator, breakdown, category"""

OUTCOMES = {"HOME": "stable", "WORK": "stable", "LEFT": "", "ND": ""}
CELLS: Mapping[str, tuple[Key, ...]] = {
    "desk": (
        ("visits", "total", ""),
        ("visits", "sex", "F"),
        ("visits", "sex", "NA"),
        ("present", "total", ""),
        ("exits", "total", ""),
        *(("exits", "outcome", code) for code in OUTCOMES),
    ),
    "unit": (("trips", "total", ""),),
    "city": (("staff", "total", ""),),
}
AREAS = {"visits": "pic", "present": "pic", "exits": "pic", "trips": "hou", "staff": "hou"}
POINTS: Mapping[str, tuple[tuple[str, str, int, int], ...]] = {
    "ancona": (("AN-D-01", "desk", 40, 99), ("AN-D-02", "desk", 42, 44), ("AN-U-01", "unit", 40, 99)),
    "napoli": (("NA-D-01", "desk", 40, 99),),
    "como": (("CO-U-01", "unit", 42, 99),),
}


@dataclass(frozen=True)
class Sent:
    """A city's accepted return of a week. `cells`: (service point, cell) -> a number, "ND" or "NA"."""

    cells: Mapping[tuple[str, Key], str]
    nil_points: frozenset[str] = frozenset()
    nil_areas: frozenset[str] = frozenset()
    is_late: bool = False


@dataclass
class Story:
    """Who sent what: by week number and city; a city-week that is not here sent nothing."""

    sent: dict[tuple[int, str], Sent] = field(default_factory=dict)


def edition_of_every_kind() -> Edition:
    """Three cities; desks that give totals, categories, a stock; units; a city-level measure."""
    invented = invented_edition()
    measure = {entry.code: entry for entry in invented.measures}
    visits = measure["visits"]

    def another(code: str, kind: str, service_kind: str, *breakdowns: str) -> Measure:
        changes = {
            "code": code,
            "kind": kind,
            "service_kind": service_kind,
            "breakdowns": breakdowns,
            "area": AREAS[code],
        }
        return visits.model_copy(update=changes)

    def indicator(code: str, kind: str, formula: str, over_time: str, *breakdowns: str) -> Indicator:
        changes = {
            "code": code,
            "kind": kind,
            "formula": formula,
            "over_time": over_time,
            "breakdowns": breakdowns,
        }
        return invented.indicators[0].model_copy(update=changes)

    outcome = CodeList(
        code="outcome",
        is_additive=True,
        categories=tuple(
            Category(
                list="outcome",
                additive="yes",
                code=code,
                label_it=code,
                label_en=code,
                label_de=code,
                note=note,
            )
            for code, note in OUTCOMES.items()
        ),
    )
    areas = CodeList(
        code="area",
        is_additive=True,
        categories=tuple(
            Category(list="area", additive="yes", code=code, label_it=code, label_en=code, label_de=code)
            for code in ("pic", "hou")
        ),
    )
    sex = next(entry for entry in invented.code_lists if entry.code == "sex")
    return invented.model_copy(
        update={
            "facts": invented.facts.model_copy(
                update={"areas": ("pic", "hou"), "service_kinds": {"desk": "sportello", "unit": "unità"}}
            ),
            "service_points": tuple(
                ServicePoint(
                    city=city,
                    code=code,
                    kind=kind,
                    name=code,
                    roster_from=week(first),
                    roster_to=week(last) if last < LAST else None,
                )
                for city, points in POINTS.items()
                for code, kind, first, last in points
            ),
            "measures": (
                another("visits", "flow", "desk", "sex"),
                another("present", "stock", "desk"),
                another("exits", "flow", "desk", "outcome"),
                another("trips", "flow", "unit"),
                another("staff", "stock", "city"),
            ),
            "code_lists": (sex, outcome, areas),
            "indicators": (
                indicator("A01", "flow", "visits", "sum", "sex"),
                indicator("A02", "stock", "present", "last"),
                indicator("A03", "ratio", "100 * visits / exits", "ratio of sums"),
                indicator("A04", "ratio", "visits / weekly_mean(present)", "ratio of sums"),
                indicator(
                    "A05",
                    "ratio",
                    "100 * exits[outcome: stable] / (exits - exits[outcome: ND])",
                    "ratio of sums",
                ),
                indicator("A06", "stock", "count_points(desk where any > 0)", "last"),
                indicator("A07", "ratio", "100 * returns_on_time / returns_due", "ratio of sums"),
                indicator("A08", "ratio", "100 * cells_answered / cells_due", "ratio of sums"),
                indicator("A09", "flow", "2 * visits + exits[outcome: HOME, LEFT]", "sum"),
                indicator("A10", "ratio", "trips / staff", "ratio of sums"),
            ),
        }
    )


def random_story(random: Random, last: int) -> Story:
    """Weeks 40 to `last`, the last of which someone sent: gaps, ND, NA, blanks, nils, late returns."""
    story = Story()
    for number in range(FIRST, last + 1):
        for city, points in POINTS.items():
            is_due = city != "como" or number >= 42
            if is_due and random.random() < 0.85:
                story.sent[number, city] = _random_return(random, number, points)
    story.sent[last, "napoli"] = _random_return(random, last, POINTS["napoli"])
    return story


def _random_return(random: Random, number: int, points: Sequence[tuple[str, str, int, int]]) -> Sent:
    listed = [(code, kind) for code, kind, first, last in points if first <= number <= last]
    nil_points = frozenset(code for code, _ in listed if random.random() < 0.1)
    nil_areas = frozenset(area for area in ("pic", "hou") if random.random() < 0.05)
    cells: dict[tuple[str, Key], str] = {}
    for code, kind in [*listed, ("", "city")]:
        for key in CELLS[kind]:
            if code in nil_points or AREAS[key[0]] in nil_areas:
                if random.random() < 0.5:
                    cells[code, key] = "0"
                continue
            draw = random.random()
            if draw < 0.1:
                continue
            if draw < 0.2:
                cells[code, key] = "ND"
            elif draw < 0.3:
                cells[code, key] = "NA"
            else:
                cells[code, key] = random.choice(["0", "0", "1", "7", "12.5", "3.125"])
    return Sent(cells, nil_points, nil_areas, is_late=random.random() < 0.2)


# --- the second way


@dataclass(frozen=True)
class Expected:
    """What an indicator must say."""

    value: Fraction | None
    answered: int
    due: int


@dataclass(frozen=True)
class _Side:
    """One sum: its figure in each week and city, and how weeks make a period."""

    figure: Callable[[Story, int, str], Fraction | None]
    cells: Callable[[Story, int, str], tuple[int, int]]
    over_weeks: str = "sum"


def expected_figures(story: Story, weeks: Sequence[int], city: str) -> dict[Row, Expected]:
    """Every indicator of a city, or of the network (`IT`), over these weeks."""
    cities = list(POINTS) if city == "IT" else [city]
    return {row: _over(story, weeks, cities, sides, scale) for row, (scale, sides) in _INDICATORS.items()}


def _over(
    story: Story, weeks: Sequence[int], cities: Sequence[str], sides: Sequence[_Side], scale: int
) -> Expected:
    sums, answered, due = [], 0, 0
    for side in sides:
        per_city = [_of_city(story, weeks, city, side) for city in cities]
        known = [figure for figure in per_city if figure is not None]
        sums.append(sum(known, Fraction(0)) if known else None)
        for number in weeks:
            for city in cities:
                one, other = side.cells(story, number, city)
                answered, due = answered + one, due + other
    if len(sums) == 1:
        return Expected(sums[0], answered, due)
    above, below = sums
    if above is None or below is None or below == 0:
        return Expected(None, answered, due)
    return Expected(scale * above / below, answered, due)


def _of_city(story: Story, weeks: Sequence[int], city: str, side: _Side) -> Fraction | None:
    figures = [figure for number in weeks if (figure := side.figure(story, number, city)) is not None]
    if not figures:
        return None
    if side.over_weeks == "last":
        return figures[-1]
    return sum(figures, Fraction(0)) / (len(figures) if side.over_weeks == "mean" else 1)


def _is_due(number: int, city: str) -> bool:
    return city != "como" or number >= 42


def _points(number: int, city: str, kind: str) -> list[str]:
    if not _is_due(number, city):
        return []
    if kind == "city":
        return [""]
    return [code for code, its, first, last in POINTS[city] if its == kind and first <= number <= last]


def _kind(measure: str) -> str:
    return next(kind for kind, cells in CELLS.items() if any(key[0] == measure for key in cells))


def _look(story: Story, number: int, city: str, point: str, key: Key) -> tuple[Fraction | None, bool, bool]:
    """A cell: its value (None: none), whether it is answered, whether it is due."""
    sent = story.sent.get((number, city))
    if sent is None:
        return None, False, True
    if point in sent.nil_points or AREAS[key[0]] in sent.nil_areas:
        return Fraction(0), True, True
    found = sent.cells.get((point, key))
    if found is None or found == "ND":
        return None, False, True
    if found == "NA":
        return None, False, False
    return Fraction(found), True, True


def _counted(story: Story, number: int, city: str, keys: Iterable[Key]) -> tuple[int, int]:
    answered = due = 0
    for key in keys:
        for point in _points(number, city, _kind(key[0])):
            _, is_answered, is_due = _look(story, number, city, point, key)
            answered, due = answered + is_answered, due + is_due
    return answered, due


def _sum_of(*keys: Key, factors: Sequence[int] = (), over_weeks: str = "sum") -> _Side:
    weights = dict(zip(keys, factors or [1] * len(keys), strict=True))

    def figure(story: Story, number: int, city: str) -> Fraction | None:
        if _counted(story, number, city, keys)[0] == 0:
            return None
        found = Fraction(0)
        for key, factor in weights.items():
            for point in _points(number, city, _kind(key[0])):
                found += factor * (_look(story, number, city, point, key)[0] or 0)
        return found

    return _Side(figure, lambda story, number, city: _counted(story, number, city, keys), over_weeks)


def _difference(one: Key, other: Key) -> _Side:
    """one - other, where other is subtracted only where the same point's `one` is answered."""

    def figure(story: Story, number: int, city: str) -> Fraction | None:
        if _counted(story, number, city, (one, other))[0] == 0:
            return None
        found = Fraction(0)
        for point in _points(number, city, _kind(one[0])):
            value, is_answered, _ = _look(story, number, city, point, one)
            if is_answered:
                found += (value or 0) - (_look(story, number, city, point, other)[0] or 0)
        return found

    return _Side(figure, lambda story, number, city: _counted(story, number, city, (one, other)))


def _points_above_zero(kind: str) -> _Side:
    def figure(story: Story, number: int, city: str) -> Fraction | None:
        if _counted(story, number, city, CELLS[kind])[0] == 0:
            return None
        return Fraction(
            sum(
                any((_look(story, number, city, point, key)[0] or 0) > 0 for key in CELLS[kind])
                for point in _points(number, city, kind)
            )
        )

    return _Side(figure, lambda story, number, city: _counted(story, number, city, CELLS[kind]), "last")


_ALL_CELLS = tuple(key for cells in CELLS.values() for key in cells)


def _count(of: Callable[[Story, int, str], int], side: int) -> _Side:
    def figure(story: Story, number: int, city: str) -> Fraction | None:
        return Fraction(of(story, number, city)) if _is_due(number, city) else None

    def cells(story: Story, number: int, city: str) -> tuple[int, int]:
        count = of(story, number, city) if _is_due(number, city) else 0
        return (count, 0) if side == 0 else (0, count)

    return _Side(figure, cells)


def _on_time(story: Story, number: int, city: str) -> int:
    sent = story.sent.get((number, city))
    return int(sent is not None and not sent.is_late)


_VISITS, _EXITS = ("visits", "total", ""), ("exits", "total", "")
_PRESENT = ("present", "total", "")
_INDICATORS: Mapping[Row, tuple[int, Sequence[_Side]]] = {
    ("A01", "total", ""): (1, [_sum_of(_VISITS)]),
    ("A01", "sex", "F"): (1, [_sum_of(("visits", "sex", "F"))]),
    ("A01", "sex", "NA"): (1, [_sum_of(("visits", "sex", "NA"))]),
    ("A02", "total", ""): (1, [_sum_of(_PRESENT, over_weeks="last")]),
    ("A03", "total", ""): (100, [_sum_of(_VISITS), _sum_of(_EXITS)]),
    ("A04", "total", ""): (1, [_sum_of(_VISITS), _sum_of(_PRESENT, over_weeks="mean")]),
    ("A05", "total", ""): (
        100,
        [
            _sum_of(("exits", "outcome", "HOME"), ("exits", "outcome", "WORK")),
            _difference(_EXITS, ("exits", "outcome", "ND")),
        ],
    ),
    ("A06", "total", ""): (1, [_points_above_zero("desk")]),
    ("A07", "total", ""): (100, [_count(_on_time, 0), _count(lambda s, n, c: 1, 1)]),
    ("A08", "total", ""): (
        100,
        [
            _count(lambda s, n, c: _counted(s, n, c, _ALL_CELLS)[0], 0),
            _count(lambda s, n, c: _counted(s, n, c, _ALL_CELLS)[1], 1),
        ],
    ),
    ("A09", "total", ""): (
        1,
        [_sum_of(_VISITS, ("exits", "outcome", "HOME"), ("exits", "outcome", "LEFT"), factors=(2, 1, 1))],
    ),
    ("A10", "total", ""): (
        1,
        [_sum_of(("trips", "total", "")), _sum_of(("staff", "total", ""), over_weeks="last")],
    ),
}


def week_numbers(start: IsoWeek, end: IsoWeek, horizon: int) -> list[int]:
    """The weeks of a period that lie in the edition, up to the horizon."""
    return [one.number for one in start.through(end) if FIRST <= one.number <= horizon and one.year == 2023]
