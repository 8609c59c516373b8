"""Work on many weeks or parts, a few at a time.

Lives here: cutting into batches.
Must not live here: how many are worked on at once, and why; whoever does the work says that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Each = TypeVar("Each")


def batches_of(several: Sequence[Each], size: int) -> Iterator[Sequence[Each]]:
    """The same in the same order, at most `size` at a time."""
    for start in range(0, len(several), size):
        yield several[start : start + size]
