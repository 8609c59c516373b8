"""Releases in words: what was frozen, what it lacks, what lies there, what is amiss.

Lives here: what `regia freeze`, `reopen` and `releases` print.
Must not live here: any decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel.numbers import format_decimal

from pipelines.acts import Acts
from pipelines.cli.board_words import weeks_in_words
from pipelines.freezing import Frozen
from pipelines.home import Home
from pipelines.releases import Defect, DefectFound, LostRelease, folder_of
from schemas.acts import Freeze, Reopening
from schemas.contract import Edition
from schemas.weeks import ROME, IsoWeek

_DEFECTS_IT: Mapping[Defect, str] = {
    "lost": "la cartella del rilascio non c'è",
    "changed": "il file non è quello di allora",
    "missing": "il file non c'è",
    "added": "il file non fa parte del rilascio",
    "unknown": "non è un rilascio",
}


def frozen_document(frozen: Frozen) -> dict[str, Any]:
    """What `freeze --json` prints."""
    return {
        **frozen.freeze.model_dump(mode="json", exclude={"act"}),
        "folder": str(frozen.folder),
        "files": [file.model_dump(mode="json") for file in frozen.manifest.files],
        "missing": [
            {"city": city, "iso_week": week, "status": status}
            for city, week, status in frozen.answered.lacking
        ],
    }


def print_frozen(frozen: Frozen, edition: Edition) -> None:
    """The release, what it lacks, and what follows from it."""
    freeze, answered = frozen.freeze, frozen.answered
    print(f"Congelato {freeze.quarter} di {edition.facts.name_it}: rilascio {freeze.release}.")
    print(f"Schede valide: {_number(answered.valid)} su {_number(answered.due)} attese.")
    for city in dict.fromkeys(city for city, _, _ in answered.lacking):
        weeks = [IsoWeek.parse(week) for where, week, _ in answered.lacking if where == city]
        print(f"  {edition.city(city).name_it}: manca {weeks_in_words(weeks)}")
    print(f"Cartella: {frozen.folder}")
    print(
        f"Da ora una correzione di {freeze.quarter} è respinta, finché il trimestre non è riaperto per la "
        "città («regia reopen»)."
    )


def print_reopened(act: Reopening, edition: Edition) -> None:
    """What the city may do now."""
    city = edition.city(act.city).name_it
    print(f"Riaperto {act.quarter} per {city} fino al {act.until:%d/%m/%Y} compreso: {act.reason}")
    print(
        "Una scheda respinta perché il trimestre era congelato si giudica di nuovo con «regia rejudge "
        f"INVIO». Quando le correzioni sono arrivate: «regia consolidate», poi «regia freeze {act.quarter}»."
    )


def releases_document(home: Home, acts: Acts, edition: Edition) -> list[dict[str, Any]]:
    """What `releases --json` prints."""
    return [
        {
            **freeze.model_dump(mode="json", exclude={"act", "notes"}),
            "folder": str(folder_of(home, freeze)),
            "is_there": folder_of(home, freeze).is_dir(),
            "reopenings": [
                one.model_dump(mode="json", include={"city", "reason", "until", "at", "by"})
                for one in acts.reopenings_of(edition.slug, freeze.quarter)
            ],
        }
        for freeze in acts.freezes_of(edition.slug)
    ]


def print_releases(home: Home, acts: Acts, edition: Edition) -> None:
    """A line a release, and the reopenings of its quarter."""
    freezes = acts.freezes_of(edition.slug)
    if not freezes:
        print("Nessun trimestre è stato congelato.")
        return
    for quarter in sorted({freeze.quarter for freeze in freezes}):
        print(quarter)
        for freeze in (one for one in freezes if one.quarter == quarter):
            _print_release(home, freeze)
        for one in acts.reopenings_of(edition.slug, quarter):
            city = edition.city(one.city).name_it
            print(f"  riaperto per {city} fino al {one.until:%d/%m/%Y} ({one.by}): {one.reason}")


def _print_release(home: Home, freeze: Freeze) -> None:
    folder = folder_of(home, freeze)
    there = str(folder) if folder.is_dir() else "la cartella non c'è: «regia rebuild» la rifà"
    print(
        f"  rilascio {freeze.release}, {freeze.at.astimezone(ROME):%d/%m/%Y alle %H:%M}, {freeze.by}: {there}"
    )


def print_defects(found: Sequence[DefectFound], home: Home, edition: Edition) -> None:
    """What is not as it was; or that all is."""
    if not found:
        print("I rilasci sono intatti.")
        return
    print(f"Nei rilasci ({home.releases(edition.slug)}) qualcosa non è com'era:")
    for one in found:
        print(f"  {one.place}: {_DEFECTS_IT[one.kind]}")
    print("«regia rebuild» rifà i rilasci dai file ricevuti, se le definizioni di allora valgono ancora.")


def lost_in_words(lost: LostRelease) -> str:
    """A release that what was received does not give again."""
    why = (
        "le definizioni sono cambiate da allora"
        if lost.has_other_definitions
        else "le schede, le decisioni o i programmi non danno più gli stessi dati"
    )
    release, quarter = lost.freeze.release, lost.freeze.quarter
    return (
        f"ATTENZIONE: il rilascio {release} di {quarter} manca o è danneggiato, e non si può rifare uguale "
        f"({why}). Lo rimetta al suo posto da una copia: nulla è stato messo al posto suo."
    )


def _number(count: int) -> str:
    return format_decimal(count, locale="it")
