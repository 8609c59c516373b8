"""The reports that a consolidation leaves: a bulletin a week, and the dictionary.

Lives here: the page `/relazioni`, and opening one of them.
Must not live here: what stands in them (`reports`), or when they are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import HTMLResponse, Response

from pipelines.bulletins import bulletins_written
from pipelines.dictionary import dictionary_path
from pipelines.portal.visits import NotFoundError, Visit

_HEADERS = {
    # A report brings its style and its pictures in itself; nothing in it runs.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    # Browsers open no page that is confined like this and asks for an opener policy, too.
    "Cross-Origin-Opener-Policy": "unsafe-none",
}


@dataclass(frozen=True)
class ReportRow:
    """A report that can be opened."""

    name: str
    href: str


def show(visit: Visit) -> Response:
    """`/relazioni`, the newest bulletin first."""
    bulletins, dictionary = _bulletins(visit), _dictionary(visit)
    return visit.page(
        "coordinator/reports.html",
        bulletins=[ReportRow(name, _href(path)) for name, path in bulletins],
        dictionary=_href(dictionary) if dictionary is not None else "",
    )


def open_report(visit: Visit) -> Response:
    """`/relazioni/NAME`: only one that is listed."""
    name = visit.named("name")
    found = next((path for path in _all(visit) if path.name == name), None)
    if found is None:
        raise NotFoundError("report")
    visit.record("downloaded", f"relazioni/{name}")
    return HTMLResponse(found.read_bytes(), headers=_HEADERS)


def _all(visit: Visit) -> Iterator[Path]:
    yield from (path for _, path in _bulletins(visit))
    dictionary = _dictionary(visit)
    if dictionary is not None:
        yield dictionary


def _bulletins(visit: Visit) -> list[tuple[str, Path]]:
    written = bulletins_written(visit.portal.home, visit.portal.contract.edition)
    return [(visit.texts.receipt.week(week), written[week]) for week in sorted(written, reverse=True)]


def _dictionary(visit: Visit) -> Path | None:
    path = dictionary_path(visit.portal.home, visit.portal.contract.edition)
    return path if path.exists() else None


def _href(path: Path) -> str:
    return f"/relazioni/{path.name}"
