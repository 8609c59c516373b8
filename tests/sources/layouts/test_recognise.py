"""Whose layout a file is written in: told by its own texts, never by its name or by who sends it."""

from __future__ import annotations

import pytest

from pipelines.judging.context import Contract
from sources.cells import Sheet, Workbook
from sources.layouts.recognise import most_alike
from sources.reading.reader import ChildReader, SourceFile
from tests.making.samples import OWN_LAYOUT_CITIES, STANDARD_CITIES, sample, samples


@pytest.mark.parametrize("city", [*OWN_LAYOUT_CITIES, *STANDARD_CITIES])
@pytest.mark.parametrize("claimed", ["torino", "taranto", None])
def test_a_layout_is_known_whoever_claims_to_send_it(
    city: str, claimed: str | None, contract: Contract, reader: ChildReader
) -> None:
    given = sample(city, "2023-W41" if city in ("sassari", "latina") else "2023-W42")
    read = reader.read([SourceFile("x", given.data)])
    assert isinstance(read, Workbook)
    usual = contract.layouts.usual_for(claimed) if claimed else ()
    like = most_alike(read, contract.layouts.layouts, usual)
    assert like is not None
    assert like.known.layout.layout == ("standard" if city in STANDARD_CITIES else city)
    assert like.share == 1


def test_a_file_that_looks_like_no_layout_is_nobodys(contract: Contract) -> None:
    strange = Workbook("xlsx", (Sheet("f", "Foglio1", (["Nome", "Cognome"], ["a", "b"])),))
    assert most_alike(strange, contract.layouts.layouts) is None


def test_a_layout_is_looked_for_in_its_own_formats_only(contract: Contract, reader: ChildReader) -> None:
    read = reader.read([SourceFile("x", sample("torino").data)])
    assert isinstance(read, Workbook)
    assert most_alike(Workbook("ods", read.sheets), contract.layouts.layouts) is None


def test_every_city_of_the_sample_has_a_usual_layout(contract: Contract) -> None:
    assert all(len(contract.layouts.usual_for(given.city)) == 1 for given in samples())
    assert contract.layouts.usual_for("atlantide") == ()
