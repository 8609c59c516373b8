"""Layout files: whole, strict, dated, with a word for everything that the contract counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.judging.context import Contract
from pipelines.judging.contract import load_contract
from schemas.contract import Edition
from schemas.editions import EditionFolders
from schemas.tables import ContractError, read_table
from schemas.weeks import IsoWeek
from sources.layouts.library import LayoutLibrary
from sources.layouts.model import Layout, Word
from tests.conftest import BUILT_IN
from tests.making.editions import alter, append, copy_built_in, line_number
from tests.making.samples import OWN_LAYOUT_CITIES, STANDARD_CITIES


@pytest.fixture
def folders(tmp_path: Path) -> EditionFolders:
    return copy_built_in(tmp_path)


def layout_file(folders: EditionFolders, city: str, suffix: str = ".yaml") -> Path:
    return folders.sources / "layouts" / city / f"2023-W01{suffix}"


def mistake(folders: EditionFolders) -> ContractError:
    with pytest.raises(ContractError) as caught:
        _ = load_contract(folders).layouts
    return caught.value


def words_of(city: str) -> tuple[Word, ...]:
    return read_table(layout_file(BUILT_IN, city, ".words.csv"), Word)


@pytest.mark.parametrize("city", OWN_LAYOUT_CITIES)
def test_a_city_has_a_word_for_every_measure(city: str, edition: Edition) -> None:
    spoken = {(word.list, word.code) for word in words_of(city) if word.what == "measure"}
    assert spoken == {(measure.service_kind, measure.code) for measure in edition.measures}


@pytest.mark.parametrize("city", OWN_LAYOUT_CITIES)
def test_a_city_has_a_word_for_every_breakdown_and_category(city: str, edition: Edition) -> None:
    words = words_of(city)
    spoken = {(word.list, word.code) for word in words if word.what == "category"}
    assert spoken == {(c.list, c.code) for code_list in edition.code_lists for c in code_list.categories}
    assert {word.code for word in words if word.what == "breakdown"} >= {
        b for m in edition.measures for b in m.breakdowns
    }


@pytest.mark.parametrize("city", OWN_LAYOUT_CITIES)
def test_every_figure_of_the_contract_can_be_said_in_a_citys_words(city: str, contract: Contract) -> None:
    (known,) = (k for k in contract.layouts.layouts if k.layout.layout == city)
    words = words_of(city)
    measures = {(w.list, w.code): w.label for w in words if w.what == "measure"}
    breakdowns = {w.code: w.label for w in words if w.what == "breakdown"}
    categories = {(w.list, w.code): w.label for w in words if w.what == "category"}
    names_breakdown = any("(?P<breakdown>" in str(table) for table in known.layout.tables.values())
    for measure in contract.edition.measures:
        label = measures[measure.service_kind, measure.code]
        for breakdown in measure.breakdowns:
            for code in contract.edition.code_lists_by_code[breakdown].codes:
                said = breakdowns[breakdown] if names_breakdown else ""
                item = known.words.item(measure.service_kind, label, said, categories[breakdown, code])
                assert (item.measure, item.breakdown, item.category) == (measure.code, breakdown, code)  # type: ignore[union-attr]


def test_every_city_has_a_layout_for_every_week_of_the_edition(contract: Contract) -> None:
    layouts: LayoutLibrary = contract.layouts
    for week in contract.edition.weeks:
        own = {known.layout.city for known in layouts.valid_in(week) if known.layout.city}
        shared = {use.city for use in layouts.in_use if use.valid_from <= week}
        assert own | shared == set(contract.edition.city_slugs)
    assert {use.city for use in layouts.in_use} == set(STANDARD_CITIES)
    assert {known.layout.city for known in layouts.layouts} == {*OWN_LAYOUT_CITIES, None}


def test_no_fingerprint_is_part_of_another(contract: Contract) -> None:
    for one in contract.layouts.layouts:
        for other in contract.layouts.layouts:
            if one is not other and set(one.layout.formats) & set(other.layout.formats):
                assert not set(one.layout.fingerprint.texts) <= set(other.layout.fingerprint.texts)


@pytest.mark.parametrize(
    ("city", "old", "new", "at", "words"),
    [
        ("taranto", "uses: standard", "uses: standrad", "uses", "'standrad'"),
        ("taranto", "city: taranto", "city: tarranto", "city", "'tarranto'"),
        ("torino", "city: torino", "city: turino", "city", "'turino'"),
        ("torino", "layout: torino", "layout: turin", "layout: turin", "another name"),
        ("torino", 'valid_from: "2023-W01"', 'valid_from: "2023-W02"', "valid_from", "another week"),
        ("torino", 'valid_from: "2023-W01"', "valid_from: 2023", "valid_from", "valid_from"),
        ("torino", "    optional: true", "    optionall: true", "optionall", "optionall"),
        ("torino", "      fill_right: [-1]", "      fill_rigth: [-1]", "fill_rigth", "fill_rigth"),
        ("torino", "    table: frontespizio", "    table: frontespizo", None, "'frontespizo'"),
        ("torino", '{A: Ente, B: "(?P<entity>.*)"}', '{A: Ente, B: "(?P<entiti>.*)"}', "entiti", "entiti"),
        (
            "torino",
            '{A: Ente, B: "(?P<entity>.*)"}',
            '{A: Ente, B: "(?P<entity>.*"}',
            "Ente, B",
            "not a pattern",
        ),
        ("genova", "nil_areas: {PIC: pic,", "nil_areas: {PIC: pix,", "nil_areas", "'pix'"),
        ("bologna", "    area: hou", "    area: huo", "area: huo", "'huo'"),
        ("palermo", "not_available: [nd]", "not_available: [NO]", "tokens", "string"),
        ("palermo", 'Attivo: "NO"', "Attivo: NO", "Attivo: NO", "string"),
        ("firenze", "formats: [xlsx]", "formats: [xslx]", "formats", "xlsx"),
        ("milano", "tokens: alone", "tokens: some", "combine", "alone"),
    ],
)
def test_a_mistake_in_a_layout_is_told_by_its_line(
    city: str, old: str, new: str, at: str | None, words: str, folders: EditionFolders
) -> None:
    path = layout_file(folders, city)
    alter(path, old, new)
    error = mistake(folders)
    assert error.path == path
    assert words in str(error)
    assert error.remedy
    if at is not None:
        assert error.line == line_number(path, at)


def test_a_layout_that_does_not_state_what_every_return_states_is_refused(folders: EditionFolders) -> None:
    alter(
        layout_file(folders, "firenze"),
        '      - {when: {A: Versione n., B: "(?P<version>.*)"}, facts: true}\n',
        "",
    )
    assert "version" in mistake(folders).problem


@pytest.mark.parametrize(
    ("line", "words", "remedy"),
    [
        ("measure,housing,beds_activ,Posti letto", "'beds_activ'", "'beds_active'"),
        ("measure,housin,beds_active,Posti letto", "'housin'", "'housing'"),
        ("category,sex,Q,Altro ancora", "'Q'", "Known are"),
        ("category,sexo,F,Donna", "'sexo'", "'sex'"),
        ("breakdown,,sexo,per sesso", "'sexo'", "'sex'"),
        ("category,sex,M,di cui F", "already means 'F'", "differ"),
        ("words,sex,M,Uomo", "'words'", "Correct"),
        ("measure,housing,beds_active", "4 cells", "commas"),
    ],
)
def test_a_wrong_word_is_told_by_its_line(
    line: str, words: str, remedy: str, folders: EditionFolders
) -> None:
    path = layout_file(folders, "torino", ".words.csv")
    if "di cui F" in line:
        append(path, "category,sex,F,di cui F")
    append(path, line)
    error = mistake(folders)
    assert (error.path, error.line) == (path, len(path.read_text(encoding="utf-8").splitlines()))
    assert words in error.problem
    assert remedy in error.remedy


def test_a_words_table_that_lacks_a_category_is_refused(folders: EditionFolders) -> None:
    path = layout_file(folders, "torino", ".words.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "category,sex,X," not in line), encoding="utf-8")
    mistake(folders)


def test_an_edition_without_layouts_is_refused(folders: EditionFolders) -> None:
    for path in (folders.sources / "layouts").rglob("*.yaml"):
        path.unlink()
    assert "no layout" in mistake(folders).problem


def test_a_layout_is_valid_in_its_weeks(contract: Contract) -> None:
    known = contract.layouts.layouts[0]
    dated = type(known)(
        known.layout.model_copy(update={"valid_from": IsoWeek(2023, 10), "valid_to": IsoWeek(2023, 20)}),
        known.words,
    )
    assert [dated.is_valid_in(IsoWeek(2023, n)) for n in (9, 10, 20, 21)] == [False, True, True, False]
    assert dated.name == f"{known.layout.layout}.2023-W10"


def test_a_table_is_either_read_or_ignored_and_used(contract: Contract) -> None:
    known = next(k for k in contract.layouts.layouts if k.layout.layout == "standard")
    entries = known.layout.model_dump()
    with pytest.raises(ValueError, match="no sheet is read by table"):
        Layout.model_validate({**entries, "sheets": entries["sheets"][:1]})


def test_columns_of_other_weeks_are_single_cells(contract: Contract) -> None:
    known = next(k for k in contract.layouts.layouts if k.layout.layout == "bologna")
    parts = {"over": "parts", "stocks": "sum", "tokens": "any"}
    with pytest.raises(ValueError, match="compared cell by cell"):
        Layout.model_validate({**known.layout.model_dump(), "combine": parts})


@pytest.mark.parametrize(
    ("layout", "figure", "name"),
    [
        ("genova", ("outreach_contacts", "total", ""), "UM-03"),
        ("genova", ("outreach_contacts", "sex", "X"), "UM-03, A"),
        ("bolzano", ("beds_active", "total", ""), "Posti letto / Betten"),
        ("bolzano", ("guests_in", "total", ""), ""),
        ("perugia", ("cases_opened", "vulnerability", "PSI"), "pic_ap, psi"),
        ("standard", ("beds_active", "total", ""), ""),
        ("standard", ("guests_end", "sex", "F"), ""),
    ],
)
def test_a_figure_has_the_name_that_the_citys_file_has_for_it(
    layout: str, figure: tuple[str, str, str], name: str, contract: Contract
) -> None:
    known = next(known for known in contract.layouts.layouts if known.layout.layout == layout)
    assert known.own_name(contract.edition, *figure) == name


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("      Voce: Posten\n", "", "no word for 'Voce'"),
        ("  de:\n    title:", "  en:\n    title:", "no template texts in 'de'"),
        ("      - {head: Dettaglio, label: true}\n", "", "three columns: code, measure, category"),
        ("      - {when: {A: Modello, B:", '      - {when: {A: "Modell.", B:', "is not one text alone"),
        ("{A: Settimana, B: '", "{A: Settimana, B: '.*", "leaves open more than it captures"),
        ('when: {A: Versione, B: "', 'when: {A: Versione, B: "(?P<data_rows>.*)', "be known beforehand"),
        ("    optional: true\n", "  - {names: [Note], ignore: note}\n", "must be left to explain the others"),
        ("    title: \"Scheda settimanale {edition}, modello {model}\"\n", "", "title"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_written_is_told_when_it_is_loaded(
    old: str, new: str, told: str, folders: EditionFolders
) -> None:
    path = layout_file(folders, "standard")
    alter(path, old, new)
    error = mistake(folders)
    assert error.path == path
    assert error.line is not None
    assert told in str(error)
