"""How the findings of a return are put before people: message first, then where, then what to do.

Lives here: the list of errors and warnings on the terminal, what is the same told once, in the languages
that the city reads; what was read of the return.
Must not live here: the messages (`schemas.messages`), or which findings are the same (its `grouping`).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from decimal import Decimal

from babel.numbers import format_decimal

from pipelines.judging.understood import Understood
from schemas.addresses import Block, blocks_of
from schemas.contract import Edition, Language
from schemas.messages.grouping import Group, PlacedCells, grouped
from schemas.messages.saying import Speech, visible
from schemas.nothing import sign_of
from schemas.verdicts import Finding

_WIDTH = 100
_INDENT = " " * 5
_AT_LENGTH = 20
"""With more entries than these only the first few of a kind are told, and how many more there are."""
_FIRST_OF_A_KIND = 3
_BLOCKS = 10
_PLACES = 5
_SERVICE_POINTS = 4
_DISPOSITION_IT = {"confirmed": "Confermato", "waived": "In deroga, conta come avviso"}


def print_findings(findings: Sequence[Finding], edition: Edition, city: str | None) -> None:
    """Errors first; what is the same in many cells once, and beyond some tens of lines only how much more."""
    languages = edition.languages_of(city)
    for severity, title in (("error", "Errori"), ("warning", "Avvisi")):
        chosen = [finding for finding in findings if finding.rejects == (severity == "error")]
        if not chosen:
            continue
        groups = grouped(chosen)
        print(f"\n{title}")
        told, untold = _first_of_each_kind(groups)
        for number, group in enumerate(told, start=1):
            _print_group(number, group, edition, languages)
        for same in untold:
            _print_more(same)
    print()


def _first_of_each_kind(groups: Sequence[Group]) -> tuple[list[Group], list[list[Group]]]:
    """The groups to be told, and by kind those that are not."""
    if len(groups) <= _AT_LENGTH:
        return list(groups), []
    told: list[Group] = []
    of_kind: dict[tuple[str, str | None], list[Group]] = {}
    for group in groups:
        same = of_kind.setdefault((group.first.rule, group.first.kind), [])
        same.append(group)
        if len(same) <= _FIRST_OF_A_KIND:
            told.append(group)
    return told, [same[_FIRST_OF_A_KIND:] for same in of_kind.values() if len(same) > _FIRST_OF_A_KIND]


def _print_group(number: int, group: Group, edition: Edition, languages: Iterable[Language]) -> None:
    message, action = group.said(edition, "it")
    print_wrapped(f"{message} [{group.first.rule}]", f"{number:>3}. ", _INDENT)
    where = _where(group)
    if where:
        print_wrapped(f"Dove: {where}", _INDENT, _INDENT)
    print_wrapped(f"→ {action}", _INDENT, _INDENT + "  ")
    if group.first.disposition != "open":
        decided = _DISPOSITION_IT[group.first.disposition]
        print_wrapped(f"{decided}: {group.first.note}", _INDENT, _INDENT + "  ")
    for language in languages:
        if language != "it":
            message, action = group.said(edition, language)
            print_wrapped(message, f"{_INDENT}{language.upper()}: ", f"{_INDENT}    ")
            print_wrapped(f"→ {action}", f"{_INDENT}    ", f"{_INDENT}      ")


def _print_more(same: Sequence[Group]) -> None:
    findings = [finding for group in same for finding in group.findings]
    several = "un'altra" if len(same) == 1 else f"altre {number_it(len(same))}"
    where = _where(Group(tuple(findings)))
    print_wrapped(
        f"... e {several} dello stesso tipo [{same[0].first.rule}]{f': {where}' if where else ''}",
        _INDENT,
        _INDENT,
    )


def print_beside(language: Language, text: str) -> None:
    """A text in another language, under the Italian one."""
    print_wrapped(text, f"{language.upper()}: ", " " * 4)


def print_wrapped(text: str, first: str = "", next_ones: str = _INDENT) -> None:
    """A text in lines that a terminal holds."""
    for line in textwrap.wrap(
        visible(text), _WIDTH, initial_indent=first, subsequent_indent=next_ones, break_on_hyphens=False
    ):
        print(line)


# --- where


def _where(group: Group) -> str:
    parts = [text for place in group.places if (text := _place(place))]
    if len(parts) > _PLACES:
        parts = [*parts[: _PLACES - 1], f"altri {len(parts) - _PLACES + 1} fogli"]
    if group.cells > 1:
        parts[-1] += f" ({number_it(group.cells)} celle)"
    points = group.service_points
    if points:
        shown = points if len(points) <= _SERVICE_POINTS + 1 else points[:_SERVICE_POINTS]
        more = f" e altri {len(points) - len(shown)} servizi" if len(points) > len(shown) else ""
        parts.append(f"{', '.join(shown)}{more}")
    if len(group.findings) == 1:
        parts += _compared(group.first)
    return "; ".join(parts)


def _place(place: PlacedCells) -> str:
    parts = []
    if place.sheet:
        is_number = re.fullmatch(r"foglio \d+", place.sheet) is not None
        parts.append(place.sheet if is_number else f"foglio «{place.sheet.strip()}»")
    if place.blocks:
        parts.append(cells_in_words(place.blocks))
    return ", ".join(parts) or (place.file or "")


def cells_in_words(blocks: Sequence[Block]) -> str:
    """`cella E12`, `celle E12, F20-F31`; of a CSV `riga 12, colonna 6`, `righe 12-20, colonna 6`."""
    shown, rest = blocks[:_BLOCKS], sum(block.cells for block in blocks[_BLOCKS:])
    more = f" e altre {number_it(rest)}" if rest else ""
    if shown[0].is_csv:
        return "; ".join(_rows_and_columns(block) for block in shown) + more
    one = len(shown) == 1 and shown[0].cells == 1
    return f"{'cella' if one else 'celle'} {', '.join(str(block) for block in shown)}{more}"


def _rows_and_columns(block: Block) -> str:
    rows = _span("riga", "righe", block.first.row, block.last.row)
    return f"{rows}, {_span('colonna', 'colonne', block.first.column, block.last.column)}"


def _span(one: str, many: str, first: int, last: int) -> str:
    return f"{one} {first}" if first == last else f"{many} {first}-{last}"


def _compared(finding: Finding) -> list[str]:
    """The other cells that a finding is about: those that are held against its own."""
    others = [cell for cell in finding.cells if cell != finding.cell]
    here = [cell for cell in others if "!" not in cell]
    elsewhere = [cell for cell in others if "!" in cell]
    parts = [cells_in_words(blocks_of(here))] if here else []
    parts += elsewhere[:_BLOCKS]
    if len(elsewhere) > _BLOCKS:
        parts.append(f"altre {number_it(len(elsewhere) - _BLOCKS)} celle")
    return [f"confronti con {'; '.join(parts)}"] if parts else []


# --- what was read


def print_understood(
    understood: Understood, edition: Edition, city: str | None, *, is_accepted: bool
) -> None:
    """What was read of a return: its service points and the totals that a clerk knows by heart.

    Of an accepted one in which there is nothing, that there is nothing: a blank cell is no mistake, but a
    blank form sent by mistake counts, and takes the place of the version before.
    """
    points = understood.service_points
    if not points and not understood.totals:
        if is_accepted and understood.silent:
            print_wrapped(
                "Attenzione: nella scheda non c'è nessun dato. Se l'ha compilata, controlli di aver scelto "
                "il file giusto; se non c'è stata attività la dichiari, con il motivo."
            )
            print()
        return
    print("Che cosa è stato letto")
    listed = f"{len(points)} ({', '.join(points)})" if points else "nessuno"
    print_wrapped(f"Servizi: {listed}", _INDENT, _INDENT)
    if understood.silent:
        print_wrapped(
            f"Nella scheda non c'è nulla di: {', '.join(understood.silent)}. Controlli che non manchi "
            "qualcosa; se non hanno avuto attività lo dichiari, con il motivo.",
            _INDENT,
            _INDENT,
        )
    speeches = [Speech(edition, language) for language in edition.languages_of(city)]
    names = {
        total.measure: " / ".join(s.measure(total.measure) for s in speeches) for total in understood.totals
    }
    width = max(len(name) for name in names.values()) if names else 0
    for total in understood.totals:
        nothing = sign_of("not_available" if total.unavailable else "not_applicable")
        value = nothing if total.value is None else number_it(total.value)
        unavailable = (
            f"  ({total.unavailable} {nothing})" if total.value is not None and total.unavailable else ""
        )
        print(f"{_INDENT}{names[total.measure]:<{width}}  {value:>9}{unavailable}")


def number_it(number: int | Decimal) -> str:
    """A number as `1.234,5`."""
    return format_decimal(number, format="#,##0.###", locale="it_IT")
