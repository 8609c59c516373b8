"""The landing: what arrived, byte for byte, with its receipt; the system of record.

Lives here: writing a return once, atomically and for good, and reading it back.
Must not live here: judging it, or anything that can be derived again (`judged/`, the warehouse).

A return stands in `landing/returns/<submission_id>/`: `receipt.json` and its files. The folder appears by
one rename, so it is whole or not there; what a killed run leaves is a hidden folder that the next removes.
Of a return that tells who a person is only the receipt is kept, with its findings: no bytes, no file name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from schemas.contract import Slug, Week
from schemas.tables import Entry
from schemas.verdicts import Finding, Verdict
from sources.reading.reader import SourceFile

_UNFINISHED = ".incoming-"
_NAME_BYTES = 180


class LandedFile(Entry):
    """A file of a return: the name under which it came, and where its bytes stand in the folder."""

    name: str
    stored_as: str
    sha256: str
    size: int


class Receipt(Entry):
    """What is kept of an arrival: the facts of it, what the sender claimed, and the verdict given."""

    verdict: Verdict
    files: tuple[LandedFile, ...]
    findings: tuple[Finding, ...] = ()
    """Kept where the files are not, as nobody can judge them again."""
    claimed_city: Slug | None = None
    claimed_week: Week | None = None
    code_version: str

    @property
    def submission_id(self) -> str:
        return self.verdict.submission_id

    @property
    def keeps_files(self) -> bool:
        return bool(self.files)


def sha256_of(files: Sequence[SourceFile]) -> str:
    """The identity of a return: the hash of its file; of several files, of their names and hashes."""
    if len(files) == 1:
        return hashlib.sha256(files[0].data).hexdigest()
    listed = sorted(f"{hashlib.sha256(file.data).hexdigest()}  {file.name}\n" for file in files)
    return hashlib.sha256("".join(listed).encode()).hexdigest()


def submission_id_of(sha256: str, received_at: dt.datetime) -> str:
    """`20231016T080105Z-7808fe0f8a7a`: the instant of the arrival (to the microsecond) and the bytes."""
    instant = received_at.astimezone(dt.UTC)
    fraction = f".{instant.microsecond:06d}" if instant.microsecond else ""
    return f"{instant:%Y%m%dT%H%M%S}{fraction}Z-{sha256[:12]}"


def land(folder: Path, receipt_of: Verdict, files: Sequence[SourceFile], **claimed: object) -> Receipt:
    """Write a return and its receipt into `folder` (`landing/returns`) as one step.

    `claimed`: claimed_city, claimed_week, code_version of the receipt; findings, if no file is to be kept
    (`files` is empty then). If the submission stands there
    already, it is left as it is. Raises OSError when the disk refuses; then nothing was changed.
    """
    landed = tuple(
        LandedFile(
            name=file.name,
            stored_as=f"{number}-{_stored_name(file.name)}",
            sha256=hashlib.sha256(file.data).hexdigest(),
            size=len(file.data),
        )
        for number, file in enumerate(files, start=1)
    )
    receipt = Receipt.model_validate({"verdict": receipt_of, "files": landed, **claimed})
    assert receipt.keeps_files != bool(receipt.findings), "the files, or in their place what was found"
    final = folder / receipt.submission_id
    if final.exists():
        return read_receipt(final)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{_UNFINISHED}{receipt.submission_id}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir()
        for entry, file in zip(landed, files, strict=True):
            _write_for_good(unfinished / entry.stored_as, file.data)
        _write_for_good(unfinished / "receipt.json", _as_json(receipt))
        _sync_folder(unfinished)
        unfinished.rename(final)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    _sync_folder(folder)
    return receipt


def withdraw(folder: Path, verdict: Verdict, findings: Sequence[Finding]) -> Receipt:
    """Keep of a landed return its receipt only, with this verdict and these findings: somebody decided so.

    Killed after the receipt was replaced, it leaves files that `finish_withdrawing` removes. Raises OSError.
    """
    submission = folder / verdict.submission_id
    changes = {"verdict": verdict, "files": (), "findings": tuple(findings)}
    receipt = read_receipt(submission).model_copy(update=changes)
    replacement = submission / ".receipt.json"
    replacement.unlink(missing_ok=True)
    _write_for_good(replacement, _as_json(receipt))
    replacement.replace(submission / "receipt.json")
    _sync_folder(submission)
    finish_withdrawing(folder, receipt)
    return receipt


def finish_withdrawing(folder: Path, receipt: Receipt) -> None:
    """Remove whatever stands beside a receipt that keeps no files."""
    assert not receipt.keeps_files
    for path in (folder / receipt.submission_id).iterdir():
        if path.name != "receipt.json":
            path.unlink()
    _sync_folder(folder / receipt.submission_id)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed arrival left: it was never received."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(path)


def read_receipt(submission: Path) -> Receipt:
    """The receipt in a submission's folder."""
    return Receipt.model_validate_json((submission / "receipt.json").read_bytes())


def receipts(folder: Path) -> Iterator[Receipt]:
    """All receipts in order of arrival (by submission for arrivals in the same second)."""
    found = [read_receipt(folder / name) for name in submissions(folder)]
    yield from sorted(found, key=lambda receipt: (receipt.verdict.received_at, receipt.submission_id))


def submissions(folder: Path) -> Sequence[str]:
    """The submissions that have landed: the names of their folders, in order."""
    if not folder.exists():
        return []
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if not entry.name.startswith("."))


class DamagedLandingError(Exception):
    """Bytes in the landing are not those that arrived."""


def read_files(folder: Path, receipt: Receipt) -> list[SourceFile]:
    """The files of a landed return. DamagedLandingError if their bytes are not those of the receipt."""
    files = []
    for entry in receipt.files:
        path = folder / receipt.submission_id / entry.stored_as
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise DamagedLandingError(f"{path} is not what arrived (sha256 {entry.sha256})")
        files.append(SourceFile(entry.name, data))
    return files


def _stored_name(name: str) -> str:
    """The name without anything that a file system or a shell could take amiss."""
    plain = re.sub(r"[^\w.() -]", "_", name, flags=re.UNICODE).strip(". ") or "file"
    while len(plain.encode()) > _NAME_BYTES:
        plain = plain[1:]
    return plain


def _as_json(receipt: Receipt) -> bytes:
    content = receipt.model_dump(mode="json")
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _write_for_good(path: Path, data: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(0o444)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
