"""A coordinator's day in a real browser: the board, a city's week, a folder of files that came by post."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from pipelines.dictionary import write_dictionary
from pipelines.judged import JudgedReturns
from pipelines.portal.access.key import load_key
from pipelines.portal.store.accounts import Accounts
from pipelines.portal.store.database import Database
from pipelines.portal.store.second_factors import SecondFactors
from schemas.contract import Edition
from tests.making.samples import sample
from tests.portal.browser.browsing import COORDINATOR, Clerk, Running
from tests.portal.browser.returns_sent import WEEK

pytestmark = [pytest.mark.whole, pytest.mark.long]

CITIES = ("bolzano", "milano")


def code_of(running: Running, name: str) -> str:
    """A code that signs an account in once."""
    database = Database(running.home.portal_database)
    account = Accounts(database).of_name(name)
    (code, *_) = SecondFactors(database, load_key(running.home.portal_key)).renew_recovery_codes(account.id)
    database.close()
    return code


def opens_the_dictionary(clerk: Clerk, running: Running, edition: Edition) -> None:
    """Beside the portal, which stays open; kept as a file it fits, and its tables scroll by keyboard, too."""
    path = write_dictionary(running.home, edition)
    page, texts = clerk.page, clerk.texts
    clerk.open("/relazioni", "reports")
    name = f"{texts.reports.open_dictionary} ({texts.reports.new_tab})"
    with page.expect_popup() as opened:
        page.get_by_role("link", name=name, exact=True).click()
    expect(opened.value.locator("h1")).to_have_text("Data dictionary")
    opened.value.close()
    expect(page.locator("h1")).to_have_text(texts.reports.title)
    # Where the portal shows it no script runs, those that look at a page neither.
    page.goto(path.as_uri())
    for summary in page.locator("summary").all():
        summary.click()
    clerk.look("dictionary")
    assert page.evaluate("document.documentElement.scrollWidth") <= clerk.width


@pytest.mark.parametrize("width", [1280, 390])
def test_day_of_a_coordinator(
    width: int, running: Running, clerk_at: Callable[..., Clerk], edition: Edition
) -> None:
    clerk = clerk_at(width)
    page, landed = clerk.page, running.landed()
    clerk.sign_in(COORDINATOR)
    page.fill("#code", code_of(running, COORDINATOR))
    clerk.look("code")
    page.click("main button[type=submit]")
    texts = clerk.texts
    expect(page.locator("h1")).to_have_text(texts.board.title)
    clerk.look("board")
    clerk.strain("board")
    page.locator(".board tbody a", has_text="Bolzano").first.click()
    clerk.look("city")
    clerk.open(f"/citta/bolzano/{WEEK}", "week-of-a-city")

    clerk.open("/cartella", "folder")
    clerk.drop(*((f"{city}-{sample(city).name}", sample(city).data) for city in CITIES))
    expect(page.locator("[data-chosen-list] li")).to_have_count(2)
    page.click("form[data-upload] button[type=submit]")
    results = page.locator("table", has=page.locator("caption#risultati")).locator("tbody tr")
    expect(results).to_have_count(2)
    for city in CITIES:
        expect(results.filter(has_text=edition.city(city).name_it)).to_have_count(1)
    assert running.landed() == landed, "something counts that nobody confirmed"
    clerk.look("folder-recognised")
    clerk.strain("folder-recognised")
    for row in results.all():
        row.get_by_role("checkbox").check()
    page.locator("form", has=results.first).locator("button[type=submit].btn-primary").click()
    expect(page.locator("#acquisite li")).to_have_count(2)
    clerk.look("folder-taken-in")
    returns = JudgedReturns.load(running.home.judged, edition)
    for city in CITIES:
        verdict = returns.valid(city, WEEK)
        assert verdict is not None
        assert verdict.received_by == COORDINATOR
    clerk.open("/quadro")
    clerk.look("board-after")
    opens_the_dictionary(clerk, running, edition)
    assert clerk.wrong == []
