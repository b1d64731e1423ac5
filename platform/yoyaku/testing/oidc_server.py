"""The OpenID provider over real HTTP; for the demo: ``python -m yoyaku.testing.oidc_server FOLDER PORT``.

FOLDER holds ``client-key.json`` (the client's key) and ``people.json`` (name, birthdate and address by a short name).
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

from joserfc.jwk import ECKey

from yoyaku.testing.oidc_provider import OidcProvider


class RunningProvider:
    """The provider behind a port of this machine, as long as the ``with`` lasts."""

    def __init__(self, provider: OidcProvider, *, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listen; the issuer's address is that of the port."""
        self.provider = provider
        self._server = ThreadingHTTPServer((host, port), _handler_of(provider))
        provider.issuer = provider.issuer or f"http://{host}:{self._server.server_address[1]}"
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


def _handler_of(provider: OidcProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            self._reply({name: values[0] for name, values in parse_qs(content, keep_blank_values=True).items()})

        def _reply(self, body: Mapping[str, str]) -> None:
            bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
            answer = provider.answer(self.command, self.path, body, bearer)
            self.send_response(answer.status)
            if answer.location is not None:
                self.send_header("location", answer.location)
            self.send_header("content-type", answer.media_type)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_arguments: object) -> None:
            """Nothing is logged: tokens stand in addresses."""

    return Handler


def main(folder: Path, port: int) -> None:
    """Serve until asked to stop."""
    provider = OidcProvider(
        client_key=ECKey.import_key(json.loads((folder / "client-key.json").read_text(encoding="utf-8"))),
        people=json.loads((folder / "people.json").read_text(encoding="utf-8")),
    )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with RunningProvider(provider, port=port):
        stopped.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
