"""What happens to a city's file over the months: headings renamed, columns moved, new ones put in.

Lives here: those changes, in any format; rows and columns count from 1.
Must not live here: what is to be said of them; that stands in the tests.
"""

from __future__ import annotations

from typing import Any

from tests.making.books import Book, Change


def renamed(sheet: str, text: str, other: str, times: int = 1) -> Change:
    """Write another text into the first cells that hold one."""

    def change(book: Book) -> None:
        cells = [
            (row, column)
            for row, values in enumerate(book.rows(sheet), start=1)
            for column, value in enumerate(values, start=1)
            if isinstance(value, str) and value.strip() == text
        ]
        assert cells, (sheet, text)
        for row, column in cells[:times]:
            book.write(sheet, row, column, other)

    return change


def with_text(sheet: str, row: int, column: int, text: str) -> Change:
    """Write a text into a cell."""
    return lambda book: book.write(sheet, row, column, text)


def sheet_renamed(sheet: str, name: str) -> Change:
    """Give a sheet another name."""
    return lambda book: book.rename_sheet(sheet, name)


def sheet_again(sheet: str, name: str) -> Change:
    """Put a copy of a sheet in, under another name."""
    return lambda book: book.add_sheet(name, book.rows(sheet))


def swapped(sheet: str, from_row: int, one: int, other: int) -> Change:
    """Put two columns in each other's place, from a row on."""

    def change(book: Book) -> None:
        for row, cells in enumerate(book.rows(sheet)[from_row - 1 :], start=from_row):
            values = [_value(cells, column) for column in (one, other)]
            if values[0] != values[1]:
                book.write(sheet, row, one, values[1])
                book.write(sheet, row, other, values[0])

    return change


def with_column(sheet: str, at: int, heading: str, row: int, below: Any = "") -> Change:
    """Put in a column with a heading in a row, and perhaps a value three rows below it."""

    def change(book: Book) -> None:
        for number, cells in enumerate(book.rows(sheet), start=1):
            for column in range(len(cells), at - 1, -1):
                book.write(sheet, number, column + 1, cells[column - 1])
            if len(cells) >= at:
                book.write(sheet, number, at, "")
        if heading:
            book.write(sheet, row, at, heading)
        if below != "":
            book.write(sheet, row + 3, at, below)

    return change


def _value(cells: list[Any], column: int) -> Any:
    return cells[column - 1] if column <= len(cells) else ""
