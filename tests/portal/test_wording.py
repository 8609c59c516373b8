"""The texts of the pages: there in every language, and asking for the same values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from pipelines.portal.words import wording
from pipelines.portal.words.wording import WordingError, names_in, read_pages, texts_in
from pipelines.refusals import RefusalCode
from schemas.contract import LANGUAGES, Language
from schemas.tables import ContractError
from tests.portal.gallery import TEMPLATES

REFUSALS = "refusals:\n" + "".join(f'  {code}: "No."\n' for code in get_args(RefusalCode))
PLAIN = {
    "it": 'weeks:\n  title: "Le settimane"\n  left: {one: "{n} giorno", other: "{n} giorni di {all}"}\n'
    + REFUSALS
}
SET = {**PLAIN, "en": PLAIN["it"], "de": PLAIN["it"]}


def _written(folder: Path, **changed: str) -> Path:
    for language, text in {**SET, **changed}.items():
        (folder / f"{language}.yaml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_said(language: Language) -> None:
    texts = texts_in(language)
    for page, said in read_pages(wording.FOLDER)[language].items():
        for key, text in said.items():
            values: dict[str, str | int] = dict.fromkeys(names_in(text), "x")
            if isinstance(text, wording.Counted):
                values["n"] = 2
            assert "{" not in texts.say(f"{page}.{key}", **values)


@pytest.mark.parametrize(
    ("number", "said"), [(1, "Manca 1 giorno"), (0, "Mancano 0 giorni"), (1234, "Mancano 1.234 giorni")]
)
def test_a_number_decides_the_form(number: int, said: str) -> None:
    assert texts_in("it").say("deadlines.days_left", n=number) == said


def test_languages_that_read_alike_are_taken(tmp_path: Path) -> None:
    assert set(read_pages(_written(tmp_path))) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("german", "told"),
    [
        (SET["de"].replace("  title:", "  name:"), "weeks.name"),
        (SET["de"].replace("{all}", "{alles}"), "weeks.left asks for"),
        ('weeks:\n  title: "Wochen"\n  left: "{n} Tage von {all}"\n' + REFUSALS, "weeks.left counts"),
    ],
)
def test_a_language_that_differs_is_refused(tmp_path: Path, german: str, told: str) -> None:
    with pytest.raises(WordingError, match=re.escape(told)):
        read_pages(_written(tmp_path, de=german))


def test_a_text_written_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="title"):
        read_pages(_written(tmp_path, de='weeks:\n  title: "Wochen"\n' + SET["de"].removeprefix("weeks:\n")))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (REFUSALS.replace('  frozen: "No."\n', ""), "refusals.frozen"),
        (REFUSALS + '  thawed: "No."\n', "refusals.thawed"),
        ("", "refusals."),
    ],
)
def test_a_refusal_without_its_sentence_is_refused_and_a_sentence_without_its_refusal(
    tmp_path: Path, written: str, told: str
) -> None:
    with pytest.raises(WordingError, match=re.escape(told)):
        read_pages(_written(tmp_path, **{one: text.replace(REFUSALS, written) for one, text in SET.items()}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_sends_anybody_to_a_command_line(language: Language) -> None:
    for page, said in read_pages(wording.FOLDER)[language].items():
        for key, text in said.items():
            forms = (text.one, text.other) if isinstance(text, wording.Counted) else (text,)
            for form in forms:
                assert not re.search(r"\bregia [a-z]|(?<!\S)--\w", form), f"{page}.{key}"


def test_what_is_not_there_is_an_error() -> None:
    texts = texts_in("it")
    with pytest.raises(WordingError, match=r"weeks\.nothing"):
        texts.weeks.nothing  # noqa: B018
    with pytest.raises(WordingError, match="nowhere"):
        texts.nowhere.title  # noqa: B018
    with pytest.raises(WordingError, match=r"weeks\.lead needs city"):
        texts.weeks.lead  # noqa: B018
    with pytest.raises(WordingError, match=r"weeks\.lead"):
        texts.say("weeks.lead", town="Milano")


def test_every_text_that_a_template_names_is_there() -> None:
    pages = read_pages(wording.FOLDER)["it"]
    there = {f"{page}.{key}" for page, texts in pages.items() for key in texts}
    named = {
        found
        for path in TEMPLATES.rglob("*.html")
        for found in re.findall(r"\bt\.(?!receipt|say\b)([a-z_]+\.[a-z_0-9]+)", path.read_text("utf-8"))
    }
    assert named <= there
