"""The command that opens the portal.

Lives here: `serve`.
Must not live here: the portal (`pipelines.portal`), or its accounts (`commands.accounts`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli import EXIT_DONE, EXIT_NOT_NOW, words
from pipelines.cli.given import options_of


def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="La porta del portale.", min=1, max=65535)] = 8000,
    host: Annotated[
        str, typer.Option(help="L'indirizzo su cui risponde; dietro un server che cifra basta questo.")
    ] = "127.0.0.1",
    public_url: Annotated[
        str | None,
        typer.Option(
            help="L'indirizzo con cui lo aprono i browser, per esempio https://regia.example.it.",
            envvar="REGIA_PUBLIC_URL",
            show_default="http://HOST:PORT, solo su questo computer",
        ),
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option(
            help="L'indirizzo e-mail a cui scrive chi non riesce a usare una pagina.",
            envvar="REGIA_CONTACT",
        ),
    ] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option("--behind-proxy", help="L'indirizzo di chi chiede lo dice il server che sta davanti."),
    ] = False,
) -> int:
    """Apre il portale: le città vi inviano le schede, il coordinamento vede che cosa è arrivato."""
    from pipelines import demonstration
    from pipelines.portal.serving import NotOpenedError
    from pipelines.portal.serving import serve as answer
    from pipelines.portal.settings import settings_of

    options = options_of(context)
    contract = options.contract()
    _ = contract.layouts  # a mistake in them is told here, not to the first city that sends
    demo = demonstration.begin(options.home)
    settings = settings_of(
        host, port, public_url, contact, behind_proxy=behind_proxy, is_demo=demo is not None
    )

    def on_open(address: str) -> None:
        words.say_portal_is_open(address)
        if demo is not None:
            words.print_demo_accounts(options.home, demo)

    try:
        answer(options.home, contract, settings, host, port, on_open)
    except NotOpenedError as error:
        words.say_portal_not_opened(error.reason, host, port)
        return EXIT_NOT_NOW
    words.say_portal_is_closed()
    return EXIT_DONE
