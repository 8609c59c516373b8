"""Notes and declarations that are refused: each error stands at what it is about, nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape

import pytest

from pipelines.acts import read_acts, write_act
from pipelines.declaring_nil import areas_due
from pipelines.home import Home
from pipelines.judging.context import Contract
from schemas.acts import Freeze
from schemas.weeks import ROME, IsoWeek
from tests.making.books import Book, altered_sample
from tests.making.identifiers import TAX_CODE
from tests.portal.reading_pages import said
from tests.portal.visiting import Visitor, opened

pytestmark = pytest.mark.whole

FRIDAY = "2023-10-27T10:00:00+02:00"
PERSONAL = f"Lo dice {TAX_CODE}"


@pytest.fixture
def visitor(home: Home, contract: Contract, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    monkeypatch.setenv("REGIA_NOW", FRIDAY)
    with opened(home, contract) as (portal, _):
        yield Visitor(portal)


@pytest.fixture
def potenza(visitor: Visitor) -> Visitor:
    return visitor.sign_in("rocco", "city", "potenza")


def draft_with_warnings(potenza: Visitor) -> str:
    """A draft that comes late (S09) with two sheets whose names are not quite right (S10)."""

    def rename(book: Book) -> None:
        for sheet in book.sheets[1:3]:
            book.rename_sheet(sheet, sheet[:-1])

    potenza.get("/settimane")
    file = ("potenza.xlsx", altered_sample("potenza", rename))
    draft = potenza.post("/bozze", files=[file]).headers["location"]
    potenza.get(draft)
    return draft


def wrong_fields(page: str) -> list[str]:
    """The fields at which a page says an error."""
    return re.findall(r'<p class="field-error" id="([^"]+)-error"', page)


def typed_in(page: str) -> dict[str, str]:
    """What stands in the texts of a form."""
    found = re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', page)
    return {name: unescape(text) for name, text in found}


def boxes(page: str, field: str, ticked: str = "") -> list[str]:
    """The values of a field's boxes; of the ticked ones alone."""
    return re.findall(rf'name="{field}" value="([^"]+)" ?{ticked}', page)


@pytest.mark.parametrize(("good", "bad"), [("S09", "S10"), ("S10", "S09")])
@pytest.mark.parametrize("is_sent", [False, True])
def test_of_two_notes_the_one_that_is_refused_is_blamed_and_both_stay(
    potenza: Visitor, home: Home, good: str, bad: str, is_sent: bool
) -> None:
    page = draft_with_warnings(potenza)
    if is_sent:
        page = potenza.post(f"{page}/conferma").headers["location"].partition("?")[0]
        potenza.get(page)
    notes = {f"note-{good}": "Sciopero", f"note-{bad}": PERSONAL}
    answer = potenza.post(f"{page}/conferma", notes)
    assert answer.status_code == 422
    assert wrong_fields(answer.text) == [f"note-{bad}"]
    assert f"La nota sulla regola {bad} sembra contenere" in said(answer.text)
    assert typed_in(answer.text) == notes
    assert not read_acts(home.acts).made
    notes[f"note-{bad}"] = "Nomi abbreviati"
    assert potenza.post(f"{page}/conferma", notes).status_code == 303
    assert {one.act.rule for one in read_acts(home.acts).made} == {"S09", "S10"}


def test_after_sending_it_is_told_how_many_other_warnings_a_note_is_about(potenza: Visitor) -> None:
    draft = draft_with_warnings(potenza)
    more = "E un altro avviso della stessa regola."
    assert more in said(potenza.get(draft).text)
    sent = potenza.post(f"{draft}/conferma").headers["location"].partition("?")[0]
    assert more in said(potenza.get(sent).text)
    assert potenza.post(f"{sent}/conferma", {"note-S10": "Nomi abbreviati"}).status_code == 303
    rest = potenza.get(sent).text
    assert list(typed_in(rest)) == ["note-S09"] and more not in said(rest)
    assert wrong_fields(potenza.post(f"{sent}/conferma", {"note-S09": " "}).text) == ["note-S09"]


def test_what_is_wrong_with_a_declaration_stands_at_its_field(
    potenza: Visitor, home: Home, contract: Contract
) -> None:
    (area, *_) = (place.area for place in areas_due(contract.edition, "potenza", IsoWeek(2023, 42)))
    potenza.get("/settimane/2023-W42/nulla")
    good = {"areas": [area], "reason": "Chiuso per ferie"}
    for change, field in (
        ({"reason": PERSONAL}, "reason"),
        ({"areas": ["hou"]}, "areas"),
        ({"areas": ["nessuna"]}, "areas"),
        ({"points": ["TA-ACC-01"]}, "points"),
        ({"points": ["nessuno"]}, "points"),
    ):
        answer = potenza.post("/settimane/2023-W42/nulla", {**good, **change})
        assert answer.status_code == 422
        assert wrong_fields(answer.text) == [field], change
        assert typed_in(answer.text) == {"reason": change.get("reason", "Chiuso per ferie")}
    assert not read_acts(home.acts).made
    assert potenza.post("/settimane/2023-W42/nulla", good).status_code == 303
    again = potenza.post("/settimane/2023-W42/nulla", good)
    assert wrong_fields(again.text) == ["areas"] and "Chiuso per ferie" in said(again.text)


def test_switching_the_language_keeps_what_was_ticked_and_no_text(potenza: Visitor) -> None:
    form = "/settimane/2023-W42/nulla"
    page = potenza.get(form).text
    (first, other, *_), (area, *_) = boxes(page, "points"), boxes(page, "areas")
    for chosen, reason in (
        ({"points": [first], "areas": [area]}, ""),
        ({"points": [first, other, "nessuno"]}, ""),
        ({}, "Chiuso"),
    ):
        refused = potenza.post(form, {**chosen, "reason": reason})
        assert refused.status_code == 422
        (back,) = re.findall(r'name="back" value="([^"]+)"', refused.text)
        switched = potenza.post("/lingua", {"language": "de", "back": unescape(back)})
        again = potenza.get(switched.headers["location"]).text
        assert "Nullmeldung" in said(again)
        for field in ("points", "areas"):
            ticked = [one for one in chosen.get(field, []) if one != "nessuno"]
            assert boxes(again, field, "checked") == ticked
        assert potenza.post("/lingua", {"language": "it", "back": form}).status_code == 303


def test_a_frozen_quarter_is_said_in_the_language_of_the_page(visitor: Visitor, home: Home) -> None:
    frozen = Freeze(
        edition="lgnet2", quarter="2023-Q3", release=1, manifest="0" * 64, contract="0" * 64, rules="0" * 64,
        made_with="regia", notes="", at=dt.datetime(2023, 10, 23, tzinfo=ROME), by="anna",
    )  # fmt: skip
    write_act(home.acts, frozen)
    bolzano = visitor.sign_in("heidi", "city", "bolzano", language="de")
    page = bolzano.get("/settimane/2023-W39/nulla").text
    (area, *_) = re.findall(r'name="areas" value="([^"]+)"', page)
    answer = bolzano.post("/settimane/2023-W39/nulla", {"areas": [area], "reason": "Feiertag"})
    assert answer.status_code == 409
    assert "Die Woche 39/2023 (25. September – 1. Oktober) gehört zum Quartal 2023-Q3" in said(answer.text)
    assert "congelato" not in answer.text and "reopen" not in answer.text
