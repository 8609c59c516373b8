"""The board in words: city by week, what is still to be done, and how far the published figures go.

Lives here: what `regia status` prints.
Must not live here: the state of a city-week (`pipelines.board`), or any decision.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.board import CityWeek, Published, State
from pipelines.judging.context import Contract
from schemas.contract import Edition
from schemas.deadlines import Deadlines
from schemas.weeks import ROME, IsoWeek

_STATES_IT: Mapping[State, str] = {
    "on_time": "puntuale",
    "late": "in ritardo",
    "awaited": "attesa",
    "missing": "manca",
    "rejected": "respinta",
}
_WEEKDAYS_IT = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")


def city_week_document(entry: CityWeek, published: Published) -> dict[str, Any]:
    """A city-week as JSON tells it."""
    return {
        "city": entry.city,
        "iso_week": str(entry.week),
        "due_at": entry.due_at.isoformat(),
        "status": entry.state,
        "submission_id": entry.submission_id,
        "version": entry.version,
        "received_at": entry.received_at.astimezone(ROME).isoformat() if entry.received_at else None,
        "errors": entry.errors,
        "warnings": entry.warnings,
        "confirmed": entry.confirmed,
        "waived": entry.waived,
        "is_revised": entry.is_revised,
        "refused_since": entry.refused_since,
        "sent_back": entry.sent_back,
        "nils": [
            nil.model_dump(mode="json", include={"service_point", "area", "reason", "at", "by"})
            for nil in entry.nils
        ],
        "is_to_consolidate": entry.week in published.to_consolidate,
    }


def print_board(
    board: Sequence[CityWeek],
    weeks: Sequence[IsoWeek],
    contract: Contract,
    deadlines: Deadlines,
    published: Published,
    at: dt.datetime,
) -> None:
    """City by week; or a line a city with its details where there is one week. Then what is to be done."""
    names = {slug: contract.edition.city(slug).name_it for slug in contract.edition.city_slugs}
    print(f"{contract.edition.facts.name_it}\nSituazione di {instant_in_words(at)}\n")
    if len(weeks) == 1:
        _print_week(board, weeks[0], deadlines, names)
    else:
        _print_weeks(board, weeks, names)
    counts = Counter(entry.state for entry in board)
    print("\n" + ", ".join(f"{_STATES_IT[state]}: {counts[state]}" for state in _STATES_IT if counts[state]))
    _print_open_ends(board, names, at)
    _print_nils(board, names, contract.edition)
    _print_moved(board, names)
    _print_published(published)
    _print_next_deadline(deadlines, at)


def _print_weeks(board: Sequence[CityWeek], weeks: Sequence[IsoWeek], names: Mapping[str, str]) -> None:
    by_place = {(entry.city, entry.week): entry for entry in board}
    rows = [["", *(str(week) for week in weeks)]]
    rows += [[name, *(_cell(by_place.get((city, week))) for week in weeks)] for city, name in names.items()]
    _print_columns(rows)


def _cell(entry: CityWeek | None) -> str:
    if entry is None:
        return "-"
    parts = [_STATES_IT[entry.state]]
    if entry.is_revised:
        parts.append(f"v{entry.version}")
    if entry.refused_since is not None:
        parts.append(f"v{entry.refused_since} respinta")
    if entry.sent_back is not None:
        parts.append("rimandata")
    if entry.nils:
        parts.append("nil")
    if entry.warnings:
        parts.append(_number(entry.warnings, "avviso", "avvisi") + _decided(entry))
    return ", ".join(parts)


def _print_week(
    board: Sequence[CityWeek], week: IsoWeek, deadlines: Deadlines, names: Mapping[str, str]
) -> None:
    print(f"{week.in_italian().capitalize()}, scadenza {instant_in_words(deadlines.due_at(week))}\n")
    by_city = {entry.city: entry for entry in board}
    rows = [["", "stato", "arrivata", "versione", "errori", "avvisi"]]
    rows += [[name, *_details(by_city.get(city))] for city, name in names.items()]
    _print_columns(rows)


def _details(entry: CityWeek | None) -> list[str]:
    if entry is None:
        return ["-", "", "", "", ""]
    arrived = f"{entry.received_at.astimezone(ROME):%d/%m alle %H:%M}" if entry.received_at else ""
    version = f"v{entry.version}" if entry.version is not None else ""
    if entry.refused_since is not None:
        version += f" (v{entry.refused_since} respinta)"
    if entry.sent_back is not None:
        version += " (rimandata)"
    return [
        f"{_STATES_IT[entry.state]}{' (nil)' if entry.nils else ''}",
        arrived,
        version,
        str(entry.errors or ""),
        f"{entry.warnings}{_decided(entry)}" if entry.warnings else "",
    ]


def _decided(entry: CityWeek) -> str:
    """How many of the warnings somebody has already decided about."""
    told = [
        _number(count, one, many)
        for count, one, many in (
            (entry.confirmed, "confermato", "confermati"),
            (entry.waived, "in deroga", "in deroga"),
        )
        if count
    ]
    return f" ({', '.join(told)})" if told else ""


def _print_columns(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (f"{text:<{width}}" for text, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _print_open_ends(board: Sequence[CityWeek], names: Mapping[str, str], at: dt.datetime) -> None:
    """Whom to call: what is missing past its deadline, what was refused and not sent again."""
    if not any(entry.submission_id for entry in board):
        print("\nNessuna scheda è arrivata per queste settimane.")
        return
    lines = []
    for city, name in names.items():
        entries = [entry for entry in board if entry.city == city]
        missing = [entry for entry in entries if entry.state == "missing"]
        if missing:
            weeks = weeks_in_words([entry.week for entry in missing])
            lines.append(f"  {name}: manca {weeks}, scadenza passata {_since(missing[0].due_at, at)}")
        for entry in entries:
            if entry.state == "rejected":
                problem = _number(entry.errors, "errore", "errori")
                lines.append(f"  {name}: {entry.week} respinta ({problem}), nessuna scheda valida")
            elif entry.refused_since is not None:
                refused, valid = entry.refused_since, entry.version
                lines.append(f"  {name}: {entry.week} v{refused} respinta, vale ancora la v{valid}")
            elif entry.sent_back is not None:
                lines.append(f"  {name}: {entry.week} v{entry.version} rimandata: {entry.sent_back}")
    if lines:
        print("\nDa sollecitare")
        print("\n".join(lines))


def _print_nils(board: Sequence[CityWeek], names: Mapping[str, str], edition: Edition) -> None:
    lines = [
        f"  {names[entry.city]}: {entry.week} "
        f"{nil.service_point or edition.areas_by_code[nil.area].label_it}: {nil.reason} ({nil.by})"
        for entry in board
        for nil in entry.nils
    ]
    if lines:
        print("\nSenza attività, dichiarate senza scheda (nil)")
        print("\n".join(lines))


def _print_moved(board: Sequence[CityWeek], names: Mapping[str, str]) -> None:
    """The deadlines that acts set, each act once."""
    lines: dict[str, None] = {}
    for entry in board:
        if (moved := entry.moved) is not None:
            whom = names[moved.city] if moved.city else "tutte le città"
            until = instant_in_words(moved.due_at)
            lines[f"  {whom}: {moved.iso_week} fino a {until}: {moved.reason} ({moved.by})"] = None
    if lines:
        print("\nScadenze spostate")
        print("\n".join(lines))


def weeks_in_words(weeks: Sequence[IsoWeek]) -> str:
    """2023-W42; 2023-W41 e 2023-W42; 2023-W38, 2023-W40 e altre 3; da 2023-W37 a 2023-W42."""
    if len(weeks) > 2 and weeks[0].through(weeks[-1]) == tuple(weeks):
        return f"da {weeks[0]} a {weeks[-1]} ({len(weeks)} settimane)"
    if len(weeks) > 6:
        return ", ".join(map(str, weeks[:6])) + f" e altre {len(weeks) - 6}"
    first = ", ".join(map(str, weeks[:-1]))
    return f"{first} e {weeks[-1]}" if first else str(weeks[-1])


def _since(moment: dt.datetime, at: dt.datetime) -> str:
    hours = int((at - moment).total_seconds() // 3600)
    if hours < 1:
        return "da meno di un'ora"
    if hours < 48:
        return f"da {_number(hours, 'ora', 'ore')}"
    return f"da {hours // 24} giorni"


def _print_published(published: Published) -> None:
    print()
    if published.horizon is None:
        print("Pubblicato: ancora nulla.")
    else:
        print(f"Pubblicato fino alla {published.horizon.in_italian()}.")
        if published.known_at is not None:
            print(f"Ultima scheda compresa: {instant_in_words(published.known_at)}.")
    waiting = published.to_consolidate
    if waiting:
        print(f"Da consolidare («regia consolidate»): {weeks_in_words(waiting)}.")
    elif published.horizon is not None:
        print("Da consolidare: niente di nuovo.")


def _print_next_deadline(deadlines: Deadlines, at: dt.datetime) -> None:
    coming = next((week for week in deadlines.edition.weeks if deadlines.due_at(week) >= at), None)
    if coming is not None and coming.ends_at - at < dt.timedelta(weeks=2):
        print(f"Prossima scadenza: {instant_in_words(deadlines.due_at(coming))}, {coming.in_italian()}.")


def instant_in_words(moment: dt.datetime) -> str:
    """mercoledì 25/10/2023 alle 12:00, by the clock of Rome."""
    local = moment.astimezone(ROME)
    return f"{_WEEKDAYS_IT[local.weekday()]} {local:%d/%m/%Y alle %H:%M}"


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
