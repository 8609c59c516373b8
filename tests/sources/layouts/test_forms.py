"""A layout turned around: what is written by its patterns is read by them."""

from __future__ import annotations

import pytest

from pipelines.judging.context import Contract
from sources.layouts.forms import Form, NotAFormError, form_of, written

ITEM = r"(?P<measure>[^|]+)\|(?P<breakdown>[^|]*)\|(?P<category>[^|]*)"
WEEK = r"(?P<year>\d{4})-W(?P<week>\d{1,2})"


@pytest.fixture
def form(contract: Contract) -> Form:
    (known,) = (known for known in contract.layouts.layouts if known.layout.template)
    return form_of(known.layout)


@pytest.mark.parametrize(
    ("pattern", "says", "text"),
    [
        (ITEM, {"measure": "desk_visits", "breakdown": "total", "category": ""}, "desk_visits|total|"),
        (ITEM, {"measure": "guests_end", "breakdown": "age", "category": "61+"}, "guests_end|age|61+"),
        (WEEK, {"year": "2023", "week": "02"}, "2023-W02"),
        ("(?P<body>.*)", {"body": "Comune di Roma (RM)"}, "Comune di Roma (RM)"),
    ],
)
def test_a_pattern_is_answered_by_the_text_from_which_it_captures(
    pattern: str, says: dict[str, str], text: str
) -> None:
    assert written(pattern, says) == text


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        (WEEK, {"year": "23", "week": "2"}),
        (ITEM, {"measure": "a|b", "breakdown": "total", "category": ""}),
        ("settimane? (?P<week>.*)", {"week": "2"}),
    ],
)
def test_a_pattern_that_no_single_text_answers_is_refused(pattern: str, says: dict[str, str]) -> None:
    with pytest.raises(NotAFormError):
        written(pattern, says)


def test_the_standard_workbook_as_a_form(form: Form, contract: Contract) -> None:
    assert form.cover == "Copertina"
    assert [row.label for row in form.cover_rows if row.facts] == [
        *("Edizione", "Modello", "Città", "Codice catastale", "Ente compilatore", "Settimana", "Dal", "Al"),
        *("Versione", "Compilata il"),
    ]
    assert [(sheet.name, sheet.area) for sheet in form.sheets] == [
        ("1 Presa in carico", "pic"),
        ("2 Housing", "hou"),
        ("3 Impegno civico", "civ"),
        ("4 Coordinamento", "net"),
    ]
    assert (form.table.headings, form.table.code) == (("Codice", "Voce", "Dettaglio"), "Codice")
    assert (form.table.names, form.city_column, form.legend) == ("Denominazione", "Comune", "Legenda")


@pytest.mark.parametrize("city", ["torino", "roma", "milano", "genova"])
def test_a_citys_own_layout_is_read_and_not_written(city: str, contract: Contract) -> None:
    (known,) = (known for known in contract.layouts.layouts if known.layout.layout == city)
    with pytest.raises(NotAFormError):
        form_of(known.layout)
