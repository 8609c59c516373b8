"""Many at once at one portal, killed too: nothing is lost, nothing comes twice, no lock refuses anybody."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import shutil
import signal
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import duckdb
import pytest

from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.desk import Desk
from pipelines.portal.drafts import Draft, DraftError, Drafts, Sender
from pipelines.portal.store.accounts import Accounts
from pipelines.portal.store.database import Database
from sources.reading.reader import SourceFile
from tests.making.books import altered_sample, put
from tests.making.declarations import DECLARATIONS
from tests.making.samples import Sample, sample, true_observations
from tests.portal.homes import file_of, take_in
from tests.portal.serving import COMMAND, PASSWORD, Browser, Served, children_of, is_alive, serving

pytestmark = pytest.mark.whole

TUESDAY = dt.datetime.fromisoformat("2023-10-24T10:00:00+02:00")
AFTER_EXPIRY = TUESDAY + dt.timedelta(hours=49)
CITIES = ("taranto", "torino", "genova", "palermo")
ANNA = Sender("anna", "taranto")
BRUNO = Sender("bruno", "taranto")
COORDINATION = Sender("dario")

Given = TypeVar("Given")
Made = TypeVar("Made")


@pytest.fixture(scope="module")
def prepared(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Accounts of four cities, and their returns of 2023-W41; copy it before changing it."""
    home = Home(tmp_path_factory.mktemp("prepared") / "home")
    take_in(
        home,
        contract,
        *sorted((sample(city, "2023-W41") for city in CITIES), key=lambda one: one.received_at),
    )
    database = Database(home.portal_database)
    accounts = Accounts(database)
    for city in CITIES:
        invitation = accounts.create(city, "city", TUESDAY, city=city)
        accounts.accept_invitation(invitation.token, PASSWORD, TUESDAY)
    database.close()
    return home


@pytest.fixture
def home(prepared: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("REGIA_NOW", TUESDAY.isoformat())
    return Home(Path(shutil.copytree(prepared.root, tmp_path / "home")))


@pytest.fixture
def desk(home: Home, contract: Contract) -> Iterator[Desk]:
    with Desk(home, contract) as at_work:
        yield at_work


def at_once(do: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
    """What each thread made of its own, all begun at the same moment."""
    together = threading.Barrier(len(given))

    def begin(one: Given) -> Made:
        together.wait(60)
        return do(one)

    with ThreadPoolExecutor(len(given)) as threads:
        return list(threads.map(begin, given))


def landed_of(home: Home, city: str, week: str = "2023-W42") -> list[str]:
    """The submissions of a city's week in the landing."""
    return [
        path.parent.name
        for path in home.returns.glob("[!.]*/receipt.json")
        if f'"{city}"' in path.read_text() and f'"{week}"' in path.read_text()
    ]


def new_version(number: float) -> SourceFile:
    """Taranto's W42 once more, with another figure."""

    def change(book: object) -> None:
        put(book, "1 Presa in carico", "D6", number)  # type: ignore[arg-type]

    way = DECLARATIONS["taranto"]
    return SourceFile(f"taranto_{number}.xlsx", altered_sample("taranto", way.version(2), change))


# --- one city


def test_the_same_file_dropped_by_two_at_once_is_one_draft_and_one_submission(desk: Desk, home: Home) -> None:
    drafts = Drafts(home, desk)
    drafts.keep((file_of("taranto"),), COORDINATION, "taranto")  # judged already: all come to keep it at once
    kept = at_once(lambda sender: drafts.keep((file_of("taranto"),), sender), [ANNA, BRUNO] * 4)
    assert {one.id for one in kept if isinstance(one, Draft)} == {drafts.of(ANNA)[0].id}
    assert len(drafts.of(ANNA)) == 1
    sent = at_once(lambda sender: drafts.confirm(drafts_id(kept), sender, sender.account), [ANNA, BRUNO] * 4)
    assert len({one.verdict.submission_id for one in sent}) == 1
    assert landed_of(home, "taranto") == [sent[0].verdict.submission_id]


def drafts_id(kept: Sequence[object]) -> str:
    (draft,) = {one.id for one in kept if isinstance(one, Draft)}
    return draft


def test_of_versions_confirmed_at_once_none_slips_in_behind_another(desk: Desk, home: Home) -> None:
    """Each was alone when its sender looked: neither owed a reason, nor was rejected."""
    drafts = Drafts(home, desk)
    kept = [drafts.keep((file,), ANNA) for file in (file_of("taranto"), new_version(3), new_version(4))]

    def confirm(draft: object) -> str:
        assert isinstance(draft, Draft)
        try:
            return drafts.confirm(draft.id, ANNA, "anna").verdict.submission_id
        except DraftError as error:
            return error.code

    said = at_once(confirm, kept)
    (received,) = landed_of(home, "taranto")
    assert received in said
    # Behind a higher version the first one is no correction, and is rejected.
    assert {*said} - {received} <= {"reason_owed", "rejected"} and said.count(received) == 1
    assert len(drafts.of(ANNA)) == 2


# --- several cities, a consolidation, readers


@pytest.mark.long
def test_cities_send_while_a_consolidation_runs(home: Home) -> None:
    consolidate = [*COMMAND, "consolidate", "--home", str(home.root)]
    with serving(home.root) as served:
        running = subprocess.Popen(consolidate, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            sent = at_once(lambda city: send(served, sample(city)), CITIES)
        finally:
            assert running.wait(120) == 0
    assert len(set(sent)) == len(CITIES)
    subprocess.run(consolidate, check=True, capture_output=True)
    with duckdb.connect(str(home.published("lgnet2")), read_only=True) as connection:
        rows = connection.execute(
            "SELECT submission_id, city, coalesce(service_point, ''), measure, breakdown, "
            "coalesce(category, ''), value, flag FROM observations WHERE iso_week = '2023-W42'"
        ).fetchall()
    assert {submission for submission, *_ in rows} == set(sent)
    for city in CITIES:
        found = {tuple(key): (value, flag) for _, of, *key, value, flag in rows if of == city}
        assert found == true_observations("2023-W42")[city]


def send(served: Served, given: Sample) -> str:
    browser = Browser(served.address)
    try:
        browser.sign_in(given.city)
        return browser.send(given.name, given.data).submission_id
    finally:
        browser.close()


def test_two_servers_over_one_home_are_one_portal(home: Home) -> None:
    """As while one replaces the other."""
    given = sample("taranto")
    with serving(home.root) as one, serving(home.root) as other:
        here = Browser(one.address)
        here.sign_in("taranto")
        page = here.upload(given.name, given.data)
        there = Browser(other.address)
        there.take_cookies_of(here)
        assert "/elimina" in there.get(draft_path(page)).text
        sent = at_once(lambda browser: browser.confirm(page).submission_id, [here, there])
        assert landed_of(home, "taranto") == sorted(set(sent))
        assert there.get(f"/invii/{sent[0]}").text.count("<h1") == 1
        for browser in (here, there):
            browser.close()


def draft_path(page: str) -> str:
    found = re.search(r"/bozze/[0-9a-f]{32}", page)
    assert found
    return found[0]


# --- killed


def test_killed_while_a_return_is_received_it_is_the_same_submission_when_sent_again(home: Home) -> None:
    given, threads = sample("taranto"), ThreadPoolExecutor(1)
    with serving(home.root) as served, threads:
        browser = Browser(served.address)
        browser.sign_in("taranto")
        page = browser.upload(given.name, given.data)
        readers = children_of(served.process.pid)
        assert readers
        answer = threads.submit(browser.confirm, page)
        while not landed_of(home, "taranto") and not answer.done():
            time.sleep(0.001)
        served.process.send_signal(signal.SIGKILL)
        assert served.process.wait() == -signal.SIGKILL
        answer.exception()
        browser.close()
    (landed,) = landed_of(home, "taranto")
    give_up_at = time.monotonic() + 20
    while any(map(is_alive, readers)) and time.monotonic() < give_up_at:
        time.sleep(0.05)
    assert not any(map(is_alive, readers)), "a reader outlived the server"
    with serving(home.root) as served:
        browser = Browser(served.address)
        browser.sign_in("taranto")
        assert browser.confirm(page).submission_id == landed
        assert draft_path(page) not in browser.get("/settimane").text
        browser.close()
    assert landed_of(home, "taranto") == [landed]
    assert not list(home.drafts.glob("*/1"))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_is_never_confirmed_leaves_no_trace(
    how: signal.Signals, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "Scheda_di_prova_mai_inviata.xlsx"
    data = altered_sample("taranto")
    with serving(home.root) as served:
        browser = Browser(served.address)
        browser.sign_in("taranto")
        page = browser.upload(name, data)
        browser.get(draft_path(page) + "/copia.xlsx", "download")
        assert traces(home, name, data) == {"name", "bytes", "sha256"}
        served.process.send_signal(how)
        served.process.wait()
        browser.close()
    assert traces(home, name, data) == {"name", "bytes", "sha256"}
    monkeypatch.setenv("REGIA_NOW", AFTER_EXPIRY.isoformat())
    with serving(home.root) as served:
        give_up_at = time.monotonic() + 20
        while traces(home, name, data) and time.monotonic() < give_up_at:
            time.sleep(0.05)
        assert traces(home, name, data) == set()
        browser = Browser(served.address)
        browser.sign_in("taranto")
        browser.get(draft_path(page), status=404)
        browser.close()
        assert traces(home, name, data) == set()
    assert traces(home, name, data) == set()


def traces(home: Home, name: str, data: bytes) -> set[str]:
    """What can be found of a file in everything that a home holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        largest = max(archive.infolist(), key=lambda one: one.compress_size)
    looked_for = {
        "name": Path(name).stem.encode(),
        "bytes": data[largest.header_offset + 64 : largest.header_offset + 192],
        "sha256": hashlib.sha256(data).hexdigest().encode(),
    }
    found = set()
    for path in home.root.rglob("*"):
        held = str(path.relative_to(home.root)).encode()
        try:
            held += path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:
            continue  # removed while it was looked for
        found |= {what for what, text in looked_for.items() if text in held}
    return found
