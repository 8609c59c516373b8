"""Which figure is to be traced, as somebody asks for it.

Lives here: indicator, period and category by the names that people type.
Must not live here: whether the figure is published.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from pipelines.refusals import WrongUsageError
from schemas.contract import TOTAL, Edition, Indicator
from schemas.formulas import IndicatorFigure, figures_of
from schemas.periods import Period, month_of, quarter_of, to_date, week_period
from schemas.tables import nearest
from schemas.weeks import IsoWeek


@dataclass(frozen=True)
class Asked:
    """A figure: what it is made of, when, and where. `city`: a slug, or None for the network.

    as_of: as it was known at that instant, None for now.
    """

    indicator: Indicator
    figure: IndicatorFigure
    period: Period
    city: str | None
    as_of: dt.datetime | None = None


def figure_named(
    edition: Edition, indicator: str, breakdown: str | None, category: str | None
) -> tuple[Indicator, IndicatorFigure]:
    """The figure of an indicator, its total unless a category is named. Raises WrongUsageError."""
    found = _indicator_named(edition, indicator)
    if (breakdown is None) != (category is None):
        raise WrongUsageError(
            "--breakdown e --category vanno insieme: per esempio --breakdown sex --category F."
        )
    figures = {(figure.breakdown, figure.category): figure for figure in figures_of(edition, found)}
    if breakdown is None or category is None:
        return found, figures[TOTAL, ""]
    if breakdown not in found.breakdowns:
        known = (
            f"È pubblicato per: {', '.join(found.breakdowns)}."
            if found.breakdowns
            else "Se ne pubblica solo il totale."
        )
        raise WrongUsageError(f"{found.code} non è disaggregato per «{breakdown}». {known}")
    codes = edition.code_lists_by_code[breakdown].codes
    by_folded = {code.casefold(): code for code in codes}
    code = by_folded.get(category.casefold())
    if code is None:
        raise WrongUsageError(f"«{category}» non è una voce di «{breakdown}». Sono: {', '.join(codes)}.")
    return found, figures[breakdown, code]


def _indicator_named(edition: Edition, text: str) -> Indicator:
    by_code = {indicator.code: indicator for indicator in edition.indicators}
    found = by_code.get(text.strip().upper())
    if found is not None:
        return found
    by_label = {indicator.label_it.casefold(): indicator for indicator in edition.indicators}
    if text.strip().casefold() in by_label:
        return by_label[text.strip().casefold()]
    close = nearest(text, [*by_code, *by_label])
    named = by_code.get(close or "") or by_label.get((close or "").casefold())
    if named is None:
        known = f"Sono: {', '.join(by_code)}."
    else:
        known = f"Intendeva «{named.code}» ({named.label_it})?"
    raise WrongUsageError(f"L'indicatore «{text}» non c'è. {known}")


_FORMS = "scriva una settimana (2023-W42), un mese (2023-10) o un trimestre (2023-Q4)"


def period_named(edition: Edition, text: str, *, is_to_date: bool) -> Period:
    """A period of the edition, typed as 2023-W42, 2023-10 or 2023-Q4. Raises WrongUsageError.

    is_to_date: from the edition's first week to the week that is typed.
    """
    name = text.strip().upper()
    if re.fullmatch(r"\d{4}-W\d{2}", name):
        return _week(edition, name, is_to_date=is_to_date)
    if is_to_date:
        raise WrongUsageError(
            f"--to-date arriva fino a una settimana: dopo --period scriva per esempio 2023-W42, non «{text}»."
        )
    if re.fullmatch(r"\d{4}-Q[1-4]", name):
        return next((quarter_of(week) for week in edition.weeks if week.quarter == name), None) or _outside(
            edition, text
        )
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", name):
        return next((month_of(week) for week in edition.weeks if week.month == name), None) or _outside(
            edition, text
        )
    raise WrongUsageError(f"«{text}» non è un periodo: {_FORMS}.")


def _week(edition: Edition, name: str, *, is_to_date: bool) -> Period:
    try:
        week = IsoWeek.parse(name)
    except ValueError as error:
        raise WrongUsageError(f"«{name}» non è una settimana: quell'anno ne ha di meno.") from error
    if week not in edition.weeks:
        _outside(edition, name)
    return to_date(edition, week) if is_to_date else week_period(week)


def _outside(edition: Edition, text: str) -> Period:
    first, last = edition.weeks[0], edition.weeks[-1]
    raise WrongUsageError(f"«{text}» è fuori dall'edizione, che va da {first} a {last}.")


def weeks_of(period: Period, horizon: IsoWeek) -> tuple[IsoWeek, ...]:
    """The weeks of a period up to the horizon."""
    last = min(IsoWeek.of(period.end), horizon)
    first = IsoWeek.of(period.start)
    return first.through(last) if first <= last else ()
