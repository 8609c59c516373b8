"""A figure's formula said in Italian, from the contract's own names.

Lives here: sums, ratios, means and counts as phrases.
Must not live here: the grammar of formulas (`schemas.formulas`), values.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from babel.lists import format_list
from babel.numbers import format_decimal

from schemas.contract import TOTAL, Edition
from schemas.formulas import Cell, IndicatorFigure, Part


def formula_in_words(edition: Edition, figure: IndicatorFigure) -> str:
    """How the figure is computed: `la somma di «Persone accolte per la prima volta»`."""
    said = [part_in_words(edition, part) for part in figure.parts]
    if len(said) == 1:
        return f"{_times(figure.scale)}{said[0]}"
    above, below = said
    return f"{_times(figure.scale)}({above}) / ({below})"


def part_in_words(edition: Edition, part: Part) -> str:
    """What one sum is, over service points and weeks."""
    match part.fold:
        case "returns_on_time":
            return "le schede la cui prima versione accettata è arrivata entro la scadenza"
        case "returns_due":
            return "le schede dovute"
        case "cells_answered":
            return "le celle con risposta"
        case "cells_due":
            return "le celle dovute"
        case "points":
            return f"{_points(edition, part)}{_when(part)}"
        case "sum":
            if part.over_weeks == "mean":
                return f"la media settimanale di {cells_in_words(edition, part.cells)}"
            return f"la somma di {cells_in_words(edition, part.cells)}{_when(part)}"
        case _:
            assert_never(part.fold)


def weeks_in_words(part: Part) -> str:
    """How the weeks of a period make its figure, as a sentence."""
    match part.over_weeks:
        case "sum":
            return "Le settimane si sommano."
        case "last":
            return "Vale l'ultima settimana del periodo in cui la città ha risposto; le altre non si sommano."
        case "mean":
            return "Si fa la media delle settimane con risposta, città per città; la rete ne è la somma."
        case _:
            assert_never(part.over_weeks)


def _when(part: Part) -> str:
    return " nell'ultima settimana con risposta" if part.over_weeks == "last" else ""


def _times(scale: Fraction) -> str:
    return "" if scale == 1 else f"{_number(Decimal(scale.numerator) / Decimal(scale.denominator))} × "


def _number(number: Decimal) -> str:
    return format_decimal(number, format="#,##0.###", locale="it_IT")


def _points(edition: Edition, part: Part) -> str:
    kinds = {edition.measures_by_code[cell.measure].service_kind for cell in part.cells}
    names = format_list(
        [edition.facts.service_kinds.get(kind, "intera città") for kind in sorted(kinds)], locale="it"
    )
    return f"i servizi ({names}) con almeno una cella sopra {_number(part.threshold)}"


def cells_in_words(edition: Edition, cells: Iterable[Cell]) -> str:
    """`«Uscite» (esito: SAI, CAS) meno «Ingressi»`."""
    grouped: dict[tuple[str, str, Decimal], list[str]] = {}
    for cell in cells:
        grouped.setdefault((cell.measure, cell.breakdown, cell.factor), []).append(cell.category)
    text = ""
    for (measure, breakdown, factor), categories in grouped.items():
        size = "" if abs(factor) == 1 else f"{_number(abs(factor))} × "
        name = f"{size}{measure_in_words(edition, measure, breakdown, categories)}"
        joint = ("" if factor > 0 else "meno ") if not text else (" più " if factor > 0 else " meno ")
        text += f"{joint}{name}"
    return text


def measure_in_words(edition: Edition, measure: str, breakdown: str, categories: Iterable[str]) -> str:
    """`«Uscite»` for the total, `«Uscite» (esito: SAI, CAS)` for categories."""
    label = f"«{edition.measures_by_code[measure].label_it}»"
    if breakdown == TOTAL:
        return label
    labels = {one.code: one.label_it for one in edition.code_lists_by_code[breakdown].categories}
    listed = ", ".join(labels[category] for category in categories)
    return f"{label} ({edition.list_name_it(breakdown)}: {listed})"


def subtracts(part: Part) -> bool:
    """Whether the part takes cells away, which it does only where the rest of the point was answered."""
    return any(cell.factor < 0 for cell in part.cells)
