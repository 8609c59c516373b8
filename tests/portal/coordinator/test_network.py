"""The board, the cities' pages and the reports, over HTTP, as coordinators and analysts have them."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from pipelines.acts import read_acts
from pipelines.bulletins import write_bulletins
from pipelines.consolidating import consolidate_weeks
from pipelines.dictionary import write_dictionary
from pipelines.home import Home
from pipelines.judged import JudgedReturns
from pipelines.judging.context import Contract
from schemas.weeks import IsoWeek
from tests.making.identifiers import TAX_CODE
from tests.making.samples import sample
from tests.portal.homes import file_of, take_in
from tests.portal.reading_pages import landed, main_of, said
from tests.portal.visiting import Visitor, opened

pytestmark = pytest.mark.whole

TUESDAY = "2023-10-24T10:00:00+02:00"
W42 = IsoWeek(2023, 42)


@pytest.fixture(scope="module")
def some_weeks(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Taranto's last weeks, one of them rejected; one of Bolzano; what Caserta sent twice."""
    home = Home(tmp_path_factory.mktemp("some-weeks") / "home")
    take_in(
        home,
        contract,
        sample("caserta", "2023-W39"),
        sample("caserta", "2023-W39", 2),
        sample("taranto", "2023-W40"),
        sample("taranto", "2023-W41"),
        sample("bolzano", "2023-W41"),
        sample("taranto"),
    )
    return home


@pytest.fixture
def home(some_weeks: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("REGIA_NOW", TUESDAY)
    return Home(Path(shutil.copytree(some_weeks.root, tmp_path / "home")))


@pytest.fixture
def anna(visitor: Visitor) -> Visitor:
    return visitor.sign_in("anna", "coordinator")


@pytest.fixture
def analyst(visitor: Visitor) -> Visitor:
    return Visitor(visitor.portal).sign_in("piero", "analyst")


def board_of(page: str) -> dict[tuple[str, str], str]:
    """City and week -> what the board says of it."""
    table = page[page.index("<table") : page.index("</table")]
    weeks = re.findall(r'<th scope="col">(\d+/\d+)', table)
    told = {}
    for line in table.split("<tr>")[2:]:
        city = re.search(r'href="/citta/([a-z]+)"', line)
        assert city
        cells = re.findall(r"<td>(.*?)</td>", line, re.DOTALL)
        for week, cell in zip(weeks, cells, strict=True):
            told[city[1], week] = " ".join(re.sub(r"<[^>]+>", " ", cell).split())
    return told


def test_the_board_says_what_status_says(anna: Visitor) -> None:
    page = anna.get("/quadro").text
    board = board_of(page)
    assert len(board) == 16 * 6
    assert board["taranto", "42/2023"] == "Inviata"
    assert board["torino", "42/2023"] == "Da inviare"
    assert board["torino", "41/2023"] == "Manca"
    assert board["taranto", "40/2023"] == "Da correggere"
    assert board["caserta", "39/2023"].startswith("Inviata versione 2")
    assert "Non è ancora pubblicato nessun dato. 4 settimane aspettano" in said(page)
    assert 'href="/citta/taranto/2023-W42"' in page
    assert re.findall(r'<th scope="col">(\d+)/', page) == ["42", "41", "40", "39", "38", "37"]


def test_the_board_can_be_turned_back_to_the_first_week_and_no_further(anna: Visitor) -> None:
    page = main_of(anna.get("/quadro").text)
    shown = []
    while len(shown) <= 36 and (found := re.search(r'rel="next" href="(/quadro\?fino=[0-9W-]+)"', page)):
        page = main_of(anna.get(found[1]).text)
        shown += re.findall(r'<th scope="col">(\d+)/', page)
    assert [int(week) for week in shown] == list(range(36, 0, -1))
    assert 'rel="prev"' in page
    for wrong in ("2023-W43", "2022-W52", "x", "2023-W99"):
        assert anna.get(f"/quadro?fino={wrong}").status_code == 404


def test_a_city_s_page_shows_every_week_with_its_versions(anna: Visitor) -> None:
    page = anna.get("/citta/caserta").text
    assert "Versione 2" in said(page) and "Versione 1" in said(page)
    assert 'action="/citta/caserta"' in page
    assert anna.get("/citta/atlantide").status_code == 404
    assert anna.get("/citta/caserta/2023-W43").status_code == 404


def test_analysts_see_and_do_nothing(anna: Visitor, analyst: Visitor, home: Home) -> None:
    before = landed(home)
    for path in ("/quadro", "/citta/taranto", "/citta/taranto/2023-W42"):
        page = main_of(analyst.get(path).text)
        assert "<form" not in page and "/invii/" not in page
    assert analyst.get("/cartella").status_code == 403
    assert analyst.get("/citta/taranto/2023-W42/nulla").status_code == 403
    assert analyst.post("/citta/taranto", files=[("x.xlsx", b"x")]).status_code == 403
    sent_back = {"submission": "x", "note": "Ricontrollare"}
    assert analyst.post("/citta/taranto/2023-W42/rimanda", sent_back).status_code == 403
    assert landed(home) == before and not list(home.drafts.glob("[!.]*"))
    assert not read_acts(home.acts).made


def test_a_return_is_uploaded_on_behalf_of_a_city(anna: Visitor, home: Home, contract: Contract) -> None:
    file = file_of("torino")
    anna.get("/citta/torino/2023-W42")
    answer = anna.post("/citta/torino", files=[(file.name, file.data)])
    draft = answer.headers["location"]
    assert "Sta inviando per conto della città: Torino" in said(anna.get(draft).text)
    assert anna.post(f"{draft}/conferma").status_code == 303
    verdict = JudgedReturns.load(home.judged, contract.edition).valid("torino", W42)
    assert verdict is not None and verdict.received_by == "anna"


def test_another_city_s_file_is_not_taken_for_this_one(anna: Visitor) -> None:
    file = file_of("torino")
    anna.get("/citta/roma")
    draft = anna.post("/citta/roma", files=[(file.name, file.data)]).headers["location"]
    assert "La scheda è da correggere" in said(anna.get(draft).text)


def test_a_city_never_opens_what_another_city_sent_for_it(
    anna: Visitor, home: Home, contract: Contract
) -> None:
    file = file_of("torino")
    anna.get("/citta/roma")
    draft = anna.post("/citta/roma", files=[(file.name, file.data)]).headers["location"]
    page = said(anna.get(draft).text)
    assert "Sta inviando per conto della città: Roma" in page and "Invia com'è" not in page
    assert "Di un'altra città" in said(anna.get("/cartella").text)
    taken = anna.post("/cartella/acquisisci", {"take": draft.removeprefix("/bozze/")})
    assert "La scheda è di un'altra città: non è stata acquisita." in said(taken.text)
    # By the command line it can be sent all the same, and is rejected.
    (mistaken,) = take_in(home, contract, replace(sample("torino"), city="roma"))
    sent = f"/invii/{mistaken.verdict.submission_id}"
    assert anna.get(f"{sent}/copia.xlsx").status_code == 200
    roma = Visitor(anna.portal).sign_in("remo", "city", "roma")
    assert "copia.xlsx" not in roma.get(sent).text
    assert roma.get(f"{sent}/copia.xlsx").status_code == 404


def test_what_cannot_be_kept_is_said_on_the_city_s_page(anna: Visitor) -> None:
    anna.get("/citta/roma")
    answer = anna.post("/citta/roma", files=[])
    assert answer.status_code in (400, 422)
    empty = anna.client.post(
        "/citta/roma",
        data={"csrf": anna.csrf},
        files=[("files", ("", b""))],
        headers={"Origin": "http://127.0.0.1:8000"},
    )
    assert empty.status_code == 422 and "Scelga almeno un file." in said(empty.text)


def test_the_form_of_a_city_s_week_is_there(anna: Visitor) -> None:
    form = anna.get("/citta/roma/2023-W42/modulo.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(form.content)).sheetnames
    assert "LGNET2_roma_2023-W42_v1.xlsx" in form.headers["content-disposition"]


def test_a_return_is_sent_back_with_a_note_that_the_city_sees(
    anna: Visitor, home: Home, contract: Contract
) -> None:
    valid = JudgedReturns.load(home.judged, contract.edition).valid("taranto", W42)
    assert valid is not None
    page = "/citta/taranto/2023-W42"
    anna.get(page)

    def send_back(note: str, submission: str = valid.submission_id) -> tuple[int, str]:
        answer = anna.post(f"{page}/rimanda", {"submission": submission, "note": note})
        return answer.status_code, said(answer.text) if answer.status_code != 303 else ""

    assert "Scriva che cosa la città deve ricontrollare." in send_back("  ")[1]
    assert send_back("Ricontrollare", "un-altro")[0] == 409
    status, text = send_back(f"Chiedere di {TAX_CODE}")
    assert status == 422 and "codice fiscale" in text
    assert read_acts(home.acts).sent_back(valid.submission_id) is None
    assert send_back("Gli ospiti sono il doppio del solito.")[0] == 303
    assert "Gli ospiti sono il doppio del solito." in said(anna.get(page).text)
    city = Visitor(anna.portal).sign_in("taranto", "city", "taranto")
    assert "Gli ospiti sono il doppio del solito." in said(city.get("/settimane/2023-W42").text)
    weeks = said(city.get("/settimane").text)
    assert re.search(
        r"Una settimana è da riguardare Settimana 42/2023 \(16-22 ottobre\) ?: da ricontrollare", weeks
    )
    assert board_of(anna.get("/quadro").text)["taranto", "42/2023"] == "Inviata da ricontrollare"


def test_no_activity_is_declared_on_behalf_of_a_city(anna: Visitor, home: Home, contract: Contract) -> None:
    page = anna.get("/citta/torino/2023-W41/nulla").text
    point = re.search(r'name="points" value="([^"]+)"', page)
    assert point
    answer = anna.post("/citta/torino/2023-W41/nulla", {"points": [point[1]], "reason": "Chiuso per ferie"})
    assert answer.headers["location"] == "/citta/torino/2023-W41?esito=nil_declared"
    ((declared, *_),) = (read_acts(home.acts).nils_of(contract.edition.slug, "torino", IsoWeek(2023, 41)),)
    assert (declared.declared.service_point, declared.declared.by) == (point[1], "anna")
    assert "Chiuso per ferie" in said(anna.get("/citta/torino/2023-W41").text)


@pytest.fixture
def beginner(tmp_path: Path, late_contract: Contract, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """An analyst of a network that began late, has one return, and has published nothing."""
    monkeypatch.setenv("REGIA_NOW", TUESDAY)
    home = Home(tmp_path / "home")
    take_in(home, late_contract, sample("taranto"))
    with opened(home, late_contract) as (portal, _):
        yield Visitor(portal).sign_in("piero", "analyst")


def test_what_is_published_is_told_and_its_reports_are_opened_and_nothing_else(beginner: Visitor) -> None:
    analyst, home, contract = beginner, beginner.portal.home, beginner.portal.contract
    assert "Non è ancora pubblicato nessun dato." in said(analyst.get("/relazioni").text)
    consolidate_weeks(home, contract.edition, [W42])
    write_bulletins(home, contract.edition)
    write_dictionary(home, contract.edition)
    take_in(home, contract, sample("latina", "2023-W41", 2))
    board = said(analyst.get("/quadro").text)
    assert "I dati pubblicati arrivano alla settimana 42/2023 (16-22 ottobre)." in board
    assert "1 settimana aspetta il prossimo consolidamento." in board
    page = analyst.get("/relazioni").text
    assert re.findall(r"Bollettino, settimana (\d+)/2023", said(page)) == ["42"]
    report = analyst.get("/relazioni/bollettino-2023-W42.html")
    assert report.status_code == 200 and "Bollettino" in report.text
    policy = report.headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    assert report.headers["x-content-type-options"] == "nosniff"
    assert analyst.get("/relazioni/dictionary.html").status_code == 200
    (home.reports("lgnet2") / "segreto.html").write_text("segreto")
    for wrong in (
        "segreto.html",
        ".made-from.json",
        "..%2F..%2Fportal.sqlite",
        "%2e%2e/%2e%2e/portal.key",
        "bollettino-2023-W41.html",
    ):
        assert analyst.get(f"/relazioni/{wrong}").status_code == 404


def test_the_other_roles_get_none_of_it(visitor: Visitor) -> None:
    city = Visitor(visitor.portal).sign_in("taranto", "city", "taranto")
    administrator = Visitor(visitor.portal).sign_in("dario", "administrator")
    for path in ("/quadro", "/citta/taranto", "/citta/taranto/2023-W42", "/cartella", "/relazioni"):
        assert city.get(path).status_code == 403
        assert administrator.get(path).status_code == 403


def test_who_declares_for_a_city_sees_which_and_the_way_back(anna: Visitor) -> None:
    page = anna.get("/citta/torino/2023-W41/nulla").text
    assert re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', page[: page.index("<h1")])[-3:] == [
        ("/quadro", "Quadro della rete"),
        ("/citta/torino", "Torino"),
        ("/citta/torino/2023-W41", "Settimana 41/2023 (9-15 ottobre)"),
    ]
    assert "Sta dichiarando per conto della città: Torino." in said(page)
    answer = anna.post("/citta/torino/2023-W41/nulla", {"areas": ["hou"], "reason": TAX_CODE})
    assert answer.status_code == 422
    assert "Sta dichiarando per conto della città: Torino." in said(answer.text)


def test_what_a_coordinator_cannot_drop_is_told_in_words(anna: Visitor) -> None:
    anna.get("/quadro")
    answer = anna.client.post(
        "/bozze",
        data={"csrf": anna.csrf},
        files=[("files", ("", b""))],
        headers={"Origin": "http://127.0.0.1:8000"},
    )
    assert answer.status_code == 422 and "Scelga almeno un file." in said(answer.text)
    assert 'action="/cartella"' in answer.text
