"""What a coordinator confirms of a changed file, as the next layout of its city, beside the one in force.

Lives here: reading the file by the layout in force, the new layout's files, and the proof that they read it.
Must not live here: where a layout's text is changed (`sources.layouts.amending`), or the command's words.
"""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.clock import now
from pipelines.drafts import open_return
from pipelines.judging.context import Contract
from pipelines.judging.cover import stated_city, stated_week
from pipelines.judging.in_force import drift_tolerance, rules_in_force
from pipelines.judging.recognised import Recognised, read_figures, recognised_by
from pipelines.refusals import WrongUsageError
from pipelines.writing import write_new
from schemas.contract import TOTAL, Edition
from schemas.messages.saying import Speech
from schemas.tables import ContractError, nearest
from schemas.weeks import IsoWeek
from sources.cells import Workbook
from sources.layouts.amending import OwnCopy, Renaming, amended_layout, amended_words
from sources.layouts.drift import may_have_drifted
from sources.layouts.library import KnownLayout, load_layouts
from sources.layouts.model import Word
from sources.layouts.outcome import Facts, Place, Reading, Trouble
from sources.layouts.recognise import alike
from sources.layouts.rows import assigned_sheets, sheet_name
from sources.layouts.texts import folded, tidy
from sources.reading.reader import SourceFile

_LABELS = {"unknown_measure", "unknown_breakdown", "unknown_category"}
_WRONG_WORDS = {"of_other_kind", "not_of_measure"}


@dataclass(frozen=True)
class LayoutFile:
    """A file of the new layout, with that of the old one: names as `torino/2023-W42.yaml`."""

    old_name: str
    old: str
    name: str
    text: str

    @property
    def diff(self) -> str:
        """What changes, as a unified diff."""
        before, after = self.old.splitlines(keepends=True), self.text.splitlines(keepends=True)
        return "".join(difflib.unified_diff(before, after, self.old_name, self.name))


@dataclass(frozen=True)
class Confirmation:
    """What was renamed and what words mean, and the layout that says so; no file: nothing was to confirm.

    leaves: the shared layout that the city no longer sends in.
    """

    city: str
    week: IsoWeek
    known: KnownLayout
    renamings: tuple[Renaming, ...]
    words: tuple[Word, ...]
    files: tuple[LayoutFile, ...]
    leaves: str | None = None


@dataclass(frozen=True)
class _Read:
    """A file read by a layout, with what was renamed in it put right, and what it says of its week."""

    file: Recognised
    week: IsoWeek
    reading: Reading

    @property
    def known(self) -> KnownLayout:
        return self.file.known


def parse_word(text: str, edition: Edition) -> Word:
    """`Label=measure`, `Label=breakdown` or `Label=list:category` as a word.

    Raises WrongUsageError, with the nearest code, for a code that the contract does not hold.
    """
    label, equals, code = (part.strip() for part in text.rpartition("="))
    if not label or not equals or not code:
        raise WrongUsageError(
            f'«{text}» non è una parola: scriva per esempio --word "Uscite=outreach_sessions".'
        )
    lists, measures = edition.code_lists_by_code, edition.measures_by_code
    name, colon, category = code.partition(":")
    if colon:
        if name not in lists:
            raise _no_code(name, lists, "L'elenco")
        if category not in lists[name].codes:
            raise _no_code(category, lists[name].codes, f"La categoria di «{name}»")
        return Word(what="category", list=name, code=category, label=label)
    if code in measures:
        return Word(what="measure", list=measures[code].service_kind, code=code, label=label)
    if code in lists or code == TOTAL:
        return Word(what="breakdown", code=code, label=label)
    raise _no_code(code, [*measures, *lists], "Il codice")


def _no_code(code: str, known: Iterable[str], what: str) -> WrongUsageError:
    close = nearest(code, known)
    return WrongUsageError(
        f"{what} «{code}» non c'è nel contratto." + (f" Intendeva «{close}»?" if close else "")
    )


def confirm_layout(
    contract: Contract,
    folder: Path,
    file: SourceFile,
    city: str,
    week: IsoWeek | None,
    words: Sequence[Word],
) -> Confirmation:
    """The layout that reads the city's file as it now is, proved by reading it. Nothing is written.

    folder: the edition's layouts. `week`: the file's, where it does not tell itself.
    Raises WrongUsageError where the file is another city's, no layout of the city reads it at all, or the new
    one would not either.
    """
    workbook = open_return(contract, file, city)
    read = _by_layout_in_force(contract, workbook, city, week)
    if stated_city(read.file.facts, read.known, contract.edition) != city:
        name = contract.edition.city(city).name_it
        raise WrongUsageError(f"Il file non dice di essere di {name}: indichi la sua città, o lo corregga.")
    unknown = [str(t.details["found"]) for t in read.reading.troubles if t.kind in _LABELS]
    _words_fit(words, unknown, read.known)
    renamings = _renamings(read)
    if not renamings and not words and not unknown:
        return Confirmation(city, read.week, read.known, (), (), ())
    files, leaves = _files(read, folder, city, renamings, words)
    _prove(contract, folder, workbook, city, read, files)
    return Confirmation(city, read.week, read.known, renamings, tuple(words), files, leaves)


def write_confirmation(out: Path, confirmation: Confirmation) -> tuple[Path, ...]:
    """The new layout's files under `out`; WrongUsageError where one of them is there already."""
    return write_new({out / file.name: file.text for file in confirmation.files})


def _by_layout_in_force(contract: Contract, workbook: Workbook, city: str, week: IsoWeek | None) -> _Read:
    usual = contract.layouts.usual_for(city)
    for like in alike(workbook, usual):
        read = _read(workbook, like.known, contract.edition, city, week)
        if read is not None:
            return read
    raise WrongUsageError(
        "Nessun layout della città legge questo file nella sua settimana: se la scheda ha una forma nuova, "
        "usi regia layout suggest; se il file non dice la settimana, la indichi con --week."
    )


def _read(
    workbook: Workbook, known: KnownLayout, edition: Edition, city: str, week: IsoWeek | None
) -> _Read | None:
    """The file by a layout, what is renamed read as the judge does; None if it does not hold then."""
    file = recognised_by(workbook, known)
    tolerance = drift_tolerance(rules_in_force(edition, now()))
    if tolerance is not None and file.lacks_facts:
        file = file.mended(edition, tolerance)
    week = week or stated_week(file.facts)
    if week is None or not known.is_valid_in(week):
        return None
    file, reading = read_figures(file, edition, city, week, tolerance)
    return _Read(file, week, reading)


def _words_fit(words: Sequence[Word], unknown: Sequence[str], known: KnownLayout) -> None:
    """Each word is for a label that the file has and nobody knows, and each such label has its word."""
    if known.layout.words == "contract" and unknown:
        raise WrongUsageError(
            f"Nel layout «{known.layout.layout}» ogni riga porta il codice del contratto, "
            f"e «{unknown[0]}» non lo è: va corretto nel file."
        )
    labels = {folded(label): label for label in unknown}
    given = {folded(word.label) for word in words}
    for word in words:
        if folded(word.label) not in labels:
            close = nearest(word.label, labels.values())
            hint = f" Intendeva «{close}»?" if close else ""
            raise WrongUsageError(f"Nel file non c'è una voce o categoria sconosciuta «{word.label}».{hint}")
    missing = [label for text, label in labels.items() if text not in given]
    if missing:
        asked = " ".join(f'--word "{label}=CODICE"' for label in missing)
        raise WrongUsageError(
            f"Non è stato scritto nulla: restano voci sconosciute. Dica che cosa sono: {asked}"
        )


def _renamings(read: _Read) -> tuple[Renaming, ...]:
    """What the reader recovered, each name once."""
    tables = {
        (sheet.file, sheet_name(sheet)): spec.table
        for sheet, spec, _ in assigned_sheets(read.file.workbook, read.known)
        if spec is not None
    }
    found = []
    for trouble in read.file.drift:
        of_heading = trouble.kind == "heading_renamed"
        table = tables[trouble.place.file, trouble.place.sheet] if of_heading else None
        known, name = str(trouble.details["expected"]), tidy(str(trouble.details["found"]))
        if "|" in name:
            raise _not_written(f"«{name}» contiene «|», che nel layout divide un nome dall'altro")
        found.append(Renaming(table, known, name))
    return tuple(dict.fromkeys(found))


def _files(
    read: _Read, folder: Path, city: str, renamings: Sequence[Renaming], words: Sequence[Word]
) -> tuple[tuple[LayoutFile, ...], str | None]:
    layout = read.known.layout
    is_shared = layout.city is None
    new, old = f"{city if is_shared else layout.layout}/{read.week}", f"{layout.layout}/{layout.valid_from}"
    if (folder / f"{new}.yaml").exists():
        raise WrongUsageError(
            f"{new}.yaml c'è già fra i layout dell'edizione: per quella settimana corregga quello, a mano."
        )
    own = OwnCopy(city, _mark(read.file.facts)) if is_shared else None
    text = _text(folder / f"{old}.yaml")
    files = [LayoutFile(f"{old}.yaml", text, f"{new}.yaml", amended_layout(text, renamings, read.week, own))]
    if layout.words == "table":
        table = _text(folder / f"{old}.words.csv")
        changed = amended_words(table, words)
        files.append(LayoutFile(f"{old}.words.csv", table, f"{new}.words.csv", changed))
    return tuple(files), layout.layout if is_shared else None


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


def _mark(facts: Facts) -> str:
    """The text of the cover that names the city: without it other cities' files would look the same."""
    return next(facts[name][0].text for name in ("cadastral_code", "city_name") if name in facts)


def _prove(
    contract: Contract,
    folder: Path,
    workbook: Workbook,
    city: str,
    before: _Read,
    files: Sequence[LayoutFile],
) -> None:
    """The new layout, beside the others and loaded as they are, reads the file; WrongUsageError if not."""
    with tempfile.TemporaryDirectory() as place:
        beside = Path(place) / "layouts"
        shutil.copytree(folder, beside)
        for file in files:
            path = beside / file.name
            path.parent.mkdir(exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
        try:
            library = load_layouts(beside, contract.edition)
        except ContractError as error:
            raise _not_written(
                f"il layout nuovo non si può caricare: {error.problem}. {error.remedy}"
            ) from error
    likes = alike(workbook, library.valid_in(before.week), library.usual_for(city))
    after = _read(workbook, likes[0].known, contract.edition, city, before.week) if likes else None
    if after is None or f"{after.known.layout.layout}/{after.known.layout.valid_from}.yaml" != files[0].name:
        raise _not_written("il file somiglia di più a un altro layout")
    still = [*after.file.drift, *(t for t in after.reading.troubles if _is_left(t, before.reading))]
    if still:
        speech = Speech(contract.edition, "it")
        told = "; ".join(
            f"{speech.say(trouble.kind, trouble.details)[0]} ({_where(trouble.place)})"
            for trouble in still[:3]
        )
        raise _not_written(f"con il layout nuovo il file si leggerebbe ancora così: {told}")
    known = _twice(before.reading)
    twice = next((places for places in _twice(after.reading) if places not in known), None)
    if twice is not None:
        where = " e ".join(_where(place) for place in twice[:2])
        raise _not_written(f"la stessa cifra starebbe in due posti ({where}): una parola ha un altro codice")
    if not set(before.reading.cells) <= set(after.reading.cells):
        raise _not_written("con il layout nuovo cambierebbero cifre che ora si leggono")


def _is_left(trouble: Trouble, before: Reading) -> bool:
    is_new = (trouble.kind, trouble.place) not in {(t.kind, t.place) for t in before.troubles}
    about_form = trouble.kind in _WRONG_WORDS or may_have_drifted([trouble])
    return trouble.kind in _LABELS or (is_new and about_form)


def _twice(reading: Reading) -> list[tuple[Place, ...]]:
    """Where the same figure stands more than once, of a day or part if there are any; as in the file."""
    places: dict[tuple[object, ...], list[Place]] = {}
    for cell in reading.cells:
        figure = (cell.service_point, cell.measure, cell.breakdown, cell.category, cell.day, cell.part)
        places.setdefault(figure, []).append(cell.place)
    return [tuple(found) for found in places.values() if len(found) > 1]


def _where(place: Place) -> str:
    return " ".join(part.strip() for part in (place.sheet, place.cell) if part)


def _not_written(why: str) -> WrongUsageError:
    return WrongUsageError(f"Non è stato scritto nulla: {why}. Scriva il layout a mano.")
