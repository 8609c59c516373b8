"""Commands that record what people decided.

Lives here: `confirm`, `waive`, `nil`, `deadline`, `send-back`, `rejudge`.
Must not live here: what a decision changes (`pipelines.deciding`, `declaring_nil`, `moving_deadlines`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import EXIT_DONE, given, words
from pipelines.cli.given import (
    By,
    CityNamed,
    Options,
    WeekNamed,
    city_if_named,
    city_named,
    day,
    options_of,
    said,
    status_of,
    week_named,
    who,
)

if TYPE_CHECKING:
    from pipelines.receiving import Outcome

Submission = Annotated[str, typer.Argument(help="L'invio, come lo dice la ricevuta.", metavar="INVIO")]


def confirm(
    context: typer.Context,
    submission: Submission,
    rule: Annotated[str, typer.Argument(help="La regola che avvisa, per esempio S05.", metavar="REGOLA")],
    note: Annotated[str, typer.Option(help="Perché è giusto così.")],
    by: By = None,
) -> int:
    """Conferma un avviso: è strano ma vero. Resta scritto accanto all'avviso, con la nota."""
    from pipelines import deciding

    options = options_of(context)
    outcome = deciding.confirm(
        options.home, options.contract(), submission, {rule.upper(): said("--note", note)}, who(by)
    )
    return _told(options, outcome, f"Confermato: {rule.upper()} nell'invio {submission}.")


def waive(
    context: typer.Context,
    city: CityNamed,
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

    options = options_of(context)
    contract = options.contract()
    slug = city_named(contract, city)
    waiver = deciding.waive(
        options.home,
        contract,
        slug,
        rule.upper(),
        deciding.scope_of(scope),
        said("--reason", reason),
        day(until),
        who(by),
    )
    if options.as_json:
        words.print_json(waiver.model_dump(mode="json"))
    else:
        words.print_waiver(waiver, contract)
    return EXIT_DONE


def nil(
    context: typer.Context,
    city: CityNamed,
    week: WeekNamed,
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

    options = options_of(context)
    contract = options.contract()
    slug, iso_week = city_named(contract, city), week_named(contract, week)
    place = declaring_nil.nil_place(contract.edition, slug, service_point, area)
    record = declaring_nil.withdraw_nil if withdraw else declaring_nil.declare_nil
    act = record(options.home, contract, slug, iso_week, place, said("--reason", reason), who(by))
    if options.as_json:
        words.print_json(act.model_dump(mode="json"))
    elif isinstance(act, NilWithdrawal):
        words.print_nil_withdrawn(slug, iso_week, place, contract)
    else:
        words.print_nil(act, place, contract)
    return EXIT_DONE


def deadline(
    context: typer.Context,
    week: Annotated[str, typer.Argument(help="La settimana, per esempio 2023-W43.", metavar="SETTIMANA")],
    until: Annotated[
        str, typer.Option(help="Il nuovo termine, per esempio 2023-11-03T12:00, compreso; ora di Roma.")
    ],
    reason: Annotated[str, typer.Option(help="Perché, per esempio la festa del patrono.")],
    city: Annotated[
        str | None,
        typer.Option(
            help="La città per cui vale; altrimenti per tutte, per esempio torino.", metavar="CITTÀ"
        ),
    ] = None,
    by: By = None,
) -> int:
    """Sposta più avanti la scadenza di una settimana, per tutte le città o per una."""
    from pipelines import moving_deadlines

    options = options_of(context)
    contract = options.contract()
    moved = moving_deadlines.move_deadline(
        options.home,
        contract,
        week_named(contract, week),
        city_if_named(contract, city),
        given.deadline(until),
        said("--reason", reason),
        who(by),
    )
    if options.as_json:
        words.print_json(moved.model_dump(mode="json"))
    else:
        words.print_deadline(moved, contract)
    return EXIT_DONE


def send_back(
    context: typer.Context,
    submission: Submission,
    note: Annotated[str, typer.Option(help="Che cosa la città deve guardare.")],
    by: By = None,
) -> int:
    """Rimanda alla città una scheda accettata: resta valida finché non arriva una nuova versione."""
    from pipelines import deciding

    options = options_of(context)
    outcome = deciding.send_back(options.home, options.contract(), submission, said("--note", note), who(by))
    return _told(options, outcome, f"Rimandato alla città: invio {submission}.")


def rejudge(
    context: typer.Context,
    submission: Submission,
    note: Annotated[str, typer.Option(help="Che cosa è cambiato.")] = "",
    by: By = None,
) -> int:
    """Giudica di nuovo una scheda respinta, con i servizi, i formati e le deroghe di oggi."""
    from pipelines import deciding

    options = options_of(context)
    contract = options.contract()
    outcome = deciding.rejudge(options.home, contract, submission, who(by), note)
    if options.as_json:
        words.print_json(words.outcome_document(outcome, contract))
    else:
        words.print_outcome(submission, outcome, contract)
    return status_of(outcome.verdict.is_accepted)


def _told(options: Options, outcome: Outcome, sentence: str) -> int:
    if options.as_json:
        words.print_json(words.outcome_document(outcome, options.contract()))
    else:
        print(sentence)
        print(words.ENTERS)
    return EXIT_DONE
