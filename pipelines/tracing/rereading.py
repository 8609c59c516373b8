"""The cells of a figure read again from the files received.

Lives here: what stands in them now, and whether the values published of them are what the files say.
Must not live here: which cells a figure is made of (`adding`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.receiving import arrival_of, hints_for
from pipelines.tracing.adding import AddedValue
from schemas.addresses import spot_of
from sources import landing
from sources.cells import Sheet, Value, Workbook
from sources.layouts.library import KnownLayout
from sources.layouts.numbers import Figure
from sources.reading.reader import CsvHints, ReadAhead, SourceFile, Unreadable

CellPlace = tuple[str, str, str, str]
"""Submission, file, sheet ('' where the file has no sheets), address."""


@dataclass(frozen=True)
class Reread:
    """What stands in cells, as written: a text, a number. unreadable: returns that do not open any more."""

    values: Mapping[CellPlace, Value]
    unreadable: frozenset[str] = frozenset()

    def written(self, value: AddedValue) -> tuple[Value | None, ...]:
        """What stands in each of a value's cells; None for one that was not read again."""
        return tuple(
            self.values.get((value.submission_id, value.file, sheet, address))
            for sheet, address in value.places
        )


NOTHING_REREAD = Reread({})


def reread(
    home: Home,
    contract: Contract,
    values: Iterable[AddedValue],
    say: Callable[[int, int], None] = lambda done, of: None,
) -> Reread:
    """Open the returns behind these values again, each once, in a child process.

    say: is told how many returns were opened, of how many. Raises DamagedLandingError, OSError.
    """
    wanted: dict[str, set[tuple[str, str, str]]] = {}
    for value in values:
        places = wanted.setdefault(value.submission_id, set())
        places |= {(value.file, sheet, address) for sheet, address in value.places}
    receipts = {name: landing.read_receipt(home.returns / name) for name in sorted(wanted)}
    kept = [receipt for receipt in receipts.values() if receipt.keeps_files]
    found: dict[CellPlace, Value] = {}
    unreadable = {name for name, receipt in receipts.items() if not receipt.keeps_files}
    with ReadAhead(children=min(2, max(1, len(kept))), words=contract.vocabulary) as reader:
        opened = reader.read_all(_received(home, contract, kept))
        for number, (receipt, workbook) in enumerate(zip(kept, opened, strict=True), start=1):
            say(number, len(kept))
            name = receipt.submission_id
            if isinstance(workbook, Unreadable):
                unreadable.add(name)
            else:
                found |= {(name, *place): value for place, value in _cells(workbook, wanted[name])}
    return Reread(found, frozenset(unreadable))


def _received(
    home: Home, contract: Contract, receipts: Iterable[landing.Receipt]
) -> Iterator[tuple[list[SourceFile], CsvHints | None]]:
    for receipt in receipts:
        arrival = arrival_of(home, receipt)
        yield list(arrival.files), hints_for(contract, arrival.claim)


def _cells(
    workbook: Workbook, wanted: Collection[tuple[str, str, str]]
) -> Iterator[tuple[tuple[str, str, str], Value]]:
    sheets: dict[tuple[str, str], Sheet] = {(sheet.file, sheet.name): sheet for sheet in workbook}
    for file, name, address in wanted:
        sheet, spot = sheets.get((file, name)), spot_of(address)
        if sheet is not None and spot is not None:
            yield (file, name, address), sheet.value(spot.row - 1, spot.column - 1)


def not_as_published(
    contract: Contract, values: Iterable[AddedValue], layouts: Mapping[str, str | None], read: Reread
) -> tuple[AddedValue, ...]:
    """The values whose cells, read by the layout of their return, add up to something else.

    layouts: of returns, by submission. A return whose layout is not there any more is not looked at.
    """
    known = {one.name: one for one in contract.layouts.layouts}
    wrong = []
    for value in values:
        layout = known.get(layouts.get(value.submission_id) or "")
        written = read.written(value)
        if layout is None or value.submission_id in read.unreadable or not written:
            continue
        if _sum(layout, written) != value.value:
            wrong.append(value)
    return tuple(wrong)


def _sum(layout: KnownLayout, written: Iterable[Value | None]) -> Decimal | None:
    total = Decimal(0)
    for text in written:
        figure = None if text is None else layout.figures.read(text)
        if not isinstance(figure, Figure) or figure.value is None:
            return None
        total += figure.value
    return total
