"""A trace in words: the figure, how it is computed, then cities, weeks and cells.

Lives here: what `regia trace` prints.
Must not live here: what a figure is made of (`pipelines.tracing`), the phrases of formulas (`schemas`), which
cells are told (`trace_cells`).
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

from pipelines.cli.board_words import weeks_in_words as weeks_listed
from pipelines.cli.findings_words import number_it, print_wrapped
from pipelines.cli.trace_cells import (
    ShownCells,
    ShownPoint,
    ShownWeek,
    folded,
    parts_with_own_cells,
    places_in_words,
    source_in_words,
    where_in_words,
)
from pipelines.tracing.adding import AddedValue, CityWeek, PointWeek, UnansweredCell
from pipelines.tracing.published import DueReturn, PublishedFigure
from pipelines.tracing.rereading import Reread
from pipelines.tracing.trace import Trace, WhyEmpty
from reports.bulletin.figures import rounded, written
from reports.bulletin.wording import words
from schemas.contract import NETWORK, TOTAL, Edition
from schemas.fields import PeriodKind, ReturnState
from schemas.formula_words import (
    formula_in_words,
    measure_in_words,
    subtracts,
    weeks_in_words,
)
from schemas.messages.saying import visible
from schemas.weeks import MONTHS_IT, ROME, IsoWeek

_INDENT = "  "
_MOST_WEEKS = 60
_MOST_GAPS = 20

_QUARTERS_IT = ("primo", "secondo", "terzo", "quarto")
_SIDES_IT = {"value": "valore", "numerator": "numeratore", "denominator": "denominatore"}
_STATES_IT: Mapping[ReturnState, str] = {
    "on_time": "puntuale",
    "late": "in ritardo",
    "awaited": "attesa",
    "missing": "manca",
    "rejected": "respinta",
}
_WHY_EMPTY_IT: Mapping[WhyEmpty, str] = {
    "no_service_point": "non c'è alcun servizio di questo tipo in servizio nel periodo",
    "not_applicable": "tutte le celle sono dichiarate non pertinenti (n.a.)",
    "no_return": "nel periodo non c'è alcuna scheda valida",
    "not_answered": "nessuna cella ha avuto risposta: sono n.d. o non comunicate",
    "numerator_not_answered": "nessuna cella del numeratore ha avuto risposta",
    "denominator_not_answered": "nessuna cella del denominatore ha avuto risposta",
    "denominator_zero": "il denominatore è zero, e per zero non si divide",
}
_WHY_IT = {
    "not_available": ("non disponibile (n.d.)", "non disponibili (n.d.)"),
    "not_applicable": ("non pertinente (n.a.): non dovuta", "non pertinenti (n.a.): non dovute"),
    "not_reported": ("non comunicata (vuota)", "non comunicate (vuote)"),
}


# --- printing


def print_trace(
    trace: Trace,
    edition: Edition,
    shown: ShownCells,
    read: Reread,
    not_as_published: Collection[AddedValue],
) -> None:
    """Summary first, then cities or weeks, then cells, then what was not answered."""
    _Printer(trace, edition, shown, read).print(not_as_published)


def say_rereading(done: int, of: int) -> None:
    """On a terminal, how many returns were opened again."""
    if sys.stderr.isatty():
        end = "" if done < of else "\n"
        print(f"\rRileggo le schede: {done} di {of}", end=end, file=sys.stderr, flush=True)


class _Printer:
    """Prints one trace."""

    def __init__(self, trace: Trace, edition: Edition, shown: ShownCells, read: Reread) -> None:
        self._trace = trace
        self._edition = edition
        self._shown = shown
        self._read = read
        self._unit = words().unit(trace.asked.indicator.unit, trace.asked.indicator.kind)
        self._names = {slug: edition.city(slug).name_it for slug in edition.city_slugs}

    def print(self, not_as_published: Collection[AddedValue]) -> None:
        self._print_head()
        self._print_warnings(not_as_published)
        if self._trace.asked.city is None:
            self._print_cities()
        elif len(self._trace.weeks) > 1 or not self._shown.weeks:
            self._print_weeks()
        self._print_cells()
        self._print_unanswered()
        self._print_nils()
        print(f"\nTutto, cella per cella: {self._command('--json')}")

    # the summary

    def _print_head(self) -> None:
        asked, figure = self._trace.asked, self._trace.published
        category = self._category()
        print(f"{asked.indicator.code}  {asked.indicator.label_it}{category}")
        period = period_in_words(asked.period.kind, asked.period.name, asked.period.end)
        known = f", come si sapeva il giorno {instant_in_words(asked.as_of)}" if asked.as_of else ""
        print(f"{self._place()}, {period}{known}\n")
        print(f"{_INDENT}{self._value(figure, is_long=True)}{self._division(figure)}\n")
        if self._trace.why_empty is not None:
            print_wrapped(f"Non c'è una cifra: {_WHY_EMPTY_IT[self._trace.why_empty]}.", "", _INDENT)
        formula = formula_in_words(self._edition, asked.figure)
        apart = "Numeratore e denominatore si sommano a parte e si dividono alla fine."
        given = "Ciò che si toglie conta solo dove lo stesso servizio ha dato anche il resto."
        parts = [one.part for one in self._trace.parts]
        sentences = dict.fromkeys(
            [
                *([apart] if self._trace.is_ratio else []),
                *(weeks_in_words(part) for part in parts),
                *([given] if any(subtracts(part) for part in parts) else []),
            ]
        )
        print_wrapped(f"Come si calcola: {formula}. {' '.join(sentences)}", "", _INDENT)
        print_wrapped(f"Celle: {self._coverage()}.", "", _INDENT)
        print_wrapped(f"Stato: {self._state()}.", "", _INDENT)

    def _category(self) -> str:
        figure = self._trace.asked.figure
        if figure.breakdown == TOTAL:
            return ""
        labels = {c.code: c.label_it for c in self._edition.code_lists_by_code[figure.breakdown].categories}
        return f", {self._edition.list_name_it(figure.breakdown)}: {labels[figure.category]}"

    def _place(self) -> str:
        city = self._trace.asked.city
        return "Rete" if city is None else self._names[city]

    def _value(self, figure: PublishedFigure, *, is_long: bool = False) -> str:
        if figure.value is None:
            return "nessuna cifra" if is_long else "-"
        unit = self._unit
        label = f" {unit.label}" if is_long and unit.label else ""
        return f"{written(rounded(figure.value, unit.decimals), unit.decimals)}{unit.sign}{label}"

    def _division(self, figure: PublishedFigure) -> str:
        if figure.numerator is None or figure.denominator is None:
            return ""
        scale = self._trace.asked.figure.scale
        times = "" if scale == 1 else f"{number_it(Decimal(scale.numerator) / scale.denominator)} × "
        return f" = {times}{_double(figure.numerator)} / {_double(figure.denominator)}"

    def _coverage(self) -> str:
        figure = self._trace.published
        due = f"{number_it(figure.cells_due)} {'dovuta' if figure.cells_due == 1 else 'dovute'}"
        told = [f"{number_it(figure.cells_answered)} con risposta su {due}"]
        counts: Counter[str] = Counter()
        of_missing = nil = 0
        for _, week, point in self._points():
            nil += point.nil
            if week.due_return.valid is None:
                of_missing += point.due - point.answered
            counts.update(cell.why for cell in point.unanswered)
        for why, (one, many) in _WHY_IT.items():
            if counts[why]:
                told.append(f"{number_it(counts[why])} {one if counts[why] == 1 else many}")
        if of_missing:
            told.append(f"{number_it(of_missing)} di schede che mancano")
        if nil:
            told.append(f"{number_it(nil)} di servizi senza attività, che contano come zero")
        return "; ".join(told)

    def _points(self) -> Iterator[tuple[str, CityWeek, PointWeek]]:
        """City, week and service point of the cells behind the figure, those that two parts share once."""
        for one in parts_with_own_cells(self._trace):
            for city in one.cities:
                for week in city.weeks:
                    for point in week.points:
                        yield city.city, week, point

    def _state(self) -> str:
        figure, period = self._trace.published, self._trace.asked.period
        lacking = [due for due in self._trace.due if due.valid is None]
        reasons = []
        if lacking:
            count = len(lacking)
            reasons.append("manca una scheda" if count == 1 else f"mancano {number_it(count)} schede")
        if period.end > self._trace.horizon.sunday:
            reasons.append(f"il periodo va oltre l'ultima settimana pubblicata, {self._trace.horizon}")
        partial = f"parziale ({'; '.join(reasons)})" if figure.is_partial else "completa"
        frozen = (
            "provvisoria (contiene una settimana di un trimestre non ancora congelato)"
            if figure.is_provisional
            else "definitiva (ogni sua settimana è di un trimestre congelato)"
        )
        return f"{partial}, {frozen}"

    def _print_warnings(self, not_as_published: Collection[AddedValue]) -> None:
        trace = self._trace
        if trace.mismatches:
            own = trace.sum_of(trace.asked.city)
            named = {**self._names, NETWORK: "la rete"}
            names = ", ".join(named.get(one, one) for one in trace.mismatches)
            print()
            print_wrapped(
                f"ATTENZIONE: le celle non tornano con ciò che è pubblicato ({names}). Qui sommano a "
                f"{'nulla' if own.value is None else _double(own.value)}, con "
                f"{number_it(own.cells_answered)} celle su {number_it(own.cells_due)}. Il contratto o "
                "l'elenco dei servizi è forse cambiato dopo la pubblicazione: esegua «regia consolidate»; se "
                "non basta, «regia rebuild».",
                "",
                _INDENT,
            )
        for value in not_as_published:
            print()
            print_wrapped(
                f"ATTENZIONE: nel file {visible(value.file)} c'è scritto altro da {number_it(value.value)}, "
                f"che è pubblicato ({where_in_words([value])}). Esegua «regia rebuild» e veda cosa cambia.",
                "",
                _INDENT,
            )
        for submission in sorted(self._read.unreadable):
            print(f"\nIl file dell'invio {submission} non si apre più: le sue celle non sono state rilette.")

    # cities and weeks

    def _print_cities(self) -> None:
        sides = self._sides()
        print("\nCittà")
        rows = [["", "cifra", *sides, "celle", ""]]
        for index, city in enumerate(self._trace.cities):
            parts = [one.cities[index] for one in self._trace.parts]
            figure = self._trace.figures[city]
            cells = f"{number_it(figure.cells_answered)}/{number_it(figure.cells_due)}"
            numbers = [_decimal(part.value) for part in parts] if sides else []
            rows.append([self._names[city], self._value(figure), *numbers, cells, self._city_note(city)])
        print_columns(rows)

    def _sides(self) -> list[str]:
        return [_SIDES_IT[one.part.side] for one in self._trace.parts] if self._trace.is_ratio else []

    def _city_note(self, city: str) -> str:
        due = [one for one in self._trace.due if one.city == city]
        notes = []
        for state in ("missing", "rejected", "awaited"):
            weeks = [one.week for one in due if one.status == state]
            if weeks:
                notes.append(f"{_STATES_IT[state]} {weeks_listed(weeks)}")
        late = [one.week for one in due if one.status == "late"]
        if late and any(one.part.fold.startswith("returns") for one in self._trace.parts):
            notes.append(f"in ritardo {weeks_listed(late)}")
        for one in self._trace.parts:
            if one.part.over_weeks == "last" and len(self._trace.weeks) > 1:
                weeks_of_city = [week for part in one.cities if part.city == city for week in part.weeks]
                notes += [f"vale {week.week}" for week in weeks_of_city if week.is_counted]
        return "; ".join(notes)

    def _print_weeks(self) -> None:
        """The city's weeks; in brackets what does not count."""
        parts = [one.cities[0] for one in self._trace.parts]
        sides = self._sides() or ["valore"]
        print("\nSettimane")
        rows = [["", *sides, "celle", "scheda e arrivo"]]
        listed = list(zip(*(part.weeks for part in parts), strict=True))
        for weeks in listed[-_MOST_WEEKS:]:
            answered = number_it(sum(week.cells_answered for week in weeks))
            of_due = number_it(sum(week.cells_due for week in weeks))
            values = [_week_value(week) for week in weeks]
            arrival = _return_in_short(weeks[0].due_return)
            rows.append([str(weeks[0].week), *values, f"{answered}/{of_due}", arrival])
        if len(listed) > 1:
            rows.append(["insieme", *(_decimal(part.value) for part in parts), "", ""])
        print_columns(rows)
        if len(listed) > _MOST_WEEKS:
            left = number_it(len(listed) - _MOST_WEEKS)
            print(f"{_INDENT}e altre {left} settimane prima: tutte con --json")
        if any(not w.is_counted and w.value is not None for weeks in listed for w in weeks):
            print(f"{_INDENT}Tra parentesi ciò che non conta.")

    # cells

    def _print_cells(self) -> None:
        if not self._shown.weeks and not self._shown.left_out:
            return
        print("\nCelle")
        for week in self._shown.weeks:
            self._print_week_of_cells(week)
        if self._shown.left_out:
            city = self._trace.asked.city
            if city is None:
                example = self._command("--city", self._trace.cities[0])
                rest = f"Per vedere le celle scelga una città, per esempio: {example}"
            else:
                first = self._trace.weeks[0]
                example = self._command_of(str(first))
                left = self._shown.left_out
                others = "di un'altra settimana" if left == 1 else f"di altre {number_it(left)} settimane"
                rest = f"Le celle {others}, una settimana alla volta, per esempio: {example}"
            print(f"{_INDENT}{rest}")

    def _print_week_of_cells(self, shown: ShownWeek) -> None:
        due = shown.due
        print(f"{_INDENT}{self._names[shown.city]}, {due.week.in_italian()}")
        if due.valid is not None:
            files = ", ".join(visible(name) for name in due.valid.file_names)
            version = "" if due.valid.version is None else f"versione {due.valid.version}, "
            arrived = instant_in_words(due.valid.received_at)
            print_wrapped(f"{files}, {version}arrivo {arrived}", _INDENT * 2, _INDENT * 2)
            print(f"{_INDENT * 2}invio {due.valid.submission_id}")
        for point in shown.points:
            self._print_point(point)

    def _print_point(self, shown: ShownPoint) -> None:
        point = shown.point
        side = f"{_SIDES_IT[shown.side]}, " if self._trace.is_ratio and not point.answered_in else ""
        head = f"{side}{self._point_name(point.service_point)}: "
        if point.answered_in:
            places = folded({one.sheet: one.blocks for one in point.answered_in})
            answered, due = number_it(point.answered), number_it(point.due)
            print_wrapped(f"{head}{answered} celle su {due}: {places}", _INDENT * 2, _INDENT * 3)
            return
        added = number_it(point.added)
        if len(shown.told) == 1 and not shown.others:
            source = source_in_words(shown.told[0], self._read)
            print_wrapped(f"{head}{added}  {source}", _INDENT * 2, _INDENT * 3)
            return
        print_wrapped(f"{head}{added}", _INDENT * 2, _INDENT * 3)
        for value in shown.told:
            source = source_in_words(value, self._read)
            print_wrapped(f"{self._name(value)}  {source}", _INDENT * 3, _INDENT * 4)
        if shown.others:
            rest = f"e altri {number_it(len(shown.others))} valori: {where_in_words(shown.others)}"
            print_wrapped(rest, _INDENT * 3, _INDENT * 4)

    def _name(self, value: AddedValue) -> str:
        name = measure_in_words(self._edition, value.measure, value.breakdown, [value.category])
        sign = "meno " if value.factor < 0 else ""
        factor = "" if abs(value.factor) == 1 else f"{number_it(abs(value.factor))} × "
        return f"{sign}{name}: {factor}{number_it(value.value)}"

    def _point_name(self, code: str) -> str:
        point = self._edition.service_points_by_code.get(code)
        return "la città" if not code else code if point is None else f"{code} {point.name}"

    # what was not answered

    def _print_unanswered(self) -> None:
        told: dict[str, None] = {}
        for due in self._trace.due:
            if due.valid is None:
                told[f"{self._names[due.city]} {due.week}: {_lacking(due)}"] = None
        for city, week, point in self._points():
            for why in _WHY_IT:
                cells = [cell for cell in point.unanswered if cell.why == why]
                if cells:
                    place = f"{self._names[city]} {week.week}, {self._point_name(point.service_point)}"
                    told[f"{place}: {self._gap(why, cells)}"] = None
        self._print_bounded("Senza risposta", list(told))

    def _gap(self, why: str, cells: Sequence[UnansweredCell]) -> str:
        one, many = _WHY_IT[why]
        by_list: dict[tuple[str, str], list[str]] = {}
        for cell in cells:
            by_list.setdefault((cell.measure, cell.breakdown), []).append(cell.category)
        names = [measure_in_words(self._edition, *key, categories) for key, categories in by_list.items()]
        more = f" e altre {number_it(len(names) - 3)} voci" if len(names) > 3 else ""
        named = f"{', '.join(names[:3])}{more}"
        where = places_in_words(place for cell in cells for place in cell.places)
        count = f"{number_it(len(cells))} celle {many}" if len(cells) > 1 else one
        return f"{count}: {named}{f', {where}' if where else ''}"

    def _print_nils(self) -> None:
        weeks: dict[tuple[str, str, str, str, bool], dict[IsoWeek, None]] = {}
        for city, week, point in self._points():
            for nil in point.nils:
                place = (city, nil.service_point, nil.area, nil.reason, nil.is_by_act)
                weeks.setdefault(place, {})[week.week] = None
        lines = []
        for (city, code, area, reason, is_by_act), found in weeks.items():
            where = self._point_name(code) if code else f"area {self._edition.areas_by_code[area].label_it}"
            told_by = "dichiarata senza scheda" if is_by_act else "dichiarata nella scheda"
            listed = weeks_listed(sorted(found))
            lines.append(f"{self._names[city]}, {where}, {listed}: «{visible(reason)}» ({told_by})")
        self._print_bounded("Senza attività (contano come zero)", lines)

    def _print_bounded(self, title: str, lines: Sequence[str]) -> None:
        if not lines:
            return
        print(f"\n{title}")
        for line in lines[:_MOST_GAPS]:
            print_wrapped(line, _INDENT, _INDENT * 2)
        if len(lines) > _MOST_GAPS:
            print(f"{_INDENT}e altre {number_it(len(lines) - _MOST_GAPS)} righe: tutte con --json")

    # commands

    def _command(self, *more: str) -> str:
        period = self._trace.asked.period
        to_date = ["--to-date"] if period.kind == "edition_to_date" else []
        return self._command_of(period.name, *to_date, *more)

    def _command_of(self, period: str, *more: str) -> str:
        asked = self._trace.asked
        where = ["--city", asked.city] if asked.city is not None else []
        known = ["--as-of", asked.as_of.astimezone(ROME).isoformat()] if asked.as_of is not None else []
        return " ".join(["regia trace", *self._which(), "--period", period, *where, *known, *more])

    def _which(self) -> list[str]:
        figure = self._trace.asked.figure
        if figure.breakdown == TOTAL:
            return [figure.indicator]
        return [figure.indicator, "--breakdown", figure.breakdown, "--category", figure.category]


# --- pieces


def period_in_words(kind: PeriodKind, name: str, end: dt.date) -> str:
    """`settimana 42/2023 (16-22 ottobre)`, `ottobre 2023`, `quarto trimestre 2023`, the edition to date."""
    last = IsoWeek.of(end)
    match kind:
        case "week":
            return last.in_italian()
        case "month":
            return f"{MONTHS_IT[last.thursday.month - 1]} {last.thursday.year}"
        case "quarter":
            return f"{_QUARTERS_IT[(last.thursday.month - 1) // 3]} trimestre {last.thursday.year}"
        case "edition_to_date":
            return f"dall'inizio dell'edizione alla {last.in_italian()}"


def instant_in_words(moment: dt.datetime) -> str:
    """`24/10/2023 alle 10:12`, of Rome."""
    return f"{moment.astimezone(ROME):%d/%m/%Y alle %H:%M}"


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Rows as a table: names left, numbers right, what comes last as it is."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for name, *numbers, last in rows:
        cells = [f"{number:>{width}}" for number, width in zip(numbers, widths[1:-1], strict=True)]
        print("  ".join([f"{_INDENT}{name:<{widths[0]}}", *cells, last]).rstrip())


def _return_in_short(due: DueReturn) -> str:
    if due.valid is None:
        return _lacking(due)
    version = "" if due.valid.version is None else f"v{due.valid.version}, "
    first = due.first_received_at
    late = ", in ritardo" if due.status == "late" else ""
    again = f" (la prima {instant_in_words(first)})" if first and first != due.valid.received_at else ""
    return f"{version}{instant_in_words(due.valid.received_at)}{again}{late}"


def _lacking(due: DueReturn) -> str:
    match due.status:
        case "missing":
            return "la scheda manca"
        case "rejected":
            return "la scheda è stata respinta"
        case _:
            return "la scheda è ancora attesa"


def _week_value(week: CityWeek) -> str:
    text = _decimal(week.value)
    return text if week.is_counted or week.value is None else f"({text})"


def _decimal(value: Decimal | None) -> str:
    return "-" if value is None else number_it(value)


def _double(value: float) -> str:
    return number_it(Decimal(repr(value)))
