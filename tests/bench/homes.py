"""Homes to measure in: the sample received once, copies of what was prepared.

Lives here: what stands where in a home that a benchmark starts from, and making a copy of it.
Must not live here: measuring; homes of invented weeks (`tests.bench.history`).
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.editions import PROJECT
from tests.bench.timing import REGIA, Timed, timed

RETURNS = PROJECT / "tests" / "returns"
LAST_WEEK = "2023-W42"

_NEVER_REWRITTEN = ("landing/returns", "judged")
"""Folders in which a return is placed once, by a rename: a copy may share their files."""


@functools.cache
def received_sample() -> tuple[Path, Timed]:
    """A home that has received and judged the whole sample, and what that took; made once in a run."""
    home = _kept() / "sample"
    taken = timed([*REGIA, "--home", str(home), "receive", "--manifest", str(RETURNS / "manifest.csv")])
    return home, taken


@functools.cache
def _kept() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="regia-bench-")
    _OPEN.append(folder)
    return Path(folder.name)


_OPEN: list[tempfile.TemporaryDirectory[str]] = []
"""Removed when the process ends."""


def returns_of(home: Path) -> dict[str, str | None]:
    """The week of every return judged in a home, by submission."""
    return {
        path.parent.name: json.loads(path.read_bytes())["iso_week"]
        for path in sorted((home / "judged").glob("*/verdict.json"))
    }


def add_returns(source: Path, home: Path, submissions: list[str]) -> None:
    """Have these returns of a home received and judged in another one too."""
    for folder in _NEVER_REWRITTEN:
        for submission in submissions:
            _copy_sharing(source / folder / submission, home / folder / submission)


@contextmanager
def copy_of(home: Path) -> Iterator[Path]:
    """A fresh copy of a home: runs change the copy, and the next one starts from the same."""
    with tempfile.TemporaryDirectory(prefix="regia-bench-", dir=home.parent) as folder:
        copy = Path(folder) / "home"
        copy.mkdir()
        shared = [home / name for name in _NEVER_REWRITTEN]
        shutil.copytree(
            home,
            copy,
            dirs_exist_ok=True,
            ignore=lambda at, names: [name for name in names if Path(at) / name in shared],
        )
        for name in _NEVER_REWRITTEN:
            _copy_sharing(home / name, copy / name)
        yield copy


def _copy_sharing(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=os.link)


def megabytes(path: Path) -> float:
    """What a file, or everything in a folder, takes."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6
