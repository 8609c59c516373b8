"""`regia receipt`: a receipt for every submission, accepted or not, from what the home holds."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pypdf
import pytest

from pipelines.home import Home
from pipelines.receipts import receipt_data
from schemas.contract import LANGUAGES
from tests.cli.conftest import Regia
from tests.conftest import JudgedSample
from tests.making.breaking import broken_in_a_few_cells, write_file
from tests.making.samples import sample

pytestmark = pytest.mark.whole

GENOVA = sample("genova")


@pytest.fixture
def accepted(regia: Regia) -> str:
    """The submission of Genova's sample."""
    said = regia("receive", GENOVA.path, "--received-at", "2023-10-24T10:00:00", "--by", "Anna", "--json")
    assert said.status == 0
    return str(said.document["submission_id"])


def test_the_receipt_is_written_here_unless_told_otherwise(
    regia: Regia, accepted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = regia("receipt", accepted)
    assert said.status == 0
    assert said.out == f"Ricevuta: ricevuta-{accepted}.html\n"
    page = (tmp_path / f"ricevuta-{accepted}.html").read_text(encoding="utf-8")
    assert hashlib.sha256(GENOVA.data).hexdigest() in page
    assert GENOVA.name in page
    assert "Accettata" in page
    assert "Anna" in page


def test_a_pdf_by_its_name(regia: Regia, accepted: str, tmp_path: Path) -> None:
    assert regia("receipt", accepted, "--out", tmp_path / "r.pdf").status == 0
    assert accepted in pypdf.PdfReader(tmp_path / "r.pdf").pages[0].extract_text()


def test_in_german(regia: Regia, accepted: str, tmp_path: Path) -> None:
    assert regia("receipt", accepted, "--out", tmp_path / "r.html", "--language", "de").status == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert '<html lang="de">' in page
    assert "Angenommen" in page


def test_the_data_as_json_write_no_file(
    regia: Regia, accepted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    document = regia("receipt", accepted, "--json").document
    assert document["verdict"]["submission_id"] == accepted
    assert document["files"][0]["sha256"] == hashlib.sha256(GENOVA.data).hexdigest()
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_rejected_return_has_one_too(regia: Regia, judged_sample: JudgedSample, tmp_path: Path) -> None:
    data = broken_in_a_few_cells("genova", judged_sample("genova"))
    path = write_file(tmp_path, "scheda.csv", data)
    received = regia("receive", path, "--received-at", "2023-10-24T10:00:00", "--json").document
    assert received["status"] == "rejected"
    assert regia("receipt", received["submission_id"], "--out", tmp_path / "r.html").status == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    for finding in received["findings"]:
        assert finding["rule"] in page
        assert finding["action"].replace("'", "&#39;") in page


@pytest.mark.parametrize(
    ("submission", "out", "sentence"),
    [
        ("20231024T0800Z-nessuno", "r.html", "L'invio «20231024T0800Z-nessuno» non c'è."),
        ("../../acts", "r.html", "L'invio «../../acts» non c'è."),
        (None, "r.docx", "La ricevuta è un .html o un .pdf"),
        (None, "manca/r.pdf", "Il file o la cartella non c'è"),
    ],
)
def test_what_cannot_be_is_told(
    regia: Regia, accepted: str, tmp_path: Path, submission: str | None, out: str, sentence: str
) -> None:
    said = regia("receipt", submission or accepted, "--out", tmp_path / out)
    assert said.status == 2
    assert sentence in said.err
    assert not (tmp_path / out).exists()


def test_a_submission_whose_judgement_is_gone_says_what_to_do(
    regia: Regia, accepted: str, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "home" / "judged")
    said = regia("receipt", accepted, "--out", tmp_path / "r.html")
    assert said.status == 2
    assert "esegua «regia rebuild»" in said.err


def test_an_adoption_stands_in_it_with_who_decided(regia: Regia, accepted: str, tmp_path: Path) -> None:
    assert regia("rebuild", "--adopt", accepted, "--by", "Coordinamento").status == 0
    assert regia("receipt", accepted, "--out", tmp_path / "r.html").status == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Adottato un nuovo esito" in page
    assert "Coordinamento" in page


def test_the_receipt_of_a_return_with_personal_data_has_no_file_name(regia: Regia, tmp_path: Path) -> None:
    one = sample("latina", "2023-W41")
    submission = regia("receive", one.path, "--received-at", one.received_at.isoformat(), "--json").document[
        "submission_id"
    ]
    data = receipt_data(Home(tmp_path / "home"), submission)
    assert data.is_nothing_kept
    assert {finding.rule for finding in data.findings} == {"H04"}
    assert one.name not in data.model_dump_json()
    for form in ("html", "pdf"):
        assert regia("receipt", submission, "--out", tmp_path / f"r.{form}").status == 0
        assert one.name.encode() not in (tmp_path / f"r.{form}").read_bytes()


def test_a_receipt_tells_its_findings_in_the_language_asked_for(regia: Regia, tmp_path: Path) -> None:
    one = sample("taranto", "2023-W40")
    submission = regia("receive", one.path, "--received-at", one.received_at.isoformat(), "--json").document[
        "submission_id"
    ]
    told = {
        language: receipt_data(Home(tmp_path / "home"), submission, language).findings[0].message
        for language in LANGUAGES
    }
    assert len(set(told.values())) == 3


def test_what_was_decided_stands_in_the_receipt(regia: Regia, tmp_path: Path) -> None:
    one = sample("potenza", "2023-W42")
    submission = regia("receive", one.path, "--received-at", one.received_at.isoformat(), "--json").document[
        "submission_id"
    ]
    assert regia("confirm", submission, "S09", "--note", "posta in ritardo", "--by", "Ufficio").status == 0
    assert regia("receipt", submission, "--out", tmp_path / "r.html").status == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Avviso confermato (regola S09)" in page
    assert "Confermato: posta in ritardo" in page
