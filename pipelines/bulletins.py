"""Which bulletins a consolidation writes: those that the published figures have moved away from.

Lives here: holding the bulletins in HOME/reports/ against the published file.
Must not live here: what stands in a bulletin (`reports.bulletin`), or dagster.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.home import Home
from schemas.contract import Edition
from schemas.editions import PROJECT
from schemas.weeks import IsoWeek
from warehouse.files import building_of, put_in_place, read_database
from warehouse.making import fingerprints_of
from warehouse.queries import query

_RECORD = ".made-from.json"
"""Beside the bulletins: what each week held when they were written, and the size of each of them."""


def write_bulletins(home: Home, edition: Edition, weeks: Collection[IsoWeek] = ()) -> tuple[Path, ...]:
    """Write the bulletins of these weeks, and all that what was published has moved away from; their paths.

    A bulletin shows what came before its week: a week that moved makes its own and all later ones anew.
    There is one for every week from the first with an accepted return up to the horizon; the same published
    file gives the same bytes. A bulletin of a week that is not published any more is removed.
    """
    from reports.bulletin import write_bulletins as write

    published, folder = home.published(edition.slug), home.reports(edition.slug)
    now = _digests(published, edition)
    behind = _behind(folder, now)
    wanted = [week for week in now.bulletins if week in behind or week in weeks]
    paths = write(published, edition, wanted, folder) if wanted else ()
    _remove_others(folder, now.bulletins)
    _write_record(folder, now)
    return paths


def are_behind(home: Home, edition: Edition) -> bool:
    """Whether a bulletin is not there, or is not that of the file which is published now."""
    published, folder = home.published(edition.slug), home.reports(edition.slug)
    return published.exists() and bool(_behind(folder, _digests(published, edition)))


def doubt(home: Home, edition: Edition) -> None:
    """Forget what the bulletins were made from: the next run writes them all."""
    (home.reports(edition.slug) / _RECORD).unlink(missing_ok=True)


def last_bulletin(home: Home, edition: Edition) -> Path | None:
    """The last week's bulletin; None while nothing is published."""
    written = bulletins_written(home, edition)
    return written[max(written)] if written else None


def bulletins_written(home: Home, edition: Edition) -> dict[IsoWeek, Path]:
    """The bulletins that are there, by week."""
    from reports.bulletin import bulletin_path

    paths = {week: bulletin_path(home.reports(edition.slug), week) for week in edition.weeks}
    return {week: path for week, path in paths.items() if path.exists()}


@dataclass(frozen=True)
class _Published:
    """What is published: a digest of each week that is due, and the weeks that have a bulletin."""

    digests: Mapping[IsoWeek, str]
    bulletins: tuple[IsoWeek, ...]


def _behind(folder: Path, now: _Published) -> frozenset[IsoWeek]:
    from reports.bulletin import bulletin_path

    record = _read_record(folder / _RECORD)
    moved = [week for week, digest in now.digests.items() if record.get(str(week)) != digest]
    first = min(moved, default=None)
    return frozenset(
        week
        for week in now.bulletins
        if (first is not None and week >= first)
        or record.get(_size_of(week)) != _size(bulletin_path(folder, week))
    )


def _size_of(week: IsoWeek) -> str:
    return f"size of {week}"


def _size(path: Path) -> str:
    return str(path.stat().st_size) if path.exists() else "-"


def _digests(published: Path, edition: Edition) -> _Published:
    of_edition = {"edition": edition.slug}
    with read_database(published) as connection:
        fingerprints = fingerprints_of(connection)
        ((first, horizon, _),) = connection.execute(query("published_until"), of_edition).fetchall()
        held = dict(connection.execute(query("published_weeks"), of_edition).fetchall())
    if horizon is None:
        return _Published({}, ())
    made = " ".join(f"{part} {fingerprint}" for part, fingerprint in sorted(fingerprints.items()))
    always = f"{made} {code_of_reports()}"
    digests = {
        week: hashlib.sha256(f"{always} {held.get(str(week), '')}".encode()).hexdigest()
        for week in edition.facts.first_week.through(IsoWeek.parse(horizon))
    }
    return _Published(digests, IsoWeek.parse(first).through(IsoWeek.parse(horizon)))


@cache
def code_of_reports() -> str:
    """A digest of what renders a report: after a change of it, all are written anew."""
    digest = hashlib.sha256()
    for path in sorted((PROJECT / "reports").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _read_record(path: Path) -> Mapping[str, str]:
    """The record; none where it is missing or damaged, which only makes all bulletins be written."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write_record(folder: Path, now: _Published) -> None:
    from reports.bulletin import bulletin_path

    record = {str(week): digest for week, digest in now.digests.items()}
    record |= {_size_of(week): _size(bulletin_path(folder, week)) for week in now.bulletins}
    folder.mkdir(parents=True, exist_ok=True)
    building = building_of(folder / _RECORD)
    building.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    put_in_place(building, folder / _RECORD)


def _remove_others(folder: Path, weeks: Collection[IsoWeek]) -> None:
    from reports.bulletin import bulletin_path

    wanted = {bulletin_path(folder, week) for week in weeks}
    for path in folder.glob("bollettino-*.html"):
        if path not in wanted:
            path.unlink()
