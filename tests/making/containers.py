"""Files that nobody should send: empty, cut off, locked, disguised, or made to hurt.

Lives here: the bytes of such files, each named for what it is.
Must not live here: what the reader says of them.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable

import openpyxl
from openpyxl.chart import BarChart

from tests.making.books import zip_of
from tests.making.opendocument import package_ods, write_ods
from tests.making.samples import sample

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ole_file(streams: dict[str, bytes]) -> bytes:
    """A compound file as old Office writes it: a header, one table of sectors, one directory, the streams."""
    padded = {name: max(1, -(-len(data) // _SECTOR)) for name, data in streams.items()}
    first = 2  # sector 0 is the table, sector 1 the directory
    table = [_FAT, _END]
    directory = _entry("Root Entry", 5, _FREE, 1 if streams else _FREE, _END, 0)
    body = b""
    for number, (name, data) in enumerate(streams.items(), start=1):
        after = number + 1 if number < len(streams) else _FREE
        directory += _entry(name, 2, after, _FREE, first, max(len(data), 4096))
        table += [*range(first + 1, first + padded[name]), _END]
        body += data.ljust(padded[name] * _SECTOR, b"\x00")
        first += padded[name]
    header = OLE_SIGNATURE + b"\x00" * 16 + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<I", 0)
    header = header.ljust(_SECTOR, b"\xff")
    sectors = struct.pack(f"<{len(table)}I", *table).ljust(_SECTOR, b"\xff")
    return header + sectors + directory.ljust(_SECTOR, b"\x00") + body


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\x00\x00"
    return (
        text.ljust(64, b"\x00")
        + struct.pack("<HBB", len(text), kind, 1)
        + struct.pack("<III", _FREE, right, child)
        + b"\x00" * 36
        + struct.pack("<IQ", start, size)
    )


def encrypted_xlsx() -> bytes:
    """What Excel saves under a password: an OLE file around the encrypted package."""
    secret = random.Random(1).randbytes(6000)
    return ole_file(
        {
            "EncryptionInfo": b"\x04\x00\x04\x00\x40\x00\x00\x00" + b"<encryption/>" * 50,
            "EncryptedPackage": secret,
        }
    )


def encrypted_xls() -> bytes:
    """A legacy workbook under a password: a FILEPASS record follows the first record of its stream."""
    data = bytearray(sample("palermo").data)
    after_bof = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    data[after_bof : after_bof + 2] = b"\x2f\x00"
    return bytes(data)


def encrypted_ods() -> bytes:
    """A spreadsheet whose manifest tells how its content is encrypted."""
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>'
        "</manifest:file-entry></manifest:manifest>"
    )
    return package_ods("not to be read", manifest)


def encrypted_zip() -> bytes:
    """A zip whose entry carries the flag of encryption."""
    data = bytearray(zip_of([("accessi.csv", b"id,data\n1,2\n")]))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def zip_as_listed(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of these entries, also where a name stands twice (`zipfile` warns of it)."""
    written: dict[str, str] = {}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, (name, content) in enumerate(entries):
            shown = name if name not in written.values() else f"{number:#>{len(name.encode())}}"
            written[shown] = name
            archive.writestr(shown, content)
    data = packed.getvalue()
    for shown, name in written.items():
        data = data.replace(shown.encode(), name.encode()) if shown != name else data
    return data


def with_entry(data: bytes, name: str, content: bytes) -> bytes:
    """A package with one entry more."""
    packed = io.BytesIO(data)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def xlsm() -> bytes:
    """A workbook with macros."""
    return with_entry(sample("taranto").data, "xl/vbaProject.bin", ole_file({"VBA": b"Sub AutoOpen()"}))


def xls_with_macros() -> bytes:
    """A legacy file with the storage in which Excel keeps macros."""
    return ole_file({"_VBA_PROJECT_CUR": b"macro" * 100, "Workbook": b"\x09\x08" * 100})


def ods_with_macros() -> bytes:
    """A spreadsheet that carries Basic."""
    return with_entry(write_ods({"Foglio1": [["a"]]}), "Basic/Standard/Module1.xml", b"<module/>")


def docx() -> bytes:
    """A text document."""
    return zip_of([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<document/>")])


def odt() -> bytes:
    """A text document of OpenDocument."""
    return zip_of(
        [
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("content.xml", b"<office:document-content/>"),
        ]
    )


def png() -> bytes:
    """A picture of one point."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND", b"")


def html_called_xls() -> bytes:
    """A web page with a table, as some systems export "to Excel"."""
    rows = "".join(f"<tr><td>{n};{n}</td><td>{n}</td></tr>" for n in range(20))
    return f"\r\n<HTML><body><table>{rows}</table></body></HTML>".encode()


def chart_sheet() -> bytes:
    """A workbook that holds a chart on a sheet of its own."""
    book = openpyxl.Workbook()
    book.create_chartsheet("Grafico").add_chart(BarChart())
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def zip_bomb() -> bytes:
    """A zip of few bytes that announces far more than anybody may unpack."""
    return _announcing(zip_of([("accessi.csv", b"0" * 1000)]), 400 << 20)


def lying_zip() -> bytes:
    """A zip that announces ten bytes and unpacks to far more."""
    return _announcing(zip_of([("accessi.csv", b"0;1\n" * (2 << 20))]), 10)


def _announcing(data: bytes, size: int) -> bytes:
    """A zip of one entry with another size in both its headers."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = changed.index(mark) + place
        changed[at : at + 4] = struct.pack("<I", size)
    return bytes(changed)


def far_cell() -> bytes:
    """A workbook with one stray cell in its very last row and column."""
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = 1
    book.worksheets[0]["XFD1048576"] = 2
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def million_filled_rows() -> bytes:
    """A spreadsheet of few bytes with a million filled rows of sixty columns."""
    cell = '<table:table-cell table:number-columns-repeated="60" office:value-type="float" office:value="1"/>'
    return _ods_of_rows(f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>')


def _ods_of_rows(rows: str, doctype: str = "") -> bytes:
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    return package_ods(
        f'<?xml version="1.0"?>{doctype}<office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Foglio1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )


def _laughs() -> str:
    """Entities that would unpack to ten thousand million words."""
    names = [f"l{n}" for n in range(10)]
    inside = "".join(
        f'<!ENTITY {name} "{f"&{names[n - 1]};" * 10 if n else "ha "}">' for n, name in enumerate(names)
    )
    return f"<!DOCTYPE root [{inside}]>"


def laughing_ods() -> bytes:
    """A spreadsheet with a cell of entities within entities."""
    cell = '<table:table-cell office:value-type="string"><text:p>&l9;</text:p></table:table-cell>'
    return _ods_of_rows(f"<table:table-row>{cell}</table:table-row>", _laughs())


def laughing_xlsx() -> bytes:
    """A workbook whose sheet has a cell of entities within entities."""
    with zipfile.ZipFile(io.BytesIO(sample("taranto").data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = _laughs().encode() + parts[sheet].replace(b"LGNET2", b"&l9;")
    return zip_of(parts.items())


def slow_xlsx(cells: int) -> bytes:
    """A workbook of few bytes with so many formulas in it that reading takes a while, but little memory."""
    with zipfile.ZipFile(io.BytesIO(sample("taranto").data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    row = b'<row r="99">' + b'<c r="A99"><f>1+1</f><v>2</v></c>' * cells + b"</row></sheetData>"
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", row)
    return zip_of(parts.items())


UNREADABLE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("empty", lambda: b""),
    "only blanks": ("empty", lambda: b" \r\n\t\n" * 100),
    "only zero bytes": ("empty", lambda: b"\x00" * 4096),
    "a zip of nothing": ("empty", lambda: zip_of([])),
    "half an xlsx": ("truncated", lambda: sample("taranto").data[: len(sample("taranto").data) // 2]),
    "an xlsx without its last bytes": ("truncated", lambda: sample("taranto").data[:-10]),
    "half an ods": ("truncated", lambda: sample("bolzano").data[: len(sample("bolzano").data) // 2]),
    "half a zip": ("truncated", lambda: sample("milano").data[: len(sample("milano").data) // 2]),
    "half an xls": ("broken", lambda: sample("palermo").data[: len(sample("palermo").data) // 2]),
    "an xls of its first bytes": ("broken", lambda: sample("palermo").data[:100]),
    "a csv with a quote that never ends": ("truncated", lambda: b'a;b\n1;2\n3;"4\n5;6\n'),
    "an xlsx with a password": ("encrypted", encrypted_xlsx),
    "an xls with a password": ("encrypted", encrypted_xls),
    "an ods with a password": ("encrypted", encrypted_ods),
    "a zip with a password": ("encrypted", encrypted_zip),
    "an xlsm": ("macros", xlsm),
    "an xls with macros": ("macros", xls_with_macros),
    "an ods with macros": ("macros", ods_with_macros),
    "a pdf": ("pdf", lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n" * 20),
    "a picture": ("picture", png),
    "a web page called xls": ("web_page", html_called_xls),
    "a docx": ("document", docx),
    "an odt": ("document", odt),
    "an rtf": ("document", lambda: b"{\\rtf1\\ansi ciao; ciao}"),
    "a word 97 document": ("document", lambda: ole_file({"WordDocument": b"\xec\xa5" * 400})),
    "random bytes": ("unknown_format", lambda: random.Random(7).randbytes(5000)),
    "a zip of pictures": ("unknown_format", lambda: zip_of([("foto.png", png())])),
    "a letter": ("not_table", lambda: b"Gentile coordinamento\nnessuna attivita questa settimana\nSaluti\n"),
    "a chart": ("unknown_sheet_type", chart_sheet),
    "a zip bomb": ("too_large", zip_bomb),
    "a zip that lies about its size": ("truncated", lying_zip),
    "a stray cell in the last row and column": ("too_large", far_cell),
    "entities within entities, ods": ("entities", laughing_ods),
    "entities within entities, xlsx": ("entities", laughing_xlsx),
}
"""What it is -> the reason for which it cannot be opened, and how it is made."""
