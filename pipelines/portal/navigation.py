"""The links at the head of every page, by role.

Lives here: which pages a role finds there, in which order.
Must not live here: who may open them (`doors`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.portal.store.accounts import Role
from pipelines.portal.words.wording import Texts

_PAGES: Mapping[Role, tuple[str, ...]] = {
    "city": ("/settimane",),
    "coordinator": ("/quadro", "/cartella", "/relazioni"),
    "analyst": ("/quadro", "/relazioni"),
    "administrator": ("/utenti", "/registro"),
}

_TITLES: Mapping[str, str] = {
    "/settimane": "weeks.title",
    "/quadro": "board.title",
    "/cartella": "folder.title",
    "/relazioni": "reports.title",
    "/utenti": "accounts.title",
    "/registro": "audit.title",
}

START: Mapping[Role, str] = {role: pages[0] for role, pages in _PAGES.items()}
"""Where a role comes in."""


DRAFTS: Mapping[Role, str] = {"city": "/settimane", "coordinator": "/cartella"}
"""Where a role finds what it uploaded and has not sent."""


@dataclass(frozen=True)
class Link:
    """A page that can be gone to."""

    text: str
    href: str
    is_current: bool


def title_of(page: str, texts: Texts) -> str:
    """What one of these pages is called: at its head, in the links to it and in the crumbs below it."""
    return texts.say(_TITLES[page])


def links_of(role: Role, path: str, texts: Texts) -> tuple[Link, ...]:
    """The links of a role; the one that holds the page now open is marked."""
    return tuple(
        Link(title_of(page, texts), page, path == page or path.startswith(f"{page}/"))
        for page in _PAGES[role]
    )
