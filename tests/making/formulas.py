"""Formulas as they may stand in a saved cell: without a value, or with an error for one.

Lives here: the two values that a test writes into a cell.
Must not live here: how a format stores them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UncomputedFormula:
    """A formula that was saved without its value."""


@dataclass(frozen=True)
class FormulaError:
    """A formula whose value is an error."""

    shown: str = "#DIV/0!"
