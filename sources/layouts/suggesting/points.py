"""Service points as a new file may name them, told by the roster.

Lives here: which service point a text names and in what form; names of the city as a whole.
Must not live here: where in a sheet such texts stand (`shape`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from schemas.contract import Edition, ServicePoint
from schemas.weeks import IsoWeek
from sources.layouts.suggesting.likeness import plain


@dataclass(frozen=True)
class Points:
    """The service points of a city in a week, and how the file may write them."""

    roster: tuple[ServicePoint, ...]
    city_words: frozenset[str]

    @staticmethod
    def of(edition: Edition, city: str, week: IsoWeek, whole: Iterable[str]) -> Points:
        """The roster of the week. `whole`: words for a city as a whole, as its name and province are."""
        entry = edition.city(city)
        names = {plain(name) for name in (entry.name_it, entry.name_de or "", entry.province) if name}
        return Points(edition.roster(city, week), frozenset(whole) | names)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Code -> kind."""
        return {point.code: point.kind for point in self.roster}

    @cached_property
    def code_pattern(self) -> str:
        """A pattern that the codes of this roster have: `TO-`, letters, a number."""
        start = self.prefix
        shapes = {
            re.escape(start).replace(r"\-", "-")
            + re.sub(r"\d+", r"\\d+", re.sub(r"[A-Z]+", "[A-Z]+", code[len(start) :]))
            for code in self.kinds
        }
        return "|".join(sorted(shapes))

    @cached_property
    def prefix(self) -> str:
        """What all codes begin with, up to a hyphen: `TO-`."""
        starts = {code.partition("-")[0] for code in self.kinds}
        return f"{starts.pop()}-" if len(starts) == 1 else ""

    def exact(self, text: str) -> str | None:
        """The code that the text is."""
        code = text.strip().upper()
        return code if code in self.kinds else None

    def holding(self, text: str) -> str | None:
        """The code that stands in the text, as a word of its own."""
        for found in re.finditer(r"[\w-]+", text.upper()):
            if found.group() in self.kinds:
                return found.group()
        return None

    def rewritten(self, text: str) -> str | None:
        """The code that the text is, with other marks or without the city's letters: `UM/01`."""
        said = plain(text).replace(" ", "")
        for code in self.kinds:
            whole, short = (plain(part).replace(" ", "") for part in (code, code.removeprefix(self.prefix)))
            if said and said in (whole, short):
                return code
        return None

    def rewriting(self, text: str) -> tuple[str, str] | None:
        """`written` and `becomes` by which texts of this form turn into codes."""
        code = self.rewritten(text)
        if code is None or code == text:
            return None
        runs = re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]+", text)
        if re.fullmatch(r"[A-Za-z]+", runs[0]) and f"{runs[0].upper()}-" == self.prefix:
            return None
        written = "".join(
            "([A-Z]+)" if run.isalpha() else r"(\d+)" if run.isdigit() else re.escape(run) for run in runs
        )
        groups = sum(run.isalnum() for run in runs)
        return written, self.prefix + "-".join(rf"\{n}" for n in range(1, groups + 1))

    def is_city(self, text: str) -> bool:
        """Whether a text may stand for the city as a whole."""
        return any(word in self.city_words for word in plain(text).split())

    def kinds_of(self, codes: Iterable[str]) -> frozenset[str]:
        """The kinds of these service points."""
        return frozenset(self.kinds[code] for code in codes if code in self.kinds)
