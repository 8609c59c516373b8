"""Every page, with made-up content: nothing is missing in it, in any language."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from schemas.contract import LANGUAGES, Language
from tests.portal.gallery import TEMPLATES, html_of, pages

FRAMES = {"base.html", "macros.html", "week.html"}


class Reading(HTMLParser):
    """What is read off a page: ids, what points to them, forms and their tokens, inline handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointed: set[str] = set()
        self.posts = 0
        self.tokens = 0
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("aria-describedby", "aria-labelledby", "for"):
            self.pointed |= set(given.get(name, "").split())
        if given.get("href", "").startswith("#"):
            self.pointed.add(given["href"].removeprefix("#"))
        self.posts += tag == "form" and given.get("method") == "post"
        self.tokens += given.get("name") == "csrf" and given.get("value") == "f3b1"
        self.inline += [name for name in given if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole(language: Language) -> None:
    for shown in pages(language):
        read = Reading()
        read.feed(html_of(shown, language))
        assert sorted(set(read.ids)) == sorted(read.ids), shown.name
        assert read.pointed <= set(read.ids), shown.name
        assert read.posts == read.tokens, shown.name
        assert read.inline == [], shown.name


def test_every_template_is_in_the_gallery() -> None:
    shown = {page.template for page in pages("it")}
    there = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    assert shown == there - FRAMES
