"""A portal that runs, and a browser, for tests that use it as people do.

Lives here: fixtures: the browser, a home with some weeks of returns, the portal's process over a copy of it.
Must not live here: what a person does in the browser (`browsing`), or checks.

Pictures of every step are kept below `.artefacts/portal/`.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.access.key import load_key
from pipelines.portal.access.totp import new_salt
from pipelines.portal.store.accounts import Accounts
from pipelines.portal.store.database import Database
from pipelines.portal.store.second_factors import SecondFactors
from schemas.contract import Language
from schemas.editions import PROJECT
from schemas.weeks import ROME
from tests.making.samples import samples
from tests.portal.browser.browsing import COORDINATOR, PASSWORD, Clerk, Running
from tests.portal.homes import take_in
from tests.portal.serving import serving

CHROMIUM = Path("/usr/bin/chromium")
PICTURES = PROJECT / ".artefacts" / "portal"
CITIES = ("bolzano", "latina", "milano")
WEEKS = [f"2023-W{week}" for week in range(33, 42)]
MONDAY_AFTER_W42 = dt.datetime(2023, 10, 23, 9, 30, tzinfo=ROME)
"""Two days before the deadline of week 42."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        said = f"{CHROMIUM} is not installed: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def weeks_of_returns(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Path:
    """Nine weeks of three cities, accounts for two of them and a coordinator: a home to be copied."""
    home = Home(tmp_path_factory.mktemp("weeks") / "home")
    take_in(home, contract, *(one for one in samples() if one.city in CITIES and one.iso_week in WEEKS))
    database = Database(home.portal_database)
    accounts, at = Accounts(database), dt.datetime.now(dt.UTC)
    languages: dict[str, Language] = {"latina": "it", "bolzano": "de"}
    for city, language in languages.items():
        shown_name = contract.edition.city(city).name_it
        invited = accounts.create(city, "city", at, city=city, language=language, shown_name=shown_name)
        accounts.accept_invitation(invited.token, PASSWORD, at)
    invited = accounts.create(COORDINATOR, "coordinator", at, shown_name="Coordinamento nazionale")
    coordinator = accounts.accept_invitation(invited.token, PASSWORD, at)
    factors = SecondFactors(database, load_key(home.portal_key))
    salt = new_salt()
    secret = factors.offered(coordinator.id, salt)
    assert factors.confirm(coordinator.id, salt, pyotp.TOTP(secret).at(at), at)
    database.close()
    return home.root


@pytest.fixture
def running(weeks_of_returns: Path, tmp_path: Path) -> Iterator[Running]:
    """The portal over a copy of that home, on the Monday after 2023-W42, in a process of its own."""
    home = Home(tmp_path / "home")
    shutil.copytree(weeks_of_returns, home.root)
    ahead = MONDAY_AFTER_W42 - dt.datetime.now(dt.UTC)
    command = [sys.executable, "-m", "tests.portal.browser.served", str(ahead.total_seconds())]
    with serving(home.root, "--contact", "aiuto@example.it", command=command) as served:
        yield Running(served.address, home, ahead)
        assert served.end() == 0


@pytest.fixture
def clerk_at(
    browser: Browser, running: Running, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Clerk]]:
    """Somebody at a browser of a width, with scripts or without; pictures are kept by the test's name."""
    opened: list[BrowserContext] = []

    def clerk(width: int = 1280, *, scripts: bool = True) -> Clerk:
        context = browser.new_context(
            base_url=running.address,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        name = request.node.name.removeprefix("test_")
        return Clerk(context.new_page(), width, PICTURES / "".join(c if c.isalnum() else "-" for c in name))

    yield clerk
    for context in opened:
        context.close()
