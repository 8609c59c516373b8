"""Wherever in a file an identifier stands, the reader tells the place, and never the identifier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sources.cells import Workbook
from sources.personal.data import usual_vocabulary
from sources.personal.traces import Trace
from sources.reading.reader import ChildReader, SourceFile, Unreadable
from tests.making.identifiers import (
    ODS,
    REFUSED,
    TAX_CODE,
    TEXTS,
    XLS,
    XLSX,
    Place,
    cell_of_a_sheet_so_named,
)
from tests.making.samples import ONE_CITY_A_LAYOUT, sample, samples

HIDDEN = {
    f"{form}: {place}": case
    for form, cases in (("xlsx", XLSX), ("ods", ODS), ("xls", XLS), ("text", TEXTS))
    for place, case in cases.items()
}


@pytest.fixture(scope="module")
def watchful() -> Iterator[ChildReader]:
    with ChildReader(words=usual_vocabulary()) as reader:
        yield reader


@pytest.mark.parametrize(("place", "make"), HIDDEN.values(), ids=HIDDEN)
def test_it_is_found_where_it_hides(place: Place, make: Callable[[], bytes], watchful: ChildReader) -> None:
    read = watchful.read([SourceFile("scheda", make())])
    assert isinstance(read, Workbook)
    assert [(trace.where, trace.sheet, trace.cell) for trace in read.personal] == [place]
    assert TAX_CODE not in repr(read.personal).upper()


def test_a_sheet_whose_name_is_one_is_called_by_its_number_throughout(watchful: ChildReader) -> None:
    read = watchful.read([SourceFile("scheda", cell_of_a_sheet_so_named())])
    assert read.personal == (
        Trace("tax_code", "sheet_name", "foglio 2"),
        Trace("tax_code", "cell", "foglio 2", "C5"),
    )


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_taken_is_looked_through_too(make: Callable[[], bytes], watchful: ChildReader) -> None:
    read = watchful.read([SourceFile("scheda", make())])
    assert isinstance(read, Unreadable)
    assert read.personal == (Trace("tax_code", "file"),)


def test_the_name_of_the_file_counts(watchful: ChildReader) -> None:
    data = sample("perugia").data
    read = watchful.read([SourceFile("uno.csv", data), SourceFile(f"{TAX_CODE}.csv", data)])
    assert read.personal == (Trace("tax_code", "file_name", file=2),)


def test_of_several_files_all_are_looked_through_though_one_cannot_be_opened(watchful: ChildReader) -> None:
    _, make = TEXTS["cell of a CSV"]
    read = watchful.read([SourceFile("uno", b""), SourceFile("due", make())])
    assert isinstance(read, Unreadable)
    assert read.reason == "empty"
    assert [trace.file for trace in read.personal] == [2]


def test_a_list_of_persons_is_found_at_its_headings(watchful: ChildReader) -> None:
    data = b"Cognome;Nome;Data di nascita\nDiallo;Fatou;1/5/1990\n"
    read = watchful.read([SourceFile("elenco.csv", data)])
    assert [(trace.what, trace.cell) for trace in read.personal] == [
        ("person_column", "1:1"),
        ("person_column", "1:2"),
        ("person_column", "1:3"),
    ]


@pytest.mark.parametrize("city", ONE_CITY_A_LAYOUT)
def test_no_layout_has_anything_that_looks_like_a_person(city: str, watchful: ChildReader) -> None:
    given = sample(city)
    assert watchful.read([SourceFile(given.name, given.data)]).personal == ()


@pytest.mark.parametrize("form", ["blank"])
def test_the_blank_forms_have_nothing_either(form: str, watchful: ChildReader) -> None:
    blanks = sorted((Path(__file__).parents[2] / "returns" / form).glob("*.*"))
    assert blanks
    for path in blanks:
        assert watchful.read([SourceFile(path.name, path.read_bytes())]).personal == (), path.name


@pytest.mark.long
def test_of_all_samples_only_the_one_made_for_it_is_caught(watchful: ChildReader) -> None:
    caught = {str(given): watchful.read([SourceFile(given.name, given.data)]).personal for given in samples()}
    assert {name: traces for name, traces in caught.items() if traces} == {
        "2023-W41-latina-v1": (Trace("tax_code", "comment", "1 Presa in carico", "E64"),)
    }


def test_a_file_of_nothing_but_identifiers_ends_soon(watchful: ChildReader) -> None:
    rows = "\n".join(f"{TAX_CODE};333 1234567;a.b@esempio.it" for _ in range(20_000))
    read = watchful.read([SourceFile("tutto.csv", f"a;b;c\n{rows}\n".encode())])
    assert len(read.personal) == 1000
