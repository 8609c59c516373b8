"""Every text of an xlsx or ods package besides its cells, and the place where it stands.

Lives here: what each part of a package and each element is called in a finding.
Must not live here: opening or limiting the package (the child does), recognising identifiers.

A package is looked through twice: its parts cut at their tags, which nearly always is the end of it; and,
if something could be there, streamed, to tell the place.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.parsers import expat

from sources.personal.documents import (
    Element,
    FoundText,
    is_harmless,
    is_in_utf8,
    loose_texts,
    pieces,
    stream_texts,
)
from sources.personal.identifiers import DIGITS_ONLY, identifiers_in
from sources.personal.traces import MOST_TRACES, Trace
from sources.personal.vocabulary import Vocabulary

_DOCUMENTS = (".xml", ".rels", ".vml", ".xhtml")
_ADDRESS = re.compile(r"\$?[A-Z]{1,3}\$?\d{1,7}")

Places = Callable[[str, tuple[Element, ...]], "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text of a package stands; `sheet` as it may be shown."""

    where: str
    sheet: str | None = None
    cell: str | None = None
    detail: str | None = None


def document_names(archive: zipfile.ZipFile) -> list[str]:
    """The parts of a package that hold texts, each once."""
    return sorted({name for name in archive.namelist() if name.lower().endswith(_DOCUMENTS)})


def may_hold_identifiers(
    archive: zipfile.ZipFile,
    words: Vocabulary,
    cut_already: Mapping[str, Collection[bytes]],
    without_cells: Callable[[str, bytes], bytes] = lambda name, data: data,
) -> bool:
    """Whether streaming the package is worth while.

    cut_already: parts whose pieces are known. without_cells: leaves out of a part what the reader gives.
    """
    for name in document_names(archive):
        if name in cut_already:
            found = cut_already[name]
        else:
            data = without_cells(name, archive.read(name))
            if not is_in_utf8(data):
                return True
            found = pieces(data)
        if not all(is_harmless(piece, words) for piece in found):
            return True
    return next(entry_name_traces(archive, words), None) is not None


def entry_name_traces(archive: zipfile.ZipFile, words: Vocabulary) -> Iterator[Trace]:
    """Identifiers in the names of a package's parts, and in the archive's own comment."""
    for text in (*archive.namelist(), archive.comment.decode("utf-8", "replace")):
        for kind in identifiers_in(text, words):
            yield Trace(kind, "entry_name")


# --- xlsx


_CELLS = (b"<sheetData", b"</sheetData>")
_FORMULA = re.compile(rb"<f[ >][^<]*")


def without_sheet_data(name: str, data: bytes) -> bytes:
    """A worksheet without the cells that the reader gives; with their formulas."""
    first, last = data.find(_CELLS[0]), data.rfind(_CELLS[1])
    if first == -1 or last < first:
        return data
    cells = data[first:last]
    if b"<!" in cells or b"<rPh" in cells or b"<extLst" in cells:
        return data
    formulas = b"".join(set(_FORMULA.findall(cells))) if b"<f" in cells else b""
    return data[:first] + formulas + data[last:]


_XLSX_ELEMENTS = {
    "headerFooter": "header_footer",
    "dataValidation": "validation",
    "cfRule": "formula",
    "definedName": "defined_name",
    "author": "comment_author",
    "person": "comment_author",
    "hyperlink": "link",
    "Relationship": "link",
}
_XLSX_FOLDERS = (
    ("docProps/", "property"),
    ("xl/externalLinks/", "external_link"),
    ("xl/pivot", "pivot"),
    ("xl/charts/", "chart"),
    ("xl/drawings/", "text_box"),
    ("xl/diagrams/", "text_box"),
)


def xlsx_places(archive: zipfile.ZipFile, shown_by_part: Mapping[str, str]) -> Places:
    """How to name the places of a workbook whose worksheets' parts are shown under these names."""
    sheets = {**shown_by_part, **_parts_of_sheets(archive, shown_by_part)}

    def place(part: str, around: tuple[Element, ...]) -> Place:
        sheet = sheets.get(part)
        for name, attributes in reversed(around):
            if name in ("comment", "threadedComment"):
                return Place("comment", sheet, _address(attributes.get("ref")))
            if name == "c" and part in shown_by_part:
                where = "formula" if around[-1][0] == "f" else "cell"
                return Place(where, sheet, _address(attributes.get("r")))
            if name in _XLSX_ELEMENTS:
                return Place(_XLSX_ELEMENTS[name], sheet, _address(attributes.get("ref")))
        where = next((where for start, where in _XLSX_FOLDERS if part.startswith(start)), "hidden_text")
        detail = next((name for name, _ in reversed(around) if name in _PROPERTIES), "other")
        return Place(where, sheet, detail=detail if where == "property" else None)

    return place


def _parts_of_sheets(archive: zipfile.ZipFile, shown_by_part: Mapping[str, str]) -> dict[str, str]:
    """The comments, drawings and relations of each worksheet."""
    found: dict[str, str] = {}
    for part, sheet in shown_by_part.items():
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels"
        if relations not in archive.namelist():
            continue
        found[relations] = sheet
        for target in re.findall(rb'Target="([^"]*)"', archive.read(relations)):
            path = target.decode("utf-8", "replace")
            absolute = path.lstrip("/") if path.startswith("/") else posixpath.normpath(f"{folder}/{path}")
            found[absolute] = sheet
    return found


def _address(text: str | None) -> str | None:
    """A cell's address, if it is one: what a file says there is not to be trusted."""
    first = (text or "").partition(":")[0]
    return first.replace("$", "") if _ADDRESS.fullmatch(first) else None


_PROPERTIES = frozenset(
    {"creator", "lastModifiedBy", "initial-creator", "printed-by", "title", "subject", "keywords", "keyword"}
    | {"description", "category", "Company", "Manager", "HyperlinkBase", "contentStatus"}
)


def package_traces(
    archive: zipfile.ZipFile,
    parts: Iterable[str],
    places: Places,
    known: Collection[str],
    words: Vocabulary,
) -> Iterator[Trace]:
    """Identifiers in these parts of a package, with their place.

    known: texts that were looked at already, sheet names and cells; they are not said to be hidden.
    Raises DeclarationError.
    """
    for part in parts:
        found: list[Trace] = []
        data = archive.read(part)

        def take(text: FoundText, part: str = part, found: list[Trace] = found) -> None:
            if len(found) >= MOST_TRACES or len(text.text) < 5:
                return
            kinds = [k for k in identifiers_in(text.text, words) if text.is_read or k not in DIGITS_ONLY]
            if not kinds:
                return
            place = places(part, text.around)
            if place.where in ("hidden_text", "property") and text.text.strip() in known:
                return
            found += [Trace(kind, place.where, place.sheet, place.cell, place.detail) for kind in kinds]

        try:
            stream_texts(data, take)
        except expat.ExpatError:
            place = places(part, ())
            found += [
                Trace(kind, place.where, place.sheet)
                for text in loose_texts(data)
                for kind in identifiers_in(text, words)
                if kind not in DIGITS_ONLY or not text.startswith(("v:", "o:", "x:", "/"))
            ]
        yield from found


# --- ods


_ODS_ELEMENTS = {
    "named-range": "defined_name",
    "named-expression": "defined_name",
    "content-validation": "validation",
    "header": "header_footer",
    "header-left": "header_footer",
    "header-first": "header_footer",
    "footer": "header_footer",
    "footer-left": "header_footer",
    "footer-first": "header_footer",
    "a": "link",
}
_ODS_SHAPES = frozenset(
    {"frame", "text-box", "custom-shape", "shapes", "rect", "ellipse", "line", "g", "object", "caption"}
)


@dataclass
class _Position:
    """Where the stream of an ods content stands: sheet (from 0), row and column (from 0)."""

    sheet: int = -1
    depth: int = 0
    row: int = 0
    column: int = 0
    rows: int = 1
    columns: int = 1

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            self.depth += 1
            if self.depth == 1:
                self.sheet, self.row = self.sheet + 1, 0
        elif self.depth == 1 and name == "table-row":
            self.column, self.rows = 0, _repeated(attributes, "table:number-rows-repeated")
        elif self.depth == 1 and name in _ODS_CELLS:
            self.columns = _repeated(attributes, "table:number-columns-repeated")

    def end(self, name: str) -> None:
        if name == "table":
            self.depth -= 1
        elif self.depth == 1 and name == "table-row":
            self.row += self.rows
        elif self.depth == 1 and name in _ODS_CELLS:
            self.column += self.columns


_ODS_CELLS = ("table-cell", "covered-table-cell")


def _repeated(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1


def content_traces(
    data: bytes,
    shown: Sequence[str],
    address: Callable[[int, int], str],
    known: Collection[str],
    words: Vocabulary,
) -> list[Trace]:
    """Identifiers in an ods content besides its cells' values. Raises DeclarationError, ExpatError."""
    found: list[Trace] = []
    position = _Position()

    def take(text: FoundText) -> None:
        if len(found) >= MOST_TRACES or len(text.text) < 5:
            return
        kinds = [k for k in identifiers_in(text.text, words) if text.is_read or k not in DIGITS_ONLY]
        if not kinds:
            return
        names = [name for name, _ in text.around]
        sheet = shown[position.sheet] if position.depth and position.sheet < len(shown) else None
        in_cell = any(name in _ODS_CELLS for name in names)
        cell = address(position.row, position.column) if in_cell else None
        where = _ods_where(names, in_cell, is_formula=text.text.startswith(("of:", "=", "oooc:")))
        if where in ("cell", "hidden_text") and text.text.strip() in known:
            return
        found.extend(Trace(kind, where, sheet, cell) for kind in kinds)

    stream_texts(data, take, position.begin, position.end)
    return found


def _ods_where(names: Sequence[str], in_cell: bool, is_formula: bool) -> str:
    if "annotation" in names:
        return "comment"
    if not _ODS_SHAPES.isdisjoint(names):
        return "text_box"
    for name in reversed(names):
        if name in _ODS_ELEMENTS:
            return _ODS_ELEMENTS[name]
    if in_cell:
        return "formula" if is_formula else "cell"
    return "hidden_text"


def ods_places(part: str, around: tuple[Element, ...]) -> Place:
    """How to name the places of a spreadsheet's other parts."""
    names = [name for name, _ in around]
    for name in reversed(names):
        if name in _ODS_ELEMENTS and name != "a":
            return Place(_ODS_ELEMENTS[name])
    if part == "meta.xml":
        return Place(
            "property", detail=next((name for name in reversed(names) if name in _PROPERTIES), "other")
        )
    return Place("hidden_text")
