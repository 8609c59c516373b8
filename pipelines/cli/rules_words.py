"""The rules in words: what each demands, how often it fired, and what one on trial would have found.

Lives here: what `regia rules` and `regia rules try` print, as text and as JSON.
Must not live here: counting and trying (`pipelines.rulebook`).
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from typing import Any

from pipelines.cli.findings_words import number_it
from pipelines.rulebook import RuleBook, RuleInUse, Trial, Tried
from schemas.contract import Edition, Rule
from schemas.verdicts import Finding

_WIDTH = 100
_INDENT = " " * 5
_SHOWN_RETURNS = 40
_SEVERITIES_IT = {"error": "errore", "warning": "avviso"}


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
    """The document of `rules --json`."""
    return [
        {
            **rule_document(entry.rule),
            "returns": entry.returns,
            "findings": entry.findings,
            "confirmed": entry.confirmed,
            "waived": entry.waived,
            "last_week": str(entry.last_week) if entry.last_week else None,
        }
        for entry in book.rules
    ]


def print_book(book: RuleBook, edition: Edition) -> None:
    """Every rule: what it is, how often it fired, what it demands, who answers for it."""
    print(f"{edition.facts.name_it}\n{_schede(book.judged)} giudicate finora\n")
    for entry in book.rules:
        rule = entry.rule
        print(f"{rule.id}  {_kind(rule)}; {_fired(entry)}")
        print(_wrapped(f"{rule.statement_it}."))
        print(_wrapped(f"{rule.owner}, {_validity(rule)}") + "\n")
    print("Per provare una regola su tutte le schede ricevute: regia rules try REGOLA")


def trial_document(trial: Trial) -> dict[str, Any]:
    """The document of `rules try --json`."""
    return {
        "rule": rule_document(trial.rule),
        "returns": trial.returns,
        "left_out": trial.left_out,
        "found": [
            {
                "submission_id": one.verdict.submission_id,
                "city": one.verdict.city,
                "iso_week": str(one.verdict.iso_week) if one.verdict.iso_week else None,
                "version": one.verdict.version,
                "status": one.verdict.status,
                "is_valid": one.is_valid,
                "would_reject": one.would_reject,
                "findings": [_finding_document(finding) for finding in one.findings],
            }
            for one in trial.found
        ],
    }


def _finding_document(finding: Finding) -> dict[str, Any]:
    wanted = ("file", "sheet", "cell", "service_point", "measure", "breakdown", "category", "message")
    return {name: getattr(finding, name) for name in wanted}


def print_trial(trial: Trial, edition: Edition) -> None:
    """Which city-weeks would fail, with the first message of each."""
    rule = trial.rule
    print(f"{rule.id}  {_kind(rule)}, {_validity(rule)}")
    print(_wrapped(f"{rule.statement_it}.") + "\n")
    print(f"Provata su {_schede(trial.returns)}, come se fosse sempre stata in vigore.")
    if trial.left_out:
        print(f"Non provata su {_schede(trial.left_out)}: ne è rimasta solo la ricevuta.")
    failing = trial.failing
    if failing:
        rejected = sum(one.would_reject for one in failing)
        print(f"Avrebbe trovato qualcosa in {_schede(len(failing))} {_counting(len(failing))}:\n")
        _print_returns(failing, edition)
        if rejected:
            print(f"\nSarebbero state respinte: {number_it(rejected)}.")
    else:
        print("Nessuna scheda valida oggi ne avrebbe risentito.")
    others = len(trial.found) - len(failing)
    if others:
        print(f"Inoltre in {_schede(others)} {_not_counting(others)} (rifiutate o sostituite).")
    print("I verdetti registrati non sono cambiati.")


def _print_returns(tried: Sequence[Tried], edition: Edition) -> None:
    for one in tried[:_SHOWN_RETURNS]:
        verdict = one.verdict
        name = edition.city(verdict.city).name_it if verdict.city else ""
        times = f" ({number_it(len(one.findings))} volte)" if len(one.findings) > 1 else ""
        end = ", sarebbe respinta" if one.would_reject else ""
        print(f"  {verdict.iso_week}  {name}, versione {verdict.version}{end}{times}")
        print(_wrapped(one.findings[0].message))
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


def _validity(rule: Rule) -> str:
    until = f" al {rule.valid_to:%d/%m/%Y}" if rule.valid_to else ""
    return f"in vigore dal {rule.valid_from:%d/%m/%Y}{until}"


def _schede(count: int) -> str:
    return "1 scheda" if count == 1 else f"{number_it(count)} schede"


def _counting(count: int) -> str:
    return "che oggi conta" if count == 1 else "che oggi contano"


def _not_counting(count: int) -> str:
    return "che oggi non conta" if count == 1 else "che oggi non contano"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
