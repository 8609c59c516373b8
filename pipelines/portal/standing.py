"""Pages that say the same to everybody: help, privacy, accessibility.

Lives here: what they are told.
Must not live here: their texts (`words`).
"""

from __future__ import annotations

import datetime as dt

from starlette.responses import Response

from pipelines.portal.drafts import EXPIRY
from pipelines.portal.uploading import expiry_in_words, limits_in_words
from pipelines.portal.visits import Visit


def help_page(visit: Visit) -> Response:
    """`/aiuto`."""
    return visit.page("help.html", limits=limits_in_words(visit), expiry=expiry_in_words(visit))


def privacy(visit: Visit) -> Response:
    """`/privacy`: what the General Data Protection Regulation wants to be told (articles 13 and 15-22)."""
    hour = dt.timedelta(hours=1)
    longest = visit.portal.sessions.limits.longest // hour
    return visit.page("privacy.html", kept=visit.texts.say("privacy.kept", n=EXPIRY // hour, longest=longest))


def accessibility(visit: Visit) -> Response:
    """`/accessibilita`: the statement that Italian public sites owe."""
    return visit.page("accessibility.html")
