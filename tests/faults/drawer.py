"""Meets the town's deadlines, and is killed in the middle of a step.

Started by test_lottery_kills.py: ``python drawer.py KILL_KIND KILL_AT`` with settings in the environment. When a deadline
of that kind is met for the first time, the process kills itself: ``before`` its transaction commits, or ``after`` that.
``halfway`` is when wins that nobody has to accept are booked two at a time, the first of them fails, and the second
two are not committed yet.
"""

import asyncio
import os
import signal
import sys

from yoyaku.kernel.settings import Settings
from yoyaku.lottery.service import accepting
from yoyaku.worker import deadlines, jobs, lotteries
from yoyaku.worker.runtime import Runtime


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def die_halfway():
    """Let the first booking fail, and the process die in the transaction after the one in which that was."""
    book_won, book_automatic = accepting.book_won, lotteries.book_automatic
    tried, rounds = [], []

    async def book_or_fail(conn, **more):
        tried.append(more)
        if len(tried) == 1:
            raise KeyError("the first")
        return await book_won(conn, **more)

    async def book_and_die(conn, **more):
        rounds.append(more)
        left = await book_automatic(conn, **more)
        if len(rounds) > 1:
            die()
        return left

    accepting.book_won, lotteries.book_automatic, lotteries.BOOKED_AT_ONCE = book_or_fail, book_and_die, 2


async def main(kind, when):
    runtime = Runtime.from_settings(Settings.from_mapping(os.environ))
    if when == "halfway":
        die_halfway()
    handler, meet = deadlines.HANDLERS[kind], deadlines.meet_deadline
    reached = []

    async def handle(conn, due):
        settled = await handler(conn, due)
        reached.append(kind)
        if when == "before":
            die()
        return settled

    async def meet_and_die(runtime, one):
        settled = await meet(runtime, one)
        if reached and when == "after":
            die()
        return settled

    deadlines.HANDLERS[kind] = handle
    jobs.meet_deadline = meet_and_die
    await jobs.meet_deadlines(runtime)
    await runtime.engine.dispose()


asyncio.run(main(sys.argv[1], sys.argv[2]))
