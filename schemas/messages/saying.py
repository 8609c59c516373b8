"""Saying what was found in a language: numbers, days, figures and names put into its words.

Lives here: how each kind of detail is shown, and the one place where a finding becomes sentences.
Must not live here: the sentences (`it.yaml` and its translations), or what is found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from schemas.addresses import is_csv, spot_of
from schemas.contract import TOTAL, Category, Edition, Language, Measure
from schemas.details import (
    AsTyped,
    Bounds,
    Detail,
    FigureName,
    FigureNames,
    FilePart,
    Listed,
    Named,
    NilOf,
    Reported,
    Share,
    SumOf,
)
from schemas.expressions import terms_of
from schemas.messages import Catalogue, catalogue
from schemas.verdicts import Finding
from schemas.weeks import ROME, IsoWeek

_LOCALES: Mapping[Language, str] = {"it": "it_IT", "en": "en_GB", "de": "de_DE"}
_DAYS: Mapping[Language, str] = {"it": "dd/MM/y", "en": "d MMMM y", "de": "dd.MM.y"}
_DAYS_OF_WEEK: Mapping[Language, tuple[str, str]] = {
    "it": ("d", "d MMMM"),
    "en": ("d", "d MMMM"),
    "de": ("d.", "d. MMMM"),
}
"""How a week's days are written: the first where both are of one month, the others with their month."""
_NAMED_CELLS = 3
_GROUPED, _AS_TYPED = "#,##0.###", "0.###"
_PERCENT: Mapping[Language, str] = {"it": "#,##0.# %", "en": "#,##0.#%", "de": "#,##0.# %"}


def said(finding: Finding, edition: Edition, language: Language) -> tuple[str, str]:
    """A finding's message and what to do about it, in a language.

    A finding that keeps no kind was not made by the judge: it is said as it was recorded.
    """
    if finding.kind is None:
        return finding.message, finding.action
    return Speech(edition, language).say(finding.kind, dict(finding.details))


def said_values(finding: Finding, edition: Edition, language: Language) -> dict[str, str]:
    """What was found and what was expected, by these names, as a language writes numbers, days and limits.

    Without those that are texts: a text of the file stays as it stands there.
    """
    speech = Speech(edition, language)
    return {name: speech.shown(detail) for name, detail in finding.values}


_SEEN: dict[int, int | str] = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"},
    **dict.fromkeys((*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd"),
}
"""What a terminal would obey, or would turn a text around, as a sign that can be seen."""
_LONGEST_DETAIL = 2000
"""In characters: the longest list of a real message is a third of it, a cell of a hostile file a million."""


def visible(text: str) -> str:
    """The text with nothing in it that a terminal would obey."""
    return text.translate(_SEEN)


def visible_name(name: str) -> str:
    """The name of a file, which may hold any sign, on one line that any terminal can write."""
    return visible(name).translate(_LINE_SIGNS).encode("utf-8", "replace").decode()


_LINE_SIGNS = {code: 0x2400 + code for code in map(ord, "\t\n\r")}


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_DETAIL else f"{text[:_LONGEST_DETAIL]}…"


@dataclass(frozen=True)
class Speech:
    """One language, with the edition's names for things."""

    edition: Edition
    language: Language = "it"

    @property
    def texts(self) -> Catalogue:
        return catalogue(self.language)

    def say(self, kind: str, details: Mapping[str, Detail]) -> tuple[str, str]:
        """The message of a kind and what to do. KeyError for an unknown kind or a missing detail."""
        shown = {name: _shortened(visible(self.shown(detail))) for name, detail in details.items()}
        return self.texts.said(kind, shown)

    def shown(self, detail: Detail) -> str:
        """A detail in words."""
        if isinstance(detail, str):
            return detail
        if isinstance(detail, Decimal):
            return self._number(detail, _GROUPED)
        if isinstance(detail, AsTyped):
            return self._number(detail.number, _AS_TYPED)
        if isinstance(detail, Share):
            return self._percent(detail.share)
        if isinstance(detail, IsoWeek):
            return self._week(detail)
        if isinstance(detail, dt.datetime):
            local = detail.astimezone(ROME)
            return self.texts.phrases.instant.format(day=self._day(local.date()), time=f"{local:%H:%M}")
        if isinstance(detail, dt.date):
            return self._day(detail)
        return self._composed(detail)

    def _composed(
        self,
        detail: Bounds | FigureName | FigureNames | SumOf | Listed | Named | NilOf | FilePart | Reported,
    ) -> str:
        phrases = self.texts.phrases
        if isinstance(detail, FigureName):
            name = self._figure(detail)
            return phrases.figure_in_file.format(figure=name, own=detail.own) if detail.own else name
        if isinstance(detail, FigureNames):
            others = self._number(Decimal(detail.others), _GROUPED)
            return phrases.several_figures.format(figure=self._composed(detail.first), others=others)
        if isinstance(detail, Bounds):
            return self._bounds(detail)
        if isinstance(detail, SumOf):
            return self._sum(detail)
        if isinstance(detail, Listed):
            return self._listed(detail)
        if isinstance(detail, Named):
            return self._name(detail)
        if isinstance(detail, FilePart):
            return self._part(detail)
        if isinstance(detail, Reported):
            return self._reported(detail)
        if detail.service_point:
            return phrases.nil_service_point.format(service_point=detail.service_point)
        return phrases.nil_area.format(area=self._area(detail.area))

    def _bounds(self, detail: Bounds) -> str:
        phrases = self.texts.phrases
        low, high = ("" if limit is None else self.shown(limit) for limit in (detail.low, detail.high))
        if low and high:
            return phrases.between.format(low=low, high=high)
        if low:
            return (phrases.more_than if detail.is_strict else phrases.at_least).format(limit=low)
        return (phrases.less_than if detail.is_strict else phrases.at_most).format(limit=high)

    def _reported(self, detail: Reported) -> str:
        if detail.number is not None:
            return self._number(detail.number, _AS_TYPED)
        phrases = self.texts.phrases
        if detail.flag == "ND":
            return phrases.not_available
        return phrases.not_applicable if detail.flag == "NA" else phrases.not_reported

    # numbers and days

    def _number(self, number: Decimal, form: str) -> str:
        return format_decimal(number, format=form, locale=_LOCALES[self.language])

    def _percent(self, share: Decimal) -> str:
        """`12,5 %`: one decimal at most; what is not all of it never shows as 100."""
        shown = share.quantize(Decimal("0.001"))
        if share != 1 and shown == 1:
            shown += Decimal("0.001") if share > 1 else Decimal("-0.001")
        form = _PERCENT[self.language]
        return format_percent(shown, format=form, locale=_LOCALES[self.language])

    def _day(self, day: dt.date) -> str:
        return self._form(day, _DAYS[self.language])

    def _form(self, day: dt.date, form: str) -> str:
        return format_date(day, format=form, locale=_LOCALES[self.language])

    def _week(self, week: IsoWeek) -> str:
        if self.language == "it":
            return week.in_italian()
        in_month, day = _DAYS_OF_WEEK[self.language]
        is_one_month = week.monday.month == week.sunday.month
        first = self._form(week.monday, in_month if is_one_month else day)
        days = f"{first}{'–' if is_one_month else ' – '}{self._form(week.sunday, day)}"
        return self.texts.phrases.week.format(number=week.number, year=week.year, days=days)

    # names

    def measure(self, code: str) -> str:
        """A measure's label."""
        return self._label(self.edition.measures_by_code[code])

    def _label(self, entry: Measure | Category) -> str:
        return {"it": entry.label_it, "en": entry.label_en, "de": entry.label_de}[self.language]

    def _category(self, code_list: str, code: str) -> str:
        categories = self.edition.code_lists_by_code[code_list].categories
        return self._label(next(category for category in categories if category.code == code))

    def _area(self, code: str) -> str:
        return self._category(self.edition.facts.area_list, code)

    def _list(self, code: str) -> str:
        facts = self.edition.facts
        names = {"it": facts.list_names_it, "en": facts.list_names_en, "de": facts.list_names_de}
        return names[self.language].get(code, code)

    def _listed(self, detail: Listed) -> str:
        match detail.what:
            case "measure":
                names = [self._quoted(self.measure(code)) for code in detail.codes]
            case "list":
                names = [self._list(code) for code in detail.codes]
            case "word":
                names = [self._quoted(word) for word in detail.codes]
        return format_list(names, locale=_LOCALES[self.language])

    def _name(self, detail: Named) -> str:
        if detail.what == "fact":
            return self.texts.facts[detail.code]
        if detail.what == "area":
            return self._area(detail.code)
        if detail.what == "list":
            return self._list(detail.code)
        if detail.what == "measure":
            return self.measure(detail.code)
        city = self.edition.city(detail.code)
        return city.name_de if self.language == "de" and city.name_de else city.name_it

    def _part(self, detail: FilePart) -> str:
        phrases, name = self.texts.phrases, self.texts.parts[detail.part]
        if detail.property:
            return f"{name}: {self.texts.properties[detail.property]}"
        if detail.sheet_number:
            return f"{name} {detail.sheet_number}"
        if not detail.cells:
            return name
        cells = ", ".join(self._cell(cell) for cell in detail.cells[:_NAMED_CELLS])
        others = len(detail.cells) - _NAMED_CELLS
        if others == 1:
            cells = phrases.one_more_cell.format(cells=cells)
        elif others > 1:
            cells = phrases.more_cells.format(cells=cells, others=self._number(Decimal(others), _GROUPED))
        if detail.part == "cell":
            return cells if is_csv(detail.cells[0]) else f"{name} {cells}"
        return phrases.part_in_cells.format(part=name, cells=cells)

    def _cell(self, address: str) -> str:
        spot = spot_of(address)
        if spot is None or not is_csv(address):
            return address
        return self.texts.phrases.row_and_column.format(row=spot.row, column=spot.column)

    # figures

    def _quoted(self, name: str) -> str:
        return self.texts.phrases.quoted.format(name=name)

    def _figure(self, figure: FigureName) -> str:
        if figure.breakdown == TOTAL:
            return self.measure(figure.measure)
        return self.texts.phrases.category_of.format(
            measure=self.measure(figure.measure),
            list=self._list(figure.breakdown),
            category=self._category(figure.breakdown, figure.category),
        )

    def _sum(self, detail: SumOf) -> str:
        """A sum as `«Ospiti a inizio settimana» + «Ingressi» - «Uscite»`."""
        phrases = self.texts.phrases
        words = []
        for index, term in enumerate(terms_of(detail.expression)):
            sign = "- " if term.factor < 0 else ("+ " if index else "")
            factor = abs(term.factor)
            times = "" if factor == 1 else f"{self._number(factor, _GROUPED)} x "
            figure = FigureName(measure=term.measure, breakdown=detail.breakdown, category=detail.category)
            name = self._quoted(self._figure(figure))
            own = detail.own[index] if detail.own else ""
            if own:
                name = phrases.term_in_file.format(figure=name, own=own)
            if term.scope == "last_week":
                name = phrases.last_week.format(figure=name)
            words.append(f"{sign}{times}{name}")
        return " ".join(words)
