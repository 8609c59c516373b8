"""What a home holds, in a form that two homes can be compared by.

Lives here: what is published, the files of a folder.
Must not live here: checks.
"""

from __future__ import annotations

from collections.abc import Sized
from pathlib import Path

import duckdb


def published_rows(home: Path, edition: str = "lgnet2") -> dict[str, Sized]:
    """The rows of every published table, in an order of their own, and the bytes of every Parquet file."""
    parts = folder_contents(home / "published" / edition)
    with duckdb.connect(str(home / "published" / f"{edition}.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND schema_name = 'main' ORDER BY ALL"
        ).fetchall()
        rows = {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall() for (name,) in tables
        }
    return {**rows, **parts}


def folder_contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
