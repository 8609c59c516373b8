"""Small homes for tests of the portal, made by what the command line calls.

Lives here: taking sample returns in; what a home holds that older rules left there.
Must not live here: checks.
"""

from __future__ import annotations

import hashlib
import io
import zipfile

from pipelines.home import Home
from pipelines.judging.context import Claim, Contract
from pipelines.receiving import Arrival, Outcome, receive
from sources.reading.reader import SourceFile
from tests.making.samples import Sample, sample


def file_of(city: str, week: str = "2023-W42", version: int = 1) -> SourceFile:
    given = sample(city, week, version)
    return SourceFile(given.name, given.data)


def unpacked(data: bytes) -> tuple[SourceFile, ...]:
    """What a zip holds, as somebody unpacked it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return tuple(SourceFile(name, archive.read(name)) for name in archive.namelist())


def take_in(home: Home, contract: Contract, *chosen: Sample) -> list[Outcome]:
    """Receive sample returns, each at the instant at which it came."""
    arrivals = [
        Arrival((SourceFile(one.name, one.data),), one.received_at, Claim(one.city)) for one in chosen
    ]
    return receive(home, contract, arrivals)


def keep_instead(home: Home, draft_id: str, data: bytes) -> None:
    """Other bytes in a draft of one file, as if rules had kept them that found nothing in them."""
    folder = home.drafts / draft_id
    before = hashlib.sha256((folder / "1").read_bytes()).hexdigest()
    told = folder / "draft.json"
    (folder / "1").write_bytes(data)
    told.write_text(told.read_text().replace(before, hashlib.sha256(data).hexdigest()))
