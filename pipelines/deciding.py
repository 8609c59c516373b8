"""What people decide about returns after they came: confirmed, waived, sent back, judged again.

Lives here: checking a decision, recording it as an act, and marking the judgements that it concerns.
No text that tells who a person is becomes part of an act.
Must not live here: what an act is (`schemas.acts`), judging (`pipelines.judging`), the command's words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from pipelines import judged
from pipelines.acts import Acts, read_acts, write_act
from pipelines.clock import now
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.receiving import Outcome, arrival_of, heed_acts, hints_for, judge_arrival, verdict_of
from pipelines.refusals import RefusedError, UnknownRuleError, UnknownSubmissionError, WrongUsageError
from schemas.acts import (
    Act,
    Adoption,
    Confirmation,
    Freeze,
    OfSubmission,
    Rejudgement,
    Scope,
    SendBack,
    Waiver,
)
from schemas.contract import Edition
from schemas.tables import nearest
from schemas.verdicts import Verdict
from schemas.weeks import ROME, IsoWeek
from sources import landing
from sources.personal.identifiers import Identifier, identifiers_in
from sources.reading.reader import ReadAhead


def adopt(home: Home, contract: Contract, submission_id: str, by: str) -> None:
    """Record that the verdict which the rules of today give a submission is to stand; a rebuild heeds it.

    Raises WrongUsageError for a submission that is unknown, or of a quarter that is frozen and not reopened.
    """
    known = landing.submissions(home.returns)
    if submission_id not in known:
        raise UnknownSubmissionError(submission_id, known)
    acts = read_acts(home.acts)
    if submission_id not in acts.adopted:
        verdict = landing.read_receipt(home.returns / submission_id).verdict
        if verdict.city_week is not None and verdict.edition == contract.edition.slug:
            refuse_closed(acts, contract.edition, *verdict.city_week)
        record_act(home, contract, Adoption(submission_id=submission_id, at=now(), by=by))


def rejudge(home: Home, contract: Contract, submission_id: str, by: str, note: str = "") -> Outcome:
    """Judge a rejected submission again: against today's roster, layouts and waivers, and what is valid now.

    It keeps its time of arrival. If it is accepted now, that is recorded as an act, and it counts from now
    on; if not, nothing changes, but that what tells who a person is leaves the landing, as at an arrival.
    Raises WrongUsageError for one that is unknown, or was accepted already.
    """
    with home.receiving():
        returns = judged.JudgedReturns.load(home.judged, contract.edition)
        acts = read_acts(home.acts)
        verdict = known_verdict(returns, submission_id)
        if verdict.is_accepted:
            raise WrongUsageError(
                f"L'invio «{submission_id}» è già stato accettato. Per correggerlo la città invia una nuova "
                "versione."
            )
        at = now()
        receipt = landing.read_receipt(home.returns / submission_id)
        if not receipt.keeps_files:
            raise WrongUsageError(
                f"Dell'invio «{submission_id}» è rimasta solo la ricevuta, perché il file conteneva dati "
                "personali: non si può giudicare di nuovo. La città invii un file nuovo."
            )
        arrival = arrival_of(home, receipt)
        with ReadAhead(children=1, words=contract.vocabulary) as reader:
            (workbook,) = reader.read_all([(list(arrival.files), hints_for(contract, arrival.claim))])
        sha256 = verdict.sha256
        judgement = judge_arrival(contract, arrival, workbook, sha256, submission_id, returns, acts, at)
        if judgement.is_withheld:
            withheld = verdict_of(contract, arrival, judgement, sha256, submission_id, returns)
            withheld = withheld.model_copy(update={"is_late": verdict.is_late})
            judged.set_aside(home.judged, submission_id)
            landing.withdraw(home.returns, withheld, judgement.findings)
            returns.add(withheld, judgement)
            return _marked(home, returns, submission_id)
        if judgement.status == "rejected":
            return Outcome(verdict, judgement.findings)
        given = verdict_of(contract, arrival, judgement, sha256, submission_id, returns, at)
        act = Rejudgement(submission_id=submission_id, verdict=given, note=note, at=at, by=by)
        check_act(contract, act)
        judged.set_aside(home.judged, submission_id)
        record_act(home, contract, act)
        returns.add(given, judgement)
        return _marked(home, returns, submission_id)


def confirm(
    home: Home,
    contract: Contract,
    submission_id: str,
    notes: Mapping[str, str],
    by: str,
    look: Callable[[], judged.JudgedReturns] | None = None,
) -> Outcome:
    """Record that what rules warned of in a submission is odd but true: rule -> why; the same once.

    Raises WrongUsageError, and nothing is recorded, where the submission is unknown, a rule did not warn of
    anything in it, or a note tells who a person is. look: who follows what stands in `judged/` tells it;
    else all of it is read.
    """
    with home.receiving():
        returns = look() if look is not None else judged.JudgedReturns.load(home.judged, contract.edition)
        known_verdict(returns, submission_id)
        warned = {
            finding.rule
            for finding in judged.read_findings(home.judged, submission_id)
            if finding.severity == "warning"
        }
        recorded = {(one.rule, one.note) for one in read_acts(home.acts).confirmations_of(submission_id)}
        confirmations = []
        for rule, note in notes.items():
            if rule not in warned:
                told = f"gli avvisi sono: {', '.join(sorted(warned))}" if warned else "non ci sono avvisi"
                raise RefusedError(
                    "rule_does_not_warn",
                    f"Nell'invio «{submission_id}» la regola {rule} non avvisa: {told}.",
                    rule=rule,
                )
            act = Confirmation(submission_id=submission_id, rule=rule, note=note, at=now(), by=by)
            check_act(contract, act)
            if (rule, note) not in recorded:
                confirmations.append(act)
        for act in confirmations:
            write_act(home.acts, act)
        return _marked(home, returns, submission_id)


def send_back(home: Home, contract: Contract, submission_id: str, note: str, by: str) -> Outcome:
    """Ask a city to look at an accepted submission again: it counts until a new version takes its place.

    Raises WrongUsageError for one that is unknown or not accepted.
    """
    with home.receiving():
        returns = judged.JudgedReturns.load(home.judged, contract.edition)
        verdict = known_verdict(returns, submission_id)
        if not verdict.is_accepted:
            raise RefusedError(
                "not_accepted",
                f"L'invio «{submission_id}» è stato respinto: la città sa già che cosa correggere.",
            )
        record_act(home, contract, SendBack(submission_id=submission_id, note=note, at=now(), by=by))
        return _marked(home, returns, submission_id)


def _marked(home: Home, returns: judged.JudgedReturns, submission_id: str) -> Outcome:
    heed_acts(returns, read_acts(home.acts))
    return Outcome(returns.verdicts[submission_id], judged.read_findings(home.judged, submission_id))


def known_verdict(returns: judged.JudgedReturns, submission_id: str) -> Verdict:
    """The verdict of a submission; WrongUsageError, with the nearest one, where there is none."""
    if submission_id not in returns.verdicts:
        raise UnknownSubmissionError(submission_id, returns.verdicts)
    return returns.verdicts[submission_id]


def waive(
    home: Home,
    contract: Contract,
    city: str,
    rule: str,
    scope: Scope,
    reason: str,
    until: dt.date,
    by: str,
) -> Waiver:
    """Have a rule's errors count as warnings in a city's returns that arrive from now to the end of a day.

    What was rejected before is not judged again by itself: that is `rejudge`. Raises WrongUsageError for a
    rule that may not be waived on any of these days, a scope that the city does not have, or a day that has
    passed.
    """
    edition = contract.edition
    entries = edition.rules_by_id.get(rule)
    if entries is None:
        raise UnknownRuleError(rule, edition.rules_by_id)
    at = now()
    today = at.astimezone(ROME).date()
    if until < today:
        raise WrongUsageError(f"Il {until:%d/%m/%Y} è già passato: indichi fino a quando vale la deroga.")
    valid = [entry for entry in entries if entry.holds_between(today, until)]
    if not valid:
        raise WrongUsageError(
            f"La regola {rule} non è in vigore fino al {until:%d/%m/%Y}: non serve una deroga."
        )
    if not any(entry.waivable for entry in valid):
        raise WrongUsageError(f"La regola {rule} non ammette deroghe: {valid[0].statement_it}.")
    _check_scope(edition, city, scope)
    waiver = Waiver(
        edition=edition.slug,
        city=city,
        rule=rule,
        scope=scope,
        reason=reason,
        until=until,
        at=at,
        by=by,
    )
    with home.receiving():
        record_act(home, contract, waiver)
    return waiver


_PERSONAL_IT: Mapping[Identifier, str] = {
    "tax_code": "un codice fiscale",
    "provisional_code": "un codice fiscale provvisorio",
    "health_code": "un codice STP o ENI",
    "permit": "il numero di un permesso di soggiorno",
    "phone": "un numero di telefono",
    "email": "l'indirizzo e-mail di una persona",
    "iban": "un IBAN",
}


def record_act(home: Home, contract: Contract, act: Act) -> None:
    """Append an act. WrongUsageError where its text tells who a person is; that is not repeated."""
    check_act(contract, act)
    write_act(home.acts, act)


_LONGEST_TEXT = 2000
"""Characters of a note or reason."""


def check_act(contract: Contract, act: Act) -> None:
    """Raise WrongUsageError where the text of an act is too long, or tells who a person is.

    Who decided may be told by an e-mail address: that is what they are known by at their office.
    """
    text = act.note if isinstance(act, OfSubmission | Freeze) else act.reason
    if len(text) > _LONGEST_TEXT:
        of_rule = {"rule": act.rule} if isinstance(act, Confirmation) else {}
        raise RefusedError(
            "text_too_long",
            f"Il testo ha {len(text)} caratteri: ne può avere {_LONGEST_TEXT}. Lo abbrevi.",
            most=Decimal(_LONGEST_TEXT),
            **of_rule,
        )
    found = list(identifiers_in(text, contract.vocabulary))
    found += [kind for kind in identifiers_in(act.by, contract.vocabulary) if kind not in (*found, "email")]
    if found:
        told = (
            f"Il testo sembra contenere {', '.join(_PERSONAL_IT[kind] for kind in found)}: non è stato "
            "registrato nulla, perché ciò che si decide resta agli atti. Lo scriva senza dati personali."
        )
        if isinstance(act, Confirmation):
            raise RefusedError("personal_note", told, rule=act.rule)
        raise RefusedError("personal_text", told)


def refuse_closed(acts: Acts, edition: Edition, city: str, week: IsoWeek) -> None:
    """WrongUsageError where a week's figures may not change: frozen, and not reopened for the city."""
    if week.quarter in acts.closed_quarters(edition.slug, city, acts.next_instant()):
        raise RefusedError(
            "frozen",
            f"La {week.in_italian()} fa parte del trimestre {week.quarter}, che è congelato. Per cambiarne i "
            f"dati prima lo riapra: regia reopen {week.quarter} --city {city} --reason PERCHÉ --until GIORNO",
            week=week,
            quarter=week.quarter,
        )


def _check_scope(edition: Edition, city: str, scope: Scope) -> None:
    points = [point.code for point in edition.service_points if point.city == city]
    for value, known, what in (
        (scope.service_point, points, "Il servizio"),
        (scope.measure, list(edition.measures_by_code), "La voce"),
        (scope.breakdown, list(edition.code_lists_by_code), "L'elenco"),
    ):
        if value is not None and value not in known:
            raise not_of_the_city(what, value, known)


def not_of_the_city(what: str, value: str, known: Sequence[str], meant: str | None = None) -> RefusedError:
    """The refusal of a name that the city does not have; the nearest one is named, or all."""
    close = nearest(meant or value, known)
    told = f"Intendeva «{close}»?" if close else f"Sono: {', '.join(known)}."
    return RefusedError("place_unknown", f"{what} «{value}» non c'è per questa città. {told}", place=value)


def scope_of(text: str) -> Scope:
    """`service_point=MI-OSS-01,measure=guests_end`; `all`: the whole city. Raises WrongUsageError."""
    if text == "all":
        return Scope()
    named: dict[str, str] = {}
    for part in text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in Scope.model_fields or not value or name in named:
            fields = ", ".join(f"{field}=..." for field in Scope.model_fields)
            raise WrongUsageError(
                f"«{part}» non dice per che cosa vale la deroga. Scriva all, oppure una o più di: {fields} "
                "(separate da virgole)."
            )
        named[name] = value
    return Scope(**named)
