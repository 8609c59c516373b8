"""The parent's side of reading: one child process, reused, with limits; a pool that reads ahead.

Lives here: starting and stopping the child, what its silence or death means.
Must not live here: formats; the child knows those.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any

from sources.cells import Formula, Instant, Sheet, Value, Workbook
from sources.personal.identifiers import identifiers_in
from sources.personal.traces import Trace
from sources.personal.vocabulary import NO_WORDS, Vocabulary

_PROJECT = Path(__file__).resolve().parents[2]
_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from sources.reading.worker import main; main()"
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost: its size, what it unpacks to, what it holds, memory and time of the child."""

    size: int = 32 * _MEBIBYTE
    unpacked_size: int = 256 * _MEBIBYTE
    cells: int = 300_000
    """Filled ones. Bologna sends every week up to now again, about 1000 cells each."""
    answer_size: int = 96 * _MEBIBYTE
    memory: int = 1024 * _MEBIBYTE
    cpu_seconds: int = 20
    wall_seconds: float = 60


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of a file and the name under which it came."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that cannot be opened. `reason` is a code, such as `truncated`."""

    file: str
    reason: str
    personal: tuple[Trace, ...] = ()


@dataclass(frozen=True, slots=True)
class CsvHints:
    """Encoding and separator that a layout declares: used where the file itself leaves a doubt."""

    encoding: str | None = None
    separator: str | None = None


class ChildReader:
    """One child process that opens one file at a time. Use as a context manager."""

    def __init__(self, limits: Limits | None = None, words: Vocabulary = NO_WORDS) -> None:
        self._limits = limits or Limits()
        self._words = words
        self._child: subprocess.Popen[bytes] | None = None
        self.children_started = 0

    def __enter__(self) -> ChildReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the child."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
            self._child = None

    def read(self, files: Iterable[SourceFile], hints: CsvHints | None = None) -> Workbook | Unreadable:
        """The sheets of a return's file (or files, in the order given)."""
        sheets: list[Sheet] = []
        formats: list[str] = []
        given = list(files)
        refused: list[tuple[str, str]] = []
        personal: list[Trace] = []
        for number, file in enumerate(given, start=1):
            personal += (
                Trace(kind, "file_name", file=number) for kind in identifiers_in(file.name, self._words)
            )
            answer = self._ask(file, hints or CsvHints())
            personal += (Trace(*trace)._replace(file=number) for trace in answer.get("personal", ()))
            if "refused" in answer:
                refused.append((file.name, answer["refused"]))
                continue
            formats.append(answer["format"])
            is_csv = answer["format"] in ("csv", "zip")
            for sheet in answer["sheets"]:
                name = sheet["name"] or (file.name if len(given) > 1 else "")
                sheets.append(Sheet(file.name, name, tuple(sheet["rows"]), sheet["visible"], is_csv))
        if refused:
            return Unreadable(*refused[0], tuple(personal))
        several_csv = len(given) > 1 and set(formats) == {"csv"}
        return Workbook("zip" if several_csv else formats[0], tuple(sheets), tuple(personal))

    def _ask(self, file: SourceFile, hints: CsvHints) -> dict[str, Any]:
        if len(file.data) > self._limits.size:
            return {"refused": "too_large"}
        request = {
            "encoding": hints.encoding,
            "separator": hints.separator,
            "max_size": self._limits.unpacked_size,
            "max_cells": self._limits.cells,
            "max_answer": self._limits.answer_size,
            "cpu_seconds": self._limits.cpu_seconds,
            "memory": self._limits.memory,
            "own_numbers": self._words.own_numbers,
            "office_words": sorted(self._words.office_words),
            "person_headings": sorted(self._words.person_headings),
            "doubtful_headings": sorted(self._words.doubtful_headings),
            "service_words": sorted(self._words.service_words),
        }
        child = self._started()
        assert child.stdin is not None and child.stdout is not None
        give_up_at = time.monotonic() + self._limits.wall_seconds
        try:
            for frame in (json.dumps(request).encode(), file.data):
                child.stdin.write(struct.pack(">Q", len(frame)))
                child.stdin.write(frame)
            child.stdin.flush()
            size = struct.unpack(">Q", _read_exactly(child.stdout.fileno(), 8, give_up_at))[0]
            answer: dict[str, Any] = json.loads(
                _read_exactly(child.stdout.fileno(), size, give_up_at), object_hook=_untagged
            )
        except (BrokenPipeError, EOFError):
            status = child.wait()
            self.close()
            return {"refused": _WHY_IT_DIED.get(-status, "too_large")}
        except TimeoutError:
            self.close()
            return {"refused": "too_long"}
        if answer.get("refused") == "too_large":
            self.close()  # what it held may lie about in its memory, which the next file needs
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            self.children_started += 1
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-c", _CHILD, str(_PROJECT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Ctrl-C is for the one who started it: what is under way may have to be finished.
                process_group=0,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            )
        return self._child


_WHY_IT_DIED: dict[int, str] = {
    signal.SIGXCPU: "too_long",
    signal.SIGSEGV: "broken",
    signal.SIGBUS: "broken",
    signal.SIGILL: "broken",
}
"""All else is want of memory: the reader's own end (SIGABRT), or the system's (SIGKILL)."""


def _read_exactly(descriptor: int, size: int, give_up_at: float) -> bytes:
    chunks: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while size:
            if not selector.select(max(0.0, give_up_at - time.monotonic())):
                raise TimeoutError
            chunk = os.read(descriptor, min(size, 1 << 20))
            if not chunk:
                raise EOFError
            chunks.append(chunk)
            size -= len(chunk)
    return b"".join(chunks)


def _untagged(given: dict[str, Any]) -> Value | dict[str, Any]:
    """A tagged value of the child's answer; its other objects as they are."""
    if len(given) != 1:
        return given
    (tag, value), *_ = given.items()
    if tag == "date":
        return dt.date.fromisoformat(value)
    if tag == "time":
        return Instant(value)
    return Formula() if tag == "formula" else given


class ReadAhead:
    """Several children that read the next files while earlier ones are being judged."""

    def __init__(self, children: int = 2, limits: Limits | None = None, words: Vocabulary = NO_WORDS) -> None:
        self._readers: SimpleQueue[ChildReader] = SimpleQueue()
        self._all = [ChildReader(limits, words) for _ in range(children)]
        for reader in self._all:
            self._readers.put(reader)
        self._threads = ThreadPoolExecutor(children)
        self._ahead = children * 2

    def __enter__(self) -> ReadAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the children, once they have read what they are at."""
        self._threads.shutdown(cancel_futures=True)
        for reader in self._all:
            reader.close()

    def read_all(
        self, returns: Iterable[tuple[list[SourceFile], CsvHints | None]]
    ) -> Iterator[Workbook | Unreadable]:
        """The returns' sheets in the order given, a few read ahead of the caller."""
        waiting: list[Future[Workbook | Unreadable]] = []
        for files, hints in returns:
            waiting.append(self._threads.submit(self._read, files, hints))
            if len(waiting) > self._ahead:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()

    def _read(self, files: list[SourceFile], hints: CsvHints | None) -> Workbook | Unreadable:
        reader = self._readers.get()
        try:
            return reader.read(files, hints)
        finally:
            self._readers.put(reader)
