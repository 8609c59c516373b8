"""Commands of the weekly consolidation.

Lives here: `consolidate`, `rebuild`, `status`, `demo`, `dev`.
Must not live here: the consolidation (`pipelines.weekly`), or what Dagster shows.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import EXIT_DONE, EXIT_NOT_NOW, EXIT_REJECTED, words
from pipelines.cli.given import WeekIfNamed, options_of, week_if_named
from pipelines.clock import now
from pipelines.refusals import WrongUsageError
from schemas.deadlines import Deadlines
from schemas.editions import PROJECT

if TYPE_CHECKING:
    from pipelines.weekly import Consolidated


def consolidate(
    context: typer.Context,
    week: WeekIfNamed = None,
    everything: Annotated[bool, typer.Option("--all", help="Tutte le settimane arrivate.")] = False,
) -> int:
    """Il lavoro settimanale: aggiorna il magazzino dei dati e pubblica. Senza opzioni: ciò che è nuovo."""
    from pipelines import weekly

    options = options_of(context)
    if week and everything:
        raise WrongUsageError("Scelga --week oppure --all, non tutti e due.")
    contract = options.contract()
    chosen = week_if_named(contract, week)
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
    return _told_of_lost(result)


def _told_of_lost(result: Consolidated) -> int:
    from pipelines.cli.releases_words import lost_in_words

    for sentence in map(lost_in_words, result.lost):
        words.tell(sentence)
    return EXIT_REJECTED if result.lost else EXIT_DONE


def rebuild(
    context: typer.Context,
    adopt: Annotated[
        list[str] | None, typer.Option(help="Un invio di cui si adotta il verdetto nuovo.", metavar="INVIO")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Chi lo decide (con --adopt).")] = None,
) -> int:
    """Rifà tutto dai soli file ricevuti. I verdetti registrati restano, salvo quelli adottati."""
    from pipelines import deciding, weekly

    options = options_of(context)
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
    return _told_of_lost(result)


def status(
    context: typer.Context,
    week: WeekIfNamed = None,
) -> int:
    """Città per settimana: puntuale, in ritardo, attesa, manca, respinta; e che cosa resta da fare."""
    from pipelines.acts import read_acts
    from pipelines.board import city_weeks, published_so_far, weeks_to_show
    from pipelines.cli import board_words, releases_words
    from pipelines.judged import JudgedReturns, read_findings

    options = options_of(context)
    contract = options.contract()
    verdicts = list(JudgedReturns.load(options.home.judged, contract.edition).verdicts.values())
    chosen = week_if_named(contract, week)
    at = now()
    weeks = (chosen,) if chosen else weeks_to_show(contract.edition, verdicts, at)
    findings_of = partial(read_findings, options.home.judged)
    acts = read_acts(options.home.acts)
    board = city_weeks(contract.edition, verdicts, weeks, at, acts, findings_of)
    published = published_so_far(options.home, contract.edition)
    if not options.home.root.exists():
        words.tell(f"La cartella {options.home.root} non c'è ancora: controlli --home.")
    if options.as_json:
        words.print_json([board_words.city_week_document(entry, published) for entry in board])
    else:
        deadlines = Deadlines(contract.edition, acts.deadlines_moved(contract.edition.slug))
        board_words.print_board(board, weeks, contract, deadlines, published, at)
        releases_words.print_quarters(acts, contract.edition, published.horizon, at)
    return EXIT_DONE


def demo(context: typer.Context) -> int:
    """Porta le schede di esempio attraverso tutto il percorso e dice che cosa aprire."""
    from pipelines import demonstration, weekly
    from pipelines.receiving import arrivals_of
    from pipelines.receiving import receive as take_in
    from sources.landing import receipts, sha256_of

    options = options_of(context)
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
    demonstration.refuse_other_accounts(options.home)
    outcomes = take_in(options.home, contract, arrivals, words.say_outcome(contract))
    result = weekly.consolidate(options.home, contract, on_progress=words.say_progress(contract))
    last_arrival = max(arrival.instant for arrival in arrivals)
    demo_portal = demonstration.make(options.home, contract.edition, last_arrival)
    if options.as_json:
        words.print_json(result.document())
    else:
        words.print_summary(outcomes)
        words.print_consolidation(result, options.home, contract)
        words.print_what_to_open(options.home, contract)
        words.print_demo_portal(options.home, demo_portal)
    return EXIT_DONE


def dev(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="La porta della pagina.", min=1, max=65535)] = 3000,
    host: Annotated[
        str, typer.Option(help="L'indirizzo su cui risponde; altri computer la vedono solo con 0.0.0.0.")
    ] = "127.0.0.1",
) -> int:
    """Apre la pagina di Dagster: le elaborazioni, le schede città per settimana; consolida da sé."""
    from pipelines.orchestration.page import NotOpenedError, serve_page

    options = options_of(context)
    _ = options.contract().layouts  # a mistake in them is told here, not in a run by itself
    try:
        serve_page(options.home, options.edition, host, port, words.say_page_is_open)
    except NotOpenedError as error:
        words.say_page_not_opened(error.reason, host, port)
        return EXIT_NOT_NOW
    words.say_page_is_closed()
    return EXIT_DONE
