"""Starts the demo's processes in order, watches them, and stops every one of them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from yoyaku.cli.demo_beacon import prepare_beacon
from yoyaku.cli.demo_identity import prepare_identity
from yoyaku.cli.demo_payment import prepare_payment
from yoyaku.cli.demo_place import Place
from yoyaku.cli.demo_sites import describe, read_sites
from yoyaku.kernel.errors import YoyakuError
from yoyaku.testing.stack.broker import start_broker
from yoyaku.testing.stack.databases import Database, Server
from yoyaku.testing.stack.processes import Child, start, stop_all, wait_until_ready

BASE_DOMAIN = "localhost"
DATABASE = "yoyaku"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
CELERY = ("-m", "celery", "-A", "yoyaku.worker.app:app")


class StepFailed(YoyakuError):
    """One of the steps before the start did not work out."""

    status = 500
    code = "demo_step_failed"


class ChildEnded(YoyakuError):
    """A part of the running demo ended by itself."""

    status = 500
    code = "demo_child_ended"


class _StopAsked(BaseException):
    """Ctrl-C, or a signal that asks to end."""


@dataclass(kw_only=True)
class Supervisor:
    """One run of the demo. Its children are stopped in the opposite order of their start."""

    place: Place
    port: int
    mail_port: int
    payment_port: int
    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)

    def run(self, *, started: float) -> None:
        """Start everything and stay until Ctrl-C; whatever happens, no process is left."""
        with self._everything_stopped_at_last(), contextlib.suppress(_StopAsked):
            for number in SIGNALS:
                signal.signal(number, _ask_to_stop)
            environment = self._start_servers()
            self._prepare(environment)
            self._start_application(environment)
            sites = read_sites(self.place.project / "tenants", base_domain=BASE_DOMAIN)
            pages = {"mails": f"http://localhost:{self.mail_port}", "payments": f"http://localhost:{self.payment_port}"}
            self.say(describe(sites, port=self.port, pages=pages))
            self.say(f"（起動 {time.monotonic() - started:.1f} 秒 / started in {time.monotonic() - started:.1f} s）")
            self._watch()

    @contextlib.contextmanager
    def _everything_stopped_at_last(self) -> Iterator[None]:
        before = {number: signal.getsignal(number) for number in SIGNALS}
        try:
            yield
        finally:
            for number in SIGNALS:  # a second Ctrl-C changes nothing: everything is being stopped
                signal.signal(number, signal.SIG_IGN)
            if self.children:
                self.say("止めています… / Stopping…")
            stop_all(list(reversed(self.children)))
            self.place.forget_environment()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start_servers(self) -> dict[str, str]:
        folder = self.place.folder
        smtp_port = _free_port()
        self._start(
            ["-m", "yoyaku.testing.stack.mail_page", str(folder / "mails"), str(smtp_port), str(self.mail_port)],
            name="The mail page",
        )
        values = {**self._database(), **self._broker(), "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}"}
        values |= {"SECRET_KEY": self.place.secret(), "MAIL_FROM": "noreply@demo.localhost"}
        values |= {"BASE_DOMAIN": BASE_DOMAIN, "SITE_SCHEME": "http", "SITE_PORT": str(self.port)}
        values |= {"ENVIRONMENT": "demo", "CLOCK_MOVABLE": "true"} | self._outside_services()
        self.place.write_environment(values)
        return {**os.environ, **values}

    def _outside_services(self) -> dict[str, str]:
        folder, port = self.place.folder / "identity", _free_port()
        sites = read_sites(self.place.project / "tenants", base_domain=BASE_DOMAIN)
        values = prepare_identity(folder, port=port, sites=sites)
        self._start(["-m", "yoyaku.testing.oidc_server", str(folder), str(port)], name="The identity provider")
        profiles = Path(values["PLUGIN_PROFILES"])
        self._start_beacon(profiles)
        return values | self._start_processor(profiles)

    def _start_beacon(self, profiles: Path) -> None:
        folder, port = self.place.folder / "beacon", _free_port()
        prepare_beacon(folder, profiles=profiles, port=port)
        self._start(["-m", "yoyaku.testing.drand", str(folder), str(port)], name="The beacon of lotteries")

    def _start_processor(self, profiles: Path) -> dict[str, str]:
        folder, port = self.place.folder / "payments", self.payment_port
        values = prepare_payment(folder, profiles=profiles, rulesets=self.place.project / "rulesets", port=port)
        self._start(["-m", "yoyaku.testing.processor.server", str(folder), str(port)], name="The payment company")
        return values

    def _database(self) -> dict[str, str]:
        if url := os.environ.get("DATABASE_URL"):
            return {"DATABASE_URL": url, "MIGRATION_DATABASE_URL": os.environ.get("MIGRATION_DATABASE_URL", url)}
        self.say("データベースを起動しています… / Starting the database…")
        server = Server.bundled(self.place.folder / "postgres", forgetful=False)
        if server.cluster is not None:
            self.children.append(server.cluster.child)
        server.make_roles()
        if not server.has_database(DATABASE):
            server.make_database(DATABASE)
        database = Database(server=server, name=DATABASE)
        return {"DATABASE_URL": database.url, "MIGRATION_DATABASE_URL": database.owner_url}

    def _broker(self) -> dict[str, str]:
        if url := os.environ.get("CELERY_BROKER_URL"):
            return {"CELERY_BROKER_URL": url}
        broker = start_broker(self.place.folder / "broker")
        self.children.append(broker.child)
        return {"CELERY_BROKER_URL": broker.url}

    def _prepare(self, environment: Mapping[str, str]) -> None:
        """Migrations, tenants and demo people; skipped when neither code nor folders have changed since."""
        if self.place.is_prepared():
            return
        self.say("自治体のデータを読み込んでいます… / Loading the cities…")
        folders = sorted(str(folder.parent) for folder in Path("tenants").glob("*/tenant.yaml"))
        for step in (["db", "upgrade"], ["tenant", "load", *folders], ["demo", "seed"]):
            self._run_step(step, environment)
        self.place.mark_prepared()

    def _run_step(self, step: Sequence[str], environment: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "yoyaku.cli.main", *step]
        done = subprocess.run(  # noqa: S603  # our own commands
            command, env=dict(environment), capture_output=True, text=True, check=False
        )
        if done.returncode:
            words = (done.stderr or done.stdout).strip()
            raise StepFailed(f"`yoyaku {' '.join(step)}` did not work:\n{words}")

    def _start_application(self, environment: Mapping[str, str]) -> None:
        self.say("サイトを起動しています… / Starting the sites…")
        web = ["-m", "uvicorn", "--factory", "yoyaku.web.app:create_app", "--host", "127.0.0.1", "--port"]
        web += [str(self.port), "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
        site = self._start(web, name="The web server", environment=environment)
        wait_until_ready(site, lambda: _is_healthy(self.port), seconds=60)  # the pages first, on a machine of few cores
        self._start(
            [*CELERY, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
            name="The worker",
            environment=environment,
        )
        schedule = self.place.folder / "beat" / "schedule"
        schedule.parent.mkdir(exist_ok=True)
        self._start(
            [*CELERY, "beat", "--schedule", str(schedule), "--pidfile=", "--loglevel", "INFO"],
            name="The scheduler",
            environment=environment,
        )

    def _start(self, arguments: Sequence[str], *, name: str, environment: Mapping[str, str] | None = None) -> Child:
        log = self.place.folder / "log" / f"{name.lower().removeprefix('the ').replace(' ', '-')}.log"
        child = start([sys.executable, *arguments], name=name, log=log, environment=environment)
        self.children.append(child)
        return child

    def _watch(self) -> None:
        while True:
            for child in self.children:
                if not child.running:
                    raise ChildEnded(
                        f"{child.name} has ended (exit code {child.process.returncode}), so everything is stopped. "
                        f"Its log, {child.log}, ends with:\n{child.last_words()}"
                    )
            time.sleep(0.5)


def _ask_to_stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _StopAsked


def _free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port: int = attempt.getsockname()[1]
        return port


def _is_healthy(port: int) -> bool:
    with contextlib.suppress(OSError):
        address = f"http://127.0.0.1:{port}/healthz"
        with urllib.request.urlopen(address, timeout=2) as answer:  # our own
            return bool(answer.status == 200)  # noqa: PLR2004  # OK
    return False
