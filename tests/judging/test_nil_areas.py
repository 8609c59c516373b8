"""What is declared without activity, as each city declares it: a reason, and nothing but zeros or blanks."""

from __future__ import annotations

import pytest

from schemas.contract import Edition
from schemas.verdicts import NilReturn
from tests.conftest import Judge, JudgedSample, Read, ReadBytes
from tests.making.books import altered
from tests.making.declarations import DECLARATIONS, write_all
from tests.making.samples import ONE_CITY_A_LAYOUT, sample

Places = list[tuple[str | None, str | None]]
every_layout = pytest.mark.parametrize("city", ONE_CITY_A_LAYOUT)


def housing_cells(read: Read, edition: Edition, point: str | None = None) -> Places:
    """The cells of the housing services (of one of them)."""
    return [
        (cell.place.sheet, cell.place.cell)
        for cell in read.reading.cells
        if edition.measures_by_code[cell.measure].area == "hou" and point in (None, cell.service_point)
    ]


def house_of(city: str, edition: Edition) -> str:
    return next(p.code for p in edition.service_points if p.city == city and p.code.endswith("-ACC-01"))


@every_layout
def test_a_nil_area_without_values_is_accepted_with_its_reason(
    city: str, judge: Judge, judged_sample: JudgedSample, read_bytes: ReadBytes, edition: Edition
) -> None:
    given, way = sample(city), DECLARATIONS[city]
    cells = housing_cells(read_bytes(given.data, city), edition)
    judged = judge(altered(given, write_all(cells), way.nil_area(way.housing, "Casa chiusa per lavori")))
    assert (judged.status, judged.findings) == ("accepted", ())
    assert judged.nils == (NilReturn(area="hou", reason="Casa chiusa per lavori"),)
    assert not [f.key for f in judged.figures if edition.measures_by_code[f.measure].area == "hou"]
    others = [f.key for f in judged_sample(city).figures if edition.measures_by_code[f.measure].area != "hou"]
    assert [figure.key for figure in judged.figures] == others


@every_layout
def test_a_nil_service_point_with_zeros_or_blanks_is_accepted_with_its_reason(
    city: str, judge: Judge, read_bytes: ReadBytes, edition: Edition
) -> None:
    given, way, point = sample(city), DECLARATIONS[city], house_of(city, edition)
    cells = housing_cells(read_bytes(given.data, city), edition, point)
    zero = "0" if city in ("genova", "milano", "napoli", "perugia") else 0
    judged = judge(
        altered(
            given,
            write_all(cells[::2]),
            write_all(cells[1::2], zero),
            way.nil_point(way.point, "Chiusura temporanea per lavori"),
        )
    )
    assert (judged.status, judged.findings) == ("accepted", ())
    assert judged.nils == (
        NilReturn(service_point=point, area="hou", reason="Chiusura temporanea per lavori"),
    )
    assert {f.value for f in judged.figures if f.service_point == point} == {0}


@every_layout
def test_each_value_above_zero_in_a_nil_area_is_refused_in_its_cell(
    city: str, judge: Judge, judged_sample: JudgedSample, edition: Edition
) -> None:
    given, way = sample(city), DECLARATIONS[city]
    contradictions = {
        f.key
        for f in judged_sample(city).figures
        if edition.measures_by_code[f.measure].area == "hou" and f.value != 0
    }
    judged = judge(altered(given, way.nil_area(way.housing, "Casa chiusa")))
    assert judged.status == "rejected"
    assert {f.rule for f in judged.findings} == {"H14"}
    found = {(f.service_point, f.measure, f.breakdown, f.category or "") for f in judged.findings}
    assert found == contradictions
    assert all(finding.cell and finding.expected == "0" for finding in judged.findings)
    assert "L'area «Housing» è senza attività" in judged.findings[0].message


@every_layout
@pytest.mark.parametrize("flag", ["ND", "NA"])
def test_not_available_and_not_applicable_contradict_a_nil_area_too(
    city: str, flag: str, judge: Judge, read_bytes: ReadBytes, edition: Edition
) -> None:
    given, way = sample(city), DECLARATIONS[city]
    read = read_bytes(given.data, city)
    token = {"ND": way.not_available, "NA": way.not_applicable}[flag]
    # A flow without categories; in the daily layouts the token stands on Sunday.
    cells = [
        c
        for c in read.reading.cells
        if (c.service_point, c.measure) == (house_of(city, edition), "leaver_nights")
    ]
    one = cells[-1].place
    judged = judge(
        altered(
            given,
            write_all(housing_cells(read, edition)),
            write_all([(one.sheet, one.cell)], token),
            way.nil_area(way.housing, "Casa chiusa"),
        )
    )
    (finding,) = judged.findings
    assert (judged.status, finding.rule, finding.found) == ("rejected", "H14", flag)
    assert (finding.sheet, finding.cell, finding.measure) == (one.sheet, one.cell, "leaver_nights")


@every_layout
def test_a_nil_area_without_a_reason_is_refused(
    city: str, judge: Judge, read_bytes: ReadBytes, edition: Edition
) -> None:
    given, way = sample(city), DECLARATIONS[city]
    cells = housing_cells(read_bytes(given.data, city), edition)
    judged = judge(altered(given, write_all(cells), way.nil_area(way.housing, "")))
    (finding,) = judged.findings
    assert (judged.status, finding.rule) == ("rejected", "H14")
    assert "manca il motivo" in finding.message
    assert finding.cell is not None
    assert judged.nils == ()


@pytest.mark.parametrize("city", [city for city in ONE_CITY_A_LAYOUT if city != "bologna"])
def test_a_nil_declaration_of_something_unknown_is_refused(city: str, judge: Judge) -> None:
    given, way = (
        sample(city),
        DECLARATIONS[city],
    )  # in Bologna the area is the sheet's: no word that could be wrong
    word = "AREA-HXU" if city == "perugia" else "Houzing"
    judged = judge(altered(given, way.nil_area(word, "Casa chiusa")))
    (finding,) = [f for f in judged.findings if f.rule == "H14"]
    assert judged.status == "rejected"
    assert finding.found in (word, "HXU")
    assert finding.cell is not None


def test_an_unknown_area_is_told_with_the_nearest_known_one(judge: Judge) -> None:
    judged = judge(altered(sample("taranto"), DECLARATIONS["taranto"].nil_area("Houzing", "Casa chiusa")))
    (finding,) = judged.findings
    assert "«Housing»" in finding.action
