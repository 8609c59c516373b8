"""The texts of an XML document, with what stands around each, streamed.

Lives here: joining the runs in which one text is stored; the attributes that a person reads or writes.
Must not live here: which document of a package it is, or what stands in a text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from sources.personal.identifiers import identifiers_in
from sources.personal.vocabulary import Vocabulary

Element = tuple[str, dict[str, str]]
"""Its name without prefix, and its attributes as written."""


class DeclarationError(Exception):
    """A document declares a type or entities, which no spreadsheet program writes."""


class FoundText(NamedTuple):
    """A text and the elements around it, from the outermost in. `is_read`: people read or write it."""

    text: str
    around: tuple[Element, ...]
    is_read: bool


_RUNS = frozenset(
    {
        "r",
        "t",
        "rPr",
        "rPh",
        "phoneticPr",
        "sz",
        "color",
        "rFont",
        "family",
        "charset",
        "scheme",
        "b",
        "i",
        "u",
    }
    | {"strike", "vertAlign", "outline", "shadow", "condense", "extend", "latin", "cs", "ea", "sym", "font"}
    | {"solidFill", "srgbClr", "schemeClr", "ln", "effectLst", "fld", "span", "a", "s", "tab", "line-break"}
)
"""Elements between which a text goes on."""

_READ_ATTRIBUTES = frozenset(
    {
        "name",
        "title",
        "descr",
        "alt",
        "tooltip",
        "display",
        "location",
        "Target",
        "href",
        "prompt",
        "promptTitle",
    }
    | {"error", "errorTitle", "displayName", "userId", "author", "initials", "caption", "formatCode", "v"}
    | {"formula", "string-value", "help-message"}
)
"""Attributes that hold what a person wrote; digits in all others mean something to a program."""

_RUN_OR_NO_ELEMENT = re.compile(rb"!|(?:\w+:)?(?:r|rPh|span|a)[\s>/]")


def stream_texts(
    data: bytes,
    take: Callable[[FoundText], None],
    begin: Callable[[str, dict[str, str]], None] = lambda name, attributes: None,
    end: Callable[[str], None] = lambda name: None,
) -> None:
    """Give each text and attribute of a document to `take`, in the order of the document.

    `begin` and `end` are told of each element (without prefix) before and after what stands in it.
    Raises DeclarationError, and ExpatError where the document is not well formed.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    around: list[Element] = []
    text: list[str] = []

    def refuse(*_: object) -> None:
        raise DeclarationError

    def flush() -> None:
        if text:
            take(FoundText("".join(text), tuple(around), True))
            text.clear()

    def on_start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local not in _RUNS:
            flush()
        begin(local, attributes)
        around.append((local, attributes))
        for key, value in attributes.items():
            take(FoundText(value, tuple(around), key.rpartition(":")[2] in _READ_ATTRIBUTES))
        if local in ("s", "tab", "line-break"):
            text.append(" ")

    def on_end(name: str) -> None:
        local = name.rpartition(":")[2]
        if local not in _RUNS:
            flush()
        around.pop()
        end(local)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = text.append
    parser.CommentHandler = lambda content: take(FoundText(content, tuple(around), True))
    parser.ProcessingInstructionHandler = lambda target, content: take(
        FoundText(content, tuple(around), False)
    )
    parser.Parse(data, True)
    flush()


def pieces(data: bytes) -> Collection[bytes]:
    """A document cut at its tags: each differing piece, tags and attributes included, once.

    Many times faster than parsing, and enough to see that a document holds nothing.
    """
    return set(data.split(b"<"))


def is_in_utf8(data: bytes) -> bool:
    """Whether `pieces` of a document can be understood."""
    head = data[:200].lower()
    return data[:2] not in (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<") and (
        b"encoding=" not in head or b"utf-8" in head
    )


@lru_cache(maxsize=50_000)
def is_harmless(piece: bytes, words: Vocabulary) -> bool:
    """Whether a piece holds no identifier, whole or (a run of a text, a comment) in part."""
    if _RUN_OR_NO_ELEMENT.match(piece):
        return False
    text = piece.decode("utf-8", "replace")
    return not identifiers_in(html.unescape(text) if "&" in text else text, words)


def loose_texts(data: bytes) -> Iterator[str]:
    """The texts of something like a document that does not hold together (old drawings, web pages)."""
    for piece in pieces(data):
        tag, _, text = piece.partition(b">")
        for part in (tag, text):
            if part.strip():
                yield html.unescape(part.decode("utf-8", "replace"))
