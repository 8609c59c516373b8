"""Commands about the rules.

Lives here: `rules`, `rules try`.
Must not live here: how a rule is tried (`pipelines.rulebook`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import EXIT_DONE, words
from pipelines.cli.given import EVERYWHERE, day, options_of

app = typer.Typer(
    help="Le regole: che cosa chiedono, chi ne risponde, quante volte sono scattate.",
    epilog=EVERYWHERE,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def rules(context: typer.Context) -> int:
    """Le regole: che cosa chiedono, chi ne risponde, quante volte sono scattate."""
    if context.invoked_subcommand is not None:
        return EXIT_DONE
    from pipelines.cli import rules_words
    from pipelines.rulebook import rule_book

    options = options_of(context)
    edition = options.contract().edition
    book = rule_book(options.home, edition)
    if options.as_json:
        words.print_json(rules_words.book_document(book))
    else:
        rules_words.print_book(book, edition)
    return EXIT_DONE


@app.command("try", epilog=EVERYWHERE)
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

    options = options_of(context)
    contract = options.contract()
    trial = rulebook.try_rule(
        options.home,
        contract,
        rule.strip().upper(),
        rules_words.say_trial,
        draft=draft,
        valid_from=None if valid_from is None else day(valid_from),
    )
    if options.as_json:
        words.print_json(rules_words.trial_document(trial))
    else:
        rules_words.print_trial(trial, contract.edition)
    return EXIT_DONE
