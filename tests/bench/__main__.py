"""`make bench`: the whole sample, one return of each layout, and a peer beside them.

Lives here: what is measured and how it is printed.
Must not live here: limits that fail; the targets stand beside the figures.
"""

from __future__ import annotations

import csv
import datetime as dt
import gc
import hashlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipelines.judging.context import NoPasts
from pipelines.judging.contract import load_contract
from pipelines.judging.judge import judge_return
from schemas.editions import DEFAULT_EDITION, PROJECT, find_edition
from sources.reading.reader import ChildReader, SourceFile

RETURNS = PROJECT / "tests" / "returns"
WEEK = "2023-W42"
STANDARD_WEEK = "2023-W41"
ROUNDS = 7


def main() -> None:
    """Print the figures of this machine, now."""
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {dt.datetime.now(dt.UTC):%Y-%m-%d}\n")
    peer = _peer()
    _whole_sample()
    _one_return_per_layout(peer)


def _peer() -> float:
    seconds = [
        _timed([sys.executable, "-m", "tests.bench.peer", str(RETURNS / STANDARD_WEEK)])[0] for _ in range(3)
    ]
    median = statistics.median(seconds)
    print(f"peer: pandas + openpyxl only reads the 5 standard workbooks of a week   {median:7.2f} s\n")
    return median


def _timed(command: list[str]) -> tuple[float, float]:
    """Seconds, and peak memory in MB of the largest process below."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=PROJECT)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - began, peak


def _resident(pid: int) -> float:
    """MB that a process and its children hold now."""
    total = 0
    for one in (pid, *_children(pid)):
        try:
            fields = Path(f"/proc/{one}/statm").read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += int(fields[1]) * resource.getpagesize()
    return total / 1e6


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in text.split()]


def _whole_sample() -> None:
    regia = [sys.executable, "-m", "pipelines.cli"]
    with tempfile.TemporaryDirectory() as folder:
        home = ["--home", folder]
        received = _timed([*regia, *home, "receive", "--manifest", str(RETURNS / "manifest.csv")])
        consolidated = _timed([*regia, *home, "consolidate", "--all"])
        again = _timed([*regia, *home, "consolidate"])
    total = received[0] + consolidated[0]
    print("the whole sample: 674 returns of 42 weeks")
    print(f"  received (read, judged, landed)   {received[0]:7.1f} s   {received[1]:6.0f} MB")
    print(f"  consolidated and published        {consolidated[0]:7.1f} s   {consolidated[1]:6.0f} MB")
    print(f"  both                              {total:7.1f} s   target 60 s, 1500 MB")
    print(f"  consolidated with nothing new     {again[0]:7.1f} s\n")


def _one_return_per_layout(peer: float) -> None:
    gc.set_threshold(100_000, 20, 20)  # as the command has it
    contract = load_contract(find_edition(DEFAULT_EDITION))
    with (RETURNS / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["iso_week"] == WEEK]
    print(f"one return judged in a warm process, median of {ROUNDS}   (target 100 ms; read / judged / both)")
    standard = 0.0
    with ChildReader() as reader:
        for row in sorted(rows, key=lambda row: row["city"]):
            path = RETURNS / row["files"]
            data = path.read_bytes()
            file = SourceFile(path.name, data)
            reading, judging = [], []
            for _ in range(ROUNDS + 1):
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
        f"\nthe standard workbooks of {WEEK}, read and judged: {standard:.2f} s; "
        f"the peer takes {peer / standard:.1f} times as long only to read a week's five"
    )


if __name__ == "__main__":
    main()
