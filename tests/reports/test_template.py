"""The blank workbook as it opens: what can be changed, and to what; what is said in two languages."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.templating import template_for
from reports.neutral import could_run
from reports.template import template_workbook
from reports.template.wording import words
from schemas.contract import LANGUAGES, Edition
from schemas.weeks import IsoWeek
from tests.making.cell_checks import check_of, takes
from tests.making.samples import RETURNS, STANDARD_CITIES
from tests.making.template_filling import COVER, LEGEND, input_cells, open_cells

W42 = IsoWeek(2023, 42)
Blank = Callable[[str], Workbook]


@pytest.fixture(scope="module")
def blank(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Blank:
    """A city's blank workbook of 2023-W42, with nothing known from the week before."""
    home = Home(tmp_path_factory.mktemp("blank") / "home")

    @cache
    def write(city: str) -> Workbook:
        content = template_for(home, contract, city, W42).content
        return load_workbook(io.BytesIO(template_workbook(content)))

    return write


def data_sheets(book: Workbook) -> list[Worksheet]:
    return [page for page in book.worksheets if page.title not in (COVER, LEGEND)]


def texts(page: Worksheet) -> list[str]:
    return [cell.value for cells in page.iter_rows() for cell in cells if isinstance(cell.value, str)]


def test_its_figures_stand_where_the_blank_form_given_out_has_them(blank: Blank) -> None:
    for city in STANDARD_CITIES:
        given, ours = load_workbook(RETURNS / "blank" / f"{city}.xlsx"), blank(city)
        assert ours.sheetnames == given.sheetnames
        for page in data_sheets(given):
            for cells in page.iter_rows(min_row=4):
                for cell in cells:
                    same = ours[page.title][cell.coordinate]
                    if cell.column_letter == "C" and cell.value != same.value:
                        assert same.value.startswith(f"{cell.value} (")  # which of the lists is meant
                    else:
                        assert same.value == cell.value, (city, page.title, cell.coordinate)
        labels = [cells[0].value for cells in given[COVER].iter_rows(min_row=3)]
        assert [ours[COVER].cell(3 + n, 1).value for n in range(len(labels))] == labels


@pytest.mark.parametrize("city", ["caserta", "potenza", "roma", "bolzano"])
def test_every_figure_of_the_contract_has_one_open_cell_and_nothing_else_is_open(
    city: str, blank: Blank, edition: Edition
) -> None:
    book = blank(city)
    kinds = {point.code: point.kind for point in edition.roster(city, W42)} | {"Comune": "city"}
    codes = [
        (entry.service_point, entry.page.cell(entry.cell.row, 1).value)
        for page in data_sheets(book)
        for entry in input_cells(page)
    ]
    assert len(codes) == len(set(codes))
    assert set(codes) == {
        (point, item)
        for point, kind in kinds.items()
        for item in edition.items
        if edition.measures_by_code[item.split("|")[0]].service_kind == kind
    }
    assert open_cells(book[LEGEND]) == []
    assert book.security.lockStructure
    assert not any(page.protection.password for page in book.worksheets)


def test_a_measure_that_a_service_point_lacks_is_grey_empty_and_locked(blank: Blank) -> None:
    page = blank("caserta")["1 Presa in carico"]
    visits = next(cells[0].row for cells in page.iter_rows() if cells[0].value == "desk_visits|total|")
    lacking, having = page.cell(visits, 4), page.cell(visits, 5)
    assert (lacking.value, lacking.protection.locked, lacking.fill.fgColor.rgb) == (None, True, "FFBFBFBF")
    assert (having.protection.locked, having.fill.fgColor.rgb) == (False, "FFFFFBE0")


@pytest.mark.parametrize("city", ["caserta", "bolzano"])
def test_a_cell_takes_figures_of_its_measure_and_the_two_tokens(
    city: str, blank: Blank, edition: Edition
) -> None:
    confined = {
        f"{measure.code}|legal_status|IRR"
        for measure in edition.measures
        if measure.code not in ("outreach_contacts", "desk_new_persons")
    }
    for page in data_sheets(blank(city)):
        for entry in input_cells(page):
            check, code = check_of(page, entry.cell.coordinate), page.cell(entry.cell.row, 1).value
            decimals = edition.measures_by_code[code.split("|")[0]].decimals
            figures = {7: 0, 7.5: 1, 7.25: 2, 7.125: 3}
            taken = {number for number, needed in figures.items() if needed <= decimals}
            expected = {0, "n.d.", "N.A.", None} | (set() if code in confined else taken)
            typed = (None, 0, *figures, -1, "n.d.", "N.A.", "nd", "circa 7", "7", True)
            assert [value for value in typed if takes(check, value)] == [
                value for value in typed if value in expected
            ], (page.title, entry.cell.coordinate)
            assert ("(regola H09)" in check.error) == (code in confined)
            assert ((check.promptTitle, check.prompt) == ("H09", check.error)) == (code in confined)


def test_the_version_is_a_whole_number_from_one_up(blank: Blank) -> None:
    cover = blank("caserta")[COVER]
    (version,) = (cells[1] for cells in cover.iter_rows() if cells[0].value == "Versione")
    check = check_of(cover, version.coordinate)
    assert [value for value in (0, 1, 2, 1.5, -1, "due") if takes(check, value)] == [1, 2]


def test_a_nil_is_chosen_from_the_areas_and_open_services(blank: Blank, edition: Edition) -> None:
    book = blank("potenza")
    header = next(cells[0].row for cells in book[COVER].iter_rows() if cells[0].value == "Area o servizio")
    choices = check_of(book[COVER], f"A{header + 1}")
    assert choices.type == "list"
    sheet, _, cells = choices.formula1.partition("!")
    offered = [cell[0].value for cell in book[sheet.strip("'")][cells.replace("$", "")]]
    assert offered == [
        *("Presa in carico", "Housing", "Impegno civico", "Coordinamento"),
        *(point.code for point in edition.roster("potenza", W42)),
    ]
    nil_cells = [cell for cell in open_cells(book[COVER]) if cell.row > header]
    assert len(nil_cells) == 2 * len(offered)


def test_it_can_be_read_and_printed(blank: Blank) -> None:
    for page in data_sheets(blank("roma")):
        assert page.column_dimensions["A"].hidden
        assert page.freeze_panes == "D6"
        assert (page.print_title_rows, page.page_setup.orientation) == ("$3:$5", "landscape")
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert "2023-W42" in page.oddFooter.left.text
        wide = {get_column_letter(n): 18 for n in range(4, page.max_column + 1)} | {"B": 44, "C": 42}
        assert {letter: page.column_dimensions[letter].width for letter in wide} == wide


def test_bolzano_reads_german_beside_italian_and_nobody_else_does(blank: Blank, edition: Edition) -> None:
    german = "\n".join(text for page in blank("bolzano").worksheets for text in texts(page))
    italian = "\n".join(text for page in blank("caserta").worksheets for text in texts(page))
    for entry in (*edition.measures, *(c for one in edition.code_lists for c in one.categories)):
        if entry.label_de != entry.label_it:
            assert f"{entry.label_it} / {entry.label_de}" in german or f" / {entry.label_de} (" in german
            assert f" / {entry.label_de}" not in italian
    for rule in edition.rules:
        if rule.check is not None:
            assert f"{rule.statement_it}\n{rule.statement_de}" in german
            assert rule.statement_it in italian and rule.statement_de not in italian
    (title,) = (cell.value for cell in blank("bolzano")[COVER]["C"][2:3])
    assert title == "Ausgabe"


def test_two_categories_of_a_measure_never_read_alike_in_any_language(blank: Blank) -> None:
    """In Italian «Non rilevato» (sex) is not «Non rilevata» (age), in German both are «Nicht erhoben»."""
    for page in data_sheets(blank("bolzano")):
        for language in (0, 1):
            rows = [
                tuple(text.split(" / ")[min(language, text.count(" / "))] for text in (row[1], row[2]))
                for row in page.iter_rows(min_row=6, max_col=3, values_only=True)
            ]
            assert len(rows) == len(set(rows)), page.title


def test_the_legend_tells_every_rule_in_force_and_every_list(blank: Blank, edition: Edition) -> None:
    rows = [tuple(cell.value for cell in cells) for cells in blank("caserta")[LEGEND].iter_rows()]
    rules = {row[0][:3]: row[1] for row in rows if row[0] and re.fullmatch(r"[HS]\d\d \(.*\)", row[0])}
    assert rules == {rule.id: rule.statement_it for rule in edition.rules if rule.check is not None}
    listed = {(row[1], row[2]) for row in rows}
    assert {(c.code, c.label_it) for one in edition.code_lists for c in one.categories} <= listed


def test_nothing_in_it_runs_or_tells_who_wrote_it_when(blank: Blank) -> None:
    book = blank("bolzano")
    assert not any(could_run(text) for page in book.worksheets for text in texts(page))
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    properties = book.properties
    assert (properties.creator, properties.lastModifiedBy) == ("regia", None)
    assert {properties.created.date(), properties.modified.date()} == {W42.sunday}


def test_the_same_content_is_the_same_file(contract: Contract, home: Home) -> None:
    content = template_for(home, contract, "bolzano", W42).content
    written = template_workbook(content)
    assert written == template_workbook(content)
    with zipfile.ZipFile(io.BytesIO(written)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_hints_and_refusals_fit_into_what_a_spreadsheet_shows(blank: Blank) -> None:
    for page in blank("bolzano").worksheets:
        for check in page.data_validations.dataValidation:
            assert len(check.errorTitle) <= 32
            assert len(check.promptTitle or "") <= 32
            assert len(check.error) <= 225
            assert len(check.prompt or "") <= 255
            assert "\n" in check.error  # in both languages


def test_the_frame_is_said_in_every_language() -> None:
    for language in LANGUAGES:
        assert words(language).cells.whole.format(not_available="n.d.", not_applicable="n.a.")
        assert words(language).how.nil.format(cover="Copertina")
