"""Taking in a folder of files that several cities mailed, over HTTP."""

from __future__ import annotations

import datetime as dt
import fcntl
import io
import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelines.acts import write_act
from pipelines.home import Home
from pipelines.judged import JudgedReturns, read_verdicts
from pipelines.judging.context import Contract
from schemas.acts import Freeze
from schemas.verdicts import Verdict
from schemas.weeks import ROME, IsoWeek
from tests.making.books import altered_sample, put
from tests.making.identifiers import TAX_CODE
from tests.making.samples import sample
from tests.portal.homes import file_of, keep_instead, take_in
from tests.portal.reading_pages import landed, said
from tests.portal.visiting import Visitor

pytestmark = pytest.mark.whole

FRIDAY = "2023-10-27T09:00:00+02:00"

Files = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def some_weeks(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("some-weeks") / "home")
    take_in(home, contract, sample("caserta", "2023-W39"), sample("bolzano"))
    return home


@pytest.fixture
def home(some_weeks: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("REGIA_NOW", FRIDAY)
    monkeypatch.setenv("REGIA_WAIT_SECONDS", "0.2")
    return Home(Path(shutil.copytree(some_weeks.root, tmp_path / "home")))


@pytest.fixture
def anna(visitor: Visitor) -> Visitor:
    return visitor.sign_in("anna", "coordinator")


def mailed(city: str, week: str = "2023-W42", version: int = 1) -> tuple[str, bytes]:
    file = file_of(city, week, version)
    return file.name, file.data


def unpacked(city: str) -> Files:
    """What a city sends as a zip, as somebody unpacked it."""
    with zipfile.ZipFile(io.BytesIO(file_of(city).data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def with_a_tax_code() -> bytes:
    return altered_sample("taranto", lambda book: put(book, "1 Presa in carico", "N40", TAX_CODE))


def dropped(visitor: Visitor, *files: tuple[str, bytes]) -> str:
    """What the page says after these files were dropped."""
    visitor.get("/cartella")
    answer = visitor.post("/cartella", files=list(files))
    page = answer if answer.status_code != 303 else visitor.get(answer.headers["location"])
    return page.text


def drafts_of(page: str) -> dict[str, str]:
    """`Torino 42/2023` -> its draft, for every line that can be chosen; whose box is ticked ends in `*`."""
    found = {}
    for line in re.findall(r"<tr>\s*<td class=\"choice\">.*?</tr>", page, re.DOTALL):
        box = re.search(r'value="([0-9a-f]{32})"( checked)?', line)
        name = re.search(r'<th scope="row">(.*?)<span class="file-names">', line, re.DOTALL)
        assert name
        if box is None:
            continue
        said_name = " ".join(re.sub(r"<[^>]+>", " ", name[1]).split())
        found[said_name + ("*" if box[2] else "")] = box[1]
    return found


def taken(visitor: Visitor, *drafts: str, reasons: Mapping[str, str] | None = None) -> str:
    """What the page says after these drafts were chosen."""
    given = {f"reason-{draft}": reason for draft, reason in (reasons or {}).items()}
    return visitor.post("/cartella/acquisisci", {"take": list(drafts), **given}).text


def verdicts(home: Home) -> list[Verdict]:
    return sorted(read_verdicts(home.judged).values(), key=lambda one: one.received_at)


def valid(home: Home, contract: Contract, city: str, week: str) -> Verdict | None:
    return JudgedReturns.load(home.judged, contract.edition).valid(city, IsoWeek.parse(week))


def test_each_return_is_recognised_and_nothing_lands_before_it_is_chosen(
    anna: Visitor, home: Home, contract: Contract
) -> None:
    before = landed(home)
    page = dropped(
        anna,
        mailed("torino"),
        *unpacked("milano"),
        mailed("perugia"),
        mailed("taranto", "2023-W40"),
        mailed("bolzano"),
        mailed("caserta", "2023-W39", 2),
        ("verbale.csv", b"note della riunione di rete"),
    )
    assert landed(home) == before
    found = drafts_of(page)
    assert set(found) == {
        "Caserta 39/2023*",
        "Milano 42/2023*",
        "Perugia 42/2023*",
        "Taranto 40/2023",
        "Torino 42/2023*",
        "Città o settimana non riconosciute",
    }
    assert "Bolzano 42/2023 ASSB-BSB_LgNet2_2023-W42_v1.ods Già acquisita" in said(page)
    assert "accessi.csv, accoglienza.csv, unita_mobile.csv" in said(page)
    assert "Il file di testo non contiene una tabella con un separatore riconoscibile." in said(page)
    ticked = [draft for name, draft in found.items() if name.endswith("*")]

    first = taken(anna, *ticked)
    assert "Caserta, settimana 39/2023 (25 settembre - 1 ottobre): scelga il motivo del nuovo invio." in said(
        first
    )
    came = [one for one in verdicts(home) if one.received_by == "anna"]
    assert [one.city for one in came] == ["milano", "perugia", "torino"]
    assert all(one.received_at.isoformat().startswith("2023-10-27T09:00:00") for one in came)
    assert all(f'href="/invii/{one.submission_id}"' in first for one in came)

    caserta = found["Caserta 39/2023*"]
    second = taken(anna, *ticked, reasons={caserta: "correction"})
    again = said(second)
    assert again.count("Era già stata acquisita: non è cambiato niente.") == 3
    assert again.count("Acquisita adesso per conto della città.") == 1
    after = [one for one in verdicts(home) if one.received_by == "anna"]
    assert len(after) == 4
    told = anna.portal.audit.events(account="anna", event="return_received")
    assert {one.subject for one in told} == {one.submission_id for one in after} and len(told) == 4
    newest = valid(home, contract, "caserta", "2023-W39")
    assert newest is not None and (newest.version, newest.reason_code) == (2, "correction")
    assert set(drafts_of(second)) == {"Taranto 40/2023", "Città o settimana non riconosciute"}


def test_a_rejected_return_is_received_where_it_is_chosen_and_one_not_recognised_is_not(
    anna: Visitor, home: Home
) -> None:
    found = drafts_of(dropped(anna, mailed("taranto", "2023-W40"), ("verbale.csv", b"note")))
    page = said(taken(anna, *found.values()))
    assert "Taranto, settimana 40/2023 (2-8 ottobre) Respinta Acquisita adesso" in page
    assert "verbale.csv Non riconosciuta Non si sa di quale città o settimana è" in page
    assert [(one.city, one.status) for one in verdicts(home) if one.received_by == "anna"] == [
        ("taranto", "rejected")
    ]


def test_two_versions_of_a_week_are_taken_in_in_their_order(
    anna: Visitor, home: Home, contract: Contract
) -> None:
    found = drafts_of(dropped(anna, mailed("latina", "2023-W41", 2), mailed("latina")))
    assert list(found) == ["Latina 41/2023*", "Latina 42/2023*"]
    taken(anna, *reversed(found.values()))
    assert [str(one.iso_week) for one in verdicts(home) if one.received_by == "anna"] == [
        "2023-W41",
        "2023-W42",
    ]


def test_a_file_that_tells_who_a_person_is_is_told_by_number_and_leaves_nothing(
    anna: Visitor, home: Home
) -> None:
    name = "scheda di Mario Rossi.xlsx"
    page = dropped(anna, mailed("torino"), (name, with_a_tax_code()), mailed("perugia"))
    assert "File 2 di 3" in said(page) and "Un file contiene dati personali" in said(page)
    assert "codice fiscale" in said(page)
    assert TAX_CODE not in page and name not in page
    assert set(drafts_of(page)) == {"Torino 42/2023*", "Perugia 42/2023*"}
    anna.portal.database.close()
    kept = [path.read_bytes() for path in home.root.rglob("*") if path.is_file()]
    assert not [data for data in kept if TAX_CODE.encode() in data or b"Mario Rossi" in data]
    assert not [path for path in home.root.rglob("*") if "Mario Rossi" in path.name]


def test_two_such_files_are_told_as_two(anna: Visitor) -> None:
    page = said(
        dropped(anna, ("uno.xlsx", with_a_tax_code()), mailed("torino"), ("due.xlsx", with_a_tax_code()))
    )
    assert "Alcuni file contengono dati personali" in page
    assert "File 1 di 3" in page and "File 3 di 3" in page


def test_what_is_known_already_cannot_be_chosen_and_is_removed_on_its_own_page(anna: Visitor) -> None:
    page = dropped(anna, mailed("bolzano"))
    assert "Bolzano 42/2023" in said(page) and "Già acquisita" in said(page)
    assert drafts_of(page) == {} and "Acquisisci le schede scelte" not in said(page)
    (draft,) = re.findall(r'href="/bozze/([0-9a-f]{32})"', page)
    anna.get(f"/bozze/{draft}")
    assert anna.post(f"/bozze/{draft}/elimina").status_code == 303
    assert "Bolzano 42/2023" not in said(anna.get("/cartella").text)


def test_nobody_is_left_waiting_while_others_write(anna: Visitor, home: Home) -> None:
    found = drafts_of(dropped(anna, mailed("torino"), mailed("perugia")))
    before = landed(home)
    with (home.root / ".receiving").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        page = taken(anna, *found.values())
    assert said(page).count("Da riprovare") == 2
    assert set(drafts_of(page).values()) == set(found.values())
    assert landed(home) == before
    assert said(taken(anna, *found.values())).count("Acquisita adesso") == 2


def test_what_cannot_be_taken_in_says_why_and_the_rest_is(
    anna: Visitor, home: Home, contract: Contract
) -> None:
    """The clock of the machine was set back behind a freeze."""
    frozen = Freeze(
        edition="lgnet2", quarter="2023-Q3", release=1, manifest="0" * 64, contract="0" * 64, rules="0" * 64,
        made_with="regia", notes="", at=dt.datetime(2023, 10, 28, 12, tzinfo=ROME), by="anna",
    )  # fmt: skip
    write_act(home.acts, frozen)
    page = dropped(anna, mailed("caserta", "2023-W39", 2), mailed("torino"))
    drafts = drafts_of(page)
    reasons = {drafts["Caserta 39/2023*"]: "correction"}
    told = said(taken(anna, *drafts.values(), reasons=reasons))
    assert "Non acquisita Il trimestre 2023-Q3 è stato congelato dopo questo invio, il 28/10/2023" in told
    assert "Acquisita adesso per conto della città." in told
    assert valid(home, contract, "torino", "2023-W42") is not None


def test_what_turns_out_to_tell_who_a_person_is_is_told_once(anna: Visitor, home: Home) -> None:
    found = drafts_of(dropped(anna, mailed("torino"), mailed("perugia")))
    keep_instead(home, found["Torino 42/2023*"], with_a_tax_code())
    page = said(taken(anna, *found.values()))
    assert page.count("codice fiscale") == 1 and "Non c'è più" not in page
    assert page.count("Acquisita adesso") == 1


def test_what_is_removed_is_gone(anna: Visitor, home: Home) -> None:
    found = drafts_of(dropped(anna, mailed("torino"), mailed("perugia")))
    answer = anna.post("/cartella/elimina", {"take": [found["Torino 42/2023*"]]})
    assert answer.headers["location"] == "/cartella?esito=discarded"
    assert list(drafts_of(anna.get("/cartella").text)) == ["Perugia 42/2023*"]
    assert "La bozza è scaduta o è stata eliminata" in said(taken(anna, found["Torino 42/2023*"]))


def test_nothing_chosen_is_said(anna: Visitor) -> None:
    dropped(anna, mailed("torino"))
    for path in ("/cartella/acquisisci", "/cartella/elimina"):
        answer = anna.post(path)
        assert answer.status_code == 422 and "Scelga almeno una scheda." in said(answer.text)


def test_a_page_that_a_form_answered_with_can_be_opened_by_its_address(anna: Visitor) -> None:
    dropped(anna, mailed("torino"))
    for path in ("/cartella/acquisisci", "/cartella/elimina"):
        assert list(drafts_of(anna.get(path).text)) == ["Torino 42/2023*"]


def test_another_coordinator_s_drafts_are_not_to_be_had(anna: Visitor, home: Home) -> None:
    found = drafts_of(dropped(anna, mailed("torino")))
    bruno = Visitor(anna.portal).sign_in("bruno", "coordinator")
    assert drafts_of(bruno.get("/cartella").text) == {}
    assert "Non c'è più" in said(taken(bruno, *found.values()))
    assert not [one for one in verdicts(home) if one.received_by == "bruno"]


def test_who_did_what_is_in_the_log_without_a_file_s_name(anna: Visitor, home: Home) -> None:
    found = drafts_of(dropped(anna, mailed("torino"), ("x.xlsx", with_a_tax_code())))
    taken(anna, *found.values())
    (came,) = [one for one in verdicts(home) if one.received_by == "anna"]
    done = [(one.event, one.subject) for one in anna.portal.audit.events(account="anna", limit=3)]
    draft = found["Torino 42/2023*"]
    assert done == [
        ("return_received", came.submission_id),
        ("draft_withheld", ""),
        ("draft_uploaded", draft),
    ]
