"""The catalogue of what is published: every table, view and column, said once.

Lives here: names, SQL types, keys, "one row is ...", a sentence for each column.
Must not live here: SQL, pandas, or how a table is filled (`warehouse` derives all that from here).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

from schemas.contract import Flag, Severity
from schemas.verdicts import Disposition, Status

SqlType = Literal[
    "VARCHAR",
    "VARCHAR[]",
    "INTEGER",
    "BOOLEAN",
    "DATE",
    "TIMESTAMPTZ",
    "DECIMAL(18,3)",
    "DECIMAL(38,6)",
    "DOUBLE",
]

ReturnState = Literal["on_time", "late", "missing", "rejected", "awaited"]
"""What is known of a city-week that is due."""

PeriodKind = Literal["week", "month", "quarter", "edition_to_date"]
"""Weeks belong to the month and quarter of their Thursday; to date: from the edition's first week on."""

Parting = Literal["whole", "by_week", "by_week_of_return", "by_period"]
"""How a table is taken apart into what is published, and written as Parquet, at a time."""


@dataclass(frozen=True)
class Field:
    """A column: `values` are the only ones it may hold (none given: any)."""

    name: str
    sql_type: SqlType
    description: str
    is_nullable: bool = False
    values: tuple[str, ...] = ()

    def nullable(self, description: str | None = None) -> Field:
        """The same column where it may be NULL, with what NULL means there."""
        return replace(self, is_nullable=True, description=description or self.description)

    def described(self, description: str) -> Field:
        return replace(self, description=description)


@dataclass(frozen=True)
class Reference:
    """These columns name a row of another table by its key."""

    columns: tuple[str, ...]
    table: str


@dataclass(frozen=True)
class Table:
    """A table: "one row is `one_row_is`", told apart by `key`.

    is_bulk: too many rows for an index. The key is then checked by a query whenever rows are
    written, not by a PRIMARY KEY: that index makes the file five times as large, and the table keeps
    the room of deleted rows for ever.
    checks: SQL conditions over several columns of a row.
    parting: the parts that are replaced one by one; by_week_of_return: the week stands in `submissions`.
    """

    name: str
    one_row_is: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    checks: tuple[str, ...] = ()
    is_bulk: bool = False
    parting: Parting = "whole"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def comment(self) -> str:
        return f"One row is {self.one_row_is}. Key: {', '.join(self.key)}."


@dataclass(frozen=True)
class View:
    """A view that the published file offers beside its tables."""

    name: str
    one_row_is: str
    fields: tuple[Field, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def comment(self) -> str:
        return f"One row is {self.one_row_is}."


@dataclass(frozen=True)
class Macro:
    """A published table as it was known at an instant: `FROM observations_as_of('2023-10-17 12:00')`.

    of: the table; it has the same columns.
    """

    of: Table
    parameters: tuple[str, ...] = ("ts",)

    @property
    def name(self) -> str:
        return f"{self.of.name}_as_of"

    @property
    def comment(self) -> str:
        return (
            f"`{self.of.name}` as it was known at the instant ts, that instant included, with today's "
            "definitions. Its columns are those of the table. Works in the file itself: open it, or attach "
            "it and say USE."
        )


# Fields that several tables hold.

EDITION = Field("edition", "VARCHAR", "Edition of the network, such as lgnet2.")
ISO_WEEK = Field("iso_week", "VARCHAR", "ISO week from Monday to Sunday, written 2023-W42.")
WEEK_START = Field("week_start", "DATE", "Monday of the week.")
CITY = Field("city", "VARCHAR", "City, by its slug in `cities`.")
SERVICE_POINT = Field(
    "service_point",
    "VARCHAR",
    "Service point, by its code in `service_points`; '' for what the city reports as a whole.",
)
SERVICE_KIND = Field(
    "service_kind",
    "VARCHAR",
    "Kind of service point that the measure belongs to; `city` for city-level measures.",
)
AREA = Field("area", "VARCHAR", "Area of activity, by its code in `areas`.")
MEASURE = Field("measure", "VARCHAR", "What was counted, by its code in `measures`.")
BREAKDOWN = Field("breakdown", "VARCHAR", "`total`, or the one code list by which the figure is broken down.")
CATEGORY = Field(
    "category",
    "VARCHAR",
    "Category of the breakdown's code list; '' for the total. ND, where a list has it: not recorded, and "
    "part of the total.",
)
VALUE = Field(
    "value", "DECIMAL(18,3)", "The figure; NULL where the flag is not V, never 0 instead.", is_nullable=True
)
FLAG = Field(
    "flag",
    "VARCHAR",
    "V a value (zero included), ND not available, NA not applicable. A cell that was left blank, that a nil "
    "declaration answers, or whose return is missing has no row: `cells_expected` counts those.",
    values=get_args(Flag),
)
SUBMISSION_ID = Field("submission_id", "VARCHAR", "The return that this row comes from, in `submissions`.")
VERSION = Field("version", "INTEGER", "Number of the return within its city and week, by arrival.")
SOURCE_FILE = Field("source_file", "VARCHAR", "File of the return that holds the value.")
SOURCE_SHEET = Field("source_sheet", "VARCHAR", "Sheet of that file; '' where the file has no sheets.")
SOURCE_CELL = Field(
    "source_cell",
    "VARCHAR",
    "Cell in A1 form, or row:column in a CSV; a list where the value comes from several cells.",
)
KNOWN_FROM = Field(
    "known_from", "TIMESTAMPTZ", "Instant from which this was known: the return's received_at."
)
KNOWN_TO = Field(
    "known_to",
    "TIMESTAMPTZ",
    "Instant at which a later accepted return of the same city and week took its place; NULL = still valid.",
    is_nullable=True,
)
CODE = Field("code", "VARCHAR", "Its code.")
LABEL_IT = Field("label_it", "VARCHAR", "Its name in Italian.")
LABEL_EN = Field("label_en", "VARCHAR", "Its name in English.")
LABEL_DE = Field("label_de", "VARCHAR", "Its name in German.")
BREAKDOWNS = Field("breakdowns", "VARCHAR[]", "Code lists by which it is broken down; empty: only the total.")

_OBSERVATION = (
    EDITION,
    ISO_WEEK,
    WEEK_START,
    CITY,
    SERVICE_POINT,
    SERVICE_KIND,
    AREA,
    MEASURE,
    BREAKDOWN,
    CATEGORY,
    VALUE,
    FLAG,
    SUBMISSION_ID,
    VERSION,
    SOURCE_FILE,
    SOURCE_SHEET,
    SOURCE_CELL,
)
_OBSERVATION_KEY = ("edition", "iso_week", "city", "service_point", "measure", "breakdown", "category")
_VALUE_FOR_V = "(flag = 'V') = (value IS NOT NULL)"
_OF_AN_AREA = Reference(("area",), "areas")
_OF_A_SUBMISSION = (Reference(("submission_id",), "submissions"),)

# What the returns said.

OBSERVATIONS = Table(
    "observations",
    "a value now valid",
    _OBSERVATION,
    key=_OBSERVATION_KEY,
    checks=(_VALUE_FOR_V,),
    is_bulk=True,
    parting="by_week",
)

OBSERVATIONS_HISTORY = Table(
    "observations_history",
    "a value as it was ever known",
    (*_OBSERVATION, KNOWN_FROM, KNOWN_TO),
    key=(*_OBSERVATION_KEY, "submission_id"),
    checks=(_VALUE_FOR_V,),
    is_bulk=True,
    parting="by_week",
)

SUBMISSIONS = Table(
    "submissions",
    "a return received",
    (
        SUBMISSION_ID.described("The return: from the sha256 of its bytes and its received_at."),
        EDITION,
        CITY.nullable("City that the return is from; NULL where it could not be told."),
        ISO_WEEK.nullable("Week that the return is for; NULL where it could not be told."),
        VERSION.nullable(
            "Which return of its city and week this is, in order of arrival; NULL without city or week."
        ),
        Field("received_at", "TIMESTAMPTZ", "Instant of arrival."),
        Field(
            "received_by", "VARCHAR", "Who took the return in; NULL where nobody was named.", is_nullable=True
        ),
        Field(
            "is_late",
            "BOOLEAN",
            "Whether it came after the deadline that was known on its arrival, before any return of its week "
            "was accepted; never changed afterwards. NULL where that could not be told.",
            is_nullable=True,
        ),
        Field("sha256", "VARCHAR", "SHA-256 of the bytes received."),
        Field("file_names", "VARCHAR[]", "Names that the files had on arrival."),
        Field("layout", "VARCHAR", "Layout by which it was read; NULL where none fitted.", is_nullable=True),
        Field(
            "status",
            "VARCHAR",
            "Verdict on arrival, never changed: an accepted return counts, a rejected one does not.",
            values=get_args(Status),
        ),
        Field("errors", "INTEGER", "Number of findings that are errors."),
        Field("warnings", "INTEGER", "Number of findings that are warnings."),
        Field(
            "supersedes",
            "VARCHAR",
            "Accepted return whose place this one took; NULL for a first one.",
            is_nullable=True,
        ),
        Field(
            "reason_code",
            "VARCHAR",
            "Reason given for sending again; not_stated where none was given, NULL for a first version.",
            is_nullable=True,
        ),
    ),
    key=("submission_id",),
    parting="by_week",
)

FINDINGS = Table(
    "findings",
    "something that a rule found in a return",
    (
        SUBMISSION_ID,
        Field("finding", "INTEGER", "Number of the finding within its return, from 1."),
        Field("rule", "VARCHAR", "Rule that found it: its row in `rules` is that of the day of arrival."),
        Field(
            "severity",
            "VARCHAR",
            "`error` rejects the return, `warning` does not.",
            values=get_args(Severity),
        ),
        Field(
            "file", "VARCHAR", "File it concerns; NULL where it concerns the whole return.", is_nullable=True
        ),
        Field("sheet", "VARCHAR", "Sheet it concerns; NULL where it concerns no sheet.", is_nullable=True),
        Field(
            "cell",
            "VARCHAR",
            "Cell it concerns, A1 or row:column; the total's cell where it concerns several; NULL for none.",
            is_nullable=True,
        ),
        Field("cells", "VARCHAR[]", "All cells it concerns; empty for none."),
        SERVICE_POINT.nullable("Service point it concerns; NULL where it concerns none."),
        MEASURE.nullable("Measure it concerns; NULL where it concerns none."),
        BREAKDOWN.nullable("Breakdown it concerns; NULL where it concerns none."),
        CATEGORY.nullable("Category it concerns; NULL where it concerns none."),
        Field(
            "found",
            "VARCHAR",
            "What stands there, as written; NULL where it may not be repeated.",
            is_nullable=True,
        ),
        Field(
            "expected", "VARCHAR", "What was expected there; NULL where no one value was.", is_nullable=True
        ),
        Field("message", "VARCHAR", "What is wrong, in the city's language."),
        Field("action", "VARCHAR", "What the city is asked to do, in its language."),
        Field(
            "disposition",
            "VARCHAR",
            "open, confirmed by the city, or waived by the coordination.",
            values=get_args(Disposition),
        ),
        Field("note", "VARCHAR", "Note of who confirmed or waived it; NULL while open.", is_nullable=True),
    ),
    key=("submission_id", "finding"),
    references=_OF_A_SUBMISSION,
    parting="by_week_of_return",
)

NIL_RETURNS = Table(
    "nil_returns",
    "an area or service point declared without activity",
    (
        EDITION,
        ISO_WEEK,
        CITY,
        SERVICE_POINT.described("Service point declared nil; '' where the whole area is."),
        AREA,
        Field("reason", "VARCHAR", "Reason that the city gave."),
        SUBMISSION_ID.nullable(
            "The return that declares it; NULL where it was told without a file (an act)."
        ),
        KNOWN_FROM.described(
            "Instant from which this was known: since when the return counts; without one, of the act."
        ),
        KNOWN_TO.nullable(
            "Instant at which a later accepted return of the same city and week took its place, or it was "
            "withdrawn; NULL = still valid."
        ),
    ),
    key=("edition", "iso_week", "city", "service_point", "area", "known_from"),
    references=(*_OF_A_SUBMISSION, _OF_AN_AREA),
    parting="by_week",
)

EXPECTED_RETURNS = Table(
    "expected_returns",
    "a city-week that is due, in one state it was known in",
    (
        EDITION,
        CITY,
        ISO_WEEK,
        Field(
            "due_at",
            "TIMESTAMPTZ",
            "Deadline of the city's week, as it was known in this state; that instant is still on time.",
        ),
        Field(
            "status",
            "VARCHAR",
            "awaited, missing (deadline passed, nothing came), rejected (only rejected returns came), "
            "on_time or late (whether the first accepted return came by due_at: one that was late is on time "
            "once an act moves its deadline behind its arrival).",
            values=get_args(ReturnState),
        ),
        SUBMISSION_ID.nullable("The return that made this state; NULL where none came."),
        KNOWN_FROM.described("Instant from which the city-week was in this state."),
        KNOWN_TO.nullable("Instant at which the state changed; NULL = still so."),
    ),
    key=("edition", "city", "iso_week", "known_from"),
    references=_OF_A_SUBMISSION,
    parting="by_week",
)

REVISIONS = Table(
    "revisions",
    "a published value that a later return changed",
    (
        EDITION,
        ISO_WEEK,
        CITY,
        SERVICE_POINT,
        MEASURE,
        BREAKDOWN,
        CATEGORY,
        Field(
            "old_value",
            "DECIMAL(18,3)",
            "The figure until then; NULL where there was no value.",
            is_nullable=True,
        ),
        Field(
            "new_value",
            "DECIMAL(18,3)",
            "The figure from then on; NULL where there is no value any more.",
            is_nullable=True,
        ),
        KNOWN_FROM,
        Field(
            "reason_code",
            "VARCHAR",
            "Reason given with the return that changed it; NULL where it took no other's place.",
            is_nullable=True,
        ),
    ),
    key=(*_OBSERVATION_KEY, "known_from"),
    is_bulk=True,
    parting="by_week",
)

# What is computed from it.

INDICATORS = Table(
    "indicators",
    "an indicator of a city, or of the network, in a period",
    (
        EDITION,
        Field("indicator", "VARCHAR", "The indicator, by its code in `indicator_catalogue`."),
        Field(
            "period_kind",
            "VARCHAR",
            "week, month, quarter, or edition_to_date: from the edition's first week to that week.",
            values=get_args(PeriodKind),
        ),
        Field("period", "VARCHAR", "Written 2023-W42, 2023-10, 2023-Q4; for edition_to_date its last week."),
        Field("period_start", "DATE", "Monday of the period's first week."),
        Field("period_end", "DATE", "Sunday of the period's last week."),
        CITY.described("City, by its slug in `cities`; IT for the network."),
        BREAKDOWN,
        CATEGORY,
        Field(
            "value",
            "DOUBLE",
            "The figure, not rounded, 0 only for zero. NULL where nothing was due (cells_due = 0), nothing "
            "was answered (not available, not reported, no return), or a denominator is 0: `empty_because` "
            "in `indicators_labelled` tells which.",
            is_nullable=True,
        ),
        Field(
            "numerator",
            "DOUBLE",
            "A ratio's numerator, before any factor such as 100; NULL for what is no ratio, or not answered.",
            is_nullable=True,
        ),
        Field(
            "denominator",
            "DOUBLE",
            "A ratio's denominator; NULL for what is no ratio, or where it was not answered.",
            is_nullable=True,
        ),
        Field("cells_answered", "INTEGER", "Cells behind the figure that hold a value, or are declared nil."),
        Field(
            "cells_due",
            "INTEGER",
            "Cells behind the figure that were due by the roster, whatever came, less those not applicable; "
            "answered / due: coverage, never above 1.",
        ),
        Field(
            "is_partial",
            "BOOLEAN",
            "Whether a return due in the period is missing, or the period runs past the last week received.",
        ),
        Field(
            "is_provisional",
            "BOOLEAN",
            "Whether it holds a week whose quarter is not frozen yet: it may still move. Frozen: `releases`.",
        ),
    ),
    key=("edition", "period_kind", "period", "indicator", "city", "breakdown", "category"),
    checks=(
        "cells_answered BETWEEN 0 AND cells_due",
        "period_start < period_end",
        "(breakdown = 'total') = (category = '')",
    ),
    is_bulk=True,
    parting="by_period",
)

# The contract.

_VALID_FROM = Field("valid_from", "DATE", "First day on which it is valid.")
_VALID_TO = Field("valid_to", "DATE", "Last day on which it is valid; NULL = no end.", is_nullable=True)

CITIES = Table(
    "cities",
    "a city of the network in one period of its ISTAT code",
    (
        Field("slug", "VARCHAR", "The city's short name; one city has one slug in all its periods."),
        Field("cadastral_code", "VARCHAR", "Cadastral code: the official key that stays."),
        Field("istat_code", "VARCHAR", "ISTAT code of the comune in this period."),
        Field(
            "istat_valid_from", "DATE", "First day of that code; NULL = from the beginning.", is_nullable=True
        ),
        Field("istat_valid_to", "DATE", "Last day of that code; NULL = no end.", is_nullable=True),
        Field("province", "VARCHAR", "Letters of the province (NA is Napoli)."),
        Field("region_code", "VARCHAR", "ISTAT code of the region."),
        Field("region", "VARCHAR", "Name of the region."),
        Field("nuts3", "VARCHAR", "NUTS 3 code (NUTS 2024)."),
        Field("name_it", "VARCHAR", "Name in Italian."),
        Field("name_de", "VARCHAR", "Name in German; NULL where it has none of its own.", is_nullable=True),
        Field("reporting_body", "VARCHAR", "Body that sends the returns; it may differ from the city."),
        Field("body_kind", "VARCHAR", "Kind of that body."),
        Field("population_2022", "INTEGER", "Residents in 2022."),
        Field("population_under18_2022", "INTEGER", "Residents under 18 in 2022."),
    ),
    key=("slug", "istat_code"),
)

SERVICE_POINTS = Table(
    "service_points",
    "a service point in the weeks of its roster",
    (
        CITY,
        CODE.described("Code of the service point, such as MI-OSS-01."),
        Field("kind", "VARCHAR", "Kind of service point, by its code in `service_kinds`."),
        Field("name", "VARCHAR", "Its name."),
        Field("beds", "INTEGER", "Capacity in beds; NULL where it has none.", is_nullable=True),
        Field("roster_from", "VARCHAR", "First week in which it is due, written 2023-W42."),
        Field("roster_to", "VARCHAR", "Last week in which it is due; NULL = no end.", is_nullable=True),
    ),
    key=("code",),
    references=(Reference(("kind",), "service_kinds"),),
)

WEEKS = Table(
    "weeks",
    "a week of the edition",
    (
        ISO_WEEK,
        WEEK_START,
        Field("week_end", "DATE", "Sunday of the week."),
        Field(
            "due_at",
            "TIMESTAMPTZ",
            "Deadline that now holds for the week's returns; that instant is still on time. What it was "
            "before, and cities that have another one: `deadlines`.",
        ),
        Field("month", "VARCHAR", "Month of the week's Thursday, written 2023-10."),
        Field("quarter", "VARCHAR", "Quarter of the week's Thursday, written 2023-Q4."),
    ),
    key=("iso_week",),
)

DEADLINES = Table(
    "deadlines",
    "a deadline of a week's returns, as long as it was the one known",
    (
        EDITION,
        ISO_WEEK,
        CITY.described("IT: every city without rows of its own for the week; else the city, by its slug."),
        Field("due_at", "TIMESTAMPTZ", "The deadline; that instant is still on time."),
        Field(
            "reason",
            "VARCHAR",
            "Why the deadline was moved; NULL where it is the edition's own.",
            is_nullable=True,
        ),
        Field(
            "decided_by",
            "VARCHAR",
            "Who moved it; NULL where it is the edition's own.",
            is_nullable=True,
        ),
        KNOWN_FROM.described(
            "Instant from which this was the deadline: when it was moved; of the edition's own, the start of "
            "its first week."
        ),
        KNOWN_TO.described("Instant at which it was moved to a later one; NULL = it holds."),
    ),
    key=("edition", "iso_week", "city", "known_from"),
)

AREAS = Table(
    "areas",
    "an area of activity of the edition",
    (CODE, LABEL_IT, LABEL_EN, LABEL_DE),
    key=("code",),
)

SERVICE_KINDS = Table(
    "service_kinds",
    "a kind of service point",
    (CODE, LABEL_IT),
    key=("code",),
)

MEASURES = Table(
    "measures",
    "something that a kind of service point (or the city) counts every week",
    (
        CODE,
        AREA,
        SERVICE_KIND,
        Field(
            "kind",
            "VARCHAR",
            "flow (sums over weeks), stock (last week of a period), unique (each person once).",
            values=("flow", "stock", "unique"),
        ),
        Field("unit", "VARCHAR", "Unit of the figure."),
        Field("decimals", "INTEGER", "Decimals that a figure may have."),
        BREAKDOWNS,
        LABEL_IT,
        LABEL_EN,
        LABEL_DE,
    ),
    key=("code",),
    references=(_OF_AN_AREA,),
)

CODE_LISTS = Table(
    "code_lists",
    "a category of a code list",
    (
        Field("list", "VARCHAR", "The code list."),
        Field("list_label_it", "VARCHAR", "The code list's name in Italian."),
        CODE.described("Code of the category within its list."),
        Field("is_additive", "BOOLEAN", "Whether the list's categories sum to the total."),
        LABEL_IT,
        LABEL_EN,
        LABEL_DE,
        Field(
            "note",
            "VARCHAR",
            "What formulas know the category by, such as `stable`; NULL for none.",
            is_nullable=True,
        ),
    ),
    key=("list", "code"),
)

INDICATOR_CATALOGUE = Table(
    "indicator_catalogue",
    "something that the network publishes, computed from measures",
    (
        CODE,
        AREA,
        Field(
            "kind",
            "VARCHAR",
            "flow, stock, unique, or ratio (of two sums).",
            values=("flow", "stock", "unique", "ratio"),
        ),
        Field("unit", "VARCHAR", "Unit of the figure."),
        LABEL_IT,
        LABEL_EN,
        LABEL_DE,
        Field("formula", "VARCHAR", "How it is computed from measures."),
        Field(
            "over_time",
            "VARCHAR",
            "How weeks make a longer period: sum, last (the last week answered), or ratio of sums.",
        ),
        BREAKDOWNS,
        Field("eu_mapping", "VARCHAR", "Proposed EU indicator; NULL for none.", is_nullable=True),
        Field(
            "better",
            "VARCHAR",
            "Whether more (up) or less (down) is better; NULL where neither is.",
            is_nullable=True,
            values=("up", "down"),
        ),
    ),
    key=("code",),
    references=(_OF_AN_AREA,),
)

RULES = Table(
    "rules",
    "a rule that returns are held against, in a time in which it stays the same",
    (
        Field("id", "VARCHAR", "The rule; one that changes has a row for each time."),
        Field(
            "severity",
            "VARCHAR",
            "What a finding of it is: an error rejects the return, a warning does not.",
            values=get_args(Severity),
        ),
        Field("about", "VARCHAR", "What it judges: file, return, cell or measure."),
        Field("is_waivable", "BOOLEAN", "Whether the coordination may waive it for a city."),
        Field("is_enforced", "BOOLEAN", "Whether returns are held against it yet."),
        Field("owner", "VARCHAR", "Who decides on it."),
        _VALID_FROM.described("First day on which returns that arrive are held against it."),
        _VALID_TO.described("Last such day; NULL = no end."),
        Field("statement_it", "VARCHAR", "What it demands, in Italian."),
        Field("statement_en", "VARCHAR", "What it demands, in English."),
        Field("statement_de", "VARCHAR", "What it demands, in German."),
    ),
    key=("id", "valid_from"),
)

FOREIGN_RESIDENTS = Table(
    "foreign_residents",
    "the foreign residents of a city on 1 January of a year: the denominator of rates",
    (
        CITY,
        Field("on_1_january_of", "INTEGER", "The year."),
        Field("foreign_residents", "INTEGER", "Residents without Italian citizenship on that day."),
        Field("source", "VARCHAR", "Where the figure comes from."),
    ),
    key=("city", "on_1_january_of"),
)

TARGETS = Table(
    "targets",
    "a target that the coordination gave for an indicator of a city, or of the network",
    (
        CITY.described("City, by its slug in `cities`; IT for the network."),
        Field("indicator", "VARCHAR", "Indicator, by its code in `indicator_catalogue`."),
        Field("period", "VARCHAR", "Period that it is to be reached in, written as in `indicators`."),
        Field("value", "DECIMAL(18,3)", "The target, in the indicator's unit."),
        Field("source", "VARCHAR", "Where it was set."),
    ),
    key=("city", "indicator", "period"),
    references=(Reference(("indicator",), "indicator_catalogue"),),
)

BUDGETS = Table(
    "budgets",
    "what the coordination gave a city's area to spend",
    (
        CITY.described("City, by its slug in `cities`; IT for the network."),
        AREA,
        Field("eur", "DECIMAL(18,3)", "Euros."),
        Field("source", "VARCHAR", "Where it was set."),
    ),
    key=("city", "area"),
    references=(_OF_AN_AREA,),
)

KINDS_OF_NOTHING = Table(
    "kinds_of_nothing",
    "a kind of nothing that may stand where no number stands (and zero, which is none of them)",
    (
        CODE,
        Field("sign", "VARCHAR", "What stands there in tables, reports and forms."),
        Field("meaning_it", "VARCHAR", "What it means, in Italian."),
        Field("meaning_en", "VARCHAR", "What it means, in English."),
        Field("meaning_de", "VARCHAR", "What it means, in German."),
    ),
    key=("code",),
)

WAIVERS = Table(
    "waivers",
    "a rule waived for a city: its errors count as warnings",
    (
        CITY,
        Field("rule", "VARCHAR", "Rule that is waived, by its id in `rules`."),
        Field(
            "scope",
            "VARCHAR",
            "What it is waived for: `all`, or one or more of service_point=, measure=, breakdown=.",
        ),
        Field("reason", "VARCHAR", "Why."),
        Field("decided_by", "VARCHAR", "Who decided."),
        Field("decided_at", "TIMESTAMPTZ", "When: returns that arrive from then on are covered."),
        _VALID_FROM,
        _VALID_TO,
    ),
    key=("city", "rule", "scope", "decided_at"),
)

RELEASES = Table(
    "releases",
    "a release of a frozen quarter: its published tables as they were then, kept for good",
    (
        EDITION,
        Field("quarter", "VARCHAR", "Quarter that was frozen, written 2023-Q3; `weeks` says which weeks."),
        Field("release", "INTEGER", "1 for the quarter's first release, one more for each later one."),
        Field("frozen_at", "TIMESTAMPTZ", "When: the release says what was known at that instant."),
        Field("frozen_by", "VARCHAR", "Who decided."),
        Field("note", "VARCHAR", "What was said of it; NULL for nothing.", is_nullable=True),
        Field("manifest_sha256", "VARCHAR", "SHA-256 of its manifest, which holds that of every file of it."),
        Field("contract_sha256", "VARCHAR", "SHA-256 of the contract that its figures were made with."),
        Field("rules_sha256", "VARCHAR", "SHA-256 of the rules that its returns were held against."),
    ),
    key=("edition", "quarter", "release"),
)

# Views.

CITIES_NOW = View(
    "cities_now",
    "a city, in the latest period of its ISTAT code",
    CITIES.fields,
)

OBSERVATIONS_LABELLED = View(
    "observations_labelled",
    "a value now valid, with Italian labels",
    (
        *_OBSERVATION,
        Field("city_name", "VARCHAR", "The city's name in Italian."),
        Field(
            "service_point_name",
            "VARCHAR",
            "The service point's name; NULL for city-level measures.",
            is_nullable=True,
        ),
        Field(
            "service_kind_label",
            "VARCHAR",
            "The kind's name in Italian; NULL for city-level measures.",
            is_nullable=True,
        ),
        Field("area_label", "VARCHAR", "The area's name in Italian."),
        Field("measure_label", "VARCHAR", "The measure's name in Italian."),
        Field("unit", "VARCHAR", "Unit of the figure."),
        Field(
            "breakdown_label",
            "VARCHAR",
            "The code list's name in Italian; NULL for totals.",
            is_nullable=True,
        ),
        Field(
            "category_label", "VARCHAR", "The category's name in Italian; NULL for totals.", is_nullable=True
        ),
    ),
)

INDICATORS_LABELLED = View(
    "indicators_labelled",
    "an indicator of a city, or of the network, in a period, with Italian labels",
    (
        *INDICATORS.fields,
        Field(
            "coverage",
            "DOUBLE",
            "cells_answered / cells_due; NULL where nothing was due.",
            is_nullable=True,
        ),
        Field(
            "empty_because",
            "VARCHAR",
            "The kind of nothing in the place of a value, by its code in `kinds_of_nothing`: not_due (no "
            "such service, or all its cells not applicable), not_answered, not_computable; NULL where there "
            "is a value, zero included.",
            is_nullable=True,
            values=("not_due", "not_answered", "not_computable"),
        ),
        Field("city_name", "VARCHAR", "The city's name in Italian; `Rete` for the network."),
        Field("area_label", "VARCHAR", "The area's name in Italian."),
        Field("indicator_label", "VARCHAR", "The indicator's name in Italian."),
        Field("unit", "VARCHAR", "Unit of the figure."),
        Field(
            "breakdown_label",
            "VARCHAR",
            "The code list's name in Italian; NULL for totals.",
            is_nullable=True,
        ),
        Field(
            "category_label", "VARCHAR", "The category's name in Italian; NULL for totals.", is_nullable=True
        ),
    ),
)

CELLS_EXPECTED = View(
    "cells_expected",
    "a measure that a service point, or the city as a whole, owes for a week, with its cells (total and "
    "categories) by what became of them: due = answered + not available + not reported",
    (
        EDITION,
        ISO_WEEK,
        CITY,
        SERVICE_POINT,
        SERVICE_KIND,
        AREA,
        MEASURE,
        Field(
            "return_status",
            "VARCHAR",
            "What is known of the city's return for the week, as in `expected_returns`; but for on_time and "
            "late, none is valid.",
            values=get_args(ReturnState),
        ),
        Field(
            "is_nil", "BOOLEAN", "Whether it was declared without activity: then all its cells are answered."
        ),
        Field("cells_due", "INTEGER", "Cells due by the roster, less those not applicable."),
        Field("cells_answered", "INTEGER", "Cells that hold a value, zero included, or are declared nil."),
        Field("cells_not_available", "INTEGER", "Cells that the return says it has no figure for (ND)."),
        Field(
            "cells_not_reported",
            "INTEGER",
            "Cells that were left blank; without a valid return, all. They have no row in `observations`.",
        ),
        Field("cells_not_applicable", "INTEGER", "Cells that the return says cannot be there (NA): not due."),
    ),
)

CONTRACT_TABLES = (
    CITIES,
    AREAS,
    SERVICE_KINDS,
    SERVICE_POINTS,
    MEASURES,
    CODE_LISTS,
    INDICATOR_CATALOGUE,
    RULES,
    FOREIGN_RESIDENTS,
    TARGETS,
    BUDGETS,
    KINDS_OF_NOTHING,
)
"""What the edition says. In an order in which each comes after those it refers to."""

DECIDED_TABLES = (WEEKS, DEADLINES, WAIVERS, RELEASES)
"""What the edition says and acts change, replaced whole."""

RETURN_TABLES = (SUBMISSIONS, FINDINGS, NIL_RETURNS, EXPECTED_RETURNS)
"""What became of the returns. In an order in which each comes after those it refers to."""

WAREHOUSE_TABLES = (*RETURN_TABLES, OBSERVATIONS_HISTORY, INDICATORS)
PUBLISHED_TABLES = (
    *CONTRACT_TABLES,
    *DECIDED_TABLES,
    *RETURN_TABLES,
    OBSERVATIONS,
    OBSERVATIONS_HISTORY,
    REVISIONS,
    INDICATORS,
)
RELEASED_TABLES = (SUBMISSIONS, NIL_RETURNS, EXPECTED_RETURNS, OBSERVATIONS, REVISIONS, INDICATORS)
"""What a release holds of its quarter. Not what was said to a city (`findings`), what was known before (the
earlier releases), or the contract, which is dated itself."""
PUBLISHED_VIEWS = (CITIES_NOW, OBSERVATIONS_LABELLED, INDICATORS_LABELLED, CELLS_EXPECTED)
PUBLISHED_MACROS = tuple(
    Macro(table)
    for table in (
        OBSERVATIONS,
        OBSERVATIONS_HISTORY,
        INDICATORS,
        SUBMISSIONS,
        EXPECTED_RETURNS,
        NIL_RETURNS,
        REVISIONS,
        WEEKS,
        DEADLINES,
        WAIVERS,
        RELEASES,
    )
)
"""What the file can tell of its tables as of any instant."""
