"""The rules of an edition in use: how often each fired, and what one would find before it is in force.

Lives here: counting findings by rule, and holding one entry against the whole landing on trial.
Must not live here: judging (`pipelines.judging`), or the command's words. Nothing here writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pipelines import judged
from pipelines.acts import Acts, read_acts
from pipelines.clock import now
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.judging.contract import check_functions
from pipelines.judging.judge import Judgement
from pipelines.receiving import Arrival, arrival_of, hints_for, judge_arrival
from pipelines.refusals import UnknownRuleError, WrongUsageError
from schemas.contract import Edition, Rule
from schemas.editions import read_rules
from schemas.verdicts import Finding, Status, Verdict
from schemas.weeks import ROME, IsoWeek
from sources import landing
from sources.cells import Workbook
from sources.reading.reader import CsvHints, ReadAhead, SourceFile, Unreadable

State = Literal["in_force", "not_yet", "ended", "not_enforced"]
"""Where an entry of a rule stands today."""


def state_of(rule: Rule, day: dt.date) -> State:
    """Where an entry stands on a day: an entry without a check is enforced on none."""
    if rule.valid_from > day:
        return "not_yet"
    if not rule.holds_between(day, day):
        return "ended"
    return "in_force" if rule.check is not None else "not_enforced"


@dataclass(frozen=True)
class RuleInUse:
    """An entry of a rule and what it found so far, in returns that arrived while it was in force.

    returns: in how many returns it found something, of all that were judged. findings: how often; of them
    `confirmed` are odd but true, `waived` count as warnings. last_week: of the latest week that it spoke of.
    """

    rule: Rule
    state: State
    returns: int
    findings: int
    confirmed: int
    waived: int
    last_week: IsoWeek | None


@dataclass(frozen=True)
class RuleBook:
    """All entries of an edition's rules, in their order. judged: how many returns were."""

    rules: tuple[RuleInUse, ...]
    judged: int


@dataclass(frozen=True)
class Tried:
    """A return in which the entry on trial finds something, or of which it changes what was found.

    findings: what the entry finds; recorded: what the rule found at the arrival. status: what its verdict
    would be. is_valid: whether it is the version that counts for its city and week.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    recorded: tuple[Finding, ...]
    status: Status
    is_valid: bool

    @property
    def differs(self) -> bool:
        """Whether its verdict would be another one."""
        return self.status != self.verdict.status


@dataclass(frozen=True)
class Trial:
    """What an entry of a rule would have found in the landing.

    is_draft: it comes from a file, and is not in the edition. left_out: returns of which only the receipt
    was kept. concerned: those that it makes something else of, or finds something in, in order of arrival.
    """

    rule: Rule
    state: State
    is_draft: bool
    returns: int
    left_out: int
    concerned: tuple[Tried, ...]

    @cached_property
    def failing(self) -> tuple[Tried, ...]:
        """The city-weeks that would fail, by their version that counts now."""
        return tuple(one for one in self.concerned if one.is_valid and one.findings)

    @cached_property
    def differing(self) -> tuple[Tried, ...]:
        """The returns whose verdict would be another one."""
        return tuple(one for one in self.concerned if one.differs)


def rule_book(home: Home, edition: Edition) -> RuleBook:
    """The entries of the rules with how often each fired, from the recorded findings."""
    found: dict[tuple[str, dt.date], list[tuple[Verdict, Finding]]] = {}
    verdicts = judged.JudgedReturns.load(home.judged, edition).verdicts
    for verdict in verdicts.values():
        if not verdict.errors and not verdict.warnings:
            continue
        for finding in judged.read_findings(home.judged, verdict.submission_id):
            entries = edition.rules_by_id.get(finding.rule)
            if entries is not None:
                entry = _begun_last(entries, verdict.received_at.astimezone(ROME).date())
                found.setdefault((entry.id, entry.valid_from), []).append((verdict, finding))
    today = _today()
    in_use = (
        _in_use(rule, state_of(rule, today), found.get((rule.id, rule.valid_from), []))
        for rule in edition.rules
    )
    return RuleBook(tuple(in_use), len(verdicts))


def _today() -> dt.date:
    return now().astimezone(ROME).date()


def _begun_last(entries: Sequence[Rule], day: dt.date) -> Rule:
    """Of a rule's entries the last one that had begun by a day; before the first, that one."""
    return next((entry for entry in reversed(entries) if entry.valid_from <= day), entries[0])


def _in_use(rule: Rule, state: State, found: list[tuple[Verdict, Finding]]) -> RuleInUse:
    dispositions = [finding.disposition for _, finding in found]
    weeks = [verdict.iso_week for verdict, _ in found if verdict.iso_week is not None]
    return RuleInUse(
        rule,
        state,
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
    *,
    draft: Path | None = None,
    valid_from: dt.date | None = None,
) -> Trial:
    """Hold one entry of a rule against every return in the landing, as though it had always been in force.

    draft: a file in the form of `rules.yaml` that has the entry; else it is the edition's. valid_from: the
    entry that begins on that day; else the next one that is not yet in force, or where there is none the
    last that began.
    Each return is judged as at its arrival, against what was accepted before it, waivers included; the
    recorded verdicts stand. on_return: told how many were held against it, of how many.
    Raises WrongUsageError for a rule or entry that is unknown or has no check, ContractError for a mistake
    in the draft, DamagedLandingError.
    """
    today = _today()
    entries = _entries_of(contract.edition, rule_id, draft)
    rule = _entry_to_try(entries, today, valid_from)
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

    concerned = []
    with ReadAhead(words=contract.vocabulary) as reader:
        for number, (receipt, workbook) in enumerate(
            zip(receipts, reader.read_all(to_read()), strict=True), start=1
        ):
            verdict = returns.verdicts[receipt.submission_id]
            again = _Again(arrivals.pop(0), workbook, verdict, returns, acts)
            one = again.tried(rule, on_trial, contract)
            if one.findings or one.recorded or one.differs:
                concerned.append(one)
            on_return(number, len(receipts))
    return Trial(
        rule,
        state_of(rule, today),
        draft is not None,
        len(receipts),
        len(returns.verdicts) - len(receipts),
        tuple(concerned),
    )


@dataclass(frozen=True)
class _Again:
    """A return that is judged again, and what it is judged against beside the rules."""

    arrival: Arrival
    workbook: Workbook | Unreadable
    verdict: Verdict
    returns: judged.JudgedReturns
    acts: Acts

    def tried(self, rule: Rule, on_trial: Contract, as_it_is: Contract) -> Tried:
        """What the entry on trial makes of it."""
        verdict = self.verdict
        judgement = self._judged(on_trial)
        status = judgement.status
        if status != verdict.status and self._judged(as_it_is).status == status:
            # Not the entry's doing: a rebuild would tell of it.
            status = verdict.status
        recorded = judged.read_findings(self.returns.folder, verdict.submission_id)
        return Tried(
            verdict,
            _of_rule(rule, judgement.findings),
            _of_rule(rule, recorded),
            status,
            _is_valid(self.returns, verdict),
        )

    def _judged(self, contract: Contract) -> Judgement:
        return judge_arrival(
            contract,
            self.arrival,
            self.workbook,
            self.verdict.sha256,
            self.verdict.submission_id,
            self.returns,
            self.acts,
            self.verdict.known_from,
        )


def _of_rule(rule: Rule, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.rule == rule.id)


def _entries_of(edition: Edition, rule_id: str, draft: Path | None) -> tuple[Rule, ...]:
    if draft is None:
        entries = edition.rules_by_id.get(rule_id, ())
        if not entries:
            raise UnknownRuleError(rule_id, edition.rules_by_id)
        return entries
    rules = read_rules(draft, edition)
    check_functions(rules, draft)
    entries = tuple(rule for rule in rules if rule.id == rule_id)
    if not entries:
        there = ", ".join(dict.fromkeys(rule.id for rule in rules)) or "nessuna"
        raise WrongUsageError(f"In «{draft}» non c'è la regola «{rule_id}». Ci sono: {there}.")
    return entries


def _entry_to_try(entries: Sequence[Rule], today: dt.date, valid_from: dt.date | None) -> Rule:
    if valid_from is None:
        rule = next((entry for entry in entries if entry.valid_from > today), _begun_last(entries, today))
    elif valid_from in (begins := {entry.valid_from: entry for entry in entries}):
        rule = begins[valid_from]
    else:
        days = ", ".join(f"{day:%d/%m/%Y}" for day in begins)
        raise WrongUsageError(
            f"La regola {entries[0].id} non ha una voce dal {valid_from:%d/%m/%Y}. Ne ha una dal: {days}."
        )
    if rule.check is None:
        raise WrongUsageError(f"La regola {rule.id} non ha ancora un controllo: non si può provare.")
    return rule


def _always_in_force(contract: Contract, rule: Rule) -> Contract:
    """The contract with one entry alone for its rule, which holds on every day."""
    always = rule.model_copy(update={"valid_from": dt.date.min, "valid_to": None})
    by_id = {**contract.edition.rules_by_id, rule.id: (always,)}
    rules = tuple(entry for entries in by_id.values() for entry in entries)
    return Contract(
        contract.edition.model_copy(update={"rules": rules}),
        lambda: contract.layouts,
        lambda: contract.vocabulary,
    )


def _is_valid(returns: judged.JudgedReturns, verdict: Verdict) -> bool:
    if verdict.city is None or verdict.iso_week is None:
        return False
    valid = returns.valid(verdict.city, verdict.iso_week)
    return valid is not None and valid.submission_id == verdict.submission_id
