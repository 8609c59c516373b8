"""Taking files from a form: as drafts, or back with what is wrong.

Lives here: what every page with a drop zone does with what is dropped, its limits in words.
Must not live here: reading the form (`uploads`), keeping drafts (`drafts`), showing one (`city.draft`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from pipelines.portal.drafts import EXPIRY, Draft, DraftCode, DraftError, Sender, Withheld
from pipelines.portal.navigation import DRAFTS
from pipelines.portal.store.attempts import Allowance
from pipelines.portal.uploads import UploadLimits
from pipelines.portal.visits import Visit
from sources.reading.reader import SourceFile

_UPLOADS = Allowance("upload", most=120, window=dt.timedelta(hours=1))
"""Far more than a busy afternoon of corrections; each costs a reader a second at most."""

_PROBLEMS: Mapping[DraftCode, str] = {
    "too_many": "problems.too_many_drafts",
    "too_large": "problems.too_many_drafts",
    "no_room": "problems.no_room",
}


@dataclass(frozen=True)
class Upload:
    """A drop zone: where its form goes, and the sentence on limits."""

    action: str
    limits: str
    hidden: tuple[tuple[str, str], ...] = ()


def upload_to(visit: Visit, action: str, *hidden: tuple[str, str]) -> Upload:
    """A drop zone whose form goes to an address."""
    return Upload(action, limits_in_words(visit), hidden)


def limits_in_words(visit: Visit) -> str:
    """Which files are taken, and how large they may be."""
    return visit.texts.say("upload.limits", size=f"{UploadLimits().total >> 20} MB")


def expiry_in_words(visit: Visit) -> str:
    """How long a draft is kept."""
    return visit.texts.say("help.expiry", n=EXPIRY // dt.timedelta(hours=1))


def sender_of(visit: Visit) -> Sender:
    """As drafts know who keeps them."""
    return Sender(visit.signed_in.name, visit.signed_in.city)


class UploadRefusedError(Exception):
    """Files that could not be kept: field -> what to do about it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("upload")
        self.errors = dict(errors)


def keep_files(visit: Visit, city: str | None = None) -> list[Draft | Withheld]:
    """Keep what was dropped as drafts, one a return; `city`: whose, where the sender is none.

    Raises UploadRefusedError, TooManyAttemptsError.
    """
    return [kept for _, kept in keep_returns(visit, city)]


def keep_returns(visit: Visit, city: str | None = None) -> list[tuple[tuple[int, ...], Draft | Withheld]]:
    """The same, each return with the numbers of its files, counted from 1 in the order in which they came.

    Raises UploadRefusedError, TooManyAttemptsError; what was kept by then stays.
    """
    if not visit.files:
        raise UploadRefusedError({"files": visit.texts.problems.no_files})
    portal, sender = visit.portal, sender_of(visit)
    portal.attempts.spend(_UPLOADS, visit.signed_in.name, visit.real_at)
    numbers = {id(file): number for number, file in enumerate(visit.files, start=1)}
    try:
        returns = portal.drafts.sort_files(visit.files, sender.city or city)
        return [
            (tuple(numbers[id(file)] for file in files), _keep(visit, files, sender, city))
            for files in returns
        ]
    except DraftError as error:
        raise UploadRefusedError({"files": visit.texts.say(_PROBLEMS[error.code])}) from error


def _keep(visit: Visit, files: tuple[SourceFile, ...], sender: Sender, city: str | None) -> Draft | Withheld:
    kept = visit.portal.drafts.keep(files, sender, city)
    if isinstance(kept, Withheld):
        visit.record("draft_withheld", sender.city or city or "")
    else:
        visit.record("draft_uploaded", kept.id)
    return kept


def discard(visit: Visit, draft_id: str) -> Response:
    """Remove a draft; nothing of its files is left."""
    visit.portal.drafts.drop(draft_id, sender_of(visit))
    visit.record("draft_discarded", draft_id)
    return visit.go(DRAFTS[visit.signed_in.role], "discarded")
