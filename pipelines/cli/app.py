"""The commands of `regia`, as people see them.

Lives here: arguments, options and their help; each command calls one step and shows its result.
Must not live here: the steps themselves, or how results are put into words (`pipelines.cli.words`).
"""

from __future__ import annotations

import datetime as dt
import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import EXIT_DONE, EXIT_NOT_NOW, EXIT_REJECTED, words
from pipelines.clock import in_rome, is_plausible, now
from pipelines.home import Home
from pipelines.judging.context import Claim, Contract
from pipelines.judging.contract import load_contract
from pipelines.refusals import WrongUsageError
from schemas.editions import DEFAULT_EDITION, PROJECT, find_edition
from schemas.tables import nearest
from schemas.weeks import IsoWeek

if TYPE_CHECKING:
    from pipelines.receiving import Checked, Outcome

EVERYWHERE = "Valgono con ogni comando, prima o dopo: --home CARTELLA, --edition EDIZIONE, --json."


class Reason(StrEnum):
    """Why a return is sent again."""

    late_data = "late_data"
    correction = "correction"
    reclassification = "reclassification"
    duplicate = "duplicate"
    not_stated = "not_stated"


class LanguageOfTexts(StrEnum):
    """In which receipts are written."""

    it = "it"
    de = "de"
    en = "en"


@dataclass(frozen=True)
class Options:
    """What holds for every command."""

    home: Home
    edition: str
    as_json: bool

    def contract(self) -> Contract:
        return load_contract(find_edition(self.edition))


app = typer.Typer(
    name="regia",
    help="regia: le schede settimanali delle città della rete LgNet, dalla ricezione agli indicatori.",
    epilog=EVERYWHERE,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback()
def _options(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(help="Cartella con tutto lo stato.", envvar="REGIA_HOME", show_default="./data"),
    ] = None,
    edition: Annotated[
        str, typer.Option(help="Edizione della rete.", envvar="REGIA_EDITION")
    ] = DEFAULT_EDITION,
    as_json: Annotated[bool, typer.Option("--json", help="Stampa un solo documento JSON.")] = False,
) -> None:
    context.obj = Options(Home.find(home), edition, as_json)


def _given(context: typer.Context) -> Options:
    assert isinstance(context.obj, Options)
    return context.obj


def _command(name: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    return app.command(name, epilog=EVERYWHERE)


Files = Annotated[list[Path], typer.Argument(help="Uno o più file; ognuno è una scheda.", metavar="FILE...")]
City = Annotated[str | None, typer.Option("--city", help="La città per cui si invia, per esempio torino.")]


@_command("check")
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

    options = _given(context)
    contract = options.contract()
    claim = Claim(city=_city(contract, city))
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
    return _status(all(checked.judgement.status != "rejected" for _, checked, _ in results))


@_command("receive")
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

    options = _given(context)
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
            _received_at(received_at),
            Claim(city=_city(contract, city)),
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
    return _status(all(outcome.verdict.is_accepted for outcome in outcomes))


@_command("consolidate")
def consolidate(
    context: typer.Context,
    week: Annotated[str | None, typer.Option(help="Una settimana, per esempio 2023-W42.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Tutte le settimane arrivate.")] = False,
) -> int:
    """Il lavoro settimanale: aggiorna il magazzino dei dati e pubblica. Senza opzioni: ciò che è nuovo."""
    from pipelines import weekly

    options = _given(context)
    if week and everything:
        raise WrongUsageError("Scelga --week oppure --all, non tutti e due.")
    contract = options.contract()
    chosen = _week(contract, week)
    result = weekly.consolidate(
        options.home,
        contract,
        (chosen,) if chosen else None,
        everything=everything,
        on_progress=words.say_progress(contract),
    )
    if options.as_json:
        words.print_json(result.document())
    else:
        words.print_consolidation(result, options.home, contract)
    return EXIT_DONE


@_command("rebuild")
def rebuild(
    context: typer.Context,
    adopt: Annotated[
        list[str] | None, typer.Option(help="Un invio di cui si adotta il verdetto nuovo.", metavar="INVIO")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Chi lo decide (con --adopt).")] = None,
) -> int:
    """Rifà tutto dai soli file ricevuti. I verdetti registrati restano, salvo quelli adottati."""
    from pipelines import deciding, weekly

    options = _given(context)
    contract = options.contract()
    for submission in adopt or ():
        if not by:
            raise WrongUsageError("Con --adopt dica anche chi lo decide: --by NOME.")
        deciding.adopt(options.home, contract, submission, by)
    changed, result = weekly.rebuild(options.home, contract, words.say_progress(contract))
    if options.as_json:
        words.print_json({**result.document(), "changed_verdicts": words.changed_documents(changed)})
    else:
        words.print_changed(changed)
        words.print_consolidation(result, options.home, contract)
    return EXIT_DONE


Submission = Annotated[str, typer.Argument(help="L'invio, come lo dice la ricevuta.", metavar="INVIO")]
By = Annotated[str | None, typer.Option("--by", help="Chi lo decide; altrimenti l'utente del computer.")]


@_command("confirm")
def confirm(
    context: typer.Context,
    submission: Submission,
    rule: Annotated[str, typer.Argument(help="La regola che avvisa, per esempio S05.", metavar="REGOLA")],
    note: Annotated[str, typer.Option(help="Perché è giusto così.")],
    by: By = None,
) -> int:
    """Conferma un avviso: è strano ma vero. Resta scritto accanto all'avviso, con la nota."""
    from pipelines import deciding

    options = _given(context)
    outcome = deciding.confirm(
        options.home, options.contract(), submission, rule.upper(), _said("--note", note), _who(by)
    )
    return _told_of_decision(options, outcome, f"Confermato: {rule.upper()} nell'invio {submission}.")


@_command("waive")
def waive(
    context: typer.Context,
    city: Annotated[str, typer.Argument(help="La città, per esempio torino.", metavar="CITTÀ")],
    rule: Annotated[str, typer.Argument(help="La regola, per esempio H07.", metavar="REGOLA")],
    scope: Annotated[
        str,
        typer.Option(help="Per che cosa: all, oppure service_point=..., measure=..., breakdown=..."),
    ],
    reason: Annotated[str, typer.Option(help="Perché.")],
    until: Annotated[str, typer.Option(help="L'ultimo giorno in cui vale, per esempio 2023-12-31.")],
    by: By = None,
) -> int:
    """Dà una deroga: per la città gli errori di quella regola contano come avvisi, fino a quel giorno."""
    from pipelines import deciding

    options = _given(context)
    contract = options.contract()
    slug = _city_named(contract, city)
    waiver = deciding.waive(
        options.home,
        contract,
        slug,
        rule.upper(),
        deciding.scope_of(scope),
        _said("--reason", reason),
        _day(until),
        _who(by),
    )
    if options.as_json:
        words.print_json(waiver.model_dump(mode="json"))
    else:
        words.print_waiver(waiver, contract)
    return EXIT_DONE


@_command("nil")
def nil(
    context: typer.Context,
    city: Annotated[str, typer.Argument(help="La città, per esempio torino.", metavar="CITTÀ")],
    week: Annotated[str, typer.Option(help="La settimana, per esempio 2023-W42.")],
    reason: Annotated[str, typer.Option(help="Perché, e come lo si è saputo.")],
    area: Annotated[
        str | None, typer.Option(help="L'area senza attività, per esempio hou.", metavar="AREA")
    ] = None,
    service_point: Annotated[
        str | None,
        typer.Option(help="Il servizio senza attività, per esempio TO-ACC-01.", metavar="SERVIZIO"),
    ] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Ritira quanto registrato prima con questo comando.")
    ] = False,
    by: By = None,
) -> int:
    """Registra che un'area o un servizio non ha avuto attività, quando la città lo dice senza una scheda."""
    from pipelines import declaring_nil
    from schemas.acts import NilWithdrawal

    options = _given(context)
    contract = options.contract()
    slug, iso_week = _city_named(contract, city), _week_named(contract, week)
    place = declaring_nil.nil_place(contract.edition, slug, service_point, area)
    record = declaring_nil.withdraw_nil if withdraw else declaring_nil.declare_nil
    act = record(options.home, contract, slug, iso_week, place, _said("--reason", reason), _who(by))
    if options.as_json:
        words.print_json(act.model_dump(mode="json"))
    elif isinstance(act, NilWithdrawal):
        words.print_nil_withdrawn(slug, iso_week, place, contract)
    else:
        words.print_nil(act, place, contract)
    return EXIT_DONE


@_command("send-back")
def send_back(
    context: typer.Context,
    submission: Submission,
    note: Annotated[str, typer.Option(help="Che cosa la città deve guardare.")],
    by: By = None,
) -> int:
    """Rimanda alla città una scheda accettata: resta valida finché non arriva una nuova versione."""
    from pipelines import deciding

    options = _given(context)
    outcome = deciding.send_back(
        options.home, options.contract(), submission, _said("--note", note), _who(by)
    )
    return _told_of_decision(options, outcome, f"Rimandato alla città: invio {submission}.")


@_command("rejudge")
def rejudge(
    context: typer.Context,
    submission: Submission,
    note: Annotated[str, typer.Option(help="Che cosa è cambiato.")] = "",
    by: By = None,
) -> int:
    """Giudica di nuovo una scheda respinta, con i servizi, i formati e le deroghe di oggi."""
    from pipelines import deciding

    options = _given(context)
    contract = options.contract()
    outcome = deciding.rejudge(options.home, contract, submission, _who(by), note)
    if options.as_json:
        words.print_json(words.outcome_document(outcome, contract))
    else:
        words.print_outcome(submission, outcome, contract)
    return _status(outcome.verdict.is_accepted)


def _told_of_decision(options: Options, outcome: Outcome, sentence: str) -> int:
    if options.as_json:
        words.print_json(words.outcome_document(outcome, options.contract()))
    else:
        print(sentence)
        print(words.ENTERS)
    return EXIT_DONE


def _who(by: str | None) -> str:
    return by or os.environ.get("USER") or getpass.getuser()


def _said(option: str, text: str) -> str:
    if not text.strip():
        raise WrongUsageError(f"Dopo {option} scriva una frase: resterà agli atti.")
    return text.strip()


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise WrongUsageError(f"«{text}» non è un giorno: scriva per esempio 2023-12-31.") from error


@_command("status")
def status(
    context: typer.Context,
    week: Annotated[str | None, typer.Option(help="Una settimana, per esempio 2023-W42.")] = None,
) -> int:
    """Città per settimana: puntuale, in ritardo, attesa, manca, respinta; e che cosa resta da fare."""
    from pipelines.acts import read_acts
    from pipelines.board import city_weeks, published_so_far, weeks_to_show
    from pipelines.cli import board_words
    from pipelines.judged import JudgedReturns, read_findings

    options = _given(context)
    contract = options.contract()
    verdicts = list(JudgedReturns.load(options.home.judged, contract.edition).verdicts.values())
    chosen = _week(contract, week)
    at = now()
    weeks = (chosen,) if chosen else weeks_to_show(contract.edition, verdicts, at)
    findings_of = partial(read_findings, options.home.judged)
    board = city_weeks(contract.edition, verdicts, weeks, at, read_acts(options.home.acts), findings_of)
    published = published_so_far(options.home, contract.edition)
    if not options.home.root.exists():
        words.tell(f"La cartella {options.home.root} non c'è ancora: controlli --home.")
    if options.as_json:
        words.print_json([board_words.city_week_document(entry, published) for entry in board])
    else:
        board_words.print_board(board, weeks, contract, published, at)
    return EXIT_DONE


@_command("receipt")
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

    options = _given(context)
    data = receipt_data(options.home, submission, language.value)
    if options.as_json:
        words.print_json(data.model_dump(mode="json", exclude={"findings": {"__all__": {"kind", "details"}}}))
    if out is not None or not options.as_json:
        path = receipt_path(submission, out)
        write_receipt(path, data, language.value)
        if not options.as_json:
            words.print_receipt(path)
    return EXIT_DONE


@_command("template")
def template(
    context: typer.Context,
    city: Annotated[str, typer.Argument(help="La città, per esempio caserta.", metavar="CITTÀ")],
    week: Annotated[str, typer.Option(help="La settimana, per esempio 2023-W42.")],
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

    options = _given(context)
    contract = options.contract()
    slug, chosen = _city_named(contract, city), _week_named(contract, week)
    blank = templating.template_for(options.home, contract, slug, chosen)
    path = templating.template_path(blank, contract.edition, out)
    templating.write_template(path, blank)
    if options.as_json:
        words.print_json(template_words.template_document(blank, path))
    else:
        template_words.print_template(blank, path, contract.edition)
    return EXIT_DONE


@_command("sql")
def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Una domanda in SQL (DuckDB).", metavar="QUERY")],
    as_of: Annotated[str | None, typer.Option(help="Come si sapeva in quell'istante (ISO).")] = None,
) -> int:
    """Una domanda in SQL al file pubblicato, in sola lettura."""
    from warehouse.asking import QueryError, ask

    options = _given(context)
    path = options.home.published(options.edition)
    if not path.exists():
        raise WrongUsageError("Non è ancora stato pubblicato nulla: prima esegua «regia consolidate».")
    try:
        instant = in_rome(as_of) if as_of else None
    except ValueError as error:
        raise WrongUsageError(f"«{as_of}» non è un istante: scriva per esempio 2023-10-18T09:00.") from error
    try:
        answer = ask(path, query, instant)
    except QueryError as error:
        raise WrongUsageError(f"La domanda non si può eseguire: {error}") from error
    words.print_answer(answer, as_json=options.as_json)
    return EXIT_DONE


@_command("demo")
def demo(context: typer.Context) -> int:
    """Porta le schede di esempio attraverso tutto il percorso e dice che cosa aprire."""
    from pipelines import weekly
    from pipelines.receiving import arrivals_of
    from pipelines.receiving import receive as take_in
    from sources.landing import receipts, sha256_of

    options = _given(context)
    manifest = PROJECT / "tests" / "returns" / "manifest.csv"
    if not manifest.exists():
        raise WrongUsageError("Le schede di esempio stanno nel progetto, non nel pacchetto: usi «make demo».")
    contract = options.contract()
    arrivals = list(arrivals_of(manifest, contract, "demo"))
    samples = {sha256_of(arrival.files) for arrival in arrivals}
    if any(receipt.verdict.sha256 not in samples for receipt in receipts(options.home.returns)):
        raise WrongUsageError(
            f"La cartella {options.home.root} contiene altre schede: per la demo ne scelga una con --home."
        )
    outcomes = take_in(options.home, contract, arrivals, words.say_outcome(contract))
    result = weekly.consolidate(options.home, contract, on_progress=words.say_progress(contract))
    if options.as_json:
        words.print_json(result.document())
    else:
        words.print_summary(outcomes)
        words.print_consolidation(result, options.home, contract)
        words.print_what_to_open(options.home, contract)
    return EXIT_DONE


@_command("dev")
def dev(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="La porta della pagina.", min=1, max=65535)] = 3000,
    host: Annotated[
        str, typer.Option(help="L'indirizzo su cui risponde; altri computer la vedono solo con 0.0.0.0.")
    ] = "127.0.0.1",
) -> int:
    """Apre la pagina di Dagster: le elaborazioni, le schede città per settimana; consolida da sé."""
    from pipelines.orchestration.page import NotOpenedError, serve_page

    options = _given(context)
    _ = options.contract().layouts  # a mistake in them is told here, not in a run by itself
    try:
        serve_page(options.home, options.edition, host, port, words.say_page_is_open)
    except NotOpenedError as error:
        words.say_page_not_opened(error.reason, host, port)
        return EXIT_NOT_NOW
    words.say_page_is_closed()
    return EXIT_DONE


def _status(is_accepted: bool) -> int:
    return EXIT_DONE if is_accepted else EXIT_REJECTED


def _city(contract: Contract, slug: str | None) -> str | None:
    return None if slug is None else _city_named(contract, slug)


def _city_named(contract: Contract, slug: str) -> str:
    if slug in contract.edition.city_slugs:
        return slug
    by_name = {city.name_it.casefold(): city.slug for city in contract.edition.cities}
    if slug.casefold() in by_name:
        return by_name[slug.casefold()]
    close = nearest(slug, contract.edition.city_slugs)
    known = f"Intendeva «{close}»?" if close else f"Sono: {', '.join(contract.edition.city_slugs)}."
    raise WrongUsageError(f"La città «{slug}» non fa parte dell'edizione. {known}")


def _week(contract: Contract, text: str | None) -> IsoWeek | None:
    return None if text is None else _week_named(contract, text)


def _week_named(contract: Contract, text: str) -> IsoWeek:
    try:
        week = IsoWeek.parse(text)
    except ValueError as error:
        raise WrongUsageError(f"«{text}» non è una settimana: scriva per esempio 2023-W42.") from error
    if week not in contract.edition.weeks:
        first, last = contract.edition.weeks[0], contract.edition.weeks[-1]
        raise WrongUsageError(f"La {week.in_italian()} è fuori dall'edizione, che va da {first} a {last}.")
    return week


def _annotated_paths(annotated: Path | None, files: list[Path]) -> tuple[Path | None, ...]:
    if annotated is None:
        return (None,) * len(files)
    from pipelines.annotating import annotated_paths

    return annotated_paths(annotated, files)


def _write_annotated(path: Path, shown_as: str, checked: Checked, contract: Contract) -> None:
    from pipelines.annotating import write_annotated

    found = checked.judgement
    label = words.return_in_words(found.city, found.week, found.version, contract)
    write_annotated(path, shown_as, found, checked.workbook, label, contract.edition)


def _received_at(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        instant = in_rome(text)
    except (ValueError, OverflowError) as error:
        raise WrongUsageError(f"«{text}» non è un istante: scriva per esempio 2023-10-18T09:00.") from error
    if not is_plausible(instant):
        raise WrongUsageError(f"La data di arrivo {text} non è possibile: è nel futuro, o troppo lontana.")
    return instant


rules_app = typer.Typer(
    help="Le regole: che cosa chiedono, chi ne risponde, quante volte sono scattate.",
    epilog=EVERYWHERE,
    rich_markup_mode=None,
)
app.add_typer(rules_app, name="rules")


@rules_app.callback(invoke_without_command=True)
def rules(context: typer.Context) -> int:
    """Le regole: che cosa chiedono, chi ne risponde, quante volte sono scattate."""
    if context.invoked_subcommand is not None:
        return EXIT_DONE
    from pipelines.cli import rules_words
    from pipelines.rulebook import rule_book

    options = _given(context)
    edition = options.contract().edition
    book = rule_book(options.home, edition)
    if options.as_json:
        words.print_json(rules_words.book_document(book))
    else:
        rules_words.print_book(book, edition)
    return EXIT_DONE


@rules_app.command("try", epilog=EVERYWHERE)
def try_rule(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(help="La regola, per esempio H07.", metavar="REGOLA")],
    draft: Annotated[
        Path | None,
        typer.Option("--draft", help="Un file con la nuova voce, scritto come rules.yaml.", metavar="FILE"),
    ] = None,
    valid_from: Annotated[
        str | None,
        typer.Option(
            help="La voce che vale da quel giorno, per esempio 2027-01-01; "
            "altrimenti la prossima, o quella in vigore.",
            metavar="GIORNO",
        ),
    ] = None,
) -> int:
    """Prova una regola su tutte le schede ricevute: che cosa avrebbe trovato. Non cambia nulla."""
    from pipelines import rulebook
    from pipelines.cli import rules_words

    options = _given(context)
    contract = options.contract()
    trial = rulebook.try_rule(
        options.home,
        contract,
        rule.strip().upper(),
        rules_words.say_trial,
        draft=draft,
        valid_from=None if valid_from is None else _day(valid_from),
    )
    if options.as_json:
        words.print_json(rules_words.trial_document(trial))
    else:
        rules_words.print_trial(trial, contract.edition)
    return EXIT_DONE


layout_app = typer.Typer(
    help="I layout: come si legge la scheda di una città.",
    epilog=EVERYWHERE,
    rich_markup_mode=None,
    no_args_is_help=True,
)
app.add_typer(layout_app, name="layout")


@layout_app.callback()
def layout() -> None:
    """I layout: come si legge la scheda di una città."""


CityOfLayout = Annotated[str, typer.Option("--city", help="La città, per esempio torino.")]
WeekOfFile = Annotated[
    str | None, typer.Option("--week", help="La settimana, se il file non la dice, per esempio 2023-W42.")
]


@layout_app.command("suggest", epilog=EVERYWHERE)
def suggest(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Una scheda in una forma mai vista.", metavar="FILE")],
    city: CityOfLayout,
    week: WeekOfFile = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Dove scrivere la bozza; le parole vanno accanto.",
            metavar="FILE.yaml",
            show_default="CITTÀ/SETTIMANA.yaml",
        ),
    ] = None,
) -> int:
    """Propone una bozza di layout per una scheda mai vista, da correggere e confermare. Non cambia nulla."""
    from pipelines import drafts
    from pipelines.cli import layout_words
    from pipelines.receiving import read_source_file

    options = _given(context)
    contract = options.contract()
    slug = _city_named(contract, city)
    found = drafts.suggest_layout(contract, read_source_file(file), slug, _week(contract, week))
    path = out or Path(slug) / f"{found.week}.yaml"
    paths = drafts.write_draft(path, found, contract) if found.draft is not None else ()
    if options.as_json:
        words.print_json(layout_words.suggestion_document(found, paths))
    else:
        layout_words.print_suggestion(found, paths, contract.edition)
    return EXIT_DONE


@layout_app.command("confirm", epilog=EVERYWHERE)
def confirm_layout(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Una scheda la cui forma è un po' cambiata.", metavar="FILE")],
    city: CityOfLayout,
    word: Annotated[
        list[str] | None,
        typer.Option(
            help="Una voce o categoria nuova del file e il suo codice nel contratto; si può ripetere.",
            metavar="TESTO=MISURA|TESTO=ELENCO:CATEGORIA",
        ),
    ] = None,
    week: WeekOfFile = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="In quale cartella scrivere CITTÀ/SETTIMANA.yaml.",
            metavar="CARTELLA",
            show_default="quella in cui si lavora",
        ),
    ] = None,
) -> int:
    """Scrive il layout nuovo di una città dal file com'è ora, da rivedere; quello di prima resta com'è."""
    from pipelines import confirming
    from pipelines.cli import layout_confirm_words
    from pipelines.receiving import read_source_file

    options = _given(context)
    contract = options.contract()
    slug = _city_named(contract, city)
    given = [confirming.parse_word(text, contract.edition) for text in word or []]
    layouts = find_edition(options.edition).sources / "layouts"
    found = confirming.confirm_layout(
        contract, layouts, read_source_file(file), slug, _week(contract, week), given
    )
    paths = confirming.write_confirmation(out or Path(), found)
    if options.as_json:
        words.print_json(layout_confirm_words.confirmation_document(found, paths))
    else:
        layout_confirm_words.print_confirmation(found, paths, contract.edition)
    return EXIT_DONE
