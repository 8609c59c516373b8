"""The page on the portal's security leaves out no point of the standard and names no test in vain."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from reports.security_page import SECURITY_PAGE, Point, load_checklist, security_page
from schemas.editions import PROJECT

LEVEL_2 = {
    "1.1": "1-7", "1.2": "1-4", "1.4": "1 4 5", "1.5": "1-4", "1.6": "1-4", "1.7": "1 2", "1.8": "1 2",
    "1.9": "1 2", "1.10": "1", "1.11": "1 2", "1.12": "2", "1.14": "1-6",
    "2.1": "1-12", "2.2": "1-3", "2.3": "1-3", "2.4": "1-6", "2.5": "1-7", "2.6": "1-3", "2.7": "1-6",
    "2.8": "1-7", "2.9": "1-3", "2.10": "1-4",
    "3.1": "1", "3.2": "1-4", "3.3": "1-4", "3.4": "1-5", "3.5": "1-3", "3.7": "1",
    "4.1": "1 2 3 5", "4.2": "1 2", "4.3": "1-3",
    "5.1": "1-5", "5.2": "1-8", "5.3": "1-10", "5.4": "1-3", "5.5": "1-4",
    "6.1": "1-3", "6.2": "1-6", "6.3": "1 2", "6.4": "1 2",
    "7.1": "1-4", "7.2": "1 2", "7.3": "1 3 4", "7.4": "1-3",
    "8.1": "1-4", "8.2": "1-3", "8.3": "1-8",
    "9.1": "1-3", "9.2": "1-4",
    "10.2": "1 2", "10.3": "1-3",
    "11.1": "1-8",
    "12.1": "1-3", "12.2": "1", "12.3": "1-6", "12.4": "1 2", "12.5": "1 2", "12.6": "1",
    "13.1": "1 3 4 5", "13.2": "1 2 3 5 6", "13.3": "1 2", "13.4": "1 2",
    "14.1": "1-4", "14.2": "1-6", "14.3": "2 3", "14.4": "1-7", "14.5": "1-4",
}  # fmt: skip
"""Section -> its requirements of levels 1 and 2, as the standard's own table has them."""

POINTS = load_checklist()


def _ids() -> list[str]:
    ids = []
    for section, told in LEVEL_2.items():
        for part in told.split():
            first, _, last = part.partition("-")
            ids += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return ids


@cache
def _tests_of(path: str) -> frozenset[str]:
    tree = ast.parse((PROJECT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_no_requirement_is_missing_and_none_stands_twice() -> None:
    assert [point.id for point in POINTS] == _ids()


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.id)
def test_what_is_said_to_be_met_names_tests_that_there_are(point: Point) -> None:
    for test in point.tests:
        path, _, name = test.partition("::")
        assert name.startswith("test_") and name in _tests_of(path), test
    assert bool(point.tests) or point.status != "met"
    assert point.status != "by_construction" or not point.tests
    assert point.status != "not_applicable" or not point.tests
    assert point.how and point.what


def test_the_page_in_docs_is_the_one_of_today() -> None:
    assert SECURITY_PAGE.read_text(encoding="utf-8") == security_page(POINTS), "run `make docs`"
