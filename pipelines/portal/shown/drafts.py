"""Drafts as pages list them: those that wait, and those that turned out to tell who a person is.

Lives here: drafts judged anew together, their rows, rows of what was not kept.
Must not live here: drafts themselves (`pipelines.portal.drafts`), or one draft's page (`city.draft`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.portal.drafts import Draft, DraftView, UnknownDraftError, Withheld, WithheldError
from pipelines.portal.shown.findings import draft_word, finding_rows
from pipelines.portal.uploading import sender_of
from pipelines.portal.visits import Visit
from reports.findings.lines import lines_of
from reports.receipt.content import FindingRow


@dataclass(frozen=True)
class DraftRow:
    """A draft that waits to be confirmed."""

    href: str
    about: str
    status: str
    word: str
    counts: str
    files: str
    expires: str


@dataclass(frozen=True)
class WithheldRow:
    """A return that tells who a person is. which: by number, in the order in which the files were sent.

    files: how many it has.
    """

    which: str
    files: int
    findings: tuple[FindingRow, ...]


def views_of(visit: Visit, drafts: Iterable[Draft]) -> tuple[list[DraftView], list[WithheldRow]]:
    """Drafts as they would be judged now; those that tell who a person is are gone, and told this once."""
    views, withheld, sender = [], [], sender_of(visit)
    for draft in drafts:
        try:
            views.append(visit.portal.drafts.read(draft.id, sender, visit.language))
        except UnknownDraftError:
            continue
        except WithheldError as error:
            visit.record("draft_withheld", draft.id)
            withheld.append(withheld_row(visit, visit.texts.folder.a_draft, error.withheld))
    return views, withheld


def draft_row(visit: Visit, view: DraftView) -> DraftRow:
    """A draft, with what it is about and how it would be judged."""
    judged, texts = view.judgement, visit.texts
    return DraftRow(
        href=f"/bozze/{view.draft.id}",
        about=visit.about(view.draft.claimed_city or judged.city, judged.week),
        status="known" if view.known is not None else judged.status,
        word=texts.folder.status_known if view.known is not None else draft_word(judged.status, texts),
        counts=texts.receipt.findings.counts.said(judged.errors, judged.warnings),
        files=texts.say(
            "weeks.draft_files",
            files=", ".join(file.name for file in view.draft.files),
            at=texts.receipt.deadline(view.draft.made_at),
        ),
        expires=texts.say("draft.expires", at=texts.receipt.deadline(view.draft.expires_at)),
    )


def withheld_row(visit: Visit, which: str, withheld: Withheld, files: int = 1) -> WithheldRow:
    """What may be said of a return that was not kept: where it tells who a person is."""
    return WithheldRow(which, files, finding_rows(lines_of(visit.said(withheld.findings)), visit.texts))


def which_files(visit: Visit, numbers: Sequence[int]) -> str:
    """`File 3 di 12`: never by name, which may tell who a person is, too."""
    said = " + ".join(visit.texts.receipt.number(number) for number in numbers)
    return visit.texts.say("folder.which_file", number=said, of=len(visit.files))
