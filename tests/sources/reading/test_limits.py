"""What a file may cost: size, memory, processor and time; a child that goes too far is replaced."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.cells import Workbook
from sources.reading.reader import ChildReader, Limits, ReadAhead, SourceFile, Unreadable
from tests.making.containers import far_cell, lying_zip, million_filled_rows, slow_xlsx, zip_bomb

MEBIBYTE = 1 << 20
SMALL = SourceFile("piccolo.csv", b"a;b\n1;2\n")


@pytest.mark.parametrize(
    ("limits", "make", "reason"),
    [
        pytest.param(Limits(size=1000), lambda: b"a;b\n" * 300, "too_large", id="bytes"),
        pytest.param(Limits(unpacked_size=MEBIBYTE), zip_bomb, "too_large", id="bytes-as-announced"),
        pytest.param(Limits(unpacked_size=MEBIBYTE), lying_zip, "truncated", id="bytes-beyond-the-announced"),
        pytest.param(Limits(memory=160 * MEBIBYTE), million_filled_rows, "too_large", id="memory-many-rows"),
        pytest.param(Limits(memory=160 * MEBIBYTE), far_cell, "too_large", id="memory-a-stray-cell"),
        pytest.param(Limits(cpu_seconds=0), lambda: slow_xlsx(900_000), "too_long", id="processor"),
        pytest.param(Limits(wall_seconds=1), lambda: slow_xlsx(900_000), "too_long", id="time"),
    ],
)
def test_beyond_a_limit_the_file_is_refused_and_the_next_one_is_read(
    limits: Limits, make: Callable[[], bytes], reason: str
) -> None:
    with ChildReader(limits) as reader:
        assert reader.read([SourceFile("troppo", make())]) == Unreadable("troppo", reason)
        assert isinstance(reader.read([SMALL]), Workbook)


def test_the_processor_time_of_one_file_is_not_charged_to_the_next() -> None:
    slow = SourceFile("lento.xlsx", slow_xlsx(60_000))
    with ChildReader(Limits(cpu_seconds=1)) as reader:
        assert isinstance(reader.read([slow]), Workbook)
        child = reader._child
        assert child is not None
        while _processor_seconds(child.pid) < 2.5:
            assert isinstance(reader.read([slow]), Workbook)
        assert reader._child is child


def _processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_child_is_reused_from_file_to_file() -> None:
    with ChildReader() as reader:
        reader.read([SMALL])
        child = reader._child
        reader.read([SMALL])
        assert reader._child is child


def test_a_child_killed_between_two_files_is_replaced() -> None:
    with ChildReader() as reader:
        reader.read([SMALL])
        assert reader._child is not None
        reader._child.kill()
        reader._child.wait()
        assert isinstance(reader.read([SMALL]), Workbook)


def test_no_child_is_left_behind() -> None:
    with ChildReader() as reader:
        reader.read([SMALL])
        assert reader._child is not None
        number = reader._child.pid
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_reading_ahead_keeps_the_order_and_survives_what_cannot_be_opened() -> None:
    returns = [[SourceFile(str(n), b"%d;x\n%d;y\n" % (n, n))] for n in range(12)]
    returns[5] = [SourceFile("5", b"PK\x03\x04 no zip")]
    with ReadAhead(2) as ahead:
        read = list(ahead.read_all((files, None) for files in returns))
    assert [w.sheets[0].value(0, 0) if isinstance(w, Workbook) else w.reason for w in read] == [
        *(str(n) for n in range(5)),
        "truncated",
        *(str(n) for n in range(6, 12)),
    ]
