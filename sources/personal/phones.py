"""Whether a telephone number stands in a text.

Lives here: the forms in which numbers are written in Italy, and those of other countries after + or 00.
Must not live here: other identifiers.

A plain count, a date, an amount, a postcode, a list of age classes is no telephone: a number counts as
one by its prefix and its length, by how it is grouped, or because the text says that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FREE = r"(?<![A-Z0-9])(?<!\d[.,/\-])"
_ENDS = r"(?![A-Z0-9])(?![.,/\-]\d)"
_ABROAD = re.compile(
    r"(?<![A-Z0-9])(?:\+ ?[1-9]\d{0,2}|0039|00[1-9]\d{0,2}(?=[ ./\-])|00[1-9](?=\d{9,12}(?!\d)))"
    rf"(?:[ ./\-()]{{0,3}}\d){{6,12}}{_ENDS}"
)
_AMOUNT = re.compile(r"\+ ?\d{1,3}(?:[. ]\d{3}){1,2}")
_MOBILE = re.compile(rf"{_FREE}(?:39[ .\-/]?)?(3[1-9]\d(?:[ ./\-]?\d){{6,7}}){_ENDS}")
_AREA = (
    r"0(?:2|6|1[0159]|12[1-5]|13[1-2]|14[1-4]|16[1-6]|17[1-5]|18[2-7]|3[0159]|32[1-4]|33[12]|34[1-6]|36[2-5]"
    r"|37[1-7]|38[1-6]|4[0159]|42[1-9]|43[1-9]|44[1-5]|46[1-5]|47[1-4]|48[1-2]|5[0159]|52[1-5]|53[2-6]|54[1-7]"
    r"|56[4-6]|57[1-8]|58[3-8]|7[0159]|72[1-8]|73[1-7]|74[2-6]|76[1-6]|77[1-6]|78[1-5]|789|8[0159]|82[3-8]"
    r"|83[1-6]|86[1-5]|87[1-4]|88[1-5]|9[0156]|92[1-5]|93[1-5]|94[1-2]|97[1-6]|98[1-5]|99)"
)
_LANDLINE_WHOLE = re.compile(rf"{_FREE}(?=\d{{9,10}}{_ENDS}){_AREA}\d+")
_LANDLINE = re.compile(
    rf"{_FREE}\(?({_AREA})\)? ?[./\- ] ?(\d{{5,8}}|\d{{2,4}}(?:([ .\-])\d{{2,4}}){{1,3}}){_ENDS}"
)
_NAMED = re.compile(
    r"(?<![A-Z])(?:TEL|TELEFONO|TELEFON|CELL|CELLULARE|FAX|WHATSAPP|HANDY|PHONE)\b"
    rf"[^\x00\dA-Z+]{{0,5}}(?:N[.R°]{{0,2}}[ :]{{0,2}})?(\+?\d[\d ./\-]{{4,16}}\d){_ENDS}"
)
_DATE = re.compile(r"\d{1,2}[./\- ]\d{1,2}[./\- ](?:19|20)?\d{2}|(?:19|20)\d{2}[./\-]?\d{2}[./\-]?\d{2}")
_FREE_OF_CHARGE = ("800", "803")


def has_phone(text: str) -> bool:
    """Whether a text in capitals holds a telephone number."""
    return (
        any(_is_abroad(match[0]) for match in _ABROAD.finditer(text))
        or any(_is_mobile(match[1]) for match in _MOBILE.finditer(text))
        or _LANDLINE_WHOLE.search(text) is not None
        or any(_is_landline(match[1], match[2]) for match in _LANDLINE.finditer(text))
        or any(_is_named(match[1]) for match in _NAMED.finditer(text))
    )


def _groups(number: str) -> list[str]:
    return re.findall(r"\d+", number)


def _digits(number: str) -> int:
    return sum(sign.isdigit() for sign in number)


def _is_abroad(number: str) -> bool:
    zeros = 2 if number.startswith("00") else 0
    return 9 <= _digits(number) - zeros <= 15 and not _AMOUNT.fullmatch(number)


def _is_mobile(number: str) -> bool:
    groups = _groups(number)
    if _digits(number) == 10:
        return all(len(group) > 1 for group in groups)
    return [len(group) for group in groups] == [3, 6]  # of nine, only as nobody writes an amount


def _is_landline(area: str, rest: str) -> bool:
    groups = _groups(rest)
    total = len(area) + _digits(rest)
    if not 8 <= total <= 11 or len(set(_separators(rest))) > 1:
        return False
    lengths = [len(area), *(len(group) for group in groups)]
    is_date_or_hours = lengths in ([2, 2, 4], [2, 2, 2, 2])
    return not is_date_or_hours


def _separators(number: str) -> Iterator[str]:
    return (sign for sign in number if not sign.isdigit())


def _is_named(number: str) -> bool:
    digits = "".join(_groups(number))
    return 6 <= len(digits) <= 15 and not digits.startswith(_FREE_OF_CHARGE) and not _DATE.fullmatch(number)
