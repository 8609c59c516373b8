"""The data dictionary says all that is published, once, and its examples are there."""

from __future__ import annotations

import html
import re

import pytest

from reports.dictionary import dictionary_html, examples
from schemas.contract import Edition
from schemas.fields import PUBLISHED_MACROS, PUBLISHED_TABLES, PUBLISHED_VIEWS, Table, View
from schemas.nothing import kinds_of_nothing


@pytest.fixture(scope="module")
def page(edition: Edition) -> str:
    return dictionary_html(edition, "made")


def _text(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)))


@pytest.mark.parametrize("table", [*PUBLISHED_TABLES, *PUBLISHED_VIEWS], ids=lambda table: table.name)
def test_every_table_and_column_stands_in_it_with_what_it_holds(table: Table | View, page: str) -> None:
    assert page.count(f'<h3 id="{table.name}">') == 1
    section = (
        page.split(f'<h3 id="{table.name}">')[1]
        .split("<h3", maxsplit=1)[0]
        .split("</section>", maxsplit=1)[0]
    )
    text = _text(section)
    assert f"One row is {table.one_row_is}.".replace("`", "") in text
    for field in table.fields:
        assert f">{field.name}</code></th>" in section
        assert field.description.replace("`", "") in text


def test_every_code_of_the_contract_is_explained(page: str, edition: Edition) -> None:
    text = _text(page)
    for indicator in edition.indicators:
        assert (
            f"{indicator.code}{indicator.label_en}{indicator.label_it}{indicator.unit}{indicator.formula}"
            in text
        )
    for measure in edition.measures:
        assert f"{measure.code}{measure.label_en}" in text
    for code_list in edition.code_lists:
        for category in code_list.categories:
            assert f"{category.code}{category.label_en}{category.label_it}" in text


def test_links_lead_somewhere(page: str) -> None:
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert "http" not in re.sub(r"<!--.*?-->", "", page)


def test_there_are_ten_questions_and_each_says_what_it_asks(page: str, edition: Edition) -> None:
    assert len(examples(edition)) >= 10
    for example in examples(edition):
        assert example.question.endswith("?")
        assert html.escape(example.question, quote=False).replace("'", "&#39;") in page


def test_an_edition_without_questions_has_a_dictionary_too(edition: Edition) -> None:
    other = edition.model_copy(update={"facts": edition.facts.model_copy(update={"slug": "lgnet9"})})
    page = dictionary_html(other, "made")
    assert "lgnet9.duckdb" in page and 'id="questions"' not in page


def test_how_final_a_figure_is_stands_before_the_tables(page: str) -> None:
    told = page.split('<section aria-labelledby="final">')[1].split("</section>", maxsplit=1)[0]
    for word in (
        "coverage",
        "is_partial",
        "is_provisional",
        "releases",
        "revisions",
        "known_from",
        "known_to",
    ):
        assert f"<code>{word}</code>" in told, word
    assert page.index('id="final"') < page.index('<h3 id="indicators">')


def test_every_sign_and_what_is_known_as_of_an_instant_is_told(page: str) -> None:
    text = _text(page)
    for kind in kinds_of_nothing().values():
        assert f"{kind.sign}{kind.meaning_en}" in text
    for macro in PUBLISHED_MACROS:
        assert f"{macro.name}(ts)" in text
