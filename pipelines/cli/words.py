"""How results are put before people: Italian on the terminal, or one JSON document.

Lives here: what commands print. Results go to standard output, progress to standard error.
Must not live here: any decision.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal

from pipelines.cli.board_words import instant_in_words, weeks_in_words
from pipelines.cli.findings_words import (
    number_it,
    print_beside,
    print_findings,
    print_understood,
    print_wrapped,
)
from pipelines.cli.resubmission_words import ASK_FOR_A_REASON, print_resubmission, resubmission_document
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.judging.rules import PERSONAL_DATA
from pipelines.judging.understood import return_in_words, understood
from schemas.messages import catalogue
from schemas.messages.saying import visible_name
from schemas.verdicts import NOT_STATED, CellCounts, Finding, Status, Verdict
from schemas.weeks import ROME, IsoWeek

if TYPE_CHECKING:
    from pipelines.consolidating import Progress, Step
    from pipelines.declaring_nil import NilPlace
    from pipelines.demonstration import Demonstration
    from pipelines.judging.judge import Judgement
    from pipelines.receiving import Arrival, ChangedVerdict, Checked, Outcome
    from pipelines.resubmission import Resubmission
    from pipelines.weekly import Consolidated
    from schemas.acts import DeadlineMoved, NilWithoutFile, Waiver

STATUS_IT: Mapping[Status, str] = {
    "accepted": "accettata",
    "accepted_with_warnings": "accettata con avvisi",
    "rejected": "respinta",
}


def print_json(document: object) -> None:
    """One JSON document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def tell(line: str) -> None:
    """A line beside the result, on standard error."""
    print(line, file=sys.stderr, flush=True)


ENTERS = "Entra nella prossima pubblicazione («regia consolidate»)."
"""What a decision does next."""


# --- a judgement


def judgement_document(
    judgement: Judgement, contract: Contract, changes: Resubmission | None = None
) -> dict[str, Any]:
    """The document of `check --json`. resubmission: what it would change, where another version is valid."""
    return {
        "city": judgement.city,
        "iso_week": str(judgement.week) if judgement.week else None,
        "edition": contract.edition.slug,
        "version": judgement.version,
        "status": judgement.status,
        "cells": judgement.counts.model_dump(),
        "findings": [finding_document(finding) for finding in judgement.findings],
        "resubmission": changes and resubmission_document(changes),
    }


def finding_document(finding: Finding) -> dict[str, Any]:
    """A finding as JSON tells it. What was found is absent where it tells who a person is."""
    absent = {"kind", "details", "values"}
    if finding.kind is not None and catalogue().messages[finding.kind].check == PERSONAL_DATA:
        absent.add("found")
    return finding.model_dump(mode="json", exclude=absent)


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


def print_checked(
    file: str,
    checked: Checked,
    contract: Contract,
    changes: Resubmission | None = None,
    *,
    is_annotated: bool = False,
) -> None:
    """What `check` tells city staff."""
    judgement = checked.judgement
    print(visible_name(file))
    if judgement.counts.read or judgement.is_withheld:
        print(return_in_words(judgement.city, judgement.week, judgement.version, contract.edition))
    print(f"Esito: {STATUS_IT[judgement.status].upper()}{_number_of(judgement.errors, judgement.warnings)}")
    _print_cells(judgement.counts)
    values = {figure.key: (figure.value, figure.flag) for figure in judgement.figures}
    read = understood(values, contract.edition, judgement.city, judgement.week, judgement.nils)
    accepted = judgement.status != "rejected"
    print_understood(read, contract.edition, judgement.city, is_accepted=accepted)
    print_findings(judgement.findings, contract.edition, judgement.city)
    if changes is not None:
        print_resubmission(changes, contract)
    step = "known" if checked.known is not None else _checked_step(judgement)
    _print_next("Che cosa fare", judgement.status, step, contract, judgement.city)
    if (
        not is_annotated
        and not judgement.is_withheld
        and any(one.sheet or one.cell for one in judgement.findings)
    ):
        print("Con --annotated COPIA.xlsx riceve la sua scheda con i problemi segnati nelle celle.")


def _checked_step(judgement: Judgement) -> str:
    """What to do after a check, by how far the file could be read."""
    if judgement.status != "rejected":
        return "checked_with_warnings" if judgement.findings else "checked_accepted"
    if judgement.is_withheld:
        return "checked_personal"
    if judgement.counts.read == 0:
        return "checked_unreadable"
    return "checked_rejected" if judgement.counts.mapped else "checked_unrecognised"


def print_annotated(copies: Iterable[Path | None]) -> None:
    """Where the annotated copies of the checked files are."""
    for copy in copies:
        if copy is not None:
            print(f"Quanto è stato trovato sta anche in questo file: {copy}")


def print_receipt(path: Path) -> None:
    """Where the receipt is."""
    print(f"Ricevuta: {path}")


def print_outcome(file: str, outcome: Outcome, contract: Contract) -> None:
    """What `receive` tells the sender of one file."""
    verdict = outcome.verdict
    print(visible_name(file))
    if verdict.city or verdict.iso_week or verdict.cells.read:
        print(return_in_words(verdict.city, verdict.iso_week, verdict.version, contract.edition))
    received = verdict.received_at.astimezone(ROME)
    if outcome.is_known:
        print(f"Questo file era già arrivato il {received:%d/%m/%Y alle %H:%M}: nulla è cambiato.")
    else:
        print(f"Ricevuta il {received:%d/%m/%Y alle %H:%M}, invio {verdict.submission_id}")
        print(f"La ricevuta da conservare: regia receipt {verdict.submission_id}")
    print(f"Esito: {STATUS_IT[verdict.status].upper()}{_number_of(verdict.errors, verdict.warnings)}")
    _print_cells(verdict.cells)
    if outcome.understood is not None:
        is_accepted = verdict.is_accepted
        print_understood(outcome.understood, contract.edition, verdict.city, is_accepted=is_accepted)
    print_findings(outcome.findings, contract.edition, verdict.city)
    if verdict.reason_code == NOT_STATED and not outcome.is_known:
        print_wrapped(f"Il motivo del nuovo invio non è indicato. {ASK_FOR_A_REASON}")
        print()
    _print_next("Che cosa succede ora", verdict.status, _received_step(outcome), contract, verdict.city)
    print()


def _received_step(outcome: Outcome) -> str:
    verdict = outcome.verdict
    if not verdict.is_accepted:
        return "rejected"
    if outcome.is_known:
        return "known"
    return "replaces" if verdict.supersedes else "accepted"


def withheld_name(number: int) -> str:
    """What a file is called whose name is not to be kept: its place in the command."""
    return f"File n. {number} fra quelli indicati"


def _print_next(title: str, status: Status, step: str, contract: Contract, city: str | None) -> None:
    """What happens next; after it the verdict in the other languages that the city reads."""
    for language in contract.edition.languages_of(city):
        texts = catalogue(language)
        told = texts.next_steps.model_dump()[step]
        name = texts.statuses.model_dump()[status]
        if language == "it":
            print_wrapped(f"{title}: {told}")
        else:
            print_beside(language, f"{name.upper()}. {told}")


def _number_of(errors: int, warnings: int) -> str:
    parts = []
    if errors:
        parts.append("1 errore" if errors == 1 else f"{number_it(errors)} errori")
    if warnings:
        parts.append("1 avviso" if warnings == 1 else f"{number_it(warnings)} avvisi")
    return f" ({', '.join(parts)})" if parts else ""


def _print_cells(counts: CellCounts) -> None:
    if counts.read:
        parts = (
            (counts.mapped, "usata", "usate"),
            (counts.ignored, "ignorata", "ignorate"),
            (counts.refused, "rifiutata", "rifiutate"),
        )
        told = " + ".join(
            f"{number_it(number)} {one if number == 1 else many}" for number, one, many in parts
        )
        print(f"Celle lette: {number_it(counts.read)} = {told}")


def print_waiver(waiver: Waiver, contract: Contract) -> None:
    """A waiver that was given, and what it does not do by itself."""
    city = contract.edition.city(waiver.city).name_it
    print(f"Deroga data: {city}, regola {waiver.rule}, per {waiver.scope}, fino al {waiver.until:%d/%m/%Y}.")
    print("Vale per le schede che arrivano da adesso. Per una già respinta: «regia rejudge INVIO».")


def print_nil(act: NilWithoutFile, place: NilPlace, contract: Contract) -> None:
    """What was recorded as without activity, how long that holds, and what to do next."""
    _print_nil_head("Registrato senza attività", act.city, act.iso_week, place, contract)
    print("Le celle senza un valore contano zero.")
    if act.after is None:
        print(
            "La scheda di questa settimana manca ancora: quando la città la invia, vale ciò che dice quella."
        )
    else:
        print("Se la città invia una nuova versione della scheda, vale ciò che dice quella.")
    print("Per annullare, lo stesso comando con --withdraw. " + ENTERS)


def print_deadline(act: DeadlineMoved, contract: Contract) -> None:
    """For whom a week's deadline was moved and to when, and what that does to returns that came before."""
    whom = contract.edition.city(act.city).name_it if act.city else "tutte le città"
    print(
        f"Scadenza spostata: {whom}, {act.iso_week.in_italian()}, fino a "
        f"{instant_in_words(act.due_at)} compreso."
    )
    print("È puntuale anche una scheda già arrivata entro il nuovo termine. " + ENTERS)


def print_nil_withdrawn(city: str, week: IsoWeek, place: NilPlace, contract: Contract) -> None:
    """What is not recorded as without activity any more."""
    _print_nil_head("Ritirato, non risulta più senza attività", city, week, place, contract)
    print("Le celle senza un valore tornano a mancare. " + ENTERS)


def _print_nil_head(what: str, city: str, week: IsoWeek, place: NilPlace, contract: Contract) -> None:
    name = contract.edition.city(city).name_it
    print(f"{what}: {name}, {week.in_italian()}, {place.in_italian(contract.edition)}.")


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


def _span(weeks: Sequence[IsoWeek]) -> str:
    first, last = weeks[0], weeks[-1]
    if first == last:
        return f"settimana {first}"
    is_unbroken = first.through(last) == tuple(weeks)
    listed = f"da {first} a {last}" if is_unbroken else weeks_in_words(weeks)
    return f"{len(weeks)} settimane, {listed}"


def print_consolidation(result: Consolidated, home: Home, contract: Contract) -> None:
    """Which weeks were consolidated, and where they are published."""
    from pipelines.bulletins import last_bulletin

    if not result.is_published:
        print("Niente di nuovo da consolidare: quanto è pubblicato è già aggiornato.")
        return
    if result.weeks:
        print(f"Consolidate: {_span(result.weeks)}.")
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
    from pipelines.dictionary import dictionary_path

    edition = contract.edition
    folder = _shown(home.root)
    bulletin = last_bulletin(home, edition)
    print("\nChe cosa aprire:")
    if bulletin is not None:
        print(f"  {_shown(bulletin)}  (il bollettino dell'ultima settimana, in un browser)")
    print(f"  {_shown(dictionary_path(home, edition))}  (il dizionario dei dati, in inglese)")
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


def say_portal_is_open(address: str) -> None:
    """Where the portal is, once it answers."""
    print(f"Il portale è aperto: {address}", flush=True)
    print("Per chiudere: Ctrl-C. Chi può entrare: regia accounts --help", flush=True)


def say_portal_is_closed() -> None:
    """That nobody is answered any more."""
    print("Il portale è chiuso.")


def say_portal_not_opened(reason: str, host: str, port: int) -> None:
    """Why there is no portal, and what to do."""
    sentences = {
        "port": f"La porta {port} è occupata, o non si può usare: ne scelga un'altra con --port.",
        "host": f"«{host}» non è un indirizzo di questo computer: di solito basta non indicare --host.",
    }
    tell(sentences[reason])


def print_demo_portal(home: Home, demo: Demonstration) -> None:
    """How the portal of a demonstration is opened, and with what one signs in."""
    print(f"  .venv/bin/regia serve --home {_shown(home.root)}  (il portale: http://127.0.0.1:8000)")
    print_demo_accounts(home, demo)


def print_demo_accounts(home: Home, demo: Demonstration) -> None:
    """With what one signs in to the portal of a demonstration."""
    begins_at = demo.begins_at.astimezone(ROME)
    print(f"\nPer entrare nel portale di prova, dove l'orologio parte da {begins_at:%d/%m/%Y alle %H:%M}:")
    for account in demo.accounts:
        print(f"  {account.name:<16} {account.password}{'  e un codice' if account.secret else ''}")
    named = next(account.name for account in demo.accounts if account.secret)
    print(f"Il codice: regia accounts code {named} --home {_shown(home.root)}", flush=True)
