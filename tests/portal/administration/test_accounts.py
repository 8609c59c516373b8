"""Administrators over HTTP: inviting, closing, opening again; the log, whole and as a copy."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import sqlite3
from pathlib import Path

import pytest
from starlette.requests import Request

from pipelines.clock import now
from pipelines.home import Home
from pipelines.portal.administration.accounts import disable
from pipelines.portal.store.accounts import Account
from pipelines.portal.visits import Visit
from schemas.contract import Language
from tests.portal.reading_pages import main_of, said
from tests.portal.visiting import ORIGIN, PASSWORD, Visitor

GIULIA = {
    "name": "giulia.rossi",
    "shown_name": "Giulia Rossi",
    "role": "city",
    "city": "torino",
    "language": "it",
}


@pytest.fixture
def dario(visitor: Visitor) -> Visitor:
    return visitor.sign_in("dario", "administrator")


def invitation_on(page: str) -> str:
    found = re.search(rf'<p class="secret">({re.escape(ORIGIN)}/invito/[^<]+)</p>', page)
    assert found, said(page)
    return found[1].removeprefix(ORIGIN)


def account(visitor: Visitor, name: str) -> Account:
    return visitor.portal.accounts.of_name(name)


def test_a_person_is_invited_and_comes_in(dario: Visitor, home: Home) -> None:
    dario.get("/utenti")
    answer = dario.post("/utenti", GIULIA)
    invitation = invitation_on(answer.text)
    assert "Si vede una volta sola." in said(answer.text)
    giulia = account(dario, "giulia.rossi")
    assert (giulia.shown_name, giulia.role, giulia.city) == ("Giulia Rossi", "city", "torino")
    assert invitation not in dario.get(f"/utenti/{giulia.id}").text
    token = invitation.rpartition("/")[2].encode()
    assert not [path for path in home.root.rglob("*") if path.is_file() and token in path.read_bytes()]

    person = Visitor(dario.portal)
    person.get(invitation)
    assert person.post(invitation, {"password": PASSWORD, "password_again": PASSWORD}).status_code == 303
    page = said(dario.get("/utenti").text)
    assert "Giulia Rossi giulia.rossi Città di Torino Attivo" in page


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": "Giulia Rossi!"}, "Scriva un indirizzo e-mail, oppure"),
        ({"name": "dario"}, "Questo nome utente esiste già"),
        ({"name": ""}, "Scriva il nome utente."),
        ({"shown_name": " "}, "Scriva il nome della persona."),
        ({"city": ""}, "Scelga la città di questo utente."),
        ({"role": "analyst"}, "Solo il ruolo Città ha una città"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said_beside_its_field(
    dario: Visitor, changed: dict[str, str], told: str
) -> None:
    dario.get("/utenti")
    answer = dario.post("/utenti", {**GIULIA, **changed})
    assert answer.status_code == 422
    assert said(answer.text).count(told) == 2
    assert [one.name for one in dario.portal.accounts.all()] == ["dario"]


@pytest.mark.parametrize("changed", [{"role": "root"}, {"language": "fr"}, {"city": "atlantide"}])
def test_what_the_form_does_not_offer_is_not_made(dario: Visitor, changed: dict[str, str]) -> None:
    dario.get("/utenti")
    assert dario.post("/utenti", {**GIULIA, **changed}).status_code == 404
    assert [one.name for one in dario.portal.accounts.all()] == ["dario"]


def test_inviting_again_ends_what_the_account_had(dario: Visitor) -> None:
    anna = Visitor(dario.portal).sign_in("anna", "coordinator")
    number = account(dario, "anna").id
    dario.get(f"/utenti/{number}")
    answer = dario.post(f"/utenti/{number}/invito")
    assert invitation_on(answer.text)
    after = account(dario, "anna")
    assert (after.has_password, after.has_totp) == (False, False)
    assert anna.get("/quadro").headers["location"].startswith("/accesso?")
    (told,) = dario.portal.audit.events(event="account_invited_again")
    assert (told.who, told.subject) == ("dario", "anna")
    assert dario.get(f"/utenti/{number}/invito").status_code == 200


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(dario: Visitor) -> None:
    anna = Visitor(dario.portal).sign_in("anna", "coordinator")
    page = f"/utenti/{account(dario, 'anna').id}"
    dario.get(page)
    assert dario.post(f"{page}/chiudi").status_code == 303
    assert anna.get("/account").status_code == 303
    shown = dario.get(page).text
    assert "Disattivato" in said(shown) and f"{page}/invito" not in shown
    assert dario.post(f"{page}/invito").status_code == 409
    assert not account(dario, "anna").is_active
    assert dario.post(f"{page}/riapri").status_code == 303
    assert account(dario, "anna").has_password and account(dario, "anna").is_active


def test_nobody_closes_or_invites_oneself_and_one_administrator_stays(dario: Visitor) -> None:
    own = f"/utenti/{account(dario, 'dario').id}"
    assert "<form" not in main_of(dario.get(own).text)
    for what in ("chiudi", "invito"):
        answer = dario.post(f"{own}/{what}")
        assert answer.status_code == 409 and "Non può cambiare il Suo stesso utente" in said(answer.text)
    elena = Visitor(dario.portal).sign_in("elena", "administrator")
    assert elena.post(f"{own}/chiudi").status_code == 303
    assert not account(elena, "dario").is_active
    assert account(elena, "elena").is_active and account(elena, "elena").has_password


def test_two_who_close_each_other_at_the_same_moment_leave_one(dario: Visitor) -> None:
    elena = Visitor(dario.portal).sign_in("elena", "administrator")
    begun_before = account(dario, "dario")
    dario_s_page, elena_s_number = f"/utenti/{begun_before.id}", account(dario, "elena").id
    assert elena.post(f"{dario_s_page}/chiudi").status_code == 303
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    request = Request({**scope, "path_params": {"number": elena_s_number}, "server": ("127.0.0.1", 8000)})
    answer = disable(Visit(dario.portal, request, "it", "", "", begun_before))
    assert answer.status_code == 409 and account(dario, "elena").is_active


def test_numbers_that_no_account_has_are_not_found(dario: Visitor) -> None:
    dario.get("/utenti")
    assert dario.get("/utenti/999").status_code == 404
    for what in ("invito", "chiudi", "riapri"):
        assert dario.post(f"/utenti/999/{what}").status_code == 404


def test_other_roles_get_nowhere(dario: Visitor) -> None:
    number = account(dario, "dario").id
    others = (
        Visitor(dario.portal).sign_in("anna", "coordinator"),
        Visitor(dario.portal).sign_in("piero", "analyst"),
        Visitor(dario.portal).sign_in("torino", "city", "torino"),
    )
    for other in others:
        for path in ("/utenti", f"/utenti/{number}", "/registro", "/registro/registro.csv"):
            assert other.get(path).status_code == 403
        assert other.post("/utenti", GIULIA).status_code == 403
        assert other.post(f"/utenti/{number}/chiudi").status_code == 403
    assert account(dario, "dario").is_active


def test_the_log_says_who_did_what_and_is_asked_by_kind_account_and_day(dario: Visitor) -> None:
    dario.get("/utenti")
    dario.post("/utenti", GIULIA)
    page = said(dario.get("/registro").text)
    assert "dario Utente creato giulia.rossi testclient" in page
    assert "Utente creato" in said(dario.get("/registro?event=account_created&by=dario").text)
    table = main_of(dario.get("/registro?event=account_created&by=dario").text)
    assert table.count('<th scope="row">') == 1
    assert "Nessuna voce." in said(dario.get("/registro?by=nessuno").text)
    assert "Nessuna voce." in said(dario.get("/registro?day=1999-12-31").text)
    assert all(dario.get(f"/registro?day={day}").status_code == 422 for day in ("0001-01-01", "9999-12-31"))
    wrong = dario.get("/registro?day=ieri")
    assert wrong.status_code == 422 and "Scriva un giorno come" in said(wrong.text)
    giulia = account(dario, "giulia.rossi").id
    page = main_of(dario.get(f"/utenti/{giulia}").text)
    assert "Utente creato" in page and page.count('<th scope="row">') == 1


def test_a_long_log_is_read_page_by_page_to_its_first_entry(dario: Visitor) -> None:
    for number in range(120):
        dario.portal.audit.record(now(), "anna", "downloaded", f"prova/{number}")
    page, subjects = "/registro?by=anna", []
    while page and len(subjects) <= 120:
        text = main_of(dario.get(page).text)
        subjects += re.findall(r"prova/(\d+)<", text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        page = found[1].replace("&amp;", "&") if found else ""
    assert [int(number) for number in subjects] == list(range(119, -1, -1))


def test_a_log_that_was_tampered_with_is_told(dario: Visitor, home: Home) -> None:
    assert "Il registro è integro:" in said(dario.get("/registro").text)
    with sqlite3.connect(home.portal_database) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE audit SET who = 'elena' WHERE id = 1")
    connection.close()
    page = said(dario.get("/registro").text)
    assert "Il registro è stato alterato" in page and "numero 1." in page


def log_in(data: bytes) -> list[dict[str, str]]:
    """The rows of the log's copy, as an Italian spreadsheet reads them."""
    assert data.startswith(codecs.BOM_UTF8)
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize(
    ("language", "headings", "event"),
    [
        ("it", ["Numero", "Quando", "Chi", "Che cosa", "Codice", "Riguarda", "Da dove"], "Accesso"),
        ("de", ["Nummer", "Wann", "Wer", "Was", "Code", "Betrifft", "Von wo"], "Anmeldung"),
    ],
)
def test_the_copy_of_the_log_is_in_the_reader_s_words_and_keeps_codes_and_instants(
    dario: Visitor, language: Language, headings: list[str], event: str
) -> None:
    at = dt.datetime(2023, 10, 29, 0, 30, tzinfo=dt.UTC)  # half past two, the first of two such that night
    dario.portal.audit.record(at, "anna", "signed_in", "", "testclient")
    dario.portal.accounts.set_language(account(dario, "dario").id, language)
    rows = log_in(dario.get("/registro/registro.csv?by=anna").content)
    assert list(rows[0]) == headings
    assert [row[heading] for row in rows for heading in headings[1:]] == [
        "2023-10-29T02:30:00+02:00", "anna", event, "signed_in", "", "testclient"
    ]  # fmt: skip


def test_the_copy_of_the_log_runs_nothing_in_a_spreadsheet(dario: Visitor, tmp_path: Path) -> None:
    dario.portal.audit.record(now(), "=HYPERLINK(1)", "signed_in", "", "@SUM(A1)")
    answer = dario.get("/registro/registro.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="registro.csv"'
    rows = log_in(answer.content)
    by_address = {row["Da dove"]: row for row in rows}
    assert by_address["'@SUM(A1)"]["Chi"] == "'=HYPERLINK(1)"
    assert {row["Codice"] for row in rows} >= {"signed_in", "downloaded"}
    only = dario.get("/registro/registro.csv?event=downloaded").text
    assert "downloaded" in only and "signed_in" not in only
