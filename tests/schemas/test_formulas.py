"""Formulas of indicators: what each means, and what is told of one that means nothing."""

from __future__ import annotations

import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from schemas.contract import Indicator
from schemas.editions import PROJECT, EditionFolders, find_edition, load_edition
from schemas.formulas import Cell, FormulaError, IndicatorFigure, figures_of
from schemas.tables import ContractError

LGNET2 = load_edition(find_edition("lgnet2"))


def indicator(formula: str, kind: str = "flow", over_time: str = "sum", *breakdowns: str) -> Indicator:
    entry: dict[str, Any] = {
        "code": "X01",
        "area": "hou",
        "kind": kind,
        "unit": "persons",
        "label_it": "x",
        "label_en": "x",
        "label_de": "x",
        "formula": formula,
        "over_time": over_time,
        "breakdowns": breakdowns,
    }
    return Indicator(**entry)


def total_of(formula: str, kind: str = "flow", over_time: str = "sum") -> IndicatorFigure:
    return figures_of(LGNET2, indicator(formula, kind, over_time))[0]


def ratio_of(formula: str) -> IndicatorFigure:
    return total_of(formula, "ratio", "ratio of sums")


def test_a_measure_stands_for_its_total() -> None:
    (part,) = total_of("guests_in").parts
    assert (part.side, part.fold, part.over_weeks) == ("value", "sum", "sum")
    assert part.cells == (Cell("guests_in", "total", ""),)


def test_categories_are_summed_and_a_note_stands_for_the_codes_that_carry_it() -> None:
    (minors,) = total_of("new_guests[age: 00-05, 06-13 ,14-17]", "unique").parts
    assert [cell.category for cell in minors.cells] == ["00-05", "06-13", "14-17"]
    (older,) = total_of("new_guests[age: 61+]", "unique").parts
    assert [cell.category for cell in older.cells] == ["61+"]
    (stable,) = total_of("guests_out[outcome: stable]").parts
    noted = [c.code for c in LGNET2.code_lists_by_code["outcome"].categories if c.note == "stable"]
    assert [cell.category for cell in stable.cells] == noted and len(noted) > 1


def test_a_ratio_keeps_its_factor_apart_from_its_two_sums() -> None:
    figure = ratio_of("100 * (guests_in + guests_out) / (2 * nights_available / 4)")
    assert figure.scale == Fraction(200)
    above, below = figure.parts
    assert [cell.measure for cell in above.cells] == ["guests_in", "guests_out"]
    assert (above.side, below.side) == ("numerator", "denominator")


def test_what_is_subtracted_has_a_negative_factor() -> None:
    (part,) = total_of("3 * guests_in - (guests_out - 0.5 * nights_occupied)").parts
    assert [(cell.measure, cell.factor) for cell in part.cells] == [
        ("guests_in", Decimal(3)),
        ("guests_out", Decimal(-1)),
        ("nights_occupied", Decimal("0.5")),
    ]


def test_weeks_make_a_period_as_the_kind_of_the_measure_says() -> None:
    assert total_of("guests_end", "stock", "last").parts[0].over_weeks == "last"
    assert [part.over_weeks for part in ratio_of("new_guests / weekly_mean(beds_active)").parts] == [
        "sum",
        "mean",
    ]
    assert [part.over_weeks for part in ratio_of("guests_end / beds_active").parts] == ["last", "last"]


def test_points_are_counted_over_all_cells_of_their_kind() -> None:
    (part,) = total_of("count_points(housing where any > 2.5)", "stock", "last").parts
    measures = {measure.code for measure in LGNET2.measures if measure.service_kind == "housing"}
    assert {cell.measure for cell in part.cells} == measures
    assert (part.fold, part.threshold) == ("points", Decimal("2.5"))
    assert len({(cell.measure, cell.breakdown, cell.category) for cell in part.cells}) == len(part.cells)


def test_a_breakdown_gives_a_figure_for_every_category() -> None:
    figures = figures_of(LGNET2, indicator("guests_out", "flow", "sum", "outcome"))
    assert [(f.breakdown, f.category) for f in figures] == [
        ("total", ""),
        *(("outcome", code) for code in LGNET2.code_lists_by_code["outcome"].codes),
    ]
    assert all(
        part.cells == (Cell("guests_out", figure.breakdown, figure.category),)
        for figure in figures
        for part in figure.parts
    )


@pytest.mark.parametrize("entry", LGNET2.indicators, ids=lambda entry: entry.code)
def test_every_formula_of_the_contract_has_a_meaning(entry: Indicator) -> None:
    figures = figures_of(LGNET2, entry)
    assert len({(f.breakdown, f.category) for f in figures}) == len(figures)
    assert {part.side for f in figures for part in f.parts} == (
        {"numerator", "denominator"} if entry.kind == "ratio" else {"value"}
    )


@pytest.mark.parametrize(
    ("formula", "problem", "remedy"),
    [
        ("guest_in", "no measure 'guest_in'", "guests_in"),
        ("cells_dew / cells_due", "no measure 'cells_dew'", "cells_due"),
        ("weekly_meen(beds_active)", "no measure 'weekly_meen'", "weekly_mean"),
        ("guests_out[outcom: stable]", "has no breakdown 'outcom'", "outcome"),
        ("guests_out[outcome: stabel]", "has no category 'stabel'", "stable"),
        ("beds_active[sex: F]", "has no breakdown 'sex'", ""),
        ("count_points(hausing where any > 0)", "no kind of service point 'hausing'", "housing"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_known_one(formula: str, problem: str, remedy: str) -> None:
    with pytest.raises(FormulaError) as told:
        total_of(formula)
    assert problem in told.value.problem
    assert remedy in told.value.remedy


@pytest.mark.parametrize(
    "formula",
    [
        "guests_in +",
        "guests_in guests_out",
        "(guests_in",
        "guests_in)",
        "guests_out[outcome stable]",
        "guests_out[outcome: ]",
        "guests_out[outcome: stable",
        "count_points(housing)",
        "count_points(housing where all > 0)",
        "weekly_mean(count_points(housing where any > 0))",
        "weekly_mean(weekly_mean(beds_active))",
        "guests_in ** 2",
        "HOU01 / 2",
        "42",
        "guests_in * guests_out",
        "guests_in / guests_out / nights_available",
        "guests_in / (guests_out / nights_available)",
        "guests_in + 1",
        "1 / guests_in",
        "guests_in / 0",
        "guests_in / guests_out + guests_in",
        "guests_in + beds_active",
        "guests_in - guests_in",
        "guests_in + returns_due",
        "guests_in + weekly_mean(beds_active)",
        "guests_in - desk_visits",
        "guests_in / 7 + guests_out",
    ],
)
def test_what_has_no_meaning_is_refused(formula: str) -> None:
    for kind, over_time in (("flow", "sum"), ("stock", "last"), ("ratio", "ratio of sums")):
        with pytest.raises(FormulaError) as told:
            total_of(formula, kind, over_time)
        assert told.value.problem and told.value.remedy


@pytest.mark.parametrize(
    ("formula", "kind", "over_time", "breakdowns"),
    [
        ("guests_in", "ratio", "ratio of sums", ()),
        ("guests_in / guests_out", "flow", "sum", ()),
        ("guests_end", "stock", "sum", ()),
        ("guests_in", "flow", "last", ()),
        ("guests_in", "flow", "sum", ("outcome",)),
        ("guests_out[outcome: stable]", "flow", "sum", ("outcome",)),
        ("count_points(housing where any > 0)", "stock", "last", ("sex",)),
    ],
)
def test_a_formula_must_agree_with_its_entry(
    formula: str, kind: str, over_time: str, breakdowns: tuple[str, ...]
) -> None:
    with pytest.raises(FormulaError):
        figures_of(LGNET2, indicator(formula, kind, over_time, *breakdowns))


def test_a_mistake_is_told_with_its_line_when_the_edition_is_loaded(tmp_path: Path) -> None:
    folders = EditionFolders(
        Path(shutil.copytree(PROJECT / "sources" / "lgnet2", tmp_path / "sources")),
        Path(shutil.copytree(PROJECT / "schemas" / "lgnet2", tmp_path / "schemas")),
    )
    table = folders.schemas / "indicators.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    wrong = next(number for number, line in enumerate(lines) if ",outreach_sessions," in line)
    lines[wrong] = lines[wrong].replace(",outreach_sessions,", ",outreach_sesions,")
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(ContractError) as told:
        load_edition(folders)
    assert (told.value.path, told.value.line) == (table, wrong + 1)
    assert "outreach_sesions" in str(told.value) and "outreach_sessions" in str(told.value)


def test_no_code_of_an_indicator_stands_in_code_or_queries() -> None:
    codes = {entry.code for entry in LGNET2.indicators}
    for path in PROJECT.glob("*/**/*"):
        is_ours = path.relative_to(PROJECT).parts[0] in {
            "pipelines",
            "sources",
            "schemas",
            "warehouse",
            "reports",
        }
        if is_ours and path.suffix in {".py", ".sql"}:
            text = path.read_text(encoding="utf-8")
            assert not [code for code in codes if code in text], path
