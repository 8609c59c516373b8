"""The workbook that comes back: a list of what was found, and the city's sheets as values with marked cells.

Lives here: cells, colours, comments, links, widths and print settings.
Must not live here: which findings share a line (`lines`), which cells are marked (`marking`).

Nothing in it runs: no formula, macro, external link, hidden sheet, row or column.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.annotated.marking import CellMark, MarkKind, marks_of
from reports.annotated.sheets import Head, ShownSheet, ShownValue
from reports.annotated.titles import sheet_titles
from reports.annotated.wording import Words
from reports.findings.lines import Line, SheetKey, are_explained, lines_of
from reports.findings.where import message_in_words, where_in_words
from reports.neutral import neutral_text
from schemas.addresses import Spot
from schemas.verdicts import Finding

MOST_COMMENTS = 5000
"""A comment is a drawing of its own: with more of them spreadsheets open slowly and the file grows."""

_DAY = "dd/mm/yyyy"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_MARKS: Mapping[MarkKind, str] = {"error": "✗", "warning": "!", "beside": "·"}
_FILLS: Mapping[MarkKind, str] = {"error": "FFA61C1C", "warning": "FFFFD966", "beside": "FFDDEBF7"}
"""Told apart by how dark they are, so that nobody needs to see red."""
_INK: Mapping[MarkKind, str] = {"error": "FFFFFFFF", "warning": "FF1B1B1B", "beside": "FF1B1B1B"}
_Edge = Literal["medium", "mediumDashed", "dotted"]
_EDGES: Mapping[MarkKind, _Edge] = {"error": "medium", "warning": "mediumDashed", "beside": "dotted"}

_COLUMN_WIDTHS = (56, 48, 38, 13, 14, 14, 11, 9)
_LINE_HEIGHT = 15.0
_TITLE_LINES = 1.7
_HEADER_ROW = 5


def annotated_workbook(
    sheets: Sequence[ShownSheet],
    findings: Sequence[Finding],
    head: Head,
    words: Words,
    beside: Sequence[Words] = (),
) -> bytes:
    """The xlsx of a return: the list of its findings, then its sheets with the cells marked.

    beside: the frame texts of the other languages that the city reads, told after those of the first.

    Sheets that are not to be shown (`head.copy` says why) are simply not given.
    """
    book = Workbook()
    for style in _styles():
        book.add_named_style(style)
    titles = sheet_titles(sheets, words.sheet.name)
    marks = marks_of(findings, words)
    listed = book.active
    assert isinstance(listed, Worksheet), "a new workbook has a sheet"
    listed.title = words.sheet.name
    lines = lines_of(findings)
    _write_list(listed, lines, head, (words, *beside), sheets, titles, len(marks))
    commented = frozenset(list(marks)[:MOST_COMMENTS])
    by_sheet: dict[SheetKey, dict[Spot, CellMark]] = {}
    for placed, mark in marks.items():
        shown = mark if placed in commented else CellMark(mark.kind, "")
        by_sheet.setdefault(placed.sheet, {})[placed.spot] = shown
    troubled = {line.sheet: line.first.counts_as for line in reversed(lines)}
    for sheet in sheets:
        key = (sheet.file, sheet.name)
        page = book.create_sheet(titles[key])
        if key in troubled:
            page.sheet_properties.tabColor = _FILLS[troubled[key]]
        _write_sheet(page, sheet, by_sheet.get(key, {}), words)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


# --- the list


def _write_list(
    page: Worksheet,
    lines: Sequence[Line],
    head: Head,
    spoken: Sequence[Words],
    sheets: Sequence[ShownSheet],
    titles: Mapping[SheetKey, str],
    marked: int,
) -> None:
    words = spoken[0]
    for column, width in enumerate(_COLUMN_WIDTHS, start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    _write_across(page, 1, _side_by_side(one.sheet.title for one in spoken), "titolo")
    about = words.sheet.about.format(
        label=head.label,
        status=_side_by_side(one.status[head.status] for one in spoken),
        counts=words.findings.counts.said(head.errors, head.warnings),
        file=head.file,
    )
    _write_across(page, 2, about, "forte")
    is_settled = head.status != "rejected" and are_explained([one for line in lines for one in line.findings])
    told = [" ".join(_instructions(head, one, sheets, marked, is_settled=is_settled)) for one in spoken]
    _write_across(page, 3, "\n".join(told), "testo")
    for column, kind in enumerate(_MARKS, start=1):
        _write_text(page.cell(4, column), _side_by_side(one.legend[kind] for one in spoken), kind)
    for column, name in enumerate(_COLUMNS, start=1):
        heading = _side_by_side(getattr(one.findings.columns, name) for one in spoken)
        _write_text(page.cell(_HEADER_ROW, column), heading, "intestazione")
    if len(spoken) > 1:
        page.row_dimensions[_HEADER_ROW].height = 2 * _LINE_HEIGHT
    for row, line in enumerate(lines, start=_HEADER_ROW + 1):
        _write_line(page, row, line, spoken, titles)
    last = max(_HEADER_ROW + len(lines), _HEADER_ROW + 1)
    if not lines:
        nothing = _side_by_side(one.sheet.nothing_found for one in spoken)
        _write_text(page.cell(last, 1), nothing, "testo")
    page.freeze_panes = f"A{_HEADER_ROW + 1}"
    page.auto_filter.ref = f"A{_HEADER_ROW}:{get_column_letter(len(_COLUMNS))}{last}"
    page.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    _set_for_print(page)


_COLUMNS = ("message", "action", "where", "go", "found", "expected", "severity", "rule")
_GO_COLUMN = _COLUMNS.index("go") + 1
"""The link has a column of its own, and a text that is short: LibreOffice shows no second line of a link."""
_VALUE_COLUMNS = (_COLUMNS.index("found") + 1, _COLUMNS.index("expected") + 1)


def _side_by_side(texts: Iterable[str]) -> str:
    """The same in several languages: `Errore / Fehler`."""
    return " / ".join(dict.fromkeys(texts))


def _instructions(
    head: Head, words: Words, sheets: Sequence[ShownSheet], marked: int, *, is_settled: bool
) -> list[str]:
    if head.copy == "whole":
        what_to_do = words.sheet.settled if is_settled else words.sheet.what_to_do[head.status]
        said = [what_to_do.format(column=words.findings.columns.go)]
        hidden = [sheet.name.strip() for sheet in sheets if not sheet.is_visible]
        if hidden:
            said.append(words.sheet.hidden.format(sheets=", ".join(f"«{name}»" for name in hidden)))
        if marked > MOST_COMMENTS:
            said.append(words.sheet.continued.format(n=MOST_COMMENTS))
        return said
    return [words.sheet.not_copied[head.copy]]


def _write_across(page: Worksheet, row: int, text: str, style: str) -> None:
    page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(_COLUMN_WIDTHS))
    cell = page.cell(row, 1)
    _write_text(cell, text, style)
    lines = _TITLE_LINES if style == "titolo" else _lines_needed(text, sum(_COLUMN_WIDTHS))
    page.row_dimensions[row].height = _LINE_HEIGHT * lines


def _write_line(
    page: Worksheet, row: int, line: Line, spoken: Sequence[Words], titles: Mapping[SheetKey, str]
) -> None:
    first = line.first
    action = line.shared(lambda one: one.action) or first.action
    found, expected = line.shared(lambda one: one.found), line.shared(lambda one: one.expected)
    numbers = _numbers(line) if found is not None and expected is not None else ()
    said = spoken[0].findings
    severity = _side_by_side(one.findings.severities[first.counts_as] for one in spoken)
    texts = (
        message_in_words(line, said),
        action,
        where_in_words(line, said),
        "",
        found,
        expected,
        f"{_MARKS[first.counts_as]} {severity}",
        first.rule,
    )
    for column, text in enumerate(texts, start=1):
        cell = page.cell(row, column)
        if numbers and column in _VALUE_COLUMNS:
            cell.value = _as_number(numbers[_VALUE_COLUMNS.index(column)])
            cell.style = "numero"
        else:
            _write_text(cell, text or "", "testo")
    title = titles.get(line.sheet) if line.sheet is not None else None
    if title is not None:
        spots = line.own_spots
        at = spots[0].spot.a1 if spots else "A1"
        link = page.cell(row, _GO_COLUMN)
        _write_text(link, f"→ {at}", "rinvio")
        link.hyperlink = Hyperlink(ref="", location=f"{quote_sheetname(title)}!{at}")
    needed = max(
        _lines_needed(str(text or ""), width) for text, width in zip(texts, _COLUMN_WIDTHS, strict=True)
    )
    page.row_dimensions[row].height = min(_LINE_HEIGHT * needed + 3, 400.0)


def _numbers(line: Line) -> tuple[Decimal, ...]:
    """What was found and what was expected, where both are numbers; else nothing."""
    values = dict(line.first.values)
    both = tuple(one for one in map(values.get, ("found", "expected")) if isinstance(one, Decimal))
    return both if len(both) == len(_VALUE_COLUMNS) else ()


def _as_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _lines_needed(text: str, width: int) -> int:
    """How many lines a text takes in a column; letters are a little wider than the unit of widths."""
    return sum(max(1, math.ceil(len(part) * 1.08 / width)) for part in text.split("\n"))


# --- the city's sheets


def _write_sheet(page: Worksheet, sheet: ShownSheet, marks: Mapping[Spot, CellMark], words: Words) -> None:
    widths: dict[int, int] = {}
    for row, values in enumerate(sheet.rows, start=1):
        for column, value in enumerate(values, start=1):
            if value == "":
                continue
            _write_value(page.cell(row, column), value)
            if not _may_spill(values, column):
                widths[column] = max(widths.get(column, 0), min(len(str(value)), _WIDEST))
    for spot, mark in marks.items():
        cell = page.cell(spot.row, spot.column)
        cell.style = f"{mark.kind} data" if isinstance(cell.value, dt.date) else mark.kind
        widths[spot.column] = max(widths.get(spot.column, 0), min(len(str(cell.value or "")), _WIDEST))
        if mark.comment:
            cell.comment = _comment(mark.comment)
    for column, width in widths.items():
        page.column_dimensions[get_column_letter(column)].width = max(width + 4, _NARROWEST)
    _set_for_print(page)


_NARROWEST, _WIDEST = 9, 42


def _may_spill(values: Sequence[ShownValue], column: int) -> bool:
    """Whether the cell is a text that runs on over an empty neighbour, as titles do."""
    return isinstance(values[column - 1], str) and (column == len(values) or values[column] == "")


def _write_value(cell: Cell | Any, value: ShownValue) -> None:
    if isinstance(value, str):
        _write_text(cell, value)
    elif isinstance(value, float) and not math.isfinite(value):
        _write_text(cell, str(value))
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        cell.value = int(value)
    else:
        cell.value = value
        if isinstance(value, dt.date):
            cell.number_format = _DAY


def _write_text(cell: Cell | Any, text: str, style: str | None = None) -> None:
    """A text as a text, whatever it looks like."""
    cell.value = neutral_text(_NOT_IN_XML.sub("�", text)) or None
    if cell.value is not None:
        cell.data_type = "s"
    if style is not None:
        cell.style = style


def _comment(text: str) -> Comment:
    clean = _NOT_IN_XML.sub("�", text)
    height = min(18 * _lines_needed(clean, 52) + 12, 420)
    return Comment(clean, "regia", height=height, width=360)


# --- looks


def _set_for_print(page: Worksheet) -> None:
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer = page.oddFooter
    assert footer is not None, "a new sheet has one"
    footer.center.text = "&A, &P/&N"


def _styles() -> list[NamedStyle]:
    """Every look that a cell may have, by name."""
    thin = Side(style="thin", color="FFB9C3CC")
    top, one_line = Alignment(vertical="top", wrap_text=True), Alignment(vertical="top")
    boxed = Border(bottom=thin)
    found = [
        NamedStyle("titolo", font=Font(bold=True, size=15, color="FF17324D")),
        NamedStyle("forte", font=Font(bold=True), alignment=top),
        NamedStyle("testo", alignment=top, border=boxed),
        # On the left, as the words are that stand in the same columns.
        NamedStyle("numero", alignment=Alignment(vertical="top", horizontal="left"), border=boxed),
        NamedStyle(
            "rinvio", font=Font(color="FF0B4F9E", underline="single"), alignment=one_line, border=boxed
        ),
        NamedStyle(
            "intestazione",
            font=Font(bold=True, color="FFFFFFFF"),
            fill=PatternFill("solid", fgColor="FF17324D"),
            alignment=Alignment(vertical="center", wrap_text=True),
        ),
    ]
    for kind, mark in _MARKS.items():
        edge = Side(style=_EDGES[kind], color="FF1B1B1B")
        for name, shown in ((kind, "General"), (f"{kind} data", _DAY)):
            texts = f';"{mark} "-General;"{mark} "General;"{mark} "@' if name == kind else ""
            found.append(
                NamedStyle(
                    name,
                    font=Font(bold=kind == "error", color=_INK[kind]),
                    fill=PatternFill("solid", fgColor=_FILLS[kind]),
                    border=Border(left=edge, right=edge, top=edge, bottom=edge),
                    alignment=Alignment(vertical="top"),
                    number_format=f'"{mark} "{shown}{texts}',
                )
            )
    return found
