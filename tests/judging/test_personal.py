"""A return that tells who a person is: one finding a kind and place, without the thing, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from pipelines.judging.context import Contract, NoPasts
from pipelines.judging.judge import Judgement, judge_return
from pipelines.judging.personal import _MESSAGES, personal_remarks
from schemas.editions import PROJECT
from schemas.messages import catalogue
from schemas.messages.saying import Speech
from sources.cells import Workbook
from sources.personal import packages
from sources.personal.traces import Trace
from sources.reading.reader import ChildReader, SourceFile, Unreadable
from tests.conftest import TUESDAY_AFTER_W42
from tests.making.books import Book, altered_sample, put
from tests.making.identifiers import REFUSED, TAX_CODE
from tests.making.samples import sample

TUESDAY_AFTER_W41 = dt.datetime.fromisoformat("2023-10-17T10:00:00+02:00")


@pytest.fixture(scope="module")
def watchful(contract: Contract) -> Iterator[ChildReader]:
    with ChildReader(words=contract.vocabulary) as reader:
        yield reader


def judged(
    data: bytes,
    contract: Contract,
    reader: ChildReader,
    name: str = "scheda",
    at: dt.datetime = TUESDAY_AFTER_W42,
) -> Judgement:
    given: Workbook | Unreadable = reader.read([SourceFile(name, data)])
    return judge_return(given, contract, file=name, sha256="0" * 64, received_at=at, pasts=NoPasts())


def test_the_comment_in_latinas_return_is_found_and_nothing_else_is_said(
    contract: Contract, watchful: ChildReader
) -> None:
    given = sample("latina", "2023-W41")
    judgement = judged(given.data, contract, watchful, given.name, TUESDAY_AFTER_W41)
    assert judgement.status == "rejected" and judgement.is_withheld
    assert (judgement.city, str(judgement.week)) == ("latina", "2023-W41")
    assert (judgement.version, judgement.layout, judgement.figures, judgement.nils) == (1, None, (), ())
    assert judgement.counts.read == 0
    (finding,) = judgement.findings
    assert finding.model_dump(exclude_none=True, exclude={"kind", "details", "values", "disposition"}) == {
        "rule": "H04",
        "severity": "error",
        "file": "file 1",
        "sheet": "1 Presa in carico",
        "cell": "E64",
        "cells": ("E64",),
        "message": "Il file contiene un codice fiscale (commento in E64).",
        "action": (
            "Lo tolga e invii di nuovo: la scheda porta solo dati aggregati. "
            "Del file non è stato conservato nulla, neppure il nome."
        ),
    }


def test_when_a_person_is_found_no_other_finding_is_said(contract: Contract, watchful: ChildReader) -> None:
    def spoil(book: Book) -> None:
        put(book, "2 Housing", "D6", TAX_CODE)
        put(book, "2 Housing", "D8", "molti")

    judgement = judged(altered_sample("taranto", spoil), contract, watchful)
    assert {finding.rule for finding in judgement.findings} == {"H04"}
    assert TAX_CODE not in repr(judgement)
    assert "molti" not in repr(judgement)


def test_equal_findings_are_one_with_all_its_cells(contract: Contract, watchful: ChildReader) -> None:
    def spoil(book: Book) -> None:
        for row in range(6, 12):
            put(book, "2 Housing", f"D{row}", f"333 123456{row % 10}")

    (finding,) = judged(altered_sample("taranto", spoil), contract, watchful).findings
    assert finding.cells == ("D6", "D7", "D8", "D9", "D10", "D11")
    assert finding.message == "Il file contiene un numero di telefono (cella D6, D7, D8 e in altre 3 celle)."


def test_a_cell_of_a_text_file_is_said_by_row_and_column(contract: Contract, watchful: ChildReader) -> None:
    judgement = judged(f"a;b\n1;{TAX_CODE}\n".encode(), contract, watchful)
    assert judgement.city is None and judgement.week is None
    assert judgement.findings[0].message == "Il file contiene un codice fiscale (riga 2, colonna 2)."


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_opened_is_withheld_all_the_same(
    make: object, contract: Contract, watchful: ChildReader
) -> None:
    judgement = judged(make(), contract, watchful)  # type: ignore[operator]
    assert judgement.is_withheld
    assert [finding.message for finding in judgement.findings] == [
        "Il file contiene un codice fiscale (contenuto del file)."
    ]


def test_a_name_that_is_an_identifier_is_not_said(contract: Contract, watchful: ChildReader) -> None:
    judgement = judged(sample("perugia").data, contract, watchful, f"{TAX_CODE}.csv")
    assert [(f.rule, f.file, f.message) for f in judgement.findings] == [
        ("H04", "file 1", "Il file contiene un codice fiscale (nome del file).")
    ]
    assert judgement.city == "perugia"


@pytest.mark.parametrize("what", _MESSAGES)
def test_every_kind_has_its_words(what: str, contract: Contract) -> None:
    (remark,) = personal_remarks([Trace(what, "cell", "Note", "C5")])
    message, action = Speech(contract.edition).say(remark.kind, remark.details)
    assert "(cella C5)" in message
    assert "non è stato conservato nulla" in action


def test_every_place_and_property_has_its_words(contract: Contract) -> None:
    modules = [*(PROJECT / "sources/personal").glob("*.py"), PROJECT / "sources/reading/reader.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in modules)
    assert [where for where in catalogue().parts if f'"{where}"' not in code] == []
    assert packages._PROPERTIES | {"other"} == set(catalogue().properties)
    told = [packages._XLSX_ELEMENTS.values(), packages._ODS_ELEMENTS.values()]
    assert {where for values in told for where in values} <= set(catalogue().parts)
    assert {where for _, where in packages._XLSX_FOLDERS} <= set(catalogue().parts)
    speech = Speech(contract.edition)
    (remark,) = personal_remarks([Trace("email", "property", detail="creator")])
    assert speech.shown(remark.details["place"]) == "proprietà del documento: autore"
    (remark,) = personal_remarks([Trace("email", "sheet_name", "foglio 3")])
    assert speech.shown(remark.details["place"]) == "nome del foglio 3"
