"""The reports that a consolidation leaves: bulletins and the dictionary.

Lives here: the page `/relazioni`, and opening one.
Must not live here: what stands in them (`reports`), or writing them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import HTMLResponse, Response

from pipelines.bulletins import bulletins_of
from pipelines.dictionary import dictionary_path
from pipelines.portal.visits import NotFoundError, Visit

_HEADERS = {
    # A report is a page of its own, with its style in it, and nothing in it runs.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    # Browsers refuse a page that is confined as above and asks for an opener policy, too.
    "Cross-Origin-Opener-Policy": "unsafe-none",
}


@dataclass(frozen=True)
class ReportRow:
    """A report that can be opened."""

    name: str
    href: str


def show(visit: Visit) -> Response:
    """`/relazioni`."""
    texts, bulletins = visit.texts, _bulletins(visit)
    dictionary = _dictionary(visit)
    return visit.page(
        "coordinator/reports.html",
        bulletins=[ReportRow(texts.receipt.week(week), _href(path)) for week, path in bulletins],
        dictionary_href=_href(dictionary) if dictionary else "",
    )
