"""Does dry runs two people at a time, and is killed in the middle of a piece.

Started by test_dry_run.py: ``python trier.py PIECE`` with settings in the environment. In the piece of that number,
everything is written and nothing of it committed.
"""

import asyncio
import os
import signal
import sys

from yoyaku.admin.service import dry_running
from yoyaku.kernel.settings import Settings
from yoyaku.rulebook.dryrun import repository
from yoyaku.worker.dry_runs import do_dry_runs
from yoyaku.worker.runtime import Runtime


async def main(last):
    dry_running.PEOPLE_AT_ONCE = 2
    advance, pieces = repository.advance_run, []

    async def advance_and_die(conn, **more):
        await advance(conn, **more)
        pieces.append(more)
        if len(pieces) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    repository.advance_run = advance_and_die
    await do_dry_runs(Runtime.from_settings(Settings.from_mapping(os.environ)))


asyncio.run(main(int(sys.argv[1])))
