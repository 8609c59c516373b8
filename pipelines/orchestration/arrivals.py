"""What was received and is not published yet, by content: what the schedule and the sensor start runs for.

Lives here: comparing the landing and `judged/` with what is published; needs no lock and no clock.
Must not live here: dagster; deciding when to look (`pipelines.orchestration.triggers`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipelines.bulletins import are_behind
from pipelines.consolidating import decided_in
from pipelines.home import Home
from schemas.contract import Edition
from schemas.verdicts import Verdict
from schemas.weeks import IsoWeek
from sources.landing import read_receipt, submissions
from warehouse.judged import Held
from warehouse.making import of_edition, published_fingerprints
from warehouse.parquet import PartFiles
from warehouse.publishing import Published, read_published


@dataclass(frozen=True)
class Batch:
    """An unbroken range of weeks with something new; `content` is the same for the same news only."""

    first: IsoWeek
    last: IsoWeek
    content: str


def landing_signature(home: Home, edition: Edition) -> str:
    """What is cheap to look at and changes whenever something arrives, is judged, is published, or is lost
    of what was published.
    """
    published = home.published(edition.slug)
    folders = (home.returns, home.acts, home.judged, published, home.reports(edition.slug))
    return _sha256([*map(_stamp, folders), *_parts(PartFiles.beside(published))])


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return "-"
    return f"{found.st_ino} {found.st_mtime_ns} {found.st_nlink} {found.st_size}"


def unpublished_batches(home: Home, edition: Edition) -> tuple[Batch, ...]:
    """Every week with something new, in as few ranges as hold no other week.

    The news of `pipelines.consolidating.find_news`, but for the warehouse, which only its lock's holder may
    open; and returns that were landed and not judged yet are news of the week in their receipt. What belongs
    to no week of the edition goes with whatever runs; alone, it is news of the last week with a return.
    """
    published = read_published(home.published(edition.slug), edition)
    held = published.held
    known = {str(week): week for week in edition.weeks}
    news: dict[IsoWeek, list[str]] = {}
    elsewhere = []
    for iso_week, content in _news(home, edition, held):
        if iso_week in known:
            news.setdefault(known[iso_week], []).append(content)
        else:
            elsewhere.append(content)
    if not elsewhere and not news:
        elsewhere += _lost(home, edition, published)
    if elsewhere and not news:
        received = [known[one.iso_week] for one in held.values() if one.iso_week in known]
        news[max(received, default=edition.weeks[0])] = elsewhere
    made_with = [f"{part} {value}" for part, value in sorted(published_fingerprints(edition).items())]
    return tuple(
        Batch(
            first, last, _sha256([*made_with, *sorted(c for week in first.through(last) for c in news[week])])
        )
        for first, last in unbroken_ranges(news)
    )


def unbroken_ranges(weeks: Iterable[IsoWeek]) -> tuple[tuple[IsoWeek, IsoWeek], ...]:
    """The weeks in as few ranges (first, last) as hold no other week."""
    ranges: list[tuple[IsoWeek, IsoWeek]] = []
    for week in sorted(set(weeks)):
        if ranges and ranges[-1][1].shifted(1) == week:
            ranges[-1] = (ranges[-1][0], week)
        else:
            ranges.append((week, week))
    return tuple(ranges)


def _lost(home: Home, edition: Edition, published: Published) -> Iterator[str]:
    """What is amiss beside a published file that holds every return: somebody touched it, or a run died."""
    if not published.is_current:
        return
    if not published.is_settled:
        yield "\n".join(["parts", *_parts(PartFiles.beside(home.published(edition.slug)))])
    if are_behind(home, edition):
        yield "bulletins"


def _parts(files: PartFiles) -> list[str]:
    """What lies there as Parquet, and what a run that died was changing."""
    return [
        *(f"{part.table}/{part.name} {size}" for part, size in sorted(files.sizes().items())),
        *(f"{part.table}/{part.name} unsettled" for part in sorted(files.unsettled())),
    ]


def _news(home: Home, edition: Edition, held: Mapping[str, Held]) -> Iterator[tuple[str | None, str]]:
    """(week, content) of each return and act in which the home and the published file differ."""
    received = {*submissions(home.returns), *submissions(home.judged)}
    for submission_id in sorted(received):
        content = _content(home.judged / submission_id / "verdict.json")
        before = held.get(submission_id)
        if (
            before is not None
            and content is not None
            and before.digest == hashlib.sha256(content).hexdigest()
        ):
            continue
        verdict = _verdict(home, submission_id, content)
        if verdict is not None and verdict.edition == edition.slug:
            # Its id tells its bytes and its arrival: it is the same news before and after it is judged.
            judged_again = f" {hashlib.sha256(content or b'').hexdigest()}" if before is not None else ""
            yield (str(verdict.iso_week) if verdict.iso_week else None), f"{submission_id}{judged_again}"
    decided = of_edition(decided_in(home).held, edition.slug)
    for name, act in decided.items():
        if held.get(name) != act:
            yield act.iso_week, f"{name} {act.digest}"
    for name in sorted(held.keys() - received - decided.keys()):
        yield held[name].iso_week, f"{name} gone"


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _verdict(home: Home, submission_id: str, content: bytes | None) -> Verdict | None:
    """As judged; else as its receipt has it. None for what a receipt that is not ours would tell."""
    if content is not None:
        try:
            return Verdict.model_validate_json(content)
        except ValidationError:
            pass  # torn by a kill: the run judges it again
    try:
        return read_receipt(home.returns / submission_id).verdict
    except FileNotFoundError:
        return None


def _sha256(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
