"""Where something cannot be done: which page says so, and that nothing of what was sent is told anywhere."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import html
import re
import socket
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from pipelines.clock import now
from pipelines.home import BusyError, Home
from pipelines.judging.context import Contract
from pipelines.portal.app import make_app
from pipelines.portal.doors import Door, Handler
from pipelines.portal.plan import DOORS
from pipelines.portal.portal import Portal
from pipelines.portal.uploads import UploadLimits
from pipelines.portal.visits import Visit
from pipelines.portal.words.wording import texts_in
from pipelines.refusals import RefusedError, WrongUsageError
from schemas.weeks import IsoWeek
from tests.portal.serving import serving
from tests.portal.visiting import CITY, HERE, ORIGIN, PASSWORD, account_of, csrf_in, opened, signed_in

pytestmark = pytest.mark.whole

TEXTS = texts_in("it")
SECRET = "RSSMRA80A01H501U"


def _raising(error: Exception) -> Handler:
    def handler(visit: Visit) -> None:
        raise error

    return handler


def _raised_within(visit: Visit) -> None:
    try:
        int(SECRET)
    except ValueError as error:
        raise RuntimeError(f"it said {SECRET}") from error


BROKEN = {
    "/valore": (_raising(ValueError(SECRET)), 500),
    "/dentro": (_raised_within, 500),
    "/sqlite": (_raising(sqlite3.OperationalError(SECRET)), 500),
    "/disco": (_raising(OSError(errno.EIO, SECRET)), 500),
    "/pieno": (_raising(OSError(errno.ENOSPC, SECRET)), 507),
    "/quota": (_raising(OSError(errno.EDQUOT, SECRET)), 507),
    "/occupato": (_raising(BusyError(SECRET)), 503),
    "/uso": (_raising(WrongUsageError(SECRET)), 500),
    "/rifiuto": (_raising(RefusedError("no_form", SECRET, week=IsoWeek(2023, 42))), 409),
}


@pytest.fixture(scope="module")
def portal_and_browser(
    contract: Contract, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Portal, TestClient]]:
    doors = [Door("GET", path, handler, stage="open") for path, (handler, _) in BROKEN.items()]
    with opened(Home(tmp_path_factory.mktemp("errors") / "home"), contract) as (portal, _):
        browser = TestClient(
            make_app(portal, (*DOORS, *doors)), base_url="http://127.0.0.1:8000", follow_redirects=False
        )
        yield portal, browser


@pytest.mark.parametrize("path", BROKEN)
def test_what_goes_wrong_is_a_page_that_tells_nothing_of_it(
    portal_and_browser: tuple[Portal, TestClient], caplog: pytest.LogCaptureFixture, path: str
) -> None:
    answer = portal_and_browser[1].get(path)
    status = BROKEN[path][1]
    assert answer.status_code == status
    assert SECRET not in answer.text and "Traceback" not in answer.text and "Error" not in answer.text
    assert "<h1>" in answer.text and "content-security-policy" in answer.headers
    assert f'href="mailto:{HERE.contact}"' in answer.text
    told = caplog.text
    assert SECRET not in told
    if status == 500:
        reference = re.search(r'class="code">([0-9a-f]{8})<', answer.text)
        assert reference is not None and reference[1] in told
        assert "test_errors.py" in told  # where it arose
    else:
        assert told == ""
    if status == 409:
        assert "Per la settimana 42/2023 (16-22 ottobre) non c&#39;è un modello comune" in answer.text


def _heading(answer: httpx2.Response) -> str:
    found = re.search("<h1>(.*?)</h1>", answer.text)
    assert found is not None
    return html.unescape(found[1])


def test_a_refusal_says_whether_it_is_the_role_the_page_or_where_it_comes_from(
    portal_and_browser: tuple[Portal, TestClient],
) -> None:
    portal, browser = portal_and_browser
    anna = signed_in(portal, account_of(portal, "anna", "city", CITY))
    on_its_page = anna.headers(referer=f"{ORIGIN}/account")
    form = {"csrf": "of a session before", "language": "de"}
    role = browser.get("/quadro", headers=anna.headers())
    csrf = browser.post("/account/lingua", data=form, headers=on_its_page)
    origin = browser.post("/account/lingua", data=form, headers={**on_its_page, "origin": "null"})
    for answer, kind in ((role, "role"), (csrf, "csrf"), (origin, "origin")):
        assert answer.status_code == 403
        assert _heading(answer) == TEXTS.say(f"errors.title_{kind}")
        assert TEXTS.say(f"errors.do_{kind}") in html.unescape(answer.text)
    assert 'class="btn btn-primary" href="/account"' in csrf.text


def _files(*sizes: int) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (f"{number}.csv", b"x" * size)) for number, size in enumerate(sizes)]


def test_too_much_says_of_what_and_how_much_there_may_be(
    portal_and_browser: tuple[Portal, TestClient],
) -> None:
    portal, browser = portal_and_browser
    anna = signed_in(portal, account_of(portal, "berta", "city", CITY))
    limits = UploadLimits(files=40, file_size=32 << 20, total=64 << 20)
    assert UploadLimits() == limits
    form, large = {"csrf": anna.csrf}, {**anna.headers(), "content-length": str(limits.total + 1)}
    kind = "multipart/form-data; boundary=x"
    answers = {
        ("too_many_files", "40"): browser.post(
            "/bozze", data=form, files=_files(*[1] * 41), headers=anna.headers()
        ),
        ("file_too_large", "32 MB"): browser.post(
            "/bozze", data=form, files=_files(limits.file_size + 1), headers=anna.headers()
        ),
        ("too_large", "64 MB"): browser.post("/bozze", content=b"", headers={**large, "content-type": kind}),
        ("text_too_long", "65.536"): browser.post(
            "/account/lingua", data={**form, "language": "x" * (64 << 10)}, headers=anna.headers()
        ),
    }
    for (code, most), answer in answers.items():
        assert answer.status_code == 413, code
        assert _heading(answer) == TEXTS.say(f"errors.title_{code}")
        assert TEXTS.say(f"errors.what_{code}", most=most) in html.unescape(answer.text)


def test_where_even_the_page_cannot_be_made_a_sentence_says_so(
    contract: Contract, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(Home(tmp_path / "home"), contract) as (portal, browser):
        token = signed_in(portal, account_of(portal, "anna", "city", CITY)).token
        with portal.database.transaction() as connection:
            connection.execute("ALTER TABLE sessions RENAME TO elsewhere")
        answer = browser.get("/account", headers={"cookie": f"sessione={token}"})
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert "content-security-policy" in answer.headers and "sessions" not in answer.text
        assert answer.text.rpartition(" ")[2] in caplog.text
        assert "no such table" not in caplog.text and token not in caplog.text


def test_what_cannot_be_swept_now_stops_nothing_else(
    contract: Contract, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = Home(tmp_path / "home")
    with contextlib.closing(Portal.over(home, contract, HERE)) as before:
        account = account_of(before, "anna", "city", CITY)
        signed_in(before, account, now() - dt.timedelta(days=2))
    home.drafts.mkdir(exist_ok=True)
    (home.drafts / ".draft-which-is-no-folder").write_bytes(b"")
    with opened(home, contract) as (portal, browser):
        for _ in range(100):
            with portal.database.reading() as connection:
                if connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0:
                    break
            time.sleep(0.05)
        else:
            pytest.fail("a session that is over is still there")
        assert browser.get("/accesso").status_code == 200
        assert "NotADirectoryError" in caplog.text


def _raw(address: str, sent: bytes) -> bytes:
    """What the server answers to these very bytes."""
    url = httpx2.URL(address)
    answer = b""
    with socket.create_connection((url.host, url.port), 10) as connection:
        connection.sendall(sent)
        connection.settimeout(3)
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while part := connection.recv(65536):
                answer += part
    return answer


def test_a_server_tells_its_log_nothing_of_what_was_sent(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    with serving(home.root) as served:
        token = _send_what_nobody_may_tell(home, served.address)
        served.end()
        assert served.process.stdout is not None
        told = served.process.stdout.read().decode() + capfd.readouterr().err
    assert "OperationalError" in told and "Traceback" in told  # the kind of error, and where
    assert SECRET not in told and "no such table" not in told and token not in told
    assert SECRET.encode() not in home.portal_database.read_bytes()


def _send_what_nobody_may_tell(home: Home, address: str) -> str:
    host = address.removeprefix("http://").encode()
    with httpx2.Client(base_url=address, headers={"origin": address}) as client:
        for broken in (False, True):
            if broken:
                with sqlite3.connect(home.portal_database) as database:
                    database.execute("ALTER TABLE attempts RENAME TO elsewhere")
            token = csrf_in(client.get("/accesso").text)
            form = {"csrf": token, "name": SECRET, "password": SECRET}
            answer = client.post("/accesso", data=form)
            assert answer.status_code == (500 if broken else 422)
        client.get(f"/{SECRET}?{SECRET}={SECRET}", headers={"x-said": SECRET, "cookie": f"sessione={SECRET}"})
        client.post("/accesso", content=SECRET.encode(), headers={"content-type": "text/plain"})
        client.post("/bozze", files={"files": (f"{SECRET}.csv", SECRET.encode())})

    one = b"GET /accesso HTTP/1.1\r\nHost: " + host + b"\r\n"
    post = one.replace(b"GET", b"POST")
    said = SECRET.encode()
    refused = {
        "no http": said + b"\r\n\r\n",
        "two lengths": post + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "no length": post + b"Content-Length: " + said + b"\r\n\r\n",
        "folded name": one + b"X-Said : " + said + b"\r\n\r\n",
        "bare zero": one + b"X-Said: \0" + said + b"\r\n\r\n",
        "other encoding": post + b"Transfer-Encoding: " + said + b"\r\n\r\n",
        "much before the body": one + (b"X-Said: " + said * 500 + b"\r\n") * 20 + b"\r\n",
    }
    for what, sent in refused.items():
        assert b" 200 " not in _raw(address, sent), what
    smuggled = b"0\r\n\r\nGET /aiuto HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"
    both = post + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(smuggled) + smuggled
    answered = _raw(address, both)
    assert answered.startswith(b"HTTP/1.1 400 ") and answered.count(b"HTTP/1.1") == 1
    upgraded = _raw(address, one + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    assert b" 101 " not in upgraded
    return token


@pytest.mark.long
def test_a_flood_of_passwords_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    ours = "http://localhost:8000"
    limits = httpx2.Limits(max_connections=150)
    with (
        serving(tmp_path / "home", "--public-url", ours, "--behind-proxy") as served,
        httpx2.Client(base_url=served.address, timeout=60, limits=limits) as client,
        ThreadPoolExecutor(100) as many,
    ):

        def guess(number: int) -> int:
            seen = f"198.51.{number // 250}.{number % 250}"
            headers = {"origin": ours, "cookie": "modulo=x", "x-forwarded-for": seen}
            form = {"csrf": "x", "name": f"nome{number}", "password": PASSWORD}
            return client.post("/accesso", data=form, headers=headers).status_code

        guesses = [many.submit(guess, number) for number in range(300)]
        waits = []
        while not all(one.done() for one in guesses):
            began = time.monotonic()
            assert client.get("/aiuto", headers={"cookie": ""}).status_code == 200
            waits.append(time.monotonic() - began)
        answers = Counter(one.result() for one in guesses)
    assert answers[422] + answers[429] == 300
    assert answers[429] > 0
    assert statistics.median(waits) < 1
