"""Commands that ask what was published.

Lives here: `sql`, `trace`.
Must not live here: how a question is put to the published file (`warehouse.asking`), or what a
figure is made of (`pipelines.tracing`).
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import EXIT_DONE, EXIT_REJECTED, answer_words, words
from pipelines.cli.given import city_if_named, instant, options_of
from pipelines.refusals import NothingPublishedError, WrongUsageError
from pipelines.writing import refuse_taken
from schemas.contract import NETWORK


class FormOfAnswer(StrEnum):
    """In which an answer is written."""

    csv = "csv"
    parquet = "parquet"
    json = "json"


_WHICH_NAMES = (
    "Quali tabelle ci sono: SHOW TABLES; quali colonne ha una: DESCRIBE indicators_labelled. Un testo sta "
    "fra apici semplici: city = 'milano'."
)

AsOf = Annotated[str | None, typer.Option("--as-of", help="Come si sapeva in quell'istante (ISO).")]


def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Una domanda in SQL (DuckDB).", metavar="QUERY")],
    as_of: AsOf = None,
    form: Annotated[
        FormOfAnswer,
        typer.Option("--format", help="csv; parquet; json: un elenco di oggetti, uno per riga."),
    ] = FormOfAnswer.csv,
    out: Annotated[
        Path | None,
        typer.Option(help="In quale file, che non c'è ancora.", metavar="FILE", show_default="a schermo"),
    ] = None,
) -> int:
    """Una domanda in SQL al file pubblicato, in sola lettura."""
    from warehouse.asking import QueryError, UnknownNameError, asked

    options = options_of(context)
    if options.as_json and (form is not FormOfAnswer.csv or out is not None):
        raise WrongUsageError("Scelga --json oppure --format e --out, non tutti e due.")
    if out is not None:
        refuse_taken(out)
    if form is FormOfAnswer.parquet and out is None and sys.stdout.isatty():
        raise WrongUsageError("Un file Parquet non si legge a schermo: dica dove scriverlo con --out.")
    path = options.home.published(options.edition)
    if not path.exists():
        raise NothingPublishedError(options.home.root)
    instant_asked = instant(as_of) if as_of else None
    try:
        if form is FormOfAnswer.csv:
            with asked(path, query, instant_asked) as answer:
                if options.as_json:
                    answer_words.print_document(answer.columns, answer.rows())
                elif not answer_words.write_csv(answer.columns, answer.rows(), out):
                    words.tell("Nessuna riga. I codici stanno nel dizionario dei dati (dictionary.html).")
        else:
            with (
                answer_words.written_to(out) as target,
                asked(path, query, instant_asked, target) as answer,
            ):
                answer.write(target, "parquet" if form is FormOfAnswer.parquet else "json")
    except UnknownNameError as error:
        raise WrongUsageError(f"La domanda non si può eseguire: {error}\n{_WHICH_NAMES}") from error
    except QueryError as error:
        raise WrongUsageError(f"La domanda non si può eseguire: {error}") from error
    return EXIT_DONE


def trace(
    context: typer.Context,
    indicator: Annotated[str, typer.Argument(help="Il codice dell'indicatore.", metavar="INDICATORE")],
    period: Annotated[
        str, typer.Option("--period", help="Settimana 2023-W42, mese 2023-10 o trimestre 2023-Q4.")
    ],
    to_date: Annotated[
        bool, typer.Option("--to-date", help="Dall'inizio dell'edizione fino a quella settimana.")
    ] = False,
    city: Annotated[
        str | None, typer.Option("--city", help="Una città; altrimenti, o con IT, la rete.")
    ] = None,
    breakdown: Annotated[str | None, typer.Option("--breakdown", help="La lista, per esempio sex.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="La voce, per esempio F.")] = None,
    as_of: AsOf = None,
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
        city_if_named(contract, None if city == NETWORK else city),
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
