"""What a new version of a return changes against the one now valid: its cells, and the week's indicators.

Lives here: the comparison, made before anything is sent.
Must not live here: how it is put into words, or which indicators move (`pipelines.moved_indicators`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.acts import Acts
from pipelines.judged import JudgedReturns
from pipelines.judging.context import FigureKey
from pipelines.judging.judge import Judgement
from pipelines.judging.rules import COVER
from schemas.acts import DeclaredNil
from schemas.contract import TOTAL, Edition, Flag
from schemas.messages import catalogue
from schemas.verdicts import Verdict
from sources.layouts.outcome import Place
from warehouse.judged import Decided

if TYPE_CHECKING:
    from pipelines.moved_indicators import MovedIndicator

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
class Resubmission:
    """What a version changes against the one that it would replace."""

    replaces: Verdict
    figures: tuple[ChangedFigure, ...]
    indicators: tuple[MovedIndicator, ...]


def resubmission_of(
    judgement: Judgement,
    sha256: str,
    returns: JudgedReturns,
    acts: Acts,
    edition: Edition,
    *,
    with_indicators: bool = True,
) -> Resubmission | None:
    """What a checked return would change; None where nothing of its city and week is valid yet, or it is
    that very file. Indicators take half a second: `with_indicators` says whether they are wanted.
    """
    if judgement.city is None or judgement.week is None:
        return None
    if judgement.status == "rejected" and (not judgement.figures or _is_doubtful(judgement)):
        return None  # nothing of it could be read, or may be shown; or it may well be for another week
    valid = returns.valid(judgement.city, judgement.week)
    if valid is None or valid.sha256 == sha256:
        return None
    nils = acts.nils_of(edition.slug, judgement.city, judgement.week)
    return compare_with_valid(judgement, valid, returns, edition, nils, with_indicators=with_indicators)


def _is_doubtful(judgement: Judgement) -> bool:
    """Whether it is not sure whose return it is, and of which week."""
    checks = catalogue().messages
    return any(one.kind is not None and checks[one.kind].check == COVER for one in judgement.findings)


def compare_with_valid(
    judgement: Judgement,
    valid: Verdict,
    returns: JudgedReturns,
    edition: Edition,
    nils: Sequence[DeclaredNil] = (),
    *,
    with_indicators: bool = True,
) -> Resubmission:
    """What the judged return changes against the valid one of its city and week, and what was decided of it.

    A rejected return changes nothing; what it would change is told all the same, but for indicators.
    """
    figures = tuple(_changed_figures(judgement, returns, valid.submission_id))
    if judgement.status == "rejected" or not with_indicators:
        return Resubmission(valid, figures, ())
    # Most checks are of a first version: the database that computes indicators is loaded for the others.
    from pipelines.moved_indicators import moved_indicators

    moved = moved_indicators(judgement, valid, returns.folder, edition, Decided(tuple(nils)))
    return Resubmission(valid, figures, tuple(moved))


def _changed_figures(judgement: Judgement, returns: JudgedReturns, valid_id: str) -> Iterator[ChangedFigure]:
    """Totals first: they tell at a glance what the categories then explain."""
    before = returns.values(valid_id)
    after = {figure.key: figure for figure in judgement.figures}
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key[2] != TOTAL, key)):
        figure = after.get(key)
        said = (figure.value, figure.flag) if figure is not None else None
        if said != before.get(key):
            yield ChangedFigure(key, before.get(key), said, figure.places[0] if figure else None)
