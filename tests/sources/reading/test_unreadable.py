"""What cannot be opened ends with a reason, in a child process that then reads the next file."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from sources.cells import Workbook
from sources.reading.reader import ChildReader, SourceFile, Unreadable
from tests.making.containers import UNREADABLE
from tests.making.samples import sample

PARTS_OF_A_FILE = [0.001, 0.01, 0.1, 0.5, 0.9, 0.999]


@pytest.mark.parametrize(("reason", "make"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_opened_has_a_reason(
    reason: str, make: Callable[[], bytes], reader: ChildReader
) -> None:
    assert reader.read([SourceFile("scheda.xlsx", make())]) == Unreadable("scheda.xlsx", reason)


def test_after_each_of_them_the_next_file_is_read(reader: ChildReader) -> None:
    good = SourceFile("buono.csv", sample("perugia").data)
    for _, make in UNREADABLE.values():
        reader.read([SourceFile("cattivo", make())])
        assert isinstance(reader.read([good]), Workbook)


@pytest.mark.parametrize("city", ["taranto", "bolzano", "palermo", "milano"])
@pytest.mark.parametrize("part", PARTS_OF_A_FILE)
def test_a_part_of_a_file_is_never_taken_for_a_file(city: str, part: float, reader: ChildReader) -> None:
    data = sample(city).data
    read = reader.read([SourceFile("parte", data[: max(1, int(len(data) * part))])])
    assert isinstance(read, Unreadable)
    assert read.reason in ("truncated", "broken", "not_table")


@pytest.mark.parametrize("city", ["palermo", "taranto", "bolzano", "milano"])
@pytest.mark.parametrize("changed", [1, 30])
def test_changed_bytes_end_in_a_reading_or_a_reason_and_the_reader_lives_on(
    city: str, changed: int, reader: ChildReader
) -> None:
    original = sample(city).data
    for seed in range(20):
        chance = random.Random(f"{city} {changed} {seed}")
        data = bytearray(original)
        for _ in range(changed):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert isinstance(reader.read([SourceFile("guasto", bytes(data))]), Workbook | Unreadable), seed
    assert isinstance(reader.read([SourceFile("intatto", original)]), Workbook)


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_never_a_table(seed: int, reader: ChildReader) -> None:
    data = random.Random(seed).randbytes(3000)
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xef\xbb\xbf", b"\xff\xfe"):
        assert isinstance(reader.read([SourceFile("caso", start + data)]), Unreadable), start


def test_the_name_of_a_file_does_not_decide_its_format(reader: ChildReader) -> None:
    for city, kind in (
        ("taranto", "xlsx"),
        ("bolzano", "ods"),
        ("palermo", "xls"),
        ("perugia", "csv"),
        ("milano", "zip"),
    ):
        read = reader.read([SourceFile("scheda.pdf", sample(city).data)])
        assert isinstance(read, Workbook)
        assert read.format == kind
