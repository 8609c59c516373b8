"""Uploads that are not sent yet: kept for a while, judged whenever somebody looks, received when confirmed.

Lives here: sorting dropped files into returns; keeping, showing, confirming and removing a draft.
Must not live here: judging and landing (`pipelines.receiving`), pages, words.

A draft is a folder `HOME/drafts/<id>/`: `draft.json`, and the files' bytes as `1`, `2`, ... It appears by one
rename. Of a return that tells who a person is there is none: nothing of it is ever written.
"""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, ValidationError

from pipelines.annotating import annotated_bytes, copy_name, said_in
from pipelines.clock import now
from pipelines.deciding import check_act, known_verdict
from pipelines.deciding import confirm as confirm_warnings
from pipelines.home import Home
from pipelines.judged import read_findings
from pipelines.judging.context import Claim
from pipelines.judging.judge import Judgement
from pipelines.judging.understood import Understood, return_in_words, understood
from pipelines.moved_indicators import MovedIndicator
from pipelines.portal.desk import Desk
from pipelines.receiving import Arrival, Checked, Outcome
from pipelines.resubmission import Resubmission, resubmission_of
from reports.findings.lines import Line, lines_of
from schemas.acts import Confirmation
from schemas.contract import Language, Slug
from schemas.deadlines import Deadlines
from schemas.tables import Entry
from schemas.verdicts import Finding, Reason, Verdict
from sources import landing
from sources.cells import Workbook
from sources.layouts.library import KnownLayout
from sources.layouts.recognise import most_alike
from sources.layouts.rows import assigned_sheets
from sources.reading.reader import SourceFile, Unreadable

EXPIRY = dt.timedelta(hours=48)
_UNFINISHED = ".draft-"
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Sender:
    """An account and its city; no city: the coordination, which sends for any."""

    account: str
    city: str | None = None


class DraftFile(Entry):
    """A file of a draft: the name under which it came, and where its bytes stand in the folder."""

    name: str
    stored_as: str
    sha256: str
    size: int


class Draft(Entry):
    """An upload that is not sent yet.

    city: of its sender; None for the coordination. claimed_city: what it is said to be for.
    submission_id: what became of it; from then on its files are gone, and it is kept to be known again.
    """

    id: str
    account: str
    city: Slug | None = None
    claimed_city: Slug | None = None
    made_at: AwareDatetime
    expires_at: AwareDatetime
    sha256: str
    files: tuple[DraftFile, ...]
    submission_id: str | None = None

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def claim(self) -> Claim:
        return Claim(self.claimed_city)

    def is_open_to(self, sender: Sender) -> bool:
        """Whether the sender may go on with it: its own account, or another one of the same city."""
        return self.city == sender.city and (self.city is not None or self.account == sender.account)


@dataclass(frozen=True)
class Withheld:
    """A return that tells who a person is: nothing of it was kept, and only where may be said."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class DraftView:
    """All that is to be shown of a draft, as it would be judged now, but for its effect on indicators.

    lines: the findings in the language asked for. known: the accepted submission of these very bytes.
    replaces: the version whose place it would take. confirmable: the rules whose warnings
    can be said to be odd but true. due_at: None where the week is not told, or
    the file is another city's.
    """

    draft: Draft
    judgement: Judgement
    lines: tuple[Line, ...]
    understood: Understood
    changes: Resubmission | None
    known: Verdict | None
    replaces: Verdict | None
    confirmable: tuple[str, ...]
    at: dt.datetime
    due_at: dt.datetime | None

    @property
    def is_reason_owed(self) -> bool:
        """Whether who sends it must say why."""
        return self.replaces is not None

    @property
    def is_of_other_city(self) -> bool:
        """Whether the file is another city's than the one for which it would be sent."""
        return _is_of_other_city(self.draft, self.judgement)

    @property
    def is_late(self) -> bool:
        """Whether it would be late, confirmed at this instant."""
        return self.due_at is not None and self.at > self.due_at


@dataclass(frozen=True)
class DraftLimits:
    """What drafts may hold: how many an account, and how many bytes; bytes of all drafts together."""

    drafts: int = 60
    size: int = 128 << 20
    size_of_all: int = 4 << 30


class UnknownDraftError(Exception):
    """No such draft, not for this account, or not any more."""


DraftCode = Literal["too_many", "too_large", "no_room", "rejected", "reason_owed", "nothing_to_confirm"]


class DraftError(Exception):
    """What cannot be done with a draft: why, as a code that pages put into words. Nothing was changed."""

    def __init__(self, code: DraftCode) -> None:
        super().__init__(code)
        self.code = code


class WithheldError(Exception):
    """The draft turned out to tell who a person is: it was removed; where it does is in `withheld`."""

    def __init__(self, withheld: Withheld) -> None:
        super().__init__("withheld")
        self.withheld = withheld


class Drafts:
    """The drafts of a home; many threads may use them."""

    def __init__(
        self,
        home: Home,
        desk: Desk,
        clock: Callable[[], dt.datetime] = now,
        expiry: dt.timedelta = EXPIRY,
        limits: DraftLimits | None = None,
    ) -> None:
        self._home, self._desk, self._clock, self._expiry = home, desk, clock, expiry
        self.limits = limits or DraftLimits()
        self._folder = home.drafts
        self._weighing = threading.Lock()
        self._sent_before: set[str] = set()
        """Drafts that were sent: they stay so, and need not be read to be left out."""

    # --- which files are one return

    def sort_files(
        self, files: Sequence[SourceFile], city: str | None = None
    ) -> tuple[tuple[SourceFile, ...], ...]:
        """The files as returns, in order: one that a layout recognises, and those that this layout knows the
        sheets of and that no layout recognises by themselves (a zip that somebody unpacked).

        What belongs to none stands alone. `city`: whose layouts go first.
        """
        if len(files) == 1:
            return (tuple(files),)
        layouts = self._desk.contract.layouts
        usual = layouts.usual_for(city) if city else ()
        groups: dict[int, _Group] = {}
        parts: dict[int, Workbook] = {}
        for number, file in enumerate(files):
            opened = self._desk.read(Arrival((file,), claim=Claim(city)))
            for form in _forms(opened, file):
                like = most_alike(form, layouts.layouts, usual)
                if like is not None:
                    groups[number] = _Group(like.known, (number,), form)
                    parts.pop(number, None)
                    break
                parts[number] = form
        for number, part in parts.items():
            first = next((one for one, group in groups.items() if group.lacks(part)), None)
            if first is None:
                groups[number] = _Group(None, (number,), part)
            else:
                groups[first] = groups[first].with_part(number, part)
        grouped = {number for group in groups.values() for number in group.files}
        unread = [(number,) for number in range(len(files)) if number not in grouped]
        returns = sorted([*(tuple(sorted(group.files)) for group in groups.values()), *unread])
        return tuple(tuple(files[number] for number in numbers) for numbers in returns)

    # --- keeping

    def keep(self, files: Sequence[SourceFile], sender: Sender, city: str | None = None) -> Draft | Withheld:
        """Judge a return and keep it as a draft; one that tells who a person is leaves nothing behind.

        A city's return is for that city, whatever `city` says. The same return kept by the same sender is the
        draft that is there already. Raises DraftError (too_many, too_large, no_room).
        """
        claim = Claim(sender.city or city)
        at = self._clock()
        checked = self._desk.check(Arrival(tuple(files), at, claim))
        if checked.judgement.is_withheld:
            return Withheld(checked.judgement.findings)
        with self._writing(fcntl.LOCK_EX):
            sha256 = landing.sha256_of(tuple(files))
            kept = self._unsent()
            for same in kept:
                if same.is_open_to(sender) and (same.sha256, same.claim) == (sha256, claim):
                    return same
            self._refuse_beyond_limits(kept, files, sender)
            draft = Draft(
                id=secrets.token_hex(16),
                account=sender.account,
                city=sender.city,
                claimed_city=claim.city,
                made_at=at,
                expires_at=at + self._expiry,
                sha256=sha256,
                files=tuple(
                    DraftFile(
                        name=file.name,
                        stored_as=str(number),
                        sha256=hashlib.sha256(file.data).hexdigest(),
                        size=len(file.data),
                    )
                    for number, file in enumerate(files, start=1)
                ),
            )
            try:
                self._write(draft, files)
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                    raise
                raise DraftError("no_room") from error
        return draft

    def _refuse_beyond_limits(
        self, kept: Sequence[Draft], files: Sequence[SourceFile], sender: Sender
    ) -> None:
        size = sum(len(file.data) for file in files)
        own = [draft for draft in kept if draft.account == sender.account]
        if len(own) >= self.limits.drafts:
            raise DraftError("too_many")
        if sum(draft.size for draft in own) + size > self.limits.size:
            raise DraftError("too_large")
        if sum(draft.size for draft in kept) + size > self.limits.size_of_all:
            raise DraftError("no_room")

    def _write(self, draft: Draft, files: Sequence[SourceFile]) -> None:
        unfinished = self._folder / f"{_UNFINISHED}{draft.id}"
        try:
            unfinished.mkdir(mode=0o700)
            for entry, file in zip(draft.files, files, strict=True):
                _write_private(unfinished / entry.stored_as, file.data)
            _write_private(unfinished / "draft.json", _as_json(draft))
            _sync(unfinished)
            unfinished.rename(self._folder / draft.id)
        except OSError:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        _sync(self._folder)

    # --- looking

    def read(self, draft_id: str, sender: Sender, language: Language = "it") -> DraftView:
        """The draft as it would be judged now. Raises UnknownDraftError, WithheldError."""
        draft = self._open(draft_id, sender)
        at, checked = self._check(draft)
        return self._view(draft, at, checked, language)

    def moved_indicators(self, draft_id: str, sender: Sender) -> tuple[MovedIndicator, ...]:
        """The indicators of its week that a draft would move; none of a rejected one.

        Takes half a second of a processor, one draft after the other: verdicts do not wait for it.
        Raises UnknownDraftError, WithheldError.
        """
        draft = self._open(draft_id, sender)
        _, checked = self._check(draft)
        edition = self._desk.contract.edition
        with self._weighing:
            changes = resubmission_of(checked.judgement, draft.sha256, checked.returns, checked.acts, edition)
        return changes.indicators if changes is not None else ()

    def submission_of(self, draft_id: str, sender: Sender) -> str | None:
        """What became of a draft that was sent. Raises UnknownDraftError."""
        return self._open(draft_id, sender, is_sent_too=True).submission_id

    def annotated(self, draft_id: str, sender: Sender) -> tuple[str, bytes]:
        """A copy of the draft with what is wrong in its own cells: its file name, and the workbook.

        Raises UnknownDraftError, WithheldError.
        """
        draft = self._open(draft_id, sender)
        _, checked = self._check(draft)
        judged, edition = checked.judgement, self._desk.contract.edition
        label = return_in_words(judged.city, judged.week, judged.version, edition)
        data = annotated_bytes(draft.files[0].name, judged, checked.workbook, label, edition)
        return copy_name(judged.city, judged.week, judged.version), data

    def of(self, sender: Sender) -> tuple[Draft, ...]:
        """The drafts that the sender may go on with, the oldest first."""
        return tuple(draft for draft in self._unsent() if draft.is_open_to(sender))

    def _check(self, draft: Draft) -> tuple[dt.datetime, Checked]:
        at = self._clock()
        checked = self._desk.check(Arrival(self._files(draft), at, draft.claim))
        self._refuse_withheld(draft, checked)
        return at, checked

    def _refuse_withheld(self, draft: Draft, checked: Checked) -> None:
        if checked.judgement.is_withheld:
            self._remove(draft.id)
            raise WithheldError(Withheld(checked.judgement.findings))

    def _view(self, draft: Draft, at: dt.datetime, checked: Checked, language: Language) -> DraftView:
        judged, edition = checked.judgement, self._desk.contract.edition
        city, week = judged.city, judged.week
        figures = {figure.key: (figure.value, figure.flag) for figure in judged.figures}
        due_at = None
        if city is not None and week in edition.weeks and not _is_of_other_city(draft, judged):
            deadlines = Deadlines(edition, checked.acts.deadlines_moved(edition.slug))
            due_at = deadlines.due_at(week, city)
        return DraftView(
            draft=draft,
            judgement=judged,
            lines=lines_of(said_in(judged.findings, edition, (language,))),
            understood=understood(figures, edition, city, week, judged.nils),
            changes=resubmission_of(
                judged, draft.sha256, checked.returns, checked.acts, edition, with_indicators=False
            ),
            known=checked.known,
            replaces=_replaced(checked),
            confirmable=_warned(judged.findings),
            at=at,
            due_at=due_at,
        )

    # --- sending

    def confirm(
        self,
        draft_id: str,
        sender: Sender,
        by: str,
        reason: Reason | None = None,
        notes: Mapping[str, str] | None = None,
        *,
        although_rejected: bool = False,
    ) -> Outcome:
        """Receive a draft: it arrives at this instant. `notes`: rule -> why its warning is odd but true.

        Killed at any instant it can be confirmed again: what was received already is the same submission, and
        what is still to be recorded then is. Confirmed once more, it says what became of it.

        Raises, with nothing changed: UnknownDraftError, WithheldError, DraftError (rejected, reason_owed,
        nothing_to_confirm), RefusedError for a note that tells who a person is, OSError. BusyError: the
        landing is being written for longer than the usual wait; it may have been received by then.
        """
        self._open(draft_id, sender, is_sent_too=True)
        with self._held(draft_id):
            draft = self._open(draft_id, sender, is_sent_too=True)
            if draft.submission_id is not None:
                return self._sent(draft.submission_id)
            told = {rule: note.strip() for rule, note in (notes or {}).items() if note.strip()}
            for rule, note in told.items():
                act = Confirmation(submission_id="-", rule=rule, note=note, at=self._clock(), by=by)
                check_act(self._desk.contract, act)

            def may_come(checked: Checked) -> None:
                self._refuse_withheld(draft, checked)
                if checked.judgement.status == "rejected" and not although_rejected:
                    raise DraftError("rejected")
                if _replaced(checked) is not None and reason is None:
                    raise DraftError("reason_owed")
                if told.keys() - set(_warned(checked.judgement.findings)):
                    raise DraftError("nothing_to_confirm")

            arrival = Arrival(self._files(draft), None, draft.claim, by, reason.value if reason else None)
            outcome = self._confirm_warnings(self._desk.receive(arrival, may_come), told, by)
            self._mark_sent(draft, outcome.verdict.submission_id)
            return outcome

    def _confirm_warnings(self, outcome: Outcome, notes: Mapping[str, str], by: str) -> Outcome:
        """Record what is not recorded yet."""
        submission_id = outcome.verdict.submission_id
        recorded = {(one.rule, one.note) for one in self._desk.acts().confirmations_of(submission_id)}
        warned = _warned(outcome.findings)
        told = {rule: notes[rule] for rule in warned if rule in notes and (rule, notes[rule]) not in recorded}
        if not told:
            return outcome
        contract, look = self._desk.contract, self._desk.returns
        marked = confirm_warnings(self._home, contract, submission_id, told, by, look)
        return replace(outcome, verdict=marked.verdict, findings=marked.findings)

    def _mark_sent(self, draft: Draft, submission_id: str) -> None:
        """Remove the files, and remember what became of them: who clicks twice is told the same."""
        folder = self._folder / draft.id
        sent = draft.model_copy(update={"submission_id": submission_id, "files": ()})
        replacement = folder / ".draft.json"
        replacement.unlink(missing_ok=True)
        _write_private(replacement, _as_json(sent))
        replacement.replace(folder / "draft.json")
        _remove_files(folder)

    def _sent(self, submission_id: str) -> Outcome:
        verdict = known_verdict(self._desk.returns(), submission_id)
        return Outcome(verdict, read_findings(self._home.judged, submission_id), is_known=True)

    # --- removing

    def drop(self, draft_id: str, sender: Sender) -> None:
        """Remove a draft. Raises UnknownDraftError."""
        self._open(draft_id, sender)
        with self._held(draft_id):
            self._open(draft_id, sender)  # it may have been sent meanwhile
            self._remove(draft_id)

    def sweep(
        self, at: dt.datetime | None = None, expired: Callable[[str], object] = lambda draft_id: None
    ) -> None:
        """Remove drafts that have expired, and what killed ones left. expired: told of each never sent."""
        at = at or self._clock()
        with self._writing(fcntl.LOCK_EX):
            for path in self._folder.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(path)
        for draft in self._all():
            if draft.expires_at <= at:
                try:
                    with self._held(draft.id):
                        self._remove(draft.id)
                        if draft.submission_id is None:
                            expired(draft.id)
                except UnknownDraftError:
                    continue
            elif draft.submission_id is not None:
                _remove_files(self._folder / draft.id)

    def _remove(self, draft_id: str) -> None:
        """Out of sight in one step, then gone. UnknownDraftError: somebody else did."""
        hidden = self._folder / f"{_UNFINISHED}{draft_id}"
        with self._writing(fcntl.LOCK_SH):
            try:
                (self._folder / draft_id).rename(hidden)
            except FileNotFoundError as error:
                raise UnknownDraftError(draft_id) from error
            shutil.rmtree(hidden)
            _sync(self._folder)

    # --- folders

    def _open(self, draft_id: str, sender: Sender, *, is_sent_too: bool = False) -> Draft:
        draft = self._read(draft_id) if _ID.fullmatch(draft_id) else None
        if (
            draft is None
            or not draft.is_open_to(sender)
            or draft.expires_at <= self._clock()
            or (draft.submission_id is not None and not is_sent_too)
        ):
            raise UnknownDraftError(draft_id)
        return draft

    def _read(self, draft_id: str) -> Draft | None:
        try:
            return Draft.model_validate_json((self._folder / draft_id / "draft.json").read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValidationError):
            return None

    def _files(self, draft: Draft) -> tuple[SourceFile, ...]:
        files = []
        for entry in draft.files:
            try:
                data = (self._folder / draft.id / entry.stored_as).read_bytes()
            except FileNotFoundError as error:
                raise UnknownDraftError(draft.id) from error
            if hashlib.sha256(data).hexdigest() != entry.sha256:
                raise landing.DamagedLandingError(f"draft {draft.id}: {entry.stored_as} is not what came")
            files.append(SourceFile(entry.name, data))
        return tuple(files)

    def _all(self) -> Iterator[Draft]:
        for name in self._names():
            draft = self._read(name)
            if draft is not None:
                yield draft

    def _names(self) -> list[str]:
        if not self._folder.exists():
            return []
        return sorted(path.name for path in self._folder.iterdir() if _ID.fullmatch(path.name))

    def _unsent(self) -> list[Draft]:
        at = self._clock()
        names = self._names()
        self._sent_before &= set(names)
        found = []
        for name in names:
            draft = self._read(name) if name not in self._sent_before else None
            if draft is not None and draft.submission_id is not None:
                self._sent_before.add(name)
            elif draft is not None and draft.expires_at > at:
                found.append(draft)
        return sorted(found, key=lambda draft: (draft.made_at, draft.id))

    @contextmanager
    def _writing(self, kind: int) -> Iterator[None]:
        """Whoever keeps a draft, or sweeps, does so alone: a return kept twice at once is one draft."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / ".writing").open("a") as handle:
            fcntl.flock(handle, kind)
            yield

    @contextmanager
    def _held(self, draft_id: str) -> Iterator[None]:
        """Hold a draft: who confirms it twice at once does so one after the other. UnknownDraftError."""
        try:
            descriptor = os.open(self._folder / draft_id, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError as error:
            raise UnknownDraftError(draft_id) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not (self._folder / draft_id).exists():
                raise UnknownDraftError(draft_id)
            yield
        finally:
            os.close(descriptor)


@dataclass(frozen=True)
class _Group:
    """Files that are one return, by their numbers; the sheets that they have together, and their layout."""

    known: KnownLayout | None
    files: tuple[int, ...]
    workbook: Workbook

    def lacks(self, part: Workbook) -> bool:
        """Whether the layout knows every sheet of a part, and none of them is there yet."""
        if self.known is None or part.format != self.workbook.format:
            return False
        specs = [spec for _, spec, _ in assigned_sheets(self._with(part), self.known)]
        return None not in specs[len(self.workbook.sheets) :]

    def with_part(self, number: int, part: Workbook) -> _Group:
        return replace(self, files=(*self.files, number), workbook=self._with(part))

    def _with(self, part: Workbook) -> Workbook:
        return Workbook(part.format, (*self.workbook.sheets, *part.sheets))


def _forms(opened: Workbook | Unreadable, file: SourceFile) -> Iterator[Workbook]:
    """What a file is by itself, and what it is as one of several: a sheet that bears the file's name."""
    if isinstance(opened, Workbook):
        yield opened
        if opened.format == "csv":
            yield Workbook("zip", tuple(replace(sheet, name=file.name) for sheet in opened))


def _replaced(checked: Checked) -> Verdict | None:
    """The version whose place a checked return would take."""
    judged = checked.judgement
    if judged.status == "rejected" or checked.known is not None or judged.city is None or judged.week is None:
        return None
    return checked.returns.valid(judged.city, judged.week)


def _is_of_other_city(draft: Draft, judged: Judgement) -> bool:
    return None not in (judged.city, draft.claimed_city) and judged.city != draft.claimed_city


def _warned(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The rules that warned, whose warnings can be confirmed."""
    return tuple(dict.fromkeys(finding.rule for finding in findings if finding.severity == "warning"))


def _as_json(draft: Draft) -> bytes:
    return draft.model_dump_json(indent=1).encode() + b"\n"


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _remove_files(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != "draft.json":
            path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
