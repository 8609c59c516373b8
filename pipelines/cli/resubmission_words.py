"""How a new version is put before people beside the one that it would replace.

Lives here: what changes, on the terminal and in JSON.
Must not live here: the comparison itself (`pipelines.resubmission`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal

from pipelines.cli.findings_words import number_it, print_wrapped
from pipelines.judging.context import Contract
from schemas.addresses import is_csv, spot_of
from schemas.details import FigureName
from schemas.messages.saying import Speech
from schemas.nothing import sign_of
from schemas.weeks import ROME

if TYPE_CHECKING:
    from pipelines.resubmission import ChangedFigure, Resubmission, Said

ASK_FOR_A_REASON = (
    "Quando invia di nuovo dica perché, con --reason: late_data (dati arrivati dopo), correction (un errore "
    "corretto), reclassification (dati spostati da una voce all'altra), duplicate (dati doppi tolti)."
)
_FIGURES_SHOWN = 20


def resubmission_document(changes: Resubmission) -> dict[str, Any]:
    """What a new version changes, as JSON tells it; a value that is not reported is null."""
    return {
        "replaces": changes.replaces.submission_id,
        "version": changes.replaces.version,
        "received_at": changes.replaces.received_at.isoformat(),
        "figures": [
            {
                **dict(zip(("service_point", "measure", "breakdown", "category"), figure.key, strict=True)),
                "before": _said_document(figure.before),
                "after": _said_document(figure.after),
                "sheet": figure.place.sheet if figure.place else None,
                "cell": figure.place.cell if figure.place else None,
            }
            for figure in changes.figures
        ],
        "indicators": [
            {"indicator": moved.indicator, "before": moved.before, "after": moved.after}
            for moved in changes.indicators
        ],
    }


def _said_document(said: Said | None) -> str | None:
    """A value as text, exactly; ND or NA; null for not reported."""
    if said is None:
        return None
    value, flag = said
    return flag if value is None else f"{value:f}"


def print_resubmission(changes: Resubmission, contract: Contract) -> None:
    """What is different from the version now valid, in the clerk's own figures first."""
    received = changes.replaces.received_at.astimezone(ROME)
    before = f"versione {changes.replaces.version}, arrivata il {received:%d/%m/%Y alle %H:%M}"
    if not changes.figures and not changes.indicators:
        print(f"Rispetto alla {before}, non cambia nessun valore.\n")
        return
    print(f"Rispetto alla {before}, {_changing(len(changes.figures))}:")
    speech = Speech(contract.edition)
    for figure in changes.figures[:_FIGURES_SHOWN]:
        point, measure, breakdown, category = figure.key
        name = speech.shown(FigureName(measure=measure, breakdown=breakdown, category=category))
        told = f"{_said(figure.before)} → {_said(figure.after)}"
        print(f"  {point + ' ' if point else ''}{name}: {told}{_where(figure)}")
    if len(changes.figures) > _FIGURES_SHOWN:
        print(f"  e altri {number_it(len(changes.figures) - _FIGURES_SHOWN)} (tutti con --json)")
    if changes.indicators:
        print("Effetto sugli indicatori della settimana:")
        labels = {indicator.code: indicator.label_it for indicator in contract.edition.indicators}
        for moved in changes.indicators:
            told = f"{_figure(moved.before)} → {_figure(moved.after)}"
            print(f"  {moved.indicator} {labels[moved.indicator]}: {told}")
    print_wrapped(ASK_FOR_A_REASON)
    print()


def _said(said: Said | None) -> str:
    if said is None:
        return sign_of("not_reported")
    value, flag = said
    if value is None:
        return sign_of("not_applicable" if flag == "NA" else "not_available")
    return number_it(value.normalize())


def _figure(value: float | None) -> str:
    return "nessun valore" if value is None else format_decimal(value, format="#,##0.##", locale="it_IT")


def _changing(count: int) -> str:
    if count == 0:
        return "non cambia nessun valore, ma ciò che è dichiarato senza attività"
    return "1 valore cambia" if count == 1 else f"{number_it(count)} valori cambiano"


def _where(figure: ChangedFigure) -> str:
    """`  (foglio «2 Housing», E12)`; of a CSV `  (riga 12, colonna 5)`."""
    if figure.place is None or figure.place.cell is None:
        return ""
    cell = figure.place.cell
    spot = spot_of(cell)
    if spot is not None and is_csv(cell):
        cell = f"riga {spot.row}, colonna {spot.column}"
    sheet = f"foglio «{figure.place.sheet.strip()}», " if figure.place.sheet else ""
    return f"  ({sheet}{cell})"
