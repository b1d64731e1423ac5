"""A place to measure in: a database of its own with durable commits, a real city loaded, residents logged in."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from yoyaku.testing.stack.databases import Database, Server

ROOT = Path(__file__).parents[1]

PEOPLE = """
WITH people AS (SELECT n, gen_random_uuid() AS registrant_id, gen_random_uuid() AS account_id FROM generate_series(1, %(count)s) n),
r AS (INSERT INTO registrant (tenant_id, service_id, registrant_id, kind, name, kana, search_key, user_class, stage, email, registered_at)
      SELECT %(tenant)s, %(service)s, registrant_id, 'individual', 'Resident ' || n, '', 'resident ' || n, %(user_class)s, %(stage)s, 'r' || n || '@example.jp', now() FROM people),
a AS (INSERT INTO account (tenant_id, service_id, account_id, login_key, login_id, password_hash, registrant_id, created_at)
      SELECT %(tenant)s, %(service)s, account_id, 'bench' || n, 'bench' || n, 'none', registrant_id, now() FROM people)
INSERT INTO login_session (tenant_id, service_id, token_hash, account_id, created_at, last_seen_at, expires_at)
SELECT %(tenant)s, %(service)s, sha256(convert_to('bench-token-' || n, 'UTF8')), account_id, now(), now(), now() + interval '1 hour' FROM people
"""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Which service is rushed at, when, by whom, and for what (a request per slot number)."""

    tenant: str
    service: str
    user_class: str
    stage: str
    opens_at: datetime


@contextlib.contextmanager
def database() -> Iterator[Database]:
    """A migrated database on a server of its own that really writes to disk."""
    folder = Path(tempfile.mkdtemp(prefix="yoyaku-bench-"))
    folder.chmod(0o711)
    server = Server.bundled(folder / "postgres", forgetful=False)
    try:
        server.make_roles()
        made = server.make_database("bench")
        yield made
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def environment(place: Database) -> dict[str, str]:
    """Settings of the product, as in the demo."""
    return {
        **os.environ, "DATABASE_URL": place.url, "MIGRATION_DATABASE_URL": place.owner_url, "CELERY_BROKER_URL": "memory://",
        "SMTP_URL": "smtp://127.0.0.1:9", "SECRET_KEY": "only for the bench, forty characters and more", "BASE_DOMAIN": "localhost",
        "SITE_SCHEME": "http", "SITE_PORT": "8000", "ENVIRONMENT": "demo", "CLOCK_MOVABLE": "true", "PYTHONPATH": str(ROOT),
    }  # fmt: skip


def prepare(place: Database, scene: Scene, *, people: int) -> list[str]:
    """Migrate, load the city, log so many residents in, move the clock to the opening; returns their tokens."""
    settings = environment(place)
    for step in (["db", "upgrade"], ["tenant", "load", str(ROOT / "tenants" / scene.tenant)]):
        subprocess.run(
            [sys.executable, "-m", "yoyaku.cli.main", *step],
            env=settings,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
        )
    names: Mapping[str, object] = {
        "tenant": scene.tenant,
        "service": scene.service,
        "user_class": scene.user_class,
        "stage": scene.stage,
        "count": people,
    }
    ahead = int((scene.opens_at - datetime.now(tz=UTC)).total_seconds()) + 1
    with psycopg.connect(place.superuser_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(PEOPLE, names)
        connection.execute(
            "UPDATE service SET clock_offset_seconds = %s WHERE tenant_id = %s AND service_id = %s",
            [ahead, scene.tenant, scene.service],
        )
        connection.execute("VACUUM ANALYZE")
    return [f"bench-token-{number}" for number in range(1, people + 1)]


def digest(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()
