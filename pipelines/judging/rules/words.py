"""What rules hand over to be said: the cells that a finding lists.

Lives here: addresses beside that of the finding's own cell.
Must not live here: words of any language; rules hand over numbers, days, figures and sums as they are
(`schemas.details`), and `schemas.messages.saying` puts them into words.
"""

from __future__ import annotations

from collections.abc import Iterable

from sources.layouts.combine import address_beside
from sources.layouts.outcome import Place


def addresses(places: Iterable[Place], beside: Place) -> tuple[str, ...]:
    """The cells that a finding lists; with their sheet where it is not that of the finding's own cell."""
    return tuple(address_beside(place, beside) for place in places)
