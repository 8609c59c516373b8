"""What was sent: its receipt on the page and to keep, its findings, warnings to confirm later.

Lives here: the pages under `/invii`, for the city that sent and for coordinators.
Must not live here: receipts themselves (`pipelines.receipts`, `reports.receipt`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.responses import Response

from pipelines import deciding
from pipelines.annotating import annotated_bytes, copy_name
from pipelines.judged import read_findings
from pipelines.judging.understood import return_in_words
from pipelines.portal.city.week import XLSX
from pipelines.portal.navigation import START
from pipelines.portal.shown.crumbs import Crumb, crumbs_to_week
from pipelines.portal.shown.findings import NOTE, Question, has_cells, questions
from pipelines.portal.visits import NotFoundError, Visit
from pipelines.receipts import receipt_data
from pipelines.receiving import arrival_of, judgement_told
from pipelines.refusals import RefusedError
from reports.findings.lines import lines_of
from reports.receipt import ReceiptData, receipt_html
from reports.receipt.content import content_of
from schemas.verdicts import Finding, Verdict
from sources.landing import read_receipt


@dataclass(frozen=True)
class Links:
    """Where the files of a submission are."""

    html: str
    pdf: str
    annotated: str


def show(visit: Visit) -> Response:
    """`/invii/ID`."""
    return _page(visit, {})


def receipt_page(visit: Visit) -> Response:
    """`/invii/ID/ricevuta.html`, a file that needs nothing else."""
    data = _data(visit)
    text = receipt_html(data, visit.portal.contract.edition, visit.language)
    return _kept(visit, text.encode(), "html", "text/html; charset=utf-8")


def receipt_document(visit: Visit) -> Response:
    """`/invii/ID/ricevuta.pdf`."""
    from reports.receipt.pdf import receipt_pdf

    data = _data(visit)
    return _kept(
        visit, receipt_pdf(data, visit.portal.contract.edition, visit.language), "pdf", "application/pdf"
    )


def annotated(visit: Visit) -> Response:
    """`/invii/ID/copia.xlsx`: what was sent, with what is found in it now marked in its cells."""
    verdict, portal = _verdict(visit), visit.portal
    receipt = read_receipt(portal.home.returns / verdict.submission_id)
    findings = read_findings(portal.home.judged, verdict.submission_id)
    if not _can_open_copy(visit, findings) or not receipt.keeps_files:
        raise NotFoundError("copy")
    arrival, edition = arrival_of(portal.home, receipt), portal.contract.edition
    data = annotated_bytes(
        arrival.shown_as,
        judgement_told(verdict, findings),
        portal.desk.read(arrival),
        return_in_words(verdict.city, verdict.iso_week, verdict.version, edition),
        edition,
    )
    visit.record("downloaded", f"{verdict.submission_id}/copia")
    name = copy_name(verdict.city, verdict.iso_week, verdict.version)
    return visit.download(data, name, XLSX)


def confirm(visit: Visit) -> Response:
    """Notes on warnings that are odd but true: recorded all together, each for its rule, or none."""
    submission_id, portal = _verdict(visit).submission_id, visit.portal
    notes = {rule: note for rule, note in visit.fields.starting(NOTE).items() if note}
    if not notes:
        missing = visit.texts.problems.short_note
        return _page(visit, {f"{NOTE}{one.key}": missing for one in _open(visit, _data(visit))}, 422)
    try:
        by, look = visit.signed_in.name, portal.desk.returns
        deciding.confirm(portal.home, portal.contract, submission_id, notes, by, look)
    except RefusedError as error:
        if "rule" not in error.details:
            raise
        return _page(visit, {f"{NOTE}{error.details['rule']}": visit.refused(error)}, 422)
    for rule in notes:
        visit.record("warning_confirmed", f"{submission_id}/{rule}")
    return visit.go(f"/invii/{submission_id}", "confirmed")


def _verdict(visit: Visit) -> Verdict:
    """The submission asked for. Raises NotFoundError for one that there is not, or of another city."""
    verdict = visit.portal.desk.returns().verdicts.get(visit.named("submission"))
    own = visit.signed_in.city
    if verdict is None or (own is not None and verdict.city != own):
        raise NotFoundError("submission")
    return verdict


def _data(visit: Visit) -> ReceiptData:
    portal = visit.portal
    return receipt_data(portal.home, _verdict(visit).submission_id, visit.language, portal.contract.edition)


def _kept(visit: Visit, data: bytes, suffix: str, media_type: str) -> Response:
    submission_id = visit.named("submission")
    visit.record("downloaded", f"{submission_id}/{suffix}")
    return visit.download(data, f"ricevuta-{submission_id}.{suffix}", media_type)


def _page(visit: Visit, errors: dict[str, str], status: int = 200) -> Response:
    verdict = _verdict(visit)
    data = _data(visit)
    here = f"/invii/{verdict.submission_id}"
    acts = visit.portal.desk.acts()
    back = acts.sent_back(verdict.submission_id)
    above = _above(visit, verdict)
    texts = visit.texts
    return visit.page(
        "city/submission.html",
        status,
        receipt=content_of(data, visit.portal.contract.edition, texts.receipt),
        links=Links(
            html=f"{here}/ricevuta.html",
            pdf=f"{here}/ricevuta.pdf",
            annotated=f"{here}/copia.xlsx" if _has_copy(visit, data) else "",
        ),
        crumbs=(*above, (texts.submission.title, "")),
        is_just_sent=visit.asked("esito") == "sent",
        sent_back=back.note if back is not None else "",
        week_href=above[-1][1],
        questions=_open(visit, data),
        confirm_action=f"{here}/conferma",
        errors=errors,
    )


def _has_copy(visit: Visit, data: ReceiptData) -> bool:
    is_kept = not data.is_nothing_kept and has_cells(data.findings)
    return is_kept and _can_open_copy(visit, data.findings)


def _can_open_copy(visit: Visit, findings: Iterable[Finding]) -> bool:
    """Whether what was sent is the account's to see: it may be another city's, sent for it by mistake."""
    return visit.signed_in.city is None or all(one.kind != "city_disagrees" for one in findings)


def _above(visit: Visit, verdict: Verdict) -> tuple[Crumb, ...]:
    """The week that it is for; where that is not known, the page where the role comes in."""
    week, weeks = verdict.iso_week, visit.portal.contract.edition.weeks
    if verdict.city is None or week is None or week not in weeks or week.ends_at > visit.at:
        return ((visit.start_name, START[visit.signed_in.role]),)
    return crumbs_to_week(visit, verdict.city, week)


def _open(visit: Visit, data: ReceiptData) -> tuple[Question, ...]:
    """The warnings that nobody has said anything about, one question a rule."""
    if not data.verdict.is_accepted:
        return ()
    lines = lines_of([one for one in data.findings if one.disposition == "open"])
    rules = dict.fromkeys(line.first.rule for line in lines if line.first.severity == "warning")
    return questions(lines, rules, visit.texts, visit.fields.starting(NOTE))
