"""Commands about one return: judge it, take it in, its receipt, its blank form.

Lives here: `check`, `receive`, `receipt`, `template`.
Must not live here: decisions taken afterwards.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import EXIT_DONE, words
from pipelines.cli.given import (
    CityNamed,
    Files,
    WeekNamed,
    city_if_named,
    city_named,
    instant,
    options_of,
    status_of,
    week_named,
)
from pipelines.clock import is_plausible, now
from pipelines.judging.context import Claim, Contract
from pipelines.refusals import WrongUsageError
from schemas.verdicts import Reason

if TYPE_CHECKING:
    from pipelines.receiving import Arrival, Checked, Outcome

City = Annotated[str | None, typer.Option("--city", help="La città per cui si invia, per esempio torino.")]


class LanguageOfTexts(StrEnum):
    """In which receipts are written."""

    it = "it"
    de = "de"
    en = "en"


def check(
    context: typer.Context,
    files: Files,
    city: City = None,
    annotated: Annotated[
        Path | None,
        typer.Option(
            help="Scrive una copia della scheda con gli errori nelle celle; con più file, una cartella.",
            metavar="FILE.xlsx",
        ),
    ] = None,
) -> int:
    """Controlla una scheda senza inviarla: dice tutto ciò che non va, e dove."""
    from pipelines.receiving import Arrival, check_file, read_source_file
    from pipelines.resubmission import resubmission_of
    from sources.landing import sha256_of

    options = options_of(context)
    contract = options.contract()
    claim = Claim(city=city_if_named(contract, city))
    given = [read_source_file(path) for path in files]
    copies = _annotated_paths(annotated, files)
    results = []
    for path, file, copy in zip(files, given, copies, strict=True):
        checked = check_file(options.home, contract, Arrival((file,), now(), claim))
        if copy is not None:
            _write_annotated(copy, file.name, checked, contract)
        changes = resubmission_of(
            checked.judgement, sha256_of((file,)), checked.returns, checked.acts, contract.edition
        )
        results.append((path, checked, changes))
    if options.as_json:
        documents = [
            words.judgement_document(one.judgement, contract, changes) for _, one, changes in results
        ]
        words.print_json(documents[0] if len(documents) == 1 else documents)
    else:
        for number, (path, checked, changes) in enumerate(results, start=1):
            name = words.withheld_name(number) if checked.judgement.is_withheld else path.name
            words.print_checked(name, checked, contract, changes, is_annotated=annotated is not None)
        words.print_annotated(copies)
    return status_of(all(checked.judgement.status != "rejected" for _, checked, _ in results))


def receive(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Uno o più file; ognuno è una scheda.", metavar="FILE...")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="Un elenco CSV (iso_week, city, files, received_at), preso in ordine di arrivo."),
    ] = None,
    city: City = None,
    received_at: Annotated[
        str | None, typer.Option(help="Quando è arrivata (ISO); altrimenti adesso.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Chi l'ha inviata.")] = None,
    reason: Annotated[Reason | None, typer.Option(help="Perché si invia di nuovo.")] = None,
) -> int:
    """Riceve una scheda: la conserva, la giudica, e da subito conta."""
    from pipelines.receiving import Arrival, arrivals_of, read_source_file
    from pipelines.receiving import receive as take_in

    options = options_of(context)
    if bool(files) == (manifest is not None):
        raise WrongUsageError("Indichi uno o più file, oppure --manifest con un elenco.")
    contract = options.contract()
    if manifest is not None:
        if city or received_at or reason:
            raise WrongUsageError("Con --manifest città, data e motivo stanno nell'elenco, non nel comando.")
        outcomes = take_in(
            options.home, contract, list(arrivals_of(manifest, contract, by)), words.say_outcome(contract)
        )
        if options.as_json:
            words.print_json([words.outcome_document(outcome, contract) for outcome in outcomes])
        else:
            words.print_summary(outcomes)
        return EXIT_DONE
    arrivals = [
        Arrival(
            (read_source_file(path),),
            _arrived_at(received_at),
            Claim(city=city_if_named(contract, city)),
            by,
            reason.value if reason else None,
        )
        for path in files or ()
    ]

    numbers = count(1)

    def say(arrival: Arrival, outcome: Outcome) -> None:
        number = next(numbers)
        if not options.as_json:
            name = arrival.shown_as if outcome.verdict.file_names else words.withheld_name(number)
            words.print_outcome(name, outcome, contract)

    outcomes = take_in(options.home, contract, arrivals, say)
    if options.as_json:
        documents = [words.outcome_document(outcome, contract) for outcome in outcomes]
        words.print_json(documents[0] if len(documents) == 1 else documents)
    return status_of(all(outcome.verdict.is_accepted for outcome in outcomes))


def receipt(
    context: typer.Context,
    submission: Annotated[str, typer.Argument(help="Il numero dell'invio.", metavar="INVIO")],
    out: Annotated[
        Path | None,
        typer.Option(help="Dove scriverla: .html o .pdf.", show_default="./ricevuta-INVIO.html"),
    ] = None,
    language: Annotated[LanguageOfTexts, typer.Option(help="La lingua della ricevuta.")] = LanguageOfTexts.it,
) -> int:
    """La ricevuta di un invio, da conservare: quando, che cosa, con quale esito, che cosa succede ora."""
    from pipelines.receipts import receipt_data, receipt_path, write_receipt

    options = options_of(context)
    data = receipt_data(options.home, submission, language.value)
    if options.as_json:
        words.print_json(data.model_dump(mode="json", exclude={"findings": {"__all__": {"kind", "details"}}}))
    if out is not None or not options.as_json:
        path = receipt_path(submission, out)
        write_receipt(path, data, language.value)
        if not options.as_json:
            words.print_receipt(path)
    return EXIT_DONE


def template(
    context: typer.Context,
    city: CityNamed,
    week: WeekNamed,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Dove scriverla: un .xlsx che non c'è ancora, o una cartella.",
            show_default="./EDIZIONE_CITTÀ_SETTIMANA_vN.xlsx",
        ),
    ] = None,
) -> int:
    """La scheda standard da compilare, con i servizi della città e le giacenze di domenica scorsa."""
    from pipelines import templating
    from pipelines.cli import template_words

    options = options_of(context)
    contract = options.contract()
    slug, chosen = city_named(contract, city), week_named(contract, week)
    blank = templating.template_for(options.home, contract, slug, chosen)
    path = templating.template_path(blank, contract.edition, out)
    templating.write_template(path, blank)
    if options.as_json:
        words.print_json(template_words.template_document(blank, path))
    else:
        template_words.print_template(blank, path, contract.edition)
    return EXIT_DONE


def _annotated_paths(annotated: Path | None, files: list[Path]) -> tuple[Path | None, ...]:
    if annotated is None:
        return (None,) * len(files)
    from pipelines.annotating import annotated_paths

    return annotated_paths(annotated, files)


def _write_annotated(path: Path, shown_as: str, checked: Checked, contract: Contract) -> None:
    from pipelines.annotating import write_annotated
    from pipelines.judging.understood import return_in_words

    found = checked.judgement
    label = return_in_words(found.city, found.week, found.version, contract.edition)
    write_annotated(path, shown_as, found, checked.workbook, label, contract.edition)


def _arrived_at(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    arrived_at = instant(text)
    if not is_plausible(arrived_at):
        raise WrongUsageError(f"La data di arrivo {text} non è possibile: è nel futuro, o troppo lontana.")
    return arrived_at
