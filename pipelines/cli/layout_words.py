"""A drafted layout put before whoever is to confirm it.

Lives here: what was placed, what is doubtful, what found no place and why, and what to do next.
Must not live here: the draft itself (`pipelines.drafts`).
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.cli.findings_words import number_it
from pipelines.drafts import Suggestion
from schemas.contract import Edition
from schemas.messages.saying import Speech, visible
from sources.layouts.model import Word
from sources.layouts.outcome import Trouble
from sources.layouts.suggesting.drafting import Draft

_WIDTH = 100
_SHOWN = 20
_WHAT_IT = {"measure": "voce", "breakdown": "ripartizione", "category": "categoria"}


def suggestion_document(suggestion: Suggestion, paths: Sequence[Path]) -> dict[str, Any]:
    """The document of `layout suggest --json`."""
    draft = suggestion.draft
    document: dict[str, Any] = {
        "city": suggestion.city,
        "iso_week": str(suggestion.week),
        "readable_by": suggestion.readable_by.name if suggestion.readable_by else None,
        "files": [str(path) for path in paths],
    }
    if draft is not None:
        document |= {
            "cells": draft.reading.counts.model_dump(),
            "figures": len(draft.reading.cells),
            "to_confirm": list(draft.layout.to_confirm),
            "words": [word.model_dump() for word in draft.words],
            "unplaced": [{"what": what, "label": label, "why": why} for what, label, why in draft.unplaced],
            "troubles": [
                {
                    "kind": t.kind,
                    "sheet": t.place.sheet,
                    "cell": t.place.cell,
                    "found": t.details.get("found"),
                }
                for t in draft.reading.troubles
            ],
        }
    return document


def print_suggestion(suggestion: Suggestion, paths: Sequence[Path], edition: Edition) -> None:
    """What the draft holds, and what its reader has to do."""
    name, week = edition.city(suggestion.city).name_it, suggestion.week.in_italian()
    if suggestion.readable_by is not None:
        layout = suggestion.readable_by.layout
        print(f"La scheda di {name} per la {week} si legge già tutta con il layout «{layout.layout}».")
        if not suggestion.is_in_use:
            print("Per adottarlo basta un file di tre righe:\n")
            print(f'city: {suggestion.city}\nvalid_from: "{suggestion.week}"\nuses: {layout.layout}')
        return
    draft = suggestion.draft
    assert draft is not None
    counts = draft.reading.counts
    print(f"Bozza di layout per {name}, dalla scheda della {week}\n")
    print(
        f"Celle riempite: {number_it(counts.read)}, di cui {number_it(len(draft.reading.cells))} lette come "
        f"cifre.\nIgnorate: {number_it(counts.ignored)}. Non collocate: {number_it(counts.refused)}."
    )
    _print_words(draft, edition)
    print("\nDa confermare nella struttura")
    for note in draft.layout.to_confirm:
        _print_item(note)
    _print_unplaced(draft, edition)
    if paths:
        layout_path, words_path = paths
        print(f"\nScritti {layout_path} (la struttura) e {words_path.name} (le parole).")
        print("Controlli le parole con «true», corregga i codici sbagliati e vuoti quella colonna; poi tolga")
        print("le righe di `to_confirm` e metta i due file fra i layout dell'edizione: prima non si usano.")


def _print_words(draft: Draft, edition: Edition) -> None:
    doubtful = [word for word in draft.words if word.to_confirm]
    total = number_it(len(draft.words))
    if not doubtful:
        print(f"\nParole riconosciute: {total}, nessuna in dubbio.")
        return
    print(f"\nParole riconosciute: {total}, di cui {number_it(len(doubtful))} in dubbio")
    for word in doubtful[:_SHOWN]:
        _print_item(f"«{word.label}»: forse {_meaning(word, edition)}")
    _print_more(len(doubtful))


def _meaning(word: Word, edition: Edition) -> str:
    if word.what == "measure":
        return f"«{edition.measures_by_code[word.code].label_it}»"
    if word.what == "breakdown":
        return f"la ripartizione per {edition.list_name_it(word.code)}"
    categories = edition.code_lists_by_code[word.list].categories
    label = next(category.label_it for category in categories if category.code == word.code)
    return f"«{label}» ({edition.list_name_it(word.list)})"


def _print_unplaced(draft: Draft, edition: Edition) -> None:
    speech = Speech(edition, "it")
    told: Counter[str] = Counter()
    first: dict[str, Trouble] = {}
    for trouble in draft.reading.troubles:
        message = speech.say(trouble.kind, trouble.details)[0]
        told[message] += 1
        first.setdefault(message, trouble)
    if not told and not draft.unplaced:
        return
    print("\nNon collocato")
    for what, label, why in draft.unplaced[:_SHOWN]:
        _print_item(f"{_WHAT_IT[what]} «{label}»: {why}")
    _print_more(len(draft.unplaced))
    for message, count in told.most_common(_SHOWN):
        place = first[message].place
        where = " ".join(part for part in (place.sheet, place.cell) if part)
        more = f", e altre {number_it(count - 1)} volte" if count > 1 else ""
        _print_item(f"{message} ({where}{more})")
    _print_more(len(told))


def _print_more(count: int) -> None:
    if count > _SHOWN:
        print(f"  e altre {number_it(count - _SHOWN)}: l'elenco intero con --json")


def _print_item(text: str) -> None:
    print(textwrap.fill(visible(text), _WIDTH, initial_indent="  - ", subsequent_indent="    "))
