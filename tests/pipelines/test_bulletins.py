"""Which bulletins a consolidation writes, and that none is ever left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.bulletins import are_behind, last_bulletin, write_bulletins
from pipelines.consolidating import consolidate_weeks, find_news
from pipelines.home import Home
from tests.warehouse.judged_folders import at, figures, invented_edition, put_judged, week

pytestmark = pytest.mark.whole

EDITION = invented_edition()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    for number in (41, 42, 43):
        put_judged(home, "ancona", number, at(number, 1), figures("AN-OSS-01", str(number)))
    consolidate_weeks(home, EDITION, [week(41), week(42), week(43)])
    return home


def contents(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.reports("prova").glob("bollettino-*.html")}


def written_at(home: Home) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in home.reports("prova").glob("bollettino-*.html")}


def test_there_is_one_for_every_week_since_the_first_return(home: Home) -> None:
    assert sorted(written_at(home)) == [f"bollettino-2023-W{number}.html" for number in (41, 42, 43)]
    assert last_bulletin(home, EDITION) == home.reports("prova") / "bollettino-2023-W43.html"
    assert not are_behind(home, EDITION)


def test_a_week_that_moved_makes_its_own_and_the_later_ones_anew(home: Home) -> None:
    before = written_at(home)
    put_judged(home, "napoli", 42, at(42, 2), figures("NA-OSS-01", "5"))
    consolidate_weeks(home, EDITION, [week(42)])
    after = written_at(home)
    moved = {name for name in after if after[name] != before[name]}
    assert moved == {"bollettino-2023-W42.html", "bollettino-2023-W43.html"}


def test_nothing_new_writes_nothing(home: Home) -> None:
    before = written_at(home)
    assert write_bulletins(home, EDITION) == ()
    assert written_at(home) == before


@pytest.mark.parametrize("lost", ["bollettino-2023-W42.html", ".made-from.json", None])
def test_what_was_lost_is_news_and_comes_back_the_same(home: Home, lost: str | None) -> None:
    before = contents(home)
    for path in list(home.reports("prova").iterdir()):
        if lost in (None, path.name):
            path.unlink()
    assert are_behind(home, EDITION)
    assert find_news(home, EDITION)
    consolidate_weeks(home, EDITION, [])
    assert contents(home) == before
    assert not find_news(home, EDITION)


def test_a_return_that_came_too_late_to_be_awaited_makes_the_board_anew(home: Home) -> None:
    """Napoli's W43 is awaited until anything arrives after the deadline: then it is missing."""
    name = "bollettino-2023-W43.html"
    before = contents(home)[name]
    put_judged(home, "ancona", 44, at(44, 1), figures("AN-OSS-01", "1"))
    consolidate_weeks(home, EDITION, [week(44)])
    assert contents(home)[name] != before


def test_a_refused_return_before_the_first_accepted_one_makes_them_anew(home: Home) -> None:
    """The board shows earlier weeks too, in which no return counts."""
    before = written_at(home)
    put_judged(home, "napoli", 40, at(40, 4), status="rejected")
    consolidate_weeks(home, EDITION, [week(40)])
    assert written_at(home).keys() == before.keys()
    assert all(written_at(home)[name] != before[name] for name in before)


def test_a_torn_bulletin_is_news_and_comes_back(home: Home) -> None:
    before = contents(home)
    (home.reports("prova") / "bollettino-2023-W42.html").write_text("", encoding="utf-8")
    assert find_news(home, EDITION)
    consolidate_weeks(home, EDITION, [])
    assert contents(home) == before


def test_a_bulletin_of_a_week_that_is_published_no_more_is_removed(home: Home) -> None:
    stray = home.reports("prova") / "bollettino-2023-W50.html"
    stray.write_text("", encoding="utf-8")
    write_bulletins(home, EDITION)
    assert not stray.exists()
