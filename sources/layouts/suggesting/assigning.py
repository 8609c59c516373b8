"""Labels to codes: the best assignment of all together, and which of them are beyond doubt.

Lives here: the assignment by likeness and order, the demands on what is called sure.
Must not live here: where labels come from, how likeness is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_ORDER = 0.15
"""What agreement with the contract's order adds to likeness, beside which it decides between equals."""
_MOSTLY_IN_ORDER = 0.7
_ORDER_THAT_HOLDS = 2.0
"""Where most labels of a whole list stand in its order, the few that are unclear most likely do too."""
_ALIKE = 0.9
_CLEAR = 0.25
_FAIR = 0.5
_STRONG = 0.7
_FEW = 0.35
_ANCHORED = 0.5
"""From this share of labels on that are strongly like what stands at their place, the order is confirmed."""


@dataclass(frozen=True, slots=True)
class Match:
    """A label and the code that it is taken for; `is_sure` where nothing else comes near."""

    label: str
    code: str
    likeness: float
    is_sure: bool


def assign(
    labels: Sequence[str],
    codes: Sequence[str],
    likeness: Callable[[str, str], float],
    support: Callable[[str, str], float] = lambda label, code: 0.0,
) -> tuple[Match, ...]:
    """Each label with a code of its own (as far as there are codes), their likeness and order in sum best.

    `support`: what else speaks for a pair (or, below zero, against it), added to its likeness.
    """
    if not labels or not codes:
        return ()
    texts = [[likeness(label, code) for code in codes] for label in labels]

    def paired(order: float) -> tuple[tuple[int, int], ...]:
        return best_pairs(
            [
                [
                    texts[i][j]
                    + support(label, code)
                    + order * (1 - abs(_share(i, labels) - _share(j, codes)))
                    for j, code in enumerate(codes)
                ]
                for i, label in enumerate(labels)
            ]
        )

    pairs = paired(_ORDER)
    alike = sum(i == j for i, j in pairs)
    if len(labels) == len(codes) and _MOSTLY_IN_ORDER * len(pairs) <= alike < len(pairs):
        pairs = paired(_ORDER_THAT_HOLDS)
    in_order = len(labels) == len(codes) and all(i == j for i, j in pairs)
    strong = sum(texts[i][j] >= _STRONG for i, j in pairs)
    confirmed = in_order and strong >= _ANCHORED * len(pairs)
    return tuple(
        Match(labels[i], codes[j], texts[i][j], _is_sure(texts, i, j, in_order=in_order, confirmed=confirmed))
        for i, j in pairs
    )


def _share(index: int, of: Sequence[str]) -> float:
    return index / max(1, len(of) - 1)


def _is_sure(texts: Sequence[Sequence[float]], i: int, j: int, *, in_order: bool, confirmed: bool) -> bool:
    """Sure is what likeness says clearly, or what likeness and the contract's order say together."""
    own = texts[i][j]
    rival = max((value for k, value in enumerate(texts[i]) if k != j), default=0.0)
    claim = max((row[j] for k, row in enumerate(texts) if k != i), default=0.0)
    if own >= _ALIKE and own - rival >= _CLEAR and own - claim >= 0:
        return True
    if confirmed:
        return own >= _FEW and own - rival >= -0.05
    return in_order and own >= _FAIR and own - rival >= 0.1 and own - claim >= 0


def best_pairs(scores: Sequence[Sequence[float]]) -> tuple[tuple[int, int], ...]:
    """Row and column of the pairs whose scores are in sum best, each row and column used once at most.

    The Hungarian method, with potentials; rows in their order.
    """
    rows, columns = len(scores), len(scores[0])
    if rows > columns:
        turned = best_pairs([[scores[i][j] for i in range(rows)] for j in range(columns)])
        return tuple(sorted((i, j) for j, i in turned))
    row_price, column_price = [0.0] * (rows + 1), [0.0] * (columns + 1)
    taken_by, came_from = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        taken_by[0], column = row, 0
        least, seen = [float("inf")] * (columns + 1), [False] * (columns + 1)
        while taken_by[column]:
            seen[column] = True
            current, step, following = taken_by[column], float("inf"), 0
            for j in range(1, columns + 1):
                if seen[j]:
                    continue
                cost = -scores[current - 1][j - 1] - row_price[current] - column_price[j]
                if cost < least[j]:
                    least[j], came_from[j] = cost, column
                if least[j] < step:
                    step, following = least[j], j
            for j in range(columns + 1):
                if seen[j]:
                    row_price[taken_by[j]] += step
                    column_price[j] -= step
                else:
                    least[j] -= step
            column = following
        while column:
            taken_by[column] = taken_by[came_from[column]]
            column = came_from[column]
    return tuple(sorted((taken_by[j] - 1, j - 1) for j in range(1, columns + 1) if taken_by[j]))
