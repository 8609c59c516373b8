"""The blank workbook: a cover, sheets of figures, a legend; only what is to be filled in can be changed.

Lives here: where everything stands, what a cell takes, protection, widths and print settings.
Must not live here: which figures are asked of whom (`content` says it), colours and lines (`looks`).

The same content gives the same bytes: nothing in the file tells when it was written.
"""

from __future__ import annotations

import datetime as dt
import io
import textwrap
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from reports.template.content import Content, CoverLine, DataSheet, Point, Row, Said
from reports.template.looks import (
    CARRIED,
    ENTRY_LOOK,
    GIVEN_LOOK,
    GREY,
    HEADING_LOOK,
    LABEL_LOOK,
    LIGHT,
    NOT_ASKED_LOOK,
    PALE_BLUE,
    SECTION_LOOK,
    TEXT_LOOK,
    TITLE_LOOK,
    Align,
    Edge,
    Look,
    write,
)
from reports.template.wording import Words, words_beside

_TITLE, _INSTRUCTIONS, _BESIDE, _HEADER = 1, 2, 3, 4
"""The rows above the figures; the names of the service points follow the header."""

_FIRST_LINE = 3
_COVER_WIDTHS, _LEGEND_WIDTHS = (26, 50, 36), (42, 18, 82)
_CODE_WIDTH, _LABEL_WIDTHS, _FIGURE_WIDTH = 34, (44, 42), 18
_LINE_HEIGHT = 15.0
_BOLDER = 6
"""So many letters fewer has a line in bold."""
_DAY = "dd/mm/yyyy"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first instant that a zip can tell: every part of the file has it."""

_LONGEST_TITLE, _LONGEST_REFUSAL, _LONGEST_HINT = 32, 225, 255
_Kind = Literal["list", "date", "textLength", "whole", "custom"]


def template_workbook(content: Content) -> bytes:
    """The xlsx of a blank return."""
    book = Workbook()
    cover = book.active
    assert isinstance(cover, Worksheet), "a new workbook has a sheet"
    cover.title = content.cover
    figures = [book.create_sheet(sheet.name) for sheet in content.sheets]
    legend = book.create_sheet(content.legend.name)
    frame = _Frame(content)
    _write_cover(cover, frame, choices=_write_legend(legend, frame))
    for page, sheet in zip(figures, content.sheets, strict=True):
        _write_figures(page, sheet, frame)
    for page in book.worksheets:
        _protect(page)
        _set_for_print(page, content, is_landscape=page is not cover)
    book.security = WorkbookProtection(lockStructure=True)
    instant = dt.datetime.combine(content.day, dt.time())
    book.properties = DocumentProperties(
        creator="regia", title=content.title[0], language="it", created=instant, modified=instant
    )
    return _packed(book)


@dataclass(frozen=True)
class _Frame:
    """The content, with the words around it in its languages."""

    content: Content

    @cached_property
    def words(self) -> Words:
        return words_beside(self.content.languages)

    def filled(self, text: str, **details: object) -> str:
        """A frame text with the tokens, the cover's name and these details in their places."""
        return text.format(**vars(self.content.tokens), cover=self.content.cover, **details)

    def check(
        self, kind: _Kind, refusal: str, title: str = "", hint: str = "", **rule: Any
    ) -> DataValidation:
        """What a cell takes, what it says to anything else, and what it says to whoever comes to it."""
        check = DataValidation(type=kind, allow_blank=True, showErrorMessage=True, **rule)
        check.errorTitle = _fitted(self.words.titles.refused, " / ", _LONGEST_TITLE)
        check.error = _fitted(refusal, "\n", _LONGEST_REFUSAL)
        if hint:
            check.showInputMessage = True
            check.promptTitle = _fitted(title, " / ", _LONGEST_TITLE)
            check.prompt = _fitted(hint, "\n", _LONGEST_HINT)
        return check


def _fitted(text: str, between: str, longest: int) -> str:
    """The text in as many of its languages as the cell's message has room for."""
    while len(text) > longest and between in text:
        text = text.rpartition(between)[0]
    return text


# --- the cover


def _write_cover(page: Worksheet, frame: _Frame, choices: str) -> None:
    """`choices`: the cells of the legend that list what may be declared nil."""
    content, words = frame.content, frame.words
    _set_widths(page, _COVER_WIDTHS if len(content.languages) > 1 else _COVER_WIDTHS[:2])
    write(page.cell(_TITLE, 1), " / ".join(content.title), TITLE_LOOK)
    row = _FIRST_LINE
    for line in content.lines:
        row += line.holds == "heading"
        _write_line(page, row, line, frame)
        row += 1
    last = row + len(content.nil_choices) - 1
    for number in range(row, last + 1):
        for column in (1, 2):
            write(page.cell(number, column), None, ENTRY_LOOK)
    listed = frame.check("list", words.cells.nil, words.titles.nil, words.cells.nil_hint, formula1=choices)
    _add_check(page, f"A{row}:A{last}", listed)
    page.sheet_view.showGridLines = False


def _write_line(page: Worksheet, row: int, line: CoverLine, frame: _Frame) -> None:
    label, value, beside = page.cell(row, 1), page.cell(row, 2), page.cell(row, 3)
    others = " / ".join(line.label[1:])
    if line.holds == "heading":
        write(label, line.label[0], SECTION_LOOK)
        write(beside, others, SECTION_LOOK)
    elif line.holds == "headings":
        write(label, line.label[0], HEADING_LOOK)
        write(value, line.value, HEADING_LOOK)
        if others:
            write(beside, " | ".join((others, *line.value_beside)), HEADING_LOOK)
    else:
        write(label, line.label[0], LABEL_LOOK)
        if others:
            write(beside, others, LABEL_LOOK)
        check = _check_of_line(line, frame)
        look = GIVEN_LOOK if check is None else ENTRY_LOOK
        is_day = line.holds == "day" or isinstance(line.value, dt.date)
        write(value, line.value, replace(look, form=_DAY) if is_day else look)
        if check is not None:
            _add_check(page, value.coordinate, check)


def _check_of_line(line: CoverLine, frame: _Frame) -> DataValidation | None:
    """What may be entered in a line of the cover; None where nothing may."""
    titles, cells = frame.words.titles, frame.words.cells
    if line.holds == "version":
        from_one = {"operator": "greaterThanOrEqual", "formula1": "1"}
        return frame.check("whole", cells.version, titles.version, cells.version_hint, **from_one)
    if line.holds == "day":
        return frame.check("date", cells.day, operator="greaterThan", formula1="DATE(2000,1,1)")
    if line.holds == "entry":
        return frame.check(
            "textLength", cells.office, titles.office, cells.office, operator="lessThan", formula1="256"
        )
    return None


# --- the figures


def _write_figures(page: Worksheet, sheet: DataSheet, frame: _Frame) -> None:
    headings = [heading[0] for heading in sheet.headings]
    hidden = headings.index(sheet.code_heading) + 1
    shown = [column for column in range(1, len(headings) + 1) if column != hidden]
    first = len(headings) + 1
    widths = dict(zip(shown, _LABEL_WIDTHS, strict=True))
    _set_widths(page, [widths.get(c, _CODE_WIDTH) for c in range(1, first)])
    page.column_dimensions[get_column_letter(hidden)].hidden = True
    title = " / ".join(sheet.title)
    for column in dict.fromkeys((1, shown[0])):
        write(page.cell(_TITLE, column), title, TITLE_LOOK)
    _write_instructions(page, shown, frame.content.instructions)
    for column, heading in enumerate(sheet.headings, start=1):
        write(page.cell(_HEADER, column), heading[0], HEADING_LOOK)
        if column != hidden and heading[1:]:
            write(page.cell(_BESIDE, column), " / ".join(heading[1:]), HEADING_LOOK)
    for column, point in enumerate(sheet.points, start=first):
        write(page.cell(_HEADER, column), point.heading, HEADING_LOOK)
        page.column_dimensions[get_column_letter(column)].width = _FIGURE_WIDTH
    top = _HEADER + 1
    if sheet.names is not None:
        _write_names(page, top, shown, sheet.names, sheet.points)
        top += 1
    for number, row in enumerate(sheet.rows, start=top):
        _write_labels(page, number, (hidden, *shown), row)
        for column, point in enumerate(sheet.points, start=first):
            _write_figure(page.cell(number, column), row, point, frame.content)
    for column, point in enumerate(sheet.points, start=first):
        _check_column(page, get_column_letter(column), top, sheet.rows, point, frame)
    page.freeze_panes = f"{get_column_letter(first)}{top}"
    page.print_title_rows = f"{_BESIDE}:{top - 1}"


def _write_instructions(page: Worksheet, shown: Sequence[int], instructions: Said) -> None:
    text = "\n".join(instructions)
    write(page.cell(_INSTRUCTIONS, shown[0]), text, Look(align="wrapped"))
    page.merge_cells(
        start_row=_INSTRUCTIONS, end_row=_INSTRUCTIONS, start_column=shown[0], end_column=shown[-1]
    )
    page.row_dimensions[_INSTRUCTIONS].height = _height([text], [sum(_LABEL_WIDTHS)])


def _write_names(
    page: Worksheet, row: int, shown: Sequence[int], label: Said, points: Sequence[Point]
) -> None:
    labels = (label[0], " / ".join(label[1:]))
    names = [" / ".join(point.name) for point in points]
    for column, text in enumerate((*labels, *names), start=shown[0]):
        align: Align = "centre" if column > shown[-1] else "left"
        write(page.cell(row, column), text, Look(fill=PALE_BLUE, edge="thin", align=align))
    page.row_dimensions[row].height = _height(names, [_FIGURE_WIDTH] * len(names))


def _write_labels(page: Worksheet, number: int, columns: Sequence[int], row: Row) -> None:
    texts = (row.code, " / ".join(row.measure), " / ".join(row.detail))
    look = Look("soft", edge=_edge(row), align="wrapped")
    looks = (look, look, replace(look, font="plain"))
    if row.is_total:
        looks = (replace(look, font="bold", fill=PALE_BLUE),) * 3
    for column, text, look in zip(columns, texts, looks, strict=True):
        write(page.cell(number, column), text, look)
    widths = [width - _BOLDER for width in _LABEL_WIDTHS] if row.is_total else _LABEL_WIDTHS
    page.row_dimensions[number].height = _height(texts[1:], widths)


def _edge(row: Row) -> Edge:
    return "medium" if row.is_total else "thin" if row.opens else "hair"


def _write_figure(cell: Cell | Any, row: Row, point: Point, content: Content) -> None:
    if row.kind != point.kind:
        write(cell, None, NOT_ASKED_LOOK)
        return
    carried = content.carried.get((row.code, point.heading))
    look = Look(
        font="bold" if row.is_total else "plain",
        fill=LIGHT if carried is None else CARRIED,
        edge=_edge(row),
        align="right",
        form="#,##0" + (f".{'0' * row.decimals}" if row.decimals else ""),
        is_open=True,
    )
    write(cell, carried, look)


def _check_column(
    page: Worksheet, letter: str, top: int, rows: Sequence[Row], point: Point, frame: _Frame
) -> None:
    """What the cells of a service point take: one check for each run of cells that take the same."""

    def asked(numbered: tuple[int, Row]) -> tuple[bool, int, str, bool]:
        row = numbered[1]
        is_carried = (row.code, point.heading) in frame.content.carried
        return row.kind == point.kind, row.decimals, row.only_zero_by, is_carried

    titles, cells = frame.words.titles, frame.words.cells
    refusals = {0: cells.whole, 1: cells.one_decimal}
    for (is_asked, decimals, rule, is_carried), run in groupby(enumerate(rows, start=top), key=asked):
        numbers = [number for number, _ in run]
        if is_asked:
            first = f"{letter}{numbers[0]}"
            text = cells.only_zero if rule else refusals.get(decimals, cells.decimals)
            refusal = frame.filled(text, decimals=decimals, rule=rule)
            hint = (titles.carried, cells.carried) if is_carried else (rule, refusal) if rule else ()
            number = f"{first}=0" if rule else f"AND({first}>=0,ROUND({first},{decimals})={first})"
            check = frame.check("custom", refusal, *hint, formula1=_formula(first, number, frame.content))
            _add_check(page, f"{first}:{letter}{numbers[-1]}", check)


def _formula(cell: str, number: str, content: Content) -> str:
    """Such a number or a token; with English names, as the file's format wants it.

    Which of the two is asked by IF, which computes one branch alone: in a spreadsheet an error in any part
    of AND or OR is what they give, ROUND of a text is an error, and a check that gives one refuses.
    """
    tokens = ",".join(f'{cell}="{token}"' for token in vars(content.tokens).values())
    return f"IF(ISNUMBER({cell}),{number},OR({tokens}))"


# --- the legend


def _write_legend(page: Worksheet, frame: _Frame) -> str:
    """Writes the legend; gives the cells in which it lists what may be declared nil."""
    content, words = frame.content, frame.words.legend
    _set_widths(page, _LEGEND_WIDTHS)
    write(page.cell(1, 1), " / ".join(content.legend.title), TITLE_LOOK)
    row = _section(page, 2, words.how_title)
    for text in vars(frame.words.how).values():
        row = _entry(page, row, (frame.filled(text),))
    row = _section(page, row, words.colours_title)
    colours = {
        LIGHT: words.to_fill,
        CARRIED: words.carried,
        GREY: words.not_asked,
        PALE_BLUE: words.locked,
    }
    for colour, text in colours.items():
        row = _entry(page, row, ("", text))
        write(page.cell(row - 1, 1), None, Look(fill=colour, edge="hair"))
    first = row = _section(page, row, words.nil_title, (words.nil_written, words.nil_name))
    for choice in content.nil_choices:
        row = _entry(page, row, (choice.written, " / ".join(choice.name)))
    choices = f"{quote_sheetname(content.legend.name)}!$A${first}:$A${row - 1}"
    row = _section(page, row, words.rules_title, (words.rule, words.statement))
    for rule in content.legend.rules:
        kind = words.error if rule.is_error else words.warning
        row = _entry(page, row, (f"{rule.code} ({kind})", "\n".join(rule.statement)))
    row = _section(page, row, words.lists_title, (words.list, words.code, words.category))
    for code_list in content.legend.lists:
        for category in code_list.categories:
            name = " / ".join(category.name)
            row = _entry(page, row, (" / ".join(code_list.name), category.written, name))
    page.sheet_view.showGridLines = False
    page.freeze_panes = "A2"
    return choices


def _section(page: Worksheet, row: int, title: str, headings: Sequence[str] = ()) -> int:
    """A section of the legend, after an empty row; gives the row of its first entry."""
    write(page.cell(row + 1, 1), title, SECTION_LOOK)
    if not headings:
        return row + 2
    for column, text in zip(_columns_of(len(headings)), headings, strict=True):
        write(page.cell(row + 2, column[0]), text, HEADING_LOOK)
        _spread(page, row + 2, column)
    return row + 3


def _entry(page: Worksheet, row: int, texts: Sequence[str]) -> int:
    """An entry of the legend, over all its columns; gives the row of the next one."""
    widths = []
    for columns, text in zip(_columns_of(len(texts)), texts, strict=True):
        write(page.cell(row, columns[0]), text, TEXT_LOOK)
        _spread(page, row, columns)
        widths.append(sum(_LEGEND_WIDTHS[columns[0] - 1 : columns[1]]))
    page.row_dimensions[row].height = _height(texts, widths)
    return row + 1


_COLUMNS: Mapping[int, tuple[tuple[int, int], ...]] = {
    1: ((1, 3),),
    2: ((1, 1), (2, 3)),
    3: ((1, 1), (2, 2), (3, 3)),
}


def _columns_of(count: int) -> tuple[tuple[int, int], ...]:
    """The columns of the legend, from and to, over which so many texts stand."""
    return _COLUMNS[count]


def _spread(page: Worksheet, row: int, columns: tuple[int, int]) -> None:
    first, last = columns
    if last > first:
        page.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)


# --- cells


def _add_check(page: Worksheet, cells: str, check: DataValidation) -> None:
    check.add(cells)
    page.add_data_validation(check)


# --- pages


def _set_widths(page: Worksheet, widths: Sequence[int]) -> None:
    for column, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = width


def _height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """The height of a row, in points, in which each text has its column's width."""
    lines = [
        sum(max(1, len(textwrap.wrap(part, width))) for part in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    ]
    return _LINE_HEIGHT * max(lines, default=1)


def _protect(page: Worksheet) -> None:
    """Nothing but open cells can be changed, without a password; columns and rows may be made wider."""
    page.protection.enable()
    page.protection.formatColumns = page.protection.formatRows = False


def _set_for_print(page: Worksheet, content: Content, *, is_landscape: bool) -> None:
    page.page_setup.orientation = "landscape" if is_landscape else "portrait"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer = page.oddFooter
    assert footer is not None, "a new sheet has one"
    footer.left.text = content.footer.replace("&", "&&")
    footer.right.text = "&A, &P/&N"


def _packed(book: Workbook) -> bytes:
    """The file: its parts in their order, each dated with the first instant that a zip can tell."""
    written, packed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w", zipfile.ZIP_STORED)).save()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(packed, "w") as archive:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, _EPOCH)
            archive.writestr(entry, parts.read(part), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
