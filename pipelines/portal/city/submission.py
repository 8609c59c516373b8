"""What was sent: its receipt on the page and to keep, its findings, warnings to confirm later.

Lives here: the pages under `/invii`, for the city that sent and for coordinators.
Must not live here: receipts themselves (`pipelines.receipts`, `reports.receipt`).
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from pipelines import deciding
from pipelines.portal.navigation import START
from pipelines.portal.shown.crumbs import Crumb, crumbs_to_week
from pipelines.portal.shown.findings import Question
from pipelines.portal.visits import NotFoundError, Visit
from pipelines.receipts import receipt_data
from pipelines.refusals import WrongUsageError
from reports.findings.lines import lines_of
from reports.findings.where import message_in_words, where_in_words
from reports.receipt import ReceiptData, receipt_html
from reports.receipt.content import content_of
from schemas.verdicts import Verdict

_NOTE = "note-"


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


def confirm(visit: Visit) -> Response:
    """Notes on warnings that are odd but true: each is recorded for its rule."""
    verdict, portal = _verdict(visit), visit.portal
    notes = {rule: note for rule, note in visit.fields.starting(_NOTE).items() if note}
    recorded = 0
    for rule, note in notes.items():
        try:
            deciding.confirm(
                portal.home, portal.contract, verdict.submission_id, rule, note, visit.signed_in.name
            )
        except WrongUsageError as error:
            return _page(visit, {f"{_NOTE}{rule}": str(error)}, 422)
        visit.record("warning_confirmed", f"{verdict.submission_id}/{rule}")
        recorded += 1
    if not recorded:
        return _page(
            visit, {f"{_NOTE}{one.key}": visit.texts.problems.short_note for one in _open(visit)}, 422
        )
    return visit.go(f"/invii/{verdict.submission_id}", "confirmed")


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
        links=Links(f"{here}/ricevuta.html", f"{here}/ricevuta.pdf", ""),
        crumbs=(*above, (texts.submission.title, "")),
        is_just_sent=visit.asked("esito") == "sent",
        sent_back=back.note if back is not None else "",
        week_href=above[-1][1],
        questions=_open(visit),
        confirm_action=f"{here}/conferma",
        errors=errors,
    )


def _above(visit: Visit, verdict: Verdict) -> tuple[Crumb, ...]:
    """The week that it is for; where that is not known, the page where the role comes in."""
    if verdict.iso_week is None or verdict.city is None:
        return ((visit.start_name, START[visit.signed_in.role]),)
    return crumbs_to_week(visit, verdict.city, verdict.iso_week)


def _open(visit: Visit) -> tuple[Question, ...]:
    """The warnings that nobody has said anything about, one question a rule."""
    verdict = _verdict(visit)
    if not verdict.is_accepted:
        return ()
    data = _data(visit)
    words = visit.texts.receipt.findings
    by_rule: dict[str, list[Question]] = {}
    for line in lines_of(data.findings):
        first = line.first
        if first.severity == "warning" and first.disposition == "open":
            by_rule.setdefault(first.rule, []).append(
                Question(first.rule, message_in_words(line, words), where_in_words(line, words), "")
            )
    return tuple(same[0] for same in by_rule.values())
