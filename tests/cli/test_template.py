"""`regia template`: what it writes is filled in by hand and accepted, for every city."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipelines.cli import run
from pipelines.home import Home
from pipelines.judged import JudgedReturns
from schemas.contract import Edition
from schemas.verdicts import Verdict
from schemas.weeks import IsoWeek
from tests.cli.conftest import Regia, run_apart, samples_of, write_manifest
from tests.making.editions import alter, copy_built_in, copy_minimal
from tests.making.samples import (
    OWN_LAYOUT_CITIES,
    STANDARD_CITIES,
    Truth,
    true_nils,
    true_observations,
)
from tests.making.template_filling import filled_template, input_cells

pytestmark = pytest.mark.whole

WEEK = IsoWeek(2023, 30)
CITIES = sorted((*OWN_LAYOUT_CITIES, *STANDARD_CITIES))
RECEIVED_AT = "2023-08-01T10:00"
GUESTS_AT_THE_START = "Ospiti a inizio settimana"


@dataclass(frozen=True)
class RoundTrip:
    """A home with the week before, to which every city sent its template filled in; and the templates."""

    home: Home
    blank: Mapping[str, Path]
    documents: Mapping[str, Any]
    returns: JudgedReturns

    def verdict(self, city: str) -> Verdict:
        verdict = self.returns.valid(city, WEEK)
        assert verdict is not None
        return verdict


def template(city: str, home: Path, out: Path) -> Path:
    assert run(["template", city, "--week", str(WEEK), "--out", str(out), "--home", str(home)]) == 0
    return out


def filled(blank: Path, city: str, edition: Edition, truth: Truth, out: Path) -> Path:
    nils = true_nils().get((str(WEEK), city), {})
    out.write_bytes(filled_template(blank.read_bytes(), edition, truth, nils, WEEK.sunday))
    return out


@pytest.fixture(scope="module")
def round_trip(tmp_path_factory: pytest.TempPathFactory, edition: Edition) -> RoundTrip:
    folder = tmp_path_factory.mktemp("round-trip")
    home = Home(folder / "home")
    before = write_manifest(folder / "before.csv", samples_of(weeks=[str(WEEK.shifted(-1))]))
    assert run(["receive", "--manifest", str(before), "--home", str(home.root)]) == 0
    blank = {city: template(city, home.root, folder / f"{city}.xlsx") for city in CITIES}
    truth = true_observations(str(WEEK))
    sent = [
        filled(blank[city], city, edition, truth[city], folder / f"{city}-compilata.xlsx") for city in CITIES
    ]
    told = run_apart("receive", *sent, "--received-at", RECEIVED_AT, "--home", home.root, "--json")
    documents = {document["city"]: document for document in json.loads(told.stdout)}
    return RoundTrip(home, blank, documents, JudgedReturns.load(home.judged, edition))


@pytest.mark.parametrize("city", CITIES)
def test_what_is_filled_in_is_accepted_and_is_the_truth(city: str, round_trip: RoundTrip) -> None:
    document = round_trip.documents[city]
    errors = [finding for finding in document["findings"] if finding["severity"] == "error"]
    assert (errors, document["cells"]["refused"]) == ([], 0)
    verdict = round_trip.verdict(city)
    assert (verdict.layout, verdict.version, verdict.is_accepted) == ("standard.2023-W01", 1, True)
    assert dict(round_trip.returns.values(verdict.submission_id)) == true_observations(str(WEEK))[city]
    declared = round_trip.returns.nils(verdict.submission_id)
    assert set().union(*declared) == set(true_nils().get((str(WEEK), city), {}))


@pytest.mark.parametrize("city", CITIES)
def test_last_sundays_stocks_are_this_weeks_first_figures(city: str, round_trip: RoundTrip) -> None:
    book = load_workbook(round_trip.blank[city])
    known = {
        (entry.service_point, entry.measure): entry.cell.value
        for page in book.worksheets[1:-1]
        for entry in input_cells(page)
        if entry.cell.value is not None
    }
    last_week = true_observations(str(WEEK.shifted(-1)))[city]
    assert known == {
        (point, GUESTS_AT_THE_START): value
        for (point, measure, breakdown, _), (value, _) in last_week.items()
        if (measure, breakdown) == ("guests_end", "total") and value is not None
    }


def test_it_lists_the_services_open_in_that_week(round_trip: RoundTrip, edition: Edition) -> None:
    for city, path in round_trip.blank.items():
        book = load_workbook(path)
        listed = {entry.service_point for page in book.worksheets[1:-1] for entry in input_cells(page)}
        assert listed == {"Comune", *(point.code for point in edition.roster(city, WEEK))}


def test_the_next_version_is_numbered_after_the_valid_one(
    round_trip: RoundTrip, regia: Regia, tmp_path: Path, edition: Edition
) -> None:
    home = round_trip.home.root
    said = regia("template", "caserta", "--week", str(WEEK), "--out", tmp_path, "--home", home)
    path = tmp_path / "LGNET2_caserta_2023-W30_v2.xlsx"
    assert said.out.startswith(f"Scheda da compilare: {path}\n")
    assert "vale già la versione 1, arrivata il 01/08/2023 alle 10:00" in said.out
    truth = true_observations(str(WEEK))["caserta"] | {
        ("CE-OSS-01", "waiting_days", "total", ""): (None, "ND")
    }
    sent = filled(path, "caserta", edition, truth, tmp_path / "compilata.xlsx")
    document = regia("check", sent, "--home", home, "--json").document
    assert (document["version"], document["status"]) == (2, "accepted")


def test_as_json_it_tells_what_it_filled_in(round_trip: RoundTrip, regia: Regia, tmp_path: Path) -> None:
    arguments = ("template", "Bolzano", "--week", str(WEEK), "--out", tmp_path / "bz.xlsx", "--json")
    document = regia(*arguments, "--home", round_trip.home.root).document
    assert (document["city"], document["iso_week"], document["version"]) == ("bolzano", "2023-W30", 2)
    assert document["replaces"] == round_trip.verdict("bolzano").submission_id
    assert {entry["code"] for entry in document["filled_in"]} == {"guests_start|total|"}
    assert {entry["service_point"] for entry in document["filled_in"]} == {"BZ-ACC-01", "BZ-ACC-02"}


def test_the_same_asked_twice_is_the_same_file(regia: Regia, tmp_path: Path) -> None:
    arguments = ("template", "bolzano", "--week", "2023-W42", "--out")
    assert regia(*arguments, tmp_path / "prima.xlsx").status == 0
    time.sleep(2.1)  # a zip tells time in steps of two seconds
    assert regia(*arguments, tmp_path / "dopo.xlsx").status == 0
    assert (tmp_path / "prima.xlsx").read_bytes() == (tmp_path / "dopo.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["casreta", "--week", "2023-W42"], "La città «casreta» non fa parte dell'edizione. Intendeva"),
        (["caserta", "--week", "2024-W27"], "è fuori dall'edizione, che va da 2023-W01 a 2024-W26."),
        (["caserta", "--week", "ottobre"], "«ottobre» non è una settimana: scriva per esempio 2023-W42."),
        (["caserta", "--week", "2023-W42", "--out", "scheda.ods"], "La scheda è un .xlsx: scriva"),
        (["caserta"], "Manca l'opzione --week."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(
    arguments: list[str], told: str, regia: Regia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = regia("template", *arguments)
    assert said.status == 2
    assert told in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_left_as_it_is(regia: Regia, tmp_path: Path) -> None:
    path = tmp_path / "LGNET2_latina_2023-W42_v1.xlsx"
    path.write_bytes(b"gi\xc3\xa0 compilata")
    for out in (tmp_path, path):
        said = regia("template", "latina", "--week", "2023-W42", "--out", out)
        assert said.status == 2
        assert f"«{path}» c'è già e non viene sovrascritto" in said.err
    assert path.read_bytes() == b"gi\xc3\xa0 compilata"


def test_a_city_without_an_open_service_has_nothing_to_send(
    regia: Regia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = copy_built_in(tmp_path / "editions")
    points = folders.sources / "service_points.csv"
    later = [
        line.replace("2023-W01", "2023-W20") if line.startswith("latina,") else line
        for line in points.read_text(encoding="utf-8").splitlines()
    ]
    points.write_text("\n".join(later) + "\n", encoding="utf-8")
    monkeypatch.setenv("REGIA_EDITIONS", str(tmp_path / "editions"))
    said = regia("template", "latina", "--week", "2023-W19", "--out", tmp_path)
    assert (said.status, said.out) == (2, "")
    assert "Latina non ha servizi aperti nella settimana 19/2023" in said.err
    assert regia("template", "latina", "--week", "2023-W20", "--out", tmp_path).status == 0


def test_an_edition_without_a_standard_workbook_says_so(
    regia: Regia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_minimal(tmp_path)
    monkeypatch.setenv("REGIA_EDITIONS", str(tmp_path))
    said = regia("template", "valle_chiara", "--week", "2025-W10", "--edition", "minimal", "--out", tmp_path)
    assert said.status == 2
    assert "non ha una scheda standard" in said.err


def test_which_stocks_are_carried_over_is_the_rules_business(
    regia: Regia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, round_trip: RoundTrip
) -> None:
    folders = copy_built_in(tmp_path / "editions")
    alter(folders.schemas / "rules.yaml", "right: last_week.guests_end}", "right: last_week.beds_active}")
    monkeypatch.setenv("REGIA_EDITIONS", str(tmp_path / "editions"))
    said = regia(
        "template", "latina", "--week", str(WEEK), "--out", tmp_path, "--home", round_trip.home.root, "--json"
    )
    last_week = true_observations(str(WEEK.shifted(-1)))["latina"]
    filled_in = {entry["service_point"]: entry["value"] for entry in said.document["filled_in"]}
    assert filled_in["LT-ACC-01"] == str(last_week["LT-ACC-01", "beds_active", "total", ""][0])
