"""The judging desk: warm readers and warm judged returns, for as long as the server lives.

Lives here: judging an arrival and taking one in at once, for many threads, by what the command line calls.
Must not live here: judging itself (`pipelines.judging`), drafts, pages.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import TracebackType

from pipelines.acts import Acts, read_acts
from pipelines.home import BusyError, Home, usual_wait
from pipelines.judged import JudgedReturns
from pipelines.judging.context import Claim, Contract
from pipelines.judging.frame import load_checks
from pipelines.judging.judge import Judgement
from pipelines.receiving import Arrival, Checked, Outcome, arrival_of, check_arrival, receive_all, to_be_read
from schemas.verdicts import Verdict
from sources.cells import Workbook
from sources.landing import read_receipt, sha256_of
from sources.reading.reader import ChildReader, CsvHints, ReadAhead, SourceFile, Unreadable

_HOLDS = dt.timedelta(seconds=10)
_MOST_HELD = 32
_WEEKS_BEFORE = 10
"""More than any rule looks back on."""


@dataclass(frozen=True)
class _Held:
    """What was found of an arrival a moment ago. concerned: the verdicts on which that depended."""

    at: dt.datetime
    checked: Checked
    concerned: tuple[Verdict, ...]


class _Turns:
    """Judging takes turns, as it keeps a processor busy: verdicts first, then what is being sent or prepared.

    Who confirms gives way for so long at most, however many others come.
    """

    GIVES_WAY_SECONDS = 5.0

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_taken = False
        self._for_verdicts = 0

    @contextmanager
    def asked_for_verdict(self) -> Iterator[None]:
        """While somebody waits for one, or for the file to be read."""
        with self._changed:
            self._for_verdicts += 1
        try:
            yield
        finally:
            with self._changed:
                self._for_verdicts -= 1
                self._changed.notify_all()

    def until_to_give_way(self) -> float:
        """The instant (of the monotonic clock) from which who confirms now gives way no more."""
        return time.monotonic() + self.GIVES_WAY_SECONDS

    def after_verdicts(self, until: float) -> None:
        """Wait until nobody waits for a verdict, or until that instant."""
        with self._changed:
            self._changed.wait_for(lambda: not self._for_verdicts, max(0.0, until - time.monotonic()))

    @contextmanager
    def taken(self) -> Iterator[None]:
        """The next turn."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_taken)
            self._is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()


class Desk:
    """Judges for many threads at once. Use as a context manager, or `close` it.

    Files are opened beside each other, in children that stay.
    """

    def __init__(self, home: Home, contract: Contract, readers: int = 2) -> None:
        self.home = home
        self.contract = contract
        self._readers = ReadAhead(children=readers, words=contract.vocabulary)
        self._returns = JudgedReturns(home.judged)
        self._acts = Acts()
        self._looked_at = float("-inf")
        self._looking = threading.Lock()
        self._deciding = threading.Lock()
        self._turns = _Turns()
        self._receiving = threading.Lock()
        self._held: dict[tuple[str, tuple[str, ...], Claim], _Held] = {}

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the children that read."""
        self._readers.close()

    def returns(self) -> JudgedReturns:
        """What stands in `judged/` now, whoever judged it; it stays as it is."""
        asked_at = time.monotonic()
        with self._looking:
            if self._looked_at < asked_at:
                looked_at = time.monotonic()
                self._returns.follow(self.contract.edition)
                self._looked_at = looked_at
            return self._returns.as_they_are()

    def warm(self, city: str) -> None:
        """Have at hand what the next return of a city needs, so that the first one need not wait.

        That is what it will be held against, and all that reading and judging its last one loads: its layout,
        its formats, its checks. Of a damaged home raises DamagedLandingError, ValidationError, OSError.
        """
        load_checks()
        returns = self.returns()
        valid = {
            week: verdict
            for week in self.contract.edition.weeks
            if (verdict := returns.valid(city, week)) is not None
        }
        for week in sorted(valid)[-_WEEKS_BEFORE:]:
            returns.totals(valid[week].submission_id, week)
        for week in sorted(valid)[-1:]:
            returns.values(valid[week].submission_id)
            self._judge_again(valid[week].submission_id, returns)

    def _judge_again(self, submission_id: str, returns: JudgedReturns) -> None:
        """Read and judge a return that is there, and keep nothing of that."""
        receipt = read_receipt(self.home.returns / submission_id)
        if receipt.keeps_files:
            arrival = arrival_of(self.home, receipt)
            gives_way_until = self._turns.until_to_give_way()
            self._turns.after_verdicts(gives_way_until)
            workbook = self.read(arrival)
            self._turns.after_verdicts(gives_way_until)
            with self._turns.taken():
                check_arrival(self.contract, arrival, workbook, returns, self.acts())

    def acts(self) -> Acts:
        """What people have decided up to now."""
        self._acts = read_acts(self.home.acts, self._acts)
        return self._acts

    def read(self, arrival: Arrival) -> Workbook | Unreadable:
        """The sheets of an arrival's files."""
        asked = to_be_read(self.contract, arrival)
        (workbook,) = self._readers.read_all([asked])
        if isinstance(workbook, Unreadable) and workbook.reason == "too_large":
            # The reader may have died of what it had read before, or been killed: one that has read nothing
            # else decides.
            with self._deciding, ChildReader(words=self.contract.vocabulary) as unused:
                return unused.read(*asked)
        return workbook

    def check(self, arrival: Arrival) -> Checked:
        """What `pipelines.receiving.check_file` gives, at once.

        Within ten seconds it is told again without judging again (a page shows a moment later what was sent),
        unless something was judged or decided meanwhile that may change it.
        """
        key = (sha256_of(arrival.files), tuple(file.name for file in arrival.files), arrival.claim)
        held = self._held.get(key)
        if held is not None and abs(arrival.instant - held.at) <= _HOLDS:
            returns, acts = self.returns(), self.acts()
            if (
                acts == held.checked.acts
                and _concerned(held.checked.judgement, key[0], returns) == held.concerned
            ):
                return replace(held.checked, returns=returns, acts=acts)
        with self._turns.asked_for_verdict():
            workbook = self.read(arrival)
            with self._turns.taken():
                checked = check_arrival(self.contract, arrival, workbook, self.returns(), self.acts())
                if not checked.judgement.is_withheld:
                    self._held.pop(key, None)
                    self._held[key] = _Held(
                        arrival.instant, checked, _concerned(checked.judgement, key[0], checked.returns)
                    )
                    while len(self._held) > _MOST_HELD:
                        del self._held[next(iter(self._held))]
        return checked

    def receive(
        self, arrival: Arrival, may_come: Callable[[Checked], None] = lambda checked: None
    ) -> Outcome:
        """Take a return in, as `pipelines.receiving.receive` does.

        Its files are opened before the landing's lock is asked for. may_come: told how a new one is judged
        when nothing else can come before it any more; what it raises stops it. Raises BusyError when others
        hold the lock for longer than the usual wait, OSError (disk full): then nothing was received.
        """
        gives_way_until = self._turns.until_to_give_way()
        self._turns.after_verdicts(gives_way_until)
        reading = _ReadBefore(self._readers, to_be_read(self.contract, arrival), self.read(arrival))
        wait = usual_wait()
        give_up_at = time.monotonic() + wait
        if not self._receiving.acquire(timeout=wait):
            raise BusyError(str(self.home.root))
        try:
            wait_for_others = max(0.0, give_up_at - time.monotonic())
            with self.home.receiving(wait_for_others):
                self._turns.after_verdicts(gives_way_until)
                with self._turns.taken():
                    (outcome,) = receive_all(
                        self.home, self.contract, [arrival], self.returns(), reading, may_come=may_come
                    )
                    return outcome
        finally:
            self._receiving.release()


def _concerned(judgement: Judgement, sha256: str, returns: JudgedReturns) -> tuple[Verdict, ...]:
    """The verdicts that a judgement may depend on: those of its city, and of the same bytes."""
    return tuple(
        one for one in returns.verdicts.values() if one.city == judgement.city or one.sha256 == sha256
    )


class _ReadBefore:
    """A reader that has opened one return already."""

    def __init__(
        self,
        reader: ReadAhead,
        asked: tuple[list[SourceFile], CsvHints | None],
        workbook: Workbook | Unreadable,
    ) -> None:
        self._reader, self._asked, self.workbook = reader, asked, workbook

    def read_all(
        self, returns: Iterable[tuple[list[SourceFile], CsvHints | None]]
    ) -> Iterator[Workbook | Unreadable]:
        for one in returns:
            if one == self._asked:
                yield self.workbook
            else:
                yield from self._reader.read_all([one])
