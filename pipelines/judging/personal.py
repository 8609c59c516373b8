"""What is said of a return that tells who a person is (rule H04): the kind and the place, never more.

Lives here: turning traces into remarks, one for each kind and part of a file, with its cells.
Must not live here: finding traces (`sources.personal`); what becomes of the file (`pipelines.receiving`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.judging.context import Remark
from sources.layouts.outcome import Place
from sources.personal.traces import Trace

_MESSAGES: Mapping[str, str] = {
    "tax_code": "personal_tax_code",
    "provisional_code": "personal_provisional_code",
    "health_code": "personal_health_code",
    "permit": "personal_permit",
    "phone": "personal_phone",
    "email": "personal_email",
    "iban": "personal_iban",
    "person_column": "personal_column",
}
_WHERE_IT: Mapping[str, str] = {
    "cell": "cella",
    "chart": "grafico",
    "column": "colonna con l'intestazione",
    "comment": "commento",
    "comment_author": "autore di un commento",
    "defined_name": "nome definito nella cartella di lavoro",
    "entry_name": "nome di una parte dello zip",
    "external_link": "collegamento a un altro file",
    "file": "contenuto del file",
    "file_name": "nome del file",
    "formula": "formula",
    "header_footer": "intestazione o piè di pagina",
    "hidden_text": "testo nascosto nel file",
    "link": "collegamento",
    "pivot": "tabella pivot",
    "property": "proprietà del documento",
    "sheet_name": "nome del foglio",
    "text_box": "casella di testo o disegno",
    "validation": "convalida dei dati",
}
_PROPERTIES_IT: Mapping[str, str] = {
    "Company": "società",
    "HyperlinkBase": "base dei collegamenti",
    "Manager": "responsabile",
    "category": "categoria",
    "contentStatus": "stato",
    "creator": "autore",
    "description": "commenti",
    "initial-creator": "autore",
    "keyword": "parole chiave",
    "keywords": "parole chiave",
    "lastModifiedBy": "ultimo autore",
    "other": "altra",
    "printed-by": "stampato da",
    "subject": "oggetto",
    "title": "titolo",
}
_NAMED_CELLS = 3


def personal_remarks(traces: Iterable[Trace]) -> list[Remark]:
    """A remark for each kind of identifier in each part of each sheet, with all its cells."""
    cells: dict[Trace, list[str]] = {}
    for trace in traces:
        found = cells.setdefault(trace._replace(cell=None), [])
        if trace.cell is not None:
            found.append(trace.cell)
    return [_remark(trace, tuple(dict.fromkeys(found))) for trace, found in cells.items()]


def _remark(trace: Trace, cells: tuple[str, ...]) -> Remark:
    place = Place(f"file {trace.file}", trace.sheet, cells[0] if cells else None)
    return Remark(_MESSAGES[trace.what], place, {"place": _in_italian(trace, cells)}, cells=cells)


def _in_italian(trace: Trace, cells: tuple[str, ...]) -> str:
    where = _WHERE_IT[trace.where]
    if trace.detail is not None:
        return f"{where}: {_PROPERTIES_IT[trace.detail]}"
    if trace.where == "sheet_name" and trace.sheet is not None:
        return f"{where} {trace.sheet.removeprefix('foglio ')}"
    if not cells:
        return where
    named = ", ".join(_cell_in_italian(cell) for cell in cells[:_NAMED_CELLS])
    more = len(cells) - _NAMED_CELLS
    told = (
        named
        if more <= 0
        else f"{named} e in un'altra cella"
        if more == 1
        else f"{named} e in altre {more} celle"
    )
    if trace.where != "cell":
        return f"{where} in {told}"
    return told if ":" in cells[0] else f"{where} {told}"


def _cell_in_italian(cell: str) -> str:
    if ":" not in cell:
        return cell
    row, column = cell.split(":")
    return f"riga {row}, colonna {column}"
