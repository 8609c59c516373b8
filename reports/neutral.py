"""Texts that a spreadsheet would run as a formula, made harmless.

Lives here: which texts could run, and the apostrophe that stops them, for every export of a city's words.
Must not live here: formats; whoever writes a file passes its texts through here.
"""

from __future__ import annotations

import re
import unicodedata

_STARTS = "=+-@−"
"""With their full-width and small forms, which are folded to these."""

_STRIPPED_BY_SPREADSHEETS = "\t\r\n"

_MERE_NUMBER = re.compile(r"[+\-−\s]*[\d.,\s]*%?")
"""A signed number, or a dash that stands for nothing (several cities write `-`): nothing in it can run."""

_EXCHANGE = re.compile(r"[^\w']*\w+\s*\|.*!", re.DOTALL)
"""`program|'arguments'!cell`: what asks a spreadsheet to start a program (DDE)."""

_INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")


def could_run(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula, now or once it is saved as CSV."""
    folded = unicodedata.normalize("NFKC", text)
    seen = _without_invisible_start(folded)
    if not seen:
        return False
    if _EXCHANGE.match(seen):
        return True
    if seen[0] in _STARTS:
        return _MERE_NUMBER.fullmatch(seen) is None
    return text[0] in _STRIPPED_BY_SPREADSHEETS


def neutral_text(text: str) -> str:
    """The text, behind an apostrophe where it could run; numbers and dates are not for this."""
    return f"'{text}" if could_run(text) else text


def _without_invisible_start(text: str) -> str:
    for index, letter in enumerate(text):
        if unicodedata.category(letter) not in _INVISIBLE:
            return text[index:]
    return ""
