"""From a published figure to its cells: held against the files, opened by other readers, and in words."""

from __future__ import annotations

import datetime as dt
import json
import math
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from pipelines.cli.trace_document import trace_document
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.judging.contract import load_contract
from pipelines.tracing.adding import AddedValue
from pipelines.tracing.asked import Asked, period_named
from pipelines.tracing.published import PublishedFile, opened
from pipelines.tracing.rereading import Reread, not_as_published, reread
from pipelines.tracing.trace import Trace, traced
from schemas.contract import TOTAL, Edition
from schemas.formulas import figures_of
from tests.cli.conftest import Regia, run_apart
from tests.cli.trace_evaluator import Evaluator
from tests.conftest import BUILT_IN

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def contract(late_contract: Contract) -> Contract:
    """The contract by which those six weeks were published."""
    return late_contract


@dataclass(frozen=True)
class Periods:
    """What is asked: periods as typed, each for itself or from the edition's beginning."""

    name: str
    is_to_date: bool = False

    def __str__(self) -> str:
        return f"{self.name}{'-to-date' if self.is_to_date else ''}"


LAST_TWO_WEEKS = (
    Periods("2023-W41"),
    Periods("2023-W42"),
    Periods("2023-10"),
    Periods("2023-Q4"),
    Periods("2023-W41", is_to_date=True),
    Periods("2023-W42", is_to_date=True),
)


def asked_of(edition: Edition, period: Periods, city: str | None = None) -> list[Asked]:
    """Every figure that is published for a period: totals, and every category of every breakdown."""
    found = period_named(edition, period.name, is_to_date=period.is_to_date)
    return [
        Asked(indicator, figure, found, city)
        for indicator in edition.indicators
        for figure in figures_of(edition, indicator)
    ]


def values_behind(published: PublishedFile, edition: Edition, asked: Iterable[Asked]) -> Iterator[AddedValue]:
    """The values behind figures, one figure after the other."""
    for one in asked:
        yield from traced(published, edition, one).added_values


def documents(
    home: Path,
    contract: Contract,
    published: PublishedFile,
    asked: Iterable[Asked],
    read: Reread | None = None,
) -> Iterator[dict[str, Any]]:
    """What `regia trace --json` prints for each; the files behind them are opened once, if not already."""
    traces: list[Trace] = [traced(published, contract.edition, one) for one in asked]
    values = [value for trace in traces for value in trace.added_values]
    read = read or reread(Home(home), contract, values)
    layouts = {name: layout for trace in traces for name, layout in trace.layouts.items()}
    assert not_as_published(contract, values, layouts, read) == ()
    for trace in traces:
        yield json.loads(json.dumps(trace_document(trace, contract.edition, read, ())))


def wrong_figures(document: dict[str, Any], evaluator: Evaluator) -> list[object]:
    """The figures of a document (its city's, of the network every city's) that its cells do not come to."""
    published = {one["city"]: one["value"] for one in [*document.get("cities", []), document]}
    found = evaluator.figures(document)
    assert found.keys() == published.keys()
    name = (document["indicator"], document["breakdown"], document["category"], document["period"])
    wrong: list[object] = [
        (*name, city, value, found[city])
        for city, value in published.items()
        if (value is None) != (found[city] is None)
        or (value is not None and not math.isclose(value, found[city] or 0, rel_tol=1e-12))
    ]
    return wrong if document["adds_up"] else [*wrong, (*name, document["mismatches"])]


@pytest.fixture(scope="module")
def evaluator(six_weeks: Path) -> Evaluator:
    """Of those six weeks, whose files are opened once for all tests."""
    return Evaluator(six_weeks)


def all_wrong(
    home: Path,
    contract: Contract,
    asked: Iterable[Asked],
    evaluator: Evaluator,
    as_of: dt.datetime | None = None,
) -> tuple[int, list[object]]:
    """How many documents were added up again, and what in them is wrong."""
    counted, wrong = 0, []
    with opened(Home(home).published("lgnet2"), contract.edition, as_of) as published:
        for document in documents(home, contract, published, asked):
            counted += 1
            wrong += wrong_figures(document, evaluator)
    return counted, wrong


def all_wrong_to_date(home: Path, contract: Contract, asked: Sequence[Asked]) -> tuple[int, list[object]]:
    """The same of so many weeks that figures are held in memory one by one; each file is opened once."""
    evaluator = Evaluator(home)
    counted, wrong = 0, []
    with opened(Home(home).published("lgnet2"), contract.edition) as published:
        read = reread(Home(home), contract, values_behind(published, contract.edition, asked))
        for one in asked:
            for document in documents(home, contract, published, [one], read):
                counted += 1
                wrong += wrong_figures(document, evaluator)
    return counted, wrong


def test_the_cells_of_every_indicator_city_and_period_of_the_last_two_weeks_add_up(
    six_weeks: Path, contract: Contract, evaluator: Evaluator
) -> None:
    asked = [
        one
        for period in LAST_TWO_WEEKS
        for one in asked_of(contract.edition, period)
        if one.figure.breakdown == TOTAL
    ]
    assert all_wrong(six_weeks, contract, asked, evaluator) == (6 * 35, [])


def test_the_cells_of_every_category_in_the_last_two_weeks_add_up(
    six_weeks: Path, contract: Contract, evaluator: Evaluator
) -> None:
    asked = [
        one
        for name in ("2023-W41", "2023-W42")
        for one in asked_of(contract.edition, Periods(name))
        if one.figure.breakdown != TOTAL
    ]
    counted, wrong = all_wrong(six_weeks, contract, asked, evaluator)
    assert counted > 700 and wrong == []


@pytest.mark.long
def test_the_cells_of_categories_drawn_from_longer_periods_add_up(
    six_weeks: Path, contract: Contract, evaluator: Evaluator
) -> None:
    """A draw, always the same: all of them are added up in the long test."""
    everything = [
        one
        for period in LAST_TWO_WEEKS
        for one in asked_of(contract.edition, period)
        if one.figure.breakdown != TOTAL
    ]
    counted, wrong = all_wrong(six_weeks, contract, Random(42).sample(everything, 60), evaluator)
    assert (counted, wrong) == (60, [])


def test_a_city_alone_is_traced_to_the_cells_that_it_has_in_the_network(
    six_weeks: Path, contract: Contract
) -> None:
    period = Periods("2023-10")
    cities = contract.edition.city_slugs
    totals = [one for one in asked_of(contract.edition, period) if one.figure.breakdown == TOTAL]
    with opened(Home(six_weeks).published("lgnet2"), contract.edition) as published:
        for number, whole in enumerate(totals):
            city = cities[number % len(cities)]
            alone = traced(
                published, contract.edition, Asked(whole.indicator, whole.figure, whole.period, city)
            )
            network = traced(published, contract.edition, whole)
            place = network.cities.index(city)
            assert [part.cities[0] for part in alone.parts] == [part.cities[place] for part in network.parts]


@pytest.mark.parametrize("instant", ["2023-10-16T12:15:54+02:00", "2023-10-25T12:00:00+02:00"])
def test_the_cells_of_what_was_known_at_an_instant_add_up(
    six_weeks: Path, contract: Contract, evaluator: Evaluator, instant: str
) -> None:
    """Amid arrivals: of some cities the week is known, of others not yet."""
    at = dt.datetime.fromisoformat(instant)
    asked = [
        replace(one, as_of=at)
        for one in asked_of(contract.edition, Periods("2023-10"))
        if one.figure.breakdown == TOTAL
    ]
    assert all_wrong(six_weeks, contract, asked, evaluator, at) == (35, [])


# --- the command


def test_a_figure_leads_back_to_file_sheet_cell_and_what_is_written_there(
    six_weeks: Path, regia: Regia
) -> None:
    said = regia("trace", "HOU02", "--period", "2023-W42", "--city", "milano", "--home", six_weeks)
    assert said.status == 0
    assert said.out.startswith(
        "HOU02  Persone accolte\nMilano, settimana 42/2023 (16-22 ottobre)\n\n  4 persone\n"
    )
    assert "Come si calcola: la somma di «Persone accolte per la prima volta»." in said.out
    assert "Celle: 1 con risposta su 1 dovuta." in said.out
    assert "export_lgnet2_MI_20231016_20231022_v1.zip, versione 1, arrivo 23/10/2023 alle 12:15" in said.out
    assert "MI-ACC-01 Casa Jannacci: 4  foglio «accoglienza.csv», colonna 8," in said.out
    assert "riga 26: «2» + riga 63: «2»" in said.out
    assert said.out.endswith("regia trace HOU02 --period 2023-W42 --city milano --json\n")


def test_what_is_not_a_value_is_told_apart(six_weeks: Path, regia: Regia) -> None:
    said = regia("trace", "PIC07", "--period", "2023-W42", "--home", six_weeks).out
    assert "Celle: 22 con risposta su 24 dovute; 1 non disponibile (n.d.); 1 di schede che mancano." in said
    assert "  Sassari 2023-W42: la scheda manca\n" in said
    assert "Perugia 2023-W42, PG-OSS-01 Sportello unico Ponte San Giovanni: non disponibile (n.d.)" in said
    nil = regia("trace", "HOU01", "--period", "2023-W42", "--city", "potenza", "--home", six_weeks).out
    assert "Non c'è una cifra: non c'è alcun servizio di questo tipo" in nil


def test_a_figure_that_is_not_there_says_why(six_weeks: Path, regia: Regia) -> None:
    said = regia("trace", "HOU09", "--period", "2023-W42", "--city", "sassari", "--home", six_weeks)
    assert said.status == 0
    assert "Non c'è una cifra: nel periodo non c'è alcuna scheda valida." in said.out
    assert "Celle: 0 con risposta su 12 dovute; 12 di schede che mancano." in said.out
    asked = ["trace", "HOU09", "--period", "2023-W42", "--city", "sassari", "--json", "--home", six_weeks]
    document = regia(*asked).document
    assert document["value"] is None and document["why_empty"] == "no_return"
    assert document["is_partial"] and document["is_provisional"]
    assert [one["status"] for one in document["returns"]] == ["missing"]


def test_a_late_return_and_its_deadline_stand_behind_timeliness(six_weeks: Path, regia: Regia) -> None:
    said = regia("trace", "NET04", "--period", "2023-W42", "--home", six_weeks).out
    assert "  87,5% = 100 × 14 / 16\n" in said
    assert "Potenza" in said and "in ritardo 2023-W42" in said


def test_a_long_trace_is_folded_and_names_json_for_the_rest(six_weeks: Path, regia: Regia) -> None:
    said = regia("trace", "NET05", "--period", "2023-W42", "--to-date", "--home", six_weeks).out
    assert len(said.splitlines()) < 80
    assert "Per vedere le celle scelga una città" in said
    assert "regia trace NET05 --period 2023-W42 --to-date --json" in said
    rome = regia("trace", "CIV01", "--period", "2023-Q4", "--city", "roma", "--home", six_weeks).out
    assert len(rome.splitlines()) < 100 and "valori: foglio «Impegno civico», celle" in rome


def test_months_and_quarters_are_named_and_a_stock_tells_the_week_that_counts(
    six_weeks: Path, regia: Regia
) -> None:
    month = regia("trace", "HOU01", "--period", "2023-10", "--city", "milano", "--home", six_weeks).out
    assert "\nMilano, ottobre 2023\n\n  70 posti letto\n" in month
    assert "  2023-W41    (70)" in month and "  2023-W42      70" in month and "Tra parentesi" in month
    quarter = regia("trace", "HOU08", "--period", "2023-Q4", "--home", six_weeks).out
    assert "\nRete, quarto trimestre 2023\n" in quarter
    assert "parziale (manca una scheda; il periodo va oltre l'ultima settimana pubblicata" in " ".join(
        quarter.split()
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["HOU2", "--period", "2023-W42"], "«HOU2» non c'è. Intendeva «HOU02» (Persone accolte)?"),
        (["HOU02", "--period", "2023-W43"], "pubblicato fino alla settimana 42/2023"),
        (["HOU02", "--period", "2022-10"], "è fuori dall'edizione, che va da 2023-W36 a 2024-W26"),
        (["HOU02", "--period", "2023-W53"], "quell'anno ne ha di meno"),
        (["HOU02", "--period", "ottobre"], "non è un periodo"),
        (["HOU02", "--period", "2023-10", "--to-date"], "--to-date arriva fino a una settimana"),
        (["HOU02", "--period", "2023-W42", "--city", "milan"], "Intendeva «milano»?"),
        (["HOU02", "--period", "2023-W42", "--breakdown", "sex"], "vanno insieme"),
        (
            ["HOU02", "--period", "2023-W42", "--breakdown", "channel", "--category", "UM"],
            "È pubblicato per: sex, age",
        ),
        (["HOU01", "--period", "2023-W42", "--breakdown", "sex", "--category", "F"], "solo il totale"),
        (["HOU02", "--period", "2023-W42", "--breakdown", "sex", "--category", "Z"], "Sono: F, M, X, ND."),
        (["HOU02"], "Manca l'opzione"),
    ],
)
def test_what_cannot_be_traced_is_told_in_a_sentence(
    six_weeks: Path, regia: Regia, arguments: list[str], told: str
) -> None:
    said = regia("trace", *arguments, "--home", six_weeks)
    assert said.status == 2 and told in said.err and said.out == ""


def test_a_figure_is_traced_as_it_was_known_to_the_return_that_was_valid_then(
    six_weeks: Path, regia: Regia
) -> None:
    asked = ["trace", "PIC04", "--period", "2023-W39", "--city", "caserta", "--home", six_weeks]
    now, then = regia(*asked, "--json").document, regia(*asked, "--as-of", "2023-10-17", "--json").document
    assert (now["value"], then["value"]) == (12, 10)
    assert [one["version"] for document in (now, then) for one in document["returns"]] == [2, 1]
    assert now["returns"][0]["first_received_at"] == then["returns"][0]["received_at"]
    shown = regia(*asked, "--as-of", "2023-10-17").out
    assert "come si sapeva il giorno 17/10/2023 alle 00:00" in shown
    assert "--as-of 2023-10-17T00:00:00+02:00 --json" in shown
    unknown = regia(*asked, "--as-of", "2023-10-01")
    assert unknown.status == 2 and "a quell'istante si sapeva fino alla settimana 38/2023" in unknown.err


def test_before_anything_is_published_there_is_nothing_to_trace(regia: Regia) -> None:
    said = regia("trace", "HOU02", "--period", "2023-W42")
    assert said.status == 2 and "prima esegua «regia consolidate»" in said.err


def test_cells_that_do_not_come_to_what_is_published_are_told_loudly(
    six_weeks: Path, tmp_path: Path, regia: Regia
) -> None:
    """The landing stays; the published value of a cell is another one."""
    home = tmp_path / "home"
    for name in ("landing", "published"):
        shutil.copytree(six_weeks / name, home / name)
    with duckdb.connect(str(home / "published" / "lgnet2.duckdb")) as connection:
        connection.execute(
            "UPDATE observations_history SET value = value + 1 WHERE city = 'milano' "
            "AND iso_week = '2023-W42' AND measure = 'new_guests' AND breakdown = 'total'"
        )
    asked = ["trace", "HOU02", "--period", "2023-W42", "--city", "milano", "--home", home]
    said = regia(*asked)
    assert said.status == 1
    told = " ".join(said.out.split())
    assert "ATTENZIONE: le celle non tornano con ciò che è pubblicato (Milano). Qui sommano a 5" in told
    assert "c'è scritto altro da 5, che è pubblicato" in told
    document = regia(*asked, "--json").document
    assert not document["adds_up"] and document["mismatches"] == ["milano"]
    assert [one["file"] for one in document["not_as_published"]] == [
        "export_lgnet2_MI_20231016_20231022_v1.zip"
    ]


def test_nobody_waits_for_the_warehouse(six_weeks: Path, tmp_path: Path, regia: Regia) -> None:
    home = tmp_path / "home"
    for name in ("landing", "published"):
        shutil.copytree(six_weeks / name, home / name)
    with duckdb.connect(str(home / "warehouse.duckdb")):
        said = regia("trace", "HOU02", "--period", "2023-W42", "--city", "milano", "--home", home)
    assert said.status == 0 and "  4 persone\n" in said.out


# --- all weeks


@pytest.mark.long
@pytest.mark.usefixtures("begun_as_it_did")
def test_the_cells_of_every_figure_of_all_weeks_add_up(tmp_path: Path, regia: Regia) -> None:
    """Long, because it takes in the whole sample and opens 674 returns with other readers."""
    home, contract = tmp_path / "home", load_contract(BUILT_IN)
    done = run_apart("demo", "--home", home)
    assert done.returncode == 0, done.stderr
    asked = ("trace", "HOU02", "--period", "2023-W42", "--to-date", "--city", "milano", "--home", home)
    assert "\n  233 persone\n" in regia(*asked).out
    document = regia(*asked, "--json").document
    assert document["value"] == 233 and wrong_figures(document, Evaluator(home)) == []
    weeks = [week for week in contract.edition.weeks if str(week) <= "2023-W42"]
    periods = [
        *(Periods(name) for name in dict.fromkeys(week.month for week in weeks)),
        *(Periods(name) for name in dict.fromkeys(week.quarter for week in weeks)),
        *(Periods(str(week)) for week in weeks),
    ]
    for period in periods:
        counted, wrong = all_wrong(home, contract, asked_of(contract.edition, period), Evaluator(home))
        assert counted > 400 and wrong == [], period
    to_date = asked_of(contract.edition, Periods("2023-W42", is_to_date=True))
    counted, wrong = all_wrong_to_date(home, contract, to_date)
    assert counted > 400 and wrong == []
