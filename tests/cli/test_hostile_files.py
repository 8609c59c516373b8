"""Hostile files through the command: told in one sentence, at little cost; nothing lies outside the home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli.answer_words import write_csv
from pipelines.judging.context import Contract, NoPasts
from pipelines.judging.judge import MOST_OF_A_KIND, judge_return
from sources.reading.reader import ChildReader, Limits, SourceFile
from tests.cli.conftest import Regia
from tests.cli.reading_homes import folder_contents
from tests.conftest import TUESDAY_AFTER_W42
from tests.making.containers import slow_xlsx
from tests.making.hostile import HOSTILE, refused_cells, with_tax_code_in_a_tricky_name
from tests.making.identifiers import TAX_CODE
from tests.making.samples import sample

pytestmark = pytest.mark.whole

MEBIBYTE = 1 << 20
PEAK_OF_MANY_CELLS = 800
"""MiB, of a file with as many filled cells as one may have, each of them refused."""
PEAK_OF_THE_COMMAND = 320
"""MiB, where it holds no large file itself."""

SENTENCES = {
    "zips within zips": "non è in un formato ammesso",
    "entries that overlap, within the limit": "è un archivio anomalo",
    "a csv of 300 MB in a small zip": "troppo grande per essere aperto",
    "a line of 200 MB in a small zip": "riga o una cella di lunghezza smisurata",
    "an entity from elsewhere, list of sheets": "dichiarazioni (DTD)",
    "a loop in the stream": "danneggiato in un punto",
    "macros under another name": "contiene macro",
    "a command in a formula, xlsx": "avvia un altro programma (DDE)",
    "a command in a csv": "avvia un altro programma (DDE)",
    "100 million filled rows, ods": "molte più celle compilate",
    "10,000 sheets, xlsx": "troppi fogli",
    "a name like '../../accessi2.csv'": "è un archivio anomalo",
    "a line of 200 MB": "troppo grande per essere aperto",
}
LARGE = {"a line of 200 MB"}

_MEASURED = (
    "import re, sys; from pathlib import Path; from pipelines.cli import run; status = run(sys.argv[1:]);"
    "sys.stdout.flush(); told = Path('/proc/self/status').read_text();"
    "print(re.search(r'VmHWM:\\s*(\\d+) kB', told)[1], file=sys.stderr); sys.exit(status)"
)
"""Not `ru_maxrss`: that of a new process begins with what the one that starts it once held."""


@dataclass(frozen=True)
class Ran:
    """How a command ended that ran as a process; `peak`: its own memory in bytes, without the child's."""

    status: int
    out: str
    told: str
    """On standard error."""
    peak: int


def run_in(place: Path, *arguments: str, seconds: float | None = None) -> Ran:
    """Run the command in a folder that is also its temporary folder and the user's own."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *arguments],
        cwd=place,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "PYTHONDONTWRITEBYTECODE": "1",
            **dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), str(place)),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    *told, peak = done.stderr.splitlines()
    return Ran(done.returncode, done.stdout, "\n".join(told), int(peak) * 1024)


TOLD_IN_SHORT = {
    "zips within zips",
    "a csv of 300 MB in a small zip",
    "a command in a formula, xlsx",
    "a name like '../../accessi2.csv'",
}
"""One of each cause for `make test`; the others are for `make test-long`."""


@pytest.mark.parametrize(
    "name",
    [name if name in TOLD_IN_SHORT else pytest.param(name, marks=pytest.mark.long) for name in SENTENCES],
)
def test_a_hostile_file_is_refused_in_one_sentence_and_leaves_nothing_outside_the_home(
    name: str, tmp_path: Path
) -> None:
    place = tmp_path / "a" / "b" / "c"
    place.mkdir(parents=True)
    (place / "scheda.xlsx").write_bytes(HOSTILE[name][1]())
    before = sorted(tmp_path.rglob("*"))
    for command in ("check", "receive"):
        ran = run_in(place, command, "scheda.xlsx", "--home", str(place / "home"), "--json")
        document: Any = json.loads(ran.out)
        assert ran.status == 1
        assert document["status"] == "rejected"
        (finding,) = document["findings"]
        assert finding["rule"] == "H00"
        assert SENTENCES[name] in finding["message"]
        if name not in LARGE:
            assert ran.peak < PEAK_OF_THE_COMMAND * MEBIBYTE
    home = place / "home"
    assert [path for path in sorted(tmp_path.rglob("*")) if home not in (path, *path.parents)] == before


def test_a_tax_code_in_a_name_that_leads_elsewhere_is_neither_kept_nor_said(
    tmp_path: Path, regia: Regia
) -> None:
    path = tmp_path / "invio.zip"
    path.write_bytes(with_tax_code_in_a_tricky_name())
    for command in ("check", "receive"):
        said = regia(command, path)
        assert said.status == 1
        assert "[H04]" in said.out and "[H00]" not in said.out
        assert TAX_CODE not in (said.out + said.err).upper()
    kept = folder_contents(tmp_path / "home")
    assert kept
    assert not any(TAX_CODE.encode() in name.upper().encode() + data.upper() for name, data in kept.items())


def test_a_file_beyond_what_can_be_held_is_wrong_usage(tmp_path: Path, regia: Regia) -> None:
    path = tmp_path / "enorme.csv"
    with path.open("wb") as stream:
        stream.truncate(257 * MEBIBYTE)
    said = regia("check", path)
    assert said.status == 2
    assert "supera i 256 MB" in said.err


def test_what_is_no_file_on_disk_is_not_waited_for(tmp_path: Path, regia: Regia) -> None:
    os.mkfifo(tmp_path / "coda")
    ran = run_in(tmp_path, "check", "coda", "--home", "home", seconds=60)
    assert ran.status == 2
    assert "non è un file" in ran.told
    for command in (["check"], ["receive"], ["layout", "suggest", "--city", "taranto"]):
        for path in (tmp_path / "coda", Path("/dev/zero")):
            said = regia(*command, path)
            assert said.status == 2
            assert "non è un file" in said.err


@pytest.mark.long
def test_a_file_of_refused_cells_costs_the_command_what_a_file_may(tmp_path: Path) -> None:
    (tmp_path / "scheda.xlsx").write_bytes(refused_cells(29_000))
    ran = run_in(tmp_path, "receive", "scheda.xlsx", "--home", "home", "--json")
    document = json.loads(ran.out)
    assert ran.status == 1
    assert document["cells"]["refused"] > 200_000
    assert len(document["findings"]) <= 3 * MOST_OF_A_KIND
    told = {cell for finding in document["findings"] for cell in (finding["cell"], *finding["cells"])}
    assert {"D1000", "J29999"} < told and len(told) > 200_000
    assert ran.peak < PEAK_OF_MANY_CELLS * MEBIBYTE
    assert sum(path.stat().st_size for path in (tmp_path / "home").rglob("*")) < 32 * MEBIBYTE


@pytest.mark.parametrize("name", [b"sche\nda\x1b[2J.xlsx", b"sche\xe2\x80\xaexslx.csv", b"sche\xffda.xlsx"])
def test_a_name_that_a_terminal_would_obey_is_shown_and_not_obeyed(
    name: bytes, tmp_path: Path, regia: Regia
) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(sample("taranto").data)
    for command in (["check", "--annotated", tmp_path / "copia.xlsx"], ["receive"]):
        said = regia(*command, path)
        assert said.status == 0
        first, second, *_ = said.out.splitlines()
        assert first.startswith("sche") and "Taranto" in second
        assert not {"\x1b", "\u202e", "\udcff"} & set(said.out)


@pytest.mark.parametrize("command", ["suggest", "confirm"])
def test_a_label_that_a_terminal_would_obey_is_shown_and_not_obeyed(
    command: str, tmp_path: Path, regia: Regia
) -> None:
    path = tmp_path / "genova.csv"
    path.write_bytes(sample("genova").data + b"UM/01;Caruggi;Voce \x1b[2J nuova;;40\r\n")
    city = {"suggest": "torino", "confirm": "genova"}[command]
    out = tmp_path / ("bozza.yaml" if command == "suggest" else "layout")
    said = regia("layout", command, path, "--city", city, "--out", out)
    told = said.out + said.err
    assert "␛[2J" in told
    assert "\x1b" not in told


def test_a_text_in_an_export_is_no_formula_and_no_order_to_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_csv(("found",), (("=1+1",), ("a\x1b[2J",)))
    assert capsys.readouterr().out.splitlines() == ["found", "'=1+1", "a␛[2J"]


def test_a_text_of_a_million_signs_is_told_in_part(tmp_path: Path, regia: Regia) -> None:
    path = tmp_path / "genova.csv"
    path.write_bytes(sample("genova").data + b"x" * 1_000_000 + b"\r\n")
    said = regia("check", path)
    assert said.status == 1
    assert "xxxx…" in "".join(said.out.split())
    assert len(said.out) < 20_000


def test_a_formula_in_a_figure_is_a_wrong_figure_and_the_others_are_judged(
    tmp_path: Path, regia: Regia
) -> None:
    path = tmp_path / "genova.csv"
    path.write_bytes(sample("genova").data.replace(b"UM-03;;40", b"UM-03;;=1+39"))
    document = regia("check", path, "--json").document
    wrong = [finding for finding in document["findings"] if finding["cell"] == "6:5"]
    assert [finding["rule"] for finding in wrong] == ["H02"]
    assert document["cells"]["mapped"] > 3000


def test_what_a_terminal_would_obey_is_shown_and_not_obeyed(tmp_path: Path, regia: Regia) -> None:
    text = sample("genova").data.decode("cp1252").replace("UM-03;;40", "UM-03;;\x1b[2J\u202e40")
    path = tmp_path / "genova.csv"
    path.write_bytes(text.encode())
    said = regia("check", path)
    assert "␛[2J" in said.out
    assert not {"\x1b", "\u202e"} & set(said.out)


@pytest.mark.parametrize(
    "limits", [Limits(wall_seconds=0.5), Limits(cpu_seconds=0)], ids=["wall", "processor"]
)
def test_a_file_that_takes_too_long_is_told_as_such(limits: Limits, contract: Contract) -> None:
    with ChildReader(limits) as reader:
        read = reader.read([SourceFile("lento.xlsx", slow_xlsx(900_000))])
    judgement = judge_return(
        read, contract, file="lento.xlsx", sha256="a" * 64, received_at=TUESDAY_AFTER_W42, pasts=NoPasts()
    )
    (finding,) = judgement.findings
    assert finding.rule == "H00"
    assert "richiede troppo tempo" in finding.message
