"""Dagster's page and daemon, as `regia dev` opens them: started, watched, ended with all they started.

Lives here: their environment, the port, and ending cleanly however the command is told to.
Must not live here: what they show (`pipelines.orchestration.definitions`), words for the terminal.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from pipelines.home import Home
from pipelines.orchestration.records import (
    close_dead_runs,
    close_runs_of_page,
    dagster_instance,
    prepare_dagster_home,
)

_DEFINITIONS = "pipelines.orchestration.definitions"
_SECONDS_TO_OPEN = 180
_SECONDS_TO_END = 30


class NotOpenedError(Exception):
    """The page cannot be opened: `reason` is `port`, `host`, `home` (already open) or `ended`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _ToldToEnd(BaseException):
    """Ctrl-C or SIGTERM."""


def serve_page(home: Home, edition: str, host: str, port: int, on_open: Callable[[str], None]) -> None:
    """Open Dagster's page and run its daemon until told to end (SIGINT or SIGTERM).

    on_open is called with the address once the page answers. Raises NotOpenedError.
    """
    _refuse_taken_port(host, port)
    with _one_page_a_home(home), _ended_by_signals():
        with dagster_instance(home) as instance:
            # No other page is open on this home, so whatever one had under way is dead.
            close_runs_of_page(instance)
            close_dead_runs(home, instance)
        process = _start(home, edition, host, port)
        try:
            _wait_until_open(process, _address(host, port))
            on_open(_address(host, port))
            process.wait()
            raise NotOpenedError("ended")
        except _ToldToEnd:
            return
        finally:
            _end(process)


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://{shown}:{port}"


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        reason = "port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "host"
        raise NotOpenedError(reason) from error


@contextmanager
def _one_page_a_home(home: Home) -> Iterator[None]:
    """Two daemons on one home would start every run twice."""
    with (prepare_dagster_home(home) / ".page").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotOpenedError("home") from error
        yield


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGINT and SIGTERM end the page, also where a script that starts with `&` has them ignored.

    What is ignored here would be ignored by Dagster's processes too, which then could not be ended.
    """

    def end(number: int, frame: FrameType | None) -> None:
        raise _ToldToEnd

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(home: Home, edition: str, host: str, port: int) -> subprocess.Popen[bytes]:
    dagster_home = prepare_dagster_home(home)
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(dagster_home),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "REGIA_HOME": str(home.root),
        "REGIA_EDITION": edition,
        "PYTHONWARNINGS": "ignore",
    }
    if editions := os.environ.get("REGIA_EDITIONS"):
        environment["REGIA_EDITIONS"] = str(Path(editions).absolute())
    quiet = ["--log-level", "warning", "--code-server-log-level", "warning"]
    return subprocess.Popen(
        [sys.executable, "-m", "dagster", "dev", "-m", _DEFINITIONS, "-h", host, "-p", str(port), *quiet],
        env=environment,
        cwd=dagster_home,  # elsewhere Dagster warns of any other dagster.yaml that it finds
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        start_new_session=True,  # Ctrl-C comes to us alone; all that Dagster starts can be ended at once
    )


def _wait_until_open(process: subprocess.Popen[bytes], address: str) -> None:
    give_up_at = time.monotonic() + _SECONDS_TO_OPEN
    while process.poll() is None and time.monotonic() < give_up_at:
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5):  # noqa: S310 - always http
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise NotOpenedError("ended")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Dagster as Ctrl-C would; then whatever is left of what it started."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                continue
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
