"""A column that lists persons is told from one that lists services."""

from __future__ import annotations

import datetime as dt

import pytest

from sources.personal.data import usual_vocabulary
from sources.personal.headings import person_columns

WORDS = usual_vocabulary()


@pytest.mark.parametrize(
    "heading",
    [
        "Cognome",
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
    assert list(person_columns(rows, WORDS)) == [(1, 1)]


def test_dates_of_birth_count_as_content() -> None:
    assert list(person_columns([["Data di nascita"], [dt.date(1990, 5, 1)]], WORDS)) == [(0, 0)]
    assert list(person_columns([["Data di nascita"], ["1/5/1990"]], WORDS)) == [(0, 0)]


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
    assert list(person_columns([[heading], ["Sportello Centro"]], WORDS)) == []


@pytest.mark.parametrize("below", [[], [[""]], [[12], [3.5]], [["12"], ["1,5"]], [["-"]], [["Nome"]]])
def test_a_heading_over_nothing_or_numbers_is_none(below: list[list[object]]) -> None:
    assert list(person_columns([["Cognome"], *below], WORDS)) == []


def test_a_column_headed_name_alone_lists_persons_if_all_in_it_could_be_persons() -> None:
    assert list(person_columns([["Nome"], ["Fatou Diallo"], ["Anna D'Angelo"]], WORDS)) == [(0, 0)]
    assert list(person_columns([["Nome"], ["mele"], ["pere"]], WORDS)) == []
    assert list(person_columns([["Nome"], ["Sportello Centro"], ["Casa Alba"]], WORDS)) == []
    assert list(person_columns([["Nome", "Posti"], ["MI-ACC-01", 12]], WORDS)) == []


def test_beside_a_surname_a_name_is_one() -> None:
    assert list(person_columns([["Nome", "Cognome"], ["fatou", "diallo"]], WORDS)) == [(0, 0), (0, 1)]
