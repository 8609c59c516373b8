"""Commands that ask what was published.

Lives here: `sql`.
Must not live here: how a question is put to the published file (`warehouse.asking`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli import EXIT_DONE, words
from pipelines.cli.given import instant, options_of
from pipelines.refusals import WrongUsageError


def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Una domanda in SQL (DuckDB).", metavar="QUERY")],
    as_of: Annotated[str | None, typer.Option(help="Come si sapeva in quell'istante (ISO).")] = None,
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
