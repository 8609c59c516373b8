"""`make bench`, subject `suggest`: how well a layout is drafted for a file of a city that nobody knows.

Lives here: hiding a city's own layout and words, drafting, holding each cell against the true layout.
Must not live here: the drafting itself (`sources.layouts.suggesting`); limits that fail.

Known while a city's file is drafted: the contract and the other cities' words. A cell is right where the
draft gives it the same service point, measure, breakdown, category, day and value as the city's true layout
does, and the figure made from it is the same; it is marked where a word that places it is to be confirmed.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.judging.contract import load_contract
from schemas.contract import Edition
from schemas.editions import DEFAULT_EDITION, find_edition
from schemas.weeks import IsoWeek
from sources.cells import Workbook
from sources.layouts.combine import Figure, combine_cells
from sources.layouts.extract import read_return
from sources.layouts.library import KnownLayout, LayoutLibrary
from sources.layouts.outcome import MappedCell, Place
from sources.layouts.suggesting.drafting import Draft, NoShapeError, draft_layout
from sources.layouts.suggesting.knowledge import Knowledge
from sources.reading.reader import ChildReader, SourceFile
from tests.making.samples import ONE_CITY_A_LAYOUT, sample

WEEK = IsoWeek(2023, 42)
TARGET = 0.8


@dataclass(frozen=True)
class Score:
    """What became of the cells that hold figures in one city's file."""

    city: str
    cells: int
    right: int
    right_marked: int
    wrong_marked: int
    wrong_silent: int
    unplaced: int
    why: str = ""

    @property
    def share(self) -> float:
        """Cells placed right, marked or not."""
        return self.right / self.cells if self.cells else 0.0


Cells = dict[Place, tuple[MappedCell, Figure | None]]


def cells_by(workbook: Workbook, known: KnownLayout, edition: Edition, city: str, week: IsoWeek) -> Cells:
    """Each cell that a layout reads as a figure, with the figure that it becomes."""
    cells = read_return(workbook, known, edition, city, week).cells
    figures = {f.key: f for f in combine_cells(cells, known.layout.combine, edition)[0]}
    return {
        cell.place: (cell, figures.get((cell.service_point, cell.measure, cell.breakdown, cell.category)))
        for cell in cells
    }


def _says_the_same(ours: tuple[MappedCell, Figure | None], true: tuple[MappedCell, Figure | None]) -> bool:
    is_placed_alike = ours[0][:6] == true[0][:6]
    mine, theirs = ours[1], true[1]
    if mine is None or theirs is None:
        return is_placed_alike and mine is theirs
    return is_placed_alike and (mine.value, mine.flag) == (theirs.value, theirs.flag)


def draft_without_own(
    workbook: Workbook,
    library: LayoutLibrary,
    edition: Edition,
    city: str,
    week: IsoWeek = WEEK,
    *,
    only_contract: bool = False,
) -> Draft:
    """A draft by one who knows every layout but the city's own, or no city's at all."""
    own = library.usual_for(city)
    others = [known for known in library.layouts if known not in own and not only_contract]
    return draft_layout(workbook, Knowledge.gather(edition, others), city, week)


def score(
    workbook: Workbook,
    library: LayoutLibrary,
    edition: Edition,
    city: str,
    week: IsoWeek = WEEK,
    *,
    only_contract: bool = False,
) -> Score:
    """The draft for a city, cell by cell."""
    (own,) = library.usual_for(city)
    true = cells_by(workbook, own, edition, city, week)
    try:
        draft = draft_without_own(workbook, library, edition, city, week, only_contract=only_contract)
    except NoShapeError as error:
        return Score(city, len(true), 0, 0, 0, 0, len(true), f"no shape: {error}")
    ours = cells_by(workbook, draft.known(edition), edition, city, week)
    sure = cells_by(workbook, draft.known(edition, only_sure=True), edition, city, week)
    marked = {place for place, found in ours.items() if place not in sure or sure[place][0] != found[0]}
    right = {place for place, found in ours.items() if place in true and _says_the_same(found, true[place])}
    wrong = ours.keys() - right
    return Score(
        city,
        len(true),
        len(right),
        len(right & marked),
        len(wrong & marked),
        len(wrong - marked),
        len(true.keys() - ours.keys()),
    )


def scores() -> Iterator[Score]:
    """A city for each layout, in turn."""
    contract = load_contract(find_edition(DEFAULT_EDITION))
    with ChildReader() as reader:
        for city in ONE_CITY_A_LAYOUT:
            given = sample(city, str(WEEK))
            workbook = reader.read([SourceFile(given.name, given.data)])
            assert isinstance(workbook, Workbook), workbook
            yield score(workbook, contract.layouts, contract.edition, city)


def measure() -> None:
    """Print each city's share of cells placed right, and the median."""
    print(f"suggest: a layout drafted for each city's file of {WEEK}, its own layout and words hidden")
    print(f"{'city':<10}  {'cells':>6}  right  right, marked  wrong marked  wrong silent  not placed")
    found = []
    for one in scores():
        found.append(one)
        print(
            f"{one.city:<10}  {one.cells:6d}  {one.share:5.1%}  {one.right_marked / max(1, one.cells):13.1%}"
            f"  {one.wrong_marked:12d}  {one.wrong_silent:12d}  {one.unplaced:10d}  {one.why}"
        )
    median = statistics.median(one.share for one in found)
    silent = sum(one.wrong_silent for one in found)
    print(f"median {median:.1%} (target at least {TARGET:.0%}); wrong without a mark: {silent} (target none)")
