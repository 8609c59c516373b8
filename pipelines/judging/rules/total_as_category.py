"""Rule S08: a total taken in as a category, or a column of totals as a service point.

Lives here: finding a category, or a service point's column, that is the sum of all the others.
Must not live here: from what size on, and how unusual it must be; the rule's entry says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from pipelines.judging.context import FigureKey, ReadReturn, Remark
from pipelines.judging.rules.weeks_before import last_accepted
from pipelines.judging.rules.words import addresses
from schemas.contract import Rule
from schemas.details import Share
from schemas.thresholds import TotalAsCategory
from sources.layouts.combine import Figure
from sources.layouts.outcome import Place


def judge_total_as_category(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """One remark for each category, and each service point, that is the sum of all the others.

    Not judged where one of them is ND or not reported; NA counts 0.
    """
    limits = rule.total_as_category
    assert limits is not None
    yield from _columns(given, rule, limits)
    for (point, code), (total, _) in given.totals.values.items():
        if total is None or total < limits.total:
            continue
        for breakdown in given.edition.measures_by_code[code].breakdowns:
            code_list = given.edition.code_lists_by_code[breakdown]
            if code_list.is_additive:
                remark = _category(given, rule, limits, (point, code, breakdown), code_list.codes)
                if remark is not None:
                    yield remark


def _category(
    given: ReadReturn,
    rule: Rule,
    limits: TotalAsCategory,
    of: tuple[str, str, str],
    codes: Sequence[str],
) -> Remark | None:
    parts = [given.figures.get((*of, code)) for code in codes]
    values = [_answered(part) for part in parts]
    known = [value for value in values if value is not None]
    if len(known) < len(parts):
        return None
    largest, whole = max(known), sum(known)
    if 2 * largest != whole or sum(value > 0 for value in known) - 1 < limits.others:
        return None
    category = codes[known.index(largest)]
    usual = _usual_share(given, limits, of, category, codes)
    if usual is None or largest / whole < limits.times_usual * usual:
        return None
    places = [place for part in parts if part is not None for place in part.places]
    own = given.figures[(*of, category)]
    return Remark(
        "total_as_category",
        own.places[0],
        {
            "found": largest,
            "share": Share(share=largest / whole),
            "usual": Share(share=usual),
            "weeks": str(limits.weeks),
        },
        rule=rule.id,
        figure=own.key,
        cells=addresses(places, own.places[0]),
    )


def _usual_share(
    given: ReadReturn, limits: TotalAsCategory, of: tuple[str, str, str], category: str, codes: Sequence[str]
) -> Decimal | None:
    """The category's share of all over the last weeks that answer it; None where they answer nothing."""
    part = whole = Decimal(0)
    for totals in last_accepted(given, limits.weeks):
        accepted = given.past.valid(totals.week)
        assert accepted is not None, "its totals are known"
        own = accepted.values.get((*of, category), (None, "ND"))[0]
        if own is not None:
            part += own
            whole += sum(accepted.values.get((*of, code), (None, "ND"))[0] or 0 for code in codes)
    return part / whole if whole else None


def _columns(given: ReadReturn, rule: Rule, limits: TotalAsCategory) -> Iterator[Remark]:
    for kind in given.edition.facts.service_kinds:
        areas = given.edition.areas_by_kind[kind]
        points = [
            point
            for point in given.service_points
            if point and given.kind_of(point) == kind and not given.totals.is_nil(point, *areas)
        ]
        if len(points) > limits.others_in_row:
            rows = _rows_of(given.figures, points)
            for point, places in _sums_of_others(rows, points, limits).items():
                yield Remark(
                    "column_is_total",
                    places[0],
                    {"service_point": point, "rows": str(len(places))},
                    rule=rule.id,
                    figure=(point, "", "", ""),
                    cells=addresses(places, places[0]),
                    found=Decimal(len(places)),
                )


def _rows_of(figures: Mapping[FigureKey, Figure], points: Sequence[str]) -> list[dict[str, Figure]]:
    """The rows that every one of the service points answers, with the figure of each."""
    rows: dict[tuple[str, ...], dict[str, Figure]] = {}
    for (point, *item), figure in figures.items():
        if point in points and figure.flag != "ND":
            rows.setdefault(tuple(item), {})[point] = figure
    return [row for row in rows.values() if len(row) == len(points)]


def _sums_of_others(
    rows: Sequence[Mapping[str, Figure]], points: Sequence[str], limits: TotalAsCategory
) -> dict[str, list[Place]]:
    """The service points that are the sum of the others in every row with enough of those above zero."""
    found: dict[str, list[Place]] = {point: [] for point in points}
    for row in rows:
        values = {point: figure.value or Decimal(0) for point, figure in row.items()}
        whole, above_zero = sum(values.values()), sum(value > 0 for value in values.values())
        for point in [*found]:
            if above_zero - (values[point] > 0) < limits.others_in_row:
                continue
            if 2 * values[point] == whole:
                found[point].append(row[point].places[0])
            else:
                del found[point]
    return {point: places for point, places in found.items() if len(places) >= limits.rows}


def _answered(figure: Figure | None) -> Decimal | None:
    """A value, or 0 for NA; None for ND and not reported."""
    return None if figure is None or figure.flag == "ND" else figure.value or Decimal(0)
