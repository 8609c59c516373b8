"""How near a text is to a known name, and that nothing is mended in a file as its layout has it."""

from __future__ import annotations

import pytest

from pipelines.judging.context import Contract
from schemas.contract import Edition
from schemas.thresholds import Drift
from sources.layouts.drift import distance, mend
from sources.layouts.model import literal_texts
from tests.conftest import ReadBytes
from tests.making.books import altered_sample
from tests.making.drifts import renamed, sheet_renamed
from tests.making.samples import ONE_CITY_A_LAYOUT, sample


@pytest.fixture(scope="session")
def tolerance(edition: Edition) -> Drift:
    """That of the edition."""
    (found,) = (rule.drift for rule in edition.rules if rule.drift is not None)
    return found


@pytest.mark.parametrize(
    ("text", "name", "far"),
    [
        ("Unita' mobili", "Unità mobili", 0),
        ("Voce/Position", "Voce / Position", 0),
        ("Codservizio", "cod_servizio", 0),
        ("numero", "n.", 0),
        ("Sett. precedente", "SETT. PREC.", 0),
        ("codice_servizio", "cod_servizio", 0),
        ("1. Presa in carico", "1 Presa in carico", 0),
        ("Detaglio", "Dettaglio", 1),
        ("Dettagllio", "Dettaglio", 1),
        ("Dettaglia", "Dettaglio", 1),
        ("Dettagilo", "Dettaglio", 1),
        ("Servizio sociale", "Servizio", 1),
        ("il Servizio", "Servizio", 1),
        ("Detagliio", "Dettaglio", None),
        ("di cui M", "di cui F", None),
        ("al", "dal", None),
        ("Servizio sociale unico", "Servizio", None),
        ("Servizio", "Servizio sociale", None),
        ("1 Presa in carico", "2 Presa in carico", None),
        ("1. Presa in carico", "12 Presa in carico", None),
        ("Presa in carico", "1 Presa in carico", None),
        ("Servizio 2", "Servizio", None),
        ("TO-UM-02", "TO-UM-01", None),
        ("", "Voce", None),
    ],
)
def test_how_far_a_text_is_from_a_name(text: str, name: str, far: int | None, tolerance: Drift) -> None:
    assert distance(text, name, True, tolerance) == far


def test_no_word_is_added_to_the_heading_of_figures(tolerance: Drift) -> None:
    assert distance("numero cumulato", "numero", False, tolerance) is None
    assert distance("numeri", "numero", False, tolerance) == 1


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("SETT. PREC.", ("SETT. PREC.",)),
        ("lunedì|martedì", ("lunedì", "martedì")),
        ("Totale Municipio|Totale.*", ("Totale Municipio",)),
        ("(?P<measure>.+)__tot", ()),
        (r"Voce|Voce \(it\)", ("Voce", "Voce (it)")),
        (r"\d+ voci|voci", ("voci",)),
        ("", ()),
    ],
)
def test_the_texts_that_a_pattern_spells_out(pattern: str, texts: tuple[str, ...]) -> None:
    assert literal_texts(pattern) == texts


@pytest.mark.parametrize("city", ONE_CITY_A_LAYOUT)
def test_nothing_is_mended_in_a_file_as_it_ought_to_be(
    city: str, read_bytes: ReadBytes, contract: Contract, tolerance: Drift
) -> None:
    read = read_bytes(sample(city).data, city)
    mended = mend(read.workbook, read.known, contract.edition, tolerance)
    assert (mended.troubles, mended.workbook) == ((), read.workbook)


def test_a_mended_file_has_its_cells_where_they_were(
    read_bytes: ReadBytes, contract: Contract, tolerance: Drift
) -> None:
    changes = (renamed("Housing", "Codice", "Codici"), sheet_renamed("Housing", "Housin"))
    read = read_bytes(altered_sample("bologna", *changes), "bologna")
    mended = mend(read.workbook, read.known, contract.edition, tolerance)
    assert [(t.kind, t.place.sheet, t.place.cell) for t in mended.troubles] == [
        ("sheet_renamed", "Housin", None),
        ("heading_renamed", "Housin", "A3"),
    ]
    before, after = (book.sheets[2] for book in (read.workbook, mended.workbook))
    assert (before.name, after.name, after.read_as) == ("Housin", "Housin", "Housing")
    changed = [
        (row, column)
        for row, cells in enumerate(before.rows)
        for column, value in enumerate(cells)
        if after.rows[row][column] != value
    ]
    assert changed == [(2, 0)]
