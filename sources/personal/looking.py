"""Looking for persons in a file that is being read: cells, then everything else that its format can hold.

Lives here: which looks a format needs, and one trace a place.
Must not live here: opening files; what a trace means for the return.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from schemas.addresses import column_letters
from sources.personal import legacy, packages
from sources.personal.headings import is_person_heading, person_columns
from sources.personal.identifiers import APART, identifiers_in
from sources.personal.traces import MOST_TRACES, Trace
from sources.personal.vocabulary import Vocabulary

SheetRows = Mapping[str, Any]
"""A sheet as the child gives it: `name`, `rows`."""

_LEAST_NUMBER, _BEYOND_NUMBERS = 10**8, 10**16
_MOST_UNPACKED = 64 << 20
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError, struct.error)


def look_into_table(sheets: Sequence[SheetRows], words: Vocabulary) -> list[Trace]:
    """Traces in the cells of a text file."""
    return _each_once(_cell_traces(sheets, words, is_text_file=True))


def look_into_archive(
    archive: zipfile.ZipFile, sheets: Sequence[SheetRows], words: Vocabulary
) -> list[Trace]:
    """Traces in the cells and names of a zip of text files."""
    shown = _shown(sheets, words)
    names = (
        trace._replace(sheet=shown[sheet["name"]])
        for sheet in sheets
        for trace in _name_traces(str(sheet["name"]), "entry_name", words)
    )
    others = () if any(s != n for n, s in shown.items()) else packages.entry_name_traces(archive, words)
    return _each_once(chain(names, others, _cell_traces(sheets, words, is_text_file=True)))


def look_into_xlsx(
    archive: zipfile.ZipFile, parts: Mapping[str, str], sheets: Sequence[SheetRows], words: Vocabulary
) -> list[Trace]:
    """Traces in a workbook; `parts`: the part of the package in which each sheet stands.

    Raises DeclarationError.
    """
    worksheets = frozenset(parts.values())

    def without_cells(name: str, data: bytes) -> bytes:
        return packages.without_sheet_data(name, data) if name in worksheets else data

    found = _spreadsheet_traces(sheets, words)
    if packages.may_hold_identifiers(archive, words, {}, without_cells):
        shown = _shown(sheets, words)
        by_part = {part: shown[name] for name, part in parts.items() if name in shown}
        known = _texts(sheets) | set(shown)
        places = packages.xlsx_places(archive, by_part)
        parts_of_all = packages.document_names(archive)
        found += packages.package_traces(archive, parts_of_all, places, known, words)
        found += packages.entry_name_traces(archive, words)
    return _each_once(found)


def look_into_ods(
    archive: zipfile.ZipFile, content: Collection[bytes], sheets: Sequence[SheetRows], words: Vocabulary
) -> list[Trace]:
    """Traces in a spreadsheet; `content`: the pieces of its content. Raises DeclarationError."""
    found = _spreadsheet_traces(sheets, words)
    if packages.may_hold_identifiers(archive, words, {"content.xml": content}):
        shown = _shown(sheets, words)
        known = _texts(sheets) | set(shown)
        whole = archive.read("content.xml")
        found += packages.content_traces(whole, list(shown.values()), _address, known, words)
        others = [part for part in packages.document_names(archive) if part != "content.xml"]
        found += packages.package_traces(archive, others, packages.ods_places, known, words)
        found += packages.entry_name_traces(archive, words)
    return _each_once(found)


def look_into_xls(data: bytes, book: Any, sheets: Sequence[SheetRows], words: Vocabulary) -> list[Trace]:
    """Traces in an old workbook; `book`: as xlrd opened it."""
    shown = list(_shown(sheets, words).values())
    found = _spreadsheet_traces(sheets, words)
    found += legacy.note_traces(book, shown, _address, words)
    found += legacy.property_traces(data, words)
    kinds = {trace.what for trace in found}
    found += (trace for trace in legacy.byte_traces(data, words) if trace.what not in kinds)
    return _each_once(found)


def look_into_entry_names(data: bytes, words: Vocabulary) -> list[Trace]:
    """Traces in the names of a zip's entries, which stand there openly where nothing else can be read."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _ZIP_ERRORS:
        return []
    return _each_once(packages.entry_name_traces(archive, words))


def look_into_refused(data: bytes, words: Vocabulary) -> list[Trace]:
    """Traces in a file that cannot be taken as a return, as far as it has texts that can be seen."""
    texts = _texts_of_archive(data) if data.startswith(b"PK") else _texts_of_bytes(data)
    text = APART.join(texts)
    if text:
        return [Trace(kind, "file") for kind in identifiers_in(text, words)]
    return [trace._replace(where="file") for trace in legacy.byte_traces(data, words)]


def _texts_of_archive(data: bytes) -> Iterator[str]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _ZIP_ERRORS:
        return
    yield from archive.namelist()
    left = _MOST_UNPACKED
    for info in archive.infolist():
        left -= info.file_size
        if left < 0:
            return
        try:
            content = archive.read(info)
        except _ZIP_ERRORS:
            continue  # broken or locked: nobody can read it
        yield from _texts_of_bytes(content)


def _texts_of_bytes(data: bytes) -> Iterator[str]:
    """The texts of bytes that are text, without tags; none of others."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if b"\x00" in data or data.startswith(b"%PDF"):
            return
        text = data.decode("latin-1")
    if any(sign < " " and sign not in "\t\r\n\f" for sign in text[:2000]):
        return
    yield html.unescape(re.sub(r"<[^>]*>", APART, text))


# --- cells


def _spreadsheet_traces(sheets: Sequence[SheetRows], words: Vocabulary) -> list[Trace]:
    shown = _shown(sheets, words)
    names = (
        trace._replace(sheet=shown[sheet["name"]])
        for sheet in sheets
        for trace in _name_traces(str(sheet["name"]), "sheet_name", words)
    )
    return [*names, *_cell_traces(sheets, words, is_text_file=False)]


def _name_traces(name: str, where: str, words: Vocabulary) -> Iterator[Trace]:
    for kind in identifiers_in(name, words):
        yield Trace(kind, where)


def _shown(sheets: Iterable[SheetRows], words: Vocabulary) -> dict[str, str]:
    """Each sheet's name as it may be said: a number where the name itself is an identifier."""
    return {
        sheet["name"]: f"foglio {number}" if identifiers_in(sheet["name"], words) else sheet["name"]
        for number, sheet in enumerate(sheets, start=1)
    }


def _texts(sheets: Iterable[SheetRows]) -> set[str]:
    rows = chain.from_iterable(sheet["rows"] for sheet in sheets)
    return {value.strip() for value in chain.from_iterable(rows) if isinstance(value, str)}


def _cell_traces(sheets: Sequence[SheetRows], words: Vocabulary, is_text_file: bool) -> list[Trace]:
    found: list[Trace] = []
    shown = _shown(sheets, words)
    address = _row_and_column if is_text_file else _address
    for sheet in sheets:
        rows, name = sheet["rows"], shown[sheet["name"]] or None
        texts = _differing_texts(rows)
        if any(identifiers_in(text, words) for text in texts):
            found += (
                Trace(kind, "cell", name, address(row, column))
                for row, cells in enumerate(rows)
                for column, value in enumerate(cells)
                for kind in identifiers_in(_as_text(value), words)
            )
        if any(is_person_heading(text, words) for text in texts):
            found += (
                Trace("person_column", "column", name, address(row, column))
                for row, column in person_columns(rows, words)
            )
    return found


def _differing_texts(rows: Sequence[Sequence[Any]]) -> list[str]:
    try:
        values = set().union(*rows)
    except TypeError:  # a mark among them: a formula without a value
        values = {value for cells in rows for value in cells if not isinstance(value, dict)}
    return [text for text in map(_as_text, values) if text]


def _as_text(value: Any) -> str:
    """A text; a number that is whole and long enough to be a code; nothing else can be an identifier."""
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and _LEAST_NUMBER <= value < _BEYOND_NUMBERS and value == int(value):
        return str(int(value))
    return ""


def _row_and_column(row: int, column: int) -> str:
    return f"{row + 1}:{column + 1}"


def _address(row: int, column: int) -> str:
    return f"{column_letters(column)}{row + 1}"


def _each_once(traces: Iterable[Trace]) -> list[Trace]:
    return list(dict.fromkeys(islice(traces, MOST_TRACES)))
