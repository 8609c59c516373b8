"""The page of rules in `docs/` is the one that the project's data make, and leaves nothing out."""

from __future__ import annotations

from reports.rules_page import LEFT_OPEN, RULES_PAGE, rules_page, told
from schemas.contract import Edition
from schemas.messages import catalogue, places_of
from tests.making.rules_page import read_page


def test_the_page_in_docs_is_the_one_of_today(edition: Edition) -> None:
    assert RULES_PAGE.read_text(encoding="utf-8") == rules_page(edition), "run `make docs`"


def test_every_rule_stands_on_it_in_every_language(edition: Edition) -> None:
    text = rules_page(edition)
    page = read_page(text)
    assert page.statements == {rule.id: rule.statement_it for rule in edition.rules}
    assert page.is_rejected_by == {rule.id: rule.severity == "error" for rule in edition.rules}
    for rule in edition.rules:
        assert f"- en: {rule.statement_en}\n- de: {rule.statement_de}\n" in text


def test_every_message_stands_on_it_under_the_rules_that_speak_so(edition: Edition) -> None:
    page = read_page(rules_page(edition))
    for kind, message in catalogue().messages.items():
        speaking = [rule.id for rule in edition.rules if rule.check == message.check]
        assert speaking, kind
        for rule in speaking:
            assert (told(message.message), told(message.action)) in page.messages[rule]


def test_the_places_of_a_message_are_left_open() -> None:
    text = catalogue().messages["category_confined"].message
    assert places_of(text) == {"figure", "found", "expected"}
    assert told(text).count(LEFT_OPEN) == 3
    assert "{" not in told(text)
