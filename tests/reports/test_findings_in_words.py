"""Many cells as few blocks, many findings as few lines, and where they stand in words."""

from __future__ import annotations

from string import Formatter
from typing import Any, get_args

import pytest

import reports.annotated.wording as annotated_wording
import reports.receipt.wording as receipt_wording
from reports.findings.lines import MOST_LINES, lines_of
from reports.findings.where import message_in_words, where_in_words
from reports.findings.wording import Language, finding_words
from schemas.tables import Entry
from schemas.verdicts import Finding

WORDS = finding_words()


def finding(cell: str | None = "E12", **more: Any) -> Finding:
    said = {
        "rule": "H02",
        "severity": "error",
        "file": "scheda.xlsx",
        "sheet": "2 Housing",
        "cell": cell,
        "message": "«x» non è un numero.",
        "action": "Scriva un numero.",
    }
    return Finding.model_validate({**said, **more})


def test_findings_that_say_the_same_share_a_line_with_all_their_cells() -> None:
    (line,) = lines_of([finding("E12"), finding("E14"), finding("E13", service_point="TA-ACC-01")])
    assert where_in_words(line, WORDS) == "Foglio «2 Housing», celle E12-E14"
    assert message_in_words(line, WORDS) == "«x» non è un numero."


def test_findings_that_differ_in_what_was_found_stay_apart() -> None:
    assert len(lines_of([finding("E12", found="x"), finding("E13", found="y")])) == 2
    assert len(lines_of([finding("E12"), finding("E12", sheet="Altro")])) == 2


def test_errors_come_before_warnings() -> None:
    lines = lines_of([finding("A1", severity="warning", rule="S05"), finding("A2")])
    assert [line.first.severity for line in lines] == ["error", "warning"]


def test_more_findings_than_anyone_reads_share_lines_and_none_is_lost() -> None:
    many = [finding(f"B{row}", message=f"«{row}» non è un numero.") for row in range(1, MOST_LINES + 2)]
    (line,) = lines_of(many)
    assert len(line.own_spots) == len(many)
    assert message_in_words(line, WORDS).startswith("«1» non è un numero. E altre 300 ")
    assert where_in_words(line, WORDS) == f"Foglio «2 Housing», celle B1-B{MOST_LINES + 1}"


def test_a_csv_cell_is_told_both_ways() -> None:
    (line,) = lines_of([finding("12:5", sheet=None)])
    assert where_in_words(line, WORDS) == "Riga 12, colonna 5 (cella E12)"
    (line,) = lines_of([finding("12:5", sheet=None), finding("13:5", sheet=None)])
    assert where_in_words(line, WORDS) == "Righe 12-13, colonne 5-5 (celle E12-E13)"


def test_cells_that_go_with_a_finding_are_told_beside_it() -> None:
    (line,) = lines_of([finding("E12", cells=("E12", "E13", "E14", "1 Presa in carico!B7"))])
    assert where_in_words(line, WORDS) == (
        "Foglio «2 Housing», cella E12\nInsieme a: E13-E14; «1 Presa in carico» B7"
    )


def test_a_finding_about_the_whole_file_names_it() -> None:
    (line,) = lines_of([finding(None, sheet=None)])
    assert where_in_words(line, WORDS) == "scheda.xlsx"
    (line,) = lines_of([finding(None, sheet=None, file=None)])
    assert where_in_words(line, WORDS) == "Tutto il file"


# --- languages


def placeholders(entry: object) -> Any:
    """The placeholders of every text, in the shape of the entry."""
    if isinstance(entry, Entry):
        return {name: placeholders(getattr(entry, name)) for name in type(entry).model_fields}
    if isinstance(entry, dict):
        return {name: placeholders(text) for name, text in entry.items()}
    return sorted({name for _, name, _, _ in Formatter().parse(str(entry)) if name})


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("words", [finding_words, annotated_wording.words, receipt_wording.words])
def test_every_language_has_the_same_texts_with_the_same_placeholders(words: Any, language: str) -> None:
    assert placeholders(words(language)) == placeholders(words("it"))
