"""`make demo` as a newcomer meets it: it starts, answers, stops without a trace, and says in words why it cannot."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from yoyaku.cli.demo_place import Place
from yoyaku.cli.demo_sites import read_sites

ROOT = Path(__file__).parents[2]
UP = "The demo is running"
pytestmark = pytest.mark.slow


def free_port():
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project folder with data of its own."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("tenants", "rulesets", "migrations", "platform"):
        (folder / name).symlink_to(ROOT / name)
    yield folder
    demo(folder, "reset").communicate(timeout=60)


def demo(project, *arguments):
    return yoyaku(project, "demo", *arguments)


def yoyaku(project, *arguments):
    settings = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return subprocess.Popen(
        [sys.executable, "-m", "yoyaku.cli.main", *arguments],
        cwd=project,
        env={**settings, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


class Running:
    """A started demo, its ports, what it has said, and every process it started."""

    def __init__(self, project):
        self.port, self.mail_port, self.payment_port = free_port(), free_port(), free_port()
        ports = {"--port": self.port, "--mail-port": self.mail_port, "--payment-port": self.payment_port}
        self.process = demo(project, "run", *(str(part) for option in ports.items() for part in option))
        self.said = []
        self.family = []

    def __enter__(self):
        for line in self.process.stdout:
            self.said.append(line)
            if "started in" in line:
                break
        else:
            self.end(signal.SIGKILL)
        assert any(UP in line for line in self.said), "".join(self.said)
        self.family = psutil.Process(self.process.pid).children(recursive=True)
        assert len(self.family) >= 6  # database, broker, mail page, web, worker, scheduler
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end(signal.SIGKILL)

    def left(self):
        """Processes still there after some seconds."""
        _, alive = psutil.wait_procs(self.family, timeout=15)
        return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]

    def end(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.said.append(self.process.communicate(timeout=60)[0])
        return self.process.returncode


def get(port, *, host="localhost", path="/"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": f"{host}:{port}"})
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return answer.read().decode()


def test_every_site_answers_with_its_citys_name_and_nothing_is_left_after_ctrl_c(project):
    with Running(project) as running:
        for site in read_sites(ROOT / "tenants", base_domain="localhost"):
            for host in site.hosts:
                assert site.tenant["ja"] in get(running.port, host=host)
                assert f"http://{host}:{running.port}" in "".join(running.said)
        assert "Demo mails" in get(running.mail_port)
        assert "デモの決済会社" in get(running.payment_port, path="/control")
        compared = yoyaku(project, "ledger", "check")
        assert (compared.communicate(timeout=60)[0].count("OK\t"), compared.returncode) == (4, 0)

        assert running.end(signal.SIGINT) == 0
        assert running.left() == []


def test_starting_again_is_quick_and_keeps_the_data(project):
    kept = (project / "var/demo/secret").read_text(encoding="ascii")

    started = time.monotonic()
    with Running(project) as running:
        took = time.monotonic() - started
        assert running.end(signal.SIGTERM) == 0
        assert running.left() == []

    assert (project / "var/demo/secret").read_text(encoding="ascii") == kept
    assert took < 20


def test_a_killed_demo_leaves_no_process_and_starts_again(project):
    with Running(project) as killed:
        killed.end(signal.SIGKILL)
        assert killed.left() == []

    with Running(project) as again:
        assert again.end(signal.SIGINT) == 0


def test_a_second_demo_in_the_same_folder_is_told_so(project):
    place = Place(project=project, folder=project / "var/demo")
    place.folder.mkdir(parents=True, exist_ok=True)
    with place.held():
        words = demo(project, "run").communicate(timeout=30)[0]

    assert f"already running here (process {os.getpid()})" in words
    assert "Traceback" not in words


def test_a_part_that_ends_by_itself_stops_the_demo_with_its_last_words(project):
    with Running(project) as running:
        web = next(process for process in running.family if "uvicorn" in " ".join(process.cmdline()))
        web.kill()
        words = running.process.communicate(timeout=60)[0]
        assert running.left() == []

    assert running.process.returncode == 1
    assert "The web server has ended" in words


def test_a_taken_port_is_told_with_the_way_out(project):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = demo(project, "run", "--port", str(port))
        words = refused.communicate(timeout=30)[0]

    assert refused.returncode == 1
    assert f"Port {port} cannot be used" in words
    assert "make demo DEMO_PORT=" in words
    assert "Traceback" not in words


def test_outside_the_project_the_demo_says_where_to_start_it(tmp_path):
    refused = demo(tmp_path, "run")

    assert "start the demo in the project's folder" in refused.communicate(timeout=30)[0]
    assert refused.returncode == 1
