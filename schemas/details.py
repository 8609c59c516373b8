"""What fills in a message, before it is put into words of any language.

Lives here: the kinds of detail (numbers, days, figures, sums, names), and their form in JSON.
Must not live here: words; `schemas.messages` has them, language by language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer

from schemas.contract import TOTAL
from schemas.tables import Entry
from schemas.weeks import IsoWeek


class AsTyped(Entry):
    """A number in the form in which it is to be typed: no mark between its thousands."""

    number: Decimal


class FigureName(Entry):
    """A figure by its codes. `own`: what the city's own file calls it, where that is another name."""

    measure: str
    breakdown: str = TOTAL
    category: str = ""
    own: str = ""


class FigureNames(Entry):
    """Several figures of which the same is said: the first, and how many others there are."""

    first: FigureName
    others: int


class SumOf(Entry):
    """A sum of figures in the grammar of `schemas.expressions`, each of them of the same category.

    own: what the city's own file calls each term's figure, term by term ('' where it is the same name).
    """

    expression: str
    breakdown: str = TOTAL
    category: str = ""
    own: tuple[str, ...] = ()


class Share(Entry):
    """A part of a whole, 1 being all of it; shown in percent, and never rounded to the whole."""

    share: Decimal


class Bounds(Entry):
    """What a number ought to lie between; None: without limit on that side. is_strict: the limit is out."""

    low: Decimal | Share | None = None
    high: Decimal | Share | None = None
    is_strict: bool = False


class Listed(Entry):
    """Several names one after the other: of measures, of code lists, or words of the file as they stand."""

    what: Literal["measure", "list", "word"]
    codes: tuple[str, ...]


class Named(Entry):
    """Something that has a name in every language, by its code."""

    what: Literal["area", "city", "fact", "list", "measure"]
    code: str


class FilePart(Entry):
    """A part of a file that holds something: a cell, a comment, the name of a sheet, a property.

    part, property: by their keys in the catalogue. sheet_number: of a sheet that is told by its position.
    """

    part: str
    property: str = ""
    sheet_number: str = ""
    cells: tuple[str, ...] = ()


class NilOf(Entry):
    """What is declared without activity: a service point, or else an area."""

    service_point: str = ""
    area: str = ""


class Reported(Entry):
    """What is reported of a figure: a value, that it is not available or not applicable, or nothing."""

    number: Decimal | None = None
    flag: Literal["V", "ND", "NA", ""] = ""


_Composed = (
    AsTyped | Share | Bounds | FigureName | FigureNames | SumOf | Listed | Named | NilOf | FilePart | Reported
)

Detail = str | Decimal | IsoWeek | dt.date | dt.datetime | _Composed
"""A text is shown as it stands: words of the file, codes. Everything else is put into words."""

_COMPOSED: Mapping[str, type[_Composed]] = {
    "as_typed": AsTyped,
    "share": Share,
    "bounds": Bounds,
    "figure": FigureName,
    "figures": FigureNames,
    "sum": SumOf,
    "listed": Listed,
    "named": Named,
    "nil": NilOf,
    "part": FilePart,
    "reported": Reported,
}
_TAGS = {model: tag for tag, model in _COMPOSED.items()}


def plain_text(detail: Detail) -> str:
    """A detail as the published `found` and `expected` hold it: `12.5`, `2023-W42`, `16/10/2023`, `<= 4`."""
    if isinstance(detail, str):
        return detail
    if isinstance(detail, Decimal):
        return f"{detail:f}"
    if isinstance(detail, AsTyped):
        return f"{detail.number:f}"
    if isinstance(detail, Share):
        return f"{detail.share:f}"
    if isinstance(detail, Bounds):
        return _plain_bounds(detail)
    if isinstance(detail, Reported):
        return detail.flag if detail.number is None else f"{detail.number:f}"
    if isinstance(detail, dt.datetime):
        return detail.isoformat()
    if isinstance(detail, dt.date):
        return f"{detail:%d/%m/%Y}"
    if isinstance(detail, IsoWeek):
        return str(detail)
    raise TypeError(f"{type(detail).__name__} has no plain form")


def _plain_bounds(bounds: Bounds) -> str:
    low, high = (None if limit is None else plain_text(limit) for limit in (bounds.low, bounds.high))
    if low is not None and high is not None:
        return f"{low}-{high}"
    strict = "" if bounds.is_strict else "="
    return f">{strict} {low}" if high is None else f"<{strict} {high}"


def _written(detail: Detail) -> object:
    if isinstance(detail, str):
        return detail
    if isinstance(detail, Decimal):
        return {"number": f"{detail:f}"}
    if isinstance(detail, IsoWeek):
        return {"week": str(detail)}
    if isinstance(detail, dt.datetime):
        return {"instant": detail.isoformat()}
    if isinstance(detail, dt.date):
        return {"day": detail.isoformat()}
    return {_TAGS[type(detail)]: detail.model_dump(mode="json", exclude_defaults=True)}


def _read(given: Any) -> Detail:
    if not isinstance(given, dict):
        if isinstance(given, str | Decimal | IsoWeek | dt.date | _Composed):
            return given
        raise ValueError(f"{given!r} is not a detail")
    if len(given) != 1:
        raise ValueError(f"a detail has one tag, not {', '.join(given)}")
    ((tag, value),) = given.items()
    if tag == "number":
        return _decimal(value)
    if tag == "week":
        return IsoWeek.parse(value)
    if tag == "instant":
        return dt.datetime.fromisoformat(value)
    if tag == "day":
        return dt.date.fromisoformat(value)
    if tag in _COMPOSED:
        return _COMPOSED[tag].model_validate(value)
    raise ValueError(f"no detail is a {tag!r}")


def _decimal(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation as error:
        raise ValueError(f"{written!r} is not a number") from error


def _read_all(given: Any) -> tuple[tuple[str, Detail], ...]:
    pairs: Iterable[tuple[str, Any]] = given.items() if isinstance(given, Mapping) else given
    return tuple(sorted(((name, _read(detail)) for name, detail in pairs), key=lambda pair: pair[0]))


def _write_all(details: Iterable[tuple[str, Detail]]) -> dict[str, object]:
    return {name: _written(detail) for name, detail in details}


Details = Annotated[
    tuple[tuple[str, Any], ...],
    BeforeValidator(_read_all),
    PlainSerializer(_write_all, return_type=dict[str, Any], when_used="json"),
]
"""Details by name, ordered by it; an object in JSON. All but texts carry a tag: `{"week": "2023-W42"}`."""
