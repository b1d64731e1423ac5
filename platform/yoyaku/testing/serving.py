"""What the fakes of outside services that answer over real HTTP have in common: a port, a process of their own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self


class Asked(NamedTuple):
    """A request: ``body`` as it was sent, ``bearer`` the token of its authorization (empty: none), headers by lower case."""

    method: str
    path: str
    body: str
    bearer: str
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back over HTTP; ``location`` is where a redirect leads, ``headers`` are those that it needs besides."""

    status: int = HTTPStatus.OK
    body: bytes = b""
    media_type: str = "application/json"
    location: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Served:
    """What answers behind a port of this machine (0: one that is free), at ``url``, as long as the ``with`` lasts."""

    def __init__(self, answer: Callable[[Asked], Answer], *, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listen."""
        self._server = ThreadingHTTPServer((host, port), _handler_of(answer))
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _why: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler_of(answer: Callable[[Asked], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
            headers = {name.lower(): value for name, value in self.headers.items()}
            made = answer(Asked(self.command, self.path, body, bearer, headers))
            self.send_response(made.status)
            if made.location is not None:
                self.send_header("location", made.location)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("content-type", made.media_type)
            self.send_header("content-length", str(len(made.body)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked has read enough
                self.wfile.write(made.body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_arguments: object) -> None:
            """Nothing is logged: tokens stand in addresses."""

    return Handler


def serve_until_stopped(served: Served) -> None:
    """Serve until the process is asked to stop."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with served:
        stopped.wait()
