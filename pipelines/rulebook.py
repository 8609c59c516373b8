"""The rules of an edition in use: how often each fired, and what one would find before it is in force.

Lives here: counting findings by rule, and holding one rule against the whole landing on trial.
Must not live here: judging (`pipelines.judging`), or the command's words. Nothing here writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from pipelines import judged
from pipelines.acts import read_acts
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.receiving import Arrival, arrival_of, hints_for, judge_arrival
from pipelines.refusals import WrongUsageError
from schemas.contract import Edition, Rule
from schemas.tables import nearest
from schemas.verdicts import Finding, Verdict
from schemas.weeks import IsoWeek
from sources import landing
from sources.reading.reader import CsvHints, ReadAhead, SourceFile


@dataclass(frozen=True)
class RuleInUse:
    """A rule and what it found so far.

    returns: in how many returns it found something, of all that were judged. findings: how often; of them
    `confirmed` are odd but true, `waived` count as warnings. last_week: of the latest week that it spoke of.
    """

    rule: Rule
    returns: int
    findings: int
    confirmed: int
    waived: int
    last_week: IsoWeek | None


@dataclass(frozen=True)
class RuleBook:
    """All rules of an edition, in their order. judged: how many returns were."""

    rules: tuple[RuleInUse, ...]
    judged: int


@dataclass(frozen=True)
class Tried:
    """A return in which the rule on trial found something.

    is_valid: whether it is the version that counts for its city and week.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    is_valid: bool

    @property
    def would_reject(self) -> bool:
        """Whether an accepted return would have been rejected."""
        return self.verdict.is_accepted and any(finding.rejects for finding in self.findings)


@dataclass(frozen=True)
class Trial:
    """What a rule would have found in the landing. left_out: returns of which only the receipt was kept."""

    rule: Rule
    returns: int
    left_out: int
    found: tuple[Tried, ...]

    @cached_property
    def failing(self) -> tuple[Tried, ...]:
        """The city-weeks that would fail, by their version that counts now."""
        return tuple(one for one in self.found if one.is_valid)


def rule_book(home: Home, edition: Edition) -> RuleBook:
    """The rules with how often each fired, from the recorded findings."""
    found: dict[str, list[tuple[Verdict, Finding]]] = {rule.id: [] for rule in edition.rules}
    verdicts = judged.JudgedReturns.load(home.judged, edition).verdicts
    for verdict in verdicts.values():
        if not verdict.errors and not verdict.warnings:
            continue
        for finding in judged.read_findings(home.judged, verdict.submission_id):
            found.setdefault(finding.rule, []).append((verdict, finding))
    return RuleBook(tuple(_in_use(rule, found[rule.id]) for rule in edition.rules), len(verdicts))


def _in_use(rule: Rule, found: list[tuple[Verdict, Finding]]) -> RuleInUse:
    dispositions = [finding.disposition for _, finding in found]
    weeks = [verdict.iso_week for verdict, _ in found if verdict.iso_week is not None]
    return RuleInUse(
        rule,
        returns=len({verdict.submission_id for verdict, _ in found}),
        findings=len(found),
        confirmed=dispositions.count("confirmed"),
        waived=dispositions.count("waived"),
        last_week=max(weeks, default=None),
    )


def try_rule(
    home: Home,
    contract: Contract,
    rule_id: str,
    on_return: Callable[[int, int], None] = lambda done, of: None,
) -> Trial:
    """Hold one rule against every return in the landing, as though it had always been in force.

    Each return is judged as at its arrival, against what was accepted before it, waivers included; the
    recorded verdicts stand. on_return: told how many were held against it, of how many.
    Raises WrongUsageError for a rule that is unknown or has no check, DamagedLandingError.
    """
    rule = _rule_to_try(contract.edition, rule_id)
    on_trial = _always_in_force(contract, rule)
    returns = judged.JudgedReturns.load(home.judged, contract.edition)
    acts = read_acts(home.acts)
    receipts = [
        receipt
        for receipt in landing.receipts(home.returns)
        if receipt.submission_id in returns.verdicts and receipt.keeps_files
    ]
    receipts.sort(key=lambda receipt: (receipt.verdict.received_at, receipt.submission_id))

    arrivals: list[Arrival] = []

    def to_read() -> Iterator[tuple[list[SourceFile], CsvHints | None]]:
        for receipt in receipts:
            arrivals.append(arrival_of(home, receipt))
            yield list(arrivals[-1].files), hints_for(contract, arrivals[-1].claim)

    found = []
    with ReadAhead(words=contract.vocabulary) as reader:
        for number, (receipt, workbook) in enumerate(
            zip(receipts, reader.read_all(to_read()), strict=True), start=1
        ):
            verdict = returns.verdicts[receipt.submission_id]
            judgement = judge_arrival(
                on_trial,
                arrivals.pop(0),
                workbook,
                verdict.sha256,
                verdict.submission_id,
                returns,
                acts,
                verdict.known_from,
            )
            findings = tuple(finding for finding in judgement.findings if finding.rule == rule.id)
            if findings:
                found.append(Tried(verdict, findings, _is_valid(returns, verdict)))
            on_return(number, len(receipts))
    return Trial(rule, len(receipts), len(returns.verdicts) - len(receipts), tuple(found))


def _rule_to_try(edition: Edition, rule_id: str) -> Rule:
    known = {rule.id: rule for rule in edition.rules}
    rule = known.get(rule_id)
    if rule is None:
        close = nearest(rule_id, known)
        raise WrongUsageError(f"La regola «{rule_id}» non c'è." + (f" Intendeva «{close}»?" if close else ""))
    if rule.check is None:
        raise WrongUsageError(f"La regola {rule_id} non ha ancora un controllo: non si può provare.")
    return rule


def _always_in_force(contract: Contract, rule: Rule) -> Contract:
    always = rule.model_copy(update={"valid_from": dt.date.min, "valid_to": None})
    rules = tuple(always if one.id == rule.id else one for one in contract.edition.rules)
    return replace(contract, edition=contract.edition.model_copy(update={"rules": rules}))


def _is_valid(returns: judged.JudgedReturns, verdict: Verdict) -> bool:
    if verdict.city is None or verdict.iso_week is None:
        return False
    valid = returns.valid(verdict.city, verdict.iso_week)
    return valid is not None and valid.submission_id == verdict.submission_id
