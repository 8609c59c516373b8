"""Of a return that tells who a person is the receipt is kept: looked for in every byte, on disk and said."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import duckdb
import pytest

from pipelines.judged import read_verdicts
from sources.landing import receipts
from tests.cli.conftest import Regia, run_apart, samples_of, write_manifest
from tests.making.books import Book, altered_sample, put
from tests.making.identifiers import TAX_CODE
from tests.making.samples import sample

pytestmark = pytest.mark.whole

LATINA = sample("latina", "2023-W41")
IN_THE_COMMENT = "QXWZYK82L09Z999Y"
TRACES = ("QXWZYK", "82L09", "Z999Y", "nuovo accesso", "LgNet2_LT_2023-W41_v1", "LT_2023-W41")
"""The code, its parts, the words around it, the name of the file."""


def where_it_stands(folder: Path, *words: str) -> list[str]:
    """The files below a folder whose bytes or path hold one of the words, in one of the usual encodings."""
    forms = [form for word in words for form in (word.lower().encode(), word.lower().encode("utf-16-le"))]
    return [
        str(path)
        for path in sorted(folder.rglob("*"))
        if any(form in str(path.relative_to(folder)).lower().encode() for form in forms)
        or (path.is_file() and any(form in path.read_bytes().lower() for form in forms))
    ]


def test_the_words_that_are_looked_for_are_in_the_file() -> None:
    with zipfile.ZipFile(io.BytesIO(LATINA.data)) as archive:
        comment = archive.read("xl/comments/comment1.xml").decode()
    assert IN_THE_COMMENT in comment
    assert all(word in f"{comment} {LATINA.name}" for word in TRACES)


def test_nothing_of_it_is_on_disk_or_said_after_everything_was_done(tmp_path: Path) -> None:
    home = tmp_path / "home"
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    path = Path(shutil.copy(LATINA.path, inbox / LATINA.name))
    manifest = write_manifest(
        tmp_path / "others.csv",
        [*samples_of("torino", "latina", weeks=["2023-W40"]), *samples_of("torino", weeks=["2023-W41"])],
    )
    runs = [
        ["receive", "--manifest", manifest],
        ["check", path],
        ["check", path, "--json"],
        ["receive", path, "--received-at", LATINA.received_at.isoformat(), "--by", "prova"],
        ["receive", path, "--json"],
        ["consolidate"],
        ["status"],
        ["rebuild"],
        ["receive", path],
        ["sql", "FROM findings WHERE rule = 'H04'"],
        ["sql", "FROM submissions"],
    ]
    said = [run_apart(*arguments, "--home", home) for arguments in runs]
    assert [one.returncode for one in said] == [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0], [one.stderr for one in said]
    assert where_it_stands(home, *TRACES) == []
    for arguments, one in zip(runs, said, strict=True):
        told = f"{one.stdout}{one.stderr}"
        assert not [word for word in TRACES if word.lower() in told.lower()], arguments

    folder = next(home.glob(f"landing/returns/*-{LATINA.sha256[:12]}"))
    assert [path.name for path in folder.iterdir()] == ["receipt.json"]
    receipt = json.loads((folder / "receipt.json").read_bytes())
    assert receipt["files"] == []
    assert receipt["verdict"]["file_names"] == []
    kept = {key: receipt["verdict"][key] for key in ("sha256", "city", "iso_week", "status", "errors")}
    assert kept == {
        "sha256": LATINA.sha256,
        "city": "latina",
        "iso_week": "2023-W41",
        "status": "rejected",
        "errors": 1,
    }
    assert receipt["verdict"]["size"] == len(LATINA.data)
    assert [(f["rule"], f["sheet"], f["cell"], f["found"]) for f in receipt["findings"]] == [
        ("H04", "1 Presa in carico", "E64", None)
    ]
    (checked,) = json.loads(said[2].stdout)["findings"]
    assert (checked["rule"], checked["cell"]) == ("H04", "E64")
    assert "found" not in checked
    found, submissions = said[-2].stdout.splitlines(), said[-1].stdout.splitlines()
    assert len(found) == 2 and "commento in E64" in found[1]
    assert len(submissions) == 1 + 4
    assert "era già arrivato il 16/10/2023" in said[-3].stdout


def test_only_the_words_that_are_looked_for_would_be_found(tmp_path: Path, regia: Regia) -> None:
    assert regia("receive", sample("latina", "2023-W40").path).status == 0
    assert len(where_it_stands(tmp_path / "home", "LgNet2_LT_2023-W40_v1")) >= 3


def test_a_rebuild_keeps_the_verdict_without_the_file(tmp_path: Path, regia: Regia) -> None:
    home = tmp_path / "home"
    assert regia("receive", LATINA.path, "--received-at", LATINA.received_at.isoformat()).status == 1
    before = {path.name: path.read_bytes() for path in home.glob("judged/*/*")}
    shutil.rmtree(home / "judged")
    rebuilt = regia("rebuild", "--json")
    assert rebuilt.status == 0
    assert rebuilt.document["changed_verdicts"] == []
    assert {path.name: path.read_bytes() for path in home.glob("judged/*/*")} == before
    with duckdb.connect(str(home / "published" / "lgnet2.duckdb"), read_only=True) as published:
        assert published.execute("SELECT file_names, status FROM submissions").fetchall() == [
            ([], "rejected")
        ]
        assert published.execute("SELECT rule, file, cell FROM findings").fetchall() == [
            ("H04", "file 1", "E64")
        ]


def test_the_corrected_version_is_accepted_after_it(tmp_path: Path, regia: Regia) -> None:
    chosen = samples_of("latina", weeks=["2023-W41"])
    assert [one.version for one in chosen] == [1, 2]
    assert regia("receive", "--manifest", write_manifest(tmp_path / "latina.csv", chosen)).status == 0
    verdicts = list(read_verdicts(tmp_path / "home" / "judged").values())
    assert [verdict.is_accepted for verdict in verdicts] == [False, True]
    assert [receipt.keeps_files for receipt in receipts(tmp_path / "home" / "landing" / "returns")] == [
        False,
        True,
    ]


def test_the_command_gives_the_file_a_number_and_not_its_name(tmp_path: Path, regia: Regia) -> None:
    named = tmp_path / f"{TAX_CODE}.csv"
    named.write_bytes(sample("perugia").data)
    said = regia("receive", sample("torino").path, named)
    assert said.status == 1
    assert "File n. 2 fra quelli indicati" in said.out
    assert "nome del file" in said.out
    assert TAX_CODE not in said.out + said.err
    assert where_it_stands(tmp_path / "home", TAX_CODE) == []
    for arguments in (["check", named], ["check", named, "--json"], ["receive", named, "--json"]):
        again = regia(*arguments)
        assert again.status == 1
        assert TAX_CODE not in again.out + again.err


def test_a_file_that_other_rules_would_refuse_is_withheld_too(tmp_path: Path, regia: Regia) -> None:
    def spoil(book: Book) -> None:
        put(book, "2 Housing", "D6", f"cf {TAX_CODE}")

    path = tmp_path / "scheda.xlsx"
    path.write_bytes(altered_sample("taranto", spoil))
    said = regia("receive", path, "--json")
    assert said.status == 1
    assert [finding["rule"] for finding in said.document["findings"]] == ["H04"]
    assert where_it_stands(tmp_path / "home", TAX_CODE, TAX_CODE[:6], "scheda.xlsx") == []
    assert not re.search(TAX_CODE, said.out + said.err)


def taken_in_before_anybody_looked(regia: Regia, home: Path, data: bytes, name: Path, spoilt: bytes) -> Path:
    """The folder of a landed return whose bytes are those of another one, with persons in it."""
    (home.parent / name.name).write_bytes(data)
    regia("receive", home.parent / name.name, "--received-at", "2023-10-17T11:20:00+02:00")
    folder = next((home / "landing" / "returns").iterdir())
    receipt = json.loads((folder / "receipt.json").read_bytes())
    stored = folder / receipt["files"][0]["stored_as"]
    stored.chmod(0o644)
    stored.write_bytes(spoilt)
    receipt["files"][0]["sha256"] = hashlib.sha256(spoilt).hexdigest()
    (folder / "receipt.json").chmod(0o644)
    (folder / "receipt.json").write_text(json.dumps(receipt))
    return folder


def names_a_person(book: Book) -> None:
    put(book, "Copertina", "B13", "Ufficio inclusione, Fatou, 333 1234567")


def wrong_total(book: Book) -> None:
    put(book, "1 Presa in carico", "D8", 999)


@pytest.mark.long
def test_what_was_taken_in_before_anybody_looked_stands_until_somebody_decides(
    tmp_path: Path, regia: Regia
) -> None:
    """The recorded verdict stands with its figures, and the new one is listed."""
    home = tmp_path / "home"
    chosen = sample("latina", "2023-W41", 2)
    spoilt = altered_sample("latina", names_a_person, week="2023-W41")
    folder = taken_in_before_anybody_looked(regia, home, chosen.data, chosen.path, spoilt)
    rebuilt = regia("rebuild", "--json")
    assert rebuilt.status == 0
    assert [(c["recorded"], c["now"]) for c in rebuilt.document["changed_verdicts"]] == [
        ("accepted", "rejected")
    ]
    observations = next((home / "judged").glob("*/observations.csv")).read_text()
    assert observations.count("\n") > 100
    (submission,) = [entry["submission_id"] for entry in rebuilt.document["changed_verdicts"]]

    assert regia("rebuild", "--adopt", submission, "--by", "prova").status == 0
    assert [path.name for path in folder.iterdir()] == ["receipt.json"]
    for part in ("landing", "judged", "published", "reports"):
        assert where_it_stands(home / part, "Fatou", "333 1234567", chosen.name) == []
    (verdict,) = read_verdicts(home / "judged").values()
    assert (verdict.status, verdict.file_names) == ("rejected", ())
    assert regia("rebuild", "--json").document["changed_verdicts"] == []


def test_what_is_found_when_a_rejected_return_is_judged_again_leaves_the_landing(
    tmp_path: Path, regia: Regia
) -> None:
    home, name = tmp_path / "home", Path("scheda.xlsx")
    rejected = altered_sample("latina", wrong_total, week="2023-W40")
    spoilt = altered_sample("latina", wrong_total, names_a_person, week="2023-W40")
    folder = taken_in_before_anybody_looked(regia, home, rejected, name, spoilt)
    said = regia("rejudge", folder.name, "--by", "prova", "--json")
    assert said.status == 1
    assert {finding["rule"] for finding in said.document["findings"]} == {"H04"}
    assert said.document["file_names"] == []
    assert [path.name for path in folder.iterdir()] == ["receipt.json"]
    for part in ("landing", "judged"):
        assert where_it_stands(home / part, "Fatou", "333 1234567", name.name) == []
    assert regia("rejudge", folder.name, "--by", "prova").status == 2, "nothing is left to be judged"
    before = (home / "judged" / folder.name / "verdict.json").read_bytes()
    assert regia("rebuild").status == 0
    assert (home / "judged" / folder.name / "verdict.json").read_bytes() == before
