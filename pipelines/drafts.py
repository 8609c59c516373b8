"""A draft of a layout for a city's file, made from what is known of the other cities, and its two files.

Lives here: opening the file, whether a layout reads it already, writing the draft.
Must not live here: the drafting (`sources.layouts.suggesting`), or the command's words.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.judging.context import Claim, Contract
from pipelines.receiving import hints_for
from pipelines.refusals import WrongUsageError
from pipelines.writing import write_new
from schemas.messages.saying import Speech
from schemas.weeks import IsoWeek
from sources.cells import Workbook
from sources.layouts.extract import read_return
from sources.layouts.library import KnownLayout
from sources.layouts.recognise import alike
from sources.layouts.suggesting.cover import week_stated
from sources.layouts.suggesting.drafting import Draft, NoShapeError, draft_layout
from sources.layouts.suggesting.knowledge import Knowledge
from sources.layouts.suggesting.writing import layout_text, words_text
from sources.reading.reader import ReadAhead, SourceFile, Unreadable

_OPENING = """Bozza per {name}, proposta dalla scheda della {week}. Va controllata tutta: non si usa
finché qui resta una riga in `to_confirm`, o `true` nella colonna `to_confirm` della tabella delle parole."""


@dataclass(frozen=True)
class Suggestion:
    """What is proposed for a file: a draft, or a layout that reads it already, every cell.

    is_in_use: whether that layout is one that the city is known to send in.
    """

    city: str
    week: IsoWeek
    readable_by: KnownLayout | None
    draft: Draft | None
    is_in_use: bool = False


def suggest_layout(contract: Contract, file: SourceFile, city: str, week: IsoWeek | None) -> Suggestion:
    """A layout for the city's file. `week`: the file's, where it does not tell itself.

    Raises WrongUsageError for a file that cannot be opened, tells who a person is, or holds no table.
    """
    workbook = open_return(contract, file, city)
    week = week or week_stated(workbook)
    if week is None:
        raise WrongUsageError(
            "Il file non dice di quale settimana è: la indichi con --week, per esempio 2023-W42."
        )
    if not contract.edition.roster(city, week):
        name = contract.edition.city(city).name_it
        raise WrongUsageError(
            f"{name} non ha servizi nella {week.in_italian()}: li aggiunga prima in service_points.csv."
        )
    usual = contract.layouts.usual_for(city)
    for like in alike(workbook, contract.layouts.valid_in(week), usual):
        is_for_city = like.known.layout.city in (None, city)
        if is_for_city and not read_return(workbook, like.known, contract.edition, city, week).troubles:
            return Suggestion(city, week, like.known, None, like.known in usual)
    knowledge = Knowledge.gather(contract.edition, contract.layouts.layouts)
    try:
        return Suggestion(city, week, None, draft_layout(workbook, knowledge, city, week))
    except NoShapeError as error:
        raise WrongUsageError(
            "Nel file non si riconosce una tabella con voci, servizi e cifre: scriva il layout a mano."
        ) from error


def open_return(contract: Contract, file: SourceFile, city: str) -> Workbook:
    """The city's file as sheets; WrongUsageError for one that cannot be opened or tells who a person is."""
    with ReadAhead(children=1, words=contract.vocabulary) as reader:
        (found,) = reader.read_all([([file], hints_for(contract, Claim(city=city)))])
    if found.personal:
        raise WrongUsageError(
            "Il file contiene dati personali: non se ne ricava un layout. Li tolga e riprovi."
        )
    if isinstance(found, Unreadable):
        message, action = Speech(contract.edition, "it").say(f"file_{found.reason}", {})
        raise WrongUsageError(f"{message} {action}")
    return found


def write_draft(path: Path, suggestion: Suggestion, contract: Contract) -> tuple[Path, ...]:
    """The draft's layout and, beside it, its words; WrongUsageError where one of them is there already."""
    draft = suggestion.draft
    assert draft is not None
    name = contract.edition.city(suggestion.city).name_it
    opening = _OPENING.format(name=name, week=suggestion.week.in_italian())
    words = path.with_name(f"{path.stem}.words.csv")
    return write_new({path: layout_text(draft.layout, opening), words: words_text(draft.words)})
