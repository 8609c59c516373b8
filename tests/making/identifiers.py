"""Files in which something that tells who a person is hides somewhere; the persons are invented.

Lives here: for each format, each place of a file that can hold a text, and a file that has one there.
Must not live here: what the product says of them.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

import olefile
import openpyxl
import xlwt
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tests.making.books import zip_of
from tests.making.containers import ole_file
from tests.making.opendocument import package_ods

TAX_CODE = "RSSMRA80A01H501U"
PROVISIONAL_NUMBER = 10743110156  # as a number in a cell

Place = tuple[str, str | None, str | None]
"""where, sheet, cell"""


def _book(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Dati"
    book.create_sheet("Note")
    for sheet in book.worksheets:
        sheet["A1"], sheet["B1"] = "Voce", 12
    change(book)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def with_parts(data: bytes, parts: dict[str, str]) -> bytes:
    """The package with parts added, or replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        held: dict[str, bytes] = {name: archive.read(name) for name in archive.namelist()}
    held.update({name: text.encode() for name, text in parts.items()})
    return zip_of(held.items())


def _cell(book: openpyxl.Workbook) -> None:
    book["Note"]["C5"] = f"vedi {TAX_CODE.lower()}"


def _hidden_sheet(book: openpyxl.Workbook) -> None:
    _cell(book)
    book["Note"].sheet_state = "veryHidden"


def _hidden_row_and_column(book: openpyxl.Workbook) -> None:
    _cell(book)
    book["Note"].row_dimensions[5].hidden = True
    book["Note"].column_dimensions["C"].hidden = True


def _number(book: openpyxl.Workbook) -> None:
    book["Dati"]["D2"] = PROVISIONAL_NUMBER


def _comment(book: openpyxl.Workbook) -> None:
    book["Note"]["C5"].comment = Comment(f"verificare {TAX_CODE}", "ufficio")


def _comment_author(book: openpyxl.Workbook) -> None:
    book["Note"]["C5"].comment = Comment("verificare", TAX_CODE)


def _sheet_name(book: openpyxl.Workbook) -> None:
    book["Note"].title = TAX_CODE


def cell_of_a_sheet_so_named() -> bytes:
    """An identifier in a cell of a sheet whose name is one too."""

    def change(book: openpyxl.Workbook) -> None:
        _cell(book)
        _sheet_name(book)

    return _book(change)


def _author(book: openpyxl.Workbook) -> None:
    book.properties.creator = TAX_CODE


def _last_author(book: openpyxl.Workbook) -> None:
    book.properties.lastModifiedBy = "fatou.diallo@esempio.it"


def _custom_property(book: openpyxl.Workbook) -> None:
    book.custom_doc_props.append(StringProperty(name="Ospite", value=TAX_CODE))


def _defined_name(book: openpyxl.Workbook) -> None:
    book.defined_names["ospite"] = DefinedName("ospite", attr_text=f'"{TAX_CODE}"')


def _header(book: openpyxl.Workbook) -> None:
    book["Note"].oddHeader.center.text = TAX_CODE


def _footer(book: openpyxl.Workbook) -> None:
    book["Note"].oddFooter.left.text = "tel. 0773 652123"


def _validation(book: openpyxl.Workbook) -> None:
    book["Note"].add_data_validation(DataValidation("whole", sqref="B1", prompt=f"come {TAX_CODE}"))


def _link(book: openpyxl.Workbook) -> None:
    book["Note"]["C5"] = "scrivere"
    book["Note"]["C5"].hyperlink = "mailto:fatou.diallo@esempio.it"


def _formula(book: openpyxl.Workbook) -> None:
    book["Note"]["C5"] = f'=IF(B1>0,"{TAX_CODE}","")'


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_IN_TWO_RUNS = f"<r><rPr><b/></rPr><t>{TAX_CODE[:6]}</t></r><r><t>{TAX_CODE[6:]}</t></r>"


def _part(name: str, text: str) -> Callable[[], bytes]:
    return lambda: with_parts(_book(lambda book: None), {name: text})


XLSX: dict[str, tuple[Place, Callable[[], bytes]]] = {
    "cell": (("cell", "Note", "C5"), lambda: _book(_cell)),
    "cell of a hidden sheet": (("cell", "Note", "C5"), lambda: _book(_hidden_sheet)),
    "cell of a hidden row and column": (("cell", "Note", "C5"), lambda: _book(_hidden_row_and_column)),
    "number": (("cell", "Dati", "D2"), lambda: _book(_number)),
    "comment": (("comment", "Note", "C5"), lambda: _book(_comment)),
    "author of a comment": (("comment_author", "Note", None), lambda: _book(_comment_author)),
    "name of a sheet": (("sheet_name", "foglio 2", None), lambda: _book(_sheet_name)),
    "author": (("property", None, None), lambda: _book(_author)),
    "last author": (("property", None, None), lambda: _book(_last_author)),
    "property of one's own": (("property", None, None), lambda: _book(_custom_property)),
    "defined name": (("defined_name", None, None), lambda: _book(_defined_name)),
    "header": (("header_footer", "Note", None), lambda: _book(_header)),
    "footer": (("header_footer", "Note", None), lambda: _book(_footer)),
    "validation": (("validation", "Note", None), lambda: _book(_validation)),
    "link": (("link", "Note", None), lambda: _book(_link)),
    "formula": (("formula", "Note", "C5"), lambda: _book(_formula)),
    "text that no cell shows": (
        ("hidden_text", None, None),
        _part("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}"><si>{_IN_TWO_RUNS}</si></sst>'),
    ),
    "text box": (
        ("text_box", None, None),
        _part(
            "xl/drawings/drawing1.xml",
            f'<x:wsDr xmlns:x="{_DRAWING}/spreadsheetDrawing" xmlns:a="{_DRAWING}/main"><x:sp><x:txBody><a:p>'
            f"<a:r><a:t>{TAX_CODE[:9]}</a:t></a:r><a:r><a:t>{TAX_CODE[9:]}</a:t></a:r></a:p></x:txBody></x:sp>"
            "</x:wsDr>",
        ),
    ),
    "alternative text of a picture": (
        ("text_box", None, None),
        _part("xl/drawings/drawing2.xml", f'<d xmlns="{_DRAWING}"><cNvPr id="2" descr="{TAX_CODE}"/></d>'),
    ),
    "old drawing, not well formed": (
        ("text_box", None, None),
        _part("xl/drawings/vmlDrawing7.vml", f"<xml><div>ospite<br>{TAX_CODE}</div></xml>"),
    ),
    "threaded comment": (
        ("comment", None, "C5"),
        _part(
            "xl/threadedComments/threadedComment1.xml",
            f'<ThreadedComments><threadedComment ref="C5"><text>{TAX_CODE}</text></threadedComment>'
            "</ThreadedComments>",
        ),
    ),
    "person of threaded comments": (
        ("comment_author", None, None),
        _part(
            "xl/persons/person.xml",
            '<personList><person displayName="Fatou" userId="fatou.diallo@esempio.it"/></personList>',
        ),
    ),
    "external link": (
        ("external_link", None, None),
        _part("xl/externalLinks/externalLink1.xml", f"<externalLink><v>{TAX_CODE}</v></externalLink>"),
    ),
    "pivot cache": (
        ("pivot", None, None),
        _part(
            "xl/pivotCache/pivotCacheRecords1.xml",
            f'<pivotCacheRecords xmlns="{_MAIN}"><r><s v="{TAX_CODE}"/></r></pivotCacheRecords>',
        ),
    ),
    "escaped": (
        ("hidden_text", None, None),
        _part("customXml/item1.xml", "<a>" + "".join(f"&#{ord(sign)};" for sign in TAX_CODE) + "</a>"),
    ),
    "comment of XML": (
        ("hidden_text", None, None),
        _part("customXml/item1.xml", f"<a><!-- {TAX_CODE} --></a>"),
    ),
    "CDATA": (("hidden_text", None, None), _part("customXml/item1.xml", f"<a><![CDATA[{TAX_CODE}]]></a>")),
    "UTF-16": (
        ("hidden_text", None, None),
        lambda: zip_of(
            [
                *_entries(_book(lambda book: None)),
                ("customXml/item1.xml", f'<?xml version="1.0"?><a>{TAX_CODE}</a>'.encode("utf-16")),
            ]
        ),
    ),
    "name of a picture": (("entry_name", None, None), _part(f"xl/media/{TAX_CODE}.bin", "picture")),
}
"""What holds it -> where it is to be found, and the file."""


def _entries(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


# --- ods


_NAMES = " ".join(
    f'xmlns:{short}="{long}"'
    for short, long in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "xlink": "http://www.w3.org/1999/xlink",
    }.items()
)


def _text_cell(inside: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}>{inside}</table:table-cell>'


def _ods(
    cell: str = "",
    *,
    name: str = "Note",
    shapes: str = "",
    after: str = "",
    parts: Iterable[tuple[str, str]] = (),
) -> bytes:
    """A spreadsheet whose second sheet has this cell at C5."""
    plain = _text_cell("<text:p>Voce</text:p>")
    number = (
        '<table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell>'
    )
    row = f"<table:table-row>{plain}{number}</table:table-row>"
    blank = '<table:table-cell table:number-columns-repeated="2"/>'
    rows = f'{row}<table:table-row table:number-rows-repeated="3">{blank}</table:table-row>'
    rows += f"<table:table-row>{blank}{cell or plain}</table:table-row>"
    return package_ods(
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES}><office:body>'
        f'<office:spreadsheet><table:table table:name="Dati">{row}</table:table>'
        f'<table:table table:name="{name}">{shapes}{rows}</table:table>{after}'
        "</office:spreadsheet></office:body></office:document-content>",
        extra=parts,
    )


def _document(name: str, inside: str) -> tuple[str, str]:
    return (
        name,
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_NAMES}>{inside}</office:document>',
    )


_P = f"<text:p>{TAX_CODE}</text:p>"

ODS: dict[str, tuple[Place, Callable[[], bytes]]] = {
    "cell": (("cell", "Note", "C5"), lambda: _ods(_text_cell(_P))),
    "number": (
        ("cell", "Note", "C5"),
        lambda: _ods(
            f'<table:table-cell office:value-type="float" office:value="{PROVISIONAL_NUMBER}">'
            "<text:p>10.743.110.156</text:p></table:table-cell>"
        ),
    ),
    "what a number shows": (
        ("cell", "Note", "C5"),
        lambda: _ods(f'<table:table-cell office:value-type="float" office:value="3">{_P}</table:table-cell>'),
    ),
    "comment": (
        ("comment", "Note", "C5"),
        lambda: _ods(_text_cell(f"<office:annotation>{_P}</office:annotation><text:p>Voce</text:p>")),
    ),
    "comment in two runs": (
        ("comment", "Note", "C5"),
        lambda: _ods(
            _text_cell(
                f"<office:annotation><text:p><text:span>{TAX_CODE[:6]}</text:span>{TAX_CODE[6:]}</text:p>"
                "</office:annotation><text:p>Voce</text:p>"
            )
        ),
    ),
    "name of a sheet": (("sheet_name", "foglio 2", None), lambda: _ods(name=TAX_CODE)),
    "link": (
        ("link", "Note", "C5"),
        lambda: _ods(
            _text_cell('<text:p><text:a xlink:href="mailto:fatou.diallo@esempio.it">qui</text:a></text:p>')
        ),
    ),
    "formula": (
        ("formula", "Note", "C5"),
        lambda: _ods(
            _text_cell("<text:p>x</text:p>", f"table:formula='of:=\"{TAX_CODE}\"' office:string-value='x'")
        ),
    ),
    "text box": (
        ("text_box", "Note", None),
        lambda: _ods(
            shapes=f"<table:shapes><draw:frame><draw:text-box>{_P}</draw:text-box></draw:frame></table:shapes>"
        ),
    ),
    "defined name": (
        ("defined_name", None, None),
        lambda: _ods(
            after="<table:named-expressions><table:named-range table:name="
            f'"{TAX_CODE}"/></table:named-expressions>'
        ),
    ),
    "header": (
        ("header_footer", None, None),
        lambda: _ods(parts=[_document("styles.xml", f"<style:header>{_P}</style:header>")]),
    ),
    "author": (
        ("property", None, None),
        lambda: _ods(
            parts=[_document("meta.xml", f"<meta:initial-creator>{TAX_CODE}</meta:initial-creator>")]
        ),
    ),
    "property of one's own": (
        ("property", None, None),
        lambda: _ods(
            parts=[_document("meta.xml", f'<meta:user-defined meta:name="o">{TAX_CODE}</meta:user-defined>')]
        ),
    ),
    "name of a picture": (
        ("entry_name", None, None),
        lambda: _ods(parts=[(f"Pictures/{TAX_CODE}.bin", "x")]),
    ),
}


# --- xls


class _NotedSheet(xlwt.Worksheet):
    """A sheet with a note at C5, which xlwt cannot write."""

    note = ""

    def get_biff_data(self) -> bytes:
        data: bytes = super().get_biff_data()
        text = self.note.encode("latin-1")
        records = _record(0x5D, struct.pack("<HHHHH12xHH", 0x15, 0x12, 0x19, 1, 0, 0, 0)) if text else b""
        if text:
            records += _record(0x1B6, struct.pack("<HH6xHH4x", 0, 0, len(text), 16))
            records += _record(0x3C, b"\x00" + text) + _record(0x3C, bytes(16))
            records += _record(0x1C, struct.pack("<HHHHHB", 4, 2, 0, 1, 1, 0) + b"u")
        return data[:-4] + records + data[-4:]


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _xls(change: Callable[[xlwt.Workbook, Any], None], name: str = "Note") -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    first = book.add_sheet("Dati")
    second = book.add_sheet(name)
    for sheet in (first, second):
        sheet.write(0, 0, "Voce")
        sheet.write(0, 1, 12)
    change(book, second)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _xls_hidden(book: xlwt.Workbook, sheet: Any) -> None:
    sheet.write(4, 2, TAX_CODE)
    sheet.visibility = 2


def _xls_header(book: xlwt.Workbook, sheet: Any) -> None:
    sheet.header_str = TAX_CODE.encode()


def _xls_note(book: xlwt.Workbook, sheet: Any) -> None:
    sheet.__class__ = _NotedSheet
    sheet.note = f"verificare {TAX_CODE}"


def _xls_with_author() -> bytes:
    """The workbook's stream beside a summary with its author."""
    with olefile.OleFileIO(io.BytesIO(_xls(lambda book, sheet: None))) as compound:
        workbook = compound.openstream("Workbook").read()
    text = TAX_CODE.encode() + b"\x00"
    value = struct.pack("<II", 30, len(text)) + text.ljust((len(text) + 3) // 4 * 4, b"\x00")
    section = struct.pack("<IIII", 16 + len(value), 1, 4, 16) + value
    format_of_summary = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
    head = struct.pack("<HHI16xI", 0xFFFE, 0, 0x00020006, 1) + format_of_summary + struct.pack("<I", 48)
    summary = (head + section).ljust(4096, b"\x00")
    return ole_file({"Workbook": workbook.ljust(8192, b"\x00"), "\x05SummaryInformation": summary})


XLS: dict[str, tuple[Place, Callable[[], bytes]]] = {
    "cell": (("cell", "Note", "C5"), lambda: _xls(lambda book, sheet: sheet.write(4, 2, TAX_CODE))),
    "number": (
        ("cell", "Note", "C5"),
        lambda: _xls(lambda book, sheet: sheet.write(4, 2, PROVISIONAL_NUMBER)),
    ),
    "cell of a hidden sheet": (("cell", "Note", "C5"), lambda: _xls(_xls_hidden)),
    "name of a sheet": (("sheet_name", "foglio 2", None), lambda: _xls(lambda book, sheet: None, TAX_CODE)),
    "note": (("comment", "Note", "C5"), lambda: _xls(_xls_note)),
    "header": (("hidden_text", None, None), lambda: _xls(_xls_header)),
    "author": (("property", None, None), _xls_with_author),
}


# --- texts


def _csv(text: str) -> bytes:
    return f"Voce;Valore\nAccessi;{text}\nContatti;3\n".encode()


TEXTS: dict[str, tuple[Place, Callable[[], bytes]]] = {
    "cell of a CSV": (("cell", None, "2:2"), lambda: _csv(f"12, di cui {escape(TAX_CODE)}")),
    "heading of a CSV": (("cell", None, "1:3"), f"a;b;{TAX_CODE}\n1;2;3\n".encode),
    "number of a CSV": (("cell", None, "2:2"), lambda: _csv("3331234567")),
    "cell of a zip": (("cell", "accessi.csv", "2:2"), lambda: zip_of([("accessi.csv", _csv(TAX_CODE))])),
    "name of a file in a zip": (
        ("entry_name", "foglio 2", None),
        lambda: zip_of([("accessi.csv", _csv("1")), (f"{TAX_CODE}.csv", _csv("2"))]),
    ),
    "folder in a zip": (("entry_name", None, None), lambda: zip_of([(f"{TAX_CODE}/accessi.csv", _csv("1"))])),
}

REFUSED: dict[str, Callable[[], bytes]] = {
    "a text document": lambda: zip_of(
        [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", f"<w><t>{TAX_CODE}</t></w>".encode())]
    ),
    "a web page": f"<html><body><td>{TAX_CODE}</td></body></html>".encode,
    "a letter": f"Gentile ufficio si segnala {TAX_CODE}.".encode,
    "a workbook with macros": lambda: with_parts(_book(_cell), {"xl/vbaProject.bin": "macro"}),
    "a legacy file with macros": lambda: ole_file(
        {"_VBA_PROJECT_CUR": b"macro" * 100, "Workbook": TAX_CODE.encode("utf-16-le") * 20}
    ),
}
"""What cannot be taken as a return, and still tells who a person is."""
