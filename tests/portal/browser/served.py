"""The command, at an instant that tests choose; its time runs on.

Lives here: `python -m tests.portal.browser.served SECONDS WORDS...`.
Must not live here: what it is asked to do (`conftest`).
"""

from __future__ import annotations

import datetime as dt
import sys

from pipelines import clock
from pipelines.cli import run


def main(ahead: str, *words: str) -> int:
    """Run the command. ahead: by how many seconds its time is after that of the machine."""
    clock.begin_at(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=float(ahead)))
    return run([*words])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
