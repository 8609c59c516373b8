"""How results are put before people: Italian on the terminal, or one JSON document.

Lives here: what commands print. Results go to standard output, progress to standard error.
Must not live here: any decision.
"""

from __future__ import annotations

import csv
import json
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal

from pipelines.home import Home
from pipelines.judging.context import Contract
from reports.neutral import neutral_text
from schemas.verdicts import CellCounts, Finding, Status, Verdict
from schemas.weeks import ROME, IsoWeek

if TYPE_CHECKING:
    from pipelines.consolidating import Progress, Step
    from pipelines.judging.judge import Judgement
    from pipelines.receiving import Arrival, ChangedVerdict, Outcome
    from pipelines.weekly import Consolidated
    from warehouse.asking import Answer

STATUS_IT: Mapping[Status, str] = {
    "accepted": "accettata",
    "accepted_with_warnings": "accettata con avvisi",
    "rejected": "respinta",
}
_WIDTH = 100


def print_json(document: object) -> None:
    """One JSON document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def tell(line: str) -> None:
    """A line beside the result, on standard error."""
    print(line, file=sys.stderr, flush=True)


# --- a judgement


def judgement_document(judgement: Judgement, contract: Contract) -> dict[str, Any]:
    """The document of `check --json`."""
    return {
        "city": judgement.city,
        "iso_week": str(judgement.week) if judgement.week else None,
        "edition": contract.edition.slug,
        "version": judgement.version,
        "status": judgement.status,
        "cells": judgement.counts.model_dump(),
        "findings": [finding_document(finding) for finding in judgement.findings],
    }


def finding_document(finding: Finding) -> dict[str, Any]:
    """A finding as JSON tells it."""
    return finding.model_dump(mode="json")


def outcome_document(outcome: Outcome, contract: Contract) -> dict[str, Any]:
    """The document of `receive --json`: what `check` says, and the receipt."""
    verdict = outcome.verdict
    return {
        "submission_id": verdict.submission_id,
        "received_at": verdict.received_at.isoformat(),
        "is_known": outcome.is_known,
        "sha256": verdict.sha256,
        "file_names": list(verdict.file_names),
        "city": verdict.city,
        "iso_week": str(verdict.iso_week) if verdict.iso_week else None,
        "edition": contract.edition.slug,
        "version": verdict.version,
        "status": verdict.status,
        "is_late": verdict.is_late,
        "supersedes": verdict.supersedes,
        "cells": verdict.cells.model_dump(),
        "findings": [finding_document(finding) for finding in outcome.findings],
    }


def print_judgement(file: str, judgement: Judgement, contract: Contract) -> None:
    """What `check` tells city staff."""
    print(_title(file, judgement.city, judgement.week, judgement.version, contract))
    print(f"Esito: {STATUS_IT[judgement.status].upper()}{_number_of(judgement.errors, judgement.warnings)}")
    _print_cells(judgement.counts)
    print_findings(judgement.findings)
    if judgement.status == "rejected":
        print("Che cosa fare: corregga le celle indicate e controlli di nuovo. Nulla è stato inviato.")
    else:
        print("Che cosa fare: la scheda si può inviare con «regia receive». Nulla è stato inviato.")


def print_annotated(copies: Iterable[Path | None]) -> None:
    """Where the annotated copies of the checked files are."""
    for copy in copies:
        if copy is not None:
            print(f"La sua scheda con gli errori segnati nelle celle: {copy}")


def print_receipt(path: Path) -> None:
    """Where the receipt is."""
    print(f"Ricevuta: {path}")


def print_outcome(file: str, outcome: Outcome, contract: Contract) -> None:
    """What `receive` tells the sender of one file."""
    verdict = outcome.verdict
    print(_title(file, verdict.city, verdict.iso_week, verdict.version, contract))
    received = verdict.received_at.astimezone(ROME)
    if outcome.is_known:
        print(f"Questo file era già arrivato il {received:%d/%m/%Y alle %H:%M}: nulla è cambiato.")
    else:
        print(f"Ricevuta il {received:%d/%m/%Y alle %H:%M}, invio {verdict.submission_id}")
    print(f"Esito: {STATUS_IT[verdict.status].upper()}{_number_of(verdict.errors, verdict.warnings)}")
    _print_cells(verdict.cells)
    print_findings(outcome.findings)
    if not verdict.is_accepted:
        print(
            "Che cosa succede ora: questa scheda non conta. Se per la settimana ne era già valida un'altra, "
            "resta valida quella. Corregga e invii di nuovo."
        )
    elif verdict.supersedes:
        print("Che cosa succede ora: da adesso vale questa versione; la precedente resta nella storia.")
    else:
        print("Che cosa succede ora: la scheda conta da subito ed entra nella prossima pubblicazione.")
    print()


def _title(file: str, city: str | None, week: IsoWeek | None, version: int | None, contract: Contract) -> str:
    return f"{file}\n{return_in_words(city, week, version, contract)}"


def return_in_words(city: str | None, week: IsoWeek | None, version: int | None, contract: Contract) -> str:
    """`Torino, settimana 42/2023 (16-22 ottobre), versione 1`, as far as the file tells."""
    parts = [contract.edition.city(city).name_it if city else "Città non riconosciuta"]
    parts.append(week.in_italian() if week else "settimana non riconosciuta")
    if version is not None:
        parts.append(f"versione {version}")
    return ", ".join(parts)


def _number_of(errors: int, warnings: int) -> str:
    parts = []
    if errors:
        parts.append("1 errore" if errors == 1 else f"{errors} errori")
    if warnings:
        parts.append("1 avviso" if warnings == 1 else f"{warnings} avvisi")
    return f" ({', '.join(parts)})" if parts else ""


def _print_cells(counts: CellCounts) -> None:
    if counts.read:
        print(
            f"Celle lette: {counts.read} = {counts.mapped} usate + {counts.ignored} ignorate "
            f"+ {counts.refused} rifiutate"
        )


def print_findings(findings: Sequence[Finding]) -> None:
    """Errors first, each with where it stands, what is wrong and what to do."""
    for severity, title in (("error", "Errori"), ("warning", "Avvisi")):
        chosen = [finding for finding in findings if finding.severity == severity]
        if chosen:
            print(f"\n{title}")
        for number, finding in enumerate(chosen, start=1):
            place = _place(finding)
            lines = textwrap.wrap(finding.message, _WIDTH - 5) + textwrap.wrap(
                f"→ {finding.action}", _WIDTH - 5
            )
            print(f"{number:>3}. {place}{' ' if place else ''}[{finding.rule}]")
            for line in lines:
                print(f"     {line}")
    if findings:
        print()


def _place(finding: Finding) -> str:
    parts = []
    if finding.sheet:
        parts.append(f"foglio «{finding.sheet.strip()}»")
    if finding.cell and ":" in finding.cell:
        row, column = finding.cell.split(":")
        parts.append(f"riga {row}, colonna {column}")
    elif finding.cell:
        parts.append(f"cella {finding.cell}")
    if finding.service_point:
        parts.append(finding.service_point)
    return ", ".join(parts) or (finding.file or "")


# --- many arrivals


def say_outcome(contract: Contract) -> Callable[[Arrival, Outcome], None]:
    """A progress line per return."""

    def say(arrival: Arrival, outcome: Outcome) -> None:
        verdict = outcome.verdict
        name = contract.edition.city(verdict.city).name_it if verdict.city else "?"
        rules = Counter(finding.rule for finding in outcome.findings)
        named = [f"{rule} x{n}" if n > 1 else rule for rule, n in sorted(rules.items())]
        told = f"  {', '.join(named)}" if named else ""
        known = "  (già ricevuta)" if outcome.is_known else ""
        version = f"v{verdict.version or '?'}"
        tell(f"{verdict.iso_week}  {name:<9}  {version}  {STATUS_IT[verdict.status]}{told}{known}")

    return say


def print_summary(outcomes: Sequence[Outcome]) -> None:
    """How many returns were taken in, and what became of them."""
    new = [outcome for outcome in outcomes if not outcome.is_known]
    counts = Counter(outcome.verdict.status for outcome in new)
    names = {n: STATUS_IT if n == 1 else _PLURAL_IT for n in counts.values()}
    parts = [f"{counts[status]} {names[counts[status]][status]}" for status in STATUS_IT if counts[status]]
    known = len(outcomes) - len(new)
    print(f"Schede ricevute: {len(new)}" + (f" ({', '.join(parts)})" if parts else ""))
    if known:
        print(f"Già ricevute prima, senza effetto: {known}")


_PLURAL_IT: Mapping[Status, str] = {
    "accepted": "accettate",
    "accepted_with_warnings": "accettate con avvisi",
    "rejected": "respinte",
}


# --- consolidation


_STEPS_IT: Mapping[Step, str] = {
    "loading": "Carico le schede",
    "computing": "Calcolo gli indicatori",
    "publishing": "Pubblico",
    "reporting": "Scrivo i bollettini",
}


def say_progress(contract: Contract) -> Callable[[Progress], None]:
    """A line for each step that begins, and one for each week that is loaded."""

    def say(progress: Progress) -> None:
        if progress.loaded is None:
            weeks = "1 settimana" if progress.weeks == 1 else f"{progress.weeks} settimane"
            tell(_STEPS_IT[progress.step] + (f" ({weeks})" if progress.weeks else ""))
            return
        cities = "1 città" if len(progress.accepted) == 1 else f"{len(progress.accepted)} città"
        values = format_decimal(progress.values, locale="it")
        refused = ", ".join(contract.edition.city(city).name_it for city in progress.refused)
        told = f"; respinta: {refused}" if refused else ""
        tell(f"  {progress.loaded}  {cities}, {values} valori{told}")

    return say


def print_consolidation(result: Consolidated, home: Home, contract: Contract) -> None:
    """Which weeks were consolidated, and where they are published."""
    from pipelines.bulletins import last_bulletin

    if not result.is_published:
        print("Niente di nuovo da consolidare: quanto è pubblicato è già aggiornato.")
        return
    if result.weeks:
        first, last = result.weeks[0], result.weeks[-1]
        span = (
            f"settimana {first}" if first == last else f"{len(result.weeks)} settimane, da {first} a {last}"
        )
        print(f"Consolidate: {span}.")
    print(f"Pubblicato: {home.published(contract.edition.slug)}")
    bulletin = last_bulletin(home, contract.edition)
    if bulletin is not None:
        print(f"Bollettino: {bulletin}")


def changed_documents(changed: Iterable[ChangedVerdict]) -> list[dict[str, Any]]:
    """The verdicts that would now differ, as JSON tells them."""
    return [
        {"submission_id": c.recorded.submission_id, "recorded": c.recorded.status, "now": c.now.status}
        for c in changed
    ]


def print_changed(changed: Sequence[ChangedVerdict]) -> None:
    """The verdicts that the rules of today would give otherwise."""
    if changed:
        print("Verdetti che oggi sarebbero diversi; restano quelli registrati (--adopt INVIO per cambiarli):")
    for entry in changed:
        recorded: Verdict = entry.recorded
        print(
            f"  {recorded.submission_id}  {recorded.iso_week}  {recorded.city}: "
            f"{STATUS_IT[recorded.status]}, oggi {STATUS_IT[entry.now.status]}"
        )


def print_what_to_open(home: Home, contract: Contract) -> None:
    """The last words of the demo."""
    from pipelines.bulletins import last_bulletin

    edition = contract.edition
    folder = _shown(home.root)
    bulletin = last_bulletin(home, edition)
    print("\nChe cosa aprire:")
    if bulletin is not None:
        print(f"  {_shown(bulletin)}  (il bollettino dell'ultima settimana, in un browser)")
    print(f"  {_shown(home.published(edition.slug))}  (DuckDB: indicators, observations, submissions, ...)")
    print(f"  {_shown(home.published_parts(edition.slug))}  (le stesse tabelle in Parquet)")
    print(f"  .venv/bin/regia status --home {folder}")
    print(f"  .venv/bin/regia dev --home {folder}  (la pagina di Dagster)")
    print(f'  .venv/bin/regia sql --home {folder} "{_EXAMPLE}"')


_EXAMPLE = (
    "FROM indicators_labelled WHERE city = 'milano' AND period = '2023-W42' "
    "AND period_kind = 'edition_to_date' AND breakdown = 'total'"
)


def _shown(path: Path) -> str:
    """The path as short as it can be typed from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


# --- sql


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """A query's rows: JSON, or CSV with a header, which every tool reads."""
    if as_json:
        print_json(
            {"columns": list(answer.columns), "rows": [[_plain(v) for v in row] for row in answer.rows]}
        )
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_in_csv(value) for value in row] for row in answer.rows)


def _in_csv(value: object) -> object:
    """A value as it may stand in a CSV that someone opens in a spreadsheet."""
    if value is None:
        return ""
    return neutral_text(value) if isinstance(value, str) else value


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


# --- Dagster's page


def say_page_is_open(address: str) -> None:
    """Where the page is, once it answers."""
    print(f"Dagster è aperto: {address}", flush=True)
    print("Consolida da sé ciò che arriva, e ogni giovedì alle 6:00. Per chiudere: Ctrl-C.", flush=True)


def say_page_is_closed() -> None:
    """That nothing runs any more."""
    print("Dagster è chiuso.")


def say_page_not_opened(reason: str, host: str, port: int) -> None:
    """Why there is no page, and what to do."""
    sentences = {
        "port": f"La porta {port} è occupata, o non si può usare: ne scelga un'altra con --port.",
        "host": f"«{host}» non è un indirizzo di questo computer: di solito basta non indicare --host.",
        "home": "Dagster è già aperto su questa cartella: chiuda l'altro, o usi quello.",
    }
    tell(sentences.get(reason, "Dagster si è chiuso da solo: il motivo sta nelle righe qui sopra."))
