"""Commands that ask what was published.

Lives here: `sql`, `trace`.
Must not live here: how a question is put to the published file (`warehouse.asking`), or what a
figure is made of (`pipelines.tracing`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli import EXIT_DONE, EXIT_REJECTED, words
from pipelines.cli.given import city_if_named, instant, options_of
from pipelines.refusals import WrongUsageError

AsOf = Annotated[str | None, typer.Option("--as-of", help="Come si sapeva in quell'istante (ISO).")]


def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Una domanda in SQL (DuckDB).", metavar="QUERY")],
    as_of: AsOf = None,
) -> int:
    """Una domanda in SQL al file pubblicato, in sola lettura."""
    from warehouse.asking import QueryError, ask

    options = options_of(context)
    path = options.home.published(options.edition)
    if not path.exists():
        raise WrongUsageError("Non è ancora stato pubblicato nulla: prima esegua «regia consolidate».")
    try:
        answer = ask(path, query, instant(as_of) if as_of else None)
    except QueryError as error:
        raise WrongUsageError(f"La domanda non si può eseguire: {error}") from error
    words.print_answer(answer, as_json=options.as_json)
    return EXIT_DONE


def trace(
    context: typer.Context,
    indicator: Annotated[str, typer.Argument(help="L'indicatore, per esempio HOU02.", metavar="INDICATORE")],
    period: Annotated[
        str, typer.Option("--period", help="Settimana 2023-W42, mese 2023-10 o trimestre 2023-Q4.")
    ],
    to_date: Annotated[
        bool, typer.Option("--to-date", help="Dall'inizio dell'edizione fino a quella settimana.")
    ] = False,
    city: Annotated[str | None, typer.Option("--city", help="Una città; altrimenti la rete.")] = None,
    breakdown: Annotated[str | None, typer.Option("--breakdown", help="La lista, per esempio sex.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="La voce, per esempio F.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Come si sapeva in quell'istante (ISO).")
    ] = None,
) -> int:
    """Da una cifra pubblicata ai file, ai fogli e alle celle da cui viene.

    1 se le celle non tornano con ciò che è pubblicato.
    """
    from pipelines.cli import trace_document, trace_words
    from pipelines.cli.trace_cells import shown_cells
    from pipelines.tracing.asked import Asked, figure_named, period_named
    from pipelines.tracing.rereading import not_as_published, reread
    from pipelines.tracing.trace import trace_figure

    options = options_of(context)
    contract = options.contract()
    edition = contract.edition
    asked = Asked(
        *figure_named(edition, indicator, breakdown, category),
        period_named(edition, period, is_to_date=to_date),
        city_if_named(contract, city),
        instant(as_of) if as_of else None,
    )
    found = trace_figure(options.home, edition, asked)
    shown = shown_cells(found)
    values = tuple(found.added_values) if options.as_json else shown.values
    read = reread(options.home, contract, values, trace_words.say_rereading)
    wrong = not_as_published(contract, values, found.layouts, read)
    if options.as_json:
        words.print_json(trace_document.trace_document(found, edition, read, wrong))
    else:
        trace_words.print_trace(found, edition, shown, read, wrong)
    return EXIT_REJECTED if found.mismatches or wrong else EXIT_DONE
