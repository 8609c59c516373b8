"""Commands about layouts: how a city's return is read.

Lives here: `layout suggest`, `layout confirm`.
Must not live here: how a layout is drafted or amended (`pipelines.drafts`, `pipelines.confirming`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import EXIT_DONE, words
from pipelines.cli.given import EVERYWHERE, city_named, options_of, week_if_named
from schemas.editions import find_edition

app = typer.Typer(
    help="I layout: come si legge la scheda di una città.",
    epilog=EVERYWHERE,
    rich_markup_mode=None,
    no_args_is_help=True,
)

CityOfLayout = Annotated[str, typer.Option("--city", help="La città, per esempio torino.")]
WeekOfFile = Annotated[
    str | None, typer.Option("--week", help="La settimana, se il file non la dice, per esempio 2023-W42.")
]


@app.callback()
def layout() -> None:
    """I layout: come si legge la scheda di una città."""


@app.command("suggest", epilog=EVERYWHERE)
def suggest(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Una scheda in una forma mai vista.", metavar="FILE")],
    city: CityOfLayout,
    week: WeekOfFile = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Dove scrivere la bozza; le parole vanno accanto.",
            metavar="FILE.yaml",
            show_default="CITTÀ/SETTIMANA.yaml",
        ),
    ] = None,
) -> int:
    """Propone una bozza di layout per una scheda mai vista, da correggere e confermare. Non cambia nulla."""
    from pipelines import drafts
    from pipelines.cli import layout_words
    from pipelines.receiving import read_source_file

    options = options_of(context)
    contract = options.contract()
    slug = city_named(contract, city)
    found = drafts.suggest_layout(contract, read_source_file(file), slug, week_if_named(contract, week))
    path = out or Path(slug) / f"{found.week}.yaml"
    paths = drafts.write_draft(path, found, contract) if found.draft is not None else ()
    if options.as_json:
        words.print_json(layout_words.suggestion_document(found, paths))
    else:
        layout_words.print_suggestion(found, paths, contract.edition)
    return EXIT_DONE


@app.command("confirm", epilog=EVERYWHERE)
def confirm_layout(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Una scheda la cui forma è un po' cambiata.", metavar="FILE")],
    city: CityOfLayout,
    word: Annotated[
        list[str] | None,
        typer.Option(
            help="Una voce o categoria nuova del file e il suo codice nel contratto; si può ripetere.",
            metavar="TESTO=MISURA|TESTO=ELENCO:CATEGORIA",
        ),
    ] = None,
    week: WeekOfFile = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="In quale cartella scrivere CITTÀ/SETTIMANA.yaml.",
            metavar="CARTELLA",
            show_default="quella in cui si lavora",
        ),
    ] = None,
) -> int:
    """Scrive il layout nuovo di una città dal file com'è ora, da rivedere; quello di prima resta com'è."""
    from pipelines import confirming
    from pipelines.cli import layout_confirm_words
    from pipelines.receiving import read_source_file

    options = options_of(context)
    contract = options.contract()
    slug = city_named(contract, city)
    given = [confirming.parse_word(text, contract.edition) for text in word or []]
    layouts = find_edition(options.edition).sources / "layouts"
    found = confirming.confirm_layout(
        contract, layouts, read_source_file(file), slug, week_if_named(contract, week), given
    )
    paths = confirming.write_confirmation(out or Path(), found)
    if options.as_json:
        words.print_json(layout_confirm_words.confirmation_document(found, paths))
    else:
        layout_confirm_words.print_confirmation(found, paths, contract.edition)
    return EXIT_DONE
