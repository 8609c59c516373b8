"""`regia layout confirm`: a file that has drifted becomes its city's next layout, which then reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Regia
from tests.making.books import Book, Change, altered_sample
from tests.making.drifts import renamed, sheet_again, sheet_renamed
from tests.making.editions import copy_built_in
from tests.making.samples import sample

pytestmark = pytest.mark.whole

STREET, DESKS, BOLZANO_DESKS = "Unità mobili ", "Sportelli", "Sportelli - Anlaufstellen"
MODALITY = "Modalità / Ausprägung"
FIGURE_SHEETS = ("1 Presa in carico", "2 Housing", "3 Impegno civico", "4 Coordinamento")


@pytest.fixture
def layouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The layouts of an edition of one's own."""
    folders = copy_built_in(tmp_path / "editions", "mine")
    monkeypatch.setenv("REGIA_EDITIONS", str(tmp_path / "editions"))
    monkeypatch.setenv("REGIA_EDITION", "mine")
    return folders.sources / "layouts"


def with_breakdown_heading(book: Book) -> None:
    """The headings `... – per età` of a sheet say `per età compiuta`."""
    for row, cells in enumerate(book.rows(STREET), start=1):
        if cells and str(cells[0]).endswith("per età"):
            book.write(STREET, row, 1, f"{cells[0]} compiuta")


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def rules(document: Any) -> set[str]:
    """What is told, but that a return checked today comes late (S09)."""
    return {finding["rule"] for finding in document["findings"]} - {"S09"}


def test_a_confirmed_drift_is_no_longer_told(regia: Regia, layouts: Path, tmp_path: Path) -> None:
    changes = (renamed(STREET, "di cui n.r.", "di cui NR"), sheet_renamed("Frontespizio ", "Frontispizio"))
    drifted = saved(tmp_path / "torino.xlsx", altered_sample("torino", *changes))
    before = regia("check", drifted, "--json").document
    assert rules(before) == {"S10"}
    old = layouts / "torino" / "2023-W01.yaml"
    text = old.read_text(encoding="utf-8")

    told = regia("layout", "confirm", drifted, "--city", "torino", "--out", tmp_path / "out")
    assert told.status == 0
    assert "-  - names: [Frontespizio]\n+  - names: [Frontespizio|Frontispizio]" in told.out
    assert "-  sheet: Frontespizio\n+  sheet: Frontespizio|Frontispizio" in told.out
    assert ", di cui n.r.|di cui NR]" in told.out
    assert rules(regia("check", drifted, "--json").document) == {"S10"}

    for file in (tmp_path / "out" / "torino").iterdir():
        file.rename(layouts / "torino" / file.name)
    after = regia("check", drifted, "--json").document
    assert rules(after) == set()
    assert after["cells"] == before["cells"]
    assert old.read_text(encoding="utf-8") == text
    last_week = sample("torino", "2023-W41")
    arrived = ("--received-at", last_week.received_at.isoformat(), "--json")
    received = regia("receive", last_week.path, *arrived).document
    assert received["status"] != "rejected"
    assert "S10" not in rules(received)
    older = regia("check", sample("torino").path, "--json").document
    assert (rules(older), older["cells"]) == (set(), before["cells"])


def test_a_new_word_means_what_is_said(regia: Regia, layouts: Path, tmp_path: Path) -> None:
    change = renamed(STREET, "Uscite in strada svolte", "Giri notturni")
    changed = saved(tmp_path / "torino.xlsx", altered_sample("torino", change))
    assert regia("check", changed).status == 1
    asked = ("layout", "confirm", changed, "--city", "torino", "--out", layouts)

    unsaid = regia(*asked)
    assert (unsaid.status, (layouts / "torino" / "2023-W42.yaml").exists()) == (2, False)
    assert '--word "Giri notturni=CODICE"' in unsaid.err

    unknown = regia(*asked, "--word", "Giri notturni=outreach_session")
    assert unknown.status == 2
    assert "Intendeva «outreach_sessions»?" in unknown.err
    elsewhere = regia(*asked, "--word", "Giri notturi=outreach_sessions")
    assert elsewhere.status == 2
    assert "Intendeva «Giri notturni»?" in elsewhere.err
    wrong_kind = regia(*asked, "--word", "Giri notturni=desk_visits")
    assert "si leggerebbe ancora così" in wrong_kind.err
    assert (wrong_kind.status, (layouts / "torino" / "2023-W42.yaml").exists()) == (2, False)

    said = regia(*asked, "--word", "Giri notturni=outreach_sessions", "--json").document
    assert "+measure,mobile_unit,outreach_sessions,Giri notturni" in said["diff"]
    accepted = regia("check", changed, "--json").document
    assert (rules(accepted), accepted["cells"]["refused"]) == (set(), 0)
    assert regia("check", sample("torino").path).status == 0

    again = regia(*asked)
    assert again.status == 0
    assert "nulla da confermare" in again.out


def test_a_file_as_it_always_was_has_nothing_to_confirm(regia: Regia, tmp_path: Path) -> None:
    told = regia("layout", "confirm", sample("torino").path, "--city", "torino", "--out", tmp_path / "out")
    assert (told.status, (tmp_path / "out").exists()) == (0, False)
    assert "nulla da confermare" in told.out


def test_what_is_there_is_not_written_over(regia: Regia, layouts: Path, tmp_path: Path) -> None:
    change = sheet_renamed("Frontespizio ", "Frontispizio")
    drifted = saved(tmp_path / "torino.xlsx", altered_sample("torino", change))
    mine = tmp_path / "torino" / "2023-W42.words.csv"
    mine.parent.mkdir()
    mine.write_text("mio", encoding="utf-8")
    told = regia("layout", "confirm", drifted, "--city", "torino", "--out", tmp_path)
    assert (told.status, mine.read_text(encoding="utf-8")) == (2, "mio")
    assert "c'è già" in told.err
    assert [file.name for file in mine.parent.iterdir()] == [mine.name]


def test_a_shared_layout_stays_as_it_is_for_the_others(regia: Regia, layouts: Path, tmp_path: Path) -> None:
    changes = [renamed(sheet, "Dettaglio", "Detaglio") for sheet in FIGURE_SHEETS]
    drifted = saved(tmp_path / "taranto.xlsx", altered_sample("taranto", *changes))
    assert rules(regia("check", drifted, "--json").document) == {"S10"}
    told = regia("layout", "confirm", drifted, "--city", "taranto", "--out", layouts)
    assert told.status == 0
    assert "«standard» non cambia per le altre città" in told.out

    own = regia("check", drifted, "--json").document
    assert (own["city"], rules(own)) == ("taranto", set())
    other = regia("check", sample("caserta").path, "--json").document
    assert (other["city"], rules(other) & {"S10", "H01", "H12"}) == ("caserta", set())
    form = tmp_path / "potenza.xlsx"
    assert regia("template", "potenza", "--week", "2023-W43", "--out", form).status == 0


def test_a_heading_renamed_in_one_sheet_only_has_both_names(
    regia: Regia, layouts: Path, tmp_path: Path
) -> None:
    change = renamed(FIGURE_SHEETS[0], "Dettaglio", "Dettaglio (it)")
    drifted = saved(tmp_path / "taranto.xlsx", altered_sample("taranto", change))
    told = regia("layout", "confirm", drifted, "--city", "taranto", "--out", layouts)
    assert told.status == 0
    assert "+      anchor: [Codice, Voce, Dettaglio|Dettaglio (it)]" in told.out
    assert rules(regia("check", drifted, "--json").document) == set()

    change = renamed(FIGURE_SHEETS[1], "Dettaglio", "Detaglio")
    again = saved(tmp_path / "again.xlsx", altered_sample("taranto", change))
    assert rules(regia("check", again, "--json").document) == {"S10"}


def test_a_file_with_the_old_and_the_new_sheet_is_refused(
    regia: Regia, layouts: Path, tmp_path: Path
) -> None:
    drifted = saved(
        tmp_path / "roma.xlsx", altered_sample("roma", sheet_renamed("Municipio I", "Municipo I"))
    )
    assert regia("layout", "confirm", drifted, "--city", "roma", "--out", layouts).status == 0
    assert rules(regia("check", drifted, "--json").document) == set()
    both = saved(tmp_path / "both.xlsx", altered_sample("roma", sheet_again("Municipio I", "Municipo I")))
    checked = regia("check", both, "--json").document
    assert (checked["status"], rules(checked)) == ("rejected", {"H12"})
    assert "«Municipio I»" in checked["findings"][0]["message"]


def drifted_copy(city: str, tmp_path: Path, *changes: Change) -> Path:
    """What the city sent for 2023-W42 after these changes, as a file of its own format."""
    return saved(tmp_path / f"drifted{sample(city).path.suffix}", altered_sample(city, *changes))


OTHER_FORMATS = [
    pytest.param("genova", [renamed("", "dett", "dettaglio")], [], id="csv"),
    pytest.param("genova", [renamed("", "UM-03", "UM-99")], ["UM-99=outreach_contacts"], id="csv-word"),
    pytest.param("palermo", [renamed(DESKS, "Attivo", "Attiva")], [], id="xls"),
    pytest.param(
        "palermo", [renamed(DESKS, "Donne", "Signore")], ["Signore=sex:F"], id="xls-category-heading"
    ),
    pytest.param("bolzano", [renamed(BOLZANO_DESKS, MODALITY, "Modalita' - Ausprägung")], [], id="ods"),
    pytest.param(
        "bolzano",
        [renamed(BOLZANO_DESKS, "Sesso / Geschlecht", "Genere / Gender", times=100)],
        ["Genere / Gender=sex"],
        id="ods-breakdown",
    ),
    pytest.param("milano", [sheet_renamed("accessi.csv", "accesi.csv")], [], id="zip-entry"),
    pytest.param(
        "torino", [with_breakdown_heading], ["età compiuta=age"], id="xlsx-breakdown-in-a-heading-row"
    ),
]


@pytest.mark.parametrize(("city", "changes", "words"), OTHER_FORMATS)
def test_what_is_confirmed_holds_in_every_format(
    city: str, changes: list[Change], words: list[str], regia: Regia, layouts: Path, tmp_path: Path
) -> None:
    drifted = drifted_copy(city, tmp_path, *changes)
    before = regia("check", drifted, "--json").document
    assert rules(before) in ({"S10"}, {"H12"}, {"H03"})
    given = [text for word in words for text in ("--word", word)]
    told = regia("layout", "confirm", drifted, "--city", city, "--out", layouts, *given)
    assert (told.status, told.err) == (0, "")
    new, old = (regia("check", path, "--json").document for path in (drifted, sample(city).path))
    assert rules(new) == rules(old) == set()
    assert new["cells"] == old["cells"]


def test_a_code_in_the_standard_workbook_is_put_right_in_the_file(
    regia: Regia, layouts: Path, tmp_path: Path
) -> None:
    change = renamed(FIGURE_SHEETS[0], "outreach_sessions|total|", "uscite|total|")
    drifted = drifted_copy("taranto", tmp_path, change)
    said = ("--city", "taranto", "--out", layouts, "--word", "uscite=outreach_sessions")
    told = regia("layout", "confirm", drifted, *said)
    assert (told.status, (layouts / "taranto" / "2023-W42.yaml").exists()) == (2, False)
    assert "«uscite» non lo è: va corretto nel file" in told.err


def test_a_word_for_a_figure_that_has_its_row_already_is_not_written(
    regia: Regia, layouts: Path, tmp_path: Path
) -> None:
    drifted = drifted_copy("torino", tmp_path, renamed(STREET, "Uscite in strada svolte", "Giri notturni"))
    said = ("--city", "torino", "--out", layouts, "--word", "Giri notturni=outreach_contacts")
    told = regia("layout", "confirm", drifted, *said)
    assert (told.status, (layouts / "torino" / "2023-W42.yaml").exists()) == (2, False)
    assert "la stessa cifra starebbe in due posti (Unità mobili B7 e Unità mobili B9)" in told.err


def test_the_file_of_another_city_is_not_confirmed(regia: Regia, layouts: Path, tmp_path: Path) -> None:
    drifted = drifted_copy("taranto", tmp_path, *(renamed(s, "Dettaglio", "Detaglio") for s in FIGURE_SHEETS))
    told = regia("layout", "confirm", drifted, "--city", "caserta", "--out", layouts)
    assert told.status == 2
    assert "Il file non dice di essere di Caserta" in told.err
    assert not (layouts / "caserta" / "2023-W42.yaml").exists()
    own = regia("layout", "confirm", sample("torino").path, "--city", "milano", "--out", layouts)
    assert own.status == 2


def test_confirming_again_before_the_files_are_moved_writes_nothing_over(
    regia: Regia, layouts: Path, tmp_path: Path
) -> None:
    drifted = drifted_copy("torino", tmp_path, sheet_renamed("Frontespizio ", "Frontispizio"))
    again = ("layout", "confirm", drifted, "--city", "torino", "--out", tmp_path)
    assert [regia(*again).status for _ in range(2)] == [0, 2]
    (tmp_path / "torino" / "2023-W42.yaml").rename(layouts / "torino" / "2023-W42.yaml")
    (tmp_path / "torino" / "2023-W42.words.csv").rename(layouts / "torino" / "2023-W42.words.csv")
    told = regia("layout", "confirm", drifted, "--city", "torino", "--out", tmp_path)
    assert (told.status, "nulla da confermare" in told.out) == (0, True)
    once_more = drifted_copy("torino", tmp_path, sheet_renamed("Frontespizio ", "Frontispezio"))
    same_week = regia("layout", "confirm", once_more, "--city", "torino", "--out", tmp_path)
    assert same_week.status == 2
    assert "per quella settimana corregga quello, a mano" in same_week.err
