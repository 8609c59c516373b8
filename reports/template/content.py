"""What stands in a blank workbook, before anybody thinks of cells.

Lives here: the value types between choosing and rendering.
Must not live here: looks and addresses (`workbook`), the contract.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from schemas.contract import Language

Said = tuple[str, ...]
"""A text in the languages that the city reads, Italian first; one that is the same in two stands once."""

Entered = str | int | dt.date | None
"""What a cell of the cover holds already; None: nothing yet."""


@dataclass(frozen=True)
class CoverLine:
    """A row of the cover.

    holds: `given` cannot be changed; `version`, `day` and `entry` can; a `heading` opens the nil table,
    whose `headings` are the label and the value.
    """

    holds: Literal["given", "version", "day", "entry", "heading", "headings"]
    label: Said
    value: Entered = None
    value_beside: Said = ()
    """With `headings`: the second one in the other languages."""


@dataclass(frozen=True)
class Choice:
    """What may be declared nil, as it is written, and what it is called."""

    written: str
    name: Said


@dataclass(frozen=True)
class Point:
    """A column of figures: what heads it, its name, and the kind of service point that it is."""

    heading: str
    name: Said
    kind: str


@dataclass(frozen=True)
class Row:
    """A row of figures: those of a measure, which one kind of service point counts.

    opens: the first category of a breakdown. decimals: as many as the figures may have. only_zero_by: the
    rule by which nothing above zero may stand here, or empty.
    """

    code: str
    kind: str
    measure: Said
    detail: Said
    decimals: int
    is_total: bool
    opens: bool
    only_zero_by: str = ""


@dataclass(frozen=True)
class DataSheet:
    """A sheet of figures. headings: those before the service points; the one of the codes is hidden.

    names: what heads the names of the service points; None for a form without that row.
    """

    name: str
    title: Said
    headings: tuple[Said, ...]
    code_heading: str
    names: Said | None
    points: tuple[Point, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class CodeListShown:
    """A list of categories: its name, and each code with its own."""

    name: Said
    categories: tuple[Choice, ...]


@dataclass(frozen=True)
class RuleShown:
    """A rule that the return will be held against."""

    code: str
    statement: Said
    is_error: bool


@dataclass(frozen=True)
class Legend:
    """The sheet that explains the others."""

    name: str
    title: Said
    rules: tuple[RuleShown, ...]
    lists: tuple[CodeListShown, ...]


@dataclass(frozen=True)
class Tokens:
    """What is written where there is no figure."""

    not_available: str
    not_applicable: str


@dataclass(frozen=True)
class Content:
    """A blank workbook.

    carried: the figures known from the week before, by row code and heading of the service point. footer:
    what each printed page tells of the return. nil_choices: stand as a list in the nil table, which has a
    row for each. day: the date that the file bears as a document, so that the same content always gives
    the same bytes.
    """

    languages: tuple[Language, ...]
    title: Said
    footer: str
    instructions: Said
    cover: str
    lines: tuple[CoverLine, ...]
    nil_choices: tuple[Choice, ...]
    sheets: tuple[DataSheet, ...]
    legend: Legend
    carried: Mapping[tuple[str, str], Decimal]
    tokens: Tokens
    day: dt.date
