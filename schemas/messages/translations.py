"""The English and German catalogues: gettext files beside the Italian texts, read as they are.

Lives here: reading `en.po` and `de.po`, and bringing them in step with `it.yaml`
(`make messages`, or `python -m schemas.messages.translations`).
Must not live here: the Italian texts; translations, which are written by hand into the files.

An entry's context says where the text stands (`week_not_ended action`), its id is the Italian text. So a
text that was changed in Italian is no longer translated until somebody has looked at it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from schemas.contract import LANGUAGES, Language
from schemas.messages import catalogue

_WIDTH = 110


class UntranslatedError(Exception):
    """A text has no translation: which one, into which language."""

    def __init__(self, language: Language, context: str) -> None:
        super().__init__(
            f"{context!r} is not translated into {language!r}. Run make messages and fill it in."
        )
        self.language, self.context = language, context


@dataclass(frozen=True)
class Translations:
    """The texts of one language, by context and Italian text."""

    language: Language
    texts: Mapping[tuple[str, str], str]

    def of(self, context: str, text: str) -> str:
        """A text in this language. UntranslatedError where it has none."""
        found = self.texts.get((context, text))
        if not found:
            raise UntranslatedError(self.language, context)
        return found


def translations_file(language: Language) -> Path:
    """The gettext file of a language."""
    return Path(__file__).with_name(f"{language}.po")


def read_translations(language: Language) -> Translations:
    """The translations into a language; those marked fuzzy wait for a person and do not count."""
    texts = {
        (str(entry.context), str(entry.id)): str(entry.string)
        for entry in _read(translations_file(language))
        if entry.id and entry.string and not entry.fuzzy
    }
    return Translations(language, texts)


def texts_to_translate() -> dict[str, str]:
    """Every Italian text by its context, in the order of the catalogue."""
    found: dict[str, str] = {}

    def note(context: str, text: str) -> str:
        found[context] = text
        return text

    catalogue().translated(note)
    return found


def in_step(content: bytes, language: Language) -> bytes:
    """A gettext file with exactly the texts to translate.

    Translations stay; where the Italian changed they are marked fuzzy, and new texts are left empty.
    """
    known = {str(entry.context): entry for entry in _parsed(content) if entry.id}
    made = Catalog(locale=language, fuzzy=False)
    for context, text in texts_to_translate().items():
        entry = known.get(context)
        made.add(
            text,
            entry.string if entry is not None else "",
            context=context,
            flags=("fuzzy",) if entry is not None and (entry.id != text or entry.fuzzy) else (),
        )
    stream = io.BytesIO()
    write_po(stream, made, width=_WIDTH, omit_header=True)
    return _HEADER.format(language=language).encode() + stream.getvalue()


_HEADER = """\
# What people read, translated from it.yaml. Written by hand; `make messages` keeps it in step.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def _read(path: Path) -> Catalog:
    return _parsed(path.read_bytes())


def _parsed(content: bytes) -> Catalog:
    return read_po(io.BytesIO(content), abort_invalid=True)


def main() -> None:
    """Bring every catalogue in step, and say what is left to be written."""
    for language in LANGUAGES:
        if language == "it":
            continue
        path = translations_file(language)
        content = in_step(path.read_bytes() if path.exists() else b"", language)
        path.write_bytes(content)
        open_ones = [
            str(entry.context)
            for entry in _parsed(content)
            if entry.id and _is_open(entry.string, entry.fuzzy)
        ]
        print(f"{path.name}: {len(open_ones)} to write", *open_ones, sep="\n  ")


def _is_open(string: object, is_fuzzy: bool) -> bool:
    return is_fuzzy or not string


if __name__ == "__main__":
    main()
