"""Writes the snapshots of the sample's bulletins anew: python -m tests.reports.bulletin_text.

Lives here: a bulletin as plain text, line by line, and the one way to change `bollettino-*.txt`.
Must not live here: tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.home import Home
from reports.bulletin import write_bulletins
from schemas.editions import find_edition, load_edition
from schemas.weeks import IsoWeek
from tests.reports.published_files import SAMPLE_WEEKS, publish_sample_weeks
from tests.reports.reading_pages import Element, read_page

_LINES = ("h1", "h2", "h3", "p", "li", "caption", "tr", "div")


def snapshot(week: IsoWeek) -> Path:
    return Path(__file__).with_name(f"bollettino-{week}.txt")


def text_of(html: str) -> str:
    """What a reader sees: a line for each heading, paragraph and row; the cells of a row stand apart."""
    (body,) = read_page(html).all("body")
    return "\n".join(_lines(body)) + "\n"


def _lines(element: Element) -> Iterator[str]:
    for child in element.children:
        if not isinstance(child, Element):
            continue
        if child.tag == "tr":
            yield " | ".join(_seen(cell) for cell in child.children if isinstance(cell, Element))
        elif child.tag in _LINES and not child.all("table"):
            is_heading = child.tag in ("h1", "h2", "h3")
            mark = "\n" + "#" * int(child.tag[1]) + " " if is_heading else "- " if child.tag == "li" else ""
            line = " ".join(_seen(child).split())
            yield mark + line
        else:
            yield from _lines(child)


def _seen(element: Element) -> str:
    """Its words, without what narrow screens alone show."""
    hidden = ("heading", "letter")
    parts = [
        child
        if isinstance(child, str)
        else ""
        if child.attributes.get("class", "") in hidden
        else f"{_seen(child)} "
        if child.tag == "dt"
        else _seen(child)
        for child in element.children
    ]
    return " ".join("".join(parts).split()) if element.tag in ("th", "td") else "".join(parts)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        edition = publish_sample_weeks(home, load_edition(find_edition("lgnet2")))
        paths = write_bulletins(home.published("lgnet2"), edition, SAMPLE_WEEKS, home.root / "reports")
        for week, path in zip(SAMPLE_WEEKS, paths, strict=True):
            snapshot(week).write_text(text_of(path.read_text(encoding="utf-8")), encoding="utf-8")
