"""The receipt of a submission: its data from the landing and `judged/`, its file on demand.

Lives here: what `regia receipt` reads and where it writes.
Must not live here: how a receipt looks (`reports.receipt`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines import judged
from pipelines.acts import Acts, read_acts
from pipelines.annotating import said_in
from pipelines.home import Home
from pipelines.refusals import RefusedError, UnknownSubmissionError, WrongUsageError
from pipelines.writing import write_whole
from reports.receipt import Decision, ReceiptData, SentFile, receipt_html
from schemas.acts import Confirmation, DeadlineMoved, OfSubmission
from schemas.contract import Edition, Language
from schemas.editions import find_edition, load_edition
from schemas.verdicts import Finding, NilReturn, Verdict
from sources import landing


def find_submission(home: Home, submission_id: str) -> str:
    """The submission, if it has landed. Raises WrongUsageError that names the nearest one."""
    known = landing.submissions(home.returns)
    if submission_id in known:
        return submission_id
    raise UnknownSubmissionError(submission_id, known)


def receipt_data(
    home: Home, submission_id: str, language: Language = "it", edition: Edition | None = None
) -> ReceiptData:
    """What the receipt of a submission is made of, its findings said in a language.

    edition: that of the submission, for whoever has it at hand. Raises WrongUsageError where there is no such
    submission, or where what was judged must first be made again.
    """
    receipt = landing.read_receipt(home.returns / find_submission(home, submission_id))
    verdict = judged.read_verdict(home.judged, submission_id)
    if verdict is None:
        raise RefusedError(
            "not_judged",
            "Di questo invio manca il giudizio, che si rifà da ciò che è stato ricevuto: "
            "esegua «regia rebuild» e riprovi.",
        )
    if edition is None or edition.slug != verdict.edition:
        edition = load_edition(find_edition(verdict.edition))
    findings = judged.read_findings(home.judged, submission_id)
    return ReceiptData(
        verdict=verdict,
        status_on_arrival=receipt.verdict.status,
        files=tuple(
            SentFile(name=file.name if receipt.keeps_files else None, sha256=file.sha256, size=file.size)
            for file in receipt.files
        ),
        claimed_city=receipt.claimed_city,
        claimed_week=receipt.claimed_week,
        code_version=receipt.code_version,
        findings=said_in(findings, edition, (language,)),
        nils=judged.read_nils(home.judged, submission_id),
        decisions=_decisions(read_acts(home.acts), verdict, findings),
        moved=_moved_of(read_acts(home.acts), verdict),
        is_nothing_kept=not receipt.keeps_files,
    )


def _decisions(acts: Acts, verdict: Verdict, findings: Sequence[Finding]) -> tuple[Decision, ...]:
    """What was decided about the submission, and the waivers by which errors of it count as warnings."""
    about_it = [
        Decision(
            act=made.act.act,
            at=made.act.at,
            by=made.act.by,
            note=made.act.note,
            rule=made.act.rule if isinstance(made.act, Confirmation) else None,
        )
        for made in acts.of(verdict.submission_id)
        if isinstance(made.act, OfSubmission)
    ]
    decided = [*_waivers_of(acts, verdict, findings), *about_it, *_nils_declared_of(acts, verdict)]
    decided += [
        Decision(act=one.act, at=one.at, by=one.by, note=one.reason, due_at=one.due_at)
        for one in _moved_of(acts, verdict)
    ]
    return tuple(sorted(decided, key=lambda decision: decision.at))


def _moved_of(acts: Acts, verdict: Verdict) -> tuple[DeadlineMoved, ...]:
    """What moved the deadline of its city's week."""
    if verdict.city_week is None:
        return ()
    city, week = verdict.city_week
    return tuple(one for one in acts.deadlines_moved(verdict.edition) if one.concerns(week, city))


def _waivers_of(acts: Acts, verdict: Verdict, findings: Sequence[Finding]) -> Iterator[Decision]:
    """The waivers by which errors of the return count as warnings."""
    waived = [
        (finding.rule, finding.service_point, finding.measure, finding.breakdown)
        for finding in findings
        if finding.disposition == "waived"
    ]
    for one in acts.waivers_at(verdict.edition, verdict.known_from):
        if verdict.city is not None and any(one.covers(verdict.city, *about) for about in waived):
            yield Decision(act=one.act, at=one.at, by=one.by, note=one.reason, rule=one.rule)


def _nils_declared_of(acts: Acts, verdict: Verdict) -> Iterator[Decision]:
    """What was declared without activity beside the return while it was valid, and what of that withdrawn."""
    if verdict.city_week is None or not verdict.is_accepted:
        return
    for nil in acts.nils_of(verdict.edition, *verdict.city_week):
        if nil.declared.after != verdict.known_from:
            continue
        place = NilReturn.model_validate(nil.declared.model_dump(include={"service_point", "area", "reason"}))
        for act in (nil.declared, nil.withdrawal):
            if act is not None:
                yield Decision(act=act.act, at=act.at, by=act.by, note=act.reason, nil=place)


def receipt_path(submission_id: str, out: Path | None) -> Path:
    """Where the receipt is written. Raises WrongUsageError for a file that is neither HTML nor PDF."""
    if out is None:
        return Path(f"ricevuta-{submission_id}.html")
    if out.is_dir():
        return out / f"ricevuta-{submission_id}.html"
    if out.suffix.lower() not in (".html", ".pdf"):
        raise WrongUsageError(f"La ricevuta è un .html o un .pdf: scriva per esempio --out {out.name}.pdf.")
    return out


def write_receipt(path: Path, data: ReceiptData, language: Language = "it") -> None:
    """Write a receipt as HTML or PDF, by the file's name; it is there whole or not at all. Raises OSError."""
    edition = load_edition(find_edition(data.verdict.edition))
    content = _rendered(path, data, edition, language)
    write_whole(path, content)


def _rendered(path: Path, data: ReceiptData, edition: Edition, language: Language) -> bytes:
    if path.suffix.lower() == ".pdf":
        from reports.receipt.pdf import receipt_pdf

        return receipt_pdf(data, edition, language)
    return receipt_html(data, edition, language).encode("utf-8")
