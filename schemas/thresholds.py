"""What rules over weeks are told: how many weeks, how much, of which measures; one model for each check.

Lives here: the thresholds that an edition's `rules.yaml` gives a rule, under the name of its check.
Must not live here: the numbers themselves and why they are so (`rules.yaml`), judging (`pipelines.judging`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.tables import Entry

Share = Annotated[Decimal, Field(gt=0, lt=1)]
"""A part of a whole: 0.2 is 20 %."""
MeasureCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Weeks = Annotated[int, Field(ge=2, le=52)]


class RunningTotals(Entry):
    """`measure`, summed over the edition so far, lies between the largest of `parts` and their sum."""

    measure: MeasureCode
    parts: Annotated[tuple[MeasureCode, ...], Field(min_length=2)]


class UnlikeRecentWeeks(Entry):
    """A total lies within `deviations` of what its last `weeks` accepted weeks lead to expect.

    at_least: how many of those weeks must hold a value.
    odd: how many of them may be odd themselves without widening the band.
    spread: by how much of itself a large total varies from week to week at the least.
    comes_in: measure -> how many units come at once, where they are not counted one by one; below 1 for what
    varies less than a count made anew each week, since most of it is last week's.
    """

    weeks: Weeks
    at_least: int = Field(ge=3)
    odd: int = Field(ge=0, le=1)
    deviations: float = Field(gt=0)
    spread: float = Field(ge=0)
    comes_in: dict[MeasureCode, Annotated[float, Field(gt=0)]] = {}


class SameAsLastWeek(Entry):
    """More than a share of a return's non-zero values (at least so many) equal those of last week."""

    more_than: Share
    at_least: int = Field(ge=1)


class NotRecorded(Entry):
    """A category is more than a share of a total of at least so many."""

    category: Annotated[str, StringConstraints(min_length=1)]
    more_than: Share
    at_least: int = Field(ge=1)


class RatioOverWeeks(Entry):
    """`part` / `whole` is under a share, or exactly 1, in so many weeks on end."""

    part: MeasureCode
    whole: MeasureCode
    under: Share
    weeks: Weeks


class AllZero(Entry):
    """A service point that is open holds nothing but zeros in so many weeks on end."""

    weeks: Weeks


class CumulativeTyped(Entry):
    """A total never falls over `weeks`, rises `rises` times, and ends at `times` what was usual before.

    usual_over: the weeks before them whose median is what was usual; at_least: how many must hold a value.
    """

    weeks: Weeks
    rises: int = Field(ge=1)
    times: Decimal = Field(gt=1)
    usual_over: Weeks
    at_least: int = Field(ge=1)


class TotalAsCategory(Entry):
    """A category, or a service point's whole column, is the sum of all the others.

    others: how many of the other categories must be above zero; total: how large the total must be.
    times_usual: how many times its share over the last `weeks` accepted weeks the category must have.
    rows: how many rows of a column, each with `others_in_row` other service points above zero.
    """

    others: int = Field(ge=2)
    total: int = Field(ge=1)
    times_usual: Decimal = Field(gt=1)
    weeks: Weeks
    rows: int = Field(ge=2)
    others_in_row: int = Field(ge=2)


class Drift(Entry):
    """A sheet or a heading is read as the one known name that it is near, if that name is missing.

    shortest_word: from how many letters on a word may be misspelt by one; a shorter one may be a code.
    shortest_stem: from how many letters on the beginning of a word, without a full stop, stands for the word.
    words_added: how many words a name may have been given beside its own; the heading of figures none.
    """

    shortest_word: int = Field(ge=4)
    shortest_stem: int = Field(ge=2)
    words_added: int = Field(ge=0, le=2)
