"""Instants as the database keeps them: ISO 8601 in UTC, of one width, so that they sort as text.

Lives here: writing and reading one.
Must not live here: what time it is (`pipelines.clock`).
"""

from __future__ import annotations

import datetime as dt

from schemas.weeks import ROME


def written(at: dt.datetime) -> str:
    """An instant with its zone, as the database keeps it."""
    assert at.tzinfo is not None, "an instant without a zone"
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def read(text: str) -> dt.datetime:
    """An instant that the database keeps, in Europe/Rome."""
    return dt.datetime.fromisoformat(text).astimezone(ROME)


def read_if_any(text: str | None) -> dt.datetime | None:
    """The same, where there is one."""
    return None if text is None else read(text)
