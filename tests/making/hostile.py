"""Files made to hurt whoever opens them: bombs, loops, commands, names that lead elsewhere.

Lives here: the bytes of such files, and harmless ones that look a little like them.
Must not live here: files that are merely broken or locked (`containers`), what the reader says of these.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial

from tests.making.books import zip_of
from tests.making.containers import ole_file, xlsm, zip_as_listed, zip_bomb
from tests.making.identifiers import TAX_CODE
from tests.making.opendocument import write_ods
from tests.making.samples import sample

_MEBIBYTE = 1 << 20
_SECTOR = 512
_WORKBOOK = "xl/workbook.xml"
_SHEET = "xl/worksheets/sheet1.xml"
_LINE = b"UM/01;12;34\n"
_EXTERNAL = '<!DOCTYPE root [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
_DTD_ELSEWHERE = '<!DOCTYPE root SYSTEM "http://127.0.0.1:9/x.dtd">'
COMMAND = "cmd|'/C calc'!A0"

Make = Callable[[], bytes]


# --- packages changed in one part


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A package in which one part (b"" where it has none of this name) is changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    return zip_of({**parts, name: change(parts.get(name, b""))}.items())


def _xlsx(name: str, change: Callable[[bytes], bytes]) -> bytes:
    return with_part(sample("taranto").data, name, change)


def _ods(change: Callable[[bytes], bytes]) -> bytes:
    return with_part(sample("bolzano").data, "content.xml", change)


def _after_declaration(text: str) -> Callable[[bytes], bytes]:
    return lambda part: re.sub(rb"^(<\?xml[^>]*\?>)?", lambda match: match[0] + text.encode(), part, count=1)


def _replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(part: bytes) -> bytes:
        assert old in part, old
        return part.replace(old, new, 1)

    return change


# --- bombs


def _deflated(pieces: int, piece: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    return b"".join([*(packer.compress(piece) for _ in range(pieces)), packer.flush()])


def _zip_of_one(name: str, pieces: int, piece: bytes) -> bytes:
    """A zip of one entry that repeats a piece: written as it would be, without holding it unpacked."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w", force_zip64=True) as stream,
    ):
        for _ in range(pieces):
            stream.write(piece)
    return packed.getvalue()


def nested_bomb() -> bytes:
    """Zips within zips, four deep, ten in each: a thousand million lines in all."""
    data = _zip_of_one("dati.csv", 64, _LINE * 100_000)
    for depth in range(3):
        data = zip_of((f"{depth}-{number}.zip", data) for number in range(10))
    return data


def overlapping_bomb() -> bytes:
    """Two hundred entries that all unpack the same bytes: 40 MB each, of a file of few."""
    return _with_shared_entries(200, _LINE * 3_500_000)


def _with_shared_entries(entries: int, content: bytes) -> bytes:
    """A zip whose list names the same local entry many times."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(content) + packed.flush()
    facts = struct.pack("<IIII", 0, zlib.crc32(content), len(body), len(content))
    local = b"PK\x03\x04" + struct.pack("<HHH", 20, 0, 8) + facts + struct.pack("<HH", 5, 0) + b"a.csv" + body
    listed = b"".join(
        b"PK\x01\x02"
        + struct.pack("<HHHH", 20, 20, 0, 8)
        + facts
        + struct.pack("<HHHHHII", 9, 0, 0, 0, 0, 0, 0)
        + b"%05d.csv" % number
        for number in range(entries)
    )
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, entries, entries, len(listed), len(local), 0)
    return local + listed + end


def overlapping_small() -> bytes:
    """The same within the limit of size: forty entries of one megabyte each."""
    return _with_shared_entries(40, _LINE * 80_000)


def many_entries() -> bytes:
    """A zip of sixty thousand empty files."""
    return zip_of((f"{number}.csv", b"") for number in range(60_000))


def wide_sheet() -> bytes:
    """A workbook of few bytes whose sheet unpacks to 200 MB of rows that hold numbers."""
    row = b'<row><c><v>1</v></c><c><v>2</v></c><c t="str"><v>tre</v></c></row>'
    pieces = 200 * _MEBIBYTE // (len(row) * 10_000)
    return _with_big_part(
        _SHEET, pieces, row * 10_000, b"<worksheet><sheetData>", b"</sheetData></worksheet>"
    )


def _with_big_part(name: str, pieces: int, piece: bytes, before: bytes, after: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(sample("taranto").data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, content in parts.items():
            if part != name:
                archive.writestr(part, content)
        with archive.open(name, "w") as stream:
            stream.write(before)
            for _ in range(pieces):
                stream.write(piece)
            stream.write(after)
    return packed.getvalue()


def deep_elements() -> bytes:
    """A workbook with a hundred thousand elements, each within the one before, and a person in the last."""
    deep = b'<a b="c">' * 100_000 + TAX_CODE.encode() + b"</a>" * 100_000
    return _xlsx("docProps/custom.xml", lambda part: b"<Properties>" + deep + b"</Properties>")


def shared_text() -> bytes:
    """A workbook with one text of a megabyte that three thousand cells share."""
    cells = b'<row r="9000">' + b'<c t="s"><v>0</v></c>' * 3000 + b"</row></sheetData>"
    text = b"<sst><si><t>" + b"x" * _MEBIBYTE + b"</t></si></sst>"
    with_text = _xlsx("xl/sharedStrings.xml", lambda part: text)
    relation = (
        b'<Relationship Id="rId900" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    with_text = with_part(with_text, "xl/_rels/workbook.xml.rels", _replaced(b"</Relationships>", relation))
    return with_part(with_text, _SHEET, _replaced(b"</sheetData>", cells))


def long_line() -> bytes:
    """A CSV of 200 MB in one line."""
    return b"sede;valore\n" + b"12;" * (200 * _MEBIBYTE // 3)


def zipped_long_line() -> bytes:
    """A zip of few bytes with that CSV in it."""
    return _zip_of_one("dati.csv", 200, b"12;4" * (_MEBIBYTE // 4))


def million_cells() -> bytes:
    """A CSV of half a million rows."""
    return b"sede;data;valore\n" + _LINE * 500_000


def empty_lines() -> bytes:
    """Genova's return with twelve million lines after it that hold nothing."""
    return sample("genova").data + b"\r\n" * 12_000_000


def far_formula() -> bytes:
    """A workbook of which only our own look at formulas knows that it has a row so far down."""
    cell = b'<row r="9999999"><c r="A9999999"><f>1+1</f></c></row></sheetData>'
    return _xlsx(_SHEET, _replaced(b"</sheetData>", cell))


def listed_entries() -> bytes:
    """A zip of nothing but its list, as long as a file may be."""
    entry = b"PK\x01\x02" + struct.pack("<HHHHIIIIHHHHHII", 20, 20, 0, 8, 0, 0, 0, 0, 1, *[0] * 6) + b"a"
    listed = entry * 690_000
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65_535, 65_535, len(listed), 4, 0)
    return b"PK\x03\x04" + listed + end


def refused_cells(rows: int) -> bytes:
    """Taranto's workbook with so many rows of ten texts, each another, below its own."""
    cells = b"".join(
        b'<row r="%d">' % row
        + b"".join(
            b'<c r="%s%d" t="inlineStr"><is><t>Voce %d %d</t></is></c>' % (letter.encode(), row, row, place)
            for place, letter in enumerate("ABCDEFGHIJ")
        )
        + b"</row>"
        for row in range(1000, 1000 + rows)
    )
    return _xlsx(_SHEET, _replaced(b"</sheetData>", cells + b"</sheetData>"))


# --- sheets


def sheets_xlsx(count: int) -> bytes:
    """A workbook of so many sheets, each with a cell."""
    numbers = range(1000, 1000 + count)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheets = "".join(f'<sheet name="F{n}" sheetId="{n}" r:id="rIdF{n}"/>' for n in numbers)
    targets = "".join(
        f'<Relationship Id="rIdF{n}" Type="{relation}/worksheet" Target="/xl/worksheets/f{n}.xml"/>'
        for n in numbers
    )
    with zipfile.ZipFile(io.BytesIO(sample("taranto").data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    relations = "xl/_rels/workbook.xml.rels"
    parts[_WORKBOOK] = re.sub(rb"</(\w+:)?sheets>", lambda end: sheets.encode() + end[0], parts[_WORKBOOK])
    if b"xmlns:r=" not in parts[_WORKBOOK]:
        parts[_WORKBOOK] = parts[_WORKBOOK].replace(b"<sheets>", f'<sheets xmlns:r="{relation}">'.encode())
    parts[relations] = parts[relations].replace(b"</Relationships>", targets.encode() + b"</Relationships>")
    sheet = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    return zip_of([*parts.items(), *((f"xl/worksheets/f{n}.xml", sheet) for n in numbers)])


def sheets_ods(count: int) -> bytes:
    """A spreadsheet of so many sheets."""
    return write_ods({f"F{number}": [[1]] for number in range(count)})


def sheets_zip(count: int) -> bytes:
    """A zip of so many CSV files."""
    return zip_of((f"f{number}.csv", b"a;b\n1;2\n") for number in range(count))


# --- dimensions


def stated_dimension(reference: str) -> bytes:
    """A workbook whose every sheet says that it reaches as far as this; its cells are where they were."""
    with zipfile.ZipFile(io.BytesIO(sample("taranto").data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    tag = f'<dimension ref="{reference}"/>'.encode()
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            without = re.sub(rb"<dimension [^>]*/>", b"", part)
            at = without.index(b"<sheetViews") if b"<sheetViews" in without else without.index(b"<sheetData")
            parts[name] = without[:at] + tag + without[at:]
    return zip_of(parts.items())


def cell_in_row(row: int) -> bytes:
    """A workbook with a cell in this row."""
    cell = f'<row r="{row}"><c r="A{row}"><v>1</v></c></row></sheetData>'
    return _xlsx(_SHEET, _replaced(b"</sheetData>", cell.encode()))


def repeated_rows(count: int, inside: str) -> bytes:
    """A spreadsheet of which the last sheet has, below its rows, one said to be repeated so many times."""
    row = f'<table:table-row table:number-rows-repeated="{count}">{inside}</table:table-row>'.encode()

    def change(content: bytes) -> bytes:
        at = content.rindex(b"<table:table-row table:number-rows-repeated=")
        return content[:at] + row + content[at:]

    return _ods(change)


def xls_of_rows(count: int) -> bytes:
    """A legacy workbook whose sheets say that they have so many rows."""
    return re.sub(
        rb"(\x00\x02\x0e\x00....)....",
        lambda match: match[1] + struct.pack("<I", count),
        sample("palermo").data,
        flags=re.DOTALL,
    )


# --- compound files that run in circles


def _looping(where: str) -> bytes:
    """Palermo's workbook with a chain of sectors, or a branch of its directory, that leads to itself."""
    data = bytearray(sample("palermo").data)
    table = (struct.unpack_from("<I", data, 76)[0] + 1) * _SECTOR
    directory_start = struct.unpack_from("<I", data, 48)[0]
    directory = (directory_start + 1) * _SECTOR
    entry = next(
        at
        for at in range(directory, directory + _SECTOR, 128)
        if data[at : at + 16] == "Workbook".encode("utf-16-le")
    )
    start = struct.unpack_from("<I", data, entry + 116)[0]
    if where == "stream":
        struct.pack_into("<I", data, table + 4 * (start + 3), start)
    elif where == "directory chain":
        struct.pack_into("<I", data, table + 4 * directory_start, directory_start)
    elif where == "directory tree":
        number = (entry - directory) // 128
        struct.pack_into("<III", data, entry + 68, number, number, number)
    elif where == "table of tables":
        struct.pack_into("<II", data, 68, start, 1 << 20)
        struct.pack_into("<I", data, (start + 1) * _SECTOR + 508, start)
    return bytes(data)


def small_stream_loop() -> bytes:
    """A compound file whose directory, table and stream are all the same sector."""
    data = bytearray(ole_file({"Workbook": b"\x09\x08\x10\x00\x00\x06\x05\x00" * 700}))
    struct.pack_into("<I", data, _SECTOR + 8, 2)
    return bytes(data)


# --- formulas that start something


def xlsx_formula(formula: str) -> bytes:
    """A workbook with a formula, and its value, in a cell below all others."""
    cell = f'<row r="9000"><c r="A9000"><f>{formula}</f><v>1</v></c></row></sheetData>'
    return _xlsx(_SHEET, _replaced(b"</sheetData>", cell.encode()))


def xlsx_dde_link(part: str = "xl/externalLinks/externalLink1.xml") -> bytes:
    """A workbook with a link to a program in a part of this name."""
    link = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/C calc"><ddeItems/></ddeLink></externalLink>'
    return _xlsx(part, lambda content: link)


def xlsx_link_to_a_workbook() -> bytes:
    """A workbook with a link to another workbook, as many offices have."""
    link = b"<externalLink><externalBook><sheetNames/></externalBook></externalLink>"
    return _xlsx("xl/externalLinks/externalLink1.xml", lambda part: link)


def ods_formula(formula: str) -> bytes:
    """A spreadsheet with a formula in a row below all others."""
    cell = f'<table:table-cell table:formula="{formula}" office:value-type="float" office:value="1"/>'
    return repeated_rows(1, cell)


def ods_dde_link() -> bytes:
    """A spreadsheet with a link to a program."""
    link = '<office:dde-source office:dde-application="cmd" office:dde-topic="/C" office:dde-item="calc"/>'
    return _ods(_replaced(b"</office:spreadsheet>", f"{link}</office:spreadsheet>".encode()))


def xls_dde_link() -> bytes:
    """A legacy workbook in which a font gave way to a link to a program."""
    data = bytearray(sample("palermo").data)
    found = re.search(rb"\x31\x00[\x10-\x40]\x00", data)
    assert found is not None
    at = found.start()
    link = struct.pack("<HHB", 0, 6, 0) + b"cmd\x03/C"
    data[at : at + 2] = b"\xae\x01"
    data[at + 4 : at + 4 + len(link)] = link
    return bytes(data)


def csv_cell(text: str) -> bytes:
    """Genova's return with this text in a cell of a line after the last."""
    return sample("genova").data + f'"{text}"\r\n'.encode()


def renamed_macros() -> bytes:
    """A workbook with macros in a part of another name, as its list of types says."""
    data = xlsm().replace(b"vbaProject.bin", b"progetto00.bin")
    kind = b"application/vnd.ms-office.vbaProject"
    override = b'<Override PartName="/xl/progetto00.bin" ContentType="' + kind + b'"/></Types>'
    return with_part(data, "[Content_Types].xml", _replaced(b"</Types>", override))


def macro_sheet() -> bytes:
    """A legacy workbook of which a sheet is one of commands (Excel 4)."""
    data = bytearray(sample("palermo").data)
    at = data.index(b"\x85\x00")
    data[at + 9] = 1
    return bytes(data)


# --- names


def named(name: str) -> bytes:
    """A zip of a CSV under this name."""
    return zip_of([("accessi.csv", b"a;b\n1;2\n"), (name, b"a;b\n1;2\n")])


def twice() -> bytes:
    """Milano's zip in which one name stands twice, with other figures the second time."""
    with zipfile.ZipFile(io.BytesIO(sample("milano").data)) as archive:
        entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
    name, content = entries[0]
    return zip_as_listed([*entries, (name, content.replace(b"1", b"2"))])


TRICKY_NAMES = (
    "../../accessi2.csv",
    "a/../../b.csv",
    "/tmp/accessi2.csv",
    "\\\\server\\cartella\\accessi2.csv",
    "..\\..\\accessi2.csv",
    "C:\\accessi2.csv",
    "accessi\x1b[2J.csv",
    "accessi\r\nfatto.csv",
    "accessi\u202evsc.csv",
)


def xls_with_orders_in_a_sheet_name() -> bytes:
    """A legacy workbook of which a sheet's name holds what clears a terminal."""
    data = sample("palermo").data
    found = re.search(rb"\x85\x00..(.{6})(.)\x00(.{4})", data, re.DOTALL)
    assert found is not None
    return data[: found.start(3)] + b"\x1b[2J" + data[found.end(3) :]


HOSTILE: dict[str, tuple[str, Make]] = {
    "zips within zips": ("unknown_format", nested_bomb),
    "entries that overlap, beyond the limit": ("too_large", overlapping_bomb),
    "entries that overlap, within the limit": ("unsafe_archive", overlapping_small),
    "a bomb by its announced size": ("too_large", zip_bomb),
    "a csv of 300 MB in a small zip": ("too_large", partial(_zip_of_one, "a.csv", 300, _LINE * 90_000)),
    "a sheet of 200 MB in a small xlsx": ("too_large", wide_sheet),
    "sixty thousand entries": ("too_large", many_entries),
    "elements within elements": ("too_long", deep_elements),
    "a text of a megabyte in 3000 cells": ("too_large", shared_text),
    "a line of 200 MB": ("too_large", long_line),
    "a line of 200 MB in a small zip": ("long_line", zipped_long_line),
    "a csv of half a million rows": ("too_many_cells", million_cells),
    "a csv of twelve million empty lines": ("too_many_cells", empty_lines),
    "a formula without a value in row 9,999,999": ("too_many_cells", far_formula),
    "an empty list of 690,000 entries": ("too_large", listed_entries),
    "an entity from elsewhere, sheet": ("entities", lambda: _xlsx(_SHEET, _after_declaration(_EXTERNAL))),
    "an entity from elsewhere, list of sheets": (
        "entities",
        lambda: _xlsx(_WORKBOOK, _after_declaration(_EXTERNAL)),
    ),
    "an entity from elsewhere, ods": ("entities", lambda: _ods(_after_declaration(_EXTERNAL))),
    "an entity from elsewhere, properties": (
        "entities",
        lambda: _xlsx("docProps/core.xml", _after_declaration(_EXTERNAL)),
    ),
    "a DTD from elsewhere": ("entities", lambda: _xlsx(_SHEET, _after_declaration(_DTD_ELSEWHERE))),
    "an entity in UTF-16": (
        "entities",
        lambda: _xlsx(
            "docProps/core.xml", lambda part: f'<?xml version="1.0"?>{_EXTERNAL}<a/>'.encode("utf-16")
        ),
    ),
    **{
        f"a loop in the {where}": ("broken", partial(_looping, where))
        for where in ("stream", "directory chain", "directory tree", "table of tables")
    },
    "a loop of one sector": ("broken", small_stream_loop),
    "macros under another name": ("macros", renamed_macros),
    "a sheet of commands": ("unknown_sheet_type", macro_sheet),
    "a command in a formula, xlsx": ("commands", partial(xlsx_formula, COMMAND)),
    "a link to a program, xlsx": ("commands", xlsx_dde_link),
    "a command in a formula, its bar as an entity": (
        "commands",
        partial(xlsx_formula, COMMAND.replace("|", "&#124;")),
    ),
    "a command in a formula, as CDATA": ("commands", partial(xlsx_formula, f"<![CDATA[{COMMAND}]]>")),
    "a link to a program in a part of another name": (
        "commands",
        partial(xlsx_dde_link, "xl/altro/parte1.xml"),
    ),
    "a command in a formula, ods, in small letters": (
        "commands",
        partial(ods_formula, "of:=dde&#40;&quot;cmd&quot;;&quot;/C calc&quot;;&quot;x&quot;)"),
    ),
    "a command in a formula, ods": (
        "commands",
        partial(ods_formula, "of:=DDE(&quot;cmd&quot;;&quot;/C calc&quot;;&quot;x&quot;)"),
    ),
    "a link to a program, ods": ("commands", ods_dde_link),
    "a link to a program, xls": ("commands", xls_dde_link),
    "a command in a csv": ("commands", partial(csv_cell, f"={COMMAND}")),
    "a command behind a sum in a csv": ("commands", partial(csv_cell, f" @SUM(1+1)*{COMMAND}")),
    "a cell in row 100 million, xlsx": ("too_large", partial(cell_in_row, 100_000_000)),
    "100 million filled rows, ods": (
        "too_many_cells",
        partial(repeated_rows, 100_000_000, '<table:table-cell office:value-type="float" office:value="1"/>'),
    ),
    "100 million rows, xls": ("too_large", partial(xls_of_rows, 100_000_000)),
    "10,000 sheets, xlsx": ("too_many_sheets", partial(sheets_xlsx, 10_000)),
    "10,000 sheets, ods": ("too_many_sheets", partial(sheets_ods, 10_000)),
    "10,000 files in a zip": ("too_many_sheets", partial(sheets_zip, 10_000)),
    "a name twice": ("unsafe_archive", twice),
    "the same name in capitals": ("unsafe_archive", partial(named, "ACCESSI.CSV")),
    "orders to a terminal in a sheet's name": ("broken", xls_with_orders_in_a_sheet_name),
    **{f"a name like {name!a}": ("unsafe_archive", partial(named, name)) for name in TRICKY_NAMES},
}
"""What it is -> the reason for which it is refused, and how it is made."""

HARMLESS: dict[str, Make] = {
    "a sheet said to have 100 million rows, xlsx": partial(stated_dimension, "A1:XFD100000000"),
    "a sheet said to be empty, xlsx": partial(stated_dimension, "A1"),
    "100 million empty rows, ods": partial(repeated_rows, 100_000_000, "<table:table-cell/>"),
    "a sheet said to have every row there can be, xls": partial(xls_of_rows, 65_536),
    "a link to another workbook": xlsx_link_to_a_workbook,
    "a formula with a bar in a text": partial(xlsx_formula, "IF(A1=&quot;a|b!&quot;,1,Foglio2!A1)"),
    "a formula that joins texts with bars": partial(xlsx_formula, 'A1&amp;"|"&amp;Foglio2!A1'),
}
"""What it is -> how it is made: a city's sample with a trait that real files have."""


def with_tax_code_in_a_tricky_name() -> bytes:
    """A zip whose entry leads elsewhere and is called by a person's tax code."""
    return named(f"../../{TAX_CODE}.csv")


def locked_with_tax_code_in_a_name() -> bytes:
    """A zip under a password whose entry is called by a person's tax code."""
    data = bytearray(zip_of([(f"{TAX_CODE}.csv", b"a;b\n1;2\n")]))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def fullest_csv(size: int) -> bytes:
    """A table of text of exactly this size (in bytes), in rows of a thousand."""
    row = b"UM/01;" + b"x" * 992 + b";\n"
    data = b"sede;testo;\n" + row * (size // len(row))
    return data[: size - 1].ljust(size - 1, b"x") + b"\n"
