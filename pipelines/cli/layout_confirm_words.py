"""A city's next layout put before whoever is to review it.

Lives here: what was confirmed, the diff of old and new, and what to do next.
Must not live here: the new layout itself (`pipelines.confirming`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.confirming import Confirmation
from schemas.contract import Edition
from schemas.messages.saying import visible


def confirmation_document(confirmation: Confirmation, paths: Sequence[Path]) -> dict[str, Any]:
    """The document of `layout confirm --json`."""
    return {
        "city": confirmation.city,
        "iso_week": str(confirmation.week),
        "read_by": confirmation.known.name,
        "leaves": confirmation.leaves,
        "renamed": [
            {
                "what": "sheet" if one.table is None else "heading",
                "found": one.found,
                "expected": one.known,
            }
            for one in confirmation.renamings
        ],
        "words": [word.model_dump(exclude={"to_confirm"}) for word in confirmation.words],
        "files": [str(path) for path in paths],
        "diff": "".join(file.diff for file in confirmation.files),
    }


def print_confirmation(confirmation: Confirmation, paths: Sequence[Path], edition: Edition) -> None:
    """What changes, line by line, and what its reader has to do."""
    name, week = edition.city(confirmation.city).name_it, confirmation.week.in_italian()
    if not confirmation.files:
        print(
            f"Nella scheda di {name} per la {week} non c'è nulla da confermare: con il layout "
            f"«{confirmation.known.name}» fogli, intestazioni e voci sono quelli noti."
        )
        return
    print(f"Layout nuovo per {name}, dalla {week} in poi\n")
    for one in confirmation.renamings:
        what = "Foglio" if one.table is None else "Intestazione"
        print(visible(f"  - {what} «{one.found}»: era «{one.known}» (valgono tutti e due i nomi)"))
    for word in confirmation.words:
        code = f"{word.list}:{word.code}" if word.what == "category" else word.code
        print(visible(f"  - Parola nuova «{word.label}»: {code}"))
    if confirmation.leaves is not None:
        print(
            f"\nIl layout comune «{confirmation.leaves}» non cambia per le altre città: "
            f"questa ne è una copia intera, propria di {name}."
        )
    for file in confirmation.files:
        print(visible(f"\n{file.diff or f'{file.name}: le parole restano quelle di prima'}"))
    print(f"Scritti: {', '.join(str(path) for path in paths)}. Così la scheda si legge senza quegli avvisi.")
    print("Riveda le differenze; poi metta i file fra i layout dell'edizione e ne faccia un commit.")
    print("Il layout di prima resta com'è, per le settimane precedenti.")
