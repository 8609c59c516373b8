"""The demonstration's portal: accounts of its own, and a clock that begins after the last sample return.

Lives here: making them in the home of `regia demo`, and finding them there again.
Must not live here: how returns get into that home (`pipelines.cli.commands.consolidation`).
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Literal

import pyotp
from pydantic import BaseModel, ConfigDict

from pipelines import clock
from pipelines.home import Home
from pipelines.portal.access import totp
from pipelines.portal.access.key import load_key
from pipelines.portal.access.refusals import AccessError
from pipelines.portal.store.accounts import Accounts, Role
from pipelines.portal.store.database import Database
from pipelines.portal.store.second_factors import SecondFactors
from pipelines.refusals import WrongUsageError
from pipelines.writing import whole_file
from schemas.contract import Edition, Language
from schemas.weeks import ROME

_NAME = "demo.json"

_BEGINS_AT = dt.time(9)
"""On the Monday after the last sample return: the week that has just ended is due, and nobody has sent it."""


class DemoAccount(BaseModel):
    """An account of a demonstration, with what signs it in. secret: of its codes, where it needs them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    password: str
    role: Role
    secret: str | None = None


class Demonstration(BaseModel):
    """What a demonstration's home holds beside returns. begins_at: what the clock says when it is opened.

    is_made: whether all its accounts are there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    begins_at: dt.datetime
    accounts: tuple[DemoAccount, ...] = ()
    is_made: bool = True


def begin(home: Home) -> Demonstration | None:
    """The demonstration of a home, its clock set going; None for a home that is none."""
    found = find(home)
    if found is not None:
        clock.begin_at(found.begins_at)
    return found


def find(home: Home) -> Demonstration | None:
    """The demonstration of a home; None for a home that is none, or none yet."""
    begun = _begun(home)
    return begun if begun is not None and begun.is_made else None


def _begun(home: Home) -> Demonstration | None:
    path = home.root / _NAME
    return Demonstration.model_validate_json(path.read_bytes()) if path.exists() else None


def refuse_other_accounts(home: Home) -> None:
    """WrongUsageError for a home whose accounts are no demonstration's: these would lose their passwords."""
    if _begun(home) is not None or not home.portal_database.exists():
        return
    database = Database(home.portal_database)
    try:
        if Accounts(database).all():
            raise WrongUsageError(
                f"La cartella {home.root} ha già utenti del portale: per la demo ne scelga una con --home."
            )
    finally:
        database.close()


def make(home: Home, edition: Edition, last_arrival: dt.datetime) -> Demonstration:
    """A demonstration in a home: an account of every role, and of two cities. What is there already stays.

    Raises WrongUsageError for a home with other accounts, OSError. Passwords are made by chance, so that no
    demonstration opens another one.
    """
    found = find(home)
    if found is not None:
        return found
    last_day = last_arrival.astimezone(ROME).date()
    monday = last_day + dt.timedelta(days=7 - last_day.weekday())
    begins_at = dt.datetime.combine(monday, _BEGINS_AT, ROME)
    refuse_other_accounts(home)
    _write(home, Demonstration(begins_at=begins_at, is_made=False))
    database = Database(home.portal_database)
    try:
        kept = Accounts(database)
        factors = SecondFactors(database, load_key(home.portal_key))
        at = clock.of_this_machine()
        made = tuple(_account(kept, factors, planned, at) for planned in _planned(edition))
    finally:
        database.close()
    demonstration = Demonstration(begins_at=begins_at, accounts=made)
    _write(home, demonstration)
    return demonstration


def _write(home: Home, demonstration: Demonstration) -> None:
    with whole_file(home.root / _NAME) as unfinished:
        unfinished.touch(mode=0o600)
        unfinished.write_text(demonstration.model_dump_json(indent=1), encoding="utf-8")


def code_of(home: Home, name: str) -> str:
    """The code that signs a demonstration's account in just now. Raises WrongUsageError for none."""
    found = find(home)
    if found is None:
        raise WrongUsageError(
            "I codici si leggono così solo in una prova: negli altri casi li mostra il telefono."
        )
    account = next((one for one in found.accounts if one.name == name), None)
    if account is None or account.secret is None:
        with_code = ", ".join(one.name for one in found.accounts if one.secret is not None)
        raise WrongUsageError(f"«{name}» non ha bisogno di un codice. Lo chiedono a: {with_code}.")
    return pyotp.TOTP(account.secret).at(clock.of_this_machine())


@dataclass(frozen=True)
class _Planned:
    name: str
    shown_name: str
    role: Role
    city: str | None = None
    language: Language = "it"


def _planned(edition: Edition) -> tuple[_Planned, ...]:
    """A city that reads Italian, one that reads German too, and each of the others who work with them."""
    italian = next(city for city in edition.cities if edition.languages_of(city.slug) == ("it",))
    others = [city for city in edition.cities if "de" in edition.languages_of(city.slug)]
    return (
        _Planned(italian.slug, f"Ufficio di {italian.name_it}", "city", italian.slug),
        *(_Planned(one.slug, f"Ufficio di {one.name_it}", "city", one.slug, "de") for one in others[:1]),
        _Planned("coordinamento", "Coordinamento nazionale", "coordinator"),
        _Planned("analisi", "Ufficio analisi", "analyst"),
        _Planned("amministrazione", "Amministrazione del portale", "administrator"),
    )


def _account(accounts: Accounts, factors: SecondFactors, planned: _Planned, at: dt.datetime) -> DemoAccount:
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    try:
        invitation = accounts.create(
            planned.name,
            planned.role,
            at,
            city=planned.city,
            language=planned.language,
            shown_name=planned.shown_name,
        )
    except AccessError:  # of a demonstration that was killed while it was made
        invitation = accounts.invite_again(accounts.of_name(planned.name).id, at)
    account = accounts.accept_invitation(invitation.token, password, at)
    secret = None
    if account.needs_totp:
        salt = totp.new_salt()
        secret = factors.offered(account.id, salt)
        codes = factors.confirm(account.id, salt, pyotp.TOTP(secret).at(at), at)
        assert codes is not None
    return DemoAccount(name=account.name, password=password, role=account.role, secret=secret)
