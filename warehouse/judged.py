"""What was judged, as it lies on disk: one folder a return; and what was decided beside it.

Lives here: reading `judged/<submission_id>/` and saying clearly what is missing there; verdicts and acts by
which a run tells what is new.
Must not live here: judging, or which of several returns is valid (`warehouse.frames`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from schemas.acts import DeadlineMoved, DeclaredNil
from schemas.verdicts import OBSERVATION_COLUMNS, Finding, NilReturn, Verdict

Entries = TypeVar("Entries")

_FINDINGS = TypeAdapter(tuple[Finding, ...])
_NIL_RETURNS = TypeAdapter(tuple[NilReturn, ...])
_HEADER = ",".join(OBSERVATION_COLUMNS)


class JudgedError(Exception):
    """A folder of `judged/` is not whole. It is derived: it can be made again from landing."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}. It is made again by `regia rebuild`.")


@dataclass(frozen=True)
class JudgedReturn:
    """A return's verdict, the digest of its bytes, and the folder where the rest stands."""

    folder: Path
    verdict: Verdict
    digest: str

    @property
    def iso_week(self) -> str | None:
        return str(self.verdict.iso_week) if self.verdict.iso_week else None

    @property
    def held(self) -> Held:
        """What a file whose rows stand for it remembers of it."""
        return Held(self.digest, self.verdict.edition, self.iso_week, self.verdict.counts_from)

    def findings(self) -> tuple[Finding, ...]:
        path = self.folder / "findings.json"
        return _checked(path, _FINDINGS, _bytes_of(path))

    def nil_returns(self) -> tuple[NilReturn, ...]:
        path = self.folder / "nil.json"
        return _checked(path, _NIL_RETURNS, _bytes_of(path))

    def observations(self) -> Path:
        """The CSV of its observations, its header checked."""
        path = self.folder / "observations.csv"
        try:
            with path.open(encoding="utf-8") as lines:
                header = lines.readline().rstrip("\r\n")
        except FileNotFoundError as error:
            raise JudgedError(path, "the file is missing") from error
        if header != _HEADER:
            raise JudgedError(path, f"the header is not {_HEADER}")
        return path


class Held(NamedTuple):
    """A verdict or an act that rows stand for: the digest of its bytes, its edition and its week.

    counts_from: when a return was accepted, where that was after its arrival.

    A tuple: a run makes and compares one for every return ever received, several times.
    """

    digest: str
    edition: str
    iso_week: str | None
    counts_from: dt.datetime | None = None


@dataclass(frozen=True)
class Decided:
    """What people decided that rows of their own stand for, beside the verdicts, in whatever edition."""

    nils: tuple[DeclaredNil, ...] = ()
    moved: Mapping[str, DeadlineMoved] = field(default_factory=dict)
    """Deadlines, by the names of the acts."""

    @property
    def held(self) -> dict[str, Held]:
        """Every act by its name."""
        nils = {
            nil.name: Held(nil.digest, nil.declared.edition, str(nil.declared.iso_week)) for nil in self.nils
        }
        moved = {name: Held(one.digest, one.edition, str(one.iso_week)) for name, one in self.moved.items()}
        return nils | moved

    def of(self, edition: str, weeks: Collection[str | None]) -> Decided:
        """What was decided about these weeks of an edition; None among them: about none of its weeks."""
        return Decided(
            nils=tuple(
                nil
                for nil in self.nils
                if nil.declared.edition == edition and str(nil.declared.iso_week) in weeks
            ),
            moved={
                name: one
                for name, one in self.moved.items()
                if one.edition == edition and str(one.iso_week) in weeks
            },
        )


NOTHING_DECIDED = Decided()


@dataclass(frozen=True)
class LookedThrough:
    """`judged/` as it lay there at one moment, all verdicts read and none parsed; and what was decided.

    digests: of every verdict's bytes, by submission_id; '' where a folder holds none.
    """

    folder: Path
    digests: Mapping[str, str]
    decided: Decided = NOTHING_DECIDED

    def held(self, known: Mapping[str, Held]) -> dict[str, Held]:
        """Every verdict by submission_id, and every act by its name.

        A verdict whose bytes are those of a known one is that one. Raises JudgedError where a folder holds
        no verdict or another return's.
        """
        verdicts = {
            submission_id: known[submission_id]
            if submission_id in known and known[submission_id].digest == digest
            else read_return(self.folder / submission_id).held
            for submission_id, digest in self.digests.items()
        }
        return verdicts | self.decided.held


def look_through(folder: Path, decided: Decided = NOTHING_DECIDED) -> LookedThrough:
    """Read every verdict that lies in `judged/`; in a long history that takes a while: once a run."""
    if not folder.is_dir():
        return LookedThrough(folder, {}, decided)
    with os.scandir(folder) as entries:
        digests = {
            entry.name: _digest_of(f"{entry.path}/verdict.json")
            for entry in entries
            if not entry.name.startswith(".")
        }
    return LookedThrough(folder, dict(sorted(digests.items())), decided)


def _digest_of(path: str) -> str:
    try:
        handle = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    digest = hashlib.sha256()
    try:
        while content := os.read(handle, _A_VERDICT):
            digest.update(content)
    finally:
        os.close(handle)
    return digest.hexdigest()


_A_VERDICT = 4096
"""Bytes; most verdicts have less than a thousand. Room for more costs more than the reading itself."""


def read_return(folder: Path) -> JudgedReturn:
    """The return that was judged in this folder. Raises JudgedError where its verdict is not whole."""
    path = folder / "verdict.json"
    content = _bytes_of(path)
    try:
        verdict = Verdict.model_validate_json(content)
    except ValidationError as error:
        raise JudgedError(path, f"not a verdict ({error.errors()[0]['msg']})") from error
    if verdict.submission_id != folder.name:
        raise JudgedError(path, f"it is the verdict of {verdict.submission_id}")
    if verdict.received_at.tzinfo is None:
        raise JudgedError(path, "received_at has no time zone")
    return JudgedReturn(folder, verdict, hashlib.sha256(content).hexdigest())


def is_judged(folder: Path) -> bool:
    """Whether the verdict in this folder is whole."""
    try:
        read_return(folder)
    except JudgedError:
        return False
    return True


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise JudgedError(path, "the file is missing") from error


def _checked(path: Path, model: TypeAdapter[Entries], content: bytes) -> Entries:
    try:
        return model.validate_json(content)
    except ValidationError as error:
        raise JudgedError(path, f"not as expected ({error.errors()[0]['msg']})") from error


def for_duckdb(path: Path) -> str:
    """A path that DuckDB reads as it stands: `[`, `*` and `?` would be read as a pattern."""
    return re.sub(r"([\[*?])", r"[\1]", str(path))
