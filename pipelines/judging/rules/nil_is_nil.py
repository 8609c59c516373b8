"""Rule H14: what is declared without activity has a reason, and only zeros or blanks.

Lives here: which cells a nil declaration covers, and what contradicts it.
Must not live here: how a layout writes a nil declaration.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.judging.context import FigureKey, ReadReturn, Remark
from pipelines.judging.rules.words import addresses
from schemas.contract import CITY_LEVEL, Edition, Rule
from schemas.details import Detail, NilOf
from sources.layouts.combine import Figure


def judge_nil_is_nil(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for a declaration without reason, and one for each cell above zero, ND or NA under one.

    A nil area covers its service points' cells, and the city-level cells where those are of the area.
    """
    for nil in given.nils:
        name = NilOf(service_point=nil.service_point, area="" if nil.service_point else nil.area)
        if not nil.reason:
            yield Remark("nil_without_reason", nil.place, {"nil": name}, rule=rule.id)
        for key, figure in given.figures.items():
            if is_covered(given.edition, nil.service_point, nil.area, key) and (
                figure.value is None or figure.value > 0
            ):
                yield Remark(
                    "nil_with_value",
                    figure.places[0],
                    {"nil": name, "found": _shown(figure)},
                    rule=rule.id,
                    figure=key,
                    cells=addresses(figure.places, figure.places[0]),
                    expected=Decimal(0),
                )


def is_covered(edition: Edition, nil_point: str, nil_area: str, key: FigureKey) -> bool:
    """Whether a figure lies in a service point, or without one in an area, that is declared nil."""
    point, measure = key[0], edition.measures_by_code[key[1]]
    if nil_point:
        return point == nil_point
    return measure.area == nil_area and (point != "" or measure.service_kind == CITY_LEVEL)


def _shown(figure: Figure) -> Detail:
    return figure.flag if figure.value is None else figure.value
