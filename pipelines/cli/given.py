"""What every command is given.

Lives here: the options that hold everywhere, and cities, weeks, days, instants and names as people type them.
Must not live here: the commands.
"""

from __future__ import annotations

import datetime as dt
import getpass
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import EXIT_DONE, EXIT_REJECTED
from pipelines.clock import in_rome
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.judging.contract import load_contract
from pipelines.refusals import WrongUsageError
from schemas.editions import find_edition
from schemas.tables import nearest
from schemas.weeks import IsoWeek

EVERYWHERE = "Valgono con ogni comando, prima o dopo: --home CARTELLA, --edition EDIZIONE, --json."

Files = Annotated[list[Path], typer.Argument(help="Uno o più file; ognuno è una scheda.", metavar="FILE...")]
CityNamed = Annotated[str, typer.Argument(help="La città, per esempio torino.", metavar="CITTÀ")]
WeekNamed = Annotated[str, typer.Option("--week", help="La settimana, per esempio 2023-W42.")]
WeekIfNamed = Annotated[str | None, typer.Option("--week", help="Una settimana, per esempio 2023-W42.")]
QuarterNamed = Annotated[str, typer.Argument(help="Il trimestre, per esempio 2023-Q3.", metavar="TRIMESTRE")]
By = Annotated[str | None, typer.Option("--by", help="Chi lo decide; altrimenti l'utente del computer.")]


@dataclass(frozen=True)
class Options:
    """What holds for every command."""

    home: Home
    edition: str
    as_json: bool

    def contract(self) -> Contract:
        return load_contract(find_edition(self.edition))


def options_of(context: typer.Context) -> Options:
    """What holds for this run of a command."""
    assert isinstance(context.obj, Options)
    return context.obj


def city_if_named(contract: Contract, slug: str | None) -> str | None:
    """The city's slug, where one was given. Raises `WrongUsageError` if the edition has none of that name."""
    return None if slug is None else city_named(contract, slug)


def city_named(contract: Contract, slug: str) -> str:
    """The slug of a city, named by its slug or its name. Raises `WrongUsageError` with the nearest one."""
    if slug in contract.edition.city_slugs:
        return slug
    by_name = {city.name_it.casefold(): city.slug for city in contract.edition.cities}
    if slug.casefold() in by_name:
        return by_name[slug.casefold()]
    close = nearest(slug, contract.edition.city_slugs)
    known = f"Intendeva «{close}»?" if close else f"Sono: {', '.join(contract.edition.city_slugs)}."
    raise WrongUsageError(f"La città «{slug}» non fa parte dell'edizione. {known}")


def week_if_named(contract: Contract, text: str | None) -> IsoWeek | None:
    """The week, where one was given. Raises as `week_named`."""
    return None if text is None else week_named(contract, text)


def week_named(contract: Contract, text: str) -> IsoWeek:
    """A week of the edition, typed as 2023-W42. Raises `WrongUsageError` if it is none, or outside."""
    try:
        week = IsoWeek.parse(text)
    except ValueError as error:
        raise WrongUsageError(f"«{text}» non è una settimana: scriva per esempio 2023-W42.") from error
    if week not in contract.edition.weeks:
        first, last = contract.edition.weeks[0], contract.edition.weeks[-1]
        raise WrongUsageError(f"La {week.in_italian()} è fuori dall'edizione, che va da {first} a {last}.")
    return week


def quarter_named(contract: Contract, text: str) -> str:
    """A quarter with weeks of the edition, typed as 2023-Q3. Raises `WrongUsageError` if it is none."""
    quarters = dict.fromkeys(week.quarter for week in contract.edition.weeks)
    if text.upper() not in quarters:
        first, *_, last = quarters
        raise WrongUsageError(
            f"«{text}» non è un trimestre dell'edizione: scriva per esempio {first} (fino a {last})."
        )
    return text.upper()


def day(text: str) -> dt.date:
    """A day, typed as 2023-12-31. Raises `WrongUsageError` if it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise WrongUsageError(f"«{text}» non è un giorno: scriva per esempio 2023-12-31.") from error


def instant(text: str) -> dt.datetime:
    """An instant, typed as 2023-10-18T09:00, of Rome where it names no zone. Raises `WrongUsageError`."""
    try:
        return in_rome(text)
    except (ValueError, OverflowError) as error:
        raise WrongUsageError(f"«{text}» non è un istante: scriva per esempio 2023-10-18T09:00.") from error


def deadline(text: str) -> dt.datetime:
    """The last instant that is on time. Raises `WrongUsageError`, also for a day without its hour."""
    given = instant(text)
    if "T" not in text and " " not in text.strip():
        raise WrongUsageError(f"Indichi anche l'ora, per esempio {text}T12:00: un giorno da solo è ambiguo.")
    return given


def who(by: str | None) -> str:
    """Who decides: named, else the user of the computer."""
    return by or os.environ.get("USER") or getpass.getuser()


def said(option: str, text: str) -> str:
    """A sentence that stays on record, without spaces around. Raises `WrongUsageError` if it is blank."""
    if not text.strip():
        raise WrongUsageError(f"Dopo {option} scriva una frase: resterà agli atti.")
    return text.strip()


def status_of(is_accepted: bool) -> int:
    """The exit status of a verdict."""
    return EXIT_DONE if is_accepted else EXIT_REJECTED
