"""Pages that say the same to everybody: help, privacy, accessibility.

Lives here: what they are told.
Must not live here: their texts (`words`).
"""

from __future__ import annotations

from starlette.responses import Response

from pipelines.portal.uploading import expiry_in_words, limits_in_words
from pipelines.portal.visits import Visit


def help_page(visit: Visit) -> Response:
    """`/aiuto`."""
    return visit.page("help.html", limits=limits_in_words(visit), expiry=expiry_in_words(visit))


def privacy(visit: Visit) -> Response:
    """`/privacy`."""
    return visit.page("privacy.html")


def accessibility(visit: Visit) -> Response:
    """`/accessibilita`: the statement that Italian public sites owe."""
    return visit.page("accessibility.html")
