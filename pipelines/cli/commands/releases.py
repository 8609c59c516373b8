"""Commands of the revision policy.

Lives here: `freeze`, `reopen`, `releases`, `releases verify`, `releases chart`.
Must not live here: when a quarter may be frozen (`pipelines.freezing`), or the files of a release.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import EXIT_DONE, EXIT_REJECTED, words
from pipelines.cli.given import (
    EVERYWHERE,
    By,
    CityNamed,
    QuarterNamed,
    city_named,
    day,
    options_of,
    quarter_named,
    said,
    who,
)

app = typer.Typer(
    help="I rilasci dei trimestri congelati: quali ci sono, se sono intatti.",
    epilog=EVERYWHERE,
    rich_markup_mode=None,
)


def freeze(
    context: typer.Context,
    quarter: QuarterNamed,
    note: Annotated[str, typer.Option(help="Una frase per chi leggerà i dati.")] = "",
    by: By = None,
) -> int:
    """Congela un trimestre: ne fa un rilascio che non cambia più, e da allora le correzioni si chiedono."""
    from pipelines import freezing
    from pipelines.cli import releases_words

    options = options_of(context)
    contract = options.contract()
    asked = quarter_named(contract, quarter)
    frozen = freezing.freeze(
        options.home, contract, asked, note.strip(), who(by), words.say_progress(contract)
    )
    if options.as_json:
        words.print_json(releases_words.frozen_document(frozen))
    else:
        releases_words.print_frozen(frozen, contract.edition)
    return EXIT_DONE


def reopen(
    context: typer.Context,
    quarter: QuarterNamed,
    city: Annotated[str, typer.Option(help="La città che potrà correggere.", metavar="CITTÀ")],
    reason: Annotated[str, typer.Option(help="Perché.")],
    until: Annotated[str, typer.Option(help="L'ultimo giorno in cui vale, per esempio 2023-12-31.")],
    by: By = None,
) -> int:
    """Riapre un trimestre congelato per una città, fino a quel giorno: può correggere."""
    from pipelines import freezing
    from pipelines.cli import releases_words

    options = options_of(context)
    contract = options.contract()
    act = freezing.reopen(
        options.home,
        contract,
        quarter_named(contract, quarter),
        city_named(contract, city),
        said("--reason", reason),
        day(until),
        who(by),
    )
    if options.as_json:
        words.print_json(act.model_dump(mode="json"))
    else:
        releases_words.print_reopened(act, contract.edition)
    return EXIT_DONE


@app.callback(invoke_without_command=True)
def releases(context: typer.Context) -> int:
    """I rilasci dei trimestri congelati: quali ci sono, se sono intatti."""
    if context.invoked_subcommand is not None:
        return EXIT_DONE
    from pipelines.acts import read_acts
    from pipelines.cli import releases_words

    options = options_of(context)
    edition = options.contract().edition
    acts = read_acts(options.home.acts)
    if options.as_json:
        words.print_json(releases_words.releases_document(options.home, acts, edition))
    else:
        releases_words.print_releases(options.home, acts, edition)
    return EXIT_DONE


@app.command("verify", epilog=EVERYWHERE)
def verify(context: typer.Context) -> int:
    """Controlla che ogni file di ogni rilascio sia com'era: nessuno cambiato, tolto o aggiunto."""
    from pipelines.cli import releases_words
    from pipelines.releases import find_defects

    options = options_of(context)
    edition = options.contract().edition
    found = find_defects(options.home, edition)
    if options.as_json:
        words.print_json([{"kind": one.kind, "place": one.place} for one in found])
    else:
        releases_words.print_defects(found, options.home, edition)
    return EXIT_REJECTED if found else EXIT_DONE


@app.command("chart", epilog=EVERYWHERE)
def chart(
    context: typer.Context,
    city: CityNamed,
    out: Annotated[
        Path | None, typer.Option(help="Dove scriverlo; altrimenti tra i rapporti.", metavar="FILE.svg")
    ] = None,
) -> int:
    """Disegna come le cifre di una città, una volta pubblicate, sono cambiate con le correzioni (SVG)."""
    from pipelines.revision_charts import write_chart

    options = options_of(context)
    contract = options.contract()
    path = write_chart(options.home, contract.edition, city_named(contract, city), out)
    if options.as_json:
        words.print_json({"file": str(path)})
    else:
        print(f"Grafico: {path}")
    return EXIT_DONE
