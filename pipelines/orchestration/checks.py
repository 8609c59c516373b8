"""One check a city, on the observations of a week: what the coordination has to call that city about.

Lives here: the checks, their verdict over one week or several, and the findings that go with it.
Must not live here: any city's name; the checks are made from the edition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg

from pipelines.acts import Acts
from pipelines.board import CityWeek, city_weeks
from pipelines.orchestration.markdown import grouped_findings_table
from schemas.contract import Edition
from schemas.verdicts import Finding
from schemas.weeks import ROME, IsoWeek
from warehouse.judged import JudgedReturn
from warehouse.loading import WeekLoaded


@dataclass(frozen=True)
class _Concern:
    """Why a city-week wants a call. `is_error`: nothing of that week counts."""

    week: IsoWeek
    reason: str
    is_error: bool
    findings: tuple[Finding, ...] = ()

    @property
    def sentence(self) -> str:
        """The reason and the first message: the table of all is one click further."""
        if not self.findings:
            return f"{self.week}: {self.reason}."
        first = min(self.findings, key=lambda finding: finding.counts_as).message
        more = f" (and {len(self.findings) - 1} more)" if len(self.findings) > 1 else ""
        return f"{self.week}: {self.reason}. {first}{more}"


def city_checks(edition: Edition, asset: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """A check for every city of the edition; none of them stops what comes after it."""
    return [
        dg.AssetCheckSpec(
            slug,
            asset=asset,
            description=(
                f"{edition.city(slug).name_it}: fails when its return was refused and none counts (error), "
                "when the one that counts has warnings, a later one was refused, or nothing came by the "
                "deadline (warning). Over several weeks it fails if any week does."
            ),
            blocking=False,
        )
        for slug in edition.city_slugs
    ]


def check_results(
    edition: Edition, loaded: Sequence[WeekLoaded], acts: Acts, asset: dg.AssetKey, at: dt.datetime
) -> Iterator[dg.AssetCheckResult]:
    """The result of every city's check over the weeks that were loaded, as things stand at an instant."""
    weeks = [entry.week for entry in loaded if entry.week is not None]
    returns = [entry for week in loaded if week.week is not None for entry in week.returns]
    board = city_weeks(edition, [entry.verdict for entry in returns], weeks, at, acts)
    by_city = {slug: [state for state in board if state.city == slug] for slug in edition.city_slugs}
    arrived = _by_city_week(returns)
    for slug, states in by_city.items():
        concerns = [concern for state in states if (concern := _concern(state, arrived)) is not None]
        yield dg.AssetCheckResult(
            check_name=slug,
            asset_key=asset,
            passed=not concerns,
            severity=_severity(concerns),
            description=_sentence(states, concerns),
            metadata=_metadata(concerns),
        )


def _by_city_week(returns: Iterable[JudgedReturn]) -> Mapping[tuple[str, IsoWeek], list[JudgedReturn]]:
    groups: dict[tuple[str, IsoWeek], list[JudgedReturn]] = {}
    for entry in sorted(returns, key=lambda entry: (entry.verdict.received_at, entry.verdict.submission_id)):
        if entry.verdict.city_week is not None:
            groups.setdefault(entry.verdict.city_week, []).append(entry)
    return groups


def _concern(
    state: CityWeek, arrived: Mapping[tuple[str, IsoWeek], Sequence[JudgedReturn]]
) -> _Concern | None:
    if state.state == "missing":
        deadline = f"{state.due_at.astimezone(ROME):%d/%m/%Y %H:%M}"
        return _Concern(state.week, f"nothing came by the deadline ({deadline})", is_error=False)
    if state.state == "awaited":
        return None
    returns = arrived[state.city, state.week]
    last = returns[-1]
    if state.state == "rejected":
        return _Concern(state.week, "refused, and none counts", is_error=True, findings=last.findings())
    valid = next(entry for entry in reversed(returns) if entry.verdict.is_accepted)
    if valid is not last:
        reason = f"a later return was refused; version {valid.verdict.version} still counts"
        return _Concern(state.week, reason, is_error=False, findings=last.findings())
    if valid.verdict.warnings:
        return _Concern(state.week, "accepted with warnings", is_error=False, findings=valid.findings())
    return None


def _severity(concerns: Sequence[_Concern]) -> dg.AssetCheckSeverity:
    is_error = any(concern.is_error for concern in concerns)
    return dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN


def _sentence(states: Sequence[CityWeek], concerns: Sequence[_Concern]) -> str:
    if concerns:
        return "\n\n".join(concern.sentence for concern in concerns)
    counts = {name: sum(state.state == name for state in states) for name in ("on_time", "late", "awaited")}
    told = [f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count]
    return f"Nothing to call about: {', '.join(told) or 'no return was due'}."


def _metadata(concerns: Sequence[_Concern]) -> Mapping[str, str | dg.MarkdownMetadataValue]:
    if not concerns:
        return {}
    found = [(concern.week, finding) for concern in concerns for finding in concern.findings]
    weeks = {"weeks": ", ".join(str(concern.week) for concern in concerns)}
    return {**weeks, **({"findings": dg.MetadataValue.md(grouped_findings_table(found))} if found else {})}
