"""A drafted layout places a file's cells, marks what is doubtful, and is refused until it is confirmed."""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from pipelines.judging.context import Contract
from pipelines.judging.contract import load_contract
from schemas.editions import EditionFolders
from schemas.tables import ContractError, read_document, read_table
from schemas.weeks import IsoWeek
from sources.cells import Workbook
from sources.layouts.model import Layout, Word
from sources.layouts.suggesting.assigning import assign, best_pairs
from sources.layouts.suggesting.cover import week_stated
from sources.layouts.suggesting.drafting import Draft, NoShapeError, draft_layout
from sources.layouts.suggesting.knowledge import Knowledge
from sources.layouts.suggesting.likeness import Lexicon
from sources.layouts.suggesting.writing import layout_text, words_text
from sources.reading.reader import ChildReader, SourceFile
from tests.bench.suggest import TARGET, Score, draft_without_own, score
from tests.conftest import W42
from tests.making.editions import MINIMAL, copy_built_in, line_number
from tests.making.minimal import MINIMAL_RETURNS
from tests.making.samples import ONE_CITY_A_LAYOUT, sample

Opened = Callable[[str], Workbook]


@pytest.fixture(scope="module")
def opened(reader: ChildReader) -> Opened:
    def read(city: str) -> Workbook:
        given = sample(city)
        workbook = reader.read([SourceFile(given.name, given.data)])
        assert isinstance(workbook, Workbook)
        return workbook

    return read


@pytest.fixture(scope="module")
def draft(contract: Contract, opened: Opened) -> Draft:
    """For Torino: five columns a service point, blocks for each breakdown."""
    return draft_without_own(opened("torino"), contract.layouts, contract.edition, "torino")


def scored(city: str, contract: Contract, workbook: Workbook, *, only_contract: bool = False) -> Score:
    return score(workbook, contract.layouts, contract.edition, city, only_contract=only_contract)


@pytest.mark.parametrize("city", ["firenze", "palermo", "perugia"])
def test_a_file_never_seen_is_placed_cell_by_cell(city: str, contract: Contract, opened: Opened) -> None:
    """A sheet for each service point; a row for each; measures and categories in one heading."""
    found = scored(city, contract, opened(city))
    assert (found.right, found.wrong_marked, found.wrong_silent, found.unplaced) == (found.cells, 0, 0, 0)
    assert found.cells > 500


@pytest.mark.parametrize(
    ("city", "asked_about"), [("borgo_alto", 2), ("ponte_vecchio", 1), ("valle_chiara", 0)]
)
def test_another_edition_is_drafted_for_as_well(city: str, asked_about: int, reader: ChildReader) -> None:
    """`?` and `x` for no figure, and `1.250`, are asked about; all the rest is placed."""
    minimal = load_contract(EditionFolders(MINIMAL / "sources", MINIMAL / "schemas"))
    workbook = reader.read([SourceFile("invio", MINIMAL_RETURNS[city]())])
    assert isinstance(workbook, Workbook)
    week = week_stated(workbook)
    assert week == IsoWeek(2025, 10)
    found = score(workbook, minimal.layouts, minimal.edition, city, week)
    assert (found.right, found.wrong_marked, found.wrong_silent) == (found.cells - asked_about, 0, 0)
    assert found.unplaced == asked_about


@pytest.mark.long
@pytest.mark.parametrize("only_contract", [False, True], ids=["other-cities-known", "contract-alone"])
def test_nothing_is_placed_wrongly_without_a_mark_in_any_city(
    only_contract: bool, contract: Contract, opened: Opened
) -> None:
    found = [scored(c, contract, opened(c), only_contract=only_contract) for c in ONE_CITY_A_LAYOUT]
    assert statistics.median(one.share for one in found) >= TARGET
    assert {one.city: one.wrong_silent for one in found if one.wrong_silent} == {}


@pytest.mark.long
@pytest.mark.parametrize(("city", "above"), [("bolzano", 4), ("trieste", 3), ("bologna", 3)])
def test_rows_in_no_order_place_nothing_wrongly_without_a_mark(
    city: str, above: int, contract: Contract, opened: Opened
) -> None:
    given = opened(city)
    found = scored(
        city, contract, dataclasses.replace(given, sheets=(given.sheets[0], *_mixed(given, above)))
    )
    assert found.share >= TARGET
    assert found.wrong_silent == 0


def _mixed(workbook: Workbook, above: int) -> list[object]:
    sheets = []
    for sheet in workbook.sheets[1:]:
        rows = [row for row in sheet.rows[above:] if any(value != "" for value in row)]
        Random(3).shuffle(rows)
        sheets.append(dataclasses.replace(sheet, rows=(*sheet.rows[:above], *rows)))
    return sheets


def test_what_no_other_city_says_so_is_to_be_confirmed(draft: Draft) -> None:
    doubtful = {word.label for word in draft.words if word.to_confirm}
    sure = {word.label for word in draft.words if not word.to_confirm}
    assert "Dimissioni" in doubtful  # guests_out, which others call Uscite
    assert {"Contatti in strada", "Protezione", "ucraina", "di cui F"} & sure == {
        "Contatti in strada", "ucraina", "di cui F",
    }  # fmt: skip
    assert any("appunti" in note for note in draft.layout.to_confirm)


def test_a_draft_is_written_as_a_layout_file_that_says_the_same(draft: Draft, tmp_path: Path) -> None:
    layout, words = tmp_path / "2023-W42.yaml", tmp_path / "2023-W42.words.csv"
    layout.write_text(layout_text(draft.layout, "Bozza\nda controllare"), encoding="utf-8")
    words.write_text(words_text(draft.words), encoding="utf-8")
    assert read_document(layout, Layout) == draft.layout
    assert set(read_table(words, Word)) == set(draft.words)
    assert layout.read_text(encoding="utf-8").startswith("# Bozza\n# da controllare\nlayout: torino\n")


def test_a_draft_is_refused_until_all_of_it_is_confirmed(draft: Draft, tmp_path: Path) -> None:
    folders = copy_built_in(tmp_path)
    layout = folders.sources / "layouts" / "torino" / "2023-W42.yaml"
    words = layout.with_name("2023-W42.words.csv")
    words.write_text(words_text(draft.words), encoding="utf-8")
    layout.write_text(layout_text(draft.layout, "Bozza"), encoding="utf-8")
    with pytest.raises(ContractError, match="draft") as unconfirmed:
        _ = load_contract(folders).layouts
    assert (unconfirmed.value.path, unconfirmed.value.line) == (layout, line_number(layout, "to_confirm"))

    confirmed = draft.layout.model_copy(update={"to_confirm": ()})
    layout.write_text(layout_text(confirmed, "Confermato"), encoding="utf-8")
    with pytest.raises(ContractError, match="to be confirmed") as doubtful:
        _ = load_contract(folders).layouts
    assert (doubtful.value.path, doubtful.value.line) == (words, line_number(words, ",true"))

    certain = tuple(word.model_copy(update={"to_confirm": False}) for word in draft.words)
    words.write_text(words_text(certain), encoding="utf-8")
    assert any(known.name == "torino.2023-W42" for known in load_contract(folders).layouts.layouts)


def test_a_file_without_a_table_of_figures_has_no_shape(contract: Contract, opened: Opened) -> None:
    given = opened("torino")
    cover = dataclasses.replace(given, sheets=given.sheets[:1])
    with pytest.raises(NoShapeError):
        draft_layout(cover, Knowledge.gather(contract.edition, ()), "torino", W42)


@pytest.mark.parametrize("city", ["genova", "napoli", "milano", "perugia"])
def test_the_week_is_read_from_a_monday_and_its_sunday(city: str, opened: Opened) -> None:
    assert week_stated(opened(city)) == W42


def test_the_best_pairs_are_those_of_all_that_can_be_made() -> None:
    random = Random(1)
    for rows, columns in ((3, 3), (2, 4), (4, 2), (5, 5)):
        scores = [[random.random() for _ in range(columns)] for _ in range(rows)]
        found = sum(scores[i][j] for i, j in best_pairs(scores))
        if rows <= columns:
            every = itertools.permutations(range(columns), rows)
            best = max(sum(scores[i][j] for i, j in enumerate(way)) for way in every)
        else:
            every = itertools.permutations(range(rows), columns)
            best = max(sum(scores[i][j] for j, i in enumerate(way)) for way in every)
        assert found == pytest.approx(best)


def test_labels_that_two_codes_are_like_are_not_sure() -> None:
    lexicon = Lexicon.of({"in": ["Ingressi"], "out": ["Uscite"], "new": ["Nuovi ospiti"]})
    sure = {
        m.label: m.is_sure for m in assign(["Uscite", "Movimenti"], ["in", "out", "new"], lexicon.likeness)
    }
    assert sure == {"Uscite": True, "Movimenti": False}


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("osp. ini. sett.", "guests_start"),
        ("Ospiti lunedì / Gäste zu Beginn", "guests_start"),
        ("nt occ", "nights_occupied"),
        ("Notte occupata", "nights_occupied"),
    ],
)
def test_shortened_and_bilingual_labels_are_like_what_they_stand_for(
    label: str, code: str, contract: Contract
) -> None:
    knowledge = Knowledge.gather(contract.edition, ())
    housing = knowledge.measures.limited(knowledge.measures_of_kind["housing"])
    assert max(housing.phrases, key=lambda one: housing.likeness(label, one)) == code
    assert housing.likeness(label, code) > 0.3


def test_a_contracted_word_is_like_the_word() -> None:
    lexicon = Lexicon.of({"nights": ["Notti"], "beds": ["Posti"]})
    assert lexicon.likeness("nt", "nights") > lexicon.likeness("nt", "beds") == 0
