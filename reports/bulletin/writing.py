"""Writing bulletins into a folder, from a published file that stays as it is.

Lives here: which file a week's bulletin is, and that it is put in place whole, and only when it changed.
Must not live here: what stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from reports.bulletin.choosing import choices_for, shown_indicators
from reports.bulletin.page import page
from reports.bulletin.reading import read_published
from reports.bulletin.week import Week
from reports.bulletin.wording import words
from schemas.contract import Edition
from schemas.weeks import IsoWeek
from warehouse.batches import batches_of
from warehouse.files import building_of, put_in_place, read_database

_AT_A_TIME = 26
"""Weeks whose figures are read together: one look at the file for half a year, and no more in memory."""


class WeekNotPublishedError(Exception):
    """The published file does not hold this week: it lies outside the edition, or beyond the horizon, or the
    file is of an edition with other indicators.
    """

    def __init__(self, week: IsoWeek, published: Path, lacks: str) -> None:
        super().__init__(f"{published} holds no {lacks} of {week}")
        self.week, self.published = week, published


def bulletin_path(folder: Path, week: IsoWeek) -> Path:
    """The file that the week's bulletin is."""
    return folder / f"bollettino-{week}.html"


def write_bulletin(published: Path, edition: Edition, week: IsoWeek, folder: Path) -> Path:
    """Write one week's bulletin; see `write_bulletins`."""
    (path,) = write_bulletins(published, edition, (week,), folder)
    return path


def write_bulletins(
    published: Path, edition: Edition, weeks: Sequence[IsoWeek], folder: Path
) -> tuple[Path, ...]:
    """Write the bulletins of these weeks, the same bytes for the same published file; their paths.

    A bulletin that would not change is left as it is. Raises WeekNotPublishedError before that week's is
    written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(
        _put(bulletin_path(folder, week), text) for week, text in _bulletins(published, edition, weeks)
    )


def _bulletins(published: Path, edition: Edition, weeks: Sequence[IsoWeek]) -> Iterator[tuple[IsoWeek, str]]:
    texts = words()
    choices = choices_for(edition, texts)
    indicators = shown_indicators(edition, choices, texts)
    with read_database(published) as connection:
        for chosen in batches_of(weeks, _AT_A_TIME):
            readings = read_published(connection, edition, chosen, choices.weeks_shown)
            for iso_week in chosen:
                week = Week(iso_week, edition, readings, choices, texts, indicators)
                _check(week, published)
                yield iso_week, page(week)


def _check(week: Week, published: Path) -> None:
    """A figure that is not there must never read as one that is not due."""
    if not week.due:
        raise WeekNotPublishedError(week.week, published, "returns")
    for shown in week.indicators:
        if week.this_week(shown.code) is None or week.to_date(shown.code) is None:
            raise WeekNotPublishedError(week.week, published, shown.code)


def _put(path: Path, text: str) -> Path:
    content = text.encode("utf-8")
    if not path.exists() or path.read_bytes() != content:
        building = building_of(path)
        building.write_bytes(content)
        put_in_place(building, path)
    return path
