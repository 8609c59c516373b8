"""The bulletin of LgNet2: every number is the published file's, and what is missing is named."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.home import Home
from pipelines.judging.context import Contract
from reports.bulletin import WeekNotPublishedError, bulletin_path, write_bulletin, write_bulletins
from schemas.contract import Budget, Edition, Target
from schemas.weeks import IsoWeek
from tests.reports.bulletin_text import snapshot, text_of
from tests.reports.published_files import SAMPLE_WEEKS, publish_sample_weeks
from tests.reports.reading_pages import Element, check_page, read_page

pytestmark = pytest.mark.whole

W41, W42 = SAMPLE_WEEKS


@dataclass(frozen=True)
class Sample:
    """Two weeks of LgNet2, published, with their bulletins."""

    published: Path
    edition: Edition
    folder: Path

    def html(self, week: IsoWeek) -> str:
        return bulletin_path(self.folder, week).read_text(encoding="utf-8")

    def page(self, week: IsoWeek) -> Element:
        return read_page(self.html(week))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Sample:
    home = Home(tmp_path_factory.mktemp("sample"))
    edition = publish_sample_weeks(home, contract.edition)
    folder = home.root / "reports"
    assert write_bulletins(home.published("lgnet2"), edition, SAMPLE_WEEKS, folder) == (
        folder / "bollettino-2023-W41.html",
        folder / "bollettino-2023-W42.html",
    )
    return Sample(home.published("lgnet2"), edition, folder)


def section(page: Element, heading: str) -> Element:
    (found,) = (s for s in page.all("section") if s.attributes["aria-labelledby"] == heading)
    return found


def row(table: Element, heading: str) -> list[str]:
    """The cells of the row with this heading."""
    (found,) = (r for r in table.all("tr") if any(th.words == heading for th in r.all("th", scope="row")))
    return [cell.words for cell in found.all("td")]


# Numbers.


@pytest.mark.parametrize("week", SAMPLE_WEEKS, ids=str)
def test_every_number_is_what_the_published_file_says(sample: Sample, week: IsoWeek) -> None:
    checked = check_page(sample.html(week), sample.published, sample.edition)
    assert checked.problems == []
    assert checked.kinds["data-figure"] > 120
    assert checked.kinds["data-trend"] == 35
    assert checked.kinds["data-count"] > 1
    if week == W42:
        assert checked.kinds["data-change"] > 35
        assert checked.kinds["data-coverage"] > 30
        assert checked.kinds["nothing missing"] == 8
        assert checked.kinds["nothing not-due"] > 4


@pytest.mark.parametrize(
    ("pattern", "put"),
    [
        (r'(data-figure="NET01 week 2023-W42 IT">)\d+<', r"\g<1>208<"),
        (r'(data-figure="NET02 week 2023-W42 IT">)\d+', r"\g<1>235"),
        (r'(data-change="PIC01 week 2023-W42 IT plain">)−', r"\g<1>+"),
        (r'(data-change="NET02 week 2023-W42 IT) alike', r"\g<1> plain"),
        (r'(data-coverage="HOU01 week 2023-W42 IT">)[0-9]+,', r"\g<1>95,"),
        (r'(data-count="returned 2023-W42">)7', r"\g<1>8"),
        (r"(<time datetime=\"2023-W42\">settimana )42", r"\g<1>43"),
        (r"(minimo )\d", r"\g<1>7777"),
        (r"<h2 id=\"indicatori\">", '<h2 id="indicatori">7 '),
        (r'(data-nothing=")missing', r"\g<1>not-due"),
        (r'(PIC07 week 2023-W42 IT">[^<]*</data>)<sup.*?</sup>', r"\g<1>"),
        (r'(data-version="[^"]+">)v2', r"\g<1>v3"),
    ],
)
def test_a_number_that_is_wrong_or_unmarked_is_found(sample: Sample, pattern: str, put: str) -> None:
    altered, times = re.subn(pattern, put, sample.html(W42), count=1)
    assert times == 1
    assert check_page(altered, sample.published, sample.edition).problems


# What it says.


@pytest.mark.parametrize("week", SAMPLE_WEEKS, ids=str)
def test_the_text_is_the_one_that_was_read_in_review(sample: Sample, week: IsoWeek) -> None:
    """After a change, read what moved: python -m tests.reports.bulletin_text, then git diff."""
    assert text_of(sample.html(week)) == snapshot(week).read_text(encoding="utf-8")


def test_three_sentences_say_what_happened(sample: Sample) -> None:
    sentences = [p.words for p in section(sample.page(W42), "in-breve").all("p")]
    assert len(sentences) == 3
    assert sentences[0].startswith("7 città su 8 hanno inviato la scheda: 62 persone")
    assert "(a parità di città, 2 in meno della settimana precedente)" in sentences[0]
    assert all(said.startswith("Nelle città che hanno risposto, ") for said in sentences[1:])


def test_the_first_week_of_an_edition_says_nothing_of_a_week_before(sample: Sample) -> None:
    page = sample.page(W41)
    sentences = [p.words for p in section(page, "in-breve").all("p")]
    assert len(sentences) == 3
    assert sentences[0].startswith("Tutte le 8 città hanno inviato la scheda: ")
    assert not any("precedente" in said or "inizio" in said for said in sentences)
    assert (
        "non c'è una settimana precedente"
        in page.all("table", class_="indicators")[0].all("caption")[0].words
    )
    cells = row(page.all("table", class_="indicators")[0], "Contatti delle unità mobili")
    assert cells[1].endswith("–") and cells[2].endswith("–")


def test_a_missing_return_is_said_at_once_and_by_name(sample: Sample) -> None:
    (header,) = sample.page(W42).all("header")
    assert (
        "Settimana incompleta. Manca la scheda di Sassari. I totali della rete non comprendono questa città."
        in header.words
    )
    assert "Uso interno" in header.words
    assert "Dati ricevuti fino al 27 ottobre 2023, ore 10:00. Dati provvisori" in header.words
    (header,) = sample.page(W41).all("header")
    assert "Tutte le schede della settimana sono arrivate e sono valide." in header.words


def test_what_is_missing_is_named(sample: Sample) -> None:
    lines = [line.words for line in section(sample.page(W42), "manca").all("li")]
    assert "Sassari: nessuna scheda per questa settimana; la precedente era arrivata." in lines
    assert "Latina, Unità mobile Borghi (LT-UM-01): Contatti (15 valori non disponibili)." in lines
    assert "Taranto, Mar Piccolo pulito (TA-CIV-01): Nuovi partecipanti (22 valori non comunicati)." in lines
    assert "Potenza, Housing, tutta l'area: Area non attivata nell'edizione." in lines


def test_a_city_without_a_return_is_marked_and_is_never_zero(sample: Sample) -> None:
    cities = sample.page(W42).all("table", class_="cities")[0]
    assert row(cities, "Sassari") == ["manca", "–", *["manca"] * 7]
    assert row(cities, "Potenza")[4:7] == ["–", "–", "–"]
    assert row(cities, "Caserta")[4] == "0"
    assert row(cities, "Rete")[0] == "62*"


def test_the_board_tells_late_missing_and_corrected(sample: Sample) -> None:
    board = sample.page(W42).all("table", class_="board")[0]

    def states(city: str) -> list[str]:
        (found,) = (r for r in board.all("tr") if any(th.words == city for th in r.all("th", scope="row")))
        return [
            " ".join(e.words for e in cell.below() if e.attributes.get("class", "") in ("word", "version"))
            for cell in found.all("td")
        ]

    assert states("Bologna") == ["puntuale", "puntuale"]
    assert states("Potenza") == ["puntuale", "in ritardo"]
    assert states("Sassari") == ["puntuale", "manca"]
    assert states("Taranto") == ["puntuale v2", "puntuale"]
    assert states("Caserta") == ["puntuale v2", "puntuale"]


def test_corrections_since_the_deadline_before_are_listed(sample: Sample) -> None:
    corrected = section(sample.page(W42), "corrette")
    assert "dopo la scadenza precedente (18 ottobre 2023, ore 12:00)" in corrected.words
    assert row(corrected, "Caserta") == ["41/2023", "v2", "v1", "19 ottobre 2023, ore 10:00", "refuso"]
    assert len(corrected.all("tr")) == 2


# The file.


def test_the_page_needs_nothing_else_and_is_built_for_everybody(sample: Sample) -> None:
    html, page = sample.html(W42), sample.page(W42)
    assert not re.search(r"https?:|<script|<link|@import|url\(|javascript|\son\w+=", html)
    assert page.all("html")[0].attributes["lang"] == "it"
    assert page.all("title")[0].text == page.all("h1")[0].text
    assert len(page.all("h1")) == 1
    tables = page.all("table")
    assert [table.attributes["class"] for table in tables] == ["indicators", "cities", "board", "corrections"]
    for table in tables:
        assert len(table.all("caption")) == 1
        assert all("scope" in th.attributes for th in table.all("th"))
        assert all(tr.all("th", scope="row") for tr in table.all("tbody")[0].all("tr") if tr.all("td"))
    ids = [element.attributes["id"] for element in page.below() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    referred = {
        name
        for element in page.below()
        for attribute in ("headers", "aria-labelledby")
        for name in element.attributes.get(attribute, "").split()
    }
    assert referred <= set(ids)


def test_the_same_file_gives_the_same_bytes_and_is_not_written_again(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bulletin_path(sample.folder, W42)
    before = path.read_bytes(), path.stat().st_mtime_ns
    write_bulletin(sample.published, sample.edition, W42, sample.folder)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Tokyo")
        elsewhere.setenv("LC_ALL", "C")
        elsewhere.setenv("LANGUAGE", "en")
        time.tzset()
        alone = write_bulletin(sample.published, sample.edition, W42, tmp_path / "elsewhere")
    time.tzset()
    assert alone.read_bytes() == before[0]
    assert list(alone.parent.iterdir()) == [alone]


def test_a_damaged_bulletin_is_replaced(sample: Sample, tmp_path: Path) -> None:
    path = bulletin_path(tmp_path, W42)
    path.write_text("half", encoding="utf-8")
    write_bulletin(sample.published, sample.edition, W42, tmp_path)
    assert path.read_bytes() == bulletin_path(sample.folder, W42).read_bytes()


@pytest.mark.parametrize("week", [IsoWeek(2023, 40), IsoWeek(2023, 43), IsoWeek(2025, 1)], ids=str)
def test_a_week_that_is_not_published_has_no_bulletin(sample: Sample, tmp_path: Path, week: IsoWeek) -> None:
    with pytest.raises(WeekNotPublishedError, match=str(week)):
        write_bulletin(sample.published, sample.edition, week, tmp_path)
    assert list(tmp_path.iterdir()) == []


# Targets.


def test_targets_and_budgets_stand_only_where_there_are_any(sample: Sample, tmp_path: Path) -> None:
    assert not any(s.attributes["aria-labelledby"] == "obiettivi" for s in sample.page(W42).all("section"))
    given = sample.edition.model_copy(
        update={
            "targets": (
                Target.model_validate({
                    "edition": "lgnet2", "city": "milano", "indicator": "HOU01", "period": "2023",
                    "value": "1200", "source": "Convenzione 12/2022",
                }),
            ),
            "budgets": (
                Budget.model_validate({
                    "edition": "lgnet2", "city": "bologna", "area": "hou", "eur": "250000.5", "source": "DM",
                }),
            ),
        }
    )  # fmt: skip
    html = write_bulletin(sample.published, given, W42, tmp_path).read_text(encoding="utf-8")
    assert check_page(html, sample.published, given).problems == []
    lines = [line.words for line in section(read_page(html), "obiettivi").all("li")]
    assert lines == [
        "Milano, Posti letto attivati: obiettivo 1.200 per 2023 (Convenzione 12/2022).",
        "Bologna, Housing: risorse assegnate 250.000,50 € (DM).",
    ]
