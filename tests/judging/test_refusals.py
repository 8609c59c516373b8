"""One return for each thing that can be said of one: what was found, where, and what to do about it.

Every case alters a sample return that is accepted as it came. Together they say every message there is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pipelines.judging.context import Claim, Contract, NoPasts, Pasts
from schemas.contract import LANGUAGES, Edition
from schemas.messages import catalogue
from schemas.messages.saying import said
from schemas.verdicts import Finding
from schemas.weeks import IsoWeek
from tests.conftest import TUESDAY_AFTER_W42, W42, Judge, JudgedSample
from tests.making.bologna import week_label
from tests.making.books import Book, Change, add_row, altered_sample, column_of, put, row_of
from tests.making.containers import UNREADABLE
from tests.making.drifts import swapped
from tests.making.editions import with_service_point_from
from tests.making.findings import kinds_of
from tests.making.formulas import FormulaError, UncomputedFormula
from tests.making.hostile import HOSTILE
from tests.making.pasts import past_of

RULES_OVER_WEEKS = {
    "running_total_less",
    "running_total_more",
    "running_total_before",
    "unlike_recent_weeks",
    "same_as_last_week",
    "not_recorded",
    "ratio_low",
    "ratio_full",
    "all_zero",
    "cumulative_typed",
    "total_as_category",
    "column_is_total",
}
"""Said in tests/judging/test_rules_over_weeks.py."""

COVER, CARE, HOUSING, CITY = "Copertina", "1 Presa in carico", "2 Housing", "4 Coordinamento"


@dataclass(frozen=True)
class Case:
    """A change of a return, and the finding that it deserves (among others, where `is_alone` is not set)."""

    kind: str
    rule: str
    city: str
    changes: tuple[Change, ...] = ()
    sheet: str | None = None
    cell: str | None = None
    found: str | None = None
    says: tuple[str, ...] = ()
    """Texts in the message or in what is to be done."""
    is_alone: bool = True
    claim: Claim | None = None
    received_at: dt.datetime = TUESDAY_AFTER_W42
    past: Callable[[JudgedSample], Pasts] = lambda judged_sample: NoPasts()
    contract: Callable[[Contract], Contract] = lambda contract: contract
    status: str = "rejected"


def write(sheet: str, **cells: object) -> Change:
    """Write cells of one sheet: `write("Foglio", B5="x")`."""

    def change(book: Book) -> None:
        for address, value in cells.items():
            put(book, sheet, address, value)

    return change


def standard(kind: str, rule: str, sheet: str, cell: str, value: object, **more: object) -> Case:
    """Taranto's standard workbook with one cell changed, told in that cell."""
    return Case(kind, rule, "taranto", (write(sheet, **{cell: value}),), sheet, cell, **more)  # type: ignore[arg-type]


def after_w42(judged_sample: JudgedSample) -> Pasts:
    return past_of(judged_sample("taranto"))


def after_w41_with_other_guests(judged_sample: JudgedSample) -> Pasts:
    (w42,) = past_of(judged_sample("taranto")).returns
    values = {**w42.values, ("TA-ACC-01", "guests_end", "total", ""): (9, "V")}
    (w41,) = past_of(judged_sample("taranto")).returns
    replaced = type(w41)(**{**vars(w41), "week": IsoWeek(2023, 41), "values": values})
    return type(past_of(judged_sample("taranto")))((replaced,))


def rename_in_bologna(sheet: str, column_label: str, name: str) -> Change:
    return lambda book: book.write(sheet, 3, column_of(book, sheet, 3, column_label), name)


def rename_columns(book: Book) -> None:
    """Give every column of a CSV another heading."""
    for column in range(1, len(book.rows("")[0]) + 1):
        book.write("", 1, column, f"colonna {column}")


def write_beside(book: Book, sheet: str, label: str, value: object) -> None:
    """Write to the right of a label."""
    book.write(sheet, row_of(book, sheet, label), 2, value)


def misspell_an_age(book: Book) -> None:
    """One day's row of a category that has rows on other days too."""
    row = row_of(book, "accessi.csv", "18-25")
    book.write("accessi.csv", row, column_of(book, "accessi.csv", row, "18-25"), "18-25zz")


def count_one(book: Book, sheet: str, code: str, column: int) -> None:
    """Write 1 in the row of a code."""
    book.write(sheet, row_of(book, sheet, code), column, 1)


CASES = [
    # H01, whose return and of which week
    Case("fact_missing", "H01", "taranto", (write(COVER, B9=""),), says=("il primo giorno",)),
    Case(
        "facts_disagree",
        "H01",
        "firenze",
        (write("FI-CIV-01 Biblioteche aperte", C3="2023-W41"),),
        "FI-CIV-01 Biblioteche aperte",
        "C3",
        "41",
        ("la settimana",),
    ),
    Case(
        "facts_disagree",
        "H01",
        "taranto",
        (write(COVER, B6="L219"),),
        COVER,
        "B6",
        "L219",
        ("la città", "Taranto"),
    ),
    Case(
        "entity_unknown",
        "H01",
        "trieste",
        (write("Intestazione", B1="Comune di Gorizia"),),
        "Intestazione",
        "B1",
        "Comune di Gorizia",
        ("Trieste",),
    ),
    Case(
        "entity_unknown",
        "H01",
        "bolzano",
        (
            lambda book: write_beside(
                book, "Frontespizio - Deckblatt", "Comune / Gemeinde", "Bolzano / Trento"
            ),
        ),
        "Frontespizio - Deckblatt",
        found="Bolzano / Trento",
        says=("«Bolzano»",),
    ),
    Case(
        "city_unknown",
        "H01",
        "taranto",
        (write(COVER, B5="Tarranto", B6="L999"),),
        COVER,
        "B5",
        "Tarranto",
        ("«Taranto»",),
    ),
    Case("city_unknown", "H01", "taranto", (write(COVER, B6="L999"),), COVER, "B6", "L999", ("«L049»",)),
    Case(
        "city_disagrees",
        "H01",
        "taranto",
        claim=Claim(city="latina"),
        sheet=COVER,
        says=("Taranto", "Latina"),
    ),
    standard(
        "body_unknown",
        "H01",
        COVER,
        "B7",
        "Comune di Tarento",
        found="Comune di Tarento",
        says=("«Comune di Taranto»",),
    ),
    standard("edition_unknown", "H01", COVER, "B3", "LGNET3", found="LGNET3", says=("LGNET2",)),
    standard("model_unknown", "H01", COVER, "B4", "2.0", says=("«2.0»", "«1.0»")),
    standard("week_unreadable", "H01", COVER, "B8", "2023-W60", found="60/2023", says=("2023-W42",)),
    Case(
        "week_outside_edition",
        "H01",
        "taranto",
        (write(COVER, B8="2022-W42"),),
        COVER,
        "B8",
        "2022-W42",
        ("settimana 1/2023", "settimana 26/2024"),
        is_alone=False,
    ),
    Case(
        "week_not_ended",
        "H01",
        "taranto",
        sheet=COVER,
        cell="B8",
        found="2023-W42",
        says=("lunedì 23/10/2023",),
        received_at=dt.datetime.fromisoformat("2023-10-22T23:59:59+02:00"),
    ),
    Case(
        "week_disagrees",
        "H01",
        "taranto",
        claim=Claim(week=IsoWeek(2023, 41)),
        sheet=COVER,
        cell="B8",
        says=("settimana 42/2023", "settimana 41/2023"),
    ),
    standard(
        "days_disagree", "H01", COVER, "B10", dt.date(2023, 10, 21), found="21/10/2023", says=("22/10/2023",)
    ),
    standard(
        "days_of_other_week",
        "H01",
        COVER,
        "B8",
        "2023-W41",
        found="2023-W41",
        says=("settimana 41/2023", "settimana 42/2023"),
    ),
    Case(
        "week_column",
        "H01",
        "bologna",
        (rename_in_bologna("Housing", week_label(2023, 42), week_label(2023, 43)),),
        "Housing",
        says=("settimana 42/2023",),
    ),
    Case(
        "week_column_twice",
        "H01",
        "bologna",
        (rename_in_bologna("Housing", week_label(2023, 41), week_label(2023, 42)),),
        "Housing",
        "AT3",
        says=("settimana 42/2023",),
        is_alone=False,
    ),
    Case(
        "day_outside_week",
        "H01",
        "trieste",
        (write("Comune", F3=dt.date(2023, 10, 9)),),
        "Comune",
        found="2023-10-09",
        says=("settimana 42/2023",),
        is_alone=False,
    ),
    Case("layout_unknown", "H01", "perugia", (rename_columns,)),
    # H00 of a file that opens
    Case(
        "rows_missing",
        "H00",
        "milano",
        (write("export_info.csv", B10="1.183"),),
        "export_info.csv",
        "10:2",
        "1182",
        ("1.183",),
    ),
    # H02, numbers
    standard(
        "figure_not_a_number",
        "H02",
        CARE,
        "E234",
        "circa 5",
        found="circa 5",
        says=("n.d. / n.a.", "Giorni di attesa"),
    ),
    standard("figure_not_a_number", "H02", CARE, "E234", True, found="VERO"),
    standard("figure_two_readings", "H02", CARE, "E234", "7.801", found="7.801", says=("7801", "7,801")),
    standard("figure_date", "H02", CARE, "E234", dt.date(2023, 10, 16), found="2023-10-16"),
    standard("figure_formula_without_value", "H02", CARE, "E234", UncomputedFormula()),
    standard("figure_formula_error", "H02", CARE, "E234", "#DIV/0!", found="#DIV/0!"),
    standard("figure_too_large", "H02", CARE, "E234", 1e13),
    standard("figure_negative", "H02", CARE, "E234", -1, found="-1"),
    standard("figure_not_whole", "H02", CARE, "E234", 2.5, found="2.5", says=("2,5", "intero")),
    standard("figure_decimals", "H02", CARE, "D7", 6.25, found="6.25", says=("al massimo 1",)),
    standard("figure_decimals", "H02", CITY, "D19", "9,33", found="9.33", says=("al massimo 1",)),
    Case("figure_not_whole", "H02", "perugia", (write("", N2="1.234"),), None, "2:14", "1.234"),
    Case(
        "figure_badly_written",
        "H02",
        "napoli",
        (write("SPORTELLI", D185="16.2"),),
        "SPORTELLI",
        "D185",
        "16.2",
        ("«,»",),
    ),
    Case(
        "figure_formula_without_value",
        "H02",
        "bolzano",
        (write("Accoglienza - Wohnen", E5=UncomputedFormula()),),
        "Accoglienza - Wohnen",
        "E5",
    ),
    Case(
        "figure_date",
        "H02",
        "bolzano",
        (write("Accoglienza - Wohnen", E5=dt.date(2023, 10, 16)),),
        "Accoglienza - Wohnen",
        "E5",
        "2023-10-16",
    ),
    Case(
        "figure_not_a_number",
        "H02",
        "bolzano",
        (write("Accoglienza - Wohnen", E5=True),),
        "Accoglienza - Wohnen",
        "E5",
        "VERO",
    ),
    Case(
        "figure_not_a_number", "H02", "palermo", (write("Accoglienza", E5=True),), "Accoglienza", "E5", "VERO"
    ),
    Case(
        "figure_date",
        "H02",
        "palermo",
        (write("Accoglienza", E5=dt.date(2023, 10, 16)),),
        "Accoglienza",
        "E5",
    ),
    # a day, or a district, of a figure: the others do not make it
    Case(
        "figure_two_readings", "H02", "trieste", (write("Sportelli", G4="8.566"),), "Sportelli", "G4", "8.566"
    ),
    Case("figure_formula_error", "H02", "genova", (write("", E271="#RIF!"),), None, "271:5", "#RIF!"),
    Case(
        "token_among_numbers",
        "H02",
        "trieste",
        (write("Sportelli", L174="N/D"),),
        "Sportelli",
        "L174",
        says=("Giorni di attesa",),
    ),
    # H03, categories
    Case("unknown_category", "H03", "genova", (write("", D7="FF"),), None, None, "FF"),
    Case(
        "unknown_category",
        "H03",
        "trieste",
        (write("Unità mobili", E7="femina"),),
        "Unità mobili",
        found="femina",
        says=("«femmina»",),
    ),
    Case(
        "unknown_category",
        "H03",
        "palermo",
        (write("Sportelli", J4="Altroo"),),
        "Sportelli",
        "J4",
        "Altroo",
        ("«Altro»",),
        is_alone=False,
    ),
    Case("unknown_category", "H03", "perugia", (write("", Q1="um_cont__ses__ff"),), None, "1:17", "ff"),
    Case(
        "unknown_breakdown",
        "H03",
        "trieste",
        (write("Unità mobili", D7="sessso"),),
        "Unità mobili",
        found="sessso",
        says=("«sesso»",),
    ),
    Case("unknown_category", "H03", "milano", (misspell_an_age,), "accessi.csv", found="18-25zz"),
    # H05 to H11: between figures
    Case(
        "breakdown_sum",
        "H05",
        "taranto",
        (write(CARE, D10=21),),
        CARE,
        "D8",
        "34",
        ("sesso", "35", "differenza -1"),
    ),
    Case(
        "breakdown_exceeds",
        "H05",
        "taranto",
        (write(CARE, D9="n.d.", D10=35),),
        CARE,
        "D8",
        "34",
        ("sesso", "35"),
    ),
    Case(
        "not_equal",
        "H06",
        "taranto",
        (write(HOUSING, D9=3),),
        HOUSING,
        "D24",
        "8",
        ("«Ospiti a fine settimana»", "«Ingressi»", "differenza -1"),
    ),
    Case(
        "more_than",
        "H07",
        "taranto",
        (write(HOUSING, E7=10),),
        HOUSING,
        "E7",
        "10",
        ("«Posti letto attivati»", "9"),
    ),
    Case(
        "category_confined",
        "H09",
        "taranto",
        (lambda book: count_one(book, CARE, "cases_opened|legal_status|IRR", 5),),
        CARE,
        found="1",
        says=("Nuove prese in carico", "Contatti"),
        is_alone=False,
    ),
    standard("version_badly_written", "H10", COVER, "B11", "bozza", found="bozza"),
    Case("version_missing", "H10", "taranto", (write(COVER, B11=""),)),
    Case(
        "version_not_higher",
        "H10",
        "taranto",
        sheet=COVER,
        cell="B11",
        found="1",
        past=after_w42,
        says=("settimana 42/2023", "versione 1"),
    ),
    # H12: every cell
    Case(
        "unknown_sheet",
        "H12",
        "taranto",
        (lambda book: book.add_sheet("2 Housings", [["x", 1]]),),
        "2 Housings",
        found="2 Housings",
        says=("«2 Housing»",),
    ),
    Case(
        "missing_sheet",
        "H12",
        "taranto",
        (lambda book: book.remove_sheet(HOUSING),),
        says=("«2 Housing»",),
    ),
    Case(
        "renamed_sheet",
        "H12",
        "taranto",
        (lambda book: book.rename_sheet(HOUSING, "Alloggi"),),
        "Alloggi",
        found="Alloggi",
        says=("«Alloggi»", "«2 Housing»"),
    ),
    Case(
        "no_header",
        "H12",
        "taranto",
        (write(HOUSING, A4="Sigla"),),
        HOUSING,
        says=("Codice, Voce, Dettaglio",),
    ),
    Case(
        "unknown_column",
        "H12",
        "trieste",
        (write("Comune", N2="Note", N4="chiedere"),),
        "Comune",
        "N2",
        "Note",
    ),
    Case(
        "unknown_row",
        "H12",
        "taranto",
        (lambda book: add_row(book, HOUSING, "", "Animali accolti", "Totale", 2),),
        HOUSING,
        "B120",
        "Animali accolti",
    ),
    standard(
        "unknown_measure",
        "H12",
        HOUSING,
        "A6",
        "beds_activ|total|",
        found="beds_activ",
        says=("«beds_active»",),
    ),
    Case(
        "unknown_measure",
        "H12",
        "palermo",
        (write("Accoglienza", E3="Posti leto attivi"),),
        "Accoglienza",
        found="Posti leto attivi",
        says=("«Posti letto attivi»",),
    ),
    Case(
        "unknown_measure",
        "H12",
        "napoli",
        (write("SPORTELLI", A185="GIORNI DI ATESA IN TOTALE"),),
        "SPORTELLI",
        found="GIORNI DI ATESA IN TOTALE",
        says=("«GIORNI DI ATTESA IN TOTALE»",),
    ),
    Case(
        "of_other_kind",
        "H12",
        "taranto",
        (write(CARE, E6=3),),
        CARE,
        "E6",
        says=("«Uscite effettuate»",),
    ),
    Case(
        "not_of_measure",
        "H12",
        "taranto",
        (write(CARE, A7="outreach_sessions|sex|F"),),
        CARE,
        found="sex",
    ),
    standard(
        "unknown_service_point", "H12", HOUSING, "D4", "TA-ACC-91", found="TA-ACC-91", says=("«TA-ACC-01»",)
    ),
    Case(
        "unknown_service_point",
        "H12",
        "genova",
        (write("", A271="OSS/11"),),
        None,
        found="OSS/11",
        says=("«GE-OSS-01»",),
    ),
    Case(
        "unknown_service_point",
        "H12",
        "firenze",
        (lambda book: book.rename_sheet("FI-CIV-01 Biblioteche aperte", "FI-CIV-07 Biblioteche aperte"),),
        "FI-CIV-07 Biblioteche aperte",
        found="FI-CIV-07",
        says=("«FI-CIV-0",),
    ),
    Case(
        "service_point_not_on_roster",
        "H12",
        "taranto",
        sheet=HOUSING,
        cell="E4",
        found="TA-ACC-02",
        contract=lambda contract: with_service_point_from(contract, "TA-ACC-02", IsoWeek(2023, 43)),
    ),
    Case(
        "out_of_place",
        "H12",
        "taranto",
        (write(HOUSING, H6="nota a margine"),),
        HOUSING,
        "H6",
        "nota a margine",
    ),
    Case(
        "figure_twice",
        "H12",
        "taranto",
        (lambda book: add_row(book, HOUSING, "beds_unavailable|total|", "di nuovo", "Totale", 0, ""),),
        HOUSING,
        "D120",
        says=("di cui indisponibili",),
    ),
    Case(
        "figure_twice",
        "H12",
        "genova",
        (lambda book: book.insert_row("", 272, ["OSS/01", "Sportello unico Maddalena", "SP-07", "", "111"]),),
        None,
        "272:5",
    ),
    Case(
        "line_break",
        "H12",
        "genova",
        (write("", B271="Sportello unico\nMaddalena"),),
        None,
        "271:1",
        says=("virgoletta",),
    ),
    Case(
        "stock_on_other_day",
        "H12",
        "trieste",
        (write("Accoglienza", F4=13),),
        "Accoglienza",
        "F4",
        says=("domenica",),
    ),
    # H14, without activity
    Case(
        "unknown_area",
        "H14",
        "taranto",
        (write(COVER, A17="Giardini", B17="chiusi"),),
        COVER,
        "A17",
        "Giardini",
    ),
    Case("nil_form", "H14", "bologna", (write("Housing", AT4="chiuso"),), "Housing", "AT4", "chiuso"),
    Case(
        "nil_without_reason",
        "H14",
        "taranto",
        (write(COVER, A17="TA-CIV-01"),),
        COVER,
        "A17",
        says=("TA-CIV-01",),
        is_alone=False,
    ),
    Case(
        "nil_with_value",
        "H14",
        "taranto",
        (write(COVER, A17="TA-CIV-01", B17="sospeso"),),
        "3 Impegno civico",
        says=("TA-CIV-01",),
        is_alone=False,
    ),
    # warnings
    Case(
        "differs_from_last_week",
        "S05",
        "taranto",
        sheet=HOUSING,
        cell="D8",
        found="8",
        past=after_w41_with_other_guests,
        says=("della settimana scorsa", "9"),
        status="accepted_with_warnings",
        is_alone=False,
    ),
    Case(
        "after_deadline",
        "S09",
        "taranto",
        received_at=dt.datetime.fromisoformat("2023-10-25T12:00:01+02:00"),
        says=("25/10/2023, ore 12:00",),
        status="accepted_with_warnings",
    ),
    Case(
        "heading_renamed",
        "S10",
        "taranto",
        (write(CARE, C4="Detaglio"),),
        sheet=CARE,
        cell="C4",
        found="Detaglio",
        says=("«Dettaglio»", "va bene così"),
        status="accepted_with_warnings",
    ),
    Case(
        "sheet_renamed",
        "S10",
        "taranto",
        (lambda book: book.rename_sheet(HOUSING, "2 Housng"),),
        sheet="2 Housng",
        found="2 Housng",
        says=("«2 Housing»",),
        status="accepted_with_warnings",
    ),
    Case(
        "columns_moved",
        "S10",
        "taranto",
        (swapped(HOUSING, 4, 2, 3),),
        sheet=HOUSING,
        cell="B4",
        says=("«Dettaglio»", "secondo la sua intestazione"),
        status="accepted_with_warnings",
    ),
    Case(
        "new_empty_column",
        "S10",
        "taranto",
        (write(HOUSING, F4="Note"),),
        sheet=HOUSING,
        cell="F4",
        found="Note",
        says=("è vuota", "coordinamento"),
        status="accepted_with_warnings",
    ),
]


def told(
    case: Case, judge: Judge, judged_sample: JudgedSample, contract: Contract
) -> tuple[str, list[Finding]]:
    judged = judge(
        altered_sample(case.city, *case.changes),
        received_at=case.received_at,
        claim=case.claim,
        pasts=case.past(judged_sample),
        contract=case.contract(contract),
    )
    assert judged.counts.read == judged.counts.mapped + judged.counts.ignored + judged.counts.refused
    return judged.status, list(judged.findings)


def assert_said_in_every_language(findings: list[Finding], edition: Edition) -> None:
    """What was found can be said again from what is kept of it: in Italian as it was, and in the others."""
    for finding in findings:
        kept = Finding.model_validate_json(finding.model_dump_json())
        assert said(kept, edition, "it") == (finding.message, finding.action)
        quoted = [detail for _, detail in kept.details if isinstance(detail, str)]
        for language in LANGUAGES:
            for text in said(kept, edition, language):
                own = "".join(quoted)
                assert ("{" in text or "}" in text) == ("{" in own or "}" in own)


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.kind}-{case.city}-{case.found or case.cell or ''}"
)
def test_a_wrong_return_is_told_what_is_wrong_and_where(
    case: Case, judge: Judge, judged_sample: JudgedSample, contract: Contract
) -> None:
    status, findings = told(case, judge, judged_sample, contract)
    of_kind = [
        finding for finding in findings if case.kind in kinds_of(finding) and finding.rule == case.rule
    ]
    assert of_kind, [finding.message for finding in findings]
    finding = of_kind[0]
    if case.is_alone:
        assert findings == [finding]
    if case.sheet is not None:
        assert finding.sheet == case.sheet
    if case.cell is not None:
        assert finding.cell == case.cell
    if case.found is not None:
        assert finding.found == case.found
    for text in case.says:
        assert text in f"{finding.message} {finding.action}"
    assert_said_in_every_language(findings, case.contract(contract).edition)
    assert status == case.status


@pytest.mark.parametrize(
    ("city", "sheet", "cell"), [("taranto", CARE, "E234"), ("bolzano", "Accoglienza - Wohnen", "E5")]
)
def test_a_formula_that_fails_is_refused_and_not_taken_for_a_blank(
    city: str, sheet: str, cell: str, judge: Judge
) -> None:
    judged = judge(altered_sample(city, write(sheet, **{cell: FormulaError()})))
    assert [(finding.rule, finding.cell, finding.found) for finding in judged.findings] == [
        ("H02", cell, "#DIV/0!")
    ]


@pytest.mark.parametrize(
    ("city", "sheet", "cell", "word"),
    [
        ("genova", "", "D7", "FF"),
        ("trieste", "Unità mobili", "E7", "femina"),
        ("trieste", "Unità mobili", "D7", "sessso"),
        ("trieste", "Unità mobili", "C7", "Contati UM"),
        ("bologna", "Housing", "D11", "esito: SAJ"),
        ("napoli", "SPORTELLI", "B8", "DA UNITA' MOBBILE"),
    ],
)
def test_an_unknown_word_is_told_in_its_own_cell(
    city: str, sheet: str, cell: str, word: str, judge: Judge
) -> None:
    judged = judge(altered_sample(city, write(sheet, **{cell: word})))
    (finding,) = judged.findings
    assert finding.cell in (cell, f"{cell[1:]}:{ord(cell[0]) - 64}")


@pytest.mark.parametrize(("reason", "make"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_opened_is_told_why_and_nothing_more(
    reason: str, make: Callable[[], bytes], judge: Judge
) -> None:
    judged = judge(make(), name="scheda.xlsx")
    (finding,) = judged.findings
    assert (finding.rule, finding.file, finding.sheet, finding.cell) == ("H00", "scheda.xlsx", None, None)
    assert kinds_of(finding) == {f"file_{reason}"}
    assert (judged.status, judged.city, judged.week, judged.figures) == ("rejected", None, None, ())


def test_every_message_of_the_catalogue_is_said_here() -> None:
    said = {case.kind for case in CASES} | {f"file_{reason}" for reason, _ in UNREADABLE.values()}
    elsewhere = {
        "file_too_long",  # tests/sources/reading/test_limits.py
        *(f"file_{reason}" for reason, _ in HOSTILE.values()),  # tests/sources/reading/test_hostile.py
        "layout_of_other_weeks",  # tests/judging/test_editions.py
        *(kind for kind in catalogue().messages if kind.startswith("personal_")),  # test_personal.py
        "day_two_readings",  # tests/judging/test_two_readings.py
        "total_unlike_categories",  # tests/judging/test_causes.py
        *("sheet_twice", "column_twice"),  # tests/judging/test_drift.py
        "quarter_frozen",  # test_rules.py, tests/cli/test_releases.py
        *("repeated_week_differs", "repeated_week_nil"),  # test_repeated_weeks.py
        *RULES_OVER_WEEKS,
    }
    assert said | elsewhere == set(catalogue().messages)


def test_the_samples_that_are_altered_here_are_accepted_as_they_came(judged_sample: JudgedSample) -> None:
    for city in {case.city for case in CASES}:
        assert (judged_sample(city).status, judged_sample(city).week) == ("accepted", W42)
