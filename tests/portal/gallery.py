"""Every page of the portal with made-up content, to be looked at.

Lives here: what stands in each page of the gallery, in a language; the pages as HTML.
Must not live here: what is asserted of them (`test_gallery`).

    python -m tests.portal.gallery FOLDER     writes every page in every language
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace as Row
from typing import Any

import pipelines.portal
from pipelines.portal.access.totp import qr_picture
from pipelines.portal.navigation import title_of
from pipelines.portal.pages import render
from pipelines.portal.words.wording import Texts, texts_in
from reports.receipt.content import Content, DecisionRow, Fact, FileRow, FindingRow
from schemas.contract import LANGUAGES, Language
from schemas.weeks import ROME, IsoWeek

PORTAL = Path(pipelines.portal.__path__[0])
TEMPLATES = PORTAL / "templates"

DUE = dt.datetime(2023, 10, 25, 12, 0, tzinfo=ROME)
WEEK = IsoWeek.parse("2023-W42")


@dataclass(frozen=True)
class Shown:
    """A page of the gallery: its name in the gallery, its template, what it is given besides the frame."""

    name: str
    template: str
    content: Mapping[str, Any]
    role: str | None = "city"
    notice: str = ""
    path: str = "/settimane"


def html_of(shown: Shown, language: Language) -> str:
    """A page as HTML."""
    texts = texts_in(language)
    return render(shown.template, visit=visit(shown, texts), t=texts, notice=shown.notice, **shown.content)


def visit(shown: Shown, texts: Texts) -> Row:
    """What every page is told of the request."""
    pages = {
        "city": ("settimane",),
        "coordinator": ("quadro", "cartella", "relazioni"),
        "administrator": ("utenti", "registro"),
    }
    accounts = {
        "city": Row(shown_name="Maria Gruber", role="city", city_name="Bolzano"),
        "coordinator": Row(shown_name="Anna Bianchi", role="coordinator", city_name=""),
        "administrator": Row(shown_name="Paolo Ferri", role="administrator", city_name=""),
    }
    return Row(
        account=accounts[shown.role] if shown.role else None,
        language=texts.language,
        csrf="f3b1",
        path=shown.path,
        back=shown.path,
        contact="assistenza@lgnet.example",
        is_demo=shown.template.endswith("sign_in.html"),
        navigation=tuple(
            Row(text=title_of(f"/{page}", texts), href=f"/{page}", is_current=f"/{page}" == shown.path)
            for page in (pages[shown.role] if shown.role else ())
        ),
    )


def _findings(t: Texts) -> tuple[FindingRow, ...]:
    error, warning = t.receipt.findings.severities["error"], t.receipt.findings.severities["warning"]
    return (
        FindingRow(
            1,
            True,
            error,
            "E04",
            "Foglio «Sportello unico», celle F12-F19, H12",
            "Le persone per sesso fanno 134, ma il totale dichiarato è 143.",
            "Controlli la colonna del sesso e il totale: corregga quello che non torna.",
            "134",
            "143",
        ),
        FindingRow(
            2,
            True,
            error,
            "S03",
            "Foglio «Unità mobile», cella C7",
            "«12,5» non è un numero intero di persone.",
            "Scriva il numero di persone, senza decimali.",
            "12,5",
            "",
        ),
        FindingRow(
            3,
            False,
            warning,
            "S05",
            "Foglio «Accoglienza», celle D4-D9",
            "Gli accessi sono 412: nelle ultime 8 settimane erano tra 180 e 233.",
            "Controlli il dato; se è giusto, lo confermi con una nota.",
            "412",
            "180–233",
        ),
        FindingRow(
            4,
            False,
            warning,
            "S11",
            "Tutto il file",
            "Il referente del foglio di copertina non è indicato.",
            "Lo scriva alla prossima scheda.",
            "",
            "",
        ),
    )


def _receipt(t: Texts, status: str, findings: tuple[FindingRow, ...]) -> Content:
    w = t.receipt
    return Content(
        language=t.language,
        submission_id="2023W42-bolzano-7f3c9a1e",
        received_at=DUE,
        edition="LgNet2",
        about=f"Bolzano, {w.week(WEEK)}",
        status=status,
        status_word=w.status[status],  # type: ignore[index]
        verdict=w.verdict[status],  # type: ignore[index]
        counts=w.findings.counts.said(
            sum(f.is_error for f in findings), sum(not f.is_error for f in findings)
        ),
        kept_nothing="",
        facts=(
            Fact(w.facts.submission_id, "2023W42-bolzano-7f3c9a1e", is_code=True),
            Fact(w.facts.city, "Bolzano"),
            Fact(w.facts.week, w.week(WEEK)),
            Fact(w.facts.version, "2"),
            Fact(w.facts.received_at, w.instant(DUE - dt.timedelta(hours=3))),
            Fact(w.facts.received_by, "Maria Gruber"),
            Fact(
                w.facts.sha256,
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                is_code=True,
            ),
        ),
        files=(
            FileRow(
                "scheda_bolzano_2023_42_versione_corretta.xlsx",
                w.size(48_213),
                "9f86d081884c7d659a2feaa0c55a",
            ),
        ),
        cells=(),
        findings=findings,
        nils=(),
        decisions=(
            DecisionRow(w.deadline(DUE), "Anna Bianchi", w.decisions.acts["confirm"], "Emergenza freddo"),
        ),
        next=(
            w.next.consolidated.format(instant=w.deadline(DUE + dt.timedelta(hours=18))),
            w.next.warnings,
        ),
    )


def _upload(t: Texts, **also: object) -> Row:
    shown = {
        "action": "/bozze",
        "limits": t.say("upload.limits", size="20 MB", one="10 MB"),
        "most_bytes": 20 << 20,
        "too_large": t.say("errors.what_too_large", most="20 MB"),
        "most_bytes_of_one": 10 << 20,
        "one_too_large": t.say("errors.what_file_too_large", most="10 MB"),
        "most_files": 40,
        "too_many": t.say("errors.what_too_many_files", most=40),
        "hidden": (),
    }
    return Row(**{**shown, **also})


def _weeks(t: Texts) -> tuple[Row, ...]:
    states = (
        "awaited",
        "rejected",
        "on_time",
        "on_time",
        "late",
        "on_time",
        "missing",
        "on_time",
    )
    rows = []
    for back, state in enumerate(states):
        week = WEEK.shifted(-back)
        detail = {
            "awaited": f"{_box(t, 'calm').left} · {_box(t, 'calm').sentence}",
            "rejected": t.receipt.findings.counts.said(3, 1),
            "missing": t.say("deadlines.days_past", n=40),
        }.get(
            state, t.say("weeks.received", n=1, at=t.receipt.deadline(DUE - dt.timedelta(days=7 * back + 1)))
        )
        rows.append(
            Row(
                told=(t.board.sent_back,) if back == 2 else (),
                name=_capital(t.receipt.week(week)),
                href=f"/settimane/{week}",
                state=state,
                state_word=t.say(f"states.{state}"),
                detail=detail,
            )
        )
    return tuple(rows)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _versions(t: Texts) -> tuple[Row, ...]:
    w = t.receipt
    said = w.findings.counts.said
    return (
        Row(
            number=3,
            href="/invii/c",
            received_at=w.deadline(DUE),
            by="Maria Gruber",
            status="rejected",
            word=w.status["rejected"],
            counts=said(2, 1),
            is_valid=False,
            sent_back="",
        ),
        Row(
            number=2,
            href="/invii/b",
            received_at=w.deadline(DUE - dt.timedelta(hours=20)),
            by="Maria Gruber",
            status="accepted_with_warnings",
            word=w.status["accepted_with_warnings"],
            counts=said(0, 2),
            is_valid=True,
            sent_back="Gli accessi allo sportello di via Roma sembrano contati due volte: può ricontrollare?",
        ),
        Row(
            number=1,
            href="/invii/a",
            received_at=w.deadline(DUE - dt.timedelta(hours=26)),
            by="coordinamento",
            status="accepted",
            word=w.status["accepted"],
            counts=said(0, 0),
            is_valid=False,
            sent_back="",
        ),
    )


def _box(t: Texts, tone: str) -> Row:
    at = t.receipt.deadline(DUE)
    left = {
        "calm": t.say("deadlines.days_left", n=2),
        "near": t.say("deadlines.hours_left", n=1),
        "past": t.say("deadlines.days_past", n=3),
    }
    said = "was_due" if tone == "past" else "due"
    return Row(tone=tone, left=left[tone], sentence=t.say(f"deadlines.{said}", at=at))


def _crumbs(t: Texts, *further: str) -> tuple[tuple[str, str], ...]:
    return ((t.weeks.title, "/settimane"), *((text, "/settimane/2023-W42") for text in further))


def _draft(t: Texts, status: str, findings: tuple[FindingRow, ...], **also: Any) -> dict[str, Any]:
    w = t.receipt
    is_sendable = status != "rejected"
    said = w.findings.counts.said
    counts = said(sum(f.is_error for f in findings), sum(not f.is_error for f in findings))
    return {
        "draft": Row(
            about=f"Bolzano, {w.week(WEEK)}",
            status=status,
            word=w.status[status],  # type: ignore[index]
            verdict=w.verdict[status],
            counts=counts,  # type: ignore[index]
            expires=t.say("draft.expires", at=w.deadline(DUE + dt.timedelta(days=1))),
            files=(("scheda_bolzano_2023_42.xlsx", w.size(48_213)),),
            annotated_href="/bozze/1/annotata" if findings else "",
            confirm_action="/bozze/1/conferma",
            discard_action="/bozze/1/elimina",
        ),
        "crumbs": _crumbs(t, _capital(w.week(WEEK)), t.draft.title),
        "deadline": _box(t, "near"),
        "received_at": t.say("draft.received_at_near", at=w.deadline(DUE)),
        "can_confirm": is_sendable,
        "can_send_rejected": not is_sendable,
        "known_href": "",
        "indicators_href": "",
        "as_city": "",
        "findings": findings,
        "next": (w.next.correct,) if not is_sendable else (),
        "understood": Row(
            facts=(
                Fact(w.facts.city, "Bolzano"),
                Fact(w.facts.week, w.week(WEEK)),
                Fact(w.facts.version, "2"),
            ),
            totals=(
                ("Persone raggiunte dall'unità mobile", "1.204"),
                ("Accessi allo sportello unico", "412"),
                ("Posti occupati nell'accoglienza", "ND"),
            ),
            points=("BZ-UM1 Unità mobile Bolzano centro", "BZ-SU1 Sportello unico via Roma"),
            silent=("BZ-AC2 Accoglienza Gries",),
        ),
        "changes": None,
        "reasons": (),
        "questions": (),
        "upload": _upload(t, hidden=(("replaces", "1"),)),
        "errors": {},
        **also,
    }


def pages(language: Language) -> Iterator[Shown]:
    """Every page of the gallery, its content as a session in that language would have it."""
    t = texts_in(language)
    w = t.receipt
    findings = _findings(t)
    warnings = tuple(one for one in findings if not one.is_error)
    questions = tuple(
        Row(key=str(one.number), message=one.message, where=one.where, note="") for one in warnings
    )
    paging = Row(number=1, of=3, previous_href="", next_href="?pagina=2")
    reasons = tuple((code, text, False) for code, text in w.reasons.items())
    locked = t.say("problems.locked", at="10:42")
    signing_in = {
        "action": "/accesso",
        "ended": t.sign_in.ended_form,
        "errors": {},
        "name": "",
        "is_locked": "",
    }
    yield Shown("accesso", "signing_in/sign_in.html", {**signing_in, "ended": ""}, None)
    yield Shown("accesso-finito", "signing_in/sign_in.html", signing_in, None)
    yield Shown(
        "accesso-errori",
        "signing_in/sign_in.html",
        {
            **signing_in,
            "ended": "",
            "errors": {"name": t.problems.wrong_sign_in},
            "name": "bolzano.gruber",
            "is_locked": locked,
        },
        None,
    )
    yield Shown(
        "codice",
        "signing_in/code.html",
        {"action": "/accesso/codice", "ended": "", "errors": {"code": t.problems.wrong_code}},
        None,
    )
    enrolling = {
        "action": "/accesso/secondo-fattore",
        "is_owed": True,
        "errors": {},
        "qr": qr_picture("otpauth://totp/regia%20LgNet:anna.bianchi?secret=JBSWY3DPEHPK3PXP"),
        "secret": "JBSW Y3DP EHPK 3PXP",
        "account_name": "anna.bianchi",
    }
    yield Shown("secondo-fattore", "signing_in/enrol.html", enrolling, None)
    yield Shown("secondo-fattore-scelto", "signing_in/enrol.html", {**enrolling, "is_owed": False})
    codes = tuple(f"{n:04d}-{7 * n:04d}" for n in range(1203, 9203, 800))
    yield Shown(
        "riserva", "signing_in/recovery_codes.html", {"codes": codes, "next_href": "/quadro"}, "coordinator"
    )
    yield Shown(
        "invito",
        "signing_in/invitation.html",
        {
            "errors": {"password": t.say("problems.short_password", n=12)},
            "action": "/invito/x",
            "account_name": "bolzano.gruber",
            "shown_name": "Maria Gruber",
            "role_word": f"{t.roles.city}: Bolzano",
            "expires": t.say("invitation.expires", at=w.deadline(DUE)),
        },
        None,
    )
    account = {
        "errors": {},
        "account_name": "bolzano.gruber",
        "role_word": f"{t.roles.city}: Bolzano",
        "has_second_factor": False,
        "needs_second_factor": False,
        "languages": (("it", "Italiano", True), ("de", "Deutsch", False), ("en", "English", False)),
        "sessions": tuple(
            Row(
                id=str(n),
                address=address,
                began=w.deadline(DUE),
                last_seen=w.deadline(DUE),
                is_this=n == 0,
            )
            for n, address in enumerate(("198.51.100.7", "203.0.113.40"))
        ),
    }
    yield Shown("account", "account.html", account, notice=t.notices.password_changed)
    refused = {"factor_password": t.problems.wrong_password}
    yield Shown(
        "account-con-codice", "account.html", {**account, "has_second_factor": True, "errors": refused}
    )
    obliged = {"has_second_factor": True, "needs_second_factor": True}
    yield Shown("account-obbligato", "account.html", {**account, **obliged}, "coordinator")
    now = Row(
        name=_capital(w.week(WEEK)),
        href="/settimane/2023-W42",
        state="awaited",
        state_word=t.states.awaited,
        template_href="/settimane/2023-W42/modulo",
        deadline=_box(t, "calm"),
    )
    draft = Row(
        href="/bozze/1",
        about=f"Bolzano, {w.week(WEEK)}",
        status="rejected",
        word=t.states.rejected,
        counts=w.findings.counts.said(2, 2),
        files=t.say("weeks.draft_files", files="scheda_bolzano_2023_42.xlsx", at=w.deadline(DUE)),
        expires=t.say("draft.expires", at=w.deadline(DUE)),
    )
    everything = {
        "now": now,
        "upload": _upload(t),
        "errors": {},
        "drafts": (draft,),
        "removed": (Row(findings=findings[:1]),),
        "asked": _weeks(t)[2:3],
        "weeks": _weeks(t),
        "paging": paging,
    }
    yield Shown("settimane", "city/weeks.html", everything)
    yield Shown(
        "settimane-vuote",
        "city/weeks.html",
        {
            **everything,
            "now": None,
            "drafts": (),
            "removed": (),
            "asked": (),
            "weeks": (),
            "errors": {"files": t.problems.no_files},
        },
    )
    week = Row(
        name=_capital(w.week(WEEK)),
        href="/settimane/2023-W42",
        state="late",
        state_word=t.states.late,
        template_href="/x",
        deadline=_box(t, "past"),
        moved=t.say("deadlines.moved", reason="Ognissanti"),
        sent_back="Gli accessi allo sportello di via Roma sembrano contati due volte.",
        refused_since=t.say("city_week.refused", n=3, valid=2),
    )
    yield Shown(
        "settimana",
        "city/week.html",
        {
            "week": week,
            "crumbs": _crumbs(t, week.name),
            "upload": _upload(t),
            "errors": {},
            "nil_href": "/settimane/2023-W42/nulla",
            "versions": _versions(t),
            "nils": (
                Row(
                    what="BZ-AC2 Accoglienza Gries",
                    reason="Chiuso per lavori",
                    since=w.deadline(DUE),
                    by="Anna",
                ),
            ),
        },
    )
    yield Shown("bozza-respinta", "city/draft.html", _draft(t, "rejected", findings))
    changes = Row(
        lead=t.say("draft.changes_lead", n=1),
        figures=(
            Row(
                what="Accessi, Sportello unico via Roma",
                where="Foglio «Sportello», F12",
                before="412",
                after="214",
            ),
            Row(
                what="Persone raggiunte, Unità mobile centro",
                where="Foglio «Unità mobile», C7",
                before="–",
                after="31",
            ),
        ),
        more=t.say("draft.more_figures", n=14),
    )
    moved = (Row(name="Accessi per operatore", before="20,6", after="10,7"),)
    yield Shown("bozza-indicatori", "city/indicators.html", {"crumbs": _crumbs(t), "indicators": moved})
    yield Shown(
        "bozza-avvisi",
        "city/draft.html",
        _draft(
            t,
            "accepted_with_warnings",
            warnings,
            changes=changes,
            reasons=reasons,
            questions=questions,
            errors={"reason": t.problems.no_reason, "note-4": t.problems.short_note},
        ),
    )
    yield Shown(
        "bozza-accettata",
        "city/draft.html",
        _draft(t, "accepted", (), deadline=None, as_city=t.say("draft.for_city", city="Milano")),
        "coordinator",
    )
    withheld = {
        "withheld": (Row(which="", findings=findings[1:2]),),
        "files": 1,
        "drafts": (),
        "upload": _upload(t),
        "errors": {},
        "crumbs": _crumbs(t, t.withheld.title),
    }
    yield Shown("dati-personali", "city/withheld.html", withheld)
    numbered = (Row(which=t.say("folder.which_file", number="2", of=3), findings=findings[1:2]),)
    yield Shown(
        "dati-personali-tra-altri",
        "city/withheld.html",
        {**withheld, "withheld": numbered, "drafts": (draft,)},
    )
    yield Shown(
        "invio",
        "city/submission.html",
        {
            "receipt": _receipt(t, "accepted_with_warnings", warnings),
            "links": Row(
                html="/invii/b/ricevuta", pdf="/invii/b/ricevuta.pdf", annotated="/invii/b/annotata"
            ),
            "crumbs": _crumbs(t, week.name, t.submission.title),
            "is_just_sent": True,
            "sent_back": "",
            "week_href": "/settimane/2023-W42",
            "questions": questions,
            "confirm_action": "/invii/b/conferme",
            "errors": {},
        },
        notice=t.notices.sent,
    )
    yield Shown(
        "nulla",
        "city/nil.html",
        {
            "week_name": w.week(WEEK),
            "href": "/settimane/2023-W42/nulla?points=BZ-UM1",
            "action": "/settimane/2023-W42/nulla",
            "back_href": "/settimane/2023-W42",
            "crumbs": _crumbs(t, week.name, t.nil.title),
            "as_city": t.say("nil.for_city", city="Bolzano"),
            "deadline": _box(t, "calm"),
            "areas": (("pic", "Presa in carico", False), ("hou", "Accoglienza", False)),
            "points": (
                ("BZ-UM1", "BZ-UM1 Unità mobile Bolzano centro", True),
                ("BZ-AC2", "BZ-AC2 Accoglienza Gries", False),
            ),
            "reason": "",
            "is_valid_return": False,
            "errors": {"reason": t.problems.no_nil_reason},
        },
        "coordinator",
    )
    yield from _coordinators_pages(t, paging)
    yield from _administrators_pages(t)
    for kind in sorted(key.removeprefix("title_") for key in t.keys_of("errors") if key.startswith("title_")):
        yield Shown(
            f"errore-{kind}",
            "error.html",
            {"kind": kind, "what": _what(t, kind), "reference": "7f3c9a1e" if kind == "500" else ""},
            None if kind in ("429", "invitation") else "city",
        )
    yield Shown("accessibilita", "accessibility.html", {}, None)
    yield Shown("privacy", "privacy.html", {"kept": t.say("privacy.kept", n=48, longest=12)}, None)
    yield Shown(
        "aiuto", "help.html", {"limits": _upload(t).limits, "expiry": t.say("help.expiry", n=72)}, "city"
    )


def _what(t: Texts, kind: str) -> str:
    if kind == "409":
        return t.refusals.not_accepted
    if kind == "429":
        return t.say("errors.again_at", at="11:45")
    limits: dict[str, dict[str, str | int]] = {
        "too_large": {"most": "64 MB"},
        "file_too_large": {"most": "32 MB"},
        "too_many_files": {"most": 40},
        "too_many_fields": {"most": 100},
        "text_too_long": {"most": 65536},
        "invitation": {"days": 7},
    }
    return t.say(f"errors.what_{kind}", **limits.get(kind, {}))


CITIES = (
    "Bari",
    "Bologna",
    "Bolzano",
    "Caserta",
    "Catania",
    "Firenze",
    "Genova",
    "Latina",
    "Milano",
    "Napoli",
    "Palermo",
    "Prato",
    "Reggio Calabria",
    "Roma",
    "Taranto",
    "Torino",
)


def _coordinators_pages(t: Texts, paging: Row) -> Iterator[Shown]:
    w = t.receipt
    states = ("on_time", "on_time", "late", "on_time", "rejected", "missing", "awaited", "on_time", "none")
    board = tuple(
        Row(
            city=city,
            href=f"/citta/{city.lower()}",
            cells=tuple(
                Row(
                    state=state,
                    word=t.say(f"states.{state}"),
                    detail=w.findings.counts.said(2, 0) if state == "rejected" else "",
                    href="" if state in ("none", "missing", "awaited") else "/invii/x",
                )
                for state in (states[(row + 2 * column) % len(states)] for column in range(6))
            ),
        )
        for row, city in enumerate(CITIES)
    )
    weeks = tuple(
        Row(name=f"{week.number}/{week.year}", days=f"{week.monday:%d.%m}-{week.sunday:%d.%m}")
        for week in (WEEK.shifted(back) for back in range(-5, 1))
    )
    yield Shown(
        "quadro",
        "coordinator/board.html",
        {
            "published": t.say("board.published", week=w.week(WEEK.shifted(-1))),
            "counts": tuple(
                (state, t.say(f"states.{state}"), str(n))
                for state, n in (
                    ("on_time", 52),
                    ("late", 11),
                    ("rejected", 10),
                    ("missing", 9),
                    ("awaited", 14),
                )
            ),
            "weeks": weeks,
            "rows": board,
            "turning": Row(earlier_href="/quadro?fino=2023-W36", later_href=""),
        },
        "coordinator",
        path="/quadro",
    )
    of_city = tuple(
        Row(**vars(week), versions=_versions(t) if number == 2 else ())
        for number, week in enumerate(_weeks(t)[:4])
    )
    yield Shown(
        "citta",
        "coordinator/city.html",
        {
            "city": Row(name="Milano", facts=(Fact(w.facts.body, "Comune di Milano, Direzione Welfare"),)),
            "crumbs": ((t.board.title, "/quadro"), ("Milano", "/citta/milano")),
            "upload": _upload(t),
            "weeks": of_city,
            "paging": paging,
            "errors": {},
        },
        "coordinator",
        path="/citta/milano",
    )
    yield Shown(
        "settimana-di-citta", "coordinator/week.html", _week_of_city(t), "coordinator", path="/citta/milano"
    )
    yield Shown("cartella", "coordinator/folder.html", _folder(t), "coordinator", path="/cartella")
    yield Shown(
        "relazioni",
        "coordinator/reports.html",
        {
            "bulletins": tuple(
                Row(
                    name=w.week(WEEK.shifted(-back)), href=f"/relazioni/bollettino-{WEEK.shifted(-back)}.html"
                )
                for back in range(3)
            ),
            "dictionary": "/relazioni/dictionary.html",
        },
        "coordinator",
        path="/relazioni",
    )


def _week_of_city(t: Texts) -> dict[str, Any]:
    w = t.receipt
    return {
        "week": Row(
            name=w.week(WEEK),
            state="on_time",
            state_word=t.states.on_time,
            template_href="/citta/milano/2023-W42/modulo.xlsx",
            deadline=_box(t, "calm"),
            moved="",
            sent_back="",
            refused_since="",
        ),
        "city_name": "Milano",
        "crumbs": _crumbs(t, "Milano"),
        "upload": _upload(t),
        "is_due": True,
        "nil_href": "/citta/milano/2023-W42/nulla",
        "versions": _versions(t),
        "nils": (Row(what="MI-OSS-01", reason="Chiuso", since=w.deadline(DUE), by="anna.bianchi"),),
        "valid": "2023W42-milano-7f3c9a1e",
        "send_back_action": "/citta/milano/2023-W42/rimanda",
        "note": "",
        "errors": {"note": t.city_week.no_note},
    }


def _folder(t: Texts) -> dict[str, Any]:
    said = t.receipt.findings.counts.said
    findings = _findings(t)

    def row(number: int, city: str, status: str, counts: str, **also: object) -> Row:
        given = {
            "id": str(number),
            "files": (f"scheda {city} def ({number}).xlsx",),
            "city": city,
            "week": "42/2023",
            "status": status,
            "word": t.say(f"folder.status_{status}"),
            "counts": counts,
            "why": "",
            "draft_href": f"/bozze/{number}",
            "known_href": "",
            "is_chosen": status.startswith("accepted"),
            "is_reason_owed": False,
            "reason": "",
        }
        return Row(**{**given, **also})

    return {
        "upload": _upload(t, action="/cartella"),
        "errors": {"reason-2": t.say("folder.reason_owed", about="Bolzano")},
        "withheld": (Row(which=t.say("folder.which_file", number="3", of=12), findings=findings[:1]),),
        "files": 1,
        "outcomes": (
            Row(
                about="Genova",
                status="accepted",
                word=t.receipt.status["accepted"],
                said=t.folder.taken,
                href="/invii/x",
            ),
            Row(about="Roma", status="busy", word=t.folder.status_busy, said=t.folder.busy, href=""),
        ),
        "results": (
            row(1, "Milano", "accepted", said(0, 0), files=("MI_1.csv", "MI_2.csv")),
            row(2, "Bolzano", "accepted_with_warnings", said(0, 2), is_reason_owed=True),
            row(3, "Napoli", "rejected", said(4, 0), why=findings[0].message),
            row(4, "Torino", "known", said(0, 0), known_href="/invii/y"),
            row(5, "", "not_recognised", said(1, 0), why=findings[0].message),
        ),
        "reasons": tuple((code, text) for code, text in t.receipt.reasons.items() if code != "not_stated"),
        "take_action": "/cartella/acquisisci",
        "remove_action": "/cartella/elimina",
        "summary": t.say("folder.summary", n=4),
        "expiry": t.say("help.expiry", n=48),
    }


def _administrators_pages(t: Texts) -> Iterator[Shown]:
    w = t.receipt
    log = tuple(
        Row(at=w.deadline(DUE), by="anna.bianchi", event=event, subject=subject, address="198.51.100.7")
        for event, subject in (
            ("Accesso", ""),
            ("Invio confermato", "2023W42-bolzano-7f3c9a1e"),
            ("Uscita", ""),
        )
    )
    states = ("active", "invited", "active", "closed")
    yield Shown(
        "utenti",
        "administration/accounts.html",
        {
            "accounts": tuple(
                Row(
                    href=f"/utenti/{n}",
                    name=f"{city.lower()}.rossi",
                    shown_name="Giulia Rossi",
                    role_word=t.say("roles.city_of", city=city),
                    state=state,
                    state_word=t.say(f"states.{state}"),
                    last_seen=w.deadline(DUE) if n else t.accounts.never,
                )
                for n, (city, state) in enumerate(
                    zip(("Milano", "Bolzano", "Roma", "Torino"), states, strict=True)
                )
            ),
            "roles": tuple(
                (role, t.say(f"roles.{role}"), role == "city") for role in ("city", "coordinator", "analyst")
            ),
            "cities": tuple((city.lower(), city, False) for city in CITIES),
            "languages": (("it", "Italiano", True), ("de", "Deutsch", False), ("en", "English", False)),
            "typed": Row(name="milano.rossi", shown_name=""),
            "errors": {"name": t.problems.name_taken},
        },
        "administrator",
        path="/utenti",
    )
    yield Shown(
        "utente",
        "administration/account.html",
        {
            "account": Row(
                name="bolzano.gruber",
                shown_name="Maria Gruber",
                state="invited",
                state_word=t.states.invited,
                facts=(
                    Fact(t.sign_in.name, "bolzano.gruber", is_code=True),
                    Fact(t.accounts.role, t.roles.city),
                    Fact(t.accounts.city, "Bolzano"),
                ),
            ),
            "actions": (
                Row(
                    action="/utenti/1/invito",
                    text=t.account_page.invite_again,
                    what=t.account_page.invite_again_what,
                    is_grave=False,
                ),
                Row(
                    action="/utenti/1/chiudi",
                    text=t.account_page.close,
                    what=t.account_page.close_what,
                    is_grave=True,
                ),
            ),
            "is_own": False,
            "problem": "",
            "invitation": "https://lgnet.example/invito/x7Gh2kLq9vTz4WbN8rYcD1mJ5pS0aF3e",
            "expires": t.say("invitation.expires", at=w.deadline(DUE)),
            "crumbs": ((t.accounts.title, "/utenti"), ("Maria Gruber", "/utenti/1")),
            "log": log,
        },
        "administrator",
        path="/utenti/1",
    )
    yield Shown(
        "registro",
        "administration/audit.html",
        {
            "rows": log * 4,
            "events": (("sign_in", "Accesso", False), ("sent", "Invio confermato", False)),
            "by": "",
            "day": "",
            "errors": {},
            "older_href": "/registro?prima=12",
            "newest_href": "/registro",
            "export_href": "/registro/registro.csv",
            "is_whole": True,
            "verified": t.say("audit.whole", n=1234),
            "digest": "7f3c9a1e" * 8,
        },
        "administrator",
        path="/registro",
    )


def gallery() -> dict[str, str]:
    """Every page in every language: `it/settimane` -> HTML."""
    return {
        f"{language}/{shown.name}": html_of(shown, language)
        for language in LANGUAGES
        for shown in pages(language)
    }


if __name__ == "__main__":
    for name, text in gallery().items():
        target = Path(sys.argv[1]) / f"{name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
