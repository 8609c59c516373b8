"""The revision policy: a quarter is frozen, a city may correct it again, it is frozen anew.

Lives here: when a quarter may be frozen or reopened, and recording that.
Must not live here: the files of a release (`pipelines.releases`), how rule H10 refuses a return.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version as installed_version
from pathlib import Path

from pipelines import judged, releases, weekly
from pipelines.acts import Acts, MadeAct, read_acts
from pipelines.clock import now
from pipelines.consolidating import OnProgress, find_news, no_progress
from pipelines.deciding import check_act, record_act
from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.refusals import WrongUsageError
from reports.release.notes import Former, ReleaseFacts, release_notes
from schemas.acts import Freeze, Reopening
from schemas.contract import Edition
from schemas.periods import quarter_of
from schemas.releases import Manifest, ReleasedFile
from schemas.weeks import ROME, IsoWeek
from sources import landing
from warehouse import releasing
from warehouse.files import read_database
from warehouse.queries import query
from warehouse.releasing import Answered, Corrected


@dataclass(frozen=True)
class Frozen:
    """A release that was made, and what it lacks."""

    freeze: Freeze
    folder: Path
    manifest: Manifest
    answered: Answered


def freeze(
    home: Home,
    contract: Contract,
    quarter: str,
    note: str,
    by: str,
    on_progress: OnProgress = no_progress,
) -> Frozen:
    """Make a release of a quarter, as it is published now; then publish that it is frozen.

    Raises WrongUsageError, and nothing was changed, before the day from which it may be frozen, while
    something waits to be consolidated, where nobody sent its last week yet, and where nothing has changed
    since its last release. A return that comes meanwhile is not waited for, but told: the quarter is then not
    frozen. Raises BusyError as `consolidate`.
    """
    edition = contract.edition
    weeks = edition.weeks_of_quarter(quarter)
    _refuse_too_early(edition, weeks[-1])
    with home.consolidating():
        looked = weekly.judge_what_is_missing(home, contract)
        if find_news(home, edition, looked):
            raise WrongUsageError(
                f"Prima di congelare {quarter} bisogna consolidare: c'è qualcosa che non è ancora "
                "pubblicato. Esegua «regia consolidate» e riprovi."
            )
        _refuse_unpublished(home, edition, weeks)
        releases.restore(home, edition)
        with releases.working(home):
            done = _make(home, contract, quarter, weeks, note, by)
        weekly.consolidate_while_locked(home, contract, on_progress)
    return done


def reopen(
    home: Home, contract: Contract, quarter: str, city: str, reason: str, until: dt.date, by: str
) -> Reopening:
    """Let a city correct its weeks of a frozen quarter, with returns that arrive up to the end of a day.

    Raises WrongUsageError where the quarter is not frozen, or the day has passed.
    """
    edition = contract.edition
    with home.receiving():
        acts = read_acts(home.acts)
        at = acts.next_instant()
        if quarter not in acts.frozen_quarters(edition.slug):
            raise WrongUsageError(
                f"Il trimestre {quarter} non è congelato: le città possono correggerlo senza riapertura."
            )
        if until < at.astimezone(ROME).date():
            raise WrongUsageError(
                f"Il {until:%d/%m/%Y} è già passato: indichi fino a quando vale la riapertura."
            )
        act = Reopening(
            edition=edition.slug, quarter=quarter, city=city, reason=reason, until=until, at=at, by=by
        )
        record_act(home, contract, act)
    return act


def _refuse_too_early(edition: Edition, last: IsoWeek) -> None:
    days, end = edition.facts.freeze_after_days, quarter_of(last).end
    first_day = end + dt.timedelta(days=days)
    if now().date() < first_day:
        raise WrongUsageError(
            f"Il trimestre {last.quarter} finisce domenica {end:%d/%m/%Y}: si può congelare dal "
            f"{first_day:%d/%m/%Y}, {days} giorni dopo, perché le città abbiano il tempo di correggere."
        )


def _refuse_unpublished(home: Home, edition: Edition, weeks: Sequence[IsoWeek]) -> None:
    horizon = ""
    if home.published(edition.slug).exists():
        with read_database(home.published(edition.slug)) as connection:
            ((found,),) = connection.execute(query("horizon"), {"edition": edition.slug}).fetchall()
        horizon = found or ""
    beyond = [str(week) for week in weeks if str(week) > horizon]
    if beyond:
        raise WrongUsageError(
            f"Il trimestre {weeks[0].quarter} non è ancora pubblicato per intero: nessuna città ha una "
            f"scheda valida per {', '.join(beyond)}, né per una settimana successiva."
        )


def _make(
    home: Home, contract: Contract, quarter: str, weeks: Sequence[IsoWeek], note: str, by: str
) -> Frozen:
    edition = contract.edition
    acts = read_acts(home.acts)
    there = landing.submissions(home.returns)
    former = next((one for one in reversed(acts.freezes_of(edition.slug)) if one.quarter == quarter), None)
    since = former.at if former else None
    draft = Freeze(
        edition=edition.slug,
        quarter=quarter,
        release=former.release + 1 if former else 1,
        manifest="0" * 64,
        contract=releases.contract_sha256(edition),
        rules=releases.rules_sha256(edition),
        made_with=f"regia {installed_version('regia')}, duckdb {installed_version('duckdb')}",
        notes="-",
        note=note,
        at=acts.next_instant(_last_arrival(home, edition)),
        by=by,
    )
    check_act(contract, draft)
    with releases.warehouse_as_of(home, edition, _with(acts, draft), draft.at) as connection:
        folder = releases.building(home)
        tables = releasing.write_tables(connection, edition, weeks, folder)
        if former is not None:
            _refuse_unchanged(home, former, releases.manifest_of(draft, weeks, tables))
        answered = releasing.answered(connection)
        corrected = releasing.corrected_since(connection, since)
        facts = _facts(acts, draft, weeks, tables, answered, corrected, since)
        if former is not None:
            arrived = releasing.arrived_since(connection, former.at)
            facts = replace(facts, former=_told_of(former, draft, arrived))
    notes = release_notes(edition, facts)
    noted = draft.model_copy(update={"notes": notes})
    manifest = releases.manifest_of(noted, weeks, (*tables, releases.write_notes(folder, notes)))
    releases.write_manifest(folder, manifest)
    act = noted.model_copy(update={"manifest": manifest.sha256})
    with home.receiving():
        if landing.submissions(home.returns) != there or read_acts(home.acts) != acts:
            raise WrongUsageError(
                f"Mentre si preparava il rilascio è arrivato qualcosa di nuovo: {quarter} non è stato "
                "congelato. Esegua «regia consolidate» e riprovi."
            )
        record_act(home, contract, act)
    return Frozen(act, releases.put_in_place(home, act), manifest, answered)


def _with(acts: Acts, draft: Freeze) -> Acts:
    """The acts as they will be: the quarter's weeks are not provisional in its own release."""
    return Acts((*acts.made, MadeAct("", draft)))


def _last_arrival(home: Home, edition: Edition) -> dt.datetime | None:
    verdicts = judged.JudgedReturns.load(home.judged, edition).verdicts.values()
    return max((verdict.known_from for verdict in verdicts), default=None)


def _refuse_unchanged(home: Home, former: Freeze, draft: Manifest) -> None:
    before = releases.read_manifest(releases.folder_of(home, former))
    if before is not None and before.figures() == draft.figures():
        since = f"{former.at.astimezone(ROME):%d/%m/%Y}"
        raise WrongUsageError(
            f"Dal rilascio {former.release} di {former.quarter} ({since}) non è cambiato nessun dato: non "
            "serve un nuovo rilascio."
        )


def _facts(
    acts: Acts,
    draft: Freeze,
    weeks: Sequence[IsoWeek],
    tables: Sequence[ReleasedFile],
    answered: Answered,
    corrected: tuple[Corrected, ...],
    since: dt.datetime | None,
) -> ReleaseFacts:
    begins = weeks[0].monday
    reopenings = acts.reopenings_of(draft.edition, draft.quarter)
    return ReleaseFacts(
        quarter=draft.quarter,
        release=draft.release,
        frozen_at=draft.at,
        frozen_by=draft.by,
        note=draft.note,
        weeks=tuple(weeks),
        tables=len(tables),
        contract=draft.contract,
        rules=draft.rules,
        made_with=draft.made_with,
        answered=answered,
        corrected=corrected,
        reopenings=tuple(one for one in reopenings if since is None or one.at > since),
        waivers=tuple(one for one in acts.waivers_of(draft.edition) if one.until >= begins),
    )


def _told_of(former: Freeze, draft: Freeze, arrived: tuple[tuple[str, str], ...]) -> Former:
    return Former(
        release=former.release,
        frozen_at=former.at,
        has_other_contract=former.contract != draft.contract,
        has_other_rules=former.rules != draft.rules,
        arrived=arrived,
    )
