"""The portal's server: listening, and ending cleanly when told to.

Lives here: the socket and uvicorn.
Must not live here: the application (`app`), or words for the terminal.
"""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from pipelines.home import Home
from pipelines.judging.context import Contract
from pipelines.portal.app import make_app
from pipelines.portal.portal import Portal
from pipelines.portal.settings import Settings

_SECONDS_TO_END = 10
_SECONDS_IDLE = 75
"""A connection without a request: longer than servers in front keep theirs, which then meet no closed one."""
_MOST_AT_ONCE = 200
"""Requests under way; beyond it a browser is told to come back at once, instead of waiting."""


class NotOpenedError(Exception):
    """The portal cannot be opened: `reason` is `port` or `host`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def serve(
    home: Home,
    contract: Contract,
    settings: Settings,
    host: str,
    port: int,
    on_open: Callable[[str], None],
) -> None:
    """Answer until told to end (SIGINT or SIGTERM); what is under way is finished first.

    on_open is called with the address once browsers can come. Raises NotOpenedError, OSError.
    """
    with _listening(host, port) as listener:
        portal = Portal.over(home, contract, settings)
        config = uvicorn.Config(
            make_app(portal),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            http="h11",  # holds headers to 64 KB, and refuses what two servers read differently
            ws="none",
            limit_concurrency=_MOST_AT_ONCE,
            timeout_keep_alive=_SECONDS_IDLE,
            timeout_graceful_shutdown=_SECONDS_TO_END,
            lifespan="on",
        )
        _Server(config, lambda: on_open(settings.public_url)).run([listener])


class _Server(uvicorn.Server):
    """Says when it has begun to answer. Told to end by a signal, it ends as one that has done its work."""

    def __init__(self, config: uvicorn.Config, on_open: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_open = on_open

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_open()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Without uvicorn's last step, which raises the signal again and so ends the process by it."""
        before = {one: signal.signal(one, self.handle_exit) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_MOST_AT_ONCE)
    except OSError as error:
        listener.close()
        raise NotOpenedError("port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "host") from error
    return listener
