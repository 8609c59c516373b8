"""Text files: encoding, separator and quotes are found, and cells keep the line on which they stand."""

from __future__ import annotations

import pytest

from sources.cells import Sheet, Workbook
from sources.reading.reader import ChildReader, CsvHints, SourceFile, Unreadable

ROWS = [["sede", "città", "valore"], ["UM/01", "Forlì", "12,5"], ["UM/02", "San Donà", ""]]


def read_rows(reader: ChildReader, data: bytes, hints: CsvHints | None = None) -> list[list[object]]:
    read = reader.read([SourceFile("dati.csv", data)], hints)
    assert isinstance(read, Workbook), read
    return [list(row) for row in read.sheets[0].rows]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom", "cp1252"]
)
@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encoding_separator_and_line_ends_are_found(
    encoding: str, separator: str, line_end: str, reader: ChildReader
) -> None:
    text = "".join(separator.join(row) + line_end for row in ROWS)
    if encoding.endswith("-bom"):
        data = ("\ufeff" + text).encode(encoding.removesuffix("-bom"))
    else:
        data = text.encode(encoding)
    assert read_rows(reader, data) == ROWS


def test_a_comma_between_cells_is_told_from_decimal_commas_by_the_quotes(reader: ChildReader) -> None:
    assert read_rows(reader, 'sede,città,valore\nUM/01,Forlì,"12,5"\nUM/02,San Donà,\n'.encode()) == ROWS


def test_a_declared_separator_decides_where_the_file_leaves_a_doubt(reader: ChildReader) -> None:
    data = b"a;b,c\n1;2,3\n"
    assert read_rows(reader, data, CsvHints(separator=";")) == [["a", "b,c"], ["1", "2,3"]]
    assert read_rows(reader, data, CsvHints(separator=",")) == [["a;b", "c"], ["1;2", "3"]]


def test_a_declared_separator_does_not_hide_the_one_that_is_there(reader: ChildReader) -> None:
    assert read_rows(reader, b"a;b;c\n1;2;3\n", CsvHints(separator=",")) == [["a", "b", "c"], ["1", "2", "3"]]


def test_a_declared_encoding_decides_only_what_is_no_unicode(reader: ChildReader) -> None:
    hints = CsvHints(encoding="cp1252")
    assert read_rows(reader, "a;città\n1;2\n".encode(), hints) == [["a", "città"], ["1", "2"]]
    assert read_rows(reader, "a;città\n1;2\n".encode("cp1252"), hints) == [["a", "città"], ["1", "2"]]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("inside", ["\n", "\r\n", "\r"])
def test_a_cell_over_several_lines_leaves_the_others_on_their_lines(
    line_end: str, inside: str, reader: ChildReader
) -> None:
    text = line_end.join(["a;b", f'"uno{inside}due";2', "x;y", ""])
    read = reader.read([SourceFile("dati.csv", text.encode())])
    assert isinstance(read, Workbook)
    sheet: Sheet = read.sheets[0]
    assert (sheet.value(1, 0), sheet.value(1, 1)) == (f"uno{inside}due", "2")
    assert (sheet.value(3, 0), sheet.address(3, 0)) == ("x", "4:1")


def test_blank_lines_count(reader: ChildReader) -> None:
    assert read_rows(reader, b"a;b\n\n\n1;2\n")[3] == ["1", "2"]


def test_values_stay_the_text_that_was_written(reader: ChildReader) -> None:
    written = ["001272", "NA", "1.234", "007", "1e5", " x ", "TRUE", "=1+1"]
    assert read_rows(reader, (";".join(written) + "\n" + ";".join(written)).encode())[0] == written


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'a;b\n1;"2\n3;4\n', "truncated"),
        (b"solo una colonna\ne nessun separatore\n", "not_table"),
        (b"a;b\x00c\n1;2\n", "unknown_format"),
        (b"a;citt\xe0\n1;\x07\x08\n", "unknown_format"),
        (b"\xff\xfea;b\n1", "truncated"),
        (b"\x81\x8d;b\n1;2\n", "unknown_format"),
    ],
)
def test_what_is_no_table_of_text_is_refused(data: bytes, reason: str, reader: ChildReader) -> None:
    assert reader.read([SourceFile("dati.csv", data)]) == Unreadable("dati.csv", reason)
