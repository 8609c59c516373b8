"""A long list in pages.

Lives here: which part of a list a page shows, and the links to the others.
Must not live here: what the list holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from pipelines.portal.visits import Visit

_PARAMETER = "pagina"
_LONGEST_NUMBER = 10

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Paging:
    """Where one is in a list of pages; an address is empty where there is no such page."""

    number: int
    of: int
    previous_href: str
    next_href: str


def page_of(entries: Sequence[Entry], visit: Visit, size: int) -> tuple[Sequence[Entry], Paging]:
    """The entries of the page asked for; the nearest one where there is none of that number."""
    of = max(1, -(-len(entries) // size))
    asked = visit.asked(_PARAMETER)
    number = (
        min(max(1, int(asked)), of)
        if asked.isascii() and asked.isdigit() and len(asked) < _LONGEST_NUMBER
        else 1
    )
    paging = Paging(
        number,
        of,
        _href(visit, number - 1) if number > 1 else "",
        _href(visit, number + 1) if number < of else "",
    )
    return entries[(number - 1) * size : number * size], paging


def _href(visit: Visit, number: int) -> str:
    others = {name: value for name, value in visit.request.query_params.items() if name != _PARAMETER}
    return f"{visit.request.url.path}?{urlencode({**others, _PARAMETER: number})}"
