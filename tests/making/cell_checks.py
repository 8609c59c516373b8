"""Whether a spreadsheet lets a value be typed into a cell, by the check that the cell carries.

Lives here: computing a check as spreadsheets do. An error in any part of AND, OR or a comparison is what they
give, and refuses; IF computes one branch alone; a text is more than any number; capitals do not count.
Must not live here: what a cell should take.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

Typed = float | str | None

_ORDER: Mapping[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: operator.eq,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
}


class SpreadsheetError(Exception):
    """What a spreadsheet shows as #VALUE!."""


def check_of(page: Worksheet, address: str) -> DataValidation:
    """The one check of a cell."""
    (found,) = (check for check in page.data_validations.dataValidation if address in check.sqref)
    assert found.showErrorMessage
    return found


def takes(check: DataValidation, value: Typed) -> bool:
    """Whether this can be typed. Raises KeyError for a formula of other parts than are known here."""
    if value is None:
        return bool(check.allow_blank)
    if check.type == "whole":
        assert check.operator == "greaterThanOrEqual"
        return _is_number(value) and value == int(value) and value >= int(check.formula1)
    assert check.type == "custom"
    first = str(check.sqref).split(":", maxsplit=1)[0]
    formula = ast.parse(re.sub(r"(?<![<>])=", "==", check.formula1), mode="eval").body
    try:
        return bool(_computed(formula, {first: value}))
    except SpreadsheetError:
        return False


def _computed(part: ast.expr, cells: Mapping[str, Typed]) -> Typed:
    match part:
        case ast.Constant(value):
            return value
        case ast.Name(name):
            return cells[name]
        case ast.Compare(left, [order], [right]):
            sides = [_ordered(_computed(side, cells)) for side in (left, right)]
            return _ORDER[type(order)](*sides)
        case ast.Call(ast.Name("IF"), [asked, then, otherwise]):
            return _computed(then if _computed(asked, cells) else otherwise, cells)
        case ast.Call(ast.Name(name), arguments):
            return _FUNCTIONS[name](*(_computed(argument, cells) for argument in arguments))
    raise KeyError(ast.dump(part))


def _ordered(value: Typed) -> tuple[int, object]:
    """A value in the order of a spreadsheet: numbers, then texts, then truths."""
    if isinstance(value, bool):
        return 2, value
    return (0, value) if _is_number(value) else (1, str(value).casefold())


def _is_number(value: Typed) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rounded(value: float, decimals: int) -> float:
    if not _is_number(value):
        raise SpreadsheetError
    return round(value, decimals)


_FUNCTIONS: Mapping[str, Callable[..., Typed]] = {
    "AND": lambda *parts: all(parts),
    "OR": lambda *parts: any(parts),
    "ISNUMBER": _is_number,
    "ROUND": _rounded,
}
