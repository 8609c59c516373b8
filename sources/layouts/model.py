"""The words of the layout language, as strict models.

Lives here: what a layout file may say, and the checks that one file can be held against by itself.
Must not live here: how it is carried out (`extract`), or whose layout is whose (`library`).

A layout walks through a file's sheets row by row. Everything that gives a figure its place is *captured*
by a pattern with named groups, wherever it stands: in a sheet's name, a heading row, a column's heading, a
label cell. Patterns are regular expressions that must match the whole text of a cell, its blanks collapsed;
letter case does not count. The groups are:

    service_point  measure  breakdown  category  area  reason   labels, turned into codes by the city's words
    day  week  year                                             the day or week that a column or row is for
    entity  city_name  cadastral_code  body  edition  version   facts of the cover
    first_day  last_day  compiled  data_rows  model
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from schemas.contract import Language, Slug, Text, Week
from schemas.tables import Entry

PLACES = frozenset({"service_point", "measure", "breakdown", "category", "area", "reason", "day"})
FACTS = frozenset(
    {
        "entity", "city_name", "cadastral_code", "body", "edition", "week", "year", "version",
        "first_day", "last_day", "compiled", "data_rows", "model",
    }
)  # fmt: skip

_LETTERS = re.compile(r"^[A-Z]{1,2}$")


def _pattern(value: str) -> str:
    try:
        groups = re.compile(value).groupindex
    except re.error as error:
        raise ValueError(f"not a pattern: {error}") from error
    unknown = set(groups) - PLACES - FACTS
    if unknown:
        raise ValueError(f"unknown group {', '.join(sorted(unknown))}")
    return value


def _names(value: str) -> str:
    if not all(name.strip() for name in value.split("|")):
        raise ValueError("`|` parts names: there is none on one side of it")
    return value


Names = Annotated[Text, AfterValidator(_names)]
"""A text that stands in files; `one|other` where both are names of the same thing."""
Pattern = Annotated[str, AfterValidator(_pattern)]
Letters = Annotated[str, Field(pattern=r"^[A-Z]{1,2}$")]


class Tokens(Entry):
    """How the city writes that a figure is not available (ND) or not applicable (NA)."""

    not_available: tuple[Text, ...]
    not_applicable: tuple[Text, ...]


class Numbers(Entry):
    """How numbers typed as text are written. No thousands mark declared: a doubt is asked about."""

    decimal_mark: Literal[",", "."]
    thousands_mark: Literal[".", ",", "'", " "] | None = None


class Csv(Entry):
    """What is known of a CSV's form: used where the file itself leaves a doubt."""

    encoding: Text | None = None
    separator: Text | None = None


class ServicePoints(Entry):
    """How service points are named in the file."""

    city_level: tuple[Text, ...]
    """What stands for the city as a whole."""
    written: Pattern | None = None
    """With `becomes`: how the file's name of a service point turns into its code (`re.sub` form)."""
    becomes: Text | None = None
    listed: bool = False
    """The file carries a list from its own names to codes (rows with `lists_service_points`)."""

    def code_of(self, name: str) -> str:
        """The code that a name in the file stands for, where the file needs no list for it."""
        if self.written is not None and self.becomes is not None:
            return re.sub(self.written, self.becomes, name)
        return name


class Fingerprint(Entry):
    """Texts that stand in the first rows of a sheet of this layout (any sheet where none is named)."""

    sheet: Names | None = None
    texts: Annotated[tuple[Names, ...], Field(min_length=2)]


class Column(Entry):
    """A column of a table, found by its heading (`head`, one pattern per header line) or by letter (`at`).

    Exactly one of: `label` (its cells place the row's figures), `values` (its cells are figures, placed by
    what the heading captures and `set`s), `ignore` (with the reason).
    """

    head: Pattern | tuple[Pattern, ...] | None = None
    at: Letters | None = None
    label: bool = False
    fill_down: bool = False
    values: bool = False
    set: dict[Literal["measure", "breakdown", "category", "service_point"], Text] = {}
    """Codes (not labels) that hold for the whole column."""
    ignore: Text | None = None

    @model_validator(mode="after")
    def _one_role(self) -> Column:
        if [self.label, self.values, self.ignore is not None].count(True) != 1:
            raise ValueError("a column is one of label, values, ignore")
        if (self.head is None) == (self.at is None):
            raise ValueError("a column is found by head or at")
        if (self.set and not self.values) or (self.fill_down and not self.label):
            raise ValueError("`set` goes with values, `fill_down` with label")
        return self

    @property
    def heads(self) -> tuple[str, ...]:
        return (self.head,) if isinstance(self.head, str) else (self.head or ())

    @cached_property
    def captures(self) -> bool:
        """Whether its heading says something of its own: one of several columns of a kind."""
        return any(re.compile(pattern).groupindex for pattern in self.heads)


class Header(Entry):
    """The header of a table: the row that holds all texts of `anchor`, with lines above or below it."""

    anchor: Annotated[tuple[Names, ...], Field(min_length=1)]
    lines: tuple[int, ...] = (0,)
    """The header's lines, by their distance from the anchor row; the columns' `head` follow this order."""
    fill_right: tuple[int, ...] = ()
    """Lines whose cells are merged over several columns: a blank takes the text to its left."""
    merged_columns: int | None = Field(default=None, ge=2)
    """Over how many columns such a cell reaches at most; unlimited where the measure decides."""


class RowRule(Entry):
    """What a row is, decided by patterns on its label cells; the first rule that fits holds.

    `when`: heading text or letter of a column -> pattern of its cell ('' = must be blank).
    """

    when: dict[Names, Pattern]
    within: tuple[Slug, ...] | None = None
    """Only below a heading that opened one of these sections."""
    heading: Slug | None = None
    """Opens a section; what the row captures holds for the rows below, until the next heading. A heading
    with `within` keeps what the heading above it captured; one without starts anew."""
    facts: bool = False
    values: bool = False
    nil: bool = False
    """Declares the captured area or service point nil, with the captured reason."""
    nil_values: Pattern | None = None
    """The row's value cells are blank or declare a nil in this form."""
    lists_service_points: bool = False
    """The row gives a service point's name in the file (`service_point`) and its code (`category`)."""
    ignore: Text | None = None
    texts_only: bool = False
    """With `ignore`: a row of names for the reader; a number in one of its value cells is refused."""

    @model_validator(mode="after")
    def _does_something(self) -> RowRule:
        roles = [
            self.heading,
            self.facts,
            self.values or self.nil,
            self.nil_values,
            self.lists_service_points,
            self.ignore,
        ]
        if sum(bool(role) for role in roles) != 1:
            raise ValueError(
                "a row rule is one of heading, facts, values (and/or nil), nil_values, ..., ignore"
            )
        return self

    @cached_property
    def groups(self) -> frozenset[str]:
        return frozenset(name for pattern in self.when.values() for name in re.compile(pattern).groupindex)


class Table(Entry):
    """How one kind of sheet is read. The columns stand in the order that they have in the file."""

    header: Header | None = None
    columns: tuple[Column, ...] = ()
    rows: Annotated[tuple[RowRule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _columns_found(self) -> Table:
        for column in self.columns:
            if column.head is not None and self.header is None:
                raise ValueError("a column with `head` needs a header")
            if self.header and column.head is not None and len(column.heads) != len(self.header.lines):
                raise ValueError(f"`head` {column.head!r} needs one pattern for each of the header's lines")
        return self

    @cached_property
    def headed(self) -> tuple[tuple[int, Column], ...]:
        """The columns found by heading, with their number: those first that a heading names outright."""
        found = [(number, column) for number, column in enumerate(self.columns) if column.head is not None]
        return tuple(sorted(found, key=lambda entry: entry[1].captures))

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The headings that the layout names outright."""
        texts = [
            text for column in self.columns for pattern in column.heads for text in literal_texts(pattern)
        ]
        return tuple(dict.fromkeys(texts))

    @cached_property
    def row_labels(self) -> tuple[str, ...]:
        """The first labels of rows that the layout names outright."""
        return tuple(text for rule in self.rows for text in literal_texts(next(iter(rule.when.values()))))

    @cached_property
    def blocks(self) -> tuple[int, ...]:
        """For each column the number of its block; those that capture and follow each other are one."""
        blocks: list[int] = []
        for number, column in enumerate(self.columns):
            goes_on = bool(blocks) and column.captures and self.columns[number - 1].captures
            blocks.append(blocks[-1] if goes_on else number)
        return tuple(blocks)


class Sheets(Entry):
    """Sheets of the file (or files of a zip) that are read alike, by name or by pattern."""

    names: tuple[Names, ...] = ()
    matching: Pattern | None = None
    table: Slug | None = None
    ignore: Text | None = None
    optional: bool = False
    area: Slug | None = None
    parts: bool = False
    """Each sheet holds a part (a district) of the same figures."""

    @model_validator(mode="after")
    def _read_or_ignored(self) -> Sheets:
        if bool(self.names) == (self.matching is not None):
            raise ValueError("sheets are named by `names` or by `matching`")
        if (self.table is None) == (self.ignore is None):
            raise ValueError("sheets are read by a `table` or ignored with a reason")
        return self


class Combine(Entry):
    """Several cells make one figure.

    over: `parts` (always the sum) or `days` (sum for flow and unique, `stocks` for stock measures).
    tokens: `any` cell that says ND or NA makes the figure so; or it must stand `alone`.
    adds_rows: several rows of one day are no repetition: flow and unique measures add them.
    """

    over: Literal["parts", "days"]
    stocks: Literal["sum", "latest", "last_day_only"]
    tokens: Literal["any", "alone"]
    adds_rows: bool = False


class OtherWeeks(Entry):
    """The file repeats other weeks in columns of their own: only the return's week is taken.

    The others are ignored with the reason, and held cell by cell against what was accepted for their weeks. A
    heading that says no year is of the return's own.
    """

    ignore: Text


class TemplateTexts(Entry):
    """What a blank form of the layout says in a language, beside what the layout's own patterns say.

    labels: the texts that the patterns demand, in this language; none are needed in theirs.
    """

    title: Text
    instructions: Text
    total: Text
    labels: dict[Text, Text] = {}


class Layout(Entry):
    """One whole, dated layout. `city` is empty for a layout that any city may use."""

    layout: Slug
    city: Slug | None = None
    valid_from: Week
    valid_to: Week | None = None
    formats: Annotated[tuple[Literal["xlsx", "xls", "ods", "csv", "zip"], ...], Field(min_length=1)]
    csv: Csv = Csv()
    fingerprint: Fingerprint
    entity: tuple[Text, ...] = ()
    """What the cover may give as the sending entity."""
    model: Text | None = None
    """What the cover must give as the model of the workbook."""
    to_confirm: tuple[Text, ...] = ()
    """What a draft is not certain of, in words: a layout is used once each line was confirmed and removed."""
    numbers: Numbers
    tokens: Tokens
    service_points: ServicePoints
    words: Literal["table", "contract"] = "table"
    """Where labels are turned into codes: the table beside the layout, or the contract's own words."""
    nil_areas: dict[Text, Slug] = {}
    """Names of areas in nil declarations, where they are not the words of the area list."""
    combine: Combine | None = None
    other_weeks: OtherWeeks | None = None
    template: dict[Language, TemplateTexts] = {}
    """The texts of its blank form, which `regia template` writes for any city; none: it is only read."""
    sheets: Annotated[tuple[Sheets, ...], Field(min_length=1)]
    tables: dict[Slug, Table]

    @model_validator(mode="after")
    def _in_order(self) -> Layout:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to comes before valid_from")
        return self

    @model_validator(mode="after")
    def _other_weeks_comparable(self) -> Layout:
        if self.other_weeks is not None and self.combine is not None:
            raise ValueError("`other_weeks` are compared cell by cell: they do not go with `combine`")
        return self

    @model_validator(mode="after")
    def _tables_known(self) -> Layout:
        for sheets in self.sheets:
            if sheets.table is not None and sheets.table not in self.tables:
                raise ValueError(f"no table {sheets.table!r}; there are {', '.join(self.tables)}")
        unused = set(self.tables) - {sheets.table for sheets in self.sheets}
        if unused:
            raise ValueError(f"no sheet is read by table {', '.join(sorted(unused))}")
        return self

    @cached_property
    def sheet_names(self) -> tuple[str, ...]:
        """The sheets that the layout names, `one|other` with two names of one."""
        return tuple(name for sheets in self.sheets for name in sheets.names)

    @cached_property
    def stated_facts(self) -> frozenset[str]:
        """The facts that a file of this layout states."""
        return frozenset(
            group for table in self.tables.values() for rule in table.rows for group in rule.groups & FACTS
        )


class LayoutInUse(Entry):
    """A city's dated file that says: from this week on we send in that shared layout."""

    city: Slug
    valid_from: Week
    valid_to: Week | None = None
    uses: Slug


class Word(Entry):
    """A city's word for a measure (by kind of service point), a breakdown, or a category of a list."""

    what: Literal["measure", "breakdown", "category"]
    list: str = ""
    code: Text
    label: Text
    to_confirm: bool = False
    """A draft is not certain of it: whoever knows the city confirms it by emptying this cell."""


@lru_cache(maxsize=4096)
def is_letters(key: str) -> bool:
    """Whether a key of `when` is a column's letter and not its heading."""
    return _LETTERS.match(key) is not None


_SIGNS = re.compile(r"[\\^$*+?{}\[\]()]")
_ESCAPED = re.compile(r"\\([^\w\s])")
_BETWEEN = re.compile(r"(?<!\\)\|")


@lru_cache(maxsize=4096)
def literal_texts(pattern: str) -> tuple[str, ...]:
    """The texts that a pattern spells out, `lunedì|martedì`; what captures or repeats spells none."""
    if "(" in _ESCAPED.sub("", pattern):
        return ()
    texts = [text for text in _BETWEEN.split(pattern) if not _SIGNS.search(_ESCAPED.sub("", text))]
    return tuple(_ESCAPED.sub(r"\1", text) for text in texts if text)
