"""Which indicators of a city's week a new version moves.

Lives here: computing both versions, alone in a database of their own, and comparing them.
Must not live here: the comparison of figures (`pipelines.resubmission`), or how indicators are computed
(`warehouse.indicators`).
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines import judged
from pipelines.judging.judge import Judgement
from schemas.contract import Edition
from schemas.verdicts import Verdict
from schemas.weeks import IsoWeek
from warehouse import indicators, loading
from warehouse.files import write_database
from warehouse.judged import NOTHING_DECIDED, Decided, read_return
from warehouse.queries import query


@dataclass(frozen=True)
class MovedIndicator:
    """An indicator of the city's week that moves, total over all its categories."""

    indicator: str
    before: float | None
    after: float | None


def moved_indicators(
    judgement: Judgement, valid: Verdict, folder: Path, edition: Edition, decided: Decided = NOTHING_DECIDED
) -> Iterator[MovedIndicator]:
    """The indicators that the judged return would move; `folder`: where the valid one was judged.

    decided: about its city and week.
    """
    assert valid.city is not None and valid.iso_week is not None
    alone = _city_week_alone(edition, valid.city, valid.iso_week)
    with tempfile.TemporaryDirectory(prefix="regia-check-") as made:
        new = valid.model_copy(
            update={
                "submission_id": f"{valid.submission_id}-new",
                "version": judgement.version,
                "received_at": valid.known_from + dt.timedelta(microseconds=1),
                "counts_from": None,
                "status": judgement.status,
                "supersedes": valid.submission_id,
                "acts": (),
            }
        )
        judged.prepare_judged(Path(made), new, judgement)
        judged.place_judged(Path(made), new)
        versions = [
            read_return(folder / valid.submission_id),
            read_return(Path(made, new.submission_id)),
        ]
        path = Path(made, "warehouse.duckdb")
        loading.make_warehouse(path, alone)
        before, after = (
            _indicators(path, alone, {valid.iso_week: versions[:count]}, decided) for count in (1, 2)
        )
    for indicator in edition.indicators:
        if before[indicator.code] != after[indicator.code]:
            yield MovedIndicator(indicator.code, before[indicator.code], after[indicator.code])


def _city_week_alone(edition: Edition, city: str, week: IsoWeek) -> Edition:
    """The edition as if it had this city and week only."""
    return edition.model_copy(
        update={
            "facts": edition.facts.model_copy(update={"first_week": week, "last_week": week}),
            "cities": tuple(one for one in edition.cities if one.slug == city),
            "service_points": tuple(one for one in edition.service_points if one.city == city),
        }
    )


def _indicators(
    path: Path, edition: Edition, batch: loading.Batch, decided: Decided
) -> dict[str, float | None]:
    """The totals of every indicator in the one week of the edition."""
    with write_database(path) as connection:
        list(loading.load_weeks(connection, edition, batch, decided))
        indicators.compute_indicators(connection, edition, edition.weeks)
        rows = connection.execute(
            query("indicators_of_week"), {"edition": edition.slug, "city": edition.city_slugs[0]}
        ).fetchall()
    return dict(rows)
