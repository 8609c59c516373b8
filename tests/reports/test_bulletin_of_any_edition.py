"""Bulletins of an invented edition: nothing, zero, one and many; first weeks, lost weeks, years' ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.home import Home
from reports.bulletin import bulletin_path, write_bulletins
from schemas.contract import Edition
from schemas.editions import EditionFolders, load_edition
from schemas.verdicts import NilReturn
from schemas.weeks import IsoWeek
from tests.making.editions import MINIMAL
from tests.reports.published_files import (
    FIRST_WEEK,
    NEW_YEAR,
    YEARS_LAST,
    arriving,
    desk,
    house,
    invented,
    publish,
    put_full_week,
    put_return,
)
from tests.reports.reading_pages import Element, check_page, read_page

W50, W51, W52, W01 = FIRST_WEEK, FIRST_WEEK.shifted(1), YEARS_LAST, NEW_YEAR
W02, W03, W04, W05, W06 = (NEW_YEAR.shifted(n) for n in range(1, 6))
WEEKS = W50.through(W06)


@dataclass(frozen=True)
class Story:
    """The weeks of an invented edition, published, with their bulletins."""

    published: Path
    edition: Edition
    folder: Path

    def page(self, week: IsoWeek) -> Element:
        return read_page(bulletin_path(self.folder, week).read_text(encoding="utf-8"))


def put_story(home: Home, edition: Edition) -> None:
    """W50 full. W51: much is nothing. W52: nobody. W01 full. W02: one rejected, one missing. W03: one city
    answers. W04: Napoli's fourth week without. W05 nobody. W06: one has answered, the others may still.
    """

    def put(city: str, week: IsoWeek, values: dict[tuple[str, str, str, str], str]) -> None:
        put_return(home, edition, city, week, arriving(week, 2), values)

    put_full_week(home, edition, W50)
    put("ancona", W51, desk("ancona", "0", "1") | house("ancona", "6", "0", "0"))
    put("como", W51, desk("como", "ND", "0"))
    put_return(
        home, edition, "lucca", W51, arriving(W51, 2), desk("lucca", "1", "0"),
        nils=[NilReturn(service_point="LU-ACC-01", area="hou", reason="Chiusa per lavori, 3 giorni.")],
    )  # fmt: skip
    put("napoli", W51, desk("napoli", "0", "0"))
    put_full_week(home, edition, W01)
    put_full_week(home, edition, W02, "napoli", "como")
    put_return(home, edition, "como", W02, arriving(W02, 2, 9), status="rejected", errors=3)
    put("ancona", W03, desk("ancona", "10", "4") | house("ancona", "6", "21", "21"))
    put_full_week(home, edition, W04, "napoli")
    put("ancona", W06, desk("ancona", "10", "4") | house("ancona", "6", "21", "21"))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = Home(tmp_path_factory.mktemp("story"))
    edition = invented()
    put_story(home, edition)
    published = publish(home, edition, *WEEKS)
    folder = home.root / "written"
    write_bulletins(published, edition, WEEKS, folder)
    return Story(published, edition, folder)


def sentences(page: Element) -> list[str]:
    return [p.words for p in page.all("section", class_="in-short")[0].all("p")]


def lines(page: Element) -> list[str]:
    return [line.words for line in page.all("section", class_="missing")[0].all("li")]


def cells(page: Element, table: str, heading: str) -> list[str]:
    """The cells of a row, without what narrow screens alone show."""
    rows = page.all("table", class_=table)[0].all("tr")
    (found,) = (r for r in rows if any(th.words.startswith(heading) for th in r.all("th", scope="row")))
    shown = []
    for cell in found.all("td"):
        value = cell.all("span", class_="value")
        word = cell.all("span", class_="word")
        shown.append((value or word or [cell])[0].words)
    return shown


@pytest.mark.parametrize("week", WEEKS, ids=str)
def test_every_number_of_every_week_is_what_the_published_file_says(story: Story, week: IsoWeek) -> None:
    html = bulletin_path(story.folder, week).read_text(encoding="utf-8")
    checked = check_page(html, story.published, story.edition)
    assert checked.problems == []
    assert checked.kinds.total() > 30


def test_an_edition_without_choices_gets_three_sentences_of_its_first_indicators(story: Story) -> None:
    assert sentences(story.page(W50)) == [
        "Tutte le 4 città hanno inviato la scheda: l'indicatore «Accessi» vale 40.",
        "L'indicatore «Letti» vale 12.",
        "L'indicatore «Tempestività» vale 100,0%.",
    ]
    headings = [th.words for th in story.page(W50).all("table", class_="cities")[0].all("th", scope="col")]
    assert headings == ["Città", "Accessi", "Letti", "Tempestività", "Persone nuove", "Occupazione"]


def test_zero_and_each_kind_of_nothing_are_told_apart(story: Story) -> None:
    page = story.page(W51)
    # Accessi, Letti, Tempestività, Persone nuove, Occupazione
    assert cells(page, "cities", "Ancona") == ["0", "6", "100,0%", "1", "n.c."]
    assert cells(page, "cities", "Como") == ["s.r.", "–", "100,0%", "0", "–"]
    assert cells(page, "cities", "Lucca") == ["1", "0", "100,0%", "0", "n.c."]
    assert cells(page, "cities", "Rete") == ["1*", "6", "100,0%", "1", "n.c."]
    assert cells(story.page(W02), "cities", "Napoli")[0] == "manca"
    assert cells(story.page(W02), "cities", "Como")[:2] == ["manca", "–"]
    legend = [dt.words for dt in page.all("dl", class_="marks")[1].all("dt")]
    assert {"0", "s.r.", "n.a.", "n.c.", "–", "manca", "*"} <= set(legend)


def test_what_a_city_writes_cannot_be_there_is_not_what_it_has_no_service_for(tmp_path: Path) -> None:
    home, edition = Home(tmp_path), invented()
    for city in ("ancona", "lucca"):
        values = desk(city, "1", "1") | (house(city, "NA", "NA", "NA") if city == "ancona" else {})
        put_return(home, edition, city, W50, arriving(W50, 2), values)
    put_return(home, edition, "como", W50, arriving(W50, 2), desk("como", "1", "1"))
    published = publish(home, edition, W50)
    write_bulletins(published, edition, (W50,), tmp_path / "written")
    html = bulletin_path(tmp_path / "written", W50).read_text(encoding="utf-8")
    assert check_page(html, published, edition).problems == []
    letti = {
        city: cells(read_page(html), "cities", city)[1] for city in ("Ancona", "Como", "Lucca", "Napoli")
    }
    assert letti == {"Ancona": "n.a.", "Como": "–", "Lucca": "s.r.", "Napoli": "–"}


def test_a_figure_with_gaps_says_whose(story: Story) -> None:
    assert sentences(story.page(W51))[0] == (
        "Tutte le 4 città hanno inviato la scheda: l'indicatore «Accessi» vale 1 (a parità di città, 29 in "
        "meno della settimana precedente; dato incompleto: mancano valori di Como)."
    )


def test_nil_returns_are_named_with_their_reason_and_are_not_missing(story: Story) -> None:
    assert lines(story.page(W51)) == [
        "Como, Luogo CO-OSS-01 (CO-OSS-01): Misura visits (un valore non disponibile).",
        "Per valori che le schede arrivate non danno: Accessi (75,0%).",
        "Lucca, Luogo LU-ACC-01 (LU-ACC-01): Chiusa per lavori, 3 giorni.",
    ]


def test_a_week_with_nothing_missing_says_so(story: Story) -> None:
    assert "Non manca nulla" in story.page(W50).all("section", class_="missing")[0].words
    assert lines(story.page(W50)) == []
    assert not story.page(W50).all(class_="incomplete")


def test_a_week_that_nobody_answered_claims_nothing(story: Story) -> None:
    page = story.page(W52)
    assert sentences(page) == [
        "Nessuna città ha inviato la scheda della settimana: i dati non sono disponibili."
    ]
    (said,) = page.all("p", class_="incomplete")
    assert said.words.startswith("Settimana incompleta. Mancano le schede di Ancona, Como, Lucca e Napoli.")
    assert "non comprendono queste città" in said.words
    assert cells(page, "indicators", "Accessi")[:4] == ["s.r.", "1*", "n.c.", "41*"]
    assert cells(page, "cities", "Ancona")[0] == "manca"
    assert cells(page, "board", "Ancona") == ["puntuale", "puntuale", "manca"]
    assert lines(page)[0] == ("Ancona: nessuna scheda per questa settimana; la precedente era arrivata.")


def test_the_first_week_of_a_year_follows_the_last_of_the_one_before(story: Story) -> None:
    page = story.page(W01)
    assert page.all("h1")[0].words == "Bollettino della settimana 1/2024 (1-7 gennaio)"
    assert cells(page, "indicators", "Accessi")[:4] == ["40", "s.r.", "n.c.", "81*"]
    assert sentences(page)[0].endswith(
        "vale 40: dati della settimana non confrontabili con quelli della precedente."
    )
    headings = [th.words for th in page.all("table", class_="board")[0].all("th", scope="col")]
    assert headings == ["Città", "50/2023", "51/2023", "52/2023", "1/2024"]
    assert "settimana 52/2023" in page.all("section", class_="missing")[0].words
    after = story.page(W02)
    assert cells(after, "indicators", "Accessi")[:3] == ["20*", "40", "0a"]
    assert sentences(after)[0].endswith("vale 20 (a parità di città, come la settimana precedente).")


def test_rejected_and_missing_are_not_the_same(story: Story) -> None:
    page = story.page(W02)
    (said,) = page.all("p", class_="incomplete")
    assert "Manca la scheda di Napoli." in said.words
    assert "È stata respinta, e non ancora corretta, la scheda di Como." in said.words
    assert cells(page, "board", "Como")[-1] == "respinta"
    assert cells(page, "board", "Napoli")[-1] == "manca"
    assert (
        "Como: scheda respinta (ricevuta il 16 gennaio 2024, ore 9:00, 3 errori) e non ancora corretta; la "
        "precedente era valida."
    ) in lines(page)


def test_weeks_in_a_row_without_a_return_are_counted(story: Story) -> None:
    said = lines(story.page(W04))
    assert "Napoli: nessuna scheda valida da 3 settimane di fila, dalla settimana 2/2024." in said
    assert "Napoli: settimana 52/2023." in said
    assert "Como: 3 settimane (52/2023, 2/2024, 3/2024)." in said


def test_one_city_alone_is_said_as_one_and_compared_with_nothing(story: Story) -> None:
    page = story.page(W03)
    assert sentences(page)[0] == (
        "Una sola città su 4 ha inviato la scheda: l'indicatore «Accessi» vale 10: dati della settimana "
        "non confrontabili con quelli della precedente."
    )
    assert sentences(page)[1].startswith("Nella città che ha risposto, l'indicatore «Letti» vale 6")
    assert cells(page, "indicators", "Accessi")[2] == "n.c."


def test_before_the_deadline_a_return_is_awaited_and_not_missing(story: Story) -> None:
    page = story.page(W06)
    (said,) = page.all("p", class_="incomplete")
    assert "Sono ancora attese le schede di Como, Lucca e Napoli." in said.words
    assert cells(page, "board", "Como")[-1] == "attesa"
    assert "Como: scheda attesa entro il 14 febbraio 2024, ore 12:00." in lines(page)


def test_a_bulletin_does_not_depend_on_what_came_for_later_weeks(story: Story, tmp_path: Path) -> None:
    home, edition = Home(tmp_path / "home"), invented()
    put_full_week(home, edition, W50)
    published = publish(home, edition, W50)
    (early,) = write_bulletins(published, edition, [W50], tmp_path / "written")
    assert early.read_bytes() == bulletin_path(story.folder, W50).read_bytes()


def test_the_edition_of_libraries_and_kitchens_has_its_bulletin(tmp_path: Path) -> None:
    edition = load_edition(EditionFolders(MINIMAL / "sources", MINIMAL / "schemas"))
    home, week = Home(tmp_path / "home"), IsoWeek(2025, 1)
    values = {("VC-LIB-1", "loans", "total", ""): "1250", ("VC-LIB-1", "readers", "total", ""): "500"}
    put_return(home, edition, "valle_chiara", week, arriving(week, 2), values)
    published = publish(home, edition, week)
    (path,) = write_bulletins(published, edition, [week], tmp_path / "written")
    html = path.read_text(encoding="utf-8")
    assert check_page(html, published, edition).problems == []
    page = read_page(html)
    assert sentences(page) == [
        "Una sola città su 3 ha inviato la scheda: l'indicatore «Prestiti» vale 1.250.",
        "Nella città che ha risposto, l'indicatore «Prestiti per lettore» vale 2,50.",
    ]
