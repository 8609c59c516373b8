"""A city or a whole network is added with data alone: no line of the product knows them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.judging.context import Claim, Contract
from pipelines.judging.contract import load_contract
from schemas.editions import find_edition
from schemas.verdicts import NilReturn
from schemas.weeks import IsoWeek
from tests.conftest import Judge
from tests.making.books import write_csv
from tests.making.editions import MINIMAL, alter, append, copy_built_in, copy_minimal, with_service_point_from
from tests.making.minimal import MINIMAL_RETURNS, borgo_alto, ponte_vecchio, valle_chiara
from tests.making.pasts import past_of

TUESDAY = dt.datetime.fromisoformat("2025-03-11T10:00:00+01:00")
W10 = IsoWeek(2025, 10)

AOSTA_LAYOUT = r"""
layout: aosta
city: aosta
valid_from: "2023-W40"
formats: [csv]
fingerprint:
  texts: [Ville d'Aoste, lieu, chiffre, nombre]
entity: [Ville d'Aoste]
numbers: {decimal_mark: ",", thousands_mark: " "}
tokens: {not_available: [nd], not_applicable: [so]}
service_points: {city_level: [ville]}
sheets:
  - names: [chiffres]
    table: chiffres
tables:
  chiffres:
    header:
      anchor: [lieu, chiffre, nombre]
    columns:
      - {head: lieu, label: true, fill_down: true}
      - {head: chiffre, label: true}
      - {head: nombre, values: true}
      - {head: remarque, ignore: remarque}
    rows:
      - when:
          A: "(?P<entity>.*)"
          B: "(?P<body>.*)"
          C: "(?P<edition>.*)"
          D: 'S(?P<week>\d+)-(?P<year>\d+) v(?P<version>\d+)'
        facts: true
      - {when: {lieu: "fermé", chiffre: "(?P<service_point>.+)", nombre: "(?P<reason>.*)"}, nil: true}
      - {when: {lieu: "(?P<service_point>.+)", chiffre: "(?P<measure>[^:]+)"}, values: true}
      - {when: {lieu: "(?P<service_point>.+)", chiffre: "(?P<measure>.+) : (?P<category>.+)"}, values: true}
"""

AOSTA_WORDS = """what,list,code,label
measure,one_stop_shop,desk_visits,accès
measure,housing,guests_start,hôtes lundi
measure,housing,guests_in,entrées
measure,housing,guests_out,sorties
measure,housing,guests_end,hôtes dimanche
measure,city,expenditure,dépenses
category,channel,UM,unité mobile
category,channel,SOC,services sociaux
category,channel,TER,associations
category,channel,SPO,seul
category,channel,ALT,autre
"""

AOSTA_RETURN = [
    ["Ville d'Aoste", "Commune d'Aoste", "LGNET2", "S42-2023 v1"],
    ["lieu", "chiffre", "nombre", "remarque"],
    ["AO-OSS-01", "accès", "1 234", "beaucoup"],
    ["", "accès : unité mobile", "1 000"],
    ["", "accès : services sociaux", "200"],
    ["", "accès : associations", "30"],
    ["", "accès : seul", "4"],
    ["", "accès : autre", "0"],
    ["fermé", "AO-ACC-01", "travaux"],
    ["ville", "dépenses", "12 345,67"],
]


@pytest.fixture
def with_aosta(tmp_path: Path) -> Contract:
    """The built-in edition with a seventeenth city: a roster entry and a layout of its own."""
    folders = copy_built_in(tmp_path)
    append(
        folders.sources / "cities.csv",
        "aosta,A326,007003,,,AO,02,Valle d'Aosta,ITC20,Aosta,,Commune d'Aoste,comune,33409,5000",
    )
    append(
        folders.sources / "service_points.csv",
        "aosta,AO-OSS-01,one_stop_shop,Guichet,,2023-W40,",
        "aosta,AO-ACC-01,housing,Maison,8,2023-W40,",
    )
    layout = folders.sources / "layouts" / "aosta"
    layout.mkdir()
    (layout / "2023-W40.yaml").write_text(AOSTA_LAYOUT, encoding="utf-8")
    (layout / "2023-W40.words.csv").write_text(AOSTA_WORDS, encoding="utf-8")
    return load_contract(folders)


def test_a_seventeenth_city_is_judged_with_a_roster_entry_and_a_layout_alone(
    with_aosta: Contract, judge: Judge
) -> None:
    judged = judge(
        write_csv(AOSTA_RETURN, "utf-8", ",", "\n"), contract=with_aosta, claim=Claim(city="aosta")
    )
    assert (judged.status, judged.findings) == ("accepted", ())
    assert (judged.city, judged.week, judged.version, judged.layout) == (
        "aosta",
        IsoWeek(2023, 42),
        1,
        "aosta.2023-W40",
    )
    assert {figure.key: figure.value for figure in judged.figures} == {
        ("", "expenditure", "total", ""): Decimal("12345.67"),
        ("AO-OSS-01", "desk_visits", "total", ""): 1234,
        ("AO-OSS-01", "desk_visits", "channel", "UM"): 1000,
        ("AO-OSS-01", "desk_visits", "channel", "SOC"): 200,
        ("AO-OSS-01", "desk_visits", "channel", "TER"): 30,
        ("AO-OSS-01", "desk_visits", "channel", "SPO"): 4,
        ("AO-OSS-01", "desk_visits", "channel", "ALT"): 0,
    }
    assert judged.nils == (NilReturn(service_point="AO-ACC-01", area="hou", reason="travaux"),)
    assert (judged.counts.refused, judged.counts.ignored) == (0, 1 + 1)


def test_the_rules_hold_for_the_new_city_as_for_the_others(with_aosta: Contract, judge: Judge) -> None:
    wrong = [*AOSTA_RETURN[:3], ["", "accès : unité mobile", "1 001"], *AOSTA_RETURN[4:]]
    judged = judge(write_csv(wrong, "utf-8", ",", "\n"), contract=with_aosta)
    assert [(finding.rule, finding.cell) for finding in judged.findings] == [("H05", "3:3")]


def test_before_its_first_week_a_layout_does_not_read(with_aosta: Contract, judge: Judge) -> None:
    contract = with_service_point_from(with_aosta, "AO-OSS-01", IsoWeek(2023, 1))
    contract = with_service_point_from(contract, "AO-ACC-01", IsoWeek(2023, 1))
    early = [["Ville d'Aoste", "Commune d'Aoste", "LGNET2", "S39-2023 v1"], *AOSTA_RETURN[1:]]
    judged = judge(write_csv(early, "utf-8", ",", "\n"), contract=contract)
    assert judged.status == "rejected"
    assert [finding.rule for finding in judged.findings if finding.severity == "error"] == ["H01"]


# an edition that has nothing in common with the built-in one


@pytest.fixture
def minimal(monkeypatch: pytest.MonkeyPatch) -> Contract:
    """The invented edition, found in the folder that `$REGIA_EDITIONS` names."""
    monkeypatch.setenv("REGIA_EDITIONS", str(MINIMAL.parent))
    return load_contract(find_edition("minimal"))


def test_an_invented_edition_is_loaded(minimal: Contract) -> None:
    edition = minimal.edition
    assert (edition.slug, edition.facts.code, len(edition.city_slugs), len(edition.measures)) == (
        "minimal",
        "PROVA",
        3,
        4,
    )
    assert {known.name for known in minimal.layouts.layouts} == {
        "borgo_alto.2025-W01",
        "ponte_vecchio.2025-W01",
        "scheda.2025-W01",
    }


EXPECTED: dict[str, dict[str, object]] = {
    "borgo_alto": {
        "BA-LIB-1|loans": 120,
        "BA-LIB-1|readers": 300,
        "BA-LIB-1|readers|KID": 100,
        "BA-LIB-1|readers|ADU": 195,
        "BA-LIB-1|readers|ND": 5,
        "BA-KIT-1|meals": 40,
        "BA-KIT-1|meals|VEG": 12,
        "BA-KIT-1|meals|GLU": "ND",
        "|volunteer_hours": Decimal("12.5"),
        "|volunteer_hours|books": 8,
        "|volunteer_hours|food": Decimal("4.5"),
        "|volunteer_hours|whole": "NA",
    },
    "ponte_vecchio": {
        "PV-LIB-1|loans": 1250,
        "PV-LIB-1|readers": 400,
        "PV-LIB-1|readers|KID": 150,
        "PV-LIB-1|readers|ADU": 250,
        "PV-LIB-1|readers|ND": 0,
        "PV-LIB-2|loans": 0,
        "PV-KIT-1|meals": 75,
        "PV-KIT-1|meals|VEG": 20,
        "PV-KIT-1|meals|GLU": 3,
        "|volunteer_hours": Decimal("30.5"),
    },
    "valle_chiara": {
        "VC-LIB-1|loans": 60,
        "VC-LIB-1|readers": 90,
        "VC-LIB-1|readers|KID": 30,
        "VC-LIB-1|readers|ADU": 60,
        "VC-LIB-1|readers|ND": "NA",
        "|volunteer_hours": Decimal("7.5"),
    },
}


@pytest.mark.parametrize("city", MINIMAL_RETURNS)
def test_a_return_of_each_of_its_cities_is_accepted(city: str, minimal: Contract, judge: Judge) -> None:
    judged = judge(
        MINIMAL_RETURNS[city](), contract=minimal, received_at=TUESDAY, claim=Claim(city=city, week=W10)
    )
    assert (judged.status, judged.findings) == ("accepted", ())
    assert (judged.city, judged.week, judged.version) == (city, W10, 1)
    found = {
        f"{f.service_point}|{f.measure}|{f.category}".rstrip("|"): f.flag if f.value is None else f.value
        for f in judged.figures
    }
    assert found == EXPECTED[city]


def test_its_nils_are_its_own(minimal: Contract, judge: Judge) -> None:
    for data, nil in (
        (ponte_vecchio(), NilReturn(service_point="PV-LIB-2", area="books", reason="Non ancora aperta")),
        (valle_chiara(), NilReturn(area="food", reason="Il paese non ne ha una")),
    ):
        assert judge(data, contract=minimal, received_at=TUESDAY).nils == (nil,)
    closed = borgo_alto(2025, 10, 1, 120, ["chiuso", "ambito mensa", "", "", "vacanze"])
    judged = judge(closed, contract=minimal, received_at=TUESDAY)
    assert {finding.rule for finding in judged.findings} == {"H14"}
    assert "L'area «Mensa»" in judged.findings[0].message


@pytest.mark.parametrize(
    ("data", "rule", "status", "words"),
    [
        (borgo_alto(loans=3001), "H31", "rejected", "10 x «Lettori iscritti»"),
        (
            borgo_alto(2025, 10, 1, 120, ["KIT1", "pasti", "dieta", "vegana", 3]),
            "H03",
            "rejected",
            "«vegana»",
        ),
        (borgo_alto(2025, 10, 1, 120, ["KIT2", "pasti", "", "", 3]), "H12", "rejected", "«KIT2»"),
        (borgo_alto(2025, 10, 1, "12,5"), "H02", "rejected", "Prestiti"),
        (ponte_vecchio(loans="12.5"), "H02", "rejected", "12.5"),
        (valle_chiara(week=9), "H01", "rejected", "settimana 9/2025"),
        (valle_chiara(year=2026), "H01", "rejected", "PROVA"),
    ],
)
def test_its_rules_are_its_own(
    data: bytes, rule: str, status: str, words: str, minimal: Contract, judge: Judge
) -> None:
    judged = judge(data, contract=minimal, received_at=TUESDAY, claim=Claim(week=W10))
    assert judged.status == status
    assert rule in {finding.rule for finding in judged.findings}
    assert words in " ".join(f"{finding.message} {finding.action}" for finding in judged.findings)


def test_its_comparison_with_the_week_before_is_a_warning_of_its_own(minimal: Contract, judge: Judge) -> None:
    week_9 = judge(
        valle_chiara(week=9),
        contract=minimal,
        received_at=dt.datetime.fromisoformat("2025-03-04T10:00:00+01:00"),
    )
    past = past_of(week_9)
    assert judge(valle_chiara(), contract=minimal, received_at=TUESDAY, pasts=past).status == "accepted"
    judged = judge(valle_chiara(adults=61), contract=minimal, received_at=TUESDAY, pasts=past)
    assert judged.status == "accepted_with_warnings"
    assert [(finding.rule, finding.found, finding.expected) for finding in judged.findings] == [
        ("S31", "91", "90")
    ]


def test_a_service_point_outside_its_weeks_is_not_on_the_roster(minimal: Contract, judge: Judge) -> None:
    spring = dt.datetime.fromisoformat("2025-05-27T10:00:00+02:00")
    judged = judge(ponte_vecchio(week=21), contract=minimal, received_at=spring)
    assert [(finding.rule, finding.found) for finding in judged.findings] == [("H12", "PV-KIT-1")]


def test_an_edition_may_call_its_rules_otherwise(tmp_path: Path, judge: Judge) -> None:
    folders = copy_minimal(tmp_path)
    alter(folders.schemas / "rules.yaml", "id: H12", "id: H52")
    contract = load_contract(folders)
    judged = judge(
        borgo_alto(2025, 10, 1, 120, ["KIT2", "pasti", "", "", 3]), contract=contract, received_at=TUESDAY
    )
    assert judged.status == "rejected"
    assert [finding.rule for finding in judged.findings] == ["H52"]
