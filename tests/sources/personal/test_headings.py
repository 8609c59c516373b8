"""A column that lists persons is told from one that lists services."""

from __future__ import annotations

import datetime as dt

import pytest

from sources.personal.data import usual_vocabulary
from sources.personal.headings import person_columns

HEADINGS = usual_vocabulary().person_headings


@pytest.mark.parametrize(
    "heading",
    [
        "Cognome",
        "NOME",
        "Nome e cognome",
        "Cognome:",
        " cognome ",
        "Data di nascita",
        "Luogo di nascita",
        "Nato/a il",
        "Generalità",
        "Nachname",
        "Vor- und Nachname",
        "Cognome / Nachname",
        "Surname",
        "date_of_birth",
    ],
)
def test_a_column_of_persons_is_found_at_its_heading(heading: str) -> None:
    rows = [["Elenco"], ["N.", heading], [1, "Diallo"], [2, "Bah"]]
    assert list(person_columns(rows, HEADINGS)) == [(1, 1)]


def test_dates_of_birth_count_as_content() -> None:
    assert list(person_columns([["Data di nascita"], [dt.date(1990, 5, 1)]], HEADINGS)) == [(0, 0)]
    assert list(person_columns([["Data di nascita"], ["1/5/1990"]], HEADINGS)) == [(0, 0)]


@pytest.mark.parametrize(
    "heading",
    [
        "Nome del servizio",
        "Denominazione",
        "Servizio",
        "Nome servizio",
        "Cognomi diversi",
        "Comune",
        "Nascite",
        "Voce",
    ],
)
def test_the_headings_of_services_are_none(heading: str) -> None:
    assert list(person_columns([[heading], ["Sportello Centro"]], HEADINGS)) == []


@pytest.mark.parametrize("below", [[], [[""]], [[12], [3.5]], [["12"], ["1,5"]], [["-"]], [["Nome"]]])
def test_a_heading_over_nothing_or_numbers_is_none(below: list[list[object]]) -> None:
    assert list(person_columns([["Cognome"], *below], HEADINGS)) == []
