"""Taking returns in: read, judge, land, in the order of their arrival; and judging the landing again.

Lives here: what `regia receive`, `regia check` and the first half of `regia rebuild` do.
Must not live here: the command's words, the warehouse.

A return is judged before it is landed, so that what may not be stored never touches the disk. It counts
from the one rename in the landing on; `judged/` follows, and is made again where it is missing.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Protocol

from pipelines import judged
from pipelines.acts import Acts, names_of, read_acts
from pipelines.clock import is_plausible, now
from pipelines.home import Home
from pipelines.judging.context import Claim, Contract
from pipelines.judging.judge import Judgement, judge_return
from pipelines.judging.understood import Understood, understood
from pipelines.refusals import RefusedError, WrongUsageError
from schemas.verdicts import NOT_STATED, Finding, Verdict
from schemas.weeks import ROME, IsoWeek
from sources import landing
from sources.cells import Workbook
from sources.reading.reader import CsvHints, ReadAhead, SourceFile, Unreadable
from warehouse.judged import is_judged, read_return

NO_CLAIM = Claim()


class Reading(Protocol):
    """Whoever opens the files of returns: `ReadAhead`, or a desk that may have done it before."""

    def read_all(
        self, returns: Iterable[tuple[list[SourceFile], CsvHints | None]]
    ) -> Iterator[Workbook | Unreadable]:
        """The returns' sheets in the order given."""


@dataclass(frozen=True)
class Arrival:
    """A return as it comes: its files, what the sender says it is for, when and from whom.

    received_at: None for one that arrives now; its instant is taken when its turn comes, so that returns
    are always judged in the order of their instants.
    """

    files: tuple[SourceFile, ...]
    received_at: dt.datetime | None = None
    claim: Claim = NO_CLAIM
    received_by: str | None = None
    reason_code: str | None = None

    @property
    def instant(self) -> dt.datetime:
        assert self.received_at is not None, "its turn has not come"
        return self.received_at

    @property
    def shown_as(self) -> str:
        return self.files[0].name


@dataclass(frozen=True)
class Outcome:
    """What became of an arrival. `is_known`: the same bytes were here already, and nothing changed."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    understood: Understood | None = None
    """What was read of it; None where the same bytes were here already."""
    is_known: bool = False


@dataclass(frozen=True)
class Checked:
    """A return that was judged without being taken in, and what the reader gave of it.

    known: the accepted submission of these very bytes, if there is one. returns, acts: what it was judged
    against.
    """

    judgement: Judgement
    workbook: Workbook | Unreadable
    known: Verdict | None
    returns: judged.JudgedReturns
    acts: Acts


@dataclass(frozen=True)
class ChangedVerdict:
    """A verdict that would now differ; the recorded one stands."""

    recorded: Verdict
    now: Judgement


class ManifestError(WrongUsageError):
    """A manifest that cannot be taken in: which line, what is wrong."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"L'elenco non si può usare: {problem}. Nulla è stato preso in carico.")


def read_source_file(path: Path) -> SourceFile:
    """A file from disk.

    Raises OSError if it cannot be read, WrongUsageError if it is no file (a pipe would be waited for without
    end) or too large to be held in memory; a lesser one too large for a return is judged, and refused.
    """
    name = os.fsencode(path.name).decode("utf-8", "replace")
    if not (path.is_file() or path.is_dir() or not path.exists()):
        raise WrongUsageError(
            f"«{path}» non è un file ma una coda o un dispositivo: indichi un file su disco."
        )
    with path.open("rb") as stream:
        data = stream.read(_MOST_HELD + 1)
    if len(data) > _MOST_HELD:
        raise WrongUsageError(
            f"Il file «{path}» supera i {_MOST_HELD >> 20} MB: una scheda settimanale è molto più piccola."
            " Controlli di aver scelto il file giusto."
        )
    return SourceFile(name, data)


_MOST_HELD = 256 << 20


def hints_for(contract: Contract, claim: Claim) -> CsvHints | None:
    """The CSV form that the claimed city's layouts declare, if any."""
    if claim.city is None:
        return None
    for known in contract.layouts.usual_for(claim.city):
        if known.layout.csv.encoding or known.layout.csv.separator:
            return CsvHints(known.layout.csv.encoding, known.layout.csv.separator)
    return None


def check_file(home: Home, contract: Contract, arrival: Arrival) -> Checked:
    """Judge a return as if it arrived at its instant, keeping nothing."""
    returns = judged.JudgedReturns.load(home.judged, contract.edition)
    with ReadAhead(children=1, words=contract.vocabulary) as reader:
        (workbook,) = reader.read_all([to_be_read(contract, arrival)])
    return check_arrival(contract, arrival, workbook, returns, read_acts(home.acts))


def to_be_read(contract: Contract, arrival: Arrival) -> tuple[list[SourceFile], CsvHints | None]:
    """What a reader is asked for."""
    return list(arrival.files), hints_for(contract, arrival.claim)


def check_arrival(
    contract: Contract,
    arrival: Arrival,
    workbook: Workbook | Unreadable,
    returns: judged.JudgedReturns,
    acts: Acts,
) -> Checked:
    """Judge a return that was read as if it arrived at its instant, keeping nothing.

    Bytes that were accepted already are judged as they were then: sending them again changes nothing.
    """
    sha256 = landing.sha256_of(arrival.files)
    known = _accepted_already(arrival, returns)
    if known is not None:
        arrival = replace(arrival, received_at=known.received_at)
    submission_id = landing.submission_id_of(sha256, arrival.instant)
    judgement = judge_arrival(contract, arrival, workbook, sha256, submission_id, returns, acts)
    return Checked(judgement, workbook, known, returns, acts)


def receive(
    home: Home,
    contract: Contract,
    arrivals: Iterable[Arrival],
    on_outcome: Callable[[Arrival, Outcome], None] = lambda arrival, outcome: None,
) -> list[Outcome]:
    """Take returns in, in the order given, which must be that of their arrival.

    Holds the landing's lock. First judges what an earlier run landed but was killed before judging.
    Raises BusyError or OSError (disk full); what was taken in before stays, what was under way is not.
    """
    with home.receiving():
        returns = judged.JudgedReturns.load(home.judged, contract.edition)
        with ReadAhead(words=contract.vocabulary) as reader:
            return receive_all(home, contract, arrivals, returns, reader, on_outcome)


def receive_all(
    home: Home,
    contract: Contract,
    arrivals: Iterable[Arrival],
    returns: judged.JudgedReturns,
    reader: Reading,
    on_outcome: Callable[[Arrival, Outcome], None] = lambda arrival, outcome: None,
    may_come: Callable[[Checked], None] = lambda checked: None,
) -> list[Outcome]:
    """`receive`, for whoever holds the landing's lock and knows what stands in `judged/`.

    may_come: told how a new arrival was judged before anything of it is kept; what it raises stops it.
    """
    outcomes = []
    landing.remove_unfinished(home.returns)
    judged.remove_unfinished(home.judged)
    acts = read_acts(home.acts)
    judge_missing(home, contract, returns, reader)
    heed_acts(returns, acts)
    for arrival, workbook in _read_new(contract, arrivals, returns, reader):
        timed = _timed(arrival, returns)
        outcome = _take_in(home, contract, timed, workbook, returns, acts, may_come)
        outcomes.append(outcome)
        on_outcome(timed, outcome)
    return outcomes


_MOMENT = dt.timedelta(microseconds=1)


def _timed(arrival: Arrival, returns: judged.JudgedReturns) -> Arrival:
    """The arrival with an instant of its own, after which all earlier ones lie in their order.

    Now, if none is given, or just after the last arrival, should the clock have been set back. A given
    instant that another submission has is taken a moment later.
    """
    taken = {verdict.received_at for verdict in returns.verdicts.values()}
    instant = arrival.received_at
    if instant is None:
        instant = max(now(), max(taken) + _MOMENT) if taken else now()
    elif _same_submission(arrival, instant, returns) is None:
        while instant in taken:
            instant += _MOMENT
    return replace(arrival, received_at=instant)


def _same_submission(arrival: Arrival, instant: dt.datetime, returns: judged.JudgedReturns) -> Verdict | None:
    """The submission of these bytes at this instant, for what the sender claims."""
    same = returns.with_bytes(landing.sha256_of(arrival.files))
    return next((v for v in same if v.received_at == instant and _agrees(arrival.claim, v)), None)


def _agrees(claim: Claim, verdict: Verdict) -> bool:
    return claim.city in (None, verdict.city) and claim.week in (None, verdict.iso_week)


def _read_new(
    contract: Contract, arrivals: Iterable[Arrival], returns: judged.JudgedReturns, reader: Reading
) -> Iterator[tuple[Arrival, Workbook | Unreadable | None]]:
    """Each arrival with its sheets; None where the very same submission stands already."""
    waiting: list[tuple[Arrival, bool]] = []

    def to_read() -> Iterator[tuple[list[SourceFile], CsvHints | None]]:
        for arrival in arrivals:
            is_new = not _is_settled(arrival, returns)
            waiting.append((arrival, is_new))
            if is_new:
                yield to_be_read(contract, arrival)

    for workbook in reader.read_all(to_read()):
        while not waiting[0][1]:
            yield waiting.pop(0)[0], None
        yield waiting.pop(0)[0], workbook
    for arrival, _ in waiting:
        yield arrival, None


def _is_settled(arrival: Arrival, returns: judged.JudgedReturns) -> bool:
    """Whether these bytes were accepted already, or are this very submission."""
    return _known_already(arrival, returns) is not None


def _known_already(arrival: Arrival, returns: judged.JudgedReturns) -> Verdict | None:
    """The submission that this arrival repeats, unless the sender now claims another city or week."""
    if arrival.received_at is not None:
        same = _same_submission(arrival, arrival.received_at, returns)
        if same is not None:
            return same
    return _accepted_already(arrival, returns)


def _accepted_already(arrival: Arrival, returns: judged.JudgedReturns) -> Verdict | None:
    same = returns.with_bytes(landing.sha256_of(arrival.files))
    return next((v for v in same if v.is_accepted and _agrees(arrival.claim, v)), None)


def _take_in(
    home: Home,
    contract: Contract,
    arrival: Arrival,
    workbook: Workbook | Unreadable | None,
    returns: judged.JudgedReturns,
    acts: Acts,
    may_come: Callable[[Checked], None],
) -> Outcome:
    sha256 = landing.sha256_of(arrival.files)
    submission_id = landing.submission_id_of(sha256, arrival.instant)
    known = _known_already(arrival, returns)
    if known is not None:
        return Outcome(known, judged.read_findings(home.judged, known.submission_id), is_known=True)
    assert workbook is not None
    judgement = judge_arrival(contract, arrival, workbook, sha256, submission_id, returns, acts)
    may_come(Checked(judgement, workbook, None, returns, acts))
    verdict = verdict_of(contract, arrival, judgement, sha256, submission_id, returns)
    rejected_before = [v for v in returns.with_bytes(sha256) if not v.is_accepted]
    if rejected_before and not verdict.is_accepted:
        last = rejected_before[-1]
        if judged.read_findings(home.judged, last.submission_id) == judgement.findings:
            return Outcome(last, judgement.findings, is_known=True)
    _refuse_out_of_order(arrival, verdict, returns)
    _refuse_before_a_freeze(arrival, verdict, acts)
    # All that needs room on the disk comes before the rename from which on the return counts.
    judged.prepare_judged(home.judged, verdict, judgement)
    try:
        landing.land(
            home.returns,
            verdict,
            () if judgement.is_withheld else arrival.files,
            findings=judgement.findings if judgement.is_withheld else (),
            claimed_city=arrival.claim.city,
            claimed_week=arrival.claim.week,
            code_version=installed_version("regia"),
        )
    except OSError:
        judged.remove_unfinished(home.judged)
        raise
    returns.add_prepared(verdict, judgement)
    figures = {figure.key: (figure.value, figure.flag) for figure in judgement.figures}
    read = understood(figures, contract.edition, judgement.city, judgement.week, judgement.nils)
    return Outcome(verdict, judgement.findings, read)


def _refuse_out_of_order(arrival: Arrival, verdict: Verdict, returns: judged.JudgedReturns) -> None:
    """An accepted version cannot come before one that was accepted for the same week already."""
    for other in returns.verdicts.values():
        same = other.city_week == verdict.city_week
        if same and verdict.is_accepted and other.is_accepted and other.known_from > arrival.instant:
            raise RefusedError(
                "later_version",
                f"Per questa città e settimana è già valida una scheda arrivata il "
                f"{other.received_at.astimezone(ROME):%d/%m/%Y alle %H:%M}, dopo la data di arrivo indicata. "
                f"«{arrival.shown_as}» non è stato preso in carico.",
                at=other.received_at,
            )


def _refuse_before_a_freeze(arrival: Arrival, verdict: Verdict, acts: Acts) -> None:
    """What a release holds is what had come by its instant: nothing can have come before it any more."""
    week = verdict.iso_week
    for freeze in acts.freezes_of(verdict.edition):
        if week is not None and week.quarter <= freeze.quarter and arrival.instant <= freeze.at:
            frozen_at = f"{freeze.at.astimezone(ROME):%d/%m/%Y alle %H:%M}"
            raise RefusedError(
                "before_freeze",
                f"Il trimestre {freeze.quarter} è stato congelato il {frozen_at}, dopo la data di arrivo "
                f"indicata: il suo rilascio non comprende «{arrival.shown_as}», che non è stato preso in "
                "carico. Se serve faccia riaprire il trimestre («regia reopen») e lo prenda in carico con la "
                "data di oggi.",
                quarter=freeze.quarter,
                at=freeze.at,
            )


def judge_arrival(
    contract: Contract,
    arrival: Arrival,
    workbook: Workbook | Unreadable,
    sha256: str,
    submission_id: str,
    returns: judged.JudgedReturns,
    acts: Acts,
    at: dt.datetime | None = None,
) -> Judgement:
    """As it arrived; `at`: against what was accepted, waived and frozen by then, where it is judged again."""
    instant, edition = at or arrival.instant, contract.edition.slug
    return judge_return(
        workbook,
        contract,
        file=arrival.shown_as,
        sha256=sha256,
        received_at=arrival.instant,
        claim=arrival.claim,
        pasts=returns.before(instant, submission_id, acts.nils_in(edition)),
        waivers=acts.waivers_at(edition, instant),
        closed=lambda city: acts.closed_quarters(edition, city, instant),
        moved=acts.deadlines_moved(edition, known_at=arrival.instant),
    )


def verdict_of(
    contract: Contract,
    arrival: Arrival,
    judgement: Judgement,
    sha256: str,
    submission_id: str,
    returns: judged.JudgedReturns,
    at: dt.datetime | None = None,
) -> Verdict:
    """The verdict to be recorded: for the claimed city and week where the sender said so.

    at: from when it counts, where that is not its arrival.
    """
    city = arrival.claim.city or judgement.city
    week = arrival.claim.week or judgement.week
    supersedes = None
    if judgement.status != "rejected" and city is not None and week is not None:
        valid = returns.before(at or arrival.instant, submission_id).of(city).accepted.get(week)
        supersedes = valid.submission_id if valid is not None else None
    return Verdict(
        submission_id=submission_id,
        edition=contract.edition.slug,
        city=city,
        iso_week=week,
        version=judgement.version,
        received_at=arrival.instant,
        received_by=arrival.received_by,
        is_late=judgement.is_late,
        sha256=sha256,
        size=sum(len(file.data) for file in arrival.files),
        file_names=() if judgement.is_withheld else tuple(file.name for file in arrival.files),
        layout=judgement.layout,
        status=judgement.status,
        errors=judgement.errors,
        warnings=judgement.warnings,
        supersedes=supersedes,
        reason_code=arrival.reason_code or (NOT_STATED if supersedes else None),
        cells=judgement.counts,
        counts_from=at,
    )


# --- from the landing alone


def judge_missing(
    home: Home, contract: Contract, returns: judged.JudgedReturns, reader: Reading
) -> list[ChangedVerdict]:
    """Judge again every landed return of the edition that has no judgement, in order of arrival.

    Where only the receipt was kept, what it says stands.
    """
    acts = read_acts(home.acts)
    not_judged = [name for name in landing.submissions(home.returns) if name not in returns.verdicts]
    receipts = (landing.read_receipt(home.returns / name) for name in not_judged)
    missing = [receipt for receipt in receipts if receipt.verdict.edition == contract.edition.slug]
    missing.sort(key=lambda receipt: _judged_at(receipt, acts))
    changed = []
    arrivals: list[Arrival] = []

    def to_read() -> Iterator[tuple[list[SourceFile], CsvHints | None]]:
        for receipt in missing:
            if not receipt.keeps_files:
                continue
            arrivals.append(arrival_of(home, receipt))
            yield to_be_read(contract, arrivals[-1])

    workbooks = reader.read_all(to_read())
    for receipt in missing:
        if not receipt.keeps_files:
            landing.finish_withdrawing(home.returns, receipt)
            returns.add(receipt.verdict, judgement_told(receipt.verdict, receipt.findings, is_withheld=True))
            continue
        workbook = next(workbooks)
        arrival, recorded = arrivals.pop(0), receipt.verdict
        again = acts.rejudgement_of(recorded.submission_id)
        recorded = again.verdict if again else recorded
        judgement = judge_arrival(
            contract,
            arrival,
            workbook,
            recorded.sha256,
            recorded.submission_id,
            returns,
            acts,
            again.at if again else None,
        )
        if recorded.submission_id in acts.adopted:
            recorded = verdict_of(
                contract, arrival, judgement, recorded.sha256, recorded.submission_id, returns
            )
            if judgement.is_withheld:
                judged.set_aside(home.judged, recorded.submission_id)
                landing.withdraw(home.returns, recorded, judgement.findings)
        elif judgement.status != recorded.status:
            changed.append(ChangedVerdict(recorded, judgement))
            if judgement.is_withheld:
                # It was taken in before anybody looked for persons: what stands needs its figures.
                workbook = replace(workbook, personal=())
                judgement = judge_arrival(
                    contract, arrival, workbook, recorded.sha256, recorded.submission_id, returns, acts
                )
        returns.add(recorded, judgement)
    heed_acts(returns, acts)
    return changed


def _judged_at(receipt: landing.Receipt, acts: Acts) -> tuple[dt.datetime, str]:
    again = acts.rejudgement_of(receipt.submission_id)
    return (again.at if again else receipt.verdict.received_at), receipt.submission_id


def are_heeded(folder: Path, acts: Acts) -> bool:
    """Whether every judgement in `judged/` remembers what was decided about it."""
    return all(
        is_judged(folder / submission_id)
        and read_return(folder / submission_id).verdict.acts == names_of(acts.of(submission_id))
        for submission_id in acts.submissions
    )


def heed_acts(returns: judged.JudgedReturns, acts: Acts) -> None:
    """See that every judgement remembers what was decided about it, and its findings what was confirmed."""
    for submission_id in sorted(acts.submissions & returns.verdicts.keys()):
        verdict = returns.verdicts[submission_id]
        names = names_of(acts.of(submission_id))
        if verdict.acts == names:
            continue
        notes = {confirmed.rule: confirmed.note for confirmed in acts.confirmations_of(submission_id)}
        findings = tuple(
            finding.model_copy(update={"disposition": "confirmed", "note": notes[finding.rule]})
            if finding.rule in notes and finding.severity == "warning"
            else finding
            for finding in judged.read_findings(returns.folder, submission_id)
        )
        returns.mark(verdict.model_copy(update={"acts": names}), findings)


def judgement_told(
    verdict: Verdict, findings: tuple[Finding, ...], *, is_withheld: bool = False
) -> Judgement:
    """What was said of a submission, without its figures. is_withheld: only its receipt was kept."""
    return Judgement(
        city=verdict.city,
        week=verdict.iso_week,
        version=verdict.version,
        layout=verdict.layout,
        status=verdict.status,
        is_late=verdict.is_late,
        counts=verdict.cells,
        findings=findings,
        figures=(),
        nils=(),
        is_withheld=is_withheld,
    )


def arrival_of(home: Home, receipt: landing.Receipt) -> Arrival:
    """A landed return as it came. Raises DamagedLandingError."""
    verdict = receipt.verdict
    return Arrival(
        files=tuple(landing.read_files(home.returns, receipt)),
        received_at=verdict.received_at,
        claim=Claim(receipt.claimed_city, receipt.claimed_week),
        received_by=verdict.received_by,
        reason_code=verdict.reason_code,
    )


def rejudge_all(home: Home, contract: Contract) -> list[ChangedVerdict]:
    """Judge the whole landing again, in order of arrival; returns the verdicts that would now differ.

    A recorded verdict stands, unless an act adopted the new one.
    """
    with home.receiving():
        landing.remove_unfinished(home.returns)
        judged.remove_unfinished(home.judged)
        # One after the other takes the place of its old judgement, against those judged again before it.
        returns = judged.JudgedReturns(home.judged)
        with ReadAhead(words=contract.vocabulary) as reader:
            changed = judge_missing(home, contract, returns, reader)
        for verdict in judged.read_verdicts(home.judged).values():
            if verdict.edition == contract.edition.slug and verdict.submission_id not in returns.verdicts:
                shutil.rmtree(home.judged / verdict.submission_id)
    return changed


# --- manifests


def arrivals_of(manifest: Path, contract: Contract, received_by: str | None) -> Iterator[Arrival]:
    """The arrivals that a manifest lists, in order of their received_at.

    Columns iso_week, city, files, received_at; paths relative to the manifest, several separated by `;`.
    Raises ManifestError with the line of what is wrong, before anything is taken in.
    """
    rows = list(_manifest_rows(manifest, contract))
    for _, claim, paths, received_at in sorted(rows, key=lambda row: (row[3], row[0])):
        files = tuple(read_source_file(path) for path in paths)
        yield Arrival(files, received_at, claim, received_by)


def _manifest_rows(
    manifest: Path, contract: Contract
) -> Iterator[tuple[int, Claim, Sequence[Path], dt.datetime]]:
    try:
        text = manifest.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ManifestError("non è un CSV in UTF-8") from error
    reader = csv.DictReader(text.splitlines(keepends=True))
    missing = {"iso_week", "city", "files", "received_at"} - set(reader.fieldnames or ())
    if missing:
        raise ManifestError(f"riga 1: mancano le colonne {', '.join(sorted(missing))}")
    for row in reader:
        line = reader.line_num
        if None in row.values():
            raise ManifestError(f"riga {line}: mancano delle celle")
        try:
            week = IsoWeek.parse(row["iso_week"])
            received_at = dt.datetime.fromisoformat(row["received_at"])
        except ValueError as error:
            raise ManifestError(f"riga {line}: settimana o data di arrivo non leggibile") from error
        if received_at.tzinfo is None:
            raise ManifestError(f"riga {line}: received_at non dice il fuso orario (per esempio +01:00)")
        if not is_plausible(received_at):
            raise ManifestError(f"riga {line}: la data di arrivo {row['received_at']} non è possibile")
        if row["city"] not in contract.edition.city_slugs:
            raise ManifestError(f"riga {line}: la città «{row['city']}» non fa parte dell'edizione")
        paths = [manifest.parent / name for name in row["files"].split(";") if name]
        absent = next((path for path in paths if not path.is_file()), None)
        if absent is not None or not paths:
            raise ManifestError(f"riga {line}: il file «{absent or ''}» non c'è")
        yield line, Claim(row["city"], week), paths, received_at
