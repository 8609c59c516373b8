"""Commands about who may use the portal.

Lives here: `accounts add`, `list`, `invite`, `disable`, `enable`, `code`, `audit`.
Must not live here: what an account is (`pipelines.portal.store`), or the sentences (`account_words`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pipelines.cli import EXIT_DONE, EXIT_REJECTED, words
from pipelines.cli.given import EVERYWHERE, Options, city_if_named, day, options_of
from pipelines.clock import of_this_machine
from pipelines.refusals import WrongUsageError
from schemas.contract import LANGUAGES

if TYPE_CHECKING:
    from pipelines.portal.store.accounts import Accounts, Invitation
    from pipelines.portal.store.audit import AuditLog, Event
    from pipelines.portal.store.database import Database

app = typer.Typer(
    help="Gli account del portale: chi può entrare, con quale ruolo, e che cosa è stato fatto.",
    epilog=EVERYWHERE,
    rich_markup_mode=None,
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="Il nome con cui si accede.", metavar="NOME")]
Chosen = TypeVar("Chosen", bound=str)


@app.callback()
def accounts() -> None:
    """Gli account del portale: chi può entrare, con quale ruolo, e che cosa è stato fatto."""


@app.command("add", epilog=EVERYWHERE)
def add(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            help="Il nome con cui si accederà: un indirizzo e-mail, oppure lettere, cifre e . _ -",
            metavar="NOME",
        ),
    ],
    role: Annotated[str, typer.Option(help="Il ruolo.", metavar="city|coordinator|analyst|administrator")],
    city: Annotated[
        str | None, typer.Option(help="La città, per esempio torino: solo con --role city.", metavar="CITTÀ")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(help="La lingua delle pagine.", metavar="it|en|de", show_default="quella della città"),
    ] = None,
    shown_name: Annotated[
        str | None,
        typer.Option(help="Come il portale chiama la persona.", metavar="TESTO", show_default="NOME"),
    ] = None,
) -> int:
    """Crea un account e stampa l'invito con cui la persona sceglierà la password."""
    from pipelines.portal.store.accounts import ROLES
    from pipelines.portal.store.audit import COMMAND_LINE

    options = options_of(context)
    contract = options.contract()
    slug = city_if_named(contract, city)
    chosen_role = _one_of("--role", role, ROLES)
    chosen_language = _one_of("--language", language or contract.edition.languages_of(slug)[0], LANGUAGES)
    at = of_this_machine()
    with _changing(options, is_first=True) as (kept, log):
        invitation = kept.create(
            name, chosen_role, at, city=slug, language=chosen_language, shown_name=shown_name
        )
        log.record(at, COMMAND_LINE, "account_created", invitation.account.name)
    return _told_invitation(options, invitation)


@app.command("list", epilog=EVERYWHERE)
def list_accounts(context: typer.Context) -> int:
    """Elenca gli account: nome, ruolo, città, stato, ultimo accesso."""
    from pipelines.cli import account_words
    from pipelines.portal.store.accounts import Accounts

    options = options_of(context)
    with _opened(options) as database:
        found = Accounts(database).all()
    if options.as_json:
        words.print_json({"accounts": [account_words.account_document(account) for account in found]})
    else:
        account_words.print_accounts(found)
    return EXIT_DONE


@app.command("invite", epilog=EVERYWHERE)
def invite(context: typer.Context, name: Name) -> int:
    """Dà un nuovo invito: password, secondo fattore, sessioni e invito di prima non valgono più."""
    from pipelines.portal.access.key import load_key
    from pipelines.portal.store.attempts import Attempts
    from pipelines.portal.store.audit import COMMAND_LINE

    options = options_of(context)
    at = of_this_machine()
    with _changing(options) as (kept, log):
        invitation = kept.invite_again(kept.of_name(name).id, at)
        Attempts(kept.database, load_key(options.home.portal_key)).forget(name)
        log.record(at, COMMAND_LINE, "account_invited_again", invitation.account.name)
    return _told_invitation(options, invitation)


@app.command("disable", epilog=EVERYWHERE)
def disable(context: typer.Context, name: Name) -> int:
    """Toglie l'accesso a un account; le sue sessioni finiscono subito. Nulla di ciò che ha fatto cambia."""
    return _switch(options_of(context), name, is_active=False)


@app.command("enable", epilog=EVERYWHERE)
def enable(context: typer.Context, name: Name) -> int:
    """Ridà l'accesso a un account, con la password che aveva."""
    return _switch(options_of(context), name, is_active=True)


@app.command("code", epilog=EVERYWHERE)
def code(context: typer.Context, name: Name) -> int:
    """In una prova: il codice di verifica che un account chiede adesso."""
    from pipelines import demonstration

    options = options_of(context)
    current = demonstration.code_of(options.home, name)
    if options.as_json:
        words.print_json({"name": name, "code": current})
    else:
        print(current)
    return EXIT_DONE


@app.command("audit", epilog=EVERYWHERE)
def audit(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Option(help="Solo ciò che ha fatto questo account.", metavar="NOME")
    ] = None,
    on_day: Annotated[
        str | None, typer.Option("--day", help="Solo un giorno, per esempio 2023-10-18.", metavar="GIORNO")
    ] = None,
    limit: Annotated[int, typer.Option(help="Quante righe, dalla più recente.", min=1)] = 50,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Controlla che nessuna riga sia stata cambiata o tolta (1 se sì)."),
    ] = False,
) -> int:
    """Mostra il registro: chi ha fatto che cosa e quando, dal più recente. Non contiene valori."""
    from pipelines.cli import account_words
    from pipelines.portal.store.audit import AuditLog

    options = options_of(context)
    chosen_day = None if on_day is None else day(on_day)
    with _opened(options) as database:
        if verify:
            found = AuditLog(database).verify()
            if options.as_json:
                words.print_json(account_words.verified_document(found))
            else:
                account_words.print_verified(found)
            return EXIT_DONE if found.first_broken is None else EXIT_REJECTED
        entries = AuditLog(database).events(account=account, day=chosen_day, limit=limit)
    if options.as_json:
        words.print_json({"entries": [account_words.entry_document(entry) for entry in entries]})
    else:
        account_words.print_entries(entries)
    return EXIT_DONE


def _switch(options: Options, name: str, *, is_active: bool) -> int:
    from pipelines.cli import account_words
    from pipelines.portal.store.audit import COMMAND_LINE

    event: Event = "account_enabled" if is_active else "account_disabled"
    with _changing(options) as (kept, log):
        account_id = kept.of_name(name).id
        (kept.activate if is_active else kept.deactivate)(account_id)
        account = kept.of_id(account_id)
        log.record(of_this_machine(), COMMAND_LINE, event, account.name)
    if options.as_json:
        words.print_json(account_words.account_document(account))
    else:
        account_words.print_switched(account)
    return EXIT_DONE


def _told_invitation(options: Options, invitation: Invitation) -> int:
    from pipelines.cli import account_words

    if options.as_json:
        words.print_json(account_words.invitation_document(invitation))
    else:
        account_words.print_invitation(invitation)
    return EXIT_DONE


@contextmanager
def _changing(options: Options, *, is_first: bool = False) -> Iterator[tuple[Accounts, AuditLog]]:
    """The accounts and the log: what is done lasts with its line in the log, or neither does."""
    from pipelines.portal.store.accounts import Accounts
    from pipelines.portal.store.audit import AuditLog

    with _opened(options, is_first=is_first) as database, database.transaction():
        yield Accounts(database), AuditLog(database)


@contextmanager
def _opened(options: Options, *, is_first: bool = False) -> Iterator[Database]:
    """The portal's database in this home; what it refuses, said in Italian."""
    from pipelines.cli import account_words
    from pipelines.portal.access.refusals import AccessError
    from pipelines.portal.store.database import Database

    path = options.home.portal_database
    if not is_first and not path.exists():
        raise WrongUsageError(
            f"In {options.home.root} non ci sono account: crei il primo con «regia accounts add NOME --role "
            "administrator», oppure indichi con --home la cartella giusta."
        )
    database = Database(path)
    try:
        yield database
    except AccessError as error:
        raise WrongUsageError(account_words.SENTENCES[error.code]) from error
    finally:
        database.close()


def _one_of(option: str, given: str, known: tuple[Chosen, ...]) -> Chosen:
    for one in known:
        if one == given:
            return one
    raise WrongUsageError(f"Dopo {option} scriva uno tra: {', '.join(known)}; non «{given}».")
