"""The annotated copy: every finding marked, told and linked in the city's cells; nothing in it runs."""

from __future__ import annotations

import dataclasses
import re
import time

import pytest
from openpyxl.utils import quote_sheetname
from python_calamine import SheetVisibleEnum

from pipelines.annotating import annotated_bytes
from pipelines.judging.context import Contract
from reports.annotated import ShownSheet
from reports.annotated.titles import sheet_titles
from reports.annotated.workbook import MOST_COMMENTS
from reports.findings.lines import MOST_LINES, lines_of, other_spots, own_spots
from schemas.addresses import Spot, spot_of
from schemas.contract import Edition
from schemas.verdicts import Finding
from sources.cells import Formula, Instant, Sheet, Workbook
from sources.reading.reader import ChildReader, SourceFile
from tests.conftest import W42, JudgedSample
from tests.making.books import Book, altered_sample, put
from tests.making.breaking import broken_everywhere, broken_in_a_few_cells, figure_cells, spoilt
from tests.making.pasts import sample_past
from tests.making.samples import ONE_CITY_A_LAYOUT, sample
from tests.reports.annotated_copies import BESIDE, ERROR, HEADER_ROW, WARNING, Copy, MakeCopy, copy_of, plain

FIVE_CITIES = ("latina", "torino", "genova", "palermo", "bolzano")
ALL_FORMATS = (*FIVE_CITIES, "milano")
"""Standard workbook, xlsx, csv, xls, ods, zip of csv."""


def italian(text: str) -> str:
    """What is said in Italian; in Bolzano German stands below."""
    return text.split("\n", maxsplit=1)[0]


def number_of(copy: Copy, finding: Finding) -> int:
    assert isinstance(copy.given, Workbook)
    keys = [(sheet.file, sheet.name) for sheet in copy.given]
    return keys.index((finding.file or "", finding.sheet or ""))


# --- what was found


@pytest.mark.parametrize("city", ALL_FORMATS)
def test_each_finding_is_coloured_commented_and_linked(
    city: str, judged_sample: JudgedSample, make_copy: MakeCopy
) -> None:  # type: ignore[no-untyped-def]
    copy = make_copy(broken_in_a_few_cells(city, judged_sample(city)))
    placed = [finding for finding in copy.judgement.findings if finding.cell]
    assert len({finding.found for finding in placed} & {"dodici", "boh", "?", "-7"}) == 4
    for finding in placed:
        page = copy.sheet(number_of(copy, finding))
        spot = spot_of(finding.cell or "")
        assert spot is not None
        cell = page.cell(spot.row, spot.column)
        assert cell.fill.fgColor.rgb == ERROR
        assert cell.number_format.startswith('"✗ "')
        assert finding.message in cell.comment.text
        assert finding.action in cell.comment.text
        assert f"{quote_sheetname(page.title)}!{spot.a1}" in copy.links
        (line,) = [line for line in copy.lines if italian(line[0]) == finding.message and spot.a1 in line[2]]
        assert italian(line[1]) == finding.action
        assert line[7] == finding.rule


def test_past_columns_that_differ_are_marked_week_by_week(edition: Edition, make_copy: MakeCopy) -> None:
    def change(book: Book) -> None:
        for address, value in {"AR294": 999, "AR295": "", "AS300": "n.d."}.items():
            put(book, "Presa in carico", address, value)

    copy = make_copy(altered_sample("bologna", change), pasts=sample_past(edition, "bologna").before(W42))
    page = copy.book["Presa in carico"]
    assert {page[address].fill.fgColor.rgb for address in ("AR294", "AS300")} == {WARNING}
    assert page["AR295"].fill.fgColor.rgb == BESIDE
    told = [(line[0].partition(" (")[0], line[2], line[7]) for line in copy.lines]
    assert told == [
        (
            "La colonna della settimana 40/2023",
            "Foglio «Presa in carico», cella AR294, BO-OSS-01\nInsieme a: AR295",
            "S10",
        ),
        ("La colonna della settimana 41/2023", "Foglio «Presa in carico», cella AS300, BO-OSS-01", "S10"),
    ]


def test_cells_that_go_with_a_finding_are_marked_too(
    judged_sample: JudgedSample, make_copy: MakeCopy
) -> None:
    whole = judged_sample("taranto")
    total = next(f for f in whole.figures if (f.measure, f.breakdown) == ("new_guests", "total") and f.value)
    change = spoilt(total.places, int(total.value or 0) + 1)
    copy = make_copy(altered_sample("taranto", change))
    sums = [finding for finding in copy.judgement.findings if finding.rule == "H05"]
    assert sums
    for finding in sums:
        page = copy.sheet(number_of(copy, finding))
        (own,) = own_spots(finding)
        others = other_spots(finding)
        assert others
        for placed in others:
            cell = page.cell(placed.spot.row, placed.spot.column)
            assert cell.fill.fgColor.rgb == BESIDE
            assert own.spot.a1 in cell.comment.text
        (line,) = [line for line in copy.lines if line[0] == finding.message]
        assert isinstance(line[4], int) and isinstance(line[5], int)
        assert line[4] - line[5] == int(finding.found or 0) - int(finding.expected or 0)


def test_a_cell_of_a_csv_is_told_by_row_and_column_and_by_its_name(
    judged_sample: JudgedSample,
    make_copy: MakeCopy,
) -> None:
    copy = make_copy(broken_in_a_few_cells("genova", judged_sample("genova")), "GE_LGNET2.csv")
    finding = next(finding for finding in copy.judgement.findings if finding.found == "dodici")
    row, column = (finding.cell or "").split(":")
    spot = Spot(int(row), int(column))
    (line,) = [line for line in copy.lines if line[0] == finding.message]
    assert f"Riga {row}, colonna {column} (cella {spot.a1})" in line[2]
    assert copy.sheet(0).title == "GE_LGNET2.csv"
    assert copy.sheet(0).cell(spot.row, spot.column).value == "dodici"


def test_a_finding_about_a_sheet_leads_to_it_and_colours_its_tab(make_copy: MakeCopy) -> None:
    def change(book: Book) -> None:
        book.add_sheet("Appunti miei", [["prova", 1]])

    copy = make_copy(altered_sample("taranto", change))
    (line,) = [line for line in copy.lines if "Appunti miei" in line[0]]
    assert line[2] == "Foglio «Appunti miei»"
    assert "'Appunti miei'!A1" in copy.links
    page = copy.book["Appunti miei"]
    assert page.sheet_properties.tabColor.rgb == ERROR


def test_a_return_without_findings_says_so(make_copy: MakeCopy) -> None:
    copy = make_copy(sample("taranto").data)
    assert copy.judgement.findings == ()
    assert copy.lines[0][0] == "Nessun errore e nessun avviso."
    assert "accettata" in copy.listed["A2"].value


def test_the_list_can_be_read_and_printed(judged_sample: JudgedSample, make_copy: MakeCopy) -> None:
    copy = make_copy(broken_in_a_few_cells("latina", judged_sample("latina")))
    listed = copy.listed
    assert listed.title == "Errori"
    headings = [cell.value for cell in listed[HEADER_ROW]]
    places = ["Dove", "Alla cella"]
    assert headings == ["Che cosa non va", "Che cosa fare", *places, "Trovato", "Atteso", "Tipo", "Regola"]
    assert listed.freeze_panes == f"A{HEADER_ROW + 1}"
    assert listed.auto_filter.ref == f"A{HEADER_ROW}:H{HEADER_ROW + len(copy.lines)}"
    assert listed.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"
    assert [listed.column_dimensions[letter].width for letter in "ABC"] == [56, 48, 38]
    for row in listed.iter_rows(min_row=HEADER_ROW + 1):
        assert row[0].alignment.wrap_text
        assert row[2].alignment.wrap_text
        assert row[2].hyperlink is None, "LibreOffice shows no second line of a link"
        assert row[3].value == f"→ {row[3].hyperlink.location.rpartition('!')[2]}"
        assert not row[3].alignment.wrap_text
        assert {row[4].alignment.horizontal, row[5].alignment.horizontal} <= {None, "left"}
        assert row[6].value == "✗ Errore"
    for page in copy.book.worksheets:
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.fitToWidth == 1
        assert page.sheet_properties.pageSetUpPr.fitToPage


# --- the city's values


@pytest.mark.parametrize("city", ONE_CITY_A_LAYOUT)
def test_the_copy_holds_every_value_as_it_was(
    city: str, reader: ChildReader, judged_sample: JudgedSample
) -> None:
    given = reader.read([SourceFile(sample(city).name, sample(city).data)])
    assert isinstance(given, Workbook)
    copy = copy_of(judged_sample(city), given)
    for number, sheet in enumerate(given):
        page, values = copy.sheet(number), copy.values(number)
        for row, cells in enumerate(sheet.rows):
            for column, value in enumerate(cells):
                at = f"{sheet.name} {sheet.address(row, column)}"
                own = page.cell(row + 1, column + 1).value
                read = values[row][column] if row < len(values) and column < len(values[row]) else ""
                assert plain(own) == plain(read) == plain(value), at
                assert isinstance(own, str) == (isinstance(value, str | Formula) and value != ""), at


def test_what_the_file_hides_is_shown_and_named(make_copy: MakeCopy) -> None:
    copy = make_copy(sample("torino").data)
    assert isinstance(copy.given, Workbook)
    assert [sheet.name for sheet in copy.given if not sheet.is_visible] == ["appunti"]
    assert "Fogli nascosti nel suo file, qui visibili: «appunti»." in copy.listed["A3"].value


@pytest.mark.parametrize("city", ALL_FORMATS)
def test_nothing_in_the_copy_runs_or_hides(
    city: str, judged_sample: JudgedSample, make_copy: MakeCopy
) -> None:
    copy = make_copy(broken_in_a_few_cells(city, judged_sample(city)))
    assert not [
        name for name in copy.parts if re.search(r"externalLink|vba|macro|embed|ctrlProp|\.bin$", name)
    ]
    sheets = [part for name, part in copy.parts.items() if re.search(r"worksheets/sheet\d+\.xml$", name)]
    assert len(sheets) == len(copy.book.sheetnames)
    for part in sheets:
        assert b"<f>" not in part and b"<f " not in part
        assert b"hidden=" not in part
    for name, part in copy.parts.items():
        if name.endswith(".rels"):
            assert b'TargetMode="External"' not in part, name
    assert {page.sheet_state for page in copy.book.worksheets} == {"visible"}
    assert all(
        cell.data_type != "f" for page in copy.book.worksheets for row in page.iter_rows() for cell in row
    )
    assert all(meta.visible == SheetVisibleEnum.Visible for meta in copy.calamine.sheets_metadata)


# --- hostile texts


HOSTILE = (
    "=1+cmd",
    '＝HYPERLINK("http://example.org")',
    "@SUM(A1:A9)",
    "\t=1+1",
    "#REF!",
    "+SUM(A1)",
)


@pytest.mark.parametrize("city", ["taranto", "milano"])
def test_a_text_that_could_run_is_a_text_with_an_apostrophe(
    city: str,
    judged_sample: JudgedSample,
    make_copy: MakeCopy,
) -> None:
    cells = figure_cells(judged_sample(city))[: len(HOSTILE)]
    copy = make_copy(altered_sample(city, spoilt(cells, *HOSTILE)))
    assert isinstance(copy.given, Workbook)
    keys = [sheet.name for sheet in copy.given]
    for place, text in zip(cells, HOSTILE, strict=True):
        spot = spot_of(place.cell or "")
        assert spot is not None
        cell = copy.sheet(keys.index(place.sheet or "")).cell(spot.row, spot.column)
        assert cell.data_type == "s"
        assert cell.value == (text if text == "#REF!" else f"'{text}")
    found = [line[4] for line in copy.lines if isinstance(line[4], str)]
    assert any(text.startswith("'=1+cmd") for text in found)
    assert not [text for text in found if text.startswith(("=", "@", "+", "\t", "＝"))]


def test_texts_that_no_xml_may_hold_do_not_stop_the_copy(judged_sample: JudgedSample) -> None:
    rows = (
        ["a\x00b\x1f", "\ud800", "x" * 40_000, float("nan")],
        [Formula(), Instant("12:30:00"), True, 1e300],
    )
    given = Workbook("xlsx", (Sheet("f", "=A1/[x]:*?", rows), Sheet("f", "=a1_[X]_*?", rows)))
    copy = copy_of(judged_sample("taranto"), given)
    page = copy.sheet(0)
    assert [page["A1"].value, page["B1"].value, page["D1"].value] == ["a�b�", "�", "nan"]
    assert len(page["C1"].value) == 32_767
    assert [page["A2"].value, page["B2"].value, page["C2"].value] == [
        "(formula senza risultato)",
        "12:30:00",
        True,
    ]
    assert len({name.casefold() for name in copy.book.sheetnames}) == 3


def test_sheets_are_named_as_spreadsheets_allow() -> None:
    names = ["Errori", "errori", "History", "a/b:c", "a_b_c", "x" * 40, "x" * 41, "'quoted'", ""]
    titles = list(sheet_titles([ShownSheet("f.csv", name, ()) for name in names], "Errori").values())
    assert titles == [
        "Errori (2)",
        "errori (3)",
        "History (2)",
        "a_b_c",
        "a_b_c (2)",
        "x" * 31,
        "x" * 27 + " (2)",
        "_quoted_",
        "f.csv",
    ]


# --- what is not copied


def test_a_file_that_cannot_be_opened_gives_the_list_alone(make_copy: MakeCopy) -> None:
    copy = make_copy(sample("torino").data[:2000], "scheda.xlsx")
    assert copy.book.sheetnames == ["Errori"]
    assert "non si apre" in copy.listed["A3"].value
    assert copy.lines[0][7] == "H00"
    assert copy.links == set()


def test_a_file_with_personal_data_gives_their_places_and_nothing_of_itself(make_copy: MakeCopy) -> None:
    secret = "RSSMRA80A01H501U"
    data = altered_sample("taranto", lambda book: put(book, "2 Housing", "C7", secret))
    copy = make_copy(data, f"{secret}.xlsx")
    assert copy.judgement.is_withheld
    assert copy.book.sheetnames == ["Errori"]
    assert {line[7] for line in copy.lines} == {"H04"}
    assert any("codice fiscale" in line[0] and "C7" in line[2] for line in copy.lines)
    assert not [name for name, part in copy.parts.items() if secret.encode() in part]
    assert not [name for name, part in copy.parts.items() if b"TA-ACC-01" in part]


def test_bolzano_reads_each_finding_in_german_too(make_copy: MakeCopy, judged_sample: JudgedSample) -> None:
    copy = make_copy(broken_in_a_few_cells("bolzano", judged_sample("bolzano")))
    said = [line[0] for line in copy.lines]
    assert said and all("\n" in message for message in said)


def test_what_stands_around_the_findings_is_in_the_languages_of_the_city(
    make_copy: MakeCopy, judged_sample: JudgedSample
) -> None:
    bolzano, torino = (make_copy(broken_in_a_few_cells(c, judged_sample(c))) for c in ("bolzano", "torino"))
    assert bolzano.listed["A3"].value.splitlines()[1].startswith("Bitte berichtigen Sie")
    assert bolzano.listed["A5"].value == "Che cosa non va / Was nicht stimmt"
    assert {line[6] for line in bolzano.lines} == {"✗ Errore / Fehler"}
    assert torino.listed["A5"].value == "Che cosa non va"
    assert "Bitte" not in torino.listed["A3"].value


def test_what_is_waived_counts_as_a_warning_and_says_why(
    make_copy: MakeCopy, judged_sample: JudgedSample
) -> None:
    broken = make_copy(broken_in_a_few_cells("taranto", judged_sample("taranto")))
    waived = tuple(
        finding.model_copy(update={"disposition": "waived", "note": "emergenza"})
        for finding in broken.judgement.findings
    )
    judgement = dataclasses.replace(broken.judgement, findings=waived, status="accepted_with_warnings")
    copy = copy_of(judgement, broken.given)
    assert all("In deroga, conta come avviso: emergenza" in line[0] for line in copy.lines)
    assert "per ogni avviso è scritto perché può restare così" in copy.listed["A3"].value
    assert {line[6] for line in copy.lines} == {line[6] for line in copy.lines if "Avviso" in line[6]}


def test_sheets_too_large_for_a_person_give_the_list_alone(judged_sample: JudgedSample) -> None:
    rows = ([1.0] * 1000,) * 300
    copy = copy_of(judged_sample("taranto"), Workbook("xlsx", (Sheet("f", "Dati", rows),)))
    assert copy.book.sheetnames == ["Errori"]
    assert "troppo grandi" in copy.listed["A3"].value


# --- the file in which every cell is wrong


@pytest.mark.parametrize("city", ["taranto", "torino", "roma"])
def test_a_file_in_which_every_cell_is_wrong_comes_back_small_and_soon(
    city: str,
    judged_sample: JudgedSample,
    make_copy: MakeCopy,
    contract: Contract,
) -> None:
    data = broken_everywhere(city, judged_sample(city))
    copy = make_copy(data)
    findings = copy.judgement.findings
    assert len(findings) >= len(figure_cells(judged_sample(city)))
    began = time.process_time()
    packed = annotated_bytes("scheda", copy.judgement, copy.given, "", contract.edition)
    assert time.process_time() - began < 3
    assert len(packed) < 2_000_000
    assert len(copy.lines) == len(lines_of(findings)) <= MOST_LINES
    commented = 0
    for finding in findings:
        spot = spot_of(finding.cell or "")
        if spot is not None:
            cell = copy.sheet(number_of(copy, finding)).cell(spot.row, spot.column)
            assert cell.fill.fgColor.rgb == ERROR
            commented += cell.comment is not None
    assert commented >= min(len(findings), MOST_COMMENTS)
