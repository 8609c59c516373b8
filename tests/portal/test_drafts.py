"""A draft is what the city will send: shown as it is now, received once, and gone without a trace if not."""

from __future__ import annotations

import datetime as dt
import io
import multiprocessing
import os
import resource
import shutil
import signal
import stat
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.acts import read_acts, write_act
from pipelines.home import Home
from pipelines.judged import JudgedReturns
from pipelines.judging.context import Contract
from pipelines.portal.desk import Desk
from pipelines.portal.drafts import (
    Draft,
    DraftError,
    DraftLimits,
    Drafts,
    Sender,
    UnknownDraftError,
    Withheld,
    WithheldError,
)
from pipelines.refusals import WrongUsageError
from schemas.acts import DeadlineMoved, Freeze
from schemas.verdicts import Reason
from schemas.weeks import IsoWeek
from sources.reading.reader import SourceFile
from tests.making.books import altered_sample, put
from tests.making.declarations import DECLARATIONS
from tests.making.samples import sample
from tests.portal.homes import file_of, keep_instead, take_in, unpacked

pytestmark = pytest.mark.whole

TUESDAY = dt.datetime.fromisoformat("2023-10-24T10:00:00+02:00")
TARANTO = Sender("anna", "taranto")
COLLEAGUE = Sender("bruno", "taranto")
POTENZA = Sender("anna", "potenza")
TORINO = Sender("carla", "torino")
LATINA = Sender("lia", "latina")
COORDINATION = Sender("dario")
TAX_CODE = "RSSMRA80A01H501U"


@pytest.fixture(scope="module")
def two_weeks(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("two-weeks") / "home")
    take_in(home, contract, sample("taranto", "2023-W41"), sample("taranto"))
    return home


@pytest.fixture
def home(two_weeks: Home, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(two_weeks.root, tmp_path / "home")))


@pytest.fixture
def drafts(home: Home, contract: Contract, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drafts]:
    monkeypatch.setenv("REGIA_NOW", TUESDAY.isoformat())
    with Desk(home, contract) as desk:
        yield Drafts(home, desk)


def kept(drafts: Drafts, sender: Sender = TORINO, *files: SourceFile) -> Draft:
    draft = drafts.keep(files or (file_of(sender.city or "torino"),), sender)
    assert isinstance(draft, Draft)
    return draft


def new_version(number: float = 3, version: int = 2) -> SourceFile:
    """Taranto's W42 once more, with another figure."""
    way = DECLARATIONS["taranto"]
    return SourceFile("taranto_v2.xlsx", altered_sample("taranto", way.version(version), _other(number)))


def _other(number: float) -> Callable[..., None]:
    def change(book: object) -> None:
        put(book, "1 Presa in carico", "D6", number)  # type: ignore[arg-type]

    return change


def bytes_below(folder: Path) -> bytes:
    return b"\n".join(
        str(path).encode() + (path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    )


# --- which files are one return


@pytest.mark.parametrize("city", [None, "milano"])
def test_dropped_files_are_sorted_into_returns(city: str | None, drafts: Drafts) -> None:
    parts = unpacked(file_of("milano").data)
    assert len(parts) > 4
    torino, genova, palermo = file_of("torino"), file_of("genova"), file_of("palermo")
    notes = SourceFile("note.txt", b"\x00\x01 niente")
    dropped = (torino, *reversed(parts[:2]), genova, *parts[2:], palermo, notes)
    returns = drafts.sort_files(dropped, city)
    assert [set(one) for one in returns] == [{torino}, set(parts), {genova}, {palermo}, {notes}]
    draft = drafts.keep(returns[1], COORDINATION)
    assert isinstance(draft, Draft)
    view = drafts.read(draft.id, COORDINATION)
    assert (view.judgement.city, view.judgement.status) == ("milano", "accepted")
    assert drafts.confirm(draft.id, COORDINATION, "dario").verdict.is_accepted


def test_two_weeks_of_one_city_dropped_together_stay_two_returns(drafts: Drafts) -> None:
    first, second = unpacked(file_of("milano", "2023-W41").data), unpacked(file_of("milano").data)
    assert [set(one) for one in drafts.sort_files((*first, *second))] == [set(first), set(second)]


# --- keeping and looking


def test_a_draft_is_no_return_and_private(drafts: Drafts, home: Home) -> None:
    landing = bytes_below(home.root / "landing")
    draft = kept(drafts)
    folder = home.drafts / draft.id
    assert bytes_below(home.root / "landing") == landing
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name for path in folder.iterdir()} == {"draft.json", "1"}
    assert (folder / "1").read_bytes() == file_of("torino").data
    assert kept(drafts) == draft, "the same file dropped again is the same draft"
    assert drafts.of(TORINO) == (draft,)


def test_a_name_is_never_a_path(drafts: Drafts, home: Home) -> None:
    draft = kept(drafts, TORINO, SourceFile("../../../etc/torino.xlsx", file_of("torino").data))
    assert {path.name for path in (home.drafts / draft.id).iterdir()} == {"draft.json", "1"}


def test_what_is_shown_of_a_new_version(drafts: Drafts, contract: Contract) -> None:
    view = drafts.read(kept(drafts, TARANTO, new_version()).id, COLLEAGUE, "de")
    assert (view.judgement.city, view.judgement.week, view.judgement.version) == (
        "taranto",
        IsoWeek(2023, 42),
        2,
    )
    assert view.judgement.status != "rejected"
    assert view.replaces is not None
    assert view.is_reason_owed
    assert view.changes is not None
    assert view.changes.figures
    assert view.understood.service_points
    assert view.known is None
    assert view.judgement.counts.read > 0
    assert view.due_at is not None
    assert not view.is_late
    assert set(view.confirmable) == {one.rule for one in view.judgement.findings if one.severity == "warning"}
    assert sum(len(line.findings) for line in view.lines) == len(view.judgement.findings)


def test_of_bytes_that_were_accepted_no_reason_is_owed(drafts: Drafts) -> None:
    view = drafts.read(kept(drafts, TARANTO).id, TARANTO)
    assert view.known is not None
    assert not view.is_reason_owed
    assert view.changes is None


def test_what_changes_meanwhile_is_shown(
    drafts: Drafts, home: Home, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = kept(drafts)
    before = drafts.read(draft.id, TORINO)
    assert before.due_at is not None
    assert (before.is_late, before.is_reason_owed) == (False, False)
    later = before.due_at + dt.timedelta(days=1)
    moved = DeadlineMoved(
        edition="lgnet2", iso_week=IsoWeek(2023, 42), city="torino", due_at=later, reason="Patrono",
        at=TUESDAY, by="coordinamento",
    )  # fmt: skip
    write_act(home.acts, moved)
    assert drafts.read(draft.id, TORINO).due_at == later
    take_in(home, contract, sample("torino"))
    assert drafts.read(draft.id, TORINO).known is not None
    monkeypatch.setenv("REGIA_NOW", (TUESDAY + dt.timedelta(hours=47)).isoformat())
    frozen = Freeze(
        edition="lgnet2", quarter="2023-Q4", release=1, manifest="0" * 64, contract="0" * 64, rules="0" * 64,
        made_with="regia", notes="", at=TUESDAY, by="coordinamento",
    )  # fmt: skip
    write_act(home.acts, frozen)
    view = drafts.read(draft.id, TORINO)
    revised = drafts.read(kept(drafts, TARANTO, new_version()).id, TARANTO).judgement
    assert "H10" in {one.rule for one in revised.findings}
    assert view.is_late is (view.at > later)


def test_a_file_of_another_city_is_told_as_such(drafts: Drafts) -> None:
    draft = drafts.keep((file_of("genova"),), TORINO, city="genova")
    assert isinstance(draft, Draft)
    view = drafts.read(draft.id, TORINO)
    assert view.judgement.status == "rejected"
    assert {one.rule for one in view.judgement.findings} == {"H01"}


def test_the_annotated_copy(drafts: Drafts) -> None:
    name, data = drafts.annotated(kept(drafts).id, TORINO)
    assert name == "torino-2023-W42-v1-copia-annotata.xlsx"
    assert zipfile.is_zipfile(io.BytesIO(data))
    unknown = drafts.keep((SourceFile("=cmd Rossi.csv", b"note della riunione di rete"),), TORINO)
    assert isinstance(unknown, Draft)
    name, _ = drafts.annotated(unknown.id, TORINO)
    assert name == "copia-annotata.xlsx"


# --- whose it is


def test_nobody_else_sees_it(drafts: Drafts) -> None:
    draft = kept(drafts)
    for stranger in (TARANTO, COORDINATION):
        for use in (
            lambda who=stranger: drafts.read(draft.id, who),
            lambda who=stranger: drafts.annotated(draft.id, who),
            lambda who=stranger: drafts.confirm(draft.id, who, "x"),
            lambda who=stranger: drafts.drop(draft.id, who),
        ):
            with pytest.raises(UnknownDraftError):
                use()
        assert drafts.of(stranger) == ()
    for name in ("", "..", "0" * 32, f"../drafts/{draft.id}", draft.id.upper()):
        with pytest.raises(UnknownDraftError):
            drafts.read(name, TORINO)
    own = drafts.keep((file_of("genova"),), COORDINATION, city="genova")
    assert isinstance(own, Draft)
    with pytest.raises(UnknownDraftError):
        drafts.read(own.id, Sender("altra"))
    assert drafts.read(draft.id, TORINO).draft == draft


# --- nothing left


def test_of_what_tells_who_a_person_is_nothing_is_written(drafts: Drafts, home: Home) -> None:
    before = bytes_below(home.root)
    latina = file_of("latina", "2023-W41")
    found = drafts.keep((latina,), Sender("lia", "latina"))
    assert isinstance(found, Withheld)
    assert {one.rule for one in found.findings} == {"H04"}
    assert bytes_below(home.root).count(b"latina") == before.count(b"latina")
    assert b"LgNet2_LT" not in bytes_below(home.root)
    assert not home.drafts.exists() or not any(home.drafts.glob("[0-9a-f]*"))
    assert "QXWZYK" not in repr(found)


def test_what_is_never_confirmed_is_gone_after_its_time(
    drafts: Drafts, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = file_of("torino")
    draft = kept(drafts)
    (home.drafts / f".draft-{'a' * 32}").mkdir()
    (home.drafts / f".draft-{'a' * 32}" / "1").write_bytes(given.data)
    gone: list[str] = []
    drafts.sweep(None, gone.append)
    assert gone == []
    assert drafts.of(TORINO) == (draft,)
    assert not list(home.drafts.glob(".draft-*"))
    monkeypatch.setenv("REGIA_NOW", draft.expires_at.isoformat())
    with pytest.raises(UnknownDraftError):
        drafts.read(draft.id, TORINO)
    assert drafts.of(TORINO) == ()
    assert given.data in bytes_below(home.root)
    drafts.sweep(None, gone.append)
    assert gone == [draft.id]
    left = bytes_below(home.root)
    for trace in (given.data, given.name.encode(), draft.id.encode(), draft.sha256.encode(), b"carla"):
        assert trace not in left


def test_what_has_expired_is_told_although_the_next_cannot_be_removed(
    drafts: Drafts, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sorted((kept(drafts), kept(drafts, POTENZA)), key=lambda draft: draft.id)
    told: list[str] = []

    def tell(draft_id: str) -> None:
        told.append(draft_id)
        (home.drafts / f".draft-{second.id}" / "in the way").mkdir(parents=True)

    monkeypatch.setenv("REGIA_NOW", second.expires_at.isoformat())
    with pytest.raises(OSError, match="not empty"):
        drafts.sweep(None, tell)
    assert told == [first.id]


def test_a_dropped_draft_is_gone(drafts: Drafts, home: Home) -> None:
    draft = kept(drafts)
    drafts.drop(draft.id, TORINO)
    assert file_of("torino").data not in bytes_below(home.root)
    with pytest.raises(UnknownDraftError):
        drafts.drop(draft.id, TORINO)


def test_limits(home: Home, contract: Contract, drafts: Drafts) -> None:
    size = len(file_of("torino").data)
    for limits, code in (
        (DraftLimits(drafts=1), "too_many"),
        (DraftLimits(size=size + 100), "too_large"),
        (DraftLimits(size_of_all=size + 100), "no_room"),
    ):
        with Desk(home, contract) as desk:
            few = Drafts(home, desk, limits=limits)
            first = kept(few)
            with pytest.raises(DraftError) as refused:
                few.keep((file_of("genova"),), TORINO)
            assert refused.value.code == code
            few.drop(first.id, TORINO)


def test_a_full_disk_leaves_nothing(drafts: Drafts, home: Home) -> None:
    kept(drafts)  # the reader has begun
    before = bytes_below(home.root)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        with pytest.raises(DraftError) as refused:
            drafts.keep((file_of("genova"),), Sender("gina", "genova"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.value.code == "no_room"
    assert bytes_below(home.root) == before


# --- sending


def test_it_arrives_when_it_is_confirmed(drafts: Drafts, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = kept(drafts)
    an_hour_later = TUESDAY + dt.timedelta(hours=1)
    monkeypatch.setenv("REGIA_NOW", an_hour_later.isoformat())
    outcome = drafts.confirm(draft.id, TORINO, "carla")
    assert outcome.verdict.received_at == an_hour_later
    assert (outcome.verdict.received_by, outcome.verdict.is_accepted, outcome.is_known) == (
        "carla",
        True,
        False,
    )
    assert outcome.understood is not None
    assert drafts.of(TORINO) == ()
    with pytest.raises(UnknownDraftError):
        drafts.read(draft.id, TORINO)
    assert {path.name for path in (home.drafts / draft.id).iterdir()} == {"draft.json"}
    again = drafts.confirm(draft.id, TORINO, "carla")
    assert again.is_known
    assert again.verdict == outcome.verdict
    monkeypatch.setenv("REGIA_NOW", draft.expires_at.isoformat())
    drafts.sweep()
    assert not (home.drafts / draft.id).exists()


def test_a_reason_that_is_owed_is_asked_for(drafts: Drafts) -> None:
    draft = kept(drafts, TARANTO, new_version())
    with pytest.raises(DraftError) as refused:
        drafts.confirm(draft.id, TARANTO, "anna")
    assert refused.value.code == "reason_owed"
    outcome = drafts.confirm(draft.id, COLLEAGUE, "bruno", Reason.late_data)
    assert (outcome.verdict.reason_code, outcome.verdict.version) == ("late_data", 2)
    assert outcome.verdict.supersedes is not None


def test_a_rejected_one_is_sent_only_knowingly(drafts: Drafts, home: Home) -> None:
    landed = list(home.returns.iterdir())
    draft = kept(drafts, TORINO, file_of("genova"))
    with pytest.raises(DraftError) as refused:
        drafts.confirm(draft.id, TORINO, "carla")
    assert refused.value.code == "rejected"
    assert list(home.returns.iterdir()) == landed
    outcome = drafts.confirm(draft.id, TORINO, "carla", although_rejected=True)
    assert outcome.verdict.status == "rejected"
    assert outcome.verdict.city == "torino"


@pytest.fixture
def warned(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> tuple[Draft, str]:
    """A draft that a rule warns of, as it is late; and that rule."""
    monkeypatch.setenv("REGIA_NOW", (TUESDAY + dt.timedelta(days=3)).isoformat())
    draft = kept(drafts, POTENZA)
    view = drafts.read(draft.id, POTENZA)
    assert view.is_late
    assert view.judgement.status == "accepted_with_warnings"
    return draft, view.confirmable[0]


def test_odd_but_true(drafts: Drafts, home: Home, warned: tuple[Draft, str]) -> None:
    draft, rule = warned
    with pytest.raises(DraftError) as refused:
        drafts.confirm(draft.id, POTENZA, "anna", Reason.late_data, {"H01": "Vero"})
    assert refused.value.code == "nothing_to_confirm"
    outcome = drafts.confirm(draft.id, POTENZA, "anna", Reason.late_data, {rule: " Festa del patrono "})
    confirmed = [one for one in outcome.findings if one.disposition == "confirmed"]
    assert {one.rule for one in confirmed} == {rule}
    assert {one.note for one in confirmed} == {"Festa del patrono"}
    assert len(read_acts(home.acts).confirmations_of(outcome.verdict.submission_id)) == 1


def test_a_note_that_tells_who_a_person_is_stops_it_all(
    drafts: Drafts, home: Home, warned: tuple[Draft, str]
) -> None:
    draft, rule = warned
    before = bytes_below(home.root)
    with pytest.raises(WrongUsageError):
        drafts.confirm(draft.id, POTENZA, "anna", Reason.late_data, {rule: f"Chieda a {TAX_CODE}"})
    assert bytes_below(home.root) == before


def test_clicked_sixteen_times_at_once_it_is_one_submission(
    drafts: Drafts, home: Home, warned: tuple[Draft, str]
) -> None:
    draft, rule = warned
    before = len(list(home.returns.iterdir()))
    with ThreadPoolExecutor(16) as threads:
        outcomes = list(
            threads.map(
                lambda _: drafts.confirm(draft.id, POTENZA, "anna", Reason.late_data, {rule: "Vero"}),
                range(16),
            )
        )
    assert len({one.verdict.submission_id for one in outcomes}) == 1
    assert sum(not one.is_known for one in outcomes) == 1
    assert len(list(home.returns.iterdir())) == before + 1
    assert len(read_acts(home.acts).made) == 1


def test_what_turns_out_to_tell_of_a_person_is_removed(
    drafts: Drafts, home: Home, contract: Contract
) -> None:
    """Its bytes were kept by an older reader that found nothing."""
    draft = kept(drafts)
    other = kept(drafts, LATINA)
    keep_instead(home, other.id, file_of("latina", "2023-W41").data)
    with pytest.raises(WithheldError):
        drafts.confirm(other.id, LATINA, "lia", although_rejected=True)
    assert not (home.drafts / other.id).exists()
    assert drafts.of(TORINO) == (draft,)


def test_read_by_eight_at_once_it_is_removed_once(drafts: Drafts, home: Home) -> None:
    draft = kept(drafts, LATINA)
    keep_instead(home, draft.id, file_of("latina", "2023-W41").data)
    with ThreadPoolExecutor(8) as threads:
        readers = [threads.submit(drafts.read, draft.id, LATINA) for _ in range(8)]
        errors = [type(reader.exception()) for reader in readers]
    assert errors.count(WithheldError) == 1
    assert errors.count(UnknownDraftError) == 7


# --- killed


def _confirm_and_die(root: Path, contract: Contract, draft_id: str, rule: str, step: int) -> None:
    """Confirm, and be killed at a system call that changes the home, the `step`th from the beginning."""
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in ("os.rename", "os.remove", "os.mkdir") and str(root) in str(arguments[0]):
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)

    home = Home(root)
    with Desk(home, contract) as desk:
        drafts = Drafts(home, desk)
        sys.addaudithook(watch)
        drafts.confirm(draft_id, POTENZA, "anna", Reason.late_data, {rule: "Vero"})


@pytest.mark.long
def test_killed_anywhere_it_is_confirmed_by_clicking_again(
    drafts: Drafts, home: Home, contract: Contract, warned: tuple[Draft, str], tmp_path: Path
) -> None:
    draft, rule = warned
    step, is_through = 0, False
    while not is_through:
        step += 1
        copy = Home(Path(shutil.copytree(home.root, tmp_path / f"killed-{step}")))
        process = multiprocessing.get_context("fork").Process(
            target=_confirm_and_die, args=(copy.root, contract, draft.id, rule, step)
        )
        process.start()
        process.join()
        is_through = process.exitcode == 0
        assert is_through or process.exitcode == -signal.SIGKILL
        with Desk(copy, contract) as desk:
            again = Drafts(copy, desk)
            outcome = again.confirm(draft.id, POTENZA, "anna", Reason.late_data, {rule: "Vero"})
            again.sweep()
            assert again.of(POTENZA) == ()
        returns = JudgedReturns.load(copy.judged, contract.edition)
        assert [one for one in returns.verdicts.values() if one.city == "potenza"] == [outcome.verdict]
        assert {one.note for one in outcome.findings if one.rule == rule} == {"Vero"}
        assert len(read_acts(copy.acts).made) == 1
        assert {path.name for path in (copy.drafts / draft.id).iterdir()} == {"draft.json"}
    assert step > 8
