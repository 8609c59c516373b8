"""Where signing in leads: to the page that was asked for before, or where the role comes in.

Lives here: which addresses are followed, and how one is kept from step to step.
Must not live here: the steps themselves (`sign_in`, `second_factor`).

An address comes from the browser, so anybody may have made it: only a page of ours that the role opens is
followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlencode

from pipelines.portal.doors import AFTERWARDS, ENDED, Door
from pipelines.portal.navigation import START
from pipelines.portal.store.accounts import Account
from pipelines.portal.visits import Visit

_ADDRESS = re.compile(r"(?P<path>(/[A-Za-z0-9_.-]+)+)(\?[A-Za-z0-9_.~%+=&:-]*)?")


def step(visit: Visit, path: str) -> str:
    """The address of a step of signing in, which keeps what was asked for."""
    asked = visit.asked(AFTERWARDS)
    return f"{path}?{urlencode({AFTERWARDS: asked})}" if asked else path


def page_after(visit: Visit, account: Account) -> str:
    """Where an account goes on, once it is signed in."""
    found = _ADDRESS.fullmatch(visit.asked(AFTERWARDS))
    if found is None:
        return START[account.role]
    address = found[0]
    above, _, name = found["path"].rpartition("/")
    if "." in name:  # a file to keep: it would come, and the page would still ask to sign in
        address = above
    doors: Iterable[Door] = visit.request.app.state.doors
    path = address.partition("?")[0]
    return address if any(door.shows(path, account.role) for door in doors) else START[account.role]


def why_ended(visit: Visit) -> str:
    """What the page on which one signs in says of a session that is over; empty where there was none."""
    texts = visit.texts
    said = {"modulo": texts.sign_in.ended_form, "sessione": texts.sign_in.ended_session}
    return said.get(visit.asked(ENDED), "")
