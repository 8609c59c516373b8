"""The judge: from what the reader gives to a verdict with findings and figures.

Lives here: the order of the checks, and putting remarks into words.
Must not live here: the checks themselves, files, folders, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipelines.judging.causes import without_repeated_causes
from pipelines.judging.context import (
    Claim,
    ClosedQuarters,
    Contract,
    NoPasts,
    Past,
    Pasts,
    ReadReturn,
    Remark,
    none_closed,
)
from pipelines.judging.cover import Cover, disagreements, read_cover, stated_week
from pipelines.judging.frame import judge_cells
from pipelines.judging.in_force import drift_tolerance, rules_in_force
from pipelines.judging.personal import personal_remarks
from pipelines.judging.recognised import Recognised, read_figures, recognised_by
from pipelines.judging.rules import RULE_FUNCTIONS
from schemas.acts import DeadlineMoved, Waiver
from schemas.contract import TOTAL, Edition, Rule
from schemas.deadlines import Deadlines
from schemas.details import Detail, FigureName, SumOf, plain_text
from schemas.expressions import terms_of
from schemas.messages import catalogue
from schemas.messages.saying import Speech
from schemas.thresholds import Drift
from schemas.verdicts import CellCounts, Finding, NilReturn, Status
from schemas.weeks import IsoWeek
from sources.cells import Workbook
from sources.layouts.combine import Figure, combine_cells
from sources.layouts.extract import missing_headers
from sources.layouts.library import KnownLayout
from sources.layouts.outcome import Facts, NilDeclaration, Place, Reading, Trouble
from sources.layouts.recognise import alike
from sources.reading.reader import Unreadable


@dataclass(frozen=True)
class Judgement:
    """What the judge says of a return; city, week and version are None where the file does not tell."""

    city: str | None
    week: IsoWeek | None
    version: int | None
    layout: str | None
    status: Status
    is_late: bool | None
    counts: CellCounts
    findings: tuple[Finding, ...]
    figures: tuple[Figure, ...]
    nils: tuple[NilReturn, ...]
    is_withheld: bool = False
    """It tells who a person is: nothing of it may be kept or said but where."""

    @property
    def errors(self) -> int:
        return sum(finding.rejects for finding in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.errors


def judge_return(
    given: Workbook | Unreadable,
    contract: Contract,
    *,
    file: str,
    sha256: str,
    received_at: dt.datetime,
    claim: Claim | None = None,
    pasts: Pasts,
    waivers: Sequence[Waiver] = (),
    closed: ClosedQuarters = none_closed,
    moved: Sequence[DeadlineMoved] = (),
) -> Judgement:
    """Everything that is to be said of a return at the instant of its arrival.

    `file`: the name to show for the return as a whole. `pasts`: what was accepted before that instant.
    `waivers`: those in force at that instant. `closed`: the quarters that a city may not correct then.
    `moved`: the deadlines that were moved by then.
    """
    claim = claim or Claim()
    deadlines = Deadlines(contract.edition, moved)
    voice = _Voice(contract.edition, rules_in_force(contract.edition, received_at))
    if given.personal:
        return _withheld(given, contract, voice, claim, received_at, pasts, deadlines)
    if isinstance(given, Unreadable):
        return _rejected(voice, [Remark(f"file_{given.reason}", Place(given.file))])
    recognised = _recognised(given, contract, claim, voice.tolerance)
    if recognised is None:
        counts = CellCounts(read=given.filled_cells, refused=given.filled_cells)
        return _rejected(voice, [Remark("layout_unknown", Place(file))], counts=counts)
    known, facts = recognised.known, recognised.facts
    cover = read_cover(facts, known, contract.edition, claim, received_at, file)
    if cover.week is not None and cover.week in contract.edition.weeks and not known.is_valid_in(cover.week):
        remark = Remark("layout_of_other_weeks", Place(file), {"week": cover.week})
        counts = CellCounts(read=given.filled_cells, refused=given.filled_cells)
        return _rejected(voice, [*cover.remarks, remark], cover=cover, known=known, counts=counts)
    week = cover.week if cover.week in contract.edition.weeks else claim.week
    if cover.city is None or week is None:
        counts = CellCounts(read=given.filled_cells, refused=given.filled_cells)
        troubles = (*recognised.drift, *missing_headers(recognised.workbook, known))
        remarks = [*cover.remarks, *map(_remark_of, troubles)]
        return _rejected(voice, remarks, cover=cover, known=known, counts=counts)
    if claim.city not in (None, cover.city):
        # What a city sent is not told to another one that says to be its sender.
        pasts, waivers = NoPasts(), ()
    judgement = _judge_figures(
        recognised,
        cover,
        cover.city,
        week,
        contract,
        voice,
        file,
        sha256,
        received_at,
        pasts,
        waivers,
        closed(cover.city),
        deadlines,
    )
    return _waived(judgement, cover.city, voice.rules, waivers)


def _waived(
    judgement: Judgement, city: str, rules: Mapping[str, Rule], waivers: Iterable[Waiver]
) -> Judgement:
    """The judgement with the findings that a waiver covers marked as waived, by the last one that does."""
    findings = []
    for finding in judgement.findings:
        about = (finding.rule, finding.service_point, finding.measure, finding.breakdown)
        covering = [one for one in waivers if rules[finding.rule].waivable and one.covers(city, *about)]
        marks = {"disposition": "waived", "note": covering[-1].reason} if covering else {}
        findings.append(finding.model_copy(update=marks))
    return replace(judgement, findings=tuple(findings), status=_status(findings))


def _recognised(
    workbook: Workbook, contract: Contract, claim: Claim, tolerance: Drift | None
) -> Recognised | None:
    """The file by the layout that it looks most like and that holds in its week.

    Where no layout finds a week of its own, by the one that the file looks most like.
    """
    layouts = contract.layouts
    usual = layouts.usual_for(claim.city) if claim.city else ()
    likes, found = alike(workbook, layouts.layouts, usual), []
    for like in likes:
        read = recognised_by(workbook, like.known)
        if tolerance is not None and read.lacks_facts and like.share == likes[0].share:
            read = read.mended(contract.edition, tolerance)
        found.append(read)
    for read in found:
        week = stated_week(read.facts)
        if week is not None and read.known.is_valid_in(week):
            return read
    return found[0] if found else None


def _judge_figures(
    recognised: Recognised,
    cover: Cover,
    city: str,
    week: IsoWeek,
    contract: Contract,
    voice: _Voice,
    file: str,
    sha256: str,
    received_at: dt.datetime,
    pasts: Pasts,
    waivers: Sequence[Waiver],
    closed_quarters: frozenset[str],
    deadlines: Deadlines,
) -> Judgement:
    edition, known = contract.edition, recognised.known
    as_read, reading = read_figures(recognised, edition, city, week, voice.tolerance)
    points = frozenset(point.code for point in edition.roster(city, week)) | {""}
    cells, cell_remarks = judge_cells(reading.cells, edition, points)
    combined, combine_troubles = combine_cells(cells, known.layout.combine, edition)
    figures = combined if known.layout.combine is None else _complete(combined, reading, cell_remarks)
    past = pasts.of(city)
    nils = tuple(dict.fromkeys(reading.nils))
    given = ReadReturn(
        edition=edition,
        city=city,
        week=week,
        version=cover.version,
        received_at=received_at,
        due_at=deadlines.due_at(week, city),
        sha256=sha256,
        figures={figure.key: figure for figure in figures},
        nils=nils,
        past=past,
        file=Place(file),
        version_place=cover.version_place,
        version_text=cover.version_text,
        other_weeks=reading.other_weeks,
        closed_quarters=closed_quarters,
    )
    remarks = [
        *cover.remarks,
        *disagreements(reading.facts),
        *_rows_missing(recognised.facts, reading),
        *(_remark_of(trouble) for trouble in (*as_read.drift, *reading.troubles, *combine_troubles)),
        *cell_remarks,
    ]
    for rule in voice.rules.values():
        if rule.check is not None and rule.check in RULE_FUNCTIONS:
            remarks += RULE_FUNCTIONS[rule.check](given, rule)
    words: dict[str, Detail] = {
        "week": week,
        "tokens": " / ".join((*known.layout.tokens.not_available, *known.layout.tokens.not_applicable)),
        "mark": known.layout.numbers.decimal_mark,
    }
    findings = voice.findings(without_repeated_causes(given, remarks, voice.rules, waivers), words, known)
    refused_later = len(reading.cells) - len(cells) + sum(len(trouble.cells) for trouble in combine_troubles)
    counts = reading.counts.model_copy(
        update={
            "mapped": reading.counts.mapped - refused_later,
            "refused": reading.counts.refused + refused_later,
        }
    )
    status = _status(findings)
    assert counts.refused == 0 or status == "rejected", "a refused cell is a finding"
    return Judgement(
        city=city,
        week=cover.week,
        version=cover.version,
        layout=known.name,
        status=status,
        is_late=_is_late(past, deadlines, city, cover.week, received_at),
        counts=counts,
        findings=findings,
        figures=figures,
        nils=_nil_returns(nils),
    )


def _complete(figures: Iterable[Figure], reading: Reading, refused: Iterable[Remark]) -> tuple[Figure, ...]:
    """The figures but those that lack a cell: what is left of a sum would be told a second time."""
    lacking = {trouble.figure for trouble in reading.troubles} | {remark.figure for remark in refused}
    return tuple(
        figure
        for figure in figures
        if figure.key not in lacking
        and (figure.breakdown == TOTAL or (figure.service_point, figure.measure) not in reading.unplaced)
    )


def _nil_returns(nils: Iterable[NilDeclaration]) -> tuple[NilReturn, ...]:
    """The declarations by area and service point; one without a reason is refused and not among them."""
    found = {
        (nil.area, nil.service_point): NilReturn(
            service_point=nil.service_point, area=nil.area, reason=nil.reason
        )
        for nil in nils
        if nil.reason
    }
    return tuple(found[key] for key in sorted(found))


def _is_late(
    past: Past, deadlines: Deadlines, city: str, week: IsoWeek | None, received_at: dt.datetime
) -> bool | None:
    """Whether the first return of a week arrives after the deadline; a later revision is not late."""
    if week is None:
        return None
    return received_at > deadlines.due_at(week, city) and past.valid(week) is None


def _rows_missing(facts: Facts, reading: Reading) -> list[Remark]:
    stated = facts.get("data_rows")
    if not stated or stated[0].text == str(reading.data_rows):
        return []
    expected = stated[0].text
    details: dict[str, Detail] = {
        "expected": Decimal(expected) if expected.isdecimal() else expected,
        "found": Decimal(reading.data_rows),
    }
    return [Remark("rows_missing", stated[0].place, details)]


def _remark_of(trouble: Trouble) -> Remark:
    return Remark(trouble.kind, trouble.place, trouble.details, figure=trouble.figure, cells=trouble.cells)


def _status(findings: Iterable[Finding]) -> Status:
    said = list(findings)
    if any(finding.rejects for finding in said):
        return "rejected"
    return "accepted_with_warnings" if said else "accepted"


def _rejected(
    voice: _Voice,
    remarks: Iterable[Remark],
    cover: Cover | None = None,
    known: KnownLayout | None = None,
    counts: CellCounts | None = None,
) -> Judgement:
    """A return that cannot be read as far as its figures."""
    findings = voice.findings(remarks, {}, known)
    return Judgement(
        city=cover.city if cover else None,
        week=cover.week if cover else None,
        version=cover.version if cover else None,
        layout=known.name if known else None,
        status="rejected",
        is_late=None,
        counts=counts or CellCounts(),
        findings=findings,
        figures=(),
        nils=(),
    )


def _withheld(
    given: Workbook | Unreadable,
    contract: Contract,
    voice: _Voice,
    claim: Claim,
    received_at: dt.datetime,
    pasts: Pasts,
    deadlines: Deadlines,
) -> Judgement:
    """A return that tells who a person is: what it is for, and where that stands; nothing else is said."""
    judgement = _rejected(voice, personal_remarks(given.personal))
    if not isinstance(given, Workbook):
        return replace(judgement, is_withheld=True)
    recognised = _recognised(given, contract, claim, voice.tolerance)
    if recognised is None:
        return replace(judgement, is_withheld=True)
    cover = read_cover(recognised.facts, recognised.known, contract.edition, claim, received_at, "")
    is_late = (
        None
        if cover.city is None
        else _is_late(pasts.of(cover.city), deadlines, cover.city, cover.week, received_at)
    )
    return replace(
        judgement,
        city=cover.city,
        week=cover.week,
        version=cover.version,
        is_late=is_late,
        is_withheld=True,
    )


@dataclass(frozen=True)
class _Voice:
    """Puts remarks into words; a remark of a rule that is not in force is not said."""

    edition: Edition
    rules: Mapping[str, Rule]

    @property
    def tolerance(self) -> Drift | None:
        """How far a file may have drifted; None where no rule in force lets it."""
        return drift_tolerance(self.rules)

    def findings(
        self, remarks: Iterable[Remark], words: Mapping[str, Detail], known: KnownLayout | None
    ) -> tuple[Finding, ...]:
        """Each remark said once. `words`: what holds for the whole return."""
        said = (self._finding(remark, words, known) for remark in _told_together(remarks))
        return tuple(dict.fromkeys(finding for finding in said if finding is not None))

    def _rule_of(self, kind: str) -> Rule | None:
        check = catalogue().messages[kind].check
        return next((rule for rule in self.rules.values() if rule.check == check), None)

    def _finding(
        self, remark: Remark, words: Mapping[str, Detail], known: KnownLayout | None
    ) -> Finding | None:
        rule = self.rules.get(remark.rule) if remark.rule else self._rule_of(remark.kind)
        if rule is None:
            return None
        details = _used(remark.kind, {**words, **remark.details, **_figure_of(remark)})
        if known is not None:
            details = {name: _in_own_words(detail, known, self.edition) for name, detail in details.items()}
        message, action = Speech(self.edition).say(remark.kind, details)
        values = _values_of(remark)
        point, measure, breakdown, category = remark.figure or ("", None, None, None)
        return Finding(
            rule=rule.id,
            severity=rule.severity,
            kind=remark.kind,
            details=tuple(details.items()),
            file=remark.place.file,
            sheet=remark.place.sheet,
            cell=remark.place.cell,
            cells=tuple(dict.fromkeys(cell for cell in remark.cells if cell)),
            service_point=point or None,
            measure=measure or None,
            breakdown=breakdown or None,
            category=category or None,
            found=plain_text(values["found"]) if "found" in values else None,
            expected=plain_text(values["expected"]) if "expected" in values else None,
            values=tuple((name, value) for name, value in values.items() if not isinstance(value, str)),
            message=message,
            action=action,
        )


MOST_OF_A_KIND = 5000
"""Remarks of one kind that are told each by itself: more than a return has cells. A hostile file may give
rise to as many as it has cells, and each as a finding of its own would cost many times the file."""


def _told_together(remarks: Iterable[Remark]) -> Iterator[Remark]:
    """The remarks; of a kind, all beyond the most are one for each sheet, with the cells of all of them."""
    told: Counter[str] = Counter()
    beyond: dict[tuple[str, str | None, str | None], list[Remark]] = {}
    for remark in remarks:
        told[remark.kind] += 1
        if told[remark.kind] <= MOST_OF_A_KIND:
            yield remark
        else:
            place = remark.place
            beyond.setdefault((remark.kind, place.file, place.sheet), []).append(remark)
    for first, *others in beyond.values():
        places = [cell for remark in (first, *others) for cell in (remark.place.cell, *remark.cells) if cell]
        together = replace(first, cells=tuple(places))
        # Of several figures; a sentence that names one names the first.
        named = {**first.details, **_figure_of(first)}
        yield replace(together, details=named, figure=None) if others else together


def _values_of(remark: Remark) -> dict[str, Detail]:
    """What was found and what was expected, as far as either is known."""
    details = remark.details
    found = details.get("found") if remark.found is None else remark.found
    expected = details.get("expected") if remark.expected is None else remark.expected
    return {
        **({} if found is None else {"found": found}),
        **({} if expected is None or expected == "" else {"expected": expected}),
    }


def _figure_of(remark: Remark) -> dict[str, Detail]:
    """The figure that a remark is about; of a breakdown as a whole, its total."""
    _, measure, breakdown, category = remark.figure or ("", "", "", "")
    if not measure:
        return {}
    if not category:
        return {"figure": FigureName(measure=measure)}
    return {"figure": FigureName(measure=measure, breakdown=breakdown, category=category)}


def _used(kind: str, details: Mapping[str, Detail]) -> dict[str, Detail]:
    """The details that the message of a kind speaks of."""
    return {name: detail for name, detail in details.items() if name in catalogue().places_in(kind)}


def _in_own_words(detail: Detail, known: KnownLayout, edition: Edition) -> Detail:
    """A figure, or a sum of figures, with the names that the city's file has for them."""
    if isinstance(detail, FigureName):
        own = known.own_name(edition, detail.measure, detail.breakdown, detail.category)
        return detail.model_copy(update={"own": own})
    if isinstance(detail, SumOf):
        terms = terms_of(detail.expression)
        names = [known.own_name(edition, term.measure, detail.breakdown, detail.category) for term in terms]
        return detail.model_copy(update={"own": tuple(names)})
    return detail
