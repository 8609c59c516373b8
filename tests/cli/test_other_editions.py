"""Another edition, with cities, measures, lists, rules and layouts of its own, through the whole command."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Regia
from tests.making.editions import MINIMAL
from tests.making.minimal import MINIMAL_RETURNS

pytestmark = pytest.mark.whole


def test_an_invented_edition_goes_from_file_to_published_table(
    tmp_path: Path, regia: Regia, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIA_EDITIONS", str(MINIMAL.parent))
    monkeypatch.setenv("REGIA_EDITION", "minimal")
    for city, make in MINIMAL_RETURNS.items():
        path = tmp_path / f"{city}.bin"
        path.write_bytes(make())
        said = regia("receive", path, "--city", city, "--received-at", "2025-03-11T10:00")
        assert said.status == 0, said.out
    assert regia("consolidate").status == 0
    assert regia("rebuild").status == 0
    with duckdb.connect(
        str(tmp_path / "home" / "published" / "minimal.duckdb"), read_only=True
    ) as connection:
        rows = connection.execute(
            "SELECT city, count(*) FROM observations WHERE edition = 'minimal' GROUP BY city ORDER BY city"
        ).fetchall()
        codes = connection.execute("SELECT code FROM measures ORDER BY code").fetchall()
    assert dict(rows) == {"borgo_alto": 12, "ponte_vecchio": 10, "valle_chiara": 6}
    assert [code for (code,) in codes] == ["loans", "meals", "readers", "volunteer_hours"]
    board = regia("status", "--week", "2025-W10", "--json").document
    assert {entry["city"]: entry["status"] for entry in board} == dict.fromkeys(MINIMAL_RETURNS, "on_time")
    traced = regia("trace", "BOO01", "--period", "2025-W10", "--json").document
    assert traced["adds_up"] and traced["not_as_published"] == []
    (week,) = next(city["weeks"] for city in traced["parts"][0]["cities"] if city["city"] == "ponte_vecchio")
    open_one, closed = week["points"]
    assert open_one["values"][0]["cells"] == [{"sheet": "Luoghi", "cell": "C3", "written": "1.250"}]
    assert open_one["added"] == 1250 and closed["nils"][0]["reason"] == "Non ancora aperta"
    shown = regia("trace", "BOO02", "--period", "2025-W10", "--city", "ponte_vecchio").out
    assert "cella C3: «1.250»" in shown and "Non ancora aperta" in shown
