"""What tests share: the contract and a reader of files, made once; a home that is theirs alone.

Lives here: fixtures that any test may ask for.
Must not live here: files made for tests (`tests.making`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from pipelines.home import Home
from pipelines.judging.context import Claim, Contract, NoPasts, Pasts
from pipelines.judging.contract import load_contract
from pipelines.judging.judge import Judgement, judge_return
from schemas.contract import Edition
from schemas.editions import PROJECT, EditionFolders
from schemas.weeks import IsoWeek
from sources.cells import Workbook
from sources.layouts.combine import Figure, combine_cells
from sources.layouts.extract import read_return
from sources.layouts.library import KnownLayout
from sources.layouts.outcome import Reading, Trouble
from sources.layouts.recognise import most_alike
from sources.reading.reader import ChildReader, SourceFile, Unreadable
from tests.making.editions import copy_built_in
from tests.making.samples import LATE_BEGINNING, sample

# The same examples on every machine, however slow it is.
settings.register_profile("regia", deadline=None, derandomize=True)
settings.load_profile("regia")

TUESDAY_AFTER_W42 = dt.datetime.fromisoformat("2023-10-24T10:00:00+02:00")
W42 = IsoWeek(2023, 42)

BUILT_IN = EditionFolders(PROJECT / "sources" / "lgnet2", PROJECT / "schemas" / "lgnet2")


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_this_machine() -> Iterator[None]:
    """The environment of whoever runs the tests does not change what they find."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("REGIA_HOME", "REGIA_EDITION", "REGIA_EDITIONS"):
            environment.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The built-in edition with its layouts."""
    return load_contract(BUILT_IN)


@pytest.fixture(scope="session")
def late_editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for `$REGIA_EDITIONS`: the built-in edition, begun a week before the sample's last six."""
    folder = tmp_path_factory.mktemp("editions")
    copy_built_in(folder, first_week=LATE_BEGINNING)
    return folder


@pytest.fixture(scope="session")
def late_contract(late_editions: Path) -> Contract:
    """That edition with its layouts."""
    folder = late_editions / "lgnet2"
    return load_contract(EditionFolders(folder / "sources", folder / "schemas"))


@pytest.fixture(scope="session")
def edition(contract: Contract) -> Edition:
    return contract.edition


@pytest.fixture(scope="session")
def reader() -> Iterator[ChildReader]:
    """One child process that opens files, for the whole session."""
    with ChildReader() as child:
        yield child


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home")


@dataclass(frozen=True)
class Read:
    """A file as its layout reads it."""

    workbook: Workbook
    known: KnownLayout
    reading: Reading
    figures: dict[tuple[str, str, str, str], Figure]
    troubles: tuple[Trouble, ...]

    def value(self, point: str, measure: str, breakdown: str = "total", category: str = "") -> object:
        """The figure's value, or its flag where it has none; None when there is no figure."""
        figure = self.figures.get((point, measure, breakdown, category))
        return None if figure is None else figure.value if figure.flag == "V" else figure.flag


ReadBytes = Callable[..., Read]


@pytest.fixture(scope="session")
def read_bytes(contract: Contract, reader: ChildReader) -> ReadBytes:
    """The bytes of a city's file for a week (2023-W42 unless told otherwise), read by the layout it shows."""

    @cache
    def read(data: bytes, city: str, week: IsoWeek = W42) -> Read:
        workbook = reader.read([SourceFile("invio", data)])
        assert isinstance(workbook, Workbook), workbook
        like = most_alike(workbook, contract.layouts.layouts, contract.layouts.usual_for(city))
        assert like is not None
        reading = read_return(workbook, like.known, contract.edition, city, week)
        figures, troubles = combine_cells(reading.cells, like.known.layout.combine, contract.edition)
        by_key = {figure.key: figure for figure in figures}
        return Read(workbook, like.known, reading, by_key, (*reading.troubles, *troubles))

    return read


JudgedSample = Callable[[str], Judgement]


class Judge(Protocol):
    """Judges the bytes of a file as if they had arrived."""

    def __call__(
        self,
        data: bytes,
        name: str = ...,
        *,
        received_at: dt.datetime = ...,
        claim: Claim | None = ...,
        pasts: Pasts = ...,
        contract: Contract | None = ...,
    ) -> Judgement: ...


@pytest.fixture(scope="session")
def judged_sample(contract: Contract, reader: ChildReader) -> JudgedSample:
    """What a city sent for 2023-W42, judged with nothing sent before."""

    @cache
    def judge_sample(city: str) -> Judgement:
        given = sample(city)
        found = reader.read([SourceFile(given.name, given.data)])
        return judge_return(
            found,
            contract,
            file=given.name,
            sha256=given.sha256,
            received_at=TUESDAY_AFTER_W42,
            pasts=NoPasts(),
        )

    return judge_sample


@pytest.fixture
def judge(contract: Contract, reader: ChildReader) -> Judge:
    """A return judged on the Tuesday after 2023-W42, with nothing sent before, unless told otherwise."""
    built_in = contract

    def judge_bytes(
        data: bytes,
        name: str = "invio",
        *,
        received_at: dt.datetime = TUESDAY_AFTER_W42,
        claim: Claim | None = None,
        pasts: Pasts | None = None,
        contract: Contract | None = None,
    ) -> Judgement:
        given: Workbook | Unreadable = reader.read([SourceFile(name, data)])
        return judge_return(
            given,
            contract or built_in,
            file=name,
            sha256=hashlib.sha256(data).hexdigest(),
            received_at=received_at,
            claim=claim,
            pasts=pasts or NoPasts(),
        )

    return judge_bytes
