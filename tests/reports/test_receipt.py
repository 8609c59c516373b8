"""A receipt says what was recorded, all of it, the same way every time, as HTML and as PDF."""

from __future__ import annotations

import datetime as dt
import io
import re
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pypdf
import pytest
from markupsafe import escape

from reports.receipt import Decision, ReceiptData, SentFile, receipt_html
from reports.receipt.content import next_consolidation
from reports.receipt.pdf import receipt_pdf
from reports.receipt.wording import words
from schemas.contract import Edition
from schemas.verdicts import CellCounts, Finding, NilReturn, Verdict
from schemas.weeks import ROME, IsoWeek

W42 = IsoWeek(2023, 42)
SHA, OTHER_SHA, WHOLE_SHA = "0b" * 32, "1c" * 32, "2d" * 32
SUBMISSION = "20231024T081532Z-2d2d2d2d2d2d"
IN_TIME = dt.datetime.fromisoformat("2023-10-24T10:15:32+02:00")
LATE = dt.datetime.fromisoformat("2023-10-26T06:00:00+02:00")

ERROR = Finding(
    rule="H05",
    severity="error",
    file="dati.csv",
    cell="12:5",
    cells=("12:5", "13:5"),
    service_point="MI-OSS-01",
    found="41",
    expected="42",
    message="«Perché» è più di “così”: <b>41</b> & 42.",
    action="Corregga il totale.",
)
WARNING = Finding(rule="S05", severity="warning", file="dati.csv", message="È diverso.", action="Controlli.")


def verdict(**changes: Any) -> Verdict:
    given = {
        "submission_id": SUBMISSION,
        "edition": "lgnet2",
        "city": "milano",
        "iso_week": W42,
        "version": 3,
        "received_at": IN_TIME,
        "received_by": "Ufficio Città & <Sociale>",
        "is_late": False,
        "sha256": WHOLE_SHA,
        "size": 1_234_567,
        "file_names": ("dati.csv", "altri.csv"),
        "layout": "milano 2023-W01",
        "status": "rejected",
        "errors": 1,
        "warnings": 1,
        "cells": CellCounts(read=4321, mapped=4000, ignored=320, refused=1),
    }
    return Verdict.model_validate({**given, **changes})


def receipt(findings: tuple[Finding, ...] = (ERROR, WARNING), **changes: Any) -> ReceiptData:
    return ReceiptData(
        verdict=verdict(**changes),
        status_on_arrival=verdict(**changes).status,
        files=(
            SentFile(name="dati.csv", sha256=SHA, size=1_234_000),
            SentFile(name="altri.csv", sha256=OTHER_SHA, size=567),
        ),
        claimed_city="milano",
        code_version="0.1.0",
        findings=findings,
        nils=(
            NilReturn(area="hou", reason="Lavori"),
            NilReturn(area="pic", service_point="MI-UM-01", reason="Ferie"),
        ),
    )


ACCEPTED = receipt((WARNING,), status="accepted_with_warnings", errors=0, supersedes="20231020T081532Z-aaaa")


class _Texts(HTMLParser):
    """The texts of a page by class, and what it says of itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language = ""
        self.texts: list[str] = []
        self.numbers: list[str] = []
        self.links: list[str] = []
        self.facts: list[tuple[str, str]] = []
        self.headers_without_scope = 0
        self._tag = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self._tag = tag
        if tag == "html":
            self.language = found.get("lang") or ""
        if tag == "data":
            self.numbers.append(found.get("value") or "")
        if tag == "th" and "scope" not in found:
            self.headers_without_scope += 1
        self.links += [value or "" for name, value in attributes if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        if data.strip() and self._tag != "style":
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def pdf_text(packed: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(packed))
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u200b", "").split())


SAID = (
    SUBMISSION,
    "Milano",
    "settimana 42/2023 (16-22 ottobre)",
    "martedì 24 ottobre 2023, ore 10:15:32 (ora di Roma, UTC+02:00)",
    "2023-10-24T10:15:32+02:00",
    "Ufficio Città & <Sociale>",
    "dati.csv",
    "altri.csv",
    SHA,
    OTHER_SHA,
    WHOLE_SHA,
    "1.234.567 byte",
    "1.234.000 byte",
    "567 byte",
    "milano 2023-W01",
    "Respinta",
    "1 errore, 1 avviso",
    "4.321",
    "4.000",
    "320",
    "«Perché» è più di “così”: <b>41</b> & 42.",
    "Corregga il totale.",
    "Riga 12, colonna 5 (cella E12), MI-OSS-01",
    "H05",
    "È diverso.",
    "S05",
    "Tutta l'area: Housing",
    "Lavori",
    "MI-UM-01",
    "Ferie",
    "0.1.0",
    "dovuta entro mercoledì 25 ottobre 2023, ore 12:00",
)


def without_blanks(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("said", SAID)
def test_html_and_pdf_say_what_was_recorded(said: str, edition: Edition) -> None:
    assert said in _Texts(receipt_html(receipt(), edition)).text
    assert without_blanks(said) in without_blanks(pdf_text(receipt_pdf(receipt(), edition)))


def test_the_counts_are_those_of_the_data(edition: Edition) -> None:
    page = _Texts(receipt_html(receipt(), edition))
    assert page.numbers == ["4321", "4000", "320", "1"]
    assert "4.321 = 4.000 + 320 + 1" in page.text


def test_the_page_needs_nothing_else_and_can_be_read_aloud(edition: Edition) -> None:
    page = _Texts(receipt_html(receipt(), edition))
    assert page.links == []
    assert page.language == "it"
    assert page.headers_without_scope == 0
    assert "url(" not in receipt_html(receipt(), edition)


@pytest.mark.parametrize("language", ["it", "de", "en"])
def test_the_same_data_give_the_same_bytes(language: Any, edition: Edition) -> None:
    assert receipt_html(receipt(), edition, language) == receipt_html(receipt(), edition, language)
    first = receipt_pdf(receipt(), edition, language)
    assert first == receipt_pdf(receipt(), edition, language)
    assert first != receipt_pdf(receipt(version=4), edition, language)


@pytest.mark.parametrize("language", ["de", "en"])
def test_italian_names_in_another_language_s_receipt_are_told_to_be_italian(
    language: Any, edition: Edition
) -> None:
    page = receipt_html(receipt(), edition, language)
    for name in (edition.facts.name_it, edition.city("milano").reporting_body):
        assert re.findall(rf"<(?:p|td)([^>]*)>{re.escape(str(escape(name)))}<", page)[0].endswith(
            ' lang="it"'
        )
    reader = pypdf.PdfReader(io.BytesIO(receipt_pdf(receipt(), edition, language)))
    assert reader.trailer["/Root"]["/Lang"].startswith(language)
    told = [one for one in _elements(reader.trailer["/Root"]["/StructTreeRoot"]) if one.get("/Lang") == "it"]
    assert len(told) == 2


def test_the_pdf_is_tagged_and_dated_by_the_arrival(edition: Edition) -> None:
    packed = receipt_pdf(receipt(), edition)
    reader = pypdf.PdfReader(io.BytesIO(packed))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value
    assert "/StructTreeRoot" in root
    assert root["/Lang"].startswith("it")
    assert reader.metadata is not None
    assert reader.metadata.title == f"Ricevuta della scheda settimanale {SUBMISSION}"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.replace(tzinfo=None) in (
        IN_TIME.replace(tzinfo=None),
        IN_TIME.astimezone(dt.UTC).replace(tzinfo=None),
    )
    streams = [packed, *(_unpacked(packed))]
    assert any(b"pdfuaid:part" in stream for stream in streams)


def _elements(element: Any) -> Iterator[Any]:
    """An element of a PDF's structure, and all beneath it."""
    yield element
    below = element.get("/K", [])
    for one in (part.get_object() for part in (below if isinstance(below, list) else [below])):
        if hasattr(one, "get"):
            yield from _elements(one)


def _unpacked(packed: bytes) -> list[bytes]:
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", packed, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return found


def test_every_page_of_the_pdf_has_its_number_and_the_submission(edition: Edition) -> None:
    many = tuple(ERROR.model_copy(update={"message": f"Errore numero {n}."}) for n in range(60))
    reader = pypdf.PdfReader(io.BytesIO(receipt_pdf(receipt(many), edition)))
    assert len(reader.pages) > 2
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert SUBMISSION in text
        assert f"pagina {number} di {len(reader.pages)}" in text


def test_the_printed_page_has_its_number_and_the_submission(edition: Edition) -> None:
    page = receipt_html(receipt(), edition)
    assert f'@bottom-left {{ content: "{SUBMISSION}"' in page
    assert "counter(page)" in page


# --- what happens next


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2023-10-25T12:00:00+02:00", "2023-10-26T06:00:00+02:00"),
        ("2023-10-26T05:59:59+02:00", "2023-10-26T06:00:00+02:00"),
        ("2023-10-26T06:00:00+02:00", "2023-11-02T06:00:00+01:00"),
        ("2023-10-28T09:00:00+00:00", "2023-11-02T06:00:00+01:00"),
    ],
)
def test_the_next_consolidation_is_on_a_thursday_in_rome(after: str, expected: str) -> None:
    found = next_consolidation(dt.datetime.fromisoformat(after))
    assert found.astimezone(ROME).isoformat() == expected


def next_of(data: ReceiptData, edition: Edition) -> str:
    html = receipt_html(data, edition)
    return _Texts(html[html.index('<ul class="next">') : html.index("</ul>")]).text


def test_an_accepted_return_is_told_when_it_is_published_and_what_it_replaces(edition: Edition) -> None:
    said = next_of(ACCEPTED, edition)
    assert "giovedì 26 ottobre 2023, ore 6:00" in said
    assert "la precedente resta nella storia" in said
    assert "Controlli gli avvisi" in said
    assert "20231020T081532Z-aaaa" in receipt_html(ACCEPTED, edition)
    assert "dovuta entro" not in said


@pytest.mark.parametrize(
    ("dispositions", "is_sent_back", "is_settled"),
    [
        (("confirmed", "waived"), False, True),
        (("confirmed", "waived"), True, False),
        (("confirmed", "open"), False, False),
        (("open",), False, False),
    ],
)
def test_of_warnings_that_were_all_explained_nothing_is_left_to_check(
    dispositions: tuple[str, ...], is_sent_back: bool, is_settled: bool, edition: Edition
) -> None:
    findings = tuple(
        WARNING.model_copy(update={"disposition": one, "note": "Verificato."}) for one in dispositions
    )
    data = receipt(findings, status="accepted_with_warnings", errors=0, warnings=len(findings))
    if is_sent_back:
        asked = Decision(act="send-back", at=IN_TIME, by="coordinamento", note="Il dato è da ricontrollare.")
        data = data.model_copy(update={"decisions": (asked,)})
    page = _Texts(receipt_html(data, edition)).text
    assert ("è scritto perché può restare così" in page) is is_settled
    assert ("avvisi indicano dati da controllare" in page) is not is_settled
    assert ("Controlli gli avvisi" in next_of(data, edition)) is not is_settled


def test_a_late_return_is_told_so(edition: Edition) -> None:
    data = receipt((), status="accepted", errors=0, warnings=0, is_late=True, received_at=LATE)
    said = next_of(data, edition)
    assert "dopo la scadenza" in said
    assert "giovedì 2 novembre 2023, ore 6:00" in said
    assert "Nessun errore e nessun avviso." in receipt_html(data, edition)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "dovuta entro mercoledì 25 ottobre 2023, ore 12:00"),
        ({"received_at": LATE, "is_late": True}, "resterà segnata in ritardo"),
        ({"received_at": LATE, "is_late": False}, "invii la correzione appena possibile"),
        ({"iso_week": None, "is_late": None}, "entro il mercoledì successivo"),
    ],
)
def test_a_rejected_return_is_told_by_when_to_send_again(
    changes: dict[str, Any], sentence: str, edition: Edition
) -> None:
    said = next_of(receipt(**changes), edition)
    assert sentence in said
    assert "consolidamento" not in said


def test_an_adopted_verdict_stands_beside_the_first_one(edition: Edition) -> None:
    data = ACCEPTED.model_copy(update={"status_on_arrival": "rejected"})
    page = _Texts(receipt_html(data, edition)).text
    assert "Esito all'arrivo Respinta" in page
    assert "Accettata con avvisi" in page
    assert "Esito all'arrivo" not in _Texts(receipt_html(ACCEPTED, edition)).text


def test_what_the_sender_said_it_is_for_stands_in_it(edition: Edition) -> None:
    assert "Inviata per Milano Impronta" in _Texts(receipt_html(receipt(), edition)).text
    data = receipt().model_copy(update={"claimed_week": IsoWeek(2023, 41)})
    assert "Inviata per Milano, settimana 41/2023 (9-15 ottobre)" in _Texts(receipt_html(data, edition)).text
    data = receipt().model_copy(update={"claimed_city": None})
    assert "Inviata per" not in _Texts(receipt_html(data, edition)).text


def test_what_people_decided_afterwards_stands_in_it(edition: Edition) -> None:
    made = Decision(act="confirm", at=LATE, by="Bruno", note="Sgombero & <freddo>", rule="S05")
    data = ACCEPTED.model_copy(update={"decisions": (made,)})
    page = _Texts(receipt_html(data, edition)).text
    printed = without_blanks(pdf_text(receipt_pdf(data, edition)))
    for said in (
        "Avviso confermato (regola S05)",
        "Bruno",
        "Sgombero & <freddo>",
        "giovedì 26 ottobre 2023, ore 06:00:00",
    ):
        assert said in page
        assert without_blanks(said) in printed
    assert "Decisioni" not in _Texts(receipt_html(ACCEPTED, edition)).text


def test_a_return_of_which_nothing_is_known_has_a_receipt(edition: Edition) -> None:
    data = receipt(
        (),
        city=None,
        iso_week=None,
        version=None,
        received_by=None,
        layout=None,
        is_late=None,
        cells=CellCounts(),
    ).model_copy(update={"claimed_city": None, "nils": ()})
    page = _Texts(receipt_html(data, edition)).text
    assert "Non riconosciuta, non riconosciuta" in page
    assert "Nessuna cella è stata letta." in page
    assert pdf_text(receipt_pdf(data, edition)).count("non riconosciut") >= 3


def test_a_return_with_personal_data_shows_no_file_name(edition: Edition) -> None:
    data = receipt((ERROR.model_copy(update={"rule": "H04"}),)).model_copy(
        update={"is_nothing_kept": True, "files": (SentFile(name=None, sha256=SHA, size=9),)}
    )
    for text in (_Texts(receipt_html(data, edition)).text, pdf_text(receipt_pdf(data, edition))):
        assert "nome non conservato" in text
        assert "altri.csv" not in text
        assert "Non ne è stato conservato nulla" in text
        assert "Tolga i dati personali" in text


def test_what_is_shown_is_never_run_or_read_as_markup(edition: Edition) -> None:
    hostile = '#panic("x") *grassetto* $x$ @rif \\ </style><script>alert(1)</script> {{ 1 }} #{'
    data = receipt((ERROR.model_copy(update={"message": hostile}),), received_by=hostile)
    html = receipt_html(data, edition)
    assert "<script" not in html
    assert hostile in _Texts(html).text
    assert without_blanks('#panic("x")*grassetto*$x$@rif\\</style>') in without_blanks(
        pdf_text(receipt_pdf(data, edition))
    )


def test_a_word_without_an_end_stays_on_the_page(edition: Edition) -> None:
    data = receipt((ERROR.model_copy(update={"message": "x" * 400}),))
    assert "x" * 400 in without_blanks(pdf_text(receipt_pdf(data, edition)))


def test_a_sign_that_no_font_has_does_not_keep_the_rest_from_the_page(edition: Edition) -> None:
    data = receipt((ERROR.model_copy(update={"message": "Uscite 🙂 straordinarie"}),))
    read = without_blanks(pdf_text(receipt_pdf(data, edition)))
    assert "Uscite" in read and "straordinarie" in read


@pytest.mark.parametrize(
    ("language", "week", "instant"),
    [
        ("it", "settimana 44/2023 (30 ottobre - 5 novembre)", "martedì 24 ottobre 2023, ore 10:15:32"),
        ("de", "Woche 44/2023 (30. Oktober – 5. November)", "Dienstag, 24. Oktober 2023, 10:15:32 Uhr"),
        ("en", "week 44/2023 (30 October – 5 November)", "Tuesday 24 October 2023, 10:15:32"),
    ],
)
def test_weeks_and_instants_are_written_as_the_language_does(language: Any, week: str, instant: str) -> None:
    texts = words(language)
    assert texts.week(IsoWeek(2023, 44)) == week
    assert texts.instant(IN_TIME).startswith(instant)
    assert "UTC+02:00" in texts.instant(IN_TIME)


def test_the_italian_week_is_the_one_of_the_contract() -> None:
    for week in IsoWeek(2023, 1).through(IsoWeek(2024, 26)):
        assert words().week(week) == week.in_italian()
