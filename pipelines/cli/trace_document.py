"""A trace as one JSON document: the figure, and every value it is made of with its cells.

Lives here: the document of `regia trace --json`.
Must not live here: words, or what a figure is made of (`pipelines.tracing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from pipelines.tracing.adding import (
    AddedValue,
    AnsweredBlocks,
    CityWeek,
    PartAdded,
    PointWeek,
    UnansweredCell,
)
from pipelines.tracing.published import DueReturn, PublishedFigure
from pipelines.tracing.rereading import Reread
from pipelines.tracing.trace import Trace
from schemas.contract import Edition
from schemas.formula_words import formula_in_words, part_in_words
from schemas.weeks import ROME
from sources.cells import Formula, Instant, Value


def trace_document(
    trace: Trace, edition: Edition, read: Reread, not_as_published: Collection[AddedValue]
) -> dict[str, Any]:
    """The whole trace. Numbers are JSON numbers; what stands in a cell is its text, or its number."""
    asked, figure = trace.asked, trace.published
    period = asked.period
    document: dict[str, Any] = {
        "edition": edition.slug,
        "indicator": asked.indicator.code,
        "label_it": asked.indicator.label_it,
        "unit": asked.indicator.unit,
        "period_kind": period.kind,
        "period": period.name,
        "period_start": period.start.isoformat(),
        "period_end": period.end.isoformat(),
        "horizon": str(trace.horizon),
        "as_of": _instant(asked.as_of),
        "breakdown": asked.figure.breakdown,
        "category": asked.figure.category,
        **_figure(figure),
        "why_empty": trace.why_empty,
        "formula": asked.indicator.formula,
        "formula_it": formula_in_words(edition, asked.figure),
        "scale": float(asked.figure.scale),
        "adds_up": not trace.mismatches,
        "mismatches": list(trace.mismatches),
        "not_as_published": [
            {"submission_id": value.submission_id, "file": value.file, "cells": _cells(value.places)}
            for value in not_as_published
        ],
        "unreadable": sorted(read.unreadable),
    }
    if asked.city is None:
        document["cities"] = [_figure(trace.figures[city]) for city in trace.cities]
    document["parts"] = [_part(part, edition, read) for part in trace.parts]
    document["returns"] = [_return(due) for due in trace.due]
    return document


def _figure(figure: PublishedFigure) -> dict[str, Any]:
    return {
        "city": figure.city,
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "cells_answered": figure.cells_answered,
        "cells_due": figure.cells_due,
        "is_partial": figure.is_partial,
        "is_provisional": figure.is_provisional,
    }


def _part(added: PartAdded, edition: Edition, read: Reread) -> dict[str, Any]:
    part = added.part
    return {
        "side": part.side,
        "fold": part.fold,
        "over_weeks": part.over_weeks,
        "threshold": _number(part.threshold),
        "words_it": part_in_words(edition, part),
        "value": _number(added.value),
        "cities": [
            {
                "city": city.city,
                "value": _number(city.value),
                "weeks": [_week(week, read) for week in city.weeks],
            }
            for city in added.cities
        ],
    }


def _week(week: CityWeek, read: Reread) -> dict[str, Any]:
    due = week.due_return
    return {
        "iso_week": str(week.week),
        "status": due.status,
        "submission_id": None if due.valid is None else due.valid.submission_id,
        "value": _number(week.value),
        "is_counted": week.is_counted,
        "cells_answered": week.cells_answered,
        "cells_due": week.cells_due,
        "points": [_point(point, read) for point in week.points],
    }


def _point(point: PointWeek, read: Reread) -> dict[str, Any]:
    return {
        "service_point": point.service_point,
        "added": _number(point.added),
        "cells_answered": point.answered,
        "cells_nil": point.nil,
        "cells_due": point.due,
        "nils": [
            {
                "service_point": nil.service_point,
                "area": nil.area,
                "reason": nil.reason,
                "by": "act" if nil.is_by_act else "file",
            }
            for nil in point.nils
        ],
        "values": [_value(value, read) for value in point.values],
        "answered_in": [_blocks(blocks) for blocks in point.answered_in],
        "unanswered": [_unanswered(cell) for cell in point.unanswered],
    }


def _value(value: AddedValue, read: Reread) -> dict[str, Any]:
    return {
        "measure": value.measure,
        "breakdown": value.breakdown,
        "category": value.category,
        "factor": _number(value.factor),
        "value": _number(value.value),
        "submission_id": value.submission_id,
        "file": value.file,
        "cells": [
            {"sheet": sheet, "cell": address, "written": _written(text)}
            for (sheet, address), text in zip(value.places, read.written(value), strict=True)
        ],
    }


def _blocks(answered: AnsweredBlocks) -> dict[str, Any]:
    return {
        "file": answered.file,
        "sheet": answered.sheet,
        "values": answered.values,
        "blocks": [str(block) for block in answered.blocks],
    }


def _unanswered(cell: UnansweredCell) -> dict[str, Any]:
    return {
        "measure": cell.measure,
        "breakdown": cell.breakdown,
        "category": cell.category,
        "why": cell.why,
        "file": cell.file,
        "cells": _cells(cell.places),
    }


def _cells(places: Collection[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"sheet": sheet, "cell": address} for sheet, address in places]


def _return(due: DueReturn) -> dict[str, Any]:
    valid = due.valid
    return {
        "city": due.city,
        "iso_week": str(due.week),
        "status": due.status,
        "due_at": _instant(due.due_at),
        "first_received_at": _instant(due.first_received_at),
        "submission_id": None if valid is None else valid.submission_id,
        "version": None if valid is None else valid.version,
        "received_at": None if valid is None else _instant(valid.received_at),
        "file_names": [] if valid is None else list(valid.file_names),
    }


def _instant(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ROME).isoformat()


def _number(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _written(value: Value | None) -> str | int | float | None:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Instant):
        return value.text
    return None if isinstance(value, Formula) else value
