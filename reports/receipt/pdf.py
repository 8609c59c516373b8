"""The receipt as a PDF that assistive software can read (PDF/UA-1), the same bytes for the same data.

Lives here: laying the content out with typst; its own fonts, the instant of arrival as the date.
Must not live here: what the content is.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typst

from reports.receipt.content import content_of
from reports.receipt.data import ReceiptData
from reports.receipt.wording import words
from schemas.contract import Edition, Language
from schemas.weeks import ROME

_PAGE = Path(__file__).resolve().with_name("page.typ")


def receipt_pdf(data: ReceiptData, edition: Edition, language: Language = "it") -> bytes:
    """The receipt of a submission as a PDF.

    Where a name or note holds a sign that the fonts lack (an emoji, say), a box stands for it, and the PDF
    makes no claim to the standard.
    """
    inputs = _inputs(data, edition, language)
    try:
        compiled = typst.compile(
            _PAGE, format="pdf", ignore_system_fonts=True, pdf_standards=["ua-1"], sys_inputs=inputs
        )
    except typst.TypstError:
        compiled = typst.compile(_PAGE, format="pdf", ignore_system_fonts=True, sys_inputs=inputs)
    assert isinstance(compiled, bytes), "a PDF is one file"
    return compiled


def _inputs(data: ReceiptData, edition: Edition, language: Language) -> dict[str, str]:
    """The texts as data, which typst shows and never runs."""
    texts = words(language)
    content = content_of(data, edition, texts)
    local = content.received_at.astimezone(ROME)
    shown = {
        **asdict(content),
        "received_at": [local.year, local.month, local.day, local.hour, local.minute, local.second],
    }
    return {
        "content": json.dumps(shown, ensure_ascii=False),
        "words": texts.model_dump_json(),
        "columns": texts.findings.columns.model_dump_json(),
    }
