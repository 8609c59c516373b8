"""The revision triangle of a city: its rows, and the picture of them."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipelines.consolidating import consolidate_weeks
from pipelines.home import Home
from pipelines.refusals import WrongUsageError
from pipelines.revision_charts import read_triangle, write_chart
from reports.revisions.chart import AgedFigure, draw_triangle, revised_rows
from schemas.editions import PROJECT
from tests.warehouse.judged_folders import ask, at, figures, invented_edition, put_judged, week

EDITION = invented_edition()


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Napoli's first week was corrected eight days after it came, its second never, Ancona's neither."""
    home = Home(tmp_path / "home")
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "100"))
    put_judged(home, "napoli", 40, at(41, 2), figures("NA-OSS-01", "110"), version=2)
    put_judged(home, "napoli", 41, at(41, 1), figures("NA-OSS-01", "50"))
    put_judged(home, "ancona", 41, at(42, 1), figures("AN-OSS-01", "7"))
    consolidate_weeks(home, EDITION, [week(40), week(41)])
    return home.published("prova")


def test_a_row_is_a_week_and_a_column_its_age(published: Path) -> None:
    rows = [
        (figure.iso_week, figure.weeks_since, figure.value, figure.first_published)
        for figure in read_triangle(published, EDITION, "napoli")
        if figure.measure == "visits"
    ]
    assert rows == [
        ("2023-W40", 0, Decimal(100), Decimal(100)),
        ("2023-W40", 1, Decimal(100), Decimal(100)),
        ("2023-W40", 2, Decimal(110), Decimal(100)),
        ("2023-W41", 0, Decimal(50), Decimal(50)),
        ("2023-W41", 1, Decimal(50), Decimal(50)),
    ]


def test_the_query_of_the_documentation_says_the_same(published: Path) -> None:
    text = (PROJECT / "docs" / "revisions.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    example = example.replace("'torino'", "'napoli'").replace("'desk_visits'", "'visits'")
    assert ask(published, example) == [
        ("2023-W40", Decimal(100), Decimal(100), Decimal(110), Decimal(110)),
        ("2023-W41", Decimal(50), Decimal(50), Decimal(50), Decimal(50)),
    ]


def test_the_chart_shows_what_moved_and_by_how_much(published: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    path = write_chart(home, EDITION, "napoli")
    assert path == tmp_path / "home" / "reports" / "prova" / "revisions" / "napoli.svg"
    drawn = path.read_text(encoding="utf-8")
    texts = ["".join(node.itertext()) for node in ET.fromstring(drawn).iter() if node.tag.endswith("text")]
    for wanted in ("2023-W40", "110 (+10)", "Settimane trascorse dalla prima scheda valida", "fino al 20 %"):
        assert wanted in texts, texts
    assert "2023-W41" not in texts
    assert "Napoli" in drawn and "<script" not in drawn and "http-equiv" not in drawn
    assert write_chart(home, EDITION, "napoli", tmp_path / "altro.svg").read_text(encoding="utf-8") == drawn


def test_where_nothing_moved_there_is_nothing_to_draw(published: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongUsageError, match="Ancona"):
        write_chart(Home(tmp_path / "home"), EDITION, "ancona")


def test_the_five_shades_are_told_apart_without_colour() -> None:
    moves = [Decimal(text) for text in ("1000", "1010", "1050", "1200", "1201")]
    rows = revised_rows(
        AgedFigure("visits", f"2023-W4{age}", weeks, value, Decimal(1000))
        for age, value in enumerate((*moves[1:], Decimal(0)))
        for weeks, value in ((0, Decimal(1000)), (1, value))
    )
    drawn = draw_triangle(EDITION, "napoli", rows)
    fills = re.findall(r'aria-roledescription="rect mark"[^>]*?fill="(#[0-9a-f]{6})"', drawn)
    greys = sorted({round(_lightness(fill)) for fill in fills})
    assert len(greys) == 5 and all(later - earlier > 25 for earlier, later in pairwise(greys)), greys


def _lightness(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_only_who_draws_loads_what_draws() -> None:
    imports = "import sys, pipelines.cli.app, pipelines.revision_charts"
    code = f"{imports}; print({{'altair', 'vl_convert'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
