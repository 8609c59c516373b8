"""Which figures a bulletin leads with: data of the edition, or its first indicators where there is none.

Lives here: the model of `choices/<edition>.yaml`, its check against the catalogue, and the fallback.
Must not live here: the code of an indicator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

from pydantic import Field

from reports.bulletin.comparing import Compared
from reports.bulletin.wording import Gender, Unit, Words
from schemas.contract import TOTAL, Edition, Indicator, Text
from schemas.formulas import BUILT_IN, figures_of
from schemas.tables import ContractError, Entry, did_you_mean, line_of, read_document

_FOLDER = Path(__file__).with_name("choices")


class Clause(Entry):
    """What a sentence says of one indicator, for no, one, many, and an unknown number."""

    indicator: Text
    none: Text
    one: Text
    many: Text
    unknown: Text
    gender: Gender | None = None
    """Of the noun that the clause counts, where it is not the unit's."""
    is_compared: bool = False
    """Its change from the week before follows."""
    is_to_date: bool = False
    """The figure is that from the edition's first week on; not said in that week itself."""


class CityColumn(Entry):
    """A column of the table of cities."""

    indicator: Text
    heading: Text


class Choices(Entry):
    """The file `choices/<edition>.yaml`."""

    sentences: tuple[tuple[Clause, ...], ...]
    city_columns: tuple[CityColumn, ...]
    trend_weeks: int = Field(default=13, ge=2)
    """A quarter: long enough to show a season turn, short enough to be read in a small line."""
    board_weeks: int = Field(default=8, ge=1)
    """Two months: what still may be sent or corrected before a quarter is frozen."""
    least_share: float = Field(default=0.5, gt=0, le=1)
    """Where fewer of the cities answered in full in both weeks, a change would be theirs alone."""

    @property
    def weeks_shown(self) -> int:
        """So many weeks before its own a bulletin may show."""
        return max(self.trend_weeks, self.board_weeks)


_FALLBACK_SENTENCES = 3
_FALLBACK_COLUMNS = 8


def choices_for(edition: Edition, words: Words) -> Choices:
    """What this edition's bulletin leads with. Raises ContractError for an indicator that it lacks."""
    path = _FOLDER / f"{edition.slug}.yaml"
    if not path.exists():
        return _fallback(edition, words)
    choices = read_document(path, Choices)
    known = [indicator.code for indicator in edition.indicators]
    named: list[tuple[Sequence[str | int], str]] = [
        (("sentences", sentence, clause), said.indicator)
        for sentence, clauses in enumerate(choices.sentences)
        for clause, said in enumerate(clauses)
    ]
    named += [(("city_columns", n), column.indicator) for n, column in enumerate(choices.city_columns)]
    for place, code in named:
        if code not in known:
            raise ContractError(
                path, line_of(path, place), f"no indicator {code!r}", did_you_mean(code, known)
            )
    return choices


def _fallback(edition: Edition, words: Words) -> Choices:
    """The first indicators of each area in turn: one a sentence, and the columns of the table of cities."""
    of_areas = [[i for i in edition.indicators if i.area == area] for area in edition.facts.areas]
    in_turn = [i for i in chain.from_iterable(zip_longest(*of_areas)) if i is not None]
    return Choices(
        sentences=tuple((_generic(indicator, words),) for indicator in in_turn[:_FALLBACK_SENTENCES]),
        city_columns=tuple(
            CityColumn(indicator=indicator.code, heading=indicator.label_it)
            for indicator in in_turn[:_FALLBACK_COLUMNS]
        ),
    )


def _generic(indicator: Indicator, words: Words) -> Clause:
    label = indicator.label_it.replace("{", "{{").replace("}", "}}")
    said = words.sentences.generic.replace("{label}", label)
    return Clause(
        indicator=indicator.code,
        none=said,
        one=said,
        many=said,
        unknown=words.sentences.generic_unknown.replace("{label}", label),
        is_compared=True,
    )


@dataclass(frozen=True)
class Shown:
    """An indicator with how it is written and compared."""

    indicator: Indicator
    unit: Unit
    how: Compared
    service_kinds: frozenset[str]
    """Of those who owe the cells that it rests on."""

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def has_gaps(self) -> bool:
        """Whether an unanswered cell is a gap in it; no where it counts the answers themselves."""
        return not self.how.counts_answers


def shown_indicators(edition: Edition, choices: Choices, words: Words) -> tuple[Shown, ...]:
    """The edition's indicators in the order of the catalogue."""
    return tuple(
        Shown(
            indicator,
            words.unit(indicator.unit, indicator.kind),
            _compared(edition, indicator, choices.least_share),
            frozenset(
                edition.measures_by_code[cell.measure].service_kind
                for part in figures_of(edition, indicator)[0].parts
                for cell in part.cells
            ),
        )
        for indicator in edition.indicators
    )


def _compared(edition: Edition, indicator: Indicator, least_share: float) -> Compared:
    total = next(figure for figure in figures_of(edition, indicator) if figure.breakdown == TOTAL)
    return Compared(
        scale=total.scale if indicator.kind == "ratio" else None,
        counts_answers=all(part.fold in BUILT_IN for part in total.parts),
        least_share=least_share,
    )
