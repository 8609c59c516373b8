"""`regia sql`: an answer in the form that its reader asks for, and nothing else read or written."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Regia

pytestmark = pytest.mark.whole

QUESTION = (
    "SELECT measure, value, flag, known_from FROM observations_history "
    "WHERE city = 'caserta' AND iso_week = '2023-W39' ORDER BY ALL"
)


def test_the_same_rows_as_csv_json_and_parquet(six_weeks: Path, regia: Regia, tmp_path: Path) -> None:
    paths = {form: tmp_path / f"answer.{form}" for form in ("csv", "json", "parquet")}
    for form, path in paths.items():
        said = regia("sql", QUESTION, "--format", form, "--out", path, "--home", six_weeks)
        assert (said.status, said.out) == (0, "")
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT measure, value FROM read_parquet(?)", [str(paths["parquet"])]
        ).fetchall()
    assert rows and all(value is None or isinstance(value, Decimal) for _, value in rows)
    listed = json.loads(paths["json"].read_text(encoding="utf-8"), parse_float=Decimal)
    assert [(row["measure"], row["value"]) for row in listed] == rows
    with paths["csv"].open(encoding="utf-8", newline="") as stream:
        told = [
            (row["measure"], Decimal(row["value"]) if row["value"] else None)
            for row in csv.DictReader(stream)
        ]
    assert told == rows
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("answer")) == sorted(
        path.name for path in paths.values()
    )


def test_parquet_may_go_on_to_another_program(six_weeks: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pipelines.cli",
        "sql",
        QUESTION,
        "--format",
        "parquet",
        "--home",
        six_weeks,
    ]
    told = subprocess.run(command, capture_output=True, check=True).stdout
    assert told[:4] == told[-4:] == b"PAR1"


def test_a_file_that_is_there_is_not_overwritten(six_weeks: Path, regia: Regia, tmp_path: Path) -> None:
    there = tmp_path / "mine.csv"
    there.write_text("mine", encoding="utf-8")
    said = regia("sql", "SELECT 1", "--out", there, "--home", six_weeks)
    assert said.status == 2 and "c'è già" in said.err
    assert there.read_text(encoding="utf-8") == "mine"
    said = regia("sql", "SELECT 1", "--format", "parquet", "--json", "--home", six_weeks)
    assert said.status == 2 and "non tutti e due" in said.err


def test_a_question_that_is_not_understood_is_told_what_to_ask(six_weeks: Path, regia: Regia) -> None:
    for question in (
        "FROM indicatori",
        "SELECT valeu FROM indicators",
        "FROM indicators WHERE city = milano",
    ):
        said = regia("sql", question, "--home", six_weeks)
        assert said.status == 2 and "SHOW TABLES" in said.err and "city = 'milano'" in said.err, question
    said = regia("sql", "SELEC 1", "--home", six_weeks)
    assert said.status == 2 and "SHOW TABLES" not in said.err


def test_one_question_is_answered_at_a_time(six_weeks: Path, regia: Regia) -> None:
    said = regia("sql", "SELECT 1; SELECT 2", "--home", six_weeks)
    assert (said.status, said.out) == (2, "") and "una alla volta" in said.err
    for nothing in ("", "/* only a remark */"):
        said = regia("sql", nothing, "--home", six_weeks)
        assert said.status == 2 and "non dà righe" in said.err
    # One question, although DuckDB makes two statements of it.
    pivot = "PIVOT (SELECT city, iso_week, status FROM expected_returns) ON iso_week USING count(*);"
    assert regia("sql", pivot, "--home", six_weeks).status == 0


def test_an_answer_without_rows_says_so_beside_its_header(six_weeks: Path, regia: Regia) -> None:
    said = regia("sql", "SELECT city FROM indicators WHERE indicator = 'HOU2'", "--home", six_weeks)
    assert (said.status, said.out) == (0, "city\n") and "Nessuna riga" in said.err
    said = regia("sql", "SELECT 1 AS one", "--home", six_weeks)
    assert (said.status, said.out, said.err) == (0, "one\n1\n", "")


def test_an_empty_home_is_named_and_where_else_to_look(regia: Regia, tmp_path: Path) -> None:
    for command in (["sql", "SELECT 1"], ["trace", "HOU02", "--period", "2023-W42"]):
        said = regia(*command, "--home", tmp_path)
        assert said.status == 2 and str(tmp_path) in said.err and "--home" in said.err


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
@pytest.mark.parametrize(
    "question",
    [
        "DELETE FROM observations",
        "CREATE TABLE mine AS SELECT 1",
        "COPY observations TO 'stolen.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "FROM '/etc/passwd'",
        "ATTACH 'other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_paths = ['/etc/passwd']",
        "SELECT 1) TO 'stolen.csv'; --",
        "EXPORT DATABASE 'stolen'",
    ],
)
def test_a_question_reads_the_published_file_and_writes_nothing(
    question: str, form: str, six_weeks: Path, regia: Regia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = (six_weeks / "published" / "lgnet2.duckdb").read_bytes()
    said = regia("sql", question, "--format", form, "--out", "answer", "--home", six_weeks)
    assert said.status == 2 and "non si può eseguire" in said.err
    assert not list(tmp_path.iterdir())
    assert (six_weeks / "published" / "lgnet2.duckdb").read_bytes() == before
