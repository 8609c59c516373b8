"""Moving a deadline: a holiday, a patron saint's day, a flood; for every city or for one.

Lives here: checking such a decision against the deadline that holds, and recording it.
Must not live here: which deadline holds (`schemas.deadlines`), who is late then (`warehouse`, the board).
"""

from __future__ import annotations

import datetime as dt

from pipelines.acts import read_acts
from pipelines.deciding import record_act
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.refusals import WrongUsageError
from schemas.acts import DeadlineMoved
from schemas.deadlines import Deadlines
from schemas.weeks import ROME, IsoWeek


def move_deadline(
    home: Home, contract: Contract, week: IsoWeek, city: str | None, due_at: dt.datetime, reason: str, by: str
) -> DeadlineMoved:
    """Record that the returns of a week, of a city or (None) of all, are due later than they were.

    It is known from now on, and holds for returns that came before as well. Raises WrongUsageError for a
    week that the city owes nothing for, and for a deadline that is no later than the one that holds, or
    further away from the edition's than it allows.
    """
    edition = contract.edition
    if city is not None and not edition.is_due(city, week):
        raise WrongUsageError(
            f"Per la {week.in_italian()} {edition.city(city).name_it} non deve una scheda: non c'è una "
            "scadenza da spostare."
        )
    with home.receiving():
        acts = read_acts(home.acts)
        holds = Deadlines(edition, acts.deadlines_moved(edition.slug)).due_at(week, city)
        if due_at <= holds:
            raise WrongUsageError(
                f"La {week.in_italian()} scade già {_in_italian(holds)}: una scadenza si può spostare solo "
                "più avanti, perché nessuna città risulti in ritardo dopo aver rispettato il termine."
            )
        rule = edition.facts.deadline
        latest = rule.due_at(week) + dt.timedelta(days=rule.moves_at_most_days)
        if due_at > latest:
            raise WrongUsageError(
                f"La scadenza della {week.in_italian()} si può spostare al più tardi a {_in_italian(latest)} "
                f"({rule.moves_at_most_days} giorni). Controlli giorno e anno."
            )
        act = DeadlineMoved(
            edition=edition.slug,
            iso_week=week,
            city=city,
            due_at=due_at,
            reason=reason,
            at=acts.next_instant(),
            by=by,
        )
        record_act(home, contract, act)
    return act


def _in_italian(instant: dt.datetime) -> str:
    return f"{instant.astimezone(ROME):%d/%m/%Y alle %H:%M}"
