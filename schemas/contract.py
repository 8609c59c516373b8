"""The models of the contract's entries and of an edition that holds them.

Lives here: what a city, service point, measure, code list, indicator and rule is.
Must not live here: where the files stand (`schemas.editions`), layouts (`sources`), SQL.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    NaiveDatetime,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

from schemas.expressions import terms_of
from schemas.tables import Entry
from schemas.thresholds import (
    AllZero,
    CumulativeTyped,
    Drift,
    NotRecorded,
    RatioOverWeeks,
    RunningTotals,
    SameAsLastWeek,
    TotalAsCategory,
    UnlikeRecentWeeks,
)
from schemas.weeks import ROME, IsoWeek

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Quarter = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-Q[1-4]$")]
"""A calendar quarter, written 2023-Q3; its weeks are those whose Thursday lies in it."""
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Severity = Literal["error", "warning"]
Flag = Literal["V", "ND", "NA"]
Language = Literal["it", "en", "de"]

LANGUAGES: tuple[Language, ...] = ("it", "en", "de")
"""The languages in which everything that people read can be said; Italian is the source."""

CITY_LEVEL = "city"
"""The service kind of measures that a city reports as a whole; their service point is empty."""

NETWORK = "IT"
"""What the network is called where a city's slug would stand."""

TOTAL = "total"
"""The breakdown of a figure that is not broken down; its category is empty."""


def _week(value: Any) -> Any:
    return IsoWeek.parse(value) if isinstance(value, str) else value


def _names(value: Any) -> Any:
    return (
        tuple(part.strip() for part in value.split(";") if part.strip()) if isinstance(value, str) else value
    )


Week = Annotated[IsoWeek, BeforeValidator(_week), PlainSerializer(str, when_used="json")]


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"no time zone {value!r}")
    return value


def _readable(value: str) -> str:
    terms_of(value)
    return value


Expression = Annotated[str, AfterValidator(_readable)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]


class City(Entry):
    """A city in one period of its ISTAT code; key `slug` + `istat_valid_from`."""

    slug: Slug
    cadastral_code: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{3}$")]
    istat_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    istat_valid_from: dt.date | None = None
    istat_valid_to: dt.date | None = None
    province: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    region_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
    region: Text
    nuts3: Annotated[str, StringConstraints(pattern=r"^IT[A-Z0-9]{3}$")]
    name_it: Text
    name_de: Text | None = None
    reporting_body: Text
    body_kind: Slug
    population_2022: int = Field(ge=0)
    population_under18_2022: int = Field(ge=0)


class ServicePoint(Entry):
    """A desk, mobile unit, house or project that a city reports on, for the weeks of its roster."""

    city: Slug
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")]
    kind: Slug
    name: Text
    beds: int | None = Field(default=None, ge=0)
    roster_from: Week
    roster_to: Week | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ServicePoint:
        if self.roster_to is not None and self.roster_to < self.roster_from:
            raise ValueError("roster_to comes before roster_from")
        return self

    def is_on_roster(self, week: IsoWeek) -> bool:
        return self.roster_from <= week and (self.roster_to is None or week <= self.roster_to)


class Measure(Entry):
    """Something that a kind of service point (or the city) counts every week."""

    code: Slug
    area: Slug
    service_kind: Slug
    kind: Literal["flow", "stock", "unique"]
    unit: Text
    decimals: int = Field(ge=0, le=3)
    breakdowns: Names = ()
    label_it: Text
    label_en: Text
    label_de: Text


class Category(Entry):
    """One code of a code list."""

    list: Slug
    additive: Annotated[bool, BeforeValidator(lambda v: {"yes": True, "no": False}.get(v, v))]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9a-z+-]+$")]
    label_it: Text
    label_en: Text
    label_de: Text
    note: str = ""


class Indicator(Entry):
    """Something that the network publishes, computed from measures."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+$")]
    area: Slug
    kind: Literal["flow", "stock", "unique", "ratio"]
    unit: Text
    label_it: Text
    label_en: Text
    label_de: Text
    formula: Text
    over_time: Literal["sum", "last", "ratio of sums"]
    breakdowns: Names = ()
    eu_mapping: str = ""
    better: Literal["up", "down", ""] = ""


class Comparison(Entry):
    """`left` is held against `right`, both written as in `schemas.expressions`.

    each: a breakdown list; the comparison is made for every category of the left-hand measure.
    against_total: with `each`, the right-hand side is read as totals, not category by category.
    right_in_first_week: the right-hand side where no unbroken run of earlier weeks exists.
    """

    left: Expression
    relation: Literal["equals", "at_most"]
    right: Expression
    each: Slug | None = None
    against_total: bool = False
    right_in_first_week: Expression | None = None


RuleId = Annotated[str, StringConstraints(pattern=r"^[HS][0-9]{2}$")]


class Silence(Entry):
    """What other rules find of the same cause is not told beside a finding of this rule.

    same: what the two findings share for their cause to be one: the cell where one of them stands, the
    service point and measure, the service point, only the return, or the correction: once the figure that
    this finding is about holds what is expected of it, the other one is gone.
    kind: only beside findings with this message. only: no others than findings with these messages.
    """

    rules: Annotated[tuple[RuleId, ...], Field(min_length=1)]
    same: Literal["cell", "measure", "service_point", "return", "correction"]
    kind: Slug | None = None
    only: tuple[Slug, ...] = ()


class Rule(Entry):
    """A rule that returns are held against. `check` names its function; none: not yet enforced.

    A check that needs thresholds finds them under its own name.
    """

    id: RuleId
    severity: Severity
    about: Literal["file", "return", "cell", "measure"]
    waivable: bool
    owner: Text
    valid_from: dt.date
    valid_to: dt.date | None = None
    check: Slug | None = None
    statement_en: Text
    statement_it: Text
    statement_de: Text
    comparisons: tuple[Comparison, ...] = ()
    measures: tuple[Slug, ...] = ()
    category: str | None = None
    breakdown: Slug | None = None
    silences: tuple[Silence, ...] = ()
    running_totals: RunningTotals | None = None
    unlike_recent_weeks: UnlikeRecentWeeks | None = None
    same_as_last_week: SameAsLastWeek | None = None
    not_recorded: NotRecorded | None = None
    ratio_over_weeks: RatioOverWeeks | None = None
    all_zero: AllZero | None = None
    cumulative_typed: CumulativeTyped | None = None
    total_as_category: TotalAsCategory | None = None
    drift: Drift | None = None

    @model_validator(mode="after")
    def _thresholds_of_its_check(self) -> Rule:
        for name in CHECKS_WITH_THRESHOLDS:
            if (self.check == name) != (getattr(self, name) is not None):
                raise ValueError(f"`check: {name}` and the thresholds `{name}:` go together")
        return self

    def is_in_force(self, at: dt.datetime) -> bool:
        day = at.astimezone(ROME).date()
        return (
            self.check is not None
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


CHECKS_WITH_THRESHOLDS = (
    "running_totals",
    "unlike_recent_weeks",
    "same_as_last_week",
    "not_recorded",
    "ratio_over_weeks",
    "all_zero",
    "cumulative_typed",
    "total_as_category",
    "drift",
)
"""The checks whose thresholds stand in the rule's entry, in the field of the same name."""


class Rules(Entry):
    """The file `rules.yaml`."""

    rules: tuple[Rule, ...]


class Target(Entry):
    """A target that the coordination gave for an indicator."""

    edition: Text
    city: Slug
    indicator: Text
    period: Text
    value: Decimal
    source: Text


class Budget(Entry):
    """A budget that the coordination gave to a city's area."""

    edition: Text
    city: Slug
    area: Slug
    eur: Decimal
    source: Text


class ForeignResidents(Entry):
    """A city's foreign residents on 1 January of a year."""

    slug: Slug
    on_1_january_of: int
    foreign_residents: int = Field(ge=0)
    source: Text


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class WeekWithOwnDeadline(Entry):
    """A week that is due at another instant than the others; until: by the clock of the deadline's zone."""

    week: Week
    until: NaiveDatetime


class DeadlineRule(Entry):
    """When a week's return is due: the first such day and hour after its Sunday; that instant is on time.

    moves_at_most_days: how much later than here an act may set it.
    """

    weekday: Weekday
    time: dt.time
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    moves_at_most_days: int = Field(ge=0)
    weeks: tuple[WeekWithOwnDeadline, ...] = ()

    @model_validator(mode="after")
    def _each_week_once_and_not_before_it_ends(self) -> DeadlineRule:
        if len({one.week for one in self.weeks}) != len(self.weeks):
            raise ValueError("a week stands twice")
        for one in self.weeks:
            if self.due_at(one.week) < one.week.ends_at:
                raise ValueError(f"{one.week} would be due before it ends")
        return self

    def due_at(self, week: IsoWeek) -> dt.datetime:
        """The deadline of a week, unless an act moves it (`schemas.deadlines`)."""
        zone = ZoneInfo(self.time_zone)
        for own in self.weeks:
            if own.week == week:
                return own.until.replace(tzinfo=zone)
        after_sunday = get_args(Weekday).index(self.weekday) + 1
        return dt.datetime.combine(week.sunday + dt.timedelta(days=after_sunday), self.time, zone)


def _unique_codes(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("a value stands twice")
    return values


class EditionFacts(Entry):
    """The file `edition.yaml`: what the edition as a whole is."""

    slug: Slug
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+$")]
    name_it: Text
    first_week: Week
    last_week: Week
    deadline: DeadlineRule
    areas: Annotated[tuple[Slug, ...], AfterValidator(_unique_codes)]
    service_kinds: dict[Slug, Text]
    """Kind of service point -> its Italian name; `city` is not among them."""
    service_kinds_en: dict[Slug, Text] = {}
    service_kinds_de: dict[Slug, Text] = {}
    area_list: Slug = "area"
    """The code list that names the areas (nil areas are named in its words)."""
    list_names_it: dict[Slug, Text] = {}
    """What a breakdown is called in messages."""
    list_names_en: dict[Slug, Text] = {}
    list_names_de: dict[Slug, Text] = {}
    languages: dict[Slug, tuple[Language, ...]] = {}
    """City -> the languages in which it reads, its first one first; the others read Italian."""
    key_measures: tuple[Slug, ...] = ()
    """The measures whose totals are shown to whoever sends a return: a wrong reading is seen at once."""

    freeze_after_days: int = Field(ge=0)
    """A quarter may be frozen from so many days after the Sunday of its last week."""

    @model_validator(mode="after")
    def _in_order(self) -> EditionFacts:
        if self.last_week < self.first_week:
            raise ValueError("last_week comes before first_week")
        for own in self.deadline.weeks:
            if not self.first_week <= own.week <= self.last_week:
                raise ValueError(f"deadline: {own.week} is not of the edition")
        return self


class CodeList(Entry):
    """A list of categories that a measure may be broken down by."""

    code: Slug
    is_additive: bool
    categories: tuple[Category, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(category.code for category in self.categories)


class Edition(Entry):
    """The whole contract of one edition of the network: built by `schemas.editions.load_edition`."""

    facts: EditionFacts
    cities: tuple[City, ...]
    service_points: tuple[ServicePoint, ...]
    measures: tuple[Measure, ...]
    code_lists: tuple[CodeList, ...]
    indicators: tuple[Indicator, ...]
    rules: tuple[Rule, ...]
    targets: tuple[Target, ...] = ()
    budgets: tuple[Budget, ...] = ()
    foreign_residents: tuple[ForeignResidents, ...] = ()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Edition:
        """As pydantic's, but what was worked out from the entries is worked out anew."""
        copied = super().model_copy(update=update, deep=deep)
        for name in [name for name in copied.__dict__ if name not in type(self).model_fields]:
            del copied.__dict__[name]
        return copied

    @property
    def slug(self) -> str:
        return self.facts.slug

    @cached_property
    def weeks(self) -> tuple[IsoWeek, ...]:
        return self.facts.first_week.through(self.facts.last_week)

    def weeks_of_quarter(self, quarter: str) -> tuple[IsoWeek, ...]:
        """The edition's weeks whose Thursday lies in a quarter written 2023-Q3."""
        return tuple(week for week in self.weeks if week.quarter == quarter)

    @cached_property
    def city_slugs(self) -> tuple[str, ...]:
        """Each city once, in the order of the roster."""
        return tuple(dict.fromkeys(city.slug for city in self.cities))

    @cached_property
    def measures_by_code(self) -> dict[str, Measure]:
        return {measure.code: measure for measure in self.measures}

    @cached_property
    def code_lists_by_code(self) -> dict[str, CodeList]:
        return {code_list.code: code_list for code_list in self.code_lists}

    @cached_property
    def areas_by_code(self) -> dict[str, Category]:
        """The areas of activity in the words of the list that names them."""
        areas = self.code_lists_by_code[self.facts.area_list].categories
        return {area.code: area for area in areas if area.code in self.facts.areas}

    @cached_property
    def service_points_by_code(self) -> dict[str, ServicePoint]:
        return {point.code: point for point in self.service_points}

    @cached_property
    def items(self) -> frozenset[str]:
        """Every `measure|breakdown|category` that a return may hold."""
        return frozenset(
            f"{measure.code}|{breakdown}|{category}"
            for measure in self.measures
            for breakdown in (TOTAL, *measure.breakdowns)
            for category in (("",) if breakdown == TOTAL else self.code_lists_by_code[breakdown].codes)
        )

    def city(self, slug: str, on: dt.date | None = None) -> City:
        """The city's entry valid on a day (its latest one without a day). KeyError if unknown."""
        entries = [city for city in self.cities if city.slug == slug]
        if not entries:
            raise KeyError(slug)
        if on is not None:
            for city in entries:
                if (city.istat_valid_from or dt.date.min) <= on <= (city.istat_valid_to or dt.date.max):
                    return city
        return entries[-1]

    def roster(self, city: str, week: IsoWeek) -> tuple[ServicePoint, ...]:
        """The service points that the city is due to report on in that week."""
        return tuple(p for p in self.service_points if p.city == city and p.is_on_roster(week))

    def is_due(self, city: str, week: IsoWeek) -> bool:
        """Whether a city owes a return for the week: its roster lists a service point.

        A city without a service point in any week reports city-level measures alone, and owes them always.
        """
        return city not in self._cities_with_points or bool(self.roster(city, week))

    @cached_property
    def _cities_with_points(self) -> frozenset[str]:
        return frozenset(point.city for point in self.service_points)

    def list_name_it(self, code_list: str) -> str:
        return self.facts.list_names_it.get(code_list, code_list)

    def languages_of(self, city: str | None) -> tuple[Language, ...]:
        """The languages in which a city reads; Italian where none are given, or no city is known."""
        return self.facts.languages.get(city or "", ("it",))

    def measures_of(self, service_kind: str) -> tuple[Measure, ...]:
        return tuple(m for m in self.measures if m.service_kind == service_kind)

    @cached_property
    def areas_by_kind(self) -> dict[str, frozenset[str]]:
        """Kind of service point -> the areas of what it counts."""
        return {
            kind: frozenset(measure.area for measure in self.measures_of(kind))
            for kind in (*self.facts.service_kinds, CITY_LEVEL)
        }
