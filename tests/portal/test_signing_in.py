"""Coming in and going out: passwords, codes, invitations, waits; what ends a session and what changes it."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx2
import pyotp
import pytest
from starlette.testclient import TestClient

from pipelines.clock import now
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.portal import Portal
from pipelines.portal.store.accounts import Role
from pipelines.portal.words.wording import texts_in
from tests.portal.reading_pages import main_of
from tests.portal.visiting import (
    CITY,
    HTTPS,
    ORIGIN,
    OUTSIDE,
    PASSWORD,
    account_of,
    csrf_in,
    opened,
    secret_in,
    secret_of,
    signed_in,
)

pytestmark = pytest.mark.whole

NOON = dt.datetime.fromisoformat("2023-10-24T12:00:00+02:00")
MINUTE = dt.timedelta(minutes=1)
NEW_PASSWORD = "una barca rossa in porto"

SetClock = Callable[[dt.timedelta], None]


@pytest.fixture
def after_noon(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """It is noon; asked, so much later."""

    def set_clock(later: dt.timedelta) -> None:
        monkeypatch.setenv("REGIA_NOW", (NOON + later).isoformat())

    set_clock(dt.timedelta(0))
    return set_clock


@dataclass
class Browser:
    """A browser with its cookies."""

    client: TestClient
    origin: str = ORIGIN

    def get(self, path: str) -> httpx2.Response:
        return self.client.get(path)

    def send(self, page: str, path: str | None = None, /, **fields: str) -> httpx2.Response:
        """Open a page and send its form."""
        token = csrf_in(self.client.get(page).text)
        return self.client.post(path or page, data={"csrf": token, **fields}, headers={"origin": self.origin})

    @property
    def session(self) -> str:
        return self.client.cookies.get("sessione", "")

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx2.Response:
        return self.send("/accesso", name=name, password=password)


@pytest.fixture
def portal_and_browser(
    contract: Contract, home: Home, after_noon: SetClock
) -> Iterator[tuple[Portal, Browser]]:
    with opened(home, contract) as (portal, client):
        yield portal, Browser(client)


@pytest.fixture
def portal(portal_and_browser: tuple[Portal, Browser]) -> Portal:
    account_of(portal_and_browser[0], "anna", "city", CITY)
    return portal_and_browser[0]


@pytest.fixture
def browser(portal_and_browser: tuple[Portal, Browser]) -> Browser:
    return portal_and_browser[1]


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("signing-in") / "home")


def _events(portal: Portal) -> list[tuple[str, str]]:
    return [(entry.event, entry.who) for entry in reversed(portal.audit.events())]


def _inside(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


def _is_asked_to_sign_in(answer: httpx2.Response) -> bool:
    return answer.headers["location"].partition("?")[0] == "/accesso"


def test_a_name_and_its_password_open(portal: Portal, browser: Browser) -> None:
    answer = browser.sign_in(" ANNA ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/settimane")
    assert _inside(browser)
    assert _events(portal) == [("signed_in", "anna")]


def test_nothing_tells_which_of_both_was_wrong(portal: Portal, browser: Browser) -> None:
    wrong = browser.sign_in("anna", "un'altra frase lunga")
    unknown = browser.sign_in("nessuno", "un'altra frase lunga")
    disabled = account_of(portal, "bruno", "analyst")
    portal.accounts.deactivate(disabled.id)
    closed = browser.sign_in("bruno")
    pages = {
        re.sub(r'value="(anna|nessuno|bruno)"', "", re.sub(r'"csrf" value="[^"]+"', "", answer.text))
        for answer in (wrong, unknown, closed)
    }
    assert len(pages) == 1
    assert {answer.status_code for answer in (wrong, unknown, closed)} == {422}
    assert not browser.session
    whose = [("sign_in_failed", "anna"), ("sign_in_failed", "sconosciuto"), ("sign_in_failed", "bruno")]
    assert _events(portal) == whose
    assert "un'altra frase" not in wrong.text and "un&#39;altra frase" not in wrong.text


def test_after_five_failures_the_page_says_until_when_to_wait(
    portal: Portal, browser: Browser, after_noon: SetClock
) -> None:
    for _ in range(5):
        assert browser.sign_in("anna", "sbagliata del tutto").status_code == 422
    held = browser.sign_in("anna")
    assert held.status_code == 429 and "12:15" in held.text
    assert not browser.session
    assert _events(portal)[-1] == ("sign_in_delayed", "anna")
    after_noon(15 * MINUTE)
    assert browser.sign_in("anna").status_code == 303


def test_nobody_fills_the_audit_log_from_outside(
    portal: Portal, browser: Browser, after_noon: SetClock
) -> None:
    for number in range(80):
        assert browser.get(f"/invito/{number}").status_code == 404
    assert len(_events(portal)) == 50 and len(portal.audit.events(limit=200)) == 60
    after_noon(60 * MINUTE)
    browser.get("/invito/x")
    assert len(portal.audit.events(limit=200)) == 61


def test_a_token_that_was_there_before_is_none_afterwards(portal: Portal, browser: Browser) -> None:
    browser.client.cookies.set("sessione", "messo-da-altri", domain="127.0.0.1")
    before = csrf_in(browser.get("/accesso").text)
    browser.sign_in("anna")
    assert browser.session != "messo-da-altri" and len(browser.session) >= 43
    after = csrf_in(browser.get("/account").text)
    assert after != before
    first = browser.session
    browser.client.post(
        "/accesso",
        data={"csrf": after, "name": "anna", "password": PASSWORD},
        headers={"origin": ORIGIN},
    )
    assert browser.session != first
    assert portal.sessions.session_of(first, now()) is None


def test_signing_out_ends_the_session_wherever_its_token_is(portal: Portal, browser: Browser) -> None:
    browser.sign_in("anna")
    token = browser.session
    left = browser.send("/account", "/uscita")
    assert (left.status_code, left.headers["location"]) == (303, "/accesso?esito=signed_out")
    assert not browser.session
    browser.client.cookies.set("sessione", token)
    assert _is_asked_to_sign_in(browser.get("/account"))
    assert _events(portal)[-1] == ("signed_out", "anna")


def test_who_does_nothing_for_half_an_hour_is_out(
    browser: Browser, portal: Portal, after_noon: SetClock
) -> None:
    browser.sign_in("anna")
    after_noon(29 * MINUTE)
    assert _inside(browser)
    after_noon(58 * MINUTE)
    assert _inside(browser)
    after_noon(88 * MINUTE)
    assert _is_asked_to_sign_in(browser.get("/account"))


def test_nobody_stays_longer_than_twelve_hours(
    browser: Browser, portal: Portal, after_noon: SetClock
) -> None:
    browser.sign_in("anna")
    for number in range(1, 48):
        after_noon(15 * number * MINUTE)
        assert _inside(browser)
    after_noon(12 * 60 * MINUTE)
    assert not _inside(browser)


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_a_coordinator_sets_codes_up_before_anything_else(
    portal: Portal, browser: Browser, after_noon: SetClock, role: Role
) -> None:
    account_of(portal, "carla", role)
    first = browser.sign_in("carla")
    assert first.headers["location"] == "/accesso/secondo-fattore"
    half = browser.session
    assert browser.get("/account").headers["location"] == "/accesso/codice?poi=%2Faccount"
    secret = secret_in(browser.get("/accesso/secondo-fattore").text)
    wrong = browser.send("/accesso/secondo-fattore", code="000000")
    assert wrong.status_code == 422 and secret_in(wrong.text) == secret
    done = browser.send("/accesso/secondo-fattore", code=pyotp.TOTP(secret).at(now()))
    codes = re.findall(r"<li>([a-z2-7-]{19})</li>", done.text)
    assert done.status_code == 200 and len(codes) == 10
    assert browser.session != half and portal.sessions.session_of(half, now()) is None
    assert _inside(browser)
    assert secret not in browser.get("/accesso/secondo-fattore").text
    browser.send("/account", "/uscita")

    assert browser.sign_in("carla").headers["location"] == "/accesso/codice"
    assert not _inside(browser)
    used = browser.send("/accesso/codice", code=pyotp.TOTP(secret).at(now()))
    assert used.status_code == 422  # the code that set it up was good once
    after_noon(MINUTE)
    half = browser.session
    code = pyotp.TOTP(secret).at(now())
    assert browser.send("/accesso/codice", code=code).status_code == 303
    assert browser.session != half and _inside(browser)
    browser.send("/account", "/uscita")
    browser.sign_in("carla")
    assert browser.send("/accesso/codice", code=code).status_code == 422

    assert browser.send("/accesso/codice", code=codes[0].upper()).status_code == 303
    browser.send("/account", "/uscita")
    browser.sign_in("carla")
    assert browser.send("/accesso/codice", code=codes[0]).status_code == 422
    events = [event for event, _ in _events(portal)]
    assert events.count("recovery_code_used") == 1 and "second_factor_set_up" in events


def test_a_city_switches_codes_on_and_off_again(
    portal: Portal, browser: Browser, after_noon: SetClock
) -> None:
    browser.sign_in("anna")
    before = browser.session
    link = re.search('href="(/accesso/secondo-fattore[^"]*)"', browser.get("/account").text)
    assert link is not None
    path = html.unescape(link[1])
    page = browser.get(path).text
    assert "Il Suo ruolo la richiede" not in page
    secret = secret_in(page)
    done = browser.send(path, code=pyotp.TOTP(secret).at(now()))
    assert len(re.findall(r"<li>([a-z2-7-]{19})</li>", done.text)) == 10
    assert 'href="/account?esito=second_factor_set"' in done.text
    assert browser.session != before and portal.sessions.session_of(before, now()) is None
    browser.send("/account", "/uscita")
    after_noon(MINUTE)
    assert browser.sign_in("anna").headers["location"] == "/accesso/codice"
    browser.send("/accesso/codice", code=pyotp.TOTP(secret).at(now()))

    wrong = browser.send("/account", "/account/secondo-fattore", password="non questa, no")
    assert wrong.status_code == 422 and 'id="factor_password-error"' in wrong.text
    assert portal.accounts.of_name("anna").has_totp
    off = browser.send("/account", "/account/secondo-fattore", password=PASSWORD)
    assert off.headers["location"] == "/account?esito=second_factor_removed"
    browser.send("/account", "/uscita")
    assert browser.sign_in("anna").headers["location"] == "/settimane"
    events = [event for event, _ in _events(portal)]
    assert (events.count("signed_in"), events.count("second_factor_removed")) == (3, 1)


def test_each_session_is_offered_a_secret_of_its_own_and_who_sets_one_up_ends_the_others(
    portal: Portal, browser: Browser
) -> None:
    page = "/accesso/secondo-fattore"
    other = Browser(TestClient(browser.client.app, base_url=ORIGIN, follow_redirects=False))
    for one in (browser, other):
        one.sign_in("anna")
    secret, others = (secret_in(one.get(page).text) for one in (browser, other))
    assert secret != others
    assert browser.send(page, code=pyotp.TOTP(others).at(now())).status_code == 422
    assert browser.send(page, code=pyotp.TOTP(secret).at(now())).status_code == 200
    assert _inside(browser) and not _inside(other)


def test_who_cannot_set_codes_up_now_has_a_way_out(portal: Portal, browser: Browser) -> None:
    page, way_out = "/accesso/secondo-fattore", 'action="/uscita"'
    account_of(portal, "carla", "coordinator")
    browser.sign_in("carla")
    assert way_out in main_of(browser.get(page).text)
    assert browser.send(page, "/uscita").status_code == 303
    assert not browser.session
    browser.sign_in("anna")
    assert way_out not in main_of(browser.get(page).text), "the page's head has one"


def test_who_owes_codes_cannot_switch_them_off(portal: Portal, browser: Browser) -> None:
    carla = account_of(portal, "carla", "coordinator")
    secret_of(portal, carla)
    browser.client.cookies.set("sessione", signed_in(portal, carla).token)
    assert 'action="/account/secondo-fattore"' not in browser.get("/account").text
    assert browser.send("/account", "/account/secondo-fattore", password=PASSWORD).status_code == 403
    assert portal.accounts.of_name("carla").has_totp


def test_codes_are_not_guessed(portal: Portal, browser: Browser, after_noon: SetClock) -> None:
    secret = secret_of(portal, account_of(portal, "carla", "coordinator"))
    after_noon(MINUTE)
    browser.sign_in("carla")
    for _ in range(5):
        assert browser.send("/accesso/codice", code="123456").status_code == 422
    right = browser.send("/accesso/codice", code=pyotp.TOTP(secret).at(now()))
    assert right.status_code == 429 and "12:16" in right.text
    assert not _inside(browser)


def test_between_password_and_code_lies_a_quarter_of_an_hour(
    portal: Portal, browser: Browser, after_noon: SetClock
) -> None:
    secret_of(portal, account_of(portal, "carla", "coordinator"))
    browser.sign_in("carla")
    after_noon(15 * MINUTE)
    assert _is_asked_to_sign_in(browser.get("/accesso/codice"))


def test_an_invitation_is_taken_up_once(portal: Portal, browser: Browser, after_noon: SetClock) -> None:
    path = portal.accounts.create("bruno", "city", now(), city=CITY).path
    refused = browser.send(path, password="corta", password_again="corta")
    assert refused.status_code == 422
    common = browser.send(path, password="passwordpassword", password_again="passwordpassword")
    assert common.status_code == 422
    differ = browser.send(path, password=NEW_PASSWORD, password_again=PASSWORD)
    assert differ.status_code == 422 and NEW_PASSWORD not in differ.text
    done = browser.send(path, password=NEW_PASSWORD, password_again=NEW_PASSWORD)
    assert (done.status_code, done.headers["location"]) == (303, "/settimane")
    assert _inside(browser)
    assert browser.get(path).status_code == 404
    late = portal.accounts.create("dora", "analyst", now()).path
    assert "L'invito vale fino a martedì 31 ottobre 2023, ore 12:00." in html.unescape(browser.get(late).text)
    after_noon(dt.timedelta(days=7, hours=1))  # the clocks go back within it
    assert browser.get(late).status_code == 404
    told = [entry for entry in portal.audit.events(limit=99) if path.rpartition("/")[2] in entry.subject]
    assert not told


def test_an_invitation_speaks_the_language_of_who_is_invited_unless_told_another(
    portal: Portal, browser: Browser
) -> None:
    path = portal.accounts.create("heidi", "city", now(), city=CITY, language="de").path
    assert 'lang="de"' in browser.get(path).text
    wrong = browser.send(path, password="corta", password_again="corta")
    assert 'lang="de"' in wrong.text and texts_in("de").say("problems.short_password", n=12) in wrong.text
    browser.send(path, "/lingua", language="en", back=path)
    assert 'lang="en"' in browser.get(path).text


def test_an_invitation_that_does_not_hold_says_so_and_not_whether_there_was_one(
    portal: Portal, browser: Browser, after_noon: SetClock
) -> None:
    used, late, closed = (portal.accounts.create(name, "analyst", now()) for name in ("bea", "dora", "elio"))
    portal.accounts.accept_invitation(used.token, NEW_PASSWORD, now())
    portal.accounts.deactivate(closed.account.id)
    after_noon(dt.timedelta(days=8))
    answers = [browser.get(path) for path in (used.path, late.path, closed.path, "/invito/mai-dato")]
    page = html.unescape(answers[0].text)
    assert "Questo invito non vale" in page and "chieda un nuovo invito a chi Glielo ha dato" in page
    assert 'href="mailto:scrivere@regia.example.it"' in page
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub('name="(csrf|back)" value="[^"]*"', "", answer.text) for answer in answers}) == 1


def test_another_password_ends_the_other_sessions(portal: Portal, browser: Browser) -> None:
    elsewhere = signed_in(portal, portal.accounts.of_name("anna")).token
    browser.sign_in("anna")
    before = browser.session
    form = {"new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD}
    wrong = browser.send("/account", "/account/password", password="non questa, no", **form)
    assert wrong.status_code == 422 and portal.sessions.session_of(elsewhere, now())
    done = browser.send("/account", "/account/password", password=PASSWORD, **form)
    assert done.status_code == 303
    assert browser.session != before and _inside(browser)
    assert not portal.sessions.session_of(before, now())
    assert not portal.sessions.session_of(elsewhere, now())
    browser.send("/account", "/uscita")
    assert browser.sign_in("anna").status_code == 422
    assert browser.sign_in("anna", NEW_PASSWORD).status_code == 303


def test_the_present_password_is_not_guessed_from_within(portal: Portal, browser: Browser) -> None:
    browser.sign_in("anna")
    form = {"new_password": NEW_PASSWORD, "new_password_again": NEW_PASSWORD}
    for _ in range(5):
        guess = browser.send("/account", "/account/password", password="un tentativo qualsiasi", **form)
        assert guess.status_code == 422
    held = browser.send("/account", "/account/password", password=PASSWORD, **form)
    assert held.status_code == 429 and "12:15" in held.text
    assert portal.accounts.authenticate("anna", PASSWORD)


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ([("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
        ([("x-forwarded-for", "10.0.0.1, 203.0.113.9")], "203.0.113.9"),
        ([("x-forwarded-for", "10.0.0.1"), ("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
        ([("x-forwarded-for", "2001:DB8::1")], "2001:db8::1"),
        ([("x-forwarded-for", "<script>\x1b[2J")], "testclient"),
        ([("x-forwarded-for", "x" * 9000)], "testclient"),
        ([("forwarded", "for=10.0.0.1"), ("x-real-ip", "10.0.0.1")], "testclient"),
        ([], "testclient"),
    ],
)
def test_the_address_is_the_one_that_the_proxy_saw(
    contract: Contract, home: Home, told: list[tuple[str, str]], seen: str
) -> None:
    with opened(home, contract, OUTSIDE) as (portal, client):
        account_of(portal, "anna", "city", CITY)
        token = csrf_in(client.get("/accesso").text)
        answer = client.post(
            "/accesso",
            data={"csrf": token, "name": "anna", "password": PASSWORD},
            headers=[("origin", HTTPS), *told],
        )
        assert answer.status_code == 303
        assert [entry.address for entry in portal.audit.events()] == [seen]


def test_without_a_proxy_nobody_tells_their_own_address(portal: Portal, browser: Browser) -> None:
    browser.client.headers["x-forwarded-for"] = "203.0.113.9"
    browser.sign_in("anna")
    assert [entry.address for entry in portal.audit.events()] == ["testclient"]


def test_the_name_that_was_typed_is_text_on_the_page(portal: Portal, browser: Browser) -> None:
    typed = """<script>alert('è')</script>{{ 7*7 }}" onfocus="x ねこ O'Hara 🙂"""
    page = browser.sign_in(typed)
    assert page.status_code == 422
    assert "<script>alert" not in page.text and '" onfocus="' not in page.text
    assert html.unescape(re.search(r'name="name"[^>]*? value="([^"]*)"', page.text)[1]) == typed
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_password_managers_know_the_fields(portal: Portal, browser: Browser) -> None:
    shown = browser.get("/accesso").text
    assert 'autocomplete="username"' in shown and 'autocomplete="current-password"' in shown
    invited = browser.get(portal.accounts.create("bruno", "analyst", now()).path).text
    assert invited.count('autocomplete="new-password"') == 2
    assert "onpaste" not in shown + invited
