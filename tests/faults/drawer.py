"""Meets the town's deadlines, and is killed in the middle of a step.

Started by test_lottery_kills.py: ``python drawer.py PROFILES KILL_KIND KILL_AT`` with settings in the environment. When
a deadline of that kind is met for the first time, the process kills itself: ``before`` its transaction commits, or
``after`` that.
"""

import asyncio
import os
import signal
import sys

from yoyaku.kernel.settings import Settings
from yoyaku.worker import deadlines, jobs
from yoyaku.worker.runtime import Runtime


def die():
    os.kill(os.getpid(), signal.SIGKILL)


async def main(kind, when):
    runtime = Runtime.from_settings(Settings.from_mapping(os.environ))
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
        if reached:
            die()
        return settled

    deadlines.HANDLERS[kind] = handle
    jobs.meet_deadline = meet_and_die
    await jobs.meet_deadlines(runtime)
    await runtime.engine.dispose()


asyncio.run(main(sys.argv[1], sys.argv[2]))
