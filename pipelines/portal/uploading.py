"""Taking files from a form: as drafts, or back with what is wrong.

Lives here: what every page with a drop zone does with what is dropped, its limits in words.
Must not live here: reading the form (`uploads`), keeping drafts (`drafts`), showing one (`city.draft`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Upload:
    """A drop zone: where its form goes, and its limits, in words and in numbers that a script can hold to."""

    action: str
    limits: str
    most_bytes: int
    too_large: str
    most_bytes_of_one: int
    one_too_large: str
    most_files: int
    too_many: str
    hidden: tuple[tuple[str, str], ...] = ()


def upload_to(visit: Visit, action: str, *hidden: tuple[str, str]) -> Upload:
    """A drop zone whose form goes to an address."""
    limits, say = UploadLimits(), visit.texts.say
    return Upload(
        action=action,
        limits=limits_in_words(visit),
        most_bytes=limits.total,
        too_large=say("errors.what_too_large", most=_megabytes(limits.total)),
        most_bytes_of_one=limits.file_size,
        one_too_large=say("errors.what_file_too_large", most=_megabytes(limits.file_size)),
        most_files=limits.files,
        too_many=say("errors.what_too_many_files", most=limits.files),
        hidden=hidden,
    )


def limits_in_words(visit: Visit) -> str:
    """Which files are taken, and how large they may be."""
    limits = UploadLimits()
    return visit.texts.say("upload.limits", size=_megabytes(limits.total), one=_megabytes(limits.file_size))


def _megabytes(size: int) -> str:
    return f"{size >> 20} MB"


def expiry_in_words(visit: Visit) -> str:
    """How long a draft is kept."""
    return visit.texts.say("help.expiry", n=EXPIRY // dt.timedelta(hours=1))


def sender_of(visit: Visit) -> Sender:
    """As drafts know who keeps them."""
    return Sender(visit.signed_in.name, visit.signed_in.city)


Kept = tuple[tuple[int, ...], Draft | Withheld]
"""The numbers of a return's files, from 1 in the order in which they came, and what became of it."""


class UploadRefusedError(Exception):
    """Files that could not be kept: field -> what to do about it. kept: what became of those before."""

    def __init__(self, errors: Mapping[str, str], kept: Sequence[Kept] = ()) -> None:
        super().__init__("upload")
        self.errors, self.kept = dict(errors), kept


def keep_returns(visit: Visit, city: str | None = None) -> list[Kept]:
    """Keep what was dropped as drafts, one a return; `city`: whose, where the sender is none.

    Raises UploadRefusedError, which tells what was kept by then and stays; TooManyAttemptsError.
    """
    if not visit.files:
        raise UploadRefusedError({"files": visit.texts.problems.no_files})
    portal, sender = visit.portal, sender_of(visit)
    portal.attempts.spend(_UPLOADS, visit.signed_in.name, visit.real_at)
    numbers = {id(file): number for number, file in enumerate(visit.files, start=1)}
    kept: list[Kept] = []
    try:
        for files in portal.drafts.sort_files(visit.files, sender.city or city):
            became = _keep(visit, files, sender, city)
            kept.append((tuple(numbers[id(file)] for file in files), became))
    except DraftError as error:
        raise UploadRefusedError({"files": _problem(visit, error.code)}, kept) from error
    return kept


def _problem(visit: Visit, code: DraftCode) -> str:
    """Why files could not be kept, and what to do."""
    texts, limits = visit.texts, visit.portal.drafts.limits
    if code == "too_many":
        return texts.say("problems.too_many_drafts", most=limits.drafts)
    if code == "too_large":
        return texts.say("problems.drafts_too_large", size=_megabytes(limits.size))
    assert code == "no_room", code
    return texts.problems.no_room


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
