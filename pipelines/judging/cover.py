"""What the cover says: city, reporting body, edition, week, version (rules H01 and part of H00).

Lives here: turning the facts of a file into what the return is for, and telling where they fail.
Must not live here: where on a cover a fact stands; that is the layout's business.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.judging.context import Claim, Remark
from pipelines.judging.rules.words import addresses
from schemas.contract import Edition
from schemas.details import Detail, Named
from schemas.tables import nearest
from schemas.weeks import IsoWeek
from sources.layouts.days import day_readings, parse_day
from sources.layouts.library import KnownLayout
from sources.layouts.outcome import Fact, Facts, Place
from sources.layouts.texts import folded

_NEEDED = (
    "entity",
    "city_name",
    "cadastral_code",
    "body",
    "edition",
    "week",
    "year",
    "first_day",
    "last_day",
)
_VERSION = re.compile(r"^[1-9]\d{0,5}$")


@dataclass(frozen=True)
class Cover:
    """What a return is for, as far as its file tells; None where it does not."""

    city: str | None
    week: IsoWeek | None
    version: int | None
    version_text: str
    version_place: Place | None
    remarks: tuple[Remark, ...]


def read_cover(
    facts: Facts, known: KnownLayout, edition: Edition, claim: Claim, received_at: dt.datetime, file: str
) -> Cover:
    """The cover's facts held against the contract, the claim, each other and the clock of the arrival."""
    whole = Place(file)
    remarks: list[Remark] = []
    stated = {name: found[0] for name, found in facts.items()}
    remarks += _missing(stated, known, whole)
    remarks += disagreements(facts)
    remarks += _model(stated, known)
    city, about_city = _city(stated, known, edition, whole)
    remarks += about_city
    if city is not None:
        remarks += _body(stated, city, edition)
        if claim.city is not None and claim.city != city:
            place = next((stated[n].place for n in ("city_name", "entity", "body") if n in stated), whole)
            remarks.append(_other_city(place, edition, city, claim.city))
    if "edition" in stated and stated["edition"].text.casefold() != edition.facts.code.casefold():
        names = {"found": stated["edition"].text, "expected": edition.facts.code}
        remarks.append(Remark("edition_unknown", stated["edition"].place, names))
    week, about_week = _week(stated, edition, claim, received_at)
    remarks += about_week
    version = stated.get("version")
    text = version.text if version else ""
    return Cover(
        city,
        week,
        int(text) if _VERSION.match(text) else None,
        text,
        version.place if version else None,
        tuple(remarks),
    )


def _other_city(place: Place, edition: Edition, found: str, expected: str) -> Remark:
    return Remark(
        "city_disagrees",
        place,
        {"found": Named(what="city", code=found), "expected": Named(what="city", code=expected)},
        found=edition.city(found).name_it,
        expected=edition.city(expected).name_it,
    )


def _missing(stated: Mapping[str, Fact], known: KnownLayout, whole: Place) -> list[Remark]:
    return [
        Remark("fact_missing", whole, {"fact": Named(what="fact", code=name)})
        for name in _NEEDED
        if name in known.layout.stated_facts and name not in stated
    ]


def disagreements(facts: Facts) -> list[Remark]:
    """A fact that stands in several places must be the same in all of them."""
    remarks = []
    for name, found in facts.items():
        other = next(
            (
                fact
                for fact in found
                if folded(_plain(name, fact.text)) != folded(_plain(name, found[0].text))
            ),
            None,
        )
        if other is not None:
            details: dict[str, Detail] = {
                "fact": Named(what="fact", code=name),
                "expected": found[0].text,
                "found": other.text,
            }
            cells = addresses((found[0].place,), other.place)
            remarks.append(Remark("facts_disagree", other.place, details, cells=cells))
    return remarks


def _plain(name: str, text: str) -> str:
    if name in ("first_day", "last_day", "compiled"):
        day = parse_day(text)
        return text if day is None else day.isoformat()
    return text.lstrip("0") if name == "week" else text


def stated_week(facts: Facts) -> IsoWeek | None:
    """The week that a file states, as far as it states a week that there is."""
    if "week" not in facts or "year" not in facts:
        return None
    try:
        return IsoWeek(int(facts["year"][0].text), int(facts["week"][0].text))
    except ValueError:
        return None


def stated_city(facts: Facts, known: KnownLayout, edition: Edition) -> str | None:
    """The city that a file states, or whose layout it is in; None where it states none, or two."""
    stated = {name: found[0] for name, found in facts.items()}
    return _city(stated, known, edition, Place(""))[0]


def _model(stated: Mapping[str, Fact], known: KnownLayout) -> list[Remark]:
    model, expected = stated.get("model"), known.layout.model
    if expected is None or model is None or model.text == expected:
        return []  # a missing one is told as missing
    return [Remark("model_unknown", model.place, {"found": model.text, "expected": expected})]


def _city(
    stated: Mapping[str, Fact], known: KnownLayout, edition: Edition, whole: Place
) -> tuple[str | None, list[Remark]]:
    own = known.layout.city
    if own is not None:
        entity = stated.get("entity")
        if entity is not None and folded(entity.text) not in {folded(text) for text in known.layout.entity}:
            details: dict[str, Detail] = {
                "found": entity.text,
                "expected": known.layout.entity[0],
                "city": Named(what="city", code=own),
            }
            return own, [Remark("entity_unknown", entity.place, details)]
        return own, _own_name(stated, own, edition)
    code, name = stated.get("cadastral_code"), stated.get("city_name")
    by_code = {city.cadastral_code.casefold(): city.slug for city in edition.cities}
    by_name = {folded(city.name_it): city.slug for city in edition.cities}
    found = (
        by_code.get(code.text.casefold()) if code else None,
        by_name.get(folded(name.text)) if name else None,
    )
    if code and name and found[0] is not None and found[0] == found[1]:
        return found[0], []
    if code and name and None not in found:
        details = {
            "fact": Named(what="fact", code="city_name"),
            "expected": name.text,
            "found": code.text,
        }
        return None, [Remark("facts_disagree", code.place, details)]
    wrong = next((fact for fact, slug in ((name, found[1]), (code, found[0])) if fact and slug is None), None)
    if wrong is None:
        return found[0] or found[1], []
    told = found[0] or found[1]
    if told is not None:
        close = edition.city(told).name_it if wrong is name else edition.city(told).cadastral_code
    else:
        close = nearest(wrong.text, [city.name_it for city in edition.cities]) or ""
    details = {"found": wrong.text, **({"nearest": close} if close else {})}
    return told, [Remark("city_unknown", wrong.place, details)]


def _own_name(stated: Mapping[str, Fact], own: str, edition: Edition) -> list[Remark]:
    """The city's name, where its own layout states it too; `Bolzano / Bozen`: each of its names is right."""
    name, city = stated.get("city_name"), edition.city(own)
    names = {folded(one) for one in (city.name_it, city.name_de) if one}
    if name is None or all(folded(part) in names for part in name.text.split("/")):
        return []
    details: dict[str, Detail] = {
        "found": name.text,
        "expected": city.name_it,
        "city": Named(what="city", code=own),
    }
    return [Remark("entity_unknown", name.place, details)]


def _body(stated: Mapping[str, Fact], city: str, edition: Edition) -> list[Remark]:
    body = stated.get("body")
    entry = edition.city(city)
    if body is None or folded(body.text) == folded(entry.reporting_body):
        return []
    details: dict[str, Detail] = {
        "found": body.text,
        "expected": entry.reporting_body,
        "city": Named(what="city", code=city),
    }
    return [Remark("body_unknown", body.place, details)]


def _week(
    stated: Mapping[str, Fact], edition: Edition, claim: Claim, received_at: dt.datetime
) -> tuple[IsoWeek | None, list[Remark]]:
    number, year = stated.get("week"), stated.get("year")
    if number is None or year is None:
        return None, []
    place = number.place
    try:
        week = IsoWeek(int(year.text), int(number.text))
    except ValueError:
        text = f"{number.text}/{year.text}"
        return None, [Remark("week_unreadable", place, {"found": text})]
    remarks = []
    if not edition.facts.first_week <= week <= edition.facts.last_week:
        details: dict[str, Detail] = {
            "week": week,
            "edition": edition.facts.code,
            "first": edition.facts.first_week,
            "last": edition.facts.last_week,
        }
        remarks.append(Remark("week_outside_edition", place, details, found=week))
    elif received_at < week.ends_at:
        details = {"week": week, "date": week.shifted(1).monday}
        remarks.append(Remark("week_not_ended", place, details, found=week))
    if claim.week is not None and claim.week != week:
        remarks.append(Remark("week_disagrees", place, {"found": week, "expected": claim.week}))
    return week, [*remarks, *_days(stated, number, week)]


def _days(stated: Mapping[str, Fact], number: Fact, week: IsoWeek) -> list[Remark]:
    """What is said of days that are not those of the week; once, where both are of the same other week."""
    first, last = stated.get("first_day"), stated.get("last_day")
    monday, sunday = (parse_day(fact.text) if fact else None for fact in (first, last))
    if first and last and monday and sunday and monday != week.monday and _are_a_week(monday, sunday):
        cells = addresses((first.place, last.place), number.place)
        found: dict[str, Detail] = {"found": week, "expected": IsoWeek.of(monday)}
        return [Remark("days_of_other_week", number.place, found, cells=cells)]
    return [
        _other_day(fact, day, week)
        for fact, stands, day in ((first, monday, week.monday), (last, sunday, week.sunday))
        if fact is not None and stands != day
    ]


def _are_a_week(first: dt.date, last: dt.date) -> bool:
    return first.weekday() == 0 and (last - first).days == 6


def _other_day(fact: Fact, day: dt.date, week: IsoWeek) -> Remark:
    """What is said of a day that is not the one it ought to be, read as Italians write it.

    Where another way of reading it gives that very day, it is asked about.
    """
    readings = day_readings(fact.text, week.year)
    if day in readings and len(readings) > 1:
        first, second = readings
        details: dict[str, Detail] = {"found": fact.text, "first": first, "second": second}
        return Remark("day_two_readings", fact.place, details, expected=day)
    found = parse_day(fact.text)
    return Remark(
        "days_disagree",
        fact.place,
        {"week": week, "found": fact.text if found is None else found, "expected": day},
    )
