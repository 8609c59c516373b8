"""A blank workbook in words: for whom it is, what it holds already, what to do with it.

Lives here: what `regia template` prints, as text and as JSON.
Must not live here: what goes into the workbook (`pipelines.templating`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.templating import Template
from schemas.contract import Edition
from schemas.weeks import ROME


def template_document(template: Template, path: Path) -> dict[str, Any]:
    """The document of `template --json`."""
    return {
        "file": str(path),
        "city": template.city,
        "iso_week": str(template.week),
        "version": template.version,
        "due_at": template.due_at.isoformat(),
        "service_points": [point.code for point in template.service_points],
        "replaces": template.replaces.submission_id if template.replaces else None,
        "last_week": template.last_week.submission_id if template.last_week else None,
        "filled_in": [
            {"code": code, "service_point": point, "value": str(value)}
            for (code, point), value in template.content.carried.items()
        ],
    }


def print_template(template: Template, path: Path, edition: Edition) -> None:
    """Where the workbook is, which version it is and why, and which figures it holds already."""
    print(f"Scheda da compilare: {path}")
    name, week = edition.city(template.city).name_it, template.week
    points = len(template.service_points)
    services = "1 servizio" if points == 1 else f"{points} servizi"
    print(f"{name}, {week.in_italian()}, {services}, versione {template.version}.")
    if template.replaces is not None:
        received = template.replaces.received_at.astimezone(ROME)
        print(
            f"Per questa settimana vale già la versione {template.replaces.version}, arrivata il "
            f"{received:%d/%m/%Y alle %H:%M}: questa la sostituirà."
        )
    filled = len(template.content.carried)
    if filled:
        figures = "Un valore è già compilato" if filled == 1 else f"{filled} valori sono già compilati"
        print(f"{figures} con i dati di domenica {week.shifted(-1).sunday:%d/%m/%Y}: li verifichi.")
    elif template.last_week is None and week != edition.facts.first_week:
        print("Per la settimana prima non c'è una scheda accettata: nessun valore è già compilato.")
    due_at = template.due_at.astimezone(ROME)
    print(f"Si invia da lunedì {week.shifted(1).monday:%d/%m/%Y}, entro il {due_at:%d/%m/%Y alle %H:%M}.")
