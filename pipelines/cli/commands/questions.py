"""Commands that ask what was published.

Lives here: `sql`.
Must not live here: how a question is put to the published file (`warehouse.asking`).
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import EXIT_DONE, answer_words
from pipelines.cli.given import instant, options_of
from pipelines.refusals import WrongUsageError
from pipelines.writing import refuse_taken


class FormOfAnswer(StrEnum):
    """In which an answer is written."""

    csv = "csv"
    parquet = "parquet"
    json = "json"


def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Una domanda in SQL (DuckDB).", metavar="QUERY")],
    as_of: Annotated[str | None, typer.Option(help="Come si sapeva in quell'istante (ISO).")] = None,
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
    from warehouse.asking import QueryError, asked

    options = options_of(context)
    if options.as_json and (form is not FormOfAnswer.csv or out is not None):
        raise WrongUsageError("Scelga --json oppure --format e --out, non tutti e due.")
    if out is not None:
        refuse_taken(out)
    if form is FormOfAnswer.parquet and out is None and sys.stdout.isatty():
        raise WrongUsageError("Un file Parquet non si legge a schermo: dica dove scriverlo con --out.")
    path = options.home.published(options.edition)
    if not path.exists():
        raise WrongUsageError("Non è ancora stato pubblicato nulla: prima esegua «regia consolidate».")
    instant_asked = instant(as_of) if as_of else None
    try:
        if form is FormOfAnswer.csv:
            with asked(path, query, instant_asked) as answer:
                if options.as_json:
                    answer_words.print_document(answer.columns, answer.rows())
                else:
                    answer_words.write_csv(answer.columns, answer.rows(), out)
        else:
            with (
                answer_words.written_to(out) as target,
                asked(path, query, instant_asked, target) as answer,
            ):
                answer.write(target, "parquet" if form is FormOfAnswer.parquet else "json")
    except QueryError as error:
        raise WrongUsageError(f"La domanda non si può eseguire: {error}") from error
    return EXIT_DONE
