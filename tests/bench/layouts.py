"""One return of each layout, read and judged in a warm process, and a peer that only reads.

Lives here: what a single return takes, beside its target.
Must not live here: whole runs of the command.
"""

from __future__ import annotations

import csv
import datetime as dt
import gc
import hashlib
import statistics
import sys
import time

from pipelines.judging.context import NoPasts
from pipelines.judging.contract import load_contract
from pipelines.judging.judge import judge_return
from schemas.editions import DEFAULT_EDITION, find_edition
from sources.reading.reader import ChildReader, SourceFile
from tests.bench.homes import LAST_WEEK, RETURNS
from tests.bench.timing import Rounds, timed

_STANDARD_WEEK = "2023-W41"
_ROUNDS = 7


def measure() -> None:
    """Print the milliseconds of each city's return of the last week."""
    peer = Rounds(
        [timed([sys.executable, "-m", "tests.bench.peer", str(RETURNS / _STANDARD_WEEK)]) for _ in range(3)]
    ).median
    print(f"peer: pandas + openpyxl only reads the 5 standard workbooks of a week   {peer:7.2f} s\n")
    gc.set_threshold(100_000, 20, 20)  # as the command has it
    contract = load_contract(find_edition(DEFAULT_EDITION))
    with (RETURNS / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["iso_week"] == LAST_WEEK]
    print(f"one return judged in a warm process, median of {_ROUNDS}   (target 100 ms; read / judged / both)")
    standard = 0.0
    with ChildReader() as reader:
        for row in sorted(rows, key=lambda row: row["city"]):
            path = RETURNS / row["files"]
            data = path.read_bytes()
            file = SourceFile(path.name, data)
            reading, judging = [], []
            for _ in range(_ROUNDS + 1):
                began = time.perf_counter()
                workbook = reader.read([file])
                read = time.perf_counter()
                judgement = judge_return(
                    workbook,
                    contract,
                    file=path.name,
                    sha256=hashlib.sha256(data).hexdigest(),
                    received_at=dt.datetime.fromisoformat(row["received_at"]),
                    pasts=NoPasts(),
                )
                reading.append(read - began)
                judging.append(time.perf_counter() - read)
            first, second = statistics.median(reading[1:]), statistics.median(judging[1:])
            if judgement.layout is not None and judgement.layout.startswith("standard"):
                standard += first + second
            print(
                f"  {row['city']:<9} {judgement.layout or '':<20} {first * 1000:6.0f} {second * 1000:6.0f} "
                f"{(first + second) * 1000:6.0f} ms   {judgement.counts.read:6d} cells"
            )
    print(
        f"\nthe standard workbooks of {LAST_WEEK}, read and judged: {standard:.2f} s; "
        f"the peer takes {peer / standard:.1f} times as long only to read a week's five"
    )
