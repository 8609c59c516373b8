"""What analysts begin with: the example queries and the notebook run; the dictionary is that of the file."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from reports.dictionary import Example, examples
from schemas.editions import PROJECT, find_edition, load_edition
from tests.cli.conftest import Regia

pytestmark = pytest.mark.whole

EXAMPLES = examples(load_edition(find_edition("lgnet2")))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_runs_as_it_stands(example: Example, six_weeks: Path, regia: Regia) -> None:
    answer = regia("sql", example.sql, "--home", six_weeks, "--json").document
    assert answer["columns"]
    assert answer["rows"]


def _answer(name: str, home: Path, regia: Regia) -> list[dict[str, object]]:
    (example,) = (one for one in EXAMPLES if one.name == name)
    answer = regia("sql", example.sql, "--home", home, "--json").document
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


def test_a_rate_divides_persons_by_the_residents_of_that_year(six_weeks: Path, regia: Regia) -> None:
    rows = _answer("persons_hosted_per_1000_foreign_residents", six_weeks, regia)
    network = next(row for row in rows if row["city"] == "IT")
    cities = [row for row in rows if row["city"] != "IT" and row["persons"] is not None]
    assert network["foreign_residents"] == sum(int(row["foreign_residents"]) for row in cities)
    assert network["persons"] == sum(row["persons"] for row in cities if row["persons"] is not None)
    assert network["per_1000_foreign_residents"] == pytest.approx(
        1000 * network["persons"] / network["foreign_residents"]
    )


def test_shares_of_the_known_sum_to_a_hundred(six_weeks: Path, regia: Regia) -> None:
    rows = _answer("persons_hosted_by_citizenship", six_weeks, regia)
    assert sum(row["percent_of_known"] for row in rows if row["country"] != "ND") == pytest.approx(100)
    assert [row["percent_of_known"] for row in rows if row["country"] == "ND"] == [None]
    by_sex: dict[object, list[float]] = {}
    for row in _answer("persons_hosted_by_sex_in_english", six_weeks, regia):
        if row["persons"]:
            by_sex.setdefault((row["city"], row["quarter"]), []).append(row["percent_of_known"])
    assert ("IT", "2023-Q4") in by_sex
    assert all(sum(shares) == pytest.approx(100) for shares in by_sex.values())


def test_persons_by_sex_and_those_not_recorded_are_all_persons_hosted(six_weeks: Path, regia: Regia) -> None:
    rows = _answer("persons_hosted_by_sex_in_english", six_weeks, regia)
    question = """
        SELECT value FROM indicators
        WHERE indicator = 'HOU02' AND period = '2023-Q4' AND city = 'IT' AND breakdown = 'total'
    """
    ((hosted,),) = regia("sql", question, "--home", six_weeks, "--json").document["rows"]
    network = [row for row in rows if (row["city"], row["quarter"]) == ("IT", "2023-Q4")]
    assert sum(row["persons"] for row in network) + network[0]["not_recorded"] == hosted


def test_weeks_added_up_are_the_published_month(six_weeks: Path, regia: Regia) -> None:
    answer = _answer("occupancy_month_from_weeks", six_weeks, regia)
    rows = [row for row in answer if row["published"] is not None]
    assert rows and all(row["from_weeks"] == pytest.approx(row["published"], abs=1e-9) for row in rows)
    assert any(abs(row["not_to_be_used"] - row["published"]) > 1e-3 for row in rows)


def test_exits_with_a_known_outcome_are_the_exits_less_those_not_recorded(
    six_weeks: Path, regia: Regia
) -> None:
    question = """
        SELECT period, city, sum(value) FILTER (breakdown = 'total') AS exits,
            sum(value) FILTER (category = 'ND') AS not_recorded
        FROM indicators WHERE indicator = 'HOU05' AND period_kind = 'quarter' GROUP BY ALL
    """
    told = regia("sql", question, "--home", six_weeks, "--json").document["rows"]
    exits = {(quarter, city): (left, unknown) for quarter, city, left, unknown in told}
    rows = [row for row in _answer("exits_to_stable_solutions", six_weeks, regia) if row["coverage"] == 1]
    assert rows
    for row in rows:
        left, unknown = exits[row["quarter"], row["city"]]
        assert row["exits_with_known_outcome"] == left - unknown
    assert any(unknown for _, unknown in exits.values())


def test_how_late_names_each_week_that_is_not_on_time_once(six_weeks: Path, regia: Regia) -> None:
    rows = _answer("how_late", six_weeks, regia)
    by_city = {row["city"]: row for row in _answer("timeliness", six_weeks, regia)}
    named = [(row["city"], row["iso_week"]) for row in rows]
    assert len(named) == len(set(named)) == sum(row["due"] - row["on_time"] for row in by_city.values())
    assert all((row["late_by"] is not None) == (row["status"] == "late") for row in rows)


def test_what_was_known_on_a_day_is_what_the_command_says_of_it(six_weeks: Path, regia: Regia) -> None:
    rows = _answer("as_known_on_a_day", six_weeks, regia)
    question = """
        SELECT city, value FROM indicators
        WHERE indicator = 'HOU02' AND period = '2023-Q3' AND breakdown = 'total'
    """
    asked = ("sql", question, "--as-of", "2023-10-01", "--home", six_weeks, "--json")
    known = dict(regia(*asked).document["rows"])
    assert {row["city"]: row["known_on_1_october"] for row in rows} == known
    network = next(row for row in rows if row["city"] == "IT")
    assert network["was_partial"] and network["difference"] > 0


def test_what_became_of_the_cells_adds_up_to_what_was_due(six_weeks: Path, regia: Regia) -> None:
    rows = _answer("kinds_of_nothing", six_weeks, regia)
    parts = ("answered", "not_available", "left_blank", "without_a_return")
    assert rows and all(row["due"] == sum(row[part] for part in parts) for row in rows)
    for part in (*parts, "of_which_declared_nil", "not_applicable"):
        assert any(row[part] for row in rows), part


def test_the_queries_in_the_text_of_the_dictionary_run(
    six_weeks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (six_weeks / "reports" / "lgnet2" / "dictionary.html").read_text(encoding="utf-8")
    told = page.split('id="questions"')[0]
    pieces = [html.unescape(piece) for piece in re.findall(r"<pre>(.*?)</pre>", told, re.DOTALL)]
    queries = [piece for piece in pieces if piece.startswith("SELECT")]
    (python,) = (piece for piece in pieces if piece.startswith("import"))
    with duckdb.connect(str(six_weeks / "published" / "lgnet2.duckdb"), read_only=True) as connection:
        for query in queries:
            found = connection.execute(query.replace("data/demo", str(six_weeks))).fetchall()
            assert found, query
    assert len(queries) == 2
    names: dict[str, object] = {}
    exec(python.replace("data/demo", str(six_weeks)), names)
    assert len(names["frame"]) > 0  # type: ignore[arg-type]


def test_parquet_lies_as_the_dictionary_says(six_weeks: Path) -> None:
    folder = six_weeks / "published" / "lgnet2"
    of_a_period = r"\d{4}-(W\d\d(-to-date)?|\d\d|Q\d)"
    names = {file.stem for file in folder.glob("*/*.parquet")}
    assert all(name == "all" or re.fullmatch(of_a_period, name) for name in names)
    assert {"all", "2023-W42", "2023-W42-to-date", "2023-10", "2023-Q4"} <= names
    with duckdb.connect(str(six_weeks / "published" / "lgnet2.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"
        ).fetchall()
        for (table,) in tables:
            ((rows,),) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()
            files = str(folder / table / "*.parquet")
            found = connection.execute("SELECT count(*) FROM glob(?)", [files]).fetchall()
            assert (found[0][0] > 0) == (rows > 0), table
            if rows:
                kept = connection.execute("SELECT count(*) FROM read_parquet(?)", [files]).fetchall()
                assert kept == [(rows,)], table


def test_the_notebook_runs_from_top_to_bottom(six_weeks: Path) -> None:
    notebook = PROJECT / "docs" / "notebooks" / "first_look.py"
    environment = {**os.environ, "REGIA_HOME": str(six_weeks)}
    subprocess.run([sys.executable, notebook], env=environment, check=True, timeout=120)


def test_the_dictionary_is_written_again_only_when_it_is_not_that_of_the_file(
    six_weeks: Path, regia: Regia
) -> None:
    page = six_weeks / "reports" / "lgnet2" / "dictionary.html"
    before = page.read_text(encoding="utf-8")
    page.write_text(re.sub("made from [0-9a-f]+", "made from something else", before), encoding="utf-8")
    assert regia("consolidate", "--home", six_weeks).status == 0
    assert page.read_text(encoding="utf-8") == before
    with duckdb.connect(str(six_weeks / "published" / "lgnet2.duckdb"), read_only=True) as connection:
        tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
    assert tables == set(re.findall(r'<h3 id="([^"]+)"', before))
