"""A return whose cover is known, made of a few figures: what the rules look at.

Lives here: figures from short words, in Torino's services.
Must not live here: files (`books`), the rules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from pipelines.judging.context import FigureKey, Past, ReadReturn
from schemas.contract import TOTAL, Edition, Flag
from schemas.weeks import IsoWeek
from sources.layouts.combine import Figure
from sources.layouts.outcome import NilDeclaration, Place
from tests.making.deadlines import due_at
from tests.making.pasts import KnownPast

W42 = IsoWeek(2023, 42)
MONDAY = dt.datetime.fromisoformat("2023-10-23T09:00:00+02:00")

MOBILE, DESK, HOUSE, PROJECT, CITY = "TO-UM-01", "TO-OSS-01", "TO-ACC-01", "TO-CIV-01", ""

_POINT_OF_KIND = {
    "mobile_unit": MOBILE,
    "one_stop_shop": DESK,
    "housing": HOUSE,
    "civic_project": PROJECT,
    "city": CITY,
}

Written = Mapping[str, int | float | str]
"""`guests_end`, `desk_visits|channel|UM` or `TO-ACC-02:guests_end` -> a number, `ND` or `NA`."""


def key_of(edition: Edition, text: str) -> FigureKey:
    """The figure that a short text means; without a service point: Torino's first of its kind."""
    point, _, item = text.rpartition(":")
    measure, breakdown, category = (*item.split("|"), TOTAL, "")[:3] if "|" not in item else item.split("|")
    kind = edition.measures_by_code[measure].service_kind
    return (point or _POINT_OF_KIND[kind], measure, breakdown, category)


def value_of(written: float | str) -> tuple[Decimal | None, Flag]:
    """Value and flag."""
    if written in ("ND", "NA"):
        return None, written  # type: ignore[return-value]
    return Decimal(str(written)), "V"


def values_of(edition: Edition, written: Written) -> dict[FigureKey, tuple[Decimal | None, Flag]]:
    """Figures as a past return keeps them."""
    return {key_of(edition, text): value_of(value) for text, value in written.items()}


def made_return(
    edition: Edition,
    written: Written | None = None,
    *,
    week: IsoWeek = W42,
    version: int | None = 1,
    sha256: str = "a" * 64,
    received_at: dt.datetime = MONDAY,
    past: Past | None = None,
    nils: tuple[NilDeclaration, ...] = (),
    highest: Written | None = None,
) -> ReadReturn:
    """A return of Torino that holds these figures, the n-th in cell An."""
    figures = {}
    tops = values_of(edition, highest or {})
    for row, (key, (value, flag)) in enumerate(values_of(edition, written or {}).items(), start=1):
        top = tops.get(key, (value, flag))[0]
        figures[key] = Figure(*key, value, flag, (Place("f", "Foglio", f"A{row}"),), top)
    return ReadReturn(
        edition=edition,
        city="torino",
        week=week,
        version=version,
        received_at=received_at,
        due_at=due_at(week),
        sha256=sha256,
        figures=figures,
        nils=nils,
        past=past or KnownPast(),
        file=Place("f"),
        version_text="" if version is None else str(version),
    )
