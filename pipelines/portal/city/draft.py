"""An upload before it is sent: verdict, findings, what was understood, what changes; confirming it.

Lives here: the pages under `/bozze`, for cities and for coordinators who send for one.
Must not live here: drafts themselves (`pipelines.portal.drafts`), or what was sent (`city.submission`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from starlette.responses import Response

from pipelines.portal.city import weeks
from pipelines.portal.city.week import XLSX
from pipelines.portal.coordinator import folder
from pipelines.portal.drafts import (
    Draft,
    DraftError,
    DraftView,
    UnknownDraftError,
    Withheld,
    WithheldError,
)
from pipelines.portal.navigation import DRAFTS, START, title_of
from pipelines.portal.shown.changes import Changes, changes_of, indicator_rows
from pipelines.portal.shown.deadlines import NEAR, DeadlineBox, deadline_box
from pipelines.portal.shown.drafts import WithheldRow, draft_row, views_of, which_files, withheld_row
from pipelines.portal.shown.findings import NOTE, draft_word, finding_rows, has_cells, questions
from pipelines.portal.uploading import (
    Kept,
    Upload,
    UploadRefusedError,
    discard,
    keep_returns,
    sender_of,
    upload_to,
)
from pipelines.portal.visits import Visit
from pipelines.refusals import RefusedError
from reports.receipt.content import Fact
from schemas.nothing import sign_of
from schemas.verdicts import Reason

Step = Literal["accepted", "with_warnings", "rejected", "unreadable", "unrecognised", "known"]
"""How far a draft came."""


_LISTS: Mapping[str, Callable[[Visit, Mapping[str, str], int], Response]] = {
    DRAFTS["city"]: weeks.show,
    DRAFTS["coordinator"]: folder.show_refused,
}
"""The pages that list drafts, which tell what could not be kept."""


@dataclass(frozen=True)
class DraftHead:
    """What a draft's page says first, and where its forms go."""

    about: str
    status: str
    word: str
    verdict: str
    counts: str
    expires: str
    files: tuple[tuple[str, str], ...]
    annotated_href: str
    confirm_action: str
    discard_action: str


@dataclass(frozen=True)
class Read:
    """What was read of a draft, for whoever sends it to compare."""

    facts: tuple[Fact, ...]
    totals: tuple[tuple[str, str], ...]
    points: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """What was typed into the form of a draft so far, and what is wrong with it."""

    reason: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def upload(visit: Visit) -> Response:
    """Files dropped: one return is shown at once, several stand in the list of drafts."""
    replaced = visit.fields.one("replaces")
    upload_again = upload_to(visit, "/bozze", *([("replaces", replaced)] if replaced else []))
    try:
        kept = keep_returns(visit, _city_of_replaced(visit))
    except UploadRefusedError as error:
        withheld = some_withheld(visit, error.kept, upload_again, error.errors)
        return withheld or _LISTS[DRAFTS[visit.signed_in.role]](visit, error.errors, 422)
    page = some_withheld(visit, kept, upload_again)
    if page is not None:
        return page
    drafts = [one for _, one in kept if isinstance(one, Draft)]
    if replaced and replaced not in {draft.id for draft in drafts}:
        _drop_replaced(visit, replaced)
    if len(drafts) == 1:
        return visit.go(f"/bozze/{drafts[0].id}")
    return visit.go(DRAFTS[visit.signed_in.role])


def _city_of_replaced(visit: Visit) -> str | None:
    """The city for which the draft was sent whose place a corrected file takes."""
    own = visit.portal.drafts.of(sender_of(visit))
    return next((draft.claimed_city for draft in own if draft.id == visit.fields.one("replaces")), None)


def all_drafts(visit: Visit) -> Response:
    """`/bozze`: where the drafts of the role are listed."""
    return visit.go(DRAFTS[visit.signed_in.role])


def _drop_replaced(visit: Visit, draft_id: str) -> None:
    try:
        visit.portal.drafts.drop(draft_id, sender_of(visit))
    except UnknownDraftError:
        return
    visit.record("draft_discarded", draft_id)


def some_withheld(
    visit: Visit, kept: Sequence[Kept], upload: Upload, errors: Mapping[str, str] | None = None
) -> Response | None:
    """Where files tell who a person is, told once: nothing of those was kept, the others are drafts.

    None if there are no such files. upload: where those without such data go. errors: why the rest was not
    kept, if it was not.
    """
    is_one = len(visit.files) == 1
    withheld = [
        withheld_row(visit, "" if is_one else which_files(visit, numbers), one, len(numbers))
        for numbers, one in kept
        if isinstance(one, Withheld)
    ]
    if not withheld:
        return None
    drafts = {one.id: one for _, one in kept if isinstance(one, Draft)}
    views, removed = views_of(visit, drafts.values())
    return _withheld_page(visit, [*withheld, *removed], upload, views, errors)


def _removed(visit: Visit, withheld: Withheld) -> Response:
    """The draft tells who a person is, as it is judged now: nothing of it is left."""
    visit.record("draft_withheld", visit.named("draft"))
    return _withheld_page(visit, [withheld_row(visit, "", withheld)], upload_to(visit, "/bozze"))


def _withheld_page(
    visit: Visit,
    withheld: Sequence[WithheldRow],
    upload: Upload,
    views: Sequence[DraftView] = (),
    errors: Mapping[str, str] | None = None,
) -> Response:
    return visit.page(
        "city/withheld.html",
        422,
        withheld=withheld,
        files=sum(row.files for row in withheld),
        drafts=[draft_row(visit, view) for view in views],
        upload=upload,
        errors=errors or {},
        crumbs=((visit.start_name, START[visit.signed_in.role]), (visit.texts.withheld.title, "")),
    )


def show(visit: Visit) -> Response:
    """`/bozze/ID`: judged anew, so that it says what holds now; what was sent meanwhile shows its receipt."""
    submission_id = visit.portal.drafts.submission_of(visit.named("draft"), sender_of(visit))
    return visit.go(f"/invii/{submission_id}") if submission_id is not None else _page(visit, Typed())


def indicators(visit: Visit) -> Response:
    """`/bozze/ID/indicatori`: which indicators it would move; the draft's page takes it up by itself."""
    draft_id, texts = visit.named("draft"), visit.texts
    try:
        moved = visit.portal.drafts.moved_indicators(draft_id, sender_of(visit))
    except WithheldError as error:
        return _removed(visit, error.withheld)
    return visit.page(
        "city/indicators.html",
        crumbs=(
            _drafts_crumb(visit),
            (texts.draft.title, f"/bozze/{draft_id}"),
            (texts.draft.moved_indicators, ""),
        ),
        indicators=indicator_rows(visit, moved),
    )


def annotated(visit: Visit) -> Response:
    """`/bozze/ID/copia.xlsx`: the file with what is wrong marked in its cells."""
    draft_id = visit.named("draft")
    try:
        name, data = visit.portal.drafts.annotated(draft_id, sender_of(visit))
    except WithheldError as error:
        return _removed(visit, error.withheld)
    visit.record("downloaded", f"{draft_id}/copia")
    return visit.download(data, name, XLSX)


def confirm(visit: Visit) -> Response:
    """Send it: from now on it counts, and its receipt is shown."""
    draft_id, texts = visit.named("draft"), visit.texts
    notes = visit.fields.starting(NOTE)
    reason = next((one for one in Reason if one.value == visit.fields.one("reason")), None)
    typed = Typed(visit.fields.one("reason"), notes)
    try:
        outcome = visit.portal.drafts.confirm(
            draft_id,
            sender_of(visit),
            visit.signed_in.name,
            reason,
            notes,
            although_rejected=bool(visit.fields.one("although")),
        )
    except DraftError as error:
        problem = {
            "reason_owed": {"reason": texts.problems.no_reason},
            "rejected": {"although": texts.problems.rejected},
        }
        errors = problem.get(error.code, {"files": texts.problems.draft_changed})
        return _page(visit, Typed(typed.reason, notes, errors), 422)
    except RefusedError as error:
        if "rule" not in error.details:
            raise
        errors = {f"{NOTE}{error.details['rule']}": visit.refused(error)}
        return _page(visit, Typed(typed.reason, notes, errors), 422)
    except WithheldError as error:
        return _removed(visit, error.withheld)
    submission_id = outcome.verdict.submission_id
    if not outcome.is_known:
        visit.record("return_received", submission_id)
        for rule in (rule for rule, note in notes.items() if note.strip()):
            visit.record("warning_confirmed", f"{submission_id}/{rule}")
    return visit.go(f"/invii/{submission_id}", "sent")


def remove(visit: Visit) -> Response:
    """Discard it; nothing of it is left."""
    return discard(visit, visit.named("draft"))


def _page(visit: Visit, typed: Typed, status: int = 200) -> Response:
    draft_id, texts = visit.named("draft"), visit.texts
    try:
        view = visit.portal.drafts.read(draft_id, sender_of(visit), visit.language)
    except WithheldError as error:
        return _removed(visit, error.withheld)
    judged, is_for_city = view.judgement, visit.signed_in.city is None
    city = view.draft.claimed_city or judged.city
    is_read = judged.counts.mapped > 0
    can_confirm = judged.status != "rejected" and view.known is None
    return visit.page(
        "city/draft.html",
        status,
        draft=_head(visit, view),
        crumbs=(_drafts_crumb(visit), (texts.draft.title, "")),
        deadline=_deadline(view, visit),
        received_at=_received_at(view, visit),
        can_confirm=can_confirm,
        can_send_rejected=_can_send_rejected(visit, view),
        as_city=texts.say("draft.for_city", city=visit.city_name(city)) if is_for_city and city else "",
        findings=finding_rows(view.lines, texts),
        next=(texts.say(f"draft.next_{_step(view)}"),),
        understood=_understood(visit, view) if is_read else None,
        changes=_changes(visit, view),
        indicators_href="" if judged.status == "rejected" else f"/bozze/{draft_id}/indicatori",
        reasons=_reasons(visit, typed.reason) if view.is_reason_owed else (),
        questions=questions(view.lines, view.confirmable, texts, typed.notes) if can_confirm else (),
        upload=upload_to(visit, "/bozze", ("replaces", draft_id)),
        errors=dict(typed.errors),
        known_href=f"/invii/{view.known.submission_id}" if view.known is not None else "",
    )


def _can_send_rejected(visit: Visit, view: DraftView) -> bool:
    """Whether it can come in though it will be rejected: then a page of its city and week shows it."""
    judged = view.judgement
    if judged.status != "rejected" or view.is_of_other_city or judged.week is None:
        return False
    is_known = (judged.city or view.draft.claimed_city) is not None
    return is_known and judged.week in visit.portal.contract.edition.weeks and judged.week.ends_at <= view.at


def _drafts_crumb(visit: Visit) -> tuple[str, str]:
    """The page above a draft's."""
    drafts = DRAFTS[visit.signed_in.role]
    return title_of(drafts, visit.texts), drafts


def _head(visit: Visit, view: DraftView) -> DraftHead:
    judged, receipt, draft = view.judgement, visit.texts.receipt, view.draft
    return DraftHead(
        about=visit.about(draft.claimed_city or judged.city, judged.week),
        status=judged.status,
        word=draft_word(judged.status, visit.texts),
        verdict=receipt.verdict[judged.status],
        counts=receipt.findings.counts.said(judged.errors, judged.warnings),
        expires=visit.texts.say("draft.expires", at=receipt.deadline(draft.expires_at)),
        files=tuple((file.name, receipt.size(file.size)) for file in draft.files),
        annotated_href=f"/bozze/{draft.id}/copia.xlsx" if has_cells(judged.findings) else "",
        confirm_action=f"/bozze/{draft.id}/conferma",
        discard_action=f"/bozze/{draft.id}/elimina",
    )


def _step(view: DraftView) -> Step:
    """How far it came, which decides what to do next."""
    judged = view.judgement
    if view.known is not None:
        return "known"
    if judged.status != "rejected":
        return "with_warnings" if judged.findings else "accepted"
    if judged.counts.read == 0:
        return "unreadable"
    return "rejected" if judged.counts.mapped else "unrecognised"


def _deadline(view: DraftView, visit: Visit) -> DeadlineBox | None:
    """None where the deadline is met already, whatever becomes of the draft."""
    if view.due_at is None or _is_one_valid(view):
        return None
    return deadline_box(view.due_at, view.at, visit.texts, is_done=False)


def _is_one_valid(view: DraftView) -> bool:
    """Whether something counts for that week already, whatever becomes of the draft."""
    return view.known is not None or view.changes is not None or view.replaces is not None


def _received_at(view: DraftView, visit: Visit) -> str:
    """The sentence on the moment that will count."""
    texts = visit.texts
    if view.due_at is None or _is_one_valid(view):
        return texts.draft.received_at
    written = texts.receipt.deadline(view.due_at)
    if view.is_late:
        return texts.say("draft.received_at_late", at=written)
    if view.due_at - view.at <= NEAR:
        return texts.say("draft.received_at_near", at=written)
    return texts.draft.received_at


def _understood(visit: Visit, view: DraftView) -> Read:
    edition, texts, judged = visit.portal.contract.edition, visit.texts, view.judgement
    names, unknown = texts.receipt.facts, texts.receipt.unknown
    totals = []
    for total in view.understood.totals:
        nothing = sign_of("not_available" if total.unavailable else "not_applicable")
        value = visit.number(total.value) if total.value is not None else nothing
        totals.append((visit.label(edition.measures_by_code[total.measure]), value))
    week = texts.receipt.numbered(judged.week) if judged.week is not None else unknown.week
    version = unknown.version if judged.version is None else str(judged.version)
    return Read(
        facts=(
            Fact(names.city, visit.city_name(judged.city) or unknown.city),
            Fact(names.week, week),
            Fact(names.version, version),
        ),
        totals=tuple(totals),
        points=tuple(map(visit.service_name, view.understood.service_points)),
        silent=tuple(map(visit.service_name, view.understood.silent)),
    )


def _changes(visit: Visit, view: DraftView) -> Changes | None:
    return None if view.changes is None else changes_of(visit, view.changes)


def _reasons(visit: Visit, chosen: str) -> tuple[tuple[str, str, bool], ...]:
    words = visit.texts.receipt.reasons
    return tuple(
        (one.value, words[one.value], one.value == chosen) for one in Reason if one is not Reason.not_stated
    )
