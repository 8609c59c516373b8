"""A digest of a return's figures: two that hold the same have the same, and neither need be compared.

Lives here: how a figure is written as a line of text, and the digest of such lines.
Must not live here: where figures are kept, or what is made of two that differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from schemas.contract import Flag


def line_start(point: str, measure: str, breakdown: str, category: str) -> str:
    """What a figure's line begins with: which figure it is, as the columns of an observation have it."""
    return f"{point},{measure},{breakdown},{category},"


@lru_cache(maxsize=65536)
def line_end(value: Decimal | None, flag: Flag) -> str:
    """What a figure's line ends with: its value (nothing for ND and NA) and flag."""
    return f"{'' if value is None else f'{value:f}'},{flag}"


def digest_of(lines: Iterable[str]) -> str:
    """The digest of figures given as lines, ordered by which figure each is."""
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()
