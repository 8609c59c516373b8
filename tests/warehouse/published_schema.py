"""Writes the snapshot of the published schema anew: python -m tests.warehouse.published_schema.

Lives here: the one way to change `published_schema.sql`.
Must not live here: tests.
"""

from __future__ import annotations

from pathlib import Path

from warehouse.making import published_statements

if __name__ == "__main__":
    text = ";\n".join(published_statements()) + ";\n"
    Path(__file__).with_name("published_schema.sql").write_text(text, encoding="utf-8")
