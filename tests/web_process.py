"""The web application in a process of its own, which keeps a service's clock so shortly that no test waits for it."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from yoyaku.tenancy.service import sites
from yoyaku.web import app

ROOT = Path(__file__).parents[1]
FRESH_FOR = timedelta(milliseconds=100)


def create_app():
    """What the process serves."""
    sites.FRESH_FOR = FRESH_FOR
    return app.create_app()


@contextmanager
def web_process(values, folder):
    """The port at which the sites answer; ``values`` are the process's settings, its log stands in ``folder``."""
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port = attempt.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "tests.web_process:create_app", "--factory", "--port", str(port)]
    environment = {**os.environ, "SITE_PORT": str(port), **values}
    with (folder / "log").open("w") as log:
        web = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(port, web, Path(log.name))
            yield port
        finally:
            web.terminate()
            web.wait(10)


def _wait_for(port, web, log):
    for _ in range(300):
        assert web.poll() is None, log.read_text()
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())
