"""Returns of the invented edition `tests/editions/minimal`: one of each of its three cities.

Lives here: the bytes of a return of each, for any week and version.
Must not live here: any import of the product.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl

from tests.making.books import write_csv


def borgo_alto(
    year: int = 2025, week: int = 10, version: int = 1, loans: object = 120, *more: list[object]
) -> bytes:
    """A long CSV."""
    rows: list[list[Any]] = [
        ["ente", "Comune di Borgo Alto", "Biblioteca civica di Borgo Alto", "prova"],
        ["settimana", f"{year}/{week}", "versione", version],
        ["luogo", "misura", "taglio", "voce", "numero"],
        ["LIB1", "prestiti", "", "", loans],
        ["LIB1", "lettori", "", "", "300"],
        ["LIB1", "lettori", "età", "ragazzi", "100"],
        ["LIB1", "lettori", "età", "adulti", "195"],
        ["LIB1", "lettori", "età", "non si sa", "5"],
        ["KIT1", "pasti", "", "", "40"],
        ["KIT1", "pasti", "dieta", "vegetariana", "12"],
        ["KIT1", "pasti", "dieta", "senza glutine", "?"],
        ["tutto", "ore", "", "", "12,5"],
        ["tutto", "ore", "ambito", "lettura", "8"],
        ["tutto", "ore", "ambito", "mensa", "4,5"],
        ["tutto", "ore", "ambito", "insieme", "x"],
        *more,
    ]
    return write_csv(rows, "utf-8", ";", "\n")


def ponte_vecchio(year: int = 2025, week: int = 10, version: int = 1, loans: object = "1.250") -> bytes:
    """A wide workbook; the new library is closed."""
    cover: list[list[Any]] = [
        ["Città", "Ponte Vecchio"],
        ["Compilato da", "Comune di Ponte Vecchio"],
        ["Edizione", "PROVA"],
        ["Anno", year],
        ["Settimana n.", week],
        ["Revisione", version],
    ]
    table: list[list[Any]] = [
        ["Luogo", "Chiuso perché", "Libri prestati", "Tessere", "", "", "",
         "Pasti serviti", "", "", "Ore dei volontari"],
        ["", "", "in tutto", "in tutto", "bambini", "grandi", "ignoti",
         "in tutto", "senza carne", "senza glutine", "in tutto"],
        ["PV-LIB-1", "", loans, 400, 150, 250, 0],
        ["PV-LIB-2", "Non ancora aperta", 0, "", "", "", ""],
        ["PV-KIT-1", "", "", "", "", "", "", 75, 20, 3],
        ["COMUNE", "", "", "", "", "", "", "", "", "", 30.5],
    ]  # fmt: skip
    return _workbook({"Testata": cover, "Luoghi": table})


def valle_chiara(
    year: int = 2025, week: int = 10, version: int = 1, loans: object = 60, adults: int = 60
) -> bytes:
    """The edition's own form."""
    cover: list[list[Any]] = [
        ["Scheda di prova"],
        ["Comune", "Valle Chiara"],
        ["Codice del Comune", "Z903"],
        ["Ente", "Comune di Valle Chiara"],
        ["Edizione", "PROVA"],
        ["Settimana", f"{year}-W{week:02d}"],
        ["Versione", version],
        ["Chiusure"],
        ["Mensa", "Il paese non ne ha una"],
    ]
    table: list[list[Any]] = [
        ["Codice", "Voce", "VC-LIB-1", "Comune"],
        ["loans|total|", "Prestiti", loans],
        ["readers|total|", "Lettori iscritti", 30 + adults],
        ["readers|age_band|KID", "Ragazzi", 30],
        ["readers|age_band|ADU", "Adulti", adults],
        ["readers|age_band|ND", "Non noto", "n.a."],
        ["volunteer_hours|total|", "Ore di volontariato", "", 7.5],
    ]
    return _workbook({"Scheda": cover, "Dati": table})


def _workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    stamp = dt.datetime(2025, 3, 10)  # noqa: DTZ001 - the same bytes on every run
    book.properties.created = book.properties.modified = stamp
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row, cells in enumerate(rows, start=1):
            for column, value in enumerate(cells, start=1):
                if value != "":
                    sheet.cell(row, column).value = value
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


MINIMAL_RETURNS: dict[str, Callable[..., bytes]] = {
    "borgo_alto": borgo_alto,
    "ponte_vecchio": ponte_vecchio,
    "valle_chiara": valle_chiara,
}
"""City -> what makes its return."""
