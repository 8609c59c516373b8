"""`regia serve` as a process of its own, and browsers that send to it over the network of this computer.

Lives here: starting and ending it; what a city does there in a week.
Must not live here: checks; visitors without a server (`tests.portal.visiting`).
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from httpx2 import Client, Response

from schemas.editions import PROJECT
from tests.portal.visiting import PASSWORD

COMMAND = [sys.executable, "-m", "pipelines.cli"]
NOTE = "Verificato con lo sportello: il valore è giusto."

_SECONDS_TO_OPEN = 60
_SECONDS_TO_END = 30


def free_port() -> int:
    """A port of this computer at which nobody answers now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@dataclass
class Served:
    """A server that answers. opened_in: the seconds from its start until it said so."""

    process: subprocess.Popen[bytes]
    port: int
    opened_in: float

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def children(self) -> set[int]:
        """The processes that it has started."""
        return children_of(self.process.pid)

    def said(self) -> str:
        """What it has said since it opened; it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.read().decode()

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; its exit status."""
        self.process.send_signal(how)
        return self.process.wait(_SECONDS_TO_END)


def children_of(pid: int) -> set[int]:
    """The processes that a process has started, from any of its threads."""
    found: set[int] = set()
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found |= {int(one) for one in (task / "children").read_text().split()}
    return found


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that ended and that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def serving(
    home: Path,
    *options: str,
    through: Sequence[str] = (),
    command: Sequence[str] = COMMAND,
    **settings: str,
) -> Iterator[Served]:
    """A portal over a home at a port of its own; killed at the end where it still lives.

    through: the beginning of a command that runs another one.
    """
    port, began = free_port(), time.perf_counter()
    process = subprocess.Popen(
        [*through, *command, "serve", "--home", str(home), "--port", str(port), *options],
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        env={**os.environ, **settings},
    )
    try:
        _wait_until_open(process)
        yield Served(process, port, time.perf_counter() - began)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _wait_until_open(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        assert waiting.select(_SECONDS_TO_OPEN), "it did not open"
    assert process.stdout.readline(), "it ended instead of opening"


@dataclass
class Sent:
    """What became of a file. submission_id: empty where it was rejected, and so not sent."""

    submission_id: str
    draft_page: str


Clocked = Callable[[str, float], None]
"""Told what was done, and in how many seconds."""


@dataclass
class Browser:
    """Somebody's browser at a server."""

    address: str
    clocked: Clocked = lambda what, seconds: None
    csrf: str = ""
    _client: Client = field(init=False)

    def __post_init__(self) -> None:
        self._client = Client(base_url=self.address, timeout=120)

    def close(self) -> None:
        self._client.close()

    def take_cookies_of(self, other: Browser) -> None:
        """Be the same browser at another server."""
        self._client.cookies.update(other._client.cookies)
        self.csrf = other.csrf

    def get(self, path: str, what: str = "page", status: int = 200) -> Response:
        """Open a page."""
        with self._timed(what):
            answer = self._client.get(path)
        return self._looked_at(answer, path, status)

    def post(
        self,
        path: str,
        fields: Mapping[str, str],
        file: tuple[str, bytes] | None = None,
        what: str = "form",
        status: int = 200,
    ) -> Response:
        """Send a form, and go on to the page that it leads to."""
        files = None if file is None else [("files", file)]
        with self._timed(what):
            answer = self._client.post(
                path,
                data={"csrf": self.csrf, **fields},
                files=files,
                headers={"Origin": self.address},
                follow_redirects=True,
            )
        return self._looked_at(answer, path, status)

    def sign_in(self, name: str, code: str = "") -> None:
        """With the password that all accounts of tests have."""
        self.get("/accesso")
        self.post("/accesso", {"name": name, "password": PASSWORD}, what="sign-in")
        if code:
            self.post("/accesso/codice", {"code": code})

    def upload(self, name: str, data: bytes) -> str:
        """Drop a file: the page of its draft."""
        return self.post("/bozze", {}, (name, data), what="verdict").text

    def send(self, name: str, data: bytes) -> Sent:
        """Drop a file, look, confirm it with the reason and the notes that are asked for."""
        page = self.upload(name, data)
        draft = re.search(r"/bozze/([0-9a-f]{32})/elimina", page)
        assert draft, page[-2000:]
        self.get(f"/bozze/{draft[1]}")
        if 'name="although"' in page or f"/bozze/{draft[1]}/conferma" not in page:
            return Sent("", page)
        return self.confirm(page)

    def confirm(self, page: str) -> Sent:
        """Send the draft of a page."""
        action = re.search(r'action="(/bozze/[0-9a-f]{32}/conferma)"', page)
        assert action, page[-2000:]
        notes = {unescape(name): NOTE for name in re.findall(r'<textarea[^>]* name="(note-[^"]+)"', page)}
        reason = {"reason": "correction"} if 'name="reason"' in page else {}
        sent = self.post(action[1], {**notes, **reason}, what="confirmation")
        assert sent.url.path.startswith("/invii/"), sent.text[-2000:]
        return Sent(sent.url.path.rsplit("/", 1)[-1], page)

    def _looked_at(self, answer: Response, path: str, status: int) -> Response:
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{answer.text[-1000:]!r}"
        token = re.search(r'name="csrf" value="([^"]+)"', answer.text)
        if token:
            self.csrf = token[1]
        return answer

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.clocked(what, time.perf_counter() - began)
