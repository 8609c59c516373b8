"""Bad input through the command: one clear sentence in Italian, the right status, nothing half-written."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Regia, samples_of
from tests.cli.reading_homes import folder_contents, published_rows
from tests.making.samples import Sample, sample

pytestmark = pytest.mark.whole

TORINO = sample("torino")


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def truncated(path: Path) -> None:
    path.write_bytes(TORINO.data[: len(TORINO.data) // 2])


def a_pdf(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")


def a_picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)


def with_macros(path: Path) -> None:
    shutil.copy(TORINO.path, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")


def a_text(path: Path) -> None:
    path.write_text("Gentile collega\nin allegato la scheda\nCordiali saluti\n", encoding="utf-8")


def someone_elses_table(path: Path) -> None:
    path.write_text("nome;quantità\nmele;3\npere;4\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "rule", "sentence"),
    [
        (nothing, "H00", "Il file è vuoto"),
        (truncated, "H00", "incompleto o danneggiato"),
        (a_pdf, "H00", "è un PDF"),
        (a_picture, "H00", "è un'immagine"),
        (with_macros, "H00", "contiene macro"),
        (a_text, "H00", "non contiene una tabella"),
        (someone_elses_table, "H01", "non somiglia alla scheda"),
    ],
)
def test_a_file_that_is_no_return_is_told_in_one_sentence(
    make: Callable[[Path], None], rule: str, sentence: str, tmp_path: Path, regia: Regia
) -> None:
    path = tmp_path / "scheda.xlsx"
    make(path)
    for command in ("check", "receive"):
        said = regia(command, path)
        assert said.status == 1
        assert said.out.count("→") == 1
        assert f"[{rule}]" in said.out and sentence in " ".join(said.out.split())
        assert "Traceback" not in said.out + said.err
    document = regia("check", path, "--json").document
    assert document["status"] == "rejected"
    assert [finding["rule"] for finding in document["findings"]] == [rule]
    assert document["city"] is None and document["iso_week"] is None


def test_a_file_under_another_name_is_read_by_its_content(tmp_path: Path, regia: Regia) -> None:
    renamed = tmp_path / "scheda.csv"
    shutil.copy(TORINO.path, renamed)
    assert regia("check", renamed).status == 0


def test_the_return_of_another_city_is_refused(regia: Regia) -> None:
    said = regia("receive", TORINO.path, "--city", "genova")
    assert said.status == 1
    assert "Il file è di Torino, ma l'invio è per Genova." in said.out


def test_a_week_that_has_not_ended_is_refused(regia: Regia) -> None:
    said = regia("receive", TORINO.path, "--received-at", "2023-10-22T23:59:59")
    assert said.status == 1
    assert "non è ancora finita" in said.out and "lunedì 23/10/2023" in said.out
    later = regia("receive", TORINO.path, "--received-at", "2023-10-23T00:00:00")
    assert later.status == 0, "the same bytes are judged again when the week has ended"


def test_a_refused_file_sent_again_changes_nothing(tmp_path: Path, regia: Regia) -> None:
    path = tmp_path / "vuoto.xlsx"
    nothing(path)
    regia("receive", path, "--received-at", "2023-10-23T10:00")
    before = folder_contents(tmp_path / "home" / "landing")
    again = regia("receive", path, "--received-at", "2023-10-23T11:00")
    assert again.status == 1 and "era già arrivato" in again.out
    assert folder_contents(tmp_path / "home" / "landing") == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check", "manca.xlsx"], "non c'è"),
        (["check", "."], "non c'è"),
        (["receive"], "uno o più file"),
        (["receive", "--manifest", "manca.csv"], "non c'è"),
        (["receive", str(TORINO.path), "--city", "torinno"], "Intendeva «torino»?"),
        (["receive", str(TORINO.path), "--received-at", "ieri"], "non è un istante"),
        (["receive", str(TORINO.path), "--received-at", "2999-01-01"], "nel futuro"),
        (["consolidate", "--week", "2023-42"], "non è una settimana"),
        (["consolidate", "--week", "2031-W01"], "fuori dall'edizione"),
        (["consolidate", "--week", "2023-W42", "--all"], "non tutti e due"),
        (["status", "--week", "W42"], "non è una settimana"),
        (["sql", "SELECT 1"], "Non è ancora stato pubblicato nulla"),
        (["rebuild", "--adopt", "x"], "--by"),
        (["rebuild", "--adopt", "x", "--by", "me"], "non c'è"),
        (["status", "--edition", "lgnet9"], "lgnet2"),
        (["chek"], "check"),
        (["status", "--home"], "manca il valore"),
        (["receive", "--manifest", str(TORINO.path)], "non è un CSV"),
        (["status", "--home", str(TORINO.path)], "non c'è"),
        (["check", str(TORINO.path), "--nonsense"], "--nonsense"),
    ],
)
def test_wrong_usage_is_told_in_one_line_with_status_2(
    arguments: list[str], sentence: str, regia: Regia
) -> None:
    said = regia(*arguments)
    assert said.status == 2
    assert sentence in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2023-W99,torino,{file},2023-10-23T10:00:00+02:00", "riga 2"),
        ("2023-W42,torinno,{file},2023-10-23T10:00:00+02:00", "torinno"),
        ("2023-W42,torino,manca.xlsx,2023-10-23T10:00:00+02:00", "manca.xlsx"),
        ("2023-W42,torino,{file},2023-10-23T10:00:00", "fuso orario"),
        ("2023-W42,torino,{file}", "mancano delle celle"),
        ("2023-W42,torino,{file},2999-01-01T10:00:00+01:00", "non è possibile"),
        ("2023-W42,torino,{file},0001-01-01T00:00:00+01:00", "non è possibile"),
    ],
)
def test_a_wrong_manifest_takes_nothing_in(line: str, sentence: str, tmp_path: Path, regia: Regia) -> None:
    good = f"2023-W42,torino,{TORINO.path},2023-10-23T10:00:00+02:00"
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(
        f"iso_week,city,files,received_at\n{line.format(file=TORINO.path)}\n{good}\n", encoding="utf-8"
    )
    said = regia("receive", "--manifest", manifest)
    assert said.status == 2
    assert sentence in said.err and "Nulla è stato preso in carico" in said.err
    assert not (tmp_path / "home" / "landing" / "returns").exists()


def test_what_was_published_stands_after_a_rejected_version(
    six_weeks_copy: Path, tmp_path: Path, regia: Regia
) -> None:
    before = published_rows(six_weeks_copy)
    rejected = one_rejected_version()
    said = regia("receive", rejected.path, "--received-at", "2023-11-06T10:00", "--home", six_weeks_copy)
    assert said.status == 1
    assert regia("consolidate", "--home", six_weeks_copy).status == 0
    after = published_rows(six_weeks_copy)
    for table in ("observations", "observations_history", "nil_returns", "expected_returns"):
        assert after[table] == before[table], table
    assert len(after["submissions"]) == len(before["submissions"]) + 1


def one_rejected_version() -> Sample:
    """Taranto's first version of 2023-W40, after whose rejection version 2 was accepted."""
    return next(one for one in samples_of("taranto") if one.expect == "rejected")


def test_options_stand_before_or_after_the_command(tmp_path: Path, regia: Regia) -> None:
    after = regia("status", "--json", "--home", tmp_path / "a")
    before = regia("--json", f"--home={tmp_path / 'a'}", "status")
    assert after.status == before.status == 0
    assert after.document == before.document


def test_a_contract_with_a_mistake_is_told_with_its_file_and_line(
    tmp_path: Path, regia: Regia, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_in = Path(__file__).resolve().parents[2]
    for part in ("sources", "schemas"):
        shutil.copytree(built_in / part / "lgnet2", tmp_path / "editions" / "broken" / part)
    measures = tmp_path / "editions" / "broken" / "schemas" / "measures.csv"
    measures.write_text(
        measures.read_text(encoding="utf-8").replace("sex;legal_status", "sex;legal_statu", 1),
        encoding="utf-8",
    )
    monkeypatch.setenv("REGIA_EDITIONS", str(tmp_path / "editions"))
    said = regia("status", "--edition", "broken")
    assert said.status == 2
    assert "measures.csv:4" in said.err and "legal_statu" in said.err and "'legal_status'" in said.err
