"""A file whose form has changed a little (S10): read all the same, told, its figures what they were."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from pipelines.judging.context import Contract
from pipelines.judging.judge import Judgement
from schemas.contract import Rule
from tests.conftest import Judge, JudgedSample
from tests.making.books import Change, altered_sample
from tests.making.drifts import renamed, sheet_again, sheet_renamed, swapped, with_column, with_text
from tests.making.findings import kinds_of

CARE, DESKS, FIRENZE_STREET = "1 Presa in carico", "Sportelli", "FI-UM-01 Unità mobile Santa Mar"
BOLZANO_DESKS = "Sportelli - Anlaufstellen"

Figures = dict[tuple[str, str, str, str], tuple[Decimal | None, str]]


def figures(judged: Judgement) -> Figures:
    return {figure.key: (figure.value, figure.flag) for figure in judged.figures}


def told(judged: Judgement) -> set[tuple[str, str]]:
    """Rule and message kind of all that is said."""
    counts = judged.counts
    assert counts.read == counts.mapped + counts.ignored + counts.refused
    return {(finding.rule, kind) for finding in judged.findings for kind in kinds_of(finding)}


RENAMED = [
    pytest.param("taranto", renamed(CARE, "Dettaglio", "Detaglio"), "C4", id="standard-a-letter-less"),
    pytest.param("taranto", renamed(CARE, "Codice", "CODICI"), "A4", id="standard-a-letter-changed"),
    pytest.param("torino", renamed("Unità mobili ", "di cui n.r.", "di cui NR"), "F6", id="torino-stops"),
    pytest.param(
        "torino", renamed("Unità mobili ", "di cui altro", "di cui altri"), "E6", id="torino-figures"
    ),
    pytest.param("torino", renamed("Unità mobili ", "TOTALE", "TOTALI"), "L5", id="torino-ignored"),
    pytest.param("genova", renamed("", "valore", "valori"), "3:5", id="genova-figures"),
    pytest.param("genova", renamed("", "sede", "sede servizio"), "3:1", id="genova-a-word-added"),
    pytest.param("genova", renamed("", "dett", "dettaglio"), "3:4", id="genova-in-full"),
    pytest.param("palermo", renamed(DESKS, "Attivo", "Attiva"), "C3", id="palermo-label"),
    pytest.param("palermo", renamed(DESKS, "Totale", "Totali"), "E4", id="palermo-second-line"),
    pytest.param(
        "bolzano",
        renamed(BOLZANO_DESKS, "Modalità / Ausprägung", "Modalita' - Ausprägung"),
        "C3",
        id="bolzano-accent",
    ),
    pytest.param(
        "napoli", renamed("SPORTELLI", "DETTAGLIO", "DETAGLIO"), "B6", id="napoli-one-table-of-many"
    ),
    pytest.param(
        "napoli", renamed("SPORTELLI", "SETT. PREC.", "SETTIMANA PRECEDENTE"), "C6", id="napoli-in-full"
    ),
    pytest.param("milano", renamed("accessi.csv", "numero", "numeri"), "1:8", id="milano-figures"),
    pytest.param(
        "perugia", renamed("", "cod_servizio", "codice_servizio"), "1:9", id="perugia-with-its-week"
    ),
    pytest.param("trieste", renamed(DESKS, "Lunedì", "Lunedi"), "F2", id="trieste-day"),
    pytest.param("bologna", renamed("Housing", "Dettaglio", "Dettagli"), "D3", id="bologna"),
]


@pytest.mark.parametrize(("city", "change", "cell"), RENAMED)
def test_a_heading_near_the_missing_one_is_read_as_it(
    city: str, change: Change, cell: str, judge: Judge, judged_sample: JudgedSample
) -> None:
    judged = judge(altered_sample(city, change))
    assert told(judged) == {("S10", "heading_renamed")}
    assert {finding.cell for finding in judged.findings} == {cell}
    assert judged.status == "accepted_with_warnings"
    assert figures(judged) == figures(judged_sample(city))
    assert judged.counts == judged_sample(city).counts


@pytest.mark.parametrize(
    ("city", "sheet", "name"),
    [
        pytest.param("taranto", "Copertina", "Copertna", id="standard-cover"),
        pytest.param("torino", "Frontespizio ", "Frontispizio", id="torino-cover"),
        pytest.param("torino", "Unità mobili ", "Unita mobili", id="torino-accent"),
        pytest.param("palermo", "Sportelli", "Sportello", id="palermo"),
        pytest.param("napoli", "ELENCO SERVIZI", "ELENCO DEI SERVIZI", id="napoli-the-list-of-services"),
        pytest.param("roma", "Municipio I", "Municipo I", id="roma-one-of-fifteen"),
        pytest.param("milano", "accessi.csv", "accesi.csv", id="milano-entry"),
        pytest.param("bologna", "Housing", "Housin", id="bologna"),
    ],
)
def test_a_sheet_near_the_missing_one_is_read_as_it(
    city: str, sheet: str, name: str, judge: Judge, judged_sample: JudgedSample
) -> None:
    judged = judge(altered_sample(city, sheet_renamed(sheet, name)))
    assert told(judged) == {("S10", "sheet_renamed")}
    (finding,) = judged.findings
    assert (finding.sheet, finding.found, finding.expected) == (name, name, sheet.strip())
    assert figures(judged) == figures(judged_sample(city))
    own = {place.sheet for figure in judged.figures for place in figure.places}
    assert name in own or own == {place.sheet for f in judged_sample(city).figures for place in f.places}


@pytest.mark.parametrize(
    ("city", "changes", "kind"),
    [
        pytest.param(
            "torino", [renamed("Unità mobili ", "di cui F", "di cui D")], "unknown_column", id="short-word"
        ),
        pytest.param(
            "torino", [renamed("Unità mobili ", "di cui F", "di cui")], "unknown_column", id="two-as-near"
        ),
        pytest.param(
            "taranto", [sheet_renamed(CARE, "2 Presa in carico")], "renamed_sheet", id="other-number"
        ),
        pytest.param(
            "taranto",
            [sheet_renamed("2 Housing", "2 Housing prec")],
            "renamed_sheet",
            id="figures-of-another",
        ),
        pytest.param(
            "roma", [sheet_renamed("Municipio I", "Municipio IL")], "renamed_sheet", id="roman-number"
        ),
        pytest.param(
            "taranto",
            [renamed(CARE, "TA-UM-01", "TA-UM-02")],
            "unknown_service_point",
            id="code-of-another-service-point",
        ),
        pytest.param("palermo", [renamed(DESKS, "Donne", "Donnne")], "unknown_category", id="category"),
        pytest.param("perugia", [renamed("", "um_usc__tot", "um_us__tot")], "unknown_measure", id="measure"),
        pytest.param("genova", [renamed("", "valore", "valore netto")], "no_header", id="other-figures"),
        pytest.param(
            "bolzano", [with_column(BOLZANO_DESKS, 6, "Unita / Einheit", 3, "n.")], None, id="there-too"
        ),
        pytest.param(
            "torino",
            [renamed("Unità mobili ", text, "di cui altri") for text in ("di cui altro", "di cui F")],
            "unknown_column",
            id="two-claim-it",
        ),
        pytest.param(
            "roma",
            [sheet_renamed("Municipio VIII", "Municipio XVIII")],
            "renamed_sheet",
            id="as-near-to-another",
        ),
        pytest.param(
            "palermo",
            [lambda book: book.add_sheet("Sporteli", [["x", 1]])],
            "unknown_sheet",
            id="the-sheet-is-there-too",
        ),
    ],
)
def test_what_is_not_surely_the_missing_one_is_refused(
    city: str, changes: list[Change], kind: str | None, judge: Judge
) -> None:
    judged = judge(altered_sample(city, *changes))
    assert judged.status == "rejected"
    kinds = {name for _, name in told(judged)}
    assert not kinds & {"heading_renamed", "sheet_renamed"}
    assert kind is None or kind in kinds


@pytest.mark.parametrize(
    ("city", "sheet", "row", "columns", "names"),
    [
        pytest.param("taranto", CARE, 4, (2, 3), ["Dettaglio"], id="standard-labels"),
        pytest.param("taranto", CARE, 4, (3, 4), ["TA-UM-01"], id="standard-label-and-service-point"),
        pytest.param("torino", "Unità mobili ", 6, (3, 4), ["di cui M"], id="torino-within-a-service-point"),
        pytest.param("genova", "", 3, (2, 4), ["dett", "voce"], id="genova"),
        pytest.param("palermo", DESKS, 3, (1, 2), ["Servizio"], id="palermo"),
        pytest.param("bolzano", BOLZANO_DESKS, 3, (3, 4), ["Unità / Einheit"], id="bolzano"),
        pytest.param("napoli", "SPORTELLI", 4, (3, 4), ["NUMERO"], id="napoli-told-once-a-sheet"),
        pytest.param("milano", "accessi.csv", 1, (5, 6), ["dimensione"], id="milano"),
    ],
)
def test_columns_in_another_order_are_read_by_their_headings_and_told(
    city: str,
    sheet: str,
    row: int,
    columns: tuple[int, int],
    names: list[str],
    judge: Judge,
    judged_sample: JudgedSample,
) -> None:
    judged = judge(altered_sample(city, swapped(sheet, row, *columns)))
    (finding,) = judged.findings
    assert told(judged) == {("S10", "columns_moved")}
    assert all(name in finding.message for name in names)
    assert figures(judged) == figures(judged_sample(city))
    assert judged.counts == judged_sample(city).counts


@pytest.mark.parametrize(
    ("city", "sheet", "columns"),
    [
        pytest.param("taranto", CARE, (4, 5), id="service-points"),
        pytest.param("palermo", DESKS, (6, 7), id="categories"),
        pytest.param("perugia", "", (14, 15), id="measures"),
    ],
)
def test_columns_of_one_kind_have_no_order(
    city: str, sheet: str, columns: tuple[int, int], judge: Judge, judged_sample: JudgedSample
) -> None:
    judged = judge(altered_sample(city, swapped(sheet, 1 if city == "perugia" else 3, *columns)))
    assert (judged.status, judged.findings) == ("accepted", ())
    assert figures(judged) == figures(judged_sample(city))


@pytest.mark.parametrize(
    ("city", "sheet", "name"),
    [
        pytest.param("roma", "Municipio I", "Municipio I ", id="roma-whose-sheets-are-summed"),
        pytest.param("roma", "Municipio I", "MUNICIPIO  I", id="roma-in-capitals"),
        pytest.param("torino", "Unità mobili ", "Unità mobili", id="torino"),
    ],
)
def test_a_sheet_that_is_there_twice_is_refused(city: str, sheet: str, name: str, judge: Judge) -> None:
    judged = judge(altered_sample(city, sheet_again(sheet, name)))
    assert judged.status == "rejected"
    assert told(judged) == {("H12", "sheet_twice")}


def test_a_column_of_labels_that_is_there_twice_is_refused(judge: Judge) -> None:
    """Which of the two says what the rows are, nobody knows."""
    judged = judge(altered_sample("taranto", with_column(CARE, 4, "Voce", 4, "Altro")))
    assert judged.status == "rejected"
    assert ("H12", "column_twice") in told(judged)
    empty = judge(altered_sample("taranto", with_column(CARE, 4, "Voce", 4)))
    assert told(empty) == {("S10", "new_empty_column")}


NEW_COLUMNS = [
    pytest.param("taranto", CARE, 4, "Note", 4, id="standard-between-labels-and-figures"),
    pytest.param("torino", "Unità mobili ", 18, "Note", 6, id="torino"),
    pytest.param("genova", "", 6, "note", 3, id="genova"),
    pytest.param("palermo", DESKS, 3, "Note", 3, id="palermo-among-the-labels"),
    pytest.param("bolzano", BOLZANO_DESKS, 5, "Note / Anmerkungen", 3, id="bolzano"),
    pytest.param("napoli", "SPORTELLI", 5, "NOTE", 6, id="napoli-one-table-of-many"),
    pytest.param("milano", "accessi.csv", 9, "note", 1, id="milano"),
    pytest.param("roma", "Municipio I", 7, "Note", 5, id="roma-behind-its-totals"),
]


@pytest.mark.parametrize(("city", "sheet", "at", "heading", "row"), NEW_COLUMNS)
def test_a_new_column_is_ignored_while_it_is_empty_and_refused_with_values(
    city: str, sheet: str, at: int, heading: str, row: int, judge: Judge, judged_sample: JudgedSample
) -> None:
    empty = judge(altered_sample(city, with_column(sheet, at, heading, row)))
    assert told(empty) == {("S10", "new_empty_column")}
    assert empty.findings[0].found == heading
    assert figures(empty) == figures(judged_sample(city))
    before = judged_sample(city).counts
    assert empty.counts.ignored == before.ignored + 1
    assert (empty.counts.mapped, empty.counts.refused) == (before.mapped, 0)

    filled = judge(altered_sample(city, with_column(sheet, at, heading, row, "7")))
    assert filled.status == "rejected"
    assert {rule for rule, _ in told(filled)} == {"H12"}
    assert figures(filled) == figures(judged_sample(city))


def test_a_new_column_may_have_its_heading_in_every_table_of_a_sheet(judge: Judge) -> None:
    judged = judge(altered_sample("napoli", *(with_text("SPORTELLI", row, 5, "NOTE") for row in (6, 200))))
    assert told(judged) == {("S10", "new_empty_column")}
    assert [finding.cell for finding in judged.findings] == ["E6", "E200"]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_where_columns_are_known_by_their_letter_a_moved_one_is_refused(at: int, judge: Judge) -> None:
    judged = judge(altered_sample("firenze", with_column(FIRENZE_STREET, at, "", 1)))
    assert judged.status == "rejected"
    assert {rule for rule, _ in told(judged)} <= {"H12", "H02"}


def test_a_heading_unlike_any_is_refused_with_the_nearest_known(judge: Judge) -> None:
    judged = judge(altered_sample("torino", renamed("Unità mobili ", "di cui altro", "di cui altro genere")))
    (finding,) = judged.findings
    assert (finding.rule, finding.cell) == ("H12", "E6")
    assert "«di cui altro»" in finding.action


def test_a_label_of_the_cover_is_refused_with_the_nearest_known(judge: Judge) -> None:
    judged = judge(altered_sample("taranto", renamed("Copertina", "Ente compilatore", "Ente che compila")))
    (row,) = [finding for finding in judged.findings if "unknown_row" in kinds_of(finding)]
    assert "«Ente compilatore»" in row.action


def test_a_header_that_is_not_found_is_told_where_the_week_stands_in_it(judge: Judge) -> None:
    judged = judge(altered_sample("perugia", renamed("", "attivo", "funziona")))
    assert ("H12", "no_header") in told(judged)


def test_without_the_rule_a_changed_form_is_refused(judge: Judge, contract: Contract) -> None:
    def without_s10(rule: Rule) -> Rule:
        return rule.model_copy(update={"valid_to": dt.date(2023, 1, 2)}) if rule.id == "S10" else rule

    rules = tuple(without_s10(rule) for rule in contract.edition.rules)
    edition = contract.edition.model_copy(update={"rules": rules})
    earlier = Contract(edition, contract.read_layouts, contract.read_vocabulary)
    for change in (renamed(CARE, "Dettaglio", "Detaglio"), with_column(CARE, 6, "Note", 4)):
        judged = judge(altered_sample("taranto", change), contract=earlier)
        assert judged.status == "rejected"
        assert {rule for rule, _ in told(judged)} == {"H12"}
