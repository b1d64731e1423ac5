"""kill -9 of whoever asks a payment provider, at each step: afterwards ours and the provider's books are the same."""

import asyncio
import os
import signal

import pytest
from tests.integration.billing.money_world import World

from yoyaku.billing.service import asking
from yoyaku.testing.processor.server import RunningProcessor

POINTS = ("leased", "told", "written", "done")
"""Nobody was asked yet; the provider has answered; the answer is written but not committed; all is committed."""
LONGEST_SECONDS = 30


@pytest.fixture
def world(fresh_database, tmp_path, monkeypatch):
    """A world whose processor answers over real HTTP."""
    made = World(fresh_database, tmp_path)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    made.processor.webhooks.start = made.processor.webhooks.stop = lambda: None
    made.processor.url = ""
    with RunningProcessor(made.processor) as running:
        made.write_profile(running.url)
        yield made
    made.close()


def killed(world, attempt_id, point):
    """Let a process of its own ask about an attempt, and kill itself at this point."""
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(LONGEST_SECONDS)
            _die_at(point)
            asyncio.run(world.ask_elsewhere(attempt_id))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def _die_at(point):
    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    names = {"leased": ["_talk"], "told": ["_talk"], "written": ["take_outcome"], "done": ["_take", "_note_start"]}
    for name in names[point]:
        real = getattr(asking, name)

        async def act(*args, _real=real, **more):
            if point != "leased":
                await _real(*args, **more)
            die()

        setattr(asking, name, act)
    if point == "written":
        noted = asking.repository.note_started

        async def note(*args, **more):
            await noted(*args, **more)
            die()

        asking.repository.note_started = note


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_whoever_is_killed_while_asking_leaves_nothing_lost_or_doubled(world, point):
    booking, resident = world.run(world.book())
    (payment,) = world.run(world.settle(booking))
    killed(world, payment.attempt_id, point)
    world.run(world.work())
    (page,) = world.processor.books.payments.values()
    world.processor.pay(page)
    killed(world, payment.attempt_id, point)
    world.run(world.work())
    world.run(world.change(booking, resident, {"equipment": {"projector": 1}}))
    refund, recharge = world.run(world.settle(booking))
    killed(world, refund.attempt_id, point)
    killed(world, recharge.attempt_id, point)
    world.run(world.work())
    world.processor.pay(list(world.processor.books.payments.values())[1])
    killed(world, recharge.attempt_id, point)
    world.run(world.work())

    world.agree()
    world.ledger_agrees()
    assert world.run(world.see("SELECT state, paid_yen FROM booking")) == [("confirmed", 1300)]
    told = "SELECT kind, count(*) FROM outbox WHERE kind LIKE 'payment%' GROUP BY kind ORDER BY kind"
    assert world.run(world.see(told)) == [("payment_reversed", 1), ("payment_succeeded", 2)]


def test_a_payment_begun_by_somebody_who_was_killed_before_asking_anybody_goes_on(world):
    booking, _ = world.run(world.book())
    world.run(world.settle(booking))

    world.run(world.work())

    assert len(world.processor.books.payments) == 1
