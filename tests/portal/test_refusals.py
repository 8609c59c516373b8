"""What pages refuse: each of the codes is met for real, and said in every language, without a command."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import pytest
from starlette.requests import Request

from pipelines.acts import read_acts, write_act
from pipelines.deciding import confirm, send_back
from pipelines.declaring_nil import NilPlace, declare_nil, nil_place
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.portal import Portal
from pipelines.portal.visits import Visit
from pipelines.receipts import receipt_data
from pipelines.refusals import RefusalCode, RefusedError
from pipelines.templating import template_for
from schemas.acts import Freeze
from schemas.contract import LANGUAGES
from schemas.weeks import ROME, IsoWeek
from sources.layouts.library import LayoutLibrary
from tests.making.identifiers import TAX_CODE
from tests.making.samples import sample
from tests.portal.homes import take_in
from tests.portal.visiting import HERE

pytestmark = pytest.mark.whole

W39, W41, W42, W43 = (IsoWeek(2023, number) for number in (39, 41, 42, 43))
POINT = "TA-ACC-01"


@dataclass(frozen=True)
class Office:
    """A home in which Potenza was warned of something, and Taranto's W42 accepted, its W40 rejected."""

    home: Home
    contract: Contract
    warned: str
    rejected: str

    def declare(self, week: IsoWeek, place: NilPlace, reason: str = "Chiuso per lavori") -> object:
        return declare_nil(self.home, self.contract, "taranto", week, place, reason, "anna")

    def freeze(self) -> None:
        frozen = Freeze(
            edition="lgnet2", quarter="2023-Q3", release=1, manifest="0" * 64, contract="0" * 64,
            rules="0" * 64, made_with="regia", notes="", at=dt.datetime(2023, 10, 23, tzinfo=ROME), by="anna",
        )  # fmt: skip
        write_act(self.home.acts, frozen)

    def declare_frozen(self) -> object:
        self.freeze()
        return self.declare(W39, NilPlace(area="hou"))

    def declare_twice(self) -> object:
        self.declare(W41, NilPlace(service_point=POINT))
        return self.declare(W41, NilPlace(service_point=POINT))

    def receive_before_the_freeze(self) -> object:
        self.freeze()
        return take_in(self.home, self.contract, sample("taranto", "2023-W39"))

    def receive_before_the_valid_one(self) -> object:
        take_in(self.home, self.contract, sample("caserta", "2023-W39", 2))
        return take_in(self.home, self.contract, sample("caserta", "2023-W39"))

    def open_what_was_not_judged(self) -> object:
        shutil.rmtree(self.home.judged / self.warned)
        return receipt_data(self.home, self.warned)

    def make_a_form_without_one(self) -> object:
        without = replace(self.contract, read_layouts=lambda: LayoutLibrary((), ()))
        return template_for(self.home, without, "taranto", W42)


REFUSED: Mapping[RefusalCode, tuple[Callable[[Office], object], tuple[str, ...]]] = {
    "personal_text": (lambda o: o.declare(W41, NilPlace(area="civ"), f"Lo dice {TAX_CODE}"), ()),
    "personal_note": (
        lambda o: confirm(o.home, o.contract, o.warned, {"S09": f"Lo dice {TAX_CODE}"}, "anna"),
        ("S09",),
    ),
    "text_too_long": (lambda o: o.declare(W41, NilPlace(area="civ"), "no" * 1001), ("000",)),
    "rule_does_not_warn": (
        lambda o: confirm(o.home, o.contract, o.warned, {"S09": "Sciopero", "S01": "Festa"}, "anna"),
        ("S01",),
    ),
    "not_accepted": (lambda o: send_back(o.home, o.contract, o.rejected, "Ricontrollare", "anna"), ()),
    "frozen": (Office.declare_frozen, ("39/2023", "2023-Q3")),
    "week_not_over": (lambda o: o.declare(W43, NilPlace(area="hou")), ("43/2023", "30")),
    "place_unknown": (lambda o: nil_place(o.contract.edition, "taranto", "TO-OSS-01", None), ("TO-OSS-01",)),
    "place_not_due": (
        lambda o: o.declare(W42, NilPlace(service_point="TO-OSS-01")),
        ("TO-OSS-01", "42/2023"),
    ),
    "place_active": (lambda o: o.declare(W42, NilPlace(area="hou")), (POINT,)),
    "place_declared": (Office.declare_twice, (POINT, "41/2023", "Chiuso per lavori")),
    "nothing_due": (lambda o: template_for(o.home, o.contract, "taranto", IsoWeek(2022, 42)), ("42/2022",)),
    "no_form": (Office.make_a_form_without_one, ("42/2023",)),
    "not_judged": (Office.open_what_was_not_judged, ()),
    "later_version": (Office.receive_before_the_valid_one, ("2023",)),
    "before_freeze": (Office.receive_before_the_freeze, ("2023-Q3",)),
}
"""How each refusal is met, and what its sentence names in every language."""


@pytest.fixture(scope="module")
def some_returns(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Office:
    home = Home(tmp_path_factory.mktemp("refusals") / "home")
    rejected, _, warned = take_in(
        home, contract, sample("taranto", "2023-W40"), sample("taranto"), sample("potenza")
    )
    return Office(home, contract, warned.verdict.submission_id, rejected.verdict.submission_id)


@pytest.fixture
def office(some_returns: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("REGIA_NOW", "2023-10-27T10:00:00+02:00")
    home = Home(Path(shutil.copytree(some_returns.home.root, tmp_path / "home")))
    return replace(some_returns, home=home)


@pytest.fixture
def portal(office: Office) -> Iterator[Portal]:
    with contextlib.closing(Portal.over(office.home, office.contract, HERE)) as portal:
        yield portal


@pytest.mark.parametrize("code", get_args(RefusalCode))
def test_a_refusal_is_said_in_every_language_without_a_command(
    code: RefusalCode, office: Office, portal: Portal
) -> None:
    ask, named = REFUSED[code]
    with pytest.raises(RefusedError) as refused:
        ask(office)
    assert refused.value.code == code
    said = [
        Visit(portal, Request({"type": "http"}), language, csrf="", address="").refused(refused.value)
        for language in LANGUAGES
    ]
    assert len(set(said)) == len(LANGUAGES)
    for sentence in said:
        assert "regia" not in sentence and TAX_CODE not in sentence
        assert [name for name in named if name not in sentence] == []


def test_of_several_notes_all_are_recorded_or_none(office: Office) -> None:
    before = office.home.acts.exists()
    with pytest.raises(RefusedError):
        confirm(office.home, office.contract, office.warned, {"S09": "Sciopero", "S01": "Festa"}, "anna")
    assert office.home.acts.exists() is before is False


def test_the_same_note_is_recorded_once(office: Office) -> None:
    for _ in range(2):
        confirm(office.home, office.contract, office.warned, {"S09": "Sciopero"}, "anna")
    assert len(read_acts(office.home.acts).confirmations_of(office.warned)) == 1
