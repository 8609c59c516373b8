"""What is said of a return that tells who a person is (rule H04): the kind and the place, never more.

Lives here: turning traces into remarks, one for each kind and part of a file, with its cells.
Must not live here: finding traces (`sources.personal`); what becomes of the file (`pipelines.receiving`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.judging.context import Remark
from schemas.details import FilePart
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
    return Remark(_MESSAGES[trace.what], place, {"place": _part_of(trace, cells)}, cells=cells)


def _part_of(trace: Trace, cells: tuple[str, ...]) -> FilePart:
    by_number = trace.where == "sheet_name" and trace.sheet is not None and trace.sheet.startswith(_BY_NUMBER)
    number = trace.sheet.removeprefix(_BY_NUMBER) if by_number and trace.sheet is not None else ""
    return FilePart(part=trace.where, property=trace.detail or "", sheet_number=number, cells=cells)


_BY_NUMBER = "foglio "
