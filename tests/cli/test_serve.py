"""`regia serve` as a process: it finishes what is under way, ends when told to, says what is wrong."""

from __future__ import annotations

import http.client
import os
import re
import signal
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

from pipelines.clock import of_this_machine
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.store.accounts import Accounts
from pipelines.portal.store.database import Database
from tests.cli.conftest import Regia, run_apart
from tests.making.samples import sample
from tests.portal.homes import take_in
from tests.portal.serving import PASSWORD, Browser, Served, is_alive, serving

pytestmark = pytest.mark.whole


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one account."""
    home = Home(tmp_path / "home")
    database = Database(home.portal_database)
    accounts, at = Accounts(database), of_this_machine()
    accounts.accept_invitation(accounts.create("taranto", "city", at, city="taranto").token, PASSWORD, at)
    database.close()
    return home


class HalfSent:
    """A form of which the server has the beginning, and waits for the rest."""

    def __init__(self, served: Served) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        self._connection.request("GET", "/accesso")
        page = self._connection.getresponse()
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        token = re.search(rb'name="csrf" value="([^"]+)"', page.read())
        assert token
        fields = {"csrf": token[1].decode(), "name": "taranto", "password": PASSWORD}
        body = urlencode(fields).encode()
        self._connection.putrequest("POST", "/accesso")
        for name, value in (
            ("Cookie", cookie),
            ("Origin", served.address),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Content-Length", str(len(body))),
        ):
            self._connection.putheader(name, value)
        self._connection.endheaders(body[:20])
        self._rest = body[20:]

    def finish(self) -> int:
        """Send the rest; the status of the answer."""
        self._connection.send(self._rest)
        with self._connection.getresponse() as answer:
            answer.read()
        self._connection.close()
        return answer.status


def upload(served: Served) -> None:
    """Have a file read, so that readers are there."""
    given, browser = sample("taranto"), Browser(served.address)
    browser.sign_in("taranto")
    browser.upload(given.name, given.data)
    browser.close()


def nobody_listens_at(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.connect()
    except ConnectionRefusedError:
        return True
    finally:
        connection.close()
    return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_told_to_end_it_finishes_what_is_under_way(how: signal.Signals, home: Home) -> None:
    """Also where a script started it with `&`, and so had it ignore SIGINT."""
    with serving(home.root, through=("sh", "-c", 'trap "" INT; exec "$@"', "sh")) as served:
        upload(served)
        readers = served.children()
        assert readers
        under_way = HalfSent(served)
        served.process.send_signal(how)
        give_up_at = time.monotonic() + 20
        while not nobody_listens_at(served.port) and time.monotonic() < give_up_at:
            time.sleep(0.02)
        assert served.process.poll() is None
        assert under_way.finish() == 303
        assert served.process.wait(20) == 0
        assert served.said().endswith("Il portale è chiuso.\n")
        assert not any(map(is_alive, readers))
    database = Database(home.portal_database)
    assert Accounts(database).of_name("taranto").last_signed_in_at is not None
    database.close()


def test_ctrl_c_leaves_the_readers_alone_until_the_end(home: Home) -> None:
    """The terminal interrupts whatever the command started, too."""
    with serving(home.root, through=("setsid",)) as served:
        upload(served)
        readers = served.children()
        under_way = HalfSent(served)
        os.killpg(served.process.pid, signal.SIGINT)
        time.sleep(0.3)
        assert readers
        assert all(map(is_alive, readers))
        assert under_way.finish() == 303
        assert served.process.wait(20) == 0
        assert not any(map(is_alive, readers))


def test_it_opens_although_what_came_last_is_damaged(
    home: Home, contract: Contract, capfd: pytest.CaptureFixture[str]
) -> None:
    (taken,) = take_in(home, contract, sample("taranto"))
    (file,) = (home.returns / taken.verdict.submission_id).glob("1-*")
    file.chmod(0o600)
    file.write_bytes(b"not what came")
    with serving(home.root) as served:
        told, give_up_at = "", time.monotonic() + 20
        while "DamagedLandingError" not in told and time.monotonic() < give_up_at:
            time.sleep(0.05)
            told += capfd.readouterr().err
        assert "DamagedLandingError" in told and file.name not in told
        browser = Browser(served.address)
        browser.sign_in("taranto")
        assert taken.verdict.submission_id in browser.get("/settimane/2023-W42").text
        browser.close()
        assert served.end() == 0


def test_a_port_that_is_taken_is_told_and_nothing_is_made(home: Home, tmp_path: Path) -> None:
    with serving(home.root) as served:
        other = tmp_path / "other"
        said = run_apart("serve", "--home", other, "--port", served.port)
        assert (said.returncode, said.stdout) == (3, "")
        assert f"La porta {served.port} è occupata" in said.stderr
        assert len(said.stderr.splitlines()) == 1
        assert not other.exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--port", "0"], "port"),
        (["--port", "ottomila"], "port"),
        (["--public-url", "regia.example.it"], "non è l'indirizzo di un portale"),
        (["--public-url", "ftp://regia.example.it"], "non è l'indirizzo di un portale"),
        (["--public-url", "https://regia.example.it/portale"], "non è l'indirizzo di un portale"),
        (["--public-url", "https://[regia"], "non è l'indirizzo di un portale"),
        (["--public-url", "https://regia.example.it:porta"], "non è l'indirizzo di un portale"),
        (["--public-url", "https://anna@regia.example.it"], "non è l'indirizzo di un portale"),
        (["--public-url", "http://regia.example.it"], "solo con https"),
        (["--public-url", "https://regia.example.it"], "--contact"),
        (["--contact", "chiedere in ufficio"], "non è un indirizzo e-mail"),
        (["--host", "0.0.0.0"], "--public-url"),
        (["--host", "regia.example.it"], "--public-url"),
        (["aperto"], "aperto"),
    ],
)
def test_options_without_sense(options: list[str], told: str, regia: Regia, tmp_path: Path) -> None:
    said = regia("serve", *options)
    assert (said.status, said.out) == (2, "")
    assert told in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "home").exists()


def test_an_address_that_is_not_of_this_computer(regia: Regia, tmp_path: Path) -> None:
    public = ("--public-url", "https://regia.example.it", "--contact", "aiuto@example.it")
    said = regia("serve", "--host", "192.0.2.1", *public)
    assert (said.status, said.out) == (3, "")
    assert "192.0.2.1" in said.err
    assert not (tmp_path / "home").exists()


def test_a_home_that_is_a_file(regia: Regia, tmp_path: Path) -> None:
    path = tmp_path / "carte"
    path.write_text("")
    said = regia("serve", "--home", path)
    assert said.status == 2
    assert "Traceback" not in said.err
