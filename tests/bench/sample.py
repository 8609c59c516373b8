"""The whole sample: received, consolidated, and consolidated again with nothing new.

Lives here: what that takes, beside its target.
Must not live here: single weeks (`tests.bench.last_week`), single returns (`tests.bench.layouts`).
"""

from __future__ import annotations

from tests.bench.homes import copy_of, received_sample, returns_of
from tests.bench.timing import REGIA, timed


def measure() -> None:
    """Print what the whole sample takes, once."""
    sample, received = received_sample()
    count = len(returns_of(sample))
    with copy_of(sample) as home:
        consolidated = timed([*REGIA, "--home", str(home), "consolidate", "--all"])
        again = timed([*REGIA, "--home", str(home), "consolidate"])
    both = received.seconds + consolidated.seconds
    print(f"the whole sample: {count} returns of 42 weeks                      processor    memory")
    for what, run in (
        ("received (read, judged, landed)", received),
        ("consolidated and published", consolidated),
        ("consolidated with nothing new", again),
    ):
        print(f"  {what:<40} {run.seconds:7.1f} s {run.processor:7.1f} s {run.megabytes:6.0f} MB")
    print(f"  {'received and consolidated':<40} {both:7.1f} s   target 60 s, 1500 MB")
