"""English and German: complete, in step with the Italian, and every detail put into their words."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from pydantic import TypeAdapter, ValidationError

from schemas.contract import LANGUAGES, Edition, Language
from schemas.details import (
    AsTyped,
    Detail,
    Details,
    FigureName,
    FigureNames,
    Listed,
    Named,
    NilOf,
    Share,
    SumOf,
    plain_text,
)
from schemas.messages import catalogue, places_of
from schemas.messages.saying import Speech, said
from schemas.messages.translations import (
    Translations,
    UntranslatedError,
    in_step,
    read_translations,
    texts_to_translate,
    translations_file,
)
from schemas.verdicts import Finding
from schemas.weeks import ROME, IsoWeek
from sources.layouts.model import FACTS

TRANSLATED: tuple[Language, ...] = ("en", "de")
in_each_translation = pytest.mark.parametrize("language", TRANSLATED)
in_each_language = pytest.mark.parametrize("language", LANGUAGES)
W42 = IsoWeek(2023, 42)


def written(language: Language) -> Catalog:
    return read_po(io.BytesIO(translations_file(language).read_bytes()), abort_invalid=True)


@in_each_translation
def test_every_text_is_translated_and_nothing_else(language: Language) -> None:
    found = {(str(entry.context), str(entry.id)) for entry in written(language) if entry.id}
    assert found == set(texts_to_translate().items())
    assert not written(language).obsolete


@in_each_translation
def test_no_translation_is_empty_or_waits_for_a_person(language: Language) -> None:
    entries = [entry for entry in written(language) if entry.id]
    assert len(entries) > 150
    assert [entry.context for entry in entries if entry.fuzzy or not entry.string] == []


@in_each_translation
def test_a_translation_leaves_the_same_places_to_be_filled_in(language: Language) -> None:
    for entry in written(language):
        if entry.id:
            assert places_of(str(entry.string)) == places_of(str(entry.id)), entry.context


@in_each_translation
def test_a_message_is_a_sentence_or_two_in_every_language(language: Language) -> None:
    for kind, message in catalogue(language).messages.items():
        for text in (message.message, message.action):
            assert text.endswith("."), kind
            assert text[0].isupper() or text[0] in "“„{", kind
            assert "«" not in text and "»" not in text, kind


@in_each_translation
def test_the_catalogue_stands_as_make_messages_writes_it(language: Language) -> None:
    content = translations_file(language).read_bytes()
    assert in_step(content, language) == content


def test_a_changed_italian_text_waits_to_be_translated_again() -> None:
    content = translations_file("de").read_bytes()
    changed = content.replace(
        "Il foglio «{found}» non è previsto.".encode(), "Il foglio {found} è strano.".encode()
    )
    assert changed != content
    entries = read_po(io.BytesIO(in_step(changed, "de")))
    (waiting,) = [entry for entry in entries if entry.id and entry.fuzzy]
    assert (waiting.context, waiting.id) == ("unknown_sheet message", "Il foglio «{found}» non è previsto.")
    assert waiting.string == "Das Blatt „{found}“ ist nicht vorgesehen."


def test_a_new_italian_text_is_left_to_be_written_and_one_that_is_gone_is_dropped() -> None:
    content = translations_file("en").read_bytes()
    other = content.replace(b'"unknown_sheet message"', b'"no_such_thing message"')
    contexts = {e.context: e.string for e in read_po(io.BytesIO(in_step(other, "en"))) if e.id}
    assert contexts["unknown_sheet message"] == ""
    assert "no_such_thing message" not in contexts


def test_a_text_without_translation_is_named_and_not_said_in_italian() -> None:
    with pytest.raises(UntranslatedError, match="week_not_ended message"):
        Translations("en", {}).of("week_not_ended message", "La {week} non è ancora finita.")


def test_a_translation_of_an_older_italian_text_is_not_used() -> None:
    texts = read_translations("de")
    assert texts.of("suggestion", catalogue().suggestion).startswith("Am ähnlichsten")
    with pytest.raises(UntranslatedError):
        texts.of("suggestion", "Forse intendeva «{nearest}».")


@in_each_language
def test_every_fact_of_a_cover_has_a_name(language: Language) -> None:
    assert set(catalogue(language).facts) == FACTS


def test_lists_and_kinds_of_service_have_a_name_in_every_language(edition: Edition) -> None:
    facts = edition.facts
    lists = set(edition.code_lists_by_code)
    assert set(facts.list_names_it) == set(facts.list_names_en) == set(facts.list_names_de) == lists
    assert set(facts.service_kinds) == set(facts.service_kinds_en) == set(facts.service_kinds_de)


NOON = dt.datetime(2023, 10, 25, 12, tzinfo=ROME)
GUESTS = SumOf(expression="guests_start + guests_in - guests_out")

SHOWN: list[tuple[Detail, str, str, str]] = [
    ("n.d. «x» {y}", *["n.d. «x» {y}"] * 3),
    (Decimal("1234.5"), "1.234,5", "1,234.5", "1.234,5"),
    (Decimal(7801), "7.801", "7,801", "7.801"),
    (Decimal(100), "100", "100", "100"),
    (AsTyped(number=Decimal(7801)), "7801", "7801", "7801"),
    (AsTyped(number=Decimal("7.801")), "7,801", "7.801", "7,801"),
    (
        W42,
        "settimana 42/2023 (16-22 ottobre)",
        "week 42/2023 (16–22 October)",
        "Woche 42/2023 (16.–22. Oktober)",
    ),
    (
        IsoWeek(2023, 44),
        "settimana 44/2023 (30 ottobre - 5 novembre)",
        "week 44/2023 (30 October – 5 November)",
        "Woche 44/2023 (30. Oktober – 5. November)",
    ),
    (W42.monday, "16/10/2023", "16 October 2023", "16.10.2023"),
    (NOON, "25/10/2023, ore 12:00", "25 October 2023 at 12:00", "25.10.2023, 12:00 Uhr"),
    (NOON.astimezone(dt.UTC), "25/10/2023, ore 12:00", "25 October 2023 at 12:00", "25.10.2023, 12:00 Uhr"),
    (
        FigureName(measure="guests_end"),
        "Ospiti a fine settimana",
        "Guests on Sunday night",
        "Gäste am Ende der Woche",
    ),
    (
        FigureName(measure="guests_end", breakdown="sex", category="F"),
        "Ospiti a fine settimana, sesso: Femmine",
        "Guests on Sunday night, sex: Female",
        "Gäste am Ende der Woche, Geschlecht: Frauen",
    ),
    (
        FigureName(measure="guests_end", own="Presenti"),
        "Ospiti a fine settimana, nella scheda: «Presenti»",
        "Guests on Sunday night, in your file: “Presenti”",
        "Gäste am Ende der Woche, in Ihrer Datei: „Presenti“",
    ),
    (
        FigureNames(first=FigureName(measure="guests_in"), others=1200),
        "Ingressi, e altre 1.200",
        "Entries, and 1,200 more",
        "Eintritte, und 1.200 weitere",
    ),
    (
        GUESTS,
        "«Ospiti a inizio settimana» + «Ingressi» - «Uscite»",
        "“Guests at the start of the week” + “Entries” - “Exits”",
        "„Gäste zu Beginn der Woche“ + „Eintritte“ - „Austritte“",
    ),
    (
        SumOf(expression="7 * highest.beds_active", own=("Letti",)),
        "7 x «Posti letto attivati» (nella scheda: «Letti»)",
        "7 x “Beds active on Sunday night” (in your file: “Letti”)",
        "7 x „Aktivierte Betten“ (in Ihrer Datei: „Letti“)",
    ),
    (
        SumOf(expression="last_week.guests_end"),
        "«Ospiti a fine settimana» della settimana scorsa",
        "“Guests on Sunday night” of the week before",
        "„Gäste am Ende der Woche“ der Vorwoche",
    ),
    (
        SumOf(expression="persons_served", breakdown="service", category="LEG"),
        "«Persone con almeno una prestazione, prestazione: Orientamento legale»",
        "“Persons served for the first time (once per service), service: Legal advice”",
        "„Personen mit mindestens einer Leistung, Leistung: Rechtsberatung“",
    ),
    (
        Listed(what="measure", codes=("guests_in", "guests_out")),
        "«Ingressi» e «Uscite»",
        "“Entries” and “Exits”",
        "„Eintritte“ und „Austritte“",
    ),
    (Listed(what="list", codes=("sex", "age")), "sesso e età", "sex and age", "Geschlecht und Alter"),
    (Share(share=Decimal("0.125")), "12,5 %", "12.5%", "12,5 %"),
    (Share(share=Decimal("0.99996")), "99,9 %", "99.9%", "99,9 %"),
    (Share(share=Decimal("1.00004")), "100,1 %", "100.1%", "100,1 %"),
    (Share(share=Decimal(1)), "100 %", "100%", "100 %"),
    (Named(what="measure", code="guests_in"), "Ingressi", "Entries", "Eintritte"),
    (Named(what="fact", code="first_day"), "il primo giorno", "the first day", "der erste Tag"),
    (Named(what="list", code="age"), "età", "age", "Alter"),
    (Named(what="area", code="civ"), "Impegno civico", "Civic engagement", "Ehrenamt"),
    (Named(what="city", code="bolzano"), "Bolzano", "Bolzano", "Bozen"),
    (Named(what="city", code="torino"), "Torino", "Torino", "Torino"),
    (
        NilOf(service_point="TO-ACC-01"),
        "Il servizio TO-ACC-01",
        "The service TO-ACC-01",
        "Der Dienst TO-ACC-01",
    ),
    (NilOf(area="hou"), "L'area «Housing»", "The area “Housing”", "Der Bereich „Wohnen“"),
]


@pytest.mark.parametrize(("detail", "italian", "english", "german"), SHOWN, ids=lambda value: str(value)[:40])
def test_a_detail_is_put_into_the_words_of_each_language(
    detail: Detail, italian: str, english: str, german: str, edition: Edition
) -> None:
    assert [Speech(edition, language).shown(detail) for language in LANGUAGES] == [italian, english, german]


@pytest.mark.parametrize("detail", [detail for detail, *_ in SHOWN], ids=lambda value: str(value)[:40])
def test_a_detail_is_kept_as_it_was(detail: Detail) -> None:
    adapter = TypeAdapter(Details)
    kept = adapter.validate_python({"b": detail, "a": "testo"})
    assert kept == (("a", "testo"), ("b", detail))
    assert adapter.validate_json(adapter.dump_json(kept)) == kept
    assert type(dict(kept)["b"]) is type(detail)


@pytest.mark.parametrize(
    "content",
    [
        '{"x": 5}',
        '{"x": null}',
        '{"x": ["a"]}',
        '{"x": {"number": "molti"}}',
        '{"x": {"week": "2023-W60"}}',
        '{"x": {"figure": {"measure": "guests_end", "colour": "red"}}}',
        '{"x": {"no_such_tag": "1"}}',
        '{"x": {"number": "1", "week": "2023-W42"}}',
        '{"x": {}}',
    ],
)
def test_what_is_no_detail_is_refused(content: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Details).validate_json(content)


def test_what_is_published_of_a_detail_is_plain() -> None:
    plain = [
        plain_text(detail) for detail in ("x", Decimal("1234.5"), W42, W42.monday, AsTyped(number=Decimal(7)))
    ]
    assert plain == ["x", "1234.5", "2023-W42", "16/10/2023", "7"]
    with pytest.raises(TypeError):
        plain_text(FigureName(measure="guests_end"))


def test_a_finding_can_be_said_again_in_any_language(edition: Edition) -> None:
    finding = Finding(
        rule="H01",
        severity="error",
        kind="week_not_ended",
        details=(("week", W42), ("date", dt.date(2023, 10, 23))),
        message="La settimana 42/2023 (16-22 ottobre) non è ancora finita.",
        action="Invii la scheda da lunedì 23/10/2023 in poi.",
    )
    kept = Finding.model_validate_json(finding.model_dump_json())
    assert kept == finding
    assert said(kept, edition, "it") == (finding.message, finding.action)
    assert said(kept, edition, "de") == (
        "Die Woche 42/2023 (16.–22. Oktober) ist noch nicht zu Ende.",
        "Senden Sie die Meldung ab Montag, 23.10.2023.",
    )
    assert said(kept, edition, "en")[0] == "The week 42/2023 (16–22 October) has not ended yet."
