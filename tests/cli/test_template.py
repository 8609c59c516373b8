"""`regia template`: what it writes is filled in by hand and accepted, for every city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipelines import judged
from pipelines.cli import run
from pipelines.home import Home
from pipelines.judged import JudgedReturns
from schemas.contract import Edition
from schemas.verdicts import Verdict
from schemas.weeks import IsoWeek
from tests.cli.conftest import Regia, samples_of, write_manifest
from tests.making.editions import alter, copy_built_in, copy_minimal
from tests.making.samples import (
    OWN_LAYOUT_CITIES,
    STANDARD_CITIES,
    Truth,
    true_nils,
    true_observations,
)
from tests.making.template_filling import filled_template, input_cells

pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("begun_as_it_did")]

WEEK = IsoWeek(2023, 30)
WEEK_BEFORE = WEEK.shifted(-1)
TELLING = ("bolzano", "potenza", "roma")
"""Two languages; an area and a service without activity; the most services, of which one without."""
CITIES = [
    pytest.param(city, marks=() if city in TELLING else pytest.mark.long)
    for city in sorted((*OWN_LAYOUT_CITIES, *STANDARD_CITIES))
]
GUESTS_AT_THE_START = "Ospiti a inizio settimana"


@dataclass(frozen=True)
class RoundTrip:
    """A home with the week before of a city, to which it sent its template filled in; and the template."""

    home: Home
    blank: Path
    returns: JudgedReturns
    verdict: Verdict


def receive_sample(city: str, week: IsoWeek, home: Path) -> None:
    manifest = write_manifest(home.parent / f"{week}.csv", samples_of(city, weeks=[str(week)]))
    assert run(["receive", "--manifest", str(manifest), "--home", str(home)]) == 0


def template(city: str, week: IsoWeek, home: Path, out: Path) -> Path:
    assert run(["template", city, "--week", str(week), "--out", str(out), "--home", str(home)]) == 0
    return out


def send(path: Path, week: IsoWeek, home: Path) -> int:
    """The status with which it is received, on the Tuesday after its week."""
    arrived = f"{week.sunday + dt.timedelta(days=2)}T18:00"
    return run(["receive", str(path), "--received-at", arrived, "--home", str(home)])


def filled(blank: Path, city: str, week: IsoWeek, edition: Edition, truth: Truth, out: Path) -> Path:
    nils = true_nils().get((str(week), city), {})
    out.write_bytes(filled_template(blank.read_bytes(), edition, truth, nils, week.sunday))
    return out


@pytest.fixture(scope="module")
def round_trip_of(tmp_path_factory: pytest.TempPathFactory, edition: Edition) -> Callable[[str], RoundTrip]:
    @cache
    def round_trip(city: str) -> RoundTrip:
        folder = tmp_path_factory.mktemp(city)
        home = Home(folder / "home")
        receive_sample(city, WEEK_BEFORE, home.root)
        blank = template(city, WEEK, home.root, folder / "scheda.xlsx")
        truth = true_observations(str(WEEK))[city]
        sent = filled(blank, city, WEEK, edition, truth, folder / "compilata.xlsx")
        assert send(sent, WEEK, home.root) == 0
        returns = JudgedReturns.load(home.judged, edition)
        verdict = returns.valid(city, WEEK)
        assert verdict is not None
        return RoundTrip(home, blank, returns, verdict)

    return round_trip


@pytest.mark.parametrize("city", CITIES)
def test_what_is_filled_in_is_accepted_and_is_the_truth(
    city: str, round_trip_of: Callable[[str], RoundTrip]
) -> None:
    trip = round_trip_of(city)
    found = judged.read_findings(trip.home.judged, trip.verdict.submission_id)
    assert [finding for finding in found if finding.severity == "error"] == []
    assert (trip.verdict.layout, trip.verdict.version, trip.verdict.cells.refused) == (
        "standard.2023-W01",
        1,
        0,
    )
    assert dict(trip.returns.values(trip.verdict.submission_id)) == true_observations(str(WEEK))[city]
    declared = trip.returns.nils(trip.verdict.submission_id)
    assert set().union(*declared) == set(true_nils().get((str(WEEK), city), {}))


@pytest.mark.parametrize("city", CITIES)
def test_it_lists_the_open_services_and_holds_the_stocks_of_last_sunday(
    city: str, round_trip_of: Callable[[str], RoundTrip], edition: Edition
) -> None:
    book = load_workbook(round_trip_of(city).blank)
    entries = [entry for page in book.worksheets[1:-1] for entry in input_cells(page)]
    listed = {entry.service_point for entry in entries}
    assert listed == {"Comune", *(point.code for point in edition.roster(city, WEEK))}
    last_week = true_observations(str(WEEK_BEFORE))[city]
    known = {(e.service_point, e.measure): e.cell.value for e in entries if e.cell.value is not None}
    assert known == {
        (point, GUESTS_AT_THE_START): value
        for (point, measure, breakdown, _), (value, _) in last_week.items()
        if (measure, breakdown) == ("guests_end", "total") and value is not None
    }


def test_a_correction_is_numbered_after_the_valid_version_and_moves_next_weeks_stocks(
    regia: Regia, tmp_path: Path, edition: Edition
) -> None:
    home, house, total = tmp_path / "home", "CE-ACC-01", ("total", "")
    receive_sample("caserta", WEEK_BEFORE, home)
    said = regia("template", "caserta", "--week", str(WEEK_BEFORE), "--out", tmp_path)
    path = tmp_path / "LGNET2_caserta_2023-W29_v2.xlsx"
    assert said.out.startswith(f"Scheda da compilare: {path}\n")
    assert "vale già la versione 1, arrivata il 25/07/2023 alle 14:46: questa la sostituirà." in said.out
    truth = true_observations(str(WEEK_BEFORE))["caserta"]
    one_more = [
        (house, "guests_start", *total),
        (house, "guests_end", *total),
        (house, "guests_end", "sex", "ND"),
        (house, "guests_end", "age", "ND"),
    ]
    corrected = truth | {key: ((truth[key][0] or 0) + 1, "V") for key in one_more}
    sent = filled(path, "caserta", WEEK_BEFORE, edition, corrected, tmp_path / "corretta.xlsx")
    assert send(sent, WEEK_BEFORE, home) == 0
    document = regia("template", "caserta", "--week", str(WEEK), "--out", tmp_path, "--json").document
    assert document["filled_in"] == [
        {
            "code": "guests_start|total|",
            "service_point": house,
            "value": str(corrected[house, "guests_end", *total][0]),
        }
    ]


def test_a_blank_one_sent_by_mistake_is_not_passed_over_in_silence(regia: Regia, tmp_path: Path) -> None:
    path = tmp_path / "scheda.xlsx"
    assert regia("template", "latina", "--week", "2023-W42", "--out", path).status == 0
    told = "Attenzione: nella scheda non c'è nessun dato."
    assert told in regia("check", path).out
    assert told in regia("receive", path, "--received-at", "2023-10-24T10:00").out


def test_as_json_it_tells_what_it_filled_in(
    round_trip_of: Callable[[str], RoundTrip], regia: Regia, tmp_path: Path
) -> None:
    trip = round_trip_of("bolzano")
    arguments = ("template", "Bolzano", "--week", str(WEEK), "--out", tmp_path / "bz.xlsx", "--json")
    document = regia(*arguments, "--home", trip.home.root).document
    assert (document["city"], document["iso_week"], document["version"]) == ("bolzano", "2023-W30", 2)
    assert document["replaces"] == trip.verdict.submission_id
    assert {entry["code"] for entry in document["filled_in"]} == {"guests_start|total|"}
    assert {entry["service_point"] for entry in document["filled_in"]} == {"BZ-ACC-01", "BZ-ACC-02"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["casreta", "--week", "2023-W42"], "La città «casreta» non fa parte dell'edizione. Intendeva"),
        (["caserta", "--week", "2024-W27"], "è fuori dall'edizione, che va da 2023-W01 a 2024-W26."),
        (["caserta", "--week", "ottobre"], "«ottobre» non è una settimana: scriva per esempio 2023-W42."),
        (["caserta", "--week", "2023-W42", "--out", "scheda.ods"], "scriva per esempio --out scheda.xlsx."),
        (["caserta", "--week", "2023-W42", "--out", "manca/a.xlsx"], "non c'è (manca/a.xlsx)"),
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
    regia: Regia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, round_trip_of: Callable[[str], RoundTrip]
) -> None:
    home = round_trip_of("bolzano").home.root
    folders = copy_built_in(tmp_path / "editions")
    alter(folders.schemas / "rules.yaml", "right: last_week.guests_end}", "right: last_week.beds_active}")
    monkeypatch.setenv("REGIA_EDITIONS", str(tmp_path / "editions"))
    said = regia("template", "bolzano", "--week", str(WEEK), "--out", tmp_path, "--home", home, "--json")
    last_week = true_observations(str(WEEK_BEFORE))["bolzano"]
    filled_in = {entry["service_point"]: entry["value"] for entry in said.document["filled_in"]}
    assert filled_in["BZ-ACC-01"] == str(last_week["BZ-ACC-01", "beds_active", "total", ""][0])
