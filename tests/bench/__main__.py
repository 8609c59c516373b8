"""`make bench`: everything that is measured, one subject after the other, or only those that are named.

Lives here: the list of subjects, and running them.
Must not live here: what is measured; limits that fail: the targets stand beside the figures.

    python -m tests.bench [SUBJECT ...]
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from tests.bench import as_of, checking, growth, last_week, layouts, sample, suggest

SUBJECTS: Mapping[str, Callable[[], None]] = {
    "layouts": layouts.measure,
    "check": checking.measure,
    "sample": sample.measure,
    "last_week": last_week.measure,
    "growth": growth.measure,
    "as_of": as_of.measure,
    "suggest": suggest.measure,
}


def main(names: Sequence[str]) -> None:
    """Print the figures of this machine, now."""
    unknown = [name for name in names if name not in SUBJECTS]
    if unknown:
        raise SystemExit(f"nothing is measured as {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {dt.datetime.now(dt.UTC):%Y-%m-%d}")
    print("Seconds of the wall, the least and the median; processor: the least of all rounds, children too.")
    print("The machine may be busy with other things: compare within one run.\n")
    for name in names or SUBJECTS:
        began = time.perf_counter()
        SUBJECTS[name]()
        print(f"  ({name} was measured in {time.perf_counter() - began:.0f} s)\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
