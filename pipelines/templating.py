"""The blank standard workbook of a city and week: what `regia template` asks for, and what it knows already.

Lives here: which service points, figures, rules and stocks of last week go in, and where the file is put.
Must not live here: how the workbook looks (`reports.template`), how its layout is read.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pipelines import judged
from pipelines.acts import read_acts
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.refusals import RefusedError, WrongUsageError
from pipelines.writing import write_whole
from reports.template import (
    Choice,
    CodeListShown,
    Content,
    CoverLine,
    DataSheet,
    Entered,
    Legend,
    Point,
    Row,
    RuleShown,
    Said,
    Tokens,
    template_workbook,
)
from schemas.contract import (
    CITY_LEVEL,
    LANGUAGES,
    TOTAL,
    Category,
    Edition,
    Language,
    Measure,
    ServicePoint,
)
from schemas.deadlines import Deadlines
from schemas.details import Named
from schemas.expressions import Term, terms_of
from schemas.verdicts import Verdict
from schemas.weeks import IsoWeek
from sources.layouts.forms import CoverRow, Form, FormSheet, form_of, written
from sources.layouts.library import KnownLayout
from sources.layouts.model import Layout, TemplateTexts


@dataclass(frozen=True)
class Template:
    """A blank workbook for a city and week.

    replaces: the version now valid, where there is one; this one is numbered after it. last_week: the
    version of the week before that the carried figures are from; None where none is valid. due_at: the
    deadline that now holds.
    """

    city: str
    week: IsoWeek
    due_at: dt.datetime
    version: int
    service_points: tuple[ServicePoint, ...]
    replaces: Verdict | None
    last_week: Verdict | None
    content: Content

    def usual_name(self, edition: Edition) -> str:
        return f"{edition.facts.code}_{self.city}_{self.week}_v{self.version}.xlsx"


def template_for(home: Home, contract: Contract, city: str, week: IsoWeek) -> Template:
    """The blank workbook of a city and week, with what is known from the week before.

    Raises WrongUsageError for a city without a service point in that week, or an edition without a form.
    """
    edition = contract.edition
    if not edition.is_due(city, week):
        raise RefusedError(
            "nothing_due",
            f"{edition.city(city).name_it} non ha servizi aperti nella {week.in_italian()}: "
            "per quella settimana non deve inviare la scheda.",
            city=Named(what="city", code=city),
            week=week,
        )
    known = _layout_with_template(contract, week)
    returns = judged.JudgedReturns.load(home.judged, edition)
    replaces = returns.valid(city, week)
    last_week = returns.valid(city, week.shifted(-1))
    version = 1 if replaces is None or replaces.version is None else replaces.version + 1
    points = edition.roster(city, week)
    carried = {} if last_week is None else _carried(edition, week, returns, last_week)
    content = _Choosing(edition, known.layout, city, week).content(points, version, carried)
    moved = read_acts(home.acts).deadlines_moved(edition.slug)
    due_at = Deadlines(edition, moved).due_at(week, city)
    return Template(city, week, due_at, version, points, replaces, last_week, content)


def template_path(template: Template, edition: Edition, out: Path | None) -> Path:
    """Where it is written. Raises WrongUsageError for a name that is taken, or that is not an .xlsx."""
    name = template.usual_name(edition)
    path = Path(name) if out is None else out / name if out.is_dir() else out
    if path.suffix.lower() != ".xlsx":
        raise WrongUsageError(
            f"La scheda è un .xlsx: scriva per esempio --out {path.with_suffix('.xlsx').name}."
        )
    if path.exists():
        raise WrongUsageError(
            f"«{path}» c'è già e non viene sovrascritto: potrebbe essere già compilato. "
            "Indichi un altro nome con --out."
        )
    return path


def write_template(path: Path, template: Template) -> None:
    """Write the workbook; it is there whole or not at all. Raises OSError."""
    write_whole(path, template_workbook(template.content))


def _layout_with_template(contract: Contract, week: IsoWeek) -> KnownLayout:
    found = [known for known in contract.layouts.valid_in(week) if known.layout.template]
    if not found:
        raise RefusedError(
            "no_form",
            f"L'edizione {contract.edition.facts.code} non ha una scheda standard per la "
            f"{week.in_italian()}: ogni città usa il proprio formato.",
            week=week,
        )
    return max(found, key=lambda known: known.layout.valid_from)


# --- what is known from the week before


def stocks_carried_over(edition: Edition, week: IsoWeek) -> dict[str, str]:
    """Measure -> the measure of which it must equal last week's value, as the rules of that week have it."""
    return {
        comparison.left: term.measure
        for rule in edition.rules
        if rule.is_in_force(week.ends_at)
        for comparison in rule.comparisons
        for term in terms_of(comparison.right)
        if comparison.relation == "equals"
        and terms_of(comparison.left) == (Term(Decimal(1), "this_week", comparison.left),)
        and terms_of(comparison.right) == (Term(Decimal(1), "last_week", term.measure),)
    }


def _carried(
    edition: Edition, week: IsoWeek, returns: judged.JudgedReturns, last_week: Verdict
) -> dict[tuple[str, str], Decimal]:
    """Service point and measure -> its value, known from last week's totals."""
    totals = returns.totals(last_week.submission_id, week.shifted(-1))
    points = {point for point, _ in totals.values}
    found = {
        (point, measure): totals.value(point, before)
        for measure, before in stocks_carried_over(edition, week).items()
        for point in sorted(points)
    }
    return {key: value for key, value in found.items() if value is not None}


# --- what goes in


@dataclass(frozen=True)
class _Choosing:
    """The contract and the form of a layout, asked for one city and week."""

    edition: Edition
    layout: Layout
    city: str
    week: IsoWeek

    @property
    def languages(self) -> tuple[Language, ...]:
        """Those that the city reads, after that of the form."""
        first = LANGUAGES[0]
        return (first, *(one for one in self.edition.languages_of(self.city) if one != first))

    def content(
        self,
        points: tuple[ServicePoint, ...],
        version: int,
        carried: Mapping[tuple[str, str], Decimal],
    ) -> Content:
        """`carried`: values known already, by service point and measure."""
        form, facts = form_of(self.layout), self._facts(version)
        tokens = self.layout.tokens
        shown = Tokens(tokens.not_available[0], tokens.not_applicable[0])
        title = self._said(lambda texts: texts.title.format(**facts))
        heads = {point.code: point.code for point in points} | {"": form.city_column}
        return Content(
            languages=self.languages,
            title=title,
            footer=f"{title[0]} – {self.edition.city(self.city).name_it}, {self.week}",
            instructions=self._said(lambda texts: texts.instructions.format(**vars(shown))),
            cover=form.cover,
            lines=tuple(self._line(row, facts) for row in form.cover_rows if row.holds != "title"),
            nil_choices=tuple(self._nil_choices(points)),
            sheets=tuple(self._sheet(sheet, form, points) for sheet in form.sheets),
            legend=Legend(
                form.legend, self._label(form.legend), tuple(self._rules()), tuple(self._code_lists())
            ),
            carried={
                (self._code(form, measure, TOTAL, ""), heads[point]): value
                for (point, measure), value in carried.items()
                if point in heads
            },
            tokens=shown,
            day=self.week.sunday,
        )

    # the cover

    def _facts(self, version: int) -> dict[str, Entered]:
        city = self.edition.city(self.city, self.week.sunday)
        return {
            "edition": self.edition.facts.code,
            "model": self.layout.model,
            "city_name": city.name_it,
            "entity": city.name_it,
            "cadastral_code": city.cadastral_code,
            "body": city.reporting_body,
            "year": str(self.week.year),
            "week": f"{self.week.number:02d}",
            "first_day": self.week.monday,
            "last_day": self.week.sunday,
            "version": version,
        }

    def _line(self, row: CoverRow, facts: Mapping[str, Entered]) -> CoverLine:
        label = self._label(row.label)
        match row.holds, row.facts:
            case "facts", ("version",):
                return CoverLine("version", label, facts["version"])
            case "facts", ("compiled",):
                return CoverLine("day", label)
            case "facts", (fact,):
                return CoverLine("given", label, facts[fact])
            case "facts", _:
                texts = {name: str(value) for name, value in facts.items()}
                return CoverLine("given", label, written(row.beside, texts))
            case "headings", _:
                return CoverLine("headings", label, row.beside, self._label(row.beside)[1:])
            case "heading", _:
                return CoverLine("heading", label)
            case _:
                return CoverLine("entry", label)

    def _nil_choices(self, points: Iterable[ServicePoint]) -> Iterator[Choice]:
        for area in self.edition.code_lists_by_code[self.edition.facts.area_list].categories:
            yield Choice(area.label_it, self._named(area))
        for point in points:
            yield Choice(point.code, (point.name,))

    # the figures

    def _sheet(self, sheet: FormSheet, form: Form, points: Iterable[ServicePoint]) -> DataSheet:
        table = form.table
        measures = [m for m in self.edition.measures if sheet.area in (None, m.area)]
        kinds = {measure.service_kind for measure in measures}
        columns = [Point(p.code, (p.name,), p.kind) for p in points if p.kind in kinds]
        if CITY_LEVEL in kinds:
            name = (self.edition.city(self.city).name_it,)
            columns.append(Point(form.city_column, name, CITY_LEVEL))
        return DataSheet(
            name=sheet.name,
            title=self._label(sheet.name),
            headings=tuple(
                (heading,) if heading == table.code else self._label(heading) for heading in table.headings
            ),
            code_heading=table.code,
            names=None if table.names is None else self._label(table.names),
            points=tuple(columns),
            rows=tuple(row for measure in measures for row in self._rows(measure, form)),
        )

    def _rows(self, measure: Measure, form: Form) -> Iterator[Row]:
        name, kind, decimals = self._named(measure), measure.service_kind, measure.decimals
        total = self._said(lambda texts: texts.total)
        yield Row(self._code(form, measure.code, TOTAL, ""), kind, name, total, decimals, True, False)
        lists = [self.edition.code_lists_by_code[breakdown] for breakdown in measure.breakdowns]
        alike = Counter(
            word for one in lists for category in one.categories for word in self._named(category)
        )
        for one in lists:
            for category in one.categories:
                detail = self._named(category)
                if any(alike[word] > 1 for word in detail):
                    detail = self._with_list(category)
                code = self._code(form, measure.code, one.code, category.code)
                opens = category is one.categories[0]
                only_zero_by = self._confining_rule(measure, category)
                yield Row(code, kind, name, detail, decimals, False, opens, only_zero_by)

    def _confining_rule(self, measure: Measure, category: Category) -> str:
        """The rule by which the category is not counted in this measure; empty if there is none."""
        confining = (
            rule.id
            for rule in self.edition.rules
            if rule.is_in_force(self.week.ends_at)
            and rule.confines(measure.code, category.list, category.code)
        )
        return next(confining, "")

    def _code(self, form: Form, measure: str, breakdown: str, category: str) -> str:
        says = {"measure": measure, "breakdown": breakdown, "category": category}
        return written(form.table.code_pattern, says)

    # the legend

    def _rules(self) -> Iterator[RuleShown]:
        for rule in self.edition.rules:
            if rule.is_in_force(self.week.ends_at):
                statement = tuple(getattr(rule, f"statement_{language}") for language in self.languages)
                yield RuleShown(rule.id, statement, rule.severity == "error")

    def _code_lists(self) -> Iterator[CodeListShown]:
        used = {breakdown for measure in self.edition.measures for breakdown in measure.breakdowns}
        for one in self.edition.code_lists:
            if one.code in used:
                categories = tuple(Choice(c.code, self._named(c)) for c in one.categories)
                yield CodeListShown(self._list_name(one.code), categories)

    # words

    def _said(self, text: Callable[[TemplateTexts], str]) -> Said:
        return _once(text(self.layout.template[language]) for language in self.languages)

    def _label(self, label: str) -> Said:
        """A label of the form, with its words in the other languages beside."""
        others = (self.layout.template[language].labels[label] for language in self.languages[1:])
        return _once((label, *others))

    def _named(self, entry: Measure | Category) -> Said:
        return _once(getattr(entry, f"label_{language}") for language in self.languages)

    def _list_name(self, code_list: str) -> Said:
        names = (getattr(self.edition.facts, f"list_names_{language}") for language in self.languages)
        return _once(of_language.get(code_list, code_list) for of_language in names)

    def _with_list(self, category: Category) -> Said:
        """A category that has the name of another one of its measure, with the list that it is from."""
        return _once(
            f"{getattr(category, f'label_{language}')} "
            f"({getattr(self.edition.facts, f'list_names_{language}').get(category.list, category.list)})"
            for language in self.languages
        )


def _once(texts: Iterable[str]) -> Said:
    return tuple(dict.fromkeys(texts))
