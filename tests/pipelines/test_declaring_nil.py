"""Several places without activity are declared at once: all of them, or none."""

from __future__ import annotations

import pytest

from pipelines.acts import read_acts
from pipelines.declaring_nil import NilPlace, areas_due, declare_nil, declare_nils
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.refusals import WrongUsageError
from schemas.weeks import IsoWeek
from tests.making.samples import sample
from tests.portal.homes import take_in

WEEK = IsoWeek(2023, 2)
HOUSING, NETWORK = NilPlace(area="hou"), NilPlace(area="net")
REASON = "Chiuso per lavori"


@pytest.fixture(autouse=True)
def _monday_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGIA_NOW", "2023-01-23T09:00")


def declared_in(home: Home) -> set[tuple[str, str]]:
    return {(nil.declared.service_point, nil.declared.area) for nil in read_acts(home.acts).nils}


def test_a_city_declares_all_that_it_owes(home: Home, contract: Contract) -> None:
    areas = areas_due(contract.edition, "taranto", WEEK)
    assert len(areas) > 2
    acts = declare_nils(home, contract, "taranto", WEEK, areas, REASON, "anna")
    assert {act.area for act in acts} == {place.area for place in areas}
    assert declared_in(home) == {("", place.area) for place in areas}
    assert len(read_acts(home.acts).nils_of("lgnet2", "taranto", WEEK)) == len(areas)


def test_an_area_without_a_service_is_not_owed(contract: Contract) -> None:
    assert HOUSING in areas_due(contract.edition, "taranto", WEEK)
    assert HOUSING not in areas_due(contract.edition, "potenza", WEEK)
    assert areas_due(contract.edition, "potenza", WEEK)


def test_the_same_place_twice_is_one(home: Home, contract: Contract) -> None:
    acts = declare_nils(home, contract, "taranto", WEEK, [HOUSING, HOUSING], REASON, "anna")
    assert len(acts) == len(read_acts(home.acts).made) == 1


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (NilPlace(service_point="TO-OSS-01"), REASON),
        (NETWORK, REASON),
        (NilPlace(area="civ"), "Lo dice RSSMRA80A01H501U"),
    ],
    ids=["another city's", "declared already", "tells who a person is"],
)
def test_where_one_cannot_be_declared_none_is(
    second: NilPlace, reason: str, home: Home, contract: Contract
) -> None:
    declare_nil(home, contract, "taranto", WEEK, NETWORK, REASON, "anna")
    before = read_acts(home.acts)
    with pytest.raises(WrongUsageError):
        declare_nils(home, contract, "taranto", WEEK, [HOUSING, second], reason, "anna")
    assert read_acts(home.acts) == before


@pytest.mark.whole
def test_what_the_valid_return_contradicts_stops_all(home: Home, contract: Contract) -> None:
    take_in(home, contract, sample("taranto", str(WEEK)))
    with pytest.raises(WrongUsageError, match="ha attività"):
        declare_nils(
            home, contract, "taranto", WEEK, areas_due(contract.edition, "taranto", WEEK), REASON, "anna"
        )
    assert read_acts(home.acts).made == ()
