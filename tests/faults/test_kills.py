"""kill -9 in the middle: nothing that was promised is lost, and nothing happens twice."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from yoyaku.db.engine import tenant_transaction
from yoyaku.testing.town import DAY, SERVICE, TOWN, hours

BOOKER = Path(__file__).with_name("booker.py")
WANTED = 80
CELERY = ("-m", "celery", "-A", "yoyaku.worker.app:app")


@contextlib.contextmanager
def group(*arguments, env=None, **more):
    """A process with children of its own; whatever is left of them at the end is killed."""
    environment = {**os.environ, "PYTHONPATH": "platform:.", **(env or {})}
    child = subprocess.Popen([sys.executable, *arguments], env=environment, start_new_session=True, **more)
    try:
        yield child
    finally:
        kill(child)


def kill(child):
    """Everything of it, at once, without a word."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait(10)
    if child.stdout:
        child.stdout.close()


@pytest.mark.slow
async def test_a_booking_process_killed_again_and_again_books_each_wish_once(town, fresh_database):
    told = set()
    for killed_after in (3, 11, 7, None):
        first = 0  # like a client that does not know what became of its requests, and asks them all again
        arguments = (str(BOOKER), fresh_database.url, str(first), str(WANTED))
        with group(*arguments, stdout=subprocess.PIPE, text=True) as booker:
            for line in booker.stdout:
                told.add(int(line))
                if killed_after is not None and len(told) >= killed_after + first:
                    await asyncio.sleep(0.01 * killed_after)
                    break
            else:
                assert booker.wait(10) == 0
    assert told == set(range(WANTED))
    assert await town.see("SELECT count(*) FROM application") == [(WANTED,)]
    assert await town.see("SELECT count(*), count(DISTINCT number) FROM booking") == [(2 * WANTED, 2 * WANTED)]
    assert await town.see("SELECT last_value FROM number_sequence") == [(2 * WANTED,)]
    assert await town.see("SELECT count(*) FROM occupancy") == [(WANTED * (2 * 2 + 1),)]
    assert await town.see("SELECT count(*), count(DISTINCT subject_id) FROM outbox") == [(2 * WANTED, 2 * WANTED)]


@pytest.mark.slow
async def test_workers_killed_again_and_again_send_every_mail_and_lapse_every_booking(
    town, fresh_database, make_settings, broker_url, smtp
):
    settings = make_settings(fresh_database)
    env = {
        "DATABASE_URL": settings.database_url,
        "CELERY_BROKER_URL": broker_url,
        "SMTP_URL": smtp.url,
        "SECRET_KEY": settings.secret_key,
        "ENVIRONMENT": "test",
        "SITE_SCHEME": "http",
    }
    worker = (*CELERY, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING")
    beat = (*CELERY, "beat", "--schedule", str(smtp.mailbox.folder.parent / "schedule"), "--pidfile=")
    booked = 0
    with group(*beat, env=env, stderr=subprocess.DEVNULL):
        for _ in range(3):
            with group(*worker, env=env):
                for _ in range(10):
                    await town.book(booked % 40, hours("court", day=DAY + timedelta(days=booked)))
                    booked += 1
                await until(partial(has_mails, smtp, booked - 7))
            await leases_run_out(town)
        lapsing = (await town.book(39, hours("room"))).bookings[0]
        await clock_passes(town, lapsing.lapses_at)
        with group(*worker, env=env):
            await until(lambda: len(distinct(smtp)) == booked + 3)
    assert await town.see("SELECT state FROM booking WHERE space_id = 'plaza.room'") == [("lapsed",)]
    assert await town.see("SELECT count(*) FROM outbox WHERE handled_at IS NULL") == [(0,)]
    ((written, sent),) = await town.see("SELECT count(*), count(sent_at) FROM mail")
    assert written == booked + 3
    assert sent == written
    assert len(smtp.mailbox.mails()) - len(distinct(smtp)) <= 3 * 2 * 4, "only what a killed process had in its hands"


def has_mails(smtp, count):
    return len(smtp.mailbox.mails()) >= count


def distinct(smtp):
    return {mail.message["Message-ID"] for mail in smtp.mailbox.mails()}


async def until(done, seconds=40):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.2)


async def leases_run_out(town):
    """As if the time had passed for which a mail is left to whoever took it."""
    async with town.act() as conn:
        await conn.execute(text("UPDATE mail SET next_try_at = '-infinity' WHERE sent_at IS NULL"))


async def clock_passes(town, instant):
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        statement = "UPDATE service SET clock_offset_seconds = ceil(extract(epoch FROM :at - clock_timestamp())) + 1"
        await conn.execute(text(statement), {"at": instant})
