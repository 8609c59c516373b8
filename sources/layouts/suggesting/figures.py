"""How a new file writes its figures: marks in numbers typed as text, and what says that there is none.

Lives here: telling that from the cells where figures may be.
Must not live here: reading a figure (`sources.layouts.numbers`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sources.layouts.days import parse_day
from sources.layouts.suggesting.evidence import Entries
from sources.layouts.suggesting.sheetscan import Scan, is_figure
from sources.layouts.texts import text_of


@dataclass(frozen=True)
class FigureWriting:
    """The layout's `numbers` and `tokens`, and what of them is to be confirmed."""

    numbers: Entries
    tokens: Entries
    notes: tuple[str, ...]


def figure_writing(scans: Sequence[Scan], nothing: Callable[[str], str | None]) -> FigureWriting:
    """How these sheets write figures. `nothing`: what a text says where there is no figure, ND or NA."""
    texts = _value_texts(scans, nothing)
    numbers, about_numbers = _numbers(texts)
    tokens, about_tokens = _tokens(texts, nothing)
    return FigureWriting(numbers, tokens, (*about_numbers, *about_tokens))


def _value_texts(scans: Sequence[Scan], nothing: Callable[[str], str | None]) -> Counter[str]:
    """The texts in cells where figures may be: numbers typed as text and tokens."""
    found: Counter[str] = Counter()
    for scan in scans:
        labels = set(scan.text_columns)
        for row in scan.value_rows:
            for column in scan.filled(row):
                value = scan.sheet.value(row, column)
                if isinstance(value, str) and column not in labels:
                    found[text_of(value)] += 1
        for row in range(len(scan.sheet.rows)):
            for column in scan.filled(row):
                if column not in labels and nothing(scan.text(row, column)):
                    found[scan.text(row, column)] += 1
    return found


def _numbers(found: Iterable[str]) -> tuple[Entries, list[str]]:
    texts = [text for text in found if is_figure(text) and parse_day(text) is None]
    dotted = [text for text in texts if "." in text]
    three = all(len(text.rpartition(".")[2]) == 3 for text in dotted if "," not in text)
    both = any("," in text and text.find(".") < text.find(",") for text in dotted)
    if any("," in text for text in texts):
        if dotted and (both or three):
            note = "il punto nei numeri scritti come testo è letto come separatore delle migliaia"
            return {"decimal_mark": ",", "thousands_mark": "."}, [note]
        return {"decimal_mark": ","}, []
    if dotted and not three:
        return {"decimal_mark": "."}, []
    note = "nei numeri il punto può essere decimale o delle migliaia: è lasciato in dubbio"
    return {"decimal_mark": ","}, [note] if dotted else []


def _tokens(texts: Iterable[str], nothing: Callable[[str], str | None]) -> tuple[Entries, list[str]]:
    found: dict[str, list[str]] = {"ND": [], "NA": []}
    for text in texts:
        flag = nothing(text)
        if flag is not None:
            found[flag].append(text)
    notes = []
    for flag, usual in (("ND", "n.d."), ("NA", "n.a.")):
        if not found[flag]:
            found[flag].append(usual)
            notes.append(f"nel file non si vede come si scrive {flag}: è supposto «{usual}»")
    return {"not_available": found["ND"], "not_applicable": found["NA"]}, notes
