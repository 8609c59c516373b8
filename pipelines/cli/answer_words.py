"""A query's answer, as a person or another program takes it.

Lives here: rows as CSV for a spreadsheet, as one JSON document, as a file that keeps types.
Must not live here: asking (`warehouse.asking`).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from pipelines.cli.words import print_json
from pipelines.writing import whole_file
from reports.neutral import neutral_text
from schemas.messages.saying import visible


def print_document(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """The document of `sql --json`."""
    print_json({"columns": list(columns), "rows": [[_plain(value) for value in row] for row in rows]})


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], out: Path | None = None) -> int:
    """CSV with a header, which every tool reads; no text in it runs in a spreadsheet. The number of rows."""
    if out is None:
        return _write_rows(sys.stdout, columns, rows)
    with whole_file(out) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as stream:
        return _write_rows(stream, columns, rows)


def _write_rows(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    written = 0
    for row in rows:
        writer.writerow([_in_csv(value) for value in row])
        written += 1
    return written


def _in_csv(value: object) -> object:
    """A value as it may stand in a CSV that someone opens in a spreadsheet."""
    if value is None:
        return ""
    return visible(neutral_text(value)) if isinstance(value, str) else value


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


@contextmanager
def written_to(out: Path | None) -> Iterator[Path]:
    """A place for a file that goes to `out`, or, without one, to standard output."""
    if out is not None:
        with whole_file(out) as unfinished:
            yield unfinished
        return
    with TemporaryDirectory() as folder:
        file = Path(folder) / "answer"
        yield file
        sys.stdout.flush()
        sys.stdout.buffer.write(file.read_bytes())
        sys.stdout.buffer.flush()
