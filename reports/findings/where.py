"""Where a finding stands, in words: `Foglio «2 Housing», celle E12, E14-E20, TA-ACC-01`.

Lives here: a line's place as one text.
Must not live here: links to it; those are the workbook's.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.findings.lines import Line, PlacedSpot, SheetKey
from reports.findings.wording import FindingWords, WhereWords
from schemas.addresses import Block, Spot, blocks_around
from schemas.verdicts import Finding

_MOST_BLOCKS = 30


def where_in_words(line: Line, words: FindingWords) -> str:
    """The line's place; on a line of its own, the cells that go with it."""
    said = words.where
    parts = []
    if line.first.sheet:
        parts.append(said.sheet.format(sheet=line.first.sheet.strip()))
    spots = [placed.spot for placed in line.own_spots]
    if spots:
        parts.append(_written(spots, said, is_csv=line.is_of_csv))
    elif line.first.cell:
        parts.append(line.first.cell)
    point = line.shared(lambda finding: finding.service_point)
    if point:
        parts.append(point)
    if not parts:
        return line.first.file or said.whole
    where = ", ".join(parts)
    others = line.other_spots
    beside = f"\n{said.beside.format(cells=_elsewhere(others, line.sheet))}" if others else ""
    return f"{where[0].upper()}{where[1:]}{beside}"


def with_decision(finding: Finding, words: FindingWords) -> str:
    """What is wrong, and what was decided about it."""
    if finding.disposition == "open":
        return finding.message
    decided = words.dispositions[finding.disposition].format(note=finding.note)
    return f"{finding.message} {decided}"


def message_in_words(line: Line, words: FindingWords) -> str:
    """What is wrong; of findings that are only alike, the first one's message and how many more there are."""
    if line.is_about_one_thing:
        return with_decision(line.first, words)
    return words.like_it.format(message=line.first.message, n=len(line.findings) - 1)


def _written(spots: Sequence[Spot], said: WhereWords, *, is_csv: bool) -> str:
    blocks = blocks_around(spots)
    shown = blocks[:_MOST_BLOCKS]
    if is_csv:
        text = "; ".join(_csv_block(block, said) for block in shown)
    else:
        cells = ", ".join(block.a1 for block in shown)
        text = said.cell.format(cell=cells) if len(spots) == 1 else said.cells.format(cells=cells)
    left = sum(block.cells for block in blocks[_MOST_BLOCKS:])
    return f"{text} {said.more_cells.format(n=left)}" if left else text


def _csv_block(block: Block, said: WhereWords) -> str:
    first, last = block.first, block.last
    if first == last:
        return said.csv_cell.format(row=first.row, column=first.column, cell=first.a1)
    return said.csv_cells.format(
        first_row=first.row,
        last_row=last.row,
        first_column=first.column,
        last_column=last.column,
        cells=block.a1,
    )


def _elsewhere(spots: Sequence[PlacedSpot], beside: SheetKey | None) -> str:
    by_sheet: dict[SheetKey, list[Spot]] = {}
    for placed in spots:
        by_sheet.setdefault(placed.sheet, []).append(placed.spot)
    written = []
    for sheet, own in by_sheet.items():
        blocks = blocks_around(own)
        cells = ", ".join(block.a1 for block in blocks[:_MOST_BLOCKS])
        dots = " …" if len(blocks) > _MOST_BLOCKS else ""
        written.append(f"{cells}{dots}" if sheet == beside else f"«{sheet[1].strip()}» {cells}{dots}")
    return "; ".join(written)
