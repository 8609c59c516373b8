"""The list of doors: what stands at which address, and for whom.

Lives here: the list.
Must not live here: what a door checks (`doors`), or what it opens.
"""

from __future__ import annotations

from pipelines.portal import standing
from pipelines.portal.city import draft, nil, submission, week, weeks
from pipelines.portal.doors import Door
from pipelines.portal.signing_in import account, invitation, second_factor, sign_in
from pipelines.portal.store.accounts import Role

CITY: frozenset[Role] = frozenset({"city"})
SENDERS: frozenset[Role] = frozenset({"city", "coordinator"})
"""Who sends returns: a city its own, a coordinator for any."""

DOORS: tuple[Door, ...] = (
    Door("GET", "/", sign_in.start, stage="open"),
    Door("GET", "/accesso", sign_in.show, stage="open"),
    Door("POST", "/accesso", sign_in.sign_in, stage="open"),
    Door("GET", "/accesso/codice", second_factor.show, stage="password"),
    Door("POST", "/accesso/codice", second_factor.check, stage="password"),
    Door("GET", "/accesso/secondo-fattore", second_factor.show_enrolment, stage="password"),
    Door("POST", "/accesso/secondo-fattore", second_factor.enrol, stage="password"),
    Door("GET", "/invito/{token}", invitation.show, stage="open"),
    Door("POST", "/invito/{token}", invitation.accept, stage="open"),
    Door("POST", "/uscita", sign_in.sign_out, stage="password"),
    Door("GET", "/aiuto", standing.help_page, stage="open"),
    Door("GET", "/privacy", standing.privacy, stage="open"),
    Door("GET", "/accessibilita", standing.accessibility, stage="open"),
    Door("POST", "/lingua", account.switch_language, stage="open"),
    Door("GET", "/account", account.show),
    Door("POST", "/account/password", account.change_password),
    Door("POST", "/account/lingua", account.change_language),
    Door("POST", "/account/sessioni/{number:int}/fine", account.end_session),
    Door("GET", "/settimane", weeks.show, CITY),
    Door("GET", "/settimane/{week}", week.show, CITY),
    Door("GET", "/settimane/{week}/modulo.xlsx", week.template, CITY),
    Door("GET", "/settimane/{week}/nulla", nil.show, CITY),
    Door("POST", "/settimane/{week}/nulla", nil.declare, CITY),
    Door("POST", "/bozze", draft.upload, SENDERS, takes_files=True),
    Door("GET", "/bozze/{draft}", draft.show, SENDERS),
    Door("GET", "/bozze/{draft}/copia.xlsx", draft.annotated, SENDERS),
    Door("POST", "/bozze/{draft}/conferma", draft.confirm, SENDERS),
    Door("POST", "/bozze/{draft}/elimina", draft.remove, SENDERS),
    Door("GET", "/invii/{submission}", submission.show, SENDERS),
    Door("GET", "/invii/{submission}/ricevuta.html", submission.receipt_page, SENDERS),
    Door("GET", "/invii/{submission}/ricevuta.pdf", submission.receipt_document, SENDERS),
    Door("POST", "/invii/{submission}/conferma", submission.confirm, SENDERS),
)
