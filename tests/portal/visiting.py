"""A visitor of the portal, as tests have one: signs in, opens pages, sends forms.

Lives here: what a browser does between a page and its forms.
Must not live here: checks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyotp
from httpx2 import Response
from starlette.testclient import TestClient

from pipelines.clock import now
from pipelines.home import Home
from pipelines.judging.contract import load_contract
from pipelines.portal.app import make_app
from pipelines.portal.portal import Portal
from pipelines.portal.settings import Settings
from pipelines.portal.store.accounts import Role
from schemas.contract import Language
from schemas.editions import find_edition

ADDRESS = "http://127.0.0.1:8000"
PASSWORD = "quattro mele verdi al sole"


def portal_over(root: Path) -> Portal:
    """The portal of a home. Close it."""
    return Portal.over(
        Home(root), load_contract(find_edition("lgnet2")), Settings(ADDRESS, "aiuto@example.it")
    )


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.client = TestClient(make_app(portal), base_url=ADDRESS, follow_redirects=False)
        self.csrf = ""

    def get(self, path: str) -> Response:
        """Open a page; its form's token is remembered."""
        answer = self.client.get(path)
        found = re.search(r'name="csrf" value="([^"]+)"', answer.text)
        if found:
            self.csrf = found[1]
        return answer

    def post(
        self,
        path: str,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        files: Sequence[tuple[str, bytes]] | None = None,
    ) -> Response:
        """Send a form as the page that was open last would."""
        data = {"csrf": self.csrf, **(fields or {})}
        sent = None if files is None else [("files", (name, content)) for name, content in files]
        return self.client.post(path, data=data, files=sent, headers={"Origin": ADDRESS})

    def sign_in(self, name: str, role: Role, city: str | None = None, language: Language = "it") -> Visitor:
        """An account of that role, made now, with its second factor where it needs one; signed in."""
        portal = self.portal
        invitation = portal.accounts.create(name, role, now(), city=city, language=language)
        account = portal.accounts.accept_invitation(invitation.token, PASSWORD, now())
        if account.needs_totp:
            secret = portal.second_factors.offer(account.id)
            assert portal.second_factors.confirm(account.id, pyotp.TOTP(secret).at(now()), now())
        self.get("/accesso")
        assert self.post("/accesso", {"name": name, "password": PASSWORD}).status_code == 303
        if account.needs_totp:
            self.get("/accesso/codice")
            (code, *_) = portal.second_factors.renew_recovery_codes(account.id)
            assert self.post("/accesso/codice", {"code": code}).status_code == 303
        self.get("/account")
        return self
