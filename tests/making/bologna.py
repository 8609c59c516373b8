"""Bologna's cumulative workbook with other weeks in it than the sample's, and for another week.

Lives here: adding weeks (of another year too), and choosing the week that the return is for.
Must not live here: any import of the product.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tests.making.books import Book, Change, add_row, column_of, row_of
from tests.making.opendocument import Merged

DATA_SHEETS = ("Presa in carico", "Housing", "Impegno civico", "Coordinamento")
FIRST_WEEK_COLUMN = 5

_MONTHS = ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic")


def week_label(year: int, week: int) -> str:
    """`sett. 42 (16-22 ott)`, `sett. 44 (30 ott-5 nov)`."""
    first, last = (dt.date.fromisocalendar(year, week, day) for day in (1, 7))
    start = f"{first.day}" if first.month == last.month else f"{first.day} {_MONTHS[first.month - 1]}"
    return f"sett. {week} ({start}-{last.day} {_MONTHS[last.month - 1]})"


def add_weeks(year: int, weeks: Sequence[int], copied_from: str = week_label(2023, 42)) -> Change:
    """More columns at the end, under their year; their cells repeat those of another column."""

    def change(book: Book) -> None:
        for sheet in DATA_SHEETS:
            rows = book.rows(sheet)
            source = column_of(book, sheet, 3, copied_from)
            end = len(rows[2])
            years = {str(cell): column for column, cell in enumerate(rows[1], start=1) if str(cell)}
            start = years.get(str(year), end + 1)
            book.write(sheet, 2, start, Merged(str(year), end + len(weeks) - start + 1))
            for step, week in enumerate(weeks, start=1):
                book.write(sheet, 3, end + step, week_label(year, week))
                for number, cells in enumerate(rows[3:], start=4):
                    if len(cells) >= source:
                        book.write(sheet, number, end + step, cells[source - 1])
        for week in weeks:
            add_row(book, "Leggimi", year, week_label(year, week), 1, dt.date.fromisocalendar(year, week, 7))

    return change


def past_cell(week: int, value: object, sheet: str, *texts: str) -> Change:
    """Write in the column of a week of 2023, in the row that holds these texts."""

    def change(book: Book) -> None:
        book.write(
            sheet, row_of(book, sheet, *texts), column_of(book, sheet, 3, week_label(2023, week)), value
        )

    return change


def refer_to(year: int, week: int) -> Change:
    """The cover says that the return is for this week."""

    def change(book: Book) -> None:
        for label, value in (
            ("Settimana di riferimento", week_label(year, week)),
            ("Anno", year),
            ("Dal", dt.date.fromisocalendar(year, week, 1)),
            ("Al", dt.date.fromisocalendar(year, week, 7)),
        ):
            book.write("Leggimi", row_of(book, "Leggimi", label), 2, value)

    return change
