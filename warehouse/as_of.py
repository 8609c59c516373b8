"""Answers "as known on": the product's own queries, put to what was known at an instant.

Lives here: which relations stand for that instant, and how they become one query of it, `ts`.
Must not live here: how a figure is computed (the same queries as for now), SQL text.
"""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.queries import query

_RETURNS = {
    "every_arrival": "arrivals",
    "arrivals": "known_arrivals",
    "due_returns": "known_due_returns",
}
_INDICATORS = {
    **_RETURNS,
    "expected_then": "expected_returns",
    "returns_then": "known_returns",
    "frozen_then": "known_frozen_quarters",
    "wanted_periods": "known_periods",
    "weekly_parts_then": "known_weekly_parts",
    "parts_before": "no_parts_before",
    "parts_to_date_then": "parts_to_date",
    "indicator_parts": "indicator_parts",
    "indicator_scales": "indicator_scales",
    "period_parts": "period_parts",
}

_ANSWERS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "indicators_as_of": (_INDICATORS, "indicators"),
    "expected_returns_as_of": (_RETURNS, "expected_returns"),
}
"""What is made of several queries: each relation and the query that makes it, in order; the last query."""


def answer_as_of(name: str) -> str:
    """The query that gives a table as it was known at the instant `ts`."""
    if name not in _ANSWERS:
        return query(name)
    relations, last = _ANSWERS[name]
    steps = ",\n".join(f"{relation} AS (\n{query(made_by)}\n)" for relation, made_by in relations.items())
    return f"WITH\n{steps}\nFROM (\n{query(last)}\n)"
