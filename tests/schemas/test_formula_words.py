"""Formulas said in Italian, with the contract's own names."""

from __future__ import annotations

import pytest

from schemas.contract import Edition
from schemas.formula_words import formula_in_words, subtracts, weeks_in_words
from schemas.formulas import figures_of


@pytest.mark.parametrize(
    ("indicator", "said"),
    [
        ("HOU02", "la somma di «Persone accolte per la prima volta»"),
        ("HOU01", "la somma di «Posti letto attivati» nell'ultima settimana con risposta"),
        ("HOU06", "100 × (la somma di «Notti occupate») / (la somma di «Notti disponibili»)"),
        (
            "HOU08",
            (
                "(la somma di «Persone accolte per la prima volta») / "
                "(la media settimanale di «Posti letto attivati»)"
            ),
        ),
        (
            "HOU09",
            (
                "100 × (la somma di «Uscite» (esito: SAI, Alloggio autonomo, Coabitazione, Servizi sociali "
                "ordinari)) / (la somma di «Uscite» meno «Uscite» (esito: Non rilevato))"
            ),
        ),
        (
            "CIV01",
            "i servizi (impegno civico) con almeno una cella sopra 0 nell'ultima settimana con risposta",
        ),
        (
            "CIV05",
            (
                "100 × (la somma di «Percorsi conclusi») / "
                "(la somma di «Percorsi conclusi» più «Percorsi interrotti»)"
            ),
        ),
        (
            "NET04",
            (
                "100 × (le schede la cui prima versione accettata è arrivata entro la scadenza) / "
                "(le schede dovute)"
            ),
        ),
        ("NET05", "100 × (le celle con risposta) / (le celle dovute)"),
    ],
)
def test_a_formula_is_said_in_words(edition: Edition, indicator: str, said: str) -> None:
    (entry,) = [one for one in edition.indicators if one.code == indicator]
    assert formula_in_words(edition, figures_of(edition, entry)[0]) == said


def test_a_category_names_its_list(edition: Edition) -> None:
    (entry,) = [one for one in edition.indicators if one.code == "HOU02"]
    women = next(one for one in figures_of(edition, entry) if (one.breakdown, one.category) == ("sex", "F"))
    said = formula_in_words(edition, women)
    assert said == "la somma di «Persone accolte per la prima volta» (sesso: Femmine)"


def test_every_formula_of_the_contract_can_be_said(edition: Edition) -> None:
    """No code of a measure, a list or a category is left in the words."""
    codes = {measure.code for measure in edition.measures} | set(edition.code_lists_by_code)
    for indicator in edition.indicators:
        for figure in figures_of(edition, indicator):
            said = formula_in_words(edition, figure)
            assert not any(f"{code}" in said.split() for code in codes if "_" in code), said
            assert all(weeks_in_words(part).endswith(".") for part in figure.parts)
    subtracting = [i.code for i in edition.indicators if any(map(subtracts, figures_of(edition, i)[0].parts))]
    assert subtracting == ["HOU09"]
