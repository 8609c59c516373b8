"""`make bench-rules`: defects sown into what the cities sent, and how many of them the rules find.

Lives here: judging the returns, clean and with a defect, counting hits and false findings, the targets.
Must not live here: the defects themselves (`tests.making.defects`).

    python -m tests.bench.rules [DRAWS]

Every rule is sown DRAWS times into each city's return of 2023-W42 (H13: of a week up to which it is judged;
a city that sent none for that week: the week before), always the same defects. The real reader and judge say
what they find, with the city's earlier weeks as the truth has them. A defect is found when its rule speaks of
the cell, or of a figure that was changed; a finding is false when the return without the defect does not have
it and it is neither that nor a consequence that the table below allows, or when a clean return has it.
Clean are all first versions of the sample that its list calls accepted. Exit status 1: a target was missed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from pipelines.judging.context import Claim, Contract, Pasts
from pipelines.judging.contract import load_contract
from pipelines.judging.judge import Judgement, judge_return
from schemas.editions import DEFAULT_EDITION, find_edition
from schemas.verdicts import Finding
from schemas.weeks import IsoWeek
from sources.cells import Workbook
from sources.layouts.extract import read_return
from sources.layouts.recognise import most_alike
from sources.reading.reader import ChildReader, SourceFile
from tests.making.deadlines import due_at
from tests.making.defects import SOWERS, Clean, Sown, is_h13_judged
from tests.making.pasts import SamplePast, sample_pasts
from tests.making.samples import Sample, samples, valid_samples

DRAWS = 5
LAST_WEEK = IsoWeek(2023, 42)
H_TARGET, S_TARGET, CLEAN_S01 = 0.99, 0.9, 0.1

CONSEQUENCES: Mapping[str, Mapping[str, str]] = {
    "H01": {"H10": "a cover that names an earlier week is a second return for that week"},
    "H06": {
        "H07": "the guests changed may be more than the beds",
        "H11": "the entries changed may be fewer than the new guests",
    },
    "H07": {"H06": "guests above the beds are not the guests that came and went"},
    "H12": {"H08": "where districts are added up, the sums lack that of the service point misspelt"},
    "S01": dict.fromkeys(("H06", "H07", "H08", "H11", "H13"), "a wrong digit breaks what it is held against"),
    "S07": dict.fromkeys(("H06", "H07", "H08", "H11", "H13"), "a cumulated total is above what holds it"),
    "S08": dict.fromkeys(("H06", "H07", "H11"), "a doubled total is above what holds it"),
}
"""Rule of the defect -> error that may be found at the cells changed, too, and why. Warnings always may."""


@dataclass(frozen=True)
class Bench:
    """What returns are judged with."""

    contract: Contract
    reader: ChildReader
    pasts: Mapping[str, SamplePast]

    def judged(
        self, data: bytes, name: str, received_at: dt.datetime, pasts: Pasts, claim: Claim | None = None
    ) -> Judgement:
        """What the real reader and judge say of a file."""
        return judge_return(
            self.reader.read([SourceFile(name, data)]),
            self.contract,
            file=name,
            sha256=hashlib.sha256(data).hexdigest(),
            received_at=received_at,
            claim=claim,
            pasts=pasts,
        )

    def clean(self, given: Sample) -> tuple[Clean, frozenset[Finding]]:
        """A sample as its layout reads it, and what is found in it as it came."""
        edition, week = self.contract.edition, IsoWeek.parse(given.iso_week)
        past = self.pasts[given.city].before(week)
        workbook = self.reader.read([SourceFile(given.name, given.data)])
        assert isinstance(workbook, Workbook), workbook
        layouts = self.contract.layouts
        like = most_alike(workbook, layouts.layouts, layouts.usual_for(given.city))
        assert like is not None
        judgement = self.judged(given.data, given.name, due_at(week) - dt.timedelta(days=1), past)
        reading = read_return(workbook, like.known, edition, given.city, week)
        figures = {figure.key: figure for figure in judgement.figures}
        clean = Clean(given, week, edition, like.known, reading, figures, past)
        return clean, frozenset(judgement.findings)


@dataclass
class Tally:
    """What was sown and found, by rule and city; returns in which a rule spoke falsely."""

    sown: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    not_sown: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    allowed: Counter[tuple[str, str]] = field(default_factory=Counter)
    clean: int = 0
    clean_with: Counter[str] = field(default_factory=Counter)

    def recall(self, rule: str, city: str | None = None) -> float:
        """Found by sown; 1 where nothing was sown."""
        sown = sum(n for (r, c), n in self.sown.items() if r == rule and city in (None, c))
        found = sum(n for (r, c), n in self.found.items() if r == rule and city in (None, c))
        return found / sown if sown else 1.0

    def precision(self, rule: str) -> float:
        """Returns in which the rule spoke rightly, by those in which it spoke."""
        found = sum(n for (r, _), n in self.found.items() if r == rule)
        return found / (found + self.false[rule]) if found + self.false[rule] else 1.0


def cells_of(finding: Finding) -> Iterable[tuple[str, str]]:
    """Sheet and address of every cell of a finding."""
    own = finding.sheet or ""
    for address in (finding.cell, *finding.cells):
        if address:
            sheet, mark, cell = address.rpartition("!")
            yield (sheet, cell) if mark else (own, address)


def is_there(finding: Finding, sown: Sown) -> bool:
    """Whether a finding speaks of what was changed."""
    if not (sown.cells or sown.figures or sown.sheets):
        return True
    return (
        (finding.sheet or "") in sown.sheets
        or (finding.service_point or "", finding.measure or "") in sown.figures
        or any(finding.service_point == point and not finding.measure for point, _ in sown.figures)
        or not sown.cells.isdisjoint(cells_of(finding))
    )


def sow_and_judge(
    bench: Bench, clean: Clean, as_it_came: frozenset[Finding], rule: str, draw: int, tally: Tally
) -> None:
    """One defect: sown, judged, counted."""
    city = clean.city
    sown = SOWERS[rule](clean, Random(f"{rule} {city} {draw}"))
    if sown is None:
        if draw == 0:
            tally.not_sown.append((rule, city))
        return
    judgement = bench.judged(
        sown.data,
        sown.name or clean.given.name,
        sown.received_at or clean.received_at,
        sown.past or clean.past,
        sown.claim,
    )
    same = {_identity(finding) for finding in as_it_came}
    new = [finding for finding in judgement.findings if _identity(finding) not in same]
    own = [finding for finding in new if finding.rule == rule]
    tally.sown[rule, city] += 1
    if any(is_there(finding, sown) for finding in own):
        tally.found[rule, city] += 1
    else:
        told = sorted({finding.rule for finding in new}) or "nothing"
        tally.notes.append(f"missed {rule} {city}: {sown.what}; told: {told}")
    false: dict[str, Finding] = {}
    allowed = CONSEQUENCES.get(rule, {})
    for finding in new:
        if finding.rule == rule and is_there(finding, sown):
            continue
        if finding.rule != rule and finding.severity == "warning":
            continue
        if finding.rule in allowed and is_there(finding, sown):
            tally.allowed[rule, finding.rule] += 1
            continue
        false.setdefault(finding.rule, finding)
    for name, finding in false.items():
        tally.false[name] += 1
        tally.notes.append(
            f"false {name} in {city} with {rule} ({sown.what}): "
            f"{finding.sheet} {finding.cell} {finding.message}"
        )


def _identity(finding: Finding) -> tuple[object, ...]:
    return (
        finding.rule,
        finding.kind,
        finding.sheet,
        finding.cell,
        finding.found,
        finding.service_point,
        finding.measure,
    )


def week_of(bench: Bench, city: str, rule: str, draw: int) -> IsoWeek | None:
    """The week into whose return a rule's defect is sown; None where the rule can be judged in none."""
    edition, past = bench.contract.edition, bench.pasts[city]
    if rule != "H13":
        return max(week for week in past.returns if week <= LAST_WEEK)
    judged = []
    for week in sorted(past.returns):
        if not is_h13_judged(past, edition, city, week):
            break
        judged.append(week)
    return Random(f"{city} {draw}").choice(judged) if judged else None


def judge_clean(bench: Bench, tally: Tally) -> None:
    """Every first version of the sample that is to be accepted, as it came."""
    for given in samples():
        if given.expect != "accepted" or given.version != 1:
            continue
        past = bench.pasts[given.city].before(IsoWeek.parse(given.iso_week))
        judgement = bench.judged(given.data, given.name, given.received_at, past)
        tally.clean += 1
        for rule in {finding.rule for finding in judgement.findings}:
            tally.clean_with[rule] += 1
            tally.false[rule] += 1


def report(tally: Tally, cities: Sequence[str]) -> bool:
    """Print what was counted; whether every target is met."""
    print("rule   sown  found  recall  target  precision  target  false returns (of them clean)")
    met = True
    for rule in SOWERS:
        sown = sum(n for (r, _), n in tally.sown.items() if r == rule)
        found = sum(n for (r, _), n in tally.found.items() if r == rule)
        target = H_TARGET if rule.startswith("H") else S_TARGET
        wanted = f"{H_TARGET:.2f}" if rule.startswith("H") else "   -"
        is_met = sown > 0 and tally.recall(rule) >= target
        is_met &= not rule.startswith("H") or tally.precision(rule) >= H_TARGET
        met &= is_met
        print(
            f"{rule:<5} {sown:5d}  {found:5d}  {tally.recall(rule):6.3f}  {target:6.2f}  "
            f"{tally.precision(rule):9.3f}  {wanted:>6}  {tally.false[rule]:5d} ({tally.clean_with[rule]})"
            f"{'' if is_met else '   MISSED'}"
        )
        if tally.recall(rule) < target:
            below = [city for city in cities if tally.recall(rule, city) < target]
            print("      below target: " + ", ".join(f"{c} {tally.recall(rule, c):.2f}" for c in below))
    errors = sorted(rule for rule in tally.clean_with if rule.startswith("H"))
    share = tally.clean_with["S01"] / tally.clean
    print(
        f"\n{tally.clean} clean returns: errors {errors or 'none'} (target none); "
        f"S01 in {tally.clean_with['S01']}, {share:.1%} (target at most {CLEAN_S01:.0%})"
    )
    print(
        f"{len(tally.not_sown)} of {len(SOWERS) * len(cities)} pairs of rule and city "
        "have nothing to sow into:"
    )
    by_rule: dict[str, list[str]] = {}
    for rule, city in tally.not_sown:
        by_rule.setdefault(rule, []).append(city)
    for rule, of in by_rule.items():
        print(f"  {rule}: {', '.join(of)}; {WHY_NOT.get(rule, 'no figure of the return allows it')}")
    print("Errors of other rules at what was changed, allowed as consequences:")
    for (rule, other), count in sorted(tally.allowed.items()):
        print(f"  {rule}: {count} of {other}; {CONSEQUENCES[rule][other]}")
    for note in tally.notes:
        print(f"  {note}")
    return met and not errors and share <= CLEAN_S01


WHY_NOT: Mapping[str, str] = {
    "H06": "no housing",
    "H07": "no housing",
    "H13": "one of the four totals is ND or not reported from the first week on",
    "H14": "no housing with figures, which is what the declaration is about",
    "S03": "no total of 20 with a category for what is not recorded, all of it filled in",
    "S04": "no housing with nights in four weeks running",
    "S07": "no total that can be cumulated: 14 weeks with values, of which most above zero",
    "S08": "no breakdown with four categories above zero, and one seldom a quarter of all",
}
"""Why a city's return cannot have the defect of a rule."""


def main(arguments: Sequence[str]) -> int:
    """Print recall and precision of every rule; 1 where a target was missed."""
    draws = int(arguments[0]) if arguments else DRAWS
    began = time.perf_counter()
    contract = load_contract(find_edition(DEFAULT_EDITION))
    tally = Tally()
    with ChildReader(words=contract.vocabulary) as reader:
        bench = Bench(contract, reader, sample_pasts(contract.edition))
        cities = sorted(bench.pasts)
        given = {(s.city, s.iso_week): s for s in valid_samples()}
        for city in cities:
            kept: dict[IsoWeek, tuple[Clean, frozenset[Finding]]] = {}
            for rule in SOWERS:
                for draw in range(draws):
                    week = week_of(bench, city, rule, draw)
                    if week is None:
                        tally.not_sown += [(rule, city)] if draw == 0 else []
                        continue
                    if week not in kept:
                        kept[week] = bench.clean(given[city, str(week)])
                    sow_and_judge(bench, *kept[week], rule, draw, tally)
            print(f"{city} ({time.perf_counter() - began:.0f} s)", file=sys.stderr, flush=True)
        judge_clean(bench, tally)
    print(f"{draws} draws of {len(SOWERS)} rules over {len(cities)} cities\n")
    met = report(tally, cities)
    print(f"\n{'every target is met' if met else 'a target is missed'} ({time.perf_counter() - began:.0f} s)")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
