"""Texts that could run as a formula are stopped; all others stay as they are."""

from __future__ import annotations

import pytest

from reports.neutral import could_run, neutral_text

RUNS = [
    "=1+1",
    '=HYPERLINK("http://example.org";"clic")',
    "+SUM(A1:A9)",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "cmd|' /C calc'!A0",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\tpiano",
    "＝1+1",
    "＋SUM(A1)",
    "－SUM(A1)",
    "＠SUM(A1)",
    "−SUM(A1)",
    "﹣SUM(A1)",
]
STAYS = [
    "",
    " ",
    "Contatti",
    "n.d.",
    "-",
    "–",
    "- ",
    "-12",
    "-1.234,50",
    "+39 06 1234",
    "12,5",
    "1.234",
    "65+",
    "a = b",
    "M-F",
    "'=1+1",
    "nome@esempio.it",
    "di cui: F | M",
]


@pytest.mark.parametrize("text", RUNS)
def test_what_could_run_is_stopped_by_an_apostrophe(text: str) -> None:
    assert could_run(text)
    assert neutral_text(text) == f"'{text}"
    assert neutral_text(neutral_text(text)) == neutral_text(text)


@pytest.mark.parametrize("text", STAYS)
def test_what_cannot_run_stays(text: str) -> None:
    assert neutral_text(text) == text
