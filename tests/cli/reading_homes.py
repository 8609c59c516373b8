"""What a home holds, in a form that two homes can be compared by.

Lives here: the rows of a published file, the files of a folder.
Must not live here: checks.
"""

from __future__ import annotations

from pathlib import Path

import duckdb


def published_rows(home: Path, edition: str = "lgnet2") -> dict[str, list[tuple[object, ...]]]:
    """Every table of the published file, its rows in an order of their own."""
    with duckdb.connect(str(home / "published" / f"{edition}.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND schema_name = 'main' ORDER BY ALL"
        ).fetchall()
        return {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall() for (name,) in tables
        }


def folder_contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
