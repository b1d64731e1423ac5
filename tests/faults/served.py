"""The town over HTTP: real uvicorn processes, a real worker, and clients that ask again until they are answered."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.load import Call, fire
from sqlalchemy import text
from tests.cities import city_values

from yoyaku.db.engine import tenant_transaction
from yoyaku.testing.stack.processes import start, wait_until_ready
from yoyaku.testing.town import SERVICE, TOWN

ROOT = Path(__file__).parents[2]
HOST = f"{TOWN}.localhost"
LISTENS_AT = re.compile(r"running on http://([0-9.]+):([0-9]+)")
WEB = (
    "-m",
    "uvicorn",
    "--factory",
    "yoyaku.web.app:create_app",
    "--port",
    "0",
    "--loop",
    "uvloop",
    "--http",
    "httptools",
)
QUIET = ("--no-access-log", "--no-use-colors")
CELERY = ("-m", "celery", "-A", "yoyaku.worker.app:app")
WORKER = (*CELERY, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING")
OCCUPIED = "SELECT DISTINCT booking_id FROM occupancy"
HOLDING = "SELECT booking_id FROM booking WHERE state IN ('tentative', 'confirmed')"
SESSIONS = text("""
    INSERT INTO login_session (tenant_id, service_id, token_hash, account_id, created_at, last_seen_at, expires_at)
    SELECT tenant_id, service_id, sha256(convert_to(account_id::text, 'UTF8')), account_id, now(), now(),
           now() + interval '1 hour' FROM account
""")


class Processes:
    """What a test starts of the product; nothing of it outlives the test."""

    def __init__(self, *, database, logs, **more):
        self._logs = logs
        self._started = []
        path = f"{ROOT / 'platform'}{os.pathsep}{ROOT}"
        self.environment = {**os.environ, **city_values(database), "PYTHONPATH": path, **more}

    def start(self, *arguments):
        log = self._logs / f"{len(self._started)}.log"
        child = start([sys.executable, *arguments], name=arguments[1], log=log, environment=self.environment)
        self._started.append(child)
        return child

    def start_worker(self):
        """A worker that wakes itself; it is at work once its first wake-ups come."""
        return self.start(*WORKER, "--beat", "--schedule", str(self._logs / f"beat{len(self._started)}"))

    def start_webs(self, count):
        """So many web servers at once, each at a free port of its own."""
        webs = [Web(self.start(*WEB, *QUIET)) for _ in range(count)]
        for web in webs:
            web.wait()
        return webs

    async def run(self, *arguments):
        """A command of ``yoyaku`` to its end; what it said."""
        command = [sys.executable, "-m", "yoyaku.cli.main", *arguments]
        pipe = asyncio.subprocess.PIPE
        done = await asyncio.create_subprocess_exec(*command, env=self.environment, stdout=pipe, stderr=pipe)
        said, complained = await done.communicate()
        assert done.returncode == 0, complained.decode()
        return said.decode()

    def kill_all(self):
        for child in self._started:
            kill(child)


class Web:
    """A web server process and where it listens."""

    def __init__(self, child):
        self.child = child
        self.address = None

    def wait(self):
        wait_until_ready(self.child, self._listens, seconds=60)

    def _listens(self):
        found = LISTENS_AT.search(self.child.log.read_text())
        self.address = (found[1], int(found[2])) if found else None
        return self.address is not None


def kill(child):
    """The process and all that it started, at once, without a word."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait(10)


def some_day(number=0):
    """A day some weeks ahead of the town's clock, which runs with the real one."""
    return (datetime.now(tz=UTC) + timedelta(days=40 + number)).date()


def wish(space, *, day=None, **more):
    """The body of a submission for two hours of one of the plaza's spaces."""
    use_on = (day or some_day()).isoformat()
    item = {"facility": "plaza", "space": space, "use_on": use_on, "starts": "10:00", "ends": "12:00", **more}
    return {"items": [item]}


async def log_in_everybody(town):
    """A session for each account; whoever knows the account's id has its token."""
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        await conn.execute(SESSIONS)


def submission(resident, body, *, key=None):
    """One submission by the API, for ``race``."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {resident.account_id}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    return Call(path="/api/v1/applications", headers=headers, body=json.dumps(body).encode())


async def race(webs, calls):
    """All calls at once, in turn to each of the web servers, over connections that are open already."""
    shares = [[[call] for call in calls[place :: len(webs)]] for place in range(len(webs))]
    runs = (asyncio.to_thread(fire, web.address, HOST, share) for web, share in zip(webs, shares, strict=True))
    return [answer for answers in await asyncio.gather(*runs) for answer in answers]


async def assert_bookings_and_slots_agree(town):
    """No booking that holds without its slot, no slot held by none; whatever became of their makers."""
    holding, occupied = await town.see(HOLDING), await town.see(OCCUPIED)
    assert sorted(holding) == sorted(occupied)
