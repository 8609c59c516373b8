"""What a new version changes, as a page shows it before it is sent.

Lives here: rows of figures and indicators, before and after.
Must not live here: the comparison (`pipelines.resubmission`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pipelines.moved_indicators import MovedIndicator
from pipelines.portal.visits import Visit
from pipelines.resubmission import ChangedFigure, Resubmission, Said
from schemas.details import FigureName
from schemas.messages.saying import Speech
from schemas.nothing import sign_of

_FIGURES_SHOWN = 40


@dataclass(frozen=True)
class FigureRow:
    """A figure that is not what it was."""

    what: str
    where: str
    before: str
    after: str


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator of the week that moves."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """The figures that a version changes. more: how many are not shown; empty where all are."""

    lead: str
    figures: tuple[FigureRow, ...]
    more: str


def changes_of(visit: Visit, changes: Resubmission) -> Changes:
    """The figures that a version changes, in the words of the page."""
    texts = visit.texts
    left = len(changes.figures) - _FIGURES_SHOWN
    speech = Speech(visit.portal.contract.edition, visit.language)
    return Changes(
        lead=texts.say("draft.changes_lead", n=changes.replaces.version or 0),
        figures=tuple(_figure(visit, speech, figure) for figure in changes.figures[:_FIGURES_SHOWN]),
        more=texts.say("draft.more_figures", n=left) if left > 0 else "",
    )


def indicator_rows(visit: Visit, moved: Iterable[MovedIndicator]) -> tuple[IndicatorRow, ...]:
    """The indicators that a version moves, in the words of the page."""
    indicators = {indicator.code: indicator for indicator in visit.portal.contract.edition.indicators}
    return tuple(
        IndicatorRow(
            name=f"{one.indicator} {visit.label(indicators[one.indicator])}",
            before=_indicator(visit, one.before),
            after=_indicator(visit, one.after),
        )
        for one in moved
    )


def _figure(visit: Visit, speech: Speech, figure: ChangedFigure) -> FigureRow:
    point, measure, breakdown, category = figure.key
    name = speech.shown(FigureName(measure=measure, breakdown=breakdown, category=category))
    place = figure.place
    return FigureRow(
        what=f"{point} {name}" if point else name,
        where=" ".join(part for part in (place.sheet, place.cell) if part) if place is not None else "",
        before=_said(visit, figure.before),
        after=_said(visit, figure.after),
    )


def _said(visit: Visit, said: Said | None) -> str:
    """A value, or the sign of why there is none."""
    if said is None:
        return sign_of("not_reported")
    value, flag = said
    if value is None:
        return sign_of("not_applicable" if flag == "NA" else "not_available")
    return visit.number(value)


def _indicator(visit: Visit, value: float | None) -> str:
    return sign_of("not_reported") if value is None else visit.number(Decimal(str(value)))
