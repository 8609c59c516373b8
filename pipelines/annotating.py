"""Giving a city its own file back with what is wrong in it marked: what `regia check --annotated` writes.

Lives here: from the reader's sheets to those that are shown, where the file is put, what is withheld.
Must not live here: how the workbook looks (`reports.annotated`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.judging.judge import Judgement
from pipelines.refusals import WrongUsageError
from pipelines.writing import write_whole
from reports.annotated import (
    CopyKind,
    Head,
    ShownSheet,
    ShownValue,
    annotated_workbook,
    fits_in_a_workbook,
    words,
)
from schemas.contract import Edition, Language
from schemas.messages.saying import said, said_values
from schemas.verdicts import Finding
from schemas.weeks import IsoWeek
from sources.cells import Formula, Instant, Sheet, Value, Workbook
from sources.reading.reader import Unreadable


def annotated_paths(out: Path, files: Sequence[Path]) -> tuple[Path, ...]:
    """Where to write: the file named, or one for each checked file in the folder named, which is made.

    Raises WrongUsageError where a city's own file would be overwritten, or where the name cannot be; OSError.
    """
    if out.is_dir() or len(files) > 1:
        if not out.is_dir() and out.suffix:
            raise WrongUsageError(
                f"Con più file --annotated vuole una cartella, non un file: «{out}». "
                "Indichi una cartella, per esempio --annotated controllati."
            )
        out.mkdir(exist_ok=True)
        paths = _one_for_each(out, files)
    else:
        if out.suffix.lower() != ".xlsx":
            raise WrongUsageError(
                f"Il file annotato è un .xlsx: scriva per esempio --annotated {out.name}.xlsx."
            )
        paths = (out,)
    for path in paths:
        if path.is_dir():
            raise WrongUsageError(f"«{path}» è una cartella: indichi un altro nome con --annotated.")
        if any(_is_same(path, file) for file in files):
            raise WrongUsageError(
                f"«{path}» è il file da controllare: non viene sovrascritto. "
                "Indichi un altro nome con --annotated."
            )
    return paths


def _one_for_each(folder: Path, files: Sequence[Path]) -> tuple[Path, ...]:
    paths: list[Path] = []
    for file in files:
        number, path = 2, folder / f"{file.stem}-controllato.xlsx"
        while path in paths:
            path = folder / f"{file.stem}-controllato-{number}.xlsx"
            number += 1
        paths.append(path)
    return tuple(paths)


def _is_same(path: Path, file: Path) -> bool:
    return path.exists() and file.exists() and path.samefile(file)


def copy_name(city: str | None, week: IsoWeek | None, version: int | None) -> str:
    """What a copy is called where it is to be kept: `torino-2023-W42-v1-copia-annotata.xlsx`, as far as its
    return tells. Nothing of it is a text of the file.
    """
    known = (city, week, None if version is None else f"v{version}")
    return "-".join([*(str(one) for one in known if one is not None), "copia-annotata.xlsx"])


def write_annotated(
    path: Path,
    shown_as: str,
    judgement: Judgement,
    given: Workbook | Unreadable,
    label: str,
    edition: Edition,
) -> None:
    """Write the annotated workbook of a checked return; it is there whole or not at all. Raises OSError."""
    data = annotated_bytes(shown_as, judgement, given, label, edition)
    write_whole(path, data)


def annotated_bytes(
    shown_as: str,
    judgement: Judgement,
    given: Workbook | Unreadable,
    label: str,
    edition: Edition,
) -> bytes:
    """The annotated workbook of a return that was judged. `label`: whose, of which week, in words.

    Each finding is said in the languages that the city reads, one under the other; so is what stands around.
    """
    languages = edition.languages_of(judgement.city)
    texts, *beside = (words(language) for language in languages)
    copy, shown, sheets = _what_to_show(judgement, given, texts.formula)
    findings = said_in(shown, edition, languages)
    head = Head(
        file="–" if copy == "personal_data" else shown_as,
        label=label,
        status=judgement.status,
        errors=sum(finding.counts_as == "error" for finding in findings),
        warnings=sum(finding.counts_as == "warning" for finding in findings),
        copy=copy,
    )
    return annotated_workbook(sheets, findings, head, texts, beside)


def said_in(
    findings: Iterable[Finding], edition: Edition, languages: Iterable[Language]
) -> tuple[Finding, ...]:
    """The findings, their messages and what to do said in these languages, each on a line of its own.

    What was found and expected is written as the first language writes numbers, days and limits.
    """
    spoken = tuple(languages)
    told = []
    for finding in findings:
        texts = [said(finding, edition, language) for language in spoken]
        message, action = ("\n".join(parts) for parts in zip(*texts, strict=True))
        values = said_values(finding, edition, spoken[0])
        told.append(finding.model_copy(update={"message": message, "action": action, **values}))
    return tuple(told)


def _what_to_show(
    judgement: Judgement, given: Workbook | Unreadable, formula: str
) -> tuple[CopyKind, tuple[Finding, ...], tuple[ShownSheet, ...]]:
    """How much of the file goes back."""
    findings = judgement.findings
    if judgement.is_withheld:
        return "personal_data", findings, ()
    if isinstance(given, Unreadable):
        return "unreadable", findings, ()
    sheets = tuple(_shown(sheet, formula) for sheet in given)
    return ("whole", findings, sheets) if fits_in_a_workbook(sheets) else ("too_large", findings, ())


def _shown(sheet: Sheet, formula: str) -> ShownSheet:
    rows = tuple(tuple(_shown_value(value, formula) for value in row) for row in sheet.rows)
    return ShownSheet(sheet.file, sheet.name, rows, sheet.is_csv, sheet.is_visible)


def _shown_value(value: Value, formula: str) -> ShownValue:
    if isinstance(value, Formula):
        return formula
    return value.text if isinstance(value, Instant) else value
