"""Releases of frozen quarters: their folders, which nobody changes, and their tables as of an instant.

Lives here: making a release's files from what was known at its instant, putting them in place, making lost
ones again, and checking what lies there.
Must not live here: whether a quarter may be frozen (`pipelines.freezing`), SQL and rows (`warehouse`).

A release is made from judgements and acts up to its instant alone, the first time and ever after: a rebuild
makes the same bytes. The act counts: it holds the SHA-256 of the manifest, which holds that of each file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
from pydantic import ValidationError

from pipelines import judged
from pipelines.acts import Acts, read_acts
from pipelines.consolidating import decided_of
from pipelines.home import Home
from schemas.acts import Adoption, Freeze, Rejudgement
from schemas.contract import Edition
from schemas.releases import MANIFEST, NOTES, Manifest, ReleasedFile
from schemas.weeks import IsoWeek
from sources import landing
from warehouse import indicators, loading, releasing
from warehouse.files import make_lasting, write_database
from warehouse.judged import JudgedReturn, read_return
from warehouse.making import of_edition, weeks_that_differ

Defect = Literal["lost", "changed", "missing", "added", "unknown"]
"""lost: no such folder. changed, missing, added: a file of it. unknown: a folder that no act made."""


@dataclass(frozen=True)
class DefectFound:
    """Something that is not as the act of a release says. place: from the folder of the releases."""

    kind: Defect
    place: str


@dataclass(frozen=True)
class LostRelease:
    """A release that does not lie there as its act says, and that what there is today does not give again.

    has_other_definitions: the contract or the rules have changed since, which may be why.
    """

    freeze: Freeze
    has_other_definitions: bool


def contract_sha256(edition: Edition) -> str:
    """The SHA-256 of the whole contract, by which a release says what its figures were made with."""
    return _sha256(edition.model_dump(mode="json", exclude={"rules"}))


def rules_sha256(edition: Edition) -> str:
    """The SHA-256 of the rules."""
    return _sha256([rule.model_dump(mode="json") for rule in edition.rules])


def _sha256(document: object) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def folder_of(home: Home, freeze: Freeze) -> Path:
    """Where a release lies."""
    return home.releases(freeze.edition) / freeze.quarter / str(freeze.release)


@contextmanager
def working(home: Home) -> Iterator[None]:
    """A folder to make a release in, empty; gone afterwards, whatever happened, or when the next begins."""
    shutil.rmtree(home.releasing, ignore_errors=True)
    home.releasing.mkdir(parents=True)
    try:
        yield
    finally:
        shutil.rmtree(home.releasing, ignore_errors=True)


# --- what was known at an instant


@contextmanager
def warehouse_as_of(
    home: Home, edition: Edition, acts: Acts, instant: dt.datetime
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the warehouse that holds what was known at an instant, its own receipts and acts included.

    Whoever asks holds `home.consolidating()` and is `working`. Only the weeks
    that differ are loaded again. What was recorded of a return then is what its receipt, or an act, says.
    """
    copy = home.releasing / f"{releasing.CATALOG}.duckdb"
    shutil.copyfile(home.warehouse, copy)
    before = loading.read_loaded(copy, edition)
    known = acts.as_of(instant)
    returns, decided = returns_as_of(home, edition, acts, instant), decided_of(known)
    held = {entry.verdict.submission_id: entry.held for entry in returns} | decided.held
    differing = weeks_that_differ(of_edition(held, edition.slug), before.of(edition))
    with write_database(copy) as connection:
        for _ in loading.load_weeks(connection, edition, _batches(edition, returns, differing), decided):
            pass
        indicators.compute_indicators(connection, edition, (), known.frozen_quarters(edition.slug))
        yield connection


def returns_as_of(home: Home, edition: Edition, acts: Acts, instant: dt.datetime) -> tuple[JudgedReturn, ...]:
    """The returns received by an instant, each with the verdict that it had then."""
    changed_since = {
        made.act.submission_id
        for made in acts.made
        if isinstance(made.act, Adoption | Rejudgement) and made.act.at > instant
    }
    found = []
    for verdict in judged.read_verdicts(home.judged).values():
        if verdict.edition != edition.slug or verdict.received_at > instant:
            continue
        entry = read_return(home.judged / verdict.submission_id)
        if verdict.submission_id in changed_since:
            then = landing.read_receipt(home.returns / verdict.submission_id).verdict
            again = acts.as_of(instant).rejudgement_of(verdict.submission_id)
            then = again.verdict if again else then
            digest = hashlib.sha256(then.model_dump_json().encode()).hexdigest()
            entry = JudgedReturn(entry.folder, then, digest)
        found.append(entry)
    return tuple(found)


def _batches(
    edition: Edition, returns: Sequence[JudgedReturn], differing: frozenset[str | None]
) -> dict[IsoWeek | None, list[JudgedReturn]]:
    """The returns of the weeks that differ; under None those that no week of the edition holds."""
    known = {str(week): week for week in edition.weeks}
    wanted = {known.get(week or "") for week in differing}
    by_week: dict[IsoWeek | None, list[JudgedReturn]] = defaultdict(list)
    for entry in returns:
        by_week[known.get(entry.iso_week or "")].append(entry)
    ordered = [*sorted(week for week in wanted if week is not None), *([None] if None in wanted else [])]
    return {week: by_week[week] for week in ordered}


# --- a release in its place


def building(home: Home) -> Path:
    """The folder in which the files of a release are written; made anew."""
    folder = home.releasing / "release"
    folder.mkdir()
    return folder


def write_notes(folder: Path, notes: str) -> ReleasedFile:
    """Write the notes of a release beside its tables."""
    path = folder / NOTES
    path.write_text(notes, encoding="utf-8")
    return releasing.released_file(path)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, last of all."""
    path = folder / MANIFEST
    path.write_bytes(manifest.content())
    path.chmod(0o444)
    make_lasting(path)
    make_lasting(folder)


def put_in_place(home: Home, freeze: Freeze) -> Path:
    """Make the finished folder the release of an act, in one step; a damaged one makes room for it."""
    final = folder_of(home, freeze)
    final.parent.mkdir(parents=True, exist_ok=True)
    if final.exists():
        final.rename(home.releasing / "damaged")
    (home.releasing / "release").rename(final)
    make_lasting(final.parent)
    return final


def restore(home: Home, edition: Edition, *, thoroughly: bool = False) -> tuple[LostRelease, ...]:
    """Make every release again that does not lie there; those that cannot be.

    thoroughly: also those of which a file was changed, added or lost. One that lies there whole is left as
    it is, whatever today's definitions would give; nothing takes the place of a release but the same bytes.
    """
    shutil.rmtree(home.releasing, ignore_errors=True)
    acts, lost = read_acts(home.acts), []
    for freeze in acts.freezes_of(edition.slug):
        is_there = folder_of(home, freeze).is_dir()
        if is_there and not (thoroughly and any(_defects_of(home, freeze))):
            continue
        with working(home):
            if _is_remade(home, edition, acts, freeze):
                continue
        has_other = (freeze.contract, freeze.rules) != (contract_sha256(edition), rules_sha256(edition))
        lost.append(LostRelease(freeze, has_other))
    return tuple(lost)


def _is_remade(home: Home, edition: Edition, acts: Acts, freeze: Freeze) -> bool:
    weeks = edition.weeks_of_quarter(freeze.quarter)
    if not weeks or not home.warehouse.exists():
        return False
    with warehouse_as_of(home, edition, acts, freeze.at) as connection:
        folder = building(home)
        tables = releasing.write_tables(connection, edition, weeks, folder)
    manifest = manifest_of(freeze, weeks, (*tables, write_notes(folder, freeze.notes)))
    if manifest.sha256 != freeze.manifest:
        return False
    write_manifest(folder, manifest)
    put_in_place(home, freeze)
    return True


def manifest_of(freeze: Freeze, weeks: Sequence[IsoWeek], files: Sequence[ReleasedFile]) -> Manifest:
    """The manifest of a release that an act makes; its own `manifest` is not looked at."""
    return Manifest(
        edition=freeze.edition,
        quarter=freeze.quarter,
        release=freeze.release,
        frozen_at=freeze.at.astimezone(dt.UTC),
        frozen_by=freeze.by,
        note=freeze.note,
        first_week=weeks[0],
        last_week=weeks[-1],
        contract=freeze.contract,
        rules=freeze.rules,
        made_with=freeze.made_with,
        files=tuple(sorted(files, key=lambda file: file.name)),
    )


# --- what lies there


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in a release's folder; None where there is none that can be read."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None


def find_defects(home: Home, edition: Edition) -> tuple[DefectFound, ...]:
    """Everything that is not as the acts say: every file read, and none too many."""
    freezes = read_acts(home.acts).freezes_of(edition.slug)
    found = [defect for freeze in freezes for defect in _defects_of(home, freeze)]
    known = {folder_of(home, freeze) for freeze in freezes}
    quarters = {folder.parent for folder in known}
    root = home.releases(edition.slug)
    lying = (*root.glob("*"), *(path for quarter in quarters for path in quarter.glob("*")))
    unknown = sorted(path for path in lying if path not in quarters | known)
    found += [DefectFound("unknown", path.relative_to(root).as_posix()) for path in unknown]
    return tuple(found)


def _defects_of(home: Home, freeze: Freeze) -> Iterator[DefectFound]:
    folder = folder_of(home, freeze)
    name = f"{freeze.quarter}/{freeze.release}"
    if not folder.is_dir():
        yield DefectFound("lost", name)
        return
    manifest = folder / MANIFEST
    if not _is(manifest, freeze.manifest):
        yield DefectFound("changed" if manifest.exists() else "missing", f"{name}/{MANIFEST}")
        return
    listed = Manifest.model_validate_json(manifest.read_bytes()).files
    for file in listed:
        path = folder / file.name
        if not path.exists():
            yield DefectFound("missing", f"{name}/{file.name}")
        elif not _is(path, file.sha256):
            yield DefectFound("changed", f"{name}/{file.name}")
    known = {MANIFEST, *(file.name for file in listed)}
    for path in sorted(folder.iterdir()):
        if path.name not in known:
            yield DefectFound("added", f"{name}/{path.name}")


def _is(path: Path, sha256: str) -> bool:
    """Whether a file, and not a link to one, has these bytes."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
