"""A landed return of which only the receipt is to be kept, whatever kills the run that removes the rest."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from schemas.verdicts import Finding, Verdict
from sources import landing
from sources.reading.reader import SourceFile

AT = dt.datetime.fromisoformat("2023-10-16T15:03:00+02:00")
FINDING = Finding(rule="H04", severity="error", file="file 1", message="C'è.", action="Lo tolga.")


def verdict(**others: object) -> Verdict:
    given = {
        "edition": "lgnet2",
        "received_at": AT,
        "sha256": "a" * 64,
        "size": 3,
        "file_names": ("uno.csv",),
    }
    return Verdict.model_validate({"submission_id": "uno", "status": "accepted", **given, **others})


def test_a_withdrawn_return_leaves_its_receipt_alone(tmp_path: Path) -> None:
    landing.land(tmp_path, verdict(), [SourceFile("uno.csv", b"1;2")], code_version="0")
    landing.withdraw(tmp_path, verdict(status="rejected", file_names=()), (FINDING,))
    assert [path.name for path in (tmp_path / "uno").iterdir()] == ["receipt.json"]
    receipt = landing.read_receipt(tmp_path / "uno")
    assert (receipt.files, receipt.findings, receipt.verdict.status) == ((), (FINDING,), "rejected")
    assert b"uno.csv" not in (tmp_path / "uno" / "receipt.json").read_bytes()
    assert landing.read_files(tmp_path, receipt) == []


def test_what_a_killed_withdrawal_leaves_is_removed_by_the_next_run(tmp_path: Path) -> None:
    receipt = landing.land(
        tmp_path, verdict(status="rejected", file_names=()), (), findings=(FINDING,), code_version="0"
    )
    (tmp_path / "uno" / "1-uno.csv").write_bytes(b"1;2")
    landing.finish_withdrawing(tmp_path, receipt)
    assert [path.name for path in (tmp_path / "uno").iterdir()] == ["receipt.json"]
