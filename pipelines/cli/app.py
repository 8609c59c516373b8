"""The command `regia`, put together.

Lives here: the options that stand anywhere, and the list of commands in the order of the help.
Must not live here: a command (`pipelines.cli.commands`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.commands import (
    accounts,
    consolidation,
    decisions,
    layouts,
    portal,
    questions,
    releases,
    returns,
    rules,
)
from pipelines.cli.given import EVERYWHERE, Options
from pipelines.home import Home
from schemas.editions import DEFAULT_EDITION

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


_COMMANDS: dict[str, Callable[..., int]] = {
    "check": returns.check,
    "receive": returns.receive,
    "consolidate": consolidation.consolidate,
    "rebuild": consolidation.rebuild,
    "confirm": decisions.confirm,
    "waive": decisions.waive,
    "nil": decisions.nil,
    "deadline": decisions.deadline,
    "send-back": decisions.send_back,
    "rejudge": decisions.rejudge,
    "freeze": releases.freeze,
    "reopen": releases.reopen,
    "status": consolidation.status,
    "receipt": returns.receipt,
    "template": returns.template,
    "trace": questions.trace,
    "sql": questions.sql,
    "demo": consolidation.demo,
    "serve": portal.serve,
    "dev": consolidation.dev,
}
for _name, _function in _COMMANDS.items():
    app.command(_name, epilog=EVERYWHERE)(_function)
app.add_typer(releases.app, name="releases")
app.add_typer(rules.app, name="rules")
app.add_typer(layouts.app, name="layout")
app.add_typer(accounts.app, name="accounts")
