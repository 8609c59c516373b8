"""The bulletin's Italian: agreement for none, one and many, and what a change is called."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from pipelines.judging.context import Contract
from reports.bulletin.choosing import choices_for, shown_indicators
from reports.bulletin.comparing import Change
from reports.bulletin.figures import coverage_of, of_the, rounded, written
from reports.bulletin.reading import Arrival, Figure, Readings
from reports.bulletin.sentences import change_in_words, sentences
from reports.bulletin.week import Week
from reports.bulletin.wording import capitalised, filled, words
from schemas.contract import NETWORK, Edition
from schemas.fields import PeriodKind, ReturnState
from schemas.tables import ContractError
from schemas.weeks import IsoWeek
from tests.making.deadlines import due_at

W41, W42 = IsoWeek(2023, 41), IsoWeek(2023, 42)


def figure(
    value: float | None, code: str = "PIC01", city: str = NETWORK, week: IsoWeek = W42,
    kind: PeriodKind = "week", answered: int = 1, due: int = 1,
) -> Figure:  # fmt: skip
    return Figure(code, kind, str(week), city, value, None, None, answered, due, True)


def week_of(
    edition: Edition, now: float | None, before: float | None, state: ReturnState = "on_time"
) -> Week:
    """All indicators of W42 have one value, those of W41 another; the only city due is Roma."""
    texts = words()
    choices = choices_for(edition, texts)
    shown = shown_indicators(edition, choices, texts)
    found: list[Figure] = []
    for one in shown:
        for city in ("roma", NETWORK):
            found += [figure(now, one.code, city), figure(before, one.code, city, W41)]
        found.append(figure(now, one.code, kind="edition_to_date"))
    arrival = Arrival(W42, "roma", state, due_at(W42), "key", 1, 0, 0, due_at(W42))
    readings = Readings(
        figures={(f.indicator, f.period_kind, f.period, f.city): f for f in found},
        arrivals={("roma", W42): arrival},
        deadlines={W42: due_at(W42)},
        corrections=(),
        last_arrivals={W42: dt.datetime(2023, 10, 24, tzinfo=dt.UTC)},
        nils={},
        unanswered={},
    )
    return Week(W42, edition, readings, choices, texts, shown)


def said(week: Week) -> list[str]:
    return [str(sentence.striptags()) for sentence in sentences(week)]


def paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]


def test_sentences_of_many(contract: Contract) -> None:
    assert said(week_of(contract.edition, 1234.0, 1222.0)) == paragraphs(
        """
        L'unica città della rete ha inviato la scheda: 1.234 persone sono state raggiunte per la
        prima volta (12 in più della settimana precedente) e dall'inizio dell'edizione ne sono
        state raggiunte 1.234.

        Gli sportelli hanno registrato 1.234 accessi (12 in più della settimana precedente), le
        unità mobili hanno avuto 1.234 contatti (12 in più) e sono state prese in carico 1.234
        persone (12 in più).

        Sono state accolte 1.234 persone (12 in più della settimana precedente), domenica sera
        gli ospiti erano 1.234 (12 in più) e il tasso di occupazione è stato del 1.234,0%.
        """
    )


def test_sentences_of_one(contract: Contract) -> None:
    assert said(week_of(contract.edition, 1.0, 2.0)) == paragraphs(
        """
        L'unica città della rete ha inviato la scheda: una sola persona è stata raggiunta per la
        prima volta (una in meno della settimana precedente) e dall'inizio dell'edizione ne è
        stata raggiunta una sola.

        Gli sportelli hanno registrato un solo accesso (uno in meno della settimana precedente),
        le unità mobili hanno avuto un solo contatto (uno in meno) ed è stata presa in carico una
        sola persona (una in meno).

        È stata accolta una sola persona (una in meno della settimana precedente), domenica sera
        c'era un solo ospite (uno in meno) e il tasso di occupazione è stato dell'1,0%.
        """
    )


def test_sentences_of_none(contract: Contract) -> None:
    assert said(week_of(contract.edition, 0.0, 0.0)) == paragraphs(
        """
        L'unica città della rete ha inviato la scheda: nessuna persona è stata raggiunta per la
        prima volta (come la settimana precedente) e dall'inizio dell'edizione non ne è stata
        raggiunta nessuna.

        Gli sportelli non hanno registrato accessi (come la settimana precedente), le unità
        mobili non hanno avuto contatti (come prima) e non è stata presa in carico nessuna
        persona (come prima).

        Non è stata accolta nessuna persona (come la settimana precedente), domenica sera non
        c'erano ospiti (come prima) e nessun posto letto disponibile è stato occupato.
        """
    )


def test_sentences_of_what_is_not_known(contract: Contract) -> None:
    sentences_said = said(week_of(contract.edition, None, 3.0))
    assert len(sentences_said) == 3
    assert not any(letter.isdigit() for text in sentences_said for letter in text)
    assert all("non è disponibile" in text or "non sono disponibili" in text for text in sentences_said)
    assert not any("in più" in text or "precedente" in text for text in sentences_said)


def test_what_cannot_be_compared_is_said_once_a_sentence(contract: Contract) -> None:
    """W41 was not answered: no figure has a change, and a figure that is not known has none either."""
    told = said(week_of(contract.edition, 7.0, None))
    assert told[1] == (
        "Gli sportelli hanno registrato 7 accessi, le unità mobili hanno avuto 7 contatti e sono state prese "
        "in carico 7 persone: dati della settimana non confrontabili con quelli della precedente."
    )


def test_the_first_change_that_can_be_told_says_since_when(contract: Contract) -> None:
    week = week_of(contract.edition, 7.0, 5.0)
    figures = {**week.readings.figures}
    figures["PIC04", "week", "2023-W41", NETWORK] = figure(None, "PIC04", week=W41)
    told = said(replace(week, readings=replace(week.readings, figures=figures)))
    assert told[1] == (
        "Gli sportelli hanno registrato 7 accessi (non confrontabile con la settimana precedente), le unità "
        "mobili hanno avuto 7 contatti (2 in più della settimana precedente) e sono state prese in carico "
        "7 persone (2 in più)."
    )


def test_nothing_is_said_of_a_week_that_nobody_answered(contract: Contract) -> None:
    assert said(week_of(contract.edition, None, 3.0, "missing")) == [
        "Nessuna città ha inviato la scheda della settimana: i dati non sono disponibili."
    ]


@pytest.mark.parametrize(
    ("unit", "value", "first", "again"),
    [
        ("persons", 1.0, "una in più della settimana precedente", "una in più"),
        ("visits", -1.0, "uno in meno della settimana precedente", "uno in meno"),
        ("persons", -1500.0, "1.500 in meno della settimana precedente", "1.500 in meno"),
        ("persons", 0.0, "come la settimana precedente", "come prima"),
        ("percent", 1.0, "un punto in più della settimana precedente", "un punto in più"),
        ("percent", -0.44, "0,4 punti in meno della settimana precedente", "0,4 punti in meno"),
        ("percent", 0.04, "come la settimana precedente", "come prima"),
        ("eur", -12.5, "12,50 € in meno della settimana precedente", "12,50 € in meno"),
        ("eur", 1.0, "1,00 € in più della settimana precedente", "1,00 € in più"),
        ("persons", None, *["non confrontabile con la settimana precedente"] * 2),
    ],
)
def test_a_change_in_words(unit: str, value: float | None, first: str, again: str) -> None:
    texts = words()
    change = Change(figure(5.0), value)
    for is_first, wanted in ((True, first), (False, again)):
        told = change_in_words(change, texts.units[unit], texts, is_first=is_first, is_alike=False)
        assert told.striptags() == wanted
    alike = change_in_words(change, texts.units[unit], texts, is_first=True, is_alike=True)
    assert alike.striptags() == (f"a parità di città, {first}" if value is not None else first)


@pytest.mark.parametrize(
    ("number", "article"),
    [
        ("0,5%", "dello "), ("1,0%", "dell'"), ("7,9%", "del "), ("8,0%", "dell'"), ("10,0%", "del "),
        ("11,2%", "dell'"), ("18,0%", "del "), ("80,5%", "dell'"), ("81", "dell'"), ("100,0%", "del "),
        ("111", "del "), ("800", "dell'"), ("1.234", "del "), ("8.000", "dell'"), ("11.500", "dell'"),
        ("1.000.000", "dell'"), ("12.000", "del "),
    ],
)  # fmt: skip
def test_the_article_is_the_one_that_the_number_is_read_with(number: str, article: str) -> None:
    assert of_the(number) == article


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.0, 0, "0"), (1234.0, 0, "1.234"), (2.5, 0, "3"), (-0.5, 0, "−1"), (0.05, 1, "0,1"),
        (1234567.891, 2, "1.234.567,89"), (75.95, 1, "76,0"), (1.005, 2, "1,01"), (-1234.5, 1, "−1.234,5"),
    ],
)  # fmt: skip
def test_numbers_are_written_in_the_italian_way(value: float, decimals: int, text: str) -> None:
    assert written(rounded(value, decimals), decimals) == text


def test_what_is_almost_complete_never_reads_complete() -> None:
    assert coverage_of(figure(1.0, answered=9999, due=10000)).striptags() == "99,9%"


def test_names_and_reasons_cannot_add_to_the_page() -> None:
    assert filled("{city} & {x}", city="<b>", x=Markup("<i>1</i>")) == "&lt;b&gt; &amp; <i>1</i>"
    assert capitalised(Markup('<data value="1">èn</data>')) == '<data value="1">Èn</data>'


def test_a_choice_of_an_indicator_that_the_edition_lacks_is_named(contract: Contract) -> None:
    without = tuple(i for i in contract.edition.indicators if i.code != "PIC06")
    with pytest.raises(ContractError, match=r"lgnet2\.yaml:\d+: no indicator 'PIC06'") as raised:
        choices_for(contract.edition.model_copy(update={"indicators": without}), words())
    assert raised.value.path == Path(raised.value.path)


def test_every_unit_of_the_catalogue_has_its_words(contract: Contract) -> None:
    assert {indicator.unit for indicator in contract.edition.indicators} <= set(words().units)
