"""The returns as events of the asset `returns`, which no step makes: one partition a city and week.

Lives here: an accepted return as a materialization, a refused one as an observation, with what is said of it.
Must not live here: judging; and nothing of a file's contents but what the findings say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import dagster as dg

from pipelines.orchestration.markdown import findings_table, place_of
from schemas.contract import Edition
from schemas.verdicts import Finding, Verdict
from schemas.weeks import ROME
from warehouse.judged import JudgedReturn
from warehouse.loading import WeekLoaded

RETURNS = "returns"

ReturnEvent = dg.AssetMaterialization | dg.AssetObservation


def return_partitions(edition: Edition, weeks: dg.StaticPartitionsDefinition) -> dg.MultiPartitionsDefinition:
    """One partition a city and week."""
    return dg.MultiPartitionsDefinition(
        {"city": dg.StaticPartitionsDefinition(list(edition.city_slugs)), "week": weeks}
    )


def events_of(loaded: WeekLoaded, edition: Edition) -> Iterator[ReturnEvent]:
    """What came for a week, in order of arrival; a city that sent nothing has no event."""
    arrived = sorted(
        loaded.returns, key=lambda entry: (entry.verdict.received_at, entry.verdict.submission_id)
    )
    valid = {entry.verdict.city: entry for entry in arrived if entry.verdict.is_accepted}
    for entry in arrived:
        city = entry.verdict.city
        if city is None or city not in edition.city_slugs:
            continue
        values = loaded.values_by_city.get(city, 0) if valid.get(city) is entry else None
        yield _event(entry, edition.slug, city, str(loaded.week), values)


def _event(entry: JudgedReturn, edition: str, city: str, week: str, values: int | None) -> ReturnEvent:
    verdict = entry.verdict
    findings = entry.findings() if verdict.errors or verdict.warnings else ()
    event = dg.AssetMaterialization if verdict.is_accepted else dg.AssetObservation
    outcome = _in_one_line(verdict, values)
    return event(
        asset_key=[edition, RETURNS],
        partition=dg.MultiPartitionKey({"city": city, "week": week}),
        description=outcome,
        metadata={
            "outcome": outcome,  # Dagster shows the description on some of its pages only
            **_why(verdict, findings),
            **_what_came(verdict),
            **({"values now valid": values} if values is not None else {}),
            **({"findings": dg.MetadataValue.md(findings_table(findings))} if findings else {}),
        },
    )


def _in_one_line(verdict: Verdict, values: int | None) -> str:
    version = f"Version {verdict.version or '?'}"
    arrived = _arrived(verdict)
    if not verdict.is_accepted:
        return f"{version} refused, arrived {arrived}: {_counted(verdict.errors, 'error')}."
    standing = "replaced by a later one" if values is None else _counted(values, "value")
    warned = f", {_counted(verdict.warnings, 'warning')}" if verdict.warnings else ""
    return f"{version} accepted, arrived {arrived}: {standing}{warned}."


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _why(verdict: Verdict, findings: tuple[Finding, ...]) -> Mapping[str, str]:
    """Of a refused return, the first error: rule, place, message."""
    errors = [finding for finding in findings if finding.counts_as == "error"]
    if verdict.is_accepted or not errors:
        return {}
    first = errors[0]
    told = {"refused because": first.message, "rule": first.rule, "cell": place_of(first)}
    return {name: text for name, text in told.items() if text}


def _what_came(verdict: Verdict) -> Mapping[str, dg.TimestampMetadataValue | str | int]:
    return {
        "submission": verdict.submission_id,
        "version": "not told" if verdict.version is None else verdict.version,
        "received at": dg.MetadataValue.timestamp(verdict.received_at.timestamp()),
        "arrived": _arrived(verdict),
        "files": ", ".join(verdict.file_names) or "not kept",
        "layout": verdict.layout or "none fitted",
        **_cells(verdict),
    }


def _cells(verdict: Verdict) -> Mapping[str, str | int]:
    """How many cells became what; of a file of which none could be read, that."""
    counts = verdict.cells
    if counts.read == 0:
        return {"cells read": "none: nothing could be read"}
    return {
        "cells read": counts.read,
        "cells mapped": counts.mapped,
        "cells ignored": counts.ignored,
        "cells refused": counts.refused,
    }


def _arrived(verdict: Verdict) -> str:
    """By the deadline that was known on its arrival; not judged where a return cannot be read so far."""
    if verdict.is_late is None:
        return f"{verdict.received_at.astimezone(ROME):%d/%m/%Y %H:%M}"
    return "late" if verdict.is_late else "on time"
