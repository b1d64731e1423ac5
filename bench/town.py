"""A place to measure in: a database of its own with durable commits, a real city loaded, residents logged in."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from yoyaku.testing.stack.databases import Database, Server

ROOT = Path(__file__).parents[1]

PEOPLE = """
WITH people AS (
    SELECT n, gen_random_uuid() AS registrant_id, gen_random_uuid() AS account_id
    FROM generate_series(1, %(count)s) n
), r AS (
    INSERT INTO registrant (tenant_id, service_id, registrant_id, kind, name, kana, search_key, user_class, stage,
                            email, registered_at)
    SELECT %(tenant)s, %(service)s, registrant_id, 'individual', 'Resident ' || n, '', 'resident ' || n,
           %(user_class)s, %(stage)s, 'r' || n || '@example.jp', now() FROM people
), a AS (
    INSERT INTO account (tenant_id, service_id, account_id, login_key, login_id, password_hash, registrant_id,
                         created_at)
    SELECT %(tenant)s, %(service)s, account_id, 'bench' || n, 'bench' || n, 'none', registrant_id, now() FROM people
)
INSERT INTO login_session (tenant_id, service_id, token_hash, account_id, created_at, last_seen_at, expires_at)
SELECT %(tenant)s, %(service)s, sha256(convert_to('bench-token-' || n, 'UTF8')), account_id, now(), now(),
       now() + interval '1 hour' FROM people
"""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Which service is rushed at, by whom, and when its window opens (aware)."""

    tenant: str
    service: str
    user_class: str
    stage: str
    opens_at: datetime


@contextlib.contextmanager
def database() -> Iterator[Database]:
    """An empty database on a server of its own that really writes to disk."""
    folder = Path(tempfile.mkdtemp(prefix="yoyaku-bench-"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as another account
    server = Server.bundled(folder / "postgres", forgetful=False)
    try:
        server.make_roles()
        yield server.make_database("bench")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def environment(place: Database) -> dict[str, str]:
    """Settings of the product, as in the demo."""
    return {
        **os.environ,
        "DATABASE_URL": place.url,
        "BENCH_DATABASE_URL": place.url,
        "MIGRATION_DATABASE_URL": place.owner_url,
        "CELERY_BROKER_URL": "memory://",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "SECRET_KEY": "only for the bench, forty characters and more",
        "BASE_DOMAIN": "localhost",
        "SITE_SCHEME": "http",
        "SITE_PORT": "8000",
        "ENVIRONMENT": "demo",
        "CLOCK_MOVABLE": "true",
        "PYTHONPATH": str(ROOT),
    }


def prepare(place: Database, scene: Scene, *, people: int) -> Sequence[str]:
    """Migrate, load the city, log so many residents in, move the clock to the opening; returns their tokens."""
    for step in (["db", "upgrade"], ["tenant", "load", str(ROOT / "tenants" / scene.tenant)]):
        command = [sys.executable, "-m", "yoyaku.cli.main", *step]
        subprocess.run(command, env=environment(place), check=True, stdout=subprocess.DEVNULL, cwd=ROOT)  # noqa: S603  # our own
    values = {"tenant": scene.tenant, "service": scene.service, "count": people}
    values |= {"user_class": scene.user_class, "stage": scene.stage}
    ahead = int((scene.opens_at - datetime.now(tz=UTC)).total_seconds()) + 1
    with psycopg.connect(place.superuser_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(PEOPLE, values)
        connection.execute(
            "UPDATE service SET clock_offset_seconds = %s WHERE tenant_id = %s AND service_id = %s",
            [ahead, scene.tenant, scene.service],
        )
        connection.execute("VACUUM ANALYZE")
    return [f"bench-token-{number}" for number in range(1, people + 1)]


@contextlib.contextmanager
def served(factory: str, place: Database) -> Iterator[tuple[str, int]]:
    """One uvicorn process with that application, as the demo starts it."""
    port = 18_700 + os.getpid() % 1000
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen([*command, "--backlog", "4096"], cwd=ROOT, env=environment(place), stderr=log)  # noqa: S603  # our own
        try:
            _wait(port)
            yield "127.0.0.1", port
        finally:
            server.terminate()
            server.wait(15)
            log.seek(0)
            if said := log.read(2000).decode(errors="replace"):
                print("the server's log begins with:", said, file=sys.stderr)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return
        except urllib.error.HTTPError:  # it answers, if only that it has no such page
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")
