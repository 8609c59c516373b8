"""A portal that listens, in a process of its own, at an instant that tests choose; its time runs on.

Lives here: `python -m tests.portal.browser.served FOLDER PORT SECONDS`, as `regia serve` opens it.
Must not live here: what stands in its home (`conftest`).
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from pipelines import clock
from pipelines.home import Home
from pipelines.judging.contract import load_contract
from pipelines.portal.serving import serve
from pipelines.portal.settings import settings_of
from schemas.editions import find_edition

HOST = "127.0.0.1"


def main(folder: str, port: str, ahead: str) -> None:
    """Answer until told to end. ahead: by how many seconds its time is after that of the machine."""
    clock.begin_at(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=float(ahead)))
    settings = settings_of(HOST, int(port), None, "aiuto@example.it", behind_proxy=False, is_demo=False)
    contract = load_contract(find_edition("lgnet2"))
    serve(Home(Path(folder)), contract, settings, HOST, int(port), lambda address: print(address, flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
