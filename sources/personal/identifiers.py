"""Which kinds of personal identifier stand in a text.

Lives here: pure functions from a text to kinds: tax code, provisional code, health code, residence permit,
IBAN, e-mail; telephones are next door (`phones`).
Must not live here: files; the identifiers themselves never leave a function.

Sources of the forms: tax code and its homonym letters, and the 11-digit provisional code, D.M. 23/12/1976;
STP and ENI, three letters and 13 digits (region 3, health authority 3, number 7), Min. Sanità circ. 5/2000,
wiki.inmp.it (STP Code);
permit card, `I` and eight digits, its application at the police `23RM012345` and at the post twelve digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from sources.personal.phones import has_phone
from sources.personal.vocabulary import NO_WORDS, Vocabulary

Identifier = Literal["tax_code", "provisional_code", "health_code", "permit", "phone", "email", "iban"]

DIGITS_ONLY: frozenset[Identifier] = frozenset({"provisional_code", "phone"})
"""Kinds that are nothing but digits: where numbers mean something to a program only, they prove nothing."""

APART = "\x00"
"""Between texts that are looked at together: no identifier reaches over it."""

_REMEMBERED_LENGTH = 300
_WORTH_A_LOOK = re.compile(r"\d[^\w\x00]{0,2}\d|@|[^\W_]{16}")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_S = r"[\s.\-/]{0,2}"
_N = "[0-9LMNPQRSTUV]"  # digits, or the letters that stand for them where two persons' codes would be equal
_TAX_CODE = re.compile(
    rf"(?<![A-Z0-9])(?=([A-Z]{{3}}{_S}[A-Z]{{3}}{_S}{_N}{{2}}{_S}[ABCDEHLMPRST]{_S}{_N}{{2}}{_S}"
    rf"[A-Z]{_S}{_N}{{3}}{_S}[A-Z])(?![A-Z0-9]))"
)
_TAX_CODE_END = re.compile(r"(?=(\d\d[ABCDEHLMPRST]\d\d[A-Z]\d{3}[A-Z]))")
_PLAIN_TAX_CODE = re.compile(
    r"[A-Z]{6}\d\d[ABCDEHLMPRST](?:0[1-9]|[12]\d|3[01]|4[1-9]|[56]\d|7[01])[A-Z]\d{3}[A-Z]"
)
"""With digits where digits stand, and a day of a month: 40 more for a woman."""
_NAME_LETTERS = re.compile(r"[A-Z]{6}$")
_PROVISIONAL_CODE = re.compile(r"(?<![A-Z0-9])(?<!\d[.,])\d{11}(?![A-Z0-9])(?![.,]\d)")
_HEALTH_CODE = re.compile(r"(?:STP|ENI)[\s.:/\-N°]{0,4}\d(?:[\s.\-/]?\d){12}(?!\d)")
_PERMIT = re.compile(r"(?<![A-Z0-9])I\d{8}(?![A-Z0-9])")
_PERMIT_NAMED = re.compile(
    r"(?:PERMESS[OI]|SOGGIORNO|ASSICURATA|QUESTURA|AUFENTHALT|RESIDENCE PERMIT)[^\x00\d]{0,40}?(?<![A-Z0-9])"
    r"(?!(?:19|20)\d{6}(?!\d))(?:[A-Z]{0,2}[ \-]?\d{7,9}|\d{2}[A-Z]{2}\d{6}|\d{12}|\d{11}-\d)(?![A-Z0-9])"
)
_EMAIL = re.compile(r"([A-Z0-9][A-Z0-9._%+'\-]*)@[A-Z0-9\-]+(?:\.[A-Z0-9\-]+)*\.([A-Z]{2,})")
_NOT_A_DOMAIN = frozenset({"PNG", "JPG", "JPEG", "GIF", "SVG", "EMF", "WMF", "BMP"})
_IBAN = re.compile(r"(?<![A-Z0-9])(?=([A-Z]{2}\d{2}(?:[ \-]?[A-Z0-9]){11,30}))")


def identifiers_in(text: str, words: Vocabulary = NO_WORDS) -> tuple[Identifier, ...]:
    """The kinds of identifier that a text holds, each once; none for most texts."""
    return _remembered(text, words) if len(text) <= _REMEMBERED_LENGTH else _looked(text, words)


@lru_cache(maxsize=50_000)  # a workbook says the same words on every sheet, and every week
def _remembered(text: str, words: Vocabulary) -> tuple[Identifier, ...]:
    return _looked(text, words)


def _looked(text: str, words: Vocabulary) -> tuple[Identifier, ...]:
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    if not _WORTH_A_LOOK.search(text):
        return ()
    plain = text.upper()
    for number in words.own_numbers:
        plain = plain.replace(number, " ")
    return tuple(_kinds(plain, words))


def _kinds(text: str, words: Vocabulary) -> Iterator[Identifier]:
    if any(_is_tax_code(code) for code in _tax_code_forms(text)):
        yield "tax_code"
    if any(_is_provisional_code(match[0]) for match in _PROVISIONAL_CODE.finditer(text)):
        yield "provisional_code"
    if _HEALTH_CODE.search(text):
        yield "health_code"
    if _PERMIT.search(text) or _PERMIT_NAMED.search(text):
        yield "permit"
    if has_phone(text):
        yield "phone"
    if "@" in text and any(_is_of_a_person(match, words) for match in _EMAIL.finditer(text)):
        yield "email"
    if any(_begins_with_iban(match[1], text[match.end(1) :][:1]) for match in _IBAN.finditer(text)):
        yield "iban"


def _tax_code_forms(text: str) -> Iterator[str]:
    for match in _TAX_CODE.finditer(text):
        code = re.sub(r"[\s.\-/]", "", match[1])
        # Words apart from each other could spell a code made of letters alone.
        if code == match[1] or sum(sign.isdigit() for sign in code) >= 4:
            yield code
    for match in _TAX_CODE_END.finditer(text):
        name = _NAME_LETTERS.search(text, 0, match.start())
        if name is not None:
            yield name[0] + match[1]


def _is_tax_code(code: str) -> bool:
    """Whether it is one or has its full form: its last letter mistyped, it still tells who a person is."""
    if _PLAIN_TAX_CODE.fullmatch(code):
        return True
    from stdnum.it import codicefiscale  # loaded for the rare text that has the form of a code

    return codicefiscale.is_valid(code)


def _is_provisional_code(digits: str) -> bool:
    from stdnum import luhn

    return int(digits[:7]) > 0 and luhn.is_valid(digits)


def _is_of_a_person(address: re.Match[str], words: Vocabulary) -> bool:
    local, domain = address[1], address[2]
    return domain not in _NOT_A_DOMAIN and words.office_words.isdisjoint(re.split(r"[^A-Z]+", local))


def _begins_with_iban(text: str, after: str) -> bool:
    """Whether a text begins with an account number that ends where a word ends."""
    from stdnum import iban

    ends = [n for n in range(15, len(text)) if not text[n].isalnum()]
    if not after.isalnum():
        ends.append(len(text))
    return any(iban.is_valid(text[:end], check_country=False) for end in ends)
