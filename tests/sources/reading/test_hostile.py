"""Files made to hurt are refused, each for what it is, within time and memory; harmless traits are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sources.cells import Workbook
from sources.personal.data import usual_vocabulary
from sources.personal.traces import Trace
from sources.reading.reader import ChildReader, Limits, SourceFile, Unreadable
from tests.making.books import zip_of
from tests.making.hostile import (
    COMMAND,
    HARMLESS,
    HOSTILE,
    csv_cell,
    fullest_csv,
    locked_with_tax_code_in_a_name,
    ods_formula,
    sheets_xlsx,
    sheets_zip,
    with_tax_code_in_a_tricky_name,
    xlsx_formula,
)
from tests.making.measured import measure
from tests.making.samples import sample

pytestmark = pytest.mark.whole

MEBIBYTE = 1 << 20

PEAKS = {
    "a sheet of 200 MB in a small xlsx": 1100,
    "a text of a megabyte in 3000 cells": 1100,
    "a csv of half a million rows": 300,
    "a csv of twelve million empty lines": 1100,
    "a formula without a value in row 9,999,999": 1000,
    "an empty list of 690,000 entries": 640,
    "100 million filled rows, ods": 640,
    "a line of 200 MB in a small zip": 640,
    "entries that overlap, beyond the limit": 160,
    "sixty thousand entries": 160,
    "10,000 sheets, xlsx": 160,
    "10,000 files in a zip": 160,
}
"""The most memory, in MiB, that the child may use where a file needs more than the reader itself."""
ONE_OF_A_KIND = {
    "zips within zips",
    "entries that overlap, within the limit",
    "a csv of 300 MB in a small zip",
    "elements within elements",
    "a text of a megabyte in 3000 cells",
    "a line of 200 MB in a small zip",
    "an entity from elsewhere, sheet",
    "an entity from elsewhere, ods",
    "a loop in the stream",
    "a loop in the directory tree",
    "macros under another name",
    "a sheet of commands",
    "a command in a formula, its bar as an entity",
    "a link to a program in a part of another name",
    "a command in a formula, ods, in small letters",
    "a link to a program, xls",
    "a command in a csv",
    "a formula without a value in row 9,999,999",
    "100 million filled rows, ods",
    "100 million rows, xls",
    "10,000 sheets, xlsx",
    "a name twice",
    "a name like '../../accessi2.csv'",
}
"""For `make test`; those like them are for `make test-long`."""
USUAL_PEAK = 100
PROCESSOR_SECONDS = 15
"""Of the child, on a busy machine; alone none takes more than five."""


def most_memory(name: str) -> int:
    return PEAKS.get(name, USUAL_PEAK)


@pytest.mark.parametrize(
    "name",
    [name if name in ONE_OF_A_KIND else pytest.param(name, marks=pytest.mark.long) for name in HOSTILE],
)
def test_what_is_made_to_hurt_is_refused_for_what_it_is_within_time_and_memory(name: str) -> None:
    (found,) = measure([name])
    assert found.reason == HOSTILE[name][0]
    assert found.processor < PROCESSOR_SECONDS
    assert found.seconds < Limits().wall_seconds + 5
    assert found.peak < most_memory(name) * MEBIBYTE
    assert found.next_is_read


@pytest.mark.parametrize("make", HARMLESS.values(), ids=HARMLESS)
def test_a_trait_of_real_files_is_no_reason_to_refuse_one(
    make: Callable[[], bytes], reader: ChildReader
) -> None:
    assert isinstance(reader.read([SourceFile("scheda", make())]), Workbook)


def test_a_wrong_dimension_changes_no_cell(reader: ChildReader) -> None:
    right = reader.read([SourceFile("scheda", sample("taranto").data)])
    assert isinstance(right, Workbook)
    for name in ("a sheet said to have 100 million rows, xlsx", "a sheet said to be empty, xlsx"):
        read = reader.read([SourceFile("scheda", HARMLESS[name]())])
        assert isinstance(read, Workbook)
        assert [sheet.rows for sheet in read] == [sheet.rows for sheet in right]


@pytest.mark.parametrize(
    "make",
    [
        lambda: xlsx_formula("1+1"),
        lambda: ods_formula("of:=SUM([.A1:.A2])"),
        lambda: csv_cell("=1+1"),
        lambda: csv_cell("- | vedi nota!"),
        lambda: csv_cell("UM | Nord!"),
    ],
)
def test_a_formula_that_only_computes_is_no_command(make: Callable[[], bytes], reader: ChildReader) -> None:
    assert isinstance(reader.read([SourceFile("scheda", make())]), Workbook)


def test_a_command_is_refused_in_every_sheet_of_a_zip(reader: ChildReader) -> None:
    entries = [("a.csv", b"a;b\n1;2\n"), ("b.csv", f"a;b\n1;={COMMAND}\n".encode())]
    assert reader.read([SourceFile("z", zip_of(entries))]) == Unreadable("z", "commands")
    several = [SourceFile(name, data) for name, data in entries]
    assert reader.read(several) == Unreadable("b.csv", "commands")


@pytest.mark.parametrize(("count", "reason"), [(200, None), (260, "too_many_sheets")])
def test_many_sheets_are_read_up_to_the_limit(count: int, reason: str | None, reader: ChildReader) -> None:
    for data in (sheets_xlsx(count), sheets_zip(count)):
        read = reader.read([SourceFile("fogli", data)])
        assert (read.reason if isinstance(read, Unreadable) else None) == reason


def test_cells_are_read_up_to_the_limit() -> None:
    rows = [b"1;2;3\n"] * 100
    with ChildReader(Limits(cells=300)) as reader:
        assert isinstance(reader.read([SourceFile("t", b"".join(rows))]), Workbook)
        assert reader.read([SourceFile("t", b"".join([*rows, b"1;;\n"]))]) == Unreadable(
            "t", "too_many_cells"
        )
        blanks = b"1" + b";" * 40 + b"\n"
        assert reader.read([SourceFile("t", blanks * 80)]) == Unreadable("t", "too_many_cells")


def test_a_file_of_the_greatest_size_is_read_and_one_byte_more_is_not(reader: ChildReader) -> None:
    size = Limits().size
    read = reader.read([SourceFile("grande.csv", fullest_csv(size))])
    assert isinstance(read, Workbook)
    assert len(read.sheets[0].rows) > size // 1000
    assert reader.read([SourceFile("grande.csv", fullest_csv(size + 1))]) == Unreadable(
        "grande.csv", "too_large"
    )


def test_an_answer_too_large_for_the_parent_is_a_refusal() -> None:
    with ChildReader(Limits(answer_size=MEBIBYTE)) as reader:
        assert reader.read([SourceFile("t", fullest_csv(2 * MEBIBYTE))]) == Unreadable("t", "too_large")
        assert isinstance(reader.read([SourceFile("t", fullest_csv(MEBIBYTE // 2))]), Workbook)


@pytest.fixture(scope="module")
def watchful() -> Iterator[ChildReader]:
    with ChildReader(words=usual_vocabulary()) as reader:
        yield reader


def test_a_tax_code_in_a_name_that_leads_elsewhere_is_found(watchful: ChildReader) -> None:
    read = watchful.read([SourceFile("z", with_tax_code_in_a_tricky_name())])
    assert read == Unreadable("z", "unsafe_archive", (Trace("tax_code", "file", file=1),))


def test_a_tax_code_in_a_name_is_found_though_the_archive_is_locked(watchful: ChildReader) -> None:
    read = watchful.read([SourceFile("z", locked_with_tax_code_in_a_name())])
    assert read == Unreadable("z", "encrypted", (Trace("tax_code", "entry_name", file=1),))
