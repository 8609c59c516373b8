"""Accounts and the audit log, as the terminal and other programs read them.

Lives here: their documents and sentences.
Must not live here: changing or reading them (`pipelines.portal.store`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.cli.board_words import instant_in_words
from pipelines.portal.access.refusals import AccessCode
from pipelines.portal.store.accounts import Account, Invitation, Role
from pipelines.portal.store.audit import Entry, Verified
from schemas.messages.saying import visible

ROLES_IT: Mapping[Role, str] = {
    "city": "città",
    "coordinator": "coordinamento",
    "analyst": "analisi",
    "administrator": "amministrazione",
}

SENTENCES: Mapping[AccessCode, str] = {
    "account_unknown": "L'account non c'è. L'elenco: regia accounts list",
    "account_disabled": "L'account è disabilitato: prima esegua «regia accounts enable NOME».",
    "name_malformed": "Il nome con cui si accede è un indirizzo e-mail, oppure da 3 a 64 lettere senza "
    "accenti, cifre, punti, trattini e trattini bassi.",
    "name_taken": "C'è già un account con questo nome. Per un nuovo invito: regia accounts invite NOME",
    "shown_name_malformed": "Dopo --shown-name scriva un nome di al più 100 caratteri, su una riga.",
    "city_missing": "Manca la città dell'account: aggiunga --city, per esempio --city torino.",
    "city_not_for_role": "Solo un account con --role city appartiene a una città: tolga --city.",
    "invitation_unknown": "L'invito non c'è, oppure è già stato usato.",
    "invitation_expired": "L'invito è scaduto. Per uno nuovo: regia accounts invite NOME",
    "password_wrong": "La password attuale non è giusta.",
    "password_too_short": "La password ha meno di 12 caratteri.",
    "password_too_long": "La password ha più di 128 caratteri.",
    "password_common": "La password è tra quelle che chi vuole entrare prova per prime: ne scelga un'altra.",
    "password_has_name": "La password contiene il nome con cui si accede: ne scelga un'altra.",
    "second_factor_missing": "L'account non ha un secondo fattore.",
}


def account_document(account: Account) -> dict[str, object]:
    """An account in `accounts --json`."""
    return {
        "name": account.name,
        "shown_name": account.shown_name,
        "role": account.role,
        "city": account.city,
        "language": account.language,
        "is_active": account.is_active,
        "has_password": account.has_password,
        "has_second_factor": account.has_totp,
        "created_at": account.created_at.isoformat(),
        "last_signed_in_at": account.last_signed_in_at and account.last_signed_in_at.isoformat(),
    }


def invitation_document(invitation: Invitation) -> dict[str, object]:
    """The document of `accounts add --json` and `accounts invite --json`."""
    return {
        **account_document(invitation.account),
        "invitation": invitation.path,
        "expires_at": invitation.expires_at.isoformat(),
    }


def print_invitation(invitation: Invitation) -> None:
    """What to hand over, and what happens then."""
    account = invitation.account
    print(f"{account.name}: {_role(account)}.")
    print(f"Invito, da consegnare alla persona: {invitation.path}")
    print(f"Vale una volta sola, fino a {instant_in_words(invitation.expires_at)}. Non si può rivedere.")
    if account.needs_totp:
        print("Scelta la password, il portale chiederà di impostare il secondo fattore (un'app di codici).")


def print_accounts(accounts: Sequence[Account]) -> None:
    """A line for each account."""
    if not accounts:
        print("Non ci sono account.")
        return
    wide = max(len(account.name) for account in accounts)
    for account in accounts:
        print(f"{account.name:<{wide}}  {_role(account)}; {_state(account)}")


def print_switched(account: Account) -> None:
    """Whether the account may sign in now."""
    print(
        f"{account.name}: {'abilitato' if account.is_active else 'disabilitato, e le sue sessioni finite'}."
    )


def entry_document(entry: Entry) -> dict[str, object]:
    """A row of `accounts audit --json`."""
    return {**vars(entry), "at": entry.at.isoformat()}


def print_entries(entries: Sequence[Entry]) -> None:
    """A line for each thing done, the newest first."""
    if not entries:
        print("Nel registro non c'è nulla di ciò che è stato chiesto.")
    for entry in entries:
        told = (f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.who, entry.event, entry.subject, entry.address)
        print(visible("  ".join(part for part in told if part)))


def verified_document(found: Verified) -> dict[str, object]:
    """The document of `accounts audit --verify --json`."""
    return dict(vars(found))


def print_verified(found: Verified) -> None:
    """Whether the log is as it was written."""
    if found.first_broken is None:
        print(f"Il registro è integro: {found.entries} righe, l'ultima con l'impronta {found.last_digest}.")
        print("Conservi l'impronta altrove: dirà anche se un giorno il registro fosse riscritto per intero.")
    else:
        print(f"Il registro è stato alterato: la prima riga che non torna è la {found.first_broken}.")


def _role(account: Account) -> str:
    role = ROLES_IT[account.role]
    return role if account.city is None else f"{role} di {account.city}"


def _state(account: Account) -> str:
    if not account.is_active:
        return "disabilitato"
    if not account.has_password:
        return "invitato, non ha ancora scelto la password"
    if account.last_signed_in_at is None:
        return "non è ancora entrato"
    return f"ultimo accesso {instant_in_words(account.last_signed_in_at)}"
