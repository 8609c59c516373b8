"""A file under a layout: what it states, and its figures, with what has drifted read as what is known.

Lives here: when a renamed heading or sheet is looked for, for whoever reads a city's file.
Must not live here: which layout it is (`judge`), what is near a known name (`sources.layouts.drift`).
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.contract import Edition
from schemas.thresholds import Drift
from schemas.weeks import IsoWeek
from sources.cells import Workbook
from sources.layouts.drift import may_have_drifted, mend
from sources.layouts.extract import read_return
from sources.layouts.facts import read_facts
from sources.layouts.library import KnownLayout
from sources.layouts.outcome import Facts, Reading, Trouble


@dataclass(frozen=True)
class Recognised:
    """A file with the layout it is read by, the facts it states, and what of it had to be read as known."""

    workbook: Workbook
    known: KnownLayout
    facts: Facts
    drift: tuple[Trouble, ...] = ()

    @property
    def lacks_facts(self) -> bool:
        """Whether a fact that files of the layout state is not found."""
        return not self.known.layout.stated_facts <= self.facts.keys()

    def mended(self, edition: Edition, tolerance: Drift) -> Recognised:
        """The same with what is near a known name read as that."""
        found = mend(self.workbook, self.known, edition, tolerance)
        if not found.troubles:
            return self
        return Recognised(found.workbook, self.known, read_facts(found.workbook, self.known), found.troubles)


def recognised_by(workbook: Workbook, known: KnownLayout) -> Recognised:
    """The file under a layout, every name as it stands."""
    return Recognised(workbook, known, read_facts(workbook, known))


def read_figures(
    recognised: Recognised, edition: Edition, city: str, week: IsoWeek, tolerance: Drift | None
) -> tuple[Recognised, Reading]:
    """What the file says, and the file as it was read for that.

    What drifted is looked for only where something in it is not known; without a `tolerance`, nowhere.
    """

    def read(given: Recognised) -> Reading:
        return read_return(
            given.workbook, given.known, edition, city, week, tells_drift=tolerance is not None
        )

    reading = read(recognised)
    if tolerance is None or recognised.drift or not may_have_drifted(reading.troubles):
        return recognised, reading
    mended = recognised.mended(edition, tolerance)
    return (mended, read(mended)) if mended.drift else (recognised, reading)
