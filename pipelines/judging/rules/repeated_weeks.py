"""Rule S10, in part: cells that repeat another week differ from what was accepted for it.

Lives here: holding the other weeks of a file against the versions valid at its arrival.
Must not live here: which cells repeat a week (`sources.layouts.repeated`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipelines.judging.context import AcceptedReturn, PastValue, ReadReturn, Remark
from pipelines.judging.rules.words import addresses
from schemas.contract import Rule
from schemas.details import FigureName, NilOf, Reported
from schemas.weeks import IsoWeek
from sources.layouts.outcome import NilDeclaration
from sources.layouts.repeated import RepeatedCell, RepeatedWeek

MOST_CELLS = 10_000
"""So many cells are listed, over all weeks: a file whose every past cell differs has tens of thousands."""


def judge_repeated_weeks(given: ReadReturn, rule: Rule) -> Iterator[Remark]:
    """A remark for each other week of the file that has an accepted return and does not repeat it.

    Its place is the first cell that differs. A value, ND, NA and a blank are four different things; but
    where the week was declared nil, zero and blank are the same. A nil that was not accepted is told apart.
    """
    found = [
        (accepted, cells)
        for repeated in given.other_weeks
        if given.past.digest(repeated.week) not in (None, repeated.digest)
        and (accepted := given.past.valid(repeated.week)) is not None
        and (cells := _differing(given, repeated, accepted))
    ]
    for accepted, cells in found:
        yield _remark(rule, accepted, cells, MOST_CELLS // len(found))
    for repeated in given.other_weeks:
        totals = given.past.totals(repeated.week) if repeated.nils else None
        for nil in repeated.nils:
            if totals is not None and not totals.is_nil(nil.service_point, nil.area):
                yield _nil_remark(given, rule, repeated.week, nil)


def _differing(
    given: ReadReturn, repeated: RepeatedWeek, accepted: AcceptedReturn
) -> tuple[RepeatedCell, ...]:
    """The cells that say something else than what was accepted of the same figure.

    A service point that was not on the roster in that week has no figures in it.
    """
    return tuple(
        cell
        for cell in repeated.cells()
        if cell.reported != accepted.values.get(cell.key)
        and _is_on_roster(given, repeated, cell.key[0])
        and not (
            _is_zero_or_blank(cell.reported)
            and _is_zero_or_blank(accepted.values.get(cell.key))
            and accepted.totals.is_nil(cell.key[0], given.edition.measures_by_code[cell.key[1]].area)
        )
    )


def _is_on_roster(given: ReadReturn, repeated: RepeatedWeek, point: str) -> bool:
    return not point or given.edition.service_points_by_code[point].is_on_roster(repeated.week)


def _is_zero_or_blank(value: PastValue | None) -> bool:
    return value is None or value[0] == 0


def _remark(rule: Rule, accepted: AcceptedReturn, cells: Sequence[RepeatedCell], most: int) -> Remark:
    first = cells[0]
    place = first.place
    _, measure, breakdown, category = first.key
    return Remark(
        "repeated_week_differs",
        place,
        {
            "other": accepted.week,
            "cells": Decimal(len(cells)),
            "figure": FigureName(measure=measure, breakdown=breakdown, category=category),
            "found": _reported(first.reported),
            "expected": _reported(accepted.values.get(first.key)),
            "version": Decimal(accepted.version + 1),
        },
        rule=rule.id,
        figure=first.key,
        cells=addresses((cell.place for cell in cells[:most]), place) if len(cells) > 1 else (),
    )


def _nil_remark(given: ReadReturn, rule: Rule, week: IsoWeek, nil: NilDeclaration) -> Remark:
    accepted = given.past.valid(week)
    assert accepted is not None, "it has totals"
    return Remark(
        "repeated_week_nil",
        nil.place,
        {
            "other": week,
            "nil": NilOf(service_point=nil.service_point, area=nil.area),
            "version": Decimal(accepted.version + 1),
        },
        rule=rule.id,
        figure=(nil.service_point, "", "", ""),
    )


def _reported(value: PastValue | None) -> Reported:
    return Reported() if value is None else Reported(number=value[0], flag=value[1])
