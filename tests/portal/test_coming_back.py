"""A session that ended: the page says so, and signing in leads back to a page of ours, never elsewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pyotp
import pytest
from starlette.testclient import TestClient

from pipelines.clock import now
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.portal import Portal
from pipelines.portal.words.wording import texts_in
from tests.portal.visiting import CITY, ORIGIN, PASSWORD, account_of, csrf_in, opened, secret_in

pytestmark = pytest.mark.whole

TEXTS = texts_in("it")
WEEK = "/settimane/2023-W42"


@pytest.fixture
def portal_and_browser(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Portal, TestClient]]:
    monkeypatch.setenv("REGIA_NOW", "2023-10-24T12:00:00+02:00")
    with opened(Home(tmp_path / "home"), contract) as (portal, browser):
        account_of(portal, "anna", "city", CITY)
        yield portal, browser


@pytest.fixture
def portal(portal_and_browser: tuple[Portal, TestClient]) -> Portal:
    return portal_and_browser[0]


@pytest.fixture
def browser(portal_and_browser: tuple[Portal, TestClient]) -> TestClient:
    return portal_and_browser[1]


def _sign_in(browser: TestClient, address: str, name: str = "anna") -> httpx2.Response:
    """By the form of the page at an address, as a browser sends it."""
    return _send(browser, address, {"name": name, "password": PASSWORD})


def _send(browser: TestClient, address: str, fields: dict[str, str]) -> httpx2.Response:
    page = browser.get(address).text
    action = html.unescape(page.partition('<form method="post" action="/accesso')[2].partition('"')[0])
    return browser.post(
        f"/accesso{action}", data={"csrf": csrf_in(page), **fields}, headers={"origin": ORIGIN}
    )


def _submit(browser: TestClient, page: str, path: str, token: str) -> httpx2.Response:
    return browser.post(
        path,
        data={"csrf": token, "note": "segreto"},
        headers={"origin": ORIGIN, "referer": f"{ORIGIN}{page}"},
    )


def _told(browser: TestClient, answer: httpx2.Response) -> str:
    assert answer.status_code == 303
    return html.unescape(browser.get(answer.headers["location"]).text)


def test_a_page_asked_for_before_signing_in_comes_after_it(portal: Portal, browser: TestClient) -> None:
    asked = browser.get(f"{WEEK}/nulla?pagina=2")
    assert TEXTS.sign_in.ended_title not in _told(browser, asked)
    wrong = _send(browser, asked.headers["location"], {"name": "anna", "password": "non questa, no"})
    assert wrong.status_code == 422
    led = _sign_in(browser, asked.headers["location"])
    assert led.headers["location"] == f"{WEEK}/nulla?pagina=2"
    assert browser.get("/accesso?poi=/account").headers["location"] == "/account"


def test_a_form_sent_too_late_says_that_nothing_was_recorded_and_leads_back(
    portal: Portal, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sign_in(browser, "/accesso")
    token = csrf_in(browser.get(f"{WEEK}/nulla").text)
    monkeypatch.setenv("REGIA_NOW", "2023-10-24T12:30:00+02:00")
    late = _submit(browser, f"{WEEK}/nulla?esito=sent", f"{WEEK}/nulla", token)
    page = _told(browser, late)
    assert TEXTS.sign_in.ended_form in page and "segreto" not in page
    led = _sign_in(browser, late.headers["location"])
    assert led.headers["location"] == f"{WEEK}/nulla"  # without the sentence on what was done before
    assert "nil_declared" not in [entry.event for entry in portal.audit.events()]


def test_a_page_opened_too_late_says_that_the_session_ended(
    portal: Portal, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sign_in(browser, "/accesso")
    monkeypatch.setenv("REGIA_NOW", "2023-10-24T12:30:00+02:00")
    page = _told(browser, browser.get(WEEK))
    assert TEXTS.sign_in.ended_session in page


def test_the_page_is_kept_while_a_second_factor_is_set_up_and_asked_for(
    portal: Portal, browser: TestClient
) -> None:
    account_of(portal, "carla", "coordinator")
    to_sign_in = browser.get("/citta/roma").headers["location"]
    to_set_up = _sign_in(browser, to_sign_in, "carla").headers["location"]
    assert to_set_up == "/accesso/secondo-fattore?poi=%2Fcitta%2Froma"
    secret = secret_in(browser.get(to_set_up).text)
    set_up = _send(browser, to_set_up, {"code": pyotp.TOTP(secret).at(now())})
    codes = re.findall(r"<li>([a-z2-7-]{19})</li>", set_up.text)
    assert 'href="/citta/roma"' in set_up.text
    browser.cookies.clear()
    _sign_in(browser, to_sign_in, "carla")
    to_type = browser.get(to_set_up).headers["location"]
    assert to_type == "/accesso/codice?poi=%2Fcitta%2Froma"
    assert _send(browser, to_type, {"code": codes[0]}).headers["location"] == "/citta/roma"


@pytest.mark.parametrize(
    "asked",
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "https:evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example",
        " //evil.example", "/settimane@evil.example", "/settimane\r\nSet-Cookie: a=b", "/settimane\n",
        "/settimane/%2e%2e/%2fevil", "/.//evil.example", "/..//evil.example", "/settimane//evil.example",
        "/settimane#//evil.example", "", "/settimane?x=\r\nSet-Cookie: a=b", "settimane",
        "/statico/portal.js", "/nessuna", "/uscita", "/accesso", "/accesso?poi=//evil.example",
        "/accesso/codice", "/invito/x", "/lingua", "/", "/bozze/1/elimina", "/quadro", "/utenti",
        "/registro", "/citta/roma", "/cartella", "/\u2044evil", "/\uff0fevil", "/" + "a" * 9000,
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(portal: Portal, browser: TestClient, asked: str) -> None:
    led = _sign_in(browser, f"/accesso?{urlencode({'poi': asked})}")
    assert (led.status_code, led.headers["location"]) == (303, "/settimane")
    assert browser.get(f"/accesso?{urlencode({'poi': asked})}").headers["location"] == "/settimane"


def test_a_referer_that_is_not_ours_is_not_kept(portal: Portal, browser: TestClient) -> None:
    for referer in (
        "https://evil.example/settimane",
        "http://127.0.0.1:8001/settimane",
        "//evil.example",
        "x",
    ):
        late = browser.post("/bozze", data={}, headers={"origin": ORIGIN, "referer": referer})
        query = parse_qs(urlsplit(late.headers["location"]).query)
        assert query == {"poi": ["/"], "fine": ["modulo"]}


def test_a_file_asked_for_leads_to_the_page_that_offers_it(portal: Portal, browser: TestClient) -> None:
    led = _sign_in(browser, browser.get(f"{WEEK}/modulo.xlsx").headers["location"])
    assert led.headers["location"] == WEEK
