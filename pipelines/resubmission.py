"""What a new version of a return changes against the one now valid: its cells, and the week's indicators.

Lives here: the comparison, made before anything is sent.
Must not live here: how it is put into words, or how indicators are computed (`warehouse.indicators`).
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pipelines import judged
from pipelines.home import Home
from pipelines.judging.context import Contract, FigureKey
from pipelines.judging.judge import Judgement
from pipelines.judging.rules import COVER
from schemas.contract import TOTAL, Edition, Flag
from schemas.messages import catalogue
from schemas.verdicts import Verdict
from schemas.weeks import IsoWeek
from sources.layouts.outcome import Place
from warehouse import indicators, loading
from warehouse.files import write_database
from warehouse.judged import read_return
from warehouse.queries import query

Said = tuple[Decimal | None, Flag]
"""A value and its flag."""


@dataclass(frozen=True)
class ChangedFigure:
    """A figure that is not what it was; None: not reported. place: where it stands in the new file."""

    key: FigureKey
    before: Said | None
    after: Said | None
    place: Place | None


@dataclass(frozen=True)
class ChangedIndicator:
    """An indicator of the city's week that moves, total over all its categories."""

    indicator: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Resubmission:
    """What a version changes against the one that it would replace."""

    replaces: Verdict
    figures: tuple[ChangedFigure, ...]
    indicators: tuple[ChangedIndicator, ...]


def resubmission_of(home: Home, contract: Contract, judgement: Judgement, sha256: str) -> Resubmission | None:
    """What a checked return would change; None where nothing of its city and week is valid yet, or it is
    that very file.
    """
    if judgement.city is None or judgement.week is None:
        return None
    if judgement.status == "rejected" and (not judgement.figures or _is_doubtful(judgement)):
        return None  # nothing of it could be read, or may be shown; or it may well be for another week
    returns = judged.JudgedReturns.load(home.judged, contract.edition)
    valid = returns.valid(judgement.city, judgement.week)
    if valid is None or valid.sha256 == sha256:
        return None
    return compare_with_valid(judgement, valid, returns, contract.edition)


def _is_doubtful(judgement: Judgement) -> bool:
    """Whether it is not sure whose return it is, and of which week."""
    checks = catalogue().messages
    return any(one.kind is not None and checks[one.kind].check == COVER for one in judgement.findings)


def compare_with_valid(
    judgement: Judgement, valid: Verdict, returns: judged.JudgedReturns, edition: Edition
) -> Resubmission:
    """What the judged return changes against the valid one of its city and week.

    A rejected return changes nothing; what it would change is told all the same, but for indicators.
    """
    figures = tuple(_changed_figures(judgement, returns, valid.submission_id))
    moved = (
        tuple(_changed_indicators(judgement, valid, returns, edition))
        if judgement.status != "rejected"
        else ()
    )
    return Resubmission(valid, figures, moved)


def _changed_figures(
    judgement: Judgement, returns: judged.JudgedReturns, valid_id: str
) -> Iterator[ChangedFigure]:
    """Totals first: they tell at a glance what the categories then explain."""
    before = returns.values(valid_id)
    after = {figure.key: figure for figure in judgement.figures}
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key[2] != TOTAL, key)):
        figure = after.get(key)
        said = (figure.value, figure.flag) if figure is not None else None
        if said != before.get(key):
            yield ChangedFigure(key, before.get(key), said, figure.places[0] if figure else None)


def _changed_indicators(
    judgement: Judgement, valid: Verdict, returns: judged.JudgedReturns, edition: Edition
) -> Iterator[ChangedIndicator]:
    assert valid.city is not None and valid.iso_week is not None
    alone = _city_week_alone(edition, valid.city, valid.iso_week)
    with tempfile.TemporaryDirectory(prefix="regia-check-") as folder:
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
        judged.prepare_judged(Path(folder), new, judgement)
        judged.place_judged(Path(folder), new)
        versions = [
            read_return(returns.folder / valid.submission_id),
            read_return(Path(folder, new.submission_id)),
        ]
        path = Path(folder, "warehouse.duckdb")
        loading.make_warehouse(path, alone)
        before, after = (_indicators(path, alone, {valid.iso_week: versions[:count]}) for count in (1, 2))
    for indicator in edition.indicators:
        if before[indicator.code] != after[indicator.code]:
            yield ChangedIndicator(indicator.code, before[indicator.code], after[indicator.code])


def _city_week_alone(edition: Edition, city: str, week: IsoWeek) -> Edition:
    """The edition as if it had this city and week only."""
    return edition.model_copy(
        update={
            "facts": edition.facts.model_copy(update={"first_week": week, "last_week": week}),
            "cities": tuple(one for one in edition.cities if one.slug == city),
            "service_points": tuple(one for one in edition.service_points if one.city == city),
        }
    )


def _indicators(path: Path, edition: Edition, batch: loading.Batch) -> dict[str, float | None]:
    """The totals of every indicator in the one week of the edition."""
    with write_database(path) as connection:
        list(loading.load_weeks(connection, edition, batch))
        indicators.compute_indicators(connection, edition, edition.weeks)
        rows = connection.execute(
            query("indicators_of_week"), {"edition": edition.slug, "city": edition.city_slugs[0]}
        ).fetchall()
    return dict(rows)
