"""What happened in the week, in three sentences made from the figures.

Lives here: putting clauses together so that they say no more than the figures carry.
Must not live here: the clauses (`choices/`, `it.yaml`), or which indicators they are about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from reports.bulletin.choosing import Clause, Shown
from reports.bulletin.comparing import Change
from reports.bulletin.figures import bare_figure, change_marked, count, coverage_of, of_the, rounded, written
from reports.bulletin.reading import Figure
from reports.bulletin.week import Week
from reports.bulletin.wording import Counted, Gender, Unit, Words, capitalised, filled

_NAMED_AT_MOST = 3
"""A sentence names so many cities; beyond, it says how many they are."""


def sentences(week: Week) -> Iterator[Markup]:
    """The sentences, the first of which says who answered. Only that one where nobody did."""
    opening, scope = _opening(week), _scope(week)
    if not week.returned and week.due:
        yield opening
        return
    for number, clauses in enumerate(week.choices.sentences):
        chosen = [clause for clause in clauses if not (clause.is_to_date and week.is_first)]
        if not chosen:
            continue
        telling = _telling(week, chosen)
        joined = week.words.listed([_said(week, clause, telling) for clause in chosen])
        end = filled(week.words.changes.all_unknown) if telling.is_without_change else Markup("")
        yield capitalised((opening if number == 0 else scope) + joined) + end + Markup(".")


@dataclass(frozen=True)
class _Telling:
    """How a sentence tells the changes of its figures.

    first: the clause whose change says since when; those after it are told in short. is_alike: some change
    is over alike cities alone; the first says so for all of them, as one over all cities is over alike
    cities too. is_without_change: no change can be told, which the sentence says once, at its end.
    """

    first: Clause | None
    is_alike: bool
    is_without_change: bool


def _telling(week: Week, clauses: Sequence[Clause]) -> _Telling:
    changes = {
        clause.indicator: week.change(clause.indicator) for clause in clauses if _is_compared(week, clause)
    }
    told = {
        code: change for code, change in changes.items() if change is not None and change.value is not None
    }
    first = next((c for c in clauses if c.indicator in told and _is_compared(week, c)), None)
    return _Telling(first, any(change.is_alike for change in told.values()), bool(changes) and not told)


def _is_compared(week: Week, clause: Clause) -> bool:
    """Whether the clause tells a figure, and how it changed."""
    figure = week.this_week(clause.indicator)
    return (
        clause.is_compared
        and not clause.is_to_date
        and week.before is not None
        and figure is not None
        and figure.value is not None
    )


def _opening(week: Week) -> Markup:
    texts = week.words.sentences
    due, returned = len(week.due), len(week.returned)
    if due == returned:
        return filled(texts.all_returned.of(due), n=count(due, "due", week.week))
    return filled(
        texts.some_returned.of(returned),
        n=count(returned, "returned", week.week),
        due=count(due, "due", week.week),
    )


def _scope(week: Week) -> Markup:
    if len(week.due) == len(week.returned):
        return Markup("")
    return filled(week.words.sentences.scope.of(len(week.returned)))


def _said(week: Week, clause: Clause, telling: _Telling) -> Markup:
    """A clause with its change and what it lacks."""
    shown = week.shown(clause.indicator)
    figure = (week.to_date if clause.is_to_date else week.this_week)(shown.code)
    if figure is None or figure.value is None:
        return filled(clause.unknown)
    text = Counted(none=clause.none, one=clause.one, many=clause.many).of(figure.value)
    number = bare_figure(figure, shown.unit)
    said = filled(text, figure=number, of_figure=of_the(number.striptags()) + number)
    notes = []
    if _is_compared(week, clause) and not telling.is_without_change:
        is_first = clause is telling.first
        notes.append(
            change_in_words(
                week.change(shown.code),
                shown.unit,
                week.words,
                gender=clause.gender,
                is_first=is_first,
                is_alike=telling.is_alike and is_first,
            )
        )
    notes += _caveat(week, shown, figure)
    return said + Markup(" ({})").format(Markup("; ").join(notes)) if notes else said


def _caveat(week: Week, shown: Shown, figure: Figure) -> Iterator[Markup]:
    """What the figure lacks beyond the returns that the sentence already says are missing."""
    texts = week.words.sentences
    if not shown.has_gaps or figure.is_complete:
        return
    if figure.period_kind == "edition_to_date":
        yield filled(texts.incomplete_to_date, coverage=coverage_of(figure))
        return
    cities = week.cities_with_gaps(shown.code)
    if len(cities) > _NAMED_AT_MOST:
        number = count(len(cities), "cities-with-gaps", shown.code, week.week)
        yield filled(texts.incomplete_widely, n=number)
    elif cities:
        yield filled(texts.incomplete, cities=week.words.listed([week.city_name(city) for city in cities]))


def change_in_words(
    change: Change | None,
    unit: Unit,
    words: Words,
    *,
    gender: Gender | None = None,
    is_first: bool,
    is_alike: bool,
) -> Markup:
    """`12 in più della settimana precedente`; after the first of a sentence, `12 in più`."""
    texts = words.changes
    if change is None or change.value is None:
        return filled(texts.unknown)
    difference = rounded(change.value, unit.decimals)
    if difference == 0:
        said = change_marked(change, texts.as_before if is_first else texts.as_before_again)
    else:
        number = change_marked(change, _how_much(abs(difference), unit, gender or unit.gender, words))
        said = filled(texts.more if difference > 0 else texts.less, n=number)
        said = filled(texts.than, change=said) if is_first else said
    return filled(texts.alike, change=said) if is_alike else said


def _how_much(size: Decimal, unit: Unit, gender: Gender, words: Words) -> str:
    text = written(size, unit.decimals)
    if unit.is_share:
        return words.changes.points.of(float(size)).format(n=text)
    if size == 1 and not unit.sign:
        return words.changes.one[gender]
    return text + unit.change_sign
