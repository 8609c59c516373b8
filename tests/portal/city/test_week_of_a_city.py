"""A city's week over HTTP: what is due, a draft, its confirmation, its receipt; nothing of other cities."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from pipelines.acts import read_acts
from pipelines.declaring_nil import areas_due
from pipelines.home import Home
from pipelines.judged import JudgedReturns
from pipelines.judging.context import Contract
from pipelines.portal.drafts import Draft, DraftLimits, Drafts, Sender, UnknownDraftError
from schemas.verdicts import Reason
from schemas.weeks import IsoWeek
from sources.reading.reader import SourceFile
from tests.making.books import altered_sample, put
from tests.making.declarations import DECLARATIONS
from tests.making.identifiers import TAX_CODE
from tests.making.samples import sample
from tests.portal.homes import file_of, keep_instead, take_in, unpacked
from tests.portal.reading_pages import landed, said
from tests.portal.visiting import ORIGIN, Visitor

pytestmark = pytest.mark.whole

TUESDAY = "2023-10-24T10:00:00+02:00"


@pytest.fixture(scope="module")
def two_weeks(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("two-weeks") / "home")
    take_in(home, contract, sample("taranto", "2023-W41"), sample("taranto"), sample("bolzano", "2023-W41"))
    return home


@pytest.fixture
def home(two_weeks: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("REGIA_NOW", TUESDAY)
    return Home(Path(shutil.copytree(two_weeks.root, tmp_path / "home")))


@pytest.fixture
def torino(visitor: Visitor) -> Visitor:
    return visitor.sign_in("carla", "city", "torino")


def uploaded(visitor: Visitor, *files: SourceFile, **fields: str) -> str:
    """The address of the draft that an upload becomes."""
    visitor.get("/settimane")
    answer = visitor.post("/bozze", fields, [(file.name, file.data) for file in files])
    assert answer.status_code == 303, said(answer.text)
    assert answer.headers["location"].startswith("/bozze/")
    return answer.headers["location"]


def late_draft(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> tuple[Visitor, str]:
    """Potenza after the deadline, of which S09 warns; and its draft's page."""
    monkeypatch.setenv("REGIA_NOW", "2023-10-27T10:00:00+02:00")
    potenza = visitor.sign_in("rocco", "city", "potenza")
    return potenza, uploaded(potenza, file_of("potenza"))


def taranto_again(number: float = 3) -> SourceFile:
    """Taranto's W42 as a second version with another figure."""
    version = DECLARATIONS["taranto"].version(2)
    changed = altered_sample("taranto", version, lambda book: put(book, "1 Presa in carico", "D6", number))
    return SourceFile("taranto_v2.xlsx", changed)


def test_what_is_due_stands_on_top_with_its_form_and_the_time_left(torino: Visitor) -> None:
    page = said(torino.get("/settimane").text)
    assert "Settimana 42/2023 (16-22 ottobre) Da inviare Mancano 26 ore" in page
    assert "Entro mercoledì 25 ottobre 2023, ore 12:00" in page
    form = torino.get("/settimane/2023-W42/modulo.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(form.content)).sheetnames
    assert form.headers["content-disposition"] == 'attachment; filename="LGNET2_torino_2023-W42_v1.xlsx"'


def test_a_draft_is_not_in_the_landing_until_it_is_confirmed(
    torino: Visitor, home: Home, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = landed(home)
    draft = uploaded(torino, file_of("torino"))
    page = said(torino.get(draft).text)
    assert "È una bozza: non è ancora inviata e non conta." in page
    assert "TO-ACC-01" in page and "Che cosa abbiamo letto" in page
    assert landed(home) == before
    monkeypatch.setenv("REGIA_NOW", "2023-10-24T10:20:00+02:00")
    sent = torino.post(f"{draft}/conferma")
    assert sent.status_code == 303
    receipt = sent.headers["location"]
    assert "La scheda è stata inviata." in said(torino.get(receipt).text)
    verdict = JudgedReturns.load(home.judged, contract.edition).verdicts[receipt[7:].partition("?")[0]]
    assert verdict.received_at.isoformat() == "2023-10-24T10:20:00+02:00"
    assert (verdict.city, verdict.received_by, verdict.is_late) == ("torino", "carla", False)
    again = torino.post(f"{draft}/conferma")
    assert again.headers["location"] == receipt


def test_a_receipt_is_kept_as_a_page_and_as_a_pdf(torino: Visitor) -> None:
    draft = uploaded(torino, file_of("torino"))
    torino.get(draft)
    receipt = torino.post(f"{draft}/conferma").headers["location"].partition("?")[0]
    page = torino.get(f"{receipt}/ricevuta.html")
    assert receipt.removeprefix("/invii/") in page.text
    document = torino.get(f"{receipt}/ricevuta.pdf")
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(document.content)).pages)
    assert "Torino" in text and "42/2023" in text
    assert all(one.headers["content-disposition"].startswith("attachment;") for one in (page, document))


def test_what_was_sent_although_rejected_comes_back_with_its_cells_marked(visitor: Visitor) -> None:
    taranto = visitor.sign_in("anna", "city", "taranto")
    draft = uploaded(taranto, taranto_again(-7))
    assert "va inviata" not in said(taranto.get(draft).text)
    sent = taranto.post(f"{draft}/conferma", {"although": "1", "reason": "correction"})
    receipt = sent.headers["location"].partition("?")[0]
    assert f'href="{receipt}/copia.xlsx"' in taranto.get(receipt).text
    given = taranto.get(f"{receipt}/copia.xlsx")
    assert 'filename="taranto-2023-W42-v2-copia-annotata.xlsx"' in given.headers["content-disposition"]
    copy = openpyxl.load_workbook(io.BytesIO(given.content))
    assert copy["1 Presa in carico"]["D6"].comment is not None
    assert (
        Visitor(visitor.portal).sign_in("carla", "city", "torino").get(f"{receipt}/copia.xlsx").status_code
        == 404
    )
    first = re.findall(r"/invii/[\w-]+", taranto.get("/settimane/2023-W42").text)[-1]
    assert "copia.xlsx" not in taranto.get(first).text


def test_a_new_version_says_what_it_changes_and_owes_a_reason(visitor: Visitor, home: Home) -> None:
    taranto = visitor.sign_in("anna", "city", "taranto")
    before = landed(home)
    draft = uploaded(taranto, taranto_again())
    page = said(taranto.get(draft).text)
    assert "A confronto con la versione 1, che vale adesso." in page
    effect = said(taranto.get(f"{draft}/indicatori").text)
    assert "PIC03 Uscite delle unità mobili 2 3" in effect
    taranto.get(draft)
    refused = taranto.post(f"{draft}/conferma")
    assert refused.status_code == 422
    assert "Scelga il motivo del nuovo invio." in said(refused.text)
    assert landed(home) == before
    sent = taranto.post(f"{draft}/conferma", {"reason": "correction"})
    assert sent.status_code == 303
    history = said(taranto.get("/settimane/2023-W42").text)
    assert re.search(r"Versione 2 Accettata.* Vale questa .*Versione 1 ", history, re.IGNORECASE)


def test_a_warning_is_confirmed_with_a_note_but_not_with_a_persons_data(
    visitor: Visitor, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    potenza, draft = late_draft(visitor, monkeypatch)
    page = potenza.get(draft)
    assert "risulterà in ritardo" in said(page.text)
    assert 'name="note-S09"' in page.text
    refused = potenza.post(f"{draft}/conferma", {"note-S09": "Chieda a RSSMRA80A01H501U"})
    assert refused.status_code == 422
    assert "codice fiscale" in said(refused.text)
    assert not read_acts(home.acts).submissions
    sent = potenza.post(f"{draft}/conferma", {"note-S09": "Sciopero del 25 ottobre"})
    submission = sent.headers["location"][7:].partition("?")[0]
    (confirmed,) = read_acts(home.acts).confirmations_of(submission)
    assert (confirmed.rule, confirmed.note, confirmed.by) == ("S09", "Sciopero del 25 ottobre", "rocco")


def test_a_warning_can_be_confirmed_after_it_was_sent(
    visitor: Visitor, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    potenza, draft = late_draft(visitor, monkeypatch)
    potenza.get(draft)
    receipt = potenza.post(f"{draft}/conferma").headers["location"].partition("?")[0]
    assert 'name="note-S09"' in potenza.get(receipt).text
    assert potenza.post(f"{receipt}/conferma", {"note-S09": ""}).status_code == 422
    assert potenza.post(f"{receipt}/conferma", {"note-S09": "Sciopero"}).status_code == 303
    assert 'name="note-S09"' not in potenza.get(receipt).text
    (confirmed,) = read_acts(home.acts).confirmations_of(receipt.removeprefix("/invii/"))
    assert confirmed.note == "Sciopero"


def test_a_rejected_draft_is_sent_only_by_who_says_to_know_it(torino: Visitor, home: Home) -> None:
    draft = uploaded(torino, file_of("taranto"))
    page = said(torino.get(draft).text)
    assert "La scheda è da correggere" in page and "Il file è di Taranto, ma l'invio è per Torino." in page
    before = landed(home)
    assert torino.post(f"{draft}/conferma").status_code == 422
    assert landed(home) == before
    sent = torino.post(f"{draft}/conferma", {"although": "1"})
    assert sent.status_code == 303
    assert "respinta" in said(torino.get(sent.headers["location"]).text).lower()


def test_a_file_of_another_city_is_not_compared_with_what_that_city_sent(torino: Visitor) -> None:
    """W42 of Taranto with values far from its usual ones: Torino is not told what is usual there."""
    of_taranto = taranto_again(3000)
    draft = uploaded(torino, of_taranto)
    page = said(torino.get(draft).text)
    assert "Il file è di Taranto" in page
    assert "S01" not in page and "Che cosa cambia" not in page and "Vale già" not in page


def test_a_corrected_file_takes_the_place_of_the_draft(torino: Visitor) -> None:
    draft = uploaded(torino, file_of("taranto"))
    corrected = uploaded(torino, file_of("torino"), replaces=draft.removeprefix("/bozze/"))
    assert torino.get(draft).status_code == 404
    assert torino.get(corrected).status_code == 200


def test_a_file_that_tells_who_a_person_is_leaves_nothing(torino: Visitor, home: Home) -> None:
    name = "rossi_mario.xlsx"
    torino.get("/settimane")
    answer = torino.post("/bozze", files=[(name, _with_a_tax_code())])
    assert answer.status_code == 422
    page = said(answer.text)
    assert "Non abbiamo conservato niente" in page and "D6" in page
    assert TAX_CODE not in answer.text and name not in answer.text
    kept = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert TAX_CODE.encode() not in kept and name.encode() not in kept


def _with_a_tax_code() -> bytes:
    return altered_sample("taranto", lambda book: put(book, "1 Presa in carico", "D6", TAX_CODE))


def test_of_several_files_the_one_with_a_persons_data_is_told_by_number(torino: Visitor) -> None:
    draft = uploaded(torino, file_of("taranto"))
    kept = file_of("torino")
    names = ["rossi_mario.xlsx", "scheda di torino.xlsx"]
    torino.get(draft)
    answer = torino.post(
        "/bozze",
        {"replaces": draft.removeprefix("/bozze/")},
        files=[(names[1], kept.data), (names[0], _with_a_tax_code())],
    )
    assert answer.status_code == 422
    page = said(answer.text)
    assert "Uno dei file contiene dati personali" in page and "File 2 di 2" in page and "D6" in page
    assert names[1] in page and not [secret for secret in (names[0], TAX_CODE) if secret in answer.text]
    # The other one waits, and what it may be a correction of stays until it is clear which file that is.
    (waiting,) = re.findall(r'href="(/bozze/[0-9a-f]{32})"', answer.text)
    assert "Gli altri file sono conservati." in page and "Torino, settimana 42/2023" in page
    assert torino.get(waiting).status_code == torino.get(draft).status_code == 200
    hidden = re.search(r'name="replaces" value="([0-9a-f]+)"', answer.text)
    assert hidden is not None and hidden[1] == draft.removeprefix("/bozze/")
    again = uploaded(torino, file_of("torino", "2023-W41"), replaces=hidden[1])
    assert torino.get(again).status_code == 200 and torino.get(draft).status_code == 404


def test_one_file_with_a_persons_data_has_no_number(torino: Visitor) -> None:
    torino.get("/settimane")
    page = said(torino.post("/bozze", files=[("scheda.xlsx", _with_a_tax_code())]).text)
    assert "Il file contiene dati personali" in page
    assert "File 1" not in page and "Gli altri file" not in page


def test_of_a_return_in_several_files_none_is_said_to_be_kept(visitor: Visitor) -> None:
    parts = unpacked(altered_sample("milano", lambda book: put(book, "accoglienza.csv", "D3", TAX_CODE)))
    milano = visitor.sign_in("mina", "city", "milano")
    milano.get("/settimane")
    page = said(milano.post("/bozze", files=[(part.name, part.data) for part in parts]).text)
    assert "Alcuni file contengono dati personali" in page
    assert "Di quei file non abbiamo conservato niente" in page
    numbers = " + ".join(str(number) for number in range(1, len(parts) + 1))
    assert f"File {numbers} di {len(parts)}" in page


@pytest.mark.parametrize("page", ["/settimane", "DRAFT", "DRAFT/indicatori", "DRAFT/copia.xlsx"])
def test_a_draft_that_turns_out_to_hold_a_persons_data_is_gone_and_told_once(
    torino: Visitor, home: Home, page: str
) -> None:
    """Its bytes were kept by older rules, which found nothing."""
    draft = uploaded(torino, file_of("torino"))
    draft_id = draft.removeprefix("/bozze/")
    keep_instead(home, draft_id, _with_a_tax_code())
    shown = said(torino.get(page.replace("DRAFT", draft)).text)
    assert "dati personali" in shown and "D6" in shown
    assert not (home.drafts / draft_id).exists()
    events = [(one.event, one.subject) for one in torino.portal.audit.events(account="carla")]
    assert events.count(("draft_withheld", draft_id)) == 1
    assert "dati personali" not in said(torino.get("/settimane").text)


def test_drafts_can_be_told_apart(torino: Visitor) -> None:
    torino.get("/settimane")
    answer = torino.post("/bozze", files=[("appunti.csv", b"a;b"), ("altro.csv", b"c;d")])
    assert answer.headers["location"] == "/settimane"
    page = said(torino.get("/settimane").text)
    assert page.count("Torino, settimana non riconosciuta") == 2
    assert "appunti.csv · caricata martedì 24 ottobre 2023, ore 10:00" in page and "altro.csv ·" in page


def test_a_file_that_was_sent_before_is_no_draft_to_confirm(visitor: Visitor) -> None:
    taranto = visitor.sign_in("anna", "city", "taranto")
    page = said(taranto.get(uploaded(taranto, file_of("taranto"))).text)
    assert "Questo file è già stato ricevuto e accettato" in page
    assert "È una bozza" not in page and "Carichi il file corretto" not in page
    assert "Già acquisita" in said(taranto.get("/settimane").text)


def test_a_draft_that_is_gone_says_what_may_have_become_of_it(torino: Visitor) -> None:
    draft = uploaded(torino, file_of("torino"))
    torino.get(draft)
    torino.post(f"{draft}/elimina")
    answer = torino.get(draft)
    assert answer.status_code == 404 and "Questa bozza non c'è più" in said(answer.text)


def test_a_version_refused_since_is_told_where_all_weeks_are(visitor: Visitor) -> None:
    taranto = visitor.sign_in("anna", "city", "taranto")
    draft = uploaded(taranto, taranto_again(-7))
    taranto.get(draft)
    assert taranto.post(f"{draft}/conferma", {"although": "1"}).status_code == 303
    assert "Una settimana è da riguardare Settimana 42/2023" in said(taranto.get("/settimane").text)
    week = said(taranto.get("/settimane/2023-W42").text)
    assert "La versione 2 è stata respinta: vale ancora la versione 1." in week


def test_several_returns_at_once_wait_side_by_side(torino: Visitor) -> None:
    torino.get("/settimane")
    files = [file_of("torino"), file_of("torino", "2023-W41")]
    answer = torino.post("/bozze", files=[(file.name, file.data) for file in files])
    assert answer.headers["location"] == "/settimane"
    assert "2 bozze non ancora inviate" in said(torino.get("/settimane").text)


def test_what_had_no_activity_is_declared_together_or_not_at_all(
    torino: Visitor, home: Home, contract: Contract
) -> None:
    week = IsoWeek.parse("2023-W42")
    (area, *_) = (place.area for place in areas_due(contract.edition, "torino", week))
    form = torino.get("/settimane/2023-W42/nulla")
    assert form.status_code == 200
    assert torino.post("/settimane/2023-W42/nulla", {"areas": area}).status_code == 422
    told = {"areas": [area], "points": ["TA-ACC-01"], "reason": "Chiuso per ferie"}
    assert torino.post("/settimane/2023-W42/nulla", told).status_code == 422
    assert not read_acts(home.acts).nils_of("lgnet2", "torino", week)
    told["points"] = []
    assert torino.post("/settimane/2023-W42/nulla", told).status_code == 303
    (nil,) = read_acts(home.acts).nils_of("lgnet2", "torino", week)
    assert (nil.declared.area, nil.declared.by) == (area, "carla")
    assert "Chiuso per ferie" in said(torino.get("/settimane/2023-W42").text)


def test_a_city_finds_nothing_of_another_one(visitor: Visitor, home: Home, contract: Contract) -> None:
    taranto = visitor.sign_in("anna", "city", "taranto")
    draft = uploaded(taranto, taranto_again())
    (submission, *_) = (
        one.submission_id
        for one in JudgedReturns.load(home.judged, contract.edition).verdicts.values()
        if one.city == "taranto"
    )
    torino = Visitor(visitor.portal).sign_in("carla", "city", "torino")
    for path in (draft, f"{draft}/copia.xlsx", f"/invii/{submission}", f"/invii/{submission}/ricevuta.pdf"):
        assert taranto.get(path).status_code == 200, path
        assert torino.get(path).status_code == 404, path
    torino.get("/settimane")
    for path in (f"{draft}/conferma", f"{draft}/elimina", f"/invii/{submission}/conferma"):
        assert torino.post(path, {"although": "1", "note-S01": "sì"}).status_code == 404, path
    assert taranto.get(draft).status_code == 200


def test_what_was_sent_leaves_room_for_other_drafts(visitor: Visitor, home: Home) -> None:
    portal = visitor.portal
    narrow = Drafts(portal.home, portal.desk, limits=DraftLimits(drafts=1))
    anna = Sender("anna", "taranto")
    first = narrow.keep([taranto_again()], anna)
    assert isinstance(first, Draft)
    narrow.confirm(first.id, anna, "anna", Reason.correction)
    assert isinstance(narrow.keep([file_of("taranto", "2023-W40")], anna), Draft)
    with pytest.raises(UnknownDraftError):
        narrow.drop(first.id, anna)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (DraftLimits(drafts=2), "Ha già 2 bozze aperte, il massimo"),
        (DraftLimits(size=1 << 20), "supererebbero 1 MB, il massimo in tutto"),
        (DraftLimits(size_of_all=1), "Il servizio non ha spazio"),
    ],
)
def test_drafts_that_are_too_many_or_too_large_are_told_apart(
    visitor: Visitor, limits: DraftLimits, told: str
) -> None:
    portal = visitor.portal
    narrow = replace(portal, drafts=Drafts(portal.home, portal.desk, limits=limits))
    taranto = Visitor(narrow).sign_in("anna", "city", "taranto")
    taranto.get("/settimane")
    large = file_of("taranto", "2023-W41").data + b"\0" * (1 << 20)
    files = [("a.csv", b"a;b"), ("b.csv", b"c;d"), ("c.csv", large)]
    answer = taranto.post("/bozze", files=files)
    assert answer.status_code == 422
    assert told in said(answer.text)


def test_a_second_click_is_logged_once_and_each_note_is(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    potenza, draft = late_draft(visitor, monkeypatch)
    potenza.get(draft)
    for _ in range(2):
        assert potenza.post(f"{draft}/conferma", {"note-S09": "Sciopero"}).status_code == 303
    events = [entry.event for entry in visitor.portal.audit.events()]
    assert events.count("return_received") == events.count("warning_confirmed") == 1


def test_back_after_sending_leads_to_the_receipt(torino: Visitor) -> None:
    draft = uploaded(torino, file_of("torino"))
    torino.get(draft)
    receipt = torino.post(f"{draft}/conferma").headers["location"].partition("?")[0]
    assert torino.get(draft).headers["location"] == receipt


def test_a_week_that_goes_on_is_not_sent_as_it_is(torino: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGIA_NOW", "2023-10-18T10:00:00+02:00")
    draft = uploaded(torino, file_of("torino"))
    page = torino.get(draft).text
    assert "La scheda è da correggere" in said(page) and 'name="although"' not in page
    receipt = torino.post(f"{draft}/conferma", {"although": "1"}).headers["location"]
    assert "/settimane/2023-W42" not in torino.get(receipt).text


def test_a_page_that_is_not_there_says_nothing_of_what_was_done(torino: Visitor) -> None:
    answer = torino.get(f"/bozze/{'0' * 32}?esito=sent")
    assert answer.status_code == 404 and "è stata inviata." not in said(answer.text)


def test_signs_that_nobody_types_are_not_recorded(
    visitor: Visitor, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    potenza, draft = late_draft(visitor, monkeypatch)
    potenza.get(draft)
    receipt = potenza.post(f"{draft}/conferma", {"note-S09": "Scio\x00pero\x1b 🙂"}).headers["location"]
    submission = receipt.removeprefix("/invii/").partition("?")[0]
    (note,) = (one.note for one in read_acts(home.acts).confirmations_of(submission))
    assert note == "Sciopero 🙂"
    assert potenza.get(f"/invii/{submission}/ricevuta.pdf").content.startswith(b"%PDF")


def test_a_persons_data_are_told_even_where_the_next_file_is_too_much(visitor: Visitor) -> None:
    portal = visitor.portal
    narrow = replace(portal, drafts=Drafts(portal.home, portal.desk, limits=DraftLimits(drafts=1)))
    files = [("a.xlsx", _with_a_tax_code()), ("b.csv", b"c;d"), ("c.csv", b"e;f")]
    taranto = Visitor(narrow).sign_in("anna", "city", "taranto")
    dario = Visitor(narrow).sign_in("dario", "coordinator")
    for who, page, path in (
        (taranto, "/settimane", "/bozze"),
        (dario, "/cartella", "/cartella"),
        (dario, "/citta/torino", "/citta/torino"),
    ):
        who.get(page)
        told = said(who.post(path, files=files).text)
        assert "dati personali" in told and "il massimo" in told and "D6" in told, path


def test_discarding_says_so_where_drafts_are(torino: Visitor) -> None:
    draft = uploaded(torino, file_of("torino"))
    torino.get(draft)
    gone = torino.post(f"{draft}/elimina")
    assert "La bozza è stata eliminata" in said(torino.get(gone.headers["location"]).text)


def test_a_coordinators_corrected_file_stays_for_its_city(visitor: Visitor) -> None:
    coordinator = visitor.sign_in("dario", "coordinator")
    coordinator.get("/citta/torino")
    file = file_of("taranto")
    first = coordinator.post("/citta/torino", files=[(file.name, file.data)]).headers["location"]
    again = uploaded(coordinator, file_of("taranto", "2023-W41"), replaces=first.removeprefix("/bozze/"))
    assert "l'invio è per Torino" in said(coordinator.get(again).text)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/settimane?pagina=" + "9" * 5000, {}),
        ("/settimane", {"Referer": "http://["}),
        ("/settimane", {"Origin": "http://["}),
    ],
)
def test_odd_requests_are_answered(torino: Visitor, path: str, headers: dict[str, str]) -> None:
    assert torino.client.get(path, headers=headers).status_code == 200
    form = {"csrf": torino.csrf, "language": "it"}
    answer = torino.client.post("/account/lingua", data=form, headers={"Origin": ORIGIN, **headers})
    assert answer.status_code in (303, 403)


def test_bolzano_reads_and_is_answered_in_german(visitor: Visitor) -> None:
    bolzano = visitor.sign_in("heidi", "city", "bolzano", language="de")
    assert "Bozen" in said(bolzano.get("/settimane").text)
    draft = uploaded(bolzano, file_of("bolzano"))
    page = said(bolzano.get(draft).text)
    assert "Bozen, Woche 42/2023" in page
    assert "Che cosa" not in page
