"""The queries of `warehouse/sql/`, by name.

Lives here: reading a query's file. A query is named after the table or view it makes.
Must not live here: SQL text, or anything that changes it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "sql"


@cache
def query(name: str) -> str:
    """The text of one query."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").strip()


@cache
def all_queries() -> dict[str, str]:
    """Every query by its name, in the order of the names."""
    return {path.stem: query(path.stem) for path in sorted(_FOLDER.glob("*.sql"))}
