"""How much a label of a file is like a phrase that is known to name something.

Lives here: taking texts apart into the tokens that count, comparing them (abbreviations included).
Must not live here: what the phrases stand for (`knowledge`), or deciding between them (`assigning`).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

_TOKEN = re.compile(r"[a-z]+|\d+")
_BETWEEN = re.compile(r"\s+/\s+")
_STOPWORDS = frozenset(
    """
    a ad al alla alle allo ai agli con che cui da dal dalla dai dalle dei del della delle dello degli di
    e ed gli i il in la le lo l d o od per su sul sulla un una uno nel nella of the to for in and or
    with der die das den dem des und oder mit von im am zu bei ein eine einer einem dell all n nr
    """.split()  # noqa: SIM905 - a list of them would fill a screen
)


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """The text folded, without accents, its words parted by one blank: `Età (anni)` is `eta anni`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+|%", letters)) or text.strip()


@lru_cache(maxsize=16384)
def parts_of(text: str) -> tuple[str, ...]:
    """The names that a label gives in several languages, `Uscite / Einsätze`; of one language: itself."""
    return tuple(_BETWEEN.split(text.strip()))


@lru_cache(maxsize=16384)
def tokens_of(text: str) -> tuple[str, ...]:
    """The words and numbers that count in a text, numbers without leading zeros."""
    found = [token.lstrip("0") or "0" if token.isdigit() else token for token in _TOKEN.findall(plain(text))]
    telling = tuple(token for token in found if token not in _STOPWORDS)
    return telling or tuple(found)


@lru_cache(maxsize=262144)
def _word_likeness(one: str, other: str) -> float:
    """1 for the same word or number; less for another ending, a shortened or a contracted word; else 0."""
    if one == other:
        return 1.0
    if one.isdigit() or other.isdigit():
        return 0.0
    short, long = sorted((one, other), key=len)
    common = next((i for i, sign in enumerate(short) if sign != long[i]), len(short))
    if common >= 4 and common / len(long) >= 0.5:
        return common / len(long)
    if common == len(short) >= 2:
        return 0.75
    if 2 <= len(short) <= 4 and short[0] == long[0]:
        signs = iter(long)
        return 0.5 if all(sign in signs for sign in short) else 0.0
    return 0.0


@dataclass(frozen=True)
class Lexicon:
    """The phrases by which each of several codes is known; words that many codes share count less."""

    phrases: Mapping[str, tuple[tuple[str, ...], ...]]
    _memory: dict[tuple[str, str], float] = field(default_factory=dict)

    @staticmethod
    def of(phrases: Mapping[str, Iterable[str]]) -> Lexicon:
        """The lexicon of these phrases, each part of a bilingual one taken by itself."""
        return Lexicon(
            {
                code: tuple(dict.fromkeys(tokens_of(part) for text in texts for part in parts_of(text)))
                for code, texts in phrases.items()
            }
        )

    def limited(self, codes: Iterable[str]) -> Lexicon:
        """The lexicon of some of its codes."""
        return Lexicon({code: self.phrases[code] for code in codes if code in self.phrases})

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        used = Counter(
            token for phrases in self.phrases.values() for token in {t for phrase in phrases for t in phrase}
        )
        return {token: math.log(1 + len(self.phrases) / count) for token, count in used.items()}

    def _weight(self, token: str) -> float:
        known = self._weights.get(token)
        return math.log(1 + len(self.phrases) / 2) if known is None else known

    def likeness(self, label: str, code: str) -> float:
        """0 to 1: how much the label is like the phrase of the code that it is most like."""
        key = (label, code)
        if key not in self._memory:
            ours = [tokens_of(part) for part in parts_of(label)]
            known = self.phrases.get(code, ())
            self._memory[key] = max(
                (self._of_phrases(one, other) for one in ours for other in known), default=0.0
            )
        return self._memory[key]

    def best(self, label: str) -> float:
        """How much the label is like any code's phrases."""
        return max((self.likeness(label, code) for code in self.phrases), default=0.0)

    def _of_phrases(self, one: Sequence[str], other: Sequence[str]) -> float:
        if not one or not other:
            return 0.0
        matched = whole = 0.0
        for ours, theirs in ((one, other), (other, one)):
            for token in ours:
                weight = self._weight(token)
                whole += weight
                matched += weight * max(_word_likeness(token, against) for against in theirs)
        return matched / whole if whole else 0.0
