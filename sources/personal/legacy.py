"""The texts of an old .xls besides its cells: notes, names, properties, and whatever else is text.

Lives here: asking xlrd and olefile for them, and a last look at the bytes as text.
Must not live here: reading cells (the child does), recognising identifiers.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from sources.personal.identifiers import APART, DIGITS_ONLY, identifiers_in
from sources.personal.traces import Trace
from sources.personal.vocabulary import Vocabulary

_PLAIN_RUN = re.compile(rb"[\x20-\x7e\xa0-\xff]{8,}")
_WIDE_RUN = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00){8,}")

_PROPERTIES = {
    "author": "creator",
    "last_saved_by": "lastModifiedBy",
    "title": "title",
    "subject": "subject",
    "keywords": "keywords",
    "comments": "description",
    "category": "category",
    "manager": "Manager",
    "company": "Company",
}


def note_traces(book: Any, shown: Sequence[str], address: Any, words: Vocabulary) -> Iterator[Trace]:
    """Identifiers in the notes and defined names of a workbook opened by xlrd."""
    for sheet, name in zip(book.sheets(), shown, strict=False):
        for (row, column), note in sorted(sheet.cell_note_map.items()):
            for kind in identifiers_in(f"{note.text}{APART}{note.author}", words):
                yield Trace(kind, "comment", name, address(row, column))
    for defined in book.name_obj_list:
        for kind in identifiers_in(str(defined.name), words):
            yield Trace(kind, "defined_name")
    for kind in identifiers_in(book.user_name or "", words):
        yield Trace(kind, "property", detail="lastModifiedBy")


def property_traces(data: bytes, words: Vocabulary) -> Iterator[Trace]:
    """Identifiers in the summary of a compound file."""
    import olefile  # only an .xls needs it

    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_FATAL) as compound:
        summary = compound.get_metadata()
    for attribute, detail in _PROPERTIES.items():
        value = getattr(summary, attribute, None)
        text = (
            value.decode("utf-8" if _is_utf8(value) else "cp1252", "replace")
            if isinstance(value, bytes)
            else value
        )
        for kind in identifiers_in(str(text or ""), words):
            yield Trace(kind, "property", detail=detail)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def byte_traces(data: bytes, words: Vocabulary) -> Iterator[Trace]:
    """Identifiers in whatever bytes read as text: headers, text boxes, texts that no cell shows.

    Only kinds that are more than digits, which any bytes may spell.
    """
    runs = [run.decode("latin-1") for run in _PLAIN_RUN.findall(data)]
    runs += [run.decode("utf-16-le") for run in _WIDE_RUN.findall(data)]
    for kind in identifiers_in(APART.join(runs), words):
        if kind not in DIGITS_ONLY:
            yield Trace(kind, "hidden_text")
