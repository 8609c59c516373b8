"""The bulletin's tables: laid out by great-tables, then filled for a week.

Lives here: turning rows of ready cells into a table with a caption and headings that name rows and columns.
Must not live here: which rows, or how a figure is written.

great-tables takes a tenth of a second for a table of the bulletin, and the layout is the same every week:
each shape is laid out once, with a place name in every cell, and a week puts its cells in their places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd
from great_tables import GT
from markupsafe import Markup

_PLACE = re.compile(r">\s*((?:cell|stub|head|group)_[0-9_a-z]+)\s*<")
_TABLE = re.compile(r"<table [^>]*>(.*)</table>", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """A row: its heading, then its cells."""

    heading: Markup
    cells: tuple[Markup, ...]


@dataclass(frozen=True)
class Group:
    """Rows under one heading; None: no heading."""

    heading: Markup | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """A table of the page. `key` names it among them; `headings`: of the stub, then of each column."""

    key: str
    caption: Markup
    headings: tuple[Markup, ...]
    groups: tuple[Group, ...]
    align: str = "right"


def table(content: Table) -> Markup:
    """The table as HTML."""
    has_groups = content.groups[0].heading is not None
    sizes = tuple(len(group.rows) for group in content.groups)
    layout = _layout(content.key, sizes, len(content.headings) - 1, has_groups, content.align)
    places = _places(content)
    filled = 0

    def put(match: re.Match[str]) -> str:
        nonlocal filled
        filled += 1
        return f">{places[match[1]]}<"

    body = _PLACE.sub(put, layout)
    assert filled == len(places), f"{filled} places laid out, {len(places)} to fill"
    return Markup('<table class="{}"><caption><span>{}</span></caption>{}</table>').format(
        content.key,
        content.caption,
        Markup(body),  # noqa: S704 - made of markup
    )


def _places(content: Table) -> Mapping[str, Markup]:
    places = {"head_stub": content.headings[0]}
    places |= {f"head_{n}": heading for n, heading in enumerate(content.headings[1:])}
    row_number = 0
    for number, group in enumerate(content.groups):
        if group.heading is not None:
            places[f"group_{number}"] = group.heading
        for row in group.rows:
            places[f"stub_{row_number}"] = row.heading
            places |= {f"cell_{row_number}_{n}": cell for n, cell in enumerate(row.cells)}
            row_number += 1
    return places


@cache
def _layout(key: str, sizes: tuple[int, ...], columns: int, has_groups: bool, align: str) -> str:
    """What stands inside the table element, with the name of its place in every cell."""
    frame = pd.DataFrame(
        {
            "stub": [f"stub_{row}" for row in range(sum(sizes))],
            "group": [f"group_{group}" for group, size in enumerate(sizes) for _ in range(size)],
            **{f"head_{n}": [f"cell_{row}_{n}" for row in range(sum(sizes))] for n in range(columns)},
        }
    )
    if not has_groups:
        frame = frame.drop(columns="group")
    laid_out = GT(
        frame, rowname_col="stub", groupname_col="group" if has_groups else None, id=key, locale="it"
    )
    html = (
        laid_out.tab_stubhead("head_stub")
        .cols_align(align, [f"head_{n}" for n in range(columns)])
        .as_raw_html()
    )
    inside = _TABLE.search(html)
    assert inside is not None, "great-tables gave no table"
    return inside[1]
