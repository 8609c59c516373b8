"""What people decided: acts in `landing/acts/`, one JSON a file, appended and never changed.

Lives here: writing an act once, and reading those that change how the landing is replayed.
Must not live here: what an act does to a verdict or a figure.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from schemas.tables import Entry


class Adoption(Entry):
    """The verdict that the rules of today give a submission takes the place of the recorded one."""

    act: Literal["adopt"] = "adopt"
    submission_id: str
    at: dt.datetime
    by: str
    note: str = ""


def write_act(folder: Path, act: Adoption) -> Path:
    """Append an act: written once, whole or not at all. Returns its file."""
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(act.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True).encode()
    instant = f"{act.at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    name = f"{instant}-{act.act}-{hashlib.sha256(content).hexdigest()[:12]}.json"
    unfinished = folder / f".{name}"
    with unfinished.open("wb") as stream:
        stream.write(content + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.chmod(0o444)
    unfinished.rename(folder / name)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return folder / name


def read_acts(folder: Path) -> Iterator[Adoption]:
    """All acts in the order in which they were made."""
    if folder.exists():
        for path in sorted(folder.glob("[!.]*.json")):
            yield Adoption.model_validate_json(path.read_bytes())


def adopted_verdicts(folder: Path) -> frozenset[str]:
    """The submissions whose new verdict was adopted."""
    return frozenset(act.submission_id for act in read_acts(folder))
