"""Formulas that ask a spreadsheet program to start another program (DDE).

Lives here: telling them from formulas that only compute.
Must not live here: where formulas stand in a format.
"""

from __future__ import annotations

import html
import re

_FORMULA_STARTS = ("=", "+", "-", "@")
_QUOTED = re.compile(r'"[^"]*"')
_ASKS_A_PROGRAM = re.compile(r"\w\s*\|\s*(?:'[^']*'|[\w.:/\\]+)\s*!|\bDDE\s*\(", re.IGNORECASE)
"""`program|'arguments'!item`, or the function of that name."""

_XLSX_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?>([^<]*\|[^<]*)<")


def is_command(text: str) -> bool:
    """Whether a cell's text is a formula that starts a program, once a spreadsheet takes it for one."""
    start = text.lstrip()
    return start.startswith(_FORMULA_STARTS) and _asks(start)


def has_command_formula(sheet: bytes) -> bool:
    """Whether a worksheet part of an xlsx holds such a formula."""
    if b"|" not in sheet:
        return False
    found = _XLSX_FORMULA.findall(sheet)
    return any(_asks(html.unescape(formula.decode("utf-8", "replace"))) for formula in found)


def _asks(formula: str) -> bool:
    return _ASKS_A_PROGRAM.search(_QUOTED.sub("", formula)) is not None
