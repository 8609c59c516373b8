"""The weekly work from end to end, as the command and the schedule run it.

Lives here: bringing `judged/` in step with the landing, then the consolidation; and rebuilding both.
Must not live here: the steps of a consolidation (`pipelines.consolidating`), or dagster.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from pipelines import bulletins, judged, releases
from pipelines.acts import read_acts
from pipelines.consolidating import OnProgress, look_through_home, no_progress
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.receiving import ChangedVerdict, are_heeded, judge_missing, rejudge_all
from pipelines.refusals import WrongUsageError
from pipelines.releases import LostRelease
from schemas.weeks import IsoWeek
from sources import landing
from sources.reading.reader import ReadAhead
from warehouse import publishing
from warehouse.frames import UnfitRowsError
from warehouse.judged import JudgedError, LookedThrough, is_judged
from warehouse.loading import GrainError
from warehouse.making import of_edition, read_making


@dataclass(frozen=True)
class Consolidated:
    """What a consolidation did. Not published: nothing was new, and what stands is up to date."""

    weeks: tuple[IsoWeek, ...]
    is_published: bool
    lost: tuple[LostRelease, ...] = ()
    """Releases that do not lie there as they were made, and cannot be made again."""

    def document(self) -> dict[str, Any]:
        """The document of `consolidate --json`."""
        lost = [f"{one.freeze.quarter}/{one.freeze.release}" for one in self.lost]
        return {
            "weeks": [str(week) for week in self.weeks],
            "is_published": self.is_published,
            **({"lost_releases": lost} if lost else {}),
        }


def consolidate(
    home: Home,
    contract: Contract,
    weeks: Sequence[IsoWeek] | None = None,
    *,
    everything: bool = False,
    on_progress: OnProgress = no_progress,
) -> Consolidated:
    """Consolidate these weeks; else every week with something new; with `everything`, all weeks received.

    Raises BusyError when another consolidation runs for longer than a minute, OSError when the disk refuses.
    """
    with home.consolidating():
        return consolidate_while_locked(home, contract, on_progress, weeks, everything=everything)


def consolidate_while_locked(
    home: Home,
    contract: Contract,
    on_progress: OnProgress = no_progress,
    weeks: Sequence[IsoWeek] | None = None,
    *,
    everything: bool = False,
) -> Consolidated:
    """As `consolidate`, for whoever holds `home.consolidating()`."""
    from pipelines.orchestration.runs import run_consolidation

    looked = judge_what_is_missing(home, contract)
    if everything:
        returns = judged.JudgedReturns.load(home.judged, contract.edition)
        received = {verdict.iso_week for verdict in returns.verdicts.values()}
        decided = {act.iso_week for act in of_edition(looked.decided.held, contract.edition.slug).values()}
        weeks = [week for week in contract.edition.weeks if week in received or str(week) in decided]
    with telling_faults():
        done = run_consolidation(home, contract.edition, weeks, on_progress, looked)
        lost = releases.restore(home, contract.edition)
    return Consolidated(done.weeks, done.is_published, lost)


@contextmanager
def telling_faults() -> Iterator[None]:
    """What is derived and damaged is told with what to do; what the disk refuses to DuckDB as OSError."""
    try:
        yield
    except JudgedError as error:
        problem = f"Un giudizio già fatto è danneggiato ({error})."
        raise WrongUsageError(f"{problem} Esegua «regia rebuild»: rifà tutto dai file ricevuti.") from error
    except (UnfitRowsError, GrainError) as error:
        problem = f"Quanto si stava per pubblicare è sbagliato, e non è stato pubblicato ({error})."
        raise WrongUsageError(f"{problem} Esegua «regia rebuild»: rifà tutto dai file ricevuti.") from error
    except duckdb.Error as error:
        # A full disk has many kinds of error in DuckDB, and one sentence of the system's in all of them.
        no_room = [
            code for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) if os.strerror(code) in str(error)
        ]
        if no_room:
            raise OSError(no_room[0], str(error)) from error
        if isinstance(error, duckdb.IOException):
            raise OSError(errno.EIO, str(error)) from error
        raise


def judge_what_is_missing(home: Home, contract: Contract) -> LookedThrough:
    """Judge what was landed by a run that was killed before it could judge; `judged/` as it then lies there.

    A verdict that is published as it lies there was read before: only the others are.
    """
    held = read_making(home.published(contract.edition.slug)).held
    looked = look_through_home(home)
    if all(
        (name in held and held[name].digest == looked.digests.get(name)) or is_judged(home.judged / name)
        for name in landing.submissions(home.returns)
    ) and are_heeded(home.judged, read_acts(home.acts)):
        return looked
    with home.receiving():
        judged.remove_unfinished(home.judged)
        returns = judged.JudgedReturns.load(home.judged, contract.edition)
        with ReadAhead(words=contract.vocabulary) as reader:
            judge_missing(home, contract, returns, reader)
    return look_through_home(home)


def rebuild(
    home: Home, contract: Contract, on_progress: OnProgress = no_progress
) -> tuple[list[ChangedVerdict], Consolidated]:
    """Everything derived again from the landing: judgements, warehouse, published file.

    What is published stays open to readers until the new file takes its place.
    """
    with home.consolidating():
        # First of all: whatever comes next, should this run die, loads and publishes every week again.
        publishing.doubt(home.published(contract.edition.slug))
        bulletins.doubt(home, contract.edition)
        home.warehouse.unlink(missing_ok=True)
        home.warehouse.with_name(f"{home.warehouse.name}.wal").unlink(missing_ok=True)
        changed = rejudge_all(home, contract)
        done = consolidate_while_locked(home, contract, on_progress, everything=True)
        with telling_faults():
            lost = releases.restore(home, contract.edition, thoroughly=True)
        return changed, replace(done, lost=lost)
