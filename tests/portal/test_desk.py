"""The judging desk says what the command line says, for many at once, whatever others do to the home."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines import judged
from pipelines.acts import read_acts
from pipelines.deciding import confirm, send_back
from pipelines.home import BusyError, Home
from pipelines.judged import JudgedReturns
from pipelines.judging.context import Claim, Contract
from pipelines.portal.desk import Desk, _Turns
from pipelines.receiving import Arrival, check_file, receive, rejudge_all
from schemas.weeks import IsoWeek
from sources.landing import DamagedLandingError
from sources.reading.reader import SourceFile
from tests.making.samples import LAST_SIX_WEEKS, OWN_LAYOUT_CITIES, sample
from tests.portal.homes import file_of, take_in

pytestmark = pytest.mark.whole

TUESDAY = dt.datetime.fromisoformat("2023-10-24T10:00:00+02:00")
CITIES = (*OWN_LAYOUT_CITIES, "taranto", "caserta")


@pytest.fixture(scope="module")
def three_weeks(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three cities' returns of three weeks; copy it before changing it."""
    home = Home(tmp_path_factory.mktemp("three-weeks") / "home")
    weeks = LAST_SIX_WEEKS[2:5]
    take_in(
        home,
        contract,
        *sorted(
            (sample(city, week) for week in weeks for city in ("taranto", "caserta", "genova")),
            key=lambda one: one.received_at,
        ),
    )
    return home


@pytest.fixture
def home(three_weeks: Home, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(three_weeks.root, tmp_path / "home")))


@pytest.fixture
def desk(home: Home, contract: Contract) -> Iterator[Desk]:
    with Desk(home, contract) as at_work:
        yield at_work


@pytest.fixture(scope="module")
def looking(three_weeks: Home, contract: Contract) -> Iterator[Desk]:
    """A desk over a home that nobody changes."""
    with Desk(three_weeks, contract) as at_work:
        yield at_work


@pytest.fixture(autouse=True)
def _on_tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGIA_NOW", TUESDAY.isoformat())


def arrival_of(city: str, week: str = "2023-W42", *, claimed: bool = True) -> Arrival:
    return Arrival((file_of(city, week),), TUESDAY, Claim(city if claimed else None))


def assert_in_step(desk: Desk) -> None:
    """The desk knows what a run that begins now reads."""
    fresh = JudgedReturns.load(desk.home.judged, desk.contract.edition)
    followed = desk.returns()
    assert followed.verdicts == fresh.verdicts
    for name, verdict in fresh.verdicts.items():
        assert followed.values(name) == fresh.values(name)
        assert followed.nils(name) == fresh.nils(name)
        assert followed.digest(name) == fresh.digest(name)
        assert followed.with_bytes(verdict.sha256) == fresh.with_bytes(verdict.sha256)
        if verdict.city_week is not None:
            assert followed.valid(*verdict.city_week) == fresh.valid(*verdict.city_week)
            totals = followed.totals(name, verdict.city_week[1])
            assert totals.values == fresh.totals(name, verdict.city_week[1]).values


@pytest.mark.parametrize("city", CITIES)
def test_a_check_is_that_of_the_command(city: str, looking: Desk, contract: Contract) -> None:
    for arrival in (arrival_of(city), arrival_of(city, claimed=False)):
        by_desk, by_command = looking.check(arrival), check_file(looking.home, contract, arrival)
        assert by_desk.judgement == by_command.judgement
        assert by_desk.workbook == by_command.workbook
        assert by_desk.known == by_command.known
        assert by_desk.acts == by_command.acts


@pytest.mark.parametrize(
    "given",
    [
        arrival_of("taranto", "2023-W41"),
        replace(arrival_of("taranto"), claim=Claim("torino")),
        replace(arrival_of("latina", "2023-W41"), files=(file_of("latina", "2023-W41"),)),
        Arrival((SourceFile("vuoto.xlsx", b""),), TUESDAY, Claim("taranto")),
        Arrival((SourceFile("mezzo.xlsx", file_of("taranto").data[:9000]),), TUESDAY),
    ],
    ids=["known bytes", "another city's", "tells who a person is", "empty", "cut off"],
)
def test_so_is_a_check_of_what_is_not_taken(given: Arrival, looking: Desk, contract: Contract) -> None:
    by_desk, by_command = looking.check(given), check_file(looking.home, contract, given)
    assert by_desk.judgement == by_command.judgement
    assert by_desk.known == by_command.known


def test_sixteen_at_once_are_judged_as_one_after_the_other(looking: Desk) -> None:
    alone = {city: looking.check(arrival_of(city)).judgement for city in CITIES}
    with ThreadPoolExecutor(16) as threads:
        at_once = dict(
            zip(
                CITIES,
                threads.map(lambda city: looking.check(arrival_of(city)).judgement, CITIES),
                strict=True,
            )
        )
    assert at_once == alone


def test_what_others_judge_mark_replace_and_take_away_is_seen(
    desk: Desk, home: Home, contract: Contract
) -> None:
    assert_in_step(desk)
    (new,) = take_in(home, contract, sample("genova"))
    assert new.verdict.is_accepted
    assert_in_step(desk)

    warned = next(
        (name, finding.rule)
        for name in desk.returns().verdicts
        for finding in judged.read_findings(home.judged, name)
        if finding.severity == "warning"
    )
    for note in ("Controllato", "Controllato due volte"):  # marked twice between two looks
        confirm(home, contract, warned[0], {warned[1]: note}, "coordinamento")
    assert_in_step(desk)
    assert desk.returns().verdicts[warned[0]].acts == tuple(made.name for made in read_acts(home.acts).made)
    send_back(home, contract, new.verdict.submission_id, "Guardi gli sportelli", "coordinamento")
    assert_in_step(desk)

    shutil.rmtree(home.judged / new.verdict.submission_id)
    assert_in_step(desk)
    assert new.verdict.submission_id not in desk.returns().verdicts
    rejudge_all(home, contract)
    assert_in_step(desk)
    assert new.verdict.submission_id in desk.returns().verdicts


def test_a_judgement_with_other_figures_is_read_again(desk: Desk, home: Home) -> None:
    """As an adopted verdict leaves it: the same submission, judged otherwise."""
    assert_in_step(desk)
    given = arrival_of("taranto", "2023-W41")
    found = desk.check(given)
    assert found.known is not None
    figure = next(one for one in found.judgement.figures if one.value is not None and one.flag == "V")
    others = tuple(
        one._replace(value=Decimal(77)) if one is figure else one for one in found.judgement.figures
    )
    judged.prepare_judged(home.judged, found.known, replace(found.judgement, figures=others))
    judged.place_judged(home.judged, found.known)
    assert_in_step(desk)
    assert desk.returns().values(found.known.submission_id)[figure.key] == (Decimal(77), "V")


def replace_verdict(path: Path, content: bytes) -> None:
    """As a judgement takes another one's place: by renaming."""
    aside = path.parent.rename(path.parent.with_name(".judging-other"))
    (aside / path.name).write_bytes(content)
    aside.rename(path.parent)


def test_a_verdict_that_cannot_be_read_counts_as_not_judged_until_it_can(desk: Desk, home: Home) -> None:
    name = next(iter(desk.returns().verdicts))
    path = home.judged / name / "verdict.json"
    written = path.read_bytes()
    replace_verdict(path, written[:40])
    assert name not in desk.returns().verdicts
    replace_verdict(path, written)
    assert_in_step(desk)


def test_what_a_check_was_given_stays_as_it_was(desk: Desk, home: Home, contract: Contract) -> None:
    checked = desk.check(arrival_of("genova"))
    (new,) = take_in(home, contract, sample("genova"))
    assert new.verdict.submission_id in desk.returns().verdicts
    assert new.verdict.submission_id not in checked.returns.verdicts
    assert checked.returns.valid("genova", contract.edition.weeks[41]) is None


def test_acts_that_were_read_are_not_read_again_and_new_ones_are(
    desk: Desk, home: Home, contract: Contract
) -> None:
    for submission_id in sorted(desk.returns().verdicts)[:2]:
        send_back(home, contract, submission_id, "Manca lo sportello di via Po.", "anna")
    both = read_acts(home.acts)
    first, second = sorted(home.acts.iterdir())
    aside = second.rename(home.root / second.name)
    assert desk.acts().made == both.made[:1]
    first.chmod(0o600)
    first.write_text("{}")
    aside.rename(second)
    assert desk.acts() == both
    assert desk.acts() is desk.acts()
    with pytest.raises(ValidationError):
        read_acts(home.acts)


def test_a_return_is_never_missing_while_it_is_being_marked(
    desk: Desk, home: Home, contract: Contract
) -> None:
    names = set(desk.returns().verdicts)
    returns = JudgedReturns.load(home.judged, contract.edition)
    is_over = threading.Event()

    def mark_again_and_again() -> None:
        while not is_over.is_set():
            for name, verdict in list(returns.verdicts.items())[:3]:
                returns.mark(verdict, judged.read_findings(home.judged, name))

    marking = threading.Thread(target=mark_again_and_again)
    marking.start()
    try:
        for _ in range(60):
            followed = desk.returns()
            assert set(followed.verdicts) == names
            for name in names:
                followed.values(name)
    finally:
        is_over.set()
        marking.join()


def test_a_reader_that_died_is_replaced(looking: Desk) -> None:
    before = looking.check(arrival_of("taranto")).judgement
    children = [pid for pid in _children() if "sources.reading.worker" in _command(pid)]
    assert children
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    assert looking.check(arrival_of("taranto")).judgement == before


def _children() -> list[int]:
    return [
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text().split()
    ]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode()


def test_getting_ready_for_a_city_reads_its_last_return_and_keeps_nothing(
    home: Home, contract: Contract
) -> None:
    before, children = _held_by(home), set(_children())
    with Desk(home, contract) as desk:
        desk.warm("potenza")  # of which there is nothing yet
        assert set(_children()) == children
        desk.warm("taranto")
        assert set(_children()) > children
        assert _held_by(home) == before
        last = desk.returns().valid("taranto", IsoWeek.parse("2023-W41"))
        assert last is not None
        (file,) = (home.returns / last.submission_id).glob("1-*")
        file.chmod(0o600)
        file.write_bytes(b"not what came")
        with pytest.raises(DamagedLandingError):
            desk.warm("taranto")


def _held_by(home: Home) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}


def test_after_closing_no_reader_is_left(home: Home, contract: Contract) -> None:
    before = set(_children())
    with Desk(home, contract) as desk:
        desk.check(arrival_of("taranto"))
        assert set(_children()) > before
    assert set(_children()) == before


# --- receiving


def test_what_it_receives_is_what_the_command_receives(
    desk: Desk, home: Home, contract: Contract, tmp_path: Path
) -> None:
    other = Home(Path(shutil.copytree(home.root, tmp_path / "other")))
    for city in ("taranto", "milano", "latina"):
        week = "2023-W41" if city == "latina" else "2023-W42"
        arrival = replace(
            arrival_of(city, week), received_at=None, received_by="ufficio", reason_code="correction"
        )
        (by_command,) = receive(other, contract, [arrival])
        assert desk.receive(arrival) == by_command
        assert desk.receive(arrival).is_known
        assert_in_step(desk)
    assert _contents(home.root) == _contents(other.root)


def _contents(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


def test_sixteen_received_at_once_all_stand_in_the_landing(desk: Desk, home: Home) -> None:
    with ThreadPoolExecutor(16) as threads:
        outcomes = list(
            threads.map(lambda city: desk.receive(replace(arrival_of(city), received_at=None)), CITIES)
        )
    assert all(outcome.verdict.is_accepted for outcome in outcomes)
    assert len({outcome.verdict.received_at for outcome in outcomes}) == len(CITIES)
    assert {one.verdict.submission_id for one in outcomes} <= {path.name for path in home.returns.iterdir()}
    assert_in_step(desk)


def test_who_confirms_gives_way_to_who_waits_for_a_verdict_but_not_for_ever() -> None:
    turns = _Turns()
    with ThreadPoolExecutor(1) as threads:
        with turns.asked_for_verdict():
            until = time.monotonic() + 0.2
            turns.after_verdicts(until)
            assert time.monotonic() >= until
            confirming = threads.submit(turns.after_verdicts, time.monotonic() + 60)
            assert not wait([confirming], 0.2).done
        assert wait([confirming], 5).done


def test_it_waits_for_another_run_and_gives_up_in_the_end(
    desk: Desk, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrival = replace(arrival_of("taranto"), received_at=None)
    landed = sorted(path.name for path in home.returns.iterdir())
    monkeypatch.setenv("REGIA_WAIT_SECONDS", "0.3")
    with home.receiving(), pytest.raises(BusyError):
        desk.receive(arrival)
    assert sorted(path.name for path in home.returns.iterdir()) == landed
    monkeypatch.setenv("REGIA_WAIT_SECONDS", "30")
    with ThreadPoolExecutor(1) as threads:
        with home.receiving():
            waiting = threads.submit(desk.receive, arrival)
            assert desk.check(arrival_of("torino")).judgement.city == "torino"  # nobody else waits
            assert not waiting.done()
        assert waiting.result().verdict.is_accepted


def test_what_was_landed_before_a_kill_is_judged_first(desk: Desk, home: Home) -> None:
    last = list(desk.returns().verdicts)[-1]
    shutil.rmtree(home.judged / last)
    desk.receive(replace(arrival_of("taranto"), received_at=None))
    assert last in desk.returns().verdicts
    assert_in_step(desk)
