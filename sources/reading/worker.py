"""The child process that opens files: it imports only the reader and runs apart from the product.

Lives here: bytes to rows of plain values, for xlsx, xls, ods, csv and zip of csv; its own limits.
Must not live here: any import of the project but the rest of the reader and looking for personal identifiers
(`sources.personal`), which has to see the file's every text.

It speaks on standard input and output in frames of an 8-byte length and that many bytes: a request is
a JSON frame {"encoding", "separator", "limits", "words"} and a frame with the file; the answer is one JSON
frame, {"format", "sheets", "notes", "personal"} or {"refused": code, "detail": text, "personal"}. Nothing is
written to disk.
"""

from __future__ import annotations

import csv
import datetime as dt
import gc
import io
import json
import re
import resource
import struct
import sys
import zipfile
from collections import Counter
from functools import cache
from typing import Any, BinaryIO
from xml.parsers import expat

import python_calamine
import xlrd
from xlrd.book import SUPBOOK_DDEOLE

from sources.personal import looking
from sources.personal.documents import DeclarationError
from sources.personal.vocabulary import Vocabulary
from sources.reading.archives import DOCUMENTS, open_archive, refuse_unwhole
from sources.reading.commands import is_command, is_command_element, is_command_formula
from sources.reading.refusal import RefusedError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK"
SEPARATORS = ";,\t|"
SKIPPED_ENTRIES = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$)")
LEGACY_ENCODING = "cp1252"
XLS_PASSWORD = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
"""A FILEPASS record right after the workbook's first: the reader would call such a file broken."""

NO_TABLES = (
    (re.compile(rb"\s*%pdf-", re.IGNORECASE), "pdf"),
    (re.compile(rb"\s*\{\\rtf", re.IGNORECASE), "document"),
    (
        re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*|BM.{4}\x00{4}|RIFF.{4}WEBP", re.DOTALL),
        "picture",
    ),
    (re.compile(rb"(\xef\xbb\xbf)?\s*<(html|!doc|table|meta|head)", re.IGNORECASE), "web_page"),
    (re.compile(rb"(\xef\xbb\xbf)?\s*<\?xml", re.IGNORECASE), "unknown_format"),
)
"""How a file begins that is no table, whatever its name says, and what it is then called."""


MOST_SHEETS = 250
MOST_ROWS = 1_200_000
"""Of all sheets together, empty ones too: one sheet with a stray cell in Excel's last row is still read."""
LONGEST_LINE = 1 << 20
"""Of a text file, in bytes."""


def read_bytes(
    data: bytes,
    encoding: str | None,
    separator: str | None,
    max_size: int,
    max_cells: int,
    words: Vocabulary,
) -> dict[str, Any]:
    """The file's sheets as rows of values from A1 on, and what in it is personal. Raises RefusedError."""
    if not data.strip(b"\x00 \t\r\n"):
        raise RefusedError("empty")
    if data.startswith(OLE):
        return _xls(data, max_cells, words)
    if data.startswith(ZIP):
        return _zip(data, encoding, separator, max_size, max_cells, words)
    for begins, code in NO_TABLES:
        if begins.match(data):
            raise RefusedError(code)
    rows, notes = _csv(data, encoding, separator)
    sheets = _fitting([_sheet("", rows)], max_cells)
    return {
        "format": "csv",
        "sheets": sheets,
        "notes": {"": notes},
        "personal": looking.look_into_table(sheets, words),
    }


def _sheet(name: str, rows: list[list[Any]], visible: bool = True) -> dict[str, Any]:
    return {"name": name, "visible": visible, "rows": rows}


def _fitting(sheets: list[dict[str, Any]], max_cells: int) -> list[dict[str, Any]]:
    """The sheets, if they are not too much to judge and start no program. Raises RefusedError."""
    filled = between = 0
    if sum(len(sheet["rows"]) for sheet in sheets) > MOST_ROWS:
        raise RefusedError("too_many_cells")
    for sheet in sheets:
        if _CONTROLS.search(sheet["name"]):
            raise RefusedError("broken", "sheet name")
        for row in sheet["rows"]:
            blanks = row.count("")
            filled += len(row) - blanks
            between += blanks
            if any(isinstance(value, str) and is_command(value) for value in row):
                raise RefusedError("commands")
        if filled > max_cells or between > _BLANKS_TO_A_CELL * max_cells:
            raise RefusedError("too_many_cells")
    return sheets


_BLANKS_TO_A_CELL = 10
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _xls(data: bytes, max_cells: int, words: Vocabulary) -> dict[str, Any]:
    names = {name for name in ("EncryptedPackage", "_VBA_PROJECT_CUR", "Workbook", "Book", "WordDocument")
             if name.encode("utf-16-le") in data}  # fmt: skip
    if "EncryptedPackage" in names or XLS_PASSWORD.search(data):
        raise RefusedError("encrypted")
    if "_VBA_PROJECT_CUR" in names:
        raise RefusedError("macros")
    if "WordDocument" in names and "Workbook" not in names:
        raise RefusedError("document")
    # xlrd first: it notices chains of sectors that run in a circle, along which the other reader never ends.
    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
    if SUPBOOK_DDEOLE in book._supbook_types:  # type: ignore[attr-defined]  # noqa: SLF001 - told nowhere else
        raise RefusedError("commands")
    sheets = _fitting(_marked(_calamine(data), _xls_marks(book)), max_cells)
    return {
        "format": "xls",
        "sheets": sheets,
        "notes": {},
        "personal": looking.look_into_xls(data, book, sheets, words),
    }


def _zip(
    data: bytes,
    encoding: str | None,
    separator: str | None,
    max_size: int,
    max_cells: int,
    words: Vocabulary,
) -> dict[str, Any]:
    archive = open_archive(data, max_size)
    entries = [info for info in archive.infolist() if not info.is_dir()]
    names = {info.filename for info in entries}
    if any(name.rsplit("/", 1)[-1].lower() == "vbaproject.bin" for name in names):
        raise RefusedError("macros")
    if "xl/workbook.xml" in names:
        refuse_unwhole(archive, entries)
        return _xlsx(data, archive, max_cells, words)
    if _is_document(archive, names):
        raise RefusedError("document")
    if "content.xml" in names and "mimetype" in names:
        return _ods(data, archive, entries, max_cells, words)
    entries = [info for info in entries if not SKIPPED_ENTRIES.search(info.filename)]
    if not entries:
        raise RefusedError("empty")
    if not all(info.filename.lower().endswith((".csv", ".txt")) for info in entries):
        raise RefusedError("unknown_format")
    if len(entries) > MOST_SHEETS:
        raise RefusedError("too_many_sheets")
    refuse_unwhole(archive, entries)
    sheets, notes = [], {}
    base_names = Counter(info.filename.rsplit("/", 1)[-1] for info in entries)
    for info in entries:
        # The folder that was zipped does not matter, as long as no name stands twice.
        base = info.filename.rsplit("/", 1)[-1]
        name = base if base_names[base] == 1 else info.filename
        rows, notes[name] = _csv(archive.read(info), encoding, separator)
        sheets.append(_sheet(name, rows))
    sheets = _fitting(sheets, max_cells)
    personal = looking.look_into_archive(archive, sheets, words)
    return {"format": "zip", "sheets": sheets, "notes": notes, "personal": personal}


def _is_document(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Whether the package is an office document, but no spreadsheet."""
    if "content.xml" in names and "mimetype" in names:
        return archive.read("mimetype")[:100].strip() != b"application/vnd.oasis.opendocument.spreadsheet"
    return "word/document.xml" in names


def _xlsx(data: bytes, archive: zipfile.ZipFile, max_cells: int, words: Vocabulary) -> dict[str, Any]:
    if any(mark in archive.read("[Content_Types].xml") for mark in (b"macroEnabled", b"vbaProject")):
        raise RefusedError("macros")
    # Any part may be such a link: not its name says so, but a relation.
    documents = (name for name in archive.namelist() if name.lower().endswith(DOCUMENTS))
    if any(_DDE_LINK.search(archive.read(name)) for name in documents):
        raise RefusedError("commands")
    sheets, parts = _calamine(data), _xlsx_sheet_files(archive)
    sheets = _fitting(_marked(sheets, _xlsx_marks(archive, parts)), max_cells)
    personal = looking.look_into_xlsx(archive, parts, sheets, words)
    return {"format": "xlsx", "sheets": sheets, "notes": {}, "personal": personal}


_DDE_LINK = re.compile(rb"<(?:\w+:)?ddeLink[\s/>]")


def _ods(
    data: bytes,
    archive: zipfile.ZipFile,
    entries: list[zipfile.ZipInfo],
    max_cells: int,
    words: Vocabulary,
) -> dict[str, Any]:
    names = {info.filename for info in entries}
    if b"encryption-data" in _entry(archive, "META-INF/manifest.xml", names):
        raise RefusedError("encrypted")
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise RefusedError("macros")
    refuse_unwhole(archive, entries)
    content = archive.read("content.xml")
    cut = Counter(content.split(b"<"))
    if any(is_command_element(piece) for piece in cut):
        raise RefusedError("commands")
    sheets = _marked(_calamine(data), _ods_marks(content) if _is_doubtful(cut) else {})
    sheets = _fitting(sheets, max_cells)
    personal = looking.look_into_ods(archive, cut, sheets, words)
    return {"format": "ods", "sheets": sheets, "notes": {}, "personal": personal}


def _entry(archive: zipfile.ZipFile, name: str, names: set[str]) -> bytes:
    return archive.read(name) if name in names else b""


def _calamine(data: bytes) -> list[dict[str, Any]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError as error:
        raise RefusedError("encrypted") from error
    if len(book.sheet_names) > MOST_SHEETS:
        raise RefusedError("too_many_sheets")
    sheets = []
    for meta in book.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            raise RefusedError("unknown_sheet_type", meta.name)
        rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
        for row in rows:
            while row and row[-1] == "":
                row.pop()  # each row comes as wide as the widest
        sheets.append(_sheet(meta.name, rows, meta.visible == python_calamine.SheetVisibleEnum.Visible))
    return sheets


# --- cells that hold something for which the reader gives an empty cell, which would pass for "not reported"


def _marked(sheets: list[dict[str, Any]], marks: dict[str, list[Mark]]) -> list[dict[str, Any]]:
    """Put a mark into each cell that is not blank in the file but blank to the reader.

    A formula without a stored value is {"formula": true}; an error or an untyped text is that text.
    """
    by_name = {sheet["name"]: sheet["rows"] for sheet in sheets}
    for name, cells in marks.items():
        rows = by_name.get(name)
        if rows is None:
            continue
        for row, column, mark in cells:
            while len(rows) <= row:
                rows.append([])
            while len(rows[row]) <= column:
                rows[row].append("")
            if rows[row][column] == "":
                rows[row][column] = mark
    return sheets


Mark = tuple[int, int, Any]
_FORMULA = {"formula": True}


def _xls_marks(book: xlrd.Book) -> dict[str, list[Mark]]:
    """The error cells; a formula that was never computed cannot be told from an empty text here."""
    return {
        sheet.name: [
            (row, column, xlrd.error_text_from_code.get(int(sheet.cell_value(row, column)), "#ERR"))
            for row in range(sheet.nrows)
            for column, kind in enumerate(sheet.row_types(row))
            if kind == xlrd.XL_CELL_ERROR
        ]
        for sheet in book.sheets()
    }


def _xlsx_marks(archive: zipfile.ZipFile, parts: dict[str, str]) -> dict[str, list[Mark]]:
    found = {}
    for name, file in parts.items():
        data = archive.read(file)
        if _may_hold_marks(data):
            cells = _xlsx_cells(data)
            if cells:
                found[name] = cells
    return found


def _may_hold_marks(data: bytes) -> bool:
    """Whether a sheet has a formula (not only `<formula1>`, of a validation) or an error."""
    return (
        (b"<f" in data and any(mark in data for mark in (b"<f>", b"<f ", b"<f/")))
        or (b":f" in data and any(mark in data for mark in (b":f>", b":f ", b":f/")))
        or b't="e"' in data
        or b"t='e'" in data
    )


def _xlsx_sheet_files(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> file in the package, through the workbook's relations."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.rsplit(":", 1)[-1] == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rsplit(":", 1)[-1] == "sheet":
            key = next((v for k, v in attributes.items() if k.rsplit(":", 1)[-1] == "id"), "")
            sheets[attributes.get("name", "")] = key

    _parse(archive.read("xl/_rels/workbook.xml.rels"), start=relation)
    _parse(archive.read("xl/workbook.xml"), start=sheet)
    files = {}
    names = set(archive.namelist())
    for name, key in sheets.items():
        target = targets.get(key, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in names:
            files[name] = path
    return files


_ADDRESS = re.compile(r"^([A-Z]{1,3})([0-9]{1,7})$")


def _xlsx_cells(data: bytes) -> list[Mark]:
    """The cells of a worksheet part that hold an error, or a formula but no stored value.

    Raises RefusedError for a formula that starts a program.
    """
    cells: list[Mark] = []
    state: dict[str, Any] = {"row": -1, "column": -1, "type": "", "formula": False, "in": False, "text": None}
    state["text_of_formula"] = None

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rsplit(":", 1)[-1]
        if tag == "row":
            state.update(row=int(attributes.get("r", state["row"] + 2)) - 1, column=-1)
        elif tag == "c":
            match = _ADDRESS.match(attributes.get("r", ""))
            row, column = state["row"], state["column"] + 1
            if match:
                row, column = int(match[2]) - 1, _column_number(match[1])
            state.update(row=row, column=column, type=attributes.get("t", ""), formula=False, text=None)
        elif tag == "f":
            state.update(formula=True, text_of_formula="")
        elif tag in ("v", "t"):
            state["in"] = True
            state["text"] = state["text"] or ""

    def text(content: str) -> None:
        if state["in"]:
            state["text"] += content
        elif state["text_of_formula"] is not None:
            state["text_of_formula"] += content

    def end(name: str) -> None:
        tag = name.rsplit(":", 1)[-1]
        if tag == "f":
            if is_command_formula(state["text_of_formula"] or ""):
                raise RefusedError("commands")
            state["text_of_formula"] = None
        if tag in ("v", "t"):
            state["in"] = False
        if tag != "c":
            return
        stored = state["text"]
        is_empty_text = stored is not None and state["type"] == "str"
        if state["type"] == "e":
            cells.append((state["row"], state["column"], stored or "#ERR"))
        elif state["formula"] and not stored and not is_empty_text:
            # (A formula whose stored result is the empty text is a blank cell.)
            cells.append((state["row"], state["column"], _FORMULA))

    _parse(data, start=start, text=text, end=end)
    return cells


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


_ODS_MARKS = (b"table:formula=", b'calcext:value-type="error"', b"calcext:value-type='error'")


def _is_doubtful(cut: Counter[bytes]) -> bool:
    """Whether some cell may show something and store no value: a formula, an error, or as many texts as
    types, as many numbers as values, that do not match (counting is many times faster than parsing).

    cut: a content's pieces, each from a tag to the next.
    """
    texts = types = numbers = values = 0
    for piece, times in cut.items():
        if piece.startswith(_PARAGRAPHS):
            texts += times
        elif b"office:value" in piece or b"table:formula=" in piece or b"calcext:" in piece:
            if any(mark in piece for mark in _ODS_MARKS):
                return True
            types += times * piece.count(b"office:value-type=")
            values += times * piece.count(b"office:value=")
            numbers += times * any(kind in piece for kind in _NUMBER_TYPES)
    return texts != types or numbers != values


_PARAGRAPHS = (b"text:p>", b"text:p ", b"text:p/>")
_NUMBER_TYPES = tuple(b'office:value-type="' + kind for kind in (b"float", b"percentage", b"currency"))


_MOST_REPEATED = 1000


def _ods_marks(data: bytes) -> dict[str, list[Mark]]:
    """The cells of a spreadsheet's content that show a text, or hold a formula, but store no value."""
    found: dict[str, list[Mark]] = {}
    state: dict[str, Any] = {
        "sheet": "",
        "row": 0,
        "column": 0,
        "rows": 1,
        "cell": None,
        "text": "",
        "note": 0,
    }

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            state.update(sheet=attributes.get("table:name", ""), row=0, column=0)
        elif name == "table:table-row":
            state.update(column=0, rows=int(attributes.get("table:number-rows-repeated", "1")))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            state.update(cell=attributes, text="")
        elif name == "office:annotation":
            state["note"] += 1

    def text(content: str) -> None:
        if state["cell"] is not None and not state["note"]:
            state["text"] += content

    def end(name: str) -> None:
        if name == "table:table-row":
            state["row"] += state["rows"]
        elif name == "office:annotation":
            state["note"] -= 1
        elif name in ("table:table-cell", "table:covered-table-cell"):
            cell, shown = state["cell"] or {}, state["text"].strip()
            repeat = int(cell.get("table:number-columns-repeated", "1"))
            mark = _FORMULA if "table:formula" in cell and not shown else shown
            if mark and not _stores_value(cell, shown):
                places = found.setdefault(state["sheet"], [])
                for row in range(min(state["rows"], _MOST_REPEATED)):
                    for column in range(min(repeat, _MOST_REPEATED)):
                        places.append((state["row"] + row, state["column"] + column, mark))
            state["column"] += repeat
            state["cell"] = None

    _parse(data, start=start, text=text, end=end)
    return found


def _stores_value(cell: dict[str, str], shown: str) -> bool:
    """Whether a cell stores its value; a formula whose stored result is the empty text does."""
    names = ("office:value", "office:date-value", "office:time-value", "office:boolean-value")
    return any(cell.get(name) for name in names) or ("office:string-value" in cell and not shown)


def _parse(data: bytes, start: Any = None, text: Any = None, end: Any = None) -> None:
    """Stream XML through handlers; a document with a DTD (entities) is refused."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise RefusedError("entities")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    if start:
        parser.StartElementHandler = start
    if text:
        parser.CharacterDataHandler = text
    if end:
        parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise RefusedError("truncated", str(error)) from error


# --- csv


def _csv(data: bytes, encoding: str | None, separator: str | None) -> tuple[list[list[str]], dict[str, str]]:
    """The rows of a text file, one a line. Raises RefusedError."""
    if _has_endless_line(data):
        raise RefusedError("long_line")
    text, found_encoding = _decode(data, encoding)
    found_separator = _separator(text, separator)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=found_separator, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            # A cell over several lines: keep row numbers equal to the lines of the file.
            while len(rows) < reader.line_num - 1 - _extra_lines(row):
                rows.append([])
            rows.append(row)
    except csv.Error as error:
        raise RefusedError(_reason_of(str(error)), str(error)) from error
    return rows, {"encoding": found_encoding, "separator": found_separator}


def _reason_of(problem: str) -> str:
    if "end of data" in problem:
        return "truncated"
    return "long_line" if "field limit" in problem else "not_table"


def _has_endless_line(data: bytes) -> bool:
    """Whether a line is longer than any table's, found without cutting the text into lines."""
    start = 0
    while len(data) - start > LONGEST_LINE:
        end = max(data.rfind(mark, start, start + LONGEST_LINE) for mark in (b"\n", b"\r"))
        if end == -1:
            return True
        start = end + 1
    return False


def _extra_lines(row: list[str]) -> int:
    return sum(len(_LINE_END.findall(cell)) for cell in row if "\n" in cell or "\r" in cell)


_LINE_END = re.compile(r"\r\n|\r|\n")


def _decode(data: bytes, declared: str | None) -> tuple[str, str]:
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(name), name
            except UnicodeDecodeError as error:
                raise RefusedError("truncated", str(error)) from error
    if b"\x00" in data:
        raise RefusedError("unknown_format")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        name = declared or LEGACY_ENCODING
        try:
            text = data.decode(name)
        except UnicodeDecodeError as error:
            raise RefusedError("unknown_format") from error
    controls = sum(1 for sign in text[:20000] if sign < " " and sign not in "\t\r\n")
    if controls:
        raise RefusedError("unknown_format")
    return text, name


def _separator(text: str, declared: str | None) -> str:
    """The separator with which most lines have the same number of cells, more than one."""
    lines = text.splitlines()[:200]

    def agreement(separator: str) -> tuple[int, int]:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        several = {cells: n for cells, n in counts.items() if cells > 1}
        if not several:
            return (0, 0)
        cells, number = max(several.items(), key=lambda item: (item[1], item[0]))
        return (number, cells)

    best = max(SEPARATORS, key=agreement)
    if declared and agreement(declared) >= agreement(best):
        return declared
    if agreement(best) == (0, 0):
        raise RefusedError("not_table")
    return best


# --- the loop


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time()
        return {"date": value.date().isoformat()} if is_day else {"time": value.isoformat(" ")}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    return {"time": str(value)}


def _answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    words = _vocabulary(*(tuple(request[name]) for name in _VOCABULARY))
    try:
        return read_bytes(
            data, request["encoding"], request["separator"], request["max_size"], request["max_cells"], words
        )
    except RefusedError as error:
        refusal = error
    except DeclarationError:
        refusal = RefusedError("entities")
    except MemoryError:
        return {"refused": "too_large", "detail": ""}
    except BaseException as error:  # noqa: BLE001 - the reader may panic past Exception
        refusal = RefusedError("broken", type(error).__name__)
    personal = _personal_in_refused(refusal, data, words)
    return {"refused": refusal.code, "detail": refusal.detail, "personal": personal}


_VOCABULARY = ("own_numbers", "office_words", "person_headings", "doubtful_headings", "service_words")


@cache
def _vocabulary(own_numbers: tuple[str, ...], *words: tuple[str, ...]) -> Vocabulary:
    return Vocabulary(own_numbers, *(frozenset(some) for some in words))


def _personal_in_refused(refusal: RefusedError, data: bytes, words: Vocabulary) -> list[Any]:
    """What can be seen in a file that is refused: its bytes are kept, unless it tells who a person is."""
    if refusal.code == "empty":
        return []
    try:
        if refusal.code in ("too_large", "encrypted"):
            return list(looking.look_into_entry_names(data, words))
        return list(looking.look_into_refused(data, words))
    except MemoryError:
        return []


def _limit(cpu_seconds: int, memory: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + cpu_seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (memory, resource.RLIM_INFINITY))


def _frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(8)
    if len(head) < 8:
        return None
    return stream.read(struct.unpack(">Q", head)[0])


_TOO_LARGE = b'{"refused": "too_large", "detail": ""}'


def main() -> None:
    """Answer requests until standard input ends."""
    gc.set_threshold(1_000_000, 5, 5)  # a file is many small values and hardly a cycle
    csv.field_size_limit(LONGEST_LINE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    while (head := _frame(sys.stdin.buffer)) is not None:
        data = _frame(sys.stdin.buffer)
        if data is None:
            return
        request = json.loads(head)
        _limit(request["cpu_seconds"], request["memory"])
        try:
            answer = json.dumps(_answer(request, data), default=_plain, ensure_ascii=False).encode()
        except MemoryError:
            answer = _TOO_LARGE
        if len(answer) > request["max_answer"]:
            answer = _TOO_LARGE
        sys.stdout.buffer.write(struct.pack(">Q", len(answer)) + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
