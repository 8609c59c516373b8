"""A reader that holds the published file open and asks it again and again, until its input is closed.

Lives here: what an analyst's notebook does while others work.
Must not live here: measuring.

    python -m tests.bench.held PUBLISHED
"""

from __future__ import annotations

import select
import sys

import duckdb

_QUESTIONS = (
    "SELECT city, iso_week, count(*), sum(value) FROM observations GROUP BY ALL",
    "SELECT * FROM indicators WHERE period_kind = 'month' AND city = 'IT'",
    "SELECT count(*) FROM submissions",
)
_BETWEEN = 0.5
_ANSWERS_FROM_ONE_OPENING = 10


def hold(path: str) -> int:
    """Ask, opening the file anew now and then; how many answers came."""
    answers = 0
    while True:
        with duckdb.connect(path, read_only=True) as connection:
            for _ in range(_ANSWERS_FROM_ONE_OPENING):
                connection.execute(_QUESTIONS[answers % len(_QUESTIONS)]).fetchall()
                answers += 1
                if select.select([sys.stdin], [], [], _BETWEEN)[0]:
                    return answers


if __name__ == "__main__":
    print(hold(sys.argv[1]))
