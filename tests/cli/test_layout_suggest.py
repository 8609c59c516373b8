"""`regia layout suggest`: from a city that nobody knows to an accepted return, by what the command wrote."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.conftest import Regia
from tests.making.editions import copy_built_in
from tests.making.samples import sample

pytestmark = pytest.mark.whole

GIVEN = sample("firenze")


@pytest.fixture
def unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The layouts of an edition in which nobody knows Firenze's."""
    folders = copy_built_in(tmp_path / "editions", "unknown")
    shutil.rmtree(folders.sources / "layouts" / "firenze")
    monkeypatch.setenv("REGIA_EDITIONS", str(tmp_path / "editions"))
    monkeypatch.setenv("REGIA_EDITION", "unknown")
    return folders.sources / "layouts"


def confirm(layout: Path) -> None:
    """What a coordinator does who finds everything right: no line of `to_confirm`, no mark in the words."""
    text = layout.read_text(encoding="utf-8")
    layout.write_text(re.sub(r"to_confirm:\n(  - .*\n)+", "", text), encoding="utf-8")
    words = layout.with_name(f"{layout.stem}.words.csv")
    words.write_text(words.read_text(encoding="utf-8").replace(",true\n", ",\n"), encoding="utf-8")


def test_a_confirmed_draft_reads_the_citys_return(regia: Regia, unknown: Path, tmp_path: Path) -> None:
    at = ("--received-at", GIVEN.received_at.isoformat())
    assert regia("receive", GIVEN.path, *at).status == 1
    out = unknown / "firenze" / "2023-W42.yaml"
    told = regia("layout", "suggest", GIVEN.path, "--city", "firenze", "--out", out)
    assert told.status == 0
    assert "781 lette come cifre" in told.out and "Non collocate: 0" in told.out
    with out.with_name("2023-W42.words.csv").open(encoding="utf-8") as lines:
        doubtful = [row["label"] for row in csv.DictReader(lines) if row["to_confirm"]]
    assert doubtful
    assert f"«{doubtful[0]}»: forse" in told.out

    refused = regia("check", GIVEN.path)
    assert refused.status == 2
    assert "to be confirmed" in refused.err

    confirm(out)
    accepted = regia("receive", GIVEN.path, *at, "--home", tmp_path / "another", "--json")
    assert (accepted.status, accepted.document["city"]) == (0, "firenze")
    assert accepted.document["cells"]["refused"] == 0


def test_a_file_that_is_there_is_not_written_over(regia: Regia, unknown: Path, tmp_path: Path) -> None:
    out = tmp_path / "bozza.yaml"
    out.write_text("mio", encoding="utf-8")
    told = regia("layout", "suggest", GIVEN.path, "--city", "firenze", "--out", out)
    assert (told.status, out.read_text(encoding="utf-8")) == (2, "mio")
    assert "c'è già" in told.err


def test_what_a_layout_reads_already_needs_no_draft(regia: Regia, tmp_path: Path) -> None:
    out = tmp_path / "bozza.yaml"
    own = regia("layout", "suggest", GIVEN.path, "--city", "firenze", "--out", out)
    assert (own.status, out.exists()) == (0, False)
    assert "si legge già" in own.out
    assert "uses:" not in own.out
    shared = regia("layout", "suggest", sample("taranto").path, "--city", "taranto", "--json").document
    assert shared["readable_by"] == "standard.2023-W01"


def test_a_city_that_takes_up_a_shared_layout_is_told_its_three_lines(regia: Regia, unknown: Path) -> None:
    shutil.rmtree(unknown / "taranto")
    told = regia("layout", "suggest", sample("taranto").path, "--city", "taranto")
    assert 'city: taranto\nvalid_from: "2023-W42"\nuses: standard' in told.out


def test_personal_data_and_unreadable_files_are_refused(regia: Regia, tmp_path: Path) -> None:
    personal = sample("latina", "2023-W41")
    told = regia("layout", "suggest", personal.path, "--city", "latina")
    assert told.status == 2
    assert "dati personali" in told.err
    broken = tmp_path / "rotto.xlsx"
    broken.write_bytes(GIVEN.data[:2000])
    assert regia("layout", "suggest", broken, "--city", "firenze").status == 2


TABLE = [["Codice", "Voce", "TO-UM-01"], ["a", "Contatti", 3], ["b", "Uscite effettuate", 2]]


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    "sheets",
    [
        pytest.param({"Note": [["Da Anna"]], "Dati": TABLE}, id="a-note-before-it"),
        pytest.param({"Foglio1": [], "Dati": TABLE}, id="an-empty-sheet-before-it"),
        pytest.param({"Uno|Due": TABLE}, id="a-bar-in-the-name-of-the-sheet"),
        pytest.param({"Dati": [["Codice|id", *TABLE[0][1:]], *TABLE[1:]]}, id="a-bar-in-a-heading"),
        pytest.param(
            {"Dati": [["", "", "Voce (a+b)?", "TO-UM-01"], *([*["x", ""], *row[1:]] for row in TABLE[1:])]},
            id="signs-of-patterns",
        ),
    ],
)
def test_a_draft_is_made_of_a_small_table_and_can_be_used(
    sheets: dict[str, list[list[Any]]], regia: Regia, unknown: Path, tmp_path: Path
) -> None:
    shutil.rmtree(unknown / "torino")
    given, out = workbook(tmp_path / "scheda.xlsx", sheets), unknown / "torino" / "2023-W42.yaml"
    asked = ("layout", "suggest", given, "--city", "torino", "--week", "2023-W42", "--out", out, "--json")
    drafted = regia(*asked).document
    assert (drafted["figures"], drafted["cells"]["refused"]) == (2, 0)
    confirm(out)
    told = regia("check", given)
    assert "no row states body" in told.err


@pytest.mark.parametrize(
    "rows", [[], [[1, 2], [3, 4]], [["Codice", "Voce", "TO-UM-01"]]], ids=["empty", "numbers", "a-header"]
)
def test_a_file_without_a_table_gives_no_draft(
    rows: list[list[Any]], regia: Regia, unknown: Path, tmp_path: Path
) -> None:
    given, out = workbook(tmp_path / "scheda.xlsx", {"Foglio1": rows}), tmp_path / "bozza.yaml"
    told = regia("layout", "suggest", given, "--city", "torino", "--week", "2023-W42", "--out", out)
    assert (told.status, out.exists()) == (2, False)
    assert "scriva il layout a mano" in told.err


def test_a_total_beside_the_weeks_is_no_week(regia: Regia, unknown: Path, tmp_path: Path) -> None:
    shutil.rmtree(unknown / "torino")
    weeks = [f"settimana {number}" for number in range(36, 43)]
    rows: list[list[Any]] = [["Servizio", "Voce", *weeks, "totale"]]
    labels = ("Contatti", "Uscite effettuate", "Ore di uscita")
    rows += [[point, label, *range(7), 21] for point in ("TO-UM-01", "TO-UM-02") for label in labels]
    given, out = workbook(tmp_path / "scheda.xlsx", {"Dati": rows}), tmp_path / "bozza.yaml"
    asked = ("layout", "suggest", given, "--city", "torino", "--week", "2023-W42", "--out", out, "--json")
    drafted = regia(*asked).document
    assert (drafted["figures"], drafted["cells"]["refused"]) == (6, 0)
    column = next(line for line in out.read_text(encoding="utf-8").splitlines() if "head: totale" in line)
    assert "ignore: " in column
