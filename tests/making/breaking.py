"""Returns broken on purpose, whatever their layout: in a few cells, or in every one that holds a figure.

Lives here: which cells of a sample hold figures (as the judge found them), and spoiling them.
Must not live here: what is to be found there; that is for the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipelines.judging.judge import Judgement
from sources.layouts.outcome import Place
from tests.making.books import Book, Change, altered_sample, put


def figure_cells(judgement: Judgement) -> list[Place]:
    """Every cell of a return that holds a value, in the order of its figures."""
    return [place for figure in judgement.figures if figure.flag == "V" for place in figure.places]


def spoilt(places: Iterable[Place], *texts: object) -> Change:
    """Write these values into the cells, in turn."""

    def change(book: Book) -> None:
        for place, text in zip(places, texts, strict=False):
            put(book, place.sheet or "", place.cell or "", text)

    return change


def broken_in_a_few_cells(city: str, judgement: Judgement) -> bytes:
    """A city's sample with three cells far from each other that are no numbers, and one below zero."""
    cells = figure_cells(judgement)
    step = len(cells) // 4
    return altered_sample(city, spoilt(cells[::step], "dodici", "boh", "?", "-7"))


def broken_everywhere(city: str, judgement: Judgement) -> bytes:
    """A city's sample in which no figure is a number, each wrong in a way of its own."""
    cells = figure_cells(judgement)
    return altered_sample(city, spoilt(cells, *(f"sbagliato {n}" for n in range(len(cells)))))


def write_file(folder: Path, name: str, data: bytes) -> Path:
    """A file of these bytes."""
    path = folder / name
    path.write_bytes(data)
    return path
