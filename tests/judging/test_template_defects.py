"""One specification: form, cells, judge, messages, legend and page of rules tell the same mistake alike."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping

import pytest
from openpyxl import load_workbook

from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.templating import template_for
from reports.rules_page import rules_page
from reports.template import template_workbook
from schemas.weeks import IsoWeek
from tests.conftest import Judge
from tests.making.books import Book, altered_sample, get, put, row_of
from tests.making.cell_checks import check_of, takes
from tests.making.officexml import XlsxBook
from tests.making.opendocument import write_ods
from tests.making.rules_page import PageOfRules, read_page
from tests.making.samples import true_nils, true_observations
from tests.making.template_filling import filled_template

WEEK = IsoWeek(2023, 42)
CARE, HOUSING, NETWORK = "1 Presa in carico", "2 Housing", "4 Coordinamento"
DESK, HOUSE = "E", "D"


@pytest.fixture(scope="module")
def filled(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Taranto's return of 2023-W42 in the workbook that regia writes."""
    home = Home(tmp_path_factory.mktemp("template") / "home")
    blank = template_workbook(template_for(home, contract, "taranto", WEEK).content)
    truth, nils = true_observations(str(WEEK))["taranto"], true_nils().get((str(WEEK), "taranto"), {})
    return filled_template(blank, contract.edition, truth, nils, WEEK.sunday)


@pytest.fixture(scope="module")
def legend(filled: bytes) -> Mapping[str, str]:
    """Rule -> what the workbook says that it demands."""
    rows = load_workbook(io.BytesIO(filled))["Legenda"].iter_rows(values_only=True)
    return {str(first)[:3]: str(second) for first, second, *_ in rows if re.match(r"[HS]\d\d \(", str(first))}


@pytest.fixture(scope="module")
def page(contract: Contract) -> PageOfRules:
    return read_page(rules_page(contract.edition))


def on_cover(address: str, value: object) -> Callable[[Book], None]:
    return lambda book: put(book, "Copertina", address, value)


def write(sheet: str, code: str, letter: str, value: object) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        put(book, sheet, f"{letter}{row_of(book, sheet, code)}", value)

    return change


def add(sheet: str, code: str, letter: str, by: int) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        address = f"{letter}{row_of(book, sheet, code)}"
        put(book, sheet, address, float(get(book, sheet, address)) + by)

    return change


def declare_nil(book: Book) -> None:
    row = row_of(book, "Copertina", "Area o servizio") + 5
    put(book, "Copertina", f"A{row}", "Housing")
    put(book, "Copertina", f"B{row}", "Chiuso per lavori")


def rename_header(book: Book) -> None:
    put(book, HOUSING, "D4", "TA-ACC-99")


def swap_codes(book: Book) -> None:
    row = row_of(book, CARE, "desk_visits|channel|SOC")
    put(book, CARE, f"A{row}", "desk_visits|channel|SOX")


DEFECTS: dict[str, tuple[Callable[[Book], None], frozenset[str]]] = {
    "another week's days": (on_cover("B9", "9/10/2023"), frozenset({"H01"})),
    "no version": (on_cover("B11", ""), frozenset({"H10"})),
    "half a person": (write(CARE, "waiting_days|total|", DESK, 3.5), frozenset({"H02"})),
    "two readings": (write(CARE, "waiting_days|total|", DESK, "7.801"), frozenset({"H02"})),
    "a word": (write(HOUSING, "leaver_nights|total|", HOUSE, "circa 30"), frozenset({"H02"})),
    "an unknown category": (swap_codes, frozenset({"H03"})),
    "a tax code": (write(NETWORK, "staff_fte|total|", "D", "RSSMRA80A01H501U"), frozenset({"H04"})),
    "a total too high": (add(CARE, "desk_visits|total|", DESK, 3), frozenset({"H05"})),
    "guests that do not add up": (add(HOUSING, "guests_start|total|", HOUSE, 1), frozenset({"H06"})),
    "too many nights": (write(HOUSING, "nights_available|total|", HOUSE, 900), frozenset({"H07"})),
    "too vulnerable": (add(CARE, "cases_opened_vulnerable|total|", DESK, 500), frozenset({"H08"})),
    "without permit": (add(CARE, "cases_opened|legal_status|IRR", DESK, 1), frozenset({"H09"})),
    "more households than guests": (add(HOUSING, "new_households|total|", HOUSE, 90), frozenset({"H11"})),
    "an unknown service": (rename_header, frozenset({"H12"})),
    "nil with figures": (declare_nil, frozenset({"H14"})),
}  # fmt: skip


def test_without_a_mistake_both_are_accepted_alike(judge: Judge, filled: bytes) -> None:
    given, ours = judge(altered_sample("taranto")), judge(filled)
    assert (given.findings, ours.findings) == ((), ())
    assert {f.key: (f.value, f.flag) for f in ours.figures} == {
        f.key: (f.value, f.flag) for f in given.figures
    }
    assert {f.key: f.places for f in ours.figures} == {f.key: f.places for f in given.figures}


def test_saved_as_opendocument_it_holds_the_same_figures(judge: Judge, filled: bytes) -> None:
    sheets = {
        page.title: [["" if value is None else value for value in row] for row in page.values]
        for page in load_workbook(io.BytesIO(filled)).worksheets
    }
    given, ours = judge(filled), judge(write_ods(sheets))
    assert ours.findings == ()
    assert {f.key: (f.value, f.flag) for f in ours.figures} == {
        f.key: (f.value, f.flag) for f in given.figures
    }


@pytest.mark.parametrize("name", DEFECTS)
def test_a_mistake_is_told_alike_in_both_as_legend_and_page_say(
    name: str, judge: Judge, filled: bytes, legend: Mapping[str, str], page: PageOfRules
) -> None:
    change, rules = DEFECTS[name]
    book = XlsxBook(filled)
    change(book)
    given, ours = judge(altered_sample("taranto", change)), judge(book.save())
    assert rules <= {finding.rule for finding in ours.findings} <= legend.keys()
    assert ours.findings == given.findings
    assert ours.status == "rejected"
    for finding in ours.findings:
        assert page.statements[finding.rule] == legend[finding.rule]
        assert page.is_rejected_by[finding.rule] == (finding.severity == "error")
        assert page.tells(finding.rule, finding.message, finding.action), finding


TYPED = {
    (CARE, "E64"): 7,
    (CARE, "E65"): 7.0,
    (CARE, "E66"): 7.5,
    (CARE, "E67"): -1,
    (CARE, "E68"): "n.d.",
    (CARE, "E69"): "n.a.",
    (CARE, "E70"): "circa 7",
    (CARE, "D7"): 12.5,
    (CARE, "E192"): 1,
    (HOUSING, "D85"): 0,
    ("3 Impegno civico", "D61"): 12.55,
    (NETWORK, "D19"): "n.r.",
    (NETWORK, "D20"): 10.25,
    (NETWORK, "D21"): 10.255,
    (NETWORK, "D22"): "n.d.",
    (NETWORK, "D23"): -0.01,
}
"""What is typed into cells for counts, hours and euros, and for persons who are not counted there."""


def test_a_cell_refuses_what_the_judge_refuses_and_nothing_else(judge: Judge, filled: bytes) -> None:
    sheets, book = load_workbook(io.BytesIO(filled)), XlsxBook(filled)
    for (sheet, address), value in TYPED.items():
        put(book, sheet, address, value)
    refused = {(f.sheet, f.cell) for f in judge(book.save()).findings if f.rule in ("H02", "H09")}
    taken = {at for at, value in TYPED.items() if takes(check_of(sheets[at[0]], at[1]), value)}
    assert refused == TYPED.keys() - taken
