"""The texts of the portal's pages, by language.

Lives here: what reads `it.yaml` and the other languages beside it, and refuses where they differ.
Must not live here: the texts themselves, or the words of findings, receipts, dates and weeks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

from babel.numbers import format_decimal
from pydantic import RootModel

from pipelines.refusals import RefusalCode
from reports.receipt import wording as receipt_wording
from schemas.contract import LANGUAGES, Language, Text
from schemas.tables import Entry, read_document

FOLDER = Path(__file__).resolve().parent

_KEY = re.compile(r"[a-z0-9_]+")


class WordingError(ValueError):
    """A text that is not there, or not as the other languages have it; names file and key."""


class Counted(Entry):
    """A text whose form a number decides: the one given as `n`."""

    one: Text
    other: Text


Said = Text | Counted


class Pages(RootModel[dict[str, dict[str, Said]]]):
    """All texts of a language: page -> key -> text."""


@dataclass(frozen=True)
class PageTexts:
    """The texts of a page, to be read as `t.weeks.title`."""

    _page: str
    _texts: Mapping[str, Said]

    def __getattr__(self, key: str) -> str:
        """A text that stands as it is. Raises WordingError for one that is not there, or needs values."""
        said = self._texts.get(key)
        if said is None:
            raise WordingError(f"No text {self._page}.{key}.")
        if names := names_in(said):
            raise WordingError(f"{self._page}.{key} needs {', '.join(sorted(names))}: use say().")
        return _form_of(said, {})


@dataclass(frozen=True)
class Texts:
    """The texts of a language. receipt: the words of receipts and findings, dates, weeks and sizes."""

    language: Language
    receipt: receipt_wording.Words
    _pages: Mapping[str, Mapping[str, Said]]

    def __getattr__(self, page: str) -> PageTexts:
        """The texts of a page. Raises WordingError for a page that is not there."""
        return PageTexts(page, self._of(page))

    def say(self, key: str, /, **values: str | int) -> str:
        """The text `page.key` with its values; numbers as the language writes them.

        `n` decides between the forms of a text that counts. Raises WordingError where there is no such text,
        or the values are not those that it names.
        """
        page, _, name = key.partition(".")
        said = self._of(page).get(name)
        if said is None:
            raise WordingError(f"No text {key}.")
        if names_in(said) != values.keys():
            raise WordingError(f"{key} needs {sorted(names_in(said))}, and was given {sorted(values)}.")
        locale = self.receipt.locale
        shown = {
            name: format_decimal(value, locale=locale) if isinstance(value, int) else value
            for name, value in values.items()
        }
        return _form_of(said, values).format_map(shown)

    def keys_of(self, page: str) -> frozenset[str]:
        """The keys of a page's texts. Raises WordingError for a page that is not there."""
        return frozenset(self._of(page))

    def _of(self, page: str) -> Mapping[str, Said]:
        if page not in self._pages:
            raise WordingError(f"No page {page!r} among the texts.")
        return self._pages[page]


def names_in(said: Said) -> frozenset[str]:
    """The values that a text asks for."""
    forms = (said.one, said.other, "{n}") if isinstance(said, Counted) else (said,)
    return frozenset(name for form in forms for _, name, _, _ in Formatter().parse(form) if name is not None)


def _form_of(said: Said, values: Mapping[str, str | int]) -> str:
    if isinstance(said, Counted):
        return said.one if values["n"] == 1 else said.other
    return said


@cache
def texts_in(language: Language = "it") -> Texts:
    """The texts in a language. Raises WordingError where the languages differ in keys or in what a text asks
    for, ContractError where a file cannot be read.
    """
    return Texts(language, receipt_wording.words(language), _all_pages(FOLDER)[language])


@cache
def _all_pages(folder: Path) -> Mapping[Language, Mapping[str, Mapping[str, Said]]]:
    return read_pages(folder)


def read_pages(folder: Path) -> Mapping[Language, Mapping[str, Mapping[str, Said]]]:
    """The texts of all languages in a folder, held against each other and against what is refused in codes.
    Raises as `texts_in` does.
    """
    pages = {language: read_document(folder / f"{language}.yaml", Pages).root for language in LANGUAGES}
    source, *others = LANGUAGES
    for language in others:
        _refuse_differences(source, pages[source], language, pages[language])
    for code in sorted(pages[source].get("refusals", {}).keys() ^ set(get_args(RefusalCode))):
        raise WordingError(f"refusals.{code} is a text without a code, or a code without its text.")
    for page in pages[source]:
        for key in (page, *pages[source][page]):
            if not _KEY.fullmatch(key):
                raise WordingError(
                    f"{source}.yaml: {key!r} cannot be a key: small letters, digits and _ only."
                )
    return pages


def _refuse_differences(
    source: Language,
    pages: Mapping[str, Mapping[str, Said]],
    language: Language,
    others: Mapping[str, Mapping[str, Said]],
) -> None:
    asked = {f"{page}.{key}": said for page, texts in pages.items() for key, said in texts.items()}
    given = {f"{page}.{key}": said for page, texts in others.items() for key, said in texts.items()}
    for key in sorted(asked.keys() ^ given.keys()):
        without = language if key in asked else source
        raise WordingError(f"{without}.yaml lacks {key}.")
    for key, said in asked.items():
        if type(said) is not type(given[key]):
            raise WordingError(f"{language}.yaml: {key} counts in one language and not in the other.")
        if names_in(said) != names_in(given[key]):
            raise WordingError(
                f"{language}.yaml: {key} asks for {sorted(names_in(given[key]))}, "
                f"in {source}.yaml for {sorted(names_in(said))}."
            )
