"""How cells of the blank workbook look: colours, letters, lines, and whether they can be filled in.

Lives here: the looks, and writing a value in one of them.
Must not live here: what stands where (`workbook`).

Each look is a style of the workbook with a name: thousands of cells share a few dozen, which is several
times as fast as dressing each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

from reports.neutral import neutral_text
from reports.template.content import Entered

BLUE, PALE_BLUE, LIGHT, CARRIED, GREY = "FF17324D", "FFDDEBF7", "FFFFFBE0", "FFDFF2D8", "FFBFBFBF"
_LINE = "FF7F8C99"
_Font = Literal["plain", "bold", "soft", "heading", "section", "title"]
Edge = Literal["none", "hair", "thin", "medium"]
Align = Literal["wrapped", "left", "right", "centre"]


@dataclass(frozen=True)
class Look:
    """How a cell looks, and whether it can be filled in. edge: how strong its upper line is."""

    font: _Font = "plain"
    fill: str | None = None
    edge: Edge = "none"
    align: Align | None = None
    form: str = "General"
    is_open: bool = False

    @property
    def name(self) -> str:
        return f"{self.font} {self.fill} {self.edge} {self.align} {self.form} {self.is_open}"

    def style(self) -> NamedStyle:
        line = Side(style="hair", color=_LINE)
        box = Border(left=line, right=line, bottom=line, top=Side(style=self.edge, color=_LINE))
        return NamedStyle(
            self.name,
            font=_FONTS[self.font],
            fill=PatternFill("solid", fgColor=self.fill) if self.fill else PatternFill(),
            border=Border() if self.edge == "none" else box,
            alignment=_ALIGNMENTS[self.align] if self.align else Alignment(),
            number_format=self.form,
            protection=Protection(locked=not self.is_open),
            hidden=True,
        )


_FACE = "Calibri"
_FONTS: Mapping[_Font, Font] = {
    "plain": Font(name=_FACE, size=11),
    "bold": Font(name=_FACE, size=11, bold=True),
    "soft": Font(name=_FACE, size=11, color="FF595959"),
    "heading": Font(name=_FACE, size=11, bold=True, color="FFFFFFFF"),
    "section": Font(name=_FACE, size=12, bold=True, color=BLUE),
    "title": Font(name=_FACE, size=15, bold=True, color=BLUE),
}
_ALIGNMENTS: Mapping[Align, Alignment] = {
    "wrapped": Alignment(vertical="top", wrap_text=True),
    "left": Alignment(horizontal="left", vertical="top", wrap_text=True),
    "right": Alignment(horizontal="right", vertical="top"),
    "centre": Alignment(horizontal="center", vertical="center", wrap_text=True),
}
TITLE_LOOK, SECTION_LOOK = Look("title"), Look("section")
HEADING_LOOK = Look("heading", BLUE, align="centre")
LABEL_LOOK = Look(fill=PALE_BLUE, edge="hair", align="left")
GIVEN_LOOK = Look(edge="hair", align="left")
ENTRY_LOOK = Look(fill=LIGHT, edge="hair", align="left", is_open=True)
TEXT_LOOK = Look(align="left")
NOT_ASKED_LOOK = Look(fill=GREY)


def write(cell: Cell | Any, value: Entered | Decimal, look: Look) -> None:
    """A cell's value and look; a text is a text, whatever it looks like."""
    if isinstance(value, str):
        cell.value = neutral_text(value) or None
        if cell.value is not None:
            cell.data_type = "s"
    else:
        cell.value = value
    book = cell.parent.parent
    assert book is not None, "a cell of a sheet of a workbook"
    if look.name not in book.named_styles:
        book.add_named_style(look.style())
    cell.style = look.name
