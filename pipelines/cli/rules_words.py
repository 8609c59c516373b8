"""The rules in words: what each demands, how often it fired, and what one on trial would have found.

Lives here: what `regia rules` and `regia rules try` print, as text and as JSON.
Must not live here: counting and trying (`pipelines.rulebook`).
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.cli.findings_words import number_it
from pipelines.cli.words import STATUS_IT
from pipelines.rulebook import RuleBook, RuleInUse, State, Trial, Tried
from schemas.contract import Edition, Rule
from schemas.verdicts import Finding, Verdict

_WIDTH = 100
_INDENT = " " * 5
_SHOWN_RETURNS = 40
_SEVERITIES_IT = {"error": "errore", "warning": "avviso"}
_STATES_IT: Mapping[State, str] = {
    "in_force": "in vigore",
    "not_yet": "entrerà in vigore",
    "ended": "non più in vigore: valida",
    "not_enforced": "nel contratto",
}


def rule_document(rule: Rule) -> dict[str, Any]:
    """A rule as JSON tells it."""
    return {
        "id": rule.id,
        "severity": rule.severity,
        "about": rule.about,
        "is_waivable": rule.waivable,
        "is_enforced": rule.check is not None,
        "owner": rule.owner,
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "statement_it": rule.statement_it,
        "statement_en": rule.statement_en,
        "statement_de": rule.statement_de,
    }


def book_document(book: RuleBook) -> list[dict[str, Any]]:
    """The document of `rules --json`: one item an entry."""
    return [
        {
            **rule_document(entry.rule),
            "state": entry.state,
            "returns": entry.returns,
            "findings": entry.findings,
            "confirmed": entry.confirmed,
            "waived": entry.waived,
            "last_week": str(entry.last_week) if entry.last_week else None,
        }
        for entry in book.rules
    ]


def print_book(book: RuleBook, edition: Edition) -> None:
    """Every entry of every rule: what it is, since when, how often it fired, what it demands, whose it is."""
    print(f"{edition.facts.name_it}\n{_schede(book.judged)} {_judged(book.judged)} finora\n")
    for entry in book.rules:
        rule = entry.rule
        print(f"{rule.id}  {_kind(rule)}; {_fired(entry)}")
        print(_wrapped(f"{rule.statement_it}."))
        print(_wrapped(f"{rule.owner}; {_validity(rule, entry.state)}") + "\n")
    print("Per provare una regola su tutte le schede ricevute: regia rules try REGOLA")


def trial_document(trial: Trial) -> dict[str, Any]:
    """The document of `rules try --json`."""
    return {
        "rule": rule_document(trial.rule),
        "state": trial.state,
        "is_draft": trial.is_draft,
        "returns": trial.returns,
        "left_out": trial.left_out,
        "failing": [
            {"city": one.verdict.city, "iso_week": str(one.verdict.iso_week)} for one in trial.failing
        ],
        "concerned": [
            {
                "submission_id": one.verdict.submission_id,
                "city": one.verdict.city,
                "iso_week": str(one.verdict.iso_week) if one.verdict.iso_week else None,
                "version": one.verdict.version,
                "status": one.verdict.status,
                "would_be": one.status,
                "is_valid": one.is_valid,
                "findings": [_finding_document(finding) for finding in one.findings],
                "recorded_findings": [_finding_document(finding) for finding in one.recorded],
            }
            for one in trial.concerned
        ],
    }


def _finding_document(finding: Finding) -> dict[str, Any]:
    wanted = ("file", "sheet", "cell", "service_point", "measure", "breakdown", "category", "message")
    return {name: getattr(finding, name) for name in wanted}


def print_trial(trial: Trial, edition: Edition) -> None:
    """Which city-weeks would fail, with the first message of each; which verdicts would be others."""
    rule = trial.rule
    draft = " (bozza)" if trial.is_draft else ""
    print(f"{rule.id}{draft}  {_kind(rule)}; {_validity(rule, trial.state)}")
    print(_wrapped(f"{rule.statement_it}.") + "\n")
    if trial.is_draft and trial.state != "not_yet":
        print(
            "La voce comincia in un giorno già passato: cambierebbe il giudizio su schede già ricevute.\n"
            "Prima di pubblicarla indichi in valid_from un giorno che deve ancora venire.\n"
        )
    if not trial.returns:
        print("Non c'è ancora nessuna scheda su cui provarla.")
    else:
        print(f"Provata su {_schede(trial.returns)}, come se fosse sempre stata in vigore.")
    if trial.left_out:
        print(f"Non provata su {_schede(trial.left_out)}: ne è rimasta solo la ricevuta.")
    if trial.returns:
        _print_failing(trial, edition)
        _print_differing(trial, edition)
        print("\nI verdetti registrati non sono cambiati.")


def _print_failing(trial: Trial, edition: Edition) -> None:
    failing = trial.failing
    if failing:
        print(f"\nTroverebbe qualcosa in {_schede(len(failing))} {_counting(len(failing))}{_new(failing)}:\n")
        for one in failing[:_SHOWN_RETURNS]:
            times = f" ({number_it(len(one.findings))} volte)" if len(one.findings) > 1 else ""
            print(f"  {_return(one.verdict, edition)}{times}")
            print(_wrapped(one.findings[0].message))
        _say_rest(failing)
    else:
        print("Nessuna scheda che oggi conta ne avrebbe risentito.")
    gone = sum(one.is_valid and not one.findings for one in trial.concerned if one.recorded)
    if gone:
        print(f"Non troverebbe più nulla in {_schede(gone)} {_counting(gone)}.")
    others = sum(not one.is_valid for one in trial.concerned if one.findings)
    if others:
        print(f"Inoltre troverebbe qualcosa in {_schede(others)} {_not_counting(others)}.")


def _new(failing: Sequence[Tried]) -> str:
    """In how many of these the rule found nothing when they arrived."""
    new = sum(not one.recorded for one in failing)
    if new in (0, len(failing)):
        return ", come già all'arrivo" if new == 0 else ", dove all'arrivo non ha trovato nulla"
    return f", in {number_it(new)} delle quali all'arrivo non ha trovato nulla"


def _print_differing(trial: Trial, edition: Edition) -> None:
    differing = trial.differing
    if not differing:
        print("Nessun verdetto sarebbe diverso.")
        return
    one_or_more = "verdetto sarebbe diverso" if len(differing) == 1 else "verdetti sarebbero diversi"
    print(f"\n{number_it(len(differing))} {one_or_more}:\n")
    for one in differing[:_SHOWN_RETURNS]:
        now, then = STATUS_IT[one.verdict.status], STATUS_IT[one.status]
        print(f"  {_return(one.verdict, edition)}: {now}, sarebbe {then}")
    _say_rest(differing)


def _return(verdict: Verdict, edition: Edition) -> str:
    name = edition.city(verdict.city).name_it if verdict.city else "città non riconosciuta"
    week = verdict.iso_week or "settimana non riconosciuta"
    version = f", versione {verdict.version}" if verdict.version is not None else ""
    return f"{week}  {name}{version}"


def _say_rest(tried: Sequence[Tried]) -> None:
    if len(tried) > _SHOWN_RETURNS:
        print(f"  e altre {number_it(len(tried) - _SHOWN_RETURNS)}: l'elenco intero con --json")


def say_trial(done: int, of: int) -> None:
    """On a terminal, how far the trial is."""
    if sys.stderr.isatty():
        print(f"\r{done} di {of} schede", end="" if done < of else "\n", file=sys.stderr, flush=True)


def _kind(rule: Rule) -> str:
    waivable = ", ammette deroghe" if rule.waivable and rule.severity == "error" else ""
    return f"{_SEVERITIES_IT[rule.severity]}{waivable}"


def _fired(entry: RuleInUse) -> str:
    if entry.rule.check is None:
        return "non ancora controllata"
    if entry.state == "not_yet":
        return "non ancora in vigore"
    if not entry.returns:
        return "mai scattata"
    decided = [
        f"{number_it(count)} {one if count == 1 else many}"
        for count, one, many in (
            (entry.confirmed, "confermata", "confermate"),
            (entry.waived, "in deroga", "in deroga"),
        )
        if count
    ]
    more = f" ({', '.join(decided)})" if decided else ""
    last = f"; l'ultima per la settimana {entry.last_week}" if entry.last_week else ""
    times = "1 volta" if entry.findings == 1 else f"{number_it(entry.findings)} volte"
    return f"scattata {times}{more} in {_schede(entry.returns)}{last}"


def _validity(rule: Rule, state: State) -> str:
    until = f" al {rule.valid_to:%d/%m/%Y}" if rule.valid_to else ""
    return f"{_STATES_IT[state]} dal {rule.valid_from:%d/%m/%Y}{until}"


def _schede(count: int) -> str:
    return "1 scheda" if count == 1 else f"{number_it(count)} schede"


def _judged(count: int) -> str:
    return "giudicata" if count == 1 else "giudicate"


def _counting(count: int) -> str:
    return "che oggi conta" if count == 1 else "che oggi contano"


def _not_counting(count: int) -> str:
    return "che oggi non conta" if count == 1 else "che oggi non contano"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
