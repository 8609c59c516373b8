"""The folder that holds all state, and what stands where in it.

Lives here: paths, and the lock that one consolidation at a time holds.
Must not live here: what is written into those paths.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.refusals import WrongUsageError


class BusyError(Exception):
    """Another run holds the lock: nothing was changed, try again later."""


@dataclass(frozen=True)
class Home:
    """`--home`, else `$REGIA_HOME`, else `./data`."""

    root: Path

    @classmethod
    def find(cls, given: Path | None) -> Home:
        root = (given or Path(os.environ.get("REGIA_HOME") or "data")).absolute()
        if root.exists() and not root.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(root))
        return cls(root)

    @property
    def returns(self) -> Path:
        return self.root / "landing" / "returns"

    @property
    def acts(self) -> Path:
        return self.root / "landing" / "acts"

    @property
    def judged(self) -> Path:
        return self.root / "judged"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def portal_database(self) -> Path:
        """Accounts, sessions and the audit log of the portal."""
        return self.root / "portal.sqlite"

    @property
    def portal_key(self) -> Path:
        """What the second factors of accounts are derived with: never in the database, nor in its copies."""
        return self.root / "portal.key"

    def published(self, edition: str) -> Path:
        return self.root / "published" / f"{edition}.duckdb"

    def published_parts(self, edition: str) -> Path:
        """The folder of the same tables as Parquet: `<table>/<week or period>.parquet`."""
        return self.root / "published" / edition

    def releases(self, edition: str) -> Path:
        """The folder of an edition's releases: `<quarter>/<number>/`; no consolidation changes them."""
        return self.root / "published" / "releases" / edition

    @property
    def releasing(self) -> Path:
        """Where a release is made before it takes its place; what lies there is nobody's."""
        return self.root / ".releasing"

    def reports(self, edition: str) -> Path:
        return self.root / "reports" / edition

    @contextmanager
    def consolidating(self, wait_seconds: float | None = None) -> Iterator[None]:
        """Hold the warehouse's lock; BusyError when another run still has it after the wait.

        The wait is the one given, else `$REGIA_WAIT_SECONDS`, else a minute. The operating system frees the
        lock when its holder dies, however it dies.
        """
        with _locked(self.root / ".consolidating", wait_seconds):
            yield

    @contextmanager
    def receiving(self, wait_seconds: float | None = None) -> Iterator[None]:
        """Hold the landing's lock for one run of arrivals (returns are judged in order of arrival)."""
        with _locked(self.root / ".receiving", wait_seconds):
            yield


@contextmanager
def _locked(path: Path, wait_seconds: float | None) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    give_up_at = time.monotonic() + _wait(wait_seconds)
    with path.open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= give_up_at:
                    raise BusyError(str(path)) from error
                time.sleep(0.1)
        yield


def _wait(wait_seconds: float | None) -> float:
    if wait_seconds is not None:
        return wait_seconds
    given = os.environ.get("REGIA_WAIT_SECONDS")
    try:
        return float(given) if given else 60
    except ValueError as error:
        raise WrongUsageError(f"$REGIA_WAIT_SECONDS non è un numero di secondi: «{given}».") from error
