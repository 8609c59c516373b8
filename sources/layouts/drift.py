"""What a city has renamed in its file a little, and is read all the same as what the layout knows.

Lives here: finding sheets and headings that are near exactly one known name that is missing, and a workbook
in which they are found.
Must not live here: words for measures and categories, and codes: those are known exactly or refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from schemas.contract import CITY_LEVEL, Edition
from schemas.thresholds import Drift
from sources.cells import Sheet, Workbook, is_blank
from sources.layouts.library import KnownLayout
from sources.layouts.model import Column, Header, Table, literal_texts
from sources.layouts.outcome import Place, Trouble
from sources.layouts.rows import (
    HeaderSeen,
    PlacedColumn,
    assigned_sheets,
    captured,
    find_headers,
    header_at,
    holds_anchor,
    sheet_name,
)
from sources.layouts.texts import folded, folded_names, names_in, text_of
from sources.layouts.words import Item

_At = tuple[int, int]
"""A cell by row and column."""


@dataclass(frozen=True)
class Mended:
    """A workbook in which the renamed sheets and headings have their known names, and what was renamed."""

    workbook: Workbook
    troubles: tuple[Trouble, ...] = ()


def may_have_drifted(troubles: Iterable[Trouble]) -> bool:
    """Whether something that is not known, or missing, may be something renamed."""
    return any(
        trouble.kind.startswith("unknown_") or trouble.kind in ("no_header", "missing_sheet", "renamed_sheet")
        for trouble in troubles
    )


def mend(workbook: Workbook, known: KnownLayout, edition: Edition, tolerance: Drift) -> Mended:
    """The workbook with what is near a known name read as that name; every cell stays where it is.

    A name is taken for a known one only if no other known one is as near, the known one is missing, and
    nothing else in the file could be it too.
    """
    workbook, troubles = _with_sheets_named(workbook, known, tolerance)
    sheets = []
    for sheet, spec, _ in assigned_sheets(workbook, known):
        table = known.layout.tables.get(spec.table or "") if spec is not None else None
        names = {} if table is None else _Headings(sheet, table, known, edition, tolerance).renamed()
        for (row, column), name in names.items():
            place = Place(sheet.file, sheet_name(sheet), sheet.address(row, column))
            details = {"found": text_of(sheet.value(row, column)), "expected": name}
            troubles.append(Trouble("heading_renamed", place, details))
        sheets.append(_with_texts(sheet, names) if names else sheet)
    return Mended(replace(workbook, sheets=tuple(sheets)), tuple(troubles)) if troubles else Mended(workbook)


def _with_texts(sheet: Sheet, texts: Mapping[_At, str]) -> Sheet:
    rows = list(sheet.rows)
    for (row, column), text in texts.items():
        rows[row] = [*rows[row][:column], text, *rows[row][column + 1 :]]
    return replace(sheet, rows=tuple(rows))


def _with_sheets_named(
    workbook: Workbook, known: KnownLayout, tolerance: Drift
) -> tuple[Workbook, list[Trouble]]:
    # `2 Housing prec` may well be last week's: nothing is added to the name of a sheet of figures.
    tables = known.layout.tables
    names = [
        (name, spec.table is None or not any(rule.values for rule in tables[spec.table].rows))
        for spec in known.layout.sheets
        for name in spec.names
    ]
    there = {folded(sheet.name) for sheet in workbook}
    unknown = [sheet for sheet, spec, _ in assigned_sheets(workbook, known) if spec is None]
    taken = {
        id(sheet): name
        for sheet in unknown
        if (name := _only_nearest(sheet.name, names, tolerance)) is not None
        and there.isdisjoint(folded_names(name))
    }
    claims = Counter(taken.values())
    sheets, troubles = [], []
    for sheet in workbook:
        name = taken.get(id(sheet))
        if name is None or claims[name] > 1:
            sheets.append(sheet)
            continue
        text = _closest(sheet.name, name, tolerance)
        sheets.append(replace(sheet, read_as=text))
        details = {"found": sheet.name, "expected": text}
        troubles.append(Trouble("sheet_renamed", Place(sheet.file, sheet_name(sheet)), details))
    return replace(workbook, sheets=tuple(sheets)), troubles


class _Headings:
    """The headings of a sheet's tables, held against those that the layout knows."""

    def __init__(
        self, sheet: Sheet, table: Table, known: KnownLayout, edition: Edition, tolerance: Drift
    ) -> None:
        self._sheet, self._table, self._known, self._tolerance = sheet, table, known, tolerance
        self._kinds = (*edition.facts.service_kinds, CITY_LEVEL)
        self._points = {point.code.casefold() for point in edition.service_points}

    def renamed(self) -> dict[_At, str]:
        """The cells of headings that are read as another text, and that text."""
        header = self._table.header
        if header is None:
            return {}
        found = find_headers(self._sheet, self._table, {})
        names: dict[_At, str] = {}
        for seen in found:
            names |= self._renamed_in(seen)
        lines = {row for seen in found for row in seen.lines}
        for row in self._nearly_headers(header, lines):
            renamed = self._renamed_in(header_at(self._sheet, self._table, header, row, {}))
            if holds_anchor(_with_texts(self._sheet, renamed).rows[row], header):
                names |= renamed
        return names

    def _nearly_headers(self, header: Header, known_lines: set[int]) -> Iterator[int]:
        """The rows that hold some texts of the anchor, and one near each of the others."""
        for row, cells in enumerate(self._sheet.rows):
            if row in known_lines:
                continue
            texts = {folded(value): value for value in cells if isinstance(value, str) and value}
            lacking = [text for text in header.anchor if texts.keys().isdisjoint(folded_names(text))]
            if 0 < len(lacking) < len(header.anchor) and all(
                any(_distance(found, text, True, self._tolerance) is not None for found in texts)
                for text in lacking
            ):
                yield row

    def _renamed_in(self, seen: HeaderSeen) -> dict[_At, str]:
        taken: dict[_At, tuple[str, tuple[str, ...]]] = {}
        headings = {_folded(heading) for heading in seen.texts}
        for index, column in enumerate(seen.frame.columns):
            if self._is_known(column):
                continue
            for line, row in enumerate(seen.lines):
                if is_blank(self._sheet.value(row, index)):
                    continue
                names = self._name_for(seen.texts[index], line)
                if names is None:
                    continue
                known = [
                    _folded((*seen.texts[index][:line], name, *seen.texts[index][line + 1 :]))
                    for name in names_in(names)
                ]
                if headings.isdisjoint(known):
                    text = _closest(seen.texts[index][line], names, self._tolerance)
                    taken[row, index] = (text, known[0])
        claims = Counter(heading for _, heading in taken.values())
        return {at: name for at, (name, heading) in taken.items() if claims[heading] == 1}

    def _name_for(self, heading: tuple[str, ...], line: int) -> str | None:
        """The known text that a heading's line is nearest to, its other lines being as they are."""
        return _only_nearest(heading[line], self._names(heading, line), self._tolerance)

    def _names(self, heading: tuple[str, ...], line: int) -> Iterator[tuple[str, bool]]:
        for column in self._table.columns:
            texts = literal_texts(column.heads[line]) if column.heads else ()
            if texts and _fits(column, heading, but=line):
                yield "|".join(texts), not column.values

    def _is_known(self, column: PlacedColumn) -> bool:
        """Whether the heading is one of the layout's, with a service point and words that are known."""
        says = column.says
        if column.role == "refused":
            return False
        if "service_point" in says and not self._is_point(says["service_point"]):
            return False
        labels = (says.get("measure", ""), says.get("breakdown", ""), says.get("category", ""))
        return not labels[0] or any(
            isinstance(self._known.words.item(kind, *labels), Item) for kind in self._kinds
        )

    def _is_point(self, label: str) -> bool:
        named = self._known.layout.service_points
        return named.code_of(label).casefold() in self._points or folded(label) in map(
            folded, named.city_level
        )


def _folded(heading: Iterable[str]) -> tuple[str, ...]:
    return tuple(folded(text) for text in heading)


def _fits(column: Column, heading: tuple[str, ...], but: int) -> bool:
    return all(
        captured(pattern, text) is not None
        for number, (pattern, text) in enumerate(zip(column.heads, heading, strict=True))
        if number != but
    )


def _only_nearest(text: str, names: Iterable[tuple[str, bool]], tolerance: Drift) -> str | None:
    """The one name that the text is nearest to; None where there is none, or another as near.

    names: each with whether a word may be added to it; `one|other` is one name.
    """
    distances: dict[str, int] = {}
    for name, may_add in names:
        far = _distance(text, name, may_add, tolerance)
        if far is not None:
            distances[name] = min(far, distances.get(name, far))
    least = min(distances.values(), default=None)
    nearest = [name for name, far in distances.items() if far == least]
    return nearest[0] if len(nearest) == 1 else None


def _distance(text: str, names: str, may_add: bool, tolerance: Drift) -> int | None:
    """How far a text is from the nearest of the names of one thing."""
    each = (distance(text, name, may_add, tolerance) for name in names_in(names))
    return min((far for far in each if far is not None), default=None)


def _closest(text: str, names: str, tolerance: Drift) -> str:
    """That of the names of one thing which the text, near to one of them, is nearest to."""
    far = {name: distance(text, name, True, tolerance) for name in names_in(names)}
    return min((near, name) for name, near in far.items() if near is not None)[1]


def distance(text: str, name: str, may_add: bool, tolerance: Drift) -> int | None:
    """How far a text is from a known name, None where it is another one.

    0: accents, punctuation, blanks or a shortened word; 1: a letter of one word; and 1 for each word added.
    """
    found, known = _words(text), _words(name)
    if _letters(found) == _letters(known):
        return 0
    while found and known and _is_same(found[0], known[0], tolerance):
        found, known = found[1:], known[1:]
    while found and known and _is_same(found[-1], known[-1], tolerance):
        found, known = found[:-1], known[:-1]
    if not found and not known:
        return 0
    if any(sign.isdigit() for word in (*found, *known) for sign in word):
        return None
    if len(found) == len(known) == 1:
        long_enough = len(known[0].rstrip(".")) >= tolerance.shortest_word
        return 1 if long_enough and _is_a_letter_off(found[0], known[0]) else None
    if known or not may_add or len(found) > tolerance.words_added:
        return None
    return len(found)


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """The words of a text without accents and marks; a full stop stays, it may shorten a word."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return tuple(re.findall(r"[^\W_]+\.?", plain.casefold()))


def _letters(words: Iterable[str]) -> str:
    return "".join(words).replace(".", "")


def _is_same(one: str, other: str, tolerance: Drift) -> bool:
    """Whether two words are one, or one of them shortens the other: `n.` or `num` for `numero`."""
    short, long = sorted((one, other), key=len)
    stem = short.rstrip(".")
    if stem == long.rstrip("."):
        return True
    is_short_for = short.endswith(".") or len(stem) >= tolerance.shortest_stem
    return is_short_for and stem.isalpha() and long.startswith(stem)


def _is_a_letter_off(one: str, other: str) -> bool:
    """Whether a letter is changed, missing or too many, or two have changed places."""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) == 1 or (len(one) == 2 and one == other[::-1])
