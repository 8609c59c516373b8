"""Every door of the portal, tried by everyone: who comes in, who does not, and with which form.

A door that is added stands in `OPENS` with who may take it, or these tests fail.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from starlette.testclient import TestClient

from pipelines.clock import now
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.doors import Door
from pipelines.portal.drafts import Draft, Sender
from pipelines.portal.plan import DOORS
from pipelines.portal.portal import Portal
from pipelines.portal.settings import FORM_BYTES
from pipelines.portal.store.accounts import ROLES
from tests.making.samples import sample
from tests.portal.homes import file_of, take_in
from tests.portal.visiting import (
    CITY,
    FORM,
    ORIGIN,
    OTHER_CITY,
    Bearer,
    Sent,
    account_of,
    half_signed_in,
    opened,
    secret_of,
    signed_in,
    without_tokens,
)

pytestmark = pytest.mark.whole

EVERYBODY = frozenset({"nobody", "half", *ROLES})
SIGNING_IN = frozenset({"half", *ROLES})
SIGNED_IN = frozenset(ROLES)
A_CITY = frozenset({"city"})
SENDERS = frozenset({"city", "coordinator"})
COORDINATORS = frozenset({"coordinator"})
READERS = frozenset({"coordinator", "analyst"})
ADMINISTRATORS = frozenset({"administrator"})
FREE_TO_CHOOSE = frozenset({"city", "analyst"})

OPENS: dict[str, frozenset[str]] = {
    "GET /": EVERYBODY,
    "GET /accesso": EVERYBODY,
    "POST /accesso": EVERYBODY,
    "GET /accesso/codice": SIGNING_IN,
    "POST /accesso/codice": SIGNING_IN,
    "GET /accesso/secondo-fattore": SIGNING_IN,
    "POST /accesso/secondo-fattore": SIGNING_IN,
    "GET /invito/{token}": EVERYBODY,
    "POST /invito/{token}": EVERYBODY,
    "POST /uscita": SIGNING_IN,
    "GET /aiuto": EVERYBODY,
    "GET /privacy": EVERYBODY,
    "GET /accessibilita": EVERYBODY,
    "POST /lingua": EVERYBODY,
    "GET /account": SIGNED_IN,
    "GET /account/password": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "GET /account/secondo-fattore": FREE_TO_CHOOSE,
    "POST /account/secondo-fattore": FREE_TO_CHOOSE,
    "POST /account/lingua": SIGNED_IN,
    "POST /account/sessioni/{number:row}/fine": SIGNED_IN,
    "GET /settimane": A_CITY,
    "GET /settimane/{week}": A_CITY,
    "GET /settimane/{week}/modulo.xlsx": A_CITY,
    "GET /settimane/{week}/nulla": A_CITY,
    "POST /settimane/{week}/nulla": A_CITY,
    "GET /bozze": SENDERS,
    "POST /bozze": SENDERS,
    "GET /bozze/{draft}": SENDERS,
    "GET /bozze/{draft}/indicatori": SENDERS,
    "GET /bozze/{draft}/copia.xlsx": SENDERS,
    "GET /bozze/{draft}/conferma": SENDERS,
    "POST /bozze/{draft}/conferma": SENDERS,
    "POST /bozze/{draft}/elimina": SENDERS,
    "GET /invii/{submission}": SENDERS,
    "GET /invii/{submission}/ricevuta.html": SENDERS,
    "GET /invii/{submission}/ricevuta.pdf": SENDERS,
    "GET /invii/{submission}/copia.xlsx": SENDERS,
    "GET /invii/{submission}/conferma": SENDERS,
    "POST /invii/{submission}/conferma": SENDERS,
    "GET /quadro": READERS,
    "GET /citta/{city}": READERS,
    "POST /citta/{city}": COORDINATORS,
    "GET /citta/{city}/{week}": READERS,
    "GET /citta/{city}/{week}/modulo.xlsx": COORDINATORS,
    "GET /citta/{city}/{week}/rimanda": COORDINATORS,
    "POST /citta/{city}/{week}/rimanda": COORDINATORS,
    "GET /citta/{city}/{week}/nulla": COORDINATORS,
    "POST /citta/{city}/{week}/nulla": COORDINATORS,
    "GET /cartella": COORDINATORS,
    "POST /cartella": COORDINATORS,
    "GET /cartella/acquisisci": COORDINATORS,
    "POST /cartella/acquisisci": COORDINATORS,
    "GET /cartella/elimina": COORDINATORS,
    "POST /cartella/elimina": COORDINATORS,
    "GET /relazioni": READERS,
    "GET /relazioni/{name}": READERS,
    "GET /utenti": ADMINISTRATORS,
    "POST /utenti": ADMINISTRATORS,
    "GET /utenti/{number:row}": ADMINISTRATORS,
    "GET /utenti/{number:row}/invito": ADMINISTRATORS,
    "POST /utenti/{number:row}/invito": ADMINISTRATORS,
    "GET /utenti/{number:row}/chiudi": ADMINISTRATORS,
    "POST /utenti/{number:row}/chiudi": ADMINISTRATORS,
    "POST /utenti/{number:row}/riapri": ADMINISTRATORS,
    "GET /registro": ADMINISTRATORS,
    "GET /registro/registro.csv": ADMINISTRATORS,
}
"""Door -> who may take it: the six kinds of people there are. Disabled and expired ones are nobody."""

LEADS_ON = {"POST /accesso", "POST /accesso/codice", "POST /accesso/secondo-fattore", "POST /bozze"}
"""Forms at whose address a page that is only opened leads on to another one."""

OBJECTS = {
    "week": "2023-W42",
    "draft": "0" * 32,
    "submission": "2023-W42-nessuno",
    "token": "nessuno",
    "number": "999999",
    "city": OTHER_CITY,
    "name": "nessuno",
    "year": "2023",
}
"""What stands in an address: things that are not there, but for weeks and cities, which always are."""


@dataclass(frozen=True)
class Doorstep:
    """A portal with a return and a draft of one city, and everyone who may come to it."""

    portal: Portal
    browser: TestClient
    visitors: dict[str, Bearer]
    submission: str
    draft: str

    def go(
        self, door: Door, visitor: Bearer, address: str, sent: Sent | None = None, **headers: str
    ) -> httpx2.Response:
        """Take a door with the form that its page would send."""
        if door.method == "GET":
            return self.browser.get(address, headers=visitor.headers(**headers))
        form = sent or Sent({"csrf": visitor.csrf}, is_multipart=door.takes_files)
        return self.browser.post(address, headers=visitor.headers(**headers), **form.as_arguments())

    def entitled(self, door: Door) -> Bearer:
        """Someone whom a door lets in, under a session of their own."""
        who = min(OPENS[called(door)] - {"nobody", "half"})
        account = self.visitors[who].account
        assert account is not None
        return signed_in(self.portal, account)


@pytest.fixture(scope="module")
def doorstep(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    home = Home(tmp_path_factory.mktemp("doors") / "home")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("REGIA_NOW", "2023-10-24T10:00:00+02:00")
        (outcome,) = take_in(home, contract, sample(CITY, "2023-W42"))
        with opened(home, contract) as (portal, browser):
            accounts = {
                "city": account_of(portal, "anna", "city", CITY),
                "other city": account_of(portal, "bruno", "city", OTHER_CITY),
                "coordinator": account_of(portal, "carla", "coordinator"),
                "analyst": account_of(portal, "dario", "analyst"),
                "administrator": account_of(portal, "elena", "administrator"),
                "disabled": account_of(portal, "fabio", "coordinator"),
            }
            for role in ("coordinator", "administrator", "disabled"):
                secret_of(portal, accounts[role])
            visitors = {who: signed_in(portal, account) for who, account in accounts.items()}
            portal.accounts.deactivate(accounts["disabled"].id)
            long_ago = now() - dt.timedelta(hours=13)
            visitors["expired"] = signed_in(portal, accounts["coordinator"], long_ago)
            visitors["half"] = half_signed_in(portal, accounts["coordinator"])
            visitors["nobody"] = Bearer()
            kept = portal.drafts.keep((file_of(CITY, "2023-W41"),), Sender("anna", CITY))
            assert isinstance(kept, Draft)
            yield Doorstep(portal, browser, visitors, outcome.verdict.submission_id, kept.id)


def called(door: Door) -> str:
    return f"{door.method} {door.path}"


def address_of(door: Door, **chosen: str) -> str:
    given = {**OBJECTS, **chosen}
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: given[found[1]], door.path)


def is_asked_to_sign_in(address: str) -> bool:
    return address.partition("?")[0] == "/accesso" and address != "/accesso?esito=signed_out"


EACH_DOOR = pytest.mark.parametrize("door", DOORS, ids=called)
EACH_FORM = pytest.mark.parametrize("door", [door for door in DOORS if door.method == "POST"], ids=called)
KINDS = {
    "nobody": "nobody",
    "half": "half",
    "city": "city",
    "other city": "city",
    "coordinator": "coordinator",
    "analyst": "analyst",
    "administrator": "administrator",
    "disabled": "nobody",
    "expired": "nobody",
}


def test_each_door_has_a_line_and_each_line_a_door() -> None:
    assert sorted(map(called, DOORS)) == sorted(OPENS)


@pytest.mark.parametrize(("who", "kind"), KINDS.items())
@EACH_DOOR
def test_a_door_opens_to_those_whom_the_table_names(
    doorstep: Doorstep, door: Door, who: str, kind: str
) -> None:
    account = doorstep.visitors[who].account
    visitor = doorstep.visitors[who]
    if kind in ROLES and account is not None:
        visitor = signed_in(doorstep.portal, account)  # a door may end the session
    elif kind == "half" and account is not None:
        visitor = half_signed_in(doorstep.portal, account)
    if kind == "nobody":  # whoever has no session has the token of their browser
        answer = doorstep.go(
            door, visitor, address_of(door), cookie=f"{visitor.headers()['cookie']}; modulo=a"
        )
    else:
        answer = doorstep.go(door, visitor, address_of(door))
    leads_to = answer.headers.get("location", "")
    if kind in OPENS[called(door)]:
        assert answer.status_code < 500
        is_form_of_nobody = kind == "nobody" and door.method == "POST"
        assert answer.status_code != 403 or is_form_of_nobody
        assert not is_asked_to_sign_in(leads_to) or called(door) == "GET /"
    elif kind == "nobody":
        assert answer.status_code == 303 and is_asked_to_sign_in(leads_to)
    elif kind == "half":
        assert (answer.status_code, leads_to.partition("?")[0]) == (303, "/accesso/codice")
    else:
        assert answer.status_code == 403
    if kind not in OPENS[called(door)]:
        assert doorstep.submission not in answer.text and doorstep.draft not in answer.text


@pytest.mark.parametrize("door", [door for door in DOORS if "." in door.path.rpartition("/")[2]], ids=called)
def test_a_file_is_kept_and_never_shown_as_a_page(doorstep: Doorstep, door: Door) -> None:
    """Links to it have no `download`: the answer says so, for every browser."""
    address = address_of(door, draft=doorstep.draft, submission=doorstep.submission)
    answer = doorstep.go(door, doorstep.entitled(door), address)
    assert answer.status_code == 200
    kind, _, name = answer.headers["content-disposition"].partition("; ")
    assert kind == "attachment"
    assert re.fullmatch(rf'filename="[\w.-]+{re.escape(address[address.rindex(".") :])}"', name, re.ASCII)


@EACH_DOOR
def test_a_door_answers_under_our_own_name_alone(doorstep: Doorstep, door: Door) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "", "127.0.0.1:x"):
        answer = doorstep.go(door, doorstep.entitled(door), address_of(door), host=host)
        assert answer.status_code == 421
        assert "content-security-policy" in answer.headers


@EACH_DOOR
def test_no_other_method_does_what_a_door_does(doorstep: Doorstep, door: Door) -> None:
    ways = {one.method for one in DOORS if one.path == door.path}
    visitor, address = doorstep.entitled(door), address_of(door)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} - ways:
        answer = doorstep.browser.request(method, address, headers=visitor.headers())
        assert answer.status_code == 404, method
        assert "allow" not in answer.headers and "access-control-allow-origin" not in answer.headers
    if "GET" in ways:
        said, shown = (
            doorstep.browser.request(method, address, headers=visitor.headers()) for method in ("HEAD", "GET")
        )
        assert (said.status_code, said.text) == (shown.status_code, "")
    if door.method == "POST" and "GET" in ways:
        for override in ({"x-http-method-override": "POST"}, {"x-method-override": "POST"}):
            answer = doorstep.browser.get(f"{address}?_method=POST", headers=visitor.headers(**override))
            assert "location" not in answer.headers or called(door) in LEADS_ON


@EACH_FORM
@pytest.mark.parametrize("token", [None, "", "x", "another session's", "with a zero"])
def test_a_form_without_its_sessions_own_token_does_nothing(
    doorstep: Doorstep, door: Door, token: str | None
) -> None:
    visitor = doorstep.entitled(door)
    other = doorstep.entitled(door).csrf
    given = {"another session's": other, "with a zero": visitor.csrf + "\0"}.get(token or "", token)
    fields = {} if given is None else {"csrf": given}
    sent = Sent({**fields, "language": "de"}, is_multipart=door.takes_files)
    if door.takes_files:
        sent = Sent(sent.fields, True, (("files", ("scheda.csv", b"a;b\n")),))
    answer = doorstep.go(door, visitor, address_of(door), sent)
    assert answer.status_code == 403
    assert visitor.account is not None
    assert doorstep.portal.accounts.of_id(visitor.account.id).language == "it"
    assert doorstep.portal.sessions.session_of(visitor.token, now()) is not None


@EACH_FORM
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        "http://evil.example",
        "http://127.0.0.1:8000.evil.example",
        "https://127.0.0.1:8000",
        "http://127.0.0.1:8001",
        "http://127.0.0.1:8000, http://evil.example",
    ],
)
def test_a_form_from_elsewhere_does_nothing(doorstep: Doorstep, door: Door, origin: str | None) -> None:
    visitor = doorstep.entitled(door)
    headers = visitor.headers()
    del headers["origin"]
    if origin is not None:
        headers["origin"] = origin
    sent = Sent({"csrf": visitor.csrf}, is_multipart=door.takes_files)
    answer = doorstep.browser.post(address_of(door), headers=headers, **sent.as_arguments())
    assert answer.status_code == 403
    assert doorstep.portal.sessions.session_of(visitor.token, now()) is not None


@EACH_FORM
def test_what_is_no_form_of_ours_is_refused(doorstep: Doorstep, door: Door) -> None:
    visitor = doorstep.entitled(door)
    token = f"csrf={visitor.csrf}"
    wrong = [(kind, token) for kind in ("text/plain", "application/json", "", "multipart/form-data")]
    if door.takes_files:
        wrong.append((FORM, token))
    else:
        wrong.append(("multipart/form-data; boundary=x", "--x\r\n"))
    for kind, body in wrong:
        headers = {**visitor.headers(), "content-type": kind}
        answer = doorstep.browser.post(address_of(door), content=body.encode(), headers=headers)
        assert answer.status_code == 400, kind
    assert doorstep.portal.sessions.session_of(visitor.token, now()) is not None


@pytest.mark.parametrize(
    "door", [door for door in DOORS if door.method == "POST" and not door.takes_files], ids=called
)
def test_a_form_that_is_too_large_is_refused(doorstep: Doorstep, door: Door) -> None:
    visitor = doorstep.entitled(door)
    headers = {**visitor.headers(), "content-type": FORM}
    token = f"csrf={visitor.csrf}"
    for body in (f"{token}&x={'x' * FORM_BYTES}", token + "&a=b" * 1000):
        answer = doorstep.browser.post(address_of(door), content=body.encode(), headers=headers)
        assert answer.status_code == 413
    assert doorstep.portal.sessions.session_of(visitor.token, now()) is not None


def test_nothing_is_read_of_what_a_stranger_sends(doorstep: Doorstep) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(3):
            yield b"x" * 1024
        pytest.fail("more was read of a body than any door needs to refuse it")

    for door in DOORS:
        if door.method == "POST" and "nobody" not in OPENS[called(door)]:
            headers = {**Bearer().headers(), "content-type": FORM, "content-length": str(10**12)}
            answer = doorstep.browser.post(address_of(door), content=b"x", headers=headers)
            assert answer.status_code == 303 and is_asked_to_sign_in(answer.headers["location"])


OF_OBJECTS = [door for door in DOORS if re.search(r"\{(draft|submission)\}", door.path)]


@pytest.mark.parametrize("door", OF_OBJECTS, ids=called)
def test_what_another_city_has_is_as_if_it_were_not(doorstep: Doorstep, door: Door) -> None:
    theirs = address_of(door, draft=doorstep.draft, submission=doorstep.submission)
    nobodys = address_of(door)
    assert theirs != nobodys
    for who in ("other city", "analyst", "administrator"):
        visitor = doorstep.visitors[who]
        answers = [doorstep.go(door, visitor, address) for address in (theirs, nobodys)]
        assert {answer.status_code for answer in answers} == {404 if who == "other city" else 403}
        assert without_tokens(answers[0]) == without_tokens(answers[1])
        assert set(answers[0].headers) == set(answers[1].headers)
    if door.method == "GET":  # those whose it is do find it
        own = doorstep.go(door, doorstep.visitors["city"], theirs)
        assert own.status_code == 200
    still_there = doorstep.browser.get(
        f"/bozze/{doorstep.draft}", headers=doorstep.visitors["city"].headers()
    )
    assert still_there.status_code == 200


def test_a_city_reads_nothing_of_another_on_any_page(doorstep: Doorstep) -> None:
    for door in DOORS:
        if door.method == "GET" and "city" in OPENS[called(door)] and "{token}" not in door.path:
            page = doorstep.go(door, doorstep.visitors["other city"], address_of(door)).text
            assert doorstep.submission not in page and doorstep.draft not in page
            assert "Taranto" not in page


def test_a_session_is_ended_by_its_own_account_alone(doorstep: Doorstep) -> None:
    mine = doorstep.visitors["city"]
    session = doorstep.portal.sessions.session_of(mine.token, now())
    assert session is not None
    for who in ("other city", "administrator", "coordinator"):
        visitor = doorstep.visitors[who]
        answer = doorstep.browser.post(
            f"/account/sessioni/{session.id}/fine", data={"csrf": visitor.csrf}, headers=visitor.headers()
        )
        assert answer.status_code == 404
    assert doorstep.portal.sessions.session_of(mine.token, now()) is not None


@pytest.mark.parametrize(
    "asked",
    [
        "%2e%2e%20",
        "%00",
        "..%2f..%2fportal.key",
        "'%20OR%201=1--",
        "x" * 5000,
        "%F0%9F%99%82",
        "a%20b",
    ],
)
@pytest.mark.parametrize("door", OF_OBJECTS, ids=called)
def test_what_no_address_of_ours_holds_is_not_found(doorstep: Doorstep, door: Door, asked: str) -> None:
    address = door.path.replace("{draft}", asked).replace("{submission}", asked)
    answer = doorstep.go(door, doorstep.visitors["city"], address)
    assert answer.status_code == 404


@pytest.mark.parametrize("number", ["9" * 18, "9" * 19, "9" * 5000, "-1", "1.0", "0x1", "١"])
def test_a_number_that_no_row_has_is_not_found(doorstep: Doorstep, number: str) -> None:
    visitor = doorstep.visitors["city"]
    answer = doorstep.browser.post(
        f"/account/sessioni/{number}/fine", data={"csrf": visitor.csrf}, headers=visitor.headers()
    )
    assert answer.status_code == 404


def test_no_door_counts_further_than_its_database() -> None:
    assert not [door.path for door in DOORS if ":int}" in door.path]


def test_no_door_leads_to_another_site(doorstep: Doorstep) -> None:
    visitor = doorstep.visitors["city"]
    for back in (
        "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "\\\\evil.example",
        "javascript:alert(1)", "/\r\nSet-Cookie: a=b", " //evil.example", "/%2f/evil.example",
    ):  # fmt: skip
        answer = doorstep.browser.post(
            "/lingua",
            data={"csrf": visitor.csrf, "language": "it", "back": back},
            headers=visitor.headers(),
        )
        assert answer.status_code == 303
        assert str(httpx2.URL(ORIGIN).join(answer.headers["location"])).startswith(f"{ORIGIN}/")
        assert not re.match(r"/[/\\\t]", answer.headers["location"])
        assert set(answer.headers.get_list("set-cookie")[0].split("=")[:1]) == {"lingua"}
    for path in ("/accesso/", "/settimane/", "/statico"):
        assert "location" not in doorstep.browser.get(path, headers=visitor.headers()).headers


def test_what_was_refused_stands_in_the_audit_log(doorstep: Doorstep) -> None:
    account = account_of(doorstep.portal, "gino", "city", OTHER_CITY)
    gino = signed_in(doorstep.portal, account)
    doorstep.browser.get(f"/bozze/{doorstep.draft}", headers=gino.headers())
    doorstep.browser.get(f"/invii/{doorstep.submission}", headers=gino.headers())
    doorstep.browser.post("/account/lingua", data={"language": "de"}, headers=gino.headers())
    analyst = account_of(doorstep.portal, "hanna", "analyst")
    doorstep.browser.get("/settimane/a b", headers=signed_in(doorstep.portal, analyst).headers())
    told = {
        who: [(entry.event, entry.subject) for entry in doorstep.portal.audit.events(account=who)]
        for who in ("gino", "hanna")
    }
    assert told == {
        "gino": [
            ("form_refused", "/account/lingua"),
            ("access_denied", "/invii/:submission"),
            ("access_denied", "/bozze/:draft"),
        ],
        "hanna": [("access_denied", "/settimane/:week")],
    }
