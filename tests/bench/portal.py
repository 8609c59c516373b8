"""`make bench-portal`: sixteen cities send to a running portal at the same moment.

Lives here: the load, what must hold under it, and what each kind of answer took.
Must not live here: tests (`tests.portal.test_concurrency` holds the same in small).

Everything stays on this computer, and ends by itself: so many sends a city, so many seconds in all.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyotp

from pipelines.clock import of_this_machine
from pipelines.home import Home
from pipelines.portal.access.key import load_key
from pipelines.portal.access.totp import new_salt
from pipelines.portal.store.accounts import Accounts
from pipelines.portal.store.database import Database
from pipelines.portal.store.second_factors import SecondFactors
from schemas.editions import DEFAULT_EDITION, PROJECT
from sources.reading.reader import SourceFile
from tests.bench.homes import add_returns, copy_of, received_sample, returns_of
from tests.bench.timing import REGIA, timed
from tests.making.books import altered
from tests.making.declarations import DECLARATIONS
from tests.making.samples import OWN_LAYOUT_CITIES, STANDARD_CITIES, samples, true_observations
from tests.portal.serving import PASSWORD, Browser, serving

WEEKS = ("2023-W40", "2023-W41", "2023-W42")
CITIES = (*OWN_LAYOUT_CITIES, *STANDARD_CITIES)
READERS = 10
TARGET = 2.0
OPEN_BEFORE = 5
"""The seconds that a portal has been open when others begin: its own are weeks."""
_MOST_SECONDS = 600
_COORDINATION = "coordinamento"
_BOARD = "/quadro"

KINDS = {
    "sign-in": "signing in, to the first page",
    "verdict": "a file sent, to the page of its draft",
    "confirmation": "a draft confirmed, to its receipt",
    "page": "other pages",
    "board": "the board",
    "download": "a receipt as PDF",
}


@dataclass
class Taken:
    """The seconds that answers took, by kind; many threads add to it."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, what: str, seconds: float) -> None:
        self.seconds[what].append(seconds)


@dataclass(frozen=True)
class Prepared:
    """A home in which all weeks but the last three are consolidated. secret: of the coordination's codes."""

    home: Path
    secret: str


def measure() -> None:
    """Print what answers take without load and under it. Ends with a sentence where something was lost."""
    prepared = _prepared()
    sends = {city: _sends(city) for city in CITIES}
    count = sum(file is not None for files in sends.values() for file in files)
    print(f"the portal: {len(CITIES)} cities, {count} files: each week of the last {len(WEEKS)} twice")
    print(f"  target: 95 of 100 verdicts within {TARGET:.0f} s under load")
    with copy_of(prepared.home) as home, serving(home) as served:
        print(f"  opened in {served.opened_in:.2f} s; {OPEN_BEFORE} s later the cities begin")
        time.sleep(OPEN_BEFORE)
        taken = Taken()
        for city, files in sends.items():
            _send_all(Browser(served.address, taken.add), city, files[:2], threading.Barrier(1))
        _print("one city after the other, nothing else", taken)
        served.end()
    with copy_of(prepared.home) as home:
        began = time.perf_counter()
        taken, received, others = _under_load(home, prepared.secret, sends)
        seconds = time.perf_counter() - began
        heading = f"all at the same moment, {OPEN_BEFORE} s after it opened, in {seconds:.0f} s"
        _print(f"{heading}; {others}", taken)
        timed([*REGIA, "--home", str(home), "consolidate"])
        _assert_nothing_lost(home, received)
    print(
        "  nothing lost, nothing refused: every confirmed return is published with the figures of the truth"
    )


def _prepared() -> Prepared:
    received, _ = received_sample()
    home = received.with_name("before-the-last-three-weeks")
    weeks = returns_of(received)
    add_returns(received, home, [one for one, week in weeks.items() if week not in WEEKS])
    timed([*REGIA, "--home", str(home), "consolidate", "--all"])
    place = Home(home)
    database = Database(place.portal_database)
    accounts, at = Accounts(database), of_this_machine()
    for city in CITIES:
        accounts.accept_invitation(accounts.create(city, "city", at, city=city).token, PASSWORD, at)
    factors = SecondFactors(database, load_key(place.portal_key))
    invitation = accounts.create(_COORDINATION, "coordinator", at)
    coordination = accounts.accept_invitation(invitation.token, PASSWORD, at)
    salt = new_salt()
    secret = factors.offered(coordination.id, salt)
    # Confirmed with the code before, so that the one of now can sign in.
    earlier = pyotp.TOTP(secret).at(at - dt.timedelta(seconds=30))
    assert factors.confirm(coordination.id, salt, earlier, at) is not None
    database.close()
    return Prepared(home, secret)


def _sends(city: str) -> list[SourceFile | None]:
    """What a city sends: each week's file, then the same figures as its next version.

    None where it waits: a week for which the sample has nothing of it, a version that nobody can write.
    """
    files: list[SourceFile | None] = []
    for week in WEEKS:
        of_week = [one for one in samples() if (one.city, one.iso_week) == (city, week)]
        if not of_week:
            files += [None, None]
            continue
        last = of_week[-1]
        way = DECLARATIONS.get(city, DECLARATIONS["taranto"])
        # Bologna's versions stand in a list of weeks: how one is added is known for the last week alone.
        again = (
            altered(last, way.version(last.version + 1)) if city != "bologna" or week == WEEKS[-1] else None
        )
        files += [SourceFile(last.name, last.data), again and SourceFile(last.name, again)]
    return files


def _send_all(
    browser: Browser, city: str, files: Sequence[SourceFile | None], together: threading.Barrier
) -> list[str]:
    """Sign in and send, each file when all others are there too; the submissions that it became."""
    received = []
    try:
        together.wait(_MOST_SECONDS)
        browser.sign_in(city)
        for file in files:
            browser.get("/settimane")
            together.wait(_MOST_SECONDS)
            if file is None:
                continue
            sent = browser.send(file.name, file.data)
            # A version made for this may be refused; that the sample's own was not, the truth tells.
            if not sent.submission_id:
                continue
            received.append(sent.submission_id)
            browser.get(f"/invii/{sent.submission_id}/ricevuta.pdf", "download")
    except BaseException:
        together.abort()  # nobody waits for it any more
        raise
    finally:
        browser.close()
    return received


def _under_load(
    home: Path, secret: str, sends: Mapping[str, Sequence[SourceFile | None]]
) -> tuple[Taken, list[str], str]:
    taken, together, is_over = Taken(), threading.Barrier(len(sends)), threading.Event()
    with ExitStack() as stack:
        served = stack.enter_context(serving(home))
        readers = [
            stack.enter_context(_holding(Home(home).published(DEFAULT_EDITION))) for _ in range(READERS)
        ]
        time.sleep(OPEN_BEFORE)
        threads = stack.enter_context(ThreadPoolExecutor(len(sends) + 2))
        consolidating = threads.submit(_consolidate_until, is_over, home)
        polling = threads.submit(_look_at_board_until, is_over, served.address, secret, taken)
        sending = [
            threads.submit(_send_all, Browser(served.address, taken.add), city, files, together)
            for city, files in sends.items()
        ]
        try:
            wait(sending, _MOST_SECONDS)
            for failed in filter(None, (sent.exception(0) for sent in sending)):
                if not isinstance(failed, threading.BrokenBarrierError):  # the others only waited for it
                    raise failed
            received = [one for sent in sending for one in sent.result(0)]
        finally:
            together.abort()
            is_over.set()
        runs = consolidating.result()
        polling.result()
        answers = sum(_answers_of(reader) for reader in readers)
        assert served.end() == 0
    return taken, received, f"{runs} consolidations, {READERS} readers with {answers} answers meanwhile"


@contextmanager
def _holding(published: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.held", str(published)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        env=os.environ,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _answers_of(reader: subprocess.Popen[bytes]) -> int:
    told, _ = reader.communicate(b"\n", timeout=60)
    assert reader.returncode == 0, "a reader was refused"
    return int(told)


def _consolidate_until(is_over: threading.Event, home: Path) -> int:
    runs = 0
    while not is_over.is_set():
        timed([*REGIA, "--home", str(home), "consolidate", "--all"])
        runs += 1
    return runs


def _look_at_board_until(is_over: threading.Event, address: str, secret: str, taken: Taken) -> None:
    browser = Browser(address, taken.add)
    browser.sign_in(_COORDINATION, pyotp.TOTP(secret).at(of_this_machine()))
    while not is_over.wait(1):
        browser.get(_BOARD, "board")
    browser.close()


def _assert_nothing_lost(home: Path, received: Sequence[str]) -> None:
    """Every receipt that a city was shown stands for a return that is landed, judged and published."""
    place = Home(home)
    assert len(set(received)) == len(received) > len(CITIES), "two sends became one submission"
    for one in received:
        assert (place.returns / one / "receipt.json").exists(), f"{one} is not in the landing"
        verdict = json.loads((place.judged / one / "verdict.json").read_bytes())
        assert verdict["status"] != "rejected", one
    with duckdb.connect(str(place.published(DEFAULT_EDITION)), read_only=True) as connection:
        rows = connection.execute("SELECT submission_id FROM submissions").fetchall()
        assert {submission for (submission,) in rows} >= set(received), "not all are published"
        for week in WEEKS:
            found = connection.execute(
                "SELECT city, coalesce(service_point, ''), measure, breakdown, coalesce(category, ''), "
                "value, flag FROM observations WHERE iso_week = $week",
                {"week": week},
            ).fetchall()
            published = {tuple(key): (value, flag) for *key, value, flag in found}
            truth = {
                (city, *key): value
                for city, of_city in true_observations(week).items()
                for key, value in of_city.items()
            }
            assert published == truth, f"{week} is published otherwise than it was sent"
    assert not list(place.drafts.glob("*/[0-9]*")), "a draft that was sent still holds its files"


def _print(what: str, taken: Taken) -> None:
    print(f"\n  {what}")
    print(f"    {'seconds':<42}  count    min median    p95    max")
    for kind, words in KINDS.items():
        of_kind = sorted(taken.seconds.get(kind, ()))
        if of_kind:
            p95 = of_kind[math.ceil(0.95 * len(of_kind)) - 1]
            print(
                f"    {words:<42} {len(of_kind):6d} {of_kind[0]:6.2f} {statistics.median(of_kind):6.2f} "
                f"{p95:6.2f} {of_kind[-1]:6.2f}"
            )


if __name__ == "__main__":
    measure()
