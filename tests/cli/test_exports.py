"""What the command exports for spreadsheets holds nothing that runs there."""

from __future__ import annotations

import csv
import json
from decimal import Decimal

import pytest

from pipelines.cli.answer_words import print_document, write_csv

ANSWER = (("found", "value", "nothing"), (("=1+1", Decimal("-1.5"), None), ("-", -3, "n.d.")))


def test_the_csv_of_a_query_stops_texts_that_could_run(capsys: pytest.CaptureFixture[str]) -> None:
    write_csv(*ANSWER)
    rows = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert rows == [["found", "value", "nothing"], ["'=1+1", "-1.5", ""], ["-", "-3", "n.d."]]


def test_the_json_of_a_query_says_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    print_document(*ANSWER)
    assert json.loads(capsys.readouterr().out)["rows"] == [["=1+1", "-1.5", None], ["-", -3, "n.d."]]
