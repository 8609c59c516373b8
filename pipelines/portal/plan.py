"""The list of doors: what stands at which address, and for whom.

Lives here: the list.
Must not live here: what a door checks (`doors`), or what it opens.
"""

from __future__ import annotations

from pipelines.portal import standing
from pipelines.portal.administration import accounts, audit
from pipelines.portal.city import draft, nil, submission, week, weeks
from pipelines.portal.coordinator import board, city, folder, reports
from pipelines.portal.doors import Door
from pipelines.portal.signing_in import account, invitation, second_factor, sign_in
from pipelines.portal.store.accounts import ROLES, WITH_SECOND_FACTOR, Role

CITY: frozenset[Role] = frozenset({"city"})
SENDERS: frozenset[Role] = frozenset({"city", "coordinator"})
"""Who sends returns: a city its own, a coordinator for any."""
COORDINATORS: frozenset[Role] = frozenset({"coordinator"})
READERS: frozenset[Role] = frozenset({"coordinator", "analyst"})
"""Who sees all cities."""
ADMINISTRATORS: frozenset[Role] = frozenset({"administrator"})
FREE_TO_CHOOSE: frozenset[Role] = frozenset(ROLES) - WITH_SECOND_FACTOR
"""Who may do without a second factor."""

DOORS: tuple[Door, ...] = (
    Door("GET", "/", sign_in.start, stage="open"),
    Door("GET", "/accesso", sign_in.show, stage="open"),
    Door("POST", "/accesso", sign_in.sign_in, stage="open", checks_password=True),
    Door("GET", "/accesso/codice", second_factor.show, stage="password"),
    Door("POST", "/accesso/codice", second_factor.check, stage="password"),
    Door("GET", "/accesso/secondo-fattore", second_factor.show_enrolment, stage="password"),
    Door("POST", "/accesso/secondo-fattore", second_factor.enrol, stage="password"),
    Door("GET", "/invito/{token}", invitation.show, stage="open"),
    Door("POST", "/invito/{token}", invitation.accept, stage="open", checks_password=True),
    Door("POST", "/uscita", sign_in.sign_out, stage="password"),
    Door("GET", "/aiuto", standing.help_page, stage="open"),
    Door("GET", "/privacy", standing.privacy, stage="open"),
    Door("GET", "/accessibilita", standing.accessibility, stage="open"),
    Door("POST", "/lingua", account.switch_language, stage="open"),
    Door("GET", "/account", account.show),
    Door("GET", "/account/password", account.show),
    Door("POST", "/account/password", account.change_password, checks_password=True),
    Door("GET", "/account/secondo-fattore", account.show, FREE_TO_CHOOSE),
    Door(
        "POST",
        "/account/secondo-fattore",
        account.remove_second_factor,
        FREE_TO_CHOOSE,
        checks_password=True,
    ),
    Door("POST", "/account/lingua", account.change_language),
    Door("POST", "/account/sessioni/{number:row}/fine", account.end_session),
    Door("GET", "/settimane", weeks.show, CITY),
    Door("GET", "/settimane/{week}", week.show, CITY),
    Door("GET", "/settimane/{week}/modulo.xlsx", week.template, CITY),
    Door("GET", "/settimane/{week}/nulla", nil.show, CITY),
    Door("POST", "/settimane/{week}/nulla", nil.declare, CITY),
    Door("GET", "/bozze", draft.all_drafts, SENDERS),
    Door("POST", "/bozze", draft.upload, SENDERS, takes_files=True),
    Door("GET", "/bozze/{draft}", draft.show, SENDERS),
    Door("GET", "/bozze/{draft}/indicatori", draft.indicators, SENDERS),
    Door("GET", "/bozze/{draft}/copia.xlsx", draft.annotated, SENDERS),
    Door("GET", "/bozze/{draft}/conferma", draft.show, SENDERS),
    Door("POST", "/bozze/{draft}/conferma", draft.confirm, SENDERS),
    Door("POST", "/bozze/{draft}/elimina", draft.remove, SENDERS),
    Door("GET", "/invii/{submission}", submission.show, SENDERS),
    Door("GET", "/invii/{submission}/ricevuta.html", submission.receipt_page, SENDERS),
    Door("GET", "/invii/{submission}/ricevuta.pdf", submission.receipt_document, SENDERS),
    Door("GET", "/invii/{submission}/copia.xlsx", submission.annotated, SENDERS),
    Door("GET", "/invii/{submission}/conferma", submission.show, SENDERS),
    Door("POST", "/invii/{submission}/conferma", submission.confirm, SENDERS),
    Door("GET", "/quadro", board.show, READERS),
    Door("GET", "/citta/{city}", city.show, READERS),
    Door("POST", "/citta/{city}", city.upload, COORDINATORS, takes_files=True),
    Door("GET", "/citta/{city}/{week}", city.show_week, READERS),
    Door("GET", "/citta/{city}/{week}/modulo.xlsx", city.template, COORDINATORS),
    Door("GET", "/citta/{city}/{week}/rimanda", city.show_week, COORDINATORS),
    Door("POST", "/citta/{city}/{week}/rimanda", city.send_back, COORDINATORS),
    Door("GET", "/citta/{city}/{week}/nulla", city.show_nil, COORDINATORS),
    Door("POST", "/citta/{city}/{week}/nulla", city.declare_nil, COORDINATORS),
    Door("GET", "/cartella", folder.show, COORDINATORS),
    Door("POST", "/cartella", folder.upload, COORDINATORS, takes_files=True),
    Door("GET", "/cartella/acquisisci", folder.show, COORDINATORS),
    Door("POST", "/cartella/acquisisci", folder.take_in, COORDINATORS),
    Door("GET", "/cartella/elimina", folder.show, COORDINATORS),
    Door("POST", "/cartella/elimina", folder.remove, COORDINATORS),
    Door("GET", "/relazioni", reports.show, READERS),
    Door("GET", "/relazioni/{name}", reports.open_report, READERS),
    Door("GET", "/utenti", accounts.show, ADMINISTRATORS),
    Door("POST", "/utenti", accounts.create, ADMINISTRATORS),
    Door("GET", "/utenti/{number:row}", accounts.show_one, ADMINISTRATORS),
    Door("GET", "/utenti/{number:row}/invito", accounts.show_one, ADMINISTRATORS),
    Door("POST", "/utenti/{number:row}/invito", accounts.invite_again, ADMINISTRATORS),
    Door("GET", "/utenti/{number:row}/chiudi", accounts.show_one, ADMINISTRATORS),
    Door("POST", "/utenti/{number:row}/chiudi", accounts.disable, ADMINISTRATORS),
    Door("POST", "/utenti/{number:row}/riapri", accounts.enable, ADMINISTRATORS),
    Door("GET", "/registro", audit.show, ADMINISTRATORS),
    Door("GET", "/registro/registro.csv", audit.export, ADMINISTRATORS),
)
"""Where a form answers with a page of its own, its address opens that page, too: to switch the language."""
