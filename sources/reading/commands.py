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

_ODS_FORMULA = re.compile(r""":formula=(["'])(.*?)\1""", re.DOTALL)


def is_command(text: str) -> bool:
    """Whether a cell's text is a formula that starts a program, once a spreadsheet takes it for one."""
    start = text.lstrip()
    return start.startswith(_FORMULA_STARTS) and is_command_formula(start)


def is_command_formula(formula: str) -> bool:
    """Whether what a workbook stores as a formula, with or without its sign, starts a program."""
    return _ASKS_A_PROGRAM.search(_QUOTED.sub("", formula)) is not None


def is_command_element(piece: bytes) -> bool:
    """Whether an element of an ods, cut at its `<`, is a link to a program or holds such a formula."""
    if b":dde-" in piece:
        return True
    if b":formula=" not in piece:
        return False
    formulas = _ODS_FORMULA.findall(piece.decode("utf-8", "replace"))
    return any(is_command_formula(html.unescape(formula)) for _, formula in formulas)
