"""Taking in many files that several cities mailed: each recognised from inside, chosen, and received.

Lives here: the page `/cartella`.
Must not live here: which files are one return, drafts, receiving (`pipelines.portal.drafts`).

What is dropped becomes drafts, and the page lists the account's drafts as they would be judged now: what is
not chosen waits there until it is chosen, removed, or expires.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from starlette.responses import Response

from pipelines.home import BusyError
from pipelines.portal.drafts import DraftError, DraftView, UnknownDraftError, Withheld, WithheldError
from pipelines.portal.shown.drafts import WithheldRow, views_of, which_files, withheld_row
from pipelines.portal.shown.findings import finding_rows
from pipelines.portal.uploading import UploadRefusedError, expiry_in_words, keep_returns, sender_of, upload_to
from pipelines.portal.visits import Visit
from pipelines.refusals import RefusedError
from schemas.verdicts import Reason, Status

_REASON = "reason-"

NotTaken = Literal["not_recognised", "other_city", "gone", "busy"]
"""Why a return that was chosen was not taken in."""
Unsendable = Literal["known", "not_recognised", "other_city"]
"""Why a return that waits cannot be."""


@dataclass(frozen=True)
class ResultRow:
    """A return that was recognised, or not. why: the first thing that is wrong with it."""

    id: str
    files: tuple[str, ...]
    city: str
    week: str
    status: str
    word: str
    counts: str
    why: str
    draft_href: str
    known_href: str
    is_chosen: bool
    is_reason_owed: bool
    reason: str


@dataclass(frozen=True)
class OutcomeRow:
    """What became of a return that was chosen; href: its receipt."""

    about: str
    status: str
    word: str
    said: str
    href: str


@dataclass(frozen=True)
class Told:
    """What the page tells once, beside the drafts that wait."""

    errors: Mapping[str, str] = field(default_factory=dict)
    withheld: Sequence[WithheldRow] = ()
    outcomes: Sequence[OutcomeRow] = ()
    chosen: frozenset[str] | None = None
    """What was ticked, where somebody has ticked something; else what is worth taking in."""


def show(visit: Visit) -> Response:
    """`/cartella`."""
    return _page(visit, Told())


def upload(visit: Visit) -> Response:
    """Files dropped: each return a draft, recognised and judged; nothing is taken in."""
    errors: Mapping[str, str] = {}
    try:
        kept = keep_returns(visit)
    except UploadRefusedError as error:
        kept, errors = list(error.kept), error.errors
    withheld = [
        withheld_row(visit, which_files(visit, numbers), one, len(numbers))
        for numbers, one in kept
        if isinstance(one, Withheld)
    ]
    if withheld or errors:
        return _page(visit, Told(errors, withheld), 422)
    return visit.go("/cartella")


def show_refused(visit: Visit, errors: Mapping[str, str], status: int) -> Response:
    """The page, where files that were dropped elsewhere could not be kept."""
    return _page(visit, Told(errors), status)


def take_in(visit: Visit) -> Response:
    """The drafts chosen, each received on behalf of its city, the earlier versions of a week first."""
    chosen = visit.fields.all("take")
    if not chosen:
        return _page(visit, Told({"riconosciuti": visit.texts.folder.none_chosen}, chosen=frozenset()), 422)
    before = {draft.id for draft in visit.portal.drafts.of(sender_of(visit))}
    views, withheld = _views(visit)
    waiting = {view.draft.id: view for view in views if view.draft.id in chosen}
    removed = before - {view.draft.id for view in views}
    taken: list[OutcomeRow | WithheldRow | _ReasonOwed] = []
    for draft_id in dict.fromkeys((*waiting, *(one for one in chosen if one not in removed))):
        if any(isinstance(one, OutcomeRow) and one.status == "busy" for one in taken):
            # Who waited for the landing once in vain does not wait for every other one, too.
            taken.append(_not_taken(visit, _about(visit, waiting.get(draft_id)), "busy"))
        else:
            taken.append(_take(visit, draft_id, waiting.get(draft_id)))
    errors = {f"{_REASON}{one.draft_id}": one.said for one in taken if isinstance(one, _ReasonOwed)}
    told = Told(
        errors=errors,
        withheld=[*withheld, *(one for one in taken if isinstance(one, WithheldRow))],
        outcomes=[one for one in taken if isinstance(one, OutcomeRow)],
        chosen=frozenset(chosen),
    )
    return _page(visit, told, 422 if errors else 200)


def remove(visit: Visit) -> Response:
    """Discard the drafts chosen; nothing of them is left."""
    chosen = visit.fields.all("take")
    if not chosen:
        return _page(visit, Told({"riconosciuti": visit.texts.folder.none_chosen}, chosen=frozenset()), 422)
    for draft_id in dict.fromkeys(chosen):
        try:
            visit.portal.drafts.drop(draft_id, sender_of(visit))
        except UnknownDraftError:
            continue
        visit.record("draft_discarded", draft_id)
    return visit.go("/cartella", "discarded")


@dataclass(frozen=True)
class _ReasonOwed:
    """A draft that takes another version's place, for which nobody has said why."""

    draft_id: str
    said: str


def _take(visit: Visit, draft_id: str, view: DraftView | None) -> OutcomeRow | WithheldRow | _ReasonOwed:
    """Receive one draft on behalf of its city, or say why not. view: None where it was received before."""
    texts = visit.texts
    about = _about(visit, view)
    if view is not None and not _is_recognised(view):
        return _not_taken(visit, about, "not_recognised")
    if view is not None and view.is_of_other_city:
        return _not_taken(visit, about, "other_city")
    typed = visit.fields.one(f"{_REASON}{draft_id}")
    reason = next((one for one in Reason if one.value == typed), None)
    try:
        outcome = visit.portal.drafts.confirm(
            draft_id, sender_of(visit), visit.signed_in.name, reason, although_rejected=True
        )
    except UnknownDraftError:
        return _not_taken(visit, about, "gone")
    except BusyError:
        return _not_taken(visit, about, "busy")
    except WithheldError as error:
        visit.record("draft_withheld", draft_id)
        return withheld_row(visit, about, error.withheld)
    except RefusedError as error:
        return OutcomeRow(about, "rejected", texts.folder.refused, visit.refused(error), "")
    except DraftError:
        return _ReasonOwed(draft_id, texts.say("folder.reason_owed", about=about))
    verdict = outcome.verdict
    if not outcome.is_known:
        visit.record("return_received", verdict.submission_id)
    return OutcomeRow(
        about=visit.about(verdict.city, verdict.iso_week),
        status=verdict.status,
        word=texts.receipt.status[verdict.status],
        said=texts.folder.known_before if outcome.is_known else texts.folder.taken,
        href=f"/invii/{verdict.submission_id}",
    )


def _not_taken(visit: Visit, about: str, status: NotTaken) -> OutcomeRow:
    texts = visit.texts
    return OutcomeRow(about, status, texts.say(f"folder.status_{status}"), texts.say(f"folder.{status}"), "")


def _page(visit: Visit, told: Told, status: int = 200) -> Response:
    views, withheld = _views(visit)
    removed = [*told.withheld, *withheld]
    results = [_result_row(visit, view, told.chosen) for view in views]
    words = visit.texts.receipt.reasons
    return visit.page(
        "coordinator/folder.html",
        status,
        upload=upload_to(visit, "/cartella"),
        errors=dict(told.errors),
        withheld=removed,
        files=sum(row.files for row in removed),
        outcomes=told.outcomes,
        results=results,
        reasons=[(one.value, words[one.value]) for one in Reason if one is not Reason.not_stated],
        take_action="/cartella/acquisisci",
        remove_action="/cartella/elimina",
        summary=visit.texts.say("folder.summary", n=sum(map(_is_recognised, views))),
        expiry=expiry_in_words(visit),
    )


def _views(visit: Visit) -> tuple[list[DraftView], list[WithheldRow]]:
    """The account's drafts as they would be judged now, by city, week, version; unrecognised ones last."""
    views, withheld = views_of(visit, visit.portal.drafts.of(sender_of(visit)))
    return sorted(views, key=lambda view: _place(visit, view)), withheld


def _place(visit: Visit, view: DraftView) -> tuple[bool, str, str, int, str]:
    judged = view.judgement
    city = visit.city_name(judged.city)
    return (not _is_recognised(view), city, str(judged.week), judged.version or 0, view.draft.files[0].name)


def _is_recognised(view: DraftView) -> bool:
    return view.judgement.city is not None and view.judgement.week is not None


def _about(visit: Visit, view: DraftView | None) -> str:
    if view is None:
        return visit.texts.folder.a_draft
    if _is_recognised(view):
        return visit.about(view.judgement.city, view.judgement.week)
    return ", ".join(file.name for file in view.draft.files)


def _result_row(visit: Visit, view: DraftView, chosen: Iterable[str] | None) -> ResultRow:
    judged, texts, draft_id = view.judgement, visit.texts, view.draft.id
    unknown, status = texts.receipt.unknown, _status(view)
    is_worth_it = status in ("accepted", "accepted_with_warnings")
    rows = finding_rows(view.lines[:1], texts)
    return ResultRow(
        id=draft_id,
        files=tuple(file.name for file in view.draft.files),
        city=visit.city_name(judged.city) or unknown.city,
        week=f"{judged.week.number}/{judged.week.year}" if judged.week is not None else unknown.week,
        status=status,
        word=texts.say(f"folder.status_{status}"),
        counts=texts.receipt.findings.counts.said(judged.errors, judged.warnings),
        why=rows[0].message if rows and judged.status == "rejected" else "",
        draft_href=f"/bozze/{draft_id}",
        known_href=f"/invii/{view.known.submission_id}" if view.known is not None else "",
        is_chosen=is_worth_it if chosen is None else draft_id in chosen,
        is_reason_owed=view.is_reason_owed,
        reason=visit.fields.one(f"{_REASON}{draft_id}"),
    )


def _status(view: DraftView) -> Status | Unsendable:
    if view.known is not None:
        return "known"
    if not _is_recognised(view):
        return "not_recognised"
    return "other_city" if view.is_of_other_city else view.judgement.status
