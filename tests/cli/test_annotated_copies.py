"""`regia check --annotated`: where the copy is written, and what is never overwritten."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Regia
from tests.conftest import JudgedSample
from tests.making.breaking import broken_in_a_few_cells, write_file
from tests.making.samples import sample

pytestmark = pytest.mark.whole

LATINA = sample("latina")


@pytest.fixture
def broken(tmp_path: Path, judged_sample: JudgedSample) -> Path:
    """Latina's workbook with four cells wrong."""
    return write_file(tmp_path, "scheda.xlsx", broken_in_a_few_cells("latina", judged_sample("latina")))


def test_the_copy_is_written_and_the_verdict_told_as_ever(regia: Regia, broken: Path, tmp_path: Path) -> None:
    out = tmp_path / "controllata.xlsx"
    said = regia("check", broken, "--annotated", out)
    assert said.status == 1
    assert f"Quanto è stato trovato sta anche in questo file: {out}" in said.out
    book = openpyxl.load_workbook(out)
    assert book.sheetnames[:2] == ["Errori", "Copertina"]
    assert book["Errori"]["A2"].value.startswith(
        "Latina, settimana 42/2023 (16-22 ottobre), versione 1. Esito: respinta"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["controllata.xlsx", "scheda.xlsx"]


def test_with_json_standard_output_is_the_document_alone(regia: Regia, broken: Path, tmp_path: Path) -> None:
    out = tmp_path / "controllata.xlsx"
    said = regia("check", broken, "--annotated", out, "--json")
    assert said.document["status"] == "rejected"
    assert out.exists()


def test_an_earlier_copy_is_replaced(regia: Regia, broken: Path, tmp_path: Path) -> None:
    out = write_file(tmp_path, "controllata.xlsx", b"vecchia")
    assert regia("check", broken, "--annotated", out).status == 1
    assert openpyxl.load_workbook(out).sheetnames[0] == "Errori"


@pytest.mark.parametrize("link", ["name", "hard", "symbolic"])
def test_the_file_itself_is_never_overwritten(regia: Regia, broken: Path, tmp_path: Path, link: str) -> None:
    before = broken.read_bytes()
    out = broken
    if link == "hard":
        out = tmp_path / "altra.xlsx"
        os.link(broken, out)
    if link == "symbolic":
        out = tmp_path / "altra.xlsx"
        out.symlink_to(broken)
    said = regia("check", broken, "--annotated", out)
    assert said.status == 2
    assert "è il file da controllare: non viene sovrascritto" in said.err
    assert said.out == ""
    assert broken.read_bytes() == before


def test_several_files_go_into_a_folder(regia: Regia, broken: Path, tmp_path: Path) -> None:
    other = write_file(tmp_path, "scheda.ods", sample("bolzano").data)
    said = regia("check", broken, other, "--annotated", tmp_path / "controllate")
    assert said.status == 1
    names = ["scheda-controllato-2.xlsx", "scheda-controllato.xlsx"]
    assert sorted(path.name for path in (tmp_path / "controllate").iterdir()) == names
    assert all(str(tmp_path / "controllate" / name) in said.out for name in names)


def test_one_file_into_a_folder_that_is_there(regia: Regia, broken: Path, tmp_path: Path) -> None:
    (tmp_path / "controllate").mkdir()
    assert regia("check", broken, "--annotated", tmp_path / "controllate").status == 1
    assert (tmp_path / "controllate" / "scheda-controllato.xlsx").exists()


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("controllata.ods", "Il file annotato è un .xlsx"),
        ("controllata", "Il file annotato è un .xlsx"),
        ("manca/controllata.xlsx", "Il file o la cartella non c'è"),
        ("scheda.xlsx/controllata.xlsx", "Il file o la cartella non c'è"),
    ],
)
def test_a_place_that_cannot_be_is_told_and_nothing_is_written(
    regia: Regia, broken: Path, tmp_path: Path, out: str, sentence: str
) -> None:
    said = regia("check", broken, "--annotated", tmp_path / out)
    assert said.status == 2
    assert sentence in said.err
    assert said.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["scheda.xlsx"]


def test_several_files_do_not_go_into_one(regia: Regia, broken: Path, tmp_path: Path) -> None:
    said = regia("check", broken, LATINA.path, "--annotated", tmp_path / "una.xlsx")
    assert said.status == 2
    assert "vuole una cartella" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["scheda.xlsx"]


def test_a_file_that_cannot_be_opened_has_a_copy_with_the_reason(regia: Regia, tmp_path: Path) -> None:
    torn = write_file(tmp_path, "scheda.xlsx", LATINA.data[:3000])
    assert regia("check", torn, "--annotated", tmp_path / "copia.xlsx").status == 1
    book = openpyxl.load_workbook(tmp_path / "copia.xlsx")
    assert book.sheetnames == ["Errori"]
    assert book["Errori"]["H6"].value == "H00"
