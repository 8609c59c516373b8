"""How each city writes its version, ND and NA, and that an area or a service point had no activity.

Lives here: what the description of the cities' layouts says, in the form of changes to a file.
Must not live here: the product's layouts; they are what the tests hold against this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.making.books import Book, Change, add_row, column_of, get, put, row_of

WEEK_IN_BOLOGNA = "sett. 42 (16-22 ott)"


@dataclass(frozen=True)
class Declarations:
    """A city's way of writing. `housing`: the area housing in its words; `point`: one of its houses."""

    version: Callable[[int], Change]
    not_available: str
    not_applicable: str
    housing: str
    point: str
    nil_area: Callable[[str, str], Change]
    nil_point: Callable[[str, str], Change]


def _beside(sheet: str, label: str, label_column: int = 1) -> Callable[[int], Change]:
    """The version stands to the right of a label of the cover."""

    def to(version: int) -> Change:
        def change(book: Book) -> None:
            book.write(sheet, row_of(book, sheet, label), label_column + 1, version)

        return change

    return to


def _cover_row(sheet: str, form: str = "{}") -> Callable[[str, str], Change]:
    """The nil stands in a new last row of the cover, the reason beside it."""

    def declare(what: str, reason: str) -> Change:
        return lambda book: add_row(book, sheet, form.format(what), reason)

    return declare


def _written_in(sheet: str, address: str, form: str) -> Callable[[int], Change]:
    return lambda version: lambda book: put(book, sheet, address, form.format(version))


def _bologna_version(version: int) -> Change:
    def change(book: Book) -> None:
        book.write("Leggimi", row_of(book, "Leggimi", "Versione"), 2, version)
        heading = row_of(book, "Leggimi", "Invii")
        book.write("Leggimi", row_of(book, "Leggimi", WEEK_IN_BOLOGNA, after=heading), 3, version)

    return change


def _bologna_nil(code: str) -> Callable[[str, str], Change]:
    def declare(what: str, reason: str) -> Change:
        def change(book: Book) -> None:
            row = row_of(book, "Housing", code or what, "Attività nella settimana")
            book.write("Housing", row, column_of(book, "Housing", 3, WEEK_IN_BOLOGNA), f"NO: {reason}")

        return change

    return declare


def _genova_nil(form: str) -> Callable[[str, str], Change]:
    def declare(what: str, reason: str) -> Change:
        last = "Fonte: Comune di Genova, sistema informativo sociale"

        def change(book: Book) -> None:
            at = next(n for n, cells in enumerate(book.rows(""), start=1) if cells[0].startswith(last[:6]))
            book.insert_row("", at, [form.format(what), "", "NIL", "", reason])

        return change

    return declare


def _firenze_nil_point(code: str, reason: str) -> Change:
    def change(book: Book) -> None:
        sheet = next(name for name in book.sheets if name.startswith(f"{code} "))
        book.write(sheet, row_of(book, sheet, "Attività"), 3, f"sospesa: {reason}")

    return change


def _roma_version(version: int) -> Change:
    def change(book: Book) -> None:
        book.write("Copertina", row_of(book, "Copertina", "Versione"), 3, f"v{version}")
        for sheet in book.sheets[1:]:
            put(book, sheet, "A2", f"{str(get(book, sheet, 'A2')).rpartition(' - ')[0]} - v{version}")

    return change


def _torino_version(version: int) -> Change:
    def change(book: Book) -> None:
        book.write("Frontespizio ", row_of(book, "Frontespizio ", "Versione"), 2, version)
        for sheet in (name for name in book.sheets if name.endswith(" ")):
            put(book, sheet, "A3", f"{str(get(book, sheet, 'A3')).rpartition(' ')[0]} {version}")

    return change


def _roma_nil(what: str, reason: str) -> Change:
    def change(book: Book) -> None:
        row = row_of(book, "Copertina", "nessuna")
        book.write("Copertina", row, 2, what)
        book.write("Copertina", row, 3, reason)

    return change


def _napoli_version(version: int) -> Change:
    return lambda book: book.write("FRONTESPIZIO", row_of(book, "FRONTESPIZIO", "VERSIONE"), 2, str(version))


def _napoli_nil_point(title: str, reason: str) -> Change:
    def change(book: Book) -> None:
        row = row_of(book, "ACCOGLIENZA", title)
        book.insert_row("ACCOGLIENZA", row + 1, [f"NESSUNA ATTIVITA': {reason}"])

    return change


def _palermo_nil_point(code: str, reason: str) -> Change:
    def change(book: Book) -> None:
        row = row_of(book, "Accoglienza", code)
        book.write("Accoglienza", row, 3, "NO")
        book.write("Accoglienza", row, 4, reason)

    return change


def _perugia_version(version: int) -> Change:
    def change(book: Book) -> None:
        column = column_of(book, "", 1, "versione")
        for row in range(2, len(book.rows("")) + 1):
            book.write("", row, column, str(version))

    return change


def _perugia_nil_area(what: str, reason: str) -> Change:
    def change(book: Book) -> None:
        header, first, *_ = book.rows("")
        own = {"cod_servizio": what, "denominazione": "", "tipo": "area", "attivo": "0", "motivo": reason}
        facts = dict(zip(header[:8], first[:8], strict=True))
        add_row(book, "", *[{**facts, **own}.get(name, "") for name in header])

    return change


def _perugia_nil_point(code: str, reason: str) -> Change:
    def change(book: Book) -> None:
        row = row_of(book, "", code)
        book.write("", row, column_of(book, "", 1, "attivo"), "0")
        book.write("", row, column_of(book, "", 1, "motivo"), reason)

    return change


def _milano_version(version: int) -> Change:
    sheet = "export_info.csv"
    return lambda book: book.write(sheet, row_of(book, sheet, "versione"), 2, str(version))


DECLARATIONS = {
    "bologna": Declarations(
        _bologna_version, "n.d.", "n/a", "AREA", "BO-ACC-01", _bologna_nil("AREA"), _bologna_nil("")
    ),
    "bolzano": Declarations(
        _beside("Frontespizio - Deckblatt", "Versione / Version"),
        "k.A.",
        "entf.",
        "Accoglienza / Wohnen",
        "BZ-ACC-01",
        _cover_row("Frontespizio - Deckblatt", "Area / Bereich: {}"),
        _cover_row("Frontespizio - Deckblatt"),
    ),
    "firenze": Declarations(
        _beside("Riepilogo", "Versione n."),
        "N.D.",
        "non appl.",
        "Housing",
        "FI-ACC-01",
        _cover_row("Riepilogo"),
        _firenze_nil_point,
    ),
    "genova": Declarations(
        _written_in("", "D2", "invio n. {}"),
        "ND",
        "-",
        "HOU",
        "ACC/01",
        _genova_nil("AREA {}"),
        _genova_nil("{}"),
    ),
    "milano": Declarations(
        _milano_version,
        "n.d.",
        "n.a.",
        "housing",
        "MI-ACC-01",
        _cover_row("export_info.csv", "inattivo:area:{}"),
        _cover_row("export_info.csv", "inattivo:{}"),
    ),
    "napoli": Declarations(
        _napoli_version,
        "N.D.",
        "N.P.",
        "ACCOGLIENZA",
        "5 - CASA VASTO",
        _cover_row("FRONTESPIZIO"),
        _napoli_nil_point,
    ),
    "palermo": Declarations(
        _beside("Frontespizio", "Versione"),
        "nd",
        "n.p.",
        "Abitare",
        "PA-ACC-01",
        _cover_row("Frontespizio", "Area non attiva: {}"),
        _palermo_nil_point,
    ),
    "perugia": Declarations(
        _perugia_version, "nd", "np", "AREA-HOU", "PG-ACC-01", _perugia_nil_area, _perugia_nil_point
    ),
    "roma": Declarations(_roma_version, "n.d.", "n.a.", "Housing", "RM-ACC-01", _roma_nil, _roma_nil),
    "torino": Declarations(
        _torino_version,
        "n.d.",
        "n.p.",
        "Casa e accoglienza",
        "Residenza Vanchiglia [TO-ACC-01]",
        _cover_row("Frontespizio ", "Area: {}"),
        _cover_row("Frontespizio "),
    ),
    "trieste": Declarations(
        _beside("Intestazione", "Versione"),
        "N/D",
        "N/A",
        "Housing",
        "TS-ACC-01",
        _cover_row("Intestazione", "AREA {}"),
        _cover_row("Intestazione"),
    ),
    "taranto": Declarations(
        _beside("Copertina", "Versione"),
        "n.d.",
        "n.a.",
        "Housing",
        "TA-ACC-01",
        _cover_row("Copertina"),
        _cover_row("Copertina"),
    ),
}
"""A city for each of the twelve layouts (Taranto sends the standard workbook)."""


def write_all(places: Iterable[tuple[str | None, str | None]], value: object = "") -> Change:
    """Write the same into all these cells (sheet, address)."""
    wanted = list(places)

    def change(book: Book) -> None:
        for sheet, address in wanted:
            assert address is not None
            put(book, sheet or "", address, value)

    return change
