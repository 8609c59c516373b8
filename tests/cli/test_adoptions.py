"""A verdict that the rules of today would give otherwise: it is listed, it stands, and it can be adopted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Regia, samples_of
from tests.cli.reading_homes import published_rows
from tests.making.editions import alter, copy_built_in
from tests.making.samples import LATE_BEGINNING

pytestmark = pytest.mark.whole


def test_a_changed_verdict_is_listed_stands_and_is_adopted(
    tmp_path: Path, regia: Regia, monkeypatch: pytest.MonkeyPatch
) -> None:
    rejected = next(one for one in samples_of("taranto") if one.expect == "rejected")
    said = regia("receive", rejected.path, "--received-at", rejected.received_at.isoformat(), "--json")
    assert said.status == 1
    submission = said.document["submission_id"]

    editions = tmp_path / "editions"
    folders = copy_built_in(editions, first_week=LATE_BEGINNING)
    alter(folders.schemas / "rules.yaml", "    check: additive_breakdowns\n", "")
    monkeypatch.setenv("REGIA_EDITIONS", str(editions))

    listed = regia("rebuild", "--json")
    assert listed.status == 0
    changed = listed.document["changed_verdicts"]
    assert changed == [{"submission_id": submission, "recorded": "rejected", "now": "accepted"}]
    assert published_rows(tmp_path / "home")["observations"] == []

    adopted = regia("rebuild", "--adopt", submission, "--by", "coordinamento", "--json")
    assert adopted.status == 0
    assert adopted.document["changed_verdicts"] == []
    assert len(published_rows(tmp_path / "home")["observations"]) > 0
    assert len(list((tmp_path / "home" / "landing" / "acts").iterdir())) == 1


@pytest.mark.long
def test_a_damaged_judgement_is_told_with_what_mends_it(six_weeks_copy: Path, regia: Regia) -> None:
    folder = max((six_weeks_copy / "judged").iterdir())
    (folder / "observations.csv").write_text("service_point,measure\nx,y\n", encoding="utf-8")
    said = regia("consolidate", "--all", "--home", six_weeks_copy)
    assert said.status == 2
    assert "regia rebuild" in said.err and len(said.err.strip().splitlines()[-1]) > 0
    assert "Traceback" not in said.err
    before = published_rows(six_weeks_copy)
    assert regia("rebuild", "--home", six_weeks_copy).status == 0
    assert published_rows(six_weeks_copy) == before
