"""What every answer tells a browser, whatever the answer is; and the cookies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie

import httpx2
import pytest
from starlette.testclient import TestClient

from pipelines.clock import now
from pipelines.dictionary import dictionary_path
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.doors import Door
from pipelines.portal.portal import Portal
from pipelines.portal.settings import Settings
from pipelines.portal.visits import Visit
from pipelines.refusals import WrongUsageError
from tests.portal.visiting import (
    CITY,
    HERE,
    HTTPS,
    ORIGIN,
    OUTSIDE,
    PASSWORD,
    account_of,
    csrf_in,
    opened,
    signed_in,
)

pytestmark = pytest.mark.whole

ALWAYS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def _raise(visit: Visit) -> None:
    raise RuntimeError("boom")


def _download(visit: Visit) -> httpx2.Response:
    return visit.download(b"x", visit.asked("name"), "text/csv; charset=utf-8")


BROKEN = Door("GET", "/rotta", _raise, stage="open")
FILE = Door("GET", "/file", _download, stage="open")


@pytest.fixture(scope="module")
def portals(
    contract: Contract, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Settings, tuple[Portal, TestClient]]]:
    root = tmp_path_factory.mktemp("headers")
    with (
        opened(Home(root / "here"), contract, HERE, BROKEN, FILE) as here,
        opened(Home(root / "outside"), contract, OUTSIDE, BROKEN) as outside,
    ):
        for portal, _ in (here, outside):
            account_of(portal, "anna", "city", CITY)
        yield {HERE: here, OUTSIDE: outside}


KINDS = {
    "page": ("GET", "/accesso", 200),
    "way on": ("GET", "/", 303),
    "way to sign in": ("GET", "/account", 303),
    "not found": ("GET", "/nulla", 404),
    "other method": ("PUT", "/accesso", 404),
    "options": ("OPTIONS", "/accesso", 404),
    "head": ("HEAD", "/accesso", 200),
    "form refused": ("POST", "/accesso", 403),
    "error": ("GET", "/rotta", 500),
    "other host": ("GET", "/accesso", 421),
    "static": ("GET", "/statico/portal.css", 200),
    "static not found": ("GET", "/statico/nulla.css", 404),
    "static by another method": ("POST", "/statico/portal.css", 404),
    "folder": ("GET", "/statico/bootstrap-italia", 404),
    "folder with a slash": ("GET", "/statico/bootstrap-italia/", 404),
    "out of the folder": ("GET", "/statico/%2e%2e/pages.py", 404),
    "out of the folder twice": ("GET", "/statico/..%2f..%2fportal/pages.py", 404),
    "absolute": ("GET", "/statico//etc/passwd", 404),
    "zero": ("GET", "/statico/portal.css%00.png", 404),
    "long": ("GET", "/statico/" + "x" * 3000, 404),
    "file as a folder": ("GET", "/statico/portal.css/x", 404),
}


@pytest.mark.parametrize("settings", [HERE, OUTSIDE], ids=["http", "https"])
@pytest.mark.parametrize(("method", "path", "status"), KINDS.values(), ids=KINDS.keys())
def test_every_answer_carries_our_headers(
    portals: dict[Settings, tuple[Portal, TestClient]],
    settings: Settings,
    method: str,
    path: str,
    status: int,
) -> None:
    headers = {"host": "evil.example"} if status == 421 else {}
    answer = portals[settings][1].request(method, path, headers=headers)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    kept = answer.headers["cache-control"]
    is_static = path == "/statico/portal.css" and method == "GET"
    assert kept == ("public, max-age=31536000, immutable" if is_static else "no-store")
    assert answer.headers.get("strict-transport-security") == (
        "max-age=31536000; includeSubDomains" if settings is OUTSIDE else None
    )
    assert not {"server", "x-powered-by", "access-control-allow-origin", "allow"} & set(answer.headers)
    if answer.text:
        assert re.fullmatch(r"text/(html|css|plain); charset=utf-8", answer.headers["content-type"])


def _cookies(answer: httpx2.Response) -> dict[str, dict[str, str]]:
    return {
        name: {key: said for key, said in morsel.items() if said}
        for line in answer.headers.get_list("set-cookie")
        for name, morsel in SimpleCookie(line).items()
    }


@pytest.mark.parametrize(
    ("settings", "prefix", "secure"),
    [(HERE, "", {}), (OUTSIDE, "__Host-", {"secure": True})],
    ids=["http", "https"],
)
def test_cookies_are_the_browsers_and_the_hosts_alone(
    portals: dict[Settings, tuple[Portal, TestClient]],
    settings: Settings,
    prefix: str,
    secure: dict[str, bool],
) -> None:
    _, browser = portals[settings]
    shown = browser.get("/accesso", headers={"cookie": ""})
    form = {"path": "/", "httponly": True, "samesite": "strict", **secure}
    assert _cookies(shown) == {f"{prefix}modulo": form}
    token = csrf_in(shown.text)
    headers = {"cookie": f"{prefix}modulo={token}", "origin": settings.origin}
    sent = {"csrf": token, "name": "anna", "password": PASSWORD}
    inside = browser.post("/accesso", data=sent, headers=headers)
    session = {"path": "/", "httponly": True, "samesite": "lax", **secure}
    assert inside.status_code == 303
    assert _cookies(inside)[f"{prefix}sessione"] == session
    ours = {"cookie": inside.headers["set-cookie"].partition(";")[0], "origin": settings.origin}
    page = browser.get("/account", headers=ours)
    assert page.status_code == 200
    language = browser.post("/lingua", data={"csrf": csrf_in(page.text), "language": "it"}, headers=ours)
    assert _cookies(language) == {
        "lingua": {"path": "/", "httponly": True, "samesite": "lax", "max-age": "31536000", **secure}
    }
    gone = browser.post("/uscita", data={"csrf": csrf_in(page.text)}, headers=ours)
    left = _cookies(gone)[f"{prefix}sessione"]
    assert left.pop("max-age") == "0" and left.pop("expires")
    assert left == session


def test_a_cookie_that_a_neighbour_can_set_is_no_session_of_ours(
    portals: dict[Settings, tuple[Portal, TestClient]],
) -> None:
    portal, browser = portals[OUTSIDE]
    account = portal.accounts.of_name("anna")
    token = portal.sessions.begin(account, now(), "192.0.2.7")
    assert browser.get("/account", headers={"cookie": f"__Host-sessione={token}"}).status_code == 200
    assert browser.get("/account", headers={"cookie": f"sessione={token}"}).status_code == 303
    assert browser.get(f"/account?sessione={token}", headers={"cookie": ""}).status_code == 303
    assert browser.get("/account", headers={"authorization": f"Bearer {token}"}).status_code == 303


def test_two_hosts_are_none(portals: dict[Settings, tuple[Portal, TestClient]]) -> None:
    _, browser = portals[OUTSIDE]
    ours, evil = ("host", "regia.example.it"), ("host", "evil.example")
    for hosts in ([ours, evil], [evil, ours], [ours, ours]):
        assert browser.get("/accesso", headers=hosts).status_code == 421
    assert browser.get("/accesso", headers={"host": "REGIA.example.it:443"}).status_code == 200


def test_a_file_is_kept_under_a_name_of_ours(portals: dict[Settings, tuple[Portal, TestClient]]) -> None:
    _, browser = portals[HERE]
    good = browser.get("/file", params={"name": "copia-annotata.csv"})
    assert good.headers["content-disposition"] == 'attachment; filename="copia-annotata.csv"'
    assert good.headers["x-content-type-options"] == "nosniff"
    for name in ('a"; filename="b.exe', "a\r\nSet-Cookie: x=y", "../a", ".htaccess", "a b", "", "però.csv"):
        assert browser.get("/file", params={"name": name}).status_code == 500


@pytest.mark.parametrize(
    ("public_url", "origin"),
    [
        ("https://Regia.Example.it/", HTTPS),
        ("https://regia.example.it:443", HTTPS),
        ("https://regia.example.it:8443", f"{HTTPS}:8443"),
        ("http://127.0.0.1:8000", ORIGIN),
        ("http://localhost:80", "http://localhost"),
    ],
)
def test_the_public_address_is_written_as_browsers_write_it(public_url: str, origin: str) -> None:
    settings = Settings(public_url, "x@example.it")
    assert settings.origin == origin and settings.is_own(origin)
    assert not settings.is_own("http://127.0.0.1:99999"), "no such port"


@pytest.mark.parametrize(
    "public_url",
    [
        "ftp://regia.example.it", "regia.example.it", "https://", "https://regia.example.it/portale",
        "https://anna:x@regia.example.it", "https://regia.example.it?x", "https://regia.example.it:porta",
        "https://regia.example.it#x", "http://regia.example.it", "https://regia.example.it, evil.example",
    ],
)  # fmt: skip
def test_what_is_no_public_address_is_refused(public_url: str) -> None:
    with pytest.raises(WrongUsageError):
        Settings(public_url, "x@example.it")


def test_a_report_that_brings_its_own_style_can_do_nothing_else(
    portals: dict[Settings, tuple[Portal, TestClient]],
) -> None:
    portal, browser = portals[HERE]
    path = dictionary_path(portal.home, portal.contract.edition)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("<!DOCTYPE html><title>Dizionario</title><style>p { color: red }</style>")
    token = signed_in(portal, account_of(portal, "dario", "analyst")).token
    answer = browser.get(f"/relazioni/{path.name}", headers={"cookie": f"sessione={token}"})
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    own = {"content-security-policy", "cross-origin-opener-policy"}
    assert {name: answer.headers.get(name) for name in ALWAYS if name not in own} == {
        name: said for name, said in ALWAYS.items() if name not in own
    }
    assert answer.headers["cache-control"] == "no-store"
