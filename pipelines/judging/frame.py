"""The cells of a return as one frame, held against the contract with pandera, all failures in one pass.

Lives here: grain, signs, decimals and code lists of mapped cells.
Must not live here: rules between figures (`rules`), or how cells were found (`sources.layouts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache, partial

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from pipelines.judging.context import Remark
from schemas.contract import Edition
from schemas.details import AsTyped, Detail
from sources.layouts.outcome import MappedCell

GRAIN = ["service_point", "measure", "breakdown", "category", "day", "part"]


def cells_frame(cells: Sequence[MappedCell], edition: Edition) -> pd.DataFrame:
    """One row a mapped cell, as given, of one at least; `decimals` counts the significant ones."""
    allowed = {measure.code: measure.decimals for measure in edition.measures}
    points, measures, breakdowns, categories, values, flags, days, parts, _ = zip(*cells, strict=True)
    return pd.DataFrame(
        {
            "service_point": points,
            "measure": measures,
            "breakdown": breakdowns,
            "category": categories,
            "day": ["" if day is None else day.isoformat() for day in days],
            "part": parts,
            "item": ["|".join(item) for item in zip(measures, breakdowns, categories, strict=True)],
            "value": [0.0 if value is None else float(value) for value in values],
            "flag": flags,
            "decimals": [0 if value is None else _decimals(value) for value in values],
            "allowed_decimals": [allowed[measure] for measure in measures],
        }
    )


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent >= 0:
        return 0
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@lru_cache(maxsize=256)
def _schema(items: frozenset[str], points: frozenset[str]) -> pa.DataFrameSchema:
    """The schema of the frame; the error of each check names the message that tells it."""
    return pa.DataFrameSchema(
        {
            "item": pa.Column(str, pa.Check.isin(items, error="unknown_category", ignore_na=False)),
            "value": pa.Column(float, pa.Check.ge(0, error="figure_negative", ignore_na=False)),
        },
        checks=[
            _check(lambda frame: frame["service_point"].isin(points), error="unknown_service_point"),
            _check(lambda frame: frame["flag"].isin(_FLAGS), error="figure_not_a_number"),
            _check(lambda frame: frame["decimals"] <= frame["allowed_decimals"], error="figure_decimals"),
            _check(lambda frame: ~frame.duplicated(GRAIN), error="figure_twice"),
        ],
    )


def load_checks() -> None:
    """Load what pandera would load at its first check; it takes a tenth of a second."""
    _schema(frozenset(), frozenset()).get_backend(pd.DataFrame())


_FLAGS = ("V", "ND", "NA")
_check = partial(pa.Check, ignore_na=False)
"""Nothing of the frame is ever empty: looking for that takes longer than the checks."""


def judge_cells(
    cells: Sequence[MappedCell], edition: Edition, points: frozenset[str]
) -> tuple[tuple[MappedCell, ...], tuple[Remark, ...]]:
    """The cells that stand, and a remark for each failure of the others.

    `points`: the service points on the roster in the return's week ('' is the city as a whole).
    """
    if not cells:
        return (), ()
    schema = _schema(edition.items, points)
    try:
        schema.validate(cells_frame(cells, edition), lazy=True)
    except SchemaErrors as failure:
        cases = failure.failure_cases
        failed = [
            (str(check), int(index)) for check, index in zip(cases["check"], cases["index"], strict=True)
        ]
        named = sorted({(index, check) for check, index in failed})
        refused = {index for index, _ in named}
        remarks = tuple(_remark(check, cells[index], edition) for index, check in named)
        return tuple(cell for index, cell in enumerate(cells) if index not in refused), remarks
    return tuple(cells), ()


def _remark(check: str, cell: MappedCell, edition: Edition) -> Remark:
    decimals = edition.measures_by_code[cell.measure].decimals
    is_too_fine = check == "figure_decimals"
    details: dict[str, Detail] = {} if cell.value is None else {"found": AsTyped(number=cell.value)}
    if is_too_fine and decimals:
        details["expected"] = Decimal(decimals)
    return Remark(
        "figure_not_whole" if is_too_fine and not decimals else check,
        cell.place,
        details,
        figure=(cell.service_point, cell.measure, cell.breakdown, cell.category),
        found="" if cell.value is None else None,
        expected="" if is_too_fine else None,
    )
