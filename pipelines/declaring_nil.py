"""What a city told without a file: that a service point or an area had no activity in a week.

Lives here: checking such a declaration, or its withdrawal, against what is known, and recording it.
Must not live here: how long it holds (`schemas.acts`), what it does to figures (`warehouse`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_decimal

from pipelines import judged
from pipelines.acts import Acts, read_acts
from pipelines.clock import now
from pipelines.deciding import not_of_the_city, record_act, refuse_closed
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.judging.rules.nil_is_nil import is_covered
from pipelines.refusals import RefusedError, WrongUsageError
from schemas.acts import DeclaredNil, NilWithdrawal, NilWithoutFile
from schemas.contract import CITY_LEVEL, Edition
from schemas.details import FigureName, NilOf
from schemas.verdicts import NilReturn, Verdict
from schemas.weeks import IsoWeek


@dataclass(frozen=True)
class NilPlace:
    """What had no activity: a service point, or a whole area; the other is empty."""

    service_point: str = ""
    area: str = ""

    def is_of(self, declared: NilWithoutFile | NilReturn) -> bool:
        """Whether a declaration is of this very service point or area."""
        if self.service_point:
            return declared.service_point == self.service_point
        return not declared.service_point and declared.area == self.area

    @property
    def detail(self) -> NilOf:
        """As a refusal names it, in no language."""
        return NilOf(service_point=self.service_point, area=self.area)

    def in_italian(self, edition: Edition) -> str:
        """As a sentence names it."""
        if self.service_point:
            return f"il servizio {self.service_point}"
        return f"l'area {edition.areas_by_code[self.area].label_it}"


def declare_nil(
    home: Home, contract: Contract, city: str, week: IsoWeek, nil: NilPlace, reason: str, by: str
) -> NilWithoutFile:
    """Record that a city told, without a file, that a service point or an area had no activity in a week.

    It holds until a return comes that did not count yet, or it is withdrawn. Raises WrongUsageError where the
    week has not ended, nothing of the city's is due there, the valid return holds a value above zero there,
    or it is declared nil already, or its quarter is frozen and not reopened for the city.
    """
    (act,) = declare_nils(home, contract, city, week, [nil], reason, by)
    return act


def declare_nils(
    home: Home,
    contract: Contract,
    city: str,
    week: IsoWeek,
    places: Sequence[NilPlace],
    reason: str,
    by: str,
) -> tuple[NilWithoutFile, ...]:
    """The same of several places at once: where one of them cannot be declared, none is. OSError."""
    edition = contract.edition
    areas = {nil: _area_due(edition, city, week, nil) for nil in places}
    if now() < week.ends_at:
        raise RefusedError(
            "week_not_over",
            f"La {week.in_italian()} non è ancora finita: si potrà dire che non c'è stata attività da lunedì "
            f"{week.ends_at:%d/%m/%Y}.",
            week=week,
            day=week.ends_at.date(),
        )
    with home.receiving():
        acts = read_acts(home.acts)
        refuse_closed(acts, edition, city, week)
        returns = judged.JudgedReturns.load(home.judged, edition)
        valid = returns.valid(city, week)
        after = valid.known_from if valid else None
        at = acts.next_instant(after)
        declared = []
        for nil, area in areas.items():
            _refuse_contradicted(edition, returns, valid, nil)
            _refuse_declared(edition, returns, acts, valid, (city, week), nil)
            act = NilWithoutFile(
                edition=edition.slug,
                city=city,
                iso_week=week,
                service_point=nil.service_point,
                area=area,
                reason=reason,
                after=after,
                at=at,
                by=by,
            )
            declared.append(act)
        for act in declared:
            record_act(home, contract, act)
    return tuple(declared)


def areas_due(edition: Edition, city: str, week: IsoWeek) -> tuple[NilPlace, ...]:
    """The areas of which a city owes figures for a week: all that it can declare without activity."""
    owed = {measure.area for kind in _kinds_due(edition, city, week) for measure in edition.measures_of(kind)}
    return tuple(NilPlace(area=area) for area in edition.areas_by_code if area in owed)


def withdraw_nil(
    home: Home, contract: Contract, city: str, week: IsoWeek, nil: NilPlace, reason: str, by: str
) -> NilWithdrawal:
    """Record that a nil that was declared without a file holds no more.

    Raises WrongUsageError where no such act holds, or its quarter is frozen and not reopened for the city.
    """
    edition = contract.edition
    with home.receiving():
        acts = read_acts(home.acts)
        refuse_closed(acts, edition, city, week)
        valid = judged.JudgedReturns.load(home.judged, edition).valid(city, week)
        for declared in _nils_that_hold(acts, edition, (city, week), valid):
            if nil.is_of(declared.declared):
                act = NilWithdrawal(declared=declared.name, reason=reason, at=acts.next_instant(), by=by)
                record_act(home, contract, act)
                return act
    raise WrongUsageError(
        f"Per la {week.in_italian()} nessuna decisione dice che {nil.in_italian(edition)} è senza attività: "
        "non c'è nulla da ritirare. Ciò che la città ha scritto nella scheda lo corregge la città, con una "
        "nuova versione."
    )


def nil_place(edition: Edition, city: str, service_point: str | None, area: str | None) -> NilPlace:
    """What a command names: one of the two, the area by its code or its Italian name. WrongUsageError."""
    if (service_point is None) == (area is None):
        raise WrongUsageError("Indichi che cosa non ha avuto attività: --area oppure --service-point.")
    if service_point is not None:
        known = {point.code for point in edition.service_points if point.city == city}
        code = service_point.upper()
        if code not in known:
            raise not_of_the_city("Il servizio", service_point, sorted(known), code)
        return NilPlace(service_point=code)
    assert area is not None
    by_name = {one.label_it.casefold(): code for code, one in edition.areas_by_code.items()}
    code = by_name.get(area.casefold(), area.casefold())
    if code not in edition.areas_by_code:
        raise not_of_the_city("L'area", area, list(edition.areas_by_code), code)
    return NilPlace(area=code)


def _area_due(edition: Edition, city: str, week: IsoWeek, nil: NilPlace) -> str:
    """The area that it belongs to. WrongUsageError where nothing of it is due."""
    name = edition.city(city).name_it
    roster = edition.roster(city, week)
    if nil.service_point:
        point = edition.service_points_by_code[nil.service_point]
        if point not in roster:
            listed = ", ".join(one.code for one in roster) or "nessuno"
            raise RefusedError(
                "place_not_due",
                f"Il servizio {point.code} non è nell'elenco di {name} per la {week.in_italian()}: non deve "
                f"dati. Nell'elenco ci sono: {listed}.",
                place=nil.detail,
                week=week,
            )
        return edition.measures_of(point.kind)[0].area
    if nil not in areas_due(edition, city, week):
        raise RefusedError(
            "place_not_due",
            f"Nella {week.in_italian()} {name} non ha servizi per {nil.in_italian(edition)}: non deve dati.",
            place=nil.detail,
            week=week,
        )
    return nil.area


def _kinds_due(edition: Edition, city: str, week: IsoWeek) -> frozenset[str]:
    kinds = {point.kind for point in edition.roster(city, week)}
    return frozenset(kinds | {CITY_LEVEL} if edition.is_due(city, week) else kinds)


def _refuse_contradicted(
    edition: Edition, returns: judged.JudgedReturns, valid: Verdict | None, nil: NilPlace
) -> None:
    if valid is None:
        return
    for key, (value, _) in returns.values(valid.submission_id).items():
        if value is not None and value > 0 and is_covered(edition, nil.service_point, nil.area, key):
            label = edition.measures_by_code[key[1]].label_it
            where = f" ({key[0]})" if key[0] else ""
            shown = format_decimal(value, locale="it")
            raise RefusedError(
                "place_active",
                f"La scheda valida, versione {valid.version}, ha attività per {nil.in_italian(edition)}: "
                f"«{label}»{where} vale {shown}. Chieda alla città di correggere la scheda.",
                place=NilOf(service_point=key[0]) if key[0] else nil.detail,
                figure=FigureName(measure=key[1], breakdown=key[2], category=key[3]),
                value=value,
            )


def _refuse_declared(
    edition: Edition,
    returns: judged.JudgedReturns,
    acts: Acts,
    valid: Verdict | None,
    city_week: tuple[str, IsoWeek],
    nil: NilPlace,
) -> None:
    by_file = judged.read_nils(returns.folder, valid.submission_id) if valid else ()
    by_act = [one.declared for one in _nils_that_hold(acts, edition, city_week, valid)]
    declared_nil: tuple[NilReturn | NilWithoutFile, ...] = (*by_file, *by_act)
    for declared in declared_nil:
        if nil.is_of(declared):
            raise RefusedError(
                "place_declared",
                f"Per la {city_week[1].in_italian()} {nil.in_italian(edition)} risulta già senza attività "
                f"({declared.reason}): non serve altro.",
                place=nil.detail,
                week=city_week[1],
                reason=declared.reason,
            )


def _nils_that_hold(
    acts: Acts, edition: Edition, city_week: tuple[str, IsoWeek], valid: Verdict | None
) -> list[DeclaredNil]:
    since = [valid.known_from] if valid else []
    return [nil for nil in acts.nils_of(edition.slug, *city_week) if nil.ended_at(since) is None]
