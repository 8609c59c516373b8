"""Opening DuckDB files: what every connection of ours is set to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

OPEN = """
import sys
from pathlib import Path
from warehouse.asking import asked
from warehouse.files import read_database, write_database
path, question = Path(sys.argv[1]), "SELECT current_setting('enable_progress_bar')"
with write_database(path) as connection:
    found = connection.execute(question).fetchall()
if sys.argv[2] == "read":
    with read_database(path) as connection:
        found = connection.execute(question).fetchall()
if sys.argv[2] == "ask":
    with asked(path, question) as answer:
        found = list(answer.rows())
assert not found[0][0], found
"""


@pytest.mark.parametrize("how", ["write", "read", "ask"])
def test_no_progress_bar_is_drawn_amid_what_a_command_prints(how: str, tmp_path: Path) -> None:
    """A program without a file of its own (`python -c`) is what DuckDB takes for somebody at a prompt."""
    subprocess.run([sys.executable, "-c", OPEN, str(tmp_path / "some.duckdb"), how], check=True)
