"""What a page says and a home holds, as tests look at them.

Lives here: reading.
Must not live here: checks.
"""

from __future__ import annotations

import re
from html import unescape

from pipelines.home import Home


def main_of(text: str) -> str:
    """A page's own part."""
    return text[text.index("<main") : text.index("</main")]


def said(text: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main_of(text))))


def landed(home: Home) -> set[str]:
    """The names of all that stands in the landing."""
    return {path.name for path in home.returns.rglob("*")} if home.returns.exists() else set()
