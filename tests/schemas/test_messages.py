"""The catalogue of messages: every one is said somewhere, and whatever is said is in it."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from schemas.contract import Edition
from schemas.editions import PROJECT
from schemas.messages import Catalogue, catalogue
from sources.reading.worker import NO_TABLES

CODE = sorted(
    path
    for folder in ("pipelines/judging", "sources/layouts", "sources/reading")
    for path in (PROJECT / folder).rglob("*.py")
)
SAID_BY = ("Remark", "Trouble", "_trouble")
BUILT = {
    "file_": "sources/reading",
    "figure_": "sources/layouts/numbers.py",
    "unknown_": "sources/layouts/words.py",
}
"""Kinds made of a beginning and a reason found elsewhere."""


@cache
def strings(beginning: str = "") -> frozenset[str]:
    """Every string that stands in the code (below a path)."""
    return frozenset(
        node.value
        for path in CODE
        if str(path.relative_to(PROJECT)).startswith(beginning)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def kinds_said() -> set[str]:
    """The kinds that stand as such in a call that says something."""
    said: set[str] = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if name in SAID_BY:
                    said |= _constants(node.args[0])
    return said


def _constants(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _constants(node.body) | _constants(node.orelse)
    return set()


def is_said(kind: str) -> bool:
    beginning = next((start for start in BUILT if kind.startswith(start)), None)
    return kind in strings() or (
        beginning is not None and kind.removeprefix(beginning) in strings(BUILT[beginning])
    )


def test_whatever_is_said_is_in_the_catalogue() -> None:
    said = kinds_said()
    assert len(said) > 20
    assert said <= set(catalogue().messages)


def test_whatever_is_in_the_catalogue_is_said() -> None:
    assert [kind for kind in catalogue().messages if not is_said(kind)] == []


def test_every_reason_for_which_a_file_is_not_opened_has_its_message() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in CODE if "reading" in path.parts)
    reasons = set(re.findall(r'RefusedError\(\s*"(\w+)"', text)) | set(
        re.findall(r'"refused": "(\w+)"', text)
    )
    reasons |= {"too_long", "not_table"}  # chosen between two
    reasons |= {code for _, code in NO_TABLES}
    assert len(reasons) >= 10
    assert {f"file_{reason}" for reason in reasons} == {
        k for k in catalogue().messages if k.startswith("file_")
    }


def test_every_message_belongs_to_an_enforced_rule(edition: Edition) -> None:
    enforced = {rule.check for rule in edition.rules if rule.check}
    assert {message.check for message in catalogue().messages.values()} <= enforced


@pytest.mark.parametrize("kind", catalogue().messages)
def test_a_message_is_a_sentence_or_two_and_says_what_to_do(kind: str) -> None:
    message = catalogue().messages[kind]
    for text in (message.message, message.action):
        assert text.endswith(".")
        assert text[0].isupper() or text[0] in "«{"
        assert len(text) < 200
        assert "{where}" not in text


def test_details_are_filled_in_and_a_missing_one_is_an_error() -> None:
    said = catalogue().said("week_not_ended", {"week": "settimana 42/2023", "date": "23/10/2023"})
    assert said == (
        "La settimana 42/2023 non è ancora finita.",
        "Invii la scheda da lunedì 23/10/2023 in poi.",
    )
    with pytest.raises(KeyError):
        catalogue().said("week_not_ended", {"week": "settimana 42/2023"})
    with pytest.raises(KeyError):
        catalogue().said("no_such_kind", {})


def test_the_nearest_word_is_proposed_where_there_is_one() -> None:
    found: Catalogue = catalogue()
    assert found.said("unknown_sheet", {"found": "Hausing", "nearest": "Housing"})[1].endswith(
        "Il più simile è «Housing»."
    )
    assert "simile" not in found.said("unknown_sheet", {"found": "Hausing"})[1]
