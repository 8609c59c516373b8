"""The crumbs of a page: each is called what the page is called to which it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.store.accounts import Role
from schemas.contract import Language
from tests.making.samples import sample
from tests.portal.homes import take_in
from tests.portal.visiting import Visitor, opened

pytestmark = pytest.mark.whole

TUESDAY = "2023-10-24T10:00:00+02:00"


@pytest.fixture
def visitor(contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    monkeypatch.setenv("REGIA_NOW", TUESDAY)
    home = Home(tmp_path / "home")
    take_in(home, contract, sample("bolzano", "2023-W41"))
    with opened(home, contract) as (portal, _):
        yield Visitor(portal)


def _crumbs(page: str) -> list[tuple[str, str]]:
    """Address and name of each page that stands above one."""
    above = page[page.index('class="crumbs"') : page.index("</nav>", page.index('class="crumbs"'))]
    return [(href, unescape(name)) for href, name in re.findall(r'<a href="([^"]+)">([^<]+)</a>', above)]


@pytest.mark.parametrize(
    ("role", "city", "language", "depth"), [("city", "bolzano", "de", 2), ("coordinator", None, "it", 3)]
)
def test_each_is_called_as_the_page_to_which_it_leads(
    visitor: Visitor, role: Role, city: str | None, language: Language, depth: int
) -> None:
    visitor.sign_in("somebody", role, city, language)
    week = "/settimane/2023-W41" if city else "/citta/bolzano/2023-W41"
    (submission,) = visitor.portal.desk.returns().verdicts
    visitor.get(week)
    sent = sample("bolzano")
    draft = visitor.post("/bozze", files=[(sent.name, sent.data)]).headers["location"]
    of_week = {week: depth - 1, f"{week}/nulla": depth, f"/invii/{submission}": depth}
    pages = {**of_week, draft: 1, f"{draft}/indicatori": 2}
    for address, above in pages.items():
        crumbs = _crumbs(visitor.get(address).text)
        assert len(crumbs) == above, address
        for href, name in crumbs:
            title = re.search(r"<title>([^<]+)</title>", visitor.get(href).text)
            assert title is not None
            assert name in unescape(title[1]), f"{address}: {href}"
