"""Findings as a small table, for the pages of Dagster.

Lives here: writing cells of a table so that they show as they stand.
Must not live here: what the cells say; messages and actions come as the city was told them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from schemas.verdicts import Finding
from schemas.weeks import IsoWeek

SHOWN_FINDINGS = 40
"""More nobody reads there; the table `findings` has them all."""


def findings_table(findings: Sequence[Finding]) -> str:
    """What the rules found in one return, errors first."""
    ordered = sorted(findings, key=lambda finding: finding.counts_as)
    rows = [(f.message, f.action, place_of(f), f"{f.rule} {f.counts_as}") for f in ordered]
    return table(("message", "what to do", "where", "rule"), rows)


def grouped_findings_table(found: Iterable[tuple[IsoWeek, Finding]]) -> str:
    """What the rules found over several weeks: what was said again and again stands once."""
    groups: dict[tuple[str, str, str, str], list[tuple[IsoWeek, Finding]]] = {}
    for week, finding in found:
        key = (finding.counts_as, finding.rule, finding.message, finding.action)
        groups.setdefault(key, []).append((week, finding))
    rows = [
        (message, action, _weeks([week for week, _ in group]), str(len(group)), f"{rule} {severity}")
        for (severity, rule, message, action), group in sorted(groups.items(), key=lambda item: item[0][0])
    ]
    return table(("message", "what to do", "weeks", "times", "rule"), rows)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of texts."""
    lines = [_line(header), _line(["---"] * len(header))]
    lines += [_line([_as_it_stands(cell) for cell in row]) for row in rows[:SHOWN_FINDINGS]]
    if len(rows) > SHOWN_FINDINGS:
        lines.append(_line([f"and {len(rows) - SHOWN_FINDINGS} more", *[""] * (len(header) - 1)]))
    return "\n".join(lines)


def counts_table(header: tuple[str, str], counts: Mapping[str, int]) -> str:
    """Names with their numbers."""
    return table(header, [(name, f"{count:,}") for name, count in counts.items()])


def place_of(finding: Finding) -> str:
    """Where it stands: sheet and cell, else the service point or the file."""
    parts = [part for part in (finding.sheet, finding.cell) if part]
    return " ".join(parts) or finding.service_point or finding.file or ""


def _weeks(weeks: Sequence[IsoWeek]) -> str:
    return ", ".join(map(str, sorted(set(weeks))))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _as_it_stands(text: str) -> str:
    """A text in which nothing is taken for markup."""
    return re.sub(r"([\\`*_\[\]<>|~#])", r"\\\1", " ".join(text.split()))
