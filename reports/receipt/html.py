"""The receipt as one HTML file that needs nothing else, to be read and printed.

Lives here: laying the content out as a page.
Must not live here: what the content is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from markupsafe import Markup

from reports.pages import page_template
from reports.receipt.content import content_of
from reports.receipt.data import ReceiptData
from reports.receipt.wording import words
from schemas.contract import Edition, Language

_FOLDER = Path(__file__).resolve().parent
_LOOK_OF_THE_BULLETIN = _FOLDER.parent / "bulletin" / "page.css"


def receipt_html(data: ReceiptData, edition: Edition, language: Language = "it") -> str:
    """The receipt of a submission as HTML."""
    texts = words(language)
    content = content_of(data, edition, texts)
    return page_template(_FOLDER).render(content=content, words=texts, style=_style())


@cache
def _style() -> Markup:
    sheets = (_LOOK_OF_THE_BULLETIN, _FOLDER / "page.css")
    return Markup("".join(path.read_text(encoding="utf-8") for path in sheets))  # noqa: S704 - our own files
